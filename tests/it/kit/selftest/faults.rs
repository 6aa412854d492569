//! What each fault looks like on the wire, and what it leaves behind.

use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{Fault, Mailbox, Slack, Typetalk};

/// A correct call to one of the three APIs.
struct Call {
    line: String,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
}

const JSON: (&str, &str) = ("content-type", "application/json");

fn api() -> Call {
    Call {
        line: "POST /api/chat.postMessage".into(),
        headers: vec![JSON, ("authorization", "Bearer xoxb-test-0123456789")],
        body: r#"{"channel": "C0APPMON001", "text": "a"}"#,
    }
}

fn webhook(slack: &Slack) -> Call {
    let path = slack.webhook_url().split_off(slack.origin().len());
    Call { line: format!("POST {path}"), headers: vec![JSON], body: r#"{"text": "a"}"# }
}

fn topic() -> Call {
    Call {
        line: "POST /api/v1/topics/4711".into(),
        headers: vec![JSON, ("x-typetalk-token", "typetalk-test-0123456789")],
        body: r#"{"message": "a"}"#,
    }
}

/// Makes the call, and gives up one that hangs after the fake has judged it.
async fn make<M: Clone + std::fmt::Debug + Send + 'static>(call: &Call, fake: &Mailbox<M>, hangs: bool) -> Ending {
    let mut client = Client::connect(&fake.origin()).await;
    let calls = fake.calls();
    client.send(&call.line, &call.headers, call.body).await;
    if !hangs {
        return client.ending().await;
    }
    fake.called(calls + 1).await;
    client.give_up().await
}

/// Plays one fault and expects this ending and this number of recorded messages; the next call is accepted again.
async fn check<M: Clone + std::fmt::Debug + Send + 'static>(
    fake: &Mailbox<M>,
    call: &Call,
    fault: Fault,
    expected: Ending,
    recorded: usize,
) {
    fake.fail_next([fault]);
    let hangs = matches!(fault, Fault::Hang | Fault::HangAfterAccepting);
    assert_eq!(make(call, fake, hangs).await, expected, "for {fault:?}");
    assert_eq!(fake.take().len(), recorded, "for {fault:?}");
    assert_eq!(make(call, fake, false).await.status(), 200, "after {fault:?}");
    fake.expect_one();
    assert_eq!(fake.problems(), [""; 0]);
}

fn answered(status: u16, headers: &[&str], body: &str) -> Ending {
    Ending::Answered {
        status,
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        body: body.to_owned(),
    }
}

const HTML: &str = "content-type: text/html; charset=utf-8";
const JSON_ANSWER: &str = "content-type: application/json; charset=utf-8";

#[tokio::test]
async fn faults_of_the_connection_are_the_same_everywhere() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let hook = webhook(&slack);
    let page = |title| format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head></html>\n");
    for (fault, recorded) in [
        (Fault::ServerError, 0),
        (Fault::Reset, 0),
        (Fault::ResetAfterAccepting, 1),
        (Fault::Hang, 0),
        (Fault::HangAfterAccepting, 1),
        (Fault::Html503, 0),
        (Fault::NotJson, 0),
    ] {
        let expected = || match fault {
            Fault::ServerError => answered(500, &[], ""),
            Fault::Reset | Fault::ResetAfterAccepting => Ending::Reset,
            Fault::Html503 => answered(503, &[HTML], &page("Service Unavailable")),
            Fault::NotJson => answered(200, &[HTML], &page("Sign in to the network")),
            _ => Ending::NeverAnswered,
        };
        check(&slack, &api(), fault, expected(), recorded).await;
        check(&slack, &hook, fault, expected(), recorded).await;
        check(&typetalk, &topic(), fault, expected(), recorded).await;
    }
}

