use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
use crate::domain::runbook::Pattern;
use std::sync::Arc;

fn calendar(hours: &str, days: &str, off: &[&str]) -> Calendar {
    let off: CompanyHolidays = off.iter().map(|day| (date(day), "休み".to_owned())).collect();
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: BusinessHours::parse(hours).expect("hours"),
        days: BusinessDays::parse(days).expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(off),
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+09:00").parse().expect("an instant")
}

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("text")
}

#[test]
fn it_is_due_half_an_hour_before_the_end_of_the_last_working_day_of_a_week() {
    for (hours, days, off, now, expected) in [
        ("10:00-17:00", "Mon-Fri", &[][..], "2026-11-27T16:29", None),
        ("10:00-17:00", "Mon-Fri", &[], "2026-11-27T16:30", Some("2026-11-23")),
        ("10:00-17:00", "Mon-Fri", &[], "2026-11-27T16:49", Some("2026-11-23")),
        ("10:00-17:00", "Mon-Fri", &[], "2026-11-27T16:50", None),
        ("10:00-17:00", "Mon-Fri", &[], "2026-11-26T16:30", None),
        ("10:00-17:00", "Mon-Fri", &[], "2026-11-28T16:30", None),
        // The company has the Friday off, then all but the Tuesday, then the whole week.
        ("10:00-17:00", "Mon-Fri", &["2026-11-27"], "2026-11-26T16:30", Some("2026-11-23")),
        ("10:00-17:00", "Mon-Fri", &["2026-11-25", "2026-11-26", "2026-11-27"], "2026-11-24T16:30", Some("2026-11-23")),
        ("10:00-17:00", "Mon-Fri", &["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"], "2026-11-27T16:30", None),
        // A holiday on a Friday.
        ("10:00-17:00", "Mon-Fri", &[], "2028-02-10T16:30", Some("2028-02-07")),
        // Over the end of a year.
        ("10:00-17:00", "Mon-Fri", &[], "2026-12-30T16:30", None),
        ("10:00-17:00", "Mon-Fri", &[], "2026-12-31T16:30", Some("2026-12-28")),
        ("10:00-17:00", "Mon-Fri", &["2026-12-31"], "2026-12-30T16:30", Some("2026-12-28")),
        // The first days of a year belong to the last week of the one before.
        ("10:00-17:00", "Mon-Fri", &[], "2025-01-03T16:30", Some("2024-12-30")),
        // Who works on Sundays has their last day then.
        ("10:00-17:00", "Wed-Sun", &[], "2026-11-29T16:30", Some("2026-11-23")),
        ("12:00-24:00", "Mon-Fri", &[], "2026-11-27T23:30", Some("2026-11-23")),
        ("10:00-10:20", "Mon-Fri", &[], "2026-11-27T10:00", Some("2026-11-23")),
    ] {
        let calendar = calendar(hours, days, off);
        let found = due(&calendar, at(now));
        assert_eq!(found.map(|week| week.monday), expected.map(date), "{hours} {days} {off:?} {now}");
        assert!(found.is_none() || may_be_due(&calendar.with_company_holidays(Arc::default()), at(now)), "{now}");
    }
}

fn told(incident: &str, kind: EventKind, time: &str, has_mentioned: bool) -> Told {
    Told { at: at(time), incident: IncidentId(incident.into()), kind, has_mentioned }
}

/// A week holds what came since the last one was told, whichever days off are between.
#[test]
fn every_alert_is_in_one_week() {
    for (hours, days, off, monday, since, until) in [
        ("10:00-17:00", "Mon-Fri", &[][..], "2026-11-23", "2026-11-20T16:30", "2026-11-27T16:30"),
        ("10:00-17:00", "Mon-Fri", &["2026-11-20", "2026-11-27"], "2026-11-23", "2026-11-19T16:30", "2026-11-26T16:30"),
        // The week before has no working day.
        (
            "10:00-17:00",
            "Mon-Fri",
            &["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"],
            "2026-11-23",
            "2026-11-13T16:30",
            "2026-11-27T16:30",
        ),
        ("10:00-10:20", "Mon-Fri", &[], "2026-11-23", "2026-11-20T10:00", "2026-11-27T10:00"),
        ("10:00-17:00", "Wed-Sun", &[], "2026-11-23", "2026-11-22T16:30", "2026-11-29T16:30"),
    ] {
        let calendar = calendar(hours, days, off);
        let span = Week { monday: date(monday) }.span(&calendar);
        assert_eq!(span, at(since)..at(until), "{hours} {days} {off:?}");
        let before = Week { monday: date(monday) }.span_before(&calendar);
        assert_eq!(before.end, span.start, "{hours} {days} {off:?}");
        assert_eq!(Week::of(calendar.date(before.end)).span(&calendar), before, "{hours} {days} {off:?}");
    }
}

fn alert(title: &str, began: &str, over: Option<(&str, By)>) -> Alert {
    Alert {
        tag: None,
        title: Foreign::line(title),
        service: None,
        began_at: at(began),
        over: over.map(|(time, by)| Over { at: at(time), by }),
    }
}

fn runbook(pattern: &str) -> Runbook {
    let pattern = Pattern::parse(pattern).expect("a pattern");
    Runbook { pattern, meaning: None, workaround: None, link: None }
}

