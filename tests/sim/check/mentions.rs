//! Whom a message calls: by an oracle of its own, from hours, kinds and what the sheet said.

use super::Seen;
use crate::events::Event;
use crate::pagerduty::NOBODY;
use crate::sheet::{PEOPLE, Version, pagerduty_id, slack_id, typetalk_name};
use crate::story::pinged;
use crate::team::{Chats, FALLBACK};
use crate::world::World;
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, TimeDelta, Timelike as _, Utc, Weekday};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use toban::domain::incident::State;

/// Clocks are up to 15 s wrong, and a delivery takes 8 s at most.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

/// What a message says that mentions nobody, because the chat refuses that, or because it may have been there twice.
const QUIET: [&str; 2] = ["チャットがメンションを受け付けない", "メンションしません"];

/// What is said of an incident that was resolved before the message went out.
const OVER: &str = "すでに解決しています";

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

fn pinged_by(world: &World, seen: &Seen) -> BTreeSet<String> {
    pinged(&seen.post.text, seen.channel == 1 && world.parts.has_typetalk)
}

/// Whether a message pings the fallback, and nobody else.
pub(super) fn pinged_fallback(world: &World, seen: &Seen) -> bool {
    pinged_by(world, seen) == fallback(world, seen)
}

/// Whom a message may ping that is for those on call, while something fails the fallback, too.
pub(super) fn on_call(world: &World, seen: &Seen) -> Vec<BTreeSet<String>> {
    let date = date(world.at(seen.post.at));
    let versions = possible_pairs(world, seen.post.at).into_iter();
    let of_version = |version: Version| match version.pair(date) {
        Some(pair) => handles(world, seen, &pair.into()),
        None => fallback(world, seen),
    };
    let is_unread = (seen.post.at <= world.recovered()).then(|| fallback(world, seen));
    versions.map(of_version).chain(is_unread).collect()
}

/// Whether a message that mentions nobody says why: also that it is over, if it is.
pub(super) fn is_told_why(text: &str, is_over: bool) -> bool {
    (is_over && text.contains(OVER)) || QUIET.iter().any(|why| text.contains(why))
}

/// Nobody is pinged but those of the rota, whom an incident went to, and the fallback; and they are when they should be.
pub(super) fn check(world: &World, seen: &Seen, added: &[Arc<Event>], wrong: &mut impl FnMut(&str, String)) {
    let (pinged, is_fallback) = (pinged_by(world, seen), pinged_fallback(world, seen));
    let event = |key: &String| {
        let added = added.iter().map(|event| &**event).find(|event| event.key == *key);
        world.story.event(key).or(added)
    };
    let events: Vec<_> = seen.keys.iter().filter_map(event).collect();
    let Some(event) = events.first() else { return };
    let posted = world.at(seen.post.at);
    let judged: Vec<_> = events.iter().map(|event| judge(event, world, posted)).collect();
    let must = judged.contains(&Calls::Pair);
    let may = judged.iter().any(|judged| *judged != Calls::Nobody);
    let went_to: BTreeSet<_> = events.iter().flat_map(|event| went_to(event)).collect();
    let went_to = handles(world, seen, &went_to);
    let is_pair = possible_pairs(world, seen.post.at).into_iter().any(|version| match version.pair(date(posted)) {
        // Several events in one message may call others as well.
        Some(pair) => {
            let pair = handles(world, seen, &pair.into());
            pinged == pair || (events.len() > 1 && pinged == pair.union(&went_to).cloned().collect())
        }
        None => is_fallback,
    });
    let says_over = seen.post.text.contains(OVER);
    let is_over = events.iter().any(|event| is_over(event, world, posted));
    if says_over && !is_over {
        wrong(&event.key, format!("at {posted} said to be over, and is not"));
    }
    let is_told_why = is_told_why(&seen.post.text, true);
    let is_right = match (pinged.is_empty(), may) {
        // Not if the chat refuses mentions, and the message says so.
        (true, _) => !must || is_told_why,
        (false, true) => is_pair || is_fallback || (!went_to.is_empty() && pinged.is_subset(&went_to)),
        (false, false) => is_fallback && events.iter().any(|event| is_held_by_nobody(event)),
    };
    if !is_right {
        let versions = possible_pairs(world, seen.post.at);
        wrong(&event.key, format!("at {posted} pinged {pinged:?}, where {judged:?} of {versions:?} should be"));
    }
    // With every service well for some time there is no reason for the fallback.
    let is_calm = seen.post.at > world.recovered();
    if is_calm && must && !is_pair && !is_told_why && world.parts.chats != Chats::Failover {
        wrong(&event.key, format!("at {posted} pinged {pinged:?} although the sheet could be read"));
    }
    if is_calm && judged == [Calls::WentTo] && is_surely_working(event, posted) && pinged != went_to && !is_told_why {
        wrong(&event.key, format!("at {posted} pinged {pinged:?} of {went_to:?}"));
    }
    if is_surely_held_by_nobody(event, posted) && !is_fallback && !is_told_why && events.len() == 1 {
        wrong(&event.key, format!("at {posted} pinged {pinged:?}, and nobody has it"));
    }
}

