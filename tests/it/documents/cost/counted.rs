//! Figures on the page that follow from the code or the template.

use super::bill::{Bill, Usage, dollars};
use super::{PAGES, figure, key, page, table};
use crate::counts::{Asked, EVENTS};
use crate::kit::Slack;
use crate::running::{Settings, TUESDAY, payload};
use crate::template::{IF_ANSWERED, IF_HANDED_OVER, Node, file, template};

/// An alert: an incident that begins, is acknowledged, is resolved.
const ALERT: [&str; 3] = ["triggered", "acknowledged", "resolved"];
const DAYS: f64 = 30.0;

/// A queue's empty polls in a month: five at a time, which wait 20 s for a message.
const POLLS: f64 = 5.0 * DAYS * 24.0 * 3_600.0 / 20.0;

/// The first event of each kind.
fn alert(events: &[Asked]) -> [&Asked; 3] {
    ALERT.map(|kind| events.iter().find(|asked| asked.kind == kind).expect("it is counted"))
}

/// `2 GetItem, 7 PutItem`: 2 and 9.
fn reads_and_calls(asked: &Asked) -> (f64, f64) {
    let calls = asked.ledger.split(", ").map(|calls| calls.split_once(' ').expect("a count and a name"));
    let counted = calls.map(|(count, name)| (count.parse::<f64>().expect("a count"), name));
    counted.fold((0.0, 0.0), |(reads, all), (count, name)| {
        // A query of a few rows that are in the index costs half of it, and one of twenty no more.
        (if matches!(name, "GetItem" | "Query") { reads + count } else { reads }, all + count)
    })
}

fn sum(of: impl Fn(&Asked) -> f64, events: &[Asked]) -> f64 {
    alert(events).into_iter().map(of).sum()
}

/// The lines of an item: per alert, each month, and what the watchdog adds to both.
fn lines(bill: &Bill, item: &str) -> Vec<[f64; 4]> {
    let of = |usage: &Usage| [usage.per_alert, usage.each_month, usage.watchdog_per_alert, usage.watchdog_each_month];
    bill.usage.iter().filter(|usage| usage.item == item).map(of).collect()
}

#[track_caller]
fn same(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= expected.abs() * 0.005, "{what}: the page has {found}, it is {expected}");
}

/// How often a function's schedules call it in a month.
fn calls(template: &Node, function: &str) -> f64 {
    let events = template.at(&format!("Resources.{function}.Properties.Events"));
    let a_day = events.entries().iter().map(|(_, event)| {
        let expression = event.at("Properties.ScheduleExpression").to_string();
        match expression.split_once("cron(0/").and_then(|(_, rest)| rest.split_once(" * * * ? *)")) {
            Some((minutes, _)) => 24.0 * 60.0 / minutes.parse::<f64>().expect("minutes"),
            None => {
                assert!(expression.contains("${Minute} ${Hour} * * ? *"), "{function}: {expression} is not once a day");
                1.0
            }
        }
    });
    a_day.sum::<f64>() * DAYS
}

/// How many queues AWS polls for a function.
fn queues(template: &Node, function: &str) -> f64 {
    let events = template.at(&format!("Resources.{function}.Properties.Events"));
    events.entries().iter().filter(|(_, event)| event.at("Type").text() == "SQS").count() as f64
}

/// The number of metrics that alarms use: without a watchdog, and those that it adds. What answering from Slack and
/// EventBridge add is on the page in sentences of their own.
fn alarm_metrics(template: &Node, is_wanted: impl Fn(&Node) -> bool) -> (usize, usize) {
    let metrics = |alarm: &Node| match alarm.find("Properties.Metrics") {
        Some(metrics) => metrics.items().iter().filter(|metric| metric.find("MetricStat").is_some()).count(),
        None => 1,
    };
    let elsewhere = [IF_ANSWERED, IF_HANDED_OVER];
    let is_elsewhere = |alarm: &Node| alarm.find("Condition").is_some_and(|given| elsewhere.contains(&given.text()));
    let alarms = template.resources_of("AWS::CloudWatch::Alarm").into_iter().map(|(_, alarm)| alarm);
    let counted = alarms.filter(|alarm| is_wanted(alarm) && !is_elsewhere(alarm));
    counted.fold((0, 0), |(always, watched), alarm| match alarm.find("Condition") {
        Some(condition) => {
            assert_eq!(condition.text(), "HasWatchdog");
            (always, watched + metrics(alarm))
        }
        None => (always + metrics(alarm), watched),
    })
}

#[test]
fn the_alarms_are_those_of_the_template() {
    let template = template();
    let (always, watched) = alarm_metrics(&template, |_| true);
    // Metrics that always have data: the reminders' in an hour of each day, the watchdog's in every hour. The others
    // have data only when something is wrong.
    let (daily, hourly) =
        alarm_metrics(&template, |alarm| alarm.at("Properties.TreatMissingData").text() == "breaching");
    for path in PAGES {
        let bill = Bill::of(&page(path));
        assert_eq!(lines(&bill, "alarm-metrics"), [[0.0, always as f64, 0.0, watched as f64]], "{path}");
        let [[_, each_month, _, watchdog]] = lines(&bill, "custom-metrics")[..] else { panic!("{path}: one line") };
        same(each_month, daily as f64 / 24.0, path);
        same(watchdog, hourly as f64, path);
    }
}

