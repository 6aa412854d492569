//! What is news of an alarm, and what is not.

use super::*;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:checkout 5xx";

fn now() -> DateTime<Utc> {
    "2026-11-24T02:02:03Z".parse().expect("an instant")
}

/// A change of an alarm from one state to another.
fn change(before: &str, after: &str) -> Json {
    json!({
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "region": "ap-northeast-1",
        "time": "2026-11-24T02:02:02Z",
        "resources": [ARN],
        "detail": {
            "alarmName": "checkout 5xx",
            "state": {"value": after, "timestamp": "2026-11-24T02:02:01.345+0000"},
            "previousState": {"value": before, "timestamp": "2026-11-24T01:40:00.000+0000"},
        },
    })
}

/// The same with something in its place.
fn with(mut event: Json, place: &str, value: Json) -> Json {
    match event.pointer_mut(place) {
        Some(found) => *found = value,
        None => {
            let (parent, name) = place.rsplit_once('/').expect("a place");
            event.pointer_mut(parent).expect("its parent")[name] = value;
        }
    }
    event
}

fn read_one(event: &Json) -> Option<IncidentEvent> {
    let mut events = read(event.to_string().as_bytes(), now()).expect("it can be read");
    assert!(events.len() < 2, "{events:?}");
    events.pop()
}

#[test]
fn a_change_is_news_by_what_was_before_it() {
    let (mentions, quiet) = (Some(EventKind::Triggered), Some(EventKind::StateChanged));
    for (before, after, expected) in [
        ("OK", "ALARM", mentions.clone()),
        ("INSUFFICIENT_DATA", "ALARM", mentions.clone()),
        ("", "ALARM", mentions.clone()),
        ("ok", "alarm", mentions),
        ("ALARM", "ALARM", None),
        ("ALARM", "OK", Some(EventKind::Resolved)),
        ("INSUFFICIENT_DATA", "OK", Some(EventKind::Resolved)),
        ("", "OK", Some(EventKind::Resolved)),
        ("OK", "OK", None),
        ("ALARM", "INSUFFICIENT_DATA", quiet),
        ("OK", "INSUFFICIENT_DATA", None),
        ("", "INSUFFICIENT_DATA", None),
        ("OK", "PAUSED", Some(EventKind::Other(Foreign::line("PAUSED").expect("a word")))),
    ] {
        let event = read_one(&change(before, after));
        assert_eq!(event.map(|event| event.kind), expected, "{before} → {after}");
    }
    let may_be_no_news = |before| read_one(&change(before, "ALARM")).expect("news").may_be_no_news();
    assert_eq!(["OK", "INSUFFICIENT_DATA", ""].map(may_be_no_news), [false, true, false]);
    for (since, expected) in [
        ("2026-11-24T01:32:01.345+0000", true),
        ("2026-11-24T01:32:01.344+0000", false),
        ("2026-11-20T02:02:01.345+0000", false),
        ("yesterday", false),
    ] {
        let event = with(change("INSUFFICIENT_DATA", "ALARM"), "/detail/previousState/timestamp", json!(since));
        assert_eq!(read_one(&event).expect("news").may_be_no_news(), expected, "{since}");
    }
    let closing = |before| read_one(&change(before, "OK")).expect("news").details.closing;
    assert_eq!([closing("ALARM"), closing("INSUFFICIENT_DATA")], [None, Some(Closing::DataAreBack)]);
}

#[test]
fn an_alarm_whose_actions_are_held_back_calls_nobody_until_they_are_not() {
    let suppressed = |event, place: &str| with(event, &format!("{place}/actionsSuppressedBy"), json!("WaitPeriod"));
    let muted =
        |event| with(event, "/detail/muteDetail", json!({"mutedByArn": "arn:aws:cloudwatch:…:alarm-mute-rule:a"}));
    let (state, before) = ("/detail/state", "/detail/previousState");
    let held_back = suppressed(change("OK", "ALARM"), state);
    let both = suppressed(suppressed(change("ALARM", "ALARM"), state), before);
    let later = suppressed(change("ALARM", "ALARM"), before);
    for (event, expected) in [
        (held_back, Some((EventKind::StateChanged, Some("suppressed")))),
        (both, None),
        (later.clone(), Some((EventKind::Triggered, None))),
        (muted(later), None),
        (muted(change("OK", "ALARM")), Some((EventKind::StateChanged, Some("muted")))),
        (muted(change("ALARM", "OK")), Some((EventKind::Resolved, None))),
        (with(change("OK", "ALARM"), "/detail/muteDetail", json!({})), Some((EventKind::Triggered, None))),
    ] {
        let found = read_one(&event);
        let found = found.as_ref().map(|found| (found.kind.clone(), found.details.state.as_ref().map(Foreign::as_str)));
        assert_eq!(found, expected, "{event}");
    }
}

