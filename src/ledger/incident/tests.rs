use super::*;
use crate::domain::incident::{Closing, Details, EventKey, Incident, Missed, Origin};
use crate::ledger::{Claim, Doubt, FirstPost, Ledger, Settlement};

/// `opened_at` after each of the events, in seconds.
fn beginnings<const N: usize>(events: [(EventKind, i64); N]) -> [i64; N] {
    let mut known = KnownIncident::new(IncidentId("Q1".into()), DateTime::UNIX_EPOCH);
    events.map(|(kind, seconds)| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        known.learn(&IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at));
        known.opened_at.timestamp()
    })
}

/// `opened_at` in seconds and whether that is known, after each of the events; some were found by the watchdog.
fn beginnings_found<const N: usize>(events: [(EventKind, i64, Option<Missed>); N]) -> [(i64, bool); N] {
    let mut known = KnownIncident::new(IncidentId("Q1".into()), DateTime::UNIX_EPOCH);
    events.map(|(kind, seconds, missed)| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let event = IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at);
        known.learn(&IncidentEvent { missed, ..event });
        (known.opened_at.timestamp(), known.has_begun)
    })
}

#[test]
fn a_second_end_that_is_found_began_again_at_a_time_that_nobody_knows() {
    use EventKind::{Resolved, Triggered};
    let found = Some(Missed::First);
    let found_later = [(Triggered, 100, None), (Resolved, 200, None), (Resolved, 261, found)];
    assert_eq!(beginnings_found(found_later), [(100, true), (100, true), (261, false)]);
    let the_same = [(Triggered, 100, None), (Resolved, 200, None), (Resolved, 260, found)];
    assert_eq!(beginnings_found(the_same), [(100, true); 3], "the clocks agree to some seconds");
    let by_webhook = [(Triggered, 100, None), (Resolved, 200, None), (Resolved, 400, None)];
    assert_eq!(beginnings_found(by_webhook), [(100, true); 3]);
    let first = [(Triggered, 100, None), (Resolved, 400, found)];
    assert_eq!(beginnings_found(first), [(100, true); 2], "the end of what is open");
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

/// Most senders know of no reopening: an alarm goes off again.
#[test]
fn an_alert_that_is_triggered_after_its_end_begins_again() {
    use EventKind::{Resolved, Triggered};
    let events = [(Triggered, 100), (Resolved, 300), (Triggered, 200), (Triggered, 400), (Resolved, 500)];
    for (id, expected) in [("CW:0A1B", [100, 100, 100, 400, 400]), ("Q1", [100; 5])] {
        let mut known = KnownIncident::new(IncidentId(id.into()), DateTime::UNIX_EPOCH);
        let who = Person { id: "U1".into(), name: Foreign::line("佐藤").expect("a name") };
        known.takers = vec![Taker { who, since: DateTime::UNIX_EPOCH + TimeDelta::seconds(150) }];
        let found = events.clone().map(|(kind, seconds)| {
            let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            known.learn(&IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at));
            known.opened_at.timestamp()
        });
        assert_eq!(found, expected, "{id}");
        assert_eq!(known.takers.is_empty(), id != "Q1", "whoever was on it was so before");
    }
}

