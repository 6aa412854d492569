//! In Japanese.

use super::with_details;
use crate::domain::message::Language;
use crate::pagerduty::error::line;
use crate::pagerduty::provision::apply::Done;
use crate::pagerduty::provision::compare::{self, Difference};
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::{Desired, FirstResponse};
use crate::pagerduty::provision::plan::{DayOff, Kept, Remark, Step};
use crate::pagerduty::provision::values::{end_of_day, hours, moment, rules, seconds};
use crate::pagerduty::state::{Name, UNFINISHED};

const JAPANESE: Language = Language::Japanese;

pub(super) fn heading(desired: &Desired, current: &Current, base_url: &str) -> String {
    let minutes = desired.delay_minutes;
    let (now, other) = match desired.first_response {
        FirstResponse::Alongside => (
            "業務時間内は、開発者と同時に SRE にも連絡します".to_owned(),
            format!("\"{}\" では、{minutes} 分後に SRE に連絡します", FirstResponse::DevelopersFirst.name()),
        ),
        FirstResponse::DevelopersFirst => (
            format!("業務時間内は、{minutes} 分の間に誰も対応しなければ SRE に連絡します"),
            format!("\"{}\" では、すぐに SRE にも連絡します", FirstResponse::Alongside.name()),
        ),
    };
    format!(
        "{base_url}、サービス {}\nfirst_response = \"{}\": {now} (もう一方の {other})",
        current.service.name,
        desired.first_response.name()
    )
}

pub(super) fn step(step: &Step, desired: &Desired, current: &Current) -> String {
    let zone = desired.calendar.zone.name();
    let dummy = compare::dummy_name(desired, current);
    let schedule = Name::new(&desired.schedule);
    let policy = Name::new(&desired.policy);
    let changed = |what: &str, differences: &[Difference]| {
        with_details(format!("~ 変更 {what}"), differences.iter().map(|one| difference(one, desired)))
    };
    match step {
        Step::Leave(kept) => format!("= そのまま {}", kept_as(*kept, desired, current)),
        Step::CreateUser => format!(
            "+ 作成 ユーザー {dummy} <{}>: limited_user、{zone}。PagerDuty が招待のメールを送ります",
            desired.dummy_email.as_str()
        ),
        Step::CreateSchedule => {
            let hours = hours(&compare::restrictions(desired), JAPANESE);
            format!("+ 作成 スケジュール {schedule}: {dummy}、{hours} {zone}")
        }
        Step::ChangeSchedule(differences) => changed(&format!("スケジュール {schedule}"), differences),
        Step::CreateOverrides(days) => {
            let person = &current.on_holidays.name;
            let text = format!("+ 作成 スケジュールの上書き: 休日 {} 日に {person}", days.len());
            with_details(text, days.iter().map(|day| day_off(day, desired)))
        }
        Step::CreatePolicy => {
            let wanted = compare::rules(desired, compare::schedule_target(desired, None), &current.sre);
            format!("+ 作成 エスカレーションポリシー {policy}: {}", rules(&wanted, JAPANESE))
        }
        Step::ChangePolicy(differences) => changed(&format!("エスカレーションポリシー {policy}"), differences),
        Step::CreateSubscription => {
            format!("+ 作成 {} への Webhook の購読。署名の鍵は一度だけ表示します", desired.relay_url)
        }
        Step::ChangeSubscription { id, differences, .. } => {
            changed(&format!("{} への Webhook の購読 {id}", desired.relay_url), differences)
        }
        Step::EnableSubscription(id) => {
            format!("~ 再開 Webhook の購読 {id}: PagerDuty が、3 件の送信をあきらめて 1 日止めています")
        }
        Step::ChangeService(differences) => changed(&format!("サービス {}", current.service.name), differences),
    }
}

fn difference(difference: &Difference, desired: &Desired) -> String {
    match difference {
        Difference::Zone { before, after } => format!("タイムゾーン: {before} → {after}"),
        Difference::NoLayer { after } => format!("有効なレイヤー: なし → {}", hours(after, JAPANESE)),
        Difference::OnCall { before, after } => format!("オンコール: {} → {after}", before.join("、")),
        Difference::Hours { before, after } => {
            format!("時間: {} → {}", hours(before, JAPANESE), hours(after, JAPANESE))
        }
        Difference::Turns { before, after } => {
            format!("交代の間隔: {} → {}", seconds(*before, JAPANESE), seconds(*after, JAPANESE))
        }
        Difference::LayerEnds(end) => format!("レイヤーの終わり: {} → なし", moment(*end, desired, JAPANESE)),
        Difference::Levels { before, after } => {
            format!("段階: {} → {}", rules(before, JAPANESE), rules(after, JAPANESE))
        }
        Difference::Events { there, missing, wanted } => {
            format!("イベント: {there} 種類 ({} がない) → {wanted} 種類", missing.join("、"))
        }
        Difference::Inactive => "状態: 停止 → 有効".into(),
        Difference::Unfinished => format!("説明: {} → {}", Name::new(UNFINISHED), Name::new(compare::OURS)),
        Difference::Policy { before, after } => format!("エスカレーションポリシー: {before} → {after}"),
    }
}

