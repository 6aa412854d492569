//! Japanese.

use super::watch::Webhook;
use super::words::{Words, units};
use super::{Line, Notice};
use crate::domain::calendar::{Day, Moment};
use crate::domain::incident::{Closing, Illegible, State, Urgency};
use crate::domain::reminder::Reminder;
use crate::domain::rotation::Coverage;
use crate::domain::unreadable::{AddressFault, Unreadable};
use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};

pub(super) static WORDS: Words = Words {
    kind: super::named::ja::kind,
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
        Closing::DataAreBack => "データの受信再開後に正常",
    },
    urgency,
    senders_state: super::named::ja::senders_state,
    none: "なし",
    merged: ("「", "」に統合"),
    checked: |number| format!("🔎 toban の朝の点検: 直すところが{number}件あります。"),
    more_checked: |more| format!("… ほか{more}件。すべては `toban check` で分かります。"),
    partly_checked: "⏳ 時間内に応答がなく、調べきれていないものがあります。`toban check` で確認してください。",
    open: "開く",
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
    service_level: super::service_level::ja::sentence,
    marker_fault: super::service_level::ja::fault,
    did: super::acts::ja::did,
    exercise: &super::exercise::ja::WORDS,
    weekly: &super::weekly::ja::WORDS,
    duty: &super::duty::ja::WORDS,
    seen: &super::seen::ja::WORDS,
    history: &super::history::ja::WORDS,
    turns: &super::turns::ja::WORDS,
    not_kept: (
        "⚠️ toban は届いた通知を保存できません",
        "。直るまで受け取らず、PagerDuty には 48 時間まで送り直してもらいます。",
    ),
    free_the_disk: "toban のマシンのディスクの空きと、STATE_FILE の書き込み権限を確認してください。",
    kept_again: "✅ toban は届いた通知を保存できるようになりました。断っていた分は、送り直されて届きます。",
    oneself: "自分",
    join: "参加",
    details: "詳細",
    runbook: "手順書",
    meaning: "意味: ",
    press: super::answer::ja::press,
    confirm: super::answer::ja::confirm,
    ours: super::ours::ja::line,
    sre_at: super::ours::ja::sre_at,
    escalation: super::answer::ja::escalation,
    unnoted: super::answer::ja::UNNOTED,
    nothing_done: super::answer::ja::nothing_done,
    sre_has_it: super::answer::ja::sre_has_it,
    workaround: "手順: ",
    gap: "⚠️ 今日の当番にメンションできないため、代わりの宛先に知らせています: ",
    finding: super::findings::ja::finding,
    rotation_unreadable: "⚠️ 当番表を読めないため、代わりの宛先に知らせています: ",
    workbook,
    held_by_nobody: "⚠️ 時間外ですが、PagerDuty の担当がダミーユーザーのままです。誰にも連絡が行っていません。",
    over_already: "✅ すでに解決しています。この通知は遅れて届きました。",
    drill: "🧪 これは訓練です。何もする必要はありません。",
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
    rule: super::named::ja::rule,
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
