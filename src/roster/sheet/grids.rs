//! What the answers say, as tabs of cells.

use super::super::table::{Cell, Grid, Missing, Neighbour, Tabs};
use super::super::token::words;
use super::known::{Known, within};
use super::range::{Wanted, What, place, shown};
use super::{Sheet, Values};
use crate::domain::text::Link;
use google_sheets4::api::ValueRange;
use serde_json::Value;

impl Sheet {
    pub(super) fn put_together(&self, wanted: &[Wanted], values: Values<'_>, known: Option<&Vec<Known>>) -> Tabs {
        let mut tabs = Tabs { is_partial: values.is_partial, ..Tabs::default() };
        let mut found = values.found;
        // In the order of the settings, whatever was asked apart.
        found.sort_by_key(|(one, _)| wanted.iter().position(|wanted| std::ptr::eq(wanted, *one)));
        for (one, values) in found {
            let Some(values) = values else {
                tabs.missing.extend(one.told().map(|costs| Missing { range: words(&shown(&one.range)), costs }));
                continue;
            };
            let grid = self.grid(values, one, known);
            match one.what {
                What::Rotation => tabs.rotation = grid,
                What::Neighbour { may_be_old, .. } => tabs.neighbours.push(Neighbour { grid, may_be_old }),
                What::Members => tabs.members = Some(grid),
                What::Runbooks => tabs.runbooks = Some(grid),
                What::Holidays => tabs.holidays = Some(grid),
            }
        }
        tabs
    }

    /// The values of a range. Each row ends with its last filled cell, the last row is the last one that has any.
    fn grid(&self, range: ValueRange, asked: &Wanted, known: Option<&Vec<Known>>) -> Grid {
        let (tab, origin) = place(range.range.as_deref().unwrap_or(&asked.range));
        let rows = range.values.unwrap_or_default();
        let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
        let known = known.and_then(|tabs| tabs.iter().find(|known| known.title == tab));
        let address = known.and_then(|known| self.address(known.id));
        let merges = known.map(|known| known.merges.iter().filter_map(|merge| within(merge, origin)).collect());
        Grid { tab: tab.into(), origin, rows, address, merges }
    }

    /// Where a tab opens in a browser.
    fn address(&self, id: i32) -> Option<Link> {
        Link::parse(&format!("https://docs.google.com/spreadsheets/d/{}/edit?gid={id}#gid={id}", self.sheet_id))
    }
}

impl From<Value> for Cell {
    /// As the API gives it.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Empty,
            Value::String(text) if text.is_empty() => Self::Empty,
            Value::String(text) => Self::Text(text),
            Value::Number(number) => number.as_f64().map_or(Self::Empty, Self::Number),
            other => Self::Text(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_holds_what_the_api_gives() {
        for (value, expected) in [
            (json!(null), Cell::Empty),
            (json!(""), Cell::Empty),
            (json!(" "), Cell::Text(" ".into())),
            (json!("佐藤"), Cell::Text("佐藤".into())),
            (json!(46350), Cell::Number(46350.0)),
            (json!(0.5), Cell::Number(0.5)),
            (json!(true), Cell::Text("true".into())),
        ] {
            assert_eq!(Cell::from(value.clone()), expected, "{value}");
        }
    }
}
