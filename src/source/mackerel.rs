//! Mackerel's webhooks: alerts, alert groups, the states of hosts, and the test button.
//!
//! <https://mackerel.io/docs/entry/howto/alerts/webhook>. "Items may be added at any time", and which are there depends
//! on the monitor: no field but an alert's id and state is relied on.

mod alert;

use super::unread::{digest_within, illegible, unknown_kind};
use super::wire::{lenient, line_of, lines_of, link_of, object, text_of};
use crate::domain::incident::{
    Details, EventKey, EventKind, Illegible, Incident, IncidentEvent, Origin, OwnKey, Person,
};
use crate::domain::text::Foreign;
use crate::source::events::speaks_of_trouble;
use alert::{Alert, Group, GroupSetting};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// A body of any event: which fields are there depends on `event`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    event: Option<Value>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    memo: Option<Value>,
    #[serde(default, rename = "type")]
    type_: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    host: Option<Host>,
    #[serde(default, deserialize_with = "lenient")]
    service: Option<Named>,
    #[serde(default, deserialize_with = "lenient")]
    alert: Option<Alert>,
    #[serde(default, deserialize_with = "lenient")]
    alert_group: Option<Group>,
    #[serde(default, deserialize_with = "lenient")]
    alert_group_setting: Option<GroupSetting>,
    #[serde(default, deserialize_with = "lenient")]
    alerts: Option<Vec<Value>>,
    #[serde(default)]
    from_status: Option<Value>,
    #[serde(default)]
    user: Option<Value>,
}

#[derive(Deserialize)]
struct Host {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    name: Option<Value>,
    #[serde(default)]
    url: Option<Value>,
    #[serde(default)]
    status: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    roles: Option<Vec<Role>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    #[serde(default)]
    service_name: Option<Value>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<Value>,
}

/// Reads a body. An event that is nobody's alert (a host was registered, a monitor was changed) yields nothing.
pub(super) fn read(body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    let unread = |why| {
        let kind = if speaks_of_trouble(body) { EventKind::Triggered } else { unknown_kind() };
        vec![illegible(Origin::Mackerel, why, kind, body, now)]
    };
    let parsed: Body = match object(body) {
        Ok(parsed) => parsed,
        Err(why) => return unread(why),
    };
    let Some(name) = text_of(&parsed.event) else {
        return unread(Illegible::Shape);
    };
    let event = match name.as_str() {
        "alert" => parsed.alert(body, now),
        "alertGroup" => parsed.group(body, now),
        "hostStatus" => parsed.host_status(body, now),
        "sample" => Some(parsed.sample(body, now)),
        _ => return Vec::new(),
    };
    event.map_or_else(|| unread(Illegible::Shape), |event| vec![event])
}

impl Body {
    /// The test button of a channel.
    fn sample(&self, body: &[u8], now: DateTime<Utc>) -> IncidentEvent {
        let details = Details { quote: lines_of(&self.message), ..Details::default() };
        let name = format!("sample:{}", digest_within(body, now));
        IncidentEvent { details, ..of_nothing(EventKind::Ping, name, now) }
    }

    /// Somebody has put a host into another state.
    fn host_status(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let host = self.host.as_ref()?;
        let after = line_of(&host.status)?;
        let change = match line_of(&self.from_status) {
            Some(before) => Foreign::line(&format!("{before} → {after}")),
            None => Some(after),
        };
        let name = format!("host:{}", digest_within(body, now));
        Some(IncidentEvent {
            agent: self.who(),
            incident: Incident {
                title: line_of(&host.name).or_else(|| line_of(&host.id)),
                link: link_of(&host.url),
                ..Incident::default()
            },
            details: Details { subject: change, ..Details::default() },
            ..of_nothing(EventKind::HostStatusChanged, name, now)
        })
    }

    /// Where it happened: the service, by itself or as the host's, and the host.
    fn place(&self) -> Option<Foreign> {
        let by_role = || {
            self.host.iter().flat_map(|host| host.roles.iter().flatten()).find_map(|role| text_of(&role.service_name))
        };
        let service = self.service.as_ref().and_then(|service| text_of(&service.name)).or_else(by_role);
        let host = self.host.as_ref().and_then(|host| text_of(&host.name));
        let parts: Vec<_> = [service, host].into_iter().flatten().collect();
        Foreign::line(&parts.join(" "))
    }

    /// Who did it, by the name that Mackerel shows.
    fn who(&self) -> Option<Person> {
        let name = match self.user.as_ref()? {
            Value::Object(user) => ["screenName", "name"].iter().find_map(|field| line_of(&user.get(*field).cloned())),
            other => line_of(&Some(other.clone())),
        }?;
        Some(Person { id: name.as_str().to_owned(), name })
    }
}

fn of_nothing(kind: EventKind, name: String, now: DateTime<Utc>) -> IncidentEvent {
    IncidentEvent {
        origin: Origin::Mackerel,
        key: EventKey::own(OwnKey::Mackerel, name),
        kind,
        occurred_at: now,
        agent: None,
        incident: Incident::default(),
        details: Details::default(),
        unreadable: None,
        missed: None,
    }
}
