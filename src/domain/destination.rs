//! Where messages go.

/// Which of the team's chats a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Destination {
    /// The first of two that are mirrored.
    Primary,
    /// The second of two that are mirrored.
    Backup,
    /// The first that takes it: the only chat, or either in failover.
    Any,
}

impl Destination {
    /// Its name in the queue, in the ledger and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Backup => "backup",
            Self::Any => "any",
        }
    }

    /// The destination of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Primary, Self::Backup, Self::Any].into_iter().find(|destination| destination.name() == name)
    }
}
