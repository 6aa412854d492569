//! Which chats, and which of them first. Each chat's own settings stand in its [`ChatKind`].
//!
//! A fault in one chat is a warning as long as another works: an alert in the backup is better than none.

use super::fault::{Bilingual, Fault, are, listed as listed_in};
use super::lookup::Settings;
use crate::chat::delivery::Outlets;
use crate::chat::{Access, ChannelId, Chat, ChatKind, KINDS, Variable, Variables};
use crate::domain::destination::Destination;
use crate::domain::message::Language;
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
        let problem = (
            "makes a third chat; there can be two: leave one of them out",
            "は 3 つめのチャットになります。チャットは 2 つまでなので、どれかの設定を外してください",
        );
        settings.fault(secret.name, problem, "");
    }
    let mut chats = chats.into_iter().map(|(chat, _)| chat);
    let outlets = match (chats.next(), chats.next(), mode) {
        (None, ..) if warnings.is_empty() => {
            let problem = (
                "and every other chat is not set, so there is nowhere to post",
                "も、ほかのチャットも設定されていないため、投稿先がありません",
            );
            settings.fault("SLACK_BOT_TOKEN", problem, "xoxb-…");
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
            let problem = (
                format!("names '{word}', which is none of {known}"),
                format!("の '{word}' は、{known} のどれでもありません"),
            );
            settings.fault("CHAT_NAMES", problem, "slack,backup");
        })
        .ok()
}

/// What differs between the chats that are set up and those that `CHAT_NAMES` names: the webhook believes the latter.
fn difference(listed: Option<&BTreeSet<&'static str>>, found: &[Configurable]) -> Option<Fault> {
    let listed = listed?;
    let missing = configurable().filter(|(_, variables)| listed.contains(variables.name()));
    let missing = missing.filter(|(_, variables)| found.iter().all(|(_, other)| other.name() != variables.name()));
    let mut missing: Vec<_> = missing.map(|(_, variables)| (variables.name(), variables.secret.name)).collect();
    missing.dedup_by_key(|(name, _)| *name);
    let unnamed = found.iter().filter(|(_, variables)| !listed.contains(variables.name()));
    let unnamed: Vec<_> = unnamed.map(|(_, variables)| (variables.name(), variables.secret.name)).collect();
    let missing = (!missing.is_empty()).then(|| {
        let [(names, secrets), (japanese, japanese_secrets)] = listed_in_both(&missing);
        (
            format!("names {names}, but {secrets} {} not set", are(&missing)),
            format!("に {japanese} がありますが、{japanese_secrets} が設定されていません"),
        )
    });
    let unnamed = (!unnamed.is_empty()).then(|| {
        let [(names, secrets), (japanese, japanese_secrets)] = listed_in_both(&unnamed);
        (
            format!("does not name {names}, but {secrets} {} set", are(&unnamed)),
            format!("に {japanese} がありませんが、{japanese_secrets} が設定されています"),
        )
    });
    let problem: Bilingual = match (missing, unnamed) {
        (None, None) => return None,
        (Some(one), None) | (None, Some(one)) => one.into(),
        (Some(missing), Some(unnamed)) => Bilingual::from(missing).and((", and ", "。また、CHAT_NAMES ")).and(unnamed),
    };
    Some(Fault::new("CHAT_NAMES", problem, "slack,backup"))
}

