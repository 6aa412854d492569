//! The texts of the checks in both languages. Each problem comes with how to fix it.

pub(super) mod answering;
pub(super) mod chats;
pub(super) mod findings;
pub(super) mod pagerduty;
pub mod rotation;

use crate::domain::message::Language;
use crate::domain::text::Foreign;

/// One of two texts that have nothing to fill in.
pub fn in_language<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Japanese => ja,
        Language::English => en,
    }
}

/// How many items of a list are written out.
const SHOWN: usize = 3;

/// The first of a list, and how many more there are.
fn first_few(all: &[String], language: Language) -> String {
    let separator = match language {
        Language::Japanese => "、",
        Language::English => ", ",
    };
    let first = all[..all.len().min(SHOWN)].join(separator);
    match (all.len().saturating_sub(SHOWN), language) {
        (0, _) => first,
        (more, Language::Japanese) => format!("{first} ほか {more} 件"),
        (more, Language::English) => format!("{first} and {more} more"),
    }
}

/// Somebody else's text on one line, without control characters.
fn plain(text: &str) -> String {
    Foreign::line(text).map(|line| line.as_str().to_owned()).unwrap_or_default()
}
