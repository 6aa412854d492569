//! Where a message opens, <https://docs.slack.dev/reference/methods/chat.getPermalink>: it needs no scope.

use super::SlackBot;
use crate::chat::kind::Access;
use crate::chat::wire::exchange;
use crate::chat::{ChannelId, ChatError, PostId};
use crate::domain::text::Link;
use crate::net::quote;
use reqwest::Url;
use serde::Deserialize;
use tokio::time::Instant;

/// It is short.
const LONGEST_ANSWER: usize = 64 * 1024;

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    permalink: String,
}

impl SlackBot {
    /// Where a message of the channel opens, which is asked for by its id alone.
    pub async fn permalink(&self, channel: &ChannelId, post: &PostId, deadline: Instant) -> Result<Link, ChatError> {
        let Self(Access { http, base_url, secret }) = self;
        let refused = |code: &str| ChatError::Refused { code: quote::code(code).to_owned() };
        let mut url = Url::parse(&format!("{base_url}/chat.getPermalink")).map_err(|_| refused("no address"))?;
        url.query_pairs_mut().extend_pairs([("channel", &channel.0), ("message_ts", &post.0)]);
        let reply = exchange(http, http.get(url).bearer_auth(secret.expose()), LONGEST_ANSWER, deadline).await?;
        match serde_json::from_slice(&reply.body) {
            Ok(Answer { ok: true, permalink, .. }) => Link::parse(&permalink).ok_or_else(|| refused("no link")),
            Ok(Answer { error, .. }) => Err(refused(&error)),
            Err(_) => Err(refused("")),
        }
    }
}

/// Where a reply opens, given where its thread does: `…/archives/C0123456789/p1795485720000001`.
pub fn of_reply(thread_opens_at: &Link, thread: &PostId, reply: &PostId) -> Option<Link> {
    let digits = |post: &PostId| post.0.replace('.', "");
    let channel = thread_opens_at.as_str().strip_suffix(&format!("/p{}", digits(thread)))?;
    let id = channel.rsplit('/').next()?;
    Link::parse(&format!("{channel}/p{}?thread_ts={}&cid={id}", digits(reply), thread.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_opens_where_slack_says_of_its_thread() {
        let post = |ts: &str| PostId(ts.into());
        let (thread, reply) = (post("1358546515.000008"), post("1358546517.000123"));
        for (opens_at, expected) in [
            (
                "https://ghostbusters.slack.com/archives/C1H9RESGL/p1358546515000008",
                Some(
                    "https://ghostbusters.slack.com/archives/C1H9RESGL/p1358546517000123?thread_ts=1358546515.000008&cid=C1H9RESGL",
                ),
            ),
            ("https://ghostbusters.slack.com/archives/C1H9RESGL/p1358546515000009", None),
            ("https://app.slack.com/client/T1/C1H9RESGL/1358546515.000008", None),
        ] {
            let link = Link::parse(opens_at).expect("a link");
            assert_eq!(of_reply(&link, &thread, &reply).as_ref().map(Link::as_str), expected, "{opens_at}");
        }
    }
}
