//! Webhooks in: who sent this, and what does it say?
//!
//! A source authenticates the raw bytes first and parses them after that, into [`IncidentEvent`]s. Its wire structs are
//! private to it. Nothing here does I/O.

mod events;
mod headers;
mod jenkins;
mod mackerel;
pub mod pagerduty;
mod unread;
pub mod watchdog;
mod wire;

pub use headers::{Headers, NotAuthentic};
pub use unread::given_up;

use crate::domain::incident::{EventKey, EventKind, Illegible, IncidentEvent, Origin};
use crate::net::secret::Secret;
use chrono::{DateTime, Utc};
use headers::authenticate;
use unread::{illegible, unknown_kind, unreadable};

/// A body larger than this is not read. PagerDuty never sends one.
pub const LARGEST_BODY: usize = 256 * 1024;

/// Somebody who posts to a route of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// `/pagerduty`
    PagerDuty,
    /// `/mackerel`
    Mackerel,
    /// `/jenkins`
    Jenkins,
    /// `/events`
    Events,
}

/// What each route believes.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// `/pagerduty`
    pub pagerduty: pagerduty::Credentials,
    /// Tokens of `/mackerel`.
    pub mackerel: Vec<Secret>,
    /// Tokens of `/jenkins`.
    pub jenkins: Vec<Secret>,
    /// Tokens of `/events`.
    pub events: Vec<Secret>,
}

impl Credentials {
    /// Whether every route is closed.
    pub fn are_none(&self) -> bool {
        let Self { pagerduty: pagerduty::Credentials { secrets, tokens }, mackerel, jenkins, events } = self;
        [secrets, tokens, mackerel, jenkins, events].into_iter().all(Vec::is_empty)
    }
}

/// What an authentic body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Its events, in their order; none when it tells of nothing that is anybody's alert. A part that could not be read
    /// is an event that says so.
    Events(Vec<IncidentEvent>),
    /// It is signed and older than 72 hours, and is not to be posted.
    Replay(Box<IncidentEvent>),
}

impl Sender {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::PagerDuty, Self::Mackerel, Self::Jenkins, Self::Events];

    /// Whoever's events say so.
    pub fn origin(self) -> Origin {
        match self {
            Self::PagerDuty => Origin::PagerDuty,
            Self::Mackerel => Origin::Mackerel,
            Self::Jenkins => Origin::Jenkins,
            Self::Events => Origin::Events,
        }
    }

    /// The one whose events are of this origin.
    pub fn of(origin: Origin) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.origin() == origin)
    }

    /// The one whose route ends in this word.
    pub fn at(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.origin().name() == word)
    }
}

/// Authenticates a body and reads it.
pub fn receive(
    sender: Sender,
    credentials: &Credentials,
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Received, NotAuthentic> {
    match sender {
        Sender::PagerDuty => return pagerduty::receive(&credentials.pagerduty, headers, body, now),
        Sender::Mackerel => authenticate(&credentials.mackerel, headers)?,
        Sender::Jenkins => authenticate(&credentials.jenkins, headers)?,
        Sender::Events => authenticate(&credentials.events, headers)?,
    }
    Ok(Received::Events(read(sender, body, now)))
}

/// Reads a body without asking who sent it, as `toban explain` does with a recorded one.
pub fn read(sender: Sender, body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    match sender {
        Sender::PagerDuty => pagerduty::read(body, now),
        Sender::Mackerel => mackerel::read(body, now),
        Sender::Jenkins => jenkins::read(body, now),
        Sender::Events => events::read(body, now),
    }
}

/// The event that stands for a body whose reading has panicked. It was authentic: what vouches for a body takes any
/// bytes, and what panics is reading what it has vouched for.
pub fn unread(sender: Sender, headers: &Headers<'_>, body: &[u8], why: Illegible, now: DateTime<Utc>) -> IncidentEvent {
    match sender {
        Sender::PagerDuty => pagerduty::unread(headers, body, why, now),
        Sender::Mackerel | Sender::Jenkins | Sender::Events => {
            illegible(sender.origin(), why, kind_by_sight(sender, body), body, now)
        }
    }
}

/// The `nth` event of a body that was believed and queued, as it was read then.
pub fn recall(
    sender: Sender,
    body: &[u8],
    nth: usize,
    delivery: Option<&str>,
    arrived_at: DateTime<Utc>,
) -> Option<IncidentEvent> {
    match sender {
        Sender::PagerDuty => pagerduty::recall(body, nth, delivery, arrived_at),
        Sender::Mackerel | Sender::Jenkins | Sender::Events => read(sender, body, arrived_at).into_iter().nth(nth),
    }
}

/// The event that stands for a body which was too large to be queued.
pub fn too_large(
    sender: Sender,
    key: EventKey,
    is_trigger: bool,
    delivery: Option<&str>,
    arrived_at: DateTime<Utc>,
) -> IncidentEvent {
    let kind = if is_trigger { EventKind::Triggered } else { unknown_kind() };
    let event = unreadable(sender.origin(), Illegible::TooLarge, delivery, kind, key.0.as_bytes(), arrived_at);
    IncidentEvent { key, ..event }
}

/// The event that stands for a queued body which makes the code panic.
pub fn panicked(sender: Sender, body: &[u8], delivery: Option<&str>, arrived_at: DateTime<Utc>) -> IncidentEvent {
    let kind = match sender {
        Sender::PagerDuty => return pagerduty::panicked(body, delivery, arrived_at),
        Sender::Mackerel | Sender::Jenkins | Sender::Events => kind_by_sight(sender, body),
    };
    unreadable(sender.origin(), Illegible::Panicked, delivery, kind, body, arrived_at)
}

/// The kind of a body that cannot be read: triggered if it says so anywhere, so that the people who have to know are
/// mentioned all the same. A job is never anybody's alert.
fn kind_by_sight(sender: Sender, body: &[u8]) -> EventKind {
    match sender {
        Sender::Mackerel | Sender::Events if events::speaks_of_trouble(body) => EventKind::Triggered,
        Sender::Mackerel | Sender::Events | Sender::Jenkins | Sender::PagerDuty => unknown_kind(),
    }
}
