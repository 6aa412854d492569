//! What others say in their errors, fit for a log or a terminal. A broken proxy, or a page that shows what it was asked, may
//! quote our tokens or somebody's alert in it.

use serde_json::error::Category;

/// Instead of a code that does not look like one.
pub const NO_CODE: &str = "no plain error code";

/// Instead of a code that is empty.
pub const NO_REASON: &str = "no reason given";

/// Instead of a word that may be a secret.
const HIDDEN: &str = "[…]";

/// No service has a longer code.
const LONGEST_CODE: usize = 64;

/// The words of a code are on average no shorter: `ProvisionedThroughputExceededException`.
const SHORTEST_HUMP: usize = 6;

/// No token in use is shorter.
const SHORTEST_TOKEN: usize = 16;

/// An error code, such as `channel_not_found`: a short word that is neither a sentence nor a token.
pub fn code(text: &str) -> &str {
    if text.is_empty() {
        return NO_REASON;
    }
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte));
    let is_code = is_word && text.len() <= LONGEST_CODE && !may_be_secret(text);
    if is_code { text } else { NO_CODE }
}

/// A sentence without the words that may be tokens or e-mail addresses.
pub fn sentence(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = is_of_word(first);
        let end = rest.find(|c| is_of_word(c) != is_word).unwrap_or(rest.len());
        let (part, others) = rest.split_at(end);
        shown += if is_word && may_be_secret(part) { HIDDEN } else { part };
        rest = others;
    }
    shown
}

/// What is wrong with an answer: what is missing in it, or where it is wrong, but never what it holds.
pub fn json(error: &serde_json::Error) -> String {
    let why = error.to_string();
    // The only error about data that names nothing but a field of ours.
    if error.classify() == Category::Data && why.starts_with("missing field") {
        return why;
    }
    format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())
}

/// Tokens, also in base64 or escaped for a URL or in JSON, and e-mail addresses hold no other characters.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.+/=~%\\@".contains(c)
}

/// Tokens are long, and have digits or capitals anywhere, which the long words of others do not have.
fn may_be_secret(word: &str) -> bool {
    let bytes = word.as_bytes();
    let humps = bytes.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    let is_mixed = bytes.iter().any(u8::is_ascii_digit) || humps * SHORTEST_HUMP > word.len();
    let is_token = word.len() >= SHORTEST_TOKEN && is_mixed;
    let is_address = word.trim_matches('@').contains('@');
    is_token || is_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_short_plain_word() {
        let longest = "x".repeat(64);
        for text in [
            "channel_not_found",
            "http_404",
            "AWS.SimpleQueueService.NonExistentQueue",
            "web.incoming_webhook.invalid.app_error",
            "ProvisionedThroughputExceededException",
            "IdempotentParameterMismatch",
            "UnrecognizedClientException",
            &longest,
        ] {
            assert_eq!(code(text), text);
        }
        let longer = "x".repeat(65);
        for text in
            ["Disk full", "a\nb", "障害", "a/b", "YQ==", "a@b", "xoxb-test-0123456789", "AbCdEfGhIjKlMnOpQrSt", &longer]
        {
            assert_eq!(code(text), NO_CODE, "{text}");
        }
    }

    #[test]
    fn a_sentence_is_told_without_tokens_and_addresses() {
        for (text, expected) in [
            ("", ""),
            (
                "Invalid Input Provided: Name has already been taken",
                "Invalid Input Provided: Name has already been taken",
            ),
            ("Unable to parse range: 'rotation'!A1:Z1000", "Unable to parse range: 'rotation'!A1:Z1000"),
            ("障害 2026-11-24T02:02:01Z", "障害 2026-11-24T02:02:01Z"),
            ("Token token=u+full-access-0123456789 is unknown", "Token […] is unknown"),
            ("HTTP 400: Token u+AbCdEfGhIjKlMnOpQr of sre is unknown", "HTTP 400: Token […] of sre is unknown"),
            ("Bearer ya29.c0b_AbC-123456789", "Bearer […]"),
            ("\"https:\\/\\/hooks.example.com\\/T0001\\/B1\"", "\"https:[…]\""),
            ("From: sre@example.com, @all", "From: […], @all"),
            ("ひみつxoxb-test-0123456789", "ひみつ[…]"),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_quoted() {
        #[derive(Debug, serde::Deserialize)]
        struct Answer {
            #[serde(rename = "number")]
            _number: u64,
        }
        for (text, expected) in [
            ("{}", "missing field `number` at line 1 column 2"),
            (r#"{"number": "secret"}"#, "Data at line 1, column 19"),
            (r#"{"number": 1"#, "Eof at line 1, column 12"),
            ("<html>", "Syntax at line 1, column 1"),
        ] {
            let error = serde_json::from_str::<Answer>(text).expect_err("it is no answer");
            assert_eq!(json(&error), expected);
        }
    }
}
