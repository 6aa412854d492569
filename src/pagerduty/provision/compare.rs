//! Compares what is there with what is wanted.

use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::{Desired, FirstResponse};
use crate::pagerduty::state::{
    Layer, Name, Policy, Restriction, Rule, Schedule, Subscription, Target, TargetKind, UNFINISHED, UserId, is_same_url,
};
use chrono::{DateTime, SubsecRound as _, Utc, Weekday};

/// The name of toban's layer of the dummy's schedule.
const LAYER: &str = "working hours";

/// A week. The dummy is alone in its layer, so nothing depends on it.
const TURN_SECONDS: u64 = 7 * 24 * 3_600;

/// The description of our subscription.
pub(super) const OURS: &str = "toban";

/// One thing that is not as it should be, and what it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The schedule's time zone.
    Zone { before: String, after: String },
    /// None of the schedule's layers is in force.
    NoLayer { after: Vec<Restriction> },
    /// Who is on call on our layer. Somebody without a name is shown by the id.
    OnCall { before: Vec<String>, after: Name },
    /// When our layer applies.
    Hours { before: Vec<Restriction>, after: Vec<Restriction> },
    /// The length of a turn, in seconds.
    Turns { before: u64, after: u64 },
    /// Our layer is to have no end.
    LayerEnds(DateTime<Utc>),
    /// The policy's levels.
    Levels { before: Vec<Rule>, after: Vec<Rule> },
    /// How many events the subscription delivers, which are missing, and how many it will deliver.
    Events { there: usize, missing: Vec<String>, wanted: usize },
    /// Somebody has switched the subscription off.
    Inactive,
    /// The subscription's description says that nobody has its secret.
    Unfinished,
    /// The service's policy.
    Policy { before: Name, after: Name },
}

/// When the dummy is on call: one restriction for each working day, because a daily one cannot leave out weekends.
pub(super) fn restrictions(desired: &Desired) -> Vec<Restriction> {
    let minutes = desired.calendar.hours.minutes();
    let seconds = u32::from(minutes.end - minutes.start) * 60;
    let start = desired.calendar.hours.start();
    let restriction = |day: Weekday| Restriction { day: u8::try_from(day.number_from_monday()).ok(), start, seconds };
    desired.calendar.days.weekdays().map(restriction).collect()
}

/// The layer as it should be, keeping as much as possible of an existing one. PagerDuty's times are whole seconds.
pub(super) fn layer(desired: &Desired, dummy: UserId, there: Option<&Layer>, now: DateTime<Utc>) -> Layer {
    let start = now.trunc_subsecs(0);
    Layer {
        id: there.and_then(|layer| layer.id.clone()),
        name: there.map_or_else(|| LAYER.to_owned(), |layer| layer.name.clone()),
        start: there.map_or(start, |layer| layer.start),
        end: None,
        virtual_start: there.map_or(start, |layer| layer.virtual_start),
        turn_seconds: TURN_SECONDS,
        users: vec![dummy],
        restrictions: restrictions(desired),
    }
}

/// The position of our layer: the one with our name, or else the only one in force.
pub(super) fn our_layer(schedule: &Schedule, now: DateTime<Utc>) -> Option<usize> {
    let in_force = || schedule.layers.iter().enumerate().filter(|(_, layer)| layer.is_in_force(now));
    let by_name = in_force().find(|(_, layer)| layer.name == LAYER);
    let only = || in_force().next().filter(|_| in_force().count() == 1);
    by_name.or_else(only).map(|(position, _)| position)
}

/// Layers in force that are not ours.
pub(super) fn other_layers(schedule: &Schedule, now: DateTime<Utc>) -> Vec<Name> {
    let ours = our_layer(schedule, now);
    let others = schedule.layers.iter().enumerate().filter(|(position, _)| Some(*position) != ours);
    others.filter(|(_, layer)| layer.is_in_force(now)).map(|(_, layer)| Name::new(layer.name.clone())).collect()
}

/// What the dummy is called, or will be.
pub(super) fn dummy_name(desired: &Desired, current: &Current) -> Name {
    current.dummy.as_ref().map_or_else(|| Name::new(&desired.dummy_name), |dummy| dummy.name.clone())
}

