//! What is in the account of what a wish is about.

use crate::pagerduty::Client;
use crate::pagerduty::error::AccountError;
use crate::pagerduty::holidays::horizon;
use crate::pagerduty::provision::desired::{Desired, Email, Sre};
use crate::pagerduty::spans::gaps;
use crate::pagerduty::state::{
    Extension, Name, Policy, Reference, Schedule, ScheduleId, Service, Shift, Subscription, Target, TargetKind, User,
    UserId,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::fmt;

/// How far ahead SRE's schedule is looked at.
const WEEK: TimeDelta = TimeDelta::days(7);

/// What is there. What a plan makes may be missing; what it only refers to is there.
#[derive(Debug, Clone)]
pub struct Found {
    /// The service that developers answer for.
    pub service: Service,
    /// The dummy.
    pub dummy: Option<User>,
    /// Whom the policy tells besides: a user or a schedule.
    pub sre: Target,
    /// The times of the next week at which nobody is on call on SRE's schedule.
    pub sre_gaps: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Who is named on holidays.
    pub on_holidays: User,
    /// The names of all users.
    pub people: BTreeMap<UserId, Name>,
    /// The dummy's schedule.
    pub schedule: Option<Schedule>,
    /// What overrides it in the next twelve months.
    pub overrides: Vec<Shift>,
    /// The policy.
    pub policy: Option<Policy>,
    /// All v3 subscriptions of the service.
    pub subscriptions: Vec<Subscription>,
    /// All extensions of the service.
    pub extensions: Vec<Extension>,
}

/// Why there is nothing to plan with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// A call has failed.
    #[error("{what} cannot be read: {source}")]
    Account {
        /// What was being read.
        what: &'static str,
        /// Why it failed.
        source: AccountError,
    },
    /// The account does not have what the wish only refers to, or has it twice.
    #[error("the account is not as the file says:{0}")]
    Obstacles(Obstacles),
}

/// What is in the way, each with how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacles(pub Vec<String>);

impl fmt::Display for Obstacles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|obstacle| write!(f, "\n  {obstacle}"))
    }
}

