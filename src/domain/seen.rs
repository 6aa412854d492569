//! Whether an alert was seen before, and how it ended then.

use crate::domain::destination::Destination;
use crate::domain::incident::{IncidentId, Person};
use crate::domain::text::{Link, Tag};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// How far it is looked back.
pub const FURTHEST: TimeDelta = TimeDelta::days(90);
/// So many are looked at, the latest ones: of more it is said that there are so many at least.
pub const MOST: usize = 20;

/// An earlier incident that was the same alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub id: IncidentId,
    pub tag: Option<Tag>,
    pub opened_at: DateTime<Utc>,
    pub end: End,
    /// From its beginning to its end; `None` if it is not over, or nobody has said when it began.
    pub took: Option<TimeDelta>,
    /// Its thread in each chat, as far as the chat has told.
    pub links: BTreeMap<Destination, ThreadLinks>,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    NotYet,
    /// Its sender says that nobody has done it.
    ByItself,
    /// It may be a placeholder user.
    By(Person),
    /// It is over, and nobody has said who did it.
    NotSaid,
}

/// Where the thread of an incident opens in a chat, and the note in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLinks {
    /// The chat and its channel: what opens there is not shown elsewhere.
    pub home: String,
    pub thread: Link,
    /// The last note that was written once it was resolved.
    pub note: Option<Link>,
}

/// What there is to say about it in one chat.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The latest first.
    pub earlier: &'a [Earlier],
    /// Of the latest, if they open in that chat's channel.
    pub links: Option<&'a ThreadLinks>,
}

impl<'a> Seen<'a> {
    /// For the chat at that place, whose channel has that name.
    pub fn at(earlier: &'a [Earlier], place: Destination, home: &str) -> Self {
        let links = earlier.first().and_then(|last| last.links.get(&place));
        Self { earlier, links: links.filter(|links| links.home == home) }
    }
}
