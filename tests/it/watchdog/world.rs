//! The watchdog, the webhook and the worker in this process, with one ledger and an account behind PagerDuty's API.

use crate::kit::PagerDuty;
use crate::running::{Settings, signature};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, IncidentEvent};
use toban::ledger::Ledger;
use toban::net::aws::{Aws, Environment};
use toban::pagerduty::{Client, Limits};
use toban::queue::sqs::Sqs;
use toban::queue::{Queue, Queues};
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::intake::{Intake, Request, Sink};
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::relay::watchdog::{Patience, Watchdog, queue_messages};
use toban::setup::config::{Config, Reach, WatchdogConfig};
use toban::source::Headers;
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub pagerduty: PagerDuty,
    pub ledger: Arc<Ledger>,
    pub watchdog: Watchdog,
    intake: Intake,
    dispatcher: Dispatcher,
    destinations: Vec<Destination>,
}

/// A time of the day on which everything happens; a whole instant is taken as it is.
pub fn at(time: &str) -> DateTime<Utc> {
    let whole = if time.len() == 8 { format!("2026-11-24T{time}+09:00") } else { time.to_owned() };
    whole.parse().unwrap_or_else(|error| panic!("{time}: {error}"))
}

/// An incident as PagerDuty lists it, with when it began and when its status changed.
pub fn incident(id: &str, number: u64, status: &str, created: &str, changed: &str) -> Value {
    let user = json!({"id": "PSATO01", "type": "user_reference", "summary": "佐藤 健"});
    let service = json!({"id": "PBKLOG1", "type": "service_reference", "summary": "Mackerel Backlogアプリ"});
    let is_over = status == "resolved";
    json!({
        "id": id, "type": "incident", "incident_number": number, "title": "HTTP 5xx が 5% を超えています",
        "status": status, "urgency": "high", "html_url": format!("https://example.pagerduty.com/incidents/{id}"),
        "created_at": at(created), "last_status_change_at": at(changed),
        "last_status_change_by": if is_over { user.clone() } else { service.clone() },
        "resolved_at": is_over.then(|| at(changed)),
        "service": service, "priority": {"id": "PPRIO02", "type": "priority", "summary": "P2"},
        "assignments": if is_over { json!([]) } else { json!([{"at": at(created), "assignee": user}]) },
    })
}

impl World {
    pub async fn open(settings: Settings) -> Self {
        let pagerduty = PagerDuty::start("2026-11-24T02:00:00Z").await;
        let settings = settings
            .with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)
            .with("PAGERDUTY_SERVICE_IDS", "PBKLOG1")
            .with("PAGERDUTY_BASE_URL", &pagerduty.base_url())
            .with("LEDGER_TABLE", "table")
            .with("QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo")
            .with("AWS_REGION", "ap-northeast-1")
            .with("AWS_ACCESS_KEY_ID", "key")
            .with("AWS_SECRET_ACCESS_KEY", "secret");
        let settings = match settings.value("AWS_ENDPOINT_URL") {
            Some(_) => settings,
            // Nobody listens there.
            None => settings.with("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        };
        let http = toban::net::http::client().expect("a client");
        let ledger = Arc::new(Ledger::memory());
        let relay = || {
            let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
            let config = config.expect("a configuration without faults");
            Relay {
                team: config.open_team(&http, Utc::now),
                ledger: ledger.clone(),
                via: Via::Request,
                tally: Tally::default(),
            }
        };
        let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
        let credentials = config.expect("a configuration without faults").credentials;
        let config = WatchdogConfig::from_lookup(|variable| settings.value(variable), &http);
        let config = config.expect("a configuration without faults");
        let limits = Limits { answer: PATIENCE, wait: Duration::ZERO };
        let aws: Environment = config.queue.aws.clone();
        let watchdog = Watchdog {
            team: config.open_team(&http, Utc::now),
            ledger: ledger.clone(),
            account: Client::new(http.clone(), config.watched.access, limits),
            services: config.watched.services,
            // Hardly used here: what is found is handed to the worker.
            queues: Queues {
                news: None,
                presses: None,
                rest: Queue::new("toban.fifo", Sqs::new(Aws::new(aws, http.clone()).sqs(), config.queue.url)),
            },
            destinations: config.destinations.clone(),
            patience: Patience { asking: PATIENCE, telling: PATIENCE },
        };
        let intake = Intake { credentials, sink: Sink::Inline(Box::new(relay())) };
        let dispatcher = Dispatcher { relay: relay(), queues: None, acts: Acts::default() };
        Self { pagerduty, ledger, watchdog, intake, dispatcher, destinations: config.destinations }
    }

    /// The watchdog's first round.
    pub async fn watch_from(&self, time: &str) {
        self.ledger.watching_since(at(time)).await;
    }

    /// What PagerDuty lists from now on.
    pub fn list(&self, incidents: impl IntoIterator<Item = Value>) {
        self.pagerduty.edit(|account| account.incidents = incidents.into_iter().collect());
    }

    pub async fn find(&self, time: &str) -> Vec<IncidentEvent> {
        self.watchdog.find(at(time)).await.expect("PagerDuty and the ledger answer").events
    }

    /// Finds events and hands them to the worker; how many.
    pub async fn round(&self, time: &str) -> usize {
        let events = self.find(time).await;
        self.work(&events, time).await;
        events.len()
    }

    pub async fn work(&self, events: &[IncidentEvent], time: &str) {
        assert_eq!(self.try_work(events, time).await, 0, "a chat has not taken it");
    }

    /// Hands events over as the queue would; how many messages have to come again.
    pub async fn try_work(&self, events: &[IncidentEvent], time: &str) -> usize {
        let messages = events.iter().flat_map(|event| queue_messages(event, &self.destinations, at(time)));
        let record = |(number, message): (usize, toban::queue::QueueMessage)| Record {
            id: number.to_string(),
            receipt: String::new(),
            group: message.group(),
            queue: String::new(),
            sent_at: None,
            receives: 1,
            body: message.to_text(),
        };
        let records = messages.enumerate().map(record).collect();
        self.dispatcher.work(records, Instant::now() + PATIENCE, || at(time)).await.len()
    }

    /// A signed webhook; the answer's status.
    pub async fn post(&self, body: &[u8], time: &str) -> u16 {
        let request = Request {
            method: "POST".into(),
            path: "/pagerduty".into(),
            headers: Headers(vec![("x-pagerduty-signature".into(), signature(body).into())]),
            body: body.into(),
            received_at: None,
        };
        self.intake.answer(&request, at(time)).await.status
    }

    /// The outcomes of an event, as `toban explain` prints them.
    pub async fn attempts(&self, key: &str) -> Vec<String> {
        let attempts = self.ledger.attempts(&EventKey(key.into())).await.expect("the ledger answers");
        attempts.into_iter().map(|attempt| attempt.outcome).collect()
    }
}
