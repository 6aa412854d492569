//! A DynamoDB table that refuses the actions that a test names: a failing ledger.
//!
//! It knows three actions. Of conditions it knows only that a row must not exist; a query returns all rows of its
//! partition.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Reply, Request, Response, Server};

/// The table.
pub struct Rows {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    rows: BTreeMap<(String, String), Value>,
    refused: Vec<&'static str>,
    delay: Duration,
}

impl Rows {
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let served = state.clone();
        let server = Server::start(move |request: Request| {
            let mut state = served.lock().expect("it does not panic");
            let (response, delay) = (state.answer(&request), state.delay);
            async move {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                Reply::Send(response)
            }
        })
        .await;
        Self { server, state }
    }

    /// From now on these actions are refused: `GetItem`.
    pub fn refuse(&self, actions: &[&'static str]) {
        self.state.lock().expect("it does not panic").refused = actions.to_vec();
    }

    /// From now on every answer takes so long.
    pub fn slow(&self, delay: Duration) {
        self.state.lock().expect("it does not panic").delay = delay;
    }

    /// Instead of DynamoDB's `https://dynamodb.REGION.amazonaws.com`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Response {
        let action = request.header("x-amz-target").and_then(|target| target.strip_prefix("DynamoDB_20120810."));
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if action.is_some_and(|action| self.refused.contains(&action)) {
            return refusal(json!({"__type": "com.amazon.coral.service#AccessDeniedException"}));
        }
        match action {
            Some("GetItem") => Response::json(200, &self.rows.get(&key(&asked["Key"])).map_or(json!({}), item)),
            Some("PutItem") => self.put(&asked),
            Some("Query") => {
                let (partition, name) =
                    if asked["IndexName"].is_string() { ("gsi_pk", ":open") } else { ("pk", ":day") };
                let value = &asked["ExpressionAttributeValues"][name];
                let is_asked_for = |row: &&Value| value.is_object() && &row[partition] == value;
                let found: Vec<_> = self.rows.values().filter(is_asked_for).collect();
                Response::json(200, &json!({"Items": found, "Count": found.len(), "ScannedCount": found.len()}))
            }
            _ => refusal(json!({"__type": "com.amazon.coral.service#UnknownOperationException"})),
        }
    }

    fn put(&mut self, asked: &Value) -> Response {
        let key = key(&asked["Item"]);
        let has_to_be_absent = asked["ConditionExpression"] == "attribute_not_exists(#pk)";
        match self.rows.get(&key) {
            Some(row) if has_to_be_absent => refusal(json!({
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "The conditional request failed", "Item": row,
            })),
            _ => {
                self.rows.insert(key, asked["Item"].clone());
                Response::json(200, &json!({}))
            }
        }
    }
}

fn item(row: &Value) -> Value {
    json!({"Item": row})
}

fn key(item: &Value) -> (String, String) {
    let text =
        |name: &str| item[name]["S"].as_str().unwrap_or_else(|| panic!("a key without {name}: {item}")).to_owned();
    (text("pk"), text("sk"))
}

fn refusal(error: Value) -> Response {
    Response::json(400, &error)
}
