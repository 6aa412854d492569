use super::*;
use crate::domain::incident::{Details, EventKey, EventKind, Incident, IncidentNumber, Origin};
use crate::ledger::{Ended, LEASE, Settlement};
use crate::store::memory::Memory;
use chrono::TimeDelta;
use std::sync::Arc;

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::minutes(minute)
}

fn person(id: &str) -> Person {
    Person { id: id.into(), name: Foreign::line(id).expect("a name") }
}

fn event(kind: EventKind, minute: i64) -> IncidentEvent {
    let incident =
        Incident { id: Some(IncidentId("Q1".into())), number: Some(IncidentNumber(4812)), ..Incident::default() };
    let key = EventKey(kind.name().to_owned() + &minute.to_string());
    IncidentEvent { incident, ..IncidentEvent::new(Origin::PagerDuty, key, kind, at(minute)) }
}

async fn keep(ledger: &Ledger, event: &IncidentEvent, now: DateTime<Utc>) {
    let mut introduced = ledger.introduce(event).await.expect("it has an incident");
    let crate::ledger::Claim::Yours(grant) =
        ledger.claim(&event.key, crate::domain::destination::Destination::Any, now).await
    else {
        panic!("nobody else has it");
    };
    let settlement =
        Settlement { event: Some(event), ..Settlement::of_no_incident(event.kind.name(), Ended::Posted, Vec::new()) };
    ledger.settle(grant, settlement, Some(&mut introduced), now).await;
}