#[test]
fn requests_are_those_of_events_and_schedules() {
    let template = template();
    let reminders = calls(&template, "ReminderFunction");
    let ticks = calls(&template, "WatchdogFunction");
    let events = ALERT.len() as f64;
    // Send, receive, delete; and AWS's pollers.
    let polls = queues(&template, "WorkerFunction") * POLLS;
    for path in PAGES {
        let bill = Bill::of(&page(path));
        assert_eq!(lines(&bill, "api-requests"), [[events, 0.0, 0.0, 0.0]], "{path}");
        assert_eq!(lines(&bill, "lambda-requests"), [[2.0 * events, reminders + ticks, 0.0, 0.0]], "{path}");
        assert_eq!(lines(&bill, "scheduler-calls"), [[0.0, reminders + ticks, 0.0, 0.0]], "{path}");
        assert_eq!(lines(&bill, "sqs-requests"), [[3.0 * events, polls, 0.0, 0.0]], "{path}");
    }
}

/// A queue and an alarm; the presses themselves are few.
#[test]
fn answering_costs_what_the_page_says() {
    let template = template();
    let of = |kind: &str| {
        let all = template.resources_of(kind).into_iter();
        all.filter(|(_, resource)| resource.find("Condition").is_some_and(|given| given.text() == IF_ANSWERED)).count()
    };
    let [queues, alarms] = ["AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm"].map(|kind| of(kind) as f64);
    for (path, cost) in PAGES.into_iter().zip(["**Answering from Slack** costs", "**Slack から答える**と"]) {
        let page = page(path);
        let bill = Bill::of(&page);
        let amount = dollars(queues * POLLS * bill.price("sqs-requests") + alarms * bill.price("alarm-metrics"));
        assert!(page.text.contains(&format!("{cost} {amount}")), "{path}: it is {amount}");
    }
}

#[test]
fn the_ledger_s_units_are_those_that_are_counted() {
    let units = |asked: &Asked| asked.write_units as f64;
    let reads = |asked: &Asked| reads_and_calls(asked).0;
    let events = ALERT.len() as f64;
    for path in PAGES {
        let bill = Bill::of(&page(path));
        let writes = lines(&bill, "dynamodb-writes");
        assert_eq!(writes[0][0], sum(units, &EVENTS), "{path}");
        assert_eq!(writes[0][2], 0.0, "{path}");
        let found = lines(&bill, "dynamodb-reads");
        // The reminders read each event of the day, for another unit.
        assert_eq!(found[0][0], sum(reads, &EVENTS) + 1.0, "{path}");
        assert_eq!(found[0][2], 0.0, "{path}");
        // The sheet's copy, once a minute at most.
        for usage in bill.usage.iter().filter(|usage| usage.item == "dynamodb-writes").skip(1) {
            assert_eq!(usage.at_most, Some(usage.per_alert / events * DAYS * 24.0 * 60.0), "{path}");
        }
    }
}

#[test]
fn gb_seconds_are_times_and_memory() {
    let template = template();
    assert_eq!(template.at("Parameters.Architecture.Default").text(), "arm64", "the price is Arm's");
    let memory: f64 = template.at("Parameters.MemorySize.Default").text().parse().expect("a number");
    let reminders = calls(&template, "ReminderFunction");
    let ticks = calls(&template, "WatchdogFunction");
    let events = ALERT.len() as f64;
    let calls = |events: &[Asked]| sum(|asked| reads_and_calls(asked).1, events);
    for path in PAGES {
        let page = page(path);
        let times = table(&page, "times");
        let time = |name: &str| {
            let row = times.iter().find(|row| key(&row[0]) == name).unwrap_or_else(|| panic!("{path}: no {name}"));
            figure(&row[1]).expect("a time") / 1_000.0 * memory / 1_024.0
        };
        let [warm, cold] = lines(&Bill::of(&page), "lambda-gb-seconds")[..] else { panic!("{path}: two lines") };
        let chat = sum(|asked| asked.chat as f64, &EVENTS);
        let work = events * (time("webhook") + time("worker") + time("sheet")) + chat * time("chat");
        same(warm[0], work + calls(&EVENTS) * time("ledger"), "warm, per alert");
        same(warm[1], reminders * time("reminder") + ticks * time("tick"), "each month");
        same(warm[2], 0.0, "the watchdog, per alert");
        same(warm[3], ticks * time("round"), "the watchdog, each month");
        same(cold[0], events * (time("webhook-start") + time("worker-start")), "cold, per alert");
    }
}

/// The page has 2 KB for toban's own lines: the worker's, measured here, and the webhook's, three of under 200 bytes
/// (`counts`).
#[tokio::test]
async fn an_alert_s_own_log_lines_are_as_long_as_the_page_says() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).with("RUST_LOG", "toban=info,warn").start().await;
    for kind in ALERT {
        webhook.signed(&payload(&format!("v3/incident.{kind}.json"))).await;
    }
    let logs = webhook.function.logs();
    let posted: Vec<_> = logs.lines().filter(|line| line.contains("\"posted\"")).collect();
    let bytes: usize = posted.iter().map(|line| line.len()).sum();
    slack.take();
    slack.take_edits();
    assert_eq!(posted.len(), ALERT.len(), "{logs}");
    assert!((1_000..1_400).contains(&bytes), "{bytes} bytes: {posted:?}");
    let days: f64 = template().at("Parameters.LogRetentionDays.Default").text().parse().expect("a number");
    for path in PAGES {
        let bill = Bill::of(&page(path));
        let ([read], [kept]) = (&lines(&bill, "log-gb")[..], &lines(&bill, "log-gb-months")[..]) else {
            panic!("{path}: one line of each")
        };
        for (read, kept) in read.iter().zip(kept) {
            same(*kept, read * days / DAYS, "what is kept of the logs");
        }
    }
    assert!(file("samconfig.toml").contains("region = \"ap-northeast-1\""), "the prices are Tokyo's");
}
