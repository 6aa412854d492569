//! What a language has to provide: a language that leaves something out does not compile.

use super::acts;
use super::duty::DutyWords;
use super::exercise::ExerciseWords;
use super::history::HistoryWords;
use super::ours::Ours;
use super::seen::SeenWords;
use super::service_level::Said;
use super::turns::TurnWords;
use super::watch::Webhook;
use super::weekly::WeeklyWords;
use super::{Confirm, Line, Notice};
use crate::domain::calendar::Moment;
use crate::domain::incident::{Closing, Escalation, EventKind, Illegible, Origin, State, Urgency};
use crate::domain::policy::Decision;
use crate::domain::press::{Act, NothingDone};
use crate::domain::reminder::Plan;
use crate::domain::rotation::{Coverage, Finding};
use crate::domain::service_level::MarkerFault;
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A sentence around one word.
pub(super) type Sentence = fn(&str) -> String;

/// The wording of a language. A pair is the text before and after a part from outside.
pub(super) struct Words {
    /// Icon and verb of a headline.
    pub kind: fn(&EventKind) -> (&'static str, &'static str),
    /// A connection test, sent from the sender's own settings page.
    pub ping: Sentence,
    /// Icon and name of an incident's state.
    pub state: fn(State) -> (&'static str, &'static str),
    /// Before an incident's status.
    pub status: &'static str,
    /// Around the time of the acknowledgement.
    pub since: Sentence,
    /// How long it took, after the time of the resolution.
    pub took: Sentence,
    /// Instead of a missing title.
    pub untitled: &'static str,
    /// Around the id of an incident whose number nobody knows.
    pub id: (&'static str, &'static str),
    /// Around the name of whoever did it.
    pub by: (&'static str, &'static str),
    /// Instead of a name, if nobody did it.
    pub automatically: &'static str,
    /// Why an alert is over; by hand only if nobody knows by whose.
    pub closing: fn(Closing) -> &'static str,
    pub urgency: fn(Urgency) -> &'static str,
    /// How a responder, a task, an action or a job is, by its sender's word. Returns `None` for one that is shown as it came.
    pub senders_state: fn(&str) -> Option<&'static str>,
    /// No priority; nobody in a role.
    pub none: &'static str,
    /// Around the title of the incident that this one was merged into.
    pub merged: (&'static str, &'static str),
    /// Between names.
    pub comma: &'static str,
    /// After the event's time: how late the message is.
    pub late: Sentence,
    /// In the two largest units.
    pub duration: fn(TimeDelta) -> String,
    /// After the lines of a note that are shown.
    pub quote_is_cut: fn(Origin) -> String,
    /// What an alert says of a service level.
    pub service_level: fn(Said<'_>) -> Line,
    /// Why that cannot be read.
    pub marker_fault: fn(&MarkerFault) -> Line,
    /// Before what an alert means.
    pub meaning: &'static str,
    /// An exercise.
    pub exercise: &'static ExerciseWords,
    /// The week.
    pub weekly: &'static WeeklyWords,
    /// The answers of `/toban`.
    pub duty: &'static DutyWords,
    /// Whether it was seen before.
    pub seen: &'static SeenWords,
    /// What looking back at an incident says.
    pub history: &'static HistoryWords,
    /// The notice of changed turns.
    pub turns: &'static TurnWords,
    /// Who did what.
    pub did: fn(acts::Act<'_>) -> Line,
    /// Around the reason why nothing can be kept on this machine.
    pub not_kept: (&'static str, &'static str),
    /// What to do about it.
    pub free_the_disk: &'static str,
    pub kept_again: &'static str,
    /// Whoever does it, as the one whom it is given to.
    pub oneself: &'static str,
    /// What the link to a conference is called.
    pub join: &'static str,
    /// What the page of a script's event is called.
    pub details: &'static str,
    /// What a runbook's link is called if it has no words.
    pub runbook: &'static str,
    /// What a button is called.
    pub press: fn(Act) -> &'static str,
    /// What is asked before it is done, given the incident's tag; `None` if nothing is.
    pub confirm: fn(Act, &str) -> Option<Confirm>,
    /// What comes of a call for SRE, and of the end of a shift.
    pub ours: fn(Ours<'_>) -> Line,
    /// When SRE is called by itself, at the end of a shift.
    pub sre_at: Sentence,
    /// What becomes of the call for SRE, with how to write a time.
    pub escalation: fn(Escalation, &dyn Fn(DateTime<Utc>) -> String) -> String,
    /// PagerDuty has not taken the note about what somebody has pressed.
    pub unnoted: &'static str,
    /// Why nothing was done, for whoever has pressed something, given who resolved it and when.
    pub nothing_done: fn(NothingDone, Option<&Foreign>, &str) -> Line,
    /// SRE has it, given whom of them, who called them, and when.
    pub sre_has_it: fn(Option<Line>, Option<&Foreign>, &str) -> Line,
    /// Before a runbook's workaround.
    pub workaround: &'static str,
    /// Before the findings for which the fallback is mentioned.
    pub gap: &'static str,
    /// With its cell.
    pub finding: fn(&Finding) -> Line,
    /// Before the reason why the rotation cannot be read.
    pub rotation_unreadable: &'static str,
    /// Why the workbook cannot be read, and how to fix that.
    pub workbook: fn(&Unreadable) -> Line,
    /// PagerDuty has assigned the incident to placeholder users only.
    pub held_by_nobody: &'static str,
    /// It calls somebody, and came after its incident was resolved.
    pub over_already: &'static str,
    /// No webhook reported it.
    /// Below what is a drill.
    pub drill: &'static str,
    pub missed: &'static str,
    /// Around a sender's word for a state that is not known, if its urgency called somebody nevertheless.
    pub unknown_word: (&'static str, &'static str),
    /// Around the id of a webhook that PagerDuty has turned off, and its name.
    pub silenced: (&'static str, &'static str, &'static str),
    /// How to turn that webhook on again.
    pub turn_on: fn(Webhook) -> &'static str,
    /// The first line of the daily check, given how much is wrong.
    pub checked: fn(usize) -> String,
    /// Below its list, given how many are left out.
    pub more_checked: Sentence,
    /// Something has not answered it in time.
    pub partly_checked: &'static str,
    /// What a link is called to where something can be fixed.
    pub open: &'static str,
    /// The copy of the rotation that is used is this old.
    pub old_copy: Sentence,
    /// A note about the delivery.
    pub notice: fn(Notice) -> &'static str,
    /// Before the names of those whom the chat did not let us mention.
    pub without_mention: &'static str,
    /// The people of the fallback, if they cannot be mentioned.
    pub fallback: &'static str,
    pub without_thread: &'static str,
    /// Around the id of a delivery that could not be read.
    pub unreadable: fn(Origin) -> (String, String),
    /// Why it could not be read.
    pub illegible: fn(Illegible) -> &'static str,
    /// Which rule decided.
    pub rule: fn(&Decision) -> Line,
    /// Whom a reminder mentions and why, given the day.
    pub reminded: fn(&Plan, &Coverage, &str) -> String,
    /// When it was posted, and whether that is in working hours.
    pub moment: fn(&Moment) -> String,
    /// When it happened, if that is worth saying.
    pub occurred: fn(&Moment) -> String,
    /// Around the first cell of the rotation's row.
    pub row: Sentence,
    /// The morning's first line, given the day and the end of the shift.
    pub morning: fn(&str, &str) -> String,
    /// The evening's first line, given the day.
    pub evening: Sentence,
    /// The same two for the fallback.
    pub nobody_yet: (Sentence, Sentence),
    /// The day is marked as deliberately nobody's.
    pub nobodys: Sentence,
    /// Before the findings of a day, given the day.
    pub nobody_on: Sentence,
    /// Around how late the reminder is.
    pub reminder_late: Sentence,
    pub manual: &'static str,
    pub checklist: &'static str,
    /// Above what was posted without a mention, given the last working day and its end.
    pub unmentioned: fn(&str, &str) -> String,
    /// Above the open incidents, given their number; the second if some are listed above already.
    pub still_open: (Sentence, Sentence),
    /// The lists may be incomplete, because the ledger could not be read.
    pub news_unreadable: &'static str,
    /// Below a list, given how many are left out.
    pub and_more: Sentence,
    /// After names.
    pub more_people: Sentence,
    /// After a triggered and after an acknowledged incident, given for how long it has been open.
    pub open_for: (Sentence, Sentence),
    /// After a resolved incident.
    pub over: &'static str,
    /// The headline of several new incidents, given their number.
    pub digest: Sentence,
    /// Around the count of the events that follow, after the incident's title.
    pub followed: Sentence,
    /// With its weekday.
    pub day: fn(NaiveDate) -> String,
    /// Around the age of the rotation that was used.
    pub copy_age: Sentence,
}

/// The two largest units: days and hours, hours and minutes, minutes alone, or seconds alone.
pub(super) fn units(span: TimeDelta) -> [(i64, char); 2] {
    let seconds = span.num_seconds().max(0);
    match seconds {
        86_400.. => [(seconds / 86_400, 'd'), (seconds / 3_600 % 24, 'h')],
        3_600.. => [(seconds / 3_600, 'h'), (seconds / 60 % 60, 'm')],
        60.. => [(seconds / 60, 'm'), (0, 's')],
        _ => [(seconds, 's'), (0, 's')],
    }
}