async fn press(ledger: &Ledger, id: &str, act: Act, who: &str, minute: i64) -> (&'static str, String) {
    let who = person(who);
    let note = format!("{} {}", who.id, id);
    let press = NewPress { id, act, who: &who, at: at(minute), note: Some(&note), user: "PDUMMY1", state_since: None };
    let recorded = ledger.record(&IncidentId("Q1".into()), press, at(minute)).await.expect("it answers");
    let (how, known) = match recorded {
        Recorded::Now(known) => ("now", Some(known)),
        Recorded::Before(known) => ("before", Some(known)),
        Recorded::Nothing(known) => ("nothing", Some(known)),
        Recorded::Over(known) => ("over", Some(known)),
        Recorded::Unknown => ("unknown", None),
    };
    let takers = known.map(|known| known.takers).unwrap_or_default();
    (how, takers.iter().map(|taker| taker.who.id.clone()).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn each_person_is_on_it_once_until_it_is_over() {
    let ledger = Ledger::new(Arc::<Memory>::default(), "test".into(), LEASE);
    let of = |how: &'static str, takers: &str| (how, takers.to_owned());
    assert_eq!(press(&ledger, "p0", Act::Take, "U1", 1).await, of("unknown", ""));
    keep(&ledger, &event(EventKind::Triggered, 2), at(2)).await;
    assert_eq!(press(&ledger, "p1", Act::Take, "U1", 3).await, of("now", "U1"));
    assert_eq!(press(&ledger, "p1", Act::Take, "U1", 3).await, of("before", "U1"));
    assert_eq!(press(&ledger, "p2", Act::Take, "U1", 4).await, of("nothing", "U1"));
    assert_eq!(press(&ledger, "p3", Act::Take, "U2", 5).await, of("now", "U1 U2"));
    assert_eq!(press(&ledger, "p4", Act::HandBack, "U3", 6).await, of("nothing", "U1 U2"));
    // What is told meanwhile does not change who is on it.
    keep(&ledger, &event(EventKind::Acknowledged, 7), at(7)).await;
    assert_eq!(press(&ledger, "p5", Act::HandBack, "U1", 8).await, of("now", "U2"));
    assert_eq!(press(&ledger, "p5", Act::HandBack, "U1", 8).await, of("before", "U2"));
    keep(&ledger, &event(EventKind::Resolved, 9), at(9)).await;
    assert_eq!(press(&ledger, "p6", Act::Take, "U1", 10).await, of("over", "U2"));
    // It begins anew, with nobody on it.
    keep(&ledger, &event(EventKind::Reopened, 20), at(20)).await;
    assert_eq!(press(&ledger, "p7", Act::Take, "U1", 21).await, of("now", "U1"));
}

#[tokio::test]
async fn our_own_notes_are_known_when_they_come_back() {
    let ledger = Ledger::new(Arc::<Memory>::default(), "test".into(), LEASE);
    keep(&ledger, &event(EventKind::Triggered, 2), at(2)).await;
    let note = |lines: &[&str]| {
        let quote = lines.iter().filter_map(|line| Foreign::line(line)).collect();
        IncidentEvent { details: Details { quote, ..Details::default() }, ..event(EventKind::Annotated, 5) }
    };
    let is_own = async |event: IncidentEvent| {
        let introduced = ledger.introduce(&event).await;
        let why = ledger
            .reported_before(&event, introduced.as_ref(), &[crate::domain::destination::Destination::Any], at(5))
            .await;
        why.is_some()
    };
    assert!(!is_own(note(&["U1 p1"])).await);
    press(&ledger, "p1", Act::Take, "U1", 3).await;
    assert!(is_own(note(&["U1 p1"])).await);
    assert!(is_own(note(&["U1", " p1"])).await);
    assert!(!is_own(note(&["U1 p1 and more"])).await);
    assert!(!is_own(note(&[])).await);
}

#[tokio::test]
async fn many_presses_are_kept_within_bounds() {
    let ledger = Ledger::new(Arc::<Memory>::default(), "test".into(), LEASE);
    keep(&ledger, &event(EventKind::Triggered, 0), at(0)).await;
    for number in 1..=30 {
        press(&ledger, &format!("p{number}"), Act::Take, &format!("U{number}"), number).await;
    }
    let known = ledger.incident(&IncidentId("Q1".into())).await.expect("it answers").expect("it is known");
    assert_eq!((known.takers.len(), known.presses.len()), (MOST_TAKERS, MOST_PRESSES));
    assert_eq!(known.takers.last().map(|taker| taker.who.id.as_str()), Some("U30"));
}

/// What was recorded of each kind, and what of it is left when it begins anew.
#[tokio::test]
async fn what_is_done_in_pagerduty_is_kept() {
    let ledger = Ledger::new(Arc::<Memory>::default(), "test".into(), LEASE);
    let id = IncidentId("Q1".into());
    let known = async || ledger.incident(&id).await.expect("it answers").expect("it is known");
    keep(&ledger, &event(EventKind::Triggered, 0), at(0)).await;
    let of = |how: &'static str, takers: &str| (how, takers.to_owned());
    // Whoever goes on with it is on it, and says so once in a shift.
    assert_eq!(press(&ledger, "p1", Act::Stay, "U1", 1).await, of("now", "U1"));
    assert_eq!(press(&ledger, "p2", Act::Stay, "U1", 2).await, of("nothing", "U1"));
    let later = 1 + SHIFT.num_minutes();
    assert_eq!(press(&ledger, "p2", Act::Stay, "U1", later - 1).await, of("nothing", "U1"));
    assert_eq!(press(&ledger, "p3", Act::Stay, "U2", later).await, of("now", "U1 U2"));
    let stays: Vec<_> = known().await.stays.into_iter().map(|one| one.who).collect();
    assert_eq!(stays, [person("U2")], "the others' shift is over");
    assert_eq!(press(&ledger, "p4", Act::Stay, "U1", later + 1).await, of("now", "U1 U2"));
    assert_eq!(press(&ledger, "p5", Act::HandBack, "U1", later + 2).await, of("now", "U2"));
    assert_eq!(press(&ledger, "p6", Act::HandBack, "U2", later + 3).await, of("now", ""));
    assert_eq!(known().await.stays, []);

    press(&ledger, "c1", Act::CallSre, "U1", 10).await;
    assert_eq!(known().await.status().and_then(|status| status.sre), None);
    let refused = Done::Called(Err(Obstacle::NotAllowed));
    ledger.keep_done(&id, "c1", &refused, at(10)).await.expect("it answers");
    assert_eq!(known().await.status().and_then(|status| status.sre), None);
    press(&ledger, "c2", Act::CallSre, "U2", 11).await;
    let called = Done::Called(Ok(vec![person("PSRE001")].into()));
    // That of another press changes nothing.
    ledger.keep_done(&id, "c1", &called, at(11)).await.expect("it answers");
    assert_eq!(known().await.status().and_then(|status| status.sre), None);
    ledger.keep_done(&id, "c2", &called, at(11)).await.expect("it answers");
    let status = known().await.status().expect("it has one");
    let call = status.sre.expect("it is done");
    assert_eq!((call.by, call.people.first), (Some(person("U2")), vec![person("PSRE001")]));
    assert_eq!((status.state, status.holders.first), (State::Triggered, vec![person("PSRE001")]));

    press(&ledger, "r1", Act::Resolve, "U1", 12).await;
    ledger.keep_done(&id, "r1", &Done::Resolved(at(13)), at(12)).await.expect("it answers");
    let status = known().await.status().expect("it has one");
    assert_eq!((status.state, status.holders.first, status.changed_at), (State::Resolved, vec![person("U1")], at(13)));
    keep(&ledger, &event(EventKind::Reopened, 30), at(30)).await;
    let anew = known().await;
    assert_eq!((anew.call, anew.state), (None, Some(State::Triggered)));
    assert_eq!(anew.presses.len(), 8, "a repeat of one is still known");
}
