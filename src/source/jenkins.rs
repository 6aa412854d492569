//! Jenkins' Notification plugin: <https://plugins.jenkins.io/notification/>.
//!
//! A build is reported when it is queued, started, completed and finalized. The last two are one end: which of them comes,
//! or both, is a setting of the endpoint. Null fields are left out; the status means nothing before the end.

mod job;
mod parameters;

use super::scalar::Scalar;
use super::wire::object;
use super::{Access, Source, letters};
use crate::domain::few::Few;
use crate::domain::incident::{Details, EventKind, Illegible, Incident, IncidentEvent, Origin, OtherSource};
use crate::domain::reference;
use crate::domain::text::Foreign;
use crate::net::digest::sha256;
use crate::net::lenient::Lenient;
use chrono::{DateTime, TimeDelta, Utc};
use parameters::{Parameter, Parameters};
use serde::Deserialize;

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
    name: Scalar,
    display_name: Scalar,
    url: Scalar,
    build: Lenient<Build>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Build {
    full_url: Scalar,
    number: Scalar,
    queue_id: Scalar,
    timestamp: Scalar,
    duration: Scalar,
    phase: Scalar,
    status: Scalar,
    parameters: Lenient<Parameters>,
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
        let job = self.job(build)?;
        let phase = match build.phase.text()?.to_ascii_uppercase().as_str() {
            "STARTED" => Phase::Start,
            "COMPLETED" | "FINALIZED" => Phase::End,
            _ => return Some(None),
        };
        let named = build.parameters.as_ref().and_then(|parameters| parameters.incident.as_ref());
        let incident = named.and_then(|(_, value)| reference::incident(value, &letters()));
        let is_named = incident.is_some();
        let status = build.status.text().unwrap_or_default().to_ascii_uppercase();
        let kind = match (phase, status.as_str()) {
            (Phase::Start, _) => EventKind::JobStarted,
            (Phase::End, "SUCCESS") => EventKind::JobSucceeded,
            (Phase::End, "FAILURE") if is_named => EventKind::IncidentJobFailed,
            (Phase::End, "FAILURE") => EventKind::JobFailed,
            (Phase::End, _) => EventKind::JobEnded,
        };
        let number = build.number.text().map(|number| format!(" ({number})")).unwrap_or_default();
        let end = if phase == Phase::Start { "start" } else { "end" };
        let key = SOURCE.origin.key(format_args!("{}:{end}", self.build_id(build)));
        let at = build.timestamp.moment(now).map_or(now, |at| at.min(now));
        Some(Some(IncidentEvent {
            incident: Incident { link: build.full_url.link(), ..incident.unwrap_or_default() },
            details: Details {
                subject: Foreign::line(&format!("{job}{number}")),
                state: if kind == EventKind::JobEnded { Foreign::line(&status) } else { None },
                fields: build.fields(is_named),
                took: if phase == Phase::End { took(build) } else { None },
                ..Details::default()
            },
            ..IncidentEvent::new(SOURCE.origin, key, kind, at)
        }))
    }

    /// What the job is called. If nobody gave it another name, the job of a branch is named as in an address.
    fn job(&self, build: &Build) -> Option<Foreign> {
        let name = self.name.text();
        let shown = self.display_name.text().filter(|shown| Some(*shown) != name);
        let job = shown.map(str::to_owned).or_else(|| name.map(job::decoded))?;
        Some(job::within_folders(&Foreign::line(&job)?, [self.url.text(), build.full_url.text()]))
    }

    /// A name for the build. A job that was deleted and created again counts its builds from 1 again; the place in the queue
    /// tells those apart.
    fn build_id(&self, build: &Build) -> String {
        let parts = [&build.full_url, &self.url, &self.name, &build.number, &build.queue_id];
        let parts: Vec<_> = parts.into_iter().map(|part| part.text().unwrap_or_default()).collect();
        sha256(parts.join("\n").as_bytes())[..32].to_owned()
    }
}

impl Build {
    /// The parameters that are shown: the incident's only if it names none.
    fn fields(&self, names_incident: bool) -> Few<Parameter> {
        let Some(Parameters { incident, others }) = self.parameters.as_ref() else {
            return Few::default();
        };
        let incident = incident.as_ref().filter(|_| !names_incident).map(|(parameter, _)| parameter);
        let mut shown: Vec<_> = incident.into_iter().chain(&others.first).cloned().collect();
        shown.sort();
        Few::from(shown).and_more(others.more)
    }
}

/// The build's own milliseconds. Zero is what the plugin sends before Jenkins knows.
fn took(build: &Build) -> Option<TimeDelta> {
    const LONGEST: f64 = 1e11;
    let milliseconds = build.duration.number().filter(|number| (1.0..LONGEST).contains(number))?;
    TimeDelta::try_milliseconds(milliseconds as i64)
}
