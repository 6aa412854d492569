//! A smaller body that is wrong in the same way, for whoever has to understand it.

use std::time::{Duration, Instant};

/// Takes away parts of a body, from halves to single bytes, while it stays wrong and there is time.
pub fn smallest(body: &[u8], is_wrong: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let end = Instant::now() + PATIENCE;
    let mut body = body.to_vec();
    let mut part = body.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        while at < body.len() {
            if Instant::now() > end {
                return body;
            }
            let smaller = [&body[..at], &body[(at + part).min(body.len())..]].concat();
            if is_wrong(&smaller) {
                body = smaller;
            } else {
                at += part;
            }
        }
        part = if part == 1 { 0 } else { part.div_ceil(2) };
    }
    body
}
