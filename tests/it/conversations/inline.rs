//! The whole relay in this process, at any time: the webhook's intake, the roster, the real clients of the chats, and a
//! ledger in memory.

use super::story::{Chapter, From};
use crate::running::{Settings, signature};
use crate::sources::{JENKINS, MACKEREL};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::ledger::Ledger;
use toban::relay::deliver::Relay;
use toban::relay::intake::{Intake, Request, Sink};
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::Headers;
use toban::source::pagerduty;
use tokio::time::Instant;

/// Everything behind `POST /pagerduty`.
pub struct Inline(Intake);

impl Inline {
    pub fn of(settings: &Settings) -> Self {
        let (config, relay) = relay(settings);
        Self(Intake { credentials: config.credentials, sink: Sink::Inline(Box::new(relay)) })
    }

    /// Posts the body of a chapter and returns the answer's status.
    pub async fn post(&self, chapter: &Chapter) -> u16 {
        let (path, token) = match chapter.from {
            From::PagerDuty => return self.signed(&chapter.body, chapter.posted_at()).await,
            From::Mackerel => ("/mackerel", MACKEREL),
            From::Jenkins => ("/jenkins", JENKINS),
        };
        let request = Request {
            method: "POST".into(),
            path: path.into(),
            headers: Headers(vec![("x-toban-token".into(), token.into())]),
            body: chapter.body.as_slice().into(),
            received_at: None,
        };
        self.0.answer(&request, chapter.posted_at()).await.status
    }

    /// Posts a signed body and returns the answer's status.
    pub async fn signed(&self, body: &[u8], now: DateTime<Utc>) -> u16 {
        let headers = vec![("x-pagerduty-signature".into(), signature(body).into())];
        let request = Request {
            method: "POST".into(),
            path: "/pagerduty".into(),
            headers: Headers(headers),
            body: body.into(),
            received_at: None,
        };
        self.0.answer(&request, now).await.status
    }
}

/// The configuration of these settings and the relay built from it.
fn relay(settings: &Settings) -> (Config, Relay) {
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let config = config.expect("a configuration without faults");
    let team = config.open_team(&http, Utc::now);
    let relay = Relay { team, ledger: Ledger::memory().into(), via: Via::Request, tally: Tally::default() };
    (config, relay)
}

/// The relay alone, for a test that sets how long a chat may take.
pub struct Patient(Relay);

impl Patient {
    pub fn of(settings: &Settings) -> Self {
        Self(relay(settings).1)
    }

    /// Delivers all events of a body one after the other, each within `limit`.
    pub async fn deliver(&self, body: &[u8], limit: Duration, now: DateTime<Utc>) {
        for event in pagerduty::read(body, now) {
            let destinations = self.0.team.alerts.destinations().iter();
            let deliver = |to: &Destination| self.0.deliver(event.clone(), *to, Instant::now() + limit, now);
            for outcome in join_all(destinations.map(deliver)).await {
                assert!(outcome.is_taken(), "no chat took it within {limit:?}");
            }
        }
    }
}
