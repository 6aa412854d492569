//! In Japanese.

use super::{Calls, WeeklyWords};

pub static WORDS: WeeklyWords = WeeklyWords {
    this_week: "📊 今週の当番 ",
    next_week: "来週 ",
    unreadable: "⚠️ 当番表を読めません: ",
    alerts: |now, before| format!("アラート {now}件 (先週 {before})"),
    latest: |count| format!("。以下は新しい{count}件のみ"),
    mentions: |count| format!("、メンション {count}"),
    sre_calls: |count| format!("、SRE を呼んだ {count}"),
    escalations: |count| format!("、エスカレーション {count}"),
    closed_by_themselves: |count| format!("5分以内に自動で閉じた {count}件"),
    on_it_after: |span| format!("最初の「対応します」まで 中央値{span}"),
    without_runbook: "手順のないアラート: ",
    times: |count| format!(" {count}件"),
    open: |count| format!("未解決 {count}件: "),
    calls: |calls| {
        let Calls { days, average, least, most } = calls;
        format!("{days}日の呼び出し (1人あたり): 平均{average}、最少{least}、最多{most}")
    },
    paste: |count| format!("📋 表に貼り付けられる形です ({count}件)"),
    columns: ["発生", "タグ", "サービス", "件名", "解決した人", "分"],
    by_itself: "自動",
    still_open: "未解決",
};