/// What is different in the schedule. The start of a layer is not compared, because PagerDuty moves it.
pub(super) fn schedule(
    desired: &Desired,
    current: &Current,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let zone = desired.calendar.zone.name();
    if schedule.zone != zone {
        differences.push(Difference::Zone { before: schedule.zone.clone(), after: zone.to_owned() });
    }
    let wanted = restrictions(desired);
    let Some(layer) = our_layer(schedule, now).map(|position| &schedule.layers[position]) else {
        differences.push(Difference::NoLayer { after: wanted });
        return differences;
    };
    let dummy = current.dummy.as_ref().map(|dummy| &dummy.id);
    if dummy.map(std::slice::from_ref) != Some(layer.users.as_slice()) {
        let name = |id: &UserId| current.people.get(id).map_or_else(|| id.to_string(), Name::to_string);
        let before = layer.users.iter().map(name).collect();
        differences.push(Difference::OnCall { before, after: dummy_name(desired, current) });
    }
    let mut there = layer.restrictions.clone();
    there.sort_unstable();
    if there != wanted {
        differences.push(Difference::Hours { before: there, after: wanted });
    }
    if layer.turn_seconds != TURN_SECONDS {
        differences.push(Difference::Turns { before: layer.turn_seconds, after: TURN_SECONDS });
    }
    differences.extend(layer.end.map(Difference::LayerEnds));
    differences
}

/// The policy's levels. SRE is always the last one, so that an alert that nobody takes reaches SRE.
pub(super) fn rules(desired: &Desired, schedule: Target, sre: &Target) -> Vec<Rule> {
    let first = match desired.first_response {
        FirstResponse::Alongside => vec![schedule, sre.clone()],
        FirstResponse::DevelopersFirst => vec![schedule],
    };
    let rule = |targets| Rule { minutes: desired.delay_minutes, targets, is_round_robin: false };
    vec![rule(first), rule(vec![sre.clone()])]
}

/// The dummy's schedule, whether it exists yet or not.
pub(super) fn schedule_target(desired: &Desired, schedule: Option<&Schedule>) -> Target {
    let id = schedule.map(|schedule| schedule.id.0.clone()).unwrap_or_default();
    Target { kind: TargetKind::Schedule, id, name: Name::new(&desired.schedule) }
}

/// What is different in the policy.
pub(super) fn policy(desired: &Desired, current: &Current, policy: &Policy) -> Vec<Difference> {
    let wanted = rules(desired, schedule_target(desired, current.schedule.as_ref()), &current.sre);
    let key = |rules: &[Rule]| {
        let rule = |rule: &Rule| {
            let mut targets: Vec<_> =
                rule.targets.iter().map(|target| (target.kind.clone(), target.id.clone())).collect();
            targets.sort_unstable();
            (rule.minutes, targets, rule.is_round_robin && rule.targets.len() > 1)
        };
        rules.iter().map(rule).collect::<Vec<_>>()
    };
    if key(&policy.rules) == key(&wanted) {
        return Vec::new();
    }
    vec![Difference::Levels { before: policy.rules.clone(), after: wanted }]
}

/// Our subscription: the one that delivers to the relay; of several, the one that works best.
pub(super) fn our_subscription<'a>(desired: &Desired, current: &'a Current) -> Option<&'a Subscription> {
    let ours =
        current.subscriptions.iter().filter(|one| is_same_url(&one.url, &desired.relay_url) && !one.is_unfinished());
    ours.max_by_key(|one| (one.is_active, !one.is_disabled, one.events.len()))
}

/// What is different in the subscription, and the events that it should have: ours, besides those that it has.
pub(super) fn subscription(subscription: &Subscription, events: &[&str]) -> (Vec<Difference>, Vec<String>) {
    let mut differences = Vec::new();
    let has = |event: &&&str| subscription.events.iter().any(|known| known == **event);
    let missing: Vec<_> = events.iter().filter(|event| !has(event)).map(|event| (*event).to_owned()).collect();
    let wanted = [subscription.events.clone(), missing.clone()].concat();
    if !missing.is_empty() {
        let there = subscription.events.len();
        differences.push(Difference::Events { there, missing, wanted: wanted.len() });
    }
    if !subscription.is_active {
        differences.push(Difference::Inactive);
    }
    if subscription.description == UNFINISHED {
        differences.push(Difference::Unfinished);
    }
    (differences, wanted)
}
