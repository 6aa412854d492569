//! Answering from the chat: whether people could press something, and whether it would get to PagerDuty.

use super::report::{Report, patiently};
use super::words::{answering as words, chats, pagerduty};
use crate::chat::Chat;
use crate::domain::member::{Member, Members};
use crate::domain::message::Language;
use crate::pagerduty::acting::Rights;
use crate::setup::config::{Acting, Faults};
use crate::setup::renewal::Lookup;
use crate::setup::wiring::Base;

const TOPIC: &str = "answering";
/// Any of them says that it is wanted.
const SETTINGS: [&str; 4] = ["SLACK_SIGNING_SECRETS", "PRESSES_QUEUE_URL", "PAGERDUTY_ACTION_KEY", "PAGERDUTY_ACT_AS"];

/// Checks what is wanted; says nothing if nothing is. `alerts` are the chats.
pub(super) async fn check(
    report: &mut Report,
    base: &Base,
    lookup: Lookup<'_>,
    alerts: &[&Chat],
    members: Option<&Members>,
    language: Language,
) {
    let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    if !SETTINGS.into_iter().any(is_set) {
        return;
    }
    if !is_set(SETTINGS[0]) {
        report.wrong(TOPIC, words::no_secret(language));
    }
    match alerts.iter().find(|chat| chat.kind().has_buttons) {
        Some(chat) => token(report, chat, language).await,
        None => report.wrong(TOPIC, words::no_chat(language)),
    }
    match members.map(|members| members.0.iter().filter(|member| is_person(member)).count()) {
        None | Some(0) => report.wrong(TOPIC, words::no_members(language)),
        Some(number) => report.right(TOPIC, &words::members(number, language)),
    }
    match Acting::from_lookup(lookup) {
        Ok(None) => report.unchecked(TOPIC, words::no_key(language)),
        Ok(Some(acting)) => {
            if !is_set("IGNORED_ASSIGNEES") {
                report.odd(TOPIC, words::no_placeholders(language));
            }
            key(report, base, acting, language).await;
        }
        Err(Faults(faults)) => faults.iter().for_each(|fault| report.wrong(TOPIC, &fault.to_string())),
    }
}

/// A group presses nothing.
fn is_person(member: &Member) -> bool {
    member.slack.as_ref().is_some_and(|handle| !handle.as_str().starts_with('S'))
}

async fn token(report: &mut Report, chat: &Chat, language: Language) {
    let asked = patiently(&chats::asking(chat.kind().title, language), chat.lacks_for_presses()).await;
    match asked {
        Ok(Some(lacks)) if !lacks.is_empty() => report.wrong(TOPIC, &words::lacks(&lacks, language)),
        // Without an answer the lines about the chat say why.
        Ok(_) | Err(_) => {}
    }
}

async fn key(report: &mut Report, base: &Base, acting: Acting, language: Language) {
    let actor = base.actor(acting);
    match patiently(pagerduty::asking(language), actor.check()).await {
        Ok(Rights::Enough(user)) => report.right(TOPIC, &words::notes_as(&user, language)),
        Ok(rights) => report.wrong(TOPIC, &words::rights(&rights, language)),
        Err(error) => report.wrong(TOPIC, &words::unanswered(&error, language)),
    }
}
