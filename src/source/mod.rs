//! Webhooks in: who sent this, and what does it say?
//!
//! A source is one file with one value, its [`Source`]. It authenticates the raw bytes first and then parses them into
//! [`IncidentEvent`]s. Its wire structs are private to it. Nothing here does I/O.

mod cloudwatch;
mod credentials;
pub mod eventbridge;
mod events;
mod headers;
mod jenkins;
mod mackerel;
pub mod own;
pub mod pagerduty;
mod scalar;
pub mod slack;
mod unread;
pub mod watchdog;
mod wire;

pub use credentials::{Access, Credentials, NotAuthentic, RouteCredentials, advice};
pub use headers::Headers;
pub use unread::given_up;

use crate::domain::incident::drill::LETTERS;
use crate::domain::incident::{EventKey, EventKind, Illegible, IncidentEvent, Origin, OtherSource};
use crate::net::panics::caught;
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use unread::{unknown_kind, unread, unreadable};

/// A body larger than this is not read. PagerDuty never sends one.
pub const LARGEST_BODY: usize = 256 * 1024;

/// Reads a body that arrived at a time.
type Reader = fn(&[u8], DateTime<Utc>) -> Result<Vec<IncidentEvent>, Illegible>;

/// Everything that makes a source what it is. Its route is the name of its origin.
#[derive(Debug)]
pub struct Source {
    /// Who its events come from: names in routes, keys, queue, log and messages, and the letters of its tags.
    pub origin: Origin,
    /// What it sends, in a few words for `toban explain --help`.
    pub sends: &'static str,
    pub access: Access,
    /// The header with the id of a delivery, by which a body that cannot be read is recognised when it comes again. `None`
    /// if there is none: then a body that says the same within ten minutes is a repeat.
    delivery_id: Option<&'static str>,
    /// The events of a body, in their order; empty if there is no actionable one.
    read: Reader,
    /// Whether a body that cannot be read seems to report a problem. If so, people are mentioned regardless.
    reports_trouble: fn(&[u8]) -> bool,
}

/// Who reports something: by a route of their own, or through EventBridge only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    PagerDuty,
    Mackerel,
    Jenkins,
    Events,
    CloudWatch,
}

impl Sender {
    pub const ALL: [Self; 5] = [Self::PagerDuty, Self::Mackerel, Self::Jenkins, Self::Events, Self::CloudWatch];

    pub fn source(self) -> &'static Source {
        match self {
            Self::PagerDuty => &pagerduty::SOURCE,
            Self::Mackerel => &mackerel::SOURCE,
            Self::Jenkins => &jenkins::SOURCE,
            Self::Events => &events::SOURCE,
            Self::CloudWatch => &cloudwatch::SOURCE,
        }
    }

    /// Those who post to a route.
    pub fn routed() -> impl Iterator<Item = Self> {
        let has_route = |sender: &Self| !matches!(sender.source().access, Access::EventBridge);
        Self::ALL.into_iter().filter(has_route)
    }

    /// The last part of its route, if it has one.
    pub fn name(self) -> &'static str {
        self.source().origin.name()
    }

    /// The sender whose events are of this origin. `None` for what we queue ourselves.
    pub fn of(origin: Origin) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.source().origin == origin)
    }

    /// The sender whose route ends in this word.
    pub fn at(word: &str) -> Option<Self> {
        Self::routed().find(|sender| sender.name() == word)
    }

    /// The sender of that name, with a route or without.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.name() == name)
    }

    /// The id that it gave this delivery.
    pub fn delivery<'a>(self, headers: &'a Headers<'_>) -> Option<&'a str> {
        headers.find(self.source().delivery_id?)
    }
}

/// The origin of that name, ours included.
pub fn origin_named(name: &str) -> Option<Origin> {
    let origins = Sender::ALL.map(|sender| sender.source().origin);
    origins.into_iter().chain([Origin::Watchdog, Origin::Press, Origin::Shift]).find(|origin| origin.name() == name)
}

/// What is known of the sources other than PagerDuty.
fn others() -> impl Iterator<Item = &'static OtherSource> {
    Sender::ALL.into_iter().filter_map(|sender| match sender.source().origin {
        Origin::Other(source) => Some(source),
        Origin::PagerDuty | Origin::Watchdog | Origin::Press | Origin::Shift => None,
    })
}

