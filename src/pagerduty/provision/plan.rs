//! From what is wanted and what is there to what is to be done, in order. Pure.

use crate::pagerduty::holidays;
pub use crate::pagerduty::holidays::DayOff;
use crate::pagerduty::provision::compare;
pub use crate::pagerduty::provision::compare::Difference;
use crate::pagerduty::provision::current::Found;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::state::{Name, SubscriptionId, UNFINISHED, is_same_url};
use chrono::{DateTime, Utc};

/// What is to be done.
///
/// The service gets its policy last: until then alerts go where they went before, so an apply that stops anywhere
/// leaves none with a dummy while nobody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In order, what stays as it is included.
    pub steps: Vec<Step>,
    /// What somebody should know; toban does nothing about it.
    pub remarks: Vec<Remark>,
}

/// One thing to make, change or leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is as it should be.
    Leave(Kept),
    /// The dummy.
    CreateUser,
    /// Its schedule.
    CreateSchedule,
    /// Its schedule is different.
    ChangeSchedule(Vec<Difference>),
    /// Overrides of its schedule on holidays that have none.
    CreateOverrides(Vec<DayOff>),
    /// The escalation policy.
    CreatePolicy,
    /// The policy is different.
    ChangePolicy(Vec<Difference>),
    /// The subscription, with a new signing secret.
    CreateSubscription,
    /// The subscription is different.
    ChangeSubscription {
        /// Which.
        id: SubscriptionId,
        /// All the events that it should deliver.
        events: Vec<String>,
        /// How it is different.
        differences: Vec<Difference>,
    },
    /// PagerDuty has turned the subscription off for a day.
    EnableSubscription(SubscriptionId),
    /// The service has another policy.
    ChangeService(Vec<Difference>),
}

/// What stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The dummy.
    User,
    /// Its schedule.
    Schedule,
    /// So many holidays on which somebody real is on call.
    Overrides(usize),
    /// The policy.
    Policy,
    /// The subscription.
    Subscription,
    /// The service.
    Service,
}

/// What somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The dummy's address belongs to a user of another name.
    DummyIsCalled(Name),
    /// The dummy's schedule has another layer, which may hide ours.
    OtherLayer(Name),
    /// Other services have the policy that is to be changed.
    PolicyIsShared(Vec<Name>),
    /// Nobody is on call on SRE's schedule at these times of the next week.
    SreHasGaps(Vec<(DateTime<Utc>, DateTime<Utc>)>),
    /// A subscription that looks like ours delivers to another address.
    OtherUrl(SubscriptionId, String),
    /// There is another subscription to the relay.
    Double(SubscriptionId),
    /// A subscription that never delivered, because an apply stopped before anybody had its secret.
    Unfinished(SubscriptionId),
    /// An extension delivers to the relay as well.
    Extension(Name),
}

impl Step {
    /// Whether there is anything to do.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Leave(_))
    }
}

impl Plan {
    /// Compares. `events` are the names of the events that the relay understands.
    pub fn new(desired: &Desired, found: &Found, events: &[&str], now: DateTime<Utc>) -> Self {
        let change = |differences: Vec<Difference>, kept, changed: fn(Vec<Difference>) -> Step| {
            if differences.is_empty() { Step::Leave(kept) } else { changed(differences) }
        };
        let mut steps = vec![match &found.dummy {
            Some(_) => Step::Leave(Kept::User),
            None => Step::CreateUser,
        }];
        steps.push(match &found.schedule {
            Some(there) => change(compare::schedule(desired, found, there, now), Kept::Schedule, Step::ChangeSchedule),
            None => Step::CreateSchedule,
        });
        let days = holidays::ahead(&desired.calendar, now);
        let all = days.len();
        let dummy = found.dummy.as_ref().map(|dummy| &dummy.id);
        let uncovered = holidays::uncovered(days, &found.overrides, dummy, now);
        steps.push(match uncovered.is_empty() {
            true => Step::Leave(Kept::Overrides(all)),
            false => Step::CreateOverrides(uncovered),
        });
        steps.push(match &found.policy {
            Some(there) => change(compare::policy(desired, found, there), Kept::Policy, Step::ChangePolicy),
            None => Step::CreatePolicy,
        });
        steps.extend(subscription(desired, found, events));
        steps.push(service(desired, found));
        let remarks = remarks(desired, found, &steps, now);
        Self { steps, remarks }
    }

    /// How many of the steps do anything.
    pub fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.is_change()).count()
    }
}

fn subscription(desired: &Desired, found: &Found, events: &[&str]) -> Vec<Step> {
    let Some(there) = compare::our_subscription(desired, found) else {
        return vec![Step::CreateSubscription];
    };
    let (differences, events) = compare::subscription(there, events);
    let mut steps = Vec::new();
    if !differences.is_empty() {
        steps.push(Step::ChangeSubscription { id: there.id.clone(), events, differences });
    }
    if there.is_disabled {
        steps.push(Step::EnableSubscription(there.id.clone()));
    }
    if steps.is_empty() {
        steps.push(Step::Leave(Kept::Subscription));
    }
    steps
}

fn service(desired: &Desired, found: &Found) -> Step {
    let there = &found.service.policy;
    match &found.policy {
        Some(policy) if policy.id == there.id => Step::Leave(Kept::Service),
        _ => Step::ChangeService(vec![Difference {
            what: "escalation policy",
            before: there.name.to_string(),
            after: Name::new(desired.policy.clone()).to_string(),
        }]),
    }
}

fn remarks(desired: &Desired, found: &Found, steps: &[Step], now: DateTime<Utc>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let dummy = found.dummy.as_ref().filter(|dummy| !dummy.name.is(&desired.dummy_name));
    remarks.extend(dummy.map(|dummy| Remark::DummyIsCalled(dummy.name.clone())));
    let layers = found.schedule.iter().flat_map(|schedule| compare::other_layers(schedule, now));
    remarks.extend(layers.map(Remark::OtherLayer));
    let changes_policy = steps.iter().any(|step| matches!(step, Step::ChangePolicy(_)));
    if let Some(policy) = found.policy.as_ref().filter(|_| changes_policy) {
        let others = policy.services.iter().filter(|service| service.id != found.service.id);
        let others: Vec<_> = others.map(|service| service.name.clone()).collect();
        if !others.is_empty() {
            remarks.push(Remark::PolicyIsShared(others));
        }
    }
    if !found.sre_gaps.is_empty() {
        remarks.push(Remark::SreHasGaps(found.sre_gaps.clone()));
    }
    let ours = compare::our_subscription(desired, found).map(|one| &one.id);
    for one in &found.subscriptions {
        let is_to_relay = is_same_url(&one.url, &desired.relay_url);
        if one.is_unfinished() {
            remarks.push(Remark::Unfinished(one.id.clone()));
        } else if is_to_relay && Some(&one.id) != ours {
            remarks.push(Remark::Double(one.id.clone()));
        } else if !is_to_relay && [compare::OURS, UNFINISHED].contains(&one.description.as_str()) {
            remarks.push(Remark::OtherUrl(one.id.clone(), one.url.clone()));
        }
    }
    let is_to_relay = |url: &String| is_same_url(url, &desired.relay_url);
    let extensions = found.extensions.iter().filter(|extension| extension.url.as_ref().is_some_and(is_to_relay));
    remarks.extend(extensions.map(|extension| Remark::Extension(extension.name.clone())));
    remarks
}
