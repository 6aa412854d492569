//! What no sender says: what comes of a call for SRE, and of the end of a shift.

pub(super) mod en;
pub(super) mod ja;

use super::event::Context;
use super::parts::{names, time};
use super::{Line, Span};
use crate::domain::incident::{Escalation, EventKind, IncidentEvent, Person, SHIFT, Status, Taker};
use crate::domain::policy::Decision;
use crate::domain::press::Obstacle;
use crate::domain::text::Foreign;
use chrono::{TimeDelta, Utc};

/// What is said.
#[derive(Debug)]
pub(super) enum Ours<'a> {
    /// Whom PagerDuty notifies.
    Called(Line),
    /// And who has called.
    NotCalled(Obstacle, Option<&'a Foreign>),
    /// The incident by its tag, and the minutes that are left.
    Ends(Line, i64),
    /// The incident by its tag, and what becomes of it.
    Over(Line, Becomes),
}

/// What becomes of an incident that is open when the shift ends.
#[derive(Debug)]
pub(super) enum Becomes {
    /// SRE was called from the chat; whom of them PagerDuty notifies.
    HandedOver(Option<Line>),
    /// They go on with it.
    Continued(Line),
    /// They are on it, and have not said that they go on.
    Taken(Line),
    /// Nobody is.
    Nobodys,
}

/// The sentence of such an event; `None` if it is of another kind.
pub(super) fn sentence(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Option<Line> {
    let words = context.language.words();
    let said = match event.kind {
        EventKind::SreCalled => {
            let people = names(&event.details.people, context.ignored, words);
            Ours::Called(people.unwrap_or_else(|| Line::own(words.none)))
        }
        EventKind::SreNotCalled => {
            let why = event.ours().obstacle.unwrap_or(Obstacle::Other(0));
            Ours::NotCalled(why, event.agent.as_ref().map(|agent| &agent.name))
        }
        EventKind::ShiftEnds => {
            let left =
                event.ours().shift_ends_at.unwrap_or_default() - decision.reason.posted.local.with_timezone(&Utc);
            // Begun minutes count.
            Ours::Ends(tag(event), (left + TimeDelta::seconds(59)).num_minutes().max(1))
        }
        EventKind::ShiftOver => Ours::Over(tag(event), becomes(event, context)),
        _ => return None,
    };
    let line = (words.ours)(said);
    let by = event.agent.as_ref().filter(|_| event.kind == EventKind::SreCalled);
    let by = by.map(|by| Line::own(words.by.0).foreign(&by.name).and(words.by.1));
    let at = by.is_some().then(|| Line::own(time(event.occurred_at, &decision.reason.posted.local)));
    Some(Line::joined([line].into_iter().chain(by).chain(at).collect(), " · "))
}

/// The incident as its messages name it; its title if it has no tag.
fn tag(event: &IncidentEvent) -> Line {
    match (event.incident.tag(), &event.incident.title) {
        (Some(tag), _) => Line(vec![Span::Tag(tag)]),
        (None, Some(title)) => Line::default().foreign(title),
        (None, None) => Line::default(),
    }
}

fn becomes(event: &IncidentEvent, context: Context<'_>) -> Becomes {
    let words = context.language.words();
    let people = |takers: &[Taker]| {
        let people: Vec<Person> = takers.iter().map(|taker| taker.who.clone()).collect();
        names(&people.into(), context.ignored, words)
    };
    let Some(Status { stays, takers, sre, .. }) = context.status else { return Becomes::Nobodys };
    let ours = event.ours();
    // PagerDuty knows best whether it still is theirs.
    let is_theirs = matches!(ours.escalation, None | Some(Escalation::Reached | Escalation::Acknowledged));
    if let Some(call) = sre.as_ref().filter(|_| is_theirs) {
        return Becomes::HandedOver(names(&call.people, context.ignored, words));
    }
    let is_of_this_shift = |taker: &&Taker| ours.shift_ends_at.is_none_or(|at| at - taker.since < SHIFT);
    let stays: Vec<_> = stays.iter().filter(is_of_this_shift).cloned().collect();
    match (people(&stays), people(takers)) {
        (Some(who), _) => Becomes::Continued(who),
        (None, Some(who)) => Becomes::Taken(who),
        (None, None) => Becomes::Nobodys,
    }
}
