//! The REST API: one method for each call that is used.
//!
//! <https://developer.pagerduty.com/api-reference/>. Reading needs a read-only key, writing one with full access. Lists are
//! read to their last page. PagerDuty's search by name also finds names that are only similar.

mod changes;

pub use changes::{ScheduleFields, SubscriptionChange};

use crate::domain::watch::Listed;
use crate::pagerduty::client::{Call, Client};
use crate::pagerduty::error::PagerDutyError;
use crate::pagerduty::state::{
    Extension, OnCall, Policy, PolicyId, Reference, Schedule, ScheduleId, Scope, Service, ServiceId, Shift,
    Subscription, User,
};
use crate::pagerduty::wire::{
    ListedSchedule, One, Ref, WireExtension, WireIncident, WireOnCall, WirePolicy, WireSchedule, WireService,
    WireShift, WireShiftSchedule, WireSubscription, WireUser,
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// PagerDuty lists the overrides of three months at most in one call.
const WINDOW: TimeDelta = TimeDelta::days(85);

/// The schedules made of shifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShiftSchedules {
    Listed(Vec<Reference<ScheduleId>>),
    /// The account has none, or the key may not list them: PagerDuty answers both with a 400, 403 or 404.
    Refused(PagerDutyError),
}

#[derive(Deserialize)]
struct Overrides {
    overrides: Vec<WireShift>,
}

impl Client {
    /// All users, by `GET /users`. Its search looks at names only, so there is none by e-mail.
    pub async fn users(&self) -> Result<Vec<User>, PagerDutyError> {
        self.all::<WireUser, _>("/users", &[]).await
    }

