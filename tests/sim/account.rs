//! PagerDuty's incidents as they are: by what happens in the story, and by what is done to them meanwhile.

use crate::events::{Done, Event, SOMEBODY, TIMED_OUT};
use crate::pagerduty::{NOBODY, OF_OPEN};
use crate::presses::Pressing;
use crate::world::{World, one_of};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use toban::domain::incident::State;

/// SRE's escalation policy, and whom it calls.
pub const SRE: &str = "PSREPOL";
const SRE_ON_CALL: &str = "PSRE01";
/// The user as whom toban acts.
pub const TOBAN: &str = "PTOBAN1";

/// An incident at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub state: State,
    /// When it came into this state, and by which user; `None` if it came by itself.
    pub since: DateTime<Utc>,
    pub by: Option<&'static str>,
    pub policy: &'static str,
    pub assignees: Vec<String>,
    /// It was given to its assignees by name.
    pub is_direct: bool,
    pub is_low: bool,
}

impl Shown {
    /// Whether SRE is called.
    pub fn calls_sre(&self) -> bool {
        let is_theirs = self.assignees.iter().any(|assignee| assignee == SRE_ON_CALL);
        self.state == State::Triggered && self.policy == SRE && is_theirs && !self.is_direct
    }
}

/// What an incident was, and from when on.
pub type Moment = (DateTime<Utc>, Shown);

/// Why nothing was done, by PagerDuty's number.
pub type Refusal = (u64, &'static str);

#[derive(Debug, Default)]
struct Kept {
    /// The last one is what it is now.
    history: Vec<Moment>,
    /// So many events of the story have happened, or do not happen any more.
    done: usize,
    /// Something else was done to it; and of something that was done there is no webhook.
    was_changed: bool,
    is_untold: bool,
}

#[derive(Debug, Default)]
pub struct Account(Mutex<BTreeMap<String, Kept>>);

fn number(id: &str) -> u64 {
    id.strip_prefix('Q').and_then(|number| number.parse().ok()).expect("an incident of the story")
}

impl Account {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().expect("no panic before")
    }

    /// Lets everything happen that happens in the story until now.
    pub fn advance(&self, world: &World, id: &str) {
        let Some(incident) = world.story.incident(id) else { return };
        let (now, mut all) = (world.now(), self.all());
        let kept = all.entry(id.to_owned()).or_default();
        let due = incident.events.iter().skip(kept.done).take_while(|event| event.occurred_at <= now);
        for event in due {
            kept.done += 1;
            let is_open = kept.history.last().map(|(_, shown)| shown.state != State::Resolved);
            let cannot_be = (is_open == Some(false) && OF_OPEN.contains(&event.kind))
                || (is_open == Some(true) && event.kind == "reopened");
            if cannot_be {
                world.count("event that does not happen any more");
                world.note(format_args!("{} {} does not happen any more", event.key, event.kind));
                world.story.void(&event.key);
            } else {
                happens(kept, id, event.kind, (event.occurred_at, Some(SOMEBODY)), &event.assignees);
            }
        }
    }

    /// What it was at all times until now.
    pub fn history(&self, world: &World, id: &str) -> Vec<Moment> {
        self.advance(world, id);
        self.all().get(id).map(|kept| kept.history.clone()).unwrap_or_default()
    }

    /// `None` before it has begun.
    pub fn now(&self, world: &World, id: &str) -> Option<Shown> {
        self.advance(world, id);
        self.all().get(id)?.history.last().map(|(_, shown)| shown.clone())
    }

    /// Whether anything was done to it but what happens in the story.
    pub fn was_changed(&self, id: &str) -> bool {
        self.all().get(id).is_some_and(|kept| kept.was_changed)
    }

    /// Whether all of that was told by webhooks.
    pub fn is_told(&self, id: &str) -> bool {
        self.all().get(id).is_none_or(|kept| !kept.is_untold)
    }

    /// Somebody else resolves it, acknowledges it or opens it again.
    pub fn changed_by_others(&self, world: &World, id: &str) {
        let (Some(shown), Some(pressing)) = (self.now(world, id), &world.pressing) else { return };
        // What begins twice in a second is taken for the same.
        if world.now() - shown.since < TimeDelta::seconds(1) {
            return;
        }
        let kind = match shown.state {
            State::Resolved => "reopened",
            State::Acknowledged => "resolved",
            State::Triggered => pressing.chance(|rng| one_of(rng, ["resolved", "acknowledged"])),
        };
        // Whoever is called answers, too.
        let (by, assignee) = if shown.calls_sre() { (SRE_ON_CALL, SRE_ON_CALL) } else { (SOMEBODY, NOBODY) };
        let assignees = if kind == "resolved" { Vec::new() } else { vec![assignee.to_owned()] };
        world.count("change by others in between");
        let done = Done { kind, by: Some(by), assignees, stays_acknowledged: false };
        self.change(world, id, &done);
        tell(world, id, done);
    }

    /// Hands it over to SRE's policy, as toban's user.
    pub fn hand_over(&self, world: &World, id: &str, is_raised: bool) -> Result<Shown, Refusal> {
        let shown = self.open(world, id)?;
        let assignee = match number(id) % 7 {
            3 => return Err((1015, "The escalation policy has nobody on call")),
            5 => NOBODY,
            _ => SRE_ON_CALL,
        };
        // Nobody knows yet whether an acknowledgement ends with it.
        let stays = shown.state == State::Acknowledged && number(id) % 4 == 1;
        let pressing = world.pressing.as_ref().expect("people press here");
        let kind = pressing.chance(|rng| one_of(rng, ["delegated", "delegated", "reassigned", "escalated"]));
        let by = Some(TOBAN);
        let done = Done { kind, by, assignees: vec![assignee.to_owned()], stays_acknowledged: stays };
        self.change(world, id, &done);
        let mut all = self.all();
        let (_, last) = all.get_mut(id).and_then(|kept| kept.history.last_mut()).expect("it has begun");
        (last.policy, last.is_direct, last.is_low) = (SRE, false, last.is_low && !is_raised);
        if stays {
            (last.state, last.since, last.by) = (shown.state, shown.since, shown.by);
        }
        let last = last.clone();
        drop(all);
        if self.tells(pressing, id) {
            tell(world, id, done.clone());
            if shown.state == State::Acknowledged && !stays && may_time_out(world, id) {
                tell(world, id, Done { kind: TIMED_OUT, ..done });
            }
        }
        Ok(last)
    }

    /// Resolves it, as toban's user. Also returns the key of the event that tells of it, if it is told.
    pub fn resolve(&self, world: &World, id: &str) -> Result<(Shown, Option<String>), Refusal> {
        self.open(world, id)?;
        let done = Done { kind: "resolved", by: Some(TOBAN), assignees: Vec::new(), stays_acknowledged: false };
        self.change(world, id, &done);
        let pressing = world.pressing.as_ref().expect("people press here");
        let key = self.tells(pressing, id).then(|| tell(world, id, done));
        Ok((self.now(world, id).expect("it has begun"), key))
    }

    fn open(&self, world: &World, id: &str) -> Result<Shown, Refusal> {
        let shown = self.now(world, id).ok_or((2100, "Not Found"))?;
        if shown.state == State::Resolved { Err((1001, "Incident Already Resolved")) } else { Ok(shown) }
    }

    fn change(&self, world: &World, id: &str, Done { kind, by, assignees, .. }: &Done) {
        world.note(format_args!("  {by:?} changes {id}/: {kind}"));
        let mut all = self.all();
        let kept = all.entry(id.to_owned()).or_default();
        kept.was_changed = true;
        happens(kept, id, kind, (world.now(), *by), assignees);
    }

    /// Whether there is a webhook of what was done: one in six is lost.
    fn tells(&self, pressing: &Pressing, id: &str) -> bool {
        let is_told = pressing.chance(|rng| rng.u32(..6)) > 0;
        self.all().entry(id.to_owned()).or_default().is_untold |= !is_told;
        is_told
    }
}