/// The letters that the tags of their incidents begin with, and of drills.
pub fn letters() -> Vec<&'static str> {
    others().filter_map(|source| source.tag).chain([LETTERS]).collect()
}

/// The settings that hold the credentials of all sources.
pub fn secrets() -> impl Iterator<Item = &'static str> {
    Sender::ALL.into_iter().flat_map(|sender| sender.source().access.variables()).chain([slack::SECRETS])
}

/// What a source has sent, once it is authenticated, as the queue keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A body, and which of its events the message is about.
    Body {
        body: Vec<u8>,
        /// Counts the events in the body, from 0.
        nth: usize,
    },
    /// A body over the limit was not kept.
    TooLarge {
        /// Whether it says that an incident was triggered.
        is_trigger: bool,
    },
}

/// What an authentic body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Its events, in their order; none if there is no actionable one. A part that could not be read is an event that says
    /// so.
    Events(Vec<IncidentEvent>),
    /// It is signed and older than 72 hours, and is not to be posted.
    Replay(Box<IncidentEvent>),
}

/// A body as the queue keeps it, for each of its events: several of PagerDuty's are kept apart, or each would carry all others.
pub fn contents(sender: Sender, body: &[u8], events: &[IncidentEvent]) -> Vec<Content> {
    let body = &*kept(sender, body);
    if body.len() > LARGEST_BODY {
        let too_large = |event: &IncidentEvent| Content::TooLarge { is_trigger: event.kind == EventKind::Triggered };
        return events.iter().map(too_large).collect();
    }
    if sender == Sender::PagerDuty && events.len() > 1 {
        let parts = pagerduty::messages(body);
        if parts.len() == events.len() {
            return parts.into_iter().map(|body| Content::Body { body, nth: 0 }).collect();
        }
    }
    (0..events.len()).map(|nth| Content::Body { body: body.to_vec(), nth }).collect()
}

/// Authenticates a body and reads it.
pub fn receive(
    sender: Sender,
    credentials: &Credentials,
    headers: &Headers<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Received, NotAuthentic> {
    let credentials = credentials.of(sender);
    let mut received = match sender.source().access {
        Access::PagerDuty { .. } => pagerduty::receive(credentials, headers, body, now),
        Access::Token { .. } => {
            let in_body = if sender == Sender::Events { events::routing_key(body) } else { None };
            credentials.check_token(headers, in_body.as_deref())?;
            Ok(Received::Events(events(sender, body, sender.delivery(headers), now)))
        }
        // It has no route, so a request is nobody's.
        Access::EventBridge => Err(NotAuthentic::RouteClosed),
    }?;
    if let Received::Events(events) = &mut received {
        events.iter_mut().for_each(|event| event.arrived_at = now);
    }
    Ok(received)
}

/// What an authentic body is answered with, if its sender wants to read more than the status. `events` are those of the body.
pub fn receipt(sender: Sender, body: &[u8], events: &[IncidentEvent], now: DateTime<Utc>) -> Option<String> {
    let is_read = sender == Sender::Events && events.iter().all(|event| event.unreadable.is_none());
    is_read.then(|| events::receipt(&kept(sender, body), now)).flatten()
}

/// A body without the token that it may carry: as it is read, queued and shown. Only `/events` takes one in the body, but what is
/// sent to a wrong route with a right token is quoted there.
fn kept(sender: Sender, body: &[u8]) -> Cow<'_, [u8]> {
    match sender.source().access {
        Access::Token { .. } => events::without_routing_key(body),
        Access::PagerDuty { .. } | Access::EventBridge => body.into(),
    }
}

/// Reads a body without asking who sent it, as `toban explain` does with a recorded one.
pub fn read(sender: Sender, body: &[u8], now: DateTime<Utc>) -> Vec<IncidentEvent> {
    events(sender, body, None, now)
}

/// The event of a queue's message, as it was read when it arrived. `None` if this version does not know it.
pub fn recall(
    origin: Origin,
    key: EventKey,
    content: &Content,
    delivery: Option<&str>,
    arrived_at: DateTime<Utc>,
) -> Option<IncidentEvent> {
    let event = match (Sender::of(origin), content) {
        (Some(sender), Content::Body { body, nth }) => {
            events(sender, body, delivery, arrived_at).into_iter().nth(*nth)?
        }
        (Some(_), Content::TooLarge { is_trigger }) => {
            let kind = if *is_trigger { EventKind::Triggered } else { unknown_kind() };
            unreadable(origin, Illegible::TooLarge, delivery, kind, key.0.as_bytes(), arrived_at)
        }
        // We queue these ourselves.
        (None, Content::Body { body, .. }) => match origin {
            Origin::Press | Origin::Shift => own::recall(origin, key.clone(), body)?,
            _ => watchdog::recall(key.clone(), body)?,
        },
        (None, Content::TooLarge { .. }) => return None,
    };
    // The message has the key that the webhook gave it, so that the two agree on what is a repeat.
    Some(IncidentEvent { key, arrived_at, ..event })
}

