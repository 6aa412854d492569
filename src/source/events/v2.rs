//! The shape of PagerDuty's Events API v2 (<https://developer.pagerduty.com/docs/send-alert-event>), for senders whose URL of
//! PagerDuty can be changed, such as Alertmanager.
//!
//! As at PagerDuty, what is triggered again while it is open is no news: see [`Details::is_said_again`].

use super::members::Members;
use super::words::urgency;
use super::{SOURCE, TAG};
use crate::domain::incident::{Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Urgency};
use crate::domain::service_level::{Observed, ServiceLevel};
use crate::domain::text::Foreign;
use crate::net::lenient::{Lenient, List};
use crate::source::scalar::{EMPTY, Plain, Scalar, comparable};
use crate::source::unread::{arrival, digest, short_digest};
use crate::source::wire::object_text;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// So many lines of the details are kept.
const MOST_LINES: usize = 100;
/// So deep are objects read within the details.
const DEEPEST: usize = 4;

#[derive(Deserialize)]
struct Body<'a> {
    event_action: Option<Scalar>,
    #[serde(default)]
    dedup_key: Scalar,
    #[serde(borrow, default)]
    payload: Lenient<Payload<'a>>,
    #[serde(default)]
    links: List<Page>,
    #[serde(default)]
    client: Scalar,
    #[serde(default)]
    client_url: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload<'a> {
    summary: Scalar,
    source: Scalar,
    severity: Scalar,
    timestamp: Scalar,
    component: Scalar,
    group: Scalar,
    class: Scalar,
    #[serde(borrow)]
    custom_details: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Page {
    href: Scalar,
    text: Scalar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Trigger,
    Acknowledge,
    Resolve,
}

impl Action {
    fn named(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "trigger" => Some(Self::Trigger),
            "acknowledge" => Some(Self::Acknowledge),
            "resolve" => Some(Self::Resolve),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
        }
    }
}

/// The event of a body. `None` if it is not of this shape, which has an `event_action`.
pub(super) fn read(body: &[u8], now: DateTime<Utc>) -> Option<Result<IncidentEvent, Illegible>> {
    let text = object_text(body).ok()?;
    let parsed: Body<'_> = serde_json::from_str(&text).ok()?;
    let action = parsed.event_action.as_ref()?;
    let action = action.text().and_then(Action::named);
    Some(action.and_then(|action| parsed.event(action, body, now)).ok_or(Illegible::Shape))
}

/// What PagerDuty answers: senders may keep the key, which is made here if they send none.
pub(in crate::source) fn receipt(body: &[u8], now: DateTime<Utc>) -> Option<String> {
    let text = object_text(body).ok()?;
    let parsed: Body<'_> = serde_json::from_str(&text).ok()?;
    parsed.event_action.as_ref()?;
    let key = parsed.key(body, now);
    let answer = serde_json::json!({"status": "success", "message": "Event processed", "dedup_key": key});
    Some(answer.to_string())
}

impl Body<'_> {
    /// The sender's key, or one that no other event has.
    fn key(&self, body: &[u8], now: DateTime<Utc>) -> Cow<'_, str> {
        match self.dedup_key.text() {
            Some(key) => key.into(),
            None => short_digest(&arrival(body, now)).into(),
        }
    }

    /// `None` if it acknowledges or resolves what it does not name.
    fn event(&self, action: Action, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        if action != Action::Trigger {
            self.dedup_key.text()?;
        }
        let nothing = Payload::default();
        let payload = self.payload.as_ref().unwrap_or(&nothing);
        let key = self.key(body, now);
        let id = short_digest(&key).to_ascii_uppercase();
        let mut summary = payload.summary.lines().into_iter();
        let title = summary.next();
        let urgency = urgency_of(&payload.severity);
        let kind = match action {
            Action::Trigger => EventKind::Triggered,
            Action::Acknowledge => EventKind::Acknowledged,
            Action::Resolve => EventKind::Resolved,
        };
        // What makes one of these news while the incident is open; details differ each time.
        let news = format!("{}\n{key}\n{:?}\n{urgency:?}", action.name(), title.as_ref().map(Foreign::as_str));
        let mut said: Vec<_> = summary.chain(self.about(payload)).collect();
        let service_level = ServiceLevel::take_from(&mut said, Observed::Threshold);
        let mut details = Details { is_said_again: action == Action::Trigger, service_level, ..Details::default() };
        if action == Action::Trigger {
            details.quote = said;
            details.quote_is_cut = details.quote.len() > MOST_LINES;
            details.quote.truncate(MOST_LINES);
        }
        let page = || self.links.items.iter().find_map(|page| page.href.link());
        let name = format!("{id}:{}:{}", action.name(), arrival(body, now));
        Some(IncidentEvent {
            incident: Incident {
                id: Some(IncidentId::of(TAG, &id)),
                title: title.or_else(|| Foreign::line(&key).filter(|_| action == Action::Trigger)),
                service: self.service(payload),
                urgency,
                link: self.client_url.link().or_else(page),
                created_at: payload.timestamp.moment(now).filter(|at| action == Action::Trigger && *at <= now),
                ..Incident::default()
            },
            details,
            // PagerDuty does not go by the time of the payload either: the same one may come with each event of an incident.
            untimed: Some(digest(news.as_bytes()).into()),
            ..IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, now)
        })
    }

    /// Where it is: the part of a system, or else the system.
    fn service(&self, payload: &Payload<'_>) -> Option<Foreign> {
        let is_client = |name: &Foreign| self.client.line().as_ref() == Some(name);
        let names = [&payload.component, &payload.group, &payload.source].into_iter().filter_map(Scalar::line);
        names.into_iter().find(|name| !is_client(name))
    }

    /// What it says besides, line by line.
    fn about(&self, payload: &Payload<'_>) -> Vec<Foreign> {
        let service = self.service(payload);
        let named = [
            ("source", &payload.source),
            ("component", &payload.component),
            ("group", &payload.group),
            ("class", &payload.class),
        ];
        let is_new = |value: &Foreign| Some(value) != service.as_ref() && Some(value) != self.client.line().as_ref();
        let parts = named.into_iter().filter_map(|(name, value)| {
            let value = value.line().filter(is_new)?;
            Some(format!("{name}: {value}"))
        });
        let parts = Foreign::line(&parts.collect::<Vec<_>>().join(" · "));
        let mut lines: Vec<_> = parts.into_iter().collect();
        lines.extend(payload.custom_details.map(detailed).unwrap_or_default());
        let page = self.client_url.link();
        lines.extend(self.links.items.iter().filter_map(|link| {
            let href = link.href.link().filter(|href| Some(href) != page.as_ref())?;
            let href = href.as_str();
            Foreign::line(&link.text.line().map_or_else(|| href.to_owned(), |text| format!("{text}: {href}")))
        }));
        lines
    }
}

