//! What belongs together is in one thread, whoever reported it.

use super::{EVENTS, JENKINS, MACKEREL, changed, settings, take};
use crate::kit::{Fault, Slack};
use crate::running::{PAIR, payload};
use serde_json::Value;

fn job(kind: &str, number: u64, incident: &str) -> Vec<u8> {
    changed(&format!("jenkins/kinds/{kind}.json"), |body| {
        body["build"]["number"] = number.into();
        body["build"]["parameters"] = serde_json::json!({"HOST": "app01", "INCIDENT": incident});
    })
}

fn alert(kind: &str, id: &str) -> Vec<u8> {
    changed(&format!("mackerel/kinds/alert.host{kind}.json"), |body| body["alert"]["id"] = Value::from(id))
}

#[tokio::test]
async fn an_alert_is_opened_changed_and_closed_in_one_thread() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    for (token, open, close) in [
        (MACKEREL, "mackerel/kinds/alert.host.warning.json", "mackerel/kinds/alert.host.closed.json"),
        (MACKEREL, "mackerel/kinds/alertGroup.json", "mackerel/kinds/alertGroup.closed.json"),
        (EVENTS, "events/kinds/triggered.json", "events/kinds/resolved.json"),
    ] {
        take(&webhook, token, &changed(open, |_| ())).await;
        take(&webhook, token, &changed(close, |_| ())).await;
        let [first, last] = <[_; 2]>::try_from(slack.take()).expect("two messages");
        assert_eq!((first.thread_ts, last.thread_ts.as_ref()), (None, Some(&first.ts)), "{open}");
        assert_eq!(slack.take_edits().len(), 0, "an edit of a message that was taken is not listed again");
        assert!(first.text.contains("解決済み"), "{}", first.text);
    }
}

#[tokio::test]
async fn a_job_that_names_an_incident_is_in_its_thread() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    webhook.signed(&payload("v3/incident.triggered.json")).await;
    take(&webhook, MACKEREL, &alert("", "2bj6TgCZ8Xy")).await;
    let [of_pagerduty, of_mackerel] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    assert_ne!(of_pagerduty.ts, of_mackerel.ts);
    for (number, (incident, thread, tag)) in (1..).zip([
        ("4812", Some(&of_pagerduty.ts), "#PD4812 "),
        ("#4812", Some(&of_pagerduty.ts), "#PD4812 "),
        ("#PD4812", Some(&of_pagerduty.ts), "#PD4812 "),
        ("https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC", Some(&of_pagerduty.ts), "#PD4812 "),
        ("Q2YXK4P7T3M1NC", Some(&of_pagerduty.ts), "#PD4812 "),
        ("#MKgCZ8Xy", Some(&of_mackerel.ts), "#MKgCZ8Xy "),
        ("https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy", Some(&of_mackerel.ts), "#MKgCZ8Xy "),
        // Nobody reported it before: its tag is shown, and the message is not in a thread.
        ("9999", None, "#PD9999 "),
        ("#MKzzzzzz", None, "#MKzzzzzz "),
        ("whatever", None, ""),
    ]) {
        take(&webhook, JENKINS, &job("started", number, incident)).await;
        let message = slack.expect_one();
        assert_eq!(message.thread_ts.as_ref(), thread, "{incident}");
        let link = "<https://jenkins.example.com/job/restart-app/42/|Jenkins ↗>";
        let expected = match thread {
            Some(_) => {
                format!("🔧 ジョブ開始: restart-app ({number}) · HOST = app01 · 11:02 · {link} · {}", tag.trim())
            }
            None => {
                let named = if tag.is_empty() { " · INCIDENT = whatever" } else { "" };
                format!("🔧 ジョブ開始 {tag}restart-app ({number})\nHOST = app01{named} · 11:02\n{link}")
            }
        };
        assert_eq!(message.text, expected, "{incident}");
    }
}

/// The headline stays and is kept up to date, so it is the incident's, whatever its first message is about.
#[tokio::test]
async fn a_job_that_begins_the_thread_of_a_known_incident_stands_below_it() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    webhook.signed(&payload("v3/incident.triggered.json")).await;
    slack.expect_one();
    // The first message is gone, and this one is shown in the channel.
    slack.fail_next([Fault::Accept, Fault::Refuse("message_not_found")]);
    webhook.signed(&payload("v3/incident.reopened.json")).await;
    slack.expect_one();
    take(&webhook, JENKINS, &job("started", 7, "4812")).await;
    let first = slack.expect_one();
    assert_eq!(first.thread_ts, None);
    let expected =
        "🔥 未対応 #PD4812 HTTP 5xx が 5% を超えています\nMackerel Backlogアプリ\n🔧 ジョブ開始: restart-app (7) · ";
    assert!(first.text.starts_with(expected), "{}", first.text);
}

#[tokio::test]
async fn only_a_failed_job_of_an_incident_mentions_anybody() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let ends = ["success", "failure", "unstable", "aborted", "not-built"].map(|end| format!("completed.{end}"));
    for (number, kind) in (1..).zip(["started".to_owned()].into_iter().chain(ends)) {
        for (incident, is_named) in [("4812", true), ("", false)] {
            take(&webhook, JENKINS, &job(&kind, number * 10 + u64::from(is_named), incident)).await;
            let called = slack.expect_one().mentions;
            let expected: &[&str] = if is_named && kind == "completed.failure" { &PAIR } else { &[] };
            assert_eq!(called, expected, "{kind} for '{incident}'");
        }
    }
}

/// Alerts of Mackerel, incidents of PagerDuty and keys of scripts are never taken for each other, whatever their ids are.
#[tokio::test]
async fn ids_of_different_senders_do_not_collide() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    webhook.signed(&payload("v3/incident.triggered.json")).await;
    take(&webhook, MACKEREL, &alert("", "Q2YXK4P7T3M1NC")).await;
    take(&webhook, EVENTS, &changed("events/kinds/triggered.json", |body| body["key"] = "Q2YXK4P7T3M1NC".into())).await;
    take(
        &webhook,
        EVENTS,
        &changed("events/kinds/triggered.json", |body| body["key"] = "mackerel:Q2YXK4P7T3M1NC".into()),
    )
    .await;
    assert!(slack.take().iter().all(|message| message.thread_ts.is_none()));
}
