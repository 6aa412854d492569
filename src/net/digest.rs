//! Digests in hexadecimal.

use ring::digest::{SHA256, digest};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The SHA-256 of the bytes, as 64 lower-case digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The longest id that is kept as it is, in bytes.
const LONGEST_ID: usize = 255;

/// An id from outside, to be a part of a key, and shown in a log or a terminal: itself if it is short and of printable ASCII,
/// otherwise its digest. No table, no queue and no terminal is given anything else.
pub fn plain_id(id: &str) -> Cow<'_, str> {
    let is_plain = id.len() <= LONGEST_ID && id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_plain { id.into() } else { sha256(id.as_bytes()).into() }
}

/// The bytes as lower-case digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
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
        }
    }

    #[test]
    fn digests_are_those_of_other_tools() {
        // `printf %s 障害 | sha256sum`
        let expected = "988903dbabed10c27bb615a42c3c50a1b629ae88a6896f4963bafb391ff3b69b";
        assert_eq!(sha256("障害".as_bytes()), expected);
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }
}
