//! What is said when nothing can be kept on this machine, and when it can again.

use super::{Addressee, Language, Line, Message};
use crate::domain::text::Foreign;

/// Whether what comes in can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// It cannot, for a reason in the system's words.
    Not(Option<Foreign>),
    Again,
}

/// It mentions the fallback in working hours, because it is not the task of those on call; otherwise nobody.
pub fn message(keeping: &Keeping, is_working: bool, language: Language) -> Message {
    let words = language.words();
    let to = is_working.then_some(Addressee::Fallback);
    match keeping {
        Keeping::Not(why) => {
            let line = Line::own(words.not_kept.0);
            let line = why.as_ref().map_or_else(|| line.clone(), |why| line.clone().and(" (").foreign(why).and(")"));
            Message::new(to, vec![line.and(words.not_kept.1), Line::own(words.free_the_disk)])
        }
        Keeping::Again => Message::new(None, vec![Line::own(words.kept_again)]),
    }
}
