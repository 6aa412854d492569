//! What is said of answering from the chat.

use super::first_few;
use crate::domain::message::Language;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::acting::{Rights, explained};
use crate::pagerduty::state::{Name, PolicyId};

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
            "PAGERDUTY_ACTION_KEY がないため、対応者は PagerDuty に残らず (チャットには表示されます)、「SRE を呼ぶ」と「解決にする」のボタンは出ません"
        }
        Language::English => {
            "without PAGERDUTY_ACTION_KEY PagerDuty gets no note about who is on it (the chats show it all the same), and the buttons \
             \"Call SRE\" and \"Resolve\" are not shown"
        }
    }
}

pub fn no_fallback(variable: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "{variable}=none のため、「SRE を呼ぶ」で呼べなかったときに、誰にもメンションされません。SRE の連絡先 (<!subteam^S…> など) を設定してください"
        ),
        Language::English => format!(
            "{variable} is none, so nobody is mentioned if \"Call SRE\" cannot call them: set it to SRE's group (<!subteam^S…>)"
        ),
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

pub fn no_sre(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "「SRE を呼ぶ」ボタンは出ません。出すには、SRE だけのエスカレーションポリシーの ID (URL の末尾) を SRE_ESCALATION_POLICY_ID に設定してください"
        }
        Language::English => {
            "the button \"Call SRE\" is not shown: to have it, set SRE_ESCALATION_POLICY_ID to the id of SRE's own escalation policy \
             (the end of its URL)"
        }
    }
}

/// Where an incident goes when SRE is called, and to whom.
pub fn sre(policy: &Name, people: &[String], language: Language) -> String {
    let people = first_few(people, language);
    match language {
        Language::Japanese => {
            format!("「SRE を呼ぶ」でエスカレーションポリシー {policy} に渡します。いまの待機者は {people} です")
        }
        Language::English => {
            format!("\"Call SRE\" hands incidents over to the escalation policy {policy}; on call now: {people}")
        }
    }
}

pub fn no_policy(id: &PolicyId, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "エスカレーションポリシー {id} がないため、「SRE を呼ぶ」を押しても代わりの宛先に知らせるだけです。SRE_ESCALATION_POLICY_ID (URL の末尾) を確認してください"
        ),
        Language::English => format!(
            "there is no escalation policy {id}, so \"Call SRE\" only mentions the fallback: check SRE_ESCALATION_POLICY_ID (the end \
             of the policy's URL)"
        ),
    }
}

pub fn same_policy(policy: &Name, service: &Name, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "SRE_ESCALATION_POLICY_ID はサービス {service} と同じエスカレーションポリシー {policy} なので、「SRE を呼ぶ」を押してもその最初の段階 (ダミー) から始まります。SRE だけのポリシーを指定してください"
        ),
        Language::English => format!(
            "SRE_ESCALATION_POLICY_ID is {policy}, by which the service {service} is escalated anyway, so \"Call SRE\" begins at its \
             first level again, the dummy's: set it to a policy of SRE's own"
        ),
    }
}

pub fn nobody_of_sre(policy: &Name, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "エスカレーションポリシー {policy} の最初の段階に、いま待機者がいません (ダミーは数えません)。このままでは「SRE を呼ぶ」を押しても代わりの宛先に知らせるだけです。SRE の誰かを入れてください"
        ),
        Language::English => format!(
            "nobody is on call now at the first level of the escalation policy {policy} (the dummy does not count), so \"Call SRE\" only \
             mentions the fallback: put somebody of SRE there"
        ),
    }
}

pub fn sre_unanswered(error: &PagerDutyError, language: Language) -> String {
    let why = explained(error);
    match language {
        Language::Japanese => format!("SRE_ESCALATION_POLICY_ID を確かめられません ({why})"),
        Language::English => format!("SRE_ESCALATION_POLICY_ID cannot be checked ({why})"),
    }
}

pub fn no_resolvers(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "「解決にする」ボタンは出ません。出すには、解決にしてよい人 (U…) とユーザーグループ (S…) の ID を SLACK_ACTORS に設定してください"
        }
        Language::English => {
            "the button \"Resolve\" is not shown: to have it, set SLACK_ACTORS to the ids of people (U…) and user groups (S…) who may"
        }
    }
}

pub fn resolvers(people: usize, groups: usize, language: Language) -> String {
    let counted = |number: usize, text: String| (number > 0).then_some(text);
    match language {
        Language::Japanese => {
            let people = counted(people, format!("{people}人"));
            let groups = counted(groups, format!("ユーザーグループ {groups}件"));
            let who: Vec<_> = people.into_iter().chain(groups).collect();
            format!("{}が解決にできます", who.join("と"))
        }
        Language::English => {
            let people = counted(people, if people == 1 { "1 person".to_owned() } else { format!("{people} people") });
            let groups =
                counted(groups, if groups == 1 { "1 user group".to_owned() } else { format!("{groups} user groups") });
            let who: Vec<_> = people.into_iter().chain(groups).collect();
            format!("{} may resolve", who.join(" and "))
        }
    }
}

pub fn no_groups(ids: &[String], language: Language) -> String {
    let ids = first_few(ids, language);
    match language {
        Language::Japanese => {
            format!(
                "ユーザーグループ {ids} が Slack にないか無効なため、その人たちは解決にできません。SLACK_ACTORS を確認してください"
            )
        }
        Language::English => {
            format!("Slack has no user group {ids}, or it is disabled, so nobody of it may resolve: check SLACK_ACTORS")
        }
    }
}

pub fn no_group_scope(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "トークンにスコープ usergroups:read がなく、ユーザーグループの人は解決にできません。アプリに加えて (docs/slack-app.yaml)、インストールし直してください"
        }
        Language::English => {
            "the token lacks the scope usergroups:read, so nobody of a user group may resolve: add it to the app \
             (docs/slack-app.yaml) and install it again"
        }
    }
}
