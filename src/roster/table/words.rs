//! The words that headings and cells are known by. `docs/workbook/README.md` prints them; a test holds it to that.

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

pub(super) const WEEKDAY: &[&str] = &["曜日", "曜", "weekday", "dayofweek", "dow"];
pub(super) const MONTH: &[&str] = &["月", "month"];
pub(super) const YEAR: &[&str] = &["年", "year"];
pub(super) const NOTE: &[&str] =
    &["備考", "メモ", "コメント", "連絡", "引継", "理由", "note", "memo", "remark", "comment"];
pub(super) const DEPUTY: &[&str] = &[
    "代理",
    "代行",
    "代打",
    "交代",
    "交替",
    "振替",
    "変更",
    "実績",
    "スワップ",
    "substitute",
    "cover",
    "override",
    "swap",
];
/// What may stand beside them.
pub(super) const DEPUTY_FILLERS: &[&str] =
    &["者", "人", "後", "先", "担当", "当番", "オンコール", "oncall", "name", "person", "with", "by", "to", "ed", "er"];
pub(super) const DATE: &[&str] = &[
    "日付",
    "年月日",
    "月日",
    "日程",
    "期間",
    "当番",
    "担当",
    "開始",
    "日",
    "週",
    "の",
    "date",
    "day",
    "week",
    "of",
    "commencing",
    "wc",
    "starting",
    "beginning",
    "start",
    "from",
    "period",
    "dates",
    "日にち",
    "fortnight",
];
pub(super) const END: &[&str] = &["終了", "まで", "end", "to", "until"];
/// One of these has to be among the words of a date's heading.
pub(super) const DATE_NEEDS: &[&str] =
    &["日", "期間", "週", "開始", "date", "day", "week", "wc", "start", "from", "period", "fortnight"];
pub(super) const BOSS: &[&str] = &["責任", "管理", "マネージャ", "エスカレ", "manager", "commander", "lead", "shadow"];
pub(super) const NIGHT: &[&str] = &[
    "夜",
    "当直",
    "宿直",
    "深夜",
    "時間外",
    "休日",
    "night",
    "evening",
    "outofhours",
    "weekend",
    "nights",
    "overnight",
    "weekends",
];
/// Cells that say that a row is for the night, alone or before one of the next list.
pub(super) const NIGHT_ROW: &[&str] =
    &["夜間", "夜勤", "夜番", "夜", "当直", "宿直", "深夜", "overnight", "night", "nights", "evening"];
pub(super) const SHIFT: &[&str] =
    &["勤", "勤務", "帯", "間", "番", "シフト", "当番", "担当", "shift", "duty", "oncall"];
pub(super) const HALF: &[&str] = &["午前", "午後", "早番", "遅番", "am", "pm"];
pub(super) const ON_CALL: &[&str] = &[
    "主",
    "副",
    "正",
    "第",
    "次",
    "番",
    "目",
    "者",
    "員",
    "名",
    "係",
    "人",
    "メイン",
    "サブ",
    "バックアップ",
    "控え",
    "予備",
    "待機",
    "当番",
    "担当",
    "オンコール",
    "日直",
    "監視",
    "障害",
    "対応",
    "アラート",
    "運用",
    "日中",
    "日勤",
    "昼",
    "平日",
    "primary",
    "secondary",
    "tertiary",
    "backup",
    "first",
    "second",
    "third",
    "1st",
    "2nd",
    "3rd",
    "main",
    "sub",
    "on",
    "call",
    "duty",
    "engineer",
    "person",
    "name",
    "assignee",
    "responder",
    "in",
    "hours",
    "day",
    "s",
    "who",
];
/// A heading of nothing but these does not say who is on call.
pub(super) const GENERIC: &[&str] =
    &["者", "員", "名", "係", "人", "name", "person", "in", "hours", "day", "s", "on", "第", "次", "番", "who"];
