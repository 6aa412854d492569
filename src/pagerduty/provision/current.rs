//! What PagerDuty holds of what a team wants.

mod schedules;

use crate::domain::message::Language;
use crate::pagerduty::Client;
use crate::pagerduty::error::PagerDutyError;
use crate::pagerduty::provision::desired::{Desired, Email, Sre};
pub use crate::pagerduty::provision::problem::{Problem, Problems};
use crate::pagerduty::state::{
    Extension, Name, Policy, Schedule, Service, Shift, Subscription, Target, TargetKind, User, UserId,
};
use chrono::{DateTime, Utc};
use schedules::Schedules;
use std::collections::BTreeMap;

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
    #[error("{} cannot be read: {source}", what.name(Language::English))]
    Unreadable { what: Part, source: PagerDutyError },
    #[error("PagerDuty is not as the file needs it:{0}")]
    Problems(Problems),
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Users,
    Services,
    Schedules,
    SresSchedule,
    DummysSchedule,
    Overrides,
    Policies,
    Subscriptions,
    Extensions,
}

impl Part {
    pub fn name(self, language: Language) -> &'static str {
        let (english, japanese) = match self {
            Self::Users => ("the users", "ユーザー"),
            Self::Services => ("the services", "サービス"),
            Self::Schedules => ("the schedules", "スケジュール"),
            Self::SresSchedule => ("SRE's schedule", "SRE のスケジュール"),
            Self::DummysSchedule => ("the schedule", "ダミーのスケジュール"),
            Self::Overrides => ("the overrides", "スケジュールの上書き"),
            Self::Policies => ("the escalation policies", "エスカレーションポリシー"),
            Self::Subscriptions => ("the webhook subscriptions", "Webhook の購読"),
            Self::Extensions => ("the extensions", "拡張"),
        };
        match language {
            Language::English => english,
            Language::Japanese => japanese,
        }
    }
}

impl Current {
    /// Reads everything that a plan depends on. Changes nothing; a read-only key is enough.
    pub async fn read(client: &Client, desired: &Desired, now: DateTime<Utc>) -> Result<Self, CurrentError> {
        let users = client.users().await.map_err(reading(Part::Users))?;
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
        let subscriptions = client.subscriptions(&service.id).await.map_err(reading(Part::Subscriptions))?;
        let extensions = client.extensions(&service.id).await.map_err(reading(Part::Extensions))?;
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
    problems: Vec<Problem>,
    now: DateTime<Utc>,
}

impl Reader<'_> {
    async fn service(&mut self) -> Result<Option<Service>, CurrentError> {
        let name = &self.desired.service;
        let mut services = self.client.services(name).await.map_err(reading(Part::Services))?;
        services.retain(|service| service.name.is(name));
        if services.is_empty() {
            self.problems.push(Problem::NoService(Name::new(name)));
        }
        Ok(self.at_most_one(services, name, Problem::Services))
    }

    fn dummy(&mut self) -> Option<User> {
        let dummy = self.user(&self.desired.dummy_email)?;
        self.check_role(&dummy, Problem::DummyIsStakeholder);
        Some(dummy)
    }

    fn on_holidays(&mut self) -> Option<User> {
        let Desired { sre, on_holidays, .. } = self.desired;
        let Some(user) = self.user(on_holidays) else {
            let field = match sre {
                Sre::User(email) if email == on_holidays => "sre_user",
                Sre::User(_) | Sre::Schedule(_) => "sre_on_holidays",
            };
            self.problems.push(Problem::NoUser(field));
            return None;
        };
        self.check_role(&user, Problem::OnHolidaysIsStakeholder);
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
            self.problems.push(Problem::NoUser("sre_user"));
        }
        let target = |user: User| Target { kind: TargetKind::User, id: user.id.0, name: user.name };
        Ok(found.map(|user| (target(user), Vec::new())))
    }

    async fn policy(&mut self) -> Result<Option<Policy>, CurrentError> {
        let name = &self.desired.policy;
        let mut policies = self.client.policies(name).await.map_err(reading(Part::Policies))?;
        policies.retain(|policy| policy.name.is(name));
        Ok(self.at_most_one(policies, name, Problem::Policies))
    }

    fn user(&self, email: &Email) -> Option<User> {
        self.users.iter().find(|user| email.is(&user.email)).cloned()
    }

    fn check_role(&mut self, user: &User, problem: fn(Name, String) -> Problem) {
        if !user.can_be_on_call() {
            self.problems.push(problem(user.name.clone(), user.role.clone()));
        }
    }

    fn at_most_one<T>(&mut self, mut found: Vec<T>, name: &str, several: fn(Name, usize) -> Problem) -> Option<T> {
        if found.len() > 1 {
            self.problems.push(several(Name::new(name), found.len()));
            return None;
        }
        found.pop()
    }
}

fn reading(what: Part) -> impl Fn(PagerDutyError) -> CurrentError {
    move |source| CurrentError::Unreadable { what, source }
}
