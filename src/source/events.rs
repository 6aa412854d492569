//! `POST /events`: a small JSON of our own, for Nagios commands, cron jobs, anything that can run `curl`.
//!
//! The shape is `docs/events.schema.json`; the reader takes more than that. A body may also be a form, as
//! `curl --data-urlencode` makes one: a shell script then needs no JSON, whatever is in its texts.

mod form;

use super::scalar::Scalar;
use super::unread::{arrival, digest, key_part, short_digest};
use super::wire::object;
use super::{Access, LARGEST_BODY, Source};
use crate::domain::incident::{
    Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Origin, OtherSource, Urgency,
};
use crate::domain::text::Foreign;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;

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

/// Reads a body into its one event.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    let parsed = match form::pairs(body) {
        Some(_) if body.len() > LARGEST_BODY => return Err(Illegible::TooLarge),
        Some(pairs) => Body::from_form(pairs),
        None => object(body)?,
    };
    Ok(vec![parsed.event(body, now).ok_or(Illegible::Shape)?])
}

/// Whether a body that cannot be read has `status` in it and, next to that, a word for trouble.
pub(super) fn reports_trouble(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(LARGEST_BODY)]).to_ascii_lowercase();
    text.match_indices("status").any(|(at, word)| {
        let rest = text[at + word.len()..].trim_start_matches(|c: char| c.is_whitespace() || "\"'=:\\".contains(c));
        let word: String = rest.chars().take_while(char::is_ascii_alphabetic).take(20).collect();
        kind(&word) == Some(EventKind::Triggered)
    })
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

    /// The event, if it has a key and a status.
    fn event(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let key = self.key.text()?;
        let status = self.status.text()?.to_ascii_lowercase();
        let kind = match kind(&status) {
            Some(kind) => kind,
            None => EventKind::Other(Foreign::line(&status)?),
        };
        let id = short_digest(key).to_ascii_uppercase();
        let at = self.at.moment(now);
        // A repeat is the same alert in the same state at the same time. Without a time, the ledger knows what was told last.
        let name = match at {
            Some(at) => format!("{id}:{}:{}", key_part(&status), at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => format!("{id}:{}:{}", key_part(&status), arrival(body, now)),
        };
        let mut lines = self.title.lines().into_iter();
        let title = lines.next().or_else(|| Foreign::line(key));
        Some(IncidentEvent {
            incident: Incident {
                id: Some(IncidentId::of(TAG, &id)),
                title,
                service: self.service.line(),
                urgency: urgency(self.urgency.text().unwrap_or(&status)),
                link: self.url.link(),
                ..Incident::default()
            },
            details: Details { quote: lines.collect(), ..Details::default() },
            untimed: at.is_none().then(|| digest(body).into()),
            ..IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, at.unwrap_or(now))
        })
    }
}

/// What a status means: ours, Nagios' types of notification and states, and what else people write.
fn kind(status: &str) -> Option<EventKind> {
    Some(match status {
        "triggered" | "trigger" | "problem" | "critical" | "warning" | "unknown" | "down" | "unreachable"
        | "firing" | "alerting" | "error" | "failed" | "failure" => EventKind::Triggered,
        "acknowledged" | "acknowledge" | "acknowledgement" | "ack" => EventKind::Acknowledged,
        "resolved" | "resolve" | "recovery" | "recovered" | "ok" | "up" | "success" => EventKind::Resolved,
        _ => return None,
    })
}

fn urgency(word: &str) -> Option<Urgency> {
    match word.to_ascii_lowercase().as_str() {
        "high" | "critical" | "down" | "unreachable" | "error" | "failed" | "failure" => Some(Urgency::High),
        "low" | "warning" | "unknown" => Some(Urgency::Low),
        _ => None,
    }
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
            (r#"{"key": "a", "status": "OK", "title": "the "root" disk"}"#, false),
            (r#"{"key": "a", "title": "critical "x""}"#, false),
            ("status", false),
            ("", false),
        ] {
            assert_eq!(reports_trouble(body.as_bytes()), expected, "{body}");
        }
    }
}
