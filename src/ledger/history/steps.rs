//! What happened, as the rows of what was told keep it: who did it and when, besides what it was.

use super::{LONGEST, kind};
use crate::domain::few::Few;
use crate::domain::history::{Step, Who};
use crate::domain::incident::{EventKind, IncidentEvent, Person};
use crate::domain::text::Foreign;
use crate::store::item::{Item, cut};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The row with who did it, when that was, and whom it went to.
pub(super) fn with_step(row: Item, event: &IncidentEvent) -> Item {
    let name = |person: &Person| cut(person.name.as_str(), LONGEST).to_owned();
    let mut row = row.with_instant("happened_at", event.occurred_at);
    if let Some(agent) = &event.agent {
        row = row.with_text("who", format!("{} {}", agent.id, name(agent)));
    }
    let assignees = &event.incident.assignees.first;
    if matches!(event.kind, EventKind::Escalated | EventKind::Reassigned) && !assignees.is_empty() {
        let named = assignees.iter().filter(|person| !person.id.is_empty());
        row = row.with_texts("to", named.map(|person| (person.id.clone(), name(person))));
    }
    row
}

/// What these rows say that happened, the oldest first, and once if it was told in two chats.
pub fn steps(rows: &[Item]) -> Vec<Step> {
    let mut steps = BTreeMap::new();
    for (key, told_at, step) in rows.iter().filter_map(step) {
        steps.entry(key).or_insert((step.at, told_at, step));
    }
    let mut steps: Vec<_> = steps.into_values().collect();
    // What its sender says happened at the same time is in the order in which it was told.
    steps.sort_by_key(|(at, told_at, _)| (*at, *told_at));
    steps.into_iter().map(|(.., step)| step).collect()
}

/// With the event's key, and when it was told.
fn step(row: &Item) -> Option<(&str, DateTime<Utc>, Step)> {
    let (told_at, key) = row.text("gsi_sk")?.split_once('#')?;
    let told_at: DateTime<Utc> = told_at.parse().ok()?;
    let happened_at = row.instant("happened_at");
    let who = match (row.text("who").and_then(person), happened_at) {
        (Some(person), _) => Who::Person(person),
        (None, Some(_)) => Who::Nobody,
        (None, None) => Who::NotKept,
    };
    let named = |(id, name): &(String, String)| Some(Person { id: id.clone(), name: Foreign::line(name)? });
    let to: Few<Person> = row.texts("to").iter().filter_map(named).collect();
    Some((key, told_at, Step { at: happened_at.unwrap_or(told_at), what: kind(row.text("kind")?)?, who, to }))
}

/// `PXXXXXX 佐藤 健`, without an id ` 佐藤 健`.
fn person(text: &str) -> Option<Person> {
    let (id, name) = text.split_once(' ')?;
    Some(Person { id: id.to_owned(), name: Foreign::line(name)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, Origin};
    use chrono::TimeDelta;

    fn person(id: &str, name: &str) -> Person {
        Person { id: id.into(), name: Foreign::line(name).expect("a name") }
    }

    fn row(key: &str, place: &'static str, told_at: &str, kind: &str) -> Item {
        Item::new(format!("claim#{key}"), place, TimeDelta::days(90), DateTime::UNIX_EPOCH)
            .with_text("gsi_sk", format!("{told_at}#{key}"))
            .with_text("kind", kind.to_owned())
    }

    #[test]
    fn who_did_what_and_when_comes_back() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let event = |key: &str, kind, time, agent| {
            let mut event = IncidentEvent::new(Origin::PagerDuty, EventKey(key.into()), kind, at(time));
            event.agent = agent;
            event.incident.assignees = vec![person("PTAKA01", "高橋 誠"), person("", "だれか")].into();
            event
        };
        let sato = || Some(person("PSATO01", "佐藤 健"));
        let escalated = event("3", EventKind::Escalated, "2026-11-24T02:03:00Z", sato());
        let acknowledged = event("2", EventKind::Acknowledged, "2026-11-24T02:03:00Z", Some(person("", "佐藤")));
        let resolved = event("4", EventKind::Resolved, "2026-11-24T02:40:00Z", None);
        // Two chats, one of which was told an hour later; what happened first was told last.
        let rows = [
            with_step(row("4", "primary", "2026-11-24T02:40:02.000Z", "resolved"), &resolved),
            with_step(row("2", "backup", "2026-11-24T03:03:01.000Z", "acknowledged"), &acknowledged),
            with_step(row("3", "primary", "2026-11-24T02:03:05.000Z", "escalated"), &escalated),
            with_step(row("2", "primary", "2026-11-24T02:03:02.000Z", "acknowledged"), &acknowledged),
            row("1", "primary", "2026-11-24T02:02:01.000Z", "triggered"),
            row("5", "primary", "no time", "resolved"),
        ];
        let step = |time, what, who, to: Vec<Person>| Step { at: at(time), what, who, to: to.into() };
        let mut expected = vec![
            step("2026-11-24T02:02:01Z", EventKind::Triggered, Who::NotKept, vec![]),
            step("2026-11-24T02:03:00Z", EventKind::Acknowledged, Who::Person(person("", "佐藤")), vec![]),
            step(
                "2026-11-24T02:03:00Z",
                EventKind::Escalated,
                Who::Person(person("PSATO01", "佐藤 健")),
                vec![person("PTAKA01", "高橋 誠")],
            ),
            step("2026-11-24T02:40:00Z", EventKind::Resolved, Who::Nobody, vec![]),
        ];
        // Of what was told twice the first row counts.
        expected.swap(1, 2);
        assert_eq!(steps(&rows), expected);
        expected.swap(1, 2);
        assert_eq!(steps(&[&rows[3..], &rows[..3]].concat()), expected);
    }
}