/// CloudWatch's alarms say that they are all right after every gap in their data.
#[test]
fn an_alarm_whose_data_are_back_is_over_only_where_it_was_told() {
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let mut known = KnownIncident::new(IncidentId("CW:0A1B".into()), at(100));
    let happened = |kind, seconds| IncidentEvent::new(Origin::PagerDuty, EventKey("1".into()), kind, at(seconds));
    let over = |closing, seconds| {
        let details = Details { closing, ..Details::default() };
        IncidentEvent { details, ..happened(EventKind::Resolved, seconds) }
    };
    let is_nothing = |known: &KnownIncident, event: &IncidentEvent| {
        [primary, backup].map(|destination| known.is_end_of_nothing(destination, event))
    };
    let back = |seconds| over(Some(Closing::DataAreBack), seconds);
    assert_eq!(is_nothing(&known, &back(150)), [true, true], "nothing was told");
    assert_eq!(is_nothing(&known, &over(None, 150)), [false, false], "the alarm itself says that it was on");
    for (opened, closed) in [(200, 300), (400, 500)] {
        let triggered = happened(EventKind::Triggered, opened);
        known.learn(&triggered);
        let begins = known.milestone(&triggered).expect("one of the kinds");
        known.tell(primary, &begins, ReportedBy::Webhook);
        let mut introduced = known.clone();
        introduced.learn(&back(closed));
        assert_eq!(is_nothing(&introduced, &back(closed)), [false, true], "only there it was told that it was on");
        let ends = introduced.milestone(&back(closed)).expect("one of the kinds");
        introduced.tell(primary, &ends, ReportedBy::Webhook);
        known = introduced;
        assert_eq!(is_nothing(&known, &back(closed + 50)), [true, true], "and there it is over now");
    }
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
fn a_beginning_and_an_end_belong_to_the_time_it_is_open() {
    use EventKind::{Acknowledged, Reopened, Resolved, Triggered};
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let milestone = |known: &KnownIncident, kind: EventKind, seconds| {
        let event = IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at(seconds));
        known.milestone(&event)
    };
    let name = |milestone: Option<Milestone>| milestone.map(|one| one.first_editions_key(ReportedBy::Watchdog).0);
    let known = KnownIncident { has_begun: true, ..KnownIncident::new(IncidentId("Q1".into()), at(400)) };
    for (kind, seconds, expected) in [
        (Triggered, 100, Some("watchdog:Q1:400:triggered")),
        (Reopened, 400, Some("watchdog:Q1:400:triggered")),
        (Resolved, 399, Some("watchdog:Q1:399:resolved")),
        (Resolved, 400, Some("watchdog:Q1:400:resolved")),
        (Resolved, 500, Some("watchdog:Q1:400:resolved")),
        (Acknowledged, 500, None),
    ] {
        assert_eq!(name(milestone(&known, kind.clone(), seconds)).as_deref(), expected, "{kind:?} at {seconds}");
    }
    let unheard = KnownIncident { has_begun: false, ..known.clone() };
    assert_eq!(name(milestone(&unheard, Resolved, 399)).as_deref(), Some("watchdog:Q1:400:resolved"));

    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let begins = milestone(&known, Triggered, 400).expect("one of the kinds");
    let mut told = known.clone();
    told.tell(primary, &begins, ReportedBy::Webhook);
    told.tell(primary, &begins, ReportedBy::Watchdog);
    assert_eq!([primary, backup].map(|to| told.told_by(to, &begins)), [Some(ReportedBy::Webhook), None]);
    told.opened_at = at(500);
    let again = milestone(&told, Reopened, 500).expect("one of the kinds");
    assert_eq!(told.told_by(primary, &again), None, "it has begun again");
}

#[test]
fn an_end_that_was_told_from_the_chat_is_known_when_it_has_begun_again() {
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let person = |id: &str| Person { id: id.into(), name: Foreign::line(id).expect("a name") };
    let doer = Doer { press: "p1".into(), who: person("U1"), at: at(300), user: "PDUMMY1".into() };
    let told = |by| KnownIncident {
        has_begun: true,
        resolution: Some(Resolution { doer: doer.clone(), state_since: None }),
        told: BTreeMap::from([((Destination::Any, Turn::Resolved), (100, by))]),
        ..KnownIncident::new(IncidentId("Q1".into()), at(400))
    };
    let event = |agent: &str, seconds| IncidentEvent {
        agent: Some(person(agent)),
        ..IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), EventKind::Resolved, at(seconds))
    };
    let found = IncidentEvent { missed: Some(Missed::First), ..event("PDUMMY1", 300) };
    for (by, event, expected) in [
        (ReportedBy::Press, event("PDUMMY1", 300), true),
        (ReportedBy::Press, event("U1", 399), true),
        (ReportedBy::Press, event("PDUMMY1", 400), false),
        (ReportedBy::Press, event("PSATO01", 300), false),
        (ReportedBy::Press, found, false),
        (ReportedBy::Webhook, event("PDUMMY1", 300), false),
    ] {
        assert_eq!(told(by).is_own_end_told(Destination::Any, &event), expected, "{by:?} {event:?}");
        assert!(!told(by).is_own_end_told(Destination::Backup, &event), "it was told elsewhere");
    }
}

