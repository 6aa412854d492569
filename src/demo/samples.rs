//! Sample events: at least one body of every kind, as PagerDuty and the other senders send it.
//!
//! These are the recorded bodies that the tests compare whole messages with. Ids, numbers and times are replaced.

use super::day::{DUMMY, Holder};
use super::pagerduty::reference;
use crate::domain::calendar::Moment;
use crate::domain::incident::{EventKind, Person};
use crate::domain::message::Language;
use crate::source::{self, Sender};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// A recorded body.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Version or sender, then the type: `v3/incident.triggered`, `mackerel/alertGroup`. Before it `dummy/`, if it stays with the
    /// dummy user at night.
    pub name: &'static str,
    pub sender: Sender,
    recorded: &'static str,
    /// Replaces the recorded ids and times.
    renew: fn(&mut Value, Plot, DateTime<Utc>),
}

macro_rules! samples {
    ($($sender:ident $title:literal $folder:literal $renew:ident: $($name:literal)*;)*) => {
        /// All samples, the usual ones first.
        pub const SAMPLES: &[Sample] = &[$($(Sample {
            name: concat!($title, $name),
            sender: Sender::$sender,
            recorded: include_str!(concat!("../../tests/data/", $folder, "/", $name, ".json")),
            renew: $renew,
        },)*)*];
    };
}

samples! {
    PagerDuty "" "pagerduty" of_pagerduty:
        "v3/incident.triggered";
    PagerDuty "dummy/" "pagerduty" of_pagerduty:
        "v3/incident.triggered";
    PagerDuty "" "pagerduty" of_pagerduty:
        "v3/incident.acknowledged"
        "v3/incident.annotated"
        "v3/incident.escalated"
        "v3/incident.reassigned"
        "v3/incident.unacknowledged"
        "v3/incident.resolved"
        "v3/incident.reopened"
        "v3/incident.delegated"
        "v3/incident.priority_updated"
        "v3/incident.service_updated"
        "v3/incident.title_updated"
        "v3/incident.incident_type.changed"
        "v3/incident.status_update_published"
        "v3/incident.responder.added"
        "v3/incident.responder.replied"
        "v3/incident.conference_bridge.updated"
        "v3/incident.custom_field_values.updated"
        "v3/incident.role.assigned"
        "v3/incident.task.created"
        "v3/incident.task.updated"
        "v3/incident.task.completed"
        "v3/incident.workflow.started"
        "v3/incident.workflow.completed"
        "v3/incident.action_invocation.created"
        "v3/incident.action_invocation.updated"
        "v3/incident.action_invocation.terminated"
        "v2/incident.custom"
        "v3/service.created"
        "v3/service.updated"
        "v3/service.deleted"
        "v3/service.custom_field_values.updated"
        "v3/pagey.ping"
        "v2/incident.trigger";
    Mackerel "mackerel/" "mackerel/kinds" of_mackerel:
        "alert.host"
        "alert.host.eased"
        "alert.host.warning"
        "alert.host.worsened"
        "alert.host.closed"
        "alertGroup"
        "hostStatus"
        "sample";
    Jenkins "jenkins/" "jenkins/kinds" of_jenkins:
        "started.for-incident"
        "completed.success"
        "completed.failure.for-incident"
        "completed.failure"
        "completed.aborted";
    Events "events/" "events/kinds" of_events:
        "triggered"
        "acknowledged"
        "resolved";
}

/// Which incident an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plot {
    pub number: u64,
    /// Counts all events, so that each gets its own id.
    pub event: u64,
    /// Index into [`TITLES`], modulo its length.
    pub title: usize,
}

impl Plot {
    /// PagerDuty's id of the incident.
    pub fn incident(self) -> String {
        format!("QPAGE{:09}", self.number)
    }
}

/// The people named in an event. `None` keeps the recorded ones.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    /// Who caused the event.
    pub agent: Option<Person>,
    /// The assignees after the event.
    pub assignees: Option<Vec<Person>>,
}

/// Titles of incidents, in Japanese and English.
pub const TITLES: [[&str; 2]; 3] = [
    ["HTTP 5xx が 5% を超えています", "HTTP 5xx above 5%"],
    ["バッチが30分以上遅れています", "The nightly batch is 30 minutes late"],
    ["ディスク使用率が 90% を超えました", "Disk usage above 90%"],
];

/// All other Japanese text in the recorded bodies, with its English.
const OTHERS: [[&str; 2]; 9] = [
    ["Mackerel Backlogアプリ", "Mackerel Backlog app"],
    ["Mackerel Wikiアプリ", "Mackerel Wiki app"],
    ["山田 太郎", "Sam Carter"],
    ["DB の接続数が上限に達しています。", "The database is out of connections."],
    ["アプリのプロセスを1台ずつ再起動します。", "Restarting the processes one by one."],
    ["バッチを再実行", "Run the batch again"],
    ["重大障害の初動", "Major incident: first steps"],
    ["アプリ一次対応", "App first response"],
    ["アプリ開発", "App developers"],
];

impl Sample {
    pub fn find(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }

