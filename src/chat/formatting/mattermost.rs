//! What Mattermost obeys beside the marks: smileys, links to channels, and backslashes.
//!
//! The smileys are those of `emoticonPatterns` in
//! <https://github.com/mattermost/mattermost/blob/master/webapp/channels/src/utils/emoticons.tsx>.

/// Whether there may be something to replace.
pub fn is_any(c: char) -> bool {
    matches!(c, ';' | '<' | '\\' | '-')
}

/// What is shown in place of a character, if Mattermost would obey it there.
pub fn twin(text: &str, at: usize, c: char) -> Option<char> {
    let rest = &text[at + c.len_utf8()..];
    let is_apart = !text[..at].ends_with(is_word);
    match c {
        ':' if is_apart && is_face(rest) => Some('∶'),
        ';' if is_apart && begins(rest.strip_prefix('-').unwrap_or(rest), ")") => Some('；'),
        '<' if is_apart && begins(rest.strip_prefix('/').unwrap_or(rest), "3") => Some('＜'),
        '-' if is_between_x_and_d(&text[..at], rest) => Some('‐'),
        '~' if is_apart && rest.starts_with(|c: char| c.is_ascii_alphabetic()) => Some('∼'),
        // Before punctuation it is not shown, and neither is the first of two.
        '\\' if rest.starts_with(|c: char| c.is_ascii_punctuation()) || is_second(&text[..at]) => Some('＼'),
        _ => None,
    }
}

/// Whether this follows the eyes of a smiley.
fn is_face(rest: &str) -> bool {
    let nose = rest.strip_prefix('-');
    let face = nose.unwrap_or(rest);
    let letters = if nose.is_some() { "odpsxODPSX" } else { "odpsODPS" };
    let tears = rest.strip_prefix(['`', '\'', '’']).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    begins(face, ")][@(/|$") || begins(face, letters) || tears.is_some_and(|rest| begins(rest, "("))
}

/// Whether a text begins with one of these characters, and no word goes on after it.
fn begins(text: &str, one_of: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| one_of.contains(c)) && chars.next().is_none_or(|next| !is_word(next))
}

fn is_between_x_and_d(before: &str, rest: &str) -> bool {
    let is_x = before.strip_suffix(['x', 'X']).is_some_and(|before| !before.ends_with(is_word));
    is_x && begins(rest, "dD")
}

fn is_second(before: &str) -> bool {
    before.ends_with('\\')
}

/// As regular expressions of JavaScript have it, but for `_`, in place of which another character may be shown.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
}
