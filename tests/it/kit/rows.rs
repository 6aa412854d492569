//! A DynamoDB table that refuses the actions that a test names: a failing ledger.
//!
//! It knows four actions. Of conditions it knows what the ledger asks for; a query returns all rows of its partition.

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
    /// With what the partitions begin of which no query is answered.
    unreadable: Option<&'static str>,
    /// The sort key of which the next row is not written.
    unwritable: Option<&'static str>,
    delay: Duration,
    /// So many calls are answered at once all the same.
    at_once: usize,
}

impl Rows {
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let served = state.clone();
        let server = Server::start(move |request: Request| {
            let mut state = served.lock().expect("it does not panic");
            let response = state.answer(&request);
            let delay = if state.at_once == 0 { state.delay } else { Duration::ZERO };
            state.at_once = state.at_once.saturating_sub(1);
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

    /// From now on queries of partitions that begin so are refused: `day#`.
    pub fn refuse_queries_of(&self, partition: &'static str) {
        self.state.lock().expect("it does not panic").unreadable = Some(partition);
    }

    /// The next row with this sort key is refused.
    pub fn refuse_next_row(&self, sk: &'static str) {
        self.state.lock().expect("it does not panic").unwritable = Some(sk);
    }

    /// From now on every answer takes so long.
    pub fn slow(&self, delay: Duration) {
        self.slow_after(0, delay);
    }

    /// The same after so many more calls.
    pub fn slow_after(&self, calls: usize, delay: Duration) {
        let mut state = self.state.lock().expect("it does not panic");
        (state.at_once, state.delay) = (calls, delay);
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
        if action == Some("PutItem") && self.unwritable.is_some_and(|sk| asked["Item"]["sk"]["S"] == sk) {
            self.unwritable = None;
            return refusal(json!({"__type": "com.amazon.coral.service#AccessDeniedException"}));
        }
        match action {
            Some("GetItem") => Response::json(200, &self.rows.get(&key(&asked["Key"])).map_or(json!({}), item)),
            Some("PutItem") => self.put(&asked),
            Some("TransactWriteItems") => self.put_all(&asked),
            Some("Query") => {
                let partition = match asked["IndexName"].as_str() {
                    Some("by_fingerprint") => "fingerprint",
                    Some(_) => "gsi_pk",
                    None => "pk",
                };
                let value = &asked["ExpressionAttributeValues"][":pk"];
                let begins = |with: &str| value["S"].as_str().is_some_and(|text| text.starts_with(with));
                if self.unreadable.is_some_and(begins) {
                    return refusal(json!({"__type": "com.amazon.coral.service#AccessDeniedException"}));
                }
                let is_asked_for = |row: &&Value| value.is_object() && &row[partition] == value;
                let found: Vec<_> = self.rows.values().filter(is_asked_for).collect();
                Response::json(200, &json!({"Items": found, "Count": found.len(), "ScannedCount": found.len()}))
            }
            _ => refusal(json!({"__type": "com.amazon.coral.service#UnknownOperationException"})),
        }
    }

    fn put(&mut self, put: &Value) -> Response {
        let key = key(&put["Item"]);
        let row = self.rows.get(&key);
        if !holds(put, row) {
            return refusal(json!({
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "The conditional request failed", "Item": row,
            }));
        }
        self.rows.insert(key, put["Item"].clone());
        Response::json(200, &json!({}))
    }

    fn put_all(&mut self, asked: &Value) -> Response {
        let puts: Vec<_> = asked["TransactItems"].as_array().into_iter().flatten().map(|item| &item["Put"]).collect();
        let row = |put: &Value| self.rows.get(&key(&put["Item"]));
        if puts.iter().any(|put| !holds(put, row(put))) {
            let reason = |put: &&Value| match row(put) {
                row if holds(put, row) => json!({"Code": "None"}),
                row => json!({"Code": "ConditionalCheckFailed", "Message": "refused", "Item": row}),
            };
            return refusal(json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "message": "Transaction cancelled", "CancellationReasons": puts.iter().map(reason).collect::<Vec<_>>(),
            }));
        }
        for put in puts {
            self.rows.insert(key(&put["Item"]), put["Item"].clone());
        }
        Response::json(200, &json!({}))
    }
}

/// Whether the condition of a put holds of the row that is there.
fn holds(put: &Value, row: Option<&Value>) -> bool {
    let Some(text) = put["ConditionExpression"].as_str() else { return true };
    let all = |text: &str| text.split(" AND ").all(|test| holds_one(test, put, row));
    match text.strip_prefix("NOT (").and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => !all(inner),
        None => all(text),
    }
}

fn holds_one(test: &str, put: &Value, row: Option<&Value>) -> bool {
    let value = |name: &str| {
        let name = put["ExpressionAttributeNames"][name].as_str().unwrap_or_else(|| panic!("{name} is not defined"));
        row.and_then(|row| row.get(name))
    };
    let inside = |function: &str| test.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(name) = inside("attribute_exists") {
        return value(name).is_some();
    }
    if let Some(name) = inside("attribute_not_exists") {
        return value(name).is_none();
    }
    if let Some((name, kind)) = inside("attribute_type").and_then(|inside| inside.split_once(", ")) {
        let kind = put["ExpressionAttributeValues"][kind]["S"].as_str().unwrap_or_default();
        return value(name).is_some_and(|value| value.get(kind).is_some());
    }
    let [name, sign, wanted] = test.split(' ').collect::<Vec<_>>()[..] else { panic!("{test} is not known") };
    let wanted = &put["ExpressionAttributeValues"][wanted];
    let number = |value: &Value| value["N"].as_str().and_then(|digits| digits.parse::<i64>().ok());
    let Some(found) = value(name) else { return false };
    match sign {
        "=" => found == wanted,
        ">=" => number(found) >= number(wanted) && found["S"].as_str() >= wanted["S"].as_str(),
        "<=" => number(found) <= number(wanted) && found["S"].as_str() <= wanted["S"].as_str(),
        _ => panic!("{test} is not known"),
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
