//! Which chats, and which of them first.
//!
//! A fault in one chat is a warning as long as another works: an alert in the backup is better than none.

use super::lookup::{Fault, Settings};
use crate::chat::Chat;
use crate::chat::delivery::{Destination, Outlets};
use crate::chat::slack::{ChannelId, SlackBot, SlackWebhook};
use crate::chat::typetalk::{TopicId, Typetalk};
use crate::domain::member::Handle;
use crate::net::secret::Secret;

const SLACK_EXAMPLE: &str = "<!subteam^S0123456789>";
const WEBHOOK_EXAMPLE: &str = "https://hooks.slack.com/services/T000/B000/XXXX";

/// For which chats each event is queued. This looks at which chats are named, not at whether they are set up rightly:
/// the webhook need not know any chat's token.
pub(super) fn destinations(settings: &mut Settings<'_>) -> Vec<Destination> {
    let is_named = |variables: &[&str]| variables.iter().any(|variable| settings.text(variable).is_some());
    let named = [
        is_named(&["SLACK_BOT_TOKEN", "SLACK_CHANNEL", "SLACK_WEBHOOK_URL"]),
        is_named(&["TYPETALK_TOKEN", "TYPETALK_TOPIC_ID"]),
        is_named(&["BACKUP_WEBHOOK_URL"]),
    ];
    let mode = mode(settings);
    match (named.iter().filter(|named| **named).count(), mode) {
        (2.., Some(Mode::Mirror)) => vec![Destination::Primary, Destination::Backup],
        _ => vec![Destination::Any],
    }
}

fn mode(settings: &mut Settings<'_>) -> Option<Mode> {
    settings.parsed("BACKUP_MODE", "mirror", "'mirror' or 'failover'", |text| match text {
        "mirror" => Some(Mode::Mirror),
        "failover" => Some(Mode::Failover),
        _ => None,
    })
}

/// The same chats with the channels for reminders, where these are set. A webhook has one channel.
pub(super) fn for_reminders(outlets: &Outlets, setting: impl Fn(&str) -> Option<String>) -> Outlets {
    let moved = |chat: &Chat| match chat {
        Chat::SlackBot(bot) => Chat::SlackBot(SlackBot {
            channel: setting("SLACK_REMINDER_CHANNEL").map_or_else(|| bot.channel.clone(), ChannelId),
            ..bot.clone()
        }),
        Chat::Typetalk(bot) => Chat::Typetalk(Typetalk {
            topic: setting("TYPETALK_REMINDER_TOPIC_ID").and_then(|text| text.parse().ok()).map_or(bot.topic, TopicId),
            ..bot.clone()
        }),
        Chat::SlackWebhook(_) | Chat::Console(_) | Chat::Recorder(_) => chat.clone(),
    };
    match outlets {
        Outlets::One(chat) => Outlets::One(moved(chat)),
        Outlets::Mirror(primary, backup) => Outlets::Mirror(moved(primary), moved(backup)),
        Outlets::Failover(primary, backup) => Outlets::Failover(moved(primary), moved(backup)),
    }
}

/// Any of these says that a chat is wanted.
pub(super) const VARIABLES: [&str; 6] = [
    "SLACK_BOT_TOKEN",
    "SLACK_CHANNEL",
    "SLACK_WEBHOOK_URL",
    "TYPETALK_TOKEN",
    "TYPETALK_TOPIC_ID",
    "BACKUP_WEBHOOK_URL",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Mirror,
    Failover,
}

/// A chat that is set up in whole, not at all, or wrongly.
type Found = Result<Option<Chat>, Vec<Fault>>;

