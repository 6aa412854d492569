//! An incident is found by its tag, in memory and in the table.

use super::{LEASE, OUTLET, World, after, event, note};
use serde_json::Value;
use toban::domain::incident::{EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber};
use toban::domain::text::Tag;
use toban::ledger::{Ledger, Mentioned};

/// A job that names an incident.
fn job(incident: Incident) -> IncidentEvent {
    IncidentEvent { kind: EventKind::JobStarted, incident, ..note("", after(60)) }
}

fn by_number(number: u64) -> Incident {
    Incident { number: Some(IncidentNumber(number)), ..Incident::default() }
}

fn by_tag(tag: &str) -> Incident {
    Incident { named: Tag::parse(tag, &["MK"]), ..Incident::default() }
}

#[tokio::test]
async fn an_incident_is_found_by_its_tag() {
    let world = World::new().await;
    let table = |owner: &str| Ledger::table(world.wire.client(), world.table.name.clone(), owner.to_owned(), LEASE);
    let memory = Ledger::memory();
    let one = table("one");
    let other = table("other");
    for (writer, reader) in [(&memory, &memory), (&one, &other)] {
        let mackerel = IncidentId::of("MK", "2bj6TgCZ8Xy");
        let mut incident = event(EventKind::Triggered, "Q1", after(0));
        writer.introduce(&mut incident, after(0)).await;
        writer.record(&incident, Mentioned::Somebody, after(0)).await;
        let mut alert = event(EventKind::Triggered, &mackerel.0, after(5));
        alert.incident.number = None;
        writer.introduce(&mut alert, after(5)).await;
        writer.record(&alert, Mentioned::Somebody, after(5)).await;
        writer.keep_thread(&mackerel, OUTLET, "1732413720.000100", after(6)).await;

        // One is resolved, the other is not.
        let mut over = event(EventKind::Resolved, "Q1", after(30));
        writer.introduce(&mut over, after(30)).await;
        writer.record(&over, Mentioned::Nobody, after(30)).await;
        for (incident, expected) in [
            (by_number(4812), Some("Q1")),
            (by_tag("#MKgCZ8Xy"), Some(mackerel.0.as_str())),
            (by_number(9999), None),
            (by_tag("#MKzzzzzz"), None),
        ] {
            let mut job = job(incident);
            let tag = job.incident.tag();
            let known = reader.introduce(&mut job, after(60)).await;
            assert_eq!(known.as_ref().map(|known| known.id.0.as_str()), expected);
            assert_eq!(job.incident.id.map(|id| id.0).as_deref(), expected);
            assert_eq!(job.incident.title.is_some(), expected.is_some(), "its incident's title is known as well");
            assert_eq!(known.and_then(|known| known.tag()), tag.filter(|_| expected.is_some()));
        }
        let thread = reader.incident(&mackerel).await.expect("an answer").map(|known| known.threads);
        assert_eq!(thread.and_then(|mut threads| threads.remove(OUTLET)).as_deref(), Some("1732413720.000100"));
    }
    let rows = world.table.scan_all().await;
    let tags: Vec<_> = rows.iter().filter(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with("tag#"))).collect();
    assert_eq!(tags.len(), 1, "only a resolved incident needs a row");
    assert!(tags.iter().all(|row| row["expires_at"] != Value::Null), "{tags:?}");
}
