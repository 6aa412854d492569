//! Applying a plan, step by step.

use crate::net::secret::Secret;
use crate::pagerduty::Client;
use crate::pagerduty::api::{ScheduleFields, SubscriptionChange};
use crate::pagerduty::error::PagerDutyError;
use crate::pagerduty::provision::compare;
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::provision::plan::Step;
use crate::pagerduty::state::{
    Layer, Name, PolicyId, Rule, Schedule, ScheduleId, SubscriptionId, Target, TargetKind, UNFINISHED, User, UserId,
};
use chrono::{DateTime, Utc};

/// Does the steps of a plan, in its order: later steps refer to what earlier ones created.
#[derive(Debug)]
pub struct Apply<'a> {
    client: &'a Client,
    desired: &'a Desired,
    current: &'a Current,
    events: &'a [&'a str],
    dummy: Option<UserId>,
    schedule: Option<ScheduleId>,
    policy: Option<PolicyId>,
    now: DateTime<Utc>,
}

/// What has come of a step.
#[derive(Debug)]
pub enum Outcome {
    NothingToDo,
    Done(Done),
    /// A subscription was created and does not deliver yet. This is the only copy of its secret: hand it over, then call
    /// [`Apply::activate`].
    Subscribed(SubscriptionId, Option<Secret>),
}

/// What was done.
#[derive(Debug)]
pub enum Done {
    /// Created: the dummy.
    User(User),
    /// Created.
    Schedule(ScheduleId),
    ScheduleChanged,
    /// How many were created.
    Overrides(usize),
    /// Created.
    Policy(PolicyId),
    PolicyChanged,
    /// Created, and it delivers.
    Subscription(SubscriptionId),
    SubscriptionChanged,
    SubscriptionEnabled,
    /// It has toban's policy.
    Service,
}

impl<'a> Apply<'a> {
    /// For the plan that was made of these.
    pub fn new(
        client: &'a Client,
        desired: &'a Desired,
        current: &'a Current,
        events: &'a [&'a str],
        now: DateTime<Utc>,
    ) -> Self {
        let dummy = current.dummy.as_ref().map(|dummy| dummy.id.clone());
        let schedule = current.schedule.as_ref().map(|schedule| schedule.id.clone());
        let policy = current.policy.as_ref().map(|policy| policy.id.clone());
        Self { client, desired, current, events, dummy, schedule, policy, now }
    }

    /// The dummy, once it exists.
    pub fn dummy(&self) -> Option<&UserId> {
        self.dummy.as_ref()
    }

    pub async fn step(&mut self, step: &Step) -> Result<Outcome, PagerDutyError> {
        let Self { client, desired, current, .. } = *self;
        let zone = desired.calendar.zone.name();
        let from = desired.from.as_str();
        let done = match step {
            Step::Leave(_) => return Ok(Outcome::NothingToDo),
            Step::CreateUser => {
                let user = client.create_user(&desired.dummy_name, desired.dummy_email.as_str(), zone, from).await?;
                self.dummy = Some(user.id.clone());
                Done::User(user)
            }
            Step::CreateSchedule => {
                let layers = [compare::layer(desired, existing(&self.dummy), None, self.now)];
                let description = Some("Made by toban: the dummy holds an alert while developers have it.");
                let id = client.create_schedule(&self.schedule_fields(description, &layers)).await?;
                self.schedule = Some(id.clone());
                Done::Schedule(id)
            }
            Step::ChangeSchedule(_) => {
                let there = current.schedule.as_ref().expect("a schedule that is to be changed is there");
                let layers = self.layers(there);
                let fields = self.schedule_fields(there.description.as_deref(), &layers);
                client.replace_schedule(&there.id, &fields).await?;
                Done::ScheduleChanged
            }
            Step::CreateOverrides(days) => {
                let times: Vec<_> = days.iter().map(|day| (day.start, day.end)).collect();
                client.create_overrides(&existing(&self.schedule), &current.on_holidays.id, &times, zone).await?;
                Done::Overrides(times.len())
            }
            Step::CreatePolicy => {
                let id = client.create_policy(&desired.policy, &self.rules(), from).await?;
                self.policy = Some(id.clone());
                Done::Policy(id)
            }
            Step::ChangePolicy(_) => {
                let there = current.policy.as_ref().expect("a policy that is to be changed is there");
                client.replace_rules(there, &desired.policy, &self.rules()).await?;
                Done::PolicyChanged
            }
            Step::CreateSubscription => {
                let service = &current.service.id;
                let (id, secret) =
                    client.create_subscription(service, UNFINISHED, &desired.relay_url, self.events).await?;
                return Ok(Outcome::Subscribed(id, secret));
            }
            Step::ChangeSubscription { id, events, .. } => {
                let is_unfinished = compare::our_subscription(desired, current)
                    .is_some_and(|one| one.id == *id && one.description == UNFINISHED);
                let change = SubscriptionChange {
                    description: is_unfinished.then_some(compare::OURS),
                    events: Some(events),
                    is_active: Some(true),
                };
                client.change_subscription(id, &change).await?;
                Done::SubscriptionChanged
            }
            Step::EnableSubscription(id) => {
                client.enable_subscription(id).await?;
                Done::SubscriptionEnabled
            }
            Step::ChangeService(_) => {
                client.set_policy(&current.service.id, &existing(&self.policy)).await?;
                Done::Service
            }
        };
        Ok(Outcome::Done(done))
    }

    /// Lets a new subscription deliver, now that somebody has its secret.
    pub async fn activate(&self, id: &SubscriptionId) -> Result<Outcome, PagerDutyError> {
        let change = SubscriptionChange { description: Some(compare::OURS), events: None, is_active: Some(true) };
        self.client.change_subscription(id, &change).await?;
        Ok(Outcome::Done(Done::Subscription(id.clone())))
    }

    fn schedule_fields<'b>(&'b self, description: Option<&'b str>, layers: &'b [Layer]) -> ScheduleFields<'b> {
        ScheduleFields { name: &self.desired.schedule, zone: self.desired.calendar.zone.name(), description, layers }
    }

    /// All layers of a schedule, ours as it should be.
    fn layers(&self, schedule: &Schedule) -> Vec<Layer> {
        let mut layers = schedule.layers.clone();
        let ours = compare::our_layer(schedule, self.now);
        let there = ours.map(|position| &schedule.layers[position]);
        let wanted = compare::layer(self.desired, existing(&self.dummy), there, self.now);
        match ours {
            Some(position) => layers[position] = wanted,
            None => layers.push(wanted),
        }
        layers
    }

    fn rules(&self) -> Vec<Rule> {
        let name = Name::new(&self.desired.schedule);
        let schedule = Target { kind: TargetKind::Schedule, id: existing(&self.schedule).0, name };
        compare::rules(self.desired, schedule, &self.current.sre)
    }
}

/// What was there, or an earlier step has created.
fn existing<T: Clone>(id: &Option<T>) -> T {
    id.clone().expect("a plan creates what it refers to in an earlier step")
}