/// The chats in their order, and what is wrong with the one that does not work.
pub(super) fn outlets(settings: &mut Settings<'_>, http: &reqwest::Client) -> (Option<Outlets>, Vec<Fault>) {
    let mode = mode(settings);
    let typetalk_first = settings.parsed("PRIMARY_CHAT", "slack", "'slack' or 'typetalk'", |text| match text {
        "slack" => Some(false),
        "typetalk" => Some(true),
        _ => None,
    });
    let others = settings.take_faults();
    let mut found = vec![slack(settings, http), typetalk(settings, http)];
    if typetalk_first == Some(true) {
        found.reverse();
    }
    found.push(backup_webhook(settings, http));
    settings.put_back(others);

    let mut warnings = Vec::new();
    let mut chats = Vec::new();
    for one in found {
        match one {
            Ok(chat) => chats.extend(chat),
            Err(faults) => warnings.extend(faults),
        }
    }
    if chats.len() > 2 {
        settings.fault("BACKUP_WEBHOOK_URL", "makes a third chat; there can be two: leave one of them out", "");
    }
    let mut chats = chats.into_iter();
    let outlets = match (chats.next(), chats.next(), mode) {
        (None, ..) if warnings.is_empty() => {
            settings.fault("SLACK_BOT_TOKEN", "and every other chat is not set, so there is nowhere to post", "xoxb-…");
            None
        }
        (None, ..) => {
            settings.put_back(std::mem::take(&mut warnings));
            None
        }
        (Some(chat), None, _) => Some(Outlets::One(chat)),
        (Some(primary), Some(backup), Some(Mode::Failover)) => Some(Outlets::Failover(primary, backup)),
        (Some(primary), Some(backup), _) => Some(Outlets::Mirror(primary, backup)),
    };
    (outlets, warnings)
}

fn slack(settings: &mut Settings<'_>, http: &reqwest::Client) -> Found {
    let (token, webhook) = (settings.text("SLACK_BOT_TOKEN"), settings.text("SLACK_WEBHOOK_URL"));
    let channel = settings.text("SLACK_CHANNEL");
    if token.is_none() && webhook.is_none() && channel.is_none() {
        return Ok(None);
    }
    if token.is_some() && webhook.is_some() {
        settings.fault(
            "SLACK_WEBHOOK_URL",
            "is set beside SLACK_BOT_TOKEN: leave one of them out (the token can do more)",
            "",
        );
    }
    if let Some(url) = webhook {
        let url = settings.url("SLACK_WEBHOOK_URL", &url, WEBHOOK_EXAMPLE);
        let fallback = fallback_on_slack(settings, Via::Webhook);
        return all_or_faults(settings, url.zip(fallback).map(|(url, fallback)| webhook_chat(http, &url, fallback)));
    }
    if token.is_none() {
        settings.fault("SLACK_BOT_TOKEN", "is not set, but SLACK_CHANNEL is", "xoxb-…");
    }
    if channel.is_none() {
        settings.fault("SLACK_CHANNEL", "is not set, but SLACK_BOT_TOKEN is", "C0123456789");
    }
    let base_url = settings.text("SLACK_BASE_URL").unwrap_or_else(|| "https://slack.com/api".into());
    let base_url = settings.url("SLACK_BASE_URL", &base_url, "https://slack.com/api");
    let fallback = fallback_on_slack(settings, Via::Api);
    let chat = match (token, channel, base_url, fallback) {
        (Some(token), Some(channel), Some(base_url), Some(fallback)) => Some(Chat::SlackBot(SlackBot {
            http: http.clone(),
            base_url,
            token: Secret::new(token),
            channel: ChannelId(channel),
            fallback,
        })),
        _ => None,
    };
    all_or_faults(settings, chat)
}

