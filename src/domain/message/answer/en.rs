//! In English.

use crate::domain::incident::Escalation;
use crate::domain::message::{Confirm, Line};
use crate::domain::press::{Act, NothingDone, Obstacle, Standing};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub fn press(act: Act) -> &'static str {
    match act {
        Act::Take => "I'm on it",
        Act::HandBack => "Hand back",
        Act::Stay => "I'll stay",
        Act::CallSre => "Call SRE",
        Act::Resolve => "Resolve",
    }
}

pub fn confirm(act: Act, tag: &str) -> Option<Confirm> {
    Some(match act {
        Act::Take | Act::HandBack | Act::Stay => return None,
        Act::CallSre => Confirm {
            title: "Call SRE?".to_owned(),
            text: "PagerDuty notifies the SRE on call now, perhaps by phone. When in doubt, call.",
            yes: "Call",
            no: "Cancel",
        },
        Act::Resolve => Confirm {
            title: format!("Resolve {tag}?"),
            text: "It closes in PagerDuty too; SRE won't be called. If it still fails you may not be told again: check monitoring first.",
            yes: "Resolve",
            no: "Not yet",
        },
    })
}

/// What PagerDuty says, or does not.
pub fn obstacle(why: Obstacle) -> String {
    let text = match why {
        Obstacle::NoAnswer => "no answer",
        Obstacle::NoSuchKey => "the key is not valid",
        Obstacle::NotAllowed => "not allowed",
        Obstacle::NoSuchUser => "there is no user of PAGERDUTY_ACT_AS",
        Obstacle::NoSuchPolicy => "the policy of SRE_ESCALATION_POLICY_ID cannot be used",
        Obstacle::NobodyOnCall => "nobody is on call in the SRE policy",
        Obstacle::StillAcknowledged => "it stays acknowledged, so nobody is called",
        Obstacle::StillAssigned => "its assignee does not change",
        Obstacle::StillLow => "its urgency stays low",
        Obstacle::Merged => "it was merged into another incident",
        Obstacle::KeepsChanging => "others keep changing it",
        Obstacle::NotFound => "it has no such incident",
        Obstacle::NotRecorded => "not asked, as toban could not record it",
        Obstacle::Other(0) => "an unexpected answer",
        Obstacle::Other(code) => return format!("error {code}"),
    };
    text.to_owned()
}

pub fn sre_has_it(people: Option<Line>, by: Option<&Foreign>, at: &str) -> Line {
    let line = Line::own("SRE has been called already");
    let line = match people {
        Some(people) => Line::joined(vec![line, Line::own(": "), people], ""),
        None => line,
    };
    match by {
        Some(by) => line.and(" (by ").foreign(by).and(format!(", {at}). Nothing was done.")),
        None => line.and(". Nothing was done."),
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
        NothingDone::Merged => "It was merged into another incident. Nothing was done. Press there, or contact SRE.",
        NothingDone::SreNotCalled => "SRE could not be called, and the channel has not been told yet. Contact SRE.",
        NothingDone::StaysAlready => "You have said already that you stay.",
        NothingDone::NotAnActor => "Only people of SLACK_ACTORS can resolve; nothing was done. Ask SRE.",
        NothingDone::NotSetUp => "This button is off at the moment; nothing was done. Contact SRE if it is urgent.",
        NothingDone::OtherService => {
            "Incidents of this service cannot be acted on from here; nothing was done. Do it in PagerDuty, or contact SRE."
        }
        NothingDone::SreHasIt => "SRE has been called already. Nothing was done.",
        NothingDone::NotResolved(why) => {
            return Line::own(format!(
                "Not resolved (PagerDuty: {}): it is still open. Press again in a moment, or ask SRE.",
                obstacle(why)
            ));
        }
        NothingDone::PerhapsResolved => {
            "PagerDuty gave no answer, so whether it is resolved is not known. Look in PagerDuty, or ask SRE."
        }
        NothingDone::Changed => {
            "Something has happened to it since you pressed, so nothing was done. Look at its status, and press again if needed."
        }
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
        Act::Stay => "stays on it after the shift",
        Act::CallSre => "called SRE",
        Act::Resolve => "resolved it",
    };
    format!("{who} {done} · {} (from Slack, written by toban)", at.format("%H:%M:%S"))
}
