//! Answers of a server that quotes what it was asked: as a broken proxy does, a debug page, an API that changes its shape.

use crate::kit::http::{Reply, Request};
use serde_json::{Value, json};

/// In every answer. It looks like a token.
pub const CANARY: &str = "s3cret-canary+in/the=answer-0123456789";

/// What there is to quote of a request.
pub struct Echo {
    /// The canary and all of the request, on one line of ASCII, so that it may stand in a header.
    all: String,
    /// The credentials alone: a token, or the path, which may be a secret.
    credentials: String,
}

impl Echo {
    pub fn of(request: &Request) -> Self {
        let headers = request.headers().iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>();
        let body = String::from_utf8_lossy(&request.body);
        let all = format!("{CANARY} {} {} {} {body}", request.method, request.target, headers.join(", "));
        let all =
            all.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() { c } else { '?' }).take(8_000).collect();
        let names = ["authorization", "x-typetalk-token", "x-api-key"];
        let header = names.iter().find_map(|name| request.header(name));
        let token = header.and_then(|value| value.rsplit([' ', '=']).next());
        Self { all, credentials: token.unwrap_or(&request.target).to_owned() }
    }
}

/// An answer.
pub struct Form {
    pub name: &'static str,
    pub answer: fn(&Echo) -> Reply,
}

const fn form(name: &'static str, answer: fn(&Echo) -> Reply) -> Form {
    Form { name, answer }
}

pub const FORMS: [Form; 38] = [
    form("a reason", |echo| http(&format!("500 {}", echo.all), "text/plain", "")),
    form("headers", |echo| raw(head("403 Forbidden", &headers(&echo.all)), echo.all.as_bytes())),
    form("headers that end in a 503", |echo| raw(head("503 Busy", &headers(&echo.all)), b"")),
    form("a page", |echo| http("502 Bad Gateway", "text/html", &format!("<html><pre>{}</pre></html>", echo.all))),
    form("200 and words", |echo| http("200 OK", "text/plain", &echo.all)),
    form("400 and words", |echo| http("400 Bad Request", "text/plain", &echo.all)),
    form("400 and the token", |echo| http("400 Bad Request", "text/plain", &echo.credentials)),
    form("401 and words", |echo| http("401 Unauthorized", "text/plain", &echo.all)),
    form("404 and words", |echo| http("404 Not Found", "text/plain", &echo.all)),
    form("a code", |echo| json_of("200 OK", &code(&echo.all))),
    form("the canary as a code", |_| json_of("200 OK", &code(CANARY))),
    form("the token as a code", |echo| json_of("200 OK", &code(&echo.credentials))),
    form("400 and a code", |echo| json_of("400 Bad Request", &code(&echo.all))),
    form("400 and the canary as a code", |_| json_of("400 Bad Request", &code(CANARY))),
    form("400 and the token as a code", |echo| json_of("400 Bad Request", &code(&echo.credentials))),
    form("500 and a code", |echo| json_of("500 Internal Server Error", &code(&echo.all))),
    form("400 and an error", |echo| json_of("400 Bad Request", &error(400, &echo.all))),
    form("400 and the token in an error", |echo| json_of("400 Bad Request", &error(400, &echo.credentials))),
    form("401 and an error", |echo| json_of("401 Unauthorized", &error(401, &echo.all))),
    form("403 and an error", |echo| json_of("403 Forbidden", &error(403, &echo.all))),
    form("409 and an error", |echo| json_of("409 Conflict", &error(409, &echo.all))),
    form("a cancelled transaction", |echo| json_of("400 Bad Request", &cancelled(&echo.all))),
    form("other types", |echo| json_of("200 OK", &text_everywhere(&echo.all))),
    form("other types in lists", |echo| json_of("200 OK", &texts_in_lists(&echo.all))),
    form("keys", |echo| json_of("200 OK", &json!({&echo.all: {CANARY: [1]}}))),
    form("a text", |echo| json_of("200 OK", &json!(echo.all))),
    form("success", |echo| json_of("200 OK", &success(&echo.all))),
    form("success on two lines", |echo| json_of("200 OK", &success(&format!("{CANARY}\n{}", echo.all)))),
    form("gzip that is none", |echo| {
        raw(head("200 OK", &[("Content-Encoding", "gzip"), ("Content-Type", "application/json")]), echo.all.as_bytes())
    }),
    form("5 MiB", |echo| {
        let text = echo.all.replace(['"', '\\'], "?").repeat(5 * 1024 * 1024 / echo.all.len());
        http("200 OK", "application/json", &format!("{{\"ok\": false, \"error\": \"{text}\"}}"))
    }),
    form("half of a JSON", |echo| {
        let whole = success(&echo.all).to_string();
        http("200 OK", "application/json", &whole[..whole.len() / 2])
    }),
    form("no UTF-8", |echo| {
        raw(
            head("200 OK", &[("Content-Type", "application/json")]),
            &[b"{\"error\": \"\xFF", echo.all.as_bytes()].concat(),
        )
    }),
    form("nothing", |_| http("200 OK", "application/json", "")),
    form("a redirect", |echo| {
        let place = format!("/{}", echo.all.replace(' ', "/"));
        raw(head("301 Moved", &[("Location", &place)]), echo.all.as_bytes())
    }),
    form("half of a chunk", |echo| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n";
        Reply::Raw(format!("{head}{}", echo.all).into_bytes())
    }),
    form("a reset", |echo| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n";
        Reply::RawAndReset(format!("{head}{}", echo.all).into_bytes())
    }),
    form("a pause", |echo| {
        let mut headers = headers(&echo.all);
        headers.retain(|(name, _)| !["Retry-After", "RateLimit-Reset"].contains(name));
        headers.push(("Retry-After", "3600"));
        raw(head("429 Too Many Requests", &headers), echo.all.as_bytes())
    }),
    form("no HTTP", |echo| Reply::Raw(format!("{}\r\n\r\n", echo.all).into_bytes())),
];

