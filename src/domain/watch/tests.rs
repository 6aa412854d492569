//! Which incidents are checked, which events were missed, and in which order they are reported.

use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, NationalHolidays};
use crate::domain::few::Few;
use crate::domain::text::Foreign;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

fn listed(id: &str, state: State, minute: i64) -> Listed {
    Listed { id: IncidentId(id.into()), incident: Incident::default(), state, since: at(minute), by: None }
}

fn reported(state: State, minute: i64) -> Status {
    Status {
        state,
        holders: Few::default(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: Some(at(0)),
        changed_at: at(minute),
    }
}

#[test]
fn a_state_is_checked_between_fifteen_minutes_and_three_hours() {
    use State::{Acknowledged, Resolved, Triggered};
    for (state, since, watching_since, expected) in [
        (Triggered, 1_000, 0, true),
        (Resolved, 1_000, 0, true),
        (Acknowledged, 1_000, 0, false),
        (Triggered, 1_165, 0, true),
        (Triggered, 1_166, 0, false),
        (Triggered, 1_181, 0, false),
        (Triggered, 999, 0, false),
        (Triggered, 1_100, 1_099, true),
        (Triggered, 1_100, 1_100, false),
        (Triggered, 1_100, 1_101, false),
    ] {
        let one = listed("Q1", state, since);
        assert_eq!(one.is_to_be_checked(at(watching_since), at(1_180)), expected, "{state:?} since {since}");
    }
}

#[test]
fn what_was_reported_is_not_reported_again() {
    use State::{Acknowledged, Resolved, Triggered};
    for (state, known, expected) in [
        (Triggered, None, Some(EventKind::Triggered)),
        (Resolved, None, Some(EventKind::Resolved)),
        (Triggered, Some(reported(Triggered, 100)), None),
        (Triggered, Some(reported(Triggered, 50)), None),
        (Triggered, Some(reported(Acknowledged, 50)), None),
        (Triggered, Some(reported(Resolved, 50)), Some(EventKind::Reopened)),
        (Triggered, Some(reported(Resolved, 99)), None),
        (Triggered, Some(reported(Resolved, 101)), None),
        (Triggered, Some(reported(Resolved, 120)), None),
        (Resolved, Some(reported(Triggered, 50)), Some(EventKind::Resolved)),
        (Resolved, Some(reported(Acknowledged, 100)), Some(EventKind::Resolved)),
        (Resolved, Some(reported(Triggered, 101)), Some(EventKind::Resolved)),
        (Resolved, Some(reported(Triggered, 120)), None),
        (Resolved, Some(reported(Resolved, 100)), None),
        (Resolved, Some(reported(Resolved, 120)), None),
        (Resolved, Some(reported(Resolved, 50)), Some(EventKind::Resolved)),
        (Acknowledged, None, None),
        (Acknowledged, Some(reported(Triggered, 50)), None),
    ] {
        assert_eq!(listed("Q1", state, 100).missed(known.as_ref()), expected, "{state:?}, reported: {known:?}");
    }
}

#[test]
fn ten_are_reported_at_most_the_calls_first_and_one_of_them_mentions() {
    let ended = |id, minute| (listed(id, State::Resolved, minute), EventKind::Resolved);
    let begun = |id, minute| (listed(id, State::Triggered, minute), EventKind::Triggered);
    let mut missed = vec![ended("E1", 1), begun("B2", 9), (listed("R1", State::Triggered, 5), EventKind::Reopened)];
    missed.extend((10..20).map(|number| ended("E2", number)));
    let events = chosen(missed, |event| event.kind.calls_somebody());
    let shown: Vec<_> = events
        .iter()
        .map(|event| (event.kind.name(), event.occurred_at, event.missed == Some(Missed::First)))
        .collect();
    assert_eq!(shown.len(), MOST);
    assert_eq!(
        shown[..4],
        [
            ("reopened", at(5), true),
            ("triggered", at(9), false),
            ("resolved", at(1), false),
            ("resolved", at(10), false)
        ]
    );
    assert_eq!(events[0].incident.id, Some(IncidentId("R1".into())));
    assert_eq!(events[0].incident.state, Some(State::Triggered));
}

#[test]
fn the_one_that_mentions_is_first_even_if_another_began_before() {
    let begun = |id, minute| (listed(id, State::Triggered, minute), EventKind::Triggered);
    // Ten at night, and two that began when people were at work.
    let missed = || (1..=10).chain([600, 601]).map(|minute| begun("Q", minute)).collect();
    let shown = |events: Vec<IncidentEvent>| -> Vec<_> {
        events.iter().map(|event| (event.occurred_at, event.missed == Some(Missed::First))).collect()
    };
    let with_day = shown(chosen(missed(), |event| event.occurred_at >= at(600)));
    assert_eq!(with_day[..3], [(at(600), true), (at(601), false), (at(1), false)]);
    assert_eq!(with_day.len(), MOST);
    assert_eq!(shown(chosen(missed(), |_| false))[..2], [(at(1), true), (at(2), false)]);
    let ended = (listed("E", State::Resolved, 1), EventKind::Resolved);
    let [first, second] = chosen(vec![ended, begun("Q", 9)], |_| false).try_into().expect("two");
    assert_eq!((first.occurred_at, second.occurred_at), (at(9), at(1)), "what calls somebody is first at night, too");
}

#[test]
fn whoever_has_done_it_is_named() {
    let sato = Person { id: "PSATO01".into(), name: Foreign::line("佐藤").expect("a name") };
    let ended = Listed { by: Some(sato.clone()), ..listed("Q1", State::Resolved, 1) };
    let [event] = chosen(vec![(ended, EventKind::Resolved)], |_| false).try_into().expect("one");
    assert_eq!(event.agent, Some(sato));
}

#[test]
fn a_round_is_due_every_ten_minutes_in_working_hours_and_hourly_otherwise() {
    let calendar = Calendar {
        zone: "Asia/Kolkata".parse().expect("a zone whose hours begin at half past"),
        hours: BusinessHours::parse("10:00-17:00").expect("hours"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::None,
        company: Default::default(),
    };
    for (time, expected) in [
        ("2026-11-24T10:00:00+05:30", true),
        ("2026-11-24T10:10:02+05:30", true),
        ("2026-11-24T16:50:00+05:30", true),
        ("2026-11-24T17:00:03+05:30", true),
        ("2026-11-24T17:10:00+05:30", false),
        ("2026-11-24T17:59:59+05:30", false),
        ("2026-11-24T09:50:00+05:30", false),
        ("2026-11-24T03:09:59+05:30", true),
        ("2026-11-28T11:20:00+05:30", false),
        ("2026-11-28T11:00:00+05:30", true),
    ] {
        let now = time.parse().expect("an instant");
        assert_eq!(is_due(&calendar, now), expected, "{time}");
    }
}
