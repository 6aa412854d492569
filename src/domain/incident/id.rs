//! What an incident is known by.

use super::drill;
use crate::domain::text::Tag;
use std::fmt;

/// What makes events belong together: PagerDuty's own opaque id, `Q2YXK4P7T3M1NC`, or one of another source after the
/// letters that its tags begin with, `XY:8d9f`. Mackerel's and those of `/events` begin with the source's name instead
/// (`mackerel:2bj6TgCZ8Xy`): ledgers hold such ids. None of them is ever one of PagerDuty's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(pub String);

/// The letters of a tag, and what ids begin with in their place.
const NAMED: [(&str, &str); 3] = [("MK", "mackerel"), ("EV", "events"), (drill::LETTERS, drill::NAME)];

impl IncidentId {
    /// The incident of that id at the source whose tags begin with these letters.
    pub fn of(letters: &str, id: &str) -> Self {
        let beginning = NAMED.iter().find(|(known, _)| *known == letters).map_or(letters, |(_, name)| name);
        Self(format!("{beginning}:{id}"))
    }

    /// The tag of an incident that has no number. `None` for PagerDuty's, which are tagged by their number.
    pub fn tag(&self) -> Option<Tag> {
        let (beginning, id) = self.0.split_once(':')?;
        let letters = NAMED.iter().find(|(_, name)| *name == beginning).map_or(beginning, |(letters, _)| letters);
        Tag::of(letters, id)
    }

    /// Whether it is one of PagerDuty's own.
    pub fn is_pagerdutys(&self) -> bool {
        !self.0.contains(':')
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number that people say, unique in a PagerDuty account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentNumber(pub u64);

impl IncidentNumber {
    /// What the incident's messages carry.
    pub fn tag(self) -> Tag {
        Tag::pagerduty(self.0)
    }
}

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
