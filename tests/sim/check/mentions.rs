//! Whom a message pings: those whom the table of mentions names, and nobody else.

use super::Seen;
use super::watch::FOUND;
use super::whom::{self, Call, Known, OVER, whom};
use crate::chats::Post;
use crate::events::Event;
use crate::sheet::{Version, slack_id, typetalk_name};
use crate::story::pinged;
use crate::team::FALLBACK;
use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use toban::domain::incident::State;

/// Clocks are up to 15 s wrong, and what is not answered may be accepted so much later.
const MARGIN: TimeDelta = TimeDelta::seconds(40);
/// An edit counts after this.
const COPY: Duration = Duration::from_secs(110);
/// After this, a fault of the sheet or of the table has no consequences.
const FORGOTTEN: Duration = Duration::from_secs(240);
/// What may have come to be known meanwhile.
const JUST_NOW: Duration = Duration::from_secs(60);

/// What a message says that mentions nobody, because the chat refuses that, or because it may have been there twice.
const QUIET: [&str; 2] = ["チャットがメンションを受け付けない", "メンションしません"];

/// What pings these people in the chat of a message.
pub(super) fn handles(world: &World, seen: &Seen, people: &BTreeSet<u32>) -> BTreeSet<String> {
    let is_typetalk = seen.channel == 1 && world.parts.has_typetalk;
    let handle = |person: &u32| if is_typetalk { typetalk_name(*person) } else { format!("@{}", slack_id(*person)) };
    people.iter().map(handle).collect()
}

fn fallback(world: &World, seen: &Seen) -> BTreeSet<String> {
    let is_typetalk = seen.channel == 1 && world.parts.has_typetalk;
    BTreeSet::from([if is_typetalk { "sre" } else { FALLBACK }.to_owned()])
}

pub(super) fn pinged_by(world: &World, seen: &Seen) -> BTreeSet<String> {
    pinged(&seen.post.text, seen.channel == 1 && world.parts.has_typetalk)
}

/// Whether a message pings the fallback, and nobody else.
pub(super) fn pinged_fallback(world: &World, seen: &Seen) -> bool {
    pinged_by(world, seen) == fallback(world, seen)
}

/// Whom a message may ping that is for those on call, while something fails the fallback, too.
pub(super) fn on_call(world: &World, seen: &Seen) -> Vec<BTreeSet<String>> {
    let called = sheets(world, seen.post.at).into_iter().map(|sheet| whom::on_call(sheet, world.at(seen.post.at)));
    called.map(|call| pings(world, seen, &call)).collect()
}

/// Whether a message that mentions nobody says why: also that it is over, if it is.
pub(super) fn is_told_why(text: &str, is_over: bool) -> bool {
    (is_over && text.contains(OVER)) || QUIET.iter().any(|why| text.contains(why))
}

/// What a call looks like in the chat of a message.
pub(super) fn pings(world: &World, seen: &Seen, call: &Call) -> BTreeSet<String> {
    match (call.people.is_empty(), call.fallback) {
        (false, _) => handles(world, seen, &call.people),
        (true, true) => fallback(world, seen),
        (true, false) => BTreeSet::new(),
    }
}

/// It pings whom the table names, for a time at which it may have been decided and a sheet that may have been read then; and
/// says why, if that is not those on call.
pub(super) fn check(
    world: &World,
    seen: &Seen,
    (added, told): (&[Arc<Event>], &BTreeMap<String, Duration>),
    wrong: &mut impl FnMut(&str, String),
) {
    let event = |key: &String| {
        let added = added.iter().map(|event| &**event).find(|event| event.key == *key);
        world.story.event(key).or(added)
    };
    let events: Vec<_> = seen.keys.iter().filter_map(event).collect();
    let Some(first) = events.first() else { return };
    let (pinged, text) = (pinged_by(world, seen), &seen.post.text);
    let over: Vec<_> = events.iter().map(|event| over(event, world, seen, told)).collect();
    if text.contains(OVER) && over.iter().all(|over| *over == Over::No) {
        wrong(&first.key, format!("at {} said to be over, and is not", seen.post.sent_at));
    }
    let mut may = Vec::new();
    for (now, sheet) in
        times(seen).into_iter().flat_map(|now| sheets(world, seen.post.at).into_iter().map(move |sheet| (now, sheet)))
    {
        let known = Known { hours: world.parts.hours, sheet, is_over: false, now };
        let calls = together(events.iter().zip(&over).map(|(event, over)| calls(world, seen, event, *over, &known)));
        for call in calls {
            let is_it = pinged == pings(world, seen, &call) && (events.len() > 1 || text.contains(call.says));
            if is_it {
                world.count(rule(&call));
                return;
            }
            if !may.contains(&call) {
                may.push(call);
            }
        }
    }
    if !(pinged.is_empty() && (is_told_why(text, false) || is_further(world, seen))) {
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        let (at, sheets) = (seen.post.sent_at, sheets(world, seen.post.at));
        wrong(&first.key, format!("{kinds:?} sent at {at} pings {pinged:?}, where {may:?} is right by {sheets:?}"));
    }
}

