//! Whether an alert would get through, judged from what PagerDuty says. Pure; the texts are in `cli/check/words`.

use crate::domain::calendar::Calendar;
use crate::domain::incident::{EventKind, Person};
use crate::domain::policy::Ignored;
use crate::pagerduty::holidays::{DayOff, ahead};
use crate::pagerduty::spans::gaps;
use crate::pagerduty::state::{Extension, Name, OnCall, Reference, Subscription, SubscriptionId, UserId, is_same_url};
use chrono::{DateTime, TimeDelta, Utc};

/// Somebody has to be on call at every moment until then.
const WEEK: TimeDelta = TimeDelta::days(7);

/// How far ahead days off are checked.
const MONTH: TimeDelta = TimeDelta::days(30);

/// Whether the v3 subscriptions of a service deliver to the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing<'a> {
    /// These deliver to the relay. Never empty.
    On(Vec<&'a Subscription>),
    /// PagerDuty has turned this one off for a day, after giving up on three deliveries.
    Disabled(&'a Subscription),
    /// Somebody has switched this one off.
    Inactive(&'a Subscription),
    /// None of these delivers to the relay.
    Elsewhere(Vec<&'a Subscription>),
    Missing,
}

/// Judges the v3 subscriptions for a service, including those for its team or the whole account.
///
/// `relay` is the relay's URL. If it is not known, any subscription to a toban may be the relevant one, so a single one
/// that PagerDuty has turned off decides.
fn subscription<'a>(subscriptions: &'a [Subscription], relay: Option<&str>) -> Standing<'a> {
    let finished: Vec<_> = subscriptions.iter().filter(|one| !one.is_unfinished()).collect();
    let is_ours = |one: &&Subscription| is_receiver(&one.url, relay);
    let ours: Vec<_> = finished.iter().copied().filter(is_ours).collect();
    let on: Vec<_> = ours.iter().copied().filter(|one| one.is_active && !one.is_disabled).collect();
    let disabled = ours.iter().copied().find(|one| one.is_active && one.is_disabled);
    match (disabled, ours.first()) {
        (Some(disabled), _) if on.is_empty() || relay.is_none() => Standing::Disabled(disabled),
        (_, Some(inactive)) if on.is_empty() => Standing::Inactive(inactive),
        (_, Some(_)) => Standing::On(on),
        (_, None) if finished.is_empty() => Standing::Missing,
        (_, None) => Standing::Elsewhere(finished),
    }
}

/// Whether a webhook's URL is that of a toban: a service has webhooks for others, too.
pub fn leads_here(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').ends_with("/pagerduty")
}

fn is_receiver(url: &str, relay: Option<&str>) -> bool {
    relay.map_or_else(|| leads_here(url), |relay| is_same_url(url, relay))
}

/// A finding about one service, or about one escalation policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// These subscriptions deliver every event that is needed.
    Delivers(Vec<SubscriptionId>),
    /// No subscription covers the service.
    NoSubscription,
    /// The subscriptions deliver to these URLs, not to the relay.
    Elsewhere(Vec<String>),
    /// Somebody has switched it off.
    Inactive(SubscriptionId),
    /// PagerDuty has turned it off for a day.
    Disabled(SubscriptionId),
    /// These events are not delivered, and without them an incident is reported wrongly.
    VitalMissing(SubscriptionId, Vec<String>),
    /// These other events that the relay understands are not delivered.
    OthersMissing(SubscriptionId, Vec<String>),
    /// A v2 webhook delivers, and no v3 subscription does.
    OnlyV2(Name),
    /// A v2 webhook and a v3 subscription deliver to the same URL: everything is posted twice.
    Twice(Name, SubscriptionId),
    /// Its events are to come by EventBridge. Nobody can ask PagerDuty whether they do.
    ByEventBus,
    /// They come by a subscription, and perhaps by EventBridge, too.
    ByBusAndWebhook(SubscriptionId),
    /// Somebody is on call at every moment until then.
    AlwaysOnCall(DateTime<Utc>),
    /// Nobody is on call at these times, so PagerDuty creates no incident for an alert.
    NobodyOnCall(Vec<(DateTime<Utc>, DateTime<Utc>)>),
    /// Only the dummy is on call at these times, so PagerDuty notifies nobody of an alert.
    OnlyDummyOnCall(Vec<(DateTime<Utc>, DateTime<Utc>)>),
    /// Nobody who is on call is known to be a dummy, so days off cannot be checked.
    NoDummy,
    /// The dummy holds no alert on a day off.
    NothingHeld,
    /// The dummy holds the alerts of these days off, when nobody is at work.
    Held(Vec<DayOff>),
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// As it should be.
    Right,
    /// Could not be checked.
    Unknown,
    /// Unusual, but alerts get through.
    Odd,
    /// Has to be fixed.
    Wrong,
}

