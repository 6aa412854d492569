//! The ledger, wherever its rows are.

#[cfg(feature = "serve")]
mod restart;
pub mod same_answers;

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicU64, Ordering};
use toban::domain::destination::Destination;
use toban::domain::incident::{
    Drill, EventKey, EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber, Origin,
};
use toban::domain::text::Foreign;
use toban::ledger::incident::KnownIncident;
use toban::ledger::{Claim, Ended, FirstPost, Grant, Ledger, Mentioned, Settlement};

pub const OUTLET: Destination = Destination::Primary;
pub const LEASE: TimeDelta = TimeDelta::seconds(45);

/// The answer to a claim, in a word.
pub fn said(claim: &Claim) -> &'static str {
    match claim {
        Claim::Yours(grant) if grant.is_perhaps_a_repeat => "yours, perhaps again",
        Claim::Yours(_) => "yours",
        Claim::Completed => "completed",
        Claim::Taken => "taken",
        Claim::NotYet(_) => "not yet",
    }
}

/// A drill is known, and is in no list of what is open or came in.
#[tokio::test]
async fn a_drill_is_in_no_list() {
    let ledger = Ledger::memory();
    let drill = Drill::Mentioning.id("4F9A21");
    for id in ["Q1", &drill.0] {
        learn(&ledger, &event(EventKind::Triggered, id, after(0)), after(1)).await;
    }
    let open = ledger.open_incidents().await.expect("an answer");
    assert_eq!(open.iter().map(|known| known.id.0.as_str()).collect::<Vec<_>>(), ["Q1"]);
    let posted = ledger.posted_between(after(0), after(2)).await.expect("an answer");
    assert_eq!(posted.iter().map(|posted| posted.incident.0.as_str()).collect::<Vec<_>>(), ["Q1"]);
    assert!(ledger.incident(&drill).await.is_ok_and(|known| known.is_some()));
}

/// The right to post, which nothing stands against.
pub fn granted(claim: Claim) -> Grant {
    match claim {
        Claim::Yours(grant) => grant,
        other => panic!("the claim is {}", said(&other)),
    }
}

/// What there is to record of an event.
pub fn settlement(event: &IncidentEvent, ended: Ended) -> Settlement<'_> {
    let event = Some(event);
    Settlement {
        what: "triggered",
        event,
        ended,
        attempts: Vec::new(),
        mentioned: Mentioned::Nobody,
        first: None,
        links: None,
    }
}

/// Records an event as posted under a key of its own, and returns what is known of its incident then.
pub async fn learn(ledger: &Ledger, event: &IncidentEvent, now: DateTime<Utc>) -> KnownIncident {
    learn_with(ledger, event, None, now).await
}

/// The same of an event whose message is the first one in its chat.
pub async fn learn_with(
    ledger: &Ledger,
    event: &IncidentEvent,
    first: Option<FirstPost>,
    now: DateTime<Utc>,
) -> KnownIncident {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let key = key(&format!("learned {}", COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut incident = ledger.introduce(event).await.expect("an event of an incident");
    let grant = granted(ledger.claim(&key, OUTLET, now).await);
    let settlement = Settlement { first, ..settlement(event, Ended::Posted) };
    ledger.settle(grant, settlement, Some(&mut incident), now).await;
    ledger.incident(&incident.id).await.expect("an answer").expect("it is known")
}

/// A first message in the primary.
pub fn first_post(post: &str) -> FirstPost {
    FirstPost { place: OUTLET, post: post.into(), opening: None, instead_of: None }
}

/// So many seconds after a Tuesday morning in Tokyo.
pub fn after(seconds: i64) -> DateTime<Utc> {
    instant("2026-11-24T02:02:00Z") + TimeDelta::seconds(seconds)
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub fn key(text: &str) -> EventKey {
    EventKey(text.into())
}

pub fn id(text: &str) -> IncidentId {
    IncidentId(text.into())
}

/// An event with its incident's number, title and service.
pub fn event(kind: EventKind, incident: &str, occurred_at: DateTime<Utc>) -> IncidentEvent {
    let told = Incident {
        number: Some(IncidentNumber(4812)),
        title: Foreign::line("HTTP 5xx"),
        service: Foreign::line("checkout"),
        ..Incident::default()
    };
    let note = note(incident, occurred_at);
    IncidentEvent { kind, incident: Incident { id: note.incident.id, ..told }, ..note }
}

/// An event with no more than its incident's id.
pub fn note(incident: &str, occurred_at: DateTime<Utc>) -> IncidentEvent {
    IncidentEvent {
        incident: Incident { id: Some(id(incident)), ..Incident::default() },
        ..IncidentEvent::new(Origin::PagerDuty, key("01G"), EventKind::Annotated, occurred_at)
    }
}
