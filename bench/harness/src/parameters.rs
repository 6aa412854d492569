//! The fake Parameter Store, which holds the secrets of a deployed function.

use crate::aws::{Refusal, only};
use serde_json::{Value, json};

pub const PATH: &str = "/bench";

/// Names below the path, and values.
pub struct Parameters(pub Vec<(&'static str, String)>);

impl Parameters {
    pub fn answer(&self, operation: &str, call: &Value) -> Result<Value, Refusal> {
        let refused = |message: &str| Err(Refusal::new("ValidationException", message));
        if operation == "GetParameters" {
            return self.by_name(call);
        }
        if operation != "GetParametersByPath" {
            return Err(Refusal::new("UnknownOperationException", "not an operation of this fake"));
        }
        only(call, &["Path", "WithDecryption", "Recursive", "MaxResults", "NextToken"])?;
        if call["Path"] != PATH || call["WithDecryption"] != true {
            return refused("not the path of the secrets, or not decrypted");
        }
        if call.get("MaxResults").is_some_and(|most| most.as_u64().is_none_or(|most| !(1..=10).contains(&most))) {
            return refused("MaxResults is not 1 to 10");
        }
        if call.get("NextToken").is_some() {
            return Err(Refusal::new("InvalidNextToken", "there is one page only"));
        }
        Ok(json!({"Parameters": self.0.iter().map(parameter).collect::<Vec<_>>()}))
    }

    /// Ten at most, each by its whole name; those that are not there are named.
    fn by_name(&self, call: &Value) -> Result<Value, Refusal> {
        only(call, &["Names", "WithDecryption"])?;
        let names: Vec<_> = call["Names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() || names.len() > 10 || call["WithDecryption"] != true {
            return Err(Refusal::new("ValidationException", "not one to ten names, or not decrypted"));
        }
        let is_asked = |(name, _): &&(&str, String)| names.contains(&format!("{PATH}/{name}").as_str());
        let found: Vec<_> = self.0.iter().filter(is_asked).map(parameter).collect();
        let is_there = |name: &&&str| found.iter().any(|parameter| parameter["Name"] == ***name);
        let missing: Vec<_> = names.iter().filter(|name| !is_there(name)).collect();
        Ok(json!({"Parameters": found, "InvalidParameters": missing}))
    }
}

fn parameter((name, value): &(&'static str, String)) -> Value {
    let name = format!("{PATH}/{name}");
    json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1, "DataType": "text",
        "ARN": format!("arn:aws:ssm:ap-northeast-1:123456789012:parameter{name}"),
        "LastModifiedDate": 1_767_225_600.0})
}
