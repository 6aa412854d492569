//! Jenkins' Notification plugin: <https://plugins.jenkins.io/notification/>.
//!
//! A build is reported when it is queued, started, completed and finalized. The last two are one end: which of them comes,
//! or both, is a setting of the endpoint. Null fields are left out; the status means nothing before the end.

mod reference;

use super::wire::{line_of, link_of, moment, number_of, object, text_of};
use super::{Access, Source};
use crate::domain::incident::{Details, EventKind, Illegible, Incident, IncidentEvent, Origin, OtherSource};
use crate::domain::text::Foreign;
use crate::net::digest::sha256;
use crate::net::lenient::Lenient;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The parameter that names the incident for which a job was started.
const INCIDENT: &str = "INCIDENT";
/// How many parameters are shown.
const MOST: usize = 10;

pub(super) static SOURCE: Source = Source {
    origin: Origin::Other(&OtherSource {
        name: "jenkins",
        label: "Jenkins",
        tag: None,
        has_whole_texts: false,
        is_a_script: false,
        begins_once: false,
    }),
    sends: "Jenkins' Notification plugin",
    access: Access::Token { tokens: "JENKINS_TOKENS", who: "Jenkins", url: "the endpoint's URL" },
    delivery_id: None,
    read,
    // A job by itself is not an alert.
    reports_trouble: |_| false,
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    name: Option<Value>,
    display_name: Option<Value>,
    url: Option<Value>,
    build: Lenient<Build>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Build {
    full_url: Option<Value>,
    number: Option<Value>,
    queue_id: Option<Value>,
    timestamp: Option<Value>,
    duration: Option<Value>,
    phase: Option<Value>,
    status: Option<Value>,
    parameters: Lenient<Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    End,
}

/// Reads a body. A build that waits in the queue yields nothing.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    let parsed: Body = object(body)?;
    let event = parsed.event(now).ok_or(Illegible::Shape)?;
    Ok(event.into_iter().collect())
}

impl Body {
    /// The event: `Some(None)` for a phase that is not reported, `None` if it is not about a build.
    fn event(&self, now: DateTime<Utc>) -> Option<Option<IncidentEvent>> {
        let build = self.build.as_ref()?;
        let job = line_of(&self.display_name).or_else(|| line_of(&self.name))?;
        let phase = match text_of(&build.phase)?.to_ascii_uppercase().as_str() {
            "STARTED" => Phase::Start,
            "COMPLETED" | "FINALIZED" => Phase::End,
            _ => return Some(None),
        };
        let parameters: Vec<_> = build.parameters.iter().flatten().collect();
        let named = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(INCIDENT));
        let incident = named.and_then(|(_, value)| reference::incident(&text_of(&Some((*value).clone()))?));
        let is_named = incident.is_some();
        let status = text_of(&build.status).unwrap_or_default().to_ascii_uppercase();
        let kind = match (phase, status.as_str()) {
            (Phase::Start, _) => EventKind::JobStarted,
            (Phase::End, "SUCCESS") => EventKind::JobSucceeded,
            (Phase::End, "FAILURE") if is_named => EventKind::IncidentJobFailed,
            (Phase::End, "FAILURE") => EventKind::JobFailed,
            (Phase::End, _) => EventKind::JobEnded,
        };
        let shown = parameters.iter().filter(|(name, _)| !is_named || !name.eq_ignore_ascii_case(INCIDENT));
        let field = |(name, value): &(&String, &Value)| {
            let value = text_of(&Some((*value).clone())).and_then(|value| Foreign::line(&value));
            Some((Foreign::line(name)?, value.or_else(|| Foreign::line("-"))?))
        };
        let number = text_of(&build.number).map(|number| format!(" ({number})")).unwrap_or_default();
        let end = if phase == Phase::Start { "start" } else { "end" };
        let key = SOURCE.origin.key(format_args!("{}:{end}", self.build_id(build)));
        let at = moment(&build.timestamp, now).map_or(now, |at| at.min(now));
        Some(Some(IncidentEvent {
            incident: Incident { link: link_of(&build.full_url), ..incident.unwrap_or_default() },
            details: Details {
                subject: Foreign::line(&format!("{job}{number}")),
                state: if kind == EventKind::JobEnded { Foreign::line(&status) } else { None },
                fields: shown.filter_map(field).take(MOST).collect(),
                took: if phase == Phase::End { took(build) } else { None },
                ..Details::default()
            },
            ..IncidentEvent::new(SOURCE.origin, key, kind, at)
        }))
    }

    /// A name for the build. A job that was deleted and created again counts its builds from 1 again; the place in the queue
    /// tells those apart.
    fn build_id(&self, build: &Build) -> String {
        let parts = [&build.full_url, &self.url, &self.name, &build.number, &build.queue_id];
        let parts: Vec<_> = parts.into_iter().map(|part| text_of(part).unwrap_or_default()).collect();
        sha256(parts.join("\n").as_bytes())[..32].to_owned()
    }
}

/// The build's own milliseconds. Zero is what the plugin sends before Jenkins knows.
fn took(build: &Build) -> Option<TimeDelta> {
    const LONGEST: f64 = 1e11;
    let milliseconds = number_of(&build.duration).filter(|number| (1.0..LONGEST).contains(number))?;
    TimeDelta::try_milliseconds(milliseconds as i64)
}
