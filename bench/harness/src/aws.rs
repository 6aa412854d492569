//! What every service of AWS checks before it looks at a call, and the shape of its errors.

use crate::fakes::{Ask, Reply};
use crate::faults::Service;
use aws_lc_rs::{digest, hmac};
use serde_json::{Value, json};

pub const KEY_ID: &str = "bench";
pub const SECRET_KEY: &str = "benchSecretAccessKey";
pub const REGION: &str = "ap-northeast-1";

/// One service, as its calls name it.
pub struct Api {
    pub service: Service,
    target: &'static str,
    scope: &'static str,
    content_type: &'static str,
    /// What stands before the code of an error.
    namespace: &'static str,
}

const APIS: [Api; 3] = [
    Api {
        service: Service::Table,
        target: "DynamoDB_20120810",
        scope: "dynamodb",
        content_type: "application/x-amz-json-1.0",
        namespace: "com.amazonaws.dynamodb.v20120810#",
    },
    Api {
        service: Service::Queue,
        target: "AmazonSQS",
        scope: "sqs",
        content_type: "application/x-amz-json-1.0",
        namespace: "com.amazonaws.sqs#",
    },
    Api {
        service: Service::Secrets,
        target: "AmazonSSM",
        scope: "ssm",
        content_type: "application/x-amz-json-1.1",
        namespace: "",
    },
];

/// An error as AWS answers it.
#[derive(Debug)]
pub struct Refusal {
    code: &'static str,
    message: String,
    /// More fields of the answer, as an object.
    fields: Value,
    /// An ordinary answer, such as that of a condition that does not hold. Any other refusal fails the run.
    is_ordinary: bool,
}

