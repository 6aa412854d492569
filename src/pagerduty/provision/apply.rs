//! One step of a plan, done.

use crate::net::secret::Secret;
use crate::pagerduty::Client;
use crate::pagerduty::api::{ScheduleDraft, SubscriptionChange};
use crate::pagerduty::error::AccountError;
use crate::pagerduty::provision::compare;
use crate::pagerduty::provision::current::Found;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::provision::plan::Step;
use crate::pagerduty::state::{
    Name, PolicyId, Schedule, ScheduleId, SubscriptionId, Target, TargetKind, UNFINISHED, UserId,
};
use chrono::{DateTime, Utc};

/// Does the steps of a plan, in its order: what an earlier one made is what a later one refers to.
#[derive(Debug)]
pub struct Apply<'a> {
    client: &'a Client,
    desired: &'a Desired,
    found: &'a Found,
    events: &'a [&'a str],
    dummy: Option<UserId>,
    schedule: Option<ScheduleId>,
    policy: Option<PolicyId>,
    now: DateTime<Utc>,
}

/// What has come of a step.
#[derive(Debug)]
pub enum Outcome {
    /// There was nothing to do.
    Left,
    /// It is done; what it was, for people.
    Done(String),
    /// A subscription is there and does not deliver yet. Its secret is nowhere but here: hand it over, then
    /// [`Apply::activate`].
    Subscribed(SubscriptionId, Option<Secret>),
}

impl<'a> Apply<'a> {
    /// Of the plan that was made of these.
    pub fn new(
        client: &'a Client,
        desired: &'a Desired,
        found: &'a Found,
        events: &'a [&'a str],
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            client,
            desired,
            found,
            events,
            dummy: found.dummy.as_ref().map(|dummy| dummy.id.clone()),
            schedule: found.schedule.as_ref().map(|schedule| schedule.id.clone()),
            policy: found.policy.as_ref().map(|policy| policy.id.clone()),
            now,
        }
    }

    /// The dummy, once it is there.
    pub fn dummy(&self) -> Option<&UserId> {
        self.dummy.as_ref()
    }

    /// Does one step.
    pub async fn step(&mut self, step: &Step) -> Result<Outcome, AccountError> {
        let Self { client, desired, found, .. } = *self;
        let (schedule, policy) = (Name::new(desired.schedule.clone()), Name::new(desired.policy.clone()));
        let done = |text: String| Ok(Outcome::Done(text));
        match step {
            Step::Leave(_) => Ok(Outcome::Left),
            Step::CreateUser => {
                let (email, zone, from) =
                    (desired.dummy_email.as_str(), desired.calendar.zone.name(), desired.from.as_str());
                let user = client.create_user(&desired.dummy_name, email, zone, from).await?;
                let text = format!("user {} created ({})", user.name, user.id);
                self.dummy = Some(user.id);
                done(text)
            }
            Step::CreateSchedule => {
                let layers = [compare::layer(desired, made(&self.dummy), None, self.now)];
                let description = Some("Made by toban: the dummy holds an alert while developers have it.");
                let id = client.create_schedule(&self.draft(description, &layers)).await?;
                let text = format!("schedule {schedule} created ({id})");
                self.schedule = Some(id);
                done(text)
            }
            Step::ChangeSchedule(_) => {
                let there = found.schedule.as_ref().expect("a schedule that is to be changed is there");
                let layers = self.layers(there);
                let draft = self.draft(there.description.as_deref(), &layers);
                client.replace_schedule(&there.id, &draft).await?;
                done(format!("schedule {schedule} changed"))
            }
            Step::CreateOverrides(days) => {
                let times: Vec<_> = days.iter().map(|day| (day.start, day.end)).collect();
                let zone = desired.calendar.zone.name();
                client.create_overrides(&made(&self.schedule), &found.on_holidays.id, &times, zone).await?;
                done(format!("{} overrides of the schedule created", times.len()))
            }
            Step::CreatePolicy => {
                let id = client.create_policy(&desired.policy, &self.rules(), desired.from.as_str()).await?;
                let text = format!("escalation policy {policy} created ({id})");
                self.policy = Some(id);
                done(text)
            }
            Step::ChangePolicy(_) => {
                let there = found.policy.as_ref().expect("a policy that is to be changed is there");
                client.replace_rules(there, &desired.policy, &self.rules()).await?;
                done(format!("escalation policy {policy} changed"))
            }
            Step::CreateSubscription => {
                let (url, events) = (&desired.relay_url, self.events);
                let made = client.create_subscription(&found.service.id, UNFINISHED, url, events).await?;
                Ok(Outcome::Subscribed(made.0, made.1))
            }
            Step::ChangeSubscription { id, events, .. } => {
                let is_unfinished = compare::our_subscription(desired, found)
                    .is_some_and(|one| one.id == *id && one.description == UNFINISHED);
                let change = SubscriptionChange {
                    description: is_unfinished.then_some(compare::OURS),
                    events: Some(events),
                    is_active: Some(true),
                };
                client.change_subscription(id, &change).await?;
                done("webhook subscription changed".into())
            }
            Step::EnableSubscription(id) => {
                client.enable_subscription(id).await?;
                done("webhook subscription enabled".into())
            }
            Step::ChangeService(_) => {
                client.set_policy(&found.service.id, &made(&self.policy)).await?;
                done(format!("service {} has escalation policy {policy} from now on", found.service.name))
            }
        }
    }

    /// Lets a new subscription deliver, now that somebody has its secret.
    pub async fn activate(&self, id: &SubscriptionId) -> Result<Outcome, AccountError> {
        let change = SubscriptionChange { description: Some(compare::OURS), events: None, is_active: Some(true) };
        self.client.change_subscription(id, &change).await?;
        Ok(Outcome::Done(format!("webhook subscription to {} created ({id})", self.desired.relay_url)))
    }

    fn draft<'b>(
        &'b self,
        description: Option<&'b str>,
        layers: &'b [crate::pagerduty::state::Layer],
    ) -> ScheduleDraft<'b> {
        ScheduleDraft { name: &self.desired.schedule, zone: self.desired.calendar.zone.name(), description, layers }
    }

    /// All layers of a schedule, ours as it should be.
    fn layers(&self, schedule: &Schedule) -> Vec<crate::pagerduty::state::Layer> {
        let mut layers = schedule.layers.clone();
        let ours = compare::our_layer(schedule, self.now);
        let there = ours.map(|position| &schedule.layers[position]);
        let wanted = compare::layer(self.desired, made(&self.dummy), there, self.now);
        match ours {
            Some(position) => layers[position] = wanted,
            None => layers.push(wanted),
        }
        layers
    }

    fn rules(&self) -> Vec<crate::pagerduty::state::Rule> {
        let schedule = made(&self.schedule);
        let target =
            Target { kind: TargetKind::Schedule, id: schedule.0, name: Name::new(self.desired.schedule.clone()) };
        compare::rules(self.desired, target, &self.found.sre)
    }
}

/// What was there or an earlier step has made.
fn made<T: Clone>(id: &Option<T>) -> T {
    id.clone().expect("a plan makes what it refers to in an earlier step")
}
