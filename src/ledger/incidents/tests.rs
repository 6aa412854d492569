use super::*;
use crate::domain::incident::{Details, EventKey, Missed, Ours, Person};
use crate::domain::text::Foreign;
use crate::ledger::incident::{Doer, KnownIncident, Resolution, Turn};
use crate::source::Sender;
use std::collections::BTreeMap;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn event(kind: EventKind) -> IncidentEvent {
    IncidentEvent { arrived_at: at(100), ..IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at(90)) }
}

fn known(state: Option<State>) -> KnownIncident {
    KnownIncident { state, ..KnownIncident::new(IncidentId("Q1".into()), at(0)) }
}

fn introduced(known: Option<KnownIncident>, is_new: bool) -> Introduced {
    Introduced { id: IncidentId("Q1".into()), known: known.map(Box::new), is_new, was_open: false, seen: None }
}

#[test]
fn what_follows_waits_for_a_beginning_by_what_is_known_of_it() {
    let begins_apart = || KnownIncident { begins_apart: true, ..known(None) };
    let jenkins = Sender::Jenkins.source().origin;
    let on_its_way = |left| Beginning::OnItsWay(std::time::Duration::from_secs(left));
    for (introduced, event, now, expected) in [
        (introduced(Some(begins_apart()), false), event(EventKind::Acknowledged), 100, Beginning::Untold),
        (introduced(Some(begins_apart()), false), event(EventKind::Triggered), 100, Beginning::Told),
        (introduced(Some(known(None)), false), event(EventKind::Acknowledged), 100, Beginning::Told),
        // Of a new one it is on its way, for a while.
        (introduced(Some(begins_apart()), true), event(EventKind::Acknowledged), 110, on_its_way(80)),
        (introduced(Some(begins_apart()), true), event(EventKind::Acknowledged), 191, Beginning::Told),
        // Without the ledger only what calls somebody goes out at once.
        (introduced(None, false), event(EventKind::Acknowledged), 110, on_its_way(80)),
        (introduced(None, false), event(EventKind::Escalated), 110, Beginning::Told),
        // By a sender of whose alerts any may be the first.
        (
            introduced(None, false),
            IncidentEvent { origin: jenkins, ..event(EventKind::Acknowledged) },
            110,
            Beginning::Told,
        ),
    ] {
        let found = introduced.beginning(&event, Destination::Primary, TimeDelta::seconds(90), at(now));
        assert_eq!(found, expected, "{introduced:?} {:?} at {now}", event.kind);
    }
}

#[test]
fn the_end_of_a_shift_is_not_told_of_what_is_over_or_after_it() {
    let ends_at = |seconds| {
        let ours = Ours { shift_ends_at: Some(at(seconds)), ..Ours::default() };
        let details = Details { ours: ours.boxed(), ..Details::default() };
        IncidentEvent { details, ..event(EventKind::ShiftEnds) }
    };
    let open = || introduced(Some(known(Some(State::Triggered))), false);
    let over = || introduced(Some(known(Some(State::Resolved))), false);
    assert_eq!(open().moot(&ends_at(201), at(200)), None);
    assert_eq!(open().moot(&ends_at(200), at(200)), Some("the shift is over meanwhile"));
    for kind in [EventKind::ShiftEnds, EventKind::ShiftOver] {
        assert_eq!(over().moot(&event(kind), at(200)), Some("it is resolved meanwhile"));
    }
    assert_eq!(over().moot(&event(EventKind::Resolved), at(200)), None);
}

/// What was resolved from the chat is told at once; PagerDuty's webhook comes after it, and the watchdog may find it, too.
#[tokio::test]
async fn an_end_that_was_told_from_the_chat_is_told_again_only_if_it_is_somebody_elses() {
    let person = |id: &str| Person { id: id.into(), name: Foreign::line(id).expect("a name") };
    let doer = Doer { press: "p1".into(), who: person("U1"), at: at(90), user: "PDUMMY1".into() };
    let place = Destination::Any;
    let told = KnownIncident {
        has_begun: true,
        resolution: Some(Resolution { doer, state_since: None }),
        told: BTreeMap::from([((place, Turn::Resolved), (0, ReportedBy::Press))]),
        ..known(Some(State::Resolved))
    };
    let introduced = introduced(Some(told), false);
    let by = |agent: &str| IncidentEvent { agent: Some(person(agent)), ..event(EventKind::Resolved) };
    for (event, expected) in [
        (by("PDUMMY1"), Some(TOLD_AS_RESOLVED)),
        (by("PSATO01"), None),
        (IncidentEvent { missed: Some(Missed::First), ..by("PSATO01") }, Some(TOLD_AS_RESOLVED)),
        (IncidentEvent { origin: Origin::Press, ..by("U1") }, None),
    ] {
        let found = Ledger::memory().reported_before(&event, Some(&introduced), &[place], at(100)).await;
        assert_eq!(found, expected, "{event:?}");
    }
}
