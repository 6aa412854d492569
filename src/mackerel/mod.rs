//! Mackerel's side: which monitors reach which notification group, read from its API.
//!
//! <https://mackerel.io/api-docs/>. Nothing is ever changed there.

pub mod split;
pub mod words;

use crate::domain::text::Foreign;
use crate::net::http::{self, Broken};
use crate::net::id::{Word, word};
use crate::net::quote;
use crate::net::secret::Secret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use split::{Group, Monitor};
use std::time::Duration;
use tokio::time::Instant;

/// The time limit for one answer; somebody waits for it at a terminal.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// A thousand monitors take a tenth of this.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Where the API is, and the key to it.
#[derive(Debug, Clone)]
pub struct Access {
    /// `MACKEREL_BASE_URL`: the host alone, without a slash at its end.
    pub base_url: String,
    /// `MACKEREL_API_KEY`; reading is enough.
    pub key: Secret,
}

/// A failed call, by what the caller does about it. Never holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MackerelError {
    /// 401, 403: the key is wrong, or it may not read, or not from this address.
    #[error(
        "Mackerel does not accept the key (HTTP {status}). MACKEREL_API_KEY has to be a key of the organization that may read \
         (https://mackerel.io/my?tab=apikeys); the organization may also allow certain IP addresses only"
    )]
    KeyRefused { status: u16 },
    #[error("Mackerel cannot be asked at the moment: {why}")]
    Unavailable { why: String },
    /// An answer that is not Mackerel's, or not as documented.
    #[error("Mackerel at {base_url} gave an answer that is not its API's ({why}); MACKEREL_BASE_URL is the host alone")]
    Unexpected { base_url: String, why: String },
}

/// A client of one organization.
#[derive(Debug, Clone)]
pub struct Client {
    http: http::Client,
    access: Access,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMonitor {
    #[serde(deserialize_with = "word")]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(rename = "type")]
    type_: String,
    #[serde(default)]
    is_mute: bool,
    service: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireGroup {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
    #[serde(default)]
    child_notification_group_ids: Vec<Word>,
    #[serde(default)]
    monitors: Vec<WireTarget>,
    #[serde(default)]
    services: Vec<WireService>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTarget {
    #[serde(deserialize_with = "word")]
    id: String,
    #[serde(default)]
    skip_default: bool,
}

#[derive(Deserialize)]
struct WireService {
    name: String,
}

impl Client {
    pub fn new(http: http::Client, access: Access) -> Self {
        Self { http, access }
    }

    /// Every monitor, in Mackerel's order.
    pub async fn monitors(&self) -> Result<Vec<Monitor>, MackerelError> {
        #[derive(Deserialize)]
        struct Answer {
            monitors: Vec<WireMonitor>,
        }
        let answer: Answer = self.get("/api/v0/monitors").await?;
        Ok(answer.monitors.into_iter().map(monitor).collect())
    }

    /// Every notification group.
    pub async fn groups(&self) -> Result<Vec<Group>, MackerelError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            notification_groups: Vec<WireGroup>,
        }
        let answer: Answer = self.get("/api/v0/notification-groups").await?;
        Ok(answer.notification_groups.into_iter().map(group).collect())
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, MackerelError> {
        let Access { base_url, key } = &self.access;
        let request = self.http.get(format!("{base_url}{path}")).header("X-Api-Key", key.expose());
        let reply =
            self.http.exchange(request, LONGEST_ANSWER, Instant::now() + TIME_LIMIT).await.map_err(unavailable)?;
        let unexpected = |why: String| MackerelError::Unexpected { base_url: base_url.clone(), why };
        match reply.status.as_u16() {
            200 => serde_json::from_slice(&reply.body)
                .map_err(|error| unexpected(format!("{path}: {}", quote::json(&error)))),
            status @ (401 | 403) => Err(MackerelError::KeyRefused { status }),
            status @ (429 | 500..) => Err(MackerelError::Unavailable { why: format!("HTTP {status}") }),
            status => Err(unexpected(format!("HTTP {status} at {path}"))),
        }
    }
}

fn unavailable(broken: Broken) -> MackerelError {
    let why = match broken {
        Broken::NotSent(why) | Broken::Lost(why) => why,
        Broken::TooLong => "the answer is too long".into(),
        Broken::TooLate | Broken::NotBegun => format!("no answer within {} s", TIME_LIMIT.as_secs()),
    };
    MackerelError::Unavailable { why }
}

fn monitor(wire: WireMonitor) -> Monitor {
    let service_of = |scope: &String| scope.split(':').next().unwrap_or_default().trim().to_owned();
    let services = wire.service.into_iter().chain(wire.scopes.iter().map(service_of)).collect();
    let is_of_hosts = ["host", "connectivity", "anomalyDetection"].contains(&wire.type_.as_str());
    // The connectivity monitor may have no name.
    let name = Foreign::line(&wire.name).or_else(|| Foreign::line(&wire.type_)).or_else(|| Foreign::line(&wire.id));
    Monitor { name, type_: Foreign::line(&wire.type_), id: wire.id, is_mute: wire.is_mute, services, is_of_hosts }
}

fn group(wire: WireGroup) -> Group {
    Group {
        name: Foreign::line(&wire.name).map_or_else(|| wire.id.clone(), |name| name.as_str().to_owned()),
        id: wire.id,
        children: wire.child_notification_group_ids.into_iter().map(|id| id.0).collect(),
        only: wire.monitors.iter().filter(|target| target.skip_default).map(|target| target.id.clone()).collect(),
        monitors: wire.monitors.into_iter().map(|target| target.id).collect(),
        services: wire.services.into_iter().map(|service| service.name).collect(),
    }
}
