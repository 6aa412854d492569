//! What a language has to provide. Both languages fill this in whole, or they do not compile.

use super::{Line, Notice};
use crate::domain::calendar::Moment;
use crate::domain::incident::{EventKind, Illegible, Urgency};
use crate::domain::policy::Decision;
use crate::domain::rotation::Finding;
use crate::domain::workbook::Unreadable;
use chrono::{NaiveDate, TimeDelta};

/// A language's words. Pairs are what stands before and after a foreign part.
pub(super) struct Words {
    /// Icon and verb of a headline.
    pub kind: fn(&EventKind) -> (&'static str, &'static str),
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
    pub late: fn(&str) -> String,
    /// A span of time, in the two largest units.
    pub duration: fn(TimeDelta) -> String,
    /// After the lines of a note that are shown.
    pub quote_is_cut: &'static str,
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
    /// The copy of the rotation is this old.
    pub old_copy: fn(&str) -> String,
    /// About the delivery.
    pub notice: fn(Notice) -> &'static str,
    /// Around the id of a delivery that cannot be read.
    pub unreadable: (&'static str, &'static str),
    /// Why it cannot be read.
    pub illegible: fn(Illegible) -> &'static str,
    /// Which rule decided.
    pub rule: fn(&Decision) -> Line,
    /// When it is posted and what kind of time that is.
    pub moment: fn(&Moment) -> String,
    /// When it happened, if that was at another time.
    pub occurred: fn(&Moment) -> String,
    /// The row of the rotation.
    pub row: fn(&str) -> String,
    /// A date with its weekday.
    pub day: fn(NaiveDate) -> String,
    /// How old the copy of the rotation is.
    pub copy_age: fn(&str) -> String,
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
