//! What the headings of the columns beside those on call say of the cells below them.

use super::super::super::block::Block;
use super::super::super::cells::Sheet;
use super::super::super::words;
use std::collections::BTreeMap;

/// What people put into a cell to say that something is so.
pub const TICKS: [&str; 17] =
    ["true", "yes", "y", "ok", "o", "可", "1", "x", "○", "〇", "◯", "◎", "✓", "✔", "☑", "済", "済み"];

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
#[derive(Debug, Default)]
struct Ticked {
    /// The last row with a tick in it: those below have not been looked at yet.
    last: Option<usize>,
    /// A small x is one, as nothing else stands in the column.
    with_x: bool,
}

impl Ticked {
    fn of(sheet: &Sheet, column: usize, rows: impl Iterator<Item = usize> + Clone) -> Self {
        let text = |row: usize| sheet.text(row, column).to_lowercase();
        // From the first row on, down to where nobody has looked yet.
        let mut rest = rows.clone().filter(|row| !sheet.is_blank(*row)).map(text).skip_while(|text| text == "x");
        const FEW: usize = 2;
        let with_x = rest.all(|text| text.is_empty()) && rows.clone().filter(|row| text(*row) == "x").count() >= FEW;
        let is_tick = |row: &usize| {
            let text = text(*row);
            TICKS.contains(&text.as_str()) && (with_x || text != "x")
        };
        Self { last: rows.filter(is_tick).last(), with_x }
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
        // 出勤 and "active" are as they are; 確認 is ticked by and by.
        let is_check = |column: &usize| has(column, words::CHECKS);
        let ticked = |column| {
            let ticked = is_check(&column).then(|| Ticked::of(sheet, column, block.rows.clone()));
            (column, ticked.unwrap_or_default())
        };
        let is_only_work = |column: &usize| {
            let heading = sheet.text(header, *column).to_lowercase();
            !words::WORK_OF_PEOPLE.iter().any(|word| heading.contains(word))
        };
        Self {
            away: columns(words::AWAY).collect(),
            valid: columns(words::VALID).map(ticked).collect(),
            work: columns(words::WORK).filter(is_only_work).collect(),
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
    pub fn may_be_none(&self, column: usize, lower: &str) -> bool {
        let is_in = |columns: &Vec<usize>| columns.contains(&column);
        let is_word = ["なし", "no"].contains(&lower);
        is_in(&self.asides) || (is_word && (is_in(&self.work) || is_in(&self.away)))
    }
}

fn is_order(heading: &str) -> bool {
    const ORDERS: [&str; 5] = ["順番", "順位", "優先順位", "order", "priority"];
    ORDERS.contains(&heading.to_lowercase().as_str())
}

/// Whether a heading has one of these words in it; English ones as words of their own.
fn has_heading(heading: &str, list: &[&str]) -> bool {
    let lower = heading.to_lowercase();
    let is_word = |word: &str| lower.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part == word);
    list.iter().any(|word| if word.is_ascii() { is_word(word) } else { lower.contains(word) })
}
