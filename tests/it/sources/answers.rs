//! Which requests are accepted, and how they are answered.

use super::{EVENTS, JENKINS, MACKEREL, changed, headlines, post, settings, take};
use crate::kit::{Invocation, Slack, events};
use crate::running::{Answer, Settings, TOKEN, TUESDAY, accepted};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

const ROUTES: [(&str, &str); 3] = [("/mackerel", MACKEREL), ("/jenkins", JENKINS), ("/events", EVENTS)];

fn unauthorized() -> Answer {
    Answer { status: 401, retry_after: None, text: "not authenticated".into() }
}

fn body(route: &str, number: u32) -> Vec<u8> {
    match route {
        "/mackerel" => changed("mackerel/kinds/alert.host.json", |body| {
            body["alert"]["id"] = format!("2bj6TgCZ{number:03}").into();
        }),
        "/jenkins" => changed("jenkins/kinds/started.json", |body| body["build"]["number"] = number.into()),
        _ => changed("events/kinds/triggered.json", |body| body["key"] = format!("key {number}").into()),
    }
}

#[tokio::test]
async fn each_route_accepts_its_own_tokens() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let basic = |password: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("toban:{password}")));
    for (route, token) in ROUTES {
        let wrong = [MACKEREL, JENKINS, EVENTS, TOKEN, "", "wrong"].into_iter().filter(|other| *other != token);
        let mut refused: Vec<_> = wrong.map(|other| ("x-toban-token", other.to_owned())).collect();
        refused.push(("authorization", basic("wrong")));
        refused.push(("authorization", format!("Bearer {token}x")));
        refused.push(("x-pagerduty-signature", crate::running::signature(&body(route, 0))));
        for (name, value) in refused {
            let event = events::api_gateway_v2(route, &[(name, &value)], &body(route, 0), webhook.epoch());
            assert_eq!(webhook.invoke(&event).await, unauthorized(), "{route} {name}: {value}");
        }
        let event = events::api_gateway_v2(route, &[], &body(route, 0), webhook.epoch());
        assert_eq!(webhook.invoke(&event).await, unauthorized(), "{route}");
        // Some clients send the password of a URL only when they are asked for it.
        let answer = webhook.function.invoke(&event).await;
        assert!(
            matches!(answer, Invocation::Answer(answer) if answer["headers"]["www-authenticate"] == "Basic realm=\"toban\"")
        );
        slack.expect_none();

        let accepted_headers = [
            ("x-toban-token", token.to_owned()),
            ("authorization", format!("Bearer {token}")),
            ("authorization", basic(token)),
        ];
        for (number, (name, value)) in (1..).zip(accepted_headers) {
            let event = events::api_gateway_v2(route, &[(name, &value)], &body(route, number), webhook.epoch());
            assert_eq!(webhook.invoke(&event).await, accepted(), "{route} {name}");
            slack.expect_one();
        }
        let with_method = events::with_method(events::api_gateway_v2(route, &[], b"", webhook.epoch()), "GET");
        assert_eq!(webhook.invoke(&with_method).await.status, 405, "{route}");
    }
    assert_eq!(post(&webhook, "/prod/mackerel/", "mackerel-old-token", &body("/mackerel", 9)).await, accepted());
    slack.expect_one();
    let logs = webhook.function.logs();
    for secret in [MACKEREL, JENKINS, EVENTS, &BASE64_STANDARD.encode(format!("toban:{EVENTS}"))] {
        let bare = logs.replace("mackerel-old-token", "");
        assert!(!bare.contains(secret), "a token is in the log");
    }
}

/// A token of one route vouches for nothing at PagerDuty's.
#[tokio::test]
async fn a_token_of_a_script_forges_no_incident_of_pagerduty() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    for (_, token) in ROUTES {
        let answer = post(&webhook, "/pagerduty", token, &crate::running::v2("m-1")).await;
        assert_eq!(answer, crate::running::not_authenticated());
    }
    slack.expect_none();
}

#[tokio::test]
async fn a_route_without_tokens_is_closed_and_the_log_says_how_to_open_it() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    for (route, token) in ROUTES {
        assert_eq!(post(&webhook, route, token, &body(route, 1)).await, unauthorized(), "{route}");
        let lines = webhook.function.log_lines();
        let line = lines.iter().find(|line| line["route"] == json!(route)).expect("a line about it");
        let variable = format!("{}_TOKENS", route[1..].to_uppercase());
        let message = line["message"].as_str().unwrap_or_default();
        assert!(message.contains("no credentials are configured") && message.contains(&variable), "{message}");
        assert_eq!(line["auth_failed"], json!(true), "{line}");
    }
    slack.expect_none();
}

#[tokio::test]
async fn what_is_not_actionable_is_not_posted() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    for event in ["hostRegister", "hostRetire", "monitorCreate", "monitorUpdate", "monitorDelete", "somethingNew"] {
        take(&webhook, MACKEREL, json!({"orgName": "nulab", "event": event}).to_string().as_bytes()).await;
    }
    for phase in ["QUEUED", "NONE", "SOMETHING_NEW"] {
        take(&webhook, JENKINS, &changed("jenkins/kinds/started.json", |body| body["build"]["phase"] = phase.into()))
            .await;
    }
    for status in ["Renotify", "repeat", "再通知"] {
        take(&webhook, EVENTS, json!({"key": "db1", "status": status, "urgency": "high"}).to_string().as_bytes()).await;
    }
    slack.expect_none();
    let told = |line: &Value| line["message"] == json!("no actionable event in the payload");
    assert_eq!(webhook.function.log_lines().iter().filter(|line| told(line)).count(), 12, "each is in the log");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_reported_and_after_a_while_again() {
    let slack = Slack::start().await;
    for (at, expected) in [("11:02:01", 3), ("11:12:01", 3)] {
        let webhook = settings().with("TOBAN_NOW", &format!("2026-11-24T{at}+09:00")).slack(&slack).start().await;
        for (_, token) in ROUTES {
            // The same words twice: the second is a repeat.
            take(&webhook, token, br#"{"title": "the "root" disk"}"#).await;
            take(&webhook, token, br#"{"title": "the "root" disk"}"#).await;
        }
        assert_eq!(slack.take().len(), expected, "{at}");
    }
    let webhook = settings().slack(&slack).start().await;
    take(&webhook, JENKINS, " ".repeat(256 * 1024 + 1).as_bytes()).await;
    assert_eq!(
        headlines(&slack)[0].split(" (ID ").next(),
        Some("⚠️ Jenkins からの通知を読み取れませんでした"),
        "a whole build log is too large"
    );
}