/// Cells that say a place among those on call, and not another duty.
pub(super) const PLACES: &[&str] = &[
    "主",
    "副",
    "正",
    "第",
    "次",
    "番",
    "目",
    "者",
    "担当",
    "当番",
    "メイン",
    "サブ",
    "バックアップ",
    "控え",
    "予備",
    "オンコール",
    "primary",
    "secondary",
    "tertiary",
    "backup",
    "first",
    "second",
    "third",
    "1st",
    "2nd",
    "3rd",
    "main",
    "sub",
    "on",
    "call",
];
pub(super) const WEAK: &[&str] = &["名前", "氏名", "name", "person", "who", "member", "teammember", "担当メンバー"];

pub(super) const NOBODY: &[&str] = &[
    "休み",
    "休",
    "祝",
    "祝日",
    "なし",
    "無し",
    "無",
    "該当なし",
    "当番なし",
    "担当なし",
    "-",
    "--",
    "ー",
    "―",
    "—",
    "–",
    "−",
    "‐",
    "×",
    "✕",
    "✖",
    "none",
    "nobody",
    "off",
    "n/a",
];
pub(super) const NOBODY_ENDS: &[&str] =
    &["の日", "休業", "休業日", "休暇", "休日", "祝日", "全休", "年末年始", "holiday"];
pub(super) const UNDECIDED: &[&str] =
    &["未定", "調整中", "検討中", "要調整", "仮", "tbd", "tba", "tbc", "?", "??", "???", "or"];
/// A piece of a cell that cannot be read and has one of these in it may be about the people beside it.
pub(super) const CHANGES: &[&str] = &[
    "代理",
    "代休",
    "代わり",
    "有給",
    "休",
    "欠",
    "変更",
    "交代",
    "交替",
    "→",
    "※",
    "□",
    "☐",
    "キャンセル",
    "中止",
    "取消",
    "不在",
    "不可",
    "のみ",
    "夜",
    "午前",
    "午後",
    "未確定",
    "都合",
    "以降",
    "まで",
    "から",
    "確認",
    "早退",
    "外出",
    "出張",
    "見送",
    "延期",
    "?",
];
/// A cell in a row that has one of these in it may change who is on call by the row.
pub(super) const ROW_CHANGES: &[&str] = &[
    "取消",
    "取り消",
    "取りやめ",
    "中止",
    "キャンセル",
    "有給",
    "有休",
    "欠勤",
    "代休",
    "代理",
    "代わり",
    "交代",
    "交替",
    "変更",
    "未確定",
    "→",
    "⇒",
    "cancel",
    "swap",
    "on leave",
    "vacation",
    "見送",
    "延期",
    "不可",
    "辞退",
    "却下",
    "出張",
    "欠席",
    "要確認",
    "保留",
    "申請中",
    "不在",
    "削除",
    "無効",
    "退職",
    "振替",
    "確認中",
    "調整中",
    "declin",
    "unavailable",
    "not available",
    "pending",
    "removed",
    "absent",
    "sick",
    "on holiday",
    "reject",
    "tentative",
    "proposed",
    "not confirmed",
    "skipped",
    "postponed",
    "replaced",
    "out of office",
    "解除",
];
/// The same where the cell is nothing else.
pub(super) const ROW_CHANGE: &[&str] = &[
    "休", "休み", "休暇", "欠", "案", "仮", "旧", "×", "✕", "✖", "ng", "off", "pto", "leave", "draft", "old", "tbd",
    "未定", "tbc", "なし", "void", "out", "ooo", "away", "no",
];
/// Headings of columns that say of a person that they are not there: a tick in them, or the name of whoever is on call, is a change.
pub(super) const AWAY: &[&str] = &[
    "休",
    "不在",
    "欠",
    "取消",
    "中止",
    "無効",
    "解除",
    "除外",
    "cancelled",
    "canceled",
    "leave",
    "off",
    "away",
    "absent",
    "pto",
    "vacation",
    "out",
];
/// Headings of columns that say that a row counts: a no in them is a change.
pub(super) const VALID: &[&str] = &[
    "有効",
    "確定",
    "承認",
    "確認",
    "可否",
    "出勤",
    "active",
    "valid",
    "confirmed",
    "approved",
    "enabled",
    "available",
    "agreed",
    "ok",
];
/// What is a no.
pub(super) const NO: &[&str] =
    &["false", "no", "n", "0", "×", "✕", "✖", "x", "-", "未", "ng", "否", "不可", "未確定", "未承認"];
