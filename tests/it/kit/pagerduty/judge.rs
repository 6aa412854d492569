//! Judges one call: first what every call needs, then the rules of its route.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Account, changes, incidents, policies, reads, schedules, shifts, subscriptions, users};
use crate::kit::http::{Request, Response};

const ACCEPT: &str = "application/vnd.pagerduty+json;version=2";

/// The status and the body of the answer.
pub type Judged = Result<(u16, Value), Refused>;

/// A call that is refused: the answer to the client, and the problem that fails the test, if it is one.
pub struct Refused {
    status: u16,
    code: u64,
    message: String,
    /// A list; in the newer calls an object, with a list for each field.
    errors: Value,
    pub problem: Option<String>,
}

impl Refused {
    pub fn new<const N: usize>(status: u16, code: u64, message: &str, errors: [&str; N]) -> Self {
        Self { status, code, message: message.to_owned(), errors: json!(errors.to_vec()), problem: None }
    }

    /// 400 for something that may happen to a correct client.
    pub fn invalid(error: &str) -> Self {
        Self::new(400, 2001, "Invalid Input Provided", [error])
    }

    /// 400 for something that only a wrong client sends.
    pub fn wrong(error: impl Into<String>) -> Self {
        let error = error.into();
        Self::invalid(&error).noted(error)
    }

    /// The same, as the newer calls say it.
    pub fn wrong_fields(error: &str) -> Self {
        let errors = json!({"schedule.base": [error]});
        Self { errors, ..Self::invalid(error) }.noted(error)
    }

    /// The same refusal, as a problem.
    pub fn noted(self, problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()), ..self }
    }

    pub fn response(&self) -> Response {
        let mut error = json!({"message": self.message, "code": self.code});
        if self.errors != json!([]) {
            error["errors"] = self.errors.clone();
        }
        Response::json(self.status, &json!({"error": error}))
    }
}

/// The query, decoded.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    fn only(&self, known: &[&str]) -> Result<(), Refused> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(Refused::wrong(format!("{name} is not a parameter of this call"))),
            None => Ok(()),
        }
    }
}

/// An authenticated call.
pub struct Call<'a> {
    pub query: Query,
    pub from: Option<&'a str>,
    request: &'a Request,
}

impl Call<'_> {
    /// The one object in the body, under its name.
    pub fn object(&self, name: &str) -> Result<Map<String, Value>, Refused> {
        let body: Value = serde_json::from_slice(&self.request.body)
            .map_err(|error| Refused::wrong(format!("the body is not JSON: {error}")))?;
        match body {
            Value::Object(mut body) if body.len() == 1 => match body.remove(name) {
                Some(Value::Object(object)) => Ok(object),
                _ => Err(Refused::wrong(format!("the body has no object {name}"))),
            },
            other => Err(Refused::wrong(format!("the body is not {{\"{name}\": …}}: {other}"))),
        }
    }

    /// The list in the body, under its name.
    pub fn array(&self, name: &str) -> Result<Vec<Value>, Refused> {
        let body: Value = serde_json::from_slice(&self.request.body)
            .map_err(|error| Refused::wrong(format!("the body is not JSON: {error}")))?;
        match body[name].as_array() {
            Some(list) if !list.is_empty() => Ok(list.clone()),
            _ => Err(Refused::wrong(format!("the body has no list {name}"))),
        }
    }

    pub fn expect_no_body(&self) -> Result<(), Refused> {
        if self.request.body.is_empty() { Ok(()) } else { Err(Refused::wrong("a body where there must be none")) }
    }

    /// `since` and `until`, if both are there.
    pub fn range(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let one = |name| self.query.one(name)?.parse().ok();
        Some((one("since")?, one("until")?))
    }

    /// `From` has to be the e-mail address of a user.
    pub fn judge_from(&self, account: &Account, is_required: bool) -> Result<(), Refused> {
        match self.from {
            None if is_required => {
                let message = "You must specify a user's email address in the \"From\" header";
                Err(Refused::new(400, 2016, message, []).noted("no From"))
            }
            None => Ok(()),
            Some(from) if account.users.iter().any(|user| user["email"] == from) => Ok(()),
            Some(_) => Err(Refused::new(400, 1008, "Requester User Not Found", [])),
        }
    }
}

