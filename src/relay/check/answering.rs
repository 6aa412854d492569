//! Answering from the chat: whether people could press something, and whether it would get to PagerDuty.

use super::pagerduty::name;
use super::words::{answering as words, chats, pagerduty};
use super::{Report, patiently};
use crate::chat::Chat;
use crate::chat::asking::Unanswered;
use crate::domain::member::{Handle, Member};
use crate::domain::message::Language;
use crate::domain::workbook::Workbook;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Actor, Rights};
use crate::pagerduty::health::called_now;
use crate::pagerduty::state::{Name, OnCall, PolicyId, Service};
use crate::relay::team::TeamSettings;
use chrono::{DateTime, TimeDelta, Utc};

const TOPIC: &str = "answering";

/// What is set for it.
#[derive(Debug)]
pub struct Answering {
    /// Whether what Slack sends could not be told from what others send.
    pub lacks_secret: bool,
    /// Whether it is set who in PagerDuty is no person.
    pub has_placeholders: bool,
    /// Who does in PagerDuty what people press, or what is wrong with the settings of that; `None` for nobody.
    pub acting: Result<Option<Acting>, Vec<String>>,
}

/// Who does in PagerDuty what people press.
#[derive(Debug)]
pub struct Acting {
    pub actor: Actor,
    /// Who may resolve.
    pub resolvers: Vec<Handle>,
}

/// What PagerDuty has for `SRE_ESCALATION_POLICY_ID`.
struct Sre {
    policy: Name,
    /// A service that is escalated by it anyway.
    service: Option<Name>,
    oncalls: Vec<OnCall>,
}

/// Checks it; `alerts` are the chats, and `workbook` has the members, if it could be read.
pub(super) async fn check(
    report: &mut impl Report,
    set: &Answering,
    alerts: &[&Chat],
    workbook: Option<&Workbook>,
    team: &TeamSettings,
    now: DateTime<Utc>,
) {
    let language = team.language;
    if set.lacks_secret {
        report.wrong(TOPIC, words::no_secret(language));
    }
    let chat = alerts.iter().find(|chat| chat.kind().has_buttons).copied();
    match chat {
        Some(chat) => token(report, chat, language).await,
        None => report.wrong(TOPIC, words::no_chat(language)),
    }
    match workbook.map(people) {
        // The lines about the rotation say why.
        None => {}
        Some(0) => report.wrong(TOPIC, words::no_members(language)),
        Some(number) => report.right(TOPIC, &words::members(number, language)),
    }
    match &set.acting {
        Ok(None) => report.unchecked(TOPIC, words::no_key(language)),
        Ok(Some(Acting { actor, resolvers })) => {
            if !set.has_placeholders {
                report.odd(TOPIC, words::no_placeholders(language));
            }
            let without_fallback = chat.filter(|chat| !chat.has_fallback()).and_then(|chat| chat.kind().variables);
            if let (Some(_), Some(variables)) = (&actor.sre, without_fallback) {
                report.odd(TOPIC, &words::no_fallback(variables.fallback.name, language));
            }
            if key(report, actor, language).await {
                calling_sre(report, actor, team, now).await;
            }
            resolving(report, chat, resolvers, language).await;
        }
        Err(faults) => faults.iter().for_each(|fault| report.wrong(TOPIC, fault)),
    }
}

/// How many can press something.
fn people(workbook: &Workbook) -> usize {
    workbook.members.iter().flat_map(|members| &members.0).filter(|member| is_person(member)).count()
}

/// A group presses nothing.
fn is_person(member: &Member) -> bool {
    member.slack.as_ref().is_some_and(|handle| !is_group(handle))
}

fn is_group(handle: &Handle) -> bool {
    handle.as_str().starts_with('S')
}

async fn token(report: &mut impl Report, chat: &Chat, language: Language) {
    let asked = patiently(report, &chats::asking(chat.kind().title, language), chat.lacks_for_presses()).await;
    match asked {
        Ok(Some(lacks)) if !lacks.is_empty() => report.wrong(TOPIC, &words::lacks(&lacks, language)),
        // Without an answer the lines about the chat say why.
        Ok(_) | Err(_) => {}
    }
}

/// Whether PagerDuty answers with that key.
async fn key(report: &mut impl Report, actor: &Actor, language: Language) -> bool {
    match patiently(report, pagerduty::asking(language), actor.check()).await {
        Ok(Rights::Enough(user)) => report.right(TOPIC, &words::notes_as(&user, language)),
        Ok(rights) => report.wrong(TOPIC, &words::rights(&rights, language)),
        Err(error) => {
            report.unanswered(TOPIC, &words::unanswered(&error, language), name(&error));
            return false;
        }
    }
    true
}

async fn calling_sre(report: &mut impl Report, actor: &Actor, team: &TeamSettings, now: DateTime<Utc>) {
    let language = team.language;
    let Some(id) = &actor.sre else {
        report.unchecked(TOPIC, words::no_sre(language));
        return;
    };
    let Sre { policy, service, oncalls } =
        match patiently(report, pagerduty::asking(language), read_sre(actor, id, now)).await {
            Ok(Some(sre)) => sre,
            Ok(None) => return report.wrong(TOPIC, &words::no_policy(id, language)),
            Err(error) => return report.unanswered(TOPIC, &words::sre_unanswered(&error, language), name(&error)),
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

async fn resolving(report: &mut impl Report, chat: Option<&Chat>, resolvers: &[Handle], language: Language) {
    if resolvers.is_empty() {
        report.unchecked(TOPIC, words::no_resolvers(language));
        return;
    }
    let (groups, people): (Vec<_>, Vec<_>) = resolvers.iter().partition(|handle| is_group(handle));
    report.right(TOPIC, &words::resolvers(people.len(), groups.len(), language));
    let Some(chat) = chat.filter(|_| !groups.is_empty()) else { return };
    match patiently(report, &chats::asking(chat.kind().title, language), chat.lacks_groups(&groups)).await {
        Ok(lacks) if !lacks.is_empty() => report.wrong(TOPIC, &words::no_groups(&lacks, language)),
        Err(Unanswered::MissingScope) => report.wrong(TOPIC, words::no_group_scope(language)),
        // Without an answer the lines about the chat say why.
        Ok(_) | Err(_) => {}
    }
}
