//! `POST /events`: a small JSON of our own, for Nagios commands, cron jobs, anything that can run `curl`.
//!
//! The shape is `docs/events.schema.json`; the reader takes more than that. A body may also be a form, as
//! `curl --data-urlencode` makes one: a shell script then needs no JSON, whatever is in its texts. And it may be of PagerDuty's
//! Events API v2, which many programs can send.

mod form;
mod members;
mod routing_key;
mod v2;
mod words;

use super::scalar::Scalar;
use super::unread::{arrival, digest, key_part, short_digest};
use super::wire::object;
use super::{Access, LARGEST_BODY, Source};
use crate::domain::incident::{
    Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Origin, OtherSource, Urgency,
};
use crate::domain::service_level::{Observed, ServiceLevel};
use crate::domain::text::Foreign;
use chrono::{DateTime, SecondsFormat, Utc};
pub(super) use routing_key::{blanked, routing_key, without_routing_key};
use serde::Deserialize;
pub(super) use v2::receipt;
pub(super) use words::urgency;
use words::{Meaning, is_without_data, meaning};

const TAG: &str = "EV";

pub(super) static SOURCE: Source = Source {
    origin: Origin::Other(&OtherSource {
        name: "events",
        label: "/events",
        tag: Some(TAG),
        has_whole_texts: false,
        is_a_script: true,
        begins_once: false,
    }),
    sends: "What is posted to /events",
    access: Access::Token { tokens: "EVENTS_TOKENS", who: "a script of yours", url: "the script's URL" },
    delivery_id: None,
    read,
    reports_trouble,
};

/// What a sender may write, all of it as text or as numbers.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    key: Scalar,
    status: Scalar,
    title: Scalar,
    service: Scalar,
    url: Scalar,
    urgency: Scalar,
    at: Scalar,
}

/// Reads a body into its one event; none if it says again what was told before.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    if let Some(event) = v2::read(body, now) {
        return Ok(vec![event?]);
    }
    let parsed = match form::pairs(body) {
        Some(_) if body.len() > LARGEST_BODY => return Err(Illegible::TooLarge),
        Some(pairs) => Body::from_form(pairs),
        None => object(body)?,
    };
    Ok(parsed.event(body, now).ok_or(Illegible::Shape)?.into_iter().collect())
}

/// Whether a body that cannot be read has `status` or `event_action` in it and, next to that, a word for trouble.
pub(super) fn reports_trouble(body: &[u8]) -> bool {
    // A body within a text of JSON has its quotation marks escaped.
    let text = String::from_utf8_lossy(&body[..body.len().min(LARGEST_BODY)]).replace("\\\"", "\"");
    let lower = text.to_ascii_lowercase();
    ["status", "event_action"].into_iter().flat_map(|name| lower.match_indices(name)).any(|(at, name)| {
        let after = &text[at + name.len()..];
        let value = after.trim_start_matches(|c: char| c.is_whitespace() || "\"'=:：＝".contains(c));
        value.len() < after.len() && is_trouble(value)
    })
}

