use std::time::Duration;

use serde_json::{Value, json};

use super::assert_contains;
use super::wire::Client;
use crate::kit::runtime_api::{Phase, RuntimeApi};
use crate::kit::{Function, InitError, Invocation};

const NEXT: &str = "GET /2018-06-01/runtime/invocation/next";

const TIME_LIMIT: Duration = Duration::from_secs(20);

/// A shell that runs `function.bash` when it starts.
const SHELL: &str = "/bin/bash";
const SCRIPT: (&str, &str) = ("BASH_ENV", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/kit/selftest/function.bash"));

/// The message with which `work` panics.
async fn panic_of<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> String {
    let ended = tokio::spawn(work).await;
    super::message_of(ended.map_err(tokio::task::JoinError::into_panic))
}

async fn process_of(api: &RuntimeApi) -> Client {
    Client::connect(&format!("http://{}", api.address())).await
}

/// Asks for the next event: its request id and the event.
async fn next(process: &mut Client) -> (String, Value) {
    let ending = process.call(NEXT, &[], "").await;
    let id = ending.header("lambda-runtime-aws-request-id").to_owned();
    (id, ending.body())
}

#[tokio::test]
async fn an_event_is_handed_out_as_lambda_does() {
    let api = RuntimeApi::start().await;
    let mut process = process_of(&api).await;
    let event = json!({"a": 1});
    let function = async {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.expect("it is later than 1970").as_millis();
        let ending = process.call(NEXT, &[], "").await;
        assert_eq!(ending.body(), event);
        let deadline = ending.header("lambda-runtime-deadline-ms");
        let deadline: u128 = deadline.parse().expect("a deadline in milliseconds");
        let limit = now + TIME_LIMIT.as_millis();
        assert!((limit..limit + 10_000).contains(&deadline), "look at the deadline {deadline}, asked for at {now}");
        assert_contains(ending.header("lambda-runtime-invoked-function-arn"), "arn:aws:lambda:");
        assert_contains(ending.header("lambda-runtime-trace-id"), "root=1-");
        let id = ending.header("lambda-runtime-aws-request-id");
        let line = format!("POST /2018-06-01/runtime/invocation/{id}/response");
        process.call(&line, &[], r#"{"statusCode": 202}"#).await
    };
    let (invocation, ending) = tokio::join!(api.invoke(&event, TIME_LIMIT), function);
    assert_eq!(ending.status(), 202);
    assert_eq!(invocation, Invocation::Answer(json!({"statusCode": 202})));
    assert_eq!(invocation.status(), 202);
    assert!(matches!(api.started().await, Phase::Ready));
    assert_eq!(api.problems(), [""; 0]);
}

#[tokio::test]
async fn calls_that_the_runtime_api_does_not_take() {
    let api = RuntimeApi::start().await;
    let mut process = process_of(&api).await;
    for (line, body, status, problem) in [
        ("POST /2018-06-01/runtime/invocation/1/response", "{}", 400, "not running"),
        ("POST /2018-06-01/runtime/invocation/1/error", "{}", 400, "not running"),
        ("GET /2018-06-01/runtime/invocation/1/response", "", 404, "has no GET"),
        ("POST /2018-06-01/runtime/invocation/1/done", "{}", 404, "has no POST"),
        ("GET /2018-06-01/ping", "", 404, "has no GET"),
        ("POST /2018-06-01/runtime/init/error", "broken", 202, "not JSON"),
        ("POST /2020-01-01/extension/register", "{}", 200, "Lambda-Extension-Name"),
    ] {
        let ending = process.call(line, &[], body).await;
        assert_eq!(ending.status(), status, "for {line}");
        assert_contains(&api.problems().join("\n"), problem);
    }
}

#[tokio::test]
async fn an_event_must_be_answered_before_the_next() {
    let message = panic_of(async {
        let api = RuntimeApi::start().await;
        let mut process = process_of(&api).await;
        let function = async {
            next(&mut process).await;
            process.send(NEXT, &[], "").await;
        };
        let event = json!({"a": 1});
        tokio::join!(api.invoke(&event, TIME_LIMIT), function)
    });
    assert_contains(&message.await, "asked for another event instead of answering");
}

#[tokio::test]
async fn an_extension_may_register_and_waits() {
    let api = RuntimeApi::start().await;
    let mut extension = process_of(&api).await;
    let name = ("Lambda-Extension-Name", "shutdown");
    let line = "POST /2020-01-01/extension/register";
    let ending = extension.call(line, &[name], r#"{"events": []}"#).await;
    let id = ending.header("lambda-extension-identifier").to_owned();
    let identifier = ("Lambda-Extension-Identifier", id.as_str());
    extension.send("GET /2020-01-01/extension/event/next", &[identifier], "").await;
    api.requested(2).await;
    assert_eq!(extension.give_up().await, super::wire::Ending::NeverAnswered);
    assert_eq!(api.problems(), [""; 0]);
}

#[tokio::test]
async fn a_function_answers_fails_and_prints() {
    let function = Function::start(SHELL, &[SCRIPT]).await;
    let echo = json!({"do": "echo", "statusCode": 200});
    assert_eq!(function.invoke(&echo).await.status(), 200);
    let failed = function.invoke(&json!({"do": "fail"})).await;
    assert_eq!(failed, Invocation::Error(json!({"errorType": "Told", "errorMessage": "to fail"})));
    let status = std::panic::catch_unwind(|| failed.status());
    assert_contains(&super::message_of(status), "Told");
    assert_eq!(function.log_lines(), [json!({"event": echo}), json!({"event": {"do": "fail"}})]);
    assert_contains(&function.logs(), "}}\nplain words\n");
}

#[tokio::test]
async fn a_function_is_killed_while_it_works() {
    let function = Function::start(SHELL, &[SCRIPT]).await;
    let event = json!({"do": "hang"});
    let (invocation, ()) = tokio::join!(function.invoke(&event), function.kill());
    let Invocation::Error(error) = invocation else {
        panic!("a killed function cannot answer, look at {invocation:?}");
    };
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert_contains(&error.to_string(), "signal: 9");
}

#[tokio::test]
async fn a_function_that_ends_is_told_with_its_log() {
    let message = panic_of(async {
        let function = Function::start(SHELL, &[SCRIPT]).await;
        function.invoke(&json!({"do": "exit"})).await
    });
    let message = message.await;
    assert_contains(&message, "bash ended (exit status: 7) instead of answering");
    assert_contains(&message, "plain words");
    let message = panic_of(Function::start("/bin/sh", &[])).await;
    assert_contains(&message, "sh ended (exit status: 0) before it asked for an event");
    let message = panic_of(Function::start("/no/such/binary", &[])).await;
    assert_contains(&message, "/no/such/binary cannot be run");
}

#[tokio::test]
async fn a_function_that_does_not_start() {
    let env = [SCRIPT, ("NOT_CONFIGURED", "1")];
    let failed: InitError = Function::init_error(SHELL, &env).await;
    assert_eq!(failed.report, Some(json!({"errorType": "NotConfigured"})));
    assert_eq!(failed.exit.code(), Some(3));
    assert_eq!(failed.logs, "not configured\n");

    let message = panic_of(Function::start(SHELL, &[SCRIPT, ("NOT_CONFIGURED", "1")])).await;
    assert_contains(&message, r#"bash failed to start: {"errorType":"NotConfigured"}"#);
    let message = panic_of(Function::init_error(SHELL, &[SCRIPT])).await;
    assert_contains(&message, "bash started, which");
}

#[tokio::test]
async fn the_environment_is_lambdas_and_the_tests() {
    let printed = Function::init_error("/usr/bin/env", &[("SLACK_CHANNEL", "C1")]).await;
    assert_eq!((printed.report, printed.exit.code()), (None, Some(0)));
    let names = printed.logs.lines().map(|line| line.split('=').next().unwrap_or_default());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "AWS_LAMBDA_RUNTIME_API",
            "AWS_REGION",
            "SLACK_CHANNEL",
            "TZ",
        ]
    );
}
