//! What is said of the chats.

use crate::chat::asking::{AskedChannel, ChannelState, Fact, Mentioned, Scope, Unanswered, Why};
use crate::chat::{ChannelId, ChatKind};
use crate::domain::message::Language;
use crate::domain::text::Foreign;
use crate::pagerduty::health::Grade;

pub fn asking(chat: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!("{chat} に問い合わせています"),
        Language::English => format!("asking {chat}"),
    }
}

/// What a chat has said, and how bad that is.
pub fn told(fact: &Fact, kind: &ChatKind, language: Language) -> (Grade, String) {
    match fact {
        Fact::Workspace(name) => (Grade::Right, workspace(name.as_ref(), language)),
        Fact::Channel(asked, state) => (grade(*state), channel(asked, *state, language)),
        Fact::NamedChannel(asked, id) => (Grade::Wrong, named_channel(asked, id.as_ref(), language)),
        Fact::Topic(asked, state) => (grade(*state), topic(asked, *state, language)),
        Fact::Unreachable(mentioned, why) => {
            let grade = if *why == Why::Bot { Grade::Odd } else { Grade::Wrong };
            (grade, unreachable(mentioned, *why, kind, language))
        }
        Fact::People(number) => (Grade::Right, people(*number, language)),
        Fact::Groups(number) => (Grade::Right, groups(*number, language)),
        Fact::MissingScope(scope) => (Grade::Odd, missing_scope(*scope, language)),
        Fact::NoAnswer(error) => (Grade::Wrong, no_answer(error, kind, language)),
        Fact::CannotBeAsked => (Grade::Unknown, webhook(language).to_owned()),
    }
}

fn grade(state: ChannelState) -> Grade {
    match state {
        ChannelState::Good => Grade::Right,
        ChannelState::Archived | ChannelState::WithoutBot | ChannelState::NotFound => Grade::Wrong,
    }
}

fn webhook(language: Language) -> &'static str {
    match language {
        Language::Japanese => {
            "Webhook (Slack、Mattermost) には問い合わせができません。投稿できるかは、1 行送って確かめてください \
             (curl -H 'content-type: application/json' -d '{\"text\": \"test\"}' 'Webhook の URL')"
        }
        Language::English => {
            "a webhook (Slack's, Mattermost's) cannot be asked; to see whether it takes messages, send it a line \
             (curl -H 'content-type: application/json' -d '{\"text\": \"test\"}' 'its URL')"
        }
    }
}

/// Why nothing more can be asked.
fn no_answer(error: &Unanswered, kind: &ChatKind, language: Language) -> String {
    let chat = kind.title;
    let variable = kind.variables.map_or("", |variables| variables.secret.name);
    match (language, error) {
        (Language::Japanese, Unanswered::BadToken { code }) => {
            format!("{chat} がトークンを受け付けません ({code})。{variable} を確認してください")
        }
        (Language::English, Unanswered::BadToken { code }) => {
            format!("{chat} does not accept the token ({code}): check {variable}")
        }
        (Language::Japanese, Unanswered::Unavailable { why, .. }) => {
            format!("今は問い合わせできません ({why})。ネットワークを確認して、もう一度実行してください")
        }
        (Language::English, Unanswered::Unavailable { why, .. }) => {
            format!("it cannot be asked at the moment ({why}): check the network, and run this again")
        }
        (Language::Japanese, error) => {
            format!("{chat} に断られました ({error})。{variable} とアプリの設定を確認してください")
        }
        (Language::English, error) => format!("{chat} refuses ({error}): check {variable} and the app's settings"),
    }
}

fn missing_scope(scope: Scope, language: Language) -> String {
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
                    "the token lacks topic.read, so the topics cannot be checked: give it to the bot".into()
                }
            };
        }
    };
    match language {
        Language::Japanese => format!(
            "トークンのスコープが足りず、{ja}確認できません。アプリに {scope} を加えて (docs/slack-app.yaml)、インストールし直してください"
        ),
        Language::English => format!(
            "the token lacks a scope, so {en} cannot be checked: add {scope} to the app (docs/slack-app.yaml) and install \
             it again"
        ),
    }
}

fn workspace(name: Option<&Foreign>, language: Language) -> String {
    let name = known(name);
    match language {
        Language::Japanese => format!("トークンはワークスペース \"{name}\" で有効です"),
        Language::English => format!("the token is good for the workspace \"{name}\""),
    }
}

fn channel(asked: &AskedChannel, state: ChannelState, language: Language) -> String {
    let AskedChannel { name, id, variable } = asked;
    let channel = format!("#{} ({id})", known(name.as_ref()));
    match (state, language) {
        (ChannelState::Good, Language::Japanese) => format!("{channel} に投稿できます"),
        (ChannelState::Good, Language::English) => format!("{channel} can be posted to"),
        (ChannelState::Archived, Language::Japanese) => {
            format!("{channel} はアーカイブされています。元に戻すか、{variable} に別のチャンネルを設定してください")
        }
        (ChannelState::Archived, Language::English) => {
            format!("{channel} is archived: unarchive it, or set {variable} to another channel")
        }
        (ChannelState::WithoutBot, Language::Japanese) => {
            format!("{channel} ({variable}) にボットが参加していません。そこで /invite @toban を実行してください")
        }
        (ChannelState::WithoutBot, Language::English) => {
            format!("the bot is not in {channel} ({variable}): type /invite @toban there")
        }
        (ChannelState::NotFound, Language::Japanese) => format!(
            "{id} というチャンネルは見えません。{variable} を確認してください。非公開なら、そこで /invite @toban を実行してください"
        ),
        (ChannelState::NotFound, Language::English) => {
            format!("the token sees no channel {id}: check {variable}; if it is private, type /invite @toban there")
        }
    }
}

