//! What toban changes in PagerDuty, by `PUT /incidents/{id}`: whether anybody has pressed that, and what comes of it.

use crate::account::{Refusal, SRE, Shown};
use crate::actions::is_of_another_service;
use crate::presses::{Pressing, Recorded, Resolution};
use crate::world::World;
use serde_json::{Value, json};
use std::time::Duration;
use toban::domain::incident::State;
use toban::domain::press::Act;

/// So long after it was looked at, an incident may still be changed: a press is ours for half a minute, a throttled call waits
/// for two seconds, and what is not answered may be done so much later.
const LOOK_COUNTS: Duration = Duration::from_secs(30 + 2 + 25);

/// What is to be changed.
#[derive(Debug)]
pub enum Change {
    CallSre {
        is_raised: bool,
    },
    /// With these words.
    Resolve(String),
    /// Nothing that anybody may ask for.
    Other(Value),
}

impl Change {
    pub fn of(body: &Value) -> Self {
        let sent = &body["incident"];
        let policy = json!({"id": SRE, "type": "escalation_policy_reference"});
        let call = json!({"type": "incident_reference", "escalation_policy": policy});
        let mut raising = call.clone();
        raising["urgency"] = "high".into();
        let text = sent["resolution"].as_str().unwrap_or_default();
        let resolve = json!({"type": "incident_reference", "status": "resolved", "resolution": text});
        match sent {
            sent if *sent == call => Self::CallSre { is_raised: false },
            sent if *sent == raising => Self::CallSre { is_raised: true },
            sent if *sent == resolve && !text.is_empty() => Self::Resolve(text.to_owned()),
            other => Self::Other(other.clone()),
        }
    }
}

/// Changes an incident, if PagerDuty does that.
pub fn change(world: &World, pressing: &Pressing, id: &str, change: &Change, process: &str) -> Result<Shown, Refusal> {
    world.count("change in PagerDuty");
    world.note(format_args!("  asked to change {id}/: {change:?}"));
    let wrong = |what: String| pressing.seen().wrong.push((format!("{id}/"), what));
    let before = pressing.account.now(world, id);
    if is_of_another_service(id) {
        wrong(format!("is of another service, and was changed: {change:?}"));
    }
    // Sometimes something happens to it at the same moment.
    if !world.is_calm() && pressing.chance(|rng| rng.u32(..12)) == 0 {
        if pressing.chance(|rng| rng.bool()) {
            pressing.account.changed_by_others(world, id);
        }
        return Err((1005, "Data Changed Since Last Request"));
    }
    match change {
        Change::CallSre { is_raised } => {
            let is_recorded = pressing.seen().recorded_of(id, Act::CallSre).next().is_some();
            if !is_recorded {
                wrong("SRE is called, and nobody's press is recorded".to_owned());
            }
            if before.as_ref().is_some_and(|before| before.is_low && !is_raised) {
                wrong("SRE is called with low urgency".to_owned());
            }
            let called = pressing.account.hand_over(world, id, *is_raised)?;
            world.count(if called.calls_sre() { "SRE is called" } else { "SRE is asked for, and not called" });
            Ok(called)
        }
        Change::Resolve(text) => {
            let recorded: Vec<_> = {
                let seen = pressing.seen();
                seen.recorded_of(id, Act::Resolve).filter(|recorded| recorded.note == *text).cloned().collect()
            };
            if recorded.is_empty() {
                wrong(format!("is resolved, and nobody's press is recorded: {text}"));
            }
            if let Some(before) = before.filter(|before| before.state != State::Resolved)
                && !recorded.iter().any(|recorded| is_as_it_was(world, pressing, recorded, &before, process))
            {
                wrong(format!("is another one since {}, and resolved: {text}", before.since));
            }
            let (shown, told_by) = pressing.account.resolve(world, id)?;
            world.count("resolved by a press");
            let person =
                recorded.first().and_then(|recorded| pressing.seen().press(recorded).map(|press| press.person));
            let (incident, at) = (id.to_owned(), world.now());
            let presses = recorded.into_iter().map(|recorded| recorded.id).collect();
            pressing.seen().resolved.push(Resolution { incident, presses, person, at, told_by });
            Ok(shown)
        }
        Change::Other(sent) => {
            wrong(format!("PagerDuty is asked for {sent}"));
            Err((2001, "Invalid Input Provided"))
        }
    }
}

/// Whether an incident has the state in which it was to be resolved; or whoever resolves it could not know that it has not.
fn is_as_it_was(world: &World, pressing: &Pressing, recorded: &Recorded, before: &Shown, process: &str) -> bool {
    // PagerDuty tells whole seconds.
    if recorded.state_since.map(|at| at.timestamp()) == Some(before.since.timestamp()) {
        return true;
    }
    let looked = pressing.looked_at(process, &recorded.incident);
    looked.is_some_and(|looked| world.at(looked) <= before.since && world.elapsed() <= looked + LOOK_COUNTS)
}
