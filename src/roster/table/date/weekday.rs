//! Weekdays as people write them.

use chrono::Weekday;

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
const LETTERS: [char; 7] = ['月', '火', '水', '木', '金', '土', '日'];
pub const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SHORT: [&str; 9] = ["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat"];

/// `木`, `木曜日`, `(木)`, `木・祝`, `Thu`, `thursday`; `None` for anything else.
pub fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    let text = text.trim().split(['・', '･', ',', '、', '/', '(']).find(|part| !part.is_empty())?;
    let (day, rest) = leading(text)?;
    matches!(rest, "" | "." | "祝" | "休").then_some(day)
}

/// The weekday with which a text begins, and what follows.
pub fn leading(text: &str) -> Option<(Weekday, &str)> {
    let first = text.chars().next()?;
    if let Some(position) = LETTERS.iter().position(|letter| *letter == first) {
        let rest = &text[first.len_utf8()..];
        let rest = rest.strip_prefix("曜日").or_else(|| rest.strip_prefix('曜')).unwrap_or(rest);
        return Some((DAYS[position], rest));
    }
    let word = text.find(|c: char| !c.is_ascii_alphabetic()).map_or(text, |end| &text[..end]);
    let lower = word.to_ascii_lowercase();
    let is_it =
        |name: &str| name == lower || ((SHORT.contains(&&*lower) || lower == "sun") && name.starts_with(&*lower));
    let position = NAMES.iter().position(|name| is_it(name))?;
    Some((DAYS[position], &text[word.len()..]))
}