/// PagerDuty may report late that it has begun again.
#[test]
fn a_reopening_ends_what_was_pressed_before_it_and_nothing_since() {
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let person = |id: &str| Person { id: id.into(), name: Foreign::line(id).expect("a name") };
    let taker = |id: &str, seconds| Taker { who: person(id), since: at(seconds) };
    for (called_at, is_still_called) in [(399, false), (401, true)] {
        let doer = Doer { press: "p1".into(), who: person("U1"), at: at(called_at), user: String::new() };
        let mut known = KnownIncident {
            takers: vec![taker("U1", 399), taker("U2", 401)],
            stays: vec![taker("U3", 399), taker("U4", 401)],
            call: Some(Call { doer, outcome: None, is_over: false }),
            ..KnownIncident::new(IncidentId("Q1".into()), at(100))
        };
        known.learn(&IncidentEvent::new(Origin::PagerDuty, EventKey("1".into()), EventKind::Reopened, at(400)));
        assert_eq!((known.takers, known.stays), (vec![taker("U2", 401)], vec![taker("U4", 401)]));
        assert_eq!(known.call.is_some(), is_still_called);
    }
}

#[test]
fn the_latest_event_says_how_it_stands_and_who_has_it() {
    use EventKind::{Acknowledged, Annotated, Resolved, Triggered, Unacknowledged};
    let person = |id: &str| Person { id: id.into(), name: Foreign::line(id).expect("a name") };
    let event = |kind: &EventKind, seconds, agent: Option<&str>| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        IncidentEvent {
            agent: agent.map(person),
            incident: Incident { assignees: vec![person("P2"), person("P1")].into(), ..Incident::default() },
            ..IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind.clone(), at)
        }
    };
    let (open, taken, over) = (Some(State::Triggered), Some(State::Acknowledged), Some(State::Resolved));
    for (kind, seconds, agent, state, holders) in [
        (Triggered, 110, None, open, "P1 P2"),
        (Acknowledged, 110, Some("P1"), taken, "P1"),
        (Acknowledged, 110, None, taken, "P1 P2"),
        (Unacknowledged, 110, Some("P1"), open, "P1 P2"),
        (Resolved, 110, Some("P3"), over, "P3"),
        (Resolved, 110, None, over, ""),
        // At the same moment: what comes later is the latest.
        (Resolved, 100, None, over, ""),
        (Resolved, 99, None, open, "P1 P2"),
        (Annotated, 110, Some("P3"), open, "P1 P2"),
    ] {
        let mut known = KnownIncident::new(IncidentId("Q1".into()), DateTime::UNIX_EPOCH);
        known.learn(&event(&Triggered, 100, None));
        known.learn(&event(&kind, seconds, agent));
        let ids: Vec<_> = known.holders.first.iter().map(|person| person.id.as_str()).collect();
        assert_eq!((known.state, ids.join(" ").as_str()), (state, holders), "{kind:?} at {seconds}");
    }
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

