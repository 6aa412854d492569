use super::*;
use crate::domain::incident::{EventKey, Incident, Origin};
use crate::ledger::Doubt;

/// `opened_at` after each of the events, in seconds.
fn beginnings<const N: usize>(events: [(EventKind, i64); N]) -> [i64; N] {
    let mut known = KnownIncident::new(IncidentId("Q1".into()), DateTime::UNIX_EPOCH);
    events.map(|(kind, seconds)| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        known.learn(&IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at));
        known.opened_at.timestamp()
    })
}

/// Nobody has heard of its beginning, so it is the sender's word, or not known.
#[test]
fn what_is_first_heard_of_later_began_when_its_sender_says() {
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    for (created_at, expected) in [(Some(at(5)), Some(at(5))), (None, None), (Some(at(101)), None)] {
        let mut known = KnownIncident::new(IncidentId("Q1".into()), at(100));
        let key = EventKey("01G".into());
        let event = IncidentEvent::new(Origin::PagerDuty, key, EventKind::Resolved, at(100));
        let incident = Incident { created_at, ..Incident::default() };
        known.learn(&IncidentEvent { incident, ..event });
        assert_eq!(known.status().and_then(|status| status.opened_at), expected);
    }
}

#[test]
fn an_incident_begins_once_and_again_with_each_reopening() {
    use EventKind::{Acknowledged, Reopened, Resolved, Triggered};
    let whole = [(Triggered, 100), (Acknowledged, 200), (Resolved, 300), (Reopened, 400), (Resolved, 500)];
    assert_eq!(beginnings(whole), [100, 100, 100, 400, 400]);
    let late = [(Acknowledged, 200), (Triggered, 100), (Reopened, 400), (Triggered, 101)];
    assert_eq!(beginnings(late), [0, 100, 400, 400], "what was reported before it began does not count");
    let soon = [(Triggered, 100), (Resolved, 110), (Reopened, 115), (Resolved, 120), (Reopened, 116)];
    assert_eq!(beginnings(soon), [100, 100, 115, 115, 115], "resolved and reopened within a minute");
    let twice = [(Reopened, 400), (Reopened, 459), (Reopened, 341), (Triggered, 100), (Reopened, 461)];
    assert_eq!(beginnings(twice), [400, 400, 400, 400, 461]);
}

#[test]
fn what_follows_waits_for_a_beginning_that_is_still_tried() {
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let mut known = KnownIncident::new(IncidentId("Q1".into()), at(0));
    assert!(!known.begins_untold(primary, at(0), at(0)), "it may have begun before anything was recorded");
    known.begins_apart = true;
    known.begins_later(primary, None, at(5));
    known.begins_later(backup, Some(Duration::from_secs(1_800)), at(5));
    let untold =
        |known: &KnownIncident, minutes| [primary, backup].map(|to| known.begins_untold(to, at(50), at(minutes)));
    assert_eq!(untold(&known, 24), [true, true]);
    assert_eq!(untold(&known, 25), [false, true], "it is not tried any more");
    assert_eq!(untold(&known, 55), [false, false]);
    known.begins.clear();
    let begins = IncidentEvent::new(Origin::PagerDuty, EventKey("1".into()), EventKind::Triggered, at(0));
    let beginning = known.milestone(&begins).expect("one of the kinds");
    known.tell(primary, &beginning, ReportedBy::Webhook);
    assert_eq!(untold(&known, 59), [false, true], "the other chat has its own");
    assert_eq!(untold(&known, 60), [false, false], "a chat that was added later");
}

#[test]
fn only_the_last_thing_that_was_told_is_a_repeat() {
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let to = Destination::Any;
    let event = |what: &str, key: &str, seconds| IncidentEvent {
        untimed: Some(what.into()),
        ..IncidentEvent::new(Origin::PagerDuty, EventKey(key.into()), EventKind::Triggered, at(seconds))
    };
    let mut known = KnownIncident::new(IncidentId("Q1".into()), at(0));
    assert!(!known.was_told(to, &event("down", "1", 0)));
    known.keep_last(to, &event("down", "1", 0), Ended::PerhapsPosted(Doubt::NoAnswer), at(0));
    assert!(!known.was_told(to, &event("down", "2", 1)) && known.was_perhaps_told(to, &event("down", "2", 1)));
    known.keep_last(to, &event("down", "1", 0), Ended::Posted, at(0));
    assert!(known.was_told(to, &event("down", "2", 599)));
    assert!(!known.was_told(to, &event("down", "2", 600)), "after ten minutes it is news");
    assert!(!known.was_told(to, &event("down", "1", 5)), "that is for its claim to say");
    assert!(!known.was_told(Destination::Backup, &event("down", "2", 5)), "the other chat does not have it");
    known.keep_last(to, &event("up", "3", 10), Ended::Posted, at(10));
    assert!(!known.was_told(to, &event("down", "4", 20)), "it is down again");
    let timed = IncidentEvent { untimed: None, ..event("", "5", 30) };
    known.keep_last(to, &timed, Ended::Posted, at(30));
    assert!(!known.was_told(to, &event("up", "6", 40)) && !known.was_told(to, &timed));
}
