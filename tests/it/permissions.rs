//! Each function makes the calls that `tests/it/template/permissions.rs` compares with its role, and no others.

use crate::kit::aws::{Aws, Options, Poller, Queue};
use crate::kit::{Fault, Function, Google, Invocation, PagerDuty, Slack, events};
use crate::running::{Settings, TUESDAY, WEBHOOK, data, payload, signature};
use crate::template::permissions::{LEDGER, NEWS, QUEUE, STORE, Stack, calls};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

const JENKINS: &str = "jenkins-token";

/// What was called, as a role allows it: `AmazonSQS.SendMessageBatch alerts-12-0`. A batch is allowed by the action of one, and so is a
/// transaction of puts.
pub fn permission(call: &str, queues: &[(&Queue, &str)]) -> (String, String) {
    let (target, name) = call.split_once(' ').unwrap_or((call, ""));
    let (service, action) = target.split_once('.').unwrap_or_default();
    let queue = || queues.iter().find(|(queue, _)| queue.url.ends_with(&format!("/{name}"))).map(|(_, arn)| *arn);
    let (service, action, on) = match service {
        "AmazonSQS" => ("sqs", action.trim_end_matches("Batch"), queue().unwrap_or(name).to_owned()),
        "AmazonSSM" => ("ssm", action, format!("{STORE}/{}", name.rsplit('/').next().unwrap_or_default())),
        _ if action == "TransactWriteItems" => ("dynamodb", "PutItem", LEDGER.to_owned()),
        _ if name.is_empty() => ("dynamodb", action, LEDGER.to_owned()),
        _ => ("dynamodb", action, format!("!Sub ${{Ledger.Arn}}/index/{name}")),
    };
    (format!("{service}:{action}"), on)
}

