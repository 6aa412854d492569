//! Jenkins' Notification plugin: <https://plugins.jenkins.io/notification/>.
//!
//! A build tells of itself when it is queued, started, completed and finalized. The last two are one end: which of them
//! comes, or both, is a setting of the endpoint. Null fields are left out; the status says nothing before the end.

mod reference;

use super::unread::{digest_key, illegible, unknown_kind};
use super::wire::{lenient, line_of, link_of, moment, number_of, object, text_of};
use crate::domain::incident::{Details, EventKey, EventKind, Illegible, Incident, IncidentEvent, Origin, OwnKey};
use crate::domain::text::Foreign;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The parameter that names the incident for which a job was started.
const INCIDENT: &str = "INCIDENT";
/// Parameters that are shown.
const MOST: usize = 10;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    name: Option<Value>,
    #[serde(default)]
    display_name: Option<Value>,
    #[serde(default)]
    url: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    build: Option<Build>,
}

#[derive(Deserialize)]
struct Build {
    #[serde(default)]
    full_url: Option<Value>,
    #[serde(default)]
    number: Option<Value>,
    #[serde(default)]
    queue_id: Option<Value>,
    #[serde(default)]
    timestamp: Option<Value>,
    #[serde(default)]
    duration: Option<Value>,
    #[serde(default)]
    phase: Option<Value>,
    #[serde(default)]
    status: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    parameters: Option<Map<String, Value>>,
}

/// The two things that are told of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

/// Reads a body. A build that waits in the queue yields nothing.
pub(super) fn read(body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    let event = object(body).and_then(|parsed: Body| parsed.event(now).ok_or(Illegible::Shape));
    match event {
        Ok(event) => event.into_iter().collect(),
        Err(why) => vec![illegible(Origin::Jenkins, why, unknown_kind(), body, now)],
    }
}

impl Body {
    /// The event: `Some(None)` for a phase that is nobody's news, `None` for what is no build.
    fn event(&self, now: DateTime<Utc>) -> Option<Option<IncidentEvent>> {
        let build = self.build.as_ref()?;
        let job = line_of(&self.display_name).or_else(|| line_of(&self.name))?;
        let end = match text_of(&build.phase)?.to_ascii_uppercase().as_str() {
            "STARTED" => End::Start,
            "COMPLETED" | "FINALIZED" => End::End,
            _ => return Some(None),
        };
        let parameters: Vec<_> = build.parameters.iter().flatten().collect();
        let named = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(INCIDENT));
        let incident = named.and_then(|(_, value)| reference::incident(&text_of(&Some((*value).clone()))?));
        let is_named = incident.is_some();
        let status = text_of(&build.status).unwrap_or_default().to_ascii_uppercase();
        let kind = match (end, status.as_str()) {
            (End::Start, _) => EventKind::JobStarted,
            (End::End, "SUCCESS") => EventKind::JobSucceeded,
            (End::End, "FAILURE") if is_named => EventKind::IncidentJobFailed,
            (End::End, "FAILURE") => EventKind::JobFailed,
            (End::End, _) => EventKind::JobEnded,
        };
        let shown = parameters.iter().filter(|(name, _)| !is_named || !name.eq_ignore_ascii_case(INCIDENT));
        let field = |(name, value): &(&String, &Value)| {
            let value = text_of(&Some((*value).clone())).and_then(|value| Foreign::line(&value));
            Some((Foreign::line(name)?, value.or_else(|| Foreign::line("-"))?))
        };
        let number = text_of(&build.number).map(|number| format!(" ({number})")).unwrap_or_default();
        Some(Some(IncidentEvent {
            origin: Origin::Jenkins,
            key: EventKey::own(
                OwnKey::Jenkins,
                format_args!("{}:{}", self.build_id(build), if end == End::Start { "start" } else { "end" }),
            ),
            occurred_at: moment(&build.timestamp, now).map_or(now, |at| at.min(now)),
            agent: None,
            incident: Incident { link: link_of(&build.full_url), ..incident.unwrap_or_default() },
            details: Details {
                subject: Foreign::line(&format!("{job}{number}")),
                state: if kind == EventKind::JobEnded { Foreign::line(&status) } else { None },
                fields: shown.filter_map(field).take(MOST).collect(),
                took: if end == End::End { took(build) } else { None },
                ..Details::default()
            },
            kind,
            unreadable: None,
            missed: None,
        }))
    }

    /// A name for the build. A job that was deleted and made anew counts its builds from 1 again; the place in the queue
    /// tells those apart.
    fn build_id(&self, build: &Build) -> String {
        let parts = [&build.full_url, &self.url, &self.name, &build.number, &build.queue_id];
        let parts: Vec<_> = parts.into_iter().map(|part| text_of(part).unwrap_or_default()).collect();
        digest_key(parts.join("\n").as_bytes()).0[..32].to_owned()
    }
}

/// The build's own milliseconds. Zero is what the plugin sends before Jenkins knows.
fn took(build: &Build) -> Option<TimeDelta> {
    const LONGEST: f64 = 1e11;
    let milliseconds = number_of(&build.duration).filter(|number| (1.0..LONGEST).contains(number))?;
    TimeDelta::try_milliseconds(milliseconds as i64)
}
