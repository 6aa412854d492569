//! What is wrong in the workbook, in words.

pub(super) mod en;
pub(super) mod ja;

use super::Line;
use crate::domain::member::Platform;
use crate::domain::rotation::{CellRef, Finding};

/// The cell that a finding is about, in front of what is said of it.
fn place(finding: &Finding) -> Line {
    match &finding.at {
        Some(at) => Line::default().cell_at(at).and(" "),
        None => Line::default(),
    }
}

/// Cells by the first and the last of them: `A2:A19` when they stand one below the other, else `A2 … C14`.
fn extent(cells: &[CellRef]) -> String {
    let (Some(first), Some(last)) = (cells.first(), cells.last()) else { return String::new() };
    let is_run = cells.iter().zip(first.row..).all(|(cell, row)| cell.column == first.column && cell.row == row);
    let mark = if is_run { ":" } else { " … " };
    format!("{}{mark}{}", first.name(), last.name())
}

/// The chat's name, where it is the same in every language.
fn chat(platform: Platform, screen: &'static str) -> &'static str {
    match platform {
        Platform::Slack => "Slack",
        Platform::Typetalk => "Typetalk",
        Platform::Screen => screen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rotation::Tab;

    #[test]
    fn cells_in_a_run_are_a_range() {
        let cell = |row, column| CellRef { tab: Tab::named("t"), row, column };
        for (cells, expected) in [
            (vec![cell(2, 1), cell(3, 1), cell(4, 1)], "A2:A4"),
            (vec![cell(2, 1), cell(4, 1)], "A2 … A4"),
            (vec![cell(2, 1), cell(3, 3)], "A2 … C3"),
            (vec![], ""),
        ] {
            assert_eq!(extent(&cells), expected);
        }
    }
}
