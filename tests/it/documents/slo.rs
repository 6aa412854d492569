//! `docs/slo.md`, its template and its monitors: the marker lines are read by the reader, the thresholds are those of the page, and
//! the monitors have what Mackerel documents and no more.

mod expression;

use super::pages::{Page, page};
use crate::template::{Node, file};
use chrono::TimeDelta;
use expression::Expression;
use serde::Deserialize;
use std::collections::BTreeSet;
use toban::domain::service_level::{Observed, ServiceLevel};
use toban::domain::text::Foreign;

const PAGES: [&str; 2] = ["docs/slo.md", "docs/slo.ja.md"];

/// The service level in a text, which has one.
#[track_caller]
fn level(text: &str) -> ServiceLevel {
    let mut lines = Foreign::lines(text);
    let found = ServiceLevel::take_from(&mut lines, Observed::Threshold).unwrap_or_else(|| panic!("no marker: {text}"));
    found.unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

fn burn(level: &ServiceLevel) -> String {
    level.burn.map(|burn| burn.rate().to_string()).unwrap_or_default()
}

#[test]
fn every_marker_line_of_the_page_is_read() {
    for path in PAGES {
        let blocks = page(path).blocks();
        let with_marker: Vec<_> = blocks.iter().filter(|block| block.text.contains("toban-slo:")).collect();
        assert_eq!(with_marker.len(), 2, "{path}");
        for block in with_marker {
            assert_eq!(burn(&level(block.text.trim_end_matches(['"', '\n']))), "14.4", "{}", block.place);
        }
        let samples = page(path).code().into_iter().filter(|code| code.contains('=') && !code.contains("mkr "));
        let pairs: Vec<_> =
            samples.filter(|code| code.starts_with("name=") || code.starts_with("budget_left=")).collect();
        assert_eq!(pairs, ["name=\"the shop\""], "{path}");
        assert_eq!(
            level(&format!("toban-slo: {} objective=99.9 window=12h budget_left=12%", pairs[0])).name.as_str(),
            "the shop"
        );
    }
}

#[test]
fn the_sentence_of_the_page_is_that_of_a_recorded_alert() {
    for (path, text) in PAGES.iter().zip(["slo.en.txt", "slo.ja.txt"]) {
        let recorded = file(&format!("tests/data/mackerel/kinds/alert.expression.{text}"));
        let blocks = page(path).blocks();
        let sentence = blocks.iter().find(|block| block.text.starts_with("📉")).expect("the page has one");
        assert!(recorded.contains(&sentence.text), "{path}:\n{}\n{recorded}", sentence.text);
    }
}

/// The numbers in the next four cells of the row that begins with this one: `14.4, 1 5, 2, 50`.
#[track_caller]
fn numbers(page: &Page, first: &str) -> String {
    let row = page.rows().into_iter().find(|row| row[0] == first).unwrap_or_else(|| panic!("{}: {first}", page.path));
    let of_cell = |cell: &String| {
        let words = cell.split(|c: char| !c.is_ascii_digit() && c != '.');
        words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join(" ")
    };
    row[1..5].iter().map(of_cell).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_of_alerts_is_what_follows_from_their_burn_rates() {
    for path in PAGES {
        let page = page(path);
        for (alert, burn, hours, minutes) in [("fast", "14.4", 1, 5), ("slow", "6", 6, 30)] {
            let level = level(&format!("toban-slo: name=a objective=99.9 window=30d burn={burn}"));
            let spent = level.cost(TimeDelta::hours(hours)).expect("it is known").hundredths() / 100;
            let gone_in = level.gone_in().expect("it is known");
            let lasts = if alert == "fast" { gone_in.num_hours() } else { gone_in.num_days() };
            assert_eq!(numbers(&page, alert), format!("{burn}, {hours} {minutes}, {spent}, {lasts}"), "{path}");
        }
    }
}

/// A text of the template with each parameter's value.
fn substituted(node: &Node) -> String {
    let Node::Call(name, text) = node else { return node.text().to_owned() };
    assert_eq!(name, "Sub", "{node}");
    text.text().replace("${Name}", "checkout").replace("${Objective}", "99.9")
}

#[test]
fn the_template_alerts_as_the_page_says_and_its_markers_are_read() {
    let template = Node::parse(&file("docs/slo.yaml"));
    let mut windows = BTreeSet::new();
    for (composite, parts, threshold, minutes) in [
        ("Fast", ["FastLong", "FastShort"], "14.4", ["60", "5"]),
        ("Slow", ["SlowLong", "SlowShort"], "6", ["360", "30"]),
    ] {
        let alarm = template.at(&format!("Resources.{composite}.Properties"));
        let level = level(&substituted(alarm.at("AlarmDescription")));
        assert_eq!((burn(&level).as_str(), level.name.as_str()), (threshold, "checkout"));
        let [long, short] = parts;
        let rule = format!("ALARM(\"${{{long}}}\") AND ALARM(\"${{{short}}}\")");
        let Node::Call(_, said) = alarm.at("AlarmRule") else { panic!("it names its parts") };
        assert_eq!(said.text(), rule);
        for (part, minutes) in parts.into_iter().zip(minutes) {
            let part = template.at(&format!("Resources.{part}.Properties"));
            assert_eq!(part.at("Threshold").text(), threshold);
            assert_eq!(part.at("Dimensions.1.Value").text(), minutes);
            assert_eq!(part.find("AlarmActions"), None, "only the two together are anybody's");
            windows.insert(minutes.to_owned());
        }
    }
    let measured = template.at("Resources.Slo.Properties.BurnRateConfigurations").items();
    let measured: BTreeSet<_> =
        measured.iter().map(|window| window.at("LookBackWindowMinutes").text().to_owned()).collect();
    assert_eq!(measured, windows);
    let pattern = template.at("Resources.ToToban.Properties.EventPattern");
    assert_eq!(
        pattern.to_string(),
        "{source: [aws.cloudwatch], detail-type: [CloudWatch Alarm State Change], resources: [!GetAtt Slow.Arn]}"
    );
    let least = template.at("Parameters.Objective.MinValue").text();
    level(&format!("toban-slo: name=a objective={least} window=30d burn=14.4"));
    let shown = template.at("Outputs.Marker.Value");
    assert_eq!(substituted(shown), substituted(template.at("Resources.Slow.Properties.AlarmDescription")));
    let given: BTreeSet<_> = template.at("Parameters").keys().map(str::to_owned).collect();
    for path in PAGES {
        let blocks = page(path).blocks();
        let deploy = blocks.iter().find(|block| block.text.contains("cloudformation deploy")).expect("the page has it");
        let words = deploy.text.split_whitespace().filter_map(|word| word.split_once('='));
        let named: BTreeSet<_> = words.map(|(name, _)| name.to_owned()).collect();
        assert_eq!(named, given, "{path}");
        for block in blocks.iter().filter(|block| block.text.contains("set-alarm-state")) {
            for name in block.text.split("--alarm-name ").skip(1).filter_map(|rest| rest.split(' ').next()) {
                let alarms = template.resources_of("AWS::CloudWatch::Alarm");
                let names = alarms.iter().map(|(_, alarm)| substituted(alarm.at("Properties.AlarmName")));
                assert!(names.map(|name| name.replace("checkout", "web")).any(|known| known == name), "{path}: {name}");
            }
        }
    }
}

/// A monitor, with the fields of <https://mackerel.io/api-docs/entry/monitors#create-expression-monitoring> and no others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Monitor {
    #[serde(rename = "type")]
    type_: String,
    name: String,
    memo: String,
    expression: String,
    operator: String,
    warning: Option<f64>,
    critical: Option<f64>,
    notification_interval: Option<u32>,
    evaluate_backward_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Monitors {
    monitors: Vec<Monitor>,
}

#[test]
fn the_monitors_are_burn_rates_within_mackerels_limits() {
    let Monitors { monitors } = serde_json::from_str(&file("docs/slo.mackerel.json")).expect("monitors");
    let mut names = BTreeSet::new();
    let mut promises = BTreeSet::new();
    for monitor in &monitors {
        let name = &monitor.name;
        assert!(names.insert(name), "mkr knows a monitor by its name: {name}");
        assert_eq!((monitor.type_.as_str(), monitor.operator.as_str()), ("expression", ">"), "{name}");
        assert!(monitor.memo.chars().count() <= 2_048, "{name}");
        assert!((2..=10).contains(&monitor.evaluate_backward_minutes), "{name}");
        assert!(monitor.notification_interval.is_none_or(|minutes| minutes >= 10), "{name}");
        let thresholds: Vec<_> = [monitor.warning, monitor.critical].into_iter().flatten().collect();
        let &[threshold] = thresholds.as_slice() else { panic!("{name}: {thresholds:?}") };
        let expression = Expression::parse(&monitor.expression);
        let windows: Vec<_> = expression.windows().into_iter().collect();
        let mut lines = Foreign::lines(&monitor.memo);
        let Some(level) = ServiceLevel::take_from(&mut lines, Observed::Threshold) else {
            assert_eq!((name.as_str(), windows), ("p99 web", vec!["15m", "1h"]), "only latency has no marker");
            assert_eq!(expression.value(&|_, window| if window == "1h" { 3.0 } else { 2.0 }), 2.0);
            continue;
        };
        let level = level.unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(burn(&level), threshold.to_string(), "{name}");
        let speed = if threshold > 10.0 { "fast" } else { "slow" };
        assert_eq!(*name, format!("slo {} {speed}", level.name));
        promises.insert(level.name.to_string());
        let [long, short] = if speed == "fast" { ["1h", "15m"] } else { ["6h", "30m"] };
        assert_eq!(windows, BTreeSet::from([long, short]).into_iter().collect::<Vec<_>>(), "{name}");
        // A hundredth fails in the long window, a fiftieth in the short one: it is the smaller that counts.
        let objective: f64 = level.objective.to_string().parse().expect("a number");
        let failing = |metric: &str, window: &str| match metric {
            metric if !metric.ends_with("5xx") => 900.0,
            "custom.alb.httpcode_count.target_5xx" => 0.0,
            // These are no part of the load balancer's own count.
            "custom.alb.httpcode_count.alb_5xx" if window == long => 900.0 / 99.0,
            "custom.alb.httpcode_count.alb_5xx" => 900.0 / 49.0,
            _ if window == long => 9.0,
            _ => 18.0,
        };
        let expected = 0.01 / (1.0 - objective / 100.0);
        let value = expression.value(&failing);
        assert!((value - expected).abs() < 1e-6, "{name}: {value}, not {expected}");
    }
    assert!(monitors.len() <= 20);
    assert_eq!((monitors.len(), promises.len()), (5, 2), "as the page says");
}
