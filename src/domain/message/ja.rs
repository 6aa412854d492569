//! Japanese.

use super::watch::Webhook;
use super::words::{Words, units};
use super::{Line, Notice};
use crate::domain::calendar::{Day, Moment};
use crate::domain::incident::{Closing, EventKind, Illegible, State, Urgency};
use crate::domain::policy::{Decision, Rule};
use crate::domain::reminder::Reminder;
use crate::domain::rotation::Coverage;
use crate::domain::unreadable::{AddressFault, Unreadable};
use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};

pub(super) static WORDS: Words = Words {
    kind,
    ping: |sender| format!("{sender} からの接続テスト"),
    state: |state| match state {
        State::Triggered => ("🔥", "未対応"),
        State::Acknowledged => ("👀", "対応中"),
        State::Resolved => ("✅", "解決済み"),
    },
    status: "状態: ",
    since: |time| format!("{time} から"),
    took: |span| format!(" (所要{span})"),
    untitled: "(件名なし)",
    id: (" (ID ", ")"),
    by: ("", " による"),
    automatically: "自動",
    closing: |closing| match closing {
        Closing::ByHand => "手動で解決",
        Closing::MonitorDeleted => "監視ルールの削除のため",
        Closing::HostRetired => "ホストの退役のため",
        Closing::ServiceDeleted => "サービスの削除のため",
        Closing::Retrained => "異常検知の再学習のため",
        Closing::ServiceChanged => "外形監視のサービス変更のため",
    },
    urgency,
    senders_state,
    priority: "優先度 ",
    none: "なし",
    merged: ("「", "」に統合"),
    comma: "、",
    late: |span| format!(" ({span}遅れ)"),
    duration,
    quote_is_cut: |origin| {
        if origin.has_whole_texts() {
            format!("… (続きは {} で)", origin.label())
        } else {
            "… (以下略)".to_owned()
        }
    },
    meaning: "意味: ",
    workaround: "手順: ",
    gap: "⚠️ 今日の当番にメンションできないため、代わりの宛先に知らせています: ",
    finding: super::findings::ja::finding,
    rotation_unreadable: "⚠️ 当番表を読めないため、代わりの宛先に知らせています: ",
    workbook,
    held_by_nobody: "⚠️ 時間外ですが、PagerDuty の担当がダミーユーザーのままです。誰にも連絡が行っていません。",
    over_already: "✅ すでに解決しています。この通知は遅れて届きました。",
    missed: "🐕 PagerDuty の Webhook が届いていないため、PagerDuty に問い合わせて見つけました。",
    unknown_word: (
        "⚠️ status の「",
        "」は知らない語ですが、urgency が high なので知らせています。通じるのは triggered、acknowledged、resolved、critical、warning、ok、異常、対応中、復旧などです。",
    ),
    silenced: (
        "🔕 PagerDuty が Webhook の配信を止めています (ID ",
        "、",
        ")。新しいインシデントの通知は遅れて届くか、届きません。PagerDuty を直接確認してください。",
    ),
    turn_on: |webhook| match webhook {
        Webhook::Subscription => {
            "再開するには: PagerDuty の Integrations → Generic Webhooks (v3) でこの Webhook を有効にします。原因は `toban check` とログで分かります。"
        }
        Webhook::Extension => {
            "再開するには: PagerDuty の Integrations → Extensions でこの拡張を有効にします。原因は `toban check` とログで分かります。"
        }
    },
    old_copy: |age| format!("⚠️ 当番表を読めないため、{age}前の写しを使っています。"),
    notice: |notice| match notice {
        Notice::PossibleRepeat => "🔁 再送です。同じ内容がすでに投稿されている可能性があります。",
        Notice::QuietRepeat => {
            "🔁 再送です。同じ内容がすでに2回以上投稿されている可能性があるため、メンションしません。"
        }
        Notice::PrimaryFailed => "⚠️ 主チャットに投稿できなかったため、こちらに投稿しています。",
    },
    without_mention: "⚠️ チャットがメンションを受け付けないため、メンションなしで投稿しています。宛先: ",
    fallback: "代わりの宛先",
    without_thread: "⚠️ チャットがスレッドへの返信を受け付けないため、新しい投稿にしています。",
    unreadable: |origin| {
        let label = origin.label();
        let look = if origin.is_a_script() { "送信元".to_owned() } else { format!("{label} ") };
        (format!("⚠️ {label} からの通知を読み取れませんでした (ID "), format!(")。{look}を確認してください。"))
    },
    illegible: |why| match why {
        Illegible::Shape => "理由: 内容が想定した形式ではありません。",
        Illegible::VersionOne => "理由: Webhook v1 の形式です。v3 に切り替えてください。",
        Illegible::TooLarge => "理由: 256 KiB を超えています。",
        Illegible::Panicked => "理由: 処理中に内部エラーが起きました。",
    },
    rule,
    reminded: |plan, coverage, day| match (coverage, plan.reminder) {
        (Coverage::OnCall { .. }, Reminder::Morning) => {
            format!("今日 {day} の当番にメンション: 営業日の始まりのお知らせです")
        }
        (Coverage::OnCall { .. }, Reminder::Evening) => {
            format!("次の営業日 {day} の当番にメンション: 営業日の終わりのお知らせです")
        }
        (Coverage::Gap { .. }, _) => format!("代わりの宛先にメンション: {day} の当番が分かりません"),
        (Coverage::Nobody { .. }, _) => format!("メンションなし: {day} は当番なしと書かれています"),
        (Coverage::Unknown { .. }, _) => "代わりの宛先にメンション: 当番表を読めません".to_owned(),
    },
    moment: |moment| format!("投稿 {}", at(moment)),
    occurred: |moment| format!("発生 {}", at(moment)),
    row: |cell| format!("当番表 {cell}"),
    morning: |day, until| format!("☀️ 今日 {day} の当番です ({until} まで)。よろしくお願いします。"),
    evening: |day| format!("🌙 {day} の当番です。準備をお願いします。"),
    nobody_yet: (
        |day| format!("☀️ 今日 {day} の当番にメンションできません。"),
        |day| format!("🌙 {day} の当番にメンションできません。"),
    ),
    nobodys: |day| format!("📅 {day} は当番なしの日です。アラートは代わりの宛先に届きます。"),
    nobody_on: |day| format!("⚠️ {day} の当番表を直してください: "),
    reminder_late: |span| format!("⏳ このお知らせは{span}遅れています。"),
    manual: "マニュアル: ",
    checklist: "事前チェックリスト: ",
    unmentioned: |day, end| format!("📋 {day} {end} 以降、メンションなしで届いたもの:"),
    still_open: (
        |count| format!("🔓 未解決のインシデント ({count}件):"),
        |count| format!("🔓 そのほかの未解決のインシデント ({count}件):"),
    ),
    news_unreadable: "⚠️ 記録を読めないため、届いたものや未解決のインシデントがここにすべては載っていません。\
                      アラートのチャンネルをさかのぼって確認してください。",
    and_more: |count| format!("… ほか{count}件"),
    more_people: |count| format!("ほか{count}名"),
    open_for: (|age| format!(" — 未対応 ({age})"), |age| format!(" — 対応中 ({age})")),
    over: " — 解決済み",
    followed: |count| format!(" の続き {count} 件 (チャットの投稿数の制限のため、まとめています)"),
    digest: |count| {
        format!("🔥 {count}件のインシデントが発生しています (チャットの投稿制限のため、まとめて投稿しています)")
    },
    day,
    copy_age: |age| format!("当番表は{age}前に読み取り"),
};

