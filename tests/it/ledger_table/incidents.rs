//! What is known of incidents, and what was posted about them.

use super::{World, after, event, id, instant, key, note};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use toban::domain::incident::State;
use toban::domain::incident::{EventKind, IncidentNumber};
use toban::domain::text::Foreign;
use toban::ledger::incident::KnownIncident;
use toban::ledger::{Mentioned, Posted};

/// The row of an incident that began at `opened_at`.
fn row(name: &str, opened_at: &str) -> Value {
    json!({
        "pk": format!("incident#{name}"), "sk": "state", "v": 1, "rev": 7, "number": 4812, "title": "HTTP 5xx",
        "service": "checkout", "state": "triggered", "opened_at": opened_at, "changed_at": opened_at,
        "has_begun": true,
        "threads": {"primary": "1732413720.000100"}, "expires_at": 1_800_000_000,
        "gsi_pk": "open", "gsi_sk": format!("{opened_at}#{name}"),
    })
}

fn with(mut row: Value, attribute: &str, value: Value) -> Value {
    row[attribute] = value;
    row
}

fn without(mut row: Value, attribute: &str) -> Value {
    row.as_object_mut().expect("a row is an object").remove(attribute);
    row
}

#[tokio::test]
async fn an_incident_is_in_the_index_while_it_is_open() {
    let world = World::new().await;
    let ledger = world.of("me");
    let indexed = async || world.table.scan_all().await[0].get("gsi_sk").cloned();

    let learned = ledger.introduce(id("Q2YX"), &event(EventKind::Triggered, "Q2YX", after(0)), after(1)).await;
    let expected = json!({
        "pk": "incident#Q2YX", "sk": "state", "v": 1, "rev": 1, "number": 4812, "title": "HTTP 5xx",
        "service": "checkout", "state": "triggered", "opened_at": "2026-11-24T02:02:00.000Z",
        "has_begun": true, "changed_at": "2026-11-24T02:02:00.000Z", "threads": {}, "expires_at": 1_803_261_721,
        "gsi_pk": "open", "gsi_sk": "2026-11-24T02:02:00.000Z#Q2YX",
    });
    assert_eq!(world.table.scan_all().await, [expected]);
    assert_eq!(ledger.incident(&id("Q2YX")).await.expect("an answer"), learned.ok());

    let change = async |kind, seconds| {
        let event = event(kind, "Q2YX", after(seconds));
        ledger.introduce(id("Q2YX"), &event, after(seconds)).await.expect("an answer");
    };
    change(EventKind::Acknowledged, 10).await;
    assert_eq!(indexed().await, Some(json!("2026-11-24T02:02:00.000Z#Q2YX")));
    change(EventKind::Resolved, 20).await;
    assert_eq!(indexed().await, None);
    assert_eq!(ledger.open_incidents().await.expect("an answer"), []);
    change(EventKind::Reopened, 30).await;
    assert_eq!(indexed().await, Some(json!("2026-11-24T02:02:30.000Z#Q2YX")));
}

#[tokio::test]
async fn an_event_with_no_news_writes_nothing() {
    let world = World::new().await;
    let ledger = world.of("me");
    let triggered = event(EventKind::Triggered, "Q2YX", instant("2026-11-24T02:02:00.123456789Z"));
    let introduce = async |now| ledger.introduce(id("Q2YX"), &triggered, now).await.expect("an answer");

    let first = introduce(after(0)).await;
    assert_eq!(world.wire.operations(), ["GetItem", "PutItem"]);
    assert_eq!(introduce(after(60)).await, first);
    assert_eq!(world.wire.operations(), ["GetItem"]);
    // The row must not expire while there are still events of the incident.
    introduce(after(0) + TimeDelta::days(2)).await;
    assert_eq!(world.wire.operations(), ["GetItem", "PutItem"]);
}

#[tokio::test]
async fn a_title_is_cut_to_one_kilobyte() {
    let world = World::new().await;
    let ledger = world.of("me");
    let mut long = event(EventKind::Triggered, "Q2YX", after(0));
    long.incident.title = Foreign::line(&"当".repeat(1_000));
    let learned = ledger.introduce(id("Q2YX"), &long, after(0)).await.expect("an answer");
    assert_eq!(learned.title, Foreign::line(&"当".repeat(341)));
    assert_eq!(ledger.incident(&id("Q2YX")).await.expect("an answer"), Some(learned));
    world.wire.operations();
    ledger.introduce(id("Q2YX"), &long, after(0)).await.expect("an answer");
    assert_eq!(world.wire.operations(), ["GetItem"]);
}

