//! In English.

use super::with_details;
use crate::domain::message::Language;
use crate::pagerduty::error::line;
use crate::pagerduty::provision::apply::Done;
use crate::pagerduty::provision::compare::{self, Difference};
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::{Desired, FirstResponse};
use crate::pagerduty::provision::plan::{DayOff, Kept, Remark, Step};
use crate::pagerduty::provision::values::{end_of_day, hours, moment, rules, seconds};
use crate::pagerduty::state::{Name, UNFINISHED};

const ENGLISH: Language = Language::English;

pub(super) fn heading(desired: &Desired, current: &Current, base_url: &str) -> String {
    let minutes = desired.delay_minutes;
    let (now, other) = match desired.first_response {
        FirstResponse::Alongside => (
            "in working hours SRE is notified at once, as the developers are".to_owned(),
            format!("\"{}\": SRE is notified after {minutes} minutes", FirstResponse::DevelopersFirst.name()),
        ),
        FirstResponse::DevelopersFirst => (
            format!("in working hours SRE is notified when nobody has taken it for {minutes} minutes"),
            format!("\"{}\": SRE is notified at once", FirstResponse::Alongside.name()),
        ),
    };
    format!(
        "{base_url}, service {}\nfirst_response = \"{}\": {now} (the other way is {other})",
        current.service.name,
        desired.first_response.name()
    )
}

pub(super) fn step(step: &Step, desired: &Desired, current: &Current) -> String {
    let zone = desired.calendar.zone.name();
    let dummy = compare::dummy_name(desired, current);
    let schedule = Name::new(&desired.schedule);
    let policy = Name::new(&desired.policy);
    let changed = |what: &str, differences: &[Difference]| {
        with_details(format!("~ change {what}"), differences.iter().map(|one| difference(one, desired)))
    };
    match step {
        Step::Leave(kept) => format!("= leave  {}", kept_as(*kept, desired, current)),
        Step::CreateUser => format!(
            "+ create user {dummy} <{}>: limited_user, {zone}; PagerDuty mails it an invitation",
            desired.dummy_email.as_str()
        ),
        Step::CreateSchedule => {
            let hours = hours(&compare::restrictions(desired), ENGLISH);
            format!("+ create schedule {schedule}: {dummy} {hours} {zone}")
        }
        Step::ChangeSchedule(differences) => changed(&format!("schedule {schedule}"), differences),
        Step::CreateOverrides(days) => {
            let person = &current.on_holidays.name;
            let holidays = count(days.len(), "holiday", "holidays");
            let text = format!("+ create overrides of the schedule, {person} on {holidays}");
            with_details(text, days.iter().map(|day| day_off(day, desired)))
        }
        Step::CreatePolicy => {
            let wanted = compare::rules(desired, compare::schedule_target(desired, None), &current.sre);
            format!("+ create escalation policy {policy}: {}", rules(&wanted, ENGLISH))
        }
        Step::ChangePolicy(differences) => changed(&format!("escalation policy {policy}"), differences),
        Step::CreateSubscription => {
            format!("+ create webhook subscription to {}; its signing secret is shown once", desired.relay_url)
        }
        Step::ChangeSubscription { id, differences, .. } => {
            changed(&format!("webhook subscription {id} to {}", desired.relay_url), differences)
        }
        Step::EnableSubscription(id) => format!(
            "~ enable webhook subscription {id}: PagerDuty has turned it off for a day, after giving up on three deliveries"
        ),
        Step::ChangeService(differences) => changed(&format!("service {}", current.service.name), differences),
    }
}

fn difference(difference: &Difference, desired: &Desired) -> String {
    match difference {
        Difference::Zone { before, after } => format!("time zone: {before} → {after}"),
        Difference::NoLayer { after } => format!("layer in force: none → {}", hours(after, ENGLISH)),
        Difference::OnCall { before, after } => format!("on call: {} → {after}", before.join(", ")),
        Difference::Hours { before, after } => format!("hours: {} → {}", hours(before, ENGLISH), hours(after, ENGLISH)),
        Difference::Turns { before, after } => {
            format!("turns: {} → {}", seconds(*before, ENGLISH), seconds(*after, ENGLISH))
        }
        Difference::LayerEnds(end) => format!("end of the layer: {} → none", moment(*end, desired, ENGLISH)),
        Difference::Levels { before, after } => {
            format!("levels: {} → {}", rules(before, ENGLISH), rules(after, ENGLISH))
        }
        Difference::Events { there, missing, wanted } => {
            format!("events: {there} without {} → {wanted}", missing.join(", "))
        }
        Difference::Inactive => "active: no → yes".into(),
        Difference::Unfinished => {
            format!("description: {} → {}", Name::new(UNFINISHED), Name::new(compare::OURS))
        }
        Difference::Policy { before, after } => format!("escalation policy: {before} → {after}"),
    }
}