fn typetalk(settings: &mut Settings<'_>, http: &reqwest::Client) -> Found {
    let (token, topic) = (settings.text("TYPETALK_TOKEN"), settings.text("TYPETALK_TOPIC_ID"));
    if token.is_none() && topic.is_none() {
        return Ok(None);
    }
    if token.is_none() {
        settings.fault("TYPETALK_TOKEN", "is not set, but TYPETALK_TOPIC_ID is", "the bot's token");
    }
    let number = topic.as_ref().and_then(|text| text.parse().ok()).map(TopicId);
    match (&topic, number) {
        (None, _) => settings.fault("TYPETALK_TOPIC_ID", "is not set, but TYPETALK_TOKEN is", "4711"),
        (Some(text), None) => {
            settings.fault("TYPETALK_TOPIC_ID", format!("is '{text}', which is not a number"), "4711")
        }
        (Some(_), Some(_)) => {}
    }
    if let Some(text) = settings.text("TYPETALK_REMINDER_TOPIC_ID").filter(|text| text.parse::<u64>().is_err()) {
        settings.fault("TYPETALK_REMINDER_TOPIC_ID", format!("is '{text}', which is not a number"), "4712");
    }
    let base_url = settings.text("TYPETALK_BASE_URL").unwrap_or_else(|| "https://typetalk.com".into());
    let base_url = settings.url("TYPETALK_BASE_URL", &base_url, "https://typetalk.com");
    let fallback = fallback(settings, "FALLBACK_MENTION_TYPETALK", "@all", |word| {
        word.strip_prefix('@').is_some_and(|name| name == "all" || Handle::typetalk(name).is_some())
    });
    let chat = match (token, number, base_url, fallback) {
        (Some(token), Some(topic), Some(base_url), Some(fallback)) => {
            Some(Chat::Typetalk(Typetalk { http: http.clone(), base_url, token: Secret::new(token), topic, fallback }))
        }
        _ => None,
    };
    all_or_faults(settings, chat)
}

fn backup_webhook(settings: &mut Settings<'_>, http: &reqwest::Client) -> Found {
    let Some(url) = settings.text("BACKUP_WEBHOOK_URL") else {
        return Ok(None);
    };
    let url = settings.url("BACKUP_WEBHOOK_URL", &url, WEBHOOK_EXAMPLE);
    let fallback = fallback_on_slack(settings, Via::Webhook);
    all_or_faults(settings, url.zip(fallback).map(|(url, fallback)| webhook_chat(http, &url, fallback)))
}

fn webhook_chat(http: &reqwest::Client, url: &str, fallback: Option<String>) -> Chat {
    Chat::SlackWebhook(SlackWebhook { http: http.clone(), url: Secret::new(url), fallback })
}

fn all_or_faults(settings: &mut Settings<'_>, chat: Option<Chat>) -> Found {
    let faults = settings.take_faults();
    match faults.is_empty() {
        true => Ok(chat),
        false => Err(faults),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Via {
    Api,
    Webhook,
}

/// On Slack a plain `@name` pings nobody; a webhook may be Mattermost's, where it does.
fn fallback_on_slack(settings: &mut Settings<'_>, via: Via) -> Option<Option<String>> {
    fallback(settings, "FALLBACK_MENTION_SLACK", SLACK_EXAMPLE, |word| {
        let is_everybody = matches!(word, "<!channel>" | "<!here>" | "<!everyone>");
        let is_id = word.starts_with('<') && word.ends_with('>') && Handle::slack(word).is_some();
        is_everybody || is_id || (via == Via::Webhook && word.len() > 1 && word.starts_with('@'))
    })
}

/// Whom to tell when the rotation has no answer. Nobody has to be written out as `none`: there is no default for who is
/// told. `Some(None)` is nobody.
fn fallback(
    settings: &mut Settings<'_>,
    variable: &'static str,
    example: &'static str,
    pings: impl Fn(&str) -> bool,
) -> Option<Option<String>> {
    match settings.text(variable) {
        None => {
            settings.fault(variable, "is not set: say who is told when the rotation has no answer, or 'none'", example);
            None
        }
        Some(text) if text == "none" => Some(None),
        Some(text) if text.split_whitespace().all(pings) => Some(Some(text)),
        Some(text) => {
            settings.fault(variable, format!("is '{text}', which pings nobody there"), example);
            None
        }
    }
}