/// Whether it was found together with another one, which calls somebody for both.
fn is_further(world: &World, seen: &Seen) -> bool {
    let is_other = |post: &Post| {
        let away = (post.sent_at - seen.post.sent_at).abs();
        post.id != seen.post.id && post.text.contains(FOUND) && away < TimeDelta::minutes(11)
    };
    seen.post.text.contains(FOUND) && world.channels[seen.channel].posts().iter().any(is_other)
}

/// A name of what decided, to be counted.
fn rule(call: &Call) -> &'static str {
    match call {
        Call { fallback: false, says: OVER, .. } => "mention: nobody, it is over",
        Call { fallback: true, says: whom::GAP, .. } => "mention: fallback, a gap",
        Call { fallback: true, says: whom::UNREAD, .. } => "mention: fallback, unread",
        Call { fallback: true, says: "", .. } => "mention: fallback, nobody's day",
        Call { fallback: true, people, .. } if people.is_empty() => "mention: fallback, held by nobody",
        Call { people, .. } if people.is_empty() => "mention: nobody",
        Call { people, says: "", .. } if people.len() == 2 => "mention: two",
        _ => "mention: others",
    }
}

/// When it may have been decided.
fn times(seen: &Seen) -> Vec<DateTime<Utc>> {
    let mut all = vec![seen.post.decided_after];
    let mut at = seen.post.sent_at;
    while at > seen.post.decided_after {
        all.push(at);
        at -= TimeDelta::seconds(5);
    }
    all
}

/// What the sheet may have said: while something fails, anything until then.
pub(super) fn sheets(world: &World, posted: Duration) -> Vec<Option<Version>> {
    let is_calm = !world.troubles.were(posted.saturating_sub(FORGOTTEN), posted);
    let from = if is_calm { posted.saturating_sub(COPY) } else { Duration::ZERO };
    let versions = world.rota.between(from, posted).into_iter().map(Some);
    versions.chain((!is_calm && !world.troubles.leave_a_copy(posted)).then_some(None)).collect()
}

/// Whom an event may call, for what is known.
fn calls(world: &World, seen: &Seen, event: &Event, over: Over, known: &Known) -> Vec<Call> {
    let is_over: &[bool] = match over {
        Over::No => &[false],
        Over::Perhaps => &[false, true],
        Over::Surely => &[true],
    };
    let is_found = seen.post.text.contains(FOUND);
    let mut all = Vec::new();
    for occurred_at in occurred_at(world, seen, event) {
        for is_over in is_over {
            let call = whom(event, occurred_at, is_found, &Known { is_over: *is_over, ..*known });
            if !all.contains(&call) {
                all.push(call);
            }
        }
    }
    all
}

/// Of what cannot be read only the arrival is known, at one of its tries.
fn occurred_at(world: &World, seen: &Seen, event: &Event) -> Vec<DateTime<Utc>> {
    if event.kind != "unreadable" {
        return vec![event.occurred_at];
    }
    let until = world.story.accepted(&event.key).map_or(seen.post.at, |accepted| accepted.min(seen.post.at));
    // By a clock that is up to 15 s wrong.
    let (first, last) = (event.sent_at.as_secs().saturating_sub(15), until.as_secs() + 16);
    (first..=last).step_by(20).chain([last]).map(|second| world.at(Duration::from_secs(second))).collect()
}

/// All that several events may call in one message.
fn together(each: impl Iterator<Item = Vec<Call>>) -> Vec<Call> {
    let both = |before: Vec<Call>, event: Vec<Call>| {
        let mut all = Vec::new();
        for call in before.iter().flat_map(|before| event.iter().map(|call| before.and(call))) {
            if !all.contains(&call) {
                all.push(call);
            }
        }
        all
    };
    each.reduce(both).unwrap_or_default()
}

/// Whether an incident was resolved after an event, and that was known when it was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    No,
    Perhaps,
    Surely,
}

fn over(event: &Event, world: &World, seen: &Seen, told: &BTreeMap<String, Duration>) -> Over {
    // Nobody can read of which incident it is.
    if event.kind == "unreadable" {
        return Over::No;
    }
    let until = world.at(seen.post.at) + MARGIN;
    if let Some(pressing) = &world.pressing {
        let is_end = |at: DateTime<Utc>, state| state == State::Resolved && event.occurred_at <= at && at <= until;
        let history = pressing.account.history(world, event.incident());
        let is_over = history.iter().any(|(at, shown)| is_end(*at, shown.state));
        return if is_over { Over::Perhaps } else { Over::No };
    }
    let all = || world.story.incident(event.incident()).into_iter().flat_map(|incident| &incident.events);
    let mut ends = all().filter(|one| one.kind == "resolved" && event.occurred_at <= one.occurred_at);
    let Some(end) = ends.find(|end| end.occurred_at <= until) else { return Over::No };
    let is_told = told.get(&end.key).is_some_and(|told| *told + JUST_NOW < seen.post.at);
    let goes_on = all().any(|one| one.key != end.key && one.occurred_at + MARGIN > end.occurred_at);
    if is_told && !goes_on && world.is_sure_of(event.incident()) { Over::Surely } else { Over::Perhaps }
}
