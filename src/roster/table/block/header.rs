//! The row of headings, and the rows above and below that are a part of it.

use super::super::cells::{Entry, Sheet};
use super::super::date;
use super::super::heading::{Kind, kind};
use super::super::month;
use super::super::people::Names;

/// A header.
#[derive(Debug)]
pub struct Header {
    pub row: usize,
    /// The row above with more headings: the first half of the header, or what several columns have in common.
    above: Option<usize>,
    /// The row below, before the first date.
    below: Option<usize>,
}

impl Header {
    /// The header in that row. `headers` are the rows of all.
    pub fn new(sheet: &Sheet, names: &Names, row: usize, headers: &[usize]) -> Self {
        let first_of = |row: usize| sheet.filled_columns(row).next();
        let first = [first_of(row), first_of(row + 1)].into_iter().flatten().min().unwrap_or_default();
        let is_more = |other: usize| {
            let mut texts = sheet.filled_columns(other).map(|column| sheet.text(other, column)).peekable();
            texts.peek().is_some()
                && !sheet.rows[other].iter().any(|entry| date::read(entry).is_some())
                && texts.all(|text| !names.is_somebody(&text))
        };
        let begins_later = |other: usize| {
            let starts = sheet.entry(other, first);
            starts.is_blank() || kind_of(starts) == Kind::Date || are_names_of_columns(sheet, other)
        };
        // An empty row may stand between.
        let nearest = (row.saturating_sub(2)..row).rev().find(|above| !sheet.is_blank(*above));
        let above = nearest.filter(|above| {
            (headers.binary_search(above).is_ok() && above + 1 == row) || (is_more(*above) && begins_later(*above))
        });
        let next = Some(row + 1).filter(|next| *next < sheet.rows.len() && headers.binary_search(next).is_err());
        let below = next.filter(|next| is_more(*next) && sheet.entry(*next, first).is_blank());
        Self { row, above, below }
    }

    /// The first row that is a part of it.
    pub fn first(&self) -> usize {
        self.above.unwrap_or(self.row)
    }

    /// A column's heading.
    pub fn entry<'s, 'a>(&self, sheet: &'s Sheet<'a>, column: usize) -> &'s Entry<'a> {
        let own = sheet.entry(self.row, column);
        match self.above {
            Some(above) if own.is_blank() => sheet.entry(above, column),
            _ => own,
        }
    }

    /// What a column is. What stands above or below its heading may say that it is for the night.
    pub fn kind(&self, sheet: &Sheet, column: usize) -> Kind {
        let own = kind_of(self.entry(sheet, column));
        if !matches!(own, Kind::OnCall | Kind::Weak) {
            return own;
        }
        let others = self.others(sheet, column).map(kind_of);
        let is_more = |kind: &Kind| matches!(kind, Kind::Night | Kind::Half | Kind::Deputy | Kind::Boss | Kind::Note);
        others.into_iter().find(is_more).unwrap_or(own)
    }

    /// What stands above or below a heading and says nothing of who is on call: a team's name.
    pub fn group(&self, sheet: &Sheet, column: usize) -> Option<String> {
        let is_month = |entry: &Entry| matches!(entry, Entry::Text(text) if month::alone(text).is_some());
        let is_group = |entry: &&Entry| !entry.is_blank() && kind_of(entry) == Kind::Other && !is_month(entry);
        self.others(sheet, column).find(is_group).map(|entry| entry.text().into_owned())
    }

    fn others<'s, 'a>(&self, sheet: &'s Sheet<'a>, column: usize) -> impl Iterator<Item = &'s Entry<'a>> {
        // Above columns that belong together the first of them has their name.
        let over = self.above.and_then(|row| {
            let filled = (0..=column).rev().find(|column| !sheet.entry(row, *column).is_blank())?;
            Some(sheet.entry(row, filled))
        });
        let under = self.below.map(|row| sheet.entry(row, column));
        [over, under].into_iter().flatten()
    }
}

/// Whether a row holds several short words, as the names of teams over columns are.
fn are_names_of_columns(sheet: &Sheet, row: usize) -> bool {
    const LONGEST: usize = 12;
    let is_name = |column: usize| {
        let text = sheet.text(row, column);
        text.chars().count() <= LONGEST && !text.chars().any(|c| c.is_ascii_digit())
    };
    sheet.filled_columns(row).count() > 1 && sheet.filled_columns(row).all(is_name)
}

/// The rows that are headers.
pub fn rows(sheet: &Sheet, names: &Names) -> Vec<usize> {
    let rows: Vec<_> = sheet.filled_rows().collect();
    let next = rows.iter().skip(1).copied().map(Some).chain([None]);
    rows.iter()
        .copied()
        .zip(next)
        .filter(|(row, next)| is_header(sheet, names, *row, *next))
        .map(|(row, _)| row)
        .collect()
}

/// A date's heading and one for people; or one for people, and below a blank heading a date.
fn is_header(sheet: &Sheet, names: &Names, row: usize, next: Option<usize>) -> bool {
    let cells = &sheet.rows[row];
    if cells.iter().any(date::is_date) {
        return false;
    }
    let kinds: Vec<_> = sheet.filled_columns(row).map(|column| kind_of(sheet.entry(row, column))).collect();
    let has = |wanted: &[Kind]| kinds.iter().any(|kind| wanted.contains(kind));
    if has(&[Kind::Date]) && has(&[Kind::OnCall, Kind::Weak, Kind::Night, Kind::Half, Kind::Deputy, Kind::Change]) {
        return true;
    }
    // A person and 副担当 in a row without a date are the second of the row above.
    has(&[Kind::OnCall])
        && !(kinds.len() == 2 && sheet.filled_columns(row).any(|column| names.is_somebody(&sheet.text(row, column))))
        && next.is_some_and(|next| {
            sheet
                .filled_columns(next)
                .any(|column| sheet.entry(row, column) == &Entry::Empty && date::is_date(sheet.entry(next, column)))
        })
}

/// What a column is by a heading's cell.
fn kind_of(entry: &Entry) -> Kind {
    match entry {
        Entry::Text(text) => kind(text),
        _ => Kind::Other,
    }
}
