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
            assert_eq!(request.header("x-amz-target"), Some("AmazonSSM.GetParametersByPath"));
            kept.lock().expect("not poisoned").push(serde_json::from_slice(&request.body).expect("JSON"));
            let answer = left.lock().expect("not poisoned").pop_front().expect("no more was to be asked");
            async move { answer }
        });
        Self { server: server.await, asked }
    }

    async fn read(&self) -> Result<Secrets, NotRead> {
        let environment = Environment {
            region: "ap-northeast-1".into(),
            access_key_id: "test".into(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            endpoint_url: Some(format!("http://{}", self.server.address)),
        };
        let client = Aws::new(environment, toban::net::http::client().expect("a client")).ssm();
        Parameters::new(client, "/toban".into()).read(Instant::now() + Duration::from_secs(20)).await
    }
}

fn page(names: &[&str], next: Option<&str>) -> Reply {
    let parameters: Vec<_> = names.iter().map(|name| json!({"Name": name, "Value": format!("of {name}")})).collect();
    Reply::Send(Response::json(200, &json!({"Parameters": parameters, "NextToken": next})))
}

fn refusal(status: u16, code: &str) -> Reply {
    Reply::Send(Response::json(status, &json!({"__type": code, "message": "in AWS's words"})))
}

#[tokio::test]
async fn all_pages_are_read_decrypted_and_named_by_their_last_part() {
    let store =
        Store::start(vec![page(&["/toban/SLACK_BOT_TOKEN"], Some("more")), page(&["/toban/TYPETALK_TOKEN"], None)])
            .await;
    let secrets = store.read().await.expect("they can be read");
    assert_eq!(secrets.variables().collect::<Vec<_>>(), ["SLACK_BOT_TOKEN", "TYPETALK_TOKEN"]);
    assert_eq!(secrets.value("SLACK_BOT_TOKEN"), Some(&Secret::new("of /toban/SLACK_BOT_TOKEN")));
    let first = json!({"Path": "/toban", "WithDecryption": true});
    let second = json!({"Path": "/toban", "WithDecryption": true, "NextToken": "more"});
    assert_eq!(*store.asked.lock().expect("not poisoned"), [first, second]);
    assert!(!format!("{secrets:?}").contains("of /toban"), "{secrets:?}");
}

#[tokio::test]
async fn a_call_that_fails_for_a_moment_is_retried() {
    let store = Store::start(vec![
        refusal(500, "InternalServerError"),
        Reply::Reset,
        refusal(400, "ThrottlingException"),
        page(&["/toban/SLACK_BOT_TOKEN"], None),
    ])
    .await;
    let secrets = store.read().await.expect("the fourth try is answered");
    assert_eq!((secrets.variables().count(), store.server.requests()), (1, 4));
}

#[tokio::test]
async fn a_refusal_says_what_the_role_lacks() {
    for (code, calls) in [("AccessDeniedException", 1), ("InvalidKeyId", 1)] {
        let store = Store::start(vec![refusal(400, code)]).await;
        let error = store.read().await.expect_err("it was refused").to_string();
        assert_eq!(
            error,
            format!(
                "the parameters under /toban cannot be read: {code}. The function's role needs \
                 ssm:GetParametersByPath on this path, and kms:Decrypt when the parameters have a key of their own"
            )
        );
        assert_eq!(store.server.requests(), calls, "{code} is not retried");
    }
}

#[tokio::test]
async fn the_environment_comes_first_and_an_empty_variable_is_not_set() {
    let store = Store::start(vec![page(&["/toban/SET", "/toban/EMPTY", "/toban/NOT_SET"], None)]).await;
    let secrets = store.read().await.expect("they can be read");
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
