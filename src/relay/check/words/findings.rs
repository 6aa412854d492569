//! The findings in PagerDuty.

use super::{first_few, plain};
use crate::domain::calendar::Calendar;
use crate::domain::message::{Language, day};
use crate::pagerduty::DayOff;
use crate::pagerduty::health::Finding;
use chrono::{DateTime, Utc};
use reqwest::Url;

/// A finding, to follow the service or the policy that it is about.
pub fn finding(finding: &Finding, relay: Option<&str>, calendar: &Calendar, language: Language) -> String {
    let details = Details::of(finding, relay, calendar, language);
    match language {
        Language::Japanese => in_japanese(finding, &details),
        Language::English => in_english(finding, &details),
    }
}

/// The variable parts of a sentence.
#[derive(Default)]
struct Details {
    /// Ids, events, URLs, times or days.
    list: String,
    id: String,
    relay: String,
}

impl Details {
    fn of(finding: &Finding, relay: Option<&str>, calendar: &Calendar, language: Language) -> Self {
        let list = match finding {
            Finding::Delivers(ids) => ids.iter().map(|id| plain(&id.0)).collect::<Vec<_>>().join(", "),
            Finding::Elsewhere(urls) => {
                first_few(&urls.iter().map(|url| url_shown(url, relay)).collect::<Vec<_>>(), language)
            }
            Finding::VitalMissing(_, events) | Finding::OthersMissing(_, events) => events.join(", "),
            Finding::AlwaysOnCall(until) => moment(*until, calendar, language),
            Finding::NobodyOnCall(gaps) | Finding::OnlyDummyOnCall(gaps) => {
                let span = |(start, end): &(DateTime<Utc>, DateTime<Utc>)| {
                    format!("{} – {}", moment(*start, calendar, language), moment(*end, calendar, language))
                };
                first_few(&gaps.iter().map(span).collect::<Vec<_>>(), language)
            }
            Finding::Held(days) => {
                first_few(&days.iter().map(|day| day_off(day, language)).collect::<Vec<_>>(), language)
            }
            _ => String::new(),
        };
        let id = match finding {
            Finding::Inactive(id)
            | Finding::Disabled(id)
            | Finding::ByBusAndWebhook(id)
            | Finding::VitalMissing(id, _)
            | Finding::OthersMissing(id, _)
            | Finding::Twice(_, id) => plain(&id.0),
            _ => String::new(),
        };
        let relay = relay.unwrap_or(match language {
            Language::Japanese => "末尾が /pagerduty のアドレス",
            Language::English => "a URL that ends in /pagerduty",
        });
        Self { list, id, relay: relay.to_owned() }
    }
}

fn in_japanese(finding: &Finding, Details { list, id, relay }: &Details) -> String {
    match finding {
        Finding::Delivers(_) => format!("Webhook {list} は有効で、必要なイベントがすべて届きます"),
        Finding::NoSubscription => {
            "Webhook がないため、何も届きません。toban pagerduty apply か、PagerDuty の Integrations → Generic Webhooks (v3) \
             で作ってください"
                .into()
        }
        Finding::Elsewhere(_) => format!(
            "Webhook の届け先は {list} で、{relay} ではありません。届け先は変更できないため、新しく作る \
             (toban pagerduty apply) か、正しい --url を指定してください"
        ),
        Finding::Inactive(_) => format!(
            "Webhook {id} は止められています。PagerDuty の Integrations → Generic Webhooks (v3) で有効にしてください"
        ),
        Finding::Disabled(_) => format!(
            "Webhook {id} は、3回続けて届けられなかったため PagerDuty に1日止められています。リレーのログで原因を直してから、\
             PagerDuty の Integrations → Generic Webhooks (v3) で有効にしてください"
        ),
        Finding::VitalMissing(..) => format!(
            "Webhook {id} では {list} が届かず、インシデントを正しく伝えられません。PagerDuty か toban pagerduty apply で追加してください"
        ),
        Finding::OthersMissing(..) => {
            format!("Webhook {id} では {list} が届きません。必要なら PagerDuty か toban pagerduty apply で追加してください")
        }
        Finding::OnlyV2(name) => format!(
            "届くのは v2 の拡張 {name} からだけで、v2 のサポートは終わっています。v3 の Webhook を作り \
             (toban pagerduty apply)、この拡張を無効にしてください"
        ),
        Finding::Twice(name, _) => {
            format!("拡張 {name} と Webhook {id} の両方から届くため、すべて2回投稿されます。PagerDuty で拡張を無効にしてください")
        }
        Finding::ByEventBus => {
            "イベントは EventBridge から受け取ります (EVENTBRIDGE)。PagerDuty の拡張 Amazon EventBridge の設定は、ここからは確認できません".into()
        }
        Finding::ByBusAndWebhook(_) => {
            format!(
                "Webhook {id} から届きます。EventBridge からも受け取る設定 (EVENTBRIDGE) なので、拡張 Amazon EventBridge もあれば、すべて2回投稿されます。\
                 そのときは、PagerDuty でどちらかを削除してください"
            )
        }
        Finding::AlwaysOnCall(_) => format!("{list} まで、常に誰かがオンコールです"),
        Finding::NobodyOnCall(_) => format!(
            "誰もオンコールでない時間があり、その間のアラートはインシデントになりません: {list}。\
             最後の段階に、常にオンコールの人を加えてください"
        ),
        Finding::OnlyDummyOnCall(_) => format!(
            "オンコールがダミーだけの時間があり、その間のアラートは PagerDuty からは誰にも知らされません: {list}。\
             最後の段階に、常にオンコールの人を加えてください"
        ),
        Finding::NoDummy => {
            "IGNORED_ASSIGNEES のユーザーは誰もオンコールにいないため、休日は確認していません (ダミーを使うなら、そこに設定してください)".into()
        }
        Finding::NothingHeld => "30日先まで、休日にダミーがアラートを抱えることはありません".into(),
        Finding::Held(_) => format!(
            "誰も出社しない休日の業務時間に、ダミーがオンコールです: {list}。スケジュールの override で実際の人を入れてください \
             (toban pagerduty apply が作ります)"
        ),
    }
}

