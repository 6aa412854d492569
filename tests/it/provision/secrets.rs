//! Where a new signing secret goes: once to the screen, or into the Parameter Store and nowhere else.

use super::Fixture;
use crate::kit::PagerDuty;
use crate::kit::http::{Reply, Request, Response, Server};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const NAME: &str = "/toban/PAGERDUTY_WEBHOOK_SECRETS";
const SECRET: &str = "signing-secret-of-PSUB0025==";

/// A Parameter Store with PagerDuty's API key and at most one more parameter.
struct Store {
    server: Server,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    /// Its value and encryption key.
    parameter: Option<(String, String)>,
    /// The action that is refused.
    refused: Option<&'static str>,
    puts: Vec<Value>,
}

impl Store {
    async fn start(parameter: Option<(&str, &str)>, refused: Option<&'static str>) -> Self {
        let parameter = parameter.map(|(value, key)| (value.to_owned(), key.to_owned()));
        let held = Arc::new(Mutex::new(Held { parameter, refused, ..Held::default() }));
        let served = held.clone();
        let server = Server::start(move |request: Request| {
            std::future::ready(Reply::Send(served.lock().expect("not poisoned").answer(&request)))
        });
        Self { server: server.await, held }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PARAMETERS_PATH", "/toban".into()),
            ("PAGERDUTY_API_KEY", String::new()),
            ("AWS_REGION", "ap-northeast-1".into()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_ENDPOINT_URL_SSM", format!("http://{}", self.server.address)),
        ]
    }

    fn puts(&self) -> Vec<Value> {
        self.held.lock().expect("not poisoned").puts.clone()
    }
}

impl Held {
    fn answer(&mut self, request: &Request) -> Response {
        let action = request.header("x-amz-target").unwrap_or_default().trim_start_matches("AmazonSSM.").to_owned();
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        if self.refused == Some(action.as_str()) {
            let why = json!({"__type": "AccessDeniedException", "message": format!("not authorized to perform: ssm:{action}")});
            return Response::json(400, &why);
        }
        let there = self.parameter.clone();
        match action.as_str() {
            "GetParameters" => {
                let key = json!({"Name": "/toban/PAGERDUTY_API_KEY", "Value": PagerDuty::KEY});
                let secrets = there.map(|(value, _)| json!({"Name": NAME, "Value": value}));
                let all: Vec<_> = [Some(key), secrets].into_iter().flatten().collect();
                Response::json(200, &json!({"Parameters": all}))
            }
            "GetParameter" => {
                assert_eq!(body, json!({"Name": NAME, "WithDecryption": true}));
                match there {
                    Some((value, _)) => Response::json(200, &json!({"Parameter": {"Name": NAME, "Value": value}})),
                    None => {
                        Response::json(400, &json!({"__type": "ParameterNotFound", "message": "no such parameter"}))
                    }
                }
            }
            "DescribeParameters" => {
                assert_eq!(body["ParameterFilters"], json!([{"Key": "Name", "Option": "Equals", "Values": [NAME]}]));
                let key = there.map(|(_, key)| key);
                Response::json(200, &json!({"Parameters": [{"Name": NAME, "KeyId": key}]}))
            }
            "PutParameter" => {
                self.puts.push(body.clone());
                self.parameter = Some((body["Value"].as_str().unwrap_or_default().to_owned(), String::new()));
                Response::json(200, &json!({"Version": 1, "Tier": "Standard"}))
            }
            other => panic!("{other} is not for this command"),
        }
    }
}

async fn apply(fixture: &Fixture, store: &Store) -> super::Ran {
    apply_in("en", fixture, store).await
}

async fn apply_in(language: &str, fixture: &Fixture, store: &Store) -> super::Ran {
    let variables = store.variables();
    let variables = variables.iter().map(|(name, value)| (*name, value.as_str()));
    let variables: Vec<_> = variables.chain([("MESSAGE_LANGUAGE", language)]).collect();
    fixture.run(&["apply", "--yes", "--store-secret"], &variables).await
}