/// Of a function that has a sheet and secrets to read.
fn settings(now: &str, aws: &Aws, slack: &Slack, google: &Google) -> Settings {
    google.set_tab("rotation", vec![vec![json!("2026-11-24"), json!("U0SATO0001"), json!("U0SUZUKI01")]]);
    let settings = aws.env().iter().fold(Settings::at(now), |all, (name, value)| all.with(name, value));
    settings
        .slack(slack)
        .with("ROTATION_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
        .with("PARAMETERS_PATH", "/permissions")
}

/// Exercises all calls to AWS: a job that names an incident by its number, events that are accepted, throttled and refused,
/// a note, and both reminders, each refused once.
#[tokio::test]
async fn each_function_makes_the_calls_that_its_role_allows() {
    let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
    let queue = aws.create_fifo_queue("permissions", 2, 1_000).await;
    let table = aws.create_table("permissions").await;
    let slack = Slack::start().await;
    let google = Google::start().await;
    let settings = settings(TUESDAY, &aws, &slack, &google);
    let settings =
        settings.with("QUEUE_URL", &queue.url).with("LEDGER_TABLE", &table.name).with("JENKINS_TOKENS", JENKINS);
    let of = |function: &str| settings.clone().with("AWS_ACCESS_KEY_ID", function);

    let webhook = Function::start(WEBHOOK, &of("WebhookFunction").pairs()).await;
    let now: DateTime<Utc> = TUESDAY.parse().expect("an instant");
    let accept = async |route: &str, header: (&str, &str), body: &[u8]| {
        let event = events::api_gateway_v2(route, &[header], body, now.timestamp_millis());
        let Invocation::Answer(answer) = webhook.invoke(&event).await else { panic!("{}", webhook.logs()) };
        assert_eq!(answer["statusCode"], 202, "{answer}");
    };
    let alert = async |body: &[u8]| accept("/pagerduty", ("x-pagerduty-signature", &signature(body)), body).await;
    let worker = env!("CARGO_BIN_EXE_worker");
    let poller =
        Poller::new(&queue, worker, &of("WorkerFunction").pairs(), Options { workers: 1, ..Options::default() });

    alert(&payload("v3/incident.triggered.json")).await;
    poller.drain(Duration::from_secs(60)).await;
    let first = slack.expect_one();
    let job = fs::read(data("jenkins/kinds/started.for-incident.json")).expect("a readable file");
    accept("/jenkins", ("x-toban-token", JENKINS), &job).await;
    let report = poller.drain(Duration::from_secs(60)).await;
    assert_eq!(slack.expect_one().thread_ts, Some(first.ts), "{report:?}");
    // One that has no row may have begun under the first edition.
    let unknown = String::from_utf8(job).expect("UTF-8").replace("4812", "4899").replace("42", "43");
    accept("/jenkins", ("x-toban-token", JENKINS), unknown.as_bytes()).await;
    poller.drain(Duration::from_secs(60)).await;
    assert_eq!(slack.expect_one().thread_ts, None);

    for kind in ["acknowledged", "annotated", "resolved"] {
        alert(&payload(&format!("v3/incident.{kind}.json"))).await;
    }
    for number in 1..=8 {
        alert(&crate::running::triggered(number)).await;
    }
    slack.fail_next([Fault::TooManyRequests { retry_after: Some(1) }, Fault::Refuse("channel_not_found")]);
    let report = poller.drain(Duration::from_secs(60)).await;
    assert!(queue.is_empty().await, "{report:?}");
    assert!(!slack.take().is_empty());
    assert!(!slack.take_edits().is_empty(), "the first message shows how the incident stands");

    let reminder = Function::start(env!("CARGO_BIN_EXE_reminder"), &of("ReminderFunction").pairs()).await;
    for (name, time) in [("morning", "2026-11-24T01:00:00Z"), ("evening", "2026-11-24T01:00:00Z")] {
        slack.fail_next([Fault::ServerError; 9]);
        for _ in 0..2 {
            reminder.invoke(&json!({"reminder": name, "time": time})).await;
            slack.heal();
        }
    }
    assert_eq!(slack.take().len(), 2);

    watch(&of("WatchdogFunction"), &slack).await;
    let report = poller.drain(Duration::from_secs(60)).await;
    assert!(queue.is_empty().await, "{report:?}");
    let posted = slack.take();
    assert!(
        posted.iter().any(|message| message.text.contains("#PD7001")),
        "the worker posts what was missed: {posted:?}"
    );

    for function in ["WebhookFunction", "WorkerFunction", "ReminderFunction", "WatchdogFunction"] {
        let seen = aws.actions_of(function).await;
        let seen: BTreeSet<_> = seen.iter().map(|call| permission(call, &[(&queue, QUEUE)])).collect();
        let mut known = calls(function, Stack::Plain);
        // Here everything goes through the other.
        known.retain(|(_, on)| on != NEWS);
        assert_eq!(seen, known, "{function}: left is what it calls, right what it may call");
    }
}

/// Without `NOTICES` the tick calls nothing here; with it, what its role allows only then.
#[tokio::test]
async fn the_daily_check_makes_the_calls_that_its_role_allows() {
    let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
    let table = aws.create_table("daily").await;
    let slack = Slack::start().await;
    let google = Google::start().await;
    let settings = settings("2026-11-24T09:50:00+09:00", &aws, &slack, &google).with("LEDGER_TABLE", &table.name);
    let seen = async |notices: &str, key: &str| {
        let settings = settings.clone().with("NOTICES", notices).with("AWS_ACCESS_KEY_ID", key);
        let tick = Function::start(env!("CARGO_BIN_EXE_tick"), &settings.pairs()).await;
        let Invocation::Answer(answer) = tick.invoke(&json!({})).await else { panic!("{}", tick.logs()) };
        let seen: BTreeSet<_> = aws.actions_of(key).await.iter().map(|call| permission(call, &[])).collect();
        (answer["told"].as_u64(), seen)
    };
    assert_eq!(seen("", "DailyNothing").await, (None, BTreeSet::new()));
    slack.expect_none();
    let (told, seen) = seen("check", "DailyCheck").await;
    let posted = slack.expect_one().text;
    assert!(posted.contains("✗ rotation: "), "{posted}");
    assert_eq!(told, Some(posted.matches("✗ ").count() as u64), "{posted}");
    let allowed = calls("WatchdogFunction", Stack::Noticing);
    assert!(seen.is_subset(&allowed), "{:?}", seen.difference(&allowed));
    let secrets = |calls: &BTreeSet<(String, String)>| {
        calls.iter().filter(|(action, _)| action.starts_with("ssm:")).cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(secrets(&seen), secrets(&allowed), "left is what it reads, right what it may read");
}

/// What the week and exercises ask, in a stack that names them: each makes some of the calls that its role allows then, and together
/// with the daily check they make all of those about the table.
#[tokio::test]
async fn notices_make_the_calls_that_their_role_allows() {
    let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
    let table = aws.create_table("notices").await;
    let slack = Slack::start().await;
    let google = Google::start().await;
    let allowed = calls("WatchdogFunction", Stack::Noticing);
    let mut all = BTreeSet::new();
    for (notices, now, key, noticed) in [
        ("weekly", "2026-11-27T16:30:00+09:00", "Weekly", Some(1)),
        // The sheet has no such run of days: it is asked what was posted, and nothing is sent.
        ("exercises", "2026-11-27T10:30:00+09:00", "Exercises", None),
    ] {
        let settings = settings(now, &aws, &slack, &google).with("LEDGER_TABLE", &table.name);
        let settings = settings.with("NOTICES", notices).with("AWS_ACCESS_KEY_ID", key);
        let tick = Function::start(env!("CARGO_BIN_EXE_tick"), &settings.pairs()).await;
        let Invocation::Answer(answer) = tick.invoke(&json!({})).await else { panic!("{}", tick.logs()) };
        assert_eq!(answer["noticed"].as_u64(), noticed, "{notices}: {answer}\n{}", tick.logs());
        let seen: BTreeSet<_> = aws.actions_of(key).await.iter().map(|call| permission(call, &[])).collect();
        assert!(seen.is_subset(&allowed), "{notices}: {:?}", seen.difference(&allowed));
        all.extend(seen);
    }
    assert!(slack.expect_one().text.starts_with("📊 "));
    let of_the_table = |calls: &BTreeSet<(String, String)>| {
        calls.iter().filter(|(action, _)| action.starts_with("dynamodb:")).cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(of_the_table(&all), of_the_table(&allowed), "left is what it calls, right what it may call");
}

/// Two rounds of the watchdog with a webhook that is off and a missed incident; the chat refuses the first message and
/// accepts it in the second round.
async fn watch(settings: &Settings, slack: &Slack) {
    let pagerduty = PagerDuty::start(TUESDAY).await;
    let settings = settings
        .clone()
        .with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)
        .with("PAGERDUTY_SERVICE_IDS", "PBKLOG1")
        .with("PAGERDUTY_BASE_URL", &pagerduty.base_url());
    let early = settings.clone().with("TOBAN_NOW", "2026-11-24T10:00:00+09:00");
    for (settings, faults, missed, posts) in
        [(early, &[Fault::Refuse("channel_not_found")][..], 0, 0), (settings, &[], 1, 1)]
    {
        pagerduty.edit(|account| {
            account.services = vec![json!({"id": "PBKLOG1", "type": "service", "name": "app",
                                           "escalation_policy": {"id": "PEP", "type": "escalation_policy_reference"}})];
            account.subscriptions = vec![json!({
                "id": "PSUBOFF", "type": "webhook_subscription", "active": true, "description": "toban",
                "events": ["incident.triggered"], "filter": {"id": "PBKLOG1", "type": "service_reference"},
                "delivery_method": {"id": "PD1", "type": "http_delivery_method", "url": "https://a.example.com/pagerduty",
                                    "secret": null, "temporarily_disabled": true},
            })];
            account.incidents = vec![json!({
                "id": "QMISSED1", "type": "incident", "incident_number": 7001, "title": "missed", "status": "triggered",
                "urgency": "high", "created_at": "2026-11-24T01:40:00Z", "last_status_change_at": "2026-11-24T01:40:00Z",
                "service": {"id": "PBKLOG1", "type": "service_reference", "summary": "app"}, "assignments": [],
            })];
        });
        slack.fail_next(faults.iter().copied());
        let watchdog = Function::start(env!("CARGO_BIN_EXE_tick"), &settings.pairs()).await;
        let Invocation::Answer(answer) = watchdog.invoke(&json!({})).await else { panic!("{}", watchdog.logs()) };
        let expected =
            json!({"is_due": true, "listed": 1 - usize::from(missed == 0), "missed": missed, "silenced": 1, "open": 0});
        assert_eq!(answer, expected, "{}", watchdog.logs());
        assert_eq!(slack.take().len(), posts);
    }
}
