//! What stands over a table, or between its rows: a leave list, a draft and an old rota look like a rota.

use super::super::cells::{Entry, Sheet};
use super::super::date;
use super::super::words;
use super::Block;

/// What a title says of the table below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    /// It is a list of who is away.
    Leave,
    /// It is a draft, or an old one.
    NotInForce,
}

/// What a title means; `None` for one that says nothing against the table.
pub fn meant(title: &str) -> Option<Title> {
    let lower = title.to_lowercase();
    let has = |list: &[&str]| {
        list.iter().any(|word| match word.is_ascii() && !word.starts_with('(') {
            true => is_word(&lower, word),
            false => lower.contains(word),
        })
    };
    if has(words::IDLE_TITLE) {
        return Some(Title::NotInForce);
    }
    (has(words::LEAVE_TITLE) && !has(words::ROTA_TITLE)).then_some(Title::Leave)
}

/// Whether a word stands in a text, and not as a part of another: `old`, but not in `golden`.
fn is_word(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(start, _)| {
        !is_letter(text[..start].chars().next_back()) && !is_letter(text[start + word.len()..].chars().next())
    })
}

/// The title because of which a table is not read, by its cell.
pub fn of(sheet: &Sheet, block: &Block) -> Option<(usize, usize, Title)> {
    /// A title may stand so many rows above its table.
    const FEW: usize = 6;
    let first = block.header.unwrap_or(block.rows.start);
    let read = [block.date].into_iter().chain(block.on_call.iter().copied());
    let (left, right) = (read.clone().min()?, read.max()?);
    let mut rows = (0..first).rev().take(FEW).take_while(|row| !sheet.rows[*row].iter().any(date::is_date));
    rows.find_map(|row| {
        let is_alone = sheet.filled_columns(row).count() == 1;
        let mut over = sheet.filled_columns(row).filter(|column| is_alone || (left..=right).contains(column));
        over.find_map(|column| match sheet.entry(row, column) {
            Entry::Text(text) => meant(text).map(|title| (row, column, title)),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_speak_against_its_table() {
        for (title, expected) in [
            ("オンコール当番表", None),
            ("年末年始休暇中の当番表", None),
            ("Golden week on-call", None),
            ("■ 休暇予定", Some(Title::Leave)),
            ("Vacation 2026", Some(Title::Leave)),
            ("【旧】オンコール当番表", Some(Title::NotInForce)),
            ("当番表(案)", Some(Title::NotInForce)),
            ("On-call (DRAFT)", Some(Title::NotInForce)),
            ("当番のご案内", None),
        ] {
            assert_eq!(meant(title), expected, "{title}");
        }
    }
}