#[tokio::test]
async fn a_stored_secret_is_added_to_the_existing_ones_and_shown_nowhere() {
    for (there, expected) in [
        (None, json!({"Name": NAME, "Type": "SecureString", "Overwrite": false, "Value": SECRET})),
        (
            Some(("old-secret-1, old-secret-2", "alias/teams-own")),
            json!({
                "Name": NAME, "Type": "SecureString", "Overwrite": true, "KeyId": "alias/teams-own",
                "Value": format!("old-secret-1,old-secret-2,{SECRET}"),
            }),
        ),
    ] {
        let fixture = Fixture::start().await;
        let store = Store::start(there, None).await;
        let ran = apply(&fixture, &store).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(store.puts(), [expected]);
        let expected = "(PPOLICY0022)\n✓ signing secret added to the parameter PAGERDUTY_WEBHOOK_SECRETS\n✓ webhook subscription to ";
        assert!(ran.out.contains(expected), "{}", ran.out);
        assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
        let again = apply(&fixture, &store).await;
        assert!(again.out.ends_with("\nnothing to do\n") && store.puts().len() == 1, "{again:?}");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_stored_is_shown_and_the_rest_is_done() {
    for (refused, there) in [
        ("GetParameter", None),
        ("PutParameter", None),
        ("DescribeParameters", Some(("old-secret-1", "alias/teams-own"))),
    ] {
        let fixture = Fixture::start().await;
        let store = Store::start(there, Some(refused)).await;
        let ran = apply(&fixture, &store).await;
        let expected = format!(
            "✗ the parameter {NAME} cannot be written: ssm:{refused}: AccessDeniedException. The \
             signing secret, shown only this once; add it to PAGERDUTY_WEBHOOK_SECRETS yourself, after a comma if there is another \
             one:\n\n      {SECRET}\n\n"
        );
        assert!(ran.out.contains(&expected), "{}", ran.out);
        assert!(ran.out.ends_with("\ndone, except that the secret is not stored: store it yourself\n"), "{}", ran.out);
        assert_eq!((ran.code, store.puts().len()), (Some(1), 0));
        let plan = fixture.plan().await;
        assert!(plan.out.ends_with("\nnothing to do\n"), "{}", plan.out);
    }
}

#[tokio::test]
async fn where_a_secret_went_is_said_in_japanese_too() {
    let store = Store::start(None, None).await;
    let ran = apply_in("ja", &Fixture::start().await, &store).await;
    let stored = "\n✓ 署名の鍵を、パラメータ PAGERDUTY_WEBHOOK_SECRETS に加えました\n✓ https://relay";
    assert!(ran.code == Some(0) && ran.out.contains(stored) && ran.out.ends_with("\n完了しました\n"), "{}", ran.out);
    let store = Store::start(None, Some("PutParameter")).await;
    let ran = apply_in("ja", &Fixture::start().await, &store).await;
    let shown = format!(
        "\n✗ パラメータ {NAME} に書き込めません: ssm:PutParameter: AccessDeniedException。署名の鍵です。表示するのはこの一度だけです。\
         ご自分で PAGERDUTY_WEBHOOK_SECRETS に加えてください (すでにあれば、コンマの後に):\n\n      {SECRET}\n\n"
    );
    assert!(ran.out.contains(&shown), "{}", ran.out);
    let end = "\n完了しましたが、署名の鍵は保存されていません。ご自分で保存してください\n";
    assert!(ran.code == Some(1) && ran.out.ends_with(end), "{}", ran.out);
}

#[tokio::test]
async fn store_secret_without_a_path_fails_before_anything_is_created() {
    let fixture = Fixture::start().await;
    let before = fixture.pagerduty.snapshot();
    let ran = fixture.run(&["apply", "--yes", "--store-secret"], &[]).await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.err,
        "toban: --store-secret needs PARAMETERS_PATH, for example PARAMETERS_PATH=/toban, with AWS_REGION and credentials\n"
    );
    assert_eq!(fixture.pagerduty.snapshot(), before);
}
