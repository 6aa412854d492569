//! What people press and type on the page: it goes the way of a real press, from Slack's request through the queue to the worker.

use super::journal::{Entry, Mark};
use super::queue::DemoQueue;
use super::rehearsal::{Rehearsal, SOMEBODY_ELSES};
use super::slack::{Asked, GUEST, SIGNING_SECRET, UNLISTED, What, headers};
use super::view::local;
use crate::domain::calendar::Calendar;
use crate::domain::member::Handle;
use crate::domain::message::Language;
use crate::domain::message::answer::label;
use crate::net::secret::Secret;
use crate::queue::{Lane, Queues};
use crate::relay::act::Acts;
use crate::relay::deliver::Relay;
use crate::relay::dispatch::Dispatcher;
use crate::relay::intake::{Intake, Request, Sink};
use crate::relay::tally::Tally;
use crate::relay::via::Via;
use crate::roster::Reading;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// What a worker has for a batch.
const LIMIT: Duration = Duration::from_secs(30);
/// Fault: how long a press waits.
const LATE: TimeDelta = TimeDelta::minutes(3);
/// How many people can be chosen, and how many answers are shown of each.
const MOST_PEOPLE: usize = 60;
const SHOWN: usize = 6;

/// The queues of what people press.
#[derive(Debug, Default)]
pub struct Waiting {
    presses: DemoQueue,
    rest: DemoQueue,
}

impl Waiting {
    pub fn queues(&self) -> Queues {
        let [presses, rest] = [Lane::Presses, Lane::Rest].map(Lane::name);
        Queues { news: None, rest: self.rest.queue(rest), presses: Some(self.presses.queue(presses)) }
    }

    pub fn clear(&self) {
        self.presses.clear();
        self.rest.clear();
    }
}

impl Rehearsal {
    /// Presses a button, or types a command, in the first chat.
    pub async fn press(&mut self, who: &str, what: What) {
        let (now, mark) = self.begin();
        let channel = super::chats::ALERTS.0.trim_start_matches('#');
        let body = self.network.slack.body(who, what, channel);
        let secret = Secret::new(if self.forges { SOMEBODY_ELSES } else { SIGNING_SECRET });
        let request = Request {
            method: "POST".into(),
            path: "/slack".into(),
            headers: headers(&secret, &body, now),
            body: body.into(),
            received_at: None,
        };
        let mut credentials = self.credentials.clone();
        credentials.slack = vec![Secret::new(SIGNING_SECRET)];
        let destinations = self.demo_chats.alerts().destinations().to_vec();
        let intake = Intake { credentials, sink: Sink::Queue(self.waiting.queues(), destinations) };
        let answer = intake.answer(&request, now).await;
        let late = if self.is_late { LATE } else { TimeDelta::zero() };
        self.work(now + late).await;
        self.journal.write(Entry {
            nth: 0,
            at: now,
            what: "POST /slack".to_owned(),
            status: Some(answer.status),
            answer: answer.text.into_owned(),
            problem: None,
            tries: mark.tries_since(&self.ledger),
        });
    }

    /// Tries again what no chat has taken of what was pressed.
    pub async fn work_again(&mut self) {
        let (now, mark) = self.begin();
        self.work(now).await;
        self.note_work("queue", now, mark);
    }

    /// Keeps in the journal what came of the queues, if anything did.
    pub(super) fn note_work(&mut self, what: &str, now: DateTime<Utc>, mark: Mark) {
        let tries = mark.tries_since(&self.ledger);
        if tries.is_empty() {
            return;
        }
        let is_posted = tries.iter().any(|tried| tried.post.is_some());
        let answer = if is_posted { "posted" } else { "not_taken" };
        let (what, answer) = (what.to_owned(), answer.to_owned());
        self.journal.write(Entry { nth: 0, at: now, what, status: None, answer, problem: None, tries });
    }

    /// Works through both queues as the worker does: what was pressed, and then what everybody is told about it. What no
    /// chat has taken stays for the next time.
    pub(super) async fn work(&self, now: DateTime<Utc>) {
        let Waiting { presses, rest } = &self.waiting;
        for (lane, queue) in [(Lane::Presses, presses), (Lane::Rest, rest)] {
            let records = queue.records(lane.name(), now);
            if records.is_empty() {
                continue;
            }
            let dispatcher = Dispatcher {
                relay: Relay {
                    team: self.team(),
                    ledger: self.ledger.clone(),
                    via: Via::Queue,
                    tally: Tally::default(),
                },
                queues: Some(self.waiting.queues()),
                acts: Acts { actor: self.actor.clone(), resolvers: self.resolvers().await },
            };
            let again = dispatcher.work(records.clone(), Instant::now() + LIMIT, || now).await;
            queue.keep(&records, &again);
        }
    }

    /// Who may resolve: on the page everybody of the members tab.
    async fn resolvers(&self) -> Vec<Handle> {
        let reading = self.read().await.ok();
        listed(reading.as_ref()).filter_map(|(id, _)| Handle::slack(id)).collect()
    }

    /// Whether there is somebody of that id to press as. While the sheet cannot be read it may be anybody.
    pub async fn knows(&self, who: &str) -> bool {
        match self.read().await {
            Ok(reading) => [GUEST, UNLISTED].contains(&who) || listed(Some(&reading)).any(|(id, _)| id == who),
            Err(_) => true,
        }
    }
}

/// The people of the members tab who are on Slack: id and name.
fn listed(reading: Option<&Reading>) -> impl Iterator<Item = (&str, &str)> {
    let members = reading.and_then(|reading| reading.workbook.members.as_ref());
    let members = members.into_iter().flat_map(|members| &members.0);
    members.filter_map(|member| Some((member.slack.as_ref()?.as_str(), member.name.as_str()))).take(MOST_PEOPLE)
}

/// Whom the user can press as. Two of them are not in the members tab, and have no name.
pub fn people(reading: Option<&Reading>) -> Vec<Value> {
    let one = |(id, name)| json!({"id": id, "name": name, "kind": "listed"});
    let others =
        [(UNLISTED, "unlisted"), (GUEST, "guest")].map(|(id, kind)| json!({"id": id, "name": "", "kind": kind}));
    listed(reading).map(one).chain(others).collect()
}

/// What each person was answered, the newest answers of each.
pub fn answers(all: &Rehearsal, calendar: &Calendar) -> Vec<Value> {
    let asked = all.network.slack.asked();
    let is_shown = |nth: usize, who: &str| asked[nth..].iter().filter(|later| later.who == who).count() <= SHOWN;
    let shown = asked.iter().enumerate().filter(|(nth, asked)| is_shown(*nth, &asked.who));
    shown.map(|(_, asked)| one(asked, calendar, all.language)).collect()
}

fn one(asked: &Asked, calendar: &Calendar, language: Language) -> Value {
    let what = match &asked.what {
        What::Button { act, .. } => label(*act, language).to_owned(),
        What::Command { text } => format!("/toban {text}").trim_end().to_owned(),
    };
    json!({
        "nth": asked.nth,
        "who": asked.who,
        "time": local(asked.at, calendar, "%H:%M"),
        "what": what,
        "answers": asked.answers,
    })
}