pub fn judge(account: &mut Account, keys: &[(&'static str, bool)], request: &Request) -> Judged {
    let authorization = request.header("authorization").unwrap_or_default();
    let Some(key) = authorization.strip_prefix("Token token=") else {
        let refused = Refused::new(401, 2006, "Authentication failed", []);
        return Err(refused.noted(format!("Authorization is {authorization:?}")));
    };
    let Some((_, may_write)) = keys.iter().find(|(known, _)| *known == key) else {
        return Err(Refused::new(401, 2006, "Authentication failed", []));
    };
    if request.method != "GET" && !may_write {
        return Err(Refused::new(403, 2010, "Access Denied", []));
    }
    for (header, expected) in [("accept", ACCEPT), ("content-type", "application/json")] {
        let sent = request.header(header);
        if sent != Some(expected) {
            return Err(Refused::wrong(format!("{header} is {sent:?}, not {expected}")));
        }
    }
    let url = reqwest::Url::parse(&format!("http://pagerduty{}", request.target));
    let url = url.map_err(|_| Refused::wrong("the target is not a URL"))?;
    let query = Query(url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect());
    let call = Call { query, from: request.header("from"), request };
    if request.method == "GET" {
        call.expect_no_body()?;
    }
    let path: Vec<_> = url.path().trim_matches('/').split('/').collect();
    let page = ["limit", "offset", "total"];
    let with = |more: &[&'static str]| [&page[..], more].concat();
    let known = match (request.method.as_str(), path.as_slice()) {
        ("GET", ["users"]) => with(&["query"]),
        ("GET", ["services"]) => with(&["query", "name"]),
        ("GET", ["schedules" | "escalation_policies"]) => with(&["query"]),
        ("GET", ["schedules", _] | ["schedules", _, "overrides"]) => vec!["since", "until", "overflow"],
        ("GET", ["v3", "schedules"]) => with(&["query", "team_ids[]"]),
        ("GET", ["v3", "schedules", _]) => vec!["since", "until", "time_zone", "overflow", "include[]"],
        ("GET", ["services" | "escalation_policies", _]) => Vec::new(),
        ("GET", ["webhook_subscriptions"]) => with(&["filter_type", "filter_id"]),
        ("GET", ["extensions"]) => with(&["extension_object_id", "extension_schema_id"]),
        ("GET", ["oncalls"]) => with(&["escalation_policy_ids[]", "since", "until"]),
        ("GET", ["incidents"]) => with(&["service_ids[]", "since", "until", "date_range", "sort_by", "statuses[]"]),
        ("GET", ["incidents", _] | ["incidents", _, "notes"]) => Vec::new(),
        ("GET", _) => return Err(unknown(&request.method, url.path())),
        _ => Vec::new(),
    };
    call.query.only(&known)?;
    if let ["schedules", id, ..] = path.as_slice() {
        shifts::judge_of_layers(account, id)?;
    }
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["users"]) => page_of(&call, "users", users::like(account, &call)),
        ("POST", ["users"]) => users::create(account, &call),
        ("GET", ["services"]) => page_of(&call, "services", reads::services(account, &call)),
        ("GET", ["services", id]) => reads::service(account, id),
        ("PUT", ["services", id]) => policies::attach(account, &call, id),
        ("GET", ["schedules"]) => page_of(&call, "schedules", schedules::listed(like(&call, &account.schedules))),
        ("POST", ["schedules"]) => schedules::create(account, &call),
        ("GET", ["schedules", id]) => schedules::show(account, &call, id),
        ("PUT", ["schedules", id]) => schedules::replace(account, &call, id),
        ("GET", ["schedules", id, "overrides"]) => schedules::overrides(account, &call, id),
        ("POST", ["schedules", id, "overrides"]) => schedules::add_overrides(account, &call, id),
        ("GET", ["v3", "schedules"]) => page_up_to(1_000, 100, &call, "schedules", shifts::listed(account, &call)),
        ("GET", ["v3", "schedules", id]) => shifts::show(account, &call, id),
        ("GET", ["escalation_policies"]) => {
            let found = like(&call, &account.policies);
            page_of(&call, "escalation_policies", policies::shown(account, found))
        }
        ("GET", ["escalation_policies", id]) => policies::show(account, id),
        ("POST", ["escalation_policies"]) => policies::create(account, &call),
        ("PUT", ["escalation_policies", id]) => policies::replace(account, &call, id),
        ("GET", ["webhook_subscriptions"]) => {
            page_of(&call, "webhook_subscriptions", subscriptions::listed(account, &call)?)
        }
        ("POST", ["webhook_subscriptions"]) => subscriptions::create(account, &call),
        ("PUT", ["webhook_subscriptions", id]) => subscriptions::change(account, &call, id),
        ("POST", ["webhook_subscriptions", id, "enable"]) => subscriptions::enable(account, &call, id),
        ("GET", ["extensions"]) => page_of(&call, "extensions", reads::extensions(account, &call)),
        ("GET", ["oncalls"]) => page_of(&call, "oncalls", reads::oncalls(account, &call)?),
        ("GET", ["incidents"]) => page_of(&call, "incidents", reads::incidents(account, &call)?),
        ("GET", ["incidents", id]) => incidents::show(account, id),
        ("PUT", ["incidents", id]) => changes::change(account, &call, id),
        ("GET", ["incidents", id, "notes"]) => incidents::notes(account, id),
        ("POST", ["incidents", id, "notes"]) => incidents::add_note(account, &call, id),
        (method, _) => Err(unknown(method, url.path())),
    }
}

fn unknown(method: &str, path: &str) -> Refused {
    not_found().noted(format!("{method} {path} is not part of this API"))
}

pub fn not_found() -> Refused {
    Refused::new(404, 2100, "Not Found", [])
}

/// Those whose names contain what is searched for, in any case of letters.
fn like(call: &Call<'_>, list: &[Value]) -> Vec<Value> {
    let wanted = call.query.one("query").unwrap_or_default().to_lowercase();
    let holds = |one: &&Value| one["name"].as_str().unwrap_or_default().to_lowercase().contains(&wanted);
    list.iter().filter(holds).cloned().collect()
}

fn page_of(call: &Call<'_>, key: &str, all: Vec<Value>) -> Judged {
    page_up_to(100, 25, call, key, all)
}

fn page_up_to(longest: usize, usual: usize, call: &Call<'_>, key: &str, all: Vec<Value>) -> Judged {
    let number = |name: &str, default: usize| match call.query.one(name) {
        Some(text) => text.parse().map_err(|_| Refused::wrong(format!("{name} is {text:?}"))),
        None => Ok(default),
    };
    let limit = number("limit", usual)?;
    let offset = number("offset", 0)?;
    if !(1..=longest).contains(&limit) || offset + limit > 10_000 {
        return Err(Refused::wrong(format!("limit {limit} and offset {offset}")));
    }
    let page: Vec<_> = all.iter().skip(offset).take(limit).collect();
    let more = offset + page.len() < all.len();
    Ok((200, json!({key: page, "limit": limit, "offset": offset, "more": more, "total": null})))
}

/// Refuses an object without a required field; notes a field that is not in the reference.
pub fn judge_fields(
    account: &mut Account,
    object: &Map<String, Value>,
    required: &[&str],
    optional: &[&str],
) -> Result<(), Refused> {
    if let Some(missing) = required.iter().find(|name| object.get(**name).is_none_or(Value::is_null)) {
        return Err(Refused::wrong(format!("{missing} is missing")));
    }
    for name in object.keys().filter(|name| !required.contains(&name.as_str()) && !optional.contains(&name.as_str())) {
        account.problems.push(format!("{name} is not a field that can be sent here"));
    }
    Ok(())
}

/// Refuses a field that is not a text of that length.
pub fn judge_text(
    object: &Map<String, Value>,
    name: &str,
    lengths: std::ops::RangeInclusive<usize>,
) -> Result<(), Refused> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) if lengths.contains(&text.chars().count()) => Ok(()),
        Some(other) => Err(Refused::wrong(format!("{name} is {other}"))),
    }
}

/// Refuses a field with another value.
pub fn judge_word(object: &Map<String, Value>, name: &str, words: &[&str]) -> Result<(), Refused> {
    match object.get(name) {
        None => Ok(()),
        Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
        Some(other) => Err(Refused::wrong(format!("{name} is {other}, not one of {words:?}"))),
    }
}

pub fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}

/// The id of a reference of that type.
pub fn referred(reference: &Value, type_: &str) -> Result<String, Refused> {
    match (reference["id"].as_str(), reference["type"].as_str()) {
        (Some(id), Some(sent)) if sent == type_ => Ok(id.to_owned()),
        _ => Err(Refused::wrong(format!("{reference} is not a {type_}"))),
    }
}
