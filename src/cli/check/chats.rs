//! The chats: whether the token is good, the channels can be posted to, and the people are there.

use super::report::{Report, patiently};
use super::words::chats as words;
use super::words::chats::{Scope, Whom};
use crate::chat::Chat;
use crate::chat::asking::Unanswered;
use crate::chat::slack::SlackBot;
use crate::chat::slack::ask::{SlackGroup, SlackUser};
use crate::chat::typetalk::Typetalk;
use crate::domain::member::{Handle, Members, Platform};
use crate::domain::message::Language;
use crate::domain::text::Foreign;

const SLACK: &str = "slack";
const TYPETALK: &str = "typetalk";

/// Checks one chat: `alerts` and `reminders` are the same one, with the two places that it posts to.
pub(super) async fn check(
    report: &mut Report,
    alerts: &Chat,
    reminders: &Chat,
    members: Option<&Members>,
    language: Language,
) {
    match (alerts, reminders) {
        (Chat::SlackBot(bot), Chat::SlackBot(reminders)) => {
            let asking = words::asking("Slack", language);
            let told = patiently(&asking, slack(report, bot, reminders, members, language)).await;
            if let Err(error) = told {
                report.wrong(SLACK, &words::unanswered(&error, "Slack", "SLACK_BOT_TOKEN", language));
            }
        }
        (Chat::Typetalk(bot), Chat::Typetalk(reminders)) => {
            patiently(&words::asking("Typetalk", language), typetalk(report, bot, reminders, language)).await;
        }
        (Chat::SlackWebhook(_), _) => report.unchecked("webhook", words::webhook(language)),
        (Chat::SlackBot(_) | Chat::Typetalk(_) | Chat::Console(_) | Chat::Recorder(_), _) => {}
    }
}

/// What keeps every further question from being answered is the error.
async fn slack(
    report: &mut Report,
    bot: &SlackBot,
    reminders: &SlackBot,
    members: Option<&Members>,
    language: Language,
) -> Result<(), Unanswered> {
    let workspace = bot.workspace().await?;
    report.right(SLACK, &words::workspace(workspace.as_ref(), language));
    let places = [(bot, "SLACK_CHANNEL"), (reminders, "SLACK_REMINDER_CHANNEL")];
    let places = places.into_iter().take(if bot.channel == reminders.channel { 1 } else { 2 });
    let mut lacks_scope = false;
    for (bot, variable) in places {
        match slack_channel(report, bot, variable, language).await {
            Err(Unanswered::MissingScope) => lacks_scope = true,
            other => other?,
        }
    }
    if lacks_scope {
        report.odd(SLACK, &words::missing_scope(Scope::Channels, language));
    }
    let whom = whom(members, bot.fallback.as_deref());
    let (groups, users): (Vec<_>, Vec<_>) = whom.into_iter().partition(|whom| whom.id.starts_with('S'));
    slack_users(report, bot, &users, language).await?;
    slack_groups(report, bot, &groups, language).await
}