/// Whether a text begins with a word for trouble, written as it is in JSON, a form or a line of plain text.
fn is_trouble(text: &str) -> bool {
    const LONGEST: usize = 100;
    let value: String = text.chars().take_while(|c| !"\"',&;{}<>\r\n".contains(*c)).take(LONGEST).collect();
    let value = match serde_json::from_str::<String>(&format!("\"{value}\"")) {
        Ok(unescaped) if value.contains("\\u") => unescaped,
        _ => form_urlencoded::parse(value.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default(),
    };
    let word: String = value.chars().take_while(|c| c.is_alphanumeric()).collect();
    // A number after which more follows is a part of something else: `200`, `1.5`.
    let meant = meaning(&value).or_else(|| meaning(&word).filter(|_| word.contains(char::is_alphabetic)));
    matches!(meant, Some(Meaning::Trouble(_)))
}

impl Body {
    fn from_form(pairs: Vec<(String, String)>) -> Self {
        let mut body = Self::default();
        for (name, value) in pairs {
            let field = match name.as_str() {
                "key" => &mut body.key,
                "status" => &mut body.status,
                "title" => &mut body.title,
                "service" => &mut body.service,
                "url" => &mut body.url,
                "urgency" => &mut body.urgency,
                "at" => &mut body.at,
                _ => continue,
            };
            *field = value.into();
        }
        body
    }

    /// The event: `Some(None)` if it only says again what was told, `None` without a key or a status.
    fn event(&self, body: &[u8], now: DateTime<Utc>) -> Option<Option<IncidentEvent>> {
        let key = self.key.text()?;
        let status = self.status.text()?.to_ascii_lowercase();
        let shown = Foreign::line(&status)?;
        let meaning = meaning(&status);
        let urgency = self.urgency.text().map_or_else(|| meaning?.urgency(), urgency);
        let kind = match meaning {
            Some(Meaning::Again) => return Some(None),
            Some(Meaning::Trouble(_)) => EventKind::Triggered,
            Some(Meaning::Taken) => EventKind::Acknowledged,
            Some(Meaning::Over) => EventKind::Resolved,
            // Whoever says that it is urgent is believed, whatever the word means.
            None if urgency == Some(Urgency::High) => EventKind::Triggered,
            Some(Meaning::Notice) | None => EventKind::Other(shown.clone()),
        };
        let id = short_digest(key).to_ascii_uppercase();
        let at = self.at.moment(now);
        // A repeat is the same alert in the same state at the same time. Without a time, the ledger knows what was told last.
        let name = match at {
            Some(at) => format!("{id}:{}:{}", key_part(&status), at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => format!("{id}:{}:{}", key_part(&status), arrival(body, now)),
        };
        let mut lines = self.title.lines();
        let service_level = ServiceLevel::take_from(&mut lines, observed(&status));
        let mut lines = lines.into_iter();
        let title = lines.next().or_else(|| Foreign::line(key));
        let unknown_word = (meaning.is_none() && kind == EventKind::Triggered).then(|| Box::new(shown));
        Some(Some(IncidentEvent {
            incident: Incident {
                id: Some(IncidentId::of(TAG, &id)),
                title,
                service: self.service.line(),
                urgency,
                link: self.url.link(),
                ..Incident::default()
            },
            details: Details { quote: lines.collect(), unknown_word, service_level, ..Details::default() },
            untimed: at.is_none().then(|| digest(body).into()),
            ..IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, at.unwrap_or(now))
        }))
    }
}

/// What a status says of a burn rate.
fn observed(status: &str) -> Observed {
    if is_without_data(status) { Observed::NoData } else { Observed::Threshold }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_seen_in_a_body_that_cannot_be_read() {
        for (body, expected) in [
            (r#"{"key": "a", "status": "CRITICAL", "title": "the "root" disk"}"#, true),
            (r#"{"status":"problem""#, true),
            ("{'status': 'down'}", true),
            ("status=critical", true),
            ("status: CRITICAL since 11:02", true),
            (r#"{"status": "No Data", "title": "the "root" disk"}"#, true),
            (r#"{"text": "{\"status\": \"ALARM\""#, true),
            (r#"{"status": "異常", "title": "the "root" disk"}"#, true),
            (r#"{"status": "\u7570\u5e38", "title": "the "root" disk"}"#, true),
            ("状態 status：ｴﾗｰ", true),
            ("status=%E7%95%B0%E5%B8%B8&title=\u{FFFD}", true),
            ("status=no+data&title=\u{FFFD}", true),
            (r#"{"status": 1, "title": "the "root" disk"}"#, true),
            (r#"{"status": "復旧", "title": "the "root" disk"}"#, false),
            (r#"{"status_code": "1", "title": "the "root" disk"}"#, false),
            ("status: 1.5 of 2", false),
            ("status: renotify", false),
            (r#"{"event_action":"trigger","payload":{"summary":"the "root" disk"}}"#, true),
            (r#"{"event_action":"resolve","payload":{"summary":"the "root" disk"}}"#, false),
            (r#"{"key": "a", "status": "OK", "title": "the "root" disk"}"#, false),
            (r#"{"key": "a", "title": "critical "x""}"#, false),
            ("status", false),
            ("", false),
        ] {
            assert_eq!(reports_trouble(body.as_bytes()), expected, "{body}");
        }
    }
}
