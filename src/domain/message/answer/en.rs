//! In English.

use crate::domain::incident::Escalation;
use crate::domain::message::Line;
use crate::domain::press::{Act, NothingDone, Standing};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub fn press(act: Act) -> &'static str {
    match act {
        Act::Take => "I'm on it",
        Act::HandBack => "Hand back",
    }
}

pub fn escalation(escalation: Escalation, time: &dyn Fn(DateTime<Utc>) -> String) -> String {
    let text = match escalation {
        Escalation::At(at) => return format!("Escalation goes on: SRE is called at {} unless resolved.", time(at)),
        Escalation::AsSet => "Escalation goes on, as PagerDuty is set.",
        Escalation::Reached => "SRE has been told already.",
        Escalation::Acknowledged => "It is acknowledged in PagerDuty, so escalation to SRE is halted.",
        Escalation::Never => "Its urgency is low, so SRE is not called by itself. Contact SRE if you need them.",
        Escalation::Direct => {
            "It was assigned directly in PagerDuty, so SRE is not called by itself. Contact SRE if you need them."
        }
        Escalation::NoAnswer => {
            "When SRE is called is not known, as PagerDuty could not be asked; this button does not stop it."
        }
        Escalation::ChatOnly => "Shown only here; escalation goes on.",
    };
    text.to_owned()
}

pub fn nothing_done(why: NothingDone, who: Option<&Foreign>, at: &str) -> Line {
    let text = match why {
        NothingDone::Over => {
            let line = Line::own("Already resolved");
            return match (who, at) {
                (Some(who), at) => line.and(" (").foreign(who).and(format!(", {at}). Nothing was done.")),
                (None, "") => line.and(". Nothing was done."),
                (None, at) => line.and(format!(" ({at}). Nothing was done.")),
            };
        }
        NothingDone::TooOld => "Not done within 2 minutes; nothing was changed. Press again if needed.",
        NothingDone::NotListed => "Only listed people can press this. Ask SRE.",
        NothingDone::NoMembers => "The sheet has no members tab, so nobody can press this. Ask SRE.",
        NothingDone::Is(Standing::Guest) => "Guests cannot use this. Ask SRE.",
        NothingDone::Is(_) => "Only members of this workspace can use this.",
        NothingDone::NotChecked => {
            "Whether you are listed cannot be checked right now; nothing was done. Press again in a moment, or contact SRE if it is urgent."
        }
        NothingDone::OtherChannel => "Buttons in this channel do nothing. Press in the channel for alerts.",
        NothingDone::UnknownIncident => {
            "There is no record of this incident (they are kept 90 days). Nothing was done. Look in PagerDuty."
        }
        NothingDone::HasIt => "You are on it already.",
        NothingDone::HasItNot => "You were not on it. Nothing was done.",
        NothingDone::NotRecorded => {
            "It cannot be recorded right now; nothing was done. Press again in a moment, or contact SRE if it is urgent."
        }
        NothingDone::PerhapsRecorded => {
            "Whether it was recorded is not known. Look at the status in the first message, and press again if needed, or contact SRE if it is urgent."
        }
        NothingDone::NotShown => "Done. It is shown here later, because the chat does not take messages right now.",
    };
    Line::own(text)
}

pub const UNNOTED: &str = "PagerDuty did not take the note about this.";

pub fn note(act: Act, who: &str, at: &DateTime<Tz>) -> String {
    let done = match act {
        Act::Take => "is on it",
        Act::HandBack => "handed it back",
    };
    format!("{who} {done} · {} (from Slack, written by toban)", at.format("%H:%M:%S"))
}