#[tokio::test]
async fn changes_at_the_same_time_do_not_undo_each_other() {
    let world = World::new().await;
    let one = world.of("one");
    let other = world.of("other");
    let incident = id("Q2YX");
    one.introduce(incident.clone(), &note("Q2YX", after(0)), after(0)).await.expect("an answer");

    let triggered = event(EventKind::Triggered, "Q2YX", after(1));
    let (learned, kept, kept_too) = tokio::join!(
        one.introduce(incident.clone(), &triggered, after(1)),
        other.keep_thread(&incident, "primary", "1732413720.000100", after(1)),
        one.keep_thread(&incident, "backup", "1732413720.000200", after(1)),
    );
    learned.expect("an answer");
    kept.expect("an answer");
    kept_too.expect("an answer");
    let known = other.incident(&incident).await.expect("an answer").expect("it is known");
    assert_eq!(known.number, Some(IncidentNumber(4812)));
    assert_eq!(known.state, Some(State::Triggered));
    let threads = [("backup", "1732413720.000200"), ("primary", "1732413720.000100")];
    assert_eq!(known.threads, BTreeMap::from(threads.map(|(place, post)| (place.to_owned(), post.to_owned()))));
}

#[tokio::test]
async fn a_thread_of_an_unknown_incident_is_kept() {
    let world = World::new().await;
    let ledger = world.of("me");
    ledger.keep_thread(&id("Q2YX"), "primary", "1732413720.000100", after(0)).await.expect("an answer");
    let triggered = event(EventKind::Triggered, "Q2YX", after(-5));
    let known = ledger.introduce(id("Q2YX"), &triggered, after(1)).await.expect("an answer");
    assert_eq!(known.state, Some(State::Triggered));
    assert_eq!(known.opened_at, after(-5));
    assert_eq!(known.threads.get("primary").map(String::as_str), Some("1732413720.000100"));
}

#[tokio::test]
async fn what_is_read_from_an_odd_row_of_an_incident() {
    let world = World::new().await;
    let ledger = world.of("me");
    let began = "2026-11-24T02:02:00.000Z";
    let whole = |name: &str| KnownIncident {
        id: id(name),
        number: Some(IncidentNumber(4812)),
        title: Foreign::line("HTTP 5xx"),
        service: Foreign::line("checkout"),
        state: Some(State::Triggered),
        holders: Vec::new(),
        opened_at: after(0),
        has_begun: true,
        changed_at: after(0),
        threads: BTreeMap::from([("primary".to_owned(), "1732413720.000100".to_owned())]),
    };
    let base = |name: &str| row(name, began);
    let table = [
        ("whole", base("whole"), Some(whole("whole"))),
        (
            "beginning",
            with(base("beginning"), "has_begun", json!("yes")),
            Some(KnownIncident { has_begun: false, ..whole("beginning") }),
        ),
        ("version", with(base("version"), "v", json!(2)), None),
        ("no-version", without(base("no-version"), "v"), None),
        ("no-time", without(base("no-time"), "opened_at"), None),
        ("odd-time", with(base("odd-time"), "changed_at", json!("yesterday")), None),
        ("number", with(base("number"), "number", json!(-1)), Some(KnownIncident { number: None, ..whole("number") })),
        ("title", with(base("title"), "title", json!(1)), Some(KnownIncident { title: None, ..whole("title") })),
        ("service", without(base("service"), "service"), Some(KnownIncident { service: None, ..whole("service") })),
        (
            "state",
            with(base("state"), "state", json!("snoozed")),
            Some(KnownIncident { state: None, ..whole("state") }),
        ),
        ("holders", with(base("holders"), "holders", json!({"P1": 1, "P2": " "})), Some(whole("holders"))),
        (
            "threads",
            with(base("threads"), "threads", json!({"primary": 1})),
            Some(KnownIncident { threads: BTreeMap::new(), ..whole("threads") }),
        ),
    ];
    for (name, row, expected) in &table {
        world.table.put(row).await;
        assert_eq!(&ledger.incident(&id(name)).await.expect("an answer"), expected, "{name}");
    }
    let open: Vec<_> = ledger.open_incidents().await.expect("an answer");
    let open: Vec<_> = open.iter().map(|known| known.id.0.as_str()).collect();
    assert_eq!(open, ["beginning", "holders", "number", "service", "threads", "title", "whole"]);

    // An event turns any of them into a row of ours.
    for (name, row, _) in &table {
        world.table.put(&with(row.clone(), "rev", json!("odd"))).await;
        let reopened = event(EventKind::Reopened, name, after(90));
        let known = ledger.introduce(id(name), &reopened, after(90)).await.expect("an answer");
        assert_eq!((known.state, known.opened_at), (Some(State::Triggered), after(90)), "{name}");
        assert_eq!(ledger.incident(&id(name)).await.expect("an answer"), Some(known), "{name}");
    }
    assert_eq!(ledger.open_incidents().await.expect("an answer").len(), table.len());
}