impl Refusal {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: json!({}), is_ordinary: false }
    }

    pub fn ordinary(code: &'static str, message: impl Into<String>, fields: Value) -> Self {
        Self { code, message: message.into(), fields, is_ordinary: true }
    }

    #[cfg(test)]
    pub fn fields(&self) -> &Value {
        &self.fields
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// The service and the operation that the call's target names.
pub fn target(ask: &Ask) -> Option<(&'static Api, &str)> {
    let (service, operation) = ask.header("x-amz-target")?.split_once('.')?;
    Some((APIS.iter().find(|api| api.target == service)?, operation))
}

impl Api {
    /// The call's parameters, if the service would look at them.
    pub fn parameters(&self, ask: &Ask) -> Result<Value, Refusal> {
        if ask.method != hyper::Method::POST || ask.path != "/" {
            return Err(Refusal::new("UnknownOperationException", format!("{} {} is no call", ask.method, ask.path)));
        }
        if ask.header("content-type") != Some(self.content_type) {
            let message = format!("the content type is not {}", self.content_type);
            return Err(Refusal::new("SerializationException", message));
        }
        self.check_signature(ask)?;
        match serde_json::from_slice(&ask.body) {
            Ok(Value::Object(parameters)) => Ok(Value::Object(parameters)),
            _ => Err(Refusal::new("SerializationException", "the body is not a JSON object")),
        }
    }

    pub fn reply(&self, operation: &str, answer: Result<Value, Refusal>) -> Reply {
        let refusal = match answer {
            Ok(body) => return Reply::ok(body).content_type(self.content_type),
            Err(refusal) => refusal,
        };
        let mut body = json!({"__type": format!("{}{}", self.namespace, refusal.code), "message": refusal.message});
        for (name, value) in refusal.fields.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let reply = if refusal.is_ordinary {
            Reply::status(400, body)
        } else {
            Reply::refused(400, body, &format!("{} {operation}: {refusal}", self.scope))
        };
        reply.content_type(self.content_type)
    }

    /// Signature Version 4, <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.
    fn check_signature(&self, ask: &Ask) -> Result<(), Refusal> {
        let missing = |what: &str| Refusal::new("MissingAuthenticationTokenException", format!("no {what}"));
        let incomplete = |what: &str| Refusal::new("IncompleteSignatureException", what);
        let header = ask.header("authorization").ok_or_else(|| missing("Authorization header"))?;
        let at = ask.header("x-amz-date").ok_or_else(|| missing("x-amz-date header"))?;
        let parts = header.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(|| incomplete("not AWS4-HMAC-SHA256"))?;
        let part = |name: &str| {
            let found = parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
            found.ok_or_else(|| incomplete(&format!("no {name} in the Authorization header")))
        };
        let (credential, signed_headers, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
        let day = at.get(..8).ok_or_else(|| incomplete("x-amz-date is no date"))?;
        let scope = format!("{day}/{REGION}/{}/aws4_request", self.scope);
        if credential != format!("{KEY_ID}/{scope}") {
            return Err(Refusal::new("InvalidSignatureException", format!("the credential is not {KEY_ID}/{scope}")));
        }
        let mut canonical = format!("{}\n{}\n{}\n", ask.method, ask.path, ask.query_text());
        for name in signed_headers.split(';') {
            let value = ask.header(name).ok_or_else(|| incomplete(&format!("the signed header {name} is missing")))?;
            canonical += &format!("{name}:{}\n", value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        for name in ["host", "x-amz-date"] {
            if !signed_headers.split(';').any(|signed| signed == name) {
                return Err(incomplete(&format!("{name} is not signed")));
            }
        }
        canonical += &format!("\n{signed_headers}\n{}", sha256(&ask.body));
        let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
        for step in [day, REGION, self.scope, "aws4_request", &text] {
            key = sign(&key, step);
        }
        if hex(&key) != signature {
            return Err(Refusal::new("InvalidSignatureException", "the signature does not match the request"));
        }
        Ok(())
    }
}

/// Refuses parameters that are not among `known`: what this fake does not know must not be taken for done.
pub fn only(parameters: &Value, known: &[&str]) -> Result<(), Refusal> {
    let unknown = parameters.as_object().into_iter().flatten().find(|(name, _)| !known.contains(&name.as_str()));
    match unknown {
        Some((name, _)) => Err(Refusal::new("ValidationException", format!("this fake does not know {name} here"))),
        None => Ok(()),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderMap, HeaderName, HeaderValue};

    /// A call as botocore 1.44.8 signs it.
    const CALL: [(&str, &str); 5] = [
        ("host", "127.0.0.1:1"),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", "DynamoDB_20120810.GetItem"),
        ("x-amz-date", "20261127T000000Z"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=bench/20261127/ap-northeast-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=06ac093d319a1ac2a6f2e1e9b06ebd6c0d961fa23bfb440ccc294a4d52758020",
        ),
    ];

    #[test]
    fn a_call_is_read_only_if_it_is_signed() {
        let checked = |name: &'static str, value: Option<&'static str>, body| {
            let mut headers: HeaderMap = CALL
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .into_iter()
                .collect();
            match value {
                Some(value) => headers.insert(name, HeaderValue::from_static(value)),
                None => headers.remove(name),
            };
            let ask = Ask::post(headers, body);
            let (api, _) = target(&ask).expect("a target that is known");
            api.parameters(&ask).map_err(|refusal| refusal.to_string())
        };
        let body = "{\"TableName\": \"t\"}";
        assert_eq!(checked("x-other", Some("not signed"), body), Ok(json!({"TableName": "t"})));
        for (name, value, body, why) in [
            ("authorization", None, body, "MissingAuthenticationToken"),
            ("authorization", Some("Bearer x"), body, "IncompleteSignature"),
            ("x-amz-date", None, body, "no x-amz-date"),
            ("x-amz-date", Some("20261128T000000Z"), body, "the credential is not"),
            ("x-amz-date", Some("20261127T000001Z"), body, "does not match"),
            ("x-other", None, "{}", "does not match"),
            ("content-type", Some("application/json"), body, "content type"),
            ("x-amz-target", Some("AmazonSQS.SendMessage"), body, "the credential is not"),
        ] {
            let refusal = checked(name, value, body).expect_err(why);
            assert!(refusal.contains(why), "{name} {value:?}: {refusal}");
        }
    }
}