/// Of a setting that is a name: nothing would arrive any more once somebody renames the channel.
fn named_channel(asked: &AskedChannel, found: Option<&ChannelId>, language: Language) -> String {
    let AskedChannel { id: name, variable, .. } = asked;
    match (found, language) {
        (Some(id), Language::Japanese) => format!(
            "{variable} がチャンネルの名前 ('{name}') です。名前が変わると届かなくなるため、ID の {id} を設定してください"
        ),
        (Some(id), Language::English) => format!(
            "{variable} is a channel's name ('{name}'), to which nothing comes once it is renamed: set it to its ID, {id}"
        ),
        (None, Language::Japanese) => format!(
            "{variable} が ID ではなく '{name}' で、そういう名前のチャンネルは見えません。チャンネルの ID (名前をクリック → \
             チャンネル情報の一番下、C…) を設定してください。非公開なら、そこで /invite @toban を実行してください"
        ),
        (None, Language::English) => format!(
            "{variable} is not an ID but '{name}', and the token sees no channel of that name: set it to the channel's ID (channel \
             name → About → at the bottom, C…); if it is private, type /invite @toban there"
        ),
    }
}

fn topic(asked: &AskedChannel, state: ChannelState, language: Language) -> String {
    let AskedChannel { name, id, variable } = asked;
    let topic = format!("\"{}\" ({id})", known(name.as_ref()));
    match (state, language) {
        (ChannelState::Good, Language::Japanese) => format!("トピック {topic} を読めます"),
        (ChannelState::Good, Language::English) => format!("topic {topic} can be read"),
        (ChannelState::Archived, Language::Japanese) => {
            format!("トピック {topic} はアーカイブされています。{variable} に別のトピックを設定してください")
        }
        (ChannelState::Archived, Language::English) => {
            format!("topic {topic} is archived: set {variable} to another one")
        }
        (ChannelState::WithoutBot | ChannelState::NotFound, Language::Japanese) => {
            format!("トピック {id} は見えません。{variable} と、ボットがそこに参加しているかを確認してください")
        }
        (ChannelState::WithoutBot | ChannelState::NotFound, Language::English) => {
            format!("the token sees no topic {id}: check {variable}, and whether the bot is in it")
        }
    }
}

fn people(number: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("{number}人の ID を確認しました"),
        Language::English => format!("{} there", count(number, "person is", "people are")),
    }
}

fn groups(number: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("ユーザーグループ {number}件を確認しました"),
        Language::English => format!("{} there", count(number, "user group is", "user groups are")),
    }
}

fn unreachable(mentioned: &Mentioned, why: Why, kind: &ChatKind, language: Language) -> String {
    let id = &mentioned.id;
    let fallback = kind.variables.map_or("", |variables| variables.fallback.name);
    let (who, fix) = match (&mentioned.member, language) {
        (Some(name), Language::Japanese) => {
            (format!("{name} ({id})"), "members シートの slack を直してください".into())
        }
        (Some(name), Language::English) => (format!("{name} ({id})"), "fix slack in the members tab".into()),
        (None, Language::Japanese) => (id.clone(), format!("{fallback} を直してください")),
        (None, Language::English) => (id.clone(), format!("fix {fallback}")),
    };
    match (why, language) {
        (Why::NoSuchPerson, Language::Japanese) => format!("{who} という ID の人はワークスペースにいません。{fix}"),
        (Why::NoSuchPerson, Language::English) => format!("nobody in the workspace has the ID of {who}: {fix}"),
        (Why::Deactivated, Language::Japanese) => {
            format!("{who} は無効化されたアカウントで、メンションは誰にも届きません。{fix}")
        }
        (Why::Deactivated, Language::English) => {
            format!("{who} is deactivated, so a mention reaches nobody: {fix}")
        }
        (Why::Bot, Language::Japanese) => format!("{who} はボットで、メンションは誰にも届きません。{fix}"),
        (Why::Bot, Language::English) => format!("{who} is a bot, so a mention reaches nobody: {fix}"),
        (Why::NoSuchGroup, Language::Japanese) => {
            format!("{who} というユーザーグループはワークスペースにありません。{fix}")
        }
        (Why::NoSuchGroup, Language::English) => format!("no user group in the workspace has the ID of {who}: {fix}"),
        (Why::GroupDisabled, Language::Japanese) => {
            format!("ユーザーグループ {who} は無効で、メンションは誰にも届きません。有効にするか、{fix}")
        }
        (Why::GroupDisabled, Language::English) => {
            format!("the user group {who} is disabled, so a mention reaches nobody: enable it, or {fix}")
        }
    }
}

fn known(name: Option<&Foreign>) -> &str {
    name.map_or("?", Foreign::as_str)
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
