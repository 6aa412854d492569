//! What is known of incidents, and what was posted about them.

use super::{World, after, event, first_post, id, instant, key, learn, learn_with, note, settlement};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKind, IncidentEvent, IncidentNumber, State};
use toban::domain::text::Foreign;
use toban::ledger::incident::{KnownIncident, Opening};
use toban::ledger::{Ended, FirstPost, Mentioned, Settlement};

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
    let indexed = async || world.rows("incident#").await[0].get("gsi_sk").cloned();

    let opening = Opening { text: "🔥 発生 #PD4812".into(), verb: 5..11 };
    let first = FirstPost { opening: Some(opening), ..first_post("1732413720.000100") };
    let learned = learn_with(&ledger, &event(EventKind::Triggered, "Q2YX", after(0)), Some(first), after(1)).await;
    let expected = json!({
        "pk": "incident#Q2YX", "sk": "state", "v": 1, "rev": 1, "edition": 2, "number": 4812, "title": "HTTP 5xx",
        "service": "checkout", "state": "triggered", "opened_at": "2026-11-24T02:02:00.000Z",
        "has_begun": true, "begins_apart": true, "changed_at": "2026-11-24T02:02:00.000Z",
        "told_at": "2026-11-24T02:02:01.000Z",
        "threads": {"primary": "1732413720.000100"}, "openings": {"primary": "5-11 🔥 発生 #PD4812"},
        "told": {"primary triggered": "1795485720 webhook"}, "expires_at": 1_803_261_721,
        "gsi_pk": "open", "gsi_sk": "2026-11-24T02:02:00.000Z#Q2YX",
        "fingerprint": "1-1e72bb6fae898eaafe7422220e76667f",
    });
    assert_eq!(world.rows("incident#").await, [expected]);
    assert_eq!(ledger.incident(&id("Q2YX")).await, Ok(Some(learned)));

    let change = async |kind, seconds| {
        learn(&ledger, &event(kind, "Q2YX", after(seconds)), after(seconds)).await;
    };
    change(EventKind::Acknowledged, 10).await;
    assert_eq!(indexed().await, Some(json!("2026-11-24T02:02:00.000Z#Q2YX")));
    change(EventKind::Resolved, 20).await;
    assert_eq!(indexed().await, None);
    assert_eq!(ledger.open_incidents().await, Some(vec![]));
    change(EventKind::Reopened, 30).await;
    assert_eq!(indexed().await, Some(json!("2026-11-24T02:02:30.000Z#Q2YX")));
}

/// Its outcome, its history and its incident are one write.
#[tokio::test]
async fn a_delivery_is_three_calls() {
    let world = World::new().await;
    let ledger = world.of("me");
    for (kind, rows) in [(EventKind::Triggered, 3), (EventKind::Acknowledged, 4), (EventKind::Resolved, 5)] {
        learn(&ledger, &event(kind, "Q2YX", after(0)), after(0)).await;
        // The last one is the test's own.
        assert_eq!(world.wire.operations()[..3], ["GetItem", "PutItem", "TransactWriteItems"]);
        assert_eq!(world.table.scan_all().await.len(), rows, "of the incident, its tag and each delivery");
    }
    let delivery = world.rows("claim#").await.remove(0);
    let told = ["state", "kind", "told", "incident", "gsi_pk"].map(|name| delivery[name].clone());
    assert_eq!(told[..1], [json!("completed")]);
    assert_eq!(told[2..], [json!("nobody"), json!("Q2YX"), json!("day#2026-11-24")]);
}

/// A message that no chat took is not known to have been told, but what it says of its incident is kept.
#[tokio::test]
async fn what_waits_for_a_chat_is_known_all_the_same() {
    let world = World::new().await;
    let ledger = world.of("me");
    let triggered = event(EventKind::Triggered, "Q2YX", after(0));
    let mut incident = ledger.introduce(&triggered).await.expect("an incident");
    let grant = super::granted(ledger.claim(&key("01G"), Destination::Primary, after(0)).await);
    ledger.settle(grant, settlement(&triggered, Ended::NotPosted), Some(&mut incident), after(0)).await;
    let known = ledger.incident(&id("Q2YX")).await.expect("an answer").expect("it is known");
    assert_eq!((known.state, known.threads.len()), (Some(State::Triggered), 0));
    assert_eq!(world.rows("incident#").await[0].get("told"), None);
    assert_eq!(ledger.posted_between(after(-60), after(60)).await, Some(vec![]));
}