fn kind(kind: &EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::Triggered => ("🔥", "発生"),
        EventKind::Acknowledged => ("👀", "対応開始"),
        EventKind::Unacknowledged => ("⏰", "対応中のまま時間切れ"),
        EventKind::Resolved => ("✅", "解決"),
        EventKind::Reopened => ("🔥", "再オープン"),
        EventKind::Reassigned => ("👉", "担当変更"),
        EventKind::Escalated => ("📣", "エスカレーション"),
        EventKind::Delegated => ("📣", "エスカレーションポリシー変更"),
        EventKind::Annotated => ("📝", "メモ"),
        EventKind::PriorityUpdated => ("🏷️", "優先度変更"),
        EventKind::ServiceUpdated => ("🏷️", "サービス変更"),
        EventKind::IncidentTypeChanged => ("🏷️", "種別変更"),
        EventKind::StatusUpdatePublished => ("📢", "状況報告"),
        EventKind::ResponderAdded => ("🙋", "応援依頼"),
        EventKind::ResponderReplied => ("🙋", "応援依頼への返答"),
        EventKind::ConferenceBridgeUpdated => ("📞", "電話会議"),
        EventKind::CustomFieldsUpdated => ("🏷️", "項目変更"),
        EventKind::RoleAssigned => ("👤", "役割の割り当て"),
        EventKind::TaskCreated => ("☑️", "タスク追加"),
        EventKind::TaskUpdated => ("☑️", "タスク更新"),
        EventKind::TaskCompleted => ("☑️", "タスク完了"),
        EventKind::WorkflowStarted => ("⚙️", "ワークフロー開始"),
        EventKind::WorkflowCompleted => ("⚙️", "ワークフロー完了"),
        EventKind::ActionCreated => ("⚙️", "自動アクション開始"),
        EventKind::ActionUpdated => ("⚙️", "自動アクション更新"),
        EventKind::ActionTerminated => ("⚙️", "自動アクション終了"),
        EventKind::CustomAction => ("⚙️", "カスタムアクション"),
        EventKind::ServiceCreated => ("🧩", "サービス作成"),
        EventKind::ServiceChanged => ("🧩", "サービス設定変更"),
        EventKind::ServiceDeleted => ("🧩", "サービス削除"),
        EventKind::ServiceFieldsUpdated => ("🧩", "サービスの項目変更"),
        EventKind::Ping => ("🏓", "接続テスト"),
        EventKind::Worsened => ("🔥", "悪化"),
        EventKind::StateChanged => ("🔔", "状態変化"),
        EventKind::HostStatusChanged => ("🖥️", "ホストの状態変更"),
        EventKind::JobStarted => ("🔧", "ジョブ開始"),
        EventKind::JobSucceeded => ("🔧", "ジョブ成功"),
        EventKind::JobFailed => ("❌", "ジョブ失敗"),
        EventKind::IncidentJobFailed => ("❌", "対応ジョブが失敗"),
        EventKind::JobEnded => ("⚠️", "ジョブ終了"),
        EventKind::Other(_) => ("ℹ️", "その他の通知"),
    }
}

