//! What PagerDuty holds of what a team wants.

mod schedules;

use crate::pagerduty::Client;
use crate::pagerduty::error::PagerDutyError;
use crate::pagerduty::provision::desired::{Desired, Email, Sre};
use crate::pagerduty::state::{
    Extension, Name, Policy, Schedule, Service, Shift, Subscription, Target, TargetKind, User, UserId,
};
use chrono::{DateTime, Utc};
use schedules::Schedules;
use std::collections::BTreeMap;
use std::fmt;

/// Times, half-open.
type Spans = Vec<(DateTime<Utc>, DateTime<Utc>)>;

/// What is there. What a plan creates may be missing; what it only refers to is there.
#[derive(Debug, Clone)]
pub struct Current {
    pub service: Service,
    pub dummy: Option<User>,
    /// Whom the policy notifies besides the dummy: a user, or a schedule of either kind.
    pub sre: Target,
    /// The times of the next week at which nobody is on call on SRE's schedule.
    pub sre_gaps: Spans,
    /// Who is on call on holidays instead of the dummy.
    pub on_holidays: User,
    /// The names of all users.
    pub people: BTreeMap<UserId, Name>,
    /// The dummy's schedule.
    pub schedule: Option<Schedule>,
    /// Its overrides of the next twelve months.
    pub overrides: Vec<Shift>,
    pub policy: Option<Policy>,
    /// All v3 subscriptions of the service.
    pub subscriptions: Vec<Subscription>,
    /// All extensions of the service.
    pub extensions: Vec<Extension>,
}

/// Why there is nothing to plan with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurrentError {
    #[error("{what} cannot be read: {source}")]
    Unreadable { what: &'static str, source: PagerDutyError },
    /// What the file only refers to is missing, is there twice, or cannot be used.
    #[error("PagerDuty does not have what the file refers to:{0}")]
    Problems(Problems),
}

/// Each with how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Current {
    /// Reads everything that a plan depends on. Changes nothing; a read-only key is enough.
    pub async fn read(client: &Client, desired: &Desired, now: DateTime<Utc>) -> Result<Self, CurrentError> {
        let users = client.users().await.map_err(reading("the users"))?;
        let mut reader = Reader { client, desired, users: &users, problems: Vec::new(), now };
        let service = reader.service().await?;
        let dummy = reader.dummy();
        let on_holidays = reader.on_holidays();
        let schedules = Schedules::read(client).await?;
        let sre = reader.sre(&schedules).await?;
        let schedule = reader.schedule(&schedules).await?;
        let policy = reader.policy().await?;
        let problems = reader.problems;
        let (Some(service), Some(sre), Some(on_holidays), true) = (service, sre, on_holidays, problems.is_empty())
        else {
            return Err(CurrentError::Problems(Problems(problems)));
        };
        let (sre, sre_gaps) = sre;
        let (schedule, overrides) = schedule.unzip();
        let subscriptions = client.subscriptions(&service.id).await.map_err(reading("the webhook subscriptions"))?;
        let extensions = client.extensions(&service.id).await.map_err(reading("the extensions"))?;
        Ok(Self {
            service,
            dummy,
            sre,
            sre_gaps,
            on_holidays,
            people: users.into_iter().map(|user| (user.id, user.name)).collect(),
            schedule,
            overrides: overrides.unwrap_or_default(),
            policy,
            subscriptions,
            extensions,
        })
    }
}

/// Reads one thing after the other, and collects the problems on the way.
struct Reader<'a> {
    client: &'a Client,
    desired: &'a Desired,
    users: &'a [User],
    problems: Vec<String>,
    now: DateTime<Utc>,
}

impl Reader<'_> {
    async fn service(&mut self) -> Result<Option<Service>, CurrentError> {
        let name = &self.desired.service;
        let mut services = self.client.services(name).await.map_err(reading("the services"))?;
        services.retain(|service| service.name.is(name));
        let if_missing = "; create it in PagerDuty first, with what sends its alerts, or fix `service`";
        Ok(self.only(services, "service", name, if_missing))
    }

    fn dummy(&mut self) -> Option<User> {
        let dummy = self.user(&self.desired.dummy_email)?;
        self.check_role(&dummy, "give it another role");
        Some(dummy)
    }

    fn on_holidays(&mut self) -> Option<User> {
        let Desired { sre, on_holidays, .. } = self.desired;
        let Some(user) = self.user(on_holidays) else {
            let field = match sre {
                Sre::User(email) if email == on_holidays => "sre_user",
                Sre::User(_) | Sre::Schedule(_) => "sre_on_holidays",
            };
            self.problems.push(no_user(field));
            return None;
        };
        self.check_role(&user, "name another one");
        Some(user)
    }

    /// SRE, and the times of the next week at which nobody is on call on SRE's schedule.
    async fn sre(&mut self, schedules: &Schedules) -> Result<Option<(Target, Spans)>, CurrentError> {
        let email = match &self.desired.sre {
            Sre::Schedule(name) => return self.sre_schedule(name, schedules).await,
            Sre::User(email) => email,
        };
        let found = self.user(email);
        if found.is_none() && *email != self.desired.on_holidays {
            self.problems.push(no_user("sre_user"));
        }
        let target = |user: User| Target { kind: TargetKind::User, id: user.id.0, name: user.name };
        Ok(found.map(|user| (target(user), Vec::new())))
    }

    async fn policy(&mut self) -> Result<Option<Policy>, CurrentError> {
        let name = &self.desired.policy;
        let mut policies = self.client.policies(name).await.map_err(reading("the escalation policies"))?;
        policies.retain(|policy| policy.name.is(name));
        Ok(self.at_most_one(policies, "escalation policy", name))
    }

    fn user(&self, email: &Email) -> Option<User> {
        self.users.iter().find(|user| email.is(&user.email)).cloned()
    }

    fn check_role(&mut self, user: &User, fix: &str) {
        if !user.can_be_on_call() {
            let User { name, role, .. } = user;
            self.problems.push(format!("user {name} has the role {role}, and a stakeholder cannot be on call: {fix}"));
        }
    }

    /// The only one of a name; `if_missing` says what to do when there is none.
    fn only<T>(&mut self, found: Vec<T>, what: &str, name: &str, if_missing: &str) -> Option<T> {
        if found.is_empty() {
            self.problems.push(format!("no {what} is called {}{if_missing}", Name::new(name)));
        }
        self.at_most_one(found, what, name)
    }

    fn at_most_one<T>(&mut self, mut found: Vec<T>, what: &str, name: &str) -> Option<T> {
        if found.len() > 1 {
            let plural = what.strip_suffix('y').map_or_else(|| format!("{what}s"), |stem| format!("{stem}ies"));
            let name = Name::new(name);
            self.problems.push(format!("{} {plural} are called {name}: rename all but one", found.len()));
            return None;
        }
        found.pop()
    }
}

fn reading(what: &'static str) -> impl Fn(PagerDutyError) -> CurrentError {
    move |source| CurrentError::Unreadable { what, source }
}

fn no_user(field: &str) -> String {
    format!("no user has the e-mail address in `{field}`: fix it, or create the user in PagerDuty first")
}