#[test]
fn a_key_is_the_alarm_its_state_and_the_time_of_that() {
    let triggered = read_one(&change("OK", "ALARM")).expect("news");
    assert_eq!(triggered.key.0, format!("cloudwatch:{}:alarm:2026-11-24T02:02:01.345Z", id_of(&triggered)));
    assert_eq!(triggered.untimed, None);
    let same = with(change("OK", "ALARM"), "/time", json!("2026-11-24T02:02:09Z"));
    assert_eq!(read_one(&same).expect("news").key, triggered.key, "EventBridge may hand it over twice");
    let mut others = vec![triggered.key.clone()];
    for other in [
        change("ALARM", "OK"),
        with(change("OK", "ALARM"), "/detail/state/timestamp", json!("2026-11-24T02:02:01.346+0000")),
        with(change("OK", "ALARM"), "/resources/0", json!(format!("{ARN}2"))),
        with(change("OK", "ALARM"), "/resources/0", json!(ARN.replace("northeast-1", "northeast-3"))),
    ] {
        let event = read_one(&other).expect("news");
        assert!(!others.contains(&event.key), "{other}");
        others.push(event.key);
    }
    let of_series = |id: &str| {
        let event = with(change("", "ALARM"), "/detail-type", json!("CloudWatch Alarm Contributor State Change"));
        read_one(&with(event, "/detail/alarmContributor", json!({"id": id}))).expect("news")
    };
    let (one, other) = (of_series("6d44"), of_series("6d45"));
    assert!(one.key != other.key && one.key != triggered.key);
    assert_eq!([&one.incident.id, &other.incident.id], [&triggered.incident.id; 2], "all are of one alarm");
}

fn id_of(event: &IncidentEvent) -> String {
    let id = event.incident.id.as_ref().expect("an incident").0.clone();
    id.strip_prefix("CW:").expect("CloudWatch's letters").to_owned()
}

#[test]
fn its_time_is_the_states_or_else_the_events() {
    for (state, envelope, expected) in [
        (json!("2026-11-24T02:02:01.345+0000"), json!("2026-11-24T02:02:02Z"), "2026-11-24T02:02:01.345Z"),
        (json!("2026-11-24T11:02:01.345+09:00"), json!(null), "2026-11-24T02:02:01.345Z"),
        (json!("2026-11-24T02:02:01Z"), json!(null), "2026-11-24T02:02:01Z"),
        (json!("yesterday"), json!("2026-11-24T02:02:02Z"), "2026-11-24T02:02:02Z"),
        (json!(null), json!(null), "2026-11-24T02:02:03Z"),
    ] {
        let event = with(change("OK", "ALARM"), "/detail/state/timestamp", state.clone());
        let event = read_one(&with(event, "/time", envelope.clone())).expect("news");
        assert_eq!(event.occurred_at, expected.parse::<DateTime<Utc>>().expect("an instant"), "{state} {envelope}");
        assert_eq!(event.untimed.is_some(), state.is_null(), "{state} {envelope}");
    }
}

#[test]
fn an_urgency_is_a_tags_or_a_line_of_the_description() {
    for (tags, description, expected, left) in [
        (json!({}), "5xx of the checkout", None, "5xx of the checkout"),
        (json!({}), "urgency: low", Some(Urgency::Low), ""),
        (json!({}), "5xx\nUrgency = HIGH \nrunbook: …", Some(Urgency::High), "5xx|runbook: …"),
        (json!({}), "緊急度：低", Some(Urgency::Low), ""),
        (json!({"urgency": "critical"}), "urgency: low\nurgency: high", Some(Urgency::High), ""),
        (json!({"Urgency": "Low"}), "", Some(Urgency::Low), ""),
        (json!({"urgency": "P1"}), "urgency: P1", None, "urgency: P1"),
        (json!(["urgency"]), "no urgency: at all", None, "no urgency: at all"),
    ] {
        let event = with(change("OK", "ALARM"), "/detail/alarmTags", tags.clone());
        let event = with(event, "/detail/configuration", json!({"description": description}));
        let event = read_one(&event).expect("news");
        let quote: Vec<_> = event.details.quote.iter().map(Foreign::as_str).collect();
        assert_eq!((event.incident.urgency, quote.join("|").as_str()), (expected, left), "{tags} {description}");
    }
}

