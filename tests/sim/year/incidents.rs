//! A thousand incidents of a year, as PagerDuty's webhooks tell of them.

use super::calendar::{at, date, year};
use crate::events::Event;
use crate::sheet::pagerduty_id;
use crate::year::sheet::PEOPLE;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use fastrand::Rng;
use serde_json::json;
use std::time::Duration;

const INCIDENTS: u64 = 1_000;
/// The Mondays of weeks in which nothing happens before Friday.
const QUIET: [&str; 8] =
    ["2026-05-18", "2026-06-15", "2026-07-06", "2026-08-24", "2026-10-05", "2026-11-16", "2027-01-25", "2027-03-08"];
const TITLES: [&str; 8] = [
    "HTTP 5xx が 5% を超えています",
    "ディスク使用率が 90% を超えています",
    "バッチ latency-daily が遅れています",
    "決済 API の応答が 3 秒を超えています <!here>",
    "キューに 12000 件たまっています",
    "メモリ使用率 95% web-14",
    "証明書の期限まで 7 日です",
    "ログイン失敗が増えています @channel",
];

/// What PagerDuty sends, in the order of the times.
pub fn by_chance(mut rng: Rng) -> Vec<(DateTime<Utc>, Event)> {
    let first = year().next().expect("a day");
    let mut all = Vec::new();
    for number in 1..=INCIDENTS {
        let begun = loop {
            let begun = at(first, rng.i64(0..365 * 24 * 60)) + TimeDelta::seconds(rng.i64(0..60));
            if !is_quiet(begun) {
                break begun;
            }
        };
        let title = TITLES[rng.usize(..TITLES.len())];
        let person = (rng.u32(..3) > 0).then(|| pagerduty_id(rng.u32(..PEOPLE)));
        let taken = begun + TimeDelta::seconds(rng.i64(60..900));
        let lasts = if person.is_some() { 900..14_400 } else { 60..600 };
        let ended = begun + TimeDelta::seconds(rng.i64(lasts));
        let mut add = |nth: u32, kind, by, at| all.push((at, event((number, nth), title, kind, by, at)));
        add(1, "triggered", None, begun);
        if person.is_some() {
            add(2, "acknowledged", person, taken);
        }
        if person.is_some() && number.is_multiple_of(3) {
            add(3, "annotated", person, ended - TimeDelta::seconds(1));
        }
        add(4, "resolved", person, ended);
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

/// Whether nothing happens then: from Sunday evening to Thursday.
pub fn is_quiet(time: DateTime<Utc>) -> bool {
    QUIET.into_iter().any(|monday| {
        let monday = at(date(monday), 0);
        (monday - TimeDelta::hours(6)..monday + TimeDelta::days(4)).contains(&time)
    })
}

fn event(
    (number, nth): (u64, u32),
    title: &str,
    kind: &'static str,
    by: Option<&'static str>,
    occurred_at: DateTime<Utc>,
) -> Event {
    let (id, key) = (format!("Q{number:04}"), format!("Q{number:04}/{nth}"));
    let link = format!("https://acme.pagerduty.com/incidents/{id}");
    let agent = by.map(|id| json!({"id": id, "type": "user_reference", "summary": format!("利用者 {id}")}));
    let data = match kind {
        "annotated" => json!({
            "type": "incident_note", "id": key, "content": "再起動して収まりました。<!here>",
            "incident": {"id": id, "type": "incident_reference", "summary": title, "html_url": link},
        }),
        _ => json!({
            "type": "incident", "id": id, "number": 4_000 + number, "title": title, "status": kind, "html_url": link,
            "urgency": "high", "assignees": [], "service": {"id": "PSVC", "summary": "決済"},
        }),
    };
    let body = json!({"event": {
        "id": key, "event_type": format!("incident.{kind}"), "resource_type": "incident", "agent": agent,
        "occurred_at": occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true), "data": data,
    }});
    let (known_as, body) = (Some(key.clone()), body.to_string().into_bytes());
    Event { key, known_as, kind, by, occurred_at, sent_at: Duration::ZERO, assignees: Vec::new(), body }
}
