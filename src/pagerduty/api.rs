//! The REST API: a method for each thing that toban asks of it or tells it.
//!
//! <https://developer.pagerduty.com/api-reference/>. Reading needs a read-only key, writing one with full access. Lists are
//! read to their end. What a search of PagerDuty's finds by a name may only be similar to it.

mod changes;

pub use changes::{ScheduleDraft, SubscriptionChange};

use crate::domain::watch::Listed;
use crate::pagerduty::client::{Call, Client};
use crate::pagerduty::error::AccountError;
use crate::pagerduty::state::{
    Extension, Name, OnCall, Policy, PolicyId, Reference, Schedule, ScheduleId, Scope, Service, ServiceId, Shift,
    Subscription, User,
};
use crate::pagerduty::wire::{
    ListedSchedule, WireExtension, WireIncident, WireOnCall, WirePolicy, WireSchedule, WireService, WireShift,
    WireSubscription, WireUser,
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Overrides are listed for no more than three months at once.
const WINDOW: TimeDelta = TimeDelta::days(85);

/// The answer to making or changing one thing, below its name.
#[derive(Deserialize)]
struct One<T> {
    #[serde(
        alias = "user",
        alias = "schedule",
        alias = "escalation_policy",
        alias = "service",
        alias = "webhook_subscription"
    )]
    one: T,
}

#[derive(Deserialize)]
struct Overrides {
    overrides: Vec<WireShift>,
}

impl Client {
    /// All users, by `GET /users`. Its search looks at names alone, so there is none by e-mail.
    pub async fn users(&self) -> Result<Vec<User>, AccountError> {
        self.all::<WireUser, _>("/users", "users", &[]).await
    }

    /// The services of that name, by `GET /services`.
    pub async fn services(&self, name: &str) -> Result<Vec<Service>, AccountError> {
        self.all::<WireService, _>("/services", "services", &[("name", name)]).await
    }

    /// Services, each by its id, by `GET /services/{id}`.
    pub async fn service(&self, id: &ServiceId) -> Result<Service, AccountError> {
        let One { one } = self.call::<One<WireService>>(Call::get(&format!("/services/{id}"), &[])).await?;
        Ok(one.into())
    }

    /// The schedules whose names are like that, by `GET /schedules`. Those made of shifts are not in it.
    pub async fn schedules(&self, name: &str) -> Result<Vec<Reference<ScheduleId>>, AccountError> {
        let listed: Vec<ListedSchedule> = self.list("/schedules", "schedules", &[("query", name)]).await?;
        let reference = |one: ListedSchedule| Reference { id: ScheduleId(one.id), name: Name::new(one.name) };
        Ok(listed.into_iter().map(reference).collect())
    }

    /// A schedule with its layers, and who is on call on it in that time, by `GET /schedules/{id}`.
    pub async fn schedule(
        &self,
        id: &ScheduleId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Schedule, AccountError> {
        let (path, since, until) = (format!("/schedules/{id}"), time(since), time(until));
        let query = [("since", since.as_str()), ("until", &until), ("overflow", "true")];
        let One { one } = self.call::<One<WireSchedule>>(Call::get(&path, &query)).await?;
        Ok(one.into())
    }

    /// What overrides a schedule in that time, whole also where it begins before or ends after it, by
    /// `GET /schedules/{id}/overrides`.
    pub async fn overrides(
        &self,
        schedule: &ScheduleId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Shift>, AccountError> {
        let path = format!("/schedules/{schedule}/overrides");
        let mut all: Vec<Shift> = Vec::new();
        let mut from = since;
        while from < until {
            let to = until.min(from + WINDOW);
            let (since, until) = (time(from), time(to));
            let query = [("since", since.as_str()), ("until", &until), ("overflow", "true")];
            let Overrides { overrides } = self.call(Call::get(&path, &query)).await?;
            // One that reaches over the end of a window is told twice.
            let found = overrides.into_iter().map(Shift::from).filter(|one| !all.contains(one)).collect::<Vec<_>>();
            all.extend(found);
            from = to;
        }
        Ok(all)
    }

    /// The escalation policies whose names are like that, by `GET /escalation_policies`.
    pub async fn policies(&self, name: &str) -> Result<Vec<Policy>, AccountError> {
        self.all::<WirePolicy, _>("/escalation_policies", "escalation_policies", &[("query", name)]).await
    }

    /// The v3 subscriptions of a service, by `GET /webhook_subscriptions`. Their secrets are not told.
    pub async fn subscriptions(&self, service: &ServiceId) -> Result<Vec<Subscription>, AccountError> {
        let query = [("filter_type", "service"), ("filter_id", service.0.as_str())];
        self.all::<WireSubscription, _>("/webhook_subscriptions", "webhook_subscriptions", &query).await
    }

    /// All v3 subscriptions of the account, each with what it is for, by `GET /webhook_subscriptions`. Their secrets are not
    /// told.
    pub async fn all_subscriptions(&self) -> Result<Vec<(Scope, Subscription)>, AccountError> {
        self.all::<WireSubscription, _>("/webhook_subscriptions", "webhook_subscriptions", &[]).await
    }

    /// The extensions of a service, v2 webhooks among them, by `GET /extensions`.
    pub async fn extensions(&self, service: &ServiceId) -> Result<Vec<Extension>, AccountError> {
        let query = [("extension_object_id", service.0.as_str())];
        self.all::<WireExtension, _>("/extensions", "extensions", &query).await
    }

    /// Who is on call for a policy in that time, by `GET /oncalls`; of no use for more than 90 days ahead. It has a rate
    /// limit of its own.
    pub async fn oncalls(
        &self,
        policy: &PolicyId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<OnCall>, AccountError> {
        let (since, until) = (time(since), time(until));
        let query = [("escalation_policy_ids[]", policy.0.as_str()), ("since", &since), ("until", &until)];
        self.all::<WireOnCall, _>("/oncalls", "oncalls", &query).await
    }

    /// The incidents of some services that began in that time, the oldest first, by `GET /incidents`. PagerDuty takes
    /// no more than six months at once, and lists no more than 10,000. No service has none.
    pub async fn incidents(
        &self,
        services: &[ServiceId],
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Listed>, AccountError> {
        if services.is_empty() {
            return Ok(Vec::new());
        }
        let (since, until) = (time(since), time(until));
        let mut query = vec![("since", since.as_str()), ("until", &until), ("sort_by", "created_at:asc")];
        query.extend(services.iter().map(|service| ("service_ids[]", service.0.as_str())));
        let listed: Vec<Option<Listed>> = self.all::<WireIncident, _>("/incidents", "incidents", &query).await?;
        Ok(listed.into_iter().flatten().collect())
    }

    async fn all<W: DeserializeOwned, T: From<W>>(
        &self,
        path: &str,
        key: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, AccountError> {
        let found: Vec<W> = self.list(path, key, query).await?;
        Ok(found.into_iter().map(T::from).collect())
    }
}

/// A time as PagerDuty takes it.
fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