/// Titles of lists of who is away.
pub(super) const LEAVE_TITLE: &[&str] = &[
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
pub(super) const IDLE_TITLE: &[&str] = &[
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
pub(super) const ROTA_TITLE: &[&str] = &[
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
/// What a title says of itself, not of the days below it.
pub(super) const STAMP: &[&str] = &["更新", "作成", "改訂", "改定", "updated", "created", "revised", "printed"];
/// Titles of rotas for the night, where nothing says the day as well.
pub(super) const NIGHT_TITLE: &[&str] =
    &["夜間", "夜勤", "当直", "宿直", "時間外", "out-of-hours", "out of hours", "overnight", "nights", "night"];
/// Titles of rotas for the day.
pub(super) const DAY_TITLE: &[&str] = &["日中", "昼", "日勤", "day", "24"];
pub(super) const DITTO: &[&str] = &["〃", "同上", "々", "↓", "”", "\"", "''", "“", "同"];
/// Remarks in brackets after a name that change nothing.
pub(super) const REMARKS: &[&str] = &[
    "主",
    "副",
    "正",
    "メイン",
    "サブ",
    "リーダー",
    "新人",
    "在宅",
    "リモート",
    "出社",
    "代理",
    "remote",
    "wfh",
    "primary",
    "secondary",
    "main",
    "sub",
    "backup",
];

pub(super) const MEMBER_NAME: &[&str] =
    &["名前", "氏名", "表示名", "メンバー", "担当者", "name", "member", "user", "displayname", "fullname"];
pub(super) const MEMBER_ID: &[&str] = &["メンバーid", "memberid"];
/// What a members tab holds beside that is of no use here.
pub(super) const MEMBER_OTHERS: &[&str] = &[
    "no",
    "番号",
    "id",
    "社員番号",
    "社員id",
    "メール",
    "mail",
    "email",
    "部署",
    "所属",
    "チーム",
    "team",
    "グループ",
    "役職",
    "役割",
    "role",
    "title",
    "電話",
    "携帯",
    "内線",
    "tel",
    "phone",
    "mobile",
    "カナ",
    "かな",
    "ふりがな",
    "フリガナ",
    "読み",
    "ローマ字",
    "備考",
    "メモ",
    "note",
    "notes",
    "memo",
    "remark",
    "comment",
    "入社",
    "github",
];

pub(super) const RUNBOOK_PATTERN: &[&str] =
    &["pattern", "パターン", "アラート", "キーワード", "keyword", "alert", "件名"];
pub(super) const RUNBOOK_MEANING: &[&str] = &["meaning", "意味", "内容", "説明", "概要", "description"];
pub(super) const RUNBOOK_WORKAROUND: &[&str] =
    &["workaround", "手順", "対処", "対応", "対応方法", "対処方法", "対応手順", "action"];
pub(super) const RUNBOOK_LINK: &[&str] = &["link", "リンク", "url", "参考", "ドキュメント"];

pub(super) const HOLIDAY_NAME: &[&str] =
    &["name", "名前", "名称", "休日名", "祝日名", "休業日名", "内容", "理由", "holiday"];

/// Every list that the documents print.
pub fn lists() -> [WordList; 21] {
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
        list("a list of who is away", "the title above has one of these in it, and nothing of a rota", LEAVE_TITLE),
        list("a table that is not in force", "the title above has one of these in it", IDLE_TITLE),
        list("a table for the night", "the title above has one of these in it, and none of the day", NIGHT_TITLE),
    ]
}
