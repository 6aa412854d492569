//! What a request gets (the answers table), through the real function.

use crate::kit::{Slack, events};
use crate::running::{
    Answer, PAIR, SECRET, Settings, TOKEN, TUESDAY, accepted, changed, not_authenticated, payload, signature,
    signature_by, triggered, v2,
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

#[tokio::test]
async fn every_gateway_and_every_path_reaches_the_route() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    let at = webhook.epoch();
    for (number, path) in
        (1..).zip(["/pagerduty", "/pagerduty/", "/prod/pagerduty", "/prod/pagerduty/", "/pagerduty?x=1"])
    {
        let body = triggered(number);
        let signature = signature(&body);
        let headers = [("X-PagerDuty-Signature", signature.as_str())];
        let event = match number % 2 {
            0 => events::api_gateway_v1(path, &headers, &body, at),
            _ => events::api_gateway_v2(path, &headers, &body, at),
        };
        assert_eq!(webhook.invoke(&event).await, accepted(), "{path}");
        assert!(slack.expect_one().text.contains(&format!("#PD{number} ")), "{path}");
    }
    for (number, kind) in [(11, "function url"), (12, "base64"), (13, "stage")] {
        let body = triggered(number);
        let signature = signature(&body);
        let headers = [("x-pagerduty-signature", signature.as_str())];
        let event = match kind {
            "function url" => events::function_url("/pagerduty", &headers, &body, at),
            "base64" => events::api_gateway_v2_base64("/pagerduty", &headers, &body, at),
            _ => events::in_stage(events::api_gateway_v2("/pagerduty", &headers, &body, at), "v1"),
        };
        assert_eq!(webhook.invoke(&event).await, accepted(), "{kind}");
        assert!(slack.expect_one().text.contains(&format!("#PD{number} ")), "{kind}");
    }
}

#[tokio::test]
async fn the_first_alert_mentions_the_pair() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await, accepted());
    let message = slack.expect_one();
    assert_eq!(message.mentions, PAIR);
    assert_eq!(
        message.text,
        "<@U0SATO0001> <@U0SUZUKI01>\n\
         🔥 発生 #PD4812 HTTP 5xx が 5% を超えています\n\
         Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02\n\
         意味: アプリケーションがエラーを返しています\n\
         手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
         <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>\n\
         状態: 未対応"
    );
    let posted = webhook
        .function
        .log_lines()
        .into_iter()
        .find(|line| line["message"] == "posted")
        .expect("a line for the delivery");
    for (field, value) in [
        ("rule", json!("working_hours")),
        ("mention", json!("on_call")),
        ("incident", json!(4812)),
        ("row", json!("rotation.csv!B4")),
        ("chat", json!("slack")),
        ("kind", json!("triggered")),
        ("late_seconds", json!(1)),
    ] {
        assert_eq!(posted[field], value, "{field} in {posted}");
    }
}

#[tokio::test]
async fn a_note_finds_number_and_title_of_its_incident() {
    let slack = Slack::start().await;
    let webhook = Settings::at("2026-11-24T11:40:00+09:00").slack(&slack).start().await;
    webhook.signed(&payload("v3/incident.triggered.json")).await;
    webhook.signed(&payload("quirks/v3-incident-summary-null.json")).await;
    let [_, note] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    assert_eq!(note.text, "📝 山田 太郎: DB の接続数が上限に達しています。 · #PD4812");
}

#[tokio::test]
async fn a_repeat_posts_nothing() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    for body in [triggered(1), triggered(1), triggered(1)] {
        assert_eq!(webhook.signed(&body).await, accepted());
    }
    assert_eq!(webhook.with_token(&v2("m-1")).await, accepted());
    assert_eq!(webhook.with_token(&v2("m-1")).await, accepted());
    // Another subscription delivers the same event under another delivery id.
    let body = triggered(1);
    let headers = [("x-pagerduty-signature", &*signature(&body)), ("x-webhook-id", "another")];
    assert_eq!(webhook.post(&headers, &body).await, accepted());
    assert_eq!(slack.take().len(), 2);
}

