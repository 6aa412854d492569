//! The methods of the Web API that tell about a workspace, and the scope that each needs.
//!
//! <https://docs.slack.dev/reference/methods>: `auth.test` (none), `conversations.info` and `conversations.list` (`channels:read`, for a private
//! channel `groups:read`), `users.info` (`users:read`), `usergroups.list` and
//! `usergroups.users.list` (`usergroups:read`).

use super::super::SlackBot;
use crate::chat::ChannelId;
use crate::chat::asking::{Unanswered, ask};
use crate::chat::kind::Access;
use crate::net::http::Reply;
use crate::net::quote;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The most pages of a list that are read: of 1,000 channels each, though Slack may send fewer.
const MOST_PAGES: usize = 20;

/// What every answer has beside what was asked for.
#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    #[serde(flatten)]
    value: Option<T>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::chat::slack) struct Workspace {
    pub team: String,
    pub team_id: String,
}

#[derive(Deserialize)]
struct InChannel {
    channel: Channel,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Channel {
    /// Without `#`.
    pub name: String,
    /// Whether the bot is in it.
    pub is_member: bool,
    /// Whether nobody can post there any more.
    pub is_archived: bool,
}

#[derive(Deserialize)]
struct InChannels {
    channels: Vec<NamedChannel>,
    #[serde(default)]
    response_metadata: Next,
}

#[derive(Deserialize)]
struct NamedChannel {
    id: String,
    /// Without `#`.
    #[serde(default)]
    name: String,
}

/// Where the list goes on; empty at its end.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Next {
    next_cursor: String,
}

#[derive(Deserialize)]
struct InUser {
    user: User,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(in crate::chat::slack) struct User {
    pub team_id: String,
    /// Whether it is deactivated.
    pub deleted: bool,
    pub is_bot: bool,
    /// A guest in some channels, or in one.
    pub is_restricted: bool,
    pub is_ultra_restricted: bool,
    /// Of another workspace.
    pub is_stranger: bool,
    pub real_name: String,
    pub profile: Profile,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(in crate::chat::slack) struct Profile {
    /// What they want to be called; often empty.
    pub display_name: String,
    pub real_name: String,
}

#[derive(Deserialize)]
struct InUsers {
    users: Vec<String>,
}

#[derive(Deserialize)]
struct InGroups {
    usergroups: Vec<Group>,
}

#[derive(Deserialize)]
pub(super) struct Group {
    /// `S0123456789`
    pub id: String,
    /// When it was disabled; 0 for one that is not.
    #[serde(default)]
    pub date_delete: u64,
}

impl SlackBot {
    /// The token's workspace, by `auth.test`.
    pub(in crate::chat::slack) async fn workspace(&self) -> Result<Workspace, Unanswered> {
        self.call_method(Method::POST, "auth.test", &[]).await
    }

    /// The scopes that the token has, as every answer says.
    pub(super) async fn granted(&self) -> Result<Vec<String>, Unanswered> {
        let reply = self.ask_method(Method::POST, "auth.test", &[]).await?;
        judged::<Workspace>(&reply)?;
        let scopes = reply.headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok()).unwrap_or_default();
        Ok(scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect())
    }

    /// A channel, by `conversations.info`, which knows it by its id alone.
    pub(super) async fn channel(&self, id: &ChannelId) -> Result<Channel, Unanswered> {
        let query = [("channel", id.0.as_str())];
        let InChannel { channel } = self.call_method(Method::GET, "conversations.info", &query).await?;
        Ok(channel)
    }

    /// The id of the channel of that name, by `conversations.list`. Returns `None` if the token sees none.
    pub(super) async fn channel_named(&self, name: &str) -> Result<Option<ChannelId>, Unanswered> {
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let types = ("types", "public_channel,private_channel");
            let query = [types, ("exclude_archived", "true"), ("limit", "1000"), ("cursor", &cursor)];
            let InChannels { channels, response_metadata } =
                self.call_method(Method::GET, "conversations.list", &query).await?;
            if let Some(NamedChannel { id, .. }) = channels.into_iter().find(|one| one.name == name) {
                return Ok(Some(ChannelId(id)));
            }
            cursor = response_metadata.next_cursor;
            if cursor.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    /// Who has that id, by `users.info`.
    pub(in crate::chat::slack) async fn user(&self, id: &str) -> Result<User, Unanswered> {
        let InUser { user } = self.call_method(Method::GET, "users.info", &[("user", id)]).await?;
        Ok(user)
    }

    /// All user groups, the disabled ones too, by `usergroups.list`.
    pub(super) async fn groups(&self) -> Result<Vec<Group>, Unanswered> {
        let query = [("include_disabled", "true")];
        let InGroups { usergroups } = self.call_method(Method::GET, "usergroups.list", &query).await?;
        Ok(usergroups)
    }

    /// Who is in a user group, by `usergroups.users.list`.
    pub(in crate::chat::slack) async fn users_of(&self, group: &str) -> Result<Vec<String>, Unanswered> {
        let InUsers { users } = self.call_method(Method::GET, "usergroups.users.list", &[("usergroup", group)]).await?;
        Ok(users)
    }

    async fn call_method<T: DeserializeOwned>(
        &self,
        method: Method,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Unanswered> {
        judged(&self.ask_method(method, name, query).await?)
    }

    async fn ask_method(&self, method: Method, name: &str, query: &[(&str, &str)]) -> Result<Reply, Unanswered> {
        let Self(Access { http, base_url, secret }) = self;
        let mut url = Url::parse(&format!("{base_url}/{name}"))
            .map_err(|error| Unanswered::Refused { code: error.to_string() })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = || {
            let request = http.request(method.clone(), url.clone()).bearer_auth(secret.expose());
            if method == Method::POST { request.body("") } else { request }
        };
        ask(http, request).await
    }
}

/// What was asked for, or what the answer's error means.
fn judged<T: DeserializeOwned>(reply: &Reply) -> Result<T, Unanswered> {
    let odd =
        || Unanswered::Refused { code: format!("HTTP {}, which is not an answer of Slack's", reply.status.as_u16()) };
    let answer: Answer<T> = serde_json::from_slice(&reply.body).map_err(|_| odd())?;
    if answer.ok {
        return answer.value.ok_or_else(odd);
    }
    let code = quote::code(answer.error.as_deref().unwrap_or_default().trim()).to_owned();
    Err(match code.as_str() {
        "missing_scope" => Unanswered::MissingScope,
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            Unanswered::BadToken { code }
        }
        "channel_not_found" | "user_not_found" | "user_not_visible" | "users_not_found" | "no_such_subteam" => {
            Unanswered::NotFound { code }
        }
        "ratelimited"
        | "rate_limited"
        | "service_unavailable"
        | "request_timeout"
        | "internal_error"
        | "fatal_error" => Unanswered::Unavailable { why: code, wait: None },
        _ => Unanswered::Refused { code },
    })
}
