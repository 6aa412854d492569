//! Why a chat has not accepted a message.

use std::time::Duration;

/// Why a chat has not accepted a message, by what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// It was not accepted and may be later: try again, the backup first.
    #[error("the chat is not available: {why}")]
    Unavailable {
        /// How long the chat asked us to wait.
        retry_after: Option<Duration>,
        why: String,
    },
    /// An answer came that does not say whether it was accepted. A repeat has to be marked as one.
    #[error("the chat's answer is not understood: {why}")]
    Unclear { why: String },
    /// No answer came, so it may have been accepted. A repeat has to be marked as one.
    #[error("the chat's answer was lost: {why}")]
    Lost { why: String },
    /// The message to reply to or to change no longer exists: post this one as a new one.
    #[error("the first message is gone: {code}")]
    Gone {
        /// The chat's own.
        code: String,
    },
    /// Something about it is refused, and it may be accepted without that.
    #[error("the chat refuses the {}: {code}", form.name())]
    Form {
        form: Form,
        /// The chat's own.
        code: String,
    },
    /// It never will be accepted: somebody has to fix something.
    #[error("the chat refuses: {code}")]
    Refused {
        /// The chat's own.
        code: String,
    },
}

/// What a chat may refuse of a message, and take the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// That it mentions these people, or this group.
    Mention,
    /// That it follows another message.
    Thread,
    /// How it is laid out.
    Layout,
}

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Thread => "thread",
            Self::Layout => "layout",
        }
    }
}