fn http(status: &str, content_type: &str, body: &str) -> Reply {
    raw(head(status, &[("Content-Type", content_type)]), body.as_bytes())
}

fn json_of(status: &str, body: &Value) -> Reply {
    http(status, "application/json", &body.to_string())
}

fn head(status: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    head
}

fn raw(head: String, body: &[u8]) -> Reply {
    let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    Reply::Raw([head.as_bytes(), body].concat())
}

/// Every header that a client may look at.
fn headers(text: &str) -> Vec<(&'static str, &str)> {
    ["Retry-After", "Location", "Content-Type", "WWW-Authenticate", "Date", "Server", "Set-Cookie", "RateLimit-Reset"]
        .into_iter()
        .chain(["x-amzn-RequestId", "x-amzn-ErrorType", "x-amzn-query-error", "x-amz-retry-after", "X-Slack-Req-Id"])
        .map(|name| (name, text))
        .collect()
}

/// An error whose code is this, in the shape of each API.
fn code(text: &str) -> Value {
    json!({
        "ok": false, "error": text, "error_description": text, "message": text, "id": text, "code": text,
        "__type": format!("com.amazonaws#{text}"), "errors": [text],
        "Failed": [{"Id": "0", "Code": text, "Message": text, "SenderFault": true}], "Successful": [],
    })
}

/// The same as Google and PagerDuty have it.
fn error(code: u16, text: &str) -> Value {
    let reasons = json!([{"reason": text}]);
    let message = format!("{text}. Unable to parse range: {text}");
    json!({"error": {"code": code, "status": text, "message": message, "errors": [text], "details": reasons}})
}

fn cancelled(text: &str) -> Value {
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": text,
        "CancellationReasons": [{"Code": text, "Message": text}, {"Code": CANARY}],
    })
}

/// A text where each API has something else.
fn text_everywhere(text: &str) -> Value {
    json!({
        "ok": text, "ts": {text: text}, "post": {"id": text}, "topic": text, "access_token": {text: 1}, "expires_in": text,
        "error": {"code": text, "message": {text: 1}}, "monitors": text, "notificationGroups": text, "incidents": text,
        "users": text, "services": text, "schedules": text, "escalation_policies": text, "webhook_subscriptions": text,
        "extensions": text, "oncalls": text, "service": text, "user": text, "schedule": text, "overrides": text,
        "Parameters": text, "Item": text, "Items": text, "Successful": text, "Failed": text, "valueRanges": text,
        "sheets": text,
    })
}

/// The same, one level below.
fn texts_in_lists(text: &str) -> Value {
    let item = json!({
        "id": 1, "type": [text], "name": {text: 1}, "isMute": text, "delivery_method": text, "events": text,
        "email": 4, "created_at": text, "incident_number": text, "status": text, "start": text, "config": text,
    });
    let list = json!([item, text]);
    json!({
        "ok": true, "post": [text], "monitors": list, "notificationGroups": list, "incidents": list, "users": list,
        "services": list, "schedules": list, "escalation_policies": list, "webhook_subscriptions": list,
        "extensions": list, "oncalls": list, "overrides": list, "Parameters": list, "Item": {"pk": text}, "Items": list,
        "valueRanges": [{"range": 1, "values": text}], "sheets": list,
    })
}

/// What each API says when all is well, with the text as every value of ours. The token is of no use a moment later.
fn success(text: &str) -> Value {
    let secrets =
        ["SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TYPETALK_TOKEN", "GOOGLE_SERVICE_ACCOUNT_KEY", "PAGERDUTY_API_KEY"];
    let mut parameters: Vec<_> =
        secrets.iter().map(|name| json!({"Name": format!("/toban/{name}"), "Value": text})).collect();
    parameters.push(json!({"Name": format!("/toban/{CANARY}"), "Value": text}));
    json!({
        "ok": true, "ts": text, "access_token": text, "expires_in": 0, "Parameters": parameters,
        "Item": {"pk": {"S": text}, "sk": {"S": text}, "state": {"S": text}, "reading": {"S": text}},
    })
}
