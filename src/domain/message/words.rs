//! What a language has to provide. Both languages fill this in whole, or they do not compile.

use super::watch::Webhook;
use super::{Line, Notice};
use crate::domain::calendar::Moment;
use crate::domain::incident::{EventKind, Illegible, Origin, State, Urgency};
use crate::domain::policy::Decision;
use crate::domain::reminder::Plan;
use crate::domain::rotation::{Coverage, Finding};
use crate::domain::unreadable::Unreadable;
use chrono::{NaiveDate, TimeDelta};

/// A sentence around one word.
pub(super) type Sentence = fn(&str) -> String;

/// A language's words. Pairs are what stands before and after a foreign part.
pub(super) struct Words {
    /// Icon and verb of a headline.
    pub kind: fn(&EventKind) -> (&'static str, &'static str),
    /// The test that a web page of that sender's sends.
    pub ping: Sentence,
    /// Icon and name of how far an incident is.
    pub state: fn(State) -> (&'static str, &'static str),
    /// Before how an incident stands.
    pub status: &'static str,
    /// Around the time since when somebody has it.
    pub since: Sentence,
    /// After the time at which it ended: how long it took.
    pub took: Sentence,
    /// An incident without a title.
    pub untitled: &'static str,
    /// Around the name of who did it.
    pub by: (&'static str, &'static str),
    /// Nobody did it.
    pub automatically: &'static str,
    /// How loud.
    pub urgency: fn(Urgency) -> &'static str,
    /// Before a priority.
    pub priority: &'static str,
    /// No priority, nobody in a role.
    pub none: &'static str,
    /// Around the title of the incident that this one was merged into.
    pub merged: (&'static str, &'static str),
    /// Between names.
    pub comma: &'static str,
    /// After a time: how late the post is.
    pub late: Sentence,
    /// A span of time, in the two largest units.
    pub duration: fn(TimeDelta) -> String,
    /// After the lines of a note that are shown.
    pub quote_is_cut: fn(Origin) -> &'static str,
    /// Before what an alert means.
    pub meaning: &'static str,
    /// Before what to do about it.
    pub workaround: &'static str,
    /// Before the cells that name nobody, when the fallback is mentioned for them.
    pub gap: &'static str,
    /// One finding, with its cell.
    pub finding: fn(&Finding) -> Line,
    /// Before the reason why the rotation cannot be read.
    pub rotation_unreadable: &'static str,
    /// Why the rotation cannot be read, and how to mend that.
    pub workbook: fn(&Unreadable) -> Line,
    /// PagerDuty holds the incident with a user that is nobody.
    pub held_by_nobody: &'static str,
    /// No webhook has told it.
    pub missed: &'static str,
    /// Around the id of a webhook that PagerDuty has turned off, and its name.
    pub silenced: (&'static str, &'static str, &'static str),
    /// How to turn such a webhook on again.
    pub turn_on: fn(Webhook) -> &'static str,
    /// The copy of the rotation is this old.
    pub old_copy: Sentence,
    /// About the delivery.
    pub notice: fn(Notice) -> &'static str,
    /// Around the id of a delivery that cannot be read.
    pub unreadable: fn(Origin) -> (String, String),
    /// Why it cannot be read.
    pub illegible: fn(Illegible) -> &'static str,
    /// Which rule decided.
    pub rule: fn(&Decision) -> Line,
    /// Whom a reminder mentions, and why them: the reminder, the day.
    pub reminded: fn(&Plan, &Coverage, &str) -> String,
    /// When it is posted and what kind of time that is.
    pub moment: fn(&Moment) -> String,
    /// When it happened, if that was at another time.
    pub occurred: fn(&Moment) -> String,
    /// The row of the rotation.
    pub row: Sentence,
    /// The morning's first line: the day, and until when.
    pub morning: fn(&str, &str) -> String,
    /// The evening's first line: the day.
    pub evening: Sentence,
    /// The first lines of the two when they are for the fallback: the day.
    pub nobody_yet: (Sentence, Sentence),
    /// Before the cells that name nobody on that day.
    pub nobody_on: Sentence,
    /// How late the reminder is.
    pub reminder_late: Sentence,
    /// Before the manual's link.
    pub manual: &'static str,
    /// Before the checklist's link.
    pub checklist: &'static str,
    /// Above what was posted without a mention since that day's end.
    pub unmentioned: fn(&str, &str) -> String,
    /// Above the incidents that are not over, so many; the same when some are listed above already.
    pub still_open: (Sentence, Sentence),
    /// Some of what came in and of what is open, or all of it, could not be read.
    pub news_unreadable: &'static str,
    /// Below a list of which so many are left out.
    pub and_more: Sentence,
    /// After an incident that nobody has, and one that somebody has: for how long it is open.
    pub open_for: (Sentence, Sentence),
    /// After an incident that is over.
    pub over: &'static str,
    /// Above several new incidents in one message, so many.
    pub digest: Sentence,
    /// A date with its weekday.
    pub day: fn(NaiveDate) -> String,
    /// How old the copy of the rotation is.
    pub copy_age: Sentence,
}

/// The two largest units of a span of time: days and hours, hours and minutes, minutes, or seconds.
pub(super) fn units(span: TimeDelta) -> [(i64, char); 2] {
    let seconds = span.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (1.., ..) => [(days, 'd'), (hours % 24, 'h')],
        (0, 1.., _) => [(hours, 'h'), (minutes % 60, 'm')],
        (0, 0, 1..) => [(minutes, 'm'), (0, 's')],
        _ => [(seconds, 's'), (0, 's')],
    }
}
