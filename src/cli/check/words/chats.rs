//! What is said of the chats.

use crate::chat::asking::Unanswered;
use crate::chat::typetalk::TopicId;
use crate::domain::message::Language;
use crate::domain::text::Foreign;

/// Somebody whom Slack has to know.
pub struct Whom {
    /// `U…`, `W…` or `S…`
    pub id: String,
    /// Their name in the members tab; `None` for whom the fallback names.
    pub member: Option<Foreign>,
}

/// What a token may be allowed to look at.
#[derive(Clone, Copy)]
pub enum Scope {
    Channels,
    Users,
    Groups,
    Topics,
}

pub fn asking(chat: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!("{chat} に問い合わせています"),
        Language::English => format!("asking {chat}"),
    }
}

pub fn webhook(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "Webhook (Slack、Mattermost) には問い合わせができません。投稿できるかは、1 行送って確かめてください \
             (curl -H 'content-type: application/json' -d '{\"text\": \"test\"}' 'Webhook の URL')"
        }
        Language::English => {
            "a webhook (Slack's, Mattermost's) cannot be asked; whether it takes messages is seen by sending it a line \
             (curl -H 'content-type: application/json' -d '{\"text\": \"test\"}' 'its URL')"
        }
    }
}

/// Why nothing more can be asked.
pub fn unanswered(error: &Unanswered, chat: &str, variable: &str, language: Language) -> String {
    match (language, error) {
        (Language::Japanese, Unanswered::BadToken { code }) => {
            format!("{chat} がトークンを受け付けません ({code})。{variable} を確認してください")
        }
        (Language::English, Unanswered::BadToken { code }) => {
            format!("{chat} does not take the token ({code}): look at {variable}")
        }
        (Language::Japanese, Unanswered::Unavailable { why }) => {
            format!("今は問い合わせできません ({why})。ネットワークを確認して、もう一度実行してください")
        }
        (Language::English, Unanswered::Unavailable { why }) => {
            format!("it cannot be asked at the moment ({why}): look at the network, and run this again")
        }
        (Language::Japanese, error) => {
            format!("{chat} に断られました ({error})。{variable} とアプリの設定を確認してください")
        }
        (Language::English, error) => format!("{chat} refuses ({error}): look at {variable} and at the app's settings"),
    }
}

pub fn missing_scope(scope: Scope, language: Language) -> String {
    let (ja, en, scope) = match scope {
        Scope::Channels => ("チャンネルを", "the channels", "channels:read, groups:read"),
        Scope::Users => ("メンバーを", "the members", "users:read"),
        Scope::Groups => ("ユーザーグループを", "the user groups", "usergroups:read"),
        Scope::Topics => {
            return match language {
                Language::Japanese => {
                    "トークンに topic.read がないため、トピックを確認できません。ボットに加えてください".into()
                }
                Language::English => {
                    "the token lacks topic.read, so the topics cannot be looked at: give it to the bot".into()
                }
            };
        }
    };
    match language {
        Language::Japanese => format!(
            "トークンのスコープが足りず、{ja}確認できません。アプリに {scope} を加えて (docs/slack-app.yaml)、インストールし直してください"
        ),
        Language::English => format!(
            "the token lacks a scope, so {en} cannot be looked at: add {scope} to the app (docs/slack-app.yaml) and install \
             it again"
        ),
    }
}

pub fn workspace(name: Option<&Foreign>, language: Language) -> String {
    let name = name.map_or("?", Foreign::as_str);
    match language {
        Language::Japanese => format!("トークンはワークスペース \"{name}\" で有効です"),
        Language::English => format!("the token is good for the workspace \"{name}\""),
    }
}

pub fn channel(name: Option<&Foreign>, id: &str, language: Language) -> String {
    let place = place(name, id);
    match language {
        Language::Japanese => format!("{place} に投稿できます"),
        Language::English => format!("{place} can be posted to"),
    }
}

pub fn archived(name: Option<&Foreign>, id: &str, variable: &str, language: Language) -> String {
    let place = place(name, id);
    match language {
        Language::Japanese => {
            format!("{place} はアーカイブされています。元に戻すか、{variable} に別のチャンネルを設定してください")
        }
        Language::English => format!("{place} is archived: unarchive it, or set {variable} to another channel"),
    }
}

pub fn not_in_channel(name: Option<&Foreign>, id: &str, variable: &str, language: Language) -> String {
    let place = place(name, id);
    match language {
        Language::Japanese => {
            format!("{place} ({variable}) にボットが参加していません。そこで /invite @toban を実行してください")
        }
        Language::English => format!("the bot is not in {place} ({variable}): type /invite @toban there"),
    }
}

