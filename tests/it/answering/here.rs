//! The webhook and the worker in this process, with queues that a test looks at: what people press at any time.

use super::{SIGNING, account, at, settings};
use crate::kit::{Command, Message, PagerDuty, Press, Private, Slack, signed};
use crate::running::{Settings, changed, signature};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use toban::ledger::Ledger;
use toban::pagerduty::acting::Actor;
use toban::pagerduty::{Client, Limits};
use toban::queue::{Fifo, Hide, NewMessage, NotHidden, Queue, QueueError, Queues};
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::intake::{Answer, Intake, Request, Sink};
use toban::relay::shift::Shifts;
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Acting, Config, Reach};
use toban::source::Headers;
use tokio::time::Instant;

pub struct Here {
    pub slack: Slack,
    pub pagerduty: PagerDuty,
    pub presses: Held,
    pub rest: Held,
    pub dispatcher: Dispatcher,
    intake: Intake,
    shifts: Shifts,
}

/// A queue in memory.
#[derive(Debug, Clone, Default)]
pub struct Held(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    /// With how often each was handed over.
    messages: Vec<(u32, NewMessage)>,
    /// What it drops if it comes again.
    seen: BTreeSet<String>,
    is_down: bool,
}

impl Held {
    /// Takes nothing from now on, or takes messages again.
    pub fn break_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// Five minutes later it does not know any more what it had.
    pub fn forget(&self) {
        self.state().seen.clear();
    }

    pub fn len(&self) -> usize {
        self.state().messages.len()
    }

    fn state(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().expect("nothing panics with it")
    }

    /// A batch as the queue hands it over, and their places in it as ids.
    fn batch(&self, queue: &str) -> Vec<Record> {
        let mut state = self.state();
        let record = |(place, (receives, message)): (usize, &mut (u32, NewMessage))| {
            *receives += 1;
            Record {
                id: place.to_string(),
                receipt: String::new(),
                queue: queue.into(),
                group: message.group.clone(),
                sent_at: None,
                receives: *receives,
                body: message.body.clone(),
            }
        };
        state.messages.iter_mut().take(10).enumerate().map(record).collect()
    }

    /// Keeps what has to come again.
    fn settle(&self, count: usize, left: &[String]) {
        let mut state = self.state();
        let rest = state.messages.split_off(count);
        let mut place = 0;
        state.messages.retain(|_| {
            place += 1;
            left.contains(&(place - 1).to_string())
        });
        state.messages.extend(rest);
    }
}

