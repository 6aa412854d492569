//! PagerDuty: whether an alert of the services would get to the relay, and to somebody.

use super::report::{Report, patiently};
use super::words::{findings, pagerduty as words};
use crate::pagerduty::health::{Finding, deliveries, horizon, on_call};
use crate::pagerduty::state::{Extension, OnCall, PolicyId, Reference, Service, ServiceId, Subscription};
use crate::pagerduty::{AccountError, Client};
use crate::relay::team::Team;
use crate::source::pagerduty::subscribed_events;
use chrono::{DateTime, Utc};

const TOPIC: &str = "pagerduty";

/// What an account says about the services that are looked at.
#[derive(Default)]
struct Told {
    services: Vec<ToldService>,
    missing: Vec<ServiceId>,
    policies: Vec<(Reference<PolicyId>, Vec<OnCall>)>,
}

/// A service, and what delivers its events.
struct ToldService {
    service: Service,
    subscriptions: Vec<Subscription>,
    extensions: Vec<Extension>,
}

/// `office` knows the company's own days off, as far as they could be read.
pub(super) async fn check(
    report: &mut Report,
    account: &Client,
    services: &[ServiceId],
    relay: Option<&str>,
    team: &Team,
    now: DateTime<Utc>,
) {
    let language = team.language;
    let told = match patiently(words::asking(language), ask(account, services, now)).await {
        Ok(told) => told,
        Err(error) => {
            report.wrong(TOPIC, &words::unanswered(&error, language));
            return;
        }
    };
    for id in &told.missing {
        report.wrong(TOPIC, &words::no_service(id, language));
    }
    if relay.is_none() {
        report.odd(TOPIC, words::no_url(language));
    }
    let events = subscribed_events();
    let mut say = |subject: &str, finding: &Finding| {
        let text = findings::finding(finding, relay, &team.calendar, language);
        report.graded(finding.grade(), TOPIC, &format!("{subject}: {text}"));
    };
    for ToldService { service, subscriptions, extensions } in &told.services {
        let subject = words::service(&service.name, language);
        deliveries(subscriptions, extensions, relay, &events).iter().for_each(|finding| say(&subject, finding));
    }
    for (policy, oncalls) in &told.policies {
        let subject = words::policy(&policy.name, language);
        on_call(oncalls, &team.policy.ignored, &team.calendar, now).iter().for_each(|finding| say(&subject, finding));
    }
}

/// Asks everything before anything is judged, each policy once. An id that is nobody's is told, not an error.
async fn ask(account: &Client, services: &[ServiceId], now: DateTime<Utc>) -> Result<Told, AccountError> {
    let mut told = Told::default();
    let all = account.all_subscriptions().await?;
    for (nth, id) in services.iter().enumerate() {
        if services[..nth].contains(id) {
            continue;
        }
        let service = match account.service(id).await {
            Ok(service) => service,
            Err(AccountError::NotFound { .. }) => {
                told.missing.push(id.clone());
                continue;
            }
            Err(error) => return Err(error),
        };
        let of_service = all.iter().filter(|(scope, _)| scope.covers(&service));
        let subscriptions = of_service.map(|(_, subscription)| subscription.clone()).collect();
        let extensions = account.extensions(id).await?;
        if !told.policies.iter().any(|(known, _)| known.id == service.policy.id) {
            let oncalls = account.oncalls(&service.policy.id, now, horizon(now)).await?;
            told.policies.push((service.policy.clone(), oncalls));
        }
        told.services.push(ToldService { service, subscriptions, extensions });
    }
    Ok(told)
}
