//! PagerDuty: whether an alert of the watched services would reach the relay, and somebody on call.

use super::words::{findings, pagerduty as words};
use super::{Checked, Report, Subjects, patiently};
use crate::pagerduty::health::{Finding, by_event_bus, deliveries, horizon, on_call};
use crate::pagerduty::state::{Extension, OnCall, PolicyId, Reference, Service, ServiceId, Subscription};
use crate::pagerduty::{Client, PagerDutyError};
use crate::relay::team::TeamSettings;
use crate::source::pagerduty::subscribed_events;
use chrono::{DateTime, Utc};

pub(super) const TOPIC: &str = "pagerduty";

/// What PagerDuty has for the services that are checked.
#[derive(Default)]
struct Setup {
    services: Vec<ServiceSetup>,
    /// Ids without a service.
    missing: Vec<ServiceId>,
    policies: Vec<(Reference<PolicyId>, Vec<OnCall>)>,
}

/// A service, and what delivers its events.
struct ServiceSetup {
    service: Service,
    subscriptions: Vec<Subscription>,
    extensions: Vec<Extension>,
}

/// By which way the events come. With where PagerDuty has to deliver its webhooks to, if that is known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route<'a> {
    Webhook(Option<&'a str>),
    EventBus(Option<&'a str>),
}

/// `team` includes the company's own days off, as far as they could be read.
pub(super) async fn check(
    report: &mut impl Report,
    client: &Client,
    services: &[ServiceId],
    route: Route<'_>,
    team: &TeamSettings,
    now: DateTime<Utc>,
) {
    let language = team.language;
    let setup = match patiently(report, words::asking(language), read(client, services, now)).await {
        Ok(setup) => setup,
        Err(error) => {
            report.unanswered(TOPIC, &words::unanswered(&error, language), name(&error));
            return;
        }
    };
    for id in &setup.missing {
        report.wrong(TOPIC, &words::no_service(id, language));
    }
    if let Route::Webhook(None) = route {
        report.odd(TOPIC, words::no_url(language));
    }
    let (Route::Webhook(relay) | Route::EventBus(relay)) = route;
    let events = subscribed_events();
    let mut say = |subject: &str, finding: &Finding| {
        let text = findings::finding(finding, relay, &team.calendar, language);
        let checked = Checked::new(finding.grade(), TOPIC, &format!("{subject}: {text}"));
        report.add(Checked { subjects: known_by(subject, finding), ..checked });
    };
    for ServiceSetup { service, subscriptions, extensions } in &setup.services {
        let subject = words::service(&service.name, language);
        let found = match route {
            Route::Webhook(relay) => deliveries(subscriptions, extensions, relay, &events),
            Route::EventBus(relay) => vec![by_event_bus(subscriptions, relay)],
        };
        found.iter().for_each(|finding| say(&subject, finding));
    }
    for (policy, oncalls) in &setup.policies {
        let subject = words::policy(&policy.name, language);
        on_call(oncalls, &team.policy.ignored, &team.calendar, now).iter().for_each(|finding| say(&subject, finding));
    }
}

/// The times and days are those of the coming weeks, and so others every day.
fn known_by(subject: &str, finding: &Finding) -> Subjects {
    match finding {
        Finding::NobodyOnCall(_) => format!("{subject}: nobody on call").into(),
        Finding::Held(_) => format!("{subject}: held").into(),
        _ => Subjects::default(),
    }
}

/// Reads everything before anything is judged, each service and each policy once. An unknown id is a finding, not an error.
async fn read(client: &Client, services: &[ServiceId], now: DateTime<Utc>) -> Result<Setup, PagerDutyError> {
    let mut setup = Setup::default();
    let all = client.all_subscriptions().await?;
    for (nth, id) in services.iter().enumerate() {
        if services[..nth].contains(id) {
            continue;
        }
        let service = match client.service(id).await {
            Ok(service) => service,
            Err(PagerDutyError::NotFound { .. }) => {
                setup.missing.push(id.clone());
                continue;
            }
            Err(error) => return Err(error),
        };
        let covering = all.iter().filter(|(scope, _)| scope.covers(&service));
        let subscriptions = covering.map(|(_, subscription)| subscription.clone()).collect();
        let extensions = client.extensions(id).await?;
        if !setup.policies.iter().any(|(known, _)| known.id == service.policy.id) {
            let oncalls = client.oncalls(&service.policy.id, now, horizon(now)).await?;
            setup.policies.push((service.policy.clone(), oncalls));
        }
        setup.services.push(ServiceSetup { service, subscriptions, extensions });
    }
    Ok(setup)
}

pub(super) fn name(error: &PagerDutyError) -> &'static str {
    match error {
        PagerDutyError::KeyUnknown { .. } => "key unknown",
        PagerDutyError::KeyNotEnough { .. } => "key not enough",
        PagerDutyError::Invalid { .. } => "invalid",
        PagerDutyError::NotFound { .. } => "not found",
        PagerDutyError::Unavailable { .. } | PagerDutyError::Lost { .. } => "unavailable",
        PagerDutyError::Unexpected { .. } | PagerDutyError::TooMany { .. } => "unexpected",
    }
}
