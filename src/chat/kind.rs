//! What a chat is, as one value: everything that differs between chats but their requests.

use super::Client;
use super::writing::Markup;
use crate::domain::member::Platform;
use crate::net::http;
use crate::net::secret::Secret;

/// What is known of a chat before it is configured. Each stands in the chat's own file.
#[derive(Debug)]
pub struct ChatKind {
    /// In the log and in the ledger.
    pub name: &'static str,
    /// For people: `Slack`.
    pub title: &'static str,
    /// Whose names ping there.
    pub platform: Platform,
    pub(super) markup: Markup,
    /// Whether a message can follow another one.
    pub threads: Threads,
    /// Whether first messages can be changed later, so that they show how their incidents stand.
    pub has_edits: bool,
    /// Whether people can press something below a first message.
    pub has_buttons: bool,
    /// The settings that make one; `None` for the terminal, which needs none.
    pub variables: Option<Variables>,
    pub(super) connect: fn(Access) -> Client,
}

/// Whether a message can follow another one, and by what name the chat knows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// The chat does not say what it calls a message, so nothing can follow it.
    None,
    /// The time with six digits behind the point.
    ByTimestamp,
    ByNumber,
}

/// Where a chat's API is, and who we are there.
#[derive(Debug, Clone)]
pub struct Access {
    pub http: http::Client,
    /// Without a slash at its end; empty where the secret is the whole URL.
    pub base_url: String,
    /// A bot's token, or a webhook's URL.
    pub secret: Secret,
}

impl Access {
    /// To no API: for chats that are written for or recorded, and never posted to.
    pub fn none(http: http::Client) -> Self {
        Self { http, base_url: String::new(), secret: Secret::new("") }
    }
}

/// The settings that make a chat of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Variables {
    /// Its name in `PRIMARY_CHAT`. Kinds of one name are alternatives, the first of which can do the most. `None` for a
    /// chat that is always the second.
    pub choice: Option<&'static str>,
    pub secret: Variable,
    /// `None` for a webhook, which has one channel.
    pub channel: Option<ChannelVariables>,
    /// Where the API is, its example being the default. `None` where the secret is the whole URL.
    pub base_url: Option<Variable>,
    /// Who is told when the rotation has no answer.
    pub fallback: Variable,
    /// Whether a word of the fallback pings somebody there.
    pub pings: fn(&str) -> bool,
}

/// The settings that say where in a chat messages go.
#[derive(Debug, Clone, Copy)]
pub struct ChannelVariables {
    pub alerts: Variable,
    /// The same as alerts if it is not set.
    pub reminders: Variable,
    pub is_number: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Variable {
    pub name: &'static str,
    /// A value that would do.
    pub example: &'static str,
}

impl Variables {
    /// Its name in `CHAT_NAMES`.
    pub fn name(&self) -> &'static str {
        self.choice.unwrap_or("backup")
    }

    /// Those that have to be set. Any of them says that the chat is wanted.
    pub fn required(&self) -> impl Iterator<Item = Variable> {
        [Some(self.secret), self.channel.map(|channel| channel.alerts)].into_iter().flatten()
    }
}
