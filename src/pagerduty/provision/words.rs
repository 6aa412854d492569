//! A plan, and what has been done of it, as text.

mod english;
mod japanese;

use crate::domain::message::Language;
use crate::pagerduty::provision::apply::Done;
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::provision::plan::{Plan, Remark, Step};

/// A plan as it is printed: each step on a line, with what changes below it, then the remarks.
pub fn plan(plan: &Plan, desired: &Desired, current: &Current, base_url: &str, language: Language) -> String {
    let heading = match language {
        Language::English => english::heading,
        Language::Japanese => japanese::heading,
    };
    let steps = plan.steps.iter().map(|one| step(one, desired, current, language) + "\n");
    let remarks = plan.remarks.iter().map(|one| format!("! {}\n", remark(one, desired, language)));
    let changes = match (plan.changes(), language) {
        (0, Language::English) => "nothing to do".to_owned(),
        (1, Language::English) => "1 change".to_owned(),
        (changes, Language::English) => format!("{changes} changes"),
        (0, Language::Japanese) => "することはありません".to_owned(),
        (changes, Language::Japanese) => format!("変更は {changes} 件です"),
    };
    format!("{}\n\n{}\n{changes}\n", heading(desired, current, base_url), steps.chain(remarks).collect::<String>())
}

/// The first line of a step, without its mark: `create schedule "…": …`.
pub fn headline(one: &Step, desired: &Desired, current: &Current, language: Language) -> String {
    let text = step(one, desired, current, language);
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches(['+', '~', '=', ' ']).to_owned()
}

/// What has come of a step.
pub fn done(done: &Done, desired: &Desired, current: &Current, language: Language) -> String {
    match language {
        Language::English => english::done(done, desired, current),
        Language::Japanese => japanese::done(done, desired, current),
    }
}

/// One step, with its details on lines of their own.
fn step(step: &Step, desired: &Desired, current: &Current, language: Language) -> String {
    match language {
        Language::English => english::step(step, desired, current),
        Language::Japanese => japanese::step(step, desired, current),
    }
}

fn remark(remark: &Remark, desired: &Desired, language: Language) -> String {
    match language {
        Language::English => english::remark(remark, desired),
        Language::Japanese => japanese::remark(remark, desired),
    }
}

/// A text with more lines below it.
fn with_details(mut text: String, details: impl Iterator<Item = String>) -> String {
    for detail in details {
        text += "\n      ";
        text += &detail;
    }
    text
}