#[tokio::test]
async fn a_title_is_cut_to_one_kilobyte() {
    let world = World::new().await;
    let ledger = world.of("me");
    let mut long = event(EventKind::Triggered, "Q2YX", after(0));
    long.incident.title = Foreign::line(&"当".repeat(1_000));
    assert_eq!(learn(&ledger, &long, after(0)).await.title, Foreign::line(&"当".repeat(341)));
}

/// What DynamoDB takes as a key of the index is shorter than what it takes as a key of the table.
#[tokio::test]
async fn a_long_id_is_recorded_as_well() {
    let world = World::new().await;
    let ledger = world.of("me");
    let long = "x".repeat(1_500);
    let triggered = IncidentEvent { key: key(&long), ..event(EventKind::Triggered, &long, after(0)) };
    let mut incident = ledger.introduce(&triggered).await;
    let grant = super::granted(ledger.claim(&triggered.key, Destination::Primary, after(0)).await);
    ledger.settle(grant, settlement(&triggered, Ended::Posted), incident.as_mut(), after(0)).await;
    assert_eq!(super::said(&ledger.claim(&triggered.key, Destination::Primary, after(60)).await), "completed");
    assert_eq!(ledger.open_incidents().await.map(|open| open.len()), Some(1));
    assert_eq!(ledger.posted_between(after(-60), after(60)).await.map(|posted| posted.len()), Some(1));
}

/// Two chats, and two processes that work for one each.
#[tokio::test]
async fn changes_at_the_same_time_do_not_undo_each_other() {
    let world = World::new().await;
    let (one, other) = (world.of("one"), world.of("other"));
    let incident = id("Q2YX");
    learn(&one, &note("Q2YX", after(0)), after(0)).await;

    let triggered = event(EventKind::Triggered, "Q2YX", after(1));
    let mut seen = [
        (&one, Destination::Primary, "1732413720.000100", None),
        (&other, Destination::Backup, "1732413720.000200", None),
    ];
    for (ledger, place, _, found) in &mut seen {
        let grant = super::granted(ledger.claim(&key("01G"), *place, after(1)).await);
        *found = Some((grant, ledger.introduce(&triggered).await.expect("an incident")));
    }
    world.wire.operations();
    for (ledger, place, post, found) in seen {
        let (grant, mut incident) = found.expect("it was introduced");
        let first = Some(FirstPost { place, ..first_post(post) });
        let settlement = Settlement { first, ..settlement(&triggered, Ended::Posted) };
        ledger.settle(grant, settlement, Some(&mut incident), after(1)).await;
    }
    let operations = ["TransactWriteItems", "TransactWriteItems", "GetItem", "TransactWriteItems"];
    assert_eq!(world.wire.operations(), operations, "the second is merged with the first");
    let known = other.incident(&incident).await.expect("an answer").expect("it is known");
    assert_eq!((known.number, known.state), (Some(IncidentNumber(4812)), Some(State::Triggered)));
    let threads = [(Destination::Primary, "1732413720.000100"), (Destination::Backup, "1732413720.000200")];
    assert_eq!(known.threads, BTreeMap::from(threads.map(|(place, post)| (place, post.to_owned()))));
    let told = json!({"primary triggered": "1795485721 webhook", "backup triggered": "1795485721 webhook"});
    assert_eq!(world.rows("incident#").await[0]["told"], told);
}

/// What is known was read before another process began the thread.
#[tokio::test]
async fn the_thread_that_was_kept_first_stays() {
    let world = World::new().await;
    let ledger = world.of("me");
    let note = note("Q2YX", after(0));
    learn_with(&ledger, &note, Some(first_post("1732413720.000100")), after(0)).await;
    for (first, expected) in [
        (first_post("1732413720.000200"), "1732413720.000100"),
        (
            FirstPost { instead_of: Some("1732413720.000100".into()), ..first_post("1732413720.000300") },
            "1732413720.000300",
        ),
        (FirstPost { instead_of: Some("1732413720.000300".into()), ..first_post("") }, ""),
        (first_post("1732413720.000400"), "1732413720.000400"),
    ] {
        ledger.keep_first(&id("Q2YX"), &first, after(1)).await;
        let known = ledger.incident(&id("Q2YX")).await.expect("an answer").expect("it is known");
        assert_eq!(known.threads.get(&Destination::Primary).map(String::as_str), Some(expected));
    }
}

