use super::*;
use crate::domain::destination::Destination;
use crate::domain::incident::{Closing, Drill, EventKey, IncidentNumber, Missed, Origin, Person};
use crate::domain::seen::{End, ThreadLinks};
use crate::domain::text::{Foreign, Link, Tag};
use crate::ledger::{Claim, Ended, Settlement};
use crate::store::{Put, Table, Written};
use chrono::TimeDelta;
use futures_util::future::{BoxFuture, pending, ready};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn event(number: u64, kind: EventKind, title: &str, time: &str) -> IncidentEvent {
    let key = EventKey([number.to_string().as_str(), kind.name()].join(" "));
    let mut event = IncidentEvent::new(Origin::PagerDuty, key, kind, at(time));
    event.incident.id = Some(IncidentId(format!("Q{number}")));
    event.incident.number = Some(IncidentNumber(number));
    event.incident.title = Foreign::line(title);
    event.incident.service = Foreign::line("Backlogアプリ");
    event
}

/// The event is posted, two seconds later.
async fn post(ledger: &Ledger, mut event: IncidentEvent) {
    let now = event.occurred_at + TimeDelta::seconds(2);
    let mut introduced = ledger.introduce(&event).await;
    introduced.as_ref().expect("it has an incident").complete(&mut event);
    let Claim::Yours(grant) = ledger.claim(&event.key, Destination::Any, now).await else { panic!("nobody has it") };
    let what = event.kind.name();
    let settlement = Settlement { event: Some(&event), ..Settlement::of_no_incident(what, Ended::Posted, Vec::new()) };
    ledger.settle(grant, settlement, introduced.as_mut(), now).await;
}

/// It is triggered then, and over after so many minutes.
async fn incident(ledger: &Ledger, number: u64, title: &str, time: &str, over: Option<(i64, Option<&str>)>) {
    post(ledger, event(number, EventKind::Triggered, title, time)).await;
    let Some((minutes, agent)) = over else { return };
    // Its title is not said again.
    let mut end = event(number, EventKind::Resolved, title, time);
    end.occurred_at += TimeDelta::minutes(minutes);
    end.agent = agent.and_then(Foreign::line).map(|name| Person { id: "P1".into(), name });
    post(ledger, end).await;
}

/// What is known of earlier ones when the event comes, a line each.
async fn asked(ledger: &Ledger, event: &IncidentEvent) -> Vec<String> {
    let (done, earlier) = ledger.beside_earlier(Question::of(event), ready(7)).await;
    assert_eq!(done, 7);
    let line = |earlier: &Earlier| {
        let took = earlier.took.map(|took| took.num_minutes());
        let end = match &earlier.end {
            End::By(person) => person.name.as_str().to_owned(),
            other => format!("{other:?}"),
        };
        let tag = earlier.tag.as_ref().map(Tag::as_str).unwrap_or_default();
        format!("{tag} {} {end} {took:?}", earlier.opened_at.format("%m-%d %H:%M"))
    };
    earlier.iter().map(line).collect()
}

