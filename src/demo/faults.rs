//! What has gone wrong, in the words of the page. The ledger and serde say it in English, as the log has it.

use crate::domain::incident::Illegible;
use crate::domain::message::{Language, describe_illegible};
use std::borrow::Cow;

/// Why a pasted body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    NotJson {
        line: usize,
        column: usize,
        /// Whether it ends too early.
        is_cut: bool,
        /// In English.
        said: String,
    },
    Illegible(Illegible),
}

impl Unread {
    pub fn not_json(error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default().to_owned();
        Self::NotJson { line: error.line(), column: error.column(), is_cut: error.is_eof(), said }
    }

    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Illegible(why), _) => describe_illegible(*why, language).to_owned(),
            (Self::NotJson { line, column, is_cut, .. }, Language::Japanese) => {
                let why = if *is_cut {
                    "途中で終わっています"
                } else {
                    "ここの書き方が正しくありません"
                };
                format!("JSON として読めません: {line} 行目 {column} 文字目 ({why})")
            }
            (Self::NotJson { line, column, said, .. }, Language::English) => {
                format!("this is not JSON: line {line}, column {column} ({said})")
            }
        }
    }
}

/// Beginnings of an attempt's outcome, as [`crate::chat::ChatError`] says them, and their Japanese.
const OUTCOMES: [[&str; 2]; 9] = [
    ["the chat is not available", "チャットが応答できません"],
    ["the chat's answer is not understood", "チャットの返事の意味が分かりません"],
    ["the chat's answer was lost", "チャットの返事を受け取れませんでした"],
    ["the first message is gone", "最初のメッセージがありません"],
    ["the chat refuses the mention", "チャットがメンションを拒否しました"],
    ["the chat refuses the thread", "チャットがスレッドへの投稿を拒否しました"],
    ["the chat refuses the layout", "チャットがメッセージの形を拒否しました"],
    ["the chat refuses", "チャットが投稿を拒否しました"],
    ["not posted", "投稿していません"],
];

/// What follows. Codes of the chat's own and statuses of HTTP are the same in both languages.
const DETAILS: [[&str; 2]; 10] = [
    ["no answer in time", "時間内に返事がありません"],
    ["there was no time left to send it", "送る時間が残っていません"],
    ["the answer is too long to be the chat's", "返事が長すぎます"],
    ["the answer is not Slack's", "Slack の返事ではありません"],
    ["the answer is not Typetalk's", "Typetalk の返事ではありません"],
    ["the backup has it", "2つ目のチャットに投稿済みです"],
    ["the same was told a few minutes ago", "同じことを数分前に知らせました"],
    ["it is our own note about what somebody has pressed", "ボタンを押したときの、自分のメモです"],
    [
        "it comes of a call for SRE from the chat, which is told by itself",
        "チャットから SRE を呼んだ結果で、別に知らせます",
    ],
    ["the watchdog has reported it", "PagerDuty に問い合わせて、知らせてあります"],
];

/// How an attempt to post ended, as the ledger has it.
pub fn outcome(told: &str, language: Language) -> Cow<'_, str> {
    let Some((beginning, detail)) = told.split_once(": ").filter(|_| language == Language::Japanese) else {
        return told.into();
    };
    let japanese = |pairs: &[[&'static str; 2]], english: &str| {
        pairs.iter().find(|[one, _]| *one == english).map(|[_, japanese]| *japanese)
    };
    let Some(beginning) = japanese(&OUTCOMES, beginning) else { return told.into() };
    let detail = japanese(&DETAILS, detail).unwrap_or(detail);
    format!("{beginning}: {detail}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{ChatError, Form};

    #[test]
    fn every_error_of_a_chat_has_japanese_words() {
        let (why, code) = (|why: &str| why.to_owned(), "no_such_thing".to_owned());
        for (error, expected) in [
            (ChatError::Unavailable { retry_after: None, why: why("HTTP 503") }, "チャットが応答できません: HTTP 503"),
            (
                ChatError::Unavailable { retry_after: None, why: why("there was no time left to send it") },
                "チャットが応答できません: 送る時間が残っていません",
            ),
            (
                ChatError::Unclear { why: why("the answer is not Slack's") },
                "チャットの返事の意味が分かりません: Slack の返事ではありません",
            ),
            (
                ChatError::Lost { why: why("no answer in time") },
                "チャットの返事を受け取れませんでした: 時間内に返事がありません",
            ),
            (ChatError::Gone { code: code.clone() }, "最初のメッセージがありません: no_such_thing"),
            (
                ChatError::Form { form: Form::Mention, code: code.clone() },
                "チャットがメンションを拒否しました: no_such_thing",
            ),
            (
                ChatError::Form { form: Form::Thread, code: code.clone() },
                "チャットがスレッドへの投稿を拒否しました: no_such_thing",
            ),
            (
                ChatError::Form { form: Form::Layout, code: code.clone() },
                "チャットがメッセージの形を拒否しました: no_such_thing",
            ),
            (ChatError::Refused { code }, "チャットが投稿を拒否しました: no_such_thing"),
        ] {
            let told = error.to_string();
            assert_eq!(outcome(&told, Language::Japanese), expected);
            assert_eq!(outcome(&told, Language::English), told);
        }
        for (told, expected) in [
            ("posted", "posted"),
            ("not posted: the backup has it", "投稿していません: 2つ目のチャットに投稿済みです"),
            ("something else: HTTP 503", "something else: HTTP 503"),
        ] {
            assert_eq!(outcome(told, Language::Japanese), expected);
        }
    }
}