/// The names of chats, and of their secrets, in English and in Japanese.
fn listed_in_both(chats: &[(&str, &str)]) -> [(String, String); 2] {
    let names: Vec<_> = chats.iter().map(|(name, _)| format!("'{name}'")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let secrets: Vec<_> = chats.iter().map(|(_, secret)| *secret).collect();
    [Language::English, Language::Japanese].map(|language| (listed_in(&names, language), listed_in(&secrets, language)))
}

fn mode(settings: &mut Settings<'_>) -> Option<Mode> {
    settings.parsed("BACKUP_MODE", "mirror", ("'mirror' or 'failover'", "'mirror' か 'failover'"), |text| match text {
        "mirror" => Some(Mode::Mirror),
        "failover" => Some(Mode::Failover),
        _ => None,
    })
}

fn primary(settings: &mut Settings<'_>) -> Option<&'static str> {
    let mut choices: Vec<_> = configurable().filter_map(|(_, variables)| variables.choice).collect();
    choices.dedup();
    let quoted: Vec<_> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    let (english, japanese) = (quoted.join(" or "), quoted.join(" か "));
    settings.parsed("PRIMARY_CHAT", "slack", (&english, &japanese), |text| {
        choices.iter().find(|choice| **choice == text).copied()
    })
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
        let problem = (
            format!("is set beside {}, which can do more: leave one of them out", other.secret.name),
            format!(
                "と {0} が両方設定されています。{0} のほうができることが多いので、どちらかを外してください",
                other.secret.name
            ),
        );
        settings.fault(variables.secret.name, problem, "");
    }
    let missing = variables.required().filter(|variable| settings.text(variable.name).is_none());
    let missing: Vec<_> = missing.map(|Variable { name, example }| (name, example)).collect();
    let is_half = !missing.is_empty();
    if is_half {
        missing_of(settings, missing, set, variables.fallback);
    }
    let required = |variable: Variable| settings.text(variable.name).unwrap_or_default();
    let secret = required(variables.secret);
    let channel = variables.channel.map(|channel| required(channel.alerts)).unwrap_or_default();
    if let Some(channel) = variables.channel.filter(|channel| channel.is_number) {
        for Variable { name, example } in [channel.alerts, channel.reminders] {
            if let Some(text) = settings.text(name).filter(|text| text.parse::<u64>().is_err()) {
                let problem =
                    (format!("is '{text}', which is not a number"), format!("の値 '{text}' は数値ではありません"));
                settings.fault(name, problem, example);
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
    let is_reported = is_half && settings.text(variables.fallback.name).is_none();
    let fallback = if is_reported { None } else { fallback(settings, variables) };
    let faults = settings.take_faults();
    let (Some(url), Some(fallback), true) = (url, fallback, faults.is_empty()) else {
        return Err(faults);
    };
    let (base_url, secret) = if variables.base_url.is_some() { (url, secret) } else { (String::new(), url) };
    let access = Access { http: http.clone(), base_url, secret: Secret::new(secret) };
    Ok(Some(Chat::new(kind, access, ChannelId(channel), fallback)))
}

/// Records that a chat is set up by half, in one line with its fallback if that is missing, too. `set` is what says that the chat
/// is wanted.
fn missing_of(
    settings: &mut Settings<'_>,
    mut missing: Vec<(&'static str, &'static str)>,
    set: Variable,
    fallback: Variable,
) {
    if settings.text(fallback.name).is_none() {
        missing.push((fallback.name, fallback.example));
    }
    let problem = (
        format!("{} not set, but {} is", are(&missing), set.name),
        format!("が設定されていませんが、{} は設定されています", set.name),
    );
    settings.fault_of(missing, problem);
}

/// Who is told when the rotation has no answer; `Some(None)` is nobody. That has to be written out as `none`: there is no
/// default for who is told.
fn fallback(settings: &mut Settings<'_>, variables: &Variables) -> Option<Option<String>> {
    let Variable { name, example } = variables.fallback;
    match settings.text(name) {
        None => {
            let problem = (
                "is not set: say who is told when the rotation has no answer, or 'none'",
                "が設定されていません。当番が分からないときに誰を呼ぶか、または 'none' を設定してください",
            );
            settings.fault(name, problem, example);
            None
        }
        Some(text) if text == "none" => Some(None),
        Some(text) if text.split_whitespace().all(variables.pings) => Some(Some(text)),
        Some(text) => {
            let problem = (
                format!("is '{text}', which pings nobody there"),
                format!("の値 '{text}' では、そのチャットで誰にもメンションできません"),
            );
            settings.fault(name, problem, example);
            None
        }
    }
}