impl Finding {
    pub fn grade(&self) -> Grade {
        match self {
            Self::Delivers(_) | Self::AlwaysOnCall(_) | Self::NothingHeld => Grade::Right,
            Self::NoDummy | Self::ByEventBus => Grade::Unknown,
            Self::OthersMissing(..) | Self::OnlyV2(_) | Self::ByBusAndWebhook(_) | Self::OnlyDummyOnCall(_) => {
                Grade::Odd
            }
            Self::NoSubscription
            | Self::Elsewhere(_)
            | Self::Inactive(_)
            | Self::Disabled(_)
            | Self::VitalMissing(..)
            | Self::Twice(..)
            | Self::NobodyOnCall(_)
            | Self::Held(_) => Grade::Wrong,
        }
    }
}

/// Judges what delivers a service's events. `subscriptions` and `extensions` are those that cover it, `events` the names of
/// those that the relay understands.
pub fn deliveries(
    subscriptions: &[Subscription],
    extensions: &[Extension],
    relay: Option<&str>,
    events: &[&str],
) -> Vec<Finding> {
    let standing = subscription(subscriptions, relay);
    let is_v2_of_ours = |one: &&Extension| one.url.as_deref().is_some_and(|url| is_receiver(url, relay));
    let mut found = Vec::new();
    let v2 = extensions.iter().find(|one| !one.is_disabled && is_v2_of_ours(one));
    match (standing, v2) {
        (Standing::On(on), _) => {
            found.extend(missing(&on, events));
            if found.is_empty() {
                found.push(Finding::Delivers(on.iter().map(|one| one.id.clone()).collect()));
            }
            found.extend(twice(&on, extensions));
        }
        (Standing::Disabled(one), _) => found.push(Finding::Disabled(one.id.clone())),
        (_, Some(v2)) => found.push(Finding::OnlyV2(v2.name.clone())),
        (Standing::Inactive(one), None) => found.push(Finding::Inactive(one.id.clone())),
        (Standing::Elsewhere(others), None) => {
            found.push(Finding::Elsewhere(others.into_iter().map(|one| one.url.clone()).collect()));
        }
        (Standing::Missing, None) => found.push(Finding::NoSubscription),
    }
    found
}

/// The same where events are taken from EventBridge: a service with that extension needs no subscription.
pub fn by_event_bus(subscriptions: &[Subscription], relay: Option<&str>) -> Finding {
    match subscription(subscriptions, relay) {
        Standing::On(on) => on.first().map_or(Finding::ByEventBus, |one| Finding::ByBusAndWebhook(one.id.clone())),
        // What is off needs no mending: the watchdog tells of what does not come.
        Standing::Disabled(_) | Standing::Inactive(_) | Standing::Elsewhere(_) | Standing::Missing => {
            Finding::ByEventBus
        }
    }
}

/// The events that none of the subscriptions delivers, as findings about the first one.
fn missing(on: &[&Subscription], events: &[&str]) -> Vec<Finding> {
    let Some(first) = on.first() else {
        return Vec::new();
    };
    let is_missing = |event: &&&str| !on.iter().any(|one| one.events.iter().any(|known| known == **event));
    let missing = events.iter().filter(is_missing).map(|event| (*event).to_owned());
    let (vital, others): (Vec<_>, Vec<_>) = missing.partition(|event| is_vital(event));
    let vital = (!vital.is_empty()).then(|| Finding::VitalMissing(first.id.clone(), vital));
    let others = (!others.is_empty()).then(|| Finding::OthersMissing(first.id.clone(), others));
    vital.into_iter().chain(others).collect()
}

