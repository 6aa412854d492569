use super::*;
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, EventKind, IncidentEvent, IncidentNumber, Origin};
use crate::domain::text::Tag;
use crate::ledger::{Attempt, Claim, Ended, Mentioned, Settlement};
use crate::store::{Put, Table, Written};
use futures_util::future::{BoxFuture, ready};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn event(key: &str, kind: EventKind, number: u64, time: &str) -> IncidentEvent {
    let mut event = IncidentEvent::new(Origin::PagerDuty, EventKey(key.into()), kind, at(time));
    event.incident.id = Some(IncidentId(format!("Q{number}")));
    event.incident.number = Some(IncidentNumber(number));
    event.incident.title = Foreign::line("HTTP 5xx");
    event
}

/// An event that is posted, after as many failures as there are other outcomes.
async fn post(ledger: &Ledger, mut event: IncidentEvent, outcomes: &[&str]) {
    let now = event.occurred_at + TimeDelta::seconds(2);
    let mut introduced = ledger.introduce(&event).await;
    introduced.as_ref().expect("it has an incident").complete(&mut event);
    let Claim::Yours(grant) = ledger.claim(&event.key, Destination::Any, now).await else { panic!("nobody has it") };
    let attempt = |outcome: &&str| Attempt {
        at: now,
        what: event.kind.name().to_owned(),
        incident: event.incident.number.map(|number| number.0),
        place: Destination::Any,
        chat: "Slack".to_owned(),
        outcome: (*outcome).to_owned(),
        why: "in working hours · rotation!B14".to_owned(),
    };
    let settlement = Settlement {
        what: event.kind.name(),
        event: Some(&event),
        ended: Ended::Posted,
        attempts: outcomes.iter().map(attempt).collect(),
        mentioned: Mentioned::Somebody,
        first: None,
        links: None,
    };
    ledger.settle(grant, settlement, introduced.as_mut(), now).await;
}

fn by_number(number: u64) -> Subject {
    Subject::Tag(Tag::pagerduty(number))
}

/// What was told, in a line for each.
#[track_caller]
fn lines(past: Past) -> Vec<String> {
    let Past::Known(past) = past else { panic!("{past:?}") };
    let line = |told: Told| {
        let why = told.why.expect("it was kept");
        format!("{} {} {} {} {why}", told.at.format("%d %H:%M:%S"), told.what.name(), told.chat, told.outcome)
    };
    past.told.into_iter().map(line).collect()
}

#[tokio::test]
async fn what_was_told_is_found_by_number_and_by_id() {
    let ledger = Ledger::memory();
    post(&ledger, event("1", EventKind::Triggered, 4812, "2026-11-24T23:59:50Z"), &["the chat refuses: x", "posted"])
        .await;
    post(&ledger, event("2", EventKind::Triggered, 4813, "2026-11-25T00:00:05Z"), &["posted"]).await;
    post(&ledger, event("3", EventKind::Annotated, 4812, "2026-11-25T00:10:00Z"), &["posted"]).await;
    post(&ledger, event("4", EventKind::Resolved, 4812, "2026-11-25T00:20:00Z"), &["not posted: reported"]).await;
    let expected = [
        "24 23:59:52 triggered Slack posted in working hours · rotation!B14",
        "25 00:10:02 annotated Slack posted in working hours · rotation!B14",
        "25 00:20:02 resolved Slack not posted: reported in working hours · rotation!B14",
    ];
    let now = at("2026-12-24T00:00:00Z");
    assert_eq!(lines(ledger.past(&by_number(4812), now).await), expected);
    assert_eq!(lines(ledger.past(&Subject::Id(IncidentId("Q4812".into())), now).await), expected);
    let Past::Known(past) = ledger.past(&by_number(4813), now).await else { panic!("it is known") };
    let title = past.title.as_ref().map(Foreign::as_str);
    assert_eq!((past.tag, title, past.told.len()), (Some(Tag::pagerduty(4813)), Some("HTTP 5xx"), 1));
    assert_eq!(ledger.past(&by_number(9999), now).await, Past::NotKnown);
    assert_eq!(ledger.past(&Subject::Id(IncidentId("Q9".into())), now).await, Past::NotKnown);
}

