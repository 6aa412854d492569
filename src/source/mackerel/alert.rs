//! Alerts and groups of alerts: each is an incident of its own.
//!
//! Only `isOpen` and `status` say whether one is open: an open alert may have a time at which it closed. States are in
//! lower case in alerts and in upper case in groups.

use super::{Body, event, incident};
use crate::domain::few::Few;
use crate::domain::incident::{Closing, Details, EventKind, Incident, IncidentEvent, State, Urgency};
use crate::domain::service_level::{Observed, ServiceLevel};
use crate::domain::text::Foreign;
use crate::source::scalar::{Scalar, comparable};
use crate::source::unread::{arrival, digest, key_part, short_digest};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// How many alerts of a group are listed.
pub(super) const LISTED: usize = 5;
/// A state that began so soon after the alert opened is the one that it opened with.
const AT_ONCE: TimeDelta = TimeDelta::seconds(1);
/// An alert that opened less than this ago and gives no time for its state is new; an older one has changed, or is sent
/// again.
const JUST_NOW: TimeDelta = TimeDelta::minutes(5);

/// An alert or a group of alerts.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Alert {
    id: Scalar,
    url: Scalar,
    status: Scalar,
    is_open: Scalar,
    opened_at: Scalar,
    closed_at: Scalar,
    status_changed_at: Scalar,
    created_at: Scalar,
    /// Not of a group, and neither are the next five.
    monitor_name: Scalar,
    trigger: Scalar,
    metric_value: Scalar,
    monitor_operator: Scalar,
    warning_threshold: Scalar,
    critical_threshold: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct GroupSetting {
    name: Scalar,
    memo: Scalar,
}

/// One alert of a group.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GroupAlert {
    monitor_name: Scalar,
    status: Scalar,
}

impl Body {
    pub(super) fn alert(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let alert = self.alert.as_ref()?;
        let mut said = self.message.lines();
        let monitor = alert.monitor_name.line();
        let title = match monitor {
            Some(monitor) => Some(monitor),
            None if !said.is_empty() => Some(said.remove(0)),
            None => self.type_.line(),
        };
        let subject = if said.len() == 1 { said.pop() } else { None };
        let event = alert.event(body, now)?;
        let calls = event.kind.calls_somebody();
        let (closing, unknown_trigger) = match event.kind {
            EventKind::Resolved => alert.closing(),
            _ => (None, None),
        };
        let mut memo = self.memo.lines();
        let service_level = ServiceLevel::take_from(&mut memo, self.observed(&event));
        if calls {
            said.extend(memo);
        }
        let state = event.details.state.clone().or(unknown_trigger);
        Some(IncidentEvent {
            agent: self.who(),
            incident: Incident { title, service: self.place(), ..event.incident },
            details: Details { subject, state, quote: said, closing, service_level, ..event.details },
            ..event
        })
    }

    pub(super) fn group(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let event = self.alert_group.as_ref()?.event(body, now)?;
        let setting = self.alert_group_setting.as_ref();
        let alerts = self.alerts.items.iter().filter_map(GroupAlert::line).collect::<Few<_>>();
        let mut memo = setting.map(|setting| setting.memo.lines()).unwrap_or_default();
        let service_level = ServiceLevel::take_from(&mut memo, without_value(&event));
        let quote = if event.kind.calls_somebody() { memo } else { Vec::new() };
        Some(IncidentEvent {
            incident: Incident {
                title: setting.and_then(|setting| setting.name.line()),
                service: self.place(),
                ..event.incident
            },
            details: Details { alerts: alerts.and_more(self.alerts.more), quote, service_level, ..event.details },
            ..event
        })
    }
}

impl Body {
    /// What the monitor has measured. A burn rate is worked out of several metrics, or posted by an application; what a host or an
    /// address is measured for is something else, and so are what is measured once it is over, and what is bad when it is low.
    fn observed(&self, event: &IncidentEvent) -> Observed {
        let is_worked_out = matches!(self.type_.text(), Some("expression" | "query" | "service"));
        let alert = self.alert.as_ref().filter(|_| is_worked_out && event.kind != EventKind::Resolved);
        let alert = alert.filter(|alert| alert.monitor_operator.text() != Some("<"));
        let value = alert.and_then(|alert| Some((alert.metric_value.number()?, alert.thresholds())));
        match (without_value(event), value) {
            (Observed::Threshold, Some((value, thresholds))) => Observed::Value { value, thresholds },
            (observed, _) => observed,
        }
    }
}