pub fn no_channel(id: &str, variable: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "{id} というチャンネルは見えません。{variable} を確認してください。非公開なら、そこで /invite @toban を実行してください"
        ),
        Language::English => {
            format!("no channel {id} is to be seen: look at {variable}; if it is private, type /invite @toban there")
        }
    }
}

pub fn channel_by_name(name: &str, variable: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!(
            "{variable} は '{name}' で、ID ではないため確認できません。チャンネルの ID (名前をクリック → チャンネル情報の一番下、C…) \
             を設定してください"
        ),
        Language::English => format!(
            "{variable} is '{name}', which is no id and cannot be looked up: set it to the channel's id (channel name → About \
             → at the bottom, C…)"
        ),
    }
}

pub fn people(number: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("{number}人の ID を確認しました"),
        Language::English => format!("{} there", count(number, "person is", "people are")),
    }
}

pub fn groups(number: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("ユーザーグループ {number}件を確認しました"),
        Language::English => format!("{} there", count(number, "user group is", "user groups are")),
    }
}

pub fn nobody(whom: &Whom, language: Language) -> String {
    let (who, mend) = who(whom, language);
    match language {
        Language::Japanese => format!("{who} という ID の人はワークスペースにいません。{mend}"),
        Language::English => format!("nobody in the workspace has the id of {who}: {mend}"),
    }
}

pub fn gone(whom: &Whom, language: Language) -> String {
    let (who, mend) = who(whom, language);
    match language {
        Language::Japanese => format!("{who} は無効化されたアカウントで、メンションは誰にも届きません。{mend}"),
        Language::English => format!("{who} is deactivated, so a mention reaches nobody: {mend}"),
    }
}

pub fn bot(whom: &Whom, language: Language) -> String {
    let (who, mend) = who(whom, language);
    match language {
        Language::Japanese => format!("{who} はボットで、メンションは誰にも届きません。{mend}"),
        Language::English => format!("{who} is a bot, so a mention reaches nobody: {mend}"),
    }
}

pub fn no_group(whom: &Whom, language: Language) -> String {
    let (who, mend) = who(whom, language);
    match language {
        Language::Japanese => format!("{who} というユーザーグループはワークスペースにありません。{mend}"),
        Language::English => format!("no user group in the workspace has the id of {who}: {mend}"),
    }
}

pub fn group_disabled(whom: &Whom, language: Language) -> String {
    let (who, mend) = who(whom, language);
    match language {
        Language::Japanese => {
            format!("ユーザーグループ {who} は無効で、メンションは誰にも届きません。有効にするか、{mend}")
        }
        Language::English => {
            format!("the user group {who} is disabled, so a mention reaches nobody: enable it, or {mend}")
        }
    }
}

pub fn topic(name: Option<&Foreign>, id: TopicId, language: Language) -> String {
    let name = name.map_or("?", Foreign::as_str);
    match language {
        Language::Japanese => format!("トピック \"{name}\" ({id}) を読めます"),
        Language::English => format!("topic \"{name}\" ({id}) can be read"),
    }
}

pub fn topic_archived(name: Option<&Foreign>, id: TopicId, variable: &str, language: Language) -> String {
    let name = name.map_or("?", Foreign::as_str);
    match language {
        Language::Japanese => {
            format!("トピック \"{name}\" ({id}) はアーカイブされています。{variable} に別のトピックを設定してください")
        }
        Language::English => format!("topic \"{name}\" ({id}) is archived: set {variable} to another one"),
    }
}

pub fn no_topic(id: TopicId, variable: &str, language: Language) -> String {
    match language {
        Language::Japanese => {
            format!("トピック {id} は見えません。{variable} と、ボットがそこに参加しているかを確認してください")
        }
        Language::English => format!("no topic {id} is to be seen: look at {variable}, and whether the bot is in it"),
    }
}

/// `#app-monitoring (C0123456789)`
fn place(name: Option<&Foreign>, id: &str) -> String {
    format!("#{} ({id})", name.map_or("?", Foreign::as_str))
}

/// Who it is, and where to mend it.
fn who(whom: &Whom, language: Language) -> (String, &'static str) {
    let id = &whom.id;
    match (&whom.member, language) {
        (Some(name), Language::Japanese) => (format!("{name} ({id})"), "members シートの slack を直してください"),
        (Some(name), Language::English) => (format!("{name} ({id})"), "mend slack in the members tab"),
        (None, Language::Japanese) => (id.clone(), "FALLBACK_MENTION_SLACK を直してください"),
        (None, Language::English) => (id.clone(), "mend FALLBACK_MENTION_SLACK"),
    }
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
