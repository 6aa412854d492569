//! What happens with a body: each sender's reader, each chat's words, into the queue and back.

use crate::limits::Cost;
use crate::words::Writers;
use crate::{panics, queue};
use fastrand::Rng;
use ring::hmac;
use std::time::Instant;
use toban::domain::incident::{Illegible, IncidentEvent};
use toban::net::secret::Secret;
use toban::source::{Access, Credentials, Headers, NotAuthentic, Received, Sender, read, receive};

const SECRET: &str = "new-signing-secret";
const TOKEN: &str = "token-of-all";
/// A Tuesday in hours, that night, and a Saturday.
const TIMES: [&str; 3] = ["2026-11-24T03:31:01.123Z", "2026-11-24T14:02:01Z", "2026-11-28T04:00:00Z"];
/// An id from outside is at most this long, with what is put before it.
const LONGEST_ID: usize = 300;
/// So many events of a body are worded: the first ones and the last.
const WORDED: usize = 4;

/// What every body meets.
pub struct Path {
    credentials: Credentials,
    writers: Writers,
    queue: queue::Recording,
}

/// How a request shows whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Signature,
    Token,
}

/// What became of a body.
#[derive(Debug)]
pub struct Done {
    pub cost: Cost,
    /// Whether somebody could read it.
    pub is_read: bool,
}

impl Path {
    pub fn new() -> Self {
        let credentials = Credentials::from_settings(|variable| {
            let is_key = Sender::ALL.iter().any(|sender| match sender.source().access {
                Access::PagerDuty { secrets, .. } => secrets == variable,
                Access::Token { .. } | Access::EventBridge => false,
            });
            vec![Secret::new(if is_key { SECRET } else { TOKEN })]
        });
        Self { writers: Writers::new(), queue: queue::Recording::new(&credentials), credentials }
    }

    /// Does everything with a body, as its seed says. What is wrong then, in a sentence, or what it costs.
    pub fn run(&self, seed: u64, body: &[u8]) -> Result<Done, String> {
        let started = Instant::now();
        let (mut ended, mut panics) = (None, Vec::new());
        let needed = allocation_counter::measure(|| (ended, panics) = panics::seen(|| self.all(seed, body)));
        let time = started.elapsed();
        if let Some(first) = panics.into_iter().next() {
            return Err(first);
        }
        let (events, is_read) = ended.expect("nothing panicked")?;
        let cost = Cost { bytes: body.len(), events, time, allocated: needed.bytes_total };
        if cost.share_of_memory() > 100 {
            return Err(format!("{cost:?} is {}% of what it may allocate", cost.share_of_memory()));
        }
        Ok(Done { cost, is_read })
    }

    /// How many events there are for all senders, and whether any of them could be read.
    fn all(&self, seed: u64, body: &[u8]) -> Result<(usize, bool), String> {
        // Another beginning than the body's, so that a smaller one meets the same.
        let rng = &mut Rng::with_seed(seed ^ 0x5eed);
        let (mut events, mut is_read) = (0, false);
        let all = Sender::routed().map(|sender| (sender, Shows::Token));
        for (sender, shows) in all.chain([(Sender::PagerDuty, Shows::Signature)]) {
            let of = |why: String| format!("{} by {shows:?}: {why}", sender.name());
            let found = self.one(sender, shows, rng, body).map_err(of)?;
            events += found.len();
            is_read |= found.iter().any(|event| event.unreadable.is_none());
        }
        let found = self.alarm(rng, body).map_err(|why| format!("{}: {why}", Sender::CloudWatch.name()))?;
        is_read |= found.iter().any(|event| event.unreadable.is_none());
        Ok((events + found.len(), is_read))
    }

    /// The events of what EventBridge hands over.
    fn alarm(&self, rng: &mut Rng, body: &[u8]) -> Result<Vec<IncidentEvent>, String> {
        let now = TIMES[rng.usize(..TIMES.len())].parse().expect("an instant");
        let events = read(Sender::CloudWatch, body, now);
        for event in &events {
            check(event)?;
            self.writers.word(event, rng, now)?;
        }
        Ok(events)
    }

    /// The events of one request.
    fn one(&self, sender: Sender, shows: Shows, rng: &mut Rng, body: &[u8]) -> Result<Vec<IncidentEvent>, String> {
        let now = TIMES[rng.usize(..TIMES.len())].parse().expect("an instant");
        let headers = headers(shows, delivery(rng), body);
        let received = match receive(sender, &self.credentials, &headers, body, now) {
            Ok(received) => received,
            Err(NotAuthentic::TokenForSignedBody) if shows == Shows::Token => return Ok(Vec::new()),
            Err(why) => return Err(why.to_string()),
        };
        if sender == Sender::PagerDuty && matches!(&received, Received::Events(events) if events.is_empty()) {
            is_an_empty_list(body)?;
        }
        let (events, is_replay) = match received {
            Received::Events(events) => (events, false),
            Received::Replay(event) => (vec![*event], true),
        };
        events.iter().try_for_each(check)?;
        let few = events.len().min(WORDED - 1);
        let last = events[few..].last();
        for event in events[..few].iter().chain(last) {
            self.writers.word(event, rng, now)?;
        }
        let queued = if is_replay { &[] } else { &events[..] };
        self.queue.there_and_back(sender, &headers, body, queued, now)?;
        Ok(events)
    }
}

fn headers(shows: Shows, delivery: Option<&'static str>, body: &[u8]) -> Headers<'static> {
    let shown = match shows {
        Shows::Token => ("x-toban-token".into(), TOKEN.into()),
        Shows::Signature => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
            let digits: String = hmac::sign(&key, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            ("x-pagerduty-signature".into(), format!("v1={digits}").into())
        }
    };
    let id = delivery.map(|id| ("x-webhook-id".into(), id.into()));
    Headers([shown].into_iter().chain(id).collect())
}

/// PagerDuty's id of a delivery.
fn delivery(rng: &mut Rng) -> Option<&'static str> {
    match rng.u32(..6) {
        0 => None,
        1 => Some("<!channel> #PD1 `@all`"),
        2 => Some("障害\u{202e}"),
        _ => Some("aaaaaaaa-0000-4000-8000-000000000001"),
    }
}

/// Nothing of PagerDuty's is silently nothing, but for a list of no messages.
fn is_an_empty_list(body: &[u8]) -> Result<(), String> {
    let body: String = String::from_utf8_lossy(body).split_whitespace().collect();
    if body.contains("\"messages\":[]") { Ok(()) } else { Err("an authentic body yields no event".into()) }
}

/// What holds for every event.
fn check(event: &IncidentEvent) -> Result<(), String> {
    let is_plain = |id: &str| id.len() <= LONGEST_ID && id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if event.unreadable.as_ref().is_some_and(|unreadable| unreadable.why == Illegible::Panicked) {
        return Err("reading it panics".into());
    }
    if event.key.0.is_empty() || !is_plain(&event.key.0) {
        return Err(format!("the key is {:?}", event.key.0));
    }
    match &event.incident.id {
        Some(id) if !is_plain(&id.0) => Err(format!("the incident's id is {:?}", id.0)),
        _ => Ok(()),
    }
}
