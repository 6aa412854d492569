//! The events that AWS makes of an HTTP request, whole: every field that AWS sends is there.
//!
//! A path may carry a query. A body is a string, or base64 when it is not UTF-8. `Content-Type` and `User-Agent` are
//! PagerDuty's unless given. Every event is a `POST` on the default stage: see [`with_method`] and [`in_stage`].

mod pairs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::{Map, Value, json};

use pairs::{SOURCE_IP, arrived, grouped, joined, pairs, value};

const ACCOUNT: &str = "123456789012";

/// An HTTP API's event, payload version 2.0.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
pub fn api_gateway_v2(path: &str, headers: &[(&str, &str)], body: &[u8], time_epoch_ms: i64) -> Value {
    let host = "a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com";
    version_2(host, ACCOUNT, path, headers, body, time_epoch_ms)
}

/// The same, with a body in base64 whatever is in it.
pub fn api_gateway_v2_base64(path: &str, headers: &[(&str, &str)], body: &[u8], time_epoch_ms: i64) -> Value {
    let mut event = api_gateway_v2(path, headers, body, time_epoch_ms);
    event["body"] = STANDARD.encode(body).into();
    event["isBase64Encoded"] = true.into();
    event
}

/// A function URL's event: version 2.0, too, but with an anonymous account and another domain.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
pub fn function_url(path: &str, headers: &[(&str, &str)], body: &[u8], time_epoch_ms: i64) -> Value {
    let host = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.ap-northeast-1.on.aws";
    let mut event = version_2(host, "anonymous", path, headers, body, time_epoch_ms);
    event["headers"]["x-amzn-tls-version"] = "TLSv1.3".into();
    event["headers"]["x-amzn-tls-cipher-suite"] = "TLS_AES_128_GCM_SHA256".into();
    event["requestContext"]["requestId"] = "e1506fd5-9e7b-434f-bd42-4f8fa224b599".into();
    event
}

/// A REST API's event (Lambda proxy integration, version 1.0) on the stage `prod`, which is not part of `path`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
pub fn api_gateway_v1(path: &str, headers: &[(&str, &str)], body: &[u8], time_epoch_ms: i64) -> Value {
    let host = "f6g7h8i9j0.execute-api.ap-northeast-1.amazonaws.com";
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let headers = arrived(headers, host, body, time_epoch_ms);
    let single = headers.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    let pairs = pairs(query);
    let parameters = pairs.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    let (text, encoded) = encoded(body);
    json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "POST",
        "headers": single.collect::<Map<_, _>>(),
        "multiValueHeaders": grouped(&headers),
        "queryStringParameters": or_null(parameters.collect()),
        "multiValueQueryStringParameters": or_null(grouped(&pairs)),
        "pathParameters": {"proxy": path.trim_start_matches('/')},
        "stageVariables": null,
        "requestContext": {
            "resourceId": "dm595m",
            "resourcePath": "/{proxy+}",
            "httpMethod": "POST",
            "extendedRequestId": "LiaEkHIfoAMFnMQ=",
            "requestTime": clf(time_epoch_ms),
            "path": format!("/prod{path}"),
            "accountId": ACCOUNT,
            "protocol": "HTTP/1.1",
            "stage": "prod",
            "domainPrefix": prefix(host),
            "requestTimeEpoch": time_epoch_ms,
            "requestId": "c0653d32-0847-42f2-beac-bfe0c9d37388",
            "identity": {
                "cognitoIdentityPoolId": null,
                "accountId": null,
                "cognitoIdentityId": null,
                "caller": null,
                "sourceIp": SOURCE_IP,
                "principalOrgId": null,
                "accessKey": null,
                "cognitoAuthenticationType": null,
                "cognitoAuthenticationProvider": null,
                "userArn": null,
                "userAgent": value(&headers, "user-agent"),
                "user": null,
            },
            "domainName": host,
            "deploymentId": "k1l2m3",
            "apiId": prefix(host),
        },
        "body": or_null_text(text),
        "isBase64Encoded": encoded,
    })
}

/// The event of another method.
pub fn with_method(mut event: Value, method: &str) -> Value {
    if event.get("httpMethod").is_some() {
        event["httpMethod"] = method.into();
        event["requestContext"]["httpMethod"] = method.into();
    } else {
        event["requestContext"]["http"]["method"] = method.into();
    }
    event
}

/// A version 2.0 event of a named stage: its paths begin with the stage.
pub fn in_stage(mut event: Value, stage: &str) -> Value {
    let path = event["rawPath"].as_str().expect("an event of version 2.0 has a rawPath");
    let path = format!("/{stage}{path}");
    event["requestContext"]["http"]["path"] = path.clone().into();
    event["rawPath"] = path.into();
    event["requestContext"]["stage"] = stage.into();
    event
}

fn version_2(
    host: &str,
    account: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    time_epoch_ms: i64,
) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut headers = arrived(headers, host, body, time_epoch_ms);
    for (name, _) in &mut headers {
        name.make_ascii_lowercase();
    }
    let (text, encoded) = encoded(body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": joined(&headers),
        "requestContext": {
            "accountId": account,
            "apiId": prefix(host),
            "domainName": host,
            "domainPrefix": prefix(host),
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE_IP,
                "userAgent": value(&headers, "user-agent"),
            },
            "requestId": "LV7fzho-PHcEJPw=",
            "routeKey": "$default",
            "stage": "$default",
            "time": clf(time_epoch_ms),
            "timeEpoch": time_epoch_ms,
        },
        "isBase64Encoded": encoded,
    });
    if !query.is_empty() {
        event["queryStringParameters"] = joined(&pairs(query));
    }
    if !text.is_empty() {
        event["body"] = text.into();
    }
    event
}

fn encoded(body: &[u8]) -> (String, bool) {
    match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    }
}

fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

fn or_null_text(text: String) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

fn prefix(host: &str) -> &str {
    host.split('.').next().unwrap_or_default()
}

/// Common log format, to the second, as `24/Nov/2026:02:02:00 +0000`.
fn clf(time_epoch_ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(time_epoch_ms);
    let time = time.expect("tests take place in years that a calendar has");
    time.format("%d/%b/%Y:%H:%M:%S +0000").to_string()
}