/// The events of an authentic body. One that cannot be read, or makes the code panic, is an event that says so.
fn events(sender: Sender, body: &[u8], delivery: Option<&str>, now: DateTime<Utc>) -> Vec<IncidentEvent> {
    let source = sender.source();
    let body = &*kept(sender, body);
    let read = caught(|| (source.read)(body, now)).unwrap_or(Err(Illegible::Panicked));
    read.unwrap_or_else(|why| vec![unread(source, body, delivery, why, now)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The token of `/events`, in what is sent to a wrong route with a right token in a header.
    #[test]
    fn no_route_quotes_a_token_of_the_events_api() {
        let wrapped = r#"{"event": {"routing_key": "R0123456", "event_action": "trigger"}}"#;
        for sender in [Sender::Mackerel, Sender::Jenkins, Sender::Events] {
            let events = read(sender, wrapped.as_bytes(), DateTime::UNIX_EPOCH);
            assert!(!events[0].details.quote.is_empty() && !format!("{events:?}").contains("R0123456"), "{events:?}");
        }
        for body in [r#"{"routing_key": "R0123456", "event_action": "trigger"}"#, r#"{"routing_key": "R0123456", x"#] {
            for sender in [Sender::Mackerel, Sender::Jenkins, Sender::Events] {
                let events = read(sender, body.as_bytes(), DateTime::UNIX_EPOCH);
                assert_eq!(events.len(), 1);
                let kept = contents(sender, body.as_bytes(), &events);
                let Content::Body { body: kept, .. } = &kept[0] else { panic!("{kept:?}") };
                assert!(!format!("{events:?} {}", String::from_utf8_lossy(kept)).contains("R0123456"), "{events:?}");
            }
        }
    }

    /// What is read is what is queued, so that a body is either too large for both or for none.
    #[test]
    fn a_body_is_as_large_as_it_is_without_its_token() {
        let text = |fill: usize| {
            let fill = "y".repeat(fill);
            format!(r#"{{"routing_key": "R0123456", "event_action": "trigger", "payload": {{"summary": "{fill}"}}}}"#)
        };
        let rest = text(0).len();
        for (length, is_too_large) in [(LARGEST_BODY, false), (LARGEST_BODY + 1, false), (LARGEST_BODY + 100, true)] {
            let body = text(length - rest);
            let events = read(Sender::Events, body.as_bytes(), DateTime::UNIX_EPOCH);
            assert_eq!(events[0].unreadable.is_some(), is_too_large, "{length}");
            let kept = contents(Sender::Events, body.as_bytes(), &events);
            assert_eq!(matches!(kept[..], [Content::TooLarge { .. }]), is_too_large, "{length}");
        }
    }

    #[test]
    fn no_two_sources_share_a_name_a_setting_or_a_tag() {
        for words in [Sender::ALL.map(Sender::name).to_vec(), secrets().collect(), letters()] {
            assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{words:?}");
        }
        for sender in Sender::ALL {
            assert_eq!(Sender::named(sender.name()), Some(sender));
            assert_eq!(Sender::of(sender.source().origin), Some(sender));
            assert_eq!(origin_named(sender.name()), Some(sender.source().origin));
        }
        let routes = Sender::ALL.into_iter().filter(|sender| Sender::at(sender.name()) == Some(*sender));
        assert_eq!(routes.map(Sender::name).collect::<Vec<_>>(), ["pagerduty", "mackerel", "jenkins", "events"]);
        assert_eq!(Sender::at("cloudwatch"), None, "nobody can post an alarm of CloudWatch's");
        for origin in [Origin::Watchdog, Origin::Press, Origin::Shift] {
            assert_eq!((Sender::of(origin), Sender::at(origin.name())), (None, None));
            assert_eq!(origin_named(origin.name()), Some(origin));
        }
    }
}
