//! What was pressed in a world, and what became of it: queued, recorded, noted in PagerDuty, answered.

use crate::account::Account;
use crate::events::{Event, SOMEBODY};
use crate::fifo::Queue;
use crate::message::Message;
use crate::shifts::Shifts;
use crate::world::World;
use crate::written::Row;
use chrono::{DateTime, SecondsFormat, Utc};
use fastrand::Rng;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use toban::domain::press::{Act, Asked};
use toban::queue::NewMessage;
use toban::queue::press::parse;

/// Everything about presses in a world that has them.
#[derive(Debug)]
pub struct Pressing {
    /// The stream of chance from which the presses are drawn.
    pub rng: Mutex<Rng>,
    seen: Mutex<Seen>,
    /// The incidents in PagerDuty.
    pub account: Account,
    pub shifts: Shifts,
}

/// A press as somebody made it.
#[derive(Debug, Clone)]
pub struct Press {
    /// What toban knows it by.
    pub id: String,
    pub number: usize,
    pub person: u32,
    pub act: Act,
    pub incident: String,
    /// It is signed as Slack signs, a moment ago.
    pub is_authentic: bool,
    /// The button is in the channel of the alerts.
    pub is_here: bool,
    /// It was answered with a 200.
    pub is_accepted: bool,
}

/// A press in the ledger.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub id: String,
    pub act: Act,
    pub incident: String,
    pub at: Duration,
    /// The words of the note about it.
    pub note: String,
    /// The id of PagerDuty's user as whom it is done; empty if it was not known.
    pub user: String,
    /// Since when the incident had its state in PagerDuty, if that was kept.
    pub state_since: Option<DateTime<Utc>>,
}

/// An incident that was resolved in PagerDuty for somebody who has pressed that.
#[derive(Debug, Clone)]
pub struct Resolution {
    pub incident: String,
    /// The press; several if they have the same words.
    pub presses: Vec<String>,
    pub person: Option<u32>,
    pub at: DateTime<Utc>,
    /// The key of the webhook that tells of it, if one does.
    pub told_by: Option<String>,
}

/// A note in PagerDuty.
#[derive(Debug, Clone)]
pub struct Note {
    pub incident: String,
    pub content: String,
}

#[derive(Debug, Default)]
pub struct Seen {
    pub presses: Vec<Press>,
    /// When those in the queue arrived, by their ids.
    pub queued: BTreeMap<String, DateTime<Utc>>,
    pub recorded: Vec<Recorded>,
    pub notes: Vec<Note>,
    /// Those, by incident and words, that may have been written long after they were asked for.
    pub late_notes: BTreeSet<(String, String)>,
    /// The notes' webhooks, not sent yet.
    echoes: Vec<Event>,
    /// What each press was answered in private, by its number.
    pub told: BTreeMap<usize, Vec<(Duration, String)>>,
    /// What was sent to tell them; a fault may have lost it.
    pub tried_to_tell: BTreeMap<usize, Vec<String>>,
    /// In which order each event came into its group, by key and destination.
    pub order: BTreeMap<(String, &'static str), usize>,
    /// Those, by their keys, that may come again although they are done, because the queue did not say that it has deleted them.
    pub kept: BTreeSet<String>,
    /// What was resolved, in that order.
    pub resolved: Vec<Resolution>,
    /// The rows of incidents as they were written, in that order.
    pub rows: BTreeMap<String, Vec<Row>>,
    /// When each process has last looked at an incident in PagerDuty.
    looked: BTreeMap<(String, String), Duration>,
    /// What was wrong already when it happened, by incident.
    pub wrong: Vec<(String, String)>,
    is_over: bool,
}

impl Pressing {
    pub fn new(rng: Rng) -> Self {
        Self { rng: Mutex::new(rng), seen: Mutex::default(), account: Account::default(), shifts: Shifts::default() }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic before")
    }

