//! What somebody asks for in the chat, and who may.

use crate::domain::incident::IncidentId;
use crate::domain::member::Handle;
use chrono::{DateTime, TimeDelta, Utc};

/// What is not begun this long after it was pressed is not done: whoever pressed has given up, or pressed again.
pub const COUNTS_FOR: TimeDelta = TimeDelta::minutes(2);

/// A button that was pressed, or a command that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Recognises a repeat: a digest of the chat's own id.
    pub id: String,
    pub user: Handle,
    /// The user's workspace, if the chat says.
    pub workspace: Option<String>,
    /// When it arrived.
    pub at: DateTime<Utc>,
    pub asked: Asked,
    /// The address at which the presser alone is answered; empty if there is none.
    pub answer_to: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Button { act: Act, incident: IncidentId, channel: Channel },
    Command { text: String },
}

/// Where a button was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: String,
    /// Without `#`; empty if the chat does not say.
    pub name: String,
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Take,
    HandBack,
    /// Goes on with it when the shift is over.
    Stay,
    /// Has PagerDuty call the SRE on call, now.
    CallSre,
    /// Resolves it in PagerDuty.
    Resolve,
}

/// What can be pressed below the messages of an incident, besides that somebody is on it. A button that could not work is not
/// shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offered {
    pub call_sre: bool,
    pub resolve: bool,
}

impl Act {
    pub const ALL: [Self; 5] = [Self::Take, Self::HandBack, Self::Stay, Self::CallSre, Self::Resolve];

    /// The button's own id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::HandBack => "hand_back",
            Self::Stay => "stay",
            Self::CallSre => "call_sre",
            Self::Resolve => "resolve",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }
}

/// What somebody is in the chat's workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    FullMember,
    Guest,
    /// Of another workspace, in a channel that is shared with it.
    Stranger,
    Bot,
    Deactivated,
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NothingDone {
    /// It came too late.
    TooOld,
    /// They are not in the members tab.
    NotListed,
    /// There is no members tab, so nobody is in it.
    NoMembers,
    /// They are no full member of the workspace.
    Is(Standing),
    /// The chat did not say who they are, or the sheet who the members are.
    NotChecked,
    /// The button is in a channel that is not the one for alerts.
    OtherChannel,
    UnknownIncident,
    /// It is over.
    Over,
    /// It went into another incident.
    Merged,
    /// PagerDuty has not called SRE, and the channel does not know that yet.
    SreNotCalled,
    /// They are on it already.
    HasIt,
    /// They were not on it.
    HasItNot,
    /// They have said before that they go on with it.
    StaysAlready,
    /// They are not among those who may resolve (`SLACK_ACTORS`).
    NotAnActor,
    /// The button is of a time when this was set up.
    NotSetUp,
    /// The incident is of a service on which nothing may be done.
    OtherService,
    /// SRE has been called, or is at work on it.
    SreHasIt,
    /// PagerDuty has not resolved it.
    NotResolved(Obstacle),
    /// PagerDuty may have resolved it.
    PerhapsResolved,
    /// Something has happened to it since the button was pressed.
    Changed,
    /// It could not be recorded who is on it.
    NotRecorded,
    /// It may have been recorded.
    PerhapsRecorded,
    /// It is recorded, and the chat does not show it yet.
    NotShown,
}

/// Why PagerDuty has not done what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It gave no answer, or none that can be used; what it was asked may be done.
    NoAnswer,
    /// It does not know the key.
    NoSuchKey,
    /// Neither the key nor the user may do that.
    NotAllowed,
    /// There is no user of that address.
    NoSuchUser,
    /// There is no escalation policy of that id, or it is not one to which an incident can go.
    NoSuchPolicy,
    /// The escalation policy has nobody on call, or only placeholder users.
    NobodyOnCall,
    /// It stays acknowledged, so that nobody is called.
    StillAcknowledged,
    /// It stays with whom it was given to.
    StillAssigned,
    /// Its urgency stays low, so that nobody is woken.
    StillLow,
    /// It went into another incident.
    Merged,
    /// Others keep changing it.
    KeepsChanging,
    NotFound,
    /// Our own ledger could not keep who has pressed.
    NotRecorded,
    /// Any other error, by PagerDuty's own number; 0 if it has none.
    Other(u16),
}

impl Obstacle {
    /// All but those with a number.
    pub const NAMED: [Self; 13] = [
        Self::NoAnswer,
        Self::NoSuchKey,
        Self::NotAllowed,
        Self::NoSuchUser,
        Self::NoSuchPolicy,
        Self::NobodyOnCall,
        Self::StillAcknowledged,
        Self::StillAssigned,
        Self::StillLow,
        Self::Merged,
        Self::KeepsChanging,
        Self::NotFound,
        Self::NotRecorded,
    ];

    /// Its name in rows and messages of the queue.
    pub fn name(self) -> String {
        match self {
            Self::Other(code) => return code.to_string(),
            Self::NoAnswer => "no_answer",
            Self::NoSuchKey => "no_such_key",
            Self::NotAllowed => "not_allowed",
            Self::NoSuchUser => "no_such_user",
            Self::NoSuchPolicy => "no_such_policy",
            Self::NobodyOnCall => "nobody_on_call",
            Self::StillAcknowledged => "still_acknowledged",
            Self::StillAssigned => "still_assigned",
            Self::StillLow => "still_low",
            Self::Merged => "merged",
            Self::KeepsChanging => "keeps_changing",
            Self::NotFound => "not_found",
            Self::NotRecorded => "not_recorded",
        }
        .to_owned()
    }

    /// That of a name; one that only another version knows is an error without a number.
    pub fn from_name(name: &str) -> Self {
        let named = Self::NAMED.into_iter().find(|obstacle| obstacle.name() == name);
        named.unwrap_or_else(|| Self::Other(name.parse().unwrap_or_default()))
    }
}

impl Press {
    /// Whether it is too late to begin with it.
    pub fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.at > COUNTS_FOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obstacles_and_acts_have_their_own_names() {
        for obstacle in Obstacle::NAMED.into_iter().chain([Obstacle::Other(0), Obstacle::Other(2001)]) {
            assert_eq!(Obstacle::from_name(&obstacle.name()), obstacle);
        }
        assert_eq!(Obstacle::from_name("of_tomorrow"), Obstacle::Other(0));
        for act in Act::ALL {
            assert_eq!(Act::from_name(act.name()), Some(act));
        }
    }
}
