//! All services of others in one server, which answers each of them with the same form.

use super::forms::{Echo, FORMS};
use super::secrets::Secrets;
use crate::kit::LIMIT;
use crate::kit::http::{Reply, Request, Response, Server};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

/// Whom a request was meant for, as a test names it.
pub type Service = &'static str;

/// Google's token where only the sheet is hostile.
pub const ACCESS_TOKEN: &str = "ya29.access-token-0123456789";

/// What is answered as it should be.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Nobody,
    /// Google's tokens are good.
    Tokens,
}

/// On a busy machine the time for an answer may be over before it was asked for.
pub const TRIES: usize = 5;

pub struct Hostile {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Which of [`FORMS`] it plays.
    form: usize,
    asked: BTreeSet<(Service, usize)>,
    /// The signatures of the assertions that came meanwhile.
    assertions: Vec<String>,
    /// Where PagerDuty's answers to a GET are, if those are not hostile.
    pagerduty: Option<String>,
}

impl Hostile {
    pub async fn start(kind: Kind) -> Self {
        Self::with_reads_of(kind, None).await
    }

    /// PagerDuty's lists come from a good one; only what writes there is answered with a form.
    pub async fn with_reads_of(kind: Kind, pagerduty: Option<String>) -> Self {
        let state = Arc::new(Mutex::new(State { pagerduty, ..State::default() }));
        let served = state.clone();
        let server = Server::start(move |request: Request| {
            let served = served.clone();
            async move {
                let service = service(&request);
                if service == "tokens" && kind == Kind::Tokens {
                    return Reply::Send(Response::json(
                        200,
                        &json!({"access_token": ACCESS_TOKEN, "expires_in": 3600}),
                    ));
                }
                let good = served.lock().expect("nobody panics with it").pagerduty.clone();
                match good.filter(|_| service == "pagerduty" && request.method == "GET") {
                    Some(good) => forwarded(&good, &request).await,
                    None => served.lock().expect("nobody panics with it").answer(service, &request),
                }
            }
        })
        .await;
        Self { server, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// From now on it answers with this form.
    pub fn play(&self, form: usize) {
        let mut state = self.state.lock().expect("nobody panics with it");
        state.form = form;
        state.assertions.clear();
    }

    /// One of these that has not been asked while it played that form.
    pub fn lacks(&self, services: &[Service], form: usize) -> Option<Service> {
        let asked = &self.state.lock().expect("nobody panics with it").asked;
        services.iter().copied().find(|service| !asked.contains(&(*service, form)))
    }

    /// With the signatures that it has seen.
    pub fn and_assertions(&self, secrets: Secrets) -> Secrets {
        let state = self.state.lock().expect("nobody panics with it");
        state.assertions.iter().fold(secrets, |secrets, assertion| secrets.with("an assertion", assertion))
    }
}

impl State {
    fn answer(&mut self, service: Service, request: &Request) -> Reply {
        self.asked.insert((service, self.form));
        let assertion = form_urlencoded::parse(&request.body).find(|(name, _)| name == "assertion");
        if let Some(signature) = assertion.as_ref().and_then(|(_, assertion)| assertion.rsplit('.').next()) {
            self.assertions.push(signature.to_owned());
        }
        (FORMS[self.form].answer)(&Echo::of(request))
    }
}

fn service(request: &Request) -> Service {
    let action = request.header("x-amz-target").unwrap_or_default();
    let authorization = request.header("authorization").unwrap_or_default();
    let begins = |path: &str| request.target.starts_with(path);
    match () {
        () if action.starts_with("AmazonSQS") => "sqs",
        () if action.starts_with("DynamoDB") => "dynamodb",
        () if action.starts_with("AmazonSSM") => "ssm",
        () if authorization.starts_with("Token token=") => "pagerduty",
        () if request.header("x-typetalk-token").is_some() => "typetalk",
        () if request.header("x-api-key").is_some() => "mackerel",
        () if begins("/slack/") => "slack",
        () if begins("/services/") => "webhook",
        () if begins("/backup/") => "backup",
        () if begins("/csv/") => "csv",
        () if begins("/token") => "tokens",
        () if begins("/v4/") => "sheets",
        // A redirect was followed.
        () => "elsewhere",
    }
}

/// What another server answers to this GET.
async fn forwarded(to: &str, request: &Request) -> Reply {
    let client = toban::net::http::client().expect("a client");
    let mut get = client.get(format!("{to}{}", request.target));
    for name in ["authorization", "accept", "content-type"] {
        get = get.header(name, request.header(name).unwrap_or_default());
    }
    let answer = client.exchange(get, 1_000_000, Instant::now() + LIMIT).await.expect("an answer");
    let body = String::from_utf8(answer.body).expect("UTF-8");
    Reply::Send(Response::new(answer.status.as_u16(), "application/json", body))
}
