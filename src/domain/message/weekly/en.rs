//! In English.

use super::WeeklyWords;

pub static WORDS: WeeklyWords = WeeklyWords {
    this_week: "📊 This week ",
    next_week: "Next week ",
    unreadable: "⚠️ The rotation cannot be read: ",
    alerts: |now, before| match now {
        1 => format!("1 alert (last week {before})"),
        _ => format!("{now} alerts (last week {before})"),
    },
    latest: |count| format!("; below are the latest {count} only"),
    mentions: |count| match count {
        1 => ", 1 mention".to_owned(),
        _ => format!(", {count} mentions"),
    },
    sre_calls: |count| match count {
        1 => ", SRE called once".to_owned(),
        _ => format!(", SRE called {count} times"),
    },
    escalations: |count| format!(", {count} escalated"),
    closed_by_themselves: |count| match count {
        1 => "1 closed by itself within 5 min".to_owned(),
        _ => format!("{count} closed by themselves within 5 min"),
    },
    on_it_after: |span| format!("First \"I'm on it\" after {span} (median)"),
    without_runbook: "Alerts without a runbook: ",
    times: |count| format!(" ×{count}"),
    open: |count| format!("{count} open: "),
    calls: |calls| {
        format!(
            "Calls per person in {} days: {} on average, {} at least, {} at most",
            calls.days, calls.average, calls.least, calls.most
        )
    },
    paste: |count| match count {
        1 => "📋 One row to paste into a sheet".to_owned(),
        _ => format!("📋 {count} rows to paste into a sheet"),
    },
    columns: ["began", "tag", "service", "title", "resolved by", "minutes"],
    by_itself: "by itself",
    still_open: "open",
};
