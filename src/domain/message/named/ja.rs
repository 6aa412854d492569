//! In Japanese.

use crate::domain::incident::EventKind;
use crate::domain::message::Line;
use crate::domain::policy::{Decision, Mention, Rule};

pub fn kind(kind: &EventKind) -> (&'static str, &'static str) {
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
        EventKind::Taken => ("👀", "対応"),
        EventKind::HandedBack => ("👋", "対応から離脱"),
        EventKind::Stays => ("👀", "対応を継続"),
        EventKind::SreCalled => ("📣", "SRE を呼び出し"),
        EventKind::SreNotCalled => ("❌", "SRE を呼べず"),
        EventKind::ShiftEnds => ("⏰", "当番の終了前"),
        EventKind::ShiftOver => ("🌙", "当番が終了"),
        EventKind::IncidentJobFailed => ("❌", "対応ジョブが失敗"),
        EventKind::JobEnded => ("⚠️", "ジョブ終了"),
        EventKind::Other(_) => ("ℹ️", "その他の通知"),
    }
}

/// Of PagerDuty's responders, tasks and actions, of Jenkins' jobs, and of CloudWatch's alarms.
pub fn senders_state(word: &str) -> Option<&'static str> {
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
        "insufficient_data" => "データ不足",
        "muted" => "ミュート中",
        "suppressed" => "アクション抑制中",
        _ => return None,
    })
}

pub fn rule(decision: &Decision) -> Line {
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
        Rule::Drill => match decision.mention {
            Mention::Nobody if decision.reason.has_looked() => "メンションなし: 訓練ですが、今日の当番が分かりません",
            Mention::Nobody => "メンションなし: 訓練です",
            _ => "当番にメンション: 訓練です (toban drill --mention)",
        },
        Rule::OnIt => "対応中の人にメンション: 当番の時間が終わります",
        Rule::SreNotCalled => "代わりの宛先にメンション: チャットから SRE を呼べませんでした",
        Rule::ForTheRecord => "メンションなし: 記録として知らせるだけです",
        Rule::RepeatedBefore => "メンションなし: メンション付きですでに2回投稿されている可能性があります",
    })
}
