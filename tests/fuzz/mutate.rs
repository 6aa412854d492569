//! The body of a seed: one of the corpus, changed a few times, as JSON while it is JSON and then as bytes.

use crate::corpus::Corpus;
use crate::{structure, texts};
use fastrand::Rng;
use toban::source::LARGEST_BODY;

/// A little over what is read.
const LARGEST: usize = LARGEST_BODY + 4 * 1024;

const TOKENS: [&[u8]; 22] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b":",
    b"\0",
    b"\n",
    b"null",
    b"1e999",
    b"\\ud83d",
    b"\\udd25",
    b"\\u",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
    b"\xef\xbb\xbf",
    b"&key=%zz&status=critical",
    b"\"status\":\"critical\",",
    b"\"event\":\"incident.trigger\",",
];

pub fn body(seed: u64, corpus: &Corpus) -> Vec<u8> {
    let rng = &mut Rng::with_seed(seed);
    let mut body = corpus.any(rng).to_vec();
    if let Some(changed) = structure::changed(rng, &body, corpus) {
        body = changed;
    }
    // Most stay JSON, as hardly anything is read of what is not.
    if rng.u32(..3) == 0 {
        for _ in 0..rng.usize(1..4) {
            change(rng, &mut body, corpus);
        }
    }
    body.truncate(LARGEST);
    body
}

/// A size from some bytes to the largest body, the more likely the smaller it is.
pub fn size(rng: &mut Rng) -> usize {
    let largest = 1_usize << rng.u32(5..=18).min(rng.u32(5..=18));
    rng.usize(..largest) + largest / 64
}

/// A part of a text of that length.
fn part(rng: &mut Rng, length: usize) -> std::ops::Range<usize> {
    let start = rng.usize(..=length);
    let most = (length - start).min(1 << rng.u32(..16));
    start..start + rng.usize(..=most)
}

fn change(rng: &mut Rng, body: &mut Vec<u8>, corpus: &Corpus) {
    let at = rng.usize(..=body.len());
    match rng.u32(..10) {
        0 if at < body.len() => body[at] ^= 1 << rng.u32(..8),
        1 if at < body.len() => body[at] = rng.u8(..),
        2 => drop(body.drain(part(rng, body.len()))),
        3 => {
            let copied = body[part(rng, body.len())].to_vec();
            body.splice(at..at, copied);
        }
        4 => {
            let other = corpus.any(rng);
            let from = rng.usize(..=other.len());
            body.splice(at.., other[from..].iter().copied());
        }
        5 => body.truncate(at),
        6 => drop(body.splice(..0, *b"\xef\xbb\xbf")),
        7 => {
            // Deeper than any reader goes, or the same token again and again.
            let token = TOKENS[rng.usize(..TOKENS.len())];
            let many = token.repeat(size(rng) / token.len() + 1);
            body.splice(at..at, many);
        }
        8 => drop(body.splice(at..at, texts::mark(rng).into_bytes())),
        _ => drop(body.splice(at..at, TOKENS[rng.usize(..TOKENS.len())].iter().copied())),
    }
}