fn kept_as(kept: Kept, desired: &Desired, current: &Current) -> String {
    match kept {
        Kept::User => {
            let id = current.dummy.as_ref().map(|dummy| dummy.id.to_string()).unwrap_or_default();
            format!("ユーザー {} ({id})", compare::dummy_name(desired, current))
        }
        Kept::Schedule => format!("スケジュール {}", Name::new(&desired.schedule)),
        Kept::Overrides(days) => format!("スケジュールの上書き: 休日 {days} 日に実際の人"),
        Kept::Policy => format!("エスカレーションポリシー {}", Name::new(&desired.policy)),
        Kept::Subscription => format!("{} への Webhook の購読", desired.relay_url),
        Kept::Service => format!("サービス {}", current.service.name),
    }
}

pub(super) fn remark(remark: &Remark, desired: &Desired) -> String {
    match remark {
        Remark::DummyIsCalled(name) => format!(
            "アドレスが {} のユーザーの名前は、{} ではなく {name} です。人であれば dummy_email を直してください。toban \
             はどのユーザーも変更しません",
            desired.dummy_email.as_str(),
            Name::new(&desired.dummy_name)
        ),
        Remark::OtherLayer(name) => format!(
            "スケジュールに、ほかのレイヤー {name} があります。toban は変更しません。要らなければ PagerDuty で終わらせてください"
        ),
        Remark::PolicyIsShared(names) => {
            let names: Vec<_> = names.iter().map(Name::to_string).collect();
            format!("エスカレーションポリシーの変更は、{} にも及びます", names.join("、"))
        }
        Remark::SreHasGaps(gaps) => {
            let (start, end) = gaps.first().copied().unwrap_or_default();
            format!(
                "これから 1 週間に、SRE のスケジュールで誰もオンコールでない時間が {} 回あります。最初は {} から {} までです。\
                 ポリシーの誰もオンコールでない間のアラートからは、PagerDuty がインシデントを作りません",
                gaps.len(),
                moment(start, desired, JAPANESE),
                moment(end, desired, JAPANESE)
            )
        }
        Remark::OtherUrl(id, url) => format!(
            "Webhook の購読 {id} は {} という名前で、{} に送っています。URL は変更できません。要らなくなったら PagerDuty \
             で削除してください",
            Name::new(compare::OURS),
            line(url)
        ),
        Remark::Duplicate(id) => {
            format!("Webhook の購読 {id} からも toban に届きます。どちらかを PagerDuty で削除してください")
        }
        Remark::Unfinished(id) => format!(
            "Webhook の購読 {id} からは一度も届いていません。前回の適用が、署名の鍵を渡す前に止まったためです。PagerDuty \
             で削除してください"
        ),
        Remark::Extension(name) => format!(
            "拡張 {name} からも toban に届くため、すべてのイベントが 2 度投稿されます。購読が動くことを確かめてから、PagerDuty \
             で無効にしてください"
        ),
    }
}

pub(super) fn done(done: &Done, desired: &Desired, current: &Current) -> String {
    let schedule = Name::new(&desired.schedule);
    let policy = Name::new(&desired.policy);
    match done {
        Done::User(user) => format!("ユーザー {} を作成しました ({})", user.name, user.id),
        Done::Schedule(id) => format!("スケジュール {schedule} を作成しました ({id})"),
        Done::ScheduleChanged => format!("スケジュール {schedule} を変更しました"),
        Done::Overrides(count) => format!("スケジュールの上書きを {count} 件作成しました"),
        Done::Policy(id) => format!("エスカレーションポリシー {policy} を作成しました ({id})"),
        Done::PolicyChanged => format!("エスカレーションポリシー {policy} を変更しました"),
        Done::Subscription(id) => format!("{} への Webhook の購読を作成しました ({id})", desired.relay_url),
        Done::SubscriptionChanged => "Webhook の購読を変更しました".into(),
        Done::SubscriptionEnabled => "Webhook の購読を再開しました".into(),
        Done::Service => {
            format!("サービス {} のエスカレーションポリシーを {policy} にしました", current.service.name)
        }
    }
}

fn day_off(day: &DayOff, desired: &Desired) -> String {
    let name = if day.name.is_empty() { "会社の休業日".to_owned() } else { line(&day.name) };
    format!("{}-{} {name}", moment(day.start, desired, JAPANESE), end_of_day(day.end, desired))
}