/// What nobody does is recognised by its time alone.
fn may_time_out(world: &World, id: &str) -> bool {
    let added = world.story.added();
    let all = world.story.events().chain(added.iter().map(|event| &**event));
    let mut others = all.filter(|event| event.incident() == id && event.kind == TIMED_OUT);
    !others.any(|event| (event.occurred_at - world.now()).abs() < TimeDelta::minutes(3))
}

/// Sends a webhook of what was done now, late now and then. Returns the event's key.
fn tell(world: &World, id: &str, done: Done) -> String {
    let pressing = world.pressing.as_ref().expect("people press here");
    let now = world.elapsed();
    // PagerDuty may be faster than its own answer is read.
    let most = pressing.chance(|rng| one_of(rng, [8, 1_500, 1_500]));
    let soon = now + Duration::from_millis(pressing.chance(|rng| rng.u64(1..most)));
    let late = pressing.chance(|rng| (rng.u32(..8) == 0).then(|| rng.u64(10..900)));
    let late = late.map(|late| (now + Duration::from_secs(late)).min(world.weather.lasts)).unwrap_or_default();
    let at = (world.now(), soon.max(late));
    world.story.add(|nth| Event::of(done, number(id), nth, at))
}

/// An incident is another one now.
fn happens(
    kept: &mut Kept,
    id: &str,
    kind: &str,
    (at, by): (DateTime<Utc>, Option<&'static str>),
    assignees: &[String],
) {
    let before = kept.history.last().map(|(_, shown)| shown.clone());
    let is_new = before.is_none();
    let before = before.unwrap_or_else(|| Shown {
        state: State::Triggered,
        since: at,
        by: None,
        policy: "PEP",
        assignees: vec![NOBODY.to_owned()],
        is_direct: false,
        is_low: number(id).is_multiple_of(3),
    });
    let state = match kind {
        "acknowledged" => State::Acknowledged,
        "resolved" => State::Resolved,
        "triggered" | "reopened" | TIMED_OUT | "reassigned" | "escalated" | "delegated" => State::Triggered,
        _ => before.state,
    };
    let mut shown = Shown { state, ..before.clone() };
    if state != before.state {
        (shown.since, shown.by) = (at, by);
    }
    // Whoever acknowledges it is asked already.
    let is_given = OF_OPEN.contains(&kind) || ["triggered", "reopened"].contains(&kind);
    if is_given && (kind != "acknowledged" || shown.policy != SRE) {
        shown.assignees = assignees.to_vec();
        shown.is_direct = kind == "reassigned";
        shown.policy = if kind == "delegated" { "PEP2" } else { "PEP" };
    }
    if is_new || shown != before {
        kept.history.push((at, shown));
    }
}
