//! The cells of a spreadsheet, and the part of them that a range asks for.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::a1::{self, Range};

/// What a new tab has.
const GRID: (usize, usize) = (26, 1_000);

#[derive(Default)]
pub struct Tabs {
    cells: BTreeMap<String, Vec<Vec<Value>>>,
    /// Each tab's id, which stays when others come and go.
    ids: BTreeMap<String, usize>,
    /// First row and row after the last, first column and column after the last, from 0.
    merges: BTreeMap<String, Vec<[usize; 4]>>,
}

/// Why a range has no values.
pub enum Missing {
    Tab,
    /// The range begins beyond the last cell, at this width and height of the grid.
    Cells(usize, usize),
}

#[track_caller]
pub fn expect_cell(value: &Value) {
    let is_cell = !value.is_array() && !value.is_object();
    assert!(is_cell, "a cell is empty, a text, a number or a boolean: look at {value}");
}

impl Tabs {
    pub fn set(&mut self, tab: &str, rows: Vec<Vec<Value>>) {
        let next = self.ids.len() * 111;
        self.ids.entry(tab.to_owned()).or_insert(next);
        self.cells.insert(tab.to_owned(), rows);
    }

    pub fn merge(&mut self, tab: &str, merges: Vec<[usize; 4]>) {
        self.merges.insert(tab.to_owned(), merges);
    }

    /// The tabs, as Google describes them: what is 0 is left out only of protocol buffers, not of this answer; a tab without
    /// merged cells has no `merges`.
    pub fn described(&self) -> Value {
        let merge = |id: usize, [top, bottom, left, right]: [usize; 4]| {
            json!({
                "sheetId": id, "startRowIndex": top, "endRowIndex": bottom,
                "startColumnIndex": left, "endColumnIndex": right,
            })
        };
        let sheet = |tab: &String| {
            let id = self.ids[tab];
            let mut sheet = json!({"properties": {"sheetId": id, "title": tab}});
            if let Some(merges) = self.merges.get(tab) {
                sheet["merges"] = merges.iter().map(|corners| merge(id, *corners)).collect();
            }
            sheet
        };
        json!({"sheets": self.cells.keys().map(sheet).collect::<Vec<_>>()})
    }

    /// Whether there was one to remove.
    pub fn remove(&mut self, tab: &str) -> bool {
        self.cells.remove(tab).is_some()
    }

    /// Whether there was a tab to edit.
    pub fn edit(&mut self, tab: &str, (row, column): (usize, usize), value: Value) -> bool {
        let Some(rows) = self.cells.get_mut(tab) else { return false };
        rows.resize(rows.len().max(row), Vec::new());
        let cells = &mut rows[row - 1];
        cells.resize(cells.len().max(column), Value::Null);
        cells[column - 1] = value;
        true
    }

    /// The range with its values, as Google answers it: the range is named whole, up to the ends of the grid, and what
    /// is empty at the end of a row, and at the end of the rows, is left out.
    pub fn value_range(&self, asked: &Range) -> Result<Value, Missing> {
        let rows = self.cells.get(&asked.tab).ok_or(Missing::Tab)?;
        let width = rows.iter().map(Vec::len).fold(GRID.0, usize::max);
        let height = GRID.1.max(rows.len());
        let ((left, right), (top, bottom)) = (asked.columns, asked.rows);
        if left > width || top > height {
            return Err(Missing::Cells(width, height));
        }
        let (right, bottom) =
            (right.map_or(width, |right| right.min(width)), bottom.map_or(height, |end| end.min(height)));
        let range = a1::name(&asked.tab, (left, top), (right, bottom));
        let mut answer = json!({"range": range, "majorDimension": "ROWS"});
        let cut = rows.iter().take(bottom).skip(top - 1).map(|row| cells(row, left, right));
        let mut cut: Vec<_> = cut.collect();
        cut.truncate(filled(&cut, |row| row.is_empty()));
        if !cut.is_empty() {
            answer["values"] = cut.into();
        }
        Ok(answer)
    }
}

/// The cells of one row; an empty one before others is an empty text.
fn cells(row: &[Value], left: usize, right: usize) -> Vec<Value> {
    let row: Vec<_> = row.iter().take(right).skip(left - 1).collect();
    let kept = &row[..filled(&row, |cell| cell.is_null())];
    kept.iter().map(|cell| if cell.is_null() { "".into() } else { (*cell).clone() }).collect()
}

/// How many there are before the empty ones at the end.
fn filled<T>(items: &[T], is_empty: impl Fn(&T) -> bool) -> usize {
    items.iter().rposition(|item| !is_empty(item)).map_or(0, |last| last + 1)
}
