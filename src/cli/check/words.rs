//! What the check says of the rotation, the chats and PagerDuty, in both languages, always with how to mend it.

pub(super) mod chats;
pub(super) mod findings;
pub(super) mod pagerduty;
pub(super) mod rotation;

use crate::domain::message::Language;
use crate::domain::text::Foreign;

/// So many of a list are written out.
const SHOWN: usize = 3;

/// The first of a list, and how many more there are.
fn first_few(all: &[String], language: Language) -> String {
    let (mark, more) = match language {
        Language::Japanese => ("、", format!(" ほか {} 件", all.len().saturating_sub(SHOWN))),
        Language::English => (", ", format!(" and {} more", all.len().saturating_sub(SHOWN))),
    };
    let first = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(mark);
    if all.len() > SHOWN { first + &more } else { first }
}

/// Somebody else's text as one line that a terminal does not obey.
fn plain(text: &str) -> String {
    Foreign::line(text).map(|line| line.as_str().to_owned()).unwrap_or_default()
}
