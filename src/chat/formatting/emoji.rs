//! Emoji by name: `:fire:`. A workspace has some of its own, so any name may be one.

/// What stands for the colons of a name.
pub const COLON: char = '∶';

/// Names without a letter that every workspace has.
const NUMBERS: [&str; 4] = ["+1", "-1", "100", "1234"];

/// No name is longer.
const LONGEST: usize = 100;

/// Whether the colon at `at` would begin an emoji that another colon after the text ends.
pub fn is_open_at(text: &str, at: usize) -> bool {
    let name = &text[at + 1..];
    if name.is_empty() || !name.chars().all(in_name) {
        return false;
    }
    let is_number = !name.contains(char::is_alphabetic) && !NUMBERS.contains(&name);
    !is_number || !text[..at].ends_with(char::is_alphanumeric)
}

/// Where the name ends that begins with the colon at `at`, at its other colon. Returns `None` if it cannot be an emoji:
/// of a time such as `10:30:00`, nothing can.
pub fn closes_at(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let (length, _) = rest.char_indices().take(LONGEST).find(|(_, c)| !in_name(*c))?;
    if length == 0 || !rest[length..].starts_with(':') {
        return None;
    }
    let name = &rest[..length];
    let is_number = !name.contains(char::is_alphabetic) && !NUMBERS.contains(&name);
    let runs_on =
        || text[..at].ends_with(char::is_alphanumeric) || rest[length + 1..].starts_with(char::is_alphanumeric);
    (!is_number || !runs_on()).then_some(at + 1 + length)
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '＿' | '-' | '+' | '＋' | '\'')
}