#[tokio::test]
async fn of_a_long_time_the_first_and_the_last_days_are_looked_through() {
    let ledger = Ledger::memory();
    for (key, kind, day) in [
        ("1", EventKind::Triggered, 1),
        ("2", EventKind::Annotated, 2),
        ("3", EventKind::Annotated, 5),
        ("4", EventKind::Annotated, 9),
    ] {
        post(&ledger, event(key, kind, 4812, &format!("2026-11-{day:02}T01:00:00Z")), &["posted"]).await;
    }
    for (now, days, has_gaps) in [
        ("2026-11-04T02:00:00Z", &["01", "02"][..], false),
        ("2026-11-05T02:00:00Z", &["01", "02", "05"], true),
        ("2026-11-10T02:00:00Z", &["01", "02", "09"], true),
    ] {
        let past = ledger.past(&by_number(4812), at(now)).await;
        let Past::Known(known) = &past else { panic!("{past:?}") };
        assert_eq!(known.has_gaps, has_gaps, "{now}");
        let found: Vec<_> = lines(past).iter().map(|line| line[..2].to_owned()).collect();
        assert_eq!(found, days, "{now}");
    }
}

/// However long after its end somebody has written a note.
#[tokio::test]
async fn a_note_of_days_later_is_found() {
    let ledger = Ledger::memory();
    for (key, kind, time, is_long) in [
        ("1", EventKind::Triggered, "21T01:00", true),
        ("2", EventKind::Resolved, "24T01:30", false),
        ("3", EventKind::Annotated, "25T01:00", false),
        ("4", EventKind::Annotated, "27T01:00", false),
        ("5", EventKind::Annotated, "28T01:00", true),
        ("6", EventKind::Annotated, "30T01:00", true),
    ] {
        post(&ledger, event(key, kind, 4812, &format!("2026-11-{time}:00Z")), &["posted"]).await;
        let history = ledger.history(&by_number(4812), at("2026-12-24T00:00:00Z")).await.expect("an answer");
        let history = history.expect("it is known");
        let last = history.steps.last().expect("a step");
        assert_eq!((last.at.format("%dT%H:%M").to_string().as_str(), history.has_gaps), (time, is_long));
        assert!(history.steps.iter().any(|step| step.what == EventKind::Resolved) || key == "1", "its end stays");
    }
}

/// What was told before it was reopened is found as well.
#[tokio::test]
async fn a_reopened_incident_has_all_of_its_past() {
    let ledger = Ledger::memory();
    for (key, kind, time) in [
        ("1", EventKind::Triggered, "24T01:00"),
        ("2", EventKind::Resolved, "24T01:30"),
        ("3", EventKind::Reopened, "24T05:00"),
        ("4", EventKind::Resolved, "24T05:10"),
        ("5", EventKind::Reopened, "25T01:00"),
        ("6", EventKind::Resolved, "25T01:20"),
    ] {
        post(&ledger, event(key, kind, 4812, &format!("2026-11-{time}:00Z")), &["posted"]).await;
    }
    let now = at("2026-12-24T00:00:00Z");
    let history = ledger.history(&by_number(4812), now).await.expect("an answer").expect("it is known");
    let steps: Vec<_> =
        history.steps.iter().map(|step| format!("{} {}", step.at.format("%d %H:%M"), step.what.name())).collect();
    let expected = [
        "24 01:00 triggered",
        "24 01:30 resolved",
        "24 05:00 reopened",
        "24 05:10 resolved",
        "25 01:00 reopened",
        "25 01:20 resolved",
    ];
    assert_eq!(steps, expected);
    assert!(!history.has_gaps);
    assert_eq!(lines(ledger.past(&by_number(4812), now).await).len(), 6);
}

/// It does not answer.
#[derive(Debug)]
struct Gone;

impl Table for Gone {
    fn read<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        Box::pin(ready(Err(Down::for_now("gone"))))
    }

    fn put(&self, _: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        Box::pin(ready(Err(Down::for_now("gone"))))
    }

    fn query(&self, _: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        Box::pin(ready(Err(Down::for_now("gone"))))
    }
}

#[tokio::test]
async fn no_answer_is_not_an_unknown_incident() {
    let ledger = Ledger::new(Gone, "me".to_owned(), crate::ledger::LEASE);
    let now = at("2026-11-24T00:00:00Z");
    for subject in [by_number(4812), Subject::Id(IncidentId("Q4812".into()))] {
        assert_eq!(ledger.past(&subject, now).await, Past::NoAnswer);
    }
}
