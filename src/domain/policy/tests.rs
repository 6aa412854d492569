//! The table of mentions, line by line and at every boundary.

use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
use crate::domain::few::Few;
use crate::domain::incident::{EventKey, Incident, Origin};
use crate::domain::member::Handle;
use crate::domain::rotation::Problem;
use crate::domain::text::Foreign;
use std::sync::Arc;

fn calendar(zone: &str) -> Calendar {
    Calendar {
        zone: zone.parse().expect("a zone"),
        hours: BusinessHours::parse("10:00-17:00").expect("hours"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([("2026-12-29".parse().expect("a date"), "年末休業".into())])),
    }
}

fn policy() -> Policy {
    use EventKind::{Escalated, Reassigned, Reopened, Triggered, Unacknowledged};
    Policy {
        mention_on: BTreeSet::from([Triggered, Reopened, Unacknowledged, Escalated, Reassigned]),
        ignored: Ignored::new(["PDUMMY1"]),
    }
}

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("a text")
}

fn person(id: &str) -> Person {
    Person { id: id.into(), name: text(id) }
}

fn mentionee(name: &str) -> Mentionee {
    Mentionee { name: text(name), handle: Handle::typetalk(name).expect("a name") }
}

fn event(kind: EventKind, at: &str, assignees: &[&str]) -> IncidentEvent {
    let at = at.parse().expect("an instant");
    IncidentEvent {
        incident: Incident { assignees: assignees.iter().map(|id| person(id)).collect(), ..Incident::default() },
        ..IncidentEvent::new(Origin::PagerDuty, EventKey("01G".into()), kind, at)
    }
}

fn cell() -> CellRef {
    CellRef { tab: crate::domain::rotation::Tab::named("rotation"), row: 14, column: 2 }
}

fn finding(problem: Problem) -> Finding {
    Finding { at: Some(cell()), problem }
}

fn pair() -> Duty {
    let coverage =
        Coverage::OnCall { people: vec![mentionee("sato"), mentionee("suzuki")], findings: Vec::new(), row: cell() };
    Duty { coverage, went_to: Vec::new() }
}

/// Rule, then who: names, `fallback` or nothing.
fn summary(decision: &Decision) -> String {
    let names = |people: &[Mentionee]| people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(" ");
    let who = match &decision.mention {
        Mention::Nobody => String::new(),
        Mention::OnCall(people) | Mention::Assignees(people) => names(people),
        Mention::Fallback => "fallback".into(),
    };
    format!("{}: {who}", decision.reason.rule.name())
}

#[track_caller]
fn check(event: &IncidentEvent, duty: &Duty, zone: &str, now: &str, expected: &str) {
    let now = now.parse().expect("an instant");
    assert_eq!(summary(&policy().decide(event, duty, None, &calendar(zone), now)), expected);
}

const PAIR: &str = "working_hours: sato suzuki";
const OUTSIDE: &str = "outside_hours: ";
const TOO_LATE: &str = "posted_too_late: ";