#[test]
fn a_week_is_counted_from_what_was_told() {
    use EventKind::{Acknowledged, Escalated, Reopened, Resolved, SreCalled, Taken, Triggered};
    let all = [
        told("Q0", Triggered, "2026-11-13T16:30", true),
        told("Q1", Triggered, "2026-11-20T16:29", false),
        // It began last week.
        told("Q1", Reopened, "2026-11-20T16:30", true),
        told("Q2", Triggered, "2026-11-24T10:00", true),
        told("Q2", Acknowledged, "2026-11-24T10:01", false),
        told("Q2", Taken, "2026-11-24T10:02", false),
        told("Q2", Taken, "2026-11-24T10:30", false),
        told("Q3", Triggered, "2026-11-25T10:00", true),
        told("Q3", Taken, "2026-11-25T10:10", false),
        told("Q3", SreCalled, "2026-11-25T10:20", false),
        told("Q3", SreCalled, "2026-11-25T10:30", true),
        told("Q4", Triggered, "2026-11-26T03:00", false),
        told("Q4", Escalated, "2026-11-26T03:30", true),
        told("Q4", Resolved, "2026-11-26T03:40", false),
        told("Q5", Triggered, "2026-11-26T05:00", false),
        // After the message.
        told("Q6", Triggered, "2026-11-27T16:30", true),
    ];
    let rows = vec![
        alert("HTTP 5xx が 5% です", "2026-11-24T10:00", Some(("2026-11-24T10:05", By::Itself))),
        // It is the same alert.
        alert("HTTP 5xx が 12% です", "2026-11-25T10:00", Some(("2026-11-25T10:06", By::Itself))),
        alert("バッチ", "2026-11-26T03:00", Some(("2026-11-26T03:03", By::Somebody(text("佐藤"))))),
        alert("ディスク", "2026-11-26T05:00", None),
        alert("CPU", "2026-11-26T06:00", Some(("2026-11-26T06:01", By::NotSaid))),
        alert("メモリ", "2026-11-26T06:00", None),
    ];
    let week = Week { monday: date("2026-11-23") };
    let calendar = calendar("10:00-17:00", "Mon-Fri", &[]);
    let report = Report::of(week, &all, rows.clone(), Vec::new(), &[runbook("バッチ")], &calendar);
    let expected = Report {
        week,
        alerts: 4,
        alerts_before: 2,
        incidents: 4,
        mentions: 5,
        sre_calls: 1,
        escalations: 1,
        closed_by_themselves: 1,
        // Between two minutes and ten.
        on_it_after: Some(TimeDelta::minutes(6)),
        without_runbook: vec![(text("HTTP 5xx が 5% です"), 2), (text("CPU"), 1), (text("ディスク"), 1)],
        open: Vec::new(),
        rows: rows.clone(),
    };
    assert_eq!(report, expected);
    let without = Report::of(week, &[], rows.clone(), Vec::new(), &[], &calendar);
    let nothing =
        Report { alerts: 0, alerts_before: 0, incidents: 0, mentions: 0, sre_calls: 0, escalations: 0, ..expected };
    assert_eq!(
        without,
        Report { on_it_after: None, without_runbook: Vec::new(), ..nothing },
        "no buttons, no runbooks"
    );
}

/// What CloudWatch and scripts send has one id however often it goes off.
#[test]
fn an_alarm_counts_each_time_it_goes_off() {
    use EventKind::{Resolved, StateChanged, Taken, Triggered, Worsened};
    let of = |id: &str, kind, time, mentions| told(id, kind, time, mentions);
    let all = [
        of("CW:1F", Triggered, "2026-11-17T10:00", true),
        of("CW:1F", Resolved, "2026-11-17T10:05", false),
        of("CW:1F", Triggered, "2026-11-24T10:00", true),
        of("CW:1F", StateChanged, "2026-11-24T10:01", false),
        of("CW:1F", Worsened, "2026-11-24T10:02", true),
        of("CW:1F", Resolved, "2026-11-24T10:05", false),
        // Nobody was on it the time before.
        of("CW:1F", Triggered, "2026-11-25T10:00", true),
        of("CW:1F", Taken, "2026-11-25T10:04", false),
        of("CW:1F", Resolved, "2026-11-25T10:05", false),
        // PagerDuty begins another incident, or says that this one is reopened.
        of("Q2", Triggered, "2026-11-26T10:00", false),
        of("Q2", Resolved, "2026-11-26T10:05", false),
        of("Q2", Triggered, "2026-11-26T10:06", false),
    ];
    let rows = vec![alert("5xx", "2026-11-25T10:00", None), alert("disk", "2026-11-26T10:00", None)];
    let week = Week { monday: date("2026-11-23") };
    let report = Report::of(week, &all, rows, Vec::new(), &[], &calendar("10:00-17:00", "Mon-Fri", &[]));
    assert_eq!((report.alerts, report.alerts_before, report.incidents), (3, 1, 2));
    assert_eq!(report.on_it_after, Some(TimeDelta::minutes(4)));
}

#[test]
fn the_middle_is_the_middle() {
    for (minutes, expected) in [(&[][..], None), (&[9], Some(9)), (&[9, 1], Some(5)), (&[1, 90, 3], Some(3))] {
        let spans = minutes.iter().map(|minutes| TimeDelta::minutes(*minutes)).collect();
        assert_eq!(median(spans), expected.map(TimeDelta::minutes), "{minutes:?}");
    }
}