fn in_english(finding: &Finding, Details { list, id, relay }: &Details) -> String {
    match finding {
        Finding::Delivers(_) => format!("webhook {list} is on and delivers every event that is needed"),
        Finding::NoSubscription => {
            "it has no webhook, so nothing arrives: create one with toban pagerduty apply, or in PagerDuty (Integrations → \
             Generic Webhooks (v3))"
                .into()
        }
        Finding::Elsewhere(_) => format!(
            "its webhook delivers to {list}, not to {relay}: a URL cannot be changed, so create another webhook (toban \
             pagerduty apply), or give the right --url"
        ),
        Finding::Inactive(_) => {
            format!("webhook {id} is switched off: switch it on in PagerDuty (Integrations → Generic Webhooks (v3))")
        }
        Finding::Disabled(_) => format!(
            "PagerDuty has turned webhook {id} off for a day, after giving up on three deliveries: fix what the relay's log \
             says, then switch it on in PagerDuty (Integrations → Generic Webhooks (v3))"
        ),
        Finding::VitalMissing(..) => format!(
            "webhook {id} does not deliver {list}, and without that an incident is reported wrongly: add it in PagerDuty, or \
             with toban pagerduty apply"
        ),
        Finding::OthersMissing(..) => {
            format!(
                "webhook {id} does not deliver {list}: add what you want in PagerDuty, or all with toban pagerduty apply"
            )
        }
        Finding::OnlyV2(name) => format!(
            "only the v2 extension {name} delivers, and PagerDuty no longer supports v2: create a v3 webhook (toban pagerduty \
             apply), then disable the extension"
        ),
        Finding::Twice(name, _) => format!(
            "extension {name} and webhook {id} both deliver here, so everything is posted twice: disable the extension in \
             PagerDuty"
        ),
        Finding::ByEventBus => {
            "its events are taken from EventBridge (EVENTBRIDGE): whether its extension Amazon EventBridge is on cannot be seen from here".into()
        }
        Finding::ByBusAndWebhook(_) => {
            format!(
                "webhook {id} delivers, and EventBridge may, too (EVENTBRIDGE): if its extension Amazon EventBridge is on, everything is \
                 posted twice; then delete one of the two in PagerDuty"
            )
        }
        Finding::AlwaysOnCall(_) => format!("somebody is on call at every moment until {list}"),
        Finding::NobodyOnCall(_) => format!(
            "nobody is on call at some times, and PagerDuty creates no incident for an alert that comes then: {list}; add \
             somebody who is always on call as the last level"
        ),
        Finding::OnlyDummyOnCall(_) => format!(
            "only the dummy is on call at some times, and PagerDuty notifies nobody of an alert that comes then: {list}; add \
             somebody who is always on call as the last level"
        ),
        Finding::NoDummy => {
            "nobody in IGNORED_ASSIGNEES is on call, so days off are not checked (if there is a dummy, name it there)"
                .into()
        }
        Finding::NothingHeld => "the dummy holds no alert on a day off in the next 30 days".into(),
        Finding::Held(_) => format!(
            "the dummy is on call in working hours of days when nobody is at work: {list}; override the schedule with a \
             real person (toban pagerduty apply does)"
        ),
    }
}

/// In the team's time zone, `Tue Nov 24 11:02`.
fn moment(time: DateTime<Utc>, calendar: &Calendar, language: Language) -> String {
    let local = time.with_timezone(&calendar.zone);
    format!("{} {}", day(local.date_naive(), language), local.format("%H:%M"))
}

fn day_off(one: &DayOff, language: Language) -> String {
    format!("{} {}", day(one.date, language), plain(&one.name))
}

/// A webhook's URL without its query. On a host other than the relay's only the host is shown: another receiver's URL may
/// be its secret.
fn url_shown(url: &str, relay: Option<&str>) -> String {
    let Ok(url) = Url::parse(url) else {
        return "?".into();
    };
    let host = url.host_str().unwrap_or("?");
    let is_relays = relay.and_then(|relay| Url::parse(relay).ok()).is_some_and(|relay| relay.host_str() == Some(host));
    let path = if is_relays { url.path() } else { "/…" };
    format!("{}://{host}{path}", url.scheme())
}