/// Looks at everything that the wish is about; changes nothing. A read-only key is enough.
pub async fn survey(client: &Client, desired: &Desired, now: DateTime<Utc>) -> Result<Found, NotFound> {
    let mut obstacles = Vec::new();
    let users = client.users().await.map_err(reading("the users"))?;
    let user = |email: &Email| users.iter().find(|user| email.is(&user.email)).cloned();

    let services = client.services(&desired.service).await.map_err(reading("the services"))?;
    let services = services.into_iter().filter(|service| service.name.is(&desired.service));
    let missing = "; make it in PagerDuty first, with what sends its alerts, or mend `service`";
    let service = only(services.collect(), "service", &desired.service, missing, &mut obstacles);

    let dummy = user(&desired.dummy_email);
    if let Some(dummy) = dummy.as_ref().filter(|dummy| !dummy.can_be_on_call()) {
        obstacles.push(format!(
            "user {} has the role {}, and a stakeholder cannot be on call: give it another role",
            dummy.name, dummy.role
        ));
    }
    let on_holidays = user(&desired.on_holidays);
    match &on_holidays {
        None => obstacles.push(no_user(on_holidays_field(desired))),
        Some(user) if !user.can_be_on_call() => obstacles.push(format!(
            "user {} has the role {}, and a stakeholder cannot be on call: name another one",
            user.name, user.role
        )),
        Some(_) => {}
    }
    let (sre, sre_gaps) = match &desired.sre {
        Sre::User(email) => {
            let found = user(email);
            if found.is_none() && *email != desired.on_holidays {
                obstacles.push(no_user("sre_user"));
            }
            (found.map(|user| Target { kind: TargetKind::User, id: user.id.0, name: user.name }), Vec::new())
        }
        Sre::Schedule(name) => {
            let found = schedules(client, name).await.map_err(reading("SRE's schedule"))?;
            let missing = " (one made of shifts is not listed: name a user by sre_user instead)";
            match only(found, "schedule", name, missing, &mut obstacles) {
                Some(Reference { id, name }) => {
                    let until = now + WEEK;
                    let schedule = client.schedule(&id, now, until).await.map_err(reading("SRE's schedule"))?;
                    let target = Target { kind: TargetKind::Schedule, id: id.0, name };
                    let shifts = schedule.shifts.into_iter().map(|shift| (shift.start, shift.end));
                    (Some(target), gaps(shifts, now, until))
                }
                None => (None, Vec::new()),
            }
        }
    };

    let found = schedules(client, &desired.schedule).await.map_err(reading("the schedules"))?;
    let (schedule, overrides) = match at_most_one(found, "schedule", &desired.schedule, &mut obstacles) {
        Some(Reference { id, .. }) => {
            let schedule = client.schedule(&id, now, now + WEEK).await.map_err(reading("the schedule"))?;
            let overrides = client.overrides(&id, now, horizon(now)).await.map_err(reading("the overrides"))?;
            (Some(schedule), overrides)
        }
        None => (None, Vec::new()),
    };
    let policies = client.policies(&desired.policy).await.map_err(reading("the escalation policies"))?;
    let policies = policies.into_iter().filter(|policy| policy.name.is(&desired.policy)).collect();
    let policy = at_most_one(policies, "escalation policy", &desired.policy, &mut obstacles);
    let (Some(service), Some(sre), Some(on_holidays), true) = (service, sre, on_holidays, obstacles.is_empty()) else {
        return Err(NotFound::Obstacles(Obstacles(obstacles)));
    };
    let subscriptions = client.subscriptions(&service.id).await.map_err(reading("the webhook subscriptions"))?;
    let extensions = client.extensions(&service.id).await.map_err(reading("the extensions"))?;
    let people = users.into_iter().map(|user| (user.id, user.name)).collect();
    Ok(Found {
        service,
        dummy,
        sre,
        sre_gaps,
        on_holidays,
        people,
        schedule,
        overrides,
        policy,
        subscriptions,
        extensions,
    })
}

async fn schedules(client: &Client, name: &str) -> Result<Vec<Reference<ScheduleId>>, AccountError> {
    let found = client.schedules(name).await?;
    Ok(found.into_iter().filter(|schedule| schedule.name.is(name)).collect())
}

fn reading(what: &'static str) -> impl Fn(AccountError) -> NotFound {
    move |source| NotFound::Account { what, source }
}

/// The field that names who has the alerts of holidays.
fn on_holidays_field(desired: &Desired) -> &'static str {
    match &desired.sre {
        Sre::User(email) if *email == desired.on_holidays => "sre_user",
        Sre::User(_) | Sre::Schedule(_) => "sre_on_holidays",
    }
}

fn no_user(field: &str) -> String {
    format!("no user has the address that is {field} in the file: mend it, or make the user in PagerDuty first")
}

/// The only one of a name; `missing` says what to do when there is none.
fn only<T>(found: Vec<T>, what: &str, name: &str, missing: &str, obstacles: &mut Vec<String>) -> Option<T> {
    if found.is_empty() {
        obstacles.push(format!("no {what} is called {}{missing}", Name::new(name)));
    }
    at_most_one(found, what, name, obstacles)
}

fn at_most_one<T>(mut found: Vec<T>, what: &str, name: &str, obstacles: &mut Vec<String>) -> Option<T> {
    match found.len() {
        0 | 1 => found.pop(),
        several => {
            let several = match what.strip_suffix('y') {
                Some(stem) => format!("{several} {stem}ies"),
                None => format!("{several} {what}s"),
            };
            obstacles.push(format!("{several} are called {}: rename all but one", Name::new(name)));
            None
        }
    }
}