#[tokio::test]
async fn what_is_read_from_an_odd_row_of_an_incident() {
    let world = World::new().await;
    let ledger = world.of("me");
    let began = "2026-11-24T02:02:00.000Z";
    let base = |name: &str| row(name, began);
    world.table.put(&base("whole")).await;
    let whole = ledger.incident(&id("whole")).await.expect("an answer").expect("it is known");
    assert_eq!(
        (whole.number, whole.state, whole.has_begun),
        (Some(IncidentNumber(4812)), Some(State::Triggered), true)
    );
    assert_eq!((whole.title.clone(), whole.service.clone()), (Foreign::line("HTTP 5xx"), Foreign::line("checkout")));
    assert_eq!((whole.opened_at, whole.changed_at, whole.holders.first.len()), (after(0), after(0), 0));
    assert_eq!(whole.threads, BTreeMap::from([(Destination::Primary, "1732413720.000100".to_owned())]));
    let but = |name: &str, change: fn(&mut KnownIncident)| {
        let mut known = whole.clone();
        known.id = id(name);
        change(&mut known);
        Some(known)
    };
    let table = [
        (
            "beginning",
            with(base("beginning"), "has_begun", json!("yes")),
            but("beginning", |known| known.has_begun = false),
        ),
        ("version", with(base("version"), "v", json!(2)), None),
        ("no-version", without(base("no-version"), "v"), None),
        ("no-time", without(base("no-time"), "opened_at"), None),
        ("odd-time", with(base("odd-time"), "changed_at", json!("yesterday")), None),
        ("number", with(base("number"), "number", json!(-1)), but("number", |known| known.number = None)),
        ("title", with(base("title"), "title", json!(1)), but("title", |known| known.title = None)),
        ("service", without(base("service"), "service"), but("service", |known| known.service = None)),
        ("state", with(base("state"), "state", json!("snoozed")), but("state", |known| known.state = None)),
        ("holders", with(base("holders"), "holders", json!({"P1": 1, "P2": " "})), but("holders", |_| ())),
        (
            "told",
            with(base("told"), "told", json!({"primary": "x", "x triggered": "1 webhook", "primary resolved": "1 x"})),
            but("told", |_| ()),
        ),
        (
            "openings",
            with(base("openings"), "openings", json!({"primary": "x", "backup": "1-x y"})),
            but("openings", |_| ()),
        ),
        (
            "threads",
            with(base("threads"), "threads", json!({"primary": 1, "elsewhere": "1"})),
            but("threads", |known| known.threads.clear()),
        ),
    ];
    for (name, row, expected) in &table {
        world.table.put(row).await;
        assert_eq!(&ledger.incident(&id(name)).await.expect("an answer"), expected, "{name}");
    }
    let open: Vec<_> = ledger.open_incidents().await.expect("an answer");
    let open: Vec<_> = open.iter().map(|known| known.id.0.as_str()).collect();
    let expected = ["beginning", "holders", "number", "openings", "service", "threads", "title", "told", "whole"];
    assert_eq!(open, expected);

    // An event turns any of them into a row of ours.
    for (name, row, _) in &table {
        world.table.put(&with(row.clone(), "rev", json!("odd"))).await;
        let reopened = event(EventKind::Reopened, name, after(90));
        let known = learn(&ledger, &reopened, after(90)).await;
        assert_eq!((known.state, known.opened_at), (Some(State::Triggered), after(90)), "{name}");
    }
    assert_eq!(ledger.open_incidents().await.expect("an answer").len(), table.len() + 1);
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

/// A row of the first edition's history.
fn first_editions(at: DateTime<Utc>, key: &str, incident: &str) -> Value {
    let time = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    json!({
        "pk": format!("day#{}", at.date_naive()), "sk": format!("{time}#{key}"), "v": 1, "incident": incident,
        "kind": "triggered", "told": "somebody", "expires_at": 1_800_000_000,
    })
}

#[tokio::test]
async fn history_comes_page_by_page() {
    let world = World::new().await;
    let mut expected = Vec::new();
    // From ten to midnight to ten past, UTC: two days.
    for number in 0..300 {
        let at = instant("2026-11-24T23:50:00Z") + TimeDelta::seconds(4 * number);
        let name = format!("Q{number}");
        let mut row = first_editions(at, &format!("01G{number}"), &name);
        // A page ends at one megabyte.
        if ["Q40", "Q80", "Q120", "Q180", "Q220", "Q260"].contains(&&*name) {
            row["padding"] = json!("x".repeat(380_000));
        }
        world.table.put(&row).await;
        expected.push(at);
    }
    // Two megabytes take moto a while, and a step has a second: on a busy machine this may need several attempts.
    let between = async |from, to| {
        for _ in 0..20 {
            world.wire.operations();
            if let Some(found) = world.of("me").posted_between(from, to).await {
                return found.iter().map(|posted| posted.at).collect::<Vec<_>>();
            }
        }
        panic!("moto did not answer within a second, twenty times");
    };
    let (from, to) = (expected[0], expected[299]);
    assert_eq!(between(from, to + TimeDelta::milliseconds(1)).await, expected);
    assert_eq!(world.wire.operations(), ["Query"; 6]);
    assert_eq!(between(from + TimeDelta::milliseconds(1), to).await, expected[1..299]);
}

#[tokio::test]
async fn no_day_is_queried_twice_or_without_need() {
    let world = World::new().await;
    let ledger = world.of("me");
    let days_after = |days| instant("2026-12-20T00:00:00Z") + TimeDelta::days(days);
    let mut expected = Vec::new();
    for day in 0..20 {
        let at = days_after(day);
        // Half of them were written by the first edition.
        if day % 2 == 0 {
            world.table.put(&first_editions(at, &format!("01G{day}"), "Q")).await;
        } else {
            learn(&ledger, &event(EventKind::Resolved, "Q", at), at).await;
        }
        expected.push(at);
    }
    world.wire.operations();
    for (from, to, days) in [(0, 20, 20), (0, 1, 1), (5, 8, 3), (3, 3, 0), (4, 3, 0)] {
        let found = ledger.posted_between(days_after(from), days_after(to)).await.expect("an answer");
        let found: Vec<_> = found.iter().map(|posted| posted.at).collect();
        let wanted = usize::try_from(from).expect("a day")..usize::try_from(to.max(from)).expect("a day");
        assert_eq!(found, expected[wanted], "{from} to {to}");
        assert_eq!(world.wire.operations(), vec!["Query"; 2 * days], "{from} to {to}: in the index, and in the table");
    }
}

/// Of two chats one mentions people and the other does not: they know of it.
#[tokio::test]
async fn an_event_that_went_to_two_chats_is_one() {
    let world = World::new().await;
    let ledger = world.of("me");
    let triggered = event(EventKind::Triggered, "Q1", after(0));
    for (place, mentioned) in [(Destination::Primary, Mentioned::Nobody), (Destination::Backup, Mentioned::Somebody)] {
        let grant = super::granted(ledger.claim(&triggered.key, place, after(1)).await);
        let settlement = Settlement { mentioned, ..settlement(&triggered, Ended::Posted) };
        let mut incident = ledger.introduce(&triggered).await;
        ledger.settle(grant, settlement, incident.as_mut(), after(2)).await;
    }
    let posted = ledger.posted_between(after(0), after(60)).await.expect("an answer");
    let posted: Vec<_> = posted.iter().map(|posted| (posted.incident.clone(), posted.mentioned)).collect();
    assert_eq!(posted, [(id("Q1"), Mentioned::Somebody)]);
}

#[tokio::test]
async fn what_is_read_from_an_odd_row_of_the_history() {
    let world = World::new().await;
    let ledger = world.of("me");
    let other = EventKind::Other(Foreign::line("incident.snoozed").expect("a visible name"));
    let long = EventKind::Other(Foreign::line(&"当".repeat(100)).expect("a visible name"));
    for (second, kind) in [(1, &other), (2, &long)] {
        let event = IncidentEvent { kind: kind.clone(), ..note("Q", after(second)) };
        learn(&ledger, &event, after(second)).await;
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