/// Whether the incident was resolved after the event, and before that time.
fn is_over(event: &Event, world: &World, posted: DateTime<Utc>) -> bool {
    let until = posted + MARGIN;
    if let Some(pressing) = &world.pressing {
        let history = pressing.account.history(world, event.incident());
        return history
            .iter()
            .any(|(at, shown)| shown.state == State::Resolved && event.occurred_at <= *at && *at <= until);
    }
    let ends = world.story.incident(event.incident()).into_iter().flat_map(|incident| &incident.events);
    let mut ends = ends.filter(|one| one.kind == "resolved").map(|end| end.occurred_at);
    ends.any(|at| event.occurred_at <= at && at <= until)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calls {
    /// The pair or the fallback, certainly.
    Pair,
    /// The pair, the fallback, or nobody, by which side of a boundary it was.
    Perhaps,
    /// Whom it went to, if anybody knows them.
    WentTo,
    Nobody,
}

/// Whom an event calls when it is posted at about that time.
fn judge(event: &Event, world: &World, posted: DateTime<Utc>) -> Calls {
    let around = |from: DateTime<Utc>, to: DateTime<Utc>| [is_working(from - MARGIN), is_working(to + MARGIN)];
    // Of what cannot be read only the arrival is known, at one of its tries.
    let (occurred_at, known_at) = match event.kind {
        "unreadable" => (world.at(event.sent_at), posted),
        _ => (event.occurred_at, event.occurred_at),
    };
    let (occurred, now) = (around(occurred_at, known_at), around(posted, posted));
    let late = posted - occurred_at;
    let surely = occurred == [true; 2] && (now == [true; 2] || late < TimeDelta::minutes(29));
    let perhaps = occurred.contains(&true) && (now.contains(&true) || late < TimeDelta::minutes(31));
    match (event.kind, surely, perhaps) {
        ("triggered" | "reopened" | "unacknowledged" | "unreadable", true, _) => Calls::Pair,
        ("triggered" | "reopened" | "unacknowledged" | "unreadable", _, true) => Calls::Perhaps,
        ("escalated" | "reassigned", _, true) => Calls::WentTo,
        _ => Calls::Nobody,
    }
}

fn went_to(event: &Event) -> Vec<u32> {
    let is_called = matches!(event.kind, "escalated" | "reassigned");
    (0..PEOPLE).filter(|person| is_called && event.assignees.contains(&pagerduty_id(*person))).collect()
}

/// Whether nobody real has it, at a time that may be outside hours.
fn is_held_by_nobody(event: &Event) -> bool {
    let is_outside = !is_working(event.occurred_at - MARGIN) || !is_working(event.occurred_at + MARGIN);
    let calls = matches!(event.kind, "triggered" | "reopened" | "unacknowledged");
    calls && is_outside && event.assignees == [NOBODY]
}

fn is_surely_working(event: &Event, posted: DateTime<Utc>) -> bool {
    [event.occurred_at, posted].iter().all(|at| is_working(*at - MARGIN) && is_working(*at + MARGIN))
}

/// Whether nobody real has it, at a time that is certainly outside hours.
fn is_surely_held_by_nobody(event: &Event, posted: DateTime<Utc>) -> bool {
    let is_outside = |at: DateTime<Utc>| !is_working(at - MARGIN) && !is_working(at + MARGIN);
    is_held_by_nobody(event) && is_outside(event.occurred_at) && is_outside(posted)
}

/// The versions of the sheet that may count at a time: while something fails, all until then.
fn possible_pairs(world: &World, posted: Duration) -> Vec<Version> {
    let is_calm = posted > world.recovered();
    let from = if is_calm { posted.saturating_sub(Duration::from_secs(110)) } else { Duration::ZERO };
    world.rota.between(from, posted)
}

fn tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(9 * 3_600).expect("a zone"))
}

fn date(at: DateTime<Utc>) -> NaiveDate {
    tokyo(at).date_naive()
}

/// Weekdays from ten to five, but for the one holiday of these days.
fn is_working(at: DateTime<Utc>) -> bool {
    let at = tokyo(at);
    let is_day_off = matches!(at.weekday(), Weekday::Sat | Weekday::Sun) || at.day() == 23;
    !is_day_off && (10..17).contains(&at.hour())
}