#[test]
fn hours_count_when_it_happened_and_when_it_is_posted() {
    for (occurred, posted, expected) in [
        ("2026-11-24T09:59:59+09:00", "2026-11-24T09:59:59+09:00", OUTSIDE),
        ("2026-11-24T10:00:00+09:00", "2026-11-24T10:00:00+09:00", PAIR),
        ("2026-11-24T16:59:59+09:00", "2026-11-24T16:59:59+09:00", PAIR),
        ("2026-11-24T17:00:00+09:00", "2026-11-24T17:00:00+09:00", OUTSIDE),
        // In hours, posted a moment after they ended, and posted when everybody has gone home.
        ("2026-11-24T16:59:58+09:00", "2026-11-24T17:00:02+09:00", PAIR),
        ("2026-11-24T16:59:58+09:00", "2026-11-24T17:29:57+09:00", PAIR),
        ("2026-11-24T16:59:58+09:00", "2026-11-24T17:29:58+09:00", TOO_LATE),
        ("2026-11-24T16:59:58+09:00", "2026-11-24T17:31:00+09:00", TOO_LATE),
        ("2026-11-24T16:59:58+09:00", "2026-11-24T19:00:00+09:00", TOO_LATE),
        // In hours both times: however late, somebody at work has not seen it yet.
        ("2026-11-24T10:01:00+09:00", "2026-11-24T16:00:00+09:00", PAIR),
        ("2026-11-24T16:00:00+09:00", "2026-11-25T10:00:00+09:00", PAIR),
        // At night, posted in the morning: the morning reminder lists it.
        ("2026-11-24T03:00:00+09:00", "2026-11-24T10:05:00+09:00", OUTSIDE),
        ("2026-11-24T09:59:59+09:00", "2026-11-24T10:00:05+09:00", OUTSIDE),
        // The sender's clock is ahead of ours.
        ("2026-11-24T10:00:03+09:00", "2026-11-24T09:59:59+09:00", OUTSIDE),
        ("2026-11-24T17:00:03+09:00", "2026-11-24T16:59:59+09:00", PAIR),
        // Friday to Monday, with a Monday that is a holiday.
        ("2026-11-20T16:30:00+09:00", "2026-11-20T16:30:01+09:00", PAIR),
        ("2026-11-21T11:00:00+09:00", "2026-11-21T11:00:01+09:00", OUTSIDE),
        ("2026-11-22T11:00:00+09:00", "2026-11-22T11:00:01+09:00", OUTSIDE),
        ("2026-11-23T11:00:00+09:00", "2026-11-23T11:00:01+09:00", OUTSIDE),
        ("2026-11-30T11:00:00+09:00", "2026-11-30T11:00:01+09:00", PAIR),
        // New Year, with a holiday of the company.
        ("2026-12-28T11:00:00+09:00", "2026-12-28T11:00:01+09:00", PAIR),
        ("2026-12-29T11:00:00+09:00", "2026-12-29T11:00:01+09:00", OUTSIDE),
        ("2027-01-01T11:00:00+09:00", "2027-01-01T11:00:01+09:00", OUTSIDE),
        ("2027-01-04T11:00:00+09:00", "2027-01-04T11:00:01+09:00", PAIR),
        ("2026-09-22T11:00:00+09:00", "2026-09-22T11:00:01+09:00", OUTSIDE),
        ("2027-03-22T11:00:00+09:00", "2027-03-22T11:00:01+09:00", OUTSIDE),
    ] {
        check(&event(EventKind::Triggered, occurred, &["PSRE001"]), &pair(), "Asia/Tokyo", posted, expected);
    }
}

