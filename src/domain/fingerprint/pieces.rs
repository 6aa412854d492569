//! A title in pieces, in lower case: what is written with ASCII, the words between, and signs.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A piece of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Number(&'a str),
    /// Of something that the title is not about: a host, an address, a build, a pod.
    Id,
    Word(Cow<'a, str>),
    /// Above or below.
    Sign(&'static str),
}

impl Piece<'_> {
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Id)
    }
}

/// The last part of a host's name.
const ENDS_OF_HOSTS: [&str; 26] = [
    "ai",
    "app",
    "arpa",
    "biz",
    "cloud",
    "co",
    "com",
    "corp",
    "dev",
    "eu",
    "example",
    "home",
    "info",
    "internal",
    "invalid",
    "io",
    "jp",
    "lan",
    "local",
    "localdomain",
    "me",
    "net",
    "org",
    "test",
    "tokyo",
    "us",
];
/// What stands between the parts of what is written without a space.
const BETWEEN: [char; 6] = ['.', ':', '-', '_', '~', '\\'];
/// From so many hexadecimal digits on, one of which is none of the letters, it is an id: Git shows seven.
const HEXADECIMAL: usize = 7;
/// From so many characters on letters and digits in turn are an id.
const MIXED: usize = 5;
/// The end of the name of one of Kubernetes' pods.
const OF_A_POD: &str = "bcdfghjklmnpqrstvwxz2456789";

pub(super) fn pieces(title: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(16);
    let mut rest = title;
    while let Some(first) = rest.chars().next() {
        let is_ascii = |c: char| c.is_ascii_alphanumeric() || c == '/' || BETWEEN.contains(&c);
        let is_other = |c: char| !c.is_ascii() && c.is_alphanumeric();
        let length = match first {
            c if is_ascii(c) => rest.find(|c| !is_ascii(c)).unwrap_or(rest.len()),
            c if is_other(c) => rest.find(|c| !is_other(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        match first {
            c if is_ascii(c) => run(piece, &mut pieces),
            c if is_other(c) => pieces.push(Piece::Word(piece.into())),
            '>' | '≥' => pieces.push(Piece::Sign(">")),
            '<' | '≤' => pieces.push(Piece::Sign("<")),
            _ => {}
        }
        rest = after;
    }
    pieces
}

/// What is written without a space: a word, a path, an address.
fn run<'a>(run: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let run = run.trim_end_matches(BETWEEN).trim_start_matches(|c| BETWEEN.contains(&c) && c != '/');
    // Which device it is differs from host to host; where it is mounted does not.
    if run.starts_with("/dev/") {
        pieces.push(Piece::Id);
        return;
    }
    if run == "/" {
        pieces.push(Piece::Word(run.into()));
        return;
    }
    let run = run.split_once("://").map_or(run, |(_, address)| address);
    run.split('/').filter(|part| !part.is_empty()).for_each(|whole| part(whole, pieces));
}

/// A part of a path, or a word.
fn part<'a>(part: &'a str, pieces: &mut Vec<Piece<'a>>) {
    if is_host(part) || is_uuid(part) {
        pieces.push(Piece::Id);
        return;
    }
    let mut is_after_id = false;
    for segment in part.split(BETWEEN).filter(|segment| !segment.is_empty()) {
        let piece = match segment_of(segment) {
            Piece::Word(_) if is_after_id && is_pods(segment) => Piece::Id,
            piece => piece,
        };
        is_after_id = piece == Piece::Id;
        pieces.push(piece);
    }
}

/// A host's name with a domain, or an address; with its port or without.
fn is_host(text: &str) -> bool {
    if text.parse::<Ipv6Addr>().is_ok_and(|_| text.matches(':').count() >= 2 && !is_clock(text)) {
        return true;
    }
    let host = text.rsplit_once(':').filter(|(_, port)| is_digits(port)).map_or(text, |(host, _)| host);
    let named = |end: &str| host.contains('.') && ENDS_OF_HOSTS.contains(&end);
    host.parse::<Ipv4Addr>().is_ok()
        || host.rsplit('.').next().is_some_and(named)
        || host.strip_prefix("ip-").is_some_and(|address| address.split('-').all(is_digits))
}

/// `11:02:03` is a time, which is no address.
fn is_clock(text: &str) -> bool {
    text.split(':').all(|part| part.len() <= 2 && is_digits(part))
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Letters and digits.
fn segment_of(segment: &str) -> Piece<'_> {
    if is_digits(segment) {
        return Piece::Number(segment);
    }
    if !segment.contains(|c: char| c.is_ascii_digit()) || super::words::is_name(segment) {
        return Piece::Word(segment.into());
    }
    let is_hexadecimal = segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal && segment.len() >= HEXADECIMAL {
        return Piece::Id;
    }
    let letters = segment.trim_matches(|c: char| c.is_ascii_digit());
    let is_before = segment.starts_with(letters);
    // Of `1a` a zone's letter says no more than its number.
    if segment.ends_with(letters) && (letters.len() == 1 || super::words::is_unit(letters)) {
        return Piece::Number(segment);
    }
    match letters.contains(|c: char| c.is_ascii_digit()) {
        true if segment.len() >= MIXED => Piece::Id,
        true => Piece::Word(letters.replace(|c: char| c.is_ascii_digit(), "").into()),
        // Of a time, `24t02`.
        false if !is_before && !segment.ends_with(letters) => Piece::Id,
        false => Piece::Word(letters.into()),
    }
}

fn is_pods(segment: &str) -> bool {
    segment.len() == 5 && segment.chars().all(|c| OF_A_POD.contains(c))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
