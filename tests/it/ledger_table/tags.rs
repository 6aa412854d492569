//! An incident is found by its tag, in memory and in the table.

use super::{LEASE, World, after, event, first_post, learn, learn_with, note};
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKind, Incident, IncidentEvent, IncidentId, IncidentNumber};
use toban::domain::text::Tag;
use toban::ledger::Ledger;
use toban::store::dynamodb::DynamoDb;

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
    let table = |owner: &str| {
        Ledger::new(DynamoDb::new(world.wire.client(), world.table.name.clone()), owner.to_owned(), LEASE)
    };
    let memory = Ledger::memory();
    let one = table("one");
    let other = table("other");
    for (writer, reader) in [(&memory, &memory), (&one, &other)] {
        let mackerel = IncidentId::of("MK", "2bj6TgCZ8Xy");
        learn(writer, &event(EventKind::Triggered, "Q1", after(0)), after(0)).await;
        let mut alert = event(EventKind::Triggered, &mackerel.0, after(5));
        alert.incident.number = None;
        learn_with(writer, &alert, Some(first_post("1732413720.000100")), after(5)).await;
        // One is resolved, the other is not.
        learn(writer, &event(EventKind::Resolved, "Q1", after(30)), after(30)).await;
        for (incident, expected) in [
            (by_number(4812), Some("Q1")),
            (by_tag("#MKgCZ8Xy"), Some(mackerel.0.as_str())),
            (by_number(9999), None),
            (by_tag("#MKzzzzzz"), None),
        ] {
            let mut job = job(incident);
            let tag = job.incident.tag();
            let introduced = reader.introduce(&job).await;
            if let Some(introduced) = &introduced {
                introduced.complete(&mut job);
            }
            assert_eq!(introduced.as_ref().map(|introduced| introduced.id.0.as_str()), expected);
            assert_eq!(job.incident.id.map(|id| id.0).as_deref(), expected);
            assert_eq!(job.incident.title.is_some(), expected.is_some(), "its incident's title is known as well");
            let known = introduced.and_then(|introduced| introduced.known);
            assert_eq!(known.and_then(|known| known.tag()), tag.filter(|_| expected.is_some()));
        }
        let thread = reader.incident(&mackerel).await.expect("an answer").map(|known| known.threads);
        let thread = thread.and_then(|mut threads| threads.remove(&Destination::Primary));
        assert_eq!(thread.as_deref(), Some("1732413720.000100"));
    }
    assert_eq!(world.rows("tag#").await.len(), 2, "written with the first write of each incident");
}
