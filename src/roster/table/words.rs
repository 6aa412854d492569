//! The words that headings and cells are known by. `docs/workbook/README.md` prints them; a test holds it to that.

mod beside;
mod cells;
mod headings;
mod tabs;
mod titles;

pub(super) use beside::*;
pub(super) use cells::*;
pub(super) use headings::*;
pub(super) use tabs::*;
pub(super) use titles::*;

/// A list of words, and what it is for.
#[derive(Debug, Clone, Copy)]
pub struct WordList {
    /// What a heading or cell with these words is.
    pub what: &'static str,
    /// How the words are compared.
    pub how: &'static str,
    /// The words, in lower case and without spaces and hyphens.
    pub words: &'static [&'static str],
}

/// Every list that the documents print.
pub fn lists() -> [WordList; 24] {
    const WHOLE: &str = "the heading is nothing but these";
    const HAS: &str = "the heading has one of these in it";
    const IS: &str = "the heading is one of these";
    const CELL: &str = "the cell is one of these";
    let list = |what, how, words| WordList { what, how, words };
    [
        list("weekday", IS, WEEKDAY),
        list("month", IS, MONTH),
        list("year", IS, YEAR),
        list("note, never read", HAS, NOTE),
        list(
            "deputy, who stands in",
            "the heading begins with one of these, and nothing but 者, 後, by and the like follows",
            DEPUTY,
        ),
        list("last day", "the heading is nothing but these and the words of a date", END),
        list("date, or a week's first day", WHOLE, DATE),
        list("somebody else's, not read", HAS, BOSS),
        list("night, not read", HAS, NIGHT),
        list("half a day, refused", HAS, HALF),
        list("on call", "the heading is nothing but these and digits", ON_CALL),
        list("on call where no other column is", IS, WEAK),
        list("deliberately nobody", CELL, NOBODY),
        list("deliberately nobody", "the cell ends with one of these, and no member's name is in it", NOBODY_ENDS),
        list("not decided", CELL, UNDECIDED),
        list("as the row above", CELL, DITTO),
        list(
            "a change beside those on call",
            "a cell of the row, not in a column of notes, has one of these in it",
            ROW_CHANGES,
        ),
        list("a change beside those on call", "such a cell is one of these", ROW_CHANGE),
        list("about the work of the day", HAS, WORK),
        list(
            "a change of the work of the day",
            "a cell below such a heading has one of these in it, and more, and no member's name",
            WORK_CHANGES,
        ),
        list("a list of what was done when", "the title above has one of these in it", LOG_TITLE),
        list("a list of who is away", "the title above has one of these in it, and nothing of a rota", LEAVE_TITLE),
        list("a table that is not in force", "the title above has one of these in it", IDLE_TITLE),
        list("a table for the night", "the title above has one of these in it, and none of the day", NIGHT_TITLE),
    ]
}