#[tokio::test]
async fn open_incidents_come_page_by_page() {
    let world = World::new().await;
    for number in 0..9 {
        let began = after(9 - number).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let row = with(row(&format!("Q{number}"), &began), "padding", json!("x".repeat(150_000)));
        world.table.put(&row).await;
    }
    let open = world.of("me").open_incidents().await.expect("an answer");
    assert_eq!(world.wire.operations(), ["Query", "Query"]);
    let expected: Vec<_> = (0..9).rev().map(|number| id(&format!("Q{number}"))).collect();
    assert_eq!(open.into_iter().map(|known| known.id).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn history_comes_page_by_page() {
    let world = World::new().await;
    let ledger = world.of("me");
    let mut expected = Vec::new();
    // From ten to midnight to ten past, UTC: two days.
    for number in 0..300 {
        let at = instant("2026-11-24T23:50:00Z") + TimeDelta::seconds(4 * number);
        let posted = Posted {
            at,
            incident: id(&format!("Q{number}")),
            kind: EventKind::Triggered,
            mentioned: Mentioned::Somebody,
        };
        ledger.record(&key(&format!("01G{number}")), &posted).await.expect("an answer");
        expected.push(posted);
    }
    // A page ends at one megabyte.
    for mut row in world.table.scan_all().await {
        if ["Q40", "Q80", "Q120", "Q180", "Q220", "Q260"].iter().any(|id| row["incident"] == json!(id)) {
            row["padding"] = json!("x".repeat(380_000));
            world.table.put(&row).await;
        }
    }
    // Two megabytes take moto a while, and a call has a second: on a busy machine this may need several attempts.
    let between = async |from, to| {
        for _ in 0..20 {
            world.wire.operations();
            if let Ok(found) = world.of("me").posted_between(from, to).await {
                return found;
            }
        }
        panic!("moto did not answer within a second, twenty times");
    };
    let from = expected[0].at;
    let to = expected[299].at;
    assert_eq!(between(from, to + TimeDelta::milliseconds(1)).await, expected);
    assert_eq!(world.wire.operations(), ["Query"; 4]);
    assert_eq!(between(from + TimeDelta::milliseconds(1), to).await, expected[1..299]);
}

#[tokio::test]
async fn no_day_is_queried_twice_or_without_need() {
    let world = World::new().await;
    let ledger = world.of("me");
    let days_after = |days| instant("2026-12-20T00:00:00Z") + TimeDelta::days(days);
    let mut expected = Vec::new();
    for day in 0..20 {
        let posted =
            Posted { at: days_after(day), incident: id("Q"), kind: EventKind::Resolved, mentioned: Mentioned::Nobody };
        ledger.record(&key("01G"), &posted).await.expect("an answer");
        expected.push(posted);
    }
    world.wire.operations();
    for (from, to, queries) in [(0, 20, 20), (0, 1, 1), (5, 8, 3), (3, 3, 0), (4, 3, 0)] {
        let found = ledger.posted_between(days_after(from), days_after(to)).await.expect("an answer");
        let wanted = usize::try_from(from).expect("a day")..usize::try_from(to.max(from)).expect("a day");
        assert_eq!(found, expected[wanted], "{from} to {to}");
        assert_eq!(world.wire.operations(), vec!["Query"; queries], "{from} to {to}");
    }
}

#[tokio::test]
async fn what_is_read_from_an_odd_row_of_the_history() {
    let world = World::new().await;
    let ledger = world.of("me");
    let other = EventKind::Other(Foreign::line("incident.snoozed").expect("a visible name"));
    let long = EventKind::Other(Foreign::line(&"当".repeat(100)).expect("a visible name"));
    for (second, kind) in [(1, &other), (2, &long)] {
        let posted = Posted { at: after(second), incident: id("Q"), kind: kind.clone(), mentioned: Mentioned::Nobody };
        ledger.record(&key("ours"), &posted).await.expect("an answer");
    }
    let base = |sk: &str| {
        json!({
            "pk": "day#2026-11-24", "sk": sk, "v": 1, "incident": "Q", "kind": "triggered", "told": "somebody",
            "expires_at": 1_800_000_000,
        })
    };
    for row in [
        base("2026-11-24T02:02:03.000Z#whole"),
        with(base("2026-11-24T02:02:04.000Z#version"), "v", json!(2)),
        without(base("2026-11-24T02:02:04.000Z#no-version"), "v"),
        with(base("2026-11-24T02:02:04.000Z#told"), "told", json!("everybody")),
        without(base("2026-11-24T02:02:04.000Z#incident"), "incident"),
        with(base("2026-11-24T02:02:04.000Z#kind"), "kind", json!(1)),
        base("2026-11-24T02:02:04.000Z"),
        base("2026-11-24T02:02:04.x#time"),
        with(base("2026-11-24T02:02:05.000Z#new"), "kind", json!("snoozed")),
    ] {
        world.table.put(&row).await;
    }
    let found = ledger.posted_between(after(0), after(60)).await.expect("an answer");
    let snoozed = EventKind::Other(Foreign::line("snoozed").expect("a visible name"));
    let cut = EventKind::Other(Foreign::line(&"当".repeat(66)).expect("a visible name"));
    let kinds: Vec<_> = found.iter().map(|posted| (posted.at, posted.kind.clone())).collect();
    assert_eq!(kinds, [(after(1), other), (after(2), cut), (after(3), EventKind::Triggered), (after(5), snoozed)]);
}
