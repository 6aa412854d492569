//! What makes two incidents the same alert: the service, and the title without what differs each time: numbers, hosts, dates
//! and ids. Words stay, and so do `5xx` and `4xx`, `HTTP 503`, `P1`, `p99`, mount points, and whether something is above or below.
//!
//! `tests/data/fingerprints.txt` has titles that people have grouped.

mod pieces;
mod words;

use crate::domain::text::{Foreign, compatible};
use pieces::{Piece, pieces};
use ring::digest::{Context, SHA256};
use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

/// To be raised with each change of the rule: what was written under another one is not found any more, and never mixed up.
const VERSION: u8 = 1;
/// Of the digest, in bytes.
const LENGTH: usize = 16;

/// The same for incidents that are the same alert: the version of the rule and a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Returns `None` for a title in which there is no word.
    pub fn of(service: Option<&Foreign>, title: &Foreign) -> Option<Self> {
        let words = words(title.as_str());
        if words.is_empty() {
            return None;
        }
        let mut digest = Context::new(&SHA256);
        if let Some(service) = service {
            digest.update(compatible(service.as_str()).as_bytes());
        }
        digest.update(b"\n");
        digest.update(words.as_bytes());
        let digest = digest.finish();
        let mut text = String::with_capacity(2 + 2 * LENGTH);
        write!(text, "{VERSION}-").expect("a String takes everything");
        for byte in &digest.as_ref()[..LENGTH] {
            write!(text, "{byte:02x}").expect("a String takes everything");
        }
        Some(Self(text))
    }

    /// As it was written.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is left of a title.
fn words(title: &str) -> String {
    let title = compatible(title).to_lowercase();
    let pieces = pieces(&title);
    let mut text = String::with_capacity(title.len());
    let mut is_after_date = false;
    for (nth, piece) in pieces.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|nth| pieces.get(nth));
        let after = pieces.get(nth + 1);
        let word = match piece {
            Piece::Number(number) if is_status(number, before, after) => Cow::Borrowed(*number),
            Piece::Number(_) | Piece::Id => {
                is_after_date = true;
                continue;
            }
            Piece::Word(word) => {
                let is_beside = [before, after].into_iter().flatten().any(Piece::is_number);
                let left = words::left(word, before, after, is_after_date || is_beside);
                if left.is_empty() {
                    continue;
                }
                left
            }
            Piece::Sign(sign) => Cow::Borrowed(*sign),
        };
        is_after_date = false;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text
}

/// Whether a number is what a server has answered: that is what an alert is about.
fn is_status(number: &str, before: Option<&Piece<'_>>, after: Option<&Piece<'_>>) -> bool {
    let is_class = number.len() == 3 && number.starts_with(['1', '2', '3', '4', '5']);
    let is_named =
        matches!(before, Some(Piece::Word(word)) if words::NAME_A_STATUS.iter().any(|name| word.ends_with(name)));
    let is_measured = matches!(after, Some(Piece::Word(word)) if words::is_unit(word));
    // `500エラー` names one, `500 errors` may count them.
    let is_of_an_error =
        number.starts_with(['4', '5']) && matches!(after, Some(Piece::Word(word)) if word.starts_with("エラー"));
    is_class && (is_of_an_error || (is_named && !is_measured))
}

#[cfg(test)]
mod tests;
