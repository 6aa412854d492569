//! Digests in hexadecimal.

use ring::digest::{SHA256, digest};
use std::fmt::Write as _;

/// The SHA-256 of the bytes, as 64 lower-case digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The bytes as lower-case digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}

/// 64 hexadecimal digits as 32 bytes.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let text = text.as_bytes();
    if text.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_other_tools() {
        // `printf %s 障害 | sha256sum`
        let expected = "988903dbabed10c27bb615a42c3c50a1b629ae88a6896f4963bafb391ff3b69b";
        assert_eq!(sha256("障害".as_bytes()), expected);
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }
}