    /// The kind of event that it is read as.
    pub fn kind(&self, now: DateTime<Utc>) -> Option<EventKind> {
        let events = source::read(self.sender, self.recorded.as_bytes(), now);
        events.into_iter().next().map(|event| event.kind)
    }

    /// Whether it triggers an incident.
    pub fn begins(&self) -> bool {
        let ends =
            ["trigger", "triggered", "mackerel/alert.host", "mackerel/alert.host.warning", "mackerel/alertGroup"];
        ends.iter().any(|end| self.name.ends_with(end))
    }

    /// Who is assigned when it is sent from the page. `None`: as recorded. PagerDuty's schedule has the dummy user on call while the
    /// developers are at work, and SRE otherwise; the dummy's own sample shows what happens where that schedule has a gap.
    pub fn holder(&self, moment: &Moment) -> Option<Holder> {
        if !self.recorded.contains(DUMMY) {
            return None;
        }
        Some(if moment.is_working || self.is_the_dummys() { Holder::Dummy } else { Holder::Sre })
    }

    /// Whether it is there to show an alert that nobody but the dummy user has.
    pub fn is_the_dummys(&self) -> bool {
        self.name.starts_with("dummy/")
    }

    /// The body of an event that happens now.
    pub fn body(&self, plot: Plot, cast: &Cast, language: Language, now: DateTime<Utc>) -> Vec<u8> {
        let Plot { number, title, .. } = plot;
        let tongue = if language == Language::Japanese { 0 } else { 1 };
        let mut text = self.recorded.to_owned();
        for old in ["Q2YXK4P7T3M1NC", "Q0V2PD4813AAAA"] {
            text = text.replace(old, &plot.incident());
        }
        for old in ["4812", "4813"] {
            text = text.replace(old, &number.to_string());
        }
        for old in &TITLES[..2] {
            text = text.replace(old[0], TITLES[title % TITLES.len()][tongue]);
        }
        if language == Language::English {
            text = OTHERS.iter().fold(text, |text, [japanese, english]| text.replace(japanese, english));
        }
        let mut body: Value = serde_json::from_str(&text).expect("the samples are JSON; a test reads them");
        (self.renew)(&mut body, plot, now);
        if let Some(event) = body.get_mut("event").filter(|_| self.sender == Sender::PagerDuty) {
            if self.begins() {
                event["data"]["created_at"] = time(now);
            }
            if let Some(agent) = &cast.agent {
                event["agent"] = reference(agent);
            }
            if let Some(assignees) = &cast.assignees {
                event["data"]["assignees"] = assignees.iter().map(reference).collect();
            }
        }
        if let (Some(incident), Some(assignees)) = (body.pointer_mut("/messages/0/incident"), &cast.assignees) {
            let assignment = |person| json!({"at": time(now), "assignee": reference(person)});
            incident["assignments"] = assignees.iter().map(assignment).collect();
        }
        body.to_string().into_bytes()
    }
}

fn time(at: DateTime<Utc>) -> Value {
    at.to_rfc3339_opts(SecondsFormat::Secs, true).into()
}

fn of_pagerduty(body: &mut Value, plot: Plot, now: DateTime<Utc>) {
    let id = format!("01PAGE{:020}", plot.event);
    if let Some(message) = body.pointer_mut("/messages/0") {
        message["id"] = id.into();
        message["created_on"] = time(now);
    } else if let Some(event) = body.get_mut("event") {
        event["id"] = id.into();
        event["occurred_at"] = time(now);
    }
}

/// An alert that is closed or whose status has changed is given an opening time ten minutes ago.
fn of_mackerel(body: &mut Value, plot: Plot, now: DateTime<Utc>) {
    for place in ["/alert", "/alertGroup", "/host"] {
        if let Some(id) = body.pointer_mut(place).and_then(|part| part.get_mut("id")) {
            *id = format!("page{:07}", plot.number).into();
        }
    }
    let opened = now - TimeDelta::minutes(10);
    for part in ["/alert", "/alertGroup"] {
        let Some(alert) = body.pointer_mut(part) else { continue };
        let has_changed = alert.get("statusChangedAt").is_some_and(|at| *at != alert["openedAt"]);
        let is_old = has_changed || alert["closedAt"].is_number();
        for field in ["openedAt", "createdAt", "statusChangedAt", "closedAt", "updatedAt"] {
            let Some(recorded) = alert.get(field).and_then(Value::as_i64) else { continue };
            let is_beginning = matches!(field, "openedAt" | "createdAt");
            let time = if is_old && is_beginning { opened } else { now };
            alert[field] = if recorded > 100_000_000_000 { time.timestamp_millis() } else { time.timestamp() }.into();
        }
    }
}

fn of_jenkins(body: &mut Value, plot: Plot, now: DateTime<Utc>) {
    body["build"]["number"] = plot.event.into();
    body["build"]["timestamp"] = now.timestamp_millis().into();
    if let Some(incident) = body["build"]["parameters"].get_mut("INCIDENT") {
        *incident = format!("#PD{}", plot.number).into();
    }
}

fn of_events(body: &mut Value, plot: Plot, now: DateTime<Utc>) {
    body["key"] = format!("page/{}", plot.number).into();
    body["at"] = time(now);
}

#[cfg(test)]
mod tests;
