//! What an event costs in calls, connections and allocations. Unlike times, these are the same on every machine.
//!
//! The fakes speak plain HTTP; against the real hosts each connection is one TLS handshake.

use crate::conversations::inline::Inline;
use crate::kit::http::{Reply, Request, Response, Server};
use crate::kit::{Function, Google, Invocation, Slack, events};
use crate::running::{SECRET, Settings, TUESDAY, WEBHOOK, payload, signature, triggered};
use allocation_counter::measure;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::{Arc, Mutex};
use toban::chat::Chat;
use toban::relay::team::Known;
use toban::roster::Reading;
use toban::setup::config::{Config, Reach};
use toban::source::pagerduty;

/// The calls that one event causes.
pub struct Asked {
    /// Its name in PagerDuty's v3, and that of the payload's file.
    pub kind: &'static str,
    /// Calls to the ledger.
    pub ledger: &'static str,
    /// What DynamoDB charges for the calls that write, index included.
    pub write_units: usize,
    /// Calls to Slack: posts and edits.
    pub chat: usize,
}

/// An incident's events, one after the other. Held in `ledger_table::counts`, multiplied with prices in `docs/cost.md`.
pub const EVENTS: [Asked; 5] = [
    Asked {
        kind: "triggered",
        ledger: "1 GetItem, 1 PutItem, 1 Query, 1 TransactWriteItems",
        write_units: 10,
        chat: 1,
    },
    Asked { kind: "acknowledged", ledger: "1 GetItem, 1 PutItem, 1 TransactWriteItems", write_units: 8, chat: 2 },
    Asked { kind: "annotated", ledger: "1 GetItem, 1 PutItem, 1 TransactWriteItems", write_units: 7, chat: 1 },
    Asked { kind: "resolved", ledger: "1 GetItem, 1 PutItem, 1 TransactWriteItems", write_units: 8, chat: 2 },
    // A repeat.
    Asked { kind: "resolved", ledger: "1 GetItem, 1 PutItem", write_units: 1, chat: 0 },
];

fn at(time: &str) -> DateTime<Utc> {
    time.parse().expect("an instant")
}

/// An incident of that number, signed, and taken.
async fn take(webhook: &Function, number: u64) {
    let body = triggered(number);
    let event = events::api_gateway_v2(
        "/pagerduty",
        &[("x-pagerduty-signature", &signature(&body))],
        &body,
        at(TUESDAY).timestamp_millis(),
    );
    let Invocation::Answer(answer) = webhook.invoke(&event).await else { panic!("{}", webhook.logs()) };
    assert_eq!(answer["statusCode"], 202, "{}", webhook.logs());
}

#[tokio::test]
async fn a_warm_event_is_one_call_on_a_connection_that_is_kept() {
    let slack = Slack::start().await;
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("2026-11-24"), json!("U0SATO0001"), json!("U0SUZUKI01")]]);
    let settings = Settings::at(TUESDAY)
        .slack(&slack)
        .with("ROTATION_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url());
    let webhook = Function::start(WEBHOOK, &settings.pairs()).await;
    assert_eq!((google.token_calls(), google.reads(), slack.calls()), (1, 1, 0), "before the first event is asked for");
    for number in 1..=5 {
        take(&webhook, number).await;
    }
    assert_eq!(slack.take().len(), 5);
    assert_eq!((slack.calls(), slack.connections()), (5, 1), "one call for each event, on one connection");
    // The token's host and the sheet's are different; the kit has one address for both. Values are asked by Google's crate.
    assert_eq!(
        (google.token_calls(), google.reads(), google.looks(), google.connections()),
        (1, 1, 1, 2),
        "nothing more is asked of Google"
    );
}

