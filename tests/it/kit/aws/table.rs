//! DynamoDB's tables.

use serde_json::{Map, Value, json};

use super::{Aws, Service};

/// What the template puts into the index `by_fingerprint`.
const EARLIER: [&str; 9] =
    ["v", "number", "state", "holders", "by_itself", "has_begun", "created_at", "changed_at", "links"];

/// A table, seen as plain JSON: strings, numbers, booleans, null, lists and objects. A set reads as a list, binary as
/// its base64.
///
/// moto looks at every item for a query, 30 ms for 2,000 of them. Everything else costs the same however many there are.
#[derive(Clone)]
pub struct Table {
    aws: Aws,
    pub name: String,
}

impl Table {
    pub(super) async fn create(aws: &Aws, name: String) -> Self {
        let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
        let string = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
        let attributes = ["pk", "sk", "gsi_pk", "gsi_sk", "fingerprint", "opened_at"];
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes.map(string),
            "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
            "GlobalSecondaryIndexes": [{
                "IndexName": "by_state",
                "KeySchema": [key("gsi_pk", "HASH"), key("gsi_sk", "RANGE")],
                "Projection": {"ProjectionType": "ALL"},
            }, {
                "IndexName": "by_fingerprint",
                "KeySchema": [key("fingerprint", "HASH"), key("opened_at", "RANGE")],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": EARLIER},
            }],
        });
        aws.call(Service::DynamoDb, "CreateTable", &table).await;
        let expiry = json!({
            "TableName": name,
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": true},
        });
        aws.call(Service::DynamoDb, "UpdateTimeToLive", &expiry).await;
        Self { aws: aws.clone(), name }
    }

    /// The table as it is until a deployment of a later version has made the index.
    pub async fn without_index(&self, name: &str) {
        let change = json!({"TableName": self.name, "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]});
        self.aws.call(Service::DynamoDb, "UpdateTable", &change).await;
    }

    /// Every item, in no particular order.
    pub async fn scan_all(&self) -> Vec<Value> {
        let mut items = Vec::new();
        let mut scan = json!({"TableName": self.name, "ConsistentRead": true});
        loop {
            let page = self.aws.call(Service::DynamoDb, "Scan", &scan).await;
            let found = page["Items"].as_array().expect("a scan has items");
            items.extend(found.iter().map(|item| plain(&json!({"M": item}))));
            match page.get("LastEvaluatedKey") {
                Some(key) => scan["ExclusiveStartKey"] = key.clone(),
                None => return items,
            }
        }
    }

    /// Overwrites an item, as an older version or another worker may have.
    pub async fn put(&self, item: &Value) {
        let item = json!({"TableName": self.name, "Item": attribute(item)["M"]});
        self.aws.call(Service::DynamoDb, "PutItem", &item).await;
    }
}

fn plain(attribute: &Value) -> Value {
    let typed = attribute.as_object().and_then(|typed| typed.iter().next());
    let (kind, value) = typed.expect("an attribute's value has a type");
    let each = |read: fn(&Value) -> Value| value.as_array().into_iter().flatten().map(read).collect();
    match kind.as_str() {
        "S" | "B" | "BOOL" => value.clone(),
        "NULL" => Value::Null,
        "N" => number(value),
        "L" => each(plain),
        "SS" | "BS" => value.clone(),
        "NS" => each(number),
        "M" => {
            let fields = value.as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        _ => panic!("DynamoDB has no type {kind}, look at {attribute}"),
    }
}

fn number(digits: &Value) -> Value {
    let digits = digits.as_str().expect("a number is sent as a string");
    serde_json::from_str(digits).expect("a number's digits are JSON's")
}

fn attribute(plain: &Value) -> Value {
    match plain {
        Value::Null => json!({"NULL": true}),
        Value::Bool(value) => json!({"BOOL": value}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), attribute(value)));
            json!({"M": fields.collect::<Map<_, _>>()})
        }
    }
}
