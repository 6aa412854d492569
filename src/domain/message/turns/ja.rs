//! In Japanese.

use super::TurnWords;
use chrono::Datelike as _;

pub static WORDS: TurnWords = TurnWords {
    on_call: " の当番: ",
    becomes: " → ",
    nobody: ("空", "当番なし"),
    with: (" (相方 ", ")"),
    added: " が追加",
    removed: (" が外れ、残り ", ""),
    unexpected: "。心当たりがなければ → ",
    unexpected_any: "心当たりのない変更は、セルを確認してください。",
    more: |days| format!("… ほか{days}日"),
    filled: |filled| {
        let (first, last) = (filled.first.month(), filled.last.month());
        let months = if first == last { format!("{first}月") } else { format!("{first}月〜{last}月") };
        format!("🔄 {months}の当番表が入りました ({}日分)", filled.days)
    },
    sheet: (" → ", "当番表"),
};