/// What is known without any value: whether something was measured at all.
fn without_value(event: &IncidentEvent) -> Observed {
    let is_unknown = event.details.state.as_ref().is_some_and(|state| state.as_str() == "UNKNOWN");
    if is_unknown { Observed::NoData } else { Observed::Threshold }
}

impl GroupAlert {
    fn line(&self) -> Option<Foreign> {
        let status = self.status.text().unwrap_or_default();
        Foreign::line(&format!("{} {}", self.monitor_name.text()?, status.to_ascii_uppercase()))
    }
}

impl Alert {
    /// The event, if it has an id and a state.
    fn event(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let id = self.id()?;
        let status = self.status.text().map(|status| status.to_ascii_lowercase());
        let is_open = match self.is_open.text().map(|word| word.to_ascii_lowercase()).as_deref() {
            Some("true") => status.as_deref() != Some("ok"),
            Some("false") => false,
            _ => status.as_deref()? != "ok",
        };
        let opened_at = self.opened_at.moment(now).or_else(|| self.created_at.moment(now));
        let changed_at = self.status_changed_at.moment(now);
        let own = if is_open { changed_at } else { self.closed_at.moment(now).or(changed_at) };
        let status = if is_open { status.unwrap_or_else(|| "open".to_owned()) } else { "ok".to_owned() };
        let is_critical = status == "critical";
        let goes_on = opened_at.is_some_and(|opened| match changed_at {
            Some(changed) => changed - opened > AT_ONCE,
            None => now - opened >= JUST_NOW,
        });
        // Critical mentions somebody also when it is not new: its opening may never have arrived.
        let kind = match (is_open, goes_on, is_critical) {
            (false, ..) => EventKind::Resolved,
            (true, false, _) => EventKind::Triggered,
            (true, true, true) => EventKind::Worsened,
            (true, true, false) => EventKind::StateChanged,
        };
        // The alert, its state, and Mackerel's own time of that state. Without a time, the ledger knows what was told last: an
        // alert may become critical twice.
        let word = key_part(&status);
        let name = match own {
            Some(at) => format!("{id}:{word}:{}", at.timestamp()),
            None => format!("{id}:{word}:{}", arrival(body, now)),
        };
        let incident = Incident {
            id: Some(incident(&id)),
            urgency: is_open.then_some(if is_critical { Urgency::High } else { Urgency::Low }),
            state: Some(if is_open { State::Triggered } else { State::Resolved }),
            link: self.url.link(),
            created_at: opened_at,
            ..Incident::default()
        };
        let state = is_open.then(|| Foreign::line(&status.to_ascii_uppercase())).flatten();
        let details = Details { state, ..Details::default() };
        let just_opened = opened_at.filter(|_| is_open && !goes_on);
        let untimed = own.is_none().then(|| digest(body).into());
        Some(IncidentEvent { incident, details, untimed, ..event(kind, name, own.or(just_opened).unwrap_or(now)) })
    }

    fn thresholds(&self) -> [Option<f64>; 2] {
        [&self.warning_threshold, &self.critical_threshold].map(Scalar::number)
    }

    /// Why it is over, or the word for it if this version does not know it. Both are `None` if its own condition is the reason.
    ///
    /// The webhook's words (<https://mackerel.io/docs/entry/howto/alerts/webhook>, of which `monitoring` is sent as `monitor`),
    /// and those of the log of an alert in the API (<https://mackerel.io/api-docs/entry/alerts#logs>).
    fn closing(&self) -> (Option<Closing>, Option<Foreign>) {
        let Some(word) = self.trigger.text() else { return (None, None) };
        let closing = match comparable(word).as_str() {
            "monitor" | "monitoring" => return (None, None),
            "manualclose" | "manual" => Closing::ByHand,
            "deletemonitor" | "monitordelete" => Closing::MonitorDeleted,
            "retirehost" | "hostretire" => Closing::HostRetired,
            "deleteservice" | "servicedelete" => Closing::ServiceDeleted,
            "anomalydetectionmanuallyretraining" => Closing::Retrained,
            "attachexternalmonitoringtoadifferentservice" | "externalmonitoringservicechange" => {
                Closing::ServiceChanged
            }
            _ => return (None, Foreign::line(word)),
        };
        (Some(closing), None)
    }

    /// The id, or the last part of the link; a digest of that if it is more than letters and digits.
    fn id(&self) -> Option<String> {
        let by_link = || self.url.text()?.trim_end_matches('/').rsplit('/').next();
        let id = self.id.text().or_else(by_link).filter(|id| !id.is_empty())?;
        let is_plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        Some(if is_plain { id.to_owned() } else { short_digest(id) })
    }
}
