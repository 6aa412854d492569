use serde_json::{Value, json};

use crate::kit::events::{api_gateway_v1, api_gateway_v2, api_gateway_v2_base64, function_url, in_stage, with_method};

const TIME: i64 = 1_795_485_720_345;
const HEADERS: &[(&str, &str)] =
    &[("X-PagerDuty-Signature", "v1=aa,v1=bb"), ("X-Webhook-Id", "1"), ("X-Webhook-Id", "2")];

/// The values at these JSON pointers.
#[track_caller]
fn check(event: &Value, expected: &[(&str, Value)]) {
    for (pointer, value) in expected {
        let found = event.pointer(pointer);
        assert_eq!(found, Some(value), "at {pointer} in {event:#}");
    }
}

#[test]
fn version_2_has_lower_case_names_and_joined_values() {
    let event = api_gateway_v2("/pagerduty?a=1&a=2", HEADERS, b"{}", TIME);
    check(
        &event,
        &[
            ("/version", json!("2.0")),
            ("/rawPath", json!("/pagerduty")),
            ("/rawQueryString", json!("a=1&a=2")),
            ("/queryStringParameters/a", json!("1,2")),
            ("/headers/x-pagerduty-signature", json!("v1=aa,v1=bb")),
            ("/headers/x-webhook-id", json!("1,2")),
            ("/headers/content-type", json!("application/json")),
            ("/headers/content-length", json!("2")),
            ("/requestContext/http/method", json!("POST")),
            ("/requestContext/http/path", json!("/pagerduty")),
            ("/requestContext/http/userAgent", json!("PagerDuty-Webhook/V3.0")),
            ("/requestContext/stage", json!("$default")),
            ("/requestContext/time", json!("24/Nov/2026:02:02:00 +0000")),
            ("/requestContext/timeEpoch", json!(TIME)),
            ("/body", json!("{}")),
            ("/isBase64Encoded", json!(false)),
        ],
    );
    let staged = in_stage(with_method(event, "GET"), "prod");
    check(
        &staged,
        &[
            ("/requestContext/http/method", json!("GET")),
            ("/rawPath", json!("/prod/pagerduty")),
            ("/requestContext/http/path", json!("/prod/pagerduty")),
            ("/requestContext/stage", json!("prod")),
        ],
    );
}

#[test]
fn bodies_are_text_or_base64_or_absent() {
    let bytes = api_gateway_v2("/", &[], b"\xff", TIME);
    check(&bytes, &[("/body", json!("/w==")), ("/isBase64Encoded", json!(true))]);
    let text = api_gateway_v2_base64("/", &[], b"{}", TIME);
    check(&text, &[("/body", json!("e30=")), ("/isBase64Encoded", json!(true))]);
    assert_eq!(api_gateway_v2("/", &[], b"", TIME).get("body"), None);
    check(&api_gateway_v1("/", &[], b"", TIME), &[("/body", Value::Null)]);
}

#[test]
fn version_1_keeps_names_and_lists_values() {
    let event = api_gateway_v1("/pagerduty?a=1&a=2", HEADERS, b"{}", TIME);
    check(
        &with_method(event, "PUT"),
        &[
            ("/resource", json!("/{proxy+}")),
            ("/path", json!("/pagerduty")),
            ("/httpMethod", json!("PUT")),
            ("/headers/X-PagerDuty-Signature", json!("v1=aa,v1=bb")),
            ("/headers/X-Webhook-Id", json!("2")),
            ("/multiValueHeaders/X-Webhook-Id", json!(["1", "2"])),
            ("/queryStringParameters", json!({"a": "2"})),
            ("/multiValueQueryStringParameters", json!({"a": ["1", "2"]})),
            ("/pathParameters", json!({"proxy": "pagerduty"})),
            ("/requestContext/httpMethod", json!("PUT")),
            ("/requestContext/stage", json!("prod")),
            ("/requestContext/path", json!("/prod/pagerduty")),
            ("/requestContext/requestTime", json!("24/Nov/2026:02:02:00 +0000")),
            ("/requestContext/requestTimeEpoch", json!(TIME)),
            ("/body", json!("{}")),
            ("/isBase64Encoded", json!(false)),
        ],
    );
}

#[test]
fn a_function_url_has_a_domain_of_its_own_and_nobodys_account() {
    let event = function_url("/pagerduty", &[("User-Agent", "curl/8")], b"{}", TIME);
    let host = event["requestContext"]["domainName"].clone();
    assert!(host.as_str().is_some_and(|host| host.ends_with(".on.aws")), "look at {host}");
    check(
        &event,
        &[
            ("/version", json!("2.0")),
            ("/headers/host", host),
            ("/headers/user-agent", json!("curl/8")),
            ("/requestContext/http/userAgent", json!("curl/8")),
            ("/requestContext/accountId", json!("anonymous")),
        ],
    );
}
