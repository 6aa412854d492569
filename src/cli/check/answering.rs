//! Answering from the chat: whether people could press something, and whether it would get to PagerDuty.

use super::report::{Report, patiently};
use super::words::{answering as words, chats, pagerduty};
use crate::chat::Chat;
use crate::chat::asking::Unanswered;
use crate::domain::member::{Handle, Member, Members};
use crate::domain::message::Language;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, Rights};
use crate::pagerduty::health::called_now;
use crate::pagerduty::state::{Name, OnCall, PolicyId, Service};
use crate::relay::team::TeamSettings;
use crate::setup::config::{Acting, Faults};
use crate::setup::renewal::Lookup;
use crate::setup::wiring::Base;
use chrono::{DateTime, TimeDelta, Utc};

const TOPIC: &str = "answering";
/// Any of them says that it is wanted.
const SETTINGS: [&str; 6] = [
    "SLACK_SIGNING_SECRETS",
    "PRESSES_QUEUE_URL",
    "PAGERDUTY_ACTION_KEY",
    "PAGERDUTY_ACT_AS",
    "SRE_ESCALATION_POLICY_ID",
    "SLACK_ACTORS",
];

/// What PagerDuty has for `SRE_ESCALATION_POLICY_ID`.
struct Sre {
    policy: Name,
    /// A service that is escalated by it anyway.
    service: Option<Name>,
    oncalls: Vec<OnCall>,
}

/// Checks what is wanted; says nothing if nothing is. `alerts` are the chats.
pub(super) async fn check(
    report: &mut Report,
    base: &Base,
    lookup: Lookup<'_>,
    alerts: &[&Chat],
    members: Option<&Members>,
    team: &TeamSettings,
    now: DateTime<Utc>,
) {
    let language = team.language;
    let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    if !SETTINGS.into_iter().any(is_set) {
        return;
    }
    if !is_set(SETTINGS[0]) {
        report.wrong(TOPIC, words::no_secret(language));
    }
    let chat = alerts.iter().find(|chat| chat.kind().has_buttons);
    match chat {
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
            let fallback = chat.and_then(|chat| chat.kind().variables).map(|variables| variables.fallback.name);
            let is_none = fallback.is_some_and(|name| lookup(name).is_some_and(|value| value.trim() == "none"));
            if let (Some(_), Some(name), true) = (&acting.sre, fallback, is_none) {
                report.odd(TOPIC, &words::no_fallback(name, language));
            }
            let resolvers = acting.resolvers.clone();
            let actor = base.actor(acting);
            if key(report, &actor, language).await {
                calling_sre(report, &actor, team, now).await;
            }
            resolving(report, chat.copied(), &resolvers, language).await;
        }
        Err(Faults(faults)) => {
            faults.iter().for_each(|fault| report.wrong(TOPIC, &fault.said(crate::cli::language::language())))
        }
    }
}

/// A group presses nothing.
fn is_person(member: &Member) -> bool {
    member.slack.as_ref().is_some_and(|handle| !is_group(handle))
}

fn is_group(handle: &Handle) -> bool {
    handle.as_str().starts_with('S')
}

async fn token(report: &mut Report, chat: &Chat, language: Language) {
    let asked = patiently(&chats::asking(chat.kind().title, language), chat.lacks_for_presses()).await;
    match asked {
        Ok(Some(lacks)) if !lacks.is_empty() => report.wrong(TOPIC, &words::lacks(&lacks, language)),
        // Without an answer the lines about the chat say why.
        Ok(_) | Err(_) => {}
    }
}

/// Whether PagerDuty answers with that key.
async fn key(report: &mut Report, actor: &Actor, language: Language) -> bool {
    match patiently(pagerduty::asking(language), actor.check()).await {
        Ok(Rights::Enough(user)) => report.right(TOPIC, &words::notes_as(&user, language)),
        Ok(rights) => report.wrong(TOPIC, &words::rights(&rights, language)),
        Err(error) => {
            report.wrong(TOPIC, &words::unanswered(&error, language));
            return false;
        }
    }
    true
}

async fn calling_sre(report: &mut Report, actor: &Actor, team: &TeamSettings, now: DateTime<Utc>) {
    let language = team.language;
    let Some(id) = &actor.sre else {
        report.unchecked(TOPIC, words::no_sre(language));
        return;
    };
    let Sre { policy, service, oncalls } = match patiently(pagerduty::asking(language), read_sre(actor, id, now)).await
    {
        Ok(Some(sre)) => sre,
        Ok(None) => return report.wrong(TOPIC, &words::no_policy(id, language)),
        Err(error) => return report.wrong(TOPIC, &words::sre_unanswered(&error, language)),
    };
    if let Some(service) = service {
        report.odd(TOPIC, &words::same_policy(&policy, &service, language));
    }
    let people: Vec<_> = called_now(&oncalls, &team.policy.ignored, now).into_iter().map(Name::to_string).collect();
    if people.is_empty() {
        report.wrong(TOPIC, &words::nobody_of_sre(&policy, language));
    } else {
        report.right(TOPIC, &words::sre(&policy, &people, language));
    }
}

/// `None` if there is no such policy.
async fn read_sre(actor: &Actor, id: &PolicyId, now: DateTime<Utc>) -> Result<Option<Sre>, PagerDutyError> {
    let policy = match actor.client.policy(id).await {
        Ok(policy) => policy.name,
        Err(PagerDutyError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut service = None;
    for of_ours in &actor.services {
        match actor.client.service(of_ours).await {
            Ok(Service { name, policy, .. }) if policy.id == *id => service = service.or(Some(name)),
            // The lines about PagerDuty say which there are not.
            Ok(_) | Err(PagerDutyError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let oncalls = actor.client.oncalls(id, now, now + TimeDelta::minutes(1)).await?;
    Ok(Some(Sre { policy, service, oncalls }))
}

async fn resolving(report: &mut Report, chat: Option<&Chat>, resolvers: &[Handle], language: Language) {
    if resolvers.is_empty() {
        report.unchecked(TOPIC, words::no_resolvers(language));
        return;
    }
    let (groups, people): (Vec<_>, Vec<_>) = resolvers.iter().partition(|handle| is_group(handle));
    report.right(TOPIC, &words::resolvers(people.len(), groups.len(), language));
    let Some(chat) = chat.filter(|_| !groups.is_empty()) else { return };
    match patiently(&chats::asking(chat.kind().title, language), chat.lacks_groups(&groups)).await {
        Ok(lacks) if !lacks.is_empty() => report.wrong(TOPIC, &words::no_groups(&lacks, language)),
        Err(Unanswered::MissingScope) => report.wrong(TOPIC, words::no_group_scope(language)),
        // Without an answer the lines about the chat say why.
        Ok(_) | Err(_) => {}
    }
}
