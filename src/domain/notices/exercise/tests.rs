use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
use std::sync::Arc;

/// The company has the 4th of December off.
fn calendar(hours: &str, pause: Option<&str>) -> Calendar {
    let hours = BusinessHours::parse(hours).expect("hours");
    let pause = pause.map(|pause| BusinessHours::parse(pause).expect("a break"));
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: pause.map_or(Some(hours), |pause| hours.with_break(pause)).expect("a break inside"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([("2026-12-04".parse().expect("a date"), "休み".to_owned())])),
    }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-{time}:00+09:00").parse().expect("an instant")
}

#[test]
fn it_is_asked_in_the_morning_and_answered_an_hour_before_the_end() {
    for (hours, pause, expected) in [
        ("10:00-17:00", None, Some(("10:30", "16:00"))),
        ("09:00-18:00", Some("12:00-13:00"), Some(("09:30", "17:00"))),
        // What falls into the break comes after it.
        ("10:00-17:00", Some("10:15-11:00"), Some(("11:00", "16:00"))),
        ("10:00-17:00", Some("15:30-16:15"), Some(("10:30", "16:15"))),
        // There is an hour between the two.
        ("10:00-12:00", None, Some(("10:30", "11:30"))),
        ("10:00-11:30", None, None),
        ("13:00-24:00", None, Some(("13:30", "23:00"))),
    ] {
        let day = "2026-11-26".parse().expect("a date");
        let plan = plan(day, &calendar(hours, pause));
        let times = plan.map(|plan| (plan.asked_at, plan.answered_at));
        let expected =
            expected.map(|(asked, answered)| (at(&format!("11-26T{asked}")), at(&format!("11-26T{answered}"))));
        assert_eq!(times, expected, "{hours} {pause:?}");
    }
}

#[test]
fn each_part_is_due_in_its_time() {
    for (now, expected) in [
        ("11-26T10:29", None),
        ("11-26T10:30", Some(Part::Question)),
        ("11-26T10:49", Some(Part::Question)),
        ("11-26T10:50", None),
        ("11-26T15:59", None),
        ("11-26T16:00", Some(Part::Answer)),
        ("11-26T16:19", Some(Part::Answer)),
        ("11-26T16:20", None),
        // A Saturday, a holiday, the company's day off.
        ("11-28T10:30", None),
        ("11-23T16:00", None),
        ("12-04T10:30", None),
    ] {
        let due = due(&calendar("10:00-17:00", None), at(now));
        assert_eq!(due.map(|(_, part)| part), expected, "{now}");
    }
}

fn told(incident: &str, kind: EventKind, time: &str) -> Told {
    Told { at: at(time), incident: IncidentId(incident.into()), kind, has_mentioned: false }
}

/// Who is on call from the 24th of November on, a letter for each day; `.` is nobody.
#[test]
fn the_day_is_the_fourth_without_an_alert_and_no_other() {
    use EventKind::{Annotated, Resolved, Triggered};
    let first: NaiveDate = "2026-11-23".parse().expect("a date");
    for (on_call, alerts, days) in [
        // From Monday, a holiday, to the Friday after next.
        (".aaaabbaaaaabbb", &[][..], &["11-27"][..]),
        ("aaaaaaaaaaaaaaa", &[], &["11-27"]),
        // Over a weekend; the 4th of December is a day off.
        (".bbaaaaaabb...a", &[], &["12-01"]),
        (".bbbaaaaaaaaaaa", &[], &["12-02"]),
        // Three days are too few.
        (".aaabbbbcccc", &[], &[]),
        (".aaa.aaaccc", &[], &[]),
        // An alert begins it anew, also at night and at a weekend.
        (".aaaaaaaaaaaaaa", &[("11-24T03:00", Triggered)], &["11-30"]),
        (".aaaaaaaaaaaaaa", &[("11-27T10:20", Triggered)], &["12-03"]),
        (".aaaaaaaaaaaaaa", &[("11-29T03:00", Triggered)], &["11-27", "12-03"]),
        // What is about an alert of before is none.
        (".aaaaaaaaaaaaaa", &[("11-26T03:00", Resolved), ("11-26T03:00", Annotated)], &["11-27"]),
    ] {
        let calendar = calendar("10:00-17:00", None);
        let on = |day: NaiveDate| {
            let nth = usize::try_from((day - first).num_days()).ok();
            let who = nth.and_then(|nth| on_call.chars().nth(nth)).filter(|who| *who != '.');
            who.into_iter().collect::<BTreeSet<_>>()
        };
        let alerts: Vec<_> = alerts.iter().map(|(time, kind)| told("Q1", kind.clone(), time)).collect();
        let found = first.iter_days().take(on_call.len()).filter(|day| {
            let now = calendar.opening(*day) + AFTER_OPENING;
            let known: Vec<_> = alerts.iter().filter(|told| told.at <= now).cloned().collect();
            is_the_day(*day, on, &known, &calendar, now)
        });
        let found: Vec<_> = found.map(|day| day.format("%m-%d").to_string()).collect();
        assert_eq!(found, days, "{on_call} {alerts:?}");
    }
}

#[test]
fn the_best_record_is_whole_then_long_then_late() {
    use EventKind::{Acknowledged, Annotated, Resolved, ShiftEnds, ShiftOver, Triggered};
    let mut all = Vec::new();
    for (incident, time, kinds) in [
        ("whole", "09-01T10:00", &[Triggered, Annotated, Resolved][..]),
        ("later", "09-02T10:00", &[Triggered, Annotated, Resolved]),
        ("same time", "09-02T10:00", &[Triggered, Annotated, Resolved]),
        ("longest", "08-30T10:00", &[Triggered, Acknowledged, Annotated, Annotated, Resolved]),
        ("used", "09-03T10:00", &[Triggered, Acknowledged, Annotated, Annotated, Annotated, Resolved]),
        ("no note", "09-03T10:00", &[Triggered, Acknowledged, Acknowledged, Resolved]),
        ("no end", "09-03T10:00", &[Triggered, Annotated]),
        ("no beginning", "09-03T10:00", &[Annotated, Resolved]),
        // What comes of the time says nothing.
        ("of two shifts", "08-29T10:00", &[Triggered, ShiftEnds, ShiftOver, ShiftEnds, ShiftOver, Annotated, Resolved]),
    ] {
        all.extend(kinds.iter().map(|kind| told(incident, kind.clone(), time)));
    }
    let expected = ["longest", "same time", "later", "whole", "of two shifts"].map(|id| IncidentId(id.into()));
    assert_eq!(candidates(&all, &[IncidentId("used".into())]), expected);
    all.reverse();
    assert_eq!(candidates(&all, &[IncidentId("used".into())]), expected, "in whatever order it was told");
}
