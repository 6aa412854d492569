//! What `spreadsheets.get` says of the tabs: their ids and merged cells.

use super::super::table::Merge;
use serde::Deserialize;

/// A tab.
#[derive(Debug)]
pub struct Known {
    pub title: String,
    pub id: i32,
    pub merges: Vec<GridRange>,
}

/// What is asked of the tabs.
pub const FIELDS: &str = "sheets(properties(sheetId,title),merges)";

/// No answer is longer than this.
pub const LONGEST: usize = 4_000_000;

/// The answer. The crate's own type has everything that a spreadsheet may have, and reading it would be half a megabyte of
/// code in each function.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    sheets: Vec<Sheet>,
}

#[derive(Deserialize)]
struct Sheet {
    properties: Option<Properties>,
    #[serde(default)]
    merges: Vec<GridRange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    title: Option<String>,
    #[serde(default)]
    sheet_id: i32,
}

/// Merged cells, counted from 0; the ends are not included.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GridRange {
    start_row_index: Option<i32>,
    end_row_index: Option<i32>,
    start_column_index: Option<i32>,
    end_column_index: Option<i32>,
}

/// All of its tabs.
pub fn known(answer: Answer) -> Vec<Known> {
    let tab = |tab: Sheet| {
        let Properties { title, sheet_id } = tab.properties?;
        Some(Known { title: title?, id: sheet_id, merges: tab.merges })
    };
    answer.sheets.into_iter().filter_map(tab).collect()
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
