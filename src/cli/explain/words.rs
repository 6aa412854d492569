//! What `toban explain` says by itself. The reasons are in the language of the messages, as the ledger has them.

use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentEvent};
use crate::domain::message::Language;
use crate::ledger::Attempt;
use chrono_tz::Tz;
use std::borrow::Cow;

/// How a try has ended, as the ledger has it, and in Japanese; what follows is the chat's own.
const OUTCOMES: [(&str, &str); 10] = [
    ("posted", "投稿しました"),
    ("not posted: ", "投稿していません: "),
    ("the chat is not available: ", "チャットを使えません: "),
    ("the chat's answer is not understood: ", "チャットの応答が分かりません: "),
    ("the chat's answer was lost: ", "チャットの応答が届きませんでした: "),
    ("the first message is gone: ", "最初のメッセージがありません: "),
    ("the chat refuses the mention: ", "チャットがメンションを断りました: "),
    ("the chat refuses the thread: ", "チャットがスレッドを断りました: "),
    ("the chat refuses the layout: ", "チャットが体裁を断りました: "),
    ("the chat refuses: ", "チャットに断られました: "),
];

/// Above the message of an event.
pub(super) fn title(event: &IncidentEvent, language: Language) -> String {
    let (kind, key) = (event.kind.name(), &event.key);
    match language {
        Language::English => format!("── {kind} · event {key} ──"),
        Language::Japanese => format!("── {kind} · イベント {key} ──"),
    }
}

/// Printed if there is no actionable event in the body: a waiting job, a changed monitor, an empty list of messages.
pub(super) fn nothing(language: Language) -> &'static str {
    match language {
        Language::English => "this is nobody's alert: nothing would be posted",
        Language::Japanese => "誰かに知らせるアラートではないため、何も投稿されません",
    }
}

/// A try to post an event.
pub(super) fn attempt(attempt: &Attempt, zone: Tz, language: Language) -> String {
    let Attempt { at, what, incident, place, chat, outcome, .. } = attempt;
    let number = incident.map(|number| format!(" #PD{number}")).unwrap_or_default();
    let at = at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z");
    let (place, outcome) = match language {
        Language::English => (place.name(), Cow::from(outcome)),
        Language::Japanese => (place_in_japanese(*place), outcome_in_japanese(outcome)),
    };
    format!("{at} · {what}{number} · {chat} ({place}): {outcome}")
}

/// Instead of tries.
pub(super) fn unknown(key: &EventKey, language: Language) -> String {
    match language {
        Language::English => {
            format!("nothing is known of event {key}: it never came, it was never tried, or that is over 90 days ago")
        }
        Language::Japanese => format!(
            "イベント {key} については何も分かりません。届いていないか、投稿を試みていないか、90 日より前のものです"
        ),
    }
}

fn place_in_japanese(place: Destination) -> &'static str {
    match place {
        Destination::Primary => "主チャット",
        Destination::Backup => "予備のチャット",
        Destination::Any => "どちらか",
    }
}

fn outcome_in_japanese(outcome: &str) -> Cow<'_, str> {
    let known = OUTCOMES.iter().find_map(|(english, japanese)| Some((japanese, outcome.strip_prefix(english)?)));
    known.map_or(Cow::from(outcome), |(japanese, rest)| Cow::from(format!("{japanese}{rest}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{ChatError, Form};

    #[test]
    fn a_try_is_told_in_both_languages() {
        let code = || "is_archived".to_owned();
        let why = || "HTTP 500".to_owned();
        for (outcome, english, japanese) in [
            ("posted".to_owned(), "posted", "投稿しました"),
            (
                "not posted: it was reported before".to_owned(),
                "not posted: it was reported before",
                "投稿していません: it was reported before",
            ),
            (
                ChatError::Unavailable { retry_after: None, why: why() }.to_string(),
                "the chat is not available: HTTP 500",
                "チャットを使えません: HTTP 500",
            ),
            (
                ChatError::Unclear { why: why() }.to_string(),
                "the chat's answer is not understood: HTTP 500",
                "チャットの応答が分かりません: HTTP 500",
            ),
            (
                ChatError::Lost { why: why() }.to_string(),
                "the chat's answer was lost: HTTP 500",
                "チャットの応答が届きませんでした: HTTP 500",
            ),
            (
                ChatError::Gone { code: code() }.to_string(),
                "the first message is gone: is_archived",
                "最初のメッセージがありません: is_archived",
            ),
            (
                ChatError::Form { form: Form::Mention, code: code() }.to_string(),
                "the chat refuses the mention: is_archived",
                "チャットがメンションを断りました: is_archived",
            ),
            (
                ChatError::Form { form: Form::Thread, code: code() }.to_string(),
                "the chat refuses the thread: is_archived",
                "チャットがスレッドを断りました: is_archived",
            ),
            (
                ChatError::Form { form: Form::Layout, code: code() }.to_string(),
                "the chat refuses the layout: is_archived",
                "チャットが体裁を断りました: is_archived",
            ),
            (
                ChatError::Refused { code: code() }.to_string(),
                "the chat refuses: is_archived",
                "チャットに断られました: is_archived",
            ),
        ] {
            let told = Attempt {
                at: "2026-11-24T02:02:01Z".parse().expect("a time"),
                what: "triggered".into(),
                incident: Some(4812),
                place: Destination::Primary,
                chat: "slack".into(),
                outcome,
                why: String::new(),
            };
            let lines =
                [Language::English, Language::Japanese].map(|language| attempt(&told, Tz::Asia__Tokyo, language));
            let head = "2026-11-24 11:02:01 JST · triggered #PD4812 · slack";
            assert_eq!(lines, [format!("{head} (primary): {english}"), format!("{head} (主チャット): {japanese}")]);
        }
    }
}