#[tokio::test]
async fn only_authentic_requests_are_accepted() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    let body = triggered(1);
    let (old, new) = (signature_by("old-signing-secret==", &body), signature(&body));
    let wrong = signature_by("wrong", &body);
    let basic = |password: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("toban:{password}")));

    // Refused with 503, so that PagerDuty keeps it, and nothing is posted.
    for (what, headers) in [
        ("no credentials", vec![]),
        ("a wrong signature", vec![("x-pagerduty-signature", wrong.clone())]),
        ("another version only", vec![("x-pagerduty-signature", new.replace("v1=", "v2="))]),
        (
            "an empty signature and a token",
            vec![("x-pagerduty-signature", "v1=".into()), ("x-toban-token", TOKEN.into())],
        ),
        ("a token for a v3 body", vec![("x-toban-token", TOKEN.into())]),
        (
            "a wrong signature and a token",
            vec![("x-pagerduty-signature", wrong.clone()), ("x-toban-token", TOKEN.into())],
        ),
        ("a signing secret as a token", vec![("x-toban-token", "new-signing-secret".into())]),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(webhook.post(&headers, &body).await, not_authenticated(), "{what}");
    }
    for (what, headers) in [
        ("no token", vec![]),
        ("a wrong token", vec![("authorization", "Bearer wrong".to_owned())]),
        ("a wrong password", vec![("authorization", basic("wrong"))]),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(webhook.post(&headers, &v2("m-0")).await, not_authenticated(), "{what}");
    }
    slack.expect_none();
    let failures = webhook.function.log_lines().iter().filter(|line| line["auth_failed"] == true).count();
    assert_eq!(failures, 10, "each is counted in the log");

    // Accepted.
    for (number, header) in (1..).zip([
        new.clone(),
        old.clone(),
        format!("{wrong},{new}"),
        format!("{wrong} , {old}"),
        format!("v2=xyz,{new}"),
    ]) {
        let (body, id) = (triggered(1), format!("01GACCEPTED{number}"));
        let body = String::from_utf8(body).expect("UTF-8").replace("01GTEST0000000000000000001", &id);
        let header = header
            .replace(&new, &signature(body.as_bytes()))
            .replace(&old, &signature_by("old-signing-secret==", body.as_bytes()));
        assert_eq!(webhook.post(&[("X-PagerDuty-Signature", &header)], body.as_bytes()).await, accepted(), "{header}");
        slack.expect_one();
    }
    for (number, header) in (1..).zip([
        ("x-toban-token", TOKEN.to_owned()),
        ("Authorization", format!("Bearer {TOKEN}")),
        ("authorization", basic(TOKEN)),
    ]) {
        assert_eq!(
            webhook.post(&[(header.0, &header.1)], &v2(&format!("m-{number}"))).await,
            accepted(),
            "{}",
            header.0
        );
        slack.expect_one();
    }
    assert_eq!(slack.take_edits().len(), 2, "the first message of each incident is kept up to date");
    let logs = webhook.function.logs();
    for secret in SECRET.split(',').chain([TOKEN, Slack::TOKEN]) {
        assert!(!logs.contains(secret), "a secret is in the log");
    }
    assert!(!logs.contains("HTTP 5xx"), "foreign text is in the log");
}

#[tokio::test]
async fn a_route_without_credentials_is_closed() {
    let slack = Slack::start().await;
    let closed =
        Settings::at(TUESDAY).slack(&slack).with("PAGERDUTY_WEBHOOK_SECRETS", "").with("PAGERDUTY_V2_TOKENS", " , ");
    let webhook = closed.start().await;
    let body = triggered(1);
    assert_eq!(webhook.signed(&body).await, not_authenticated());
    assert_eq!(webhook.post(&[("x-pagerduty-signature", &signature_by("", &body))], &body).await, not_authenticated());
    assert_eq!(webhook.post(&[("x-toban-token", "")], &v2("m-1")).await, not_authenticated());
    assert_eq!(webhook.with_token(&v2("m-1")).await, not_authenticated());
    slack.expect_none();
    assert!(webhook.function.logs().contains("Set PAGERDUTY_WEBHOOK_SECRETS"), "{}", webhook.function.logs());
}

