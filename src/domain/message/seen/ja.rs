//! In Japanese.

use super::{By, SeenWords};

pub static WORDS: SeenWords = SeenWords {
    nth: |count| format!("90日で{count}回目"),
    often: |count| format!("90日で{count}回以上"),
    last: "前回 ",
    then: " ",
    always_soon: "これまで毎回5分以内に自動で解決",
    lately_soon: |count| format!("直近{count}回は毎回5分以内に自動で解決"),
    ended_by: ("", |took| took.map_or(" が解決".to_owned(), |took| format!(" が{took}で解決"))),
    ended: |by, took| {
        let (how, after) = match by {
            By::Itself => ("自動で解決", "後に"),
            By::NotSaid => ("解決", "で"),
        };
        took.map_or(how.to_owned(), |took| format!("{took}{after}{how}"))
    },
    not_yet: "から未解決",
    thread: "スレッド",
    note: "対応メモ",
    earlier: "🕘 同じアラート (90日):",
    earlier_unknown: "⚠️ 同じアラートが前にあったかは、記録を読めないため分かりません。",
    and_more: "… これより前にもあります。",
};
