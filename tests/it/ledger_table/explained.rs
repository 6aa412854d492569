//! What happened to an event or to an incident, asked for later: `toban explain --event`, `toban history`.

use crate::kit::aws::{Aws, Table};
use crate::kit::{Fault, Slack};
use crate::running::{Settings, TUESDAY, accepted, not_taken, payload};
use std::process::Stdio;
use tokio::process::Command;

const EVENT: &str = "01G42K1PH949F0AX2RA6TCIX64";

async fn world(slack: &Slack) -> (Table, Settings) {
    let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is not set, run this with tests/aws/moto");
    let table = aws.create_table("explained").await;
    let settings = aws.env().iter().fold(Settings::at(TUESDAY), |all, (name, value)| all.with(name, value));
    let settings = settings.slack(slack).with("LEDGER_TABLE", &table.name).with("AWS_REGION", Aws::REGION);
    (table, settings)
}

/// What `toban explain --event` prints, and whether it knew the event.
async fn explain(settings: &Settings, event: &str) -> (String, bool) {
    toban(settings, &["explain", "--event", event]).await
}

async fn toban(settings: &Settings, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toban"));
    command.args(arguments).env_clear().envs(settings.pairs()).stdin(Stdio::null());
    let output = command.output().await.expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (text.into_owned(), output.status.success())
}

#[tokio::test]
async fn every_attempt_is_printed_with_its_decision() {
    let slack = Slack::start().await;
    let (_table, settings) = world(&slack).await;
    let webhook = settings.start().await;
    slack.fail_next([Fault::ServerError]);
    let body = payload("v3/incident.triggered.json");
    assert_eq!(webhook.signed(&body).await, not_taken());
    // A second later, or the two would be one attempt.
    let settings = settings.with("TOBAN_NOW", "2026-11-24T11:02:02+09:00");
    let webhook = settings.start().await;
    assert_eq!(webhook.signed(&body).await, accepted());
    assert_eq!(webhook.signed(&body).await, accepted(), "a repeat is not an attempt");
    slack.expect_one();
    let why = "→ 当番にメンション: 業務時間内です · 投稿 11/24(火) 11:02:0";
    let row = "(業務時間内) · 当番表 rotation.csv!B4 · 当番表は0秒前に読み取り";
    assert_eq!(
        explain(&settings, EVENT).await,
        (
            format!(
                "2026-11-24 11:02:01 JST · triggered #PD4812 · slack (primary): the chat is not available: HTTP 500\n  {why}1 {row}\n\
                 2026-11-24 11:02:02 JST · triggered #PD4812 · slack (primary): posted\n  {why}2 {row}\n"
            ),
            true
        )
    );
    let (unknown, known) = explain(&settings, "01GNOBODY").await;
    assert_eq!((unknown.starts_with("nothing is known of event 01GNOBODY"), known), (true, false), "{unknown}");
    let (without, known) = explain(&settings.with("LEDGER_TABLE", ""), EVENT).await;
    assert_eq!((without.starts_with("toban: LEDGER_TABLE is not set"), known), (true, false), "{without}");
}

#[tokio::test]
async fn without_the_index_of_earlier_alerts_all_but_their_line_is_there_and_the_log_says_what_makes_it() {
    let slack = Slack::start().await;
    let (table, settings) = world(&slack).await;
    table.without_index("by_fingerprint").await;
    let webhook = settings.start().await;
    assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await, accepted());
    let post = slack.expect_one();
    assert!(post.text.contains("発生") && !post.text.contains("🕘"), "{}", post.text);
    let log = webhook.function.logs();
    assert!(log.contains("it has no index by_fingerprint yet"), "{log}");
    assert!(log.contains("`sam deploy` of this version makes it"), "{log}");
    let (history, is_known) = toban(&settings, &["history", "#PD4812"]).await;
    let lines: Vec<_> = history.lines().collect();
    assert!(is_known, "{history}");
    assert_eq!(lines[..2], ["#PD4812 HTTP 5xx が 5% を超えています", "Mackerel Backlogアプリ"]);
    assert!(lines[2].starts_with("11/24 11:02 🔥 Triggered"), "{history}");
    assert!(history.contains("whether the same alert was there before is not known"), "{history}");
}