#[tokio::test]
async fn the_first_message_stays_but_for_the_one_that_replaces_it() {
    let (ledger, id, place) = (Ledger::memory(), IncidentId("Q1".into()), Destination::Any);
    for (post, instead_of, expected) in [
        ("1", None, "1"),
        ("2", None, "1"),
        ("1", None, "1"),
        ("2", Some("1"), "2"),
        ("3", Some("1"), "2"),
        ("", Some("2"), ""),
        ("3", None, "3"),
    ] {
        let first = FirstPost { place, post: post.into(), opening: None, instead_of: instead_of.map(str::to_owned) };
        ledger.keep_first(&id, &first, DateTime::UNIX_EPOCH).await;
        let known = ledger.incident(&id).await.expect("it answers").expect("it is kept");
        assert_eq!(known.threads, BTreeMap::from([(place, expected.to_owned())]), "{post} instead of {instead_of:?}");
    }
}

/// It is tried again for longer than a beginning is waited for that nobody has tried.
#[tokio::test]
async fn what_follows_waits_for_a_beginning_that_was_tried_in_vain() {
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let place = Destination::Any;
    for (kind, expected) in [(EventKind::Triggered, Some(at(20))), (EventKind::Acknowledged, None)] {
        let ledger = Ledger::memory();
        let id = Some(IncidentId("Q1".into()));
        let incident = Incident { id: id.clone(), title: Foreign::line("Disk full"), ..Incident::default() };
        let incident = Incident { number: Some(IncidentNumber(4812)), ..incident };
        let event = IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at(0));
        let event = IncidentEvent { incident: incident.clone(), ..event };
        let Claim::Yours(grant) = ledger.claim(&event.key, place, at(0)).await else { panic!("nobody else has it") };
        let mut introduced = ledger.introduce(&event).await;
        let of_none = Settlement::of_no_incident(event.kind.name(), Ended::NotPosted, Vec::new());
        let settlement = Settlement { event: Some(&event), ..of_none };
        ledger.settle(grant, settlement, introduced.as_mut(), at(0)).await;
        let known = ledger.incident(&IncidentId("Q1".into())).await.expect("it answers").expect("it is kept");
        assert_eq!(known.begins.get(&place).copied(), expected, "{:?}", event.kind);
        assert_eq!(known.incident(), incident);
    }
}