impl Fifo for Held {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        let mut state = self.state();
        let answer = if state.is_down { Err(QueueError("it is down".into())) } else { Ok(()) };
        if answer.is_ok() {
            for message in messages {
                if state.seen.insert(message.deduplication.clone()) {
                    state.messages.push((0, message));
                }
            }
        }
        // As any queue, it does not answer at once.
        Box::pin(async {
            tokio::task::yield_now().await;
            answer
        })
    }

    fn hide<'a>(&'a self, _: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl Here {
    pub async fn open() -> Self {
        Self::with(|settings| settings).await
    }

    /// With other settings.
    pub async fn with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        // Where nobody listens: ledger and queues are here.
        let settings = change(settings(&slack, &pagerduty))
            .with("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .with("TOBAN_NOW", "")
            .with("AWS_REGION", "ap-northeast-1")
            .with("AWS_ACCESS_KEY_ID", "key")
            .with("AWS_SECRET_ACCESS_KEY", "secret")
            .with("LEDGER_TABLE", "table")
            .with("QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo")
            .with("PRESSES_QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban-presses.fifo");
        let http = toban::net::http::client().expect("a client");
        let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
        let config = config.expect("a configuration without faults");
        let (presses, rest) = (Held::default(), Held::default());
        let queues = || Queues {
            news: None,
            rest: Queue::new("toban.fifo", rest.clone()),
            presses: Some(Queue::new("toban-presses.fifo", presses.clone())),
        };
        let limits = Limits { answer: Duration::from_secs(4), wait: Duration::from_secs(2) };
        let actor = config.acting.clone().map(|Acting { access, email, services, sre, .. }| Actor {
            client: Client::new(http.clone(), access, limits),
            email,
            services,
            sre,
            user: Arc::default(),
        });
        let resolvers = config.acting.as_ref().map(|acting| acting.resolvers.clone()).unwrap_or_default();
        let ledger = Arc::new(Ledger::memory());
        let team = || config.open_team(&http, Utc::now);
        let shifts = Shifts { team: team(), ledger: ledger.clone(), queues: queues(), actor: actor.clone() };
        let relay = Relay { team: team(), ledger, via: Via::Queue, tally: Tally::default() };
        let dispatcher = Dispatcher { relay, queues: Some(queues()), acts: Acts { actor, resolvers } };
        let sink = Sink::Queue(queues(), config.outlets.destinations().to_vec());
        let intake = Intake { credentials: config.credentials, sink };
        Self { slack, pagerduty, presses, rest, dispatcher, intake, shifts }
    }

    /// What the webhook answers.
    pub async fn send(&self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned().into(), value.clone().into())).collect();
        let request = Request {
            method: "POST".into(),
            path: path.to_owned().into(),
            headers: Headers(headers),
            body: body.into(),
            received_at: None,
        };
        self.intake.answer(&request, now).await
    }

    /// What the webhook answers to what Slack sends.
    pub async fn slack(&self, body: &str, time: &str) -> Answer {
        self.send("/slack", &signed(SIGNING, at(time), body), body.as_bytes(), at(time)).await
    }

    /// Reports something of the incident, and does what follows.
    pub async fn report(&self, kind: &str, time: &str) {
        self.report_changed(kind, time, |_| {}).await;
    }

    /// The same, done by one of PagerDuty's users.
    pub async fn report_by(&self, kind: &str, time: &str, agent: &str) {
        let by = json!({"id": agent, "type": "user_reference", "summary": agent});
        self.report_changed(kind, time, |event| event["agent"] = by.clone()).await;
    }

    /// The same with other fields.
    pub async fn report_changed(&self, kind: &str, time: &str, change: impl Fn(&mut Value)) {
        let body = changed(&format!("v3/incident.{kind}.json"), |body| {
            body["event"]["id"] = format!("01G{kind}{time}").into();
            body["event"]["occurred_at"] = at(time).to_rfc3339().into();
            change(&mut body["event"]);
        });
        let answer = self.send("/pagerduty", &[("x-pagerduty-signature", signature(&body))], &body, at(time)).await;
        assert_eq!(answer.status, 202);
        self.work(time).await;
    }

    /// The incident begins; its first message.
    pub async fn begin(&self) -> Message {
        self.report("triggered", "11:02").await;
        self.slack.expect_one()
    }

    /// Somebody presses, and it is done; what they are told.
    pub async fn press(&self, press: &Press<'_>, time: &str) -> Vec<String> {
        assert_eq!(self.slack(&press.body(), time).await.status, 200);
        self.work(time).await;
        self.told()
    }

    /// The same for a command.
    pub async fn command(&self, command: &Command<'_>, time: &str) -> Vec<String> {
        assert_eq!(self.slack(&command.body(), time).await.status, 200);
        self.work(time).await;
        self.told()
    }

    /// What those who have pressed are told, with the buttons.
    pub fn told(&self) -> Vec<String> {
        let button = |(_, label, _): (&str, &str, &str)| format!(" [{label}]");
        let text = |private: &Private| {
            let buttons: String = private.buttons().into_iter().map(button).collect();
            format!("{}{buttons}", private.text)
        };
        self.slack.take_private().iter().map(text).collect()
    }

    /// What is new in the thread.
    pub fn thread(&self) -> Vec<String> {
        self.slack
            .take()
            .into_iter()
            .filter(|message| message.thread_ts.is_some())
            .map(|message| message.text)
            .collect()
    }

    /// The first message's last line, if it has changed.
    pub fn status(&self) -> Option<String> {
        let edited = self.slack.take_edits().pop()?;
        edited.text.lines().last().map(str::to_owned)
    }

    /// Works through both queues, as far as it goes.
    pub async fn work(&self, time: &str) {
        for (queue, name) in [(&self.presses, "toban-presses.fifo"), (&self.rest, "toban.fifo")] {
            let batch = queue.batch(name);
            let count = batch.len();
            let limit = Instant::now() + Duration::from_secs(28);
            let left = self.dispatcher.work(batch, limit, || at(time)).await;
            queue.settle(count, &left);
        }
    }

    /// The tick of this time, and everything that comes of it; of how many incidents there was something to say.
    pub async fn tick(&self, time: &str) -> usize {
        let count = self.queue_tick(time).await;
        self.work(time).await;
        count
    }

    /// The same, with what comes of it left in the queue.
    pub async fn queue_tick(&self, time: &str) -> usize {
        self.shifts.run(at(time)).await.expect("ledger and queue answer")
    }

    /// What PagerDuty was asked since the last time.
    pub fn asked(&self) -> Vec<String> {
        self.pagerduty.take_calls()
    }
}
