//! The page's files, compiled into the binary. The page loads nothing from elsewhere.

use crate::net::secret::Secret;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

const PAGE: &str = include_str!("index.html");
const STYLE: &str = include_str!("page.css");
const ASKING: &str = include_str!("asking.js");
const CHAT: &str = include_str!("chat.js");
const DAY: &str = include_str!("day.js");
const JOURNAL: &str = include_str!("journal.js");
const LAYOUT: &str = include_str!("layout.js");
const PASTED: &str = include_str!("pasted.js");
const PRESSED: &str = include_str!("pressed.js");
const WORDS: &str = include_str!("words.js");
const SCRIPT: &str = include_str!("page.js");

/// Placeholder for the token in `index.html`.
const TOKEN: &str = "{{token}}";

/// Only our own scripts and styles: text in a message could not run even if it were parsed as markup. Framing is
/// forbidden, against clickjacking.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file's content type and text.
pub fn find(path: &str, token: &Secret) -> Option<(&'static str, String)> {
    let text = |kind, text: &str| Some((kind, text.to_owned()));
    match path {
        "/" => Some(("text/html; charset=utf-8", PAGE.replace(TOKEN, token.expose()))),
        "/page/page.css" => text("text/css; charset=utf-8", STYLE),
        "/page/pressed.js" => text("text/javascript; charset=utf-8", PRESSED),
        "/page/words.js" => text("text/javascript; charset=utf-8", WORDS),
        "/page/asking.js" => text("text/javascript; charset=utf-8", ASKING),
        "/page/chat.js" => text("text/javascript; charset=utf-8", CHAT),
        "/page/day.js" => text("text/javascript; charset=utf-8", DAY),
        "/page/layout.js" => text("text/javascript; charset=utf-8", LAYOUT),
        "/page/journal.js" => text("text/javascript; charset=utf-8", JOURNAL),
        "/page/pasted.js" => text("text/javascript; charset=utf-8", PASTED),
        "/page/page.js" => text("text/javascript; charset=utf-8", SCRIPT),
        _ => None,
    }
}

/// Headers of every response to the page; `kind` is the content type.
pub fn headers(kind: &'static str) -> [(HeaderName, &'static str); 8] {
    [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
}
