//! Who did what: people are the subject of what they did.

pub(super) mod en;
pub(super) mod ja;

use super::Line;
use crate::domain::incident::EventKind;
use crate::domain::text::Foreign;

/// What there is to say about who did something.
#[derive(Debug)]
pub(super) struct Act<'a> {
    pub kind: &'a EventKind,
    pub who: Option<&'a Foreign>,
    /// Whom it went to.
    pub to: Option<Line>,
    /// Whether what they said comes next.
    pub says: bool,
    /// Whether it is worth saying that nobody did it.
    pub is_automatic: bool,
}