/// Of PagerDuty's responders, tasks and actions, and of Jenkins' jobs.
fn senders_state(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "pending" => "返事待ち",
        "accepted" => "承諾",
        "declined" => "辞退",
        "timed_out" => "時間切れ",
        "todo" => "未着手",
        "in_progress" => "進行中",
        "done" | "complete" | "completed" => "完了",
        "created" => "作成済み",
        "prepared" => "準備完了",
        "sent" => "送信済み",
        "queued" => "待機中",
        "running" => "実行中",
        "aborted" => "中止",
        "error" | "failed" => "失敗",
        "canceled" | "cancelled" => "取り消し",
        "unstable" => "不安定",
        "not_built" => "未実行",
        _ => return None,
    })
}

fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::High => "緊急度 高",
        Urgency::Low => "緊急度 低",
    }
}

fn duration(span: TimeDelta) -> String {
    let name = |unit| match unit {
        'd' => "日",
        'h' => "時間",
        'm' => "分",
        _ => "秒",
    };
    let [(more, first), (less, second)] = units(span);
    match less {
        0 => format!("{more}{}", name(first)),
        _ => format!("{more}{}{less}{}", name(first), name(second)),
    }
}

fn workbook(why: &Unreadable) -> Line {
    match why {
        Unreadable::Misconfigured(fault) => Line::own("設定に誤りがあります: ").foreign(fault),
        Unreadable::Missing { variable, file } => {
            Line::own(format!("{variable} の ")).foreign(file).and(" がありません。場所を直してください")
        }
        Unreadable::File(problem) => Line::default().foreign(problem),
        Unreadable::NotUtf8(file) => {
            Line::default().foreign(file).and(" が UTF-8 ではありません (CSV UTF-8 で保存してください)")
        }
        Unreadable::Address(variable, fault) => match fault {
            AddressFault::Status(status @ (401 | 403 | 404 | 410)) => Line::own(format!(
                "{variable} のアドレスが HTTP {status} を返しました (リンクの期限と、CSV として公開してあるかを確認してください)"
            )),
            AddressFault::Status(status) => Line::own(format!("{variable} のアドレスが HTTP {status} を返しました")),
            AddressFault::NoConnection(why) => {
                Line::own(format!("{variable} のアドレスに接続できません: ")).foreign(why)
            }
            AddressFault::NoAnswer => Line::own(format!("{variable} のアドレスから時間内に応答がありません")),
            AddressFault::Page => Line::own(format!(
                "{variable} のアドレスは CSV ではなくウェブページです (「ファイル」→「共有」→「ウェブに公開」で「カンマ区切り形式 (.csv)」を選んだリンクを設定してください)"
            )),
            AddressFault::TooLong => Line::own(format!("{variable} のアドレスのファイルが大きすぎます (2 MB まで)")),
            AddressFault::Redirects => Line::own(format!("{variable} のアドレスの転送が終わりません")),
        },
        Unreadable::NoAnswer => Line::own("Google から時間内に応答がありません"),
        Unreadable::NoConnection(problem) => Line::own("Google に接続できません: ").foreign(problem),
        Unreadable::Unavailable(status) => Line::own(format!("Google が応答できません (HTTP {status})")),
        Unreadable::NotGoogle => Line::own("Google の API ではない応答が返りました (プロキシを確認してください)"),
        Unreadable::Quota => Line::own("読み取り回数の上限 (1分60回) を超えました"),
        Unreadable::NotFound => Line::own("そのIDのスプレッドシートがありません (GOOGLE_SHEET_ID を確認してください)"),
        Unreadable::NotASpreadsheet => Line::own(
            "Google スプレッドシートではなく Excel ファイル (.xlsx) です (「ファイル」→「Google スプレッドシートとして保存」で作り直し、新しい ID を設定してください)",
        ),
        Unreadable::NotShared(account) => {
            Line::own("シートが共有されていません (").foreign(account).and(" に閲覧者として共有してください)")
        }
        Unreadable::ApiDisabled => {
            Line::own("Google Sheets API が無効です (サービスアカウントのプロジェクトで有効にしてください)")
        }
        Unreadable::NoSuchTab(range) => {
            Line::own("範囲「").foreign(range).and("」がありません (シート名と *_RANGE の設定を確認してください)")
        }
        Unreadable::Scope => {
            Line::own("アクセストークンにスプレッドシートを読む権限 (spreadsheets.readonly) がありません")
        }
        Unreadable::Policy => Line::own(
            "組織のポリシー (VPC Service Controls) が Google Sheets API の利用を止めています (管理者に相談してください)",
        ),
        Unreadable::KeyBroken(why) => Line::own("サービスアカウントの鍵が壊れています (")
            .foreign(why)
            .and(")。ダウンロードした JSON をそのまま設定し直してください"),
        Unreadable::KeyRefused(words) => Line::own("Google がサービスアカウントの鍵を受け付けません (")
            .foreign(words)
            .and(")。鍵が有効か、時計が合っているか確認してください"),
        Unreadable::Refused(words) => Line::own("Google が拒否しました: ").foreign(words),
    }
}

