//! A CSV as people save it: in which encoding, with which separator, with which ends of lines.

use super::super::table::{Cell, Grid};
use super::{failed, words};
use crate::domain::unreadable::Unreadable;
use csv::ReaderBuilder;
use encoding_rs::SHIFT_JIS;
use std::borrow::Cow;

/// Excel's own way to name the separator, in a first line that is no row.
const NAMED: &str = "sep=";
/// The separator is looked for in so many lines.
const LINES: usize = 20;

/// A CSV as a grid of texts.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Grid, Unreadable> {
    let text = decoded(bytes).ok_or_else(|| Unreadable::NotUtf8(words(name)))?;
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text };
    let (separator, text) = separated(&text);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(name, &error.to_string()))?;
        // The reader passes over blank lines before a record. A spreadsheet shows each as a row.
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let blank = text.as_bytes().get(start..).unwrap_or_default().iter().take_while(|byte| **byte == b'\n').count();
        rows.extend((0..blank).map(|_| Vec::new()));
        rows.push(record.iter().map(cell).collect());
    }
    Ok(Grid { tab: name.into(), origin: (1, 1), rows, ..Grid::default() })
}

fn cell(field: &str) -> Cell {
    if field.is_empty() { Cell::Empty } else { Cell::Text(field.to_owned()) }
}

/// The text: a byte order mark says how it is encoded; otherwise it is UTF-8, or what Excel writes in Japan.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Some(utf_16(rest, u16::from_le_bytes).into());
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Some(utf_16(rest, u16::from_be_bytes).into());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.trim_start_matches('\u{FEFF}').into());
    }
    SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The separator, and the text that it separates.
fn separated(text: &str) -> (u8, &str) {
    let first = text.split('\n').next().unwrap_or_default();
    let named = first.get(..NAMED.len()).filter(|word| word.eq_ignore_ascii_case(NAMED));
    if let (Some(_), [separator]) = (named, first.as_bytes().get(NAMED.len()..).unwrap_or_default()) {
        return (*separator, text[first.len()..].trim_start_matches('\n'));
    }
    let lines = |separator: u8| {
        let has_it = |line: &&str| line.as_bytes().contains(&separator);
        text.lines().filter(|line| !line.is_empty()).take(LINES).filter(has_it).count()
    };
    // The first of those that are in the most lines.
    let separators = [b',', b'\t', b';'];
    let most = separators.iter().copied().map(lines).max().unwrap_or_default();
    (separators.into_iter().find(|separator| lines(*separator) == most).unwrap_or(b','), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row's number, and its cells.
    #[track_caller]
    fn check(bytes: &[u8], expected: &[&str]) {
        let grid = parse("t.csv", bytes).expect("it is a CSV");
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Empty => String::new(),
            Cell::Number(number) => number.to_string(),
        };
        let row = |(number, row): (usize, &Vec<Cell>)| {
            format!("{number}: {}", row.iter().map(text).collect::<Vec<_>>().join("|"))
        };
        let rows: Vec<_> = (1..).zip(&grid.rows).filter(|(_, row)| !row.is_empty()).map(row).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_encoding_is_the_marks_or_utf_8_or_excels() {
        let rows = ["1: 日付|担当", "2: 2026/11/24|佐藤①"];
        let text = "日付,担当\n2026/11/24,佐藤①\n";
        check(text.as_bytes(), &rows);
        check(format!("\u{FEFF}{text}").as_bytes(), &rows);
        let wide: Vec<u16> = std::iter::once(0xFEFF).chain(text.encode_utf16()).collect();
        check(&wide.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>(), &rows);
        check(&wide.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>(), &rows);
        check(&SHIFT_JIS.encode(text).0, &rows);
        assert!(parse("t.csv", b"\xFF,\x81").is_err(), "it is in neither");
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_shows_them() {
        check(b"a,b\n\n\nc,d\n\"e\n\nf\",g\nh,i\n", &["1: a|b", "4: c|d", "5: e\n\nf|g", "6: h|i"]);
        check(b"a,b\r\nc,d\r\n\r\ne,f", &["1: a|b", "2: c|d", "4: e|f"]);
        check(b"a,b\rc,d\r\re,f\r", &["1: a|b", "2: c|d", "4: e|f"]);
        check(b"\n\na,b\n", &["3: a|b"]);
        check(b"", &[]);
    }

    #[test]
    fn the_separator_is_named_or_in_most_lines() {
        check(b"sep=;\r\na;b,c\r\n", &["1: a|b,c"]);
        check(b"sep=,\n\"a\",\"b;c\"\n", &["1: a|b;c"]);
        check(b"a\tb\nc\td, e\nf\tg\n", &["1: a|b", "2: c|d, e", "3: f|g"]);
        check(b"a;b\nc;d\n", &["1: a|b", "2: c|d"]);
        check(b"a,b;c\n", &["1: a|b;c"]);
        check(b"a\n", &["1: a"]);
    }
}
