//! What happens to each incident, and how it is delivered.

use super::world::World;
use crate::kit::aws::Chance;
use crate::kit::{Function, Invocation, events};
use crate::running::{changed, signature};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

pub const REPEAT: &str = "🔁";
/// What happens to each incident, in this order.
pub const STORY: [&str; 6] = [
    "v3/incident.triggered.json",
    "v3/incident.acknowledged.json",
    "v3/incident.annotated.json",
    "v3/incident.priority_updated.json",
    "v3/incident.reassigned.json",
    "v3/incident.resolved.json",
];

/// An incident and the number of its event; the text of the message has both.
pub type Step = (u64, u64);

pub fn step_body((incident, nth): Step, started: DateTime<Utc>) -> Vec<u8> {
    let at = started + TimeDelta::milliseconds((incident * 10 + nth) as i64);
    changed(STORY[nth as usize], |body| {
        let event = &mut body["event"];
        event["id"] = format!("E{incident}x{nth}").into();
        event["occurred_at"] = at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        let title = format!("S{incident}x{nth}E");
        // Where several are in one message, the name of whoever did it says which.
        if nth > 0 {
            event["agent"] = json!({"id": "PAGENT1", "type": "user_reference", "summary": title});
        }
        let data = &mut event["data"];
        match data["type"].as_str() {
            Some("incident") => {
                data["id"] = format!("Q{incident}").into();
                data["number"] = incident.into();
                data["title"] = title.into();
            }
            _ => {
                data["incident"]["id"] = format!("Q{incident}").into();
                data["incident"]["summary"] = title.into();
            }
        }
    })
}

pub async fn send(webhook: &Function, body: &[u8]) {
    let headers = [("x-pagerduty-signature", &*signature(body))];
    let event = events::api_gateway_v2("/pagerduty", &headers, body, Utc::now().timestamp_millis());
    match webhook.invoke(&event).await {
        Invocation::Answer(answer) => assert_eq!(answer["statusCode"], 202, "{answer}\n{}", webhook.logs()),
        Invocation::Error(error) => panic!("{error}"),
    }
}

/// The deliveries, in order: incidents overlap, each one's events are in order, one in ten is delivered again, some of these
/// at the same moment.
pub fn deliveries(incidents: u64, seed: u64) -> Vec<(Step, Again)> {
    const AT_ONCE: usize = 25;
    let mut chance = Chance::seeded(seed);
    let mut waiting: Vec<u64> = (1..=incidents).rev().collect();
    let mut open: Vec<Step> = Vec::new();
    let mut all = Vec::new();
    loop {
        while open.len() < AT_ONCE {
            match waiting.pop() {
                Some(incident) => open.push((incident, 0)),
                None => break,
            }
        }
        if open.is_empty() {
            return all;
        }
        let chosen = chance.below(open.len() as u64) as usize;
        let (incident, nth) = open[chosen];
        let again = match chance.below(100) {
            0..8 => Again::Later,
            8..11 => Again::AtOnce,
            _ => Again::Never,
        };
        all.push(((incident, nth), again));
        if nth + 1 < STORY.len() as u64 {
            open[chosen] = (incident, nth + 1);
        } else {
            open.swap_remove(chosen);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Again {
    Never,
    Later,
    AtOnce,
}

/// Delivers all through two webhooks, no faster than the worker keeps up.
pub async fn feed(world: &World, all: &[(Step, Again)], started: DateTime<Utc>) -> usize {
    let one = world.webhook().await;
    let two = world.webhook().await;
    let mut sent = 0;
    for (number, (step, again)) in all.iter().enumerate() {
        while number % 10 == 0 && world.queue.counts().await.visible > 40 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let body = step_body(*step, started);
        sent += 1;
        match again {
            Again::Never => send(&one, &body).await,
            Again::Later => {
                send(&one, &body).await;
                send(&two, &body).await;
                sent += 1;
            }
            Again::AtOnce => {
                tokio::join!(send(&one, &body), send(&two, &body));
                sent += 1;
            }
        }
    }
    sent
}

pub fn expected(all: &[(Step, Again)]) -> BTreeSet<Step> {
    all.iter().map(|(step, _)| *step).collect()
}
