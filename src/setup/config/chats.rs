//! Which chats, and which of them first. Each chat's own settings stand in its [`ChatKind`].
//!
//! A fault in one chat is a warning as long as another works: an alert in the backup is better than none.

use super::lookup::{Fault, Settings};
use crate::chat::delivery::Outlets;
use crate::chat::{Access, ChannelId, Chat, ChatKind, KINDS, Variable, Variables};
use crate::domain::destination::Destination;
use crate::net::http;
use crate::net::secret::Secret;
use std::collections::BTreeSet;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Mirror,
    Failover,
}

/// A kind of chat with its settings.
type Configurable = (&'static ChatKind, Variables);

/// A chat that is set up completely, not at all, or wrongly.
type Found = Result<Option<Chat>, Vec<Fault>>;

/// For which chats each event is queued. No secret is looked at, because the webhook may read none of a chat's, and the watchdog
/// has to say the same. A chat that has no other setting is named by `CHAT_NAMES` only; without it the worker finds it all the
/// same, and mirrors what is for any chat.
pub(super) fn destinations(settings: &mut Settings<'_>) -> Vec<Destination> {
    let channels = configurable().filter_map(|(_, variables)| variables.channel);
    let found = channels.filter(|channel| settings.text(channel.alerts.name).is_some()).count();
    let named = listed(settings).map_or(found, |names| names.len());
    match (named, mode(settings)) {
        (2.., Some(Mode::Mirror)) => vec![Destination::Primary, Destination::Backup],
        _ => vec![Destination::Any],
    }
}

/// Whether any chat is named.
pub(super) fn is_any_named(settings: &Settings<'_>) -> bool {
    configurable().any(|(_, variables)| first_set(settings, &variables).is_some())
}

/// The same chats with the channels for reminders, where these are set. A webhook has one channel.
pub(super) fn for_reminders(outlets: &Outlets, setting: impl Fn(&str) -> Option<String>) -> Outlets {
    outlets.map(|chat| {
        let channel = chat.kind().variables.and_then(|variables| variables.channel);
        match channel.and_then(|channel| setting(channel.reminders.name)) {
            Some(id) => chat.in_channel(ChannelId(id)),
            None => chat.clone(),
        }
    })
}

/// The chats in their order, and what is wrong with the one that does not work.
pub(super) fn outlets(settings: &mut Settings<'_>, http: &http::Client) -> (Option<Outlets>, Vec<Fault>) {
    let mode = mode(settings);
    let primary = primary(settings);
    let listed = listed(settings);
    let others = settings.take_faults();
    let mut kinds = kinds(settings);
    kinds.sort_by_key(|(_, variables)| (variables.choice.is_none(), variables.choice != primary));

    let mut warnings = Vec::new();
    let mut chats = Vec::new();
    let found: Vec<_> =
        kinds.iter().copied().filter(|(_, variables)| first_set(settings, variables).is_some()).collect();
    warnings.extend(difference(listed.as_ref(), &found));
    for (kind, variables) in kinds {
        match chat(settings, http, kind, &variables) {
            Ok(chat) => chats.extend(chat.map(|chat| (chat, variables.secret))),
            Err(faults) => warnings.extend(faults),
        }
    }
    settings.put_back(others);
    if let Some((_, secret)) = chats.get(2) {
        settings.fault(secret.name, "makes a third chat; there can be two: leave one of them out", "");
    }
    let mut chats = chats.into_iter().map(|(chat, _)| chat);
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

/// `CHAT_NAMES`: the chats that there are. `None` if it does not say.
fn listed(settings: &mut Settings<'_>) -> Option<BTreeSet<&'static str>> {
    let words = settings.list("CHAT_NAMES");
    if words.is_empty() {
        return None;
    }
    let names: BTreeSet<_> = configurable().map(|(_, variables)| variables.name()).collect();
    let named = words.iter().map(|word| names.get(word.as_str()).copied().ok_or(word)).collect::<Result<_, _>>();
    named
        .inspect_err(|word| {
            let known = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            settings.fault("CHAT_NAMES", format!("names '{word}', which is none of {known}"), "slack,backup");
        })
        .ok()
}

/// What differs between the chats that are set up and those that `CHAT_NAMES` names: the webhook believes the latter.
fn difference(listed: Option<&BTreeSet<&'static str>>, found: &[Configurable]) -> Vec<Fault> {
    let Some(listed) = listed else {
        return Vec::new();
    };
    let fault = |problem| Fault { variable: "CHAT_NAMES", problem, example: "slack,backup" };
    let missing = configurable().filter(|(_, variables)| listed.contains(variables.name()));
    let missing = missing.filter(|(_, variables)| found.iter().all(|(_, other)| other.name() != variables.name()));
    let mut missing: Vec<_> = missing.map(|(_, variables)| (variables.name(), variables.secret.name)).collect();
    missing.dedup_by_key(|(name, _)| *name);
    let missing = missing.into_iter().map(|(name, secret)| fault(format!("names '{name}', but {secret} is not set")));
    let unnamed = found.iter().filter(|(_, variables)| !listed.contains(variables.name()));
    let unnamed = unnamed.map(|(_, variables)| {
        let (name, secret) = (variables.name(), variables.secret.name);
        fault(format!("does not name '{name}', but {secret} is set"))
    });
    missing.chain(unnamed).collect()
}

fn mode(settings: &mut Settings<'_>) -> Option<Mode> {
    settings.parsed("BACKUP_MODE", "mirror", "'mirror' or 'failover'", |text| match text {
        "mirror" => Some(Mode::Mirror),
        "failover" => Some(Mode::Failover),
        _ => None,
    })
}

fn primary(settings: &mut Settings<'_>) -> Option<&'static str> {
    let mut choices: Vec<_> = configurable().filter_map(|(_, variables)| variables.choice).collect();
    choices.dedup();
    let expected = choices.iter().map(|choice| format!("'{choice}'")).collect::<Vec<_>>().join(" or ");
    settings.parsed("PRIMARY_CHAT", "slack", &expected, |text| choices.iter().find(|choice| **choice == text).copied())
}

fn configurable() -> impl Iterator<Item = Configurable> {
    KINDS.into_iter().filter_map(|kind| Some((kind, kind.variables?)))
}

/// The kinds in their order; of alternatives the one that is set.
fn kinds(settings: &Settings<'_>) -> Vec<Configurable> {
    let mut kinds: Vec<Configurable> = Vec::new();
    for (kind, variables) in configurable() {
        match kinds.iter_mut().find(|(_, known)| are_alternatives(known, &variables)) {
            None => kinds.push((kind, variables)),
            Some(known) if settings.text(variables.secret.name).is_some() => *known = (kind, variables),
            Some(_) => {}
        }
    }
    kinds
}

fn are_alternatives(one: &Variables, other: &Variables) -> bool {
    one.choice.is_some() && one.choice == other.choice && one.secret.name != other.secret.name
}

/// The first of the settings that say that a chat is wanted.
fn first_set(settings: &Settings<'_>, variables: &Variables) -> Option<Variable> {
    variables.required().find(|variable| settings.text(variable.name).is_some())
}

fn chat(settings: &mut Settings<'_>, http: &http::Client, kind: &'static ChatKind, variables: &Variables) -> Found {
    let Some(set) = first_set(settings, variables) else {
        return Ok(None);
    };
    let is_set = |other: &Configurable| settings.text(other.1.secret.name).is_some();
    if let Some((_, other)) = configurable().filter(|(_, other)| are_alternatives(other, variables)).find(is_set) {
        let problem = format!("is set beside {}, which can do more: leave one of them out", other.secret.name);
        settings.fault(variables.secret.name, problem, "");
    }
    let mut required = |variable: Variable| {
        let text = settings.text(variable.name);
        if text.is_none() {
            settings.fault(variable.name, format!("is not set, but {} is", set.name), variable.example);
        }
        text.unwrap_or_default()
    };
    let secret = required(variables.secret);
    let channel = variables.channel.map(|channel| required(channel.alerts)).unwrap_or_default();
    if let Some(channel) = variables.channel.filter(|channel| channel.is_number) {
        for Variable { name, example } in [channel.alerts, channel.reminders] {
            if let Some(text) = settings.text(name).filter(|text| text.parse::<u64>().is_err()) {
                settings.fault(name, format!("is '{text}', which is not a number"), example);
            }
        }
    }
    let url = match variables.base_url {
        Some(Variable { name, example }) => {
            let text = settings.text(name).unwrap_or_else(|| example.to_owned());
            settings.url(name, &text, example)
        }
        None => settings.url(variables.secret.name, &secret, variables.secret.example),
    };
    let fallback = fallback(settings, variables);
    let faults = settings.take_faults();
    let (Some(url), Some(fallback), true) = (url, fallback, faults.is_empty()) else {
        return Err(faults);
    };
    let (base_url, secret) = if variables.base_url.is_some() { (url, secret) } else { (String::new(), url) };
    let access = Access { http: http.clone(), base_url, secret: Secret::new(secret) };
    Ok(Some(Chat::new(kind, access, ChannelId(channel), fallback)))
}

/// Who is told when the rotation has no answer; `Some(None)` is nobody. That has to be written out as `none`: there is no
/// default for who is told.
fn fallback(settings: &mut Settings<'_>, variables: &Variables) -> Option<Option<String>> {
    let Variable { name, example } = variables.fallback;
    match settings.text(name) {
        None => {
            settings.fault(name, "is not set: say who is told when the rotation has no answer, or 'none'", example);
            None
        }
        Some(text) if text == "none" => Some(None),
        Some(text) if text.split_whitespace().all(variables.pings) => Some(Some(text)),
        Some(text) => {
            settings.fault(name, format!("is '{text}', which pings nobody there"), example);
            None
        }
    }
}
