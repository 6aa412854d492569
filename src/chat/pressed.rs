//! What people press: where, who they are, and what they alone are told.

use super::asking::Unanswered;
use super::{ChannelId, Chat, ChatError, Client, Rendered, slack};
use crate::domain::member::Handle;
use crate::domain::press::{Channel, Standing};
use crate::domain::text::Foreign;
use tokio::time::{Instant, timeout_at};

impl Chat {
    /// Whether somebody who presses a button in this channel may press one of this chat.
    pub fn is_in(&self, channel: &Channel) -> bool {
        let is = |known: &str| !channel.id.is_empty() && channel.id == known;
        let is_named = match channel.name.as_str() {
            // A private channel may be the one that is configured by its name.
            "" => !channel.id.is_empty() && !slack::is_id(&self.channel),
            name => name == self.channel.0.trim_start_matches('#'),
        };
        is(&self.channel.0) || is_named || self.known_as().as_ref().is_some_and(|known| is(&known.0))
    }

    /// Keeps the id of the channel in which one of our own messages is. A chat that is configured by its name needs it for
    /// changing that message, and has perhaps posted nothing since this process began.
    pub fn learn(&self, channel: &Channel) {
        let is_named = !channel.name.is_empty();
        if !channel.id.is_empty() && channel.id != self.channel.0 && (is_named || self.known_as().is_none()) {
            *self.known_as() = Some(ChannelId(channel.id.clone()));
        }
    }

    /// Tells somebody who has pressed something, and nobody else. The address came with what they pressed.
    pub async fn answer(&self, address: &str, rendered: &Rendered, deadline: Instant) -> Result<(), ChatError> {
        match &self.client {
            Client::SlackBot(bot) => bot.answer(address, rendered)?.send(deadline).await.map(|_| ()),
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => Ok(()),
        }
    }

    /// What somebody is in the chat's workspace, and how the chat calls them.
    pub async fn standing(
        &self,
        user: &Handle,
        workspace: Option<&str>,
        deadline: Instant,
    ) -> Result<(Standing, Option<Foreign>), Unanswered> {
        match &self.client {
            Client::SlackBot(bot) => in_time(bot.standing(user, workspace), deadline).await,
            // Of people who are not on any chat.
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => Ok((Standing::FullMember, None)),
        }
    }

    /// Whether somebody is among these people and groups of people.
    pub async fn is_among(&self, user: &Handle, actors: &[Handle], deadline: Instant) -> Result<bool, Unanswered> {
        if actors.contains(user) {
            return Ok(true);
        }
        match &self.client {
            Client::SlackBot(bot) => in_time(bot.is_in_any(user, actors), deadline).await,
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => Ok(false),
        }
    }

    /// Which of these groups of people the chat does not have.
    pub async fn lacks_groups(&self, groups: &[&Handle]) -> Result<Vec<String>, Unanswered> {
        match &self.client {
            Client::SlackBot(bot) => bot.lacks_groups(groups).await,
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => Ok(Vec::new()),
        }
    }

    /// Which of its rights are missing for answering people who press something. `None` if the chat does not say.
    pub async fn lacks_for_presses(&self) -> Result<Option<Vec<&'static str>>, Unanswered> {
        match &self.client {
            Client::SlackBot(bot) => bot.lacks_for_presses().await,
            Client::SlackWebhook(_) | Client::Typetalk(_) | Client::Console => Ok(None),
        }
    }
}

/// An answer, if it comes by then.
async fn in_time<T>(asked: impl Future<Output = Result<T, Unanswered>>, deadline: Instant) -> Result<T, Unanswered> {
    let late = |_| Err(Unanswered::Unavailable { why: "no answer in time".into(), wait: None });
    timeout_at(deadline, asked).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::kind::Access;

    #[test]
    fn a_channel_is_known_by_its_id_or_its_name() {
        let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.into() };
        for (configured, pressed, expected) in [
            ("C0APPMON001", channel("C0APPMON001", "alerts"), true),
            ("C0APPMON001", channel("C0APPMON001", ""), true),
            ("C0APPMON001", channel("C0OTHER0001", "alerts"), false),
            ("C0APPMON001", channel("C0OTHER0001", ""), false),
            ("C0APPMON001", channel("", ""), false),
            ("#alerts", channel("C0APPMON001", "alerts"), true),
            ("alerts", channel("C0APPMON001", "alerts"), true),
            ("#alerts", channel("C0OTHER0001", "other"), false),
            ("#alerts", channel("C0PRIVATE01", ""), true),
            ("#alerts", channel("", ""), false),
        ] {
            let access = Access::none(crate::net::http::client().expect("a client"));
            let chat = Chat::new(&slack::BOT, access, ChannelId(configured.into()), None);
            assert_eq!(chat.is_in(&pressed), expected, "{configured} {pressed:?}");
            chat.learn(&pressed);
            assert_eq!(
                chat.is_in(&channel(&pressed.id, "renamed")),
                !pressed.id.is_empty(),
                "{configured} {pressed:?}"
            );
        }
    }
}
