//! The parts of a cell with more in it than a name.

use super::words;

const SWAPS: [&str; 6] = ["⇔", "↔", "<->", "<=>", "⇄", "⇆"];
const ARROWS: [&str; 6] = ["→", "⇒", "->", "=>", "➡", "⟶"];
const BRACKETS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('「', '」'), ('<', '>')];
/// A long stroke through the character before it.
const STROKE: char = '\u{336}';

/// A text without what is struck through: `~~佐藤~~鈴木`, or with strokes through each character.
pub fn without_struck(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    for (position, part) in text.split("~~").enumerate() {
        let is_last = text.matches("~~").count() == position;
        if position % 2 == 0 || is_last {
            left.push_str(part);
        }
    }
    let mut bare = String::with_capacity(left.len());
    let mut rest = left.chars().peekable();
    while let Some(c) = rest.next() {
        if rest.peek() == Some(&STROKE) {
            rest.next();
        } else if c != STROKE {
            bare.push(c);
        }
    }
    if bare == text { bare } else { bare.trim().to_owned() }
}

pub fn has_swap(text: &str) -> bool {
    SWAPS.iter().any(|mark| text.contains(mark))
}

pub fn has_arrow(text: &str) -> bool {
    ARROWS.iter().any(|mark| text.contains(mark))
}

/// The names between arrows, from the first to the last; `None` without an arrow.
pub fn steps(text: &str) -> Option<Vec<&str>> {
    let mark = ARROWS.iter().find(|mark| text.contains(**mark))?;
    Some(text.split(mark).map(str::trim).collect())
}

/// The pieces of a cell. What is a name as it stands is not parted at a dot or a slash.
pub fn split(text: &str, is_name: impl Fn(&str) -> bool) -> Vec<&str> {
    let parts = parted(text, |rest| {
        let is_mark = rest.starts_with(['、', ',', ';', '\n', '&', '+', '､']);
        let word = rest.get(..5).filter(|word| word.eq_ignore_ascii_case(" and "));
        if is_mark { rest.chars().next().map(char::len_utf8) } else { word.map(str::len) }
    });
    let finer = |part| {
        if is_name(part) {
            return vec![part];
        }
        parted(part, |rest| rest.chars().next().filter(|c| "・/／".contains(*c)).map(char::len_utf8))
    };
    parts.into_iter().flat_map(finer).collect()
}

/// A text parted at marks, but not within brackets. `mark` says how long the mark is with which the rest begins.
fn parted(text: &str, mark: impl Fn(&str) -> Option<usize>) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut position = 0;
    while let Some(c) = text[position..].chars().next() {
        if BRACKETS.iter().any(|(open, _)| *open == c) {
            depth += 1;
        } else if BRACKETS.iter().any(|(_, close)| *close == c) {
            depth = depth.saturating_sub(1);
        }
        match mark(&text[position..]).filter(|_| depth == 0) {
            Some(length) => {
                parts.push(&text[start..position]);
                position += length;
                start = position;
            }
            None => position += c.len_utf8(),
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// What stands outside of brackets, and what in each; `None` without brackets, or when one is not closed.
pub fn brackets(text: &str) -> Option<(String, Vec<String>)> {
    let mut outside = String::new();
    let mut inside = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| BRACKETS.iter().any(|(open, _)| *open == c)) {
        let open = rest[start..].chars().next()?;
        let close = BRACKETS.iter().find(|(known, _)| *known == open)?.1;
        let (remark, after) = rest[start + open.len_utf8()..].split_once(close)?;
        outside.push_str(&rest[..start]);
        inside.push(remark.trim().to_owned());
        rest = after;
    }
    outside.push_str(rest);
    (!inside.is_empty()).then(|| (outside.trim().to_owned(), inside))
}

/// Who stands in, by a remark: 代理: 鈴木.
pub fn deputy(remark: &str) -> Option<&str> {
    let rest = remark.strip_prefix("代理").or_else(|| remark.strip_prefix("代行"))?;
    let name = rest.trim_start_matches([':', ' ', 'は', '→']).trim();
    (!name.is_empty()).then_some(name)
}

/// Whether a piece is how somebody is reached: a telephone number, a mail address.
pub fn is_contact(piece: &str) -> bool {
    const SHORTEST: usize = 7;
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    let is_number = digits >= SHORTEST && piece.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
    is_number
        || (piece.is_ascii() && piece.contains('.') && !piece.contains(' ') && piece.find('@').is_some_and(|at| at > 0))
}

/// Whether a piece that is nobody known looks like a name: nobody can tell whether anything else is about the others.
pub fn is_namelike(piece: &str) -> bool {
    const LONGEST: usize = 12;
    let piece = undecorated(piece);
    if !piece.is_ascii() {
        let is_letter = |c: char| c.is_alphabetic() || c.is_whitespace() || "・ー々".contains(c);
        return piece.chars().count() <= LONGEST && piece.chars().all(is_letter);
    }
    let is_name = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase() || c == '@')
            && word.contains(|c: char| c.is_ascii_lowercase())
    };
    let words: Vec<_> = piece.split_whitespace().collect();
    (1..=3).contains(&words.len())
        && (words.iter().all(|word| is_name(word)) || words.iter().all(|word| is_handle(word)))
}

/// `t.tanaka`, `U0123ABCD`.
fn is_handle(word: &str) -> bool {
    let is_id = word.len() > 6 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_id || word.contains(['.', '_'])
}

/// Whether somebody stands in, and it is not said for whom: 鈴木(代理).
pub fn is_deputy_of_another(piece: &str) -> bool {
    brackets(piece).is_some_and(|(_, remarks)| remarks.iter().any(|remark| matches!(remark.as_str(), "代理" | "代行")))
}

/// Whether a remark says nothing about who is on call: a role, 内線123, whose deputy it is.
pub fn changes_nothing(remark: &str) -> bool {
    let lower = remark.to_lowercase();
    let extension = lower.strip_prefix("内線").or_else(|| lower.strip_prefix("ext."));
    let is_extension = extension.is_some_and(|rest| {
        let digits = rest.trim_start_matches([':', ' ']);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    });
    let is_deputy = ["の代理", "の代行"].iter().any(|end| lower.strip_suffix(end).is_some_and(|name| !name.is_empty()));
    is_extension || is_deputy || words::REMARKS.contains(&&*lower)
}

/// Whether a piece says that there is nobody else, rather than that somebody is off.
pub fn is_none(piece: &str) -> bool {
    let lower = piece.to_lowercase();
    ["なし", "無し", "無", "none", "n/a"].contains(&&*lower) || !lower.chars().any(char::is_alphabetic) || lower == "ー"
}

/// A name without さん and stars.
pub fn undecorated(name: &str) -> &str {
    let name = name.trim_matches(|c: char| "★☆◎●○◯■♪✓✔✅。 ".contains(c));
    let bare = ["さん", "様", "氏", "君", "くん"].iter().find_map(|title| name.strip_suffix(title));
    match bare.or_else(|| without_san(name)).map(str::trim_end) {
        Some(bare) if !bare.is_empty() => bare,
        _ => name,
    }
}

/// `sato-san` without its end.
fn without_san(name: &str) -> Option<&str> {
    const SAN: &str = "san";
    let (head, end) = name.split_at_checked(name.len().checked_sub(SAN.len())?)?;
    end.eq_ignore_ascii_case(SAN).then(|| head.trim_end_matches(['-', ' ']))
}