async fn slack_channel(
    report: &mut Report,
    bot: &SlackBot,
    variable: &'static str,
    language: Language,
) -> Result<(), Unanswered> {
    let id = &bot.channel.0;
    let is_id =
        id.len() >= 9 && id.starts_with(['C', 'G']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !is_id {
        report.odd(SLACK, &words::channel_by_name(id, variable, language));
        return Ok(());
    }
    match bot.own_channel().await {
        Ok(channel) if channel.is_archived => {
            report.wrong(SLACK, &words::archived(channel.name.as_ref(), id, variable, language));
        }
        Ok(channel) if !channel.has_bot => {
            report.wrong(SLACK, &words::not_in_channel(channel.name.as_ref(), id, variable, language));
        }
        Ok(channel) => report.right(SLACK, &words::channel(channel.name.as_ref(), id, language)),
        Err(Unanswered::NotFound { .. }) => report.wrong(SLACK, &words::no_channel(id, variable, language)),
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn slack_users(
    report: &mut Report,
    bot: &SlackBot,
    users: &[Whom],
    language: Language,
) -> Result<(), Unanswered> {
    let mut there = 0;
    for whom in users {
        match bot.user(&whom.id).await {
            Ok(SlackUser::Person) => there += 1,
            Ok(SlackUser::Gone) => report.wrong(SLACK, &words::gone(whom, language)),
            Ok(SlackUser::Bot) => report.odd(SLACK, &words::bot(whom, language)),
            Err(Unanswered::NotFound { .. }) => report.wrong(SLACK, &words::nobody(whom, language)),
            Err(Unanswered::MissingScope) => {
                report.odd(SLACK, &words::missing_scope(Scope::Users, language));
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    if there > 0 {
        report.right(SLACK, &words::people(there, language));
    }
    Ok(())
}

async fn slack_groups(
    report: &mut Report,
    bot: &SlackBot,
    groups: &[Whom],
    language: Language,
) -> Result<(), Unanswered> {
    if groups.is_empty() {
        return Ok(());
    }
    let known = match bot.groups().await {
        Ok(known) => known,
        Err(Unanswered::MissingScope) => {
            report.odd(SLACK, &words::missing_scope(Scope::Groups, language));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let mut there = 0;
    for whom in groups {
        match known.iter().find(|group| group.id == whom.id) {
            Some(SlackGroup { is_disabled: false, .. }) => there += 1,
            Some(SlackGroup { is_disabled: true, .. }) => report.wrong(SLACK, &words::group_disabled(whom, language)),
            None => report.wrong(SLACK, &words::no_group(whom, language)),
        }
    }
    if there > 0 {
        report.right(SLACK, &words::groups(there, language));
    }
    Ok(())
}

/// Everybody whom Slack has to know, each id once, members first.
fn whom(members: Option<&Members>, fallback: Option<&str>) -> Vec<Whom> {
    let of_members = members.into_iter().flat_map(|members| &members.0).filter_map(|member| {
        let id = member.slack.as_ref()?.as_str().to_owned();
        Some(Whom { id, member: Foreign::line(&member.name) })
    });
    let words = fallback.unwrap_or_default().split_whitespace();
    let of_fallback = words.filter_map(|word| Handle::parse(word, Platform::Slack));
    let of_fallback = of_fallback.map(|handle| Whom { id: handle.as_str().to_owned(), member: None });
    let mut all: Vec<Whom> = Vec::new();
    for one in of_members.chain(of_fallback) {
        if !all.iter().any(|known| known.id == one.id) {
            all.push(one);
        }
    }
    all
}

async fn typetalk(report: &mut Report, bot: &Typetalk, reminders: &Typetalk, language: Language) {
    let places = [(bot, "TYPETALK_TOPIC_ID"), (reminders, "TYPETALK_REMINDER_TOPIC_ID")];
    let places = places.into_iter().take(if bot.topic == reminders.topic { 1 } else { 2 });
    for (bot, variable) in places {
        match bot.own_topic().await {
            Ok(topic) if topic.is_archived => {
                report.wrong(TYPETALK, &words::topic_archived(topic.name.as_ref(), bot.topic, variable, language));
            }
            Ok(topic) => report.right(TYPETALK, &words::topic(topic.name.as_ref(), bot.topic, language)),
            Err(Unanswered::NotFound { .. }) => {
                report.wrong(TYPETALK, &words::no_topic(bot.topic, variable, language));
            }
            // The other topic would be answered in the same way.
            Err(Unanswered::MissingScope) => {
                report.odd(TYPETALK, &words::missing_scope(Scope::Topics, language));
                return;
            }
            Err(error) => {
                report.wrong(TYPETALK, &words::unanswered(&error, "Typetalk", "TYPETALK_TOKEN", language));
                return;
            }
        }
    }
}