#[tokio::test]
async fn the_same_alert_of_ninety_days_is_found_the_latest_first() {
    let ledger = Ledger::memory();
    for (number, title, time, over) in [
        (1, "HTTP 5xx が 9% です", "2026-08-26T02:01:59Z", Some((1, None))),
        (2, "HTTP 5xx が 5% です", "2026-08-26T02:02:00Z", Some((4, None))),
        (3, "HTTP 5xx が 7% です", "2026-11-12T02:02:00Z", Some((23, Some("鈴木")))),
        (4, "HTTP 4xx が 7% です", "2026-11-13T02:02:00Z", Some((23, Some("鈴木")))),
        (5, "HTTP 5xx が 8% です", "2026-11-24T01:00:00Z", None),
        (6, "HTTP 5xx が 8% です", "2026-11-24T02:02:01Z", None),
    ] {
        incident(&ledger, number, title, time, over).await;
    }
    let now = event(7, EventKind::Triggered, "HTTP 5xx が 6.5% です", "2026-11-24T02:02:00Z");
    let expected =
        ["#PD5 11-24 01:00 NotYet None", "#PD3 11-12 02:02 鈴木 Some(23)", "#PD2 08-26 02:02 ByItself Some(4)"];
    assert_eq!(asked(&ledger, &now).await, expected);
    post(&ledger, now.clone()).await;
    assert_eq!(asked(&ledger, &now).await, expected, "it is not among them itself");
    let found = ledger.earlier(&IncidentId("Q7".into())).await.expect("an answer");
    assert_eq!(found.len(), 3, "nor when somebody looks back");
    assert_eq!(ledger.earlier(&IncidentId("Q99".into())).await, Ok(Vec::new()));

    let other = |change: fn(&mut IncidentEvent)| {
        let mut event = now.clone();
        change(&mut event);
        event
    };
    for (event, why) in [
        (other(|event| event.incident.service = Foreign::line("Cacooアプリ")), "another service"),
        (other(|event| event.kind = EventKind::Acknowledged), "it is no beginning"),
        (other(|event| event.kind = EventKind::Reopened), "the same incident again"),
        (other(|event| event.incident.title = None), "nobody says what it is"),
        (other(|event| event.incident.id = None), "it is no incident"),
        (other(|event| event.incident.id = Some(Drill::Quiet.id("4F9A21"))), "it is a drill"),
    ] {
        assert!(asked(&ledger, &event).await.is_empty(), "{why}");
    }
}

