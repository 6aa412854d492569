//! The fake Parameter Store, which holds the secrets of a deployed function.

use crate::aws::{Refusal, only};
use serde_json::{Value, json};

pub const PATH: &str = "/bench";

/// Names below the path, and values.
pub struct Parameters(pub Vec<(&'static str, String)>);

impl Parameters {
    pub fn answer(&self, operation: &str, call: &Value) -> Result<Value, Refusal> {
        let refused = |message: &str| Err(Refusal::new("ValidationException", message));
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
        let parameter = |(name, value): &(&str, String)| {
            let name = format!("{PATH}/{name}");
            json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1, "DataType": "text",
                "ARN": format!("arn:aws:ssm:ap-northeast-1:123456789012:parameter{name}"),
                "LastModifiedDate": 1_767_225_600.0})
        };
        Ok(json!({"Parameters": self.0.iter().map(parameter).collect::<Vec<_>>()}))
    }
}
