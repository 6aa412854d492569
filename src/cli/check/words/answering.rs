//! What is said of answering from the chat.

use crate::domain::message::Language;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Rights, explained};
use crate::pagerduty::state::Name;

pub fn no_secret(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "SLACK_SIGNING_SECRETS がないため、ボタンも /toban も受け付けません。Slack アプリの Basic Information → Signing Secret を設定してください (docs/answering.ja.md)"
        }
        Language::English => {
            "SLACK_SIGNING_SECRETS is not set, so neither buttons nor /toban are accepted: set it to the Slack app's Basic \
             Information → Signing Secret (docs/answering.md)"
        }
    }
}

pub fn no_chat(language: Language) -> &'static str {
    match language {
        Language::Japanese => "ボタンを出せるチャットがありません。SLACK_BOT_TOKEN と SLACK_CHANNEL を設定してください",
        Language::English => "no chat can show buttons: set SLACK_BOT_TOKEN and SLACK_CHANNEL",
    }
}

pub fn no_members(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "members シートに slack の ID (U…) を持つ人がいないため、誰も押せません。MEMBERS_RANGE とその列を確認してください"
        }
        Language::English => {
            "nobody in the members tab has a slack ID (U…), so nobody can press anything: check MEMBERS_RANGE and that column"
        }
    }
}

pub fn members(number: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("{number}人がボタンを押せます"),
        Language::English if number == 1 => "1 person can press buttons".to_owned(),
        Language::English => format!("{number} people can press buttons"),
    }
}

pub fn lacks(scopes: &[&str], language: Language) -> String {
    let scopes = scopes.join(", ");
    match language {
        Language::Japanese => format!(
            "トークンにスコープ {scopes} がなく、応答できません。アプリに加えて (docs/slack-app.yaml)、インストールし直してください"
        ),
        Language::English => format!(
            "the token lacks the scope {scopes}, so people cannot be answered: add it to the app (docs/slack-app.yaml) and install \
             it again"
        ),
    }
}

pub fn no_key(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "PAGERDUTY_ACTION_KEY がないため、対応者は PagerDuty に残りません (チャットには表示されます)"
        }
        Language::English => {
            "without PAGERDUTY_ACTION_KEY PagerDuty gets no note about who is on it; the chats show it all the same"
        }
    }
}

pub fn no_placeholders(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "IGNORED_ASSIGNEES (PagerDuty のダミーユーザー) がないため、SRE にもう連絡が行ったかどうか、いつ行くかを表示できません"
        }
        Language::English => {
            "IGNORED_ASSIGNEES (PagerDuty's placeholder users) is not set, so whether SRE has been told, and when they are, cannot be \
             shown"
        }
    }
}

pub fn notes_as(user: &Name, language: Language) -> String {
    match language {
        Language::Japanese => format!("PagerDuty には {user} としてメモを残します"),
        Language::English => format!("notes in PagerDuty are written as {user}"),
    }
}

/// What is missing, and what to do.
pub fn rights(rights: &Rights, language: Language) -> String {
    let (ja, en) = match rights {
        Rights::Enough(user) => return notes_as(user, language),
        Rights::KeyMayNot => (
            "PAGERDUTY_ACTION_KEY は読み取り専用です。PagerDuty の Integrations → API Access Keys で、読み取り専用でないキーを作ってください".to_owned(),
            "PAGERDUTY_ACTION_KEY may only read: create a key in PagerDuty (Integrations → API Access Keys) that is not read-only".to_owned(),
        ),
        Rights::NoSuchUser => (
            "PAGERDUTY_ACT_AS のメールアドレスのユーザーが PagerDuty にいません。確認してください".to_owned(),
            "PagerDuty has no user with the e-mail address of PAGERDUTY_ACT_AS: check it".to_owned(),
        ),
        Rights::UserMayNot(role) => (
            format!("PAGERDUTY_ACT_AS のユーザーの役割 ({role}) ではメモを書けません。Responder 以上にしてください"),
            format!("the user of PAGERDUTY_ACT_AS may not write notes (role {role}): make it a responder at least"),
        ),
    };
    match language {
        Language::Japanese => ja,
        Language::English => en,
    }
}

pub fn unanswered(error: &PagerDutyError, language: Language) -> String {
    let why = explained(error);
    match language {
        Language::Japanese => format!("PAGERDUTY_ACTION_KEY を確かめられません ({why})"),
        Language::English => format!("PAGERDUTY_ACTION_KEY cannot be checked ({why})"),
    }
}