fn kept_as(kept: Kept, desired: &Desired, current: &Current) -> String {
    match kept {
        Kept::User => {
            let id = current.dummy.as_ref().map(|dummy| dummy.id.to_string()).unwrap_or_default();
            format!("user {} ({id})", compare::dummy_name(desired, current))
        }
        Kept::Schedule => format!("schedule {}", Name::new(&desired.schedule)),
        Kept::Overrides(days) => {
            format!("overrides of the schedule: a real person on {}", count(days, "holiday", "holidays"))
        }
        Kept::Policy => format!("escalation policy {}", Name::new(&desired.policy)),
        Kept::Subscription => format!("webhook subscription to {}", desired.relay_url),
        Kept::Service => format!("service {}", current.service.name),
    }
}

pub(super) fn remark(remark: &Remark, desired: &Desired) -> String {
    match remark {
        Remark::DummyIsCalled(name) => format!(
            "the user with the address {} is called {name}, not {}: if it is a person, fix dummy_email; toban changes no user",
            desired.dummy_email.as_str(),
            Name::new(&desired.dummy_name)
        ),
        Remark::OtherLayer(name) => format!(
            "the schedule has another layer, {name}, which toban leaves alone: end it in PagerDuty if nobody needs it"
        ),
        Remark::PolicyIsShared(names) => {
            let names: Vec<_> = names.iter().map(Name::to_string).collect();
            format!("the escalation policy is changed for {} too", names.join(", "))
        }
        Remark::SreHasGaps(gaps) => {
            let (start, end) = gaps.first().copied().unwrap_or_default();
            format!(
                "nobody is on call on SRE's schedule at {} of the next week, first {} to {}: PagerDuty creates no \
                 incident for an alert that comes when nobody on the policy is on call",
                count(gaps.len(), "time", "times"),
                moment(start, desired, ENGLISH),
                moment(end, desired, ENGLISH)
            )
        }
        Remark::OtherUrl(id, url) => format!(
            "webhook subscription {id} is called {} and delivers to {}: a URL cannot be changed; delete it in PagerDuty if it \
             is no longer needed",
            Name::new(compare::OURS),
            line(url)
        ),
        Remark::Duplicate(id) => {
            format!("webhook subscription {id} delivers to the relay as well: delete one of the two in PagerDuty")
        }
        Remark::Unfinished(id) => format!(
            "webhook subscription {id} never delivered: an earlier apply stopped before anybody had its signing secret. \
             Delete it in PagerDuty"
        ),
        Remark::Extension(name) => format!(
            "extension {name} delivers to the relay as well, so every event would be posted twice: disable it in PagerDuty \
             once the subscription works"
        ),
    }
}

pub(super) fn done(done: &Done, desired: &Desired, current: &Current) -> String {
    let schedule = Name::new(&desired.schedule);
    let policy = Name::new(&desired.policy);
    match done {
        Done::User(user) => format!("user {} created ({})", user.name, user.id),
        Done::Schedule(id) => format!("schedule {schedule} created ({id})"),
        Done::ScheduleChanged => format!("schedule {schedule} changed"),
        Done::Overrides(count) => format!("{count} overrides of the schedule created"),
        Done::Policy(id) => format!("escalation policy {policy} created ({id})"),
        Done::PolicyChanged => format!("escalation policy {policy} changed"),
        Done::Subscription(id) => format!("webhook subscription to {} created ({id})", desired.relay_url),
        Done::SubscriptionChanged => "webhook subscription changed".into(),
        Done::SubscriptionEnabled => "webhook subscription enabled".into(),
        Done::Service => format!("service {} has escalation policy {policy} from now on", current.service.name),
    }
}

fn day_off(day: &DayOff, desired: &Desired) -> String {
    let name = if day.name.is_empty() { "company holiday".to_owned() } else { line(&day.name) };
    format!("{}-{} {name}", moment(day.start, desired, ENGLISH), end_of_day(day.end, desired))
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
