//! The message of the daily check: what is wrong. It mentions nobody.

use super::{Label, Language, Line, Message, Notice};
use crate::domain::text::{Foreign, Link};

/// The most findings that are listed; the rest is a number.
pub const LISTED: usize = 10;

/// Something that is wrong, in the words of `toban check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// `rotation`, `slack`
    pub topic: String,
    /// It may quote what others have written.
    pub text: Foreign,
    /// Where it can be fixed.
    pub link: Option<Link>,
}

/// Whether everything that there is was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// Something has not answered in time.
    Part,
}

/// What is wrong, at least one thing.
pub fn message(wrong: &[Wrong], extent: Extent, notice: Option<Notice>, language: Language) -> Message {
    let words = language.words();
    let mut lines = vec![Line::own((words.checked)(wrong.len()))];
    lines.extend(wrong.iter().take(LISTED).map(|Wrong { topic, text, link }| {
        let line = Line::own(format!("✗ {topic}: ")).foreign(text);
        match link {
            Some(link) => line.and(" · ").named(Label::Own(words.open.into()), link),
            None => line,
        }
    }));
    if wrong.len() > LISTED {
        lines.push(Line::own((words.more_checked)(&(wrong.len() - LISTED).to_string())));
    }
    if extent == Extent::Part {
        lines.push(Line::own(words.partly_checked));
    }
    lines.extend(notice.map(|notice| Line::own((words.notice)(notice))));
    Message::new(None, lines)
}
