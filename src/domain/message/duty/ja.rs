//! In Japanese.

use super::DutyWords;
use crate::domain::message::ja::day;
use chrono::{Datelike as _, NaiveDate};

pub static WORDS: DutyWords = DutyWords {
    and: "・",
    today: |day, until| format!("📟 今日 {day} {until}まで"),
    today_later: |day, from, until| format!("📟 今日 {day} {from}〜{until}"),
    on_break: " (休憩中)",
    next_begins: |day, from| format!("📟 次 {day} {from}から"),
    over: " (今は時間外)",
    day_off: " (今日は休み)",
    holiday: (" (今日は ", ")"),
    never: "📟 これから1年、営業日がありません。",
    next: |day| format!("次 {day} "),
    days: |runs| runs.iter().map(run).collect::<Vec<_>>().join("、"),
    of_days: " ",
    empty: "空",
    no_row: "行なし",
    nobodys: "当番なし (代わりの宛先へ)",
    unreadable: "⚠️ 当番表を読めません: ",
    yours: ("あなた: 次は ", ""),
    yours_today: "あなた: 今日",
    yours_then: ("あなた: 今日、その次は ", ""),
    open: |count| format!("🔓 未解決 {count}件"),
    none_open: "未解決のインシデントはありません。",
    open_unreadable: "⚠️ 記録を読めないため、未解決のインシデントが分かりません。アラートのチャンネルを確認してください。",
    is_on_it: (" が対応中", " が対応中"),
    nobody_on_it: "対応者なし",
    assigned: "担当 ",
    posted: "投稿済み",
    not_known: " は記録にありません。番号が違うか、toban に届いていないか、90日以上前のものです。",
    nothing_told: "投稿した記録がありません。",
    days_left_out: "… 最初と最後の数日だけを調べています。",
    past_unreadable: "⚠️ 記録を読めません。少し待って、もう一度試してください。",
    help: [
        "/toban — 当番と未解決",
        "/toban 当番 — 今日、次、あなたの番",
        "/toban 未解決 — 誰が対応中か",
        "/toban なぜ #PD4812 — メンションの理由",
        "/toban 履歴 #PD4812 — 対応の経過、前回まで",
    ],
    unknown_word: ("「", "」は分かりません。使い方:"),
    unknown_incident: ("「", "」は、どのインシデントか分かりません。番号を1つ書いてください。"),
    which_incident: "どのインシデントですか? 番号を書いてください。",
};

/// `11/30(月)`, `12/2〜3`, `11/30〜12/1`
fn run((first, last): &(NaiveDate, NaiveDate)) -> String {
    if first == last {
        return day(*first);
    }
    let month = if first.month() == last.month() { String::new() } else { format!("{}/", last.month()) };
    format!("{}/{}〜{month}{}", first.month(), first.day(), last.day())
}