    pub fn chance<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().expect("no panic before"))
    }

    /// Nobody presses any more.
    pub fn end(&self) {
        self.seen().is_over = true;
    }

    pub fn is_over(&self) -> bool {
        let seen = self.seen();
        seen.is_over && seen.echoes.is_empty()
    }

    /// Keeps what somebody presses now, and returns its place.
    pub fn press(&self, press: Press) -> usize {
        let mut seen = self.seen();
        seen.presses.push(press);
        seen.presses.len() - 1
    }

    pub fn accepted(&self, place: usize) {
        self.seen().presses[place].is_accepted = true;
    }

    /// A press comes into its queue, and now and then waits there for longer than presses count.
    pub fn put(&self, queue: &Queue, message: NewMessage) {
        let press = parse(&message.body).expect("our own message");
        self.seen().queued.entry(press.id).or_insert(press.at);
        let Some(id) = queue.put(message) else { return };
        let pause = self.chance(|rng| (rng.u32(..12) == 0).then(|| rng.u64(60..240)));
        if let Some(pause) = pause {
            queue.delay(&id, Duration::from_secs(pause));
        }
    }

    /// Something has come into the group of its incident, from a process.
    pub fn ordered(&self, world: &World, process: &str, key: &str, to: &'static str) {
        self.queued_of_the_shift(world, process, key);
        let mut seen = self.seen();
        let next = seen.order.len();
        seen.order.entry((key.to_owned(), to)).or_insert(next);
    }

    pub fn tried_to_tell(&self, number: usize, text: String) {
        self.seen().tried_to_tell.entry(number).or_default().push(text);
    }

    pub fn looked(&self, process: &str, incident: &str, at: Duration) {
        self.seen().looked.insert((process.to_owned(), incident.to_owned()), at);
    }

    pub fn looked_at(&self, process: &str, incident: &str) -> Option<Duration> {
        self.seen().looked.get(&(process.to_owned(), incident.to_owned())).copied()
    }

    pub fn told(&self, number: usize, at: Duration, text: String) {
        self.seen().told.entry(number).or_default().push((at, text));
    }

    /// A process has died with these. Before they come again, others may do something.
    pub fn crashed(&self, world: &World, batch: &[Message]) {
        for press in batch.iter().filter_map(|message| parse(&message.body).ok()) {
            if let Asked::Button { incident, .. } = press.asked
                && !world.is_calm()
                && self.chance(|rng| rng.bool())
            {
                self.account.changed_by_others(world, &incident.0);
            }
        }
    }

    pub fn kept(&self, key: String) {
        self.seen().kept.insert(key);
    }

    pub fn notes_of(&self, incident: &str) -> Vec<String> {
        let seen = self.seen();
        seen.notes.iter().filter(|note| note.incident == incident).map(|note| note.content.clone()).collect()
    }

    /// PagerDuty has a new note, and tells of it.
    pub fn note(&self, world: &World, incident: &str, content: &str) {
        let mut seen = self.seen();
        seen.notes.push(Note { incident: incident.to_owned(), content: content.to_owned() });
        let nth = seen.notes.len();
        seen.echoes.push(echo(world, incident, nth, content));
    }

    pub fn take_echoes(&self) -> Vec<Event> {
        std::mem::take(&mut self.seen().echoes)
    }
}

impl Seen {
    /// The press that is recorded.
    pub fn press(&self, recorded: &Recorded) -> Option<&Press> {
        self.presses.iter().find(|press| press.id == recorded.id)
    }

    /// What is recorded of an incident and an act.
    pub fn recorded_of(&self, incident: &str, act: Act) -> impl Iterator<Item = &Recorded> {
        self.recorded.iter().filter(move |recorded| recorded.incident == incident && recorded.act == act)
    }
}

/// The key of a press's event.
pub fn key(id: &str) -> String {
    format!("press:{id}")
}

/// What tells of a note that was just written in PagerDuty: the nth of all.
fn echo(world: &World, incident: &str, nth: usize, content: &str) -> Event {
    let (key, now) = (format!("{incident}/{}", 900 + nth), world.now());
    let link = format!("https://acme.pagerduty.com/incidents/{key}");
    let body = json!({"event": {
        "id": key, "event_type": "incident.annotated", "resource_type": "incident",
        "agent": {"id": SOMEBODY, "type": "user_reference", "summary": format!("利用者 {key}")},
        "occurred_at": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "data": {"type": "incident_note", "id": key, "content": content, "incident":
            {"id": incident, "type": "incident_reference", "summary": "件名", "html_url": link}},
    }});
    let (known_as, sent_at, body) = (Some(key.clone()), world.elapsed(), body.to_string().into_bytes());
    let by = Some(SOMEBODY);
    Event { key, known_as, kind: "annotated", by, occurred_at: now, sent_at, assignees: Vec::new(), body }
}
