//! What is to be done to get from what is there to what is wanted, in order. Pure.

use crate::pagerduty::holidays;
pub use crate::pagerduty::holidays::DayOff;
use crate::pagerduty::provision::compare;
pub use crate::pagerduty::provision::compare::Difference;
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::state::{Name, SubscriptionId, UNFINISHED, is_same_url};
use chrono::{DateTime, Utc};

/// The steps from [`Current`] to [`Desired`].
///
/// The service gets its policy last: until then alerts go where they went before, so an apply that stops anywhere
/// leaves no alert with the dummy while nobody is notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In order, including what stays as it is.
    pub steps: Vec<Step>,
    /// What somebody should know and toban does nothing about.
    pub remarks: Vec<Remark>,
}

/// One thing to create, change or leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Leave(Kept),
    /// The dummy.
    CreateUser,
    /// The dummy's schedule.
    CreateSchedule,
    ChangeSchedule(Vec<Difference>),
    /// Overrides of the schedule, on holidays that have none.
    CreateOverrides(Vec<DayOff>),
    CreatePolicy,
    ChangePolicy(Vec<Difference>),
    /// With a new signing secret.
    CreateSubscription,
    ChangeSubscription {
        id: SubscriptionId,
        /// All the events that it should deliver.
        events: Vec<String>,
        differences: Vec<Difference>,
    },
    /// PagerDuty has turned the subscription off for a day.
    EnableSubscription(SubscriptionId),
    ChangeService(Vec<Difference>),
}

/// What stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The dummy.
    User,
    /// The dummy's schedule.
    Schedule,
    /// The number of holidays on which a real person is on call.
    Overrides(usize),
    Policy,
    Subscription,
    Service,
}

/// What somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The dummy's e-mail address belongs to a user with another name.
    DummyIsCalled(Name),
    /// The dummy's schedule has another layer, which may hide ours.
    OtherLayer(Name),
    /// These other services use the policy that is to be changed.
    PolicyIsShared(Vec<Name>),
    /// Nobody is on call on SRE's schedule at these times of the next week.
    SreHasGaps(Vec<(DateTime<Utc>, DateTime<Utc>)>),
    /// A subscription with our description delivers to another URL.
    OtherUrl(SubscriptionId, String),
    /// Another subscription delivers to the relay.
    Duplicate(SubscriptionId),
    /// A subscription that never delivered: an apply stopped before anybody had its secret.
    Unfinished(SubscriptionId),
    /// An extension delivers to the relay as well.
    Extension(Name),
}

impl Step {
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Leave(_))
    }
}

impl Plan {
    /// `events` are the names of the events that the relay understands.
    pub fn new(desired: &Desired, current: &Current, events: &[&str], now: DateTime<Utc>) -> Self {
        let change = |differences: Vec<Difference>, kept, changed: fn(Vec<Difference>) -> Step| {
            if differences.is_empty() { Step::Leave(kept) } else { changed(differences) }
        };
        let mut steps = vec![if current.dummy.is_some() { Step::Leave(Kept::User) } else { Step::CreateUser }];
        steps.push(match &current.schedule {
            Some(there) => {
                change(compare::schedule(desired, current, there, now), Kept::Schedule, Step::ChangeSchedule)
            }
            None => Step::CreateSchedule,
        });
        let days = holidays::ahead(&desired.calendar, now);
        let all = days.len();
        let dummy = current.dummy.as_ref().map(|dummy| &dummy.id);
        let uncovered = holidays::uncovered(days, &current.overrides, dummy, now);
        steps.push(if uncovered.is_empty() {
            Step::Leave(Kept::Overrides(all))
        } else {
            Step::CreateOverrides(uncovered)
        });
        steps.push(match &current.policy {
            Some(there) => change(compare::policy(desired, current, there), Kept::Policy, Step::ChangePolicy),
            None => Step::CreatePolicy,
        });
        steps.extend(subscription(desired, current, events));
        steps.push(service(desired, current));
        let remarks = remarks(desired, current, &steps, now);
        Self { steps, remarks }
    }

    /// How many of the steps do anything.
    pub fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.is_change()).count()
    }
}

fn subscription(desired: &Desired, current: &Current, events: &[&str]) -> Vec<Step> {
    let Some(there) = compare::our_subscription(desired, current) else {
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

fn service(desired: &Desired, current: &Current) -> Step {
    let there = &current.service.policy;
    match &current.policy {
        Some(policy) if policy.id == there.id => Step::Leave(Kept::Service),
        _ => {
            let after = Name::new(&desired.policy);
            Step::ChangeService(vec![Difference::Policy { before: there.name.clone(), after }])
        }
    }
}

fn remarks(desired: &Desired, current: &Current, steps: &[Step], now: DateTime<Utc>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let dummy = current.dummy.as_ref().filter(|dummy| !dummy.name.is(&desired.dummy_name));
    remarks.extend(dummy.map(|dummy| Remark::DummyIsCalled(dummy.name.clone())));
    let layers = current.schedule.iter().flat_map(|schedule| compare::other_layers(schedule, now));
    remarks.extend(layers.map(Remark::OtherLayer));
    let changes_policy = steps.iter().any(|step| matches!(step, Step::ChangePolicy(_)));
    if let Some(policy) = current.policy.as_ref().filter(|_| changes_policy) {
        let others = policy.services.iter().filter(|service| service.id != current.service.id);
        let others: Vec<_> = others.map(|service| service.name.clone()).collect();
        if !others.is_empty() {
            remarks.push(Remark::PolicyIsShared(others));
        }
    }
    if !current.sre_gaps.is_empty() {
        remarks.push(Remark::SreHasGaps(current.sre_gaps.clone()));
    }
    let ours = compare::our_subscription(desired, current).map(|one| &one.id);
    for one in &current.subscriptions {
        let is_to_relay = is_same_url(&one.url, &desired.relay_url);
        if one.is_unfinished() {
            remarks.push(Remark::Unfinished(one.id.clone()));
        } else if is_to_relay && Some(&one.id) != ours {
            remarks.push(Remark::Duplicate(one.id.clone()));
        } else if !is_to_relay && [compare::OURS, UNFINISHED].contains(&one.description.as_str()) {
            remarks.push(Remark::OtherUrl(one.id.clone(), one.url.clone()));
        }
    }
    let is_to_relay = |url: &String| is_same_url(url, &desired.relay_url);
    let extensions = current.extensions.iter().filter(|extension| extension.url.as_ref().is_some_and(is_to_relay));
    remarks.extend(extensions.map(|extension| Remark::Extension(extension.name.clone())));
    remarks
}