/// A drill is no earlier one either.
#[tokio::test]
async fn a_drill_has_no_fingerprint() {
    let ledger = Ledger::memory();
    let mut drill = event(1, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:00:00Z");
    drill.incident.id = Some(Drill::Mentioning.id("4F9A21"));
    post(&ledger, drill).await;
    let now = event(2, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:02:00Z");
    assert!(asked(&ledger, &now).await.is_empty());
    post(&ledger, now).await;
    let known = async |id| ledger.incident(&id).await.expect("an answer").expect("it is known").fingerprint;
    assert_eq!(known(Drill::Mentioning.id("4F9A21")).await, None);
    assert!(known(IncidentId("Q2".into())).await.is_some());
}

#[tokio::test]
async fn only_what_nobody_has_ended_has_ended_by_itself() {
    for (change, expected) in [
        ((|_| {}) as fn(&mut IncidentEvent), "ByItself"),
        (|event| event.details.closing = Some(Closing::ByHand), "NotSaid"),
        (|event| event.missed = Some(Missed::First), "NotSaid"),
    ] {
        let ledger = Ledger::memory();
        incident(&ledger, 1, "HTTP 5xx", "2026-11-24T01:00:00Z", None).await;
        let mut end = event(1, EventKind::Resolved, "HTTP 5xx", "2026-11-24T01:03:00Z");
        change(&mut end);
        post(&ledger, end).await;
        let now = event(2, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:02:00Z");
        assert_eq!(asked(&ledger, &now).await, [format!("#PD1 11-24 01:00 {expected} Some(3)")]);
    }
}

#[tokio::test]
async fn of_many_the_latest_twenty_are_looked_at() {
    let ledger = Ledger::memory();
    for number in 1..=30 {
        incident(&ledger, number, "HTTP 5xx", &format!("2026-11-24T01:{number:02}:00Z"), None).await;
    }
    let now = event(30, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:02:00Z");
    let found = asked(&ledger, &now).await;
    let first_and_last = (found.first().map(String::as_str), found.last().map(String::as_str));
    assert_eq!(first_and_last, (Some("#PD29 11-24 01:29 NotYet None"), Some("#PD10 11-24 01:10 NotYet None")));
    assert_eq!(found.len(), MOST);
}

/// A title that is edited later changes nothing: the alert is what it was.
#[tokio::test]
async fn the_first_title_counts_and_links_come_back() {
    let ledger = Ledger::memory();
    incident(&ledger, 1, "HTTP 5xx", "2026-11-24T01:00:00Z", None).await;
    let mut introduced = ledger.introduce(&event(1, EventKind::Acknowledged, "調査中", "2026-11-24T01:05:00Z")).await;
    let known = introduced.as_mut().and_then(|introduced| introduced.known.as_mut()).expect("it is known");
    let link = |text| Link::parse(text).expect("a link");
    let links = [
        (Destination::Primary, Some(link("https://x.slack.com/p2?thread_ts=1.2&cid=C1"))),
        (Destination::Backup, None),
    ];
    for (place, note) in links {
        let links = ThreadLinks { home: "slack C0APPMON001".into(), thread: link("https://x.slack.com/p1"), note };
        known.links.insert(place, links);
    }
    let kept = known.links.clone();
    let Claim::Yours(grant) = ledger.claim(&EventKey("x".into()), Destination::Any, at("2026-11-24T01:05:02Z")).await
    else {
        panic!("nobody has it")
    };
    let acknowledged = event(1, EventKind::Acknowledged, "調査中", "2026-11-24T01:05:00Z");
    let settlement =
        Settlement { event: Some(&acknowledged), ..Settlement::of_no_incident("x", Ended::Posted, Vec::new()) };
    ledger.settle(grant, settlement, introduced.as_mut(), at("2026-11-24T01:05:02Z")).await;
    let now = event(2, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:02:00Z");
    let (_, earlier) = ledger.beside_earlier(Question::of(&now), ready(())).await;
    assert_eq!(earlier[0].links, kept);
}

/// Two chats are told at the same time, and each keeps where its own thread opens.
#[tokio::test]
async fn links_survive_what_others_write_meanwhile() {
    let ledger = Ledger::memory();
    incident(&ledger, 1, "HTTP 5xx", "2026-11-24T01:00:00Z", Some((20, None))).await;
    let link = |text: &str| Link::parse(text).expect("a link");
    let links = |place: &str, note: Option<&str>| ThreadLinks {
        home: "slack".into(),
        thread: link(&format!("https://x.slack.com/{place}")),
        note: note.map(link),
    };
    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let note = Some("https://x.slack.com/note");
    let told = event(1, EventKind::Annotated, "HTTP 5xx", "2026-11-24T02:00:00Z");
    let now = at("2026-11-24T02:00:02Z");
    // Both have read it before either has written.
    let (one, other) = tokio::join!(ledger.introduce(&told), ledger.introduce(&told));
    let third = ledger.introduce(&told).await;
    for (key, place, mut introduced, kept) in [
        ("1", primary, one, links("p1", note)),
        ("2", backup, other, links("p2", note)),
        // Who has heard of no note takes none away.
        ("3", primary, third, links("p1", None)),
    ] {
        let Claim::Yours(grant) = ledger.claim(&EventKey(key.into()), place, now).await else {
            panic!("nobody has it")
        };
        let settlement = Settlement {
            event: Some(&told),
            links: Some(Box::new((place, kept))),
            ..Settlement::of_no_incident("annotated", Ended::Posted, Vec::new())
        };
        ledger.settle(grant, settlement, introduced.as_mut(), now).await;
    }
    let known = ledger.incident(&IncidentId("Q1".into())).await.expect("it answers").expect("it is known");
    assert_eq!(known.links, [(primary, links("p1", note)), (backup, links("p2", note))].into());
}

/// Its index is not there, or it hangs.
#[derive(Debug)]
struct Without {
    hangs: bool,
}

impl Table for Without {
    fn read<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<crate::store::item::Item>, Down>> {
        Box::pin(ready(Ok(None)))
    }

    fn put(&self, _: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        Box::pin(ready(Ok(Written::Done)))
    }

    fn query(&self, _: Query) -> BoxFuture<'_, Result<Vec<crate::store::item::Item>, Down>> {
        if self.hangs { Box::pin(pending()) } else { Box::pin(ready(Err(Down::for_now("ValidationException")))) }
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_nothing_is_said_and_the_rest_goes_on() {
    for hangs in [false, true] {
        let ledger = Ledger::new(Without { hangs }, "me".to_owned(), crate::ledger::LEASE);
        let now = event(7, EventKind::Triggered, "HTTP 5xx", "2026-11-24T02:02:00Z");
        let begun = tokio::time::Instant::now();
        assert!(asked(&ledger, &now).await.is_empty());
        assert_eq!(begun.elapsed().as_millis(), if hangs { 100 } else { 0 });
        assert!(matches!(ledger.claim(&now.key, Destination::Any, now.occurred_at).await, Claim::Yours(_)));
        assert!(ledger.incident(&IncidentId("Q7".into())).await.is_ok(), "the ledger is not given up for it");
    }
}