/// Whether an event calls somebody or changes its incident's status.
fn is_vital(event: &str) -> bool {
    let kind = event.strip_prefix("incident.").and_then(EventKind::from_name);
    kind.is_some_and(|kind| kind.changes_status())
}

fn twice(on: &[&Subscription], extensions: &[Extension]) -> Vec<Finding> {
    let twin = |extension: &Extension| {
        let url = extension.url.as_deref().filter(|_| !extension.is_disabled)?;
        let twin = on.iter().find(|one| is_same_url(&one.url, url))?;
        Some(Finding::Twice(extension.name.clone(), twin.id.clone()))
    };
    extensions.iter().filter_map(twin).collect()
}

/// [`on_call`] needs to know who is on call until then.
pub fn horizon(now: DateTime<Utc>) -> DateTime<Utc> {
    now + MONTH
}

/// Judges who is on call for a policy until [`horizon`]. `calendar` includes the company's own days off. A dummy that is on
/// call alongside or after a real person holds nothing: PagerDuty notifies that person at once.
pub fn on_call(oncalls: &[OnCall], ignored: &Ignored, calendar: &Calendar, now: DateTime<Utc>) -> Vec<Finding> {
    let until = now + WEEK;
    let span =
        |one: &OnCall| (one.start.unwrap_or(DateTime::<Utc>::MIN_UTC), one.end.unwrap_or(DateTime::<Utc>::MAX_UTC));
    let nobody = gaps(oncalls.iter().map(span), now, until);
    let (dummies, real): (Vec<_>, Vec<_>) = oncalls.iter().partition(|one| is_dummy(&one.user, ignored));
    let only_dummy = gaps(real.iter().map(|one| span(one)).chain(nobody.iter().copied()), now, until);
    let mut found = vec![if nobody.is_empty() { Finding::AlwaysOnCall(until) } else { Finding::NobodyOnCall(nobody) }];
    if dummies.is_empty() {
        found.push(Finding::NoDummy);
        return found;
    }
    if !only_dummy.is_empty() {
        found.push(Finding::OnlyDummyOnCall(only_dummy));
    }
    let is_held = |day: &DayOff| {
        dummies.iter().any(|dummy| {
            let (start, end) = span(dummy);
            let start = start.max(day.start);
            let end = end.min(day.end);
            let before = real.iter().filter(|one| one.level <= dummy.level).map(|one| span(one));
            start < end && !gaps(before, start, end).is_empty()
        })
    };
    let last = calendar.date(horizon(now));
    let days = ahead(calendar, now).into_iter().filter(|day| day.date < last);
    let held: Vec<_> = days.filter(is_held).collect();
    found.push(if held.is_empty() { Finding::NothingHeld } else { Finding::Held(held) });
    found
}

/// Whom an incident goes to that a policy gets now: whoever is on call at its first level where anybody is. Dummies are left
/// out, although an incident goes to them, too: they call nobody.
pub fn called_now<'a>(oncalls: &'a [OnCall], ignored: &Ignored, now: DateTime<Utc>) -> Vec<&'a Name> {
    let is_now = |one: &&OnCall| one.start.is_none_or(|start| start <= now) && one.end.is_none_or(|end| now < end);
    let now_on_call: Vec<_> = oncalls.iter().filter(is_now).collect();
    let first = now_on_call.iter().map(|one| one.level).min();
    let of_first = now_on_call.into_iter().filter(|one| Some(one.level) == first);
    of_first.filter(|one| !is_dummy(&one.user, ignored)).map(|one| &one.user.name).collect()
}

fn is_dummy(user: &Reference<UserId>, ignored: &Ignored) -> bool {
    let name = user.name.shown().or_else(|| Name::new(user.id.0.clone()).shown());
    name.is_some_and(|name| ignored.contains(&Person { id: user.id.0.clone(), name }))
}

#[cfg(test)]
mod tests;
