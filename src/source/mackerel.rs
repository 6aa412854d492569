//! Mackerel's webhooks: alerts, alert groups, the states of hosts, and the test button.
//!
//! <https://mackerel.io/docs/entry/howto/alerts/webhook>. "Items may be added at any time", and which are there depends
//! on the monitor: no field but an alert's id and state is relied on.

mod alert;

use super::events::reports_trouble;
use super::scalar::Scalar;
use super::unread::digest_within;
use super::wire::object;
use super::{Access, Source};
use crate::domain::incident::{
    Details, EventKind, Illegible, Incident, IncidentEvent, IncidentId, Origin, OtherSource, Person,
};
use crate::domain::text::Foreign;
use crate::net::lenient::{Lenient, List};
use alert::{Alert, GroupAlert, GroupSetting, LISTED};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt::Display;

const TAG: &str = "MK";

pub(super) static SOURCE: Source = Source {
    origin: Origin::Other(&OtherSource {
        name: "mackerel",
        label: "Mackerel",
        tag: Some(TAG),
        has_whole_texts: true,
        is_a_script: false,
        begins_once: true,
    }),
    sends: "A Mackerel webhook",
    access: Access::Token { tokens: "MACKEREL_TOKENS", who: "Mackerel", url: "the channel's URL" },
    delivery_id: None,
    read,
    reports_trouble,
};

/// The incident of an alert of that id: letters and digits.
pub(super) fn incident(id: &str) -> IncidentId {
    IncidentId::of(TAG, id)
}

/// A body of any event: which fields are there depends on `event`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    event: Scalar,
    message: Scalar,
    memo: Scalar,
    #[serde(rename = "type")]
    type_: Scalar,
    host: Lenient<Host>,
    service: Lenient<Named>,
    alert: Lenient<Alert>,
    alert_group: Lenient<Alert>,
    alert_group_setting: Lenient<GroupSetting>,
    alerts: List<GroupAlert, LISTED>,
    from_status: Scalar,
    user: User,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Host {
    id: Scalar,
    name: Scalar,
    url: Scalar,
    status: Scalar,
    roles: List<Role>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Role {
    service_name: Scalar,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: Scalar,
}

/// Somebody by the name that Mackerel shows: a text, or an object with a name in it.
#[derive(Default)]
struct User(Option<Foreign>);

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default, rename_all = "camelCase")]
        struct Names {
            screen_name: Scalar,
            name: Scalar,
        }
        let json = <&RawValue>::deserialize(deserializer)?.get();
        let names = serde_json::from_str::<Names>(json).unwrap_or_default();
        let by_itself = || serde_json::from_str::<Scalar>(json).ok()?.line();
        Ok(Self(names.screen_name.line().or_else(|| names.name.line()).or_else(by_itself)))
    }
}

/// Reads a body. An event that is not an alert (a host was registered, a monitor was changed) yields nothing.
fn read(body: &[u8], now: DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible> {
    let parsed: Body = object(body)?;
    let event = match parsed.event.text().ok_or(Illegible::Shape)? {
        "alert" => parsed.alert(body, now),
        "alertGroup" => parsed.group(body, now),
        "hostStatus" => parsed.host_status(body, now),
        "sample" => Some(parsed.sample(body, now)),
        _ => return Ok(Vec::new()),
    };
    Ok(vec![event.ok_or(Illegible::Shape)?])
}

impl Body {
    /// The test button of a channel.
    fn sample(&self, body: &[u8], now: DateTime<Utc>) -> IncidentEvent {
        let details = Details { quote: self.message.lines(), ..Details::default() };
        let name = format!("sample:{}", digest_within(body, now));
        IncidentEvent { details, ..event(EventKind::Ping, name, now) }
    }

    /// Somebody changed the state of a host.
    fn host_status(&self, body: &[u8], now: DateTime<Utc>) -> Option<IncidentEvent> {
        let host = self.host.as_ref()?;
        let after = host.status.line()?;
        let change = match self.from_status.line() {
            Some(before) => Foreign::line(&format!("{before} → {after}")),
            None => Some(after),
        };
        let name = format!("host:{}", digest_within(body, now));
        Some(IncidentEvent {
            agent: self.who(),
            incident: Incident {
                title: host.name.line().or_else(|| host.id.line()),
                link: host.url.link(),
                ..Incident::default()
            },
            details: Details { subject: change, ..Details::default() },
            ..event(EventKind::HostStatusChanged, name, now)
        })
    }

    /// Where it happened: the service, by itself or as the host's, and the host.
    fn place(&self) -> Option<Foreign> {
        let by_role = || self.host.iter().flat_map(|host| &host.roles.items).find_map(|role| role.service_name.text());
        let service = self.service.as_ref().and_then(|service| service.name.text()).or_else(by_role);
        let host = self.host.as_ref().and_then(|host| host.name.text());
        let parts: Vec<_> = [service, host].into_iter().flatten().collect();
        Foreign::line(&parts.join(" "))
    }

    /// Who did it, by the name that Mackerel shows.
    fn who(&self) -> Option<Person> {
        let name = self.user.0.clone()?;
        Some(Person { id: name.as_str().to_owned(), name })
    }
}

/// An event of which nothing else is known.
fn event(kind: EventKind, name: impl Display, at: DateTime<Utc>) -> IncidentEvent {
    IncidentEvent::new(SOURCE.origin, SOURCE.origin.key(name), kind, at)
}