fn rule(decision: &Decision) -> Line {
    Line::own(match decision.reason.rule {
        Rule::KindIsQuiet => "メンションなし: この種類の通知ではメンションしません (MENTION_ON)",
        Rule::WorkingHours => "当番にメンション: 業務時間内です",
        Rule::RotationGap => "代わりの宛先にメンション: 業務時間内ですが、今日の当番が分かりません",
        Rule::MarkedNobody => "代わりの宛先にメンション: 業務時間内ですが、今日は当番なしと書かれています",
        Rule::RotationUnreadable => "代わりの宛先にメンション: 業務時間内ですが、当番表を読めません",
        Rule::WentTo => "新しい担当にメンション: 業務時間内です",
        Rule::WentToStrangers => "メンションなし: 新しい担当は members に載っていません",
        Rule::TookItThemselves => "メンションなし: 本人が自分に割り当てました",
        Rule::OverAlready => "メンションなし: すでに解決しています",
        Rule::OutsideHours if decision.reason.occurred.is_break => {
            "メンションなし: 休憩時間 (BUSINESS_BREAK) に起きました"
        }
        Rule::OutsideHours => "メンションなし: 業務時間外に起きました",
        Rule::PostedTooLate if decision.reason.posted.is_break => {
            "メンションなし: 業務時間内に起きましたが、投稿が遅れて休憩時間 (BUSINESS_BREAK) になりました"
        }
        Rule::PostedTooLate => "メンションなし: 業務時間内に起きましたが、投稿が業務時間後になりました",
        Rule::HeldByNobody if decision.reason.occurred.is_break => {
            "代わりの宛先にメンション: 休憩時間 (BUSINESS_BREAK) で、PagerDuty の担当がダミーユーザーだけです"
        }
        Rule::HeldByNobody => "代わりの宛先にメンション: 業務時間外で、PagerDuty の担当がダミーユーザーだけです",
        Rule::AnotherMentions => {
            "メンションなし: 届いていなかった通知が同時に見つかり、ほかの 1 件でメンションしています"
        }
        Rule::RepeatedBefore => "メンションなし: メンション付きですでに2回投稿されている可能性があります",
    })
}

fn at(moment: &Moment) -> String {
    let what = match &moment.day {
        Day::Working if moment.is_working => "業務時間内".to_owned(),
        Day::Working if moment.is_break => "休憩時間".to_owned(),
        Day::Working => "業務時間外".to_owned(),
        Day::Weekend => "休業日".to_owned(),
        Day::NationalHoliday(name) => format!("祝日: {name}"),
        Day::CompanyHoliday(name) => format!("休業日: {name}"),
    };
    format!("{} {} ({what})", day(moment.local.date_naive()), moment.local.format("%H:%M:%S"))
}

pub(super) fn day(date: NaiveDate) -> String {
    format!("{}/{}({})", date.month(), date.day(), weekday(date))
}

pub(super) fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}