/// The webhook in front of a queue: the secrets once, then one call for each event, and no other host.
#[tokio::test]
async fn in_front_of_a_queue_an_event_is_one_call() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let aws = Server::start(move |request: Request| {
        let target = request.header("x-amz-target").unwrap_or_default().to_owned();
        let answer = match target.as_str() {
            "AmazonSSM.GetParameters" => json!({"Parameters": [{
                "Name": "/toban/PAGERDUTY_WEBHOOK_SECRETS", "Type": "SecureString", "Value": SECRET,
            }]}),
            "AmazonSQS.SendMessageBatch" => {
                let sent = json!({"Id": "0", "MessageId": "m", "MD5OfMessageBody": "d", "SequenceNumber": "1"});
                json!({"Successful": [sent], "Failed": []})
            }
            other => panic!("nobody should ask for {other:?}"),
        };
        noted.lock().expect("nothing panics with it").push(target);
        std::future::ready(Reply::Send(Response::json(200, &answer)))
    })
    .await;
    let endpoint = format!("http://{}", aws.address);
    let settings = [
        ("TOBAN_NOW", TUESDAY),
        ("PARAMETERS_PATH", "/toban"),
        ("QUEUE_URL", &format!("{endpoint}/123456789012/toban.fifo")),
        ("SLACK_CHANNEL", "C0APPMON001"),
        ("AWS_ENDPOINT_URL", &endpoint),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let webhook = Function::start(WEBHOOK, &settings).await;
    for number in 1..=5 {
        take(&webhook, number).await;
    }
    let mut expected = vec!["AmazonSSM.GetParameters"];
    expected.extend(["AmazonSQS.SendMessageBatch"; 5]);
    assert_eq!(*asked.lock().expect("nothing panics with it"), expected);
    assert_eq!(aws.connections(), 1, "one client for all of AWS, and its connection is kept");
    let queued: Vec<_> = webhook.logs().lines().filter(|line| line.contains("queued")).map(str::len).collect();
    assert!(queued.len() == 5 && queued.iter().all(|bytes| *bytes < 200), "an event is a short line: {queued:?}");
}

/// The most allocations that an event may need: the measured number and 5%, for the next version of the standard library.
#[test]
fn an_event_needs_no_more_memory_than_it_did() {
    let settings = Settings::at(TUESDAY).with("SLACK_CHANNEL", "");
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::ReadOnly).expect("no faults");
    let now = at(TUESDAY);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let roster = toban::roster::Roster::open(config.roster, (&config.team.calendar).into(), &http, Utc::now);
    let team = config.team;
    let reading: Result<Reading, _> = runtime.block_on(roster.read_through(now));
    let chat = Chat::console();
    for (body, limit) in [
        ("v3/incident.triggered.json", 138),
        ("v3/incident.acknowledged.json", 97),
        ("v3/incident.annotated.json", 93),
        ("v2/incident.trigger.json", 140),
    ] {
        let bytes = payload(body);
        let needed = measure(|| {
            for event in pagerduty::read(&bytes, now) {
                team.word(&event, &chat, &reading, None, Known::default(), now);
            }
        });
        println!("{body}: {} allocations, {} bytes at once", needed.count_total, needed.bytes_max);
        assert!(needed.count_total <= limit, "{body}: {} allocations, {limit} at most", needed.count_total);
    }
}

/// The same with everything around it: signature, rotation, ledger, HTTP client.
#[test]
fn a_whole_delivery_needs_no_more_memory_than_it_did() {
    // The fakes run in another thread, which is not counted.
    let elsewhere =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let slack = elsewhere.block_on(Slack::start());
    let inline = Inline::of(&Settings::at(TUESDAY).slack(&slack));
    let here = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // Six alerts, and two of them once more.
    let mut counts = Vec::new();
    for (number, alert) in (1..).zip(["five", "four", "three", "two", "one", "no", "five", "four"]) {
        let body = String::from_utf8(triggered(number)).expect("it is UTF-8").replace("5xx", alert).into_bytes();
        let needed = measure(|| {
            assert_eq!(here.block_on(inline.signed(&body, at(TUESDAY))), 202);
        });
        counts.push(needed.count_total);
    }
    let seen = slack.take().iter().filter(|message| message.text.contains("🕘")).count();
    assert_eq!((seen, slack.connections()), (2, 1));
    println!("{counts:?} allocations");
    let least = |counts: &[u64]| counts.iter().min().copied().unwrap_or_default();
    let (warm, seen_before) = (least(&counts[1..6]), least(&counts[6..]));
    assert!(warm <= 421, "{warm} allocations for a warm event");
    assert!(seen_before <= 480, "{seen_before} allocations for one that was seen before");
}

/// A future's state is moved byte by byte: box what only the rare case needs.
#[test]
fn the_state_of_a_delivery_is_small() {
    let settings = Settings::at(TUESDAY)
        .with("SLACK_BOT_TOKEN", Slack::TOKEN)
        .with("SLACK_CHANNEL", Slack::CHANNEL)
        .with("SLACK_BASE_URL", "http://127.0.0.1:9/api")
        .with("FALLBACK_MENTION_SLACK", "none");
    let inline = Inline::of(&settings);
    let body = triggered(1);
    let room = size_of_val(&inline.signed(&body, at(TUESDAY)));
    println!("{room} bytes");
    assert!(room <= 7 * 1024, "{room} bytes");
}
