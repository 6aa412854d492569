//! Secrets from the Parameter Store: read at the start, told from missing ones, and read again once they are replaced.

#[cfg(feature = "aws-tests")]
mod store;

use crate::kit::http::{Reply, Request, Response, Server};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::net::aws::{Aws, Environment};
use toban::net::secret::Secret;
use toban::setup::parameters::{NotRead, Parameters, Secrets};
use toban::setup::renewal::with_secrets;
use tokio::time::Instant;

/// What the worker reads, and four more.
const TWELVE: [&str; 12] =
    ["V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10", "SLACK_BOT_TOKEN", "TYPETALK_TOKEN"];

/// A store that gives these answers one after the other and records the requests.
struct Store {
    server: Server,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Store {
    async fn start(answers: Vec<Reply>) -> Self {
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
        let left = answers.clone();
        let kept = asked.clone();
        let server = Server::start(move |request: Request| {
            assert_eq!(request.header("x-amz-target"), Some("AmazonSSM.GetParameters"));
            kept.lock().expect("not poisoned").push(serde_json::from_slice(&request.body).expect("JSON"));
            let answer = left.lock().expect("not poisoned").pop_front().expect("no more was to be asked");
            async move { answer }
        });
        Self { server: server.await, asked }
    }

    async fn read(&self, variables: &[&'static str]) -> Result<Secrets, NotRead> {
        let environment = Environment {
            region: "ap-northeast-1".into(),
            access_key_id: "test".into(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            endpoint_url: Some(format!("http://{}", self.server.address)),
        };
        let client = Aws::new(environment, toban::net::http::client().expect("a client")).ssm();
        Parameters::new(client, "/toban".into(), variables.to_vec())
            .read(Instant::now() + Duration::from_secs(20))
            .await
    }
}

fn found(names: &[&str]) -> Reply {
    let parameters: Vec<_> = names.iter().map(|name| json!({"Name": name, "Value": format!("of {name}")})).collect();
    Reply::Send(Response::json(200, &json!({"Parameters": parameters, "InvalidParameters": ["/toban/V01"]})))
}

fn refusal(status: u16, code: &str) -> Reply {
    Reply::Send(Response::json(status, &json!({"__type": code, "message": "in AWS's words"})))
}

#[tokio::test]
async fn secrets_are_read_by_their_names_ten_a_call_and_decrypted() {
    let store = Store::start(vec![found(&["/toban/V02", "/other/V03"]), found(&["/toban/SLACK_BOT_TOKEN"])]).await;
    let secrets = store.read(&TWELVE).await.expect("they can be read");
    assert_eq!(secrets.variables().collect::<Vec<_>>(), ["SLACK_BOT_TOKEN", "V02"]);
    assert_eq!(secrets.value("SLACK_BOT_TOKEN"), Some(&Secret::new("of /toban/SLACK_BOT_TOKEN")));
    let call = |variables: &[&str]| {
        let names: Vec<_> = variables.iter().map(|variable| format!("/toban/{variable}")).collect();
        json!({"Names": names, "WithDecryption": true})
    };
    let mut asked = store.asked.lock().expect("not poisoned").clone();
    asked.sort_by_key(|call| std::cmp::Reverse(call["Names"].as_array().map(Vec::len)));
    assert_eq!(asked, [call(&TWELVE[..10]), call(&TWELVE[10..])]);
    assert!(!format!("{secrets:?}").contains("of /toban"), "{secrets:?}");
}

#[tokio::test]
async fn a_call_that_fails_for_a_moment_is_retried() {
    let store = Store::start(vec![
        refusal(500, "InternalServerError"),
        Reply::Reset,
        refusal(400, "ThrottlingException"),
        found(&["/toban/SLACK_BOT_TOKEN"]),
    ])
    .await;
    let secrets = store.read(&["SLACK_BOT_TOKEN"]).await.expect("the fourth try is answered");
    assert_eq!((secrets.variables().count(), store.server.requests()), (1, 4));
}

#[tokio::test]
async fn a_refusal_says_what_the_role_lacks() {
    for (code, calls) in [("AccessDeniedException", 1), ("InvalidKeyId", 1)] {
        let store = Store::start(vec![refusal(400, code)]).await;
        let error = store.read(&["SLACK_BOT_TOKEN"]).await.expect_err("it was refused").to_string();
        assert_eq!(
            error,
            format!(
                "the parameters under /toban cannot be read: {code}. The function's role needs \
                 ssm:GetParameters on each that it reads, whether it is there or not, and kms:Decrypt when they have a key \
                 of their own"
            )
        );
        assert_eq!(store.server.requests(), calls, "{code} is not retried");
    }
}

#[tokio::test]
async fn the_environment_comes_first_and_an_empty_variable_is_not_set() {
    let store = Store::start(vec![found(&["/toban/SET", "/toban/EMPTY", "/toban/NOT_SET"])]).await;
    let secrets = store.read(&["SLACK_BOT_TOKEN"]).await.expect("they can be read");
    let environment = |variable: &str| match variable {
        "SET" => Some("own".to_owned()),
        "EMPTY" => Some(" ".to_owned()),
        _ => None,
    };
    let lookup = with_secrets(environment, secrets);
    for (variable, expected) in [
        ("SET", Some("own")),
        ("EMPTY", Some("of /toban/EMPTY")),
        ("NOT_SET", Some("of /toban/NOT_SET")),
        ("NOWHERE", None),
    ] {
        assert_eq!(lookup(variable).as_deref(), expected, "{variable}");
    }
}
