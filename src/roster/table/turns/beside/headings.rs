//! What the headings of the columns beside those on call say of the cells below them.

use super::super::super::block::Block;
use super::super::super::cells::Sheet;
use super::super::super::words;
use std::collections::BTreeMap;

/// What people put into a cell to say that something is so.
pub const TICKS: [&str; 12] = ["true", "yes", "y", "1", "x", "○", "〇", "✓", "✔", "☑", "済", "済み"];

/// Columns whose headings say of what stands in them that it speaks for a row, or against it.
#[derive(Debug, Default)]
pub struct Headings {
    /// 休み, 無効: anything in them is against it.
    pub away: Vec<usize>,
    /// 有効, confirmed: a no in them is.
    valid: BTreeMap<usize, Ticked>,
    /// 作業内容, event: what happens on the day, and not who is on call.
    pub work: Vec<usize>,
    /// 出社, handover: a no in them says nothing of who is on call.
    asides: Vec<usize>,
    /// No., 順番: numbers in them say who is first.
    pub orders: Vec<usize>,
}

/// How a column is ticked.
#[derive(Debug)]
struct Ticked {
    /// The last row with a tick in it: those below have not been looked at yet.
    last: Option<usize>,
    /// A small x is one, as there is no other.
    with_x: bool,
}

impl Ticked {
    fn of(sheet: &Sheet, column: usize, rows: impl Iterator<Item = usize> + Clone) -> Self {
        let is_tick = |row: &usize, with_x: bool| {
            let lower = sheet.text(*row, column).to_lowercase();
            TICKS.contains(&lower.as_str()) && (with_x || lower != "x")
        };
        let with_x = !rows.clone().any(|row| is_tick(&row, false));
        Self { last: rows.filter(|row| is_tick(row, with_x)).last(), with_x }
    }

    fn is_no(&self, row: usize, lower: &str) -> bool {
        /// What a cell holds as long as nobody has ticked it.
        const NOT_YET: [&str; 4] = ["false", "未", "-", "0"];
        let is_not_yet = NOT_YET.contains(&lower) && self.last.is_some_and(|last| last < row);
        words::NO.contains(&lower) && !is_not_yet && !(lower == "x" && self.with_x)
    }
}

impl Headings {
    pub fn of(sheet: &Sheet, block: &Block) -> Self {
        let Some(header) = block.header else { return Self::default() };
        let has = |column: &usize, list: &[&str]| has_heading(&sheet.text(header, *column), list);
        let columns = |list| block.others.iter().copied().filter(move |column| has(column, list));
        let ticked = |column| (column, Ticked::of(sheet, column, block.rows.clone()));
        Self {
            away: columns(words::AWAY).collect(),
            valid: columns(words::VALID).map(ticked).collect(),
            work: columns(words::WORK).collect(),
            asides: columns(words::ASIDES).collect(),
            orders: block.others.iter().copied().filter(|column| is_order(&sheet.text(header, *column))).collect(),
        }
    }

    /// Whether a cell, in lower case, is against its row: a tick under 休み, a no under 確定. Names are looked at apart.
    pub fn is_against(&self, column: usize, row: usize, lower: &str) -> bool {
        let is_tick = TICKS.contains(&lower);
        (self.away.contains(&column) && is_tick)
            || self.valid.get(&column).is_some_and(|ticked| ticked.is_no(row, lower))
    }

    /// Whether なし in a column says nothing against a row: there was no incident, nobody is away.
    pub fn may_be_none(&self, column: usize) -> bool {
        let is_in = |columns: &Vec<usize>| columns.contains(&column);
        is_in(&self.work) || is_in(&self.asides) || is_in(&self.away)
    }
}

fn is_order(heading: &str) -> bool {
    const ORDERS: [&str; 10] = ["no", "no.", "#", "番号", "順番", "順位", "優先順位", "order", "priority", "level"];
    ORDERS.contains(&heading.to_lowercase().as_str())
}

/// Whether a heading has one of these words in it; English ones as words of their own.
fn has_heading(heading: &str, list: &[&str]) -> bool {
    let lower = heading.to_lowercase();
    let is_word = |word: &str| lower.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part == word);
    list.iter().any(|word| if word.is_ascii() { is_word(word) } else { lower.contains(word) })
}
