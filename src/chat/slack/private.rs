//! What only the person sees who has pressed a button or typed a command, and what that person is in the workspace.
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>

use super::Content;
use super::SlackBot;
use super::ask::User;
use crate::chat::asking::Unanswered;
use crate::chat::kind::Access;
use crate::chat::wire::{Call, Posted, word};
use crate::chat::{ChatError, Rendered};
use crate::domain::member::Handle;
use crate::domain::press::Standing;
use crate::domain::text::Foreign;
use crate::net::http::Reply;
use crate::net::quote;
use reqwest::Url;
use serde::{Deserialize, Serialize};

/// Where Slack takes these answers.
const HOST: &str = "hooks.slack.com";
const API: &str = "https://slack.com";

#[derive(Serialize)]
struct Private<'a> {
    response_type: &'static str,
    replace_original: bool,
    #[serde(flatten)]
    content: Content<'a>,
}

impl SlackBot {
    /// An answer for one person. It needs no membership of the channel and no token; the address takes five within half an
    /// hour. Refused if the address is not Slack's: what we know goes nowhere else.
    pub fn answer(&self, address: &str, rendered: &Rendered) -> Result<Call, ChatError> {
        let Self(Access { http, base_url, .. }) = self;
        let url = Url::parse(address).ok().filter(|url| is_slacks(url, base_url));
        let url =
            url.ok_or_else(|| ChatError::Refused { code: "there is no address of Slack's to answer at".into() })?;
        let content = Content::with_buttons(rendered);
        let body = Private { response_type: "ephemeral", replace_original: false, content };
        Ok(Call::new(http, http.post(url), &body, judged))
    }

    /// What somebody is in the token's workspace, and how they are called, by `users.info` and `auth.test`.
    pub async fn standing(
        &self,
        user: &Handle,
        workspace: Option<&str>,
    ) -> Result<(Standing, Option<Foreign>), Unanswered> {
        let (ours, found) = tokio::join!(self.workspace(), self.user(user.as_str()));
        let ours = ours?.team_id;
        let found = match found {
            Err(Unanswered::NotFound { .. }) => return Ok((Standing::Stranger, None)),
            found => found?,
        };
        Ok((standing(&found, &ours, workspace), name(&found)))
    }

    /// Whether somebody is in one of these user groups, by `usergroups.users.list`; others are passed over.
    pub async fn is_in_any(&self, user: &Handle, groups: &[Handle]) -> Result<bool, Unanswered> {
        for group in groups.iter().filter(|group| group.as_str().starts_with('S')) {
            match self.users_of(group.as_str()).await {
                Ok(users) if users.iter().any(|one| one == user.as_str()) => return Ok(true),
                // One that was deleted has nobody in it.
                Ok(_) | Err(Unanswered::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// What people call them: the display name, or the real one.
fn name(user: &User) -> Option<Foreign> {
    let User { profile, real_name, .. } = user;
    [&profile.display_name, &profile.real_name, real_name].into_iter().find_map(|name| Foreign::line(name))
}

fn standing(user: &User, ours: &str, workspace: Option<&str>) -> Standing {
    let is_elsewhere = |team: &str| team != ours;
    match user {
        User { deleted: true, .. } => Standing::Deactivated,
        User { is_bot: true, .. } => Standing::Bot,
        User { is_stranger: true, .. } => Standing::Stranger,
        User { team_id, .. } if workspace.is_some_and(is_elsewhere) || is_elsewhere(team_id) => Standing::Stranger,
        User { is_restricted: true, .. } | User { is_ultra_restricted: true, .. } => Standing::Guest,
        User { .. } => Standing::FullMember,
    }
}

/// Slack's own, or on the machine that plays Slack.
fn is_slacks(url: &Url, base_url: &str) -> bool {
    let is_bare = url.username().is_empty() && url.password().is_none();
    let is_hooks = url.scheme() == "https" && url.host_str() == Some(HOST) && url.port().is_none();
    let is_played = !base_url.starts_with(API) && Url::parse(base_url).is_ok_and(|base| base.origin() == url.origin());
    is_bare && (is_hooks || is_played)
}

/// Errors come as a status and a word, or in a 200.
fn judged(reply: &Reply) -> Result<Posted, ChatError> {
    #[derive(Deserialize)]
    struct Answer {
        ok: bool,
        #[serde(default)]
        error: String,
    }
    let answer = serde_json::from_slice::<Answer>(&reply.body).ok();
    match answer {
        Some(Answer { ok: false, error }) => Err(ChatError::Refused { code: quote::code(&error).to_owned() }),
        _ if reply.status.is_success() => Ok(Posted::unnamed()),
        _ => Err(ChatError::Refused { code: format!("{} {}", reply.status.as_u16(), word(reply)) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slack_itself_is_answered() {
        for (address, base_url, expected) in [
            ("https://hooks.slack.com/actions/T/1/x", "https://slack.com/api", true),
            ("https://hooks.slack.com/commands/T/1/x", "https://slack.com/api", true),
            ("http://hooks.slack.com/actions/T/1/x", "https://slack.com/api", false),
            ("https://hooks.slack.com:8443/actions/T/1/x", "https://slack.com/api", false),
            ("https://x@hooks.slack.com/actions/T/1/x", "https://slack.com/api", false),
            ("https://hooks.slack.com.example.com/x", "https://slack.com/api", false),
            ("https://example.com/hooks.slack.com", "https://slack.com/api", false),
            ("https://slack.com/api/x", "https://slack.com/api", false),
            ("http://169.254.169.254/latest/meta-data", "https://slack.com/api", false),
            ("file:///etc/passwd", "https://slack.com/api", false),
            ("", "https://slack.com/api", false),
            ("http://127.0.0.1:4000/actions/x", "http://127.0.0.1:4000/api", true),
            ("http://127.0.0.1:4001/actions/x", "http://127.0.0.1:4000/api", false),
        ] {
            let url = Url::parse(address).ok();
            assert_eq!(url.is_some_and(|url| is_slacks(&url, base_url)), expected, "{address}");
        }
    }

    #[test]
    fn only_full_members_of_the_workspace_are_that() {
        let user = || User { team_id: "T1".into(), ..User::default() };
        for (user, workspace, expected) in [
            (user(), None, Standing::FullMember),
            (user(), Some("T1"), Standing::FullMember),
            (user(), Some("T2"), Standing::Stranger),
            (User { team_id: "T2".into(), ..user() }, Some("T1"), Standing::Stranger),
            (User { is_stranger: true, ..user() }, None, Standing::Stranger),
            (User { is_restricted: true, ..user() }, None, Standing::Guest),
            (User { is_ultra_restricted: true, ..user() }, None, Standing::Guest),
            (User { is_bot: true, ..user() }, None, Standing::Bot),
            (User { deleted: true, ..user() }, None, Standing::Deactivated),
            (User::default(), None, Standing::Stranger),
        ] {
            assert_eq!(standing(&user, "T1", workspace), expected, "{user:?} {workspace:?}");
        }
    }
}