#[tokio::test]
async fn slack_says_errors_in_a_200_and_its_webhook_in_the_status() {
    let slack = Slack::start().await;
    let hook = webhook(&slack);
    let limited = Fault::TooManyRequests { retry_after: Some(7) };
    let body = r#"{"ok":false,"error":"ratelimited"}"#;
    let expected = || answered(429, &[JSON_ANSWER, "retry-after: 7"], body);
    check(&slack, &api(), limited, expected(), 0).await;
    check(&slack, &hook, limited, expected(), 0).await;
    let limited = Fault::TooManyRequests { retry_after: None };
    check(&slack, &api(), limited, answered(429, &[JSON_ANSWER], body), 0).await;

    let refused = answered(200, &[JSON_ANSWER], r#"{"error":"is_archived","ok":false}"#);
    check(&slack, &api(), Fault::Refuse("is_archived"), refused, 0).await;
    for (code, status) in [
        ("invalid_payload", 400),
        ("user_not_found", 400),
        ("invalid_token", 403),
        ("action_prohibited", 403),
        ("no_service", 404),
        ("channel_not_found", 404),
        ("channel_is_archived", 410),
        ("rollup_error", 500),
    ] {
        let refused = answered(status, &["content-type: text/plain"], code);
        check(&slack, &hook, Fault::Refuse(code), refused, 0).await;
    }
}

#[tokio::test]
async fn typetalk_says_errors_in_a_header() {
    let typetalk = Typetalk::start().await;
    let limited = Fault::TooManyRequests { retry_after: Some(7) };
    let expected = answered(429, &["content-type: text/plain", "retry-after: 7"], "");
    check(&typetalk, &topic(), limited, expected, 0).await;
    for (code, status) in [("invalid_token", 401), ("invalid_request", 400), ("insufficient_scope", 403)] {
        let header = format!("www-authenticate: bearer error=\"{code}\", error_description=\"scripted by the test\"");
        check(&typetalk, &topic(), Fault::Refuse(code), answered(status, &[&header], ""), 0).await;
    }
}

#[tokio::test]
async fn a_script_is_played_in_order_until_it_is_healed() {
    let slack = Slack::start().await;
    slack.fail_next([Fault::Html503, Fault::Reset]);
    slack.fail_always(Fault::ServerError);
    let mut endings = Vec::new();
    for _ in 0..4 {
        endings.push(make(&api(), &slack, false).await);
    }
    assert_eq!(endings[0].status(), 503);
    assert_eq!(endings[1], Ending::Reset);
    assert_eq!((endings[2].status(), endings[3].status()), (500, 500));
    slack.heal();
    assert_eq!(make(&api(), &slack, false).await.status(), 200);
    slack.expect_one();
}

#[tokio::test]
async fn faults_of_one_kind_of_call_leave_the_others_alone() {
    let slack = Slack::start().await;
    let hook = webhook(&slack);
    slack.fail_next_of("/services/", [Fault::Html503, Fault::Accept]);
    slack.fail_next([Fault::Reset]);
    slack.fail_always_of("/services/", Fault::ServerError);
    assert_eq!(make(&api(), &slack, false).await, Ending::Reset);
    for (call, status) in [(&hook, 503), (&api(), 200), (&hook, 200), (&hook, 500), (&api(), 200)] {
        assert_eq!(make(call, &slack, false).await.status(), status);
    }
    slack.heal();
    assert_eq!(make(&hook, &slack, false).await.status(), 200);
    assert_eq!(slack.take().len(), 4);

    slack.fail_next_of("users.info", [Fault::Html503]);
    make(&api(), &slack, false).await;
    slack.expect_one();
    assert_contains(&left_by(slack), "no call came for: Html503");
}

#[tokio::test]
async fn a_fault_does_not_hide_a_wrong_call_and_must_be_played() {
    let slack = Slack::start().await;
    slack.fail_next([Fault::ServerError, Fault::Html503]);
    let wrong = Call { headers: vec![JSON], ..api() };
    assert_eq!(make(&wrong, &slack, false).await.status(), 500);
    let left = left_by(slack);
    assert_contains(&left, "no Authorization header");
    assert_contains(&left, "no call came for: Html503");
}

#[tokio::test]
async fn connections_are_kept_and_counted() {
    let slack = Slack::start().await;
    let mut client = Client::connect(&slack.origin()).await;
    let Call { line, headers, body } = api();
    for _ in 0..3 {
        assert_eq!(client.call(&line, &headers, body).await.status(), 200);
    }
    assert_eq!((slack.calls(), slack.connections(), slack.take().len()), (3, 1, 3));
}
