//! Ids from outside. They become parts of keys and paths, and are shown in logs and terminals.

use super::digest::sha256;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The longest id that is kept as it is, in bytes.
const LONGEST: usize = 255;

/// An id of a delivery or an event, to be a part of a key: itself if it is short and of printable ASCII, otherwise its digest. No
/// table, no queue and no terminal is given anything else.
pub fn plain_id(id: &str) -> Cow<'_, str> {
    kept_if(id, |byte| (b' '..=b'~').contains(&byte))
}

/// The id of an incident, a person or a service: itself if it is short and of letters and digits, otherwise its digest, so that
/// it is no path and never begins as an id of another source does.
pub fn plain_word(id: &str) -> Cow<'_, str> {
    kept_if(id, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn kept_if(id: &str, is_plain: fn(u8) -> bool) -> Cow<'_, str> {
    if id.len() <= LONGEST && id.bytes().all(is_plain) { id.into() } else { sha256(id.as_bytes()).into() }
}

/// A field of an API's answer that is the id of something.
pub fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Word::deserialize(deserializer).map(|word| word.0)
}

/// The same where it is optional or in a list.
#[derive(Debug)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Ok(Self(plain_word(&id).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_kept_if_it_is_plain() {
        let long = "x".repeat(255);
        for id in ["01G42K#a:b ~", "", &long] {
            assert_eq!(plain_id(id), id);
        }
        for id in [&*format!("{long}x"), "障害", "a\u{ffff}", "a\nb", "\u{1b}]0;x", "\u{7f}"] {
            assert_eq!(plain_id(id), sha256(id.as_bytes()), "{id:?}");
            assert_eq!(plain_word(id), sha256(id.as_bytes()), "{id:?}");
        }
    }

    #[test]
    fn a_word_is_no_path_and_no_id_of_another_source() {
        for id in ["Q2YXK4P7T3M1NC", "PT4KHLK", "f9b7d4e2-2c1f-4c2b", "2bj6TgCZ8Xy"] {
            assert_eq!(plain_word(id), id);
        }
        for id in ["mackerel:2bj6TgCZ8Xy", "../users", "a b", "a/b", "a?b", "a%2Fb"] {
            assert_eq!(plain_word(id), sha256(id.as_bytes()), "{id:?}");
        }
    }
}
