//! What `spreadsheets.get` says of the tabs: their ids and merged cells.

use super::super::table::Merge;
use google_sheets4::api::{GridRange, Sheet, Spreadsheet};

/// What the API says of a tab.
#[derive(Debug)]
pub struct Known {
    pub title: String,
    pub id: i32,
    pub merges: Vec<GridRange>,
}

/// All of its tabs.
pub fn known(answer: Spreadsheet) -> Vec<Known> {
    let tab = |tab: Sheet| {
        let properties = tab.properties?;
        Some(Known {
            title: properties.title?,
            id: properties.sheet_id.unwrap_or(0),
            merges: tab.merges.unwrap_or_default(),
        })
    };
    answer.sheets.unwrap_or_default().into_iter().filter_map(tab).collect()
}

/// A merged cell, counted from the first cell of a range; `None` when it begins before that.
pub fn within(merge: &GridRange, (row, column): (u32, u32)) -> Option<Merge> {
    let side = |start: Option<i32>, end: Option<i32>, first: u32| {
        let first = usize::try_from(first).ok()?.checked_sub(1)?;
        let start = usize::try_from(start.unwrap_or(0)).ok()?.checked_sub(first)?;
        let end = usize::try_from(end?).ok()?.checked_sub(first)?;
        Some(start..end)
    };
    Some(Merge {
        rows: side(merge.start_row_index, merge.end_row_index, row)?,
        columns: side(merge.start_column_index, merge.end_column_index, column)?,
    })
}
