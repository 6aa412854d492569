//! Titles above tables and between their rows.

/// Titles of lists of who is away.
pub const LEAVE_TITLE: &[&str] = &[
    "休暇",
    "有給",
    "有休",
    "お休み",
    "休み予定",
    "不在",
    "欠勤",
    "vacation",
    "leave",
    "absence",
    "pto",
    "out of office",
    "away",
];
/// Titles of tables that do not say who is on call now.
pub const IDLE_TITLE: &[&str] = &[
    "旧",
    "古い",
    "廃止",
    "無効",
    "使用しない",
    "使わない",
    "下書き",
    "(案)",
    "案です",
    "原案",
    "素案",
    "未確定",
    "仮置き",
    "記入例",
    "サンプル",
    "テンプレート",
    "draft",
    "tentative",
    "obsolete",
    "deprecated",
    "outdated",
    "do not use",
    "old",
    "sample",
    "example",
    "template",
    "未調整",
    "参考",
    "候補",
    "pending",
    "proposed",
    "not agreed",
    "candidates",
];
/// A title with one of these is a rota's, whatever else is in it.
pub const ROTA_TITLE: &[&str] = &[
    "当番",
    "オンコール",
    "担当",
    "on-call",
    "oncall",
    "on call",
    "rota",
    "rotation",
    "duty",
    "shift",
    "シフト",
    "week",
    "週",
];
/// Titles of a part of a rota.
pub const PERIOD_TITLE: &[&str] = &[
    "前半",
    "後半",
    "上期",
    "下期",
    "上旬",
    "中旬",
    "下旬",
    "四半期",
    "続き",
    "年末年始",
    "sprint",
    "スプリント",
    "quarter",
];
/// Titles of lists of what was done when.
pub const LOG_TITLE: &[&str] = &["履歴", "history", "log", "changelog"];
/// What a title says of itself, not of the days below it.
pub const STAMP: &[&str] = &["更新", "作成", "改訂", "改定", "updated", "created", "revised", "printed"];
/// Titles of rotas for the night, where nothing says the day as well.
pub const NIGHT_TITLE: &[&str] =
    &["夜間", "夜勤", "当直", "宿直", "時間外", "out-of-hours", "out of hours", "overnight", "nights", "night"];
/// Titles of rotas for the day.
pub const DAY_TITLE: &[&str] = &["日中", "昼", "日勤", "day", "24"];
