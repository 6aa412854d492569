//! The token in the body of the Events API v2, `routing_key`: it is looked at once, and then nobody sees it again.

use super::members::Members;
use crate::source::LARGEST_BODY;
use crate::source::scalar::Scalar;
use crate::source::wire::whole_text;
use memchr::memmem;
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;

const NAME: &str = "routing_key";

/// The token that a body carries. `None` without one, with several, or if the body is no JSON object.
pub(in crate::source) fn routing_key(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        routing_key: Scalar,
    }
    let body: Body = serde_json::from_str(&whole_text(body)?).ok()?;
    body.routing_key.text().map(str::to_owned)
}

/// A body without its token: what is queued, digested and quoted. It is the same if it has none.
pub(in crate::source) fn without_routing_key(body: &[u8]) -> Cow<'_, [u8]> {
    let is_escaped = || memmem::find(body, b"\\u").is_some();
    if memmem::find(body, NAME.as_bytes()).is_none() && !is_escaped() {
        return body.into();
    }
    // Of a larger one only the beginning is ever shown.
    let text = whole_text(body).filter(|_| body.len() <= LARGEST_BODY);
    match text.as_deref().map(serde_json::from_str::<Members<'_>>) {
        Some(Ok(Members(members))) if members.iter().all(|(name, _)| name != NAME) => body.into(),
        Some(Ok(Members(members))) => {
            let kept = members.iter().filter(|(name, _)| name != NAME);
            let kept = kept.map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name.as_ref())));
            format!("{{{}}}", kept.collect::<Vec<_>>().join(",")).into_bytes().into()
        }
        Some(Err(_)) | None => blanked(&String::from_utf8_lossy(body)).into_bytes().into(),
    }
}

/// A text without what follows each `routing_key` in it, wherever that is, up to the end of a value.
pub(in crate::source) fn blanked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        let Range { start, end } = value(after);
        kept.push_str(before);
        kept.push_str(&after[..start]);
        rest = &after[end..];
    }
    kept.push_str(rest);
    kept
}

/// Where the value is in what comes after a name: in quotation marks, which are escaped in a text within a text, or a plain word.
fn value(after: &str) -> Range<usize> {
    let escapes = |text: &str| text.len() - text.trim_end_matches('\\').len();
    let named = after.trim_start_matches(['\\', '"', '\'']);
    let opening = named.trim_start_matches(|c: char| c.is_whitespace() || "=:".contains(c));
    let inside = opening.trim_start_matches('\\');
    let depth = opening.len() - inside.len();
    let Some(mark) = inside.chars().next().filter(|mark| "\"'".contains(*mark)) else {
        let start = after.len() - opening.len();
        let end = opening.find(|c: char| c.is_whitespace() || "\\\"',&;{}<>".contains(c));
        return start..end.map_or(after.len(), |end| start + end);
    };
    let start = after.len() - inside.len() + 1;
    let value = &after[start..];
    // A mark that is escaped more often is a part of the value.
    let marks = value.match_indices(mark).map(|(at, _)| (at, escapes(&value[..at])));
    let end = marks.into_iter().find(|(_, escapes)| *escapes <= depth);
    start..end.map_or(after.len(), |(at, escapes)| start + at - escapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_member_of_the_body_itself() {
        for (body, expected) in [
            (r#"{"routing_key": "R0123456", "event_action": "trigger"}"#, Some("R0123456")),
            ("\u{FEFF}{\"event_action\": \"trigger\", \"routing_key\": \" R0123456 \"}\n\0", Some("R0123456")),
            (r#"{"rout\u0069ng_key": "R012\u00334"}"#, Some("R01234")),
            (r#"{"routing_key": 12345678}"#, Some("12345678")),
            (r#"{"routing_key": ""}"#, None),
            (r#"{"routing_key": ["R0123456"]}"#, None),
            (r#"{"routing_key": "R0123456", "routing_key": "R7654321"}"#, None),
            (r#"{"payload": {"routing_key": "R0123456"}}"#, None),
            (r#"{"routing_key": "R0123456""#, None),
            (r#"[{"routing_key": "R0123456"}]"#, None),
            ("routing_key=R0123456&key=a", None),
            ("", None),
        ] {
            assert_eq!(routing_key(body.as_bytes()).as_deref(), expected, "{body}");
        }
        let large = format!(r#"{{"x": "{}", "routing_key": "R0123456"}}"#, "y".repeat(LARGEST_BODY));
        assert_eq!(routing_key(large.as_bytes()).as_deref(), Some("R0123456"), "it is told that it is too large");
    }

    #[test]
    fn nothing_of_a_token_is_kept() {
        for (body, expected) in [
            (r#"{"routing_key": "R0123456", "a": [1, "x"]}"#, r#"{"a":[1, "x"]}"#),
            (r#"{"a": 1e999, "routing_key": "R0123456"}"#, r#"{"a":1e999}"#),
            (r#"{"routing_key": "R0123456", "b": 1, "routing_key": "R7654321", "a\"": 2}"#, r#"{"b":1,"a\"":2}"#),
            (r#"{"rout\u0069ng_key": "R0123456"}"#, "{}"),
            (r#"{"routing_key": {"x": "R0123456"}}"#, "{}"),
            (r#"{"a": "\u7570"}"#, r#"{"a": "\u7570"}"#),
            (r#"{"routing_key": "R0123456", "b"#, r#"{"routing_key": "", "b"#),
            (r#"{"x": "{\"routing_key\": \"R0123456\", 1}", y}"#, r#"{"x": "{\"routing_key\": \"\", 1}", y}"#),
            ("{'routing_key': 'R0123456'}", "{'routing_key': ''}"),
            // As PHP writes `R0/123`, a token that was cut off, and one with a mark in it.
            (r#"{"routing_key": "R0\/123", "b"#, r#"{"routing_key": "", "b"#),
            (r#"{"x": "{\"routing_key\": \"R0\\/123\", 1}", y}"#, r#"{"x": "{\"routing_key\": \"\", 1}", y}"#),
            (r#"{"routing_key": "R0, 123"#, r#"{"routing_key": ""#),
            (r#"{"routing_key": "R0\"123", b"#, r#"{"routing_key": "", b"#),
            ("a=1&routing_key=R0123456&b=2", "a=1&routing_key=&b=2"),
            ("routing_key: R0123456", "routing_key: "),
            ("routing_key", "routing_key"),
            ("key=a", "key=a"),
        ] {
            let kept = without_routing_key(body.as_bytes());
            assert_eq!(String::from_utf8_lossy(&kept), expected, "{body}");
            assert_eq!(without_routing_key(&kept), kept, "what is queued is read as what came");
        }
        let large = format!(r#"{{"routing_key": "R0123456", "x": "{}"}}"#, "y".repeat(LARGEST_BODY));
        assert!(without_routing_key(large.as_bytes()).starts_with(br#"{"routing_key": "", "x""#));
    }
}
