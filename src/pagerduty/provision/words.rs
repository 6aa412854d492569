//! A plan as text.

use crate::pagerduty::error::line;
use crate::pagerduty::provision::compare::{self, Difference};
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::{Desired, FirstResponse};
use crate::pagerduty::provision::plan::{DayOff, Kept, Plan, Remark, Step};
use crate::pagerduty::provision::values::{hours, moment, rules};
use crate::pagerduty::state::Name;
use std::fmt::Write as _;

/// A plan as it is printed: each step on a line, with what changes below it, then the remarks.
pub fn plan(plan: &Plan, desired: &Desired, current: &Current, base_url: &str) -> String {
    let mut text = format!("{base_url}, service {}\n{}\n\n", current.service.name, first_response(desired));
    for one in &plan.steps {
        let _ = writeln!(text, "{}", step(one, desired, current));
    }
    for one in &plan.remarks {
        let _ = writeln!(text, "! {}", remark(one, desired));
    }
    text.push('\n');
    match plan.changes() {
        0 => text.push_str("nothing to do\n"),
        1 => text.push_str("1 change\n"),
        changes => {
            let _ = writeln!(text, "{changes} changes");
        }
    }
    text
}

fn first_response(desired: &Desired) -> String {
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
    format!("first_response = \"{}\": {now} (the other way is {other})", desired.first_response.name())
}

/// The first line of a step, without its mark: `create schedule "…": …`.
pub fn headline(one: &Step, desired: &Desired, current: &Current) -> String {
    let text = step(one, desired, current);
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches(['+', '~', '=', ' ']).to_owned()
}

/// One step, with its details on lines of their own.
fn step(step: &Step, desired: &Desired, current: &Current) -> String {
    let zone = desired.calendar.zone.name();
    let dummy = compare::dummy_name(desired, current);
    let schedule = Name::new(&desired.schedule);
    let policy = Name::new(&desired.policy);
    match step {
        Step::Leave(kept) => format!("= leave  {}", kept_as(*kept, desired, current)),
        Step::CreateUser => format!(
            "+ create user {dummy} <{}>: limited_user, {zone}; PagerDuty mails it an invitation",
            desired.dummy_email.as_str()
        ),
        Step::CreateSchedule => {
            format!("+ create schedule {schedule}: {dummy} {} {zone}", hours(&compare::restrictions(desired)))
        }
        Step::ChangeSchedule(differences) => changed(&format!("schedule {schedule}"), differences),
        Step::CreateOverrides(days) => {
            let mut text = format!(
                "+ create overrides of the schedule, {} on {}",
                current.on_holidays.name,
                count(days.len(), "holiday", "holidays")
            );
            for day in days {
                let _ = write!(text, "\n      {}", day_off(day, desired));
            }
            text
        }
        Step::CreatePolicy => {
            let wanted = compare::rules(desired, compare::schedule_target(desired, None), &current.sre);
            format!("+ create escalation policy {policy}: {}", rules(&wanted))
        }
        Step::ChangePolicy(differences) => changed(&format!("escalation policy {policy}"), differences),
        Step::CreateSubscription => {
            format!("+ create webhook subscription to {}; its signing secret is shown once", desired.relay_url)
        }
        Step::ChangeSubscription { id, differences, .. } => {
            changed(&format!("webhook subscription {} to {}", id, desired.relay_url), differences)
        }
        Step::EnableSubscription(id) => format!(
            "~ enable webhook subscription {}: PagerDuty has turned it off for a day, after giving up on three deliveries",
            id
        ),
        Step::ChangeService(differences) => changed(&format!("service {}", current.service.name), differences),
    }
}

fn changed(what: &str, differences: &[Difference]) -> String {
    let mut text = format!("~ change {what}");
    for Difference { what, before, after } in differences {
        let _ = write!(text, "\n      {what}: {before} → {after}");
    }
    text
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

fn remark(remark: &Remark, desired: &Desired) -> String {
    match remark {
        Remark::DummyIsCalled(name) => format!(
            "the user with the address {} is called {name}, not {}: if it is a person, fix dummy_email; toban changes no user",
            desired.dummy_email.as_str(),
            Name::new(&desired.dummy_name)
        ),
        Remark::OtherLayer(name) => {
            format!(
                "the schedule has another layer, {name}, which toban leaves alone: end it in PagerDuty if nobody needs it"
            )
        }
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
                moment(start, desired),
                moment(end, desired)
            )
        }
        Remark::OtherUrl(id, url) => format!(
            "webhook subscription {} is called {} and delivers to {}: a URL cannot be changed; delete it in \
             PagerDuty if it is no longer needed",
            id,
            Name::new(compare::OURS),
            line(url)
        ),
        Remark::Duplicate(id) => {
            format!("webhook subscription {} delivers to the relay as well: delete one of the two in PagerDuty", id)
        }
        Remark::Unfinished(id) => format!(
            "webhook subscription {} never delivered: an earlier apply stopped before anybody had its signing secret. \
             Delete it in PagerDuty",
            id
        ),
        Remark::Extension(name) => format!(
            "extension {name} delivers to the relay as well, so every event would be posted twice: disable it in PagerDuty \
             once the subscription works"
        ),
    }
}

fn day_off(day: &DayOff, desired: &Desired) -> String {
    let end = day.end.with_timezone(&desired.calendar.zone).format("%H:%M").to_string();
    let end = if end == "00:00" { "24:00" } else { &end };
    format!("{}-{end} {}", moment(day.start, desired), line(&day.name))
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
