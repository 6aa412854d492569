//! Headings of the other tabs.

pub const MEMBER_NAME: &[&str] =
    &["名前", "氏名", "表示名", "メンバー", "担当者", "name", "member", "user", "displayname", "fullname"];
pub const MEMBER_ID: &[&str] = &["メンバーid", "memberid"];
/// Headings of nobody's but the member's own id.
pub const MEMBER_SLACK: &[&str] =
    &["slack", "slackid", "slackメンバーid", "slackmemberid", "slackユーザーid", "slackユーザid", "slackuserid"];
/// What is in the heading of another person's id, or of one that is no longer in use.
pub const MEMBER_NOT_OWN: &[&str] =
    &["上長", "上司", "責任者", "管理者", "マネージャ", "manager", "boss", "lead", "旧"];
/// What a members tab holds beside that is of no use here.
pub const MEMBER_OTHERS: &[&str] = &[
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
    "携帯",
    "内線",
    "tel",
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
pub const RUNBOOK_PATTERN: &[&str] = &["pattern", "パターン", "アラート", "キーワード", "keyword", "alert", "件名"];
pub const RUNBOOK_MEANING: &[&str] = &["meaning", "意味", "内容", "説明", "概要", "description"];
pub const RUNBOOK_WORKAROUND: &[&str] =
    &["workaround", "手順", "対処", "対応", "対応方法", "対処方法", "対応手順", "action"];
pub const RUNBOOK_LINK: &[&str] = &["link", "リンク", "url", "参考", "ドキュメント"];
pub const HOLIDAY_NAME: &[&str] = &["name", "名前", "名称", "休日名", "祝日名", "休業日名", "内容", "理由", "holiday"];