    /// The users whom a search finds, by `GET /users`.
    pub async fn users_like(&self, query: &[(&'static str, String)]) -> Result<Vec<User>, PagerDutyError> {
        self.all::<WireUser, _>("/users", query).await
    }

    /// The services of that name, by `GET /services`.
    pub async fn services(&self, name: &str) -> Result<Vec<Service>, PagerDutyError> {
        self.all::<WireService, _>("/services", &[("name", name.into())]).await
    }

    /// A service, by `GET /services/{id}`.
    pub async fn service(&self, id: &ServiceId) -> Result<Service, PagerDutyError> {
        self.one::<WireService, _>(Call::get(format!("/services/{id}"), &[])).await
    }

    /// The schedules made of layers with a name like that, by `GET /schedules`. Those made of shifts are not listed.
    pub async fn schedules(&self, name: &str) -> Result<Vec<Reference<ScheduleId>>, PagerDutyError> {
        self.all::<ListedSchedule, _>("/schedules", &[("query", name.into())]).await
    }

    /// A schedule made of layers, with them, and who is on call on it in that time, by `GET /schedules/{id}`.
    pub async fn schedule(
        &self,
        id: &ScheduleId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Schedule, PagerDutyError> {
        let call = Call::get(format!("/schedules/{id}"), &with_overflow(since, until));
        self.one::<WireSchedule, _>(call).await
    }

    /// All schedules made of shifts, by `GET /v3/schedules`. Its search finds no name with brackets in it, so there is none.
    pub async fn shift_schedules(&self) -> Result<ShiftSchedules, PagerDutyError> {
        let listed = self.list_if_served::<Ref>("/v3/schedules", &[]).await?;
        Ok(match listed {
            Ok(listed) => ShiftSchedules::Listed(listed.into_iter().map(|one| one.into(ScheduleId)).collect()),
            Err(refusal) => ShiftSchedules::Refused(refusal),
        })
    }

    /// Who is on call in that time on a schedule made of shifts, overrides included, each uncut, by `GET /v3/schedules/{id}`.
    /// Shifts of several people may overlap.
    pub async fn shifts(
        &self,
        schedule: &ScheduleId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Shift>, PagerDutyError> {
        let [since, until, overflow] = with_overflow(since, until);
        let query = [since, until, overflow, ("include[]", "final_schedule".into())];
        self.one::<WireShiftSchedule, _>(Call::get(format!("/v3/schedules/{schedule}"), &query)).await
    }

    /// The overrides of a schedule that overlap that time, each uncut, by `GET /schedules/{id}/overrides`.
    pub async fn overrides(
        &self,
        schedule: &ScheduleId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Shift>, PagerDutyError> {
        let mut all: Vec<Shift> = Vec::new();
        let mut from = since;
        while from < until {
            let to = until.min(from + WINDOW);
            let path = format!("/schedules/{schedule}/overrides");
            let Overrides { overrides } = self.call(Call::get(path, &with_overflow(from, to))).await?;
            for one in overrides.into_iter().map(Shift::from) {
                // One that reaches over the end of a window is listed in both.
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            from = to;
        }
        Ok(all)
    }

    /// The escalation policies with a name like that, by `GET /escalation_policies`.
    pub async fn policies(&self, name: &str) -> Result<Vec<Policy>, PagerDutyError> {
        self.all::<WirePolicy, _>("/escalation_policies", &[("query", name.into())]).await
    }

    /// An escalation policy, by `GET /escalation_policies/{id}`.
    pub async fn policy(&self, id: &PolicyId) -> Result<Policy, PagerDutyError> {
        self.one::<WirePolicy, _>(Call::get(format!("/escalation_policies/{id}"), &[])).await
    }

    /// The v3 subscriptions of a service, by `GET /webhook_subscriptions`. Their signing secrets are not in the answer.
    pub async fn subscriptions(&self, service: &ServiceId) -> Result<Vec<Subscription>, PagerDutyError> {
        let query = [("filter_type", "service".into()), ("filter_id", service.0.clone())];
        self.all::<WireSubscription, _>("/webhook_subscriptions", &query).await
    }

    /// All v3 subscriptions, each with what it is for, by `GET /webhook_subscriptions`. Their signing secrets are not in the
    /// answer.
    pub async fn all_subscriptions(&self) -> Result<Vec<(Scope, Subscription)>, PagerDutyError> {
        self.all::<WireSubscription, _>("/webhook_subscriptions", &[]).await
    }

    /// The extensions of a service, v2 webhooks among them, by `GET /extensions`.
    pub async fn extensions(&self, service: &ServiceId) -> Result<Vec<Extension>, PagerDutyError> {
        self.all::<WireExtension, _>("/extensions", &[("extension_object_id", service.0.clone())]).await
    }

    /// Who is on call for a policy in that time, by `GET /oncalls`, on schedules of both kinds. Not reliable more than 90 days
    /// ahead, and with a rate limit of its own.
    pub async fn oncalls(
        &self,
        policy: &PolicyId,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<OnCall>, PagerDutyError> {
        let [since, until] = range(since, until);
        let query = [("escalation_policy_ids[]", policy.0.clone()), since, until];
        let listed: Vec<Option<OnCall>> = self.all::<WireOnCall, _>("/oncalls", &query).await?;
        Ok(listed.into_iter().flatten().collect())
    }

    /// The incidents of these services that began in that time, oldest first, by `GET /incidents`. At most six months in one
    /// call, and at most 10,000 incidents. Without services there is nothing to ask.
    pub async fn incidents(
        &self,
        services: &[ServiceId],
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Listed>, PagerDutyError> {
        if services.is_empty() {
            return Ok(Vec::new());
        }
        let [since, until] = range(since, until);
        let mut query = vec![since, until, ("sort_by", "created_at:asc".into())];
        query.extend(services.iter().map(|service| ("service_ids[]", service.0.clone())));
        let listed: Vec<Option<Listed>> = self.all::<WireIncident, _>("/incidents", &query).await?;
        Ok(listed.into_iter().flatten().collect())
    }

    async fn all<W: DeserializeOwned, T: From<W>>(
        &self,
        path: &str,
        query: &[(&'static str, String)],
    ) -> Result<Vec<T>, PagerDutyError> {
        let listed: Vec<W> = self.list(path, query).await?;
        Ok(listed.into_iter().map(T::from).collect())
    }

    async fn one<W: DeserializeOwned, T: From<W>>(&self, call: Call<'_>) -> Result<T, PagerDutyError> {
        let One { one } = self.call::<One<W>>(call).await?;
        Ok(one.into())
    }
}

fn range(since: DateTime<Utc>, until: DateTime<Utc>) -> [(&'static str, String); 2] {
    [("since", time(since)), ("until", time(until))]
}

/// With `overflow` a shift that begins before or ends after the time is not cut.
fn with_overflow(since: DateTime<Utc>, until: DateTime<Utc>) -> [(&'static str, String); 3] {
    let [since, until] = range(since, until);
    [since, until, ("overflow", "true".into())]
}

/// A time as PagerDuty accepts it.
fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
