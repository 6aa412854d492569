//! Where something was pressed.

use super::{ChannelId, Chat, slack};
use crate::domain::press::Channel;

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