/// At any hour, whatever the settings say of other events; and only if that was asked for.
#[test]
fn a_drill_mentions_whoever_is_on_call_if_asked_to() {
    let gap =
        || Duty { coverage: Coverage::Gap { findings: vec![finding(Problem::UnknownName(text("山田")))] }, ..pair() };
    let unreadable = || Duty { coverage: Coverage::Unknown { why: Unreadable::NoAnswer }, ..pair() };
    let nobody = || Duty { coverage: Coverage::Nobody { row: cell() }, ..pair() };
    let over = Status {
        state: State::Resolved,
        holders: Few::default(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: None,
        changed_at: "2026-11-24T03:00:01+09:00".parse().expect("an instant"),
    };
    for (drill, kind, duty, known, expected) in [
        (Drill::Mentioning, EventKind::Triggered, pair(), None, "drill: sato suzuki"),
        (Drill::Mentioning, EventKind::Triggered, gap(), None, "drill: "),
        (Drill::Mentioning, EventKind::Triggered, unreadable(), None, "drill: "),
        (Drill::Mentioning, EventKind::Triggered, nobody(), None, "drill: "),
        (Drill::Mentioning, EventKind::Resolved, pair(), None, "drill: "),
        (Drill::Mentioning, EventKind::Escalated, pair(), None, "drill: "),
        (Drill::Quiet, EventKind::Triggered, pair(), None, "drill: "),
        (Drill::Mentioning, EventKind::Triggered, pair(), Some(&over), "over_already: "),
    ] {
        for (policy, at) in [
            (policy(), "2026-11-24T03:00:00+09:00"),
            (Policy { ignored: Ignored::default(), ..policy() }, "2026-11-24T11:02:00+09:00"),
        ] {
            // Assigned to nobody but the dummy, for which others call the fallback at night.
            let mut event = event(kind.clone(), at, &["PDUMMY1"]);
            event.incident.id = Some(drill.id("4F9A21"));
            let now = event.occurred_at;
            let decision = policy.decide(&event, &duty, known, &calendar("Asia/Tokyo"), now);
            assert_eq!(summary(&decision), expected, "{kind:?} at {at}");
        }
    }
}

#[test]
fn in_a_break_nobody_is_at_work() {
    let pause = BusinessHours::parse("12:00-13:00").expect("a span");
    let hours = calendar("Asia/Tokyo").hours.with_break(pause).expect("it is inside");
    let calendar = Calendar { hours, ..calendar("Asia/Tokyo") };
    for (occurred, posted, assignee, expected) in [
        ("11:59:59", "12:00:02", "PSRE001", PAIR),
        ("11:40:00", "12:10:00", "PSRE001", TOO_LATE),
        ("11:59:59", "13:30:00", "PSRE001", PAIR),
        ("12:00:00", "12:00:00", "PSRE001", OUTSIDE),
        ("12:59:59", "13:00:05", "PSRE001", OUTSIDE),
        ("12:30:00", "12:30:01", "PDUMMY1", "held_by_nobody: fallback"),
        ("13:00:00", "13:00:00", "PSRE001", PAIR),
    ] {
        let at = |time| format!("2026-11-24T{time}+09:00");
        let event = event(EventKind::Triggered, &at(occurred), &[assignee]);
        let decision = policy().decide(&event, &pair(), None, &calendar, at(posted).parse().expect("an instant"));
        assert_eq!(summary(&decision), expected, "{occurred} {posted}");
    }
}

/// What nobody had in hours has been escalated by PagerDuty meanwhile; what nobody has at night has not.
#[test]
fn what_happened_in_hours_and_is_told_at_night_calls_nobody() {
    for (occurred, expected) in [
        ("2026-11-24T16:00:00+09:00", TOO_LATE),
        ("2026-11-24T16:59:59+09:00", TOO_LATE),
        ("2026-11-24T17:00:00+09:00", "held_by_nobody: fallback"),
    ] {
        let event = event(EventKind::Triggered, occurred, &["PDUMMY1"]);
        check(&event, &pair(), "Asia/Tokyo", "2026-11-24T19:00:00+09:00", expected);
    }
}

#[test]
fn hours_are_those_of_the_configured_zone() {
    for (zone, at, expected) in [
        ("Asia/Tokyo", "2026-07-01T01:00:00Z", PAIR),
        ("Asia/Tokyo", "2026-07-01T14:00:00Z", OUTSIDE),
        // Summer time: 10:00 in New York is 14:00 UTC in July and 15:00 UTC in December.
        ("America/New_York", "2026-07-01T14:00:00Z", PAIR),
        ("America/New_York", "2026-12-01T14:59:59Z", OUTSIDE),
        ("America/New_York", "2026-12-01T15:00:00Z", PAIR),
        ("Asia/Kolkata", "2026-07-01T04:29:59Z", OUTSIDE),
        ("Asia/Kolkata", "2026-07-01T04:30:00Z", PAIR),
    ] {
        check(&event(EventKind::Triggered, at, &["PSRE001"]), &pair(), zone, at, expected);
    }
}

#[test]
fn each_kind_has_its_people() {
    const NOON: &str = "2026-11-24T12:00:00+09:00";
    let known = Duty { went_to: vec![mentionee("takahashi")], ..pair() };
    for kind in EventKind::NAMED {
        use EventKind::{Escalated, IncidentJobFailed, Reassigned, Reopened, ShiftEnds, SreNotCalled};
        use EventKind::{Triggered, Unacknowledged, Worsened};
        let (expected, to_strangers) = match kind {
            Triggered | Reopened | Unacknowledged | Worsened | IncidentJobFailed => (PAIR, PAIR),
            Escalated | Reassigned => ("went_to: takahashi", "went_to_strangers: "),
            SreNotCalled => ("sre_not_called: fallback", "sre_not_called: fallback"),
            ShiftEnds => ("on_it: takahashi", PAIR),
            ours if ours.is_ours() => ("for_the_record: ", "for_the_record: "),
            _ => ("kind_is_quiet: ", "kind_is_quiet: "),
        };
        check(&event(kind.clone(), NOON, &["PSRE001"]), &known, "Asia/Tokyo", NOON, expected);
        check(&event(kind.clone(), NOON, &["PSRE001"]), &pair(), "Asia/Tokyo", NOON, to_strangers);
    }
    check(
        &event(EventKind::Other(text("incident.sung_about")), NOON, &[]),
        &pair(),
        "Asia/Tokyo",
        NOON,
        "kind_is_quiet: ",
    );
}

#[test]
fn outside_hours_only_what_nobody_has_is_told() {
    const NIGHT: &str = "2026-11-24T23:10:00+09:00";
    use EventKind::{Acknowledged, Escalated, Reassigned, Reopened, Resolved, Triggered, Unacknowledged};
    let held = "held_by_nobody: fallback";
    for (kind, assignees, expected) in [
        (Triggered, vec!["PDUMMY1"], held),
        (Reopened, vec!["PDUMMY1"], held),
        (Unacknowledged, vec!["PDUMMY1", "PDUMMY1"], held),
        (Triggered, vec!["PDUMMY1", "PSRE001"], OUTSIDE),
        (Triggered, vec!["PSRE001"], OUTSIDE),
        (Triggered, vec![], OUTSIDE),
        (Escalated, vec!["PDUMMY1"], OUTSIDE),
        (Reassigned, vec!["PDUMMY1"], OUTSIDE),
        (Acknowledged, vec!["PDUMMY1"], "kind_is_quiet: "),
        (Resolved, vec![], "kind_is_quiet: "),
    ] {
        check(&event(kind, NIGHT, &assignees), &pair(), "Asia/Tokyo", NIGHT, expected);
    }
    // Came at night, is posted by day: still nobody has it.
    check(
        &event(Triggered, "2026-11-24T03:00:00+09:00", &["PDUMMY1"]),
        &pair(),
        "Asia/Tokyo",
        "2026-11-24T10:05:00+09:00",
        held,
    );
    // In hours the dummy holds it as it should.
    check(
        &event(Triggered, "2026-11-24T11:00:00+09:00", &["PDUMMY1"]),
        &pair(),
        "Asia/Tokyo",
        "2026-11-24T11:00:00+09:00",
        PAIR,
    );
}

#[test]
fn a_rotation_without_an_answer_is_told_to_the_fallback_in_hours() {
    let one = Coverage::OnCall {
        people: vec![mentionee("sato")],
        findings: vec![finding(Problem::UnknownName(text("yamada(dev")))],
        row: cell(),
    };
    let empty = Coverage::Gap { findings: vec![finding(Problem::EmptyCell), finding(Problem::EmptyCell)] };
    let unknown = Coverage::Gap { findings: vec![finding(Problem::UnknownName(text("all")))] };
    let unreadable = Coverage::Unknown { why: Unreadable::Quota };
    for (coverage, in_hours) in [
        (one, "working_hours: sato"),
        (empty, "rotation_gap: fallback"),
        (unknown, "rotation_gap: fallback"),
        (unreadable, "rotation_unreadable: fallback"),
    ] {
        let duty = Duty { coverage, went_to: Vec::new() };
        for (at, expected) in [("2026-11-24T12:00:00+09:00", in_hours), ("2026-11-24T20:00:00+09:00", OUTSIDE)] {
            check(&event(EventKind::Triggered, at, &["PSRE001"]), &duty, "Asia/Tokyo", at, expected);
        }
    }
}

#[test]
fn the_reason_names_what_it_rests_on() {
    let now: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().expect("an instant");
    let duty = Duty { coverage: Coverage::Gap { findings: vec![finding(Problem::EmptyCell)] }, went_to: Vec::new() };
    let event = event(EventKind::Triggered, "2026-11-24T02:48:00Z", &[]);
    let Reason { rule, occurred, posted, row, findings, unreadable } =
        policy().decide(&event, &duty, None, &calendar("Asia/Tokyo"), now).reason;
    assert_eq!(rule, Rule::RotationGap);
    assert_eq!(occurred.local.to_rfc3339(), "2026-11-24T11:48:00+09:00");
    assert_eq!(posted.local.to_rfc3339(), "2026-11-24T12:00:00+09:00");
    assert!(occurred.is_working && posted.is_working);
    assert_eq!((row, findings, unreadable), (Some(cell()), vec![finding(Problem::EmptyCell)], None));
}

#[test]
fn settings_add_and_take_away_kinds() {
    let now: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().expect("an instant");
    let quiet = Policy { mention_on: BTreeSet::from([EventKind::Resolved]), ..policy() };
    for (kind, expected) in [(EventKind::Triggered, "kind_is_quiet: "), (EventKind::Resolved, PAIR)] {
        let event = event(kind, "2026-11-24T03:00:00Z", &[]);
        assert_eq!(summary(&quiet.decide(&event, &pair(), None, &calendar("Asia/Tokyo"), now)), expected);
    }
}

#[test]
fn what_comes_after_the_resolution_calls_nobody() {
    let now: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().expect("an instant");
    let status = |state| Status {
        state,
        holders: Few::default(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: None,
        changed_at: now,
    };
    for (state, kind, expected) in [
        (State::Resolved, EventKind::Triggered, "over_already: "),
        (State::Resolved, EventKind::Unacknowledged, "over_already: "),
        (State::Resolved, EventKind::Escalated, "over_already: "),
        (State::Resolved, EventKind::Annotated, "kind_is_quiet: "),
        (State::Acknowledged, EventKind::Triggered, PAIR),
    ] {
        let event = event(kind, "2026-11-24T03:00:00Z", &["PSRE001"]);
        let decision = policy().decide(&event, &pair(), Some(&status(state)), &calendar("Asia/Tokyo"), now);
        assert_eq!(summary(&decision), expected, "{:?} {:?}", state, event.kind);
    }
}

#[test]
fn nobody_is_called_by_what_they_did_themselves() {
    let day = "2026-11-24T11:00:00+09:00";
    for (agent, assignees, expected) in [
        (Some("PSATO01"), &["PSATO01"][..], "took_it_themselves: "),
        (Some("PSATO01"), &["PSATO01", "PSRE001"], "went_to_strangers: "),
        (Some("PSRE001"), &["PSATO01"], "went_to_strangers: "),
        (None, &["PSATO01"], "went_to_strangers: "),
        (Some("PSATO01"), &[], "went_to_strangers: "),
        // Of so many only the first are known.
        (Some("PSATO01"), &["PSATO01"; Few::<Person>::MOST + 1], "went_to_strangers: "),
    ] {
        let event = IncidentEvent { agent: agent.map(person), ..event(EventKind::Reassigned, day, assignees) };
        check(&event, &pair(), "Asia/Tokyo", day, expected);
    }
}

#[test]
fn of_several_that_were_found_together_one_mentions() {
    let night = "2026-11-24T03:00:00+09:00";
    let day = "2026-11-24T11:00:00+09:00";
    for (kind, at, assignees, first, further) in [
        (EventKind::Triggered, day, &["PSRE001"][..], PAIR, "another_mentions: "),
        (EventKind::Triggered, night, &["PDUMMY1"], "held_by_nobody: fallback", "another_mentions: "),
        (EventKind::Triggered, night, &["PSRE001"], OUTSIDE, OUTSIDE),
        (EventKind::Resolved, day, &[], "kind_is_quiet: ", "kind_is_quiet: "),
    ] {
        let event = event(kind, at, assignees);
        for (missed, expected) in [(None, first), (Some(Missed::First), first), (Some(Missed::Further), further)] {
            check(&IncidentEvent { missed, ..event.clone() }, &pair(), "Asia/Tokyo", at, expected);
        }
    }
}

/// What people press, and the time: settings about what senders send do not change it.
#[test]
fn what_is_ours_has_rules_of_its_own() {
    const ENDS: &str = "2026-11-24T16:50:00+09:00";
    const NIGHT: &str = "2026-11-24T23:10:00+09:00";
    let over = |state, changed_at: &str| Status {
        state,
        holders: Few::default(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: None,
        changed_at: changed_at.parse().expect("an instant"),
    };
    let gap = Duty {
        coverage: Coverage::Gap { findings: vec![Finding { at: None, problem: Problem::EmptyCell }] },
        went_to: Vec::new(),
    };
    let quiet = Policy { mention_on: BTreeSet::new(), ..policy() };
    for (kind, at, duty, state, expected) in [
        (EventKind::ShiftEnds, ENDS, pair(), State::Triggered, PAIR),
        (EventKind::ShiftEnds, ENDS, gap.clone(), State::Triggered, "rotation_gap: fallback"),
        (EventKind::ShiftEnds, "2026-11-24T17:00:00+09:00", pair(), State::Triggered, "outside_hours: "),
        (EventKind::ShiftEnds, ENDS, pair(), State::Resolved, "over_already: "),
        (EventKind::ShiftOver, ENDS, pair(), State::Triggered, "for_the_record: "),
        (EventKind::SreNotCalled, NIGHT, pair(), State::Triggered, "sre_not_called: fallback"),
        (EventKind::SreNotCalled, NIGHT, pair(), State::Acknowledged, "sre_not_called: fallback"),
        (EventKind::SreNotCalled, NIGHT, pair(), State::Resolved, "over_already: "),
        (EventKind::SreCalled, ENDS, pair(), State::Triggered, "for_the_record: "),
    ] {
        let event = event(kind.clone(), at, &["PSRE001"]);
        let now = at.parse().expect("an instant");
        for policy in [policy(), quiet.clone()] {
            let decision = policy.decide(&event, &duty, Some(&over(state, at)), &calendar("Asia/Tokyo"), now);
            assert_eq!(summary(&decision), expected, "{kind:?} {at} {state:?}");
        }
    }
    // It was over before somebody called SRE, and PagerDuty has said that it is not.
    let earlier = over(State::Resolved, "2026-11-24T23:09:59+09:00");
    let event = event(EventKind::SreNotCalled, NIGHT, &["PSRE001"]);
    let decision =
        policy().decide(&event, &pair(), Some(&earlier), &calendar("Asia/Tokyo"), NIGHT.parse().expect("an instant"));
    assert_eq!(summary(&decision), "sre_not_called: fallback");
}

#[test]
fn placeholder_users_are_known_by_id_or_name_and_blank_entries_are_none() {
    assert!(Ignored::new(["", " ", "@"]).is_empty());
    let ignored = Ignored::new(["", "PDUMMY1", " ＤＵＭＭＹ "]);
    assert!(!ignored.is_empty());
    let named = |id: &str, name: &str| Person { id: id.into(), name: text(name) };
    for (person, expected) in [
        (named("PDUMMY1", "SRE"), true),
        (named("P1", "DUMMY"), true),
        (named("P1", "@DUMMY"), true),
        (named("P1", "佐藤"), false),
    ] {
        assert_eq!(ignored.contains(&person), expected, "{person:?}");
    }
}
