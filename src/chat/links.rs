//! Where messages open, for those who look back.

use super::{Chat, ChatError, Client, PostId, slack};
use crate::domain::text::Link;
use tokio::time::Instant;

impl Chat {
    /// The chat and its channel, in which its links open.
    pub fn home(&self) -> String {
        format!("{} {}", self.kind.name, self.channel)
    }

    /// Where a first message opens. `None` in a chat that does not say, and where nothing is sent.
    pub async fn link(&self, post: &PostId, deadline: Instant) -> Result<Option<Link>, ChatError> {
        match &self.client {
            Client::SlackBot(_) if self.recorder.is_some() => Ok(None),
            Client::SlackBot(bot) => {
                let known_as = self.known_as().clone();
                bot.permalink(known_as.as_ref().unwrap_or(&self.channel), post, deadline).await.map(Some)
            }
            Client::Typetalk(bot) => Ok(bot.link(&self.channel, post)),
            Client::SlackWebhook(_) | Client::Console => Ok(None),
        }
    }

    /// Where a reply opens, given where its thread does.
    pub fn link_of_reply(&self, thread_opens_at: &Link, thread: &PostId, reply: &PostId) -> Option<Link> {
        match &self.client {
            Client::SlackBot(_) => slack::of_reply(thread_opens_at, thread, reply),
            Client::Typetalk(bot) => bot.link(&self.channel, reply),
            Client::SlackWebhook(_) | Client::Console => None,
        }
    }
}