#[tokio::test]
async fn other_methods_and_paths() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    for (method, path, status) in [
        ("GET", "/pagerduty", 405),
        ("PUT", "/prod/pagerduty/", 405),
        ("POST", "/", 404),
        ("POST", "/pagerduty/x", 404),
        ("POST", "/PagerDuty", 404),
        ("GET", "/health", 200),
        ("GET", "/prod/health/", 200),
        ("POST", "/health", 405),
    ] {
        let event = events::api_gateway_v2(path, &[], b"", webhook.epoch());
        assert_eq!(webhook.invoke(&events::with_method(event, method)).await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn an_authentic_body_that_cannot_be_read_is_reported_in_one_line() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    let id = "aaaaaaaa-0000-4000-8000-000000000001";
    let line = |id: &str, why: &str| {
        format!("⚠️ PagerDuty からの通知を読み取れませんでした (ID {id})。PagerDuty を確認してください。理由: {why}。")
    };
    let shape = "内容が想定した形式ではありません";
    let huge = changed("v3/incident.acknowledged.json", |body| {
        body["event"]["data"]["padding"] = "x".repeat(300 * 1024).into()
    });
    let huge_trigger =
        changed("v3/incident.triggered.json", |body| body["event"]["data"]["padding"] = "x".repeat(300 * 1024).into());
    for (number, (body, why, pings)) in (1..).zip([
        (b"".to_vec(), shape, false),
        (b"not json".to_vec(), shape, false),
        (b"\xff\xfe".to_vec(), shape, false),
        (b"[]".to_vec(), shape, false),
        (b"null".to_vec(), shape, false),
        (b"{\"hello\":\"world\"}".to_vec(), shape, false),
        (payload("broken/deeply-nested.json"), shape, false),
        (payload("broken/v3-type-missing.json"), shape, false),
        (payload("broken/truncated.json"), shape, true),
        (payload("broken/v3-data-missing.json"), shape, true),
        (huge, "256 KiB を超えています", false),
        (huge_trigger, "256 KiB を超えています", true),
    ]) {
        let id = format!("{id}-{number}");
        let headers = [("x-pagerduty-signature", &*signature(&body)), ("x-webhook-id", &*id)];
        assert_eq!(webhook.post(&headers, &body).await, accepted(), "{number}");
        let message = slack.expect_one();
        let mut expected = line(&id, why);
        if pings {
            expected = format!("{}\n{expected}", PAIR.join(" "));
        }
        assert_eq!(message.text, expected, "{number}");
        // It too is recognised when it comes again.
        assert_eq!(webhook.post(&headers, &body).await, accepted(), "{number}");
        slack.expect_none();
    }
    assert_eq!(webhook.with_token(&payload("v1/incident.trigger.json")).await, accepted());
    let message = slack.expect_one();
    assert!(message.text.ends_with("理由: Webhook v1 の形式です。v3 に切り替えてください。"), "{}", message.text);
    assert_eq!(message.mentions, PAIR);
}

#[tokio::test]
async fn a_replay_of_an_old_signed_event_is_not_posted() {
    let slack = Slack::start().await;
    for (now, answer, posts) in [
        ("2026-11-27T11:02:00+09:00", accepted(), 1),
        ("2026-11-27T11:02:01+09:00", Answer { status: 202, retry_after: None, text: "too old, not posted".into() }, 0),
    ] {
        let webhook = Settings::at(now).slack(&slack).start().await;
        assert_eq!(webhook.signed(&payload("v3/incident.triggered.json")).await, answer);
        assert_eq!(slack.take().len(), posts, "{now}");
    }
}

#[tokio::test]
async fn one_bad_message_does_not_affect_the_others() {
    let slack = Slack::start().await;
    let webhook = Settings::at("2026-11-24T11:06:00+09:00").slack(&slack).start().await;
    assert_eq!(webhook.with_token(&payload("broken/v2-one-good-one-broken.json")).await, accepted());
    let messages = slack.take();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].text.contains("#PD4813"), "{}", messages[0].text);
    assert!(messages[1].text.contains("読み取れませんでした"), "{}", messages[1].text);
    // A body without messages is not a fault.
    assert_eq!(webhook.with_token(&payload("broken/v2-messages-empty.json")).await, accepted());
    slack.expect_none();
}

#[tokio::test]
async fn a_rotation_without_an_answer_is_never_a_silent_gap() {
    let slack = Slack::start().await;
    let at = |now| Settings::at(now).slack(&slack);
    let fallback = ["<!subteam^S0SRETEAM1>"];
    for (settings, mentions, line) in [
        (
            at("2026-11-26T11:00:00+09:00"),
            &fallback[..],
            "⚠️ 今日の当番にメンションできないため、代わりの宛先に知らせています: rotation.csv!B6 が空です、rotation.csv!C6 が空です",
        ),
        (at("2026-11-27T11:00:00+09:00"), &PAIR[..1], "⚠️ rotation.csv!C7 の「yamada(dev」は誰のことか分かりません"),
        (
            at("2026-11-30T11:00:00+09:00"),
            &fallback,
            "⚠️ 今日の当番にメンションできないため、代わりの宛先に知らせています: rotation.csv!B8 の「yamada(dev」は誰のことか分かりません、rotation.csv!C8 の「all」は誰のことか分かりません",
        ),
        (
            at("2026-12-02T11:00:00+09:00"),
            &fallback,
            "⚠️ 今日の当番にメンションできないため、代わりの宛先に知らせています: 12/2(水) の行がありません",
        ),
        (
            at(TUESDAY).with("ROTATION_FILE", "/nowhere/rotation.csv"),
            &fallback,
            "⚠️ 当番表を読めないため、代わりの宛先に知らせています: ROTATION_FILE の rotation.csv がありません。場所を直してください",
        ),
    ] {
        let now = settings.value("TOBAN_NOW").expect("a time");
        let webhook = settings.start().await;
        let body = changed("v3/incident.triggered.json", |body| body["event"]["occurred_at"] = now.clone().into());
        assert_eq!(webhook.signed(&body).await, accepted());
        let message = slack.expect_one();
        assert_eq!(message.mentions, mentions, "{now}");
        assert!(message.text.lines().any(|found| found == line), "{line}\nis not in\n{}", message.text);
    }
}

#[tokio::test]
async fn an_event_that_is_not_a_request_is_an_error_in_words() {
    let slack = Slack::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).start().await;
    let crate::kit::Invocation::Error(error) = webhook.function.invoke(&json!({"hello": "world"})).await else {
        panic!("an event that is not a request was answered");
    };
    assert!(error.to_string().contains("neither an HTTP request of API Gateway"), "{error}");
    let mut event = events::api_gateway_v2("/pagerduty", &[], b"", webhook.epoch());
    (event["body"], event["isBase64Encoded"]) = ("not base64!".into(), true.into());
    assert!(matches!(webhook.function.invoke(&event).await, crate::kit::Invocation::Error(_)));
    assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "the function goes on");
    slack.expect_one();
}