/// Of a sender that goes on triggering what is open: what came of each event, and why nothing was posted.
#[tokio::test]
async fn what_is_triggered_again_while_it_is_open_calls_nobody_a_second_time() {
    use EventKind::{Acknowledged, Resolved, StateChanged, Triggered};
    const SAID: &str = "the same was told a few minutes ago";
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let (ledger, place, id) = (Ledger::memory(), Destination::Any, IncidentId("events:1F".into()));
    let open = (Some(State::Triggered), 0);
    for (nth, (minute, kind, title, ended, expected, told, status)) in [
        // Nobody has it, so it is still news when it comes again.
        (0, Triggered, "[FIRING:1]", Ended::NotPosted, Triggered, None, open),
        (1, Triggered, "[FIRING:1]", Ended::Posted, Triggered, None, open),
        (5, Triggered, "[FIRING:1]", Ended::Posted, StateChanged, Some(SAID), open),
        (241, Triggered, "[FIRING:1]", Ended::Posted, StateChanged, Some(SAID), open),
        (246, Triggered, "[FIRING:2]", Ended::NotPosted, StateChanged, None, open),
        (247, Triggered, "[FIRING:2]", Ended::Posted, StateChanged, None, open),
        (487, Triggered, "[FIRING:2]", Ended::Posted, StateChanged, Some(SAID), open),
        (490, Acknowledged, "", Ended::Posted, Acknowledged, None, (Some(State::Acknowledged), 0)),
        (500, Triggered, "[FIRING:3]", Ended::Posted, StateChanged, None, (Some(State::Acknowledged), 0)),
        (600, Resolved, "[RESOLVED]", Ended::NotPosted, Resolved, None, (Some(State::Resolved), 0)),
        // The chat knows nothing of the end, and still this is a new beginning.
        (700, Triggered, "[FIRING:1]", Ended::NotPosted, Triggered, None, (Some(State::Triggered), 700)),
        (701, Triggered, "[FIRING:1]", Ended::Posted, Triggered, None, (Some(State::Triggered), 700)),
        (702, Triggered, "[FIRING:1]", Ended::Posted, StateChanged, Some(SAID), (Some(State::Triggered), 700)),
        (800, Resolved, "[RESOLVED]", Ended::Posted, Resolved, None, (Some(State::Resolved), 700)),
        (800, Triggered, "[FIRING:1]", Ended::Posted, Triggered, None, (Some(State::Triggered), 800)),
        // So fast that its beginning has the same time.
        (800, Resolved, "[RESOLVED]", Ended::Posted, Resolved, None, (Some(State::Resolved), 800)),
        (800, Triggered, "[FIRING:1]", Ended::Posted, Triggered, None, (Some(State::Triggered), 800)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut event = IncidentEvent {
            incident: Incident { id: Some(id.clone()), title: Foreign::line(title), ..Incident::default() },
            details: Details { is_said_again: kind == Triggered, ..Details::default() },
            untimed: Some(title.into()),
            ..IncidentEvent::new(Origin::PagerDuty, EventKey(nth.to_string()), kind, at(minute))
        };
        let Claim::Yours(grant) = ledger.claim(&event.key, place, at(minute)).await else { panic!("nobody has it") };
        let mut introduced = ledger.introduce(&event).await;
        introduced.as_ref().expect("it has an incident").say_again(&mut event, place);
        let before = ledger.reported_before(&event, introduced.as_ref(), &[place], at(minute)).await;
        assert_eq!((&event.kind, before), (&expected, told), "{nth}: {minute}");
        let ended = if before.is_some() { Ended::ReportedBefore } else { ended };
        let of_none = Settlement::of_no_incident(event.kind.name(), ended, Vec::new());
        ledger.settle(grant, Settlement { event: Some(&event), ..of_none }, introduced.as_mut(), at(minute)).await;
        let known = ledger.incident(&id).await.expect("it answers").expect("it is kept");
        assert_eq!((known.state, known.opened_at), (status.0, at(status.1)), "{nth}: {minute}");
    }
}

/// An alarm under one id, each time: what comes of an event, since when it is on, and whether its end is told; the same at the first
/// try, at the second one, and in another chat.
#[tokio::test]
async fn an_alarm_goes_off_each_time_however_that_begins() {
    use EventKind::{Resolved, StateChanged, Triggered};
    const NOTHING: &str = "its alarm is only as it was before its data were missing";
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let (ledger, id) = (Ledger::memory(), IncidentId("CW:1F".into()));
    let (primary, backup) = (Destination::Primary, Destination::Backup);
    let (on, off) = (Some(State::Triggered), Some(State::Resolved));
    for (minute, kind, state, how, expected, told, status) in [
        // It is new.
        (-9, Resolved, off, "back", Resolved, Some(NOTHING), (off, -9)),
        (0, Triggered, on, "", Triggered, None, (on, 0)),
        // Its data are missing, and there again.
        (1, StateChanged, on, "", StateChanged, None, (on, 0)),
        (2, Triggered, on, "again", StateChanged, None, (on, 0)),
        (3, Resolved, off, "", Resolved, None, (off, 0)),
        // Its actions are held back, until they are not.
        (100, StateChanged, on, "", StateChanged, None, (on, 100)),
        (101, Triggered, on, "", Triggered, None, (on, 100)),
        (102, StateChanged, on, "", StateChanged, None, (on, 100)),
        (103, Resolved, off, "back", Resolved, None, (off, 100)),
        // Nothing was told of it, as of each gap in its data.
        (200, Resolved, off, "back", Resolved, Some(NOTHING), (off, 100)),
        // They were held back to the end, and that came with missing data.
        (250, StateChanged, on, "", StateChanged, None, (on, 250)),
        (251, StateChanged, on, "", StateChanged, None, (on, 250)),
        (252, Resolved, off, "back", Resolved, None, (off, 250)),
        (253, Resolved, off, "back", Resolved, Some(NOTHING), (off, 250)),
        // One of its series overtakes it.
        (301, StateChanged, None, "", StateChanged, None, (off, 250)),
        (300, Triggered, on, "again", Triggered, None, (on, 300)),
    ] {
        let told_then = IncidentEvent {
            incident: Incident { id: Some(id.clone()), state, ..Incident::default() },
            details: Details {
                is_said_again: how == "again",
                closing: (how == "back").then_some(Closing::DataAreBack),
                ..Details::default()
            },
            ..IncidentEvent::new(Origin::PagerDuty, EventKey(minute.to_string()), kind, at(minute))
        };
        for (place, ended) in [(primary, Ended::NotPosted), (primary, Ended::Posted), (backup, Ended::Posted)] {
            let mut event = told_then.clone();
            let mut introduced = ledger.introduce(&event).await;
            introduced.as_ref().expect("it has an incident").say_again(&mut event, place);
            let before = ledger.reported_before(&event, introduced.as_ref(), &[place], at(minute)).await;
            assert_eq!((&event.kind, before), (&expected, told), "{minute} {place:?} {ended:?}");
            let Claim::Yours(grant) = ledger.claim(&event.key, place, at(minute)).await else { continue };
            let ended = if before.is_some() { Ended::ReportedBefore } else { ended };
            let of_none = Settlement::of_no_incident(event.kind.name(), ended, Vec::new());
            ledger.settle(grant, Settlement { event: Some(&event), ..of_none }, introduced.as_mut(), at(minute)).await;
            let known = ledger.incident(&id).await.expect("it answers").expect("it is kept");
            assert_eq!((known.state, known.opened_at), (status.0, at(status.1)), "{minute} {place:?} {ended:?}");
        }
    }
}

/// Of two chats, one was down while an alert began, was over and began again.
#[tokio::test]
async fn a_chat_that_is_behind_is_told_of_each_beginning() {
    use EventKind::{Resolved, StateChanged, Triggered};
    const SAID: &str = "the same was told a few minutes ago";
    let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let (ledger, primary, backup) = (Ledger::memory(), Destination::Primary, Destination::Backup);
    for (place, minute, kind, expected, told) in [
        (primary, 0, Triggered, Triggered, None),
        (primary, 5, Resolved, Resolved, None),
        (primary, 6, Triggered, Triggered, None),
        (backup, 0, Triggered, Triggered, None),
        (backup, 5, Resolved, Resolved, None),
        (backup, 6, Triggered, Triggered, None),
        (backup, 7, Triggered, StateChanged, Some(SAID)),
        (primary, 7, Triggered, StateChanged, Some(SAID)),
    ] {
        let mut event = IncidentEvent {
            incident: Incident { id: Some(IncidentId("events:1F".into())), ..Incident::default() },
            details: Details { is_said_again: kind == Triggered, ..Details::default() },
            untimed: Some(kind.name().into()),
            ..IncidentEvent::new(Origin::PagerDuty, EventKey(minute.to_string()), kind, at(minute))
        };
        let now = at(minute + 30);
        let Claim::Yours(grant) = ledger.claim(&event.key, place, now).await else { panic!("nobody has it") };
        let mut introduced = ledger.introduce(&event).await;
        introduced.as_ref().expect("it has an incident").say_again(&mut event, place);
        let before = ledger.reported_before(&event, introduced.as_ref(), &[place], now).await;
        assert_eq!((&event.kind, before), (&expected, told), "{place:?}: {minute}");
        let ended = if before.is_some() { Ended::ReportedBefore } else { Ended::Posted };
        let of_none = Settlement::of_no_incident(event.kind.name(), ended, Vec::new());
        ledger.settle(grant, Settlement { event: Some(&event), ..of_none }, introduced.as_mut(), now).await;
    }
}
