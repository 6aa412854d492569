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
}

impl Act {
    pub const ALL: [Self; 2] = [Self::Take, Self::HandBack];

    /// The button's own id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::HandBack => "hand_back",
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
    /// They are on it already.
    HasIt,
    /// They were not on it.
    HasItNot,
    /// It could not be recorded who is on it.
    NotRecorded,
    /// It may have been recorded.
    PerhapsRecorded,
    /// It is recorded, and the chat does not show it yet.
    NotShown,
}

impl Press {
    /// Whether it is too late to begin with it.
    pub fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.at > COUNTS_FOR
    }
}
