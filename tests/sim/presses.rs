//! What was pressed in a world, and what became of it: queued, recorded, noted in PagerDuty, answered.

use crate::fifo::Queue;
use crate::pagerduty::Event;
use crate::sheet::slack_id;
use crate::world::World;
use chrono::{DateTime, SecondsFormat, Utc};
use fastrand::Rng;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use toban::domain::press::Act;
use toban::queue::NewMessage;
use toban::queue::press::parse;
use toban::store::item::Item;

/// Everything about presses in a world that has them.
#[derive(Debug)]
pub struct Pressing {
    /// The stream of chance from which the presses are drawn.
    pub rng: Mutex<Rng>,
    seen: Mutex<Seen>,
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
    pub incident: String,
    pub at: Duration,
    /// The words of the note about it.
    pub note: String,
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
    /// The notes' webhooks, not sent yet.
    echoes: Vec<Event>,
    /// What each press was answered in private, by its number.
    pub told: BTreeMap<usize, Vec<(Duration, String)>>,
    /// Those of which an answer was sent; a fault may have lost it.
    pub tried_to_tell: BTreeSet<usize>,
    /// In which order each event came into its group, by key and destination.
    pub order: BTreeMap<(String, &'static str), usize>,
    /// Those, by their keys, that may come again although they are done, because the queue did not say that it has deleted them.
    pub kept: BTreeSet<String>,
    /// What was wrong already when it happened, by incident.
    pub wrong: Vec<(String, String)>,
    is_over: bool,
}

impl Pressing {
    pub fn new(rng: Rng) -> Self {
        Self { rng: Mutex::new(rng), seen: Mutex::default() }
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

    /// Something has come into the group of its incident.
    pub fn ordered(&self, key: String, to: &'static str) {
        let mut seen = self.seen();
        let next = seen.order.len();
        seen.order.entry((key, to)).or_insert(next);
    }

    pub fn tried_to_tell(&self, number: usize) {
        self.seen().tried_to_tell.insert(number);
    }

    pub fn told(&self, number: usize, at: Duration, text: String) {
        self.seen().told.entry(number).or_default().push((at, text));
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

    /// An incident's row has been written.
    pub fn written(&self, world: &World, before: Option<&Item>, after: &Item) {
        let Some(incident) = after.text("pk").and_then(|pk| pk.strip_prefix("incident#")) else { return };
        let texts = |item: Option<&Item>, name| {
            let texts = item.map(|item| item.texts(name).to_vec()).unwrap_or_default();
            texts.into_iter().collect::<BTreeMap<_, _>>()
        };
        let (known, takers_before) = (texts(before, "presses"), texts(before, "takers"));
        let takers = texts(Some(after), "takers");
        let new: Vec<_> = texts(Some(after), "presses").into_iter().filter(|(id, _)| !known.contains_key(id)).collect();
        let mut seen = self.seen();
        let mut all = Vec::new();
        let joined: Vec<_> = takers.keys().filter(|user| !takers_before.contains_key(*user)).cloned().collect();
        if new.is_empty() && !joined.is_empty() {
            all.push(format!("{joined:?} are on it, and have not pressed"));
        }
        if new.len() > 1 {
            all.push(format!("{new:?} are recorded at once"));
        }
        for (id, text) in new {
            world.count("press recorded");
            world.note(format_args!("  press {id} on {incident}/ is recorded"));
            let Some(press) = seen.presses.iter().find(|press| press.id == id).cloned() else {
                all.push(format!("{id} is recorded, and nobody has pressed it"));
                continue;
            };
            let user = slack_id(press.person);
            let was_on_it = takers_before.contains_key(&user);
            let is_on_it = takers.contains_key(&user);
            if (was_on_it, is_on_it) != (press.act == Act::HandBack, press.act == Act::Take)
                || press.incident != incident
            {
                all.push(format!("press {} is recorded as another act, or twice: {press:?}", press.number));
            }
            if joined.iter().any(|other| *other != user) {
                all.push(format!("{joined:?} are on it since press {} of {user}", press.number));
            }
            if before.and_then(|before| before.text("state")) == Some("resolved") {
                all.push(format!("press {} is recorded, and it is over", press.number));
            }
            if seen.recorded.iter().any(|recorded| recorded.id == id) {
                all.push(format!("press {} is recorded twice", press.number));
            }
            let note = text.split_once(' ').map_or("", |(_, note)| note).to_owned();
            seen.recorded.push(Recorded { id, incident: incident.to_owned(), at: world.elapsed(), note });
        }
        seen.wrong.extend(all.into_iter().map(|what| (format!("{incident}/"), what)));
    }
}

impl Seen {
    /// The press that is recorded.
    pub fn press(&self, recorded: &Recorded) -> Option<&Press> {
        self.presses.iter().find(|press| press.id == recorded.id)
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
        "agent": {"id": "PAGENT1", "type": "user_reference", "summary": format!("利用者 {key}")},
        "occurred_at": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "data": {"type": "incident_note", "id": key, "content": content, "incident":
            {"id": incident, "type": "incident_reference", "summary": "件名", "html_url": link}},
    }});
    let (known_as, sent_at, body) = (Some(key.clone()), world.elapsed(), body.to_string().into_bytes());
    Event { key, known_as, kind: "annotated", occurred_at: now, sent_at, assignees: Vec::new(), body }
}
