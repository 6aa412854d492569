//! A message about changed turns, as somebody would write it who knows what was edited.

use super::calendar::written;
use super::sheet::Sheet;
use crate::sheet::name;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use std::collections::BTreeSet;

const REPEATED: &str = "🔁 再送です。同じ内容がすでに投稿されている可能性があります。";

/// Somebody else stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap {
    pub day: NaiveDate,
    pub slot: usize,
    pub was: Option<u32>,
    pub is: Option<u32>,
    /// Who stands in the other cell.
    pub with: Option<u32>,
}

#[derive(Debug, Clone)]
enum What {
    /// In the order of their days.
    Swaps(Vec<Swap>),
    /// So many working days of a month.
    Filled { month: u32, days: usize },
}

#[derive(Debug, Clone)]
pub struct Expected {
    /// The tick that tells it.
    pub at: DateTime<Utc>,
    /// The tick that tells it if that one crashes.
    pub again_at: Option<DateTime<Utc>>,
    what: What,
    /// The first of the two has told it.
    is_told: bool,
}

pub fn swapped(at: DateTime<Utc>, swaps: &[Swap]) -> Expected {
    let mut swaps = swaps.to_vec();
    swaps.sort_by_key(|swap| swap.day);
    Expected { at, again_at: None, what: What::Swaps(swaps), is_told: false }
}

pub fn filled(at: DateTime<Utc>, days: &[NaiveDate]) -> Expected {
    Expected { at, again_at: None, what: What::Filled { month: days[0].month(), days: days.len() }, is_told: false }
}

impl Expected {
    pub fn or_again(self, at: DateTime<Utc>) -> Self {
        Self { again_at: Some(at), ..self }
    }

    pub fn told(&mut self, is_told: bool) {
        self.is_told = is_told;
    }

    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// Those who came and those who went.
    pub fn mentioned(&self) -> BTreeSet<u32> {
        match &self.what {
            What::Swaps(swaps) => swaps.iter().flat_map(|swap| [swap.was, swap.is]).flatten().collect(),
            What::Filled { .. } => BTreeSet::new(),
        }
    }

    /// The message below the mentions.
    pub fn text(&self, sheet: &Sheet) -> String {
        let swaps = match &self.what {
            What::Swaps(swaps) => swaps,
            What::Filled { month, days } => return format!("🔄 {month}月の当番表が入りました ({days}日分) → 当番表 ↗"),
        };
        let mut lines: Vec<(String, Vec<NaiveDate>, String)> = Vec::new();
        for swap in swaps {
            let said = said(swap);
            match lines.iter_mut().find(|(known, ..)| *known == said) {
                Some((_, days, _)) => days.push(swap.day),
                None => {
                    // Of a cell that somebody has left, the row's first.
                    let slot = if swap.is.is_some() { swap.slot } else { 0 };
                    lines.push((said, vec![swap.day], sheet.cell(swap.day, slot)));
                }
            }
        }
        match lines.as_slice() {
            [(said, days, cell)] => format!("🔄 {} の当番: {said}。心当たりがなければ → {cell}", together(days)),
            lines => {
                let line = |(said, days, cell): &(String, Vec<NaiveDate>, String)| {
                    format!("🔄 {} の当番: {said} · {cell}\n", together(days))
                };
                lines.iter().map(line).collect::<String>() + "心当たりのない変更は、セルを確認してください。"
            }
        }
    }

    /// The same, sent again.
    pub fn repeated(&self, sheet: &Sheet) -> String {
        format!("{}\n{REPEATED}", self.text(sheet))
    }
}

fn said(swap: &Swap) -> String {
    let with = swap.with.map(name).expect("only one cell of a day is empty");
    match (swap.was.map(name), swap.is.map(name)) {
        (Some(was), Some(is)) => format!("{was} → {is} (相方 {with})"),
        (None, Some(is)) => format!("{is} が追加 (相方 {with})"),
        (Some(was), None) => format!("{was} が外れ、残り {with}"),
        (None, None) => unreachable!("nothing has changed"),
    }
}

/// `12/2(水)`, `12/7〜11`, `11/30〜12/1、12/3(木)`
fn together(days: &[NaiveDate]) -> String {
    let mut runs: Vec<Vec<NaiveDate>> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.last().and_then(|last| last.succ_opt()) == Some(*day) => run.push(*day),
            _ => runs.push(vec![*day]),
        }
    }
    let shown = runs.iter().map(|run| match run.as_slice() {
        [day] => written(*day),
        days => {
            let (first, last) = (days[0], days[days.len() - 1]);
            let month = if first.month() == last.month() { String::new() } else { format!("{}/", last.month()) };
            format!("{}/{}〜{month}{}", first.month(), first.day(), last.day())
        }
    });
    shown.collect::<Vec<_>>().join("、")
}