/// As PagerDuty's dynamic urgency takes it.
fn urgency_of(severity: &Scalar) -> Option<Urgency> {
    let word = severity.text()?;
    if comparable(word) == "info" { Some(Urgency::Low) } else { urgency(word) }
}

/// The details as people would write them: a line for each member, and below it those of its text that are more.
fn detailed(details: &RawValue) -> Vec<Foreign> {
    let mut lines = Vec::new();
    collect(&mut lines, "", details, 0);
    lines
}

fn collect(lines: &mut Vec<Foreign>, name: &str, value: &RawValue, depth: usize) {
    if lines.len() > MOST_LINES {
        return;
    }
    let json = value.get();
    if json.starts_with('{')
        && depth < DEEPEST
        && let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(json)
    {
        for (inner, value) in members {
            let inner = if name.is_empty() { inner } else { format!("{name}.{inner}").into() };
            collect(lines, &inner, value, depth + 1);
        }
        return;
    }
    let scalar: Scalar = serde_json::from_str(json).unwrap_or_default();
    let mut text = scalar.lines();
    if text.is_empty() {
        // Of a list the first items; nothing of what is empty.
        let plain = serde_json::from_str::<Plain>(json).ok().and_then(|plain| plain.0);
        text.extend(plain.filter(|plain| plain.as_str() != EMPTY));
    }
    let more = MOST_LINES + 1 - lines.len();
    let mut text = text.into_iter().take(more);
    let first = text
        .next()
        .and_then(|first| if name.is_empty() { Some(first) } else { Foreign::line(&format!("{name}: {first}")) });
    lines.extend(first);
    lines.extend(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(json: &str) -> Vec<String> {
        let details: &RawValue = serde_json::from_str(json).expect("JSON");
        detailed(details).iter().map(|line| line.as_str().to_owned()).collect()
    }

    #[test]
    fn details_are_lines_in_their_order_and_not_too_many() {
        for (json, expected) in [
            (r#"{"z": 1, "a": "x\ny"}"#, vec!["z: 1", "a: x", "y"]),
            (r#"{"a": {"b": {"c": true}}, "d": [1, "two", {"e": 3}]}"#, vec!["a.b.c: true", r#"d: 1, two, {"e": 3}"#]),
            (r#"{"a": {"b": {"c": {"d": {"e": 1}}}}}"#, vec![r#"a.b.c.d: {"e": 1}"#]),
            (r#"{"a": "", "b": null, "c": {}, "d": []}"#, vec![]),
            (r#""one\ntwo""#, vec!["one", "two"]),
            ("7", vec!["7"]),
            ("null", vec![]),
        ] {
            assert_eq!(details(json), expected, "{json}");
        }
        let members: Vec<_> = (0..5_000).map(|nth| format!("\"{nth}\": {nth}")).collect();
        let whole = details(&format!("{{{}}}", members.join(", ")));
        assert_eq!((whole.len(), whole[100].as_str()), (101, "100: 100"), "one more shows that it is cut");
        assert_eq!(details(&format!("\"{}\"", "x\\n".repeat(5_000))).len(), 100, "no text has more lines");
    }

    #[test]
    fn a_severity_is_an_urgency() {
        for (severity, expected) in [
            ("critical", Some(Urgency::High)),
            ("Error", Some(Urgency::High)),
            ("warning", Some(Urgency::Low)),
            ("info", Some(Urgency::Low)),
            ("page", None),
            ("", None),
        ] {
            assert_eq!(urgency_of(&severity.to_owned().into()), expected, "{severity}");
        }
    }
}
