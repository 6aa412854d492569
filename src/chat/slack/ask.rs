//! What can be asked of Slack with the bot's token, and the scope that each question needs.
//!
//! <https://docs.slack.dev/reference/methods>: `auth.test` (none), `conversations.info` (`channels:read`, for a private
//! channel `groups:read`), `users.info` (`users:read`), `usergroups.list` (`usergroups:read`).

use super::SlackBot;
use crate::chat::asking::{Unanswered, ask, code};
use crate::chat::wire::Reply;
use crate::domain::text::Foreign;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A channel, as the bot sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackChannel {
    /// Its name, without `#`.
    pub name: Option<Foreign>,
    /// Whether the bot is in it.
    pub has_bot: bool,
    /// Whether nobody can post there any more.
    pub is_archived: bool,
}

/// Somebody with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlackUser {
    /// A person who can be mentioned.
    Person,
    /// A bot or an app: a mention of it reaches nobody.
    Bot,
    /// Deactivated.
    Gone,
}

/// A user group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackGroup {
    /// `S0123456789`
    pub id: String,
    /// Whether it is disabled, so that a mention of it reaches nobody.
    pub is_disabled: bool,
}

/// What every answer has beside what it tells.
#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    #[serde(flatten)]
    told: Option<T>,
}

#[derive(Deserialize)]
struct Workspace {
    #[serde(default)]
    team: String,
}

#[derive(Deserialize)]
struct InChannel {
    channel: Channel,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(default)]
    name: String,
    #[serde(default)]
    is_member: bool,
    #[serde(default)]
    is_archived: bool,
}

#[derive(Deserialize)]
struct InUser {
    user: User,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Deserialize)]
struct InGroups {
    usergroups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    /// When it was disabled; 0 for one that is not.
    #[serde(default)]
    date_delete: u64,
}

impl SlackBot {
    /// The name of the token's workspace, by `auth.test`.
    pub async fn workspace(&self) -> Result<Option<Foreign>, Unanswered> {
        let Workspace { team } = self.told(Method::POST, "auth.test", &[]).await?;
        Ok(Foreign::line(&team))
    }

    /// The bot's channel, by `conversations.info`, which knows it by its id alone.
    pub async fn own_channel(&self) -> Result<SlackChannel, Unanswered> {
        let query = [("channel", self.channel.0.as_str())];
        let InChannel { channel } = self.told(Method::GET, "conversations.info", &query).await?;
        let Channel { name, is_member, is_archived } = channel;
        Ok(SlackChannel { name: Foreign::line(&name), has_bot: is_member, is_archived })
    }

    /// Whose id that is, by `users.info`.
    pub async fn user(&self, id: &str) -> Result<SlackUser, Unanswered> {
        let InUser { user } = self.told(Method::GET, "users.info", &[("user", id)]).await?;
        Ok(match user {
            User { deleted: true, .. } => SlackUser::Gone,
            User { is_bot: true, .. } => SlackUser::Bot,
            User { .. } => SlackUser::Person,
        })
    }

    /// All user groups, the disabled ones too, by `usergroups.list`.
    pub async fn groups(&self) -> Result<Vec<SlackGroup>, Unanswered> {
        let query = [("include_disabled", "true")];
        let InGroups { usergroups } = self.told(Method::GET, "usergroups.list", &query).await?;
        let group = |Group { id, date_delete }| SlackGroup { id, is_disabled: date_delete != 0 };
        Ok(usergroups.into_iter().map(group).collect())
    }

    async fn told<T: DeserializeOwned>(
        &self,
        method: Method,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Unanswered> {
        let mut url = Url::parse(&format!("{}/{name}", self.base_url))
            .map_err(|error| Unanswered::Refused { code: error.to_string() })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = || {
            let request = self.http.request(method.clone(), url.clone()).bearer_auth(self.token.expose());
            if method == Method::POST { request.body("") } else { request }
        };
        judged(&ask(request).await?)
    }
}

/// What an answer tells, or what its error means.
fn judged<T: DeserializeOwned>(reply: &Reply) -> Result<T, Unanswered> {
    let odd = || Unanswered::Refused { code: format!("HTTP {}, which is no answer of Slack's", reply.status.as_u16()) };
    let answer: Answer<T> = serde_json::from_slice(&reply.body).map_err(|_| odd())?;
    if answer.ok {
        return answer.told.ok_or_else(odd);
    }
    let code = code(answer.error.as_deref().unwrap_or("no_error_code"));
    Err(match code.as_str() {
        "missing_scope" => Unanswered::MissingScope,
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            Unanswered::BadToken { code }
        }
        "channel_not_found" | "user_not_found" | "user_not_visible" | "users_not_found" => {
            Unanswered::NotFound { code }
        }
        "ratelimited"
        | "rate_limited"
        | "service_unavailable"
        | "request_timeout"
        | "internal_error"
        | "fatal_error" => Unanswered::Unavailable { why: code },
        _ => Unanswered::Refused { code },
    })
}