#[test]
fn a_place_is_a_tag_or_a_namespace_and_what_the_metric_is_of() {
    let metric = |dimensions: Json| {
        json!([
            {"id": "e1", "expression": "m1 / m2"},
            {"id": "m1", "metricStat": {"metric": {"namespace": "AWS/RDS", "dimensions": dimensions}}},
        ])
    };
    for (tags, metrics, expected) in [
        (json!(null), metric(json!({"DBInstanceIdentifier": "main"})), Some("AWS/RDS main")),
        (json!({"service": "checkout"}), metric(json!({"DBInstanceIdentifier": "main"})), Some("checkout main")),
        (json!({"Service": "checkout"}), json!(null), Some("checkout")),
        (json!(null), metric(json!({"a": "1", "b": "2", "c": "3", "d": "4"})), Some("AWS/RDS 1 2 3")),
        (json!(null), metric(json!(["a"])), Some("AWS/RDS")),
        (json!(null), json!("none"), None),
    ] {
        let event = with(change("OK", "ALARM"), "/detail/alarmTags", tags.clone());
        let event = with(event, "/detail/configuration", json!({"metrics": metrics}));
        let service = read_one(&event).expect("news").incident.service;
        assert_eq!(service.as_ref().map(Foreign::as_str), expected, "{tags} {metrics}");
    }
}

#[test]
fn a_page_is_the_consoles_of_its_region() {
    let of = "console.aws.amazon.com/cloudwatch/home?region=";
    for (arn, expected) in [
        (ARN, Some(format!("https://ap-northeast-1.{of}ap-northeast-1#alarmsV2:alarm/checkout%205xx"))),
        (
            "arn:aws:cloudwatch:us-east-1:1:alarm:a:b/障*",
            Some(format!("https://us-east-1.{of}us-east-1#alarmsV2:alarm/a%3Ab%2F%E9%9A%9C%2A")),
        ),
        (
            "arn:aws-cn:cloudwatch:cn-north-1:1:alarm:a",
            Some(
                "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#alarmsV2:alarm/a".to_owned(),
            ),
        ),
        ("arn:aws:cloudwatch:evil.example/-1:1:alarm:a", None),
        ("arn:aws:cloudwatch:-@evil:1:alarm:a", None),
        ("arn:else:cloudwatch:us-east-1:1:alarm:a", None),
        ("arn:aws:sns:us-east-1:1:alarm:a", None),
        ("arn:aws:cloudwatch:us-east-1:1:dashboard:a", None),
        ("checkout 5xx", None),
    ] {
        let event = read_one(&with(change("OK", "ALARM"), "/resources/0", json!(arn))).expect("news");
        assert_eq!(event.incident.link.as_ref().map(|link| link.as_str().to_owned()), expected, "{arn}");
        assert_eq!(event.incident.title.as_ref().map(Foreign::as_str), Some("checkout 5xx"), "{arn}");
    }
}

#[test]
fn an_alarm_without_a_name_or_a_state_cannot_be_read() {
    let alarm = || change("OK", "ALARM");
    for (event, expected) in [
        (with(alarm(), "/resources", json!([])), true),
        (with(alarm(), "/detail/alarmName", json!(null)), true),
        (with(with(alarm(), "/resources", json!([])), "/detail/alarmName", json!(null)), false),
        (with(alarm(), "/detail/state/value", json!(null)), false),
        (with(alarm(), "/detail/state", json!("ALARM")), false),
        (with(alarm(), "/detail", json!([])), false),
        (with(alarm(), "/detail-type", json!(null)), false),
        (with(alarm(), "/detail-type", json!("CloudWatch Alarm Configuration Change")), true),
    ] {
        assert_eq!(read(event.to_string().as_bytes(), now()).is_ok(), expected, "{event}");
    }
}

