//! What a plan says.

use super::compare::{self, Difference};
use super::error::line;
use super::plan::{DayOff, Kept, Plan, Remark, Step};
use super::state::Name;
use super::survey::Found;
use super::values::{hours, moment, rules};
use super::wish::{FirstResponse, Wish};
use std::fmt::Write as _;

/// A plan as it is printed: each step in one line, with what is changed below it, then what else should be known.
pub fn plan(plan: &Plan, wish: &Wish, found: &Found, base_url: &str) -> String {
    let mut text = format!("{base_url}, service {}\n{}\n\n", found.service.name, first_response(wish));
    for one in &plan.steps {
        let _ = writeln!(text, "{}", step(one, wish, found));
    }
    for one in &plan.remarks {
        let _ = writeln!(text, "! {}", remark(one, wish));
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

fn first_response(wish: &Wish) -> String {
    let minutes = wish.delay_minutes;
    let (now, other) = match wish.first_response {
        FirstResponse::Alongside => (
            "in working hours SRE is told at once, as the developers are".to_owned(),
            format!("\"{}\": SRE is told after {minutes} minutes", FirstResponse::DevelopersFirst.name()),
        ),
        FirstResponse::DevelopersFirst => (
            format!("in working hours SRE is told when nobody has taken it for {minutes} minutes"),
            format!("\"{}\": SRE is told at once", FirstResponse::Alongside.name()),
        ),
    };
    format!("first_response = \"{}\": {now} (the other way is {other})", wish.first_response.name())
}

/// One step in few words, `create schedule "…": …`.
pub fn headline(one: &Step, wish: &Wish, found: &Found) -> String {
    let text = step(one, wish, found);
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches(['+', '~', '=', ' ']).to_owned()
}

/// One step, with its details on lines of their own.
fn step(step: &Step, wish: &Wish, found: &Found) -> String {
    let zone = wish.calendar.zone.name();
    let dummy = found.dummy.as_ref().map_or_else(|| Name::new(wish.dummy_name.clone()), |dummy| dummy.name.clone());
    let (schedule, policy) = (Name::new(wish.schedule.clone()), Name::new(wish.policy.clone()));
    match step {
        Step::Leave(kept) => format!("= leave  {}", kept_as(*kept, wish, found)),
        Step::CreateUser => format!(
            "+ create user {dummy} <{}>: limited_user, {zone}; PagerDuty mails it an invitation",
            wish.dummy_email.as_str()
        ),
        Step::CreateSchedule => {
            format!("+ create schedule {schedule}: {dummy} {} {zone}", hours(&compare::restrictions(wish)))
        }
        Step::ChangeSchedule(differences) => changed(&format!("schedule {schedule}"), differences),
        Step::CreateOverrides(days) => {
            let mut text = format!(
                "+ create overrides of the schedule, {} on {}",
                found.on_holidays.name,
                count(days.len(), "holiday", "holidays")
            );
            for day in days {
                let _ = write!(text, "\n      {}", day_off(day, wish));
            }
            text
        }
        Step::CreatePolicy => {
            let wanted = compare::rules(wish, compare::schedule_target(wish, None), &found.sre);
            format!("+ create escalation policy {policy}: {}", rules(&wanted))
        }
        Step::ChangePolicy(differences) => changed(&format!("escalation policy {policy}"), differences),
        Step::CreateSubscription => {
            format!("+ create webhook subscription to {}; its signing secret is told once", wish.relay_url)
        }
        Step::ChangeSubscription { id, differences, .. } => {
            changed(&format!("webhook subscription {} to {}", line(&id.0), wish.relay_url), differences)
        }
        Step::EnableSubscription(id) => format!(
            "~ enable webhook subscription {}: PagerDuty has turned it off for a day, after it had to drop three deliveries",
            line(&id.0)
        ),
        Step::ChangeService(differences) => changed(&format!("service {}", found.service.name), differences),
    }
}

fn changed(what: &str, differences: &[Difference]) -> String {
    let mut text = format!("~ change {what}");
    for Difference { what, before, after } in differences {
        let _ = write!(text, "\n      {what}: {before} → {after}");
    }
    text
}

fn kept_as(kept: Kept, wish: &Wish, found: &Found) -> String {
    match kept {
        Kept::User => {
            let (name, id) =
                found.dummy.as_ref().map_or_else(Default::default, |dummy| (dummy.name.to_string(), line(&dummy.id.0)));
            format!("user {name} ({id})")
        }
        Kept::Schedule => format!("schedule {}", Name::new(wish.schedule.clone())),
        Kept::Overrides(days) => {
            format!("overrides of the schedule: somebody real on {}", count(days, "holiday", "holidays"))
        }
        Kept::Policy => format!("escalation policy {}", Name::new(wish.policy.clone())),
        Kept::Subscription => format!("webhook subscription to {}", wish.relay_url),
        Kept::Service => format!("service {}", found.service.name),
    }
}

/// A remark in one line.
fn remark(remark: &Remark, wish: &Wish) -> String {
    match remark {
        Remark::DummyIsCalled(name) => format!(
            "the user with the address {} is called {name}, not {}: if it is a person, mend dummy_email; toban changes no user",
            wish.dummy_email.as_str(),
            Name::new(wish.dummy_name.clone())
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
                "nobody is on call on SRE's schedule at {} of the next week, first {} to {}: PagerDuty makes no incident of \
                 an alert that comes when nobody of the policy is on call",
                count(gaps.len(), "time", "times"),
                moment(start, wish),
                moment(end, wish)
            )
        }
        Remark::OtherUrl(id, url) => format!(
            "webhook subscription {} is called {} and delivers to {}: PagerDuty lets nobody change that; delete it there if \
             it is not needed any more",
            line(&id.0),
            Name::new(compare::OURS),
            line(url)
        ),
        Remark::Double(id) => format!(
            "webhook subscription {} delivers to the relay as well: delete one of the two in PagerDuty",
            line(&id.0)
        ),
        Remark::Unfinished(id) => format!(
            "webhook subscription {} never delivered: an earlier apply stopped before anybody had its signing secret. \
             Delete it in PagerDuty",
            line(&id.0)
        ),
        Remark::Extension(name) => format!(
            "extension {name} delivers to the relay as well, so every event would be posted twice: disable it in PagerDuty \
             once the subscription works"
        ),
    }
}

fn day_off(day: &DayOff, wish: &Wish) -> String {
    let end = day.end.with_timezone(&wish.calendar.zone).format("%H:%M").to_string();
    let end = if end == "00:00" { "24:00" } else { &end };
    format!("{}-{end} {}", moment(day.start, wish), line(&day.name))
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