#[test]
fn trouble_is_seen_in_an_event_that_cannot_be_read() {
    for (text, expected) in [
        (change("OK", "ALARM").to_string(), true),
        (change("ALARM", "OK").to_string(), false),
        (r#"{"detail": {"state" : {"reason": "…", "value" : "ALARM""#.to_owned(), true),
        (r#"{"detail": {"state": {"value": "OK"}, "previousState": {"value": "ALARM"}"#.to_owned(), false),
        (r#"{"detail": {"previousState": {"value": "ALARM"}}}"#.to_owned(), false),
        (r#"{"detail": {"state": "ALARM"}}"#.to_owned(), true),
        (r#"{"detail": {"state": "OK", "alarmName": "ALARM"}}"#.to_owned(), false),
        (String::new(), false),
    ] {
        assert_eq!(reports_trouble(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn only_the_burn_rate_of_application_signals_is_said_for_one() {
    use crate::domain::service_level::{Burn, ServiceLevel};
    let metric = |namespace: &str, name: &str, minutes: &str| {
        let dimensions = json!({"SloName": "checkout", "BurnRateWindowMinutes": minutes});
        json!({"id": "m1", "metricStat": {"metric": {"namespace": namespace, "name": name, "dimensions": dimensions}}})
    };
    let burn_rate = metric("AWS/ApplicationSignals", "BurnRate", "60");
    let expression = json!({"id": "e1", "expression": "m1*2"});
    let points = |points: &str| Json::from(format!("{{\"recentDatapoints\": {points}}}"));
    for (after, metrics, reason_data, expected) in [
        ("ALARM", json!([burn_rate]), points("[7, 14.45]"), Some((true, 1_445, Some(60)))),
        ("ALARM", json!([metric("AWS/ApplicationSignals", "BurnRate", "0")]), points("[7]"), Some((true, 700, None))),
        (
            "ALARM",
            json!([metric("AWS/ApplicationSignals", "BurnRate", "10081")]),
            points("[7]"),
            Some((true, 700, None)),
        ),
        ("ALARM", json!([burn_rate]), points("[14.45, null]"), Some((true, 1_445, Some(60)))),
        ("ALARM", json!([burn_rate, expression]), points("[28.9]"), Some((false, 600, None))),
        ("ALARM", json!([metric("AWS/ApplicationELB", "BurnRate", "60")]), points("[7]"), Some((false, 600, None))),
        ("ALARM", json!([metric("AWS/ApplicationSignals", "Latency", "60")]), points("[7]"), Some((false, 600, None))),
        ("ALARM", json!([burn_rate]), Json::Null, Some((false, 600, None))),
        ("ALARM", json!([burn_rate]), json!("{"), Some((false, 600, None))),
        ("ALARM", json!([burn_rate]), points("[\"7\"]"), Some((false, 600, None))),
        ("ALARM", json!([burn_rate]), points("[]"), None),
        ("ALARM", json!([burn_rate]), points("[null]"), None),
        ("ALARM", json!([metric("AWS/ApplicationELB", "X", "60")]), points("[]"), None),
        ("INSUFFICIENT_DATA", json!([burn_rate]), points("[7]"), None),
        ("OK", json!([burn_rate]), points("[0.1]"), Some((false, 600, None))),
        ("OK", json!([burn_rate]), points("[]"), Some((false, 600, None))),
    ] {
        let description = "toban-slo: name=checkout objective=99.9 window=30d burn=6";
        let before = if after == "ALARM" { "OK" } else { "ALARM" };
        let event = with(change(before, after), "/detail/state/reasonData", reason_data.clone());
        let configuration = json!({"description": description, "metrics": metrics});
        let event = read_one(&with(event, "/detail/configuration", configuration)).expect("it is news");
        let ServiceLevel { burn, lookback, .. } = event.details.service_level.expect("a marker").expect("a good one");
        let found = burn.map(|burn| {
            (matches!(burn, Burn::Measured(_)), burn.rate().hundredths(), lookback.map(|span| span.num_minutes()))
        });
        assert_eq!(found, expected, "{after} {metrics} {reason_data}");
    }
}

#[test]
fn what_was_not_measured_has_cost_nothing_and_a_sum_is_no_burn_rate() {
    let description = "toban-slo: name=checkout objective=99.9 window=30d burn=6";
    let burn_rate = |stat: &str| {
        let metric = json!({"namespace": "AWS/ApplicationSignals", "name": "BurnRate"});
        json!({"description": description, "metrics": [{"id": "m1", "metricStat": {"metric": metric, "stat": stat}}]})
    };
    let burn = |event: Json| {
        let level = read_one(&event).expect("it is news").details.service_level;
        level.map(|level| level.expect("a good one").burn.map(|burn| burn.rate().hundredths()))
    };
    let empty = r#"{"recentDatapoints": []}"#;
    for (before, reason_data, expected) in [
        ("ALARM", Json::Null, Some(600)),
        ("ALARM", json!(r#"{"recentDatapoints": [7]}"#), Some(600)),
        ("ALARM", json!(empty), None),
        ("INSUFFICIENT_DATA", Json::Null, None),
    ] {
        let event = with(change(before, "OK"), "/detail/previousState/reasonData", reason_data.clone());
        let event = with(event, "/detail/configuration", burn_rate("Maximum"));
        assert_eq!(burn(event), Some(expected), "{before} {reason_data}");
    }
    for (stat, expected) in [("Maximum", 700), ("p90", 700), ("Sum", 600), ("SampleCount", 600)] {
        let event = with(change("OK", "ALARM"), "/detail/state/reasonData", json!(r#"{"recentDatapoints": [7]}"#));
        assert_eq!(burn(with(event, "/detail/configuration", burn_rate(stat))), Some(Some(expected)), "{stat}");
    }
}
