//! Slack: `chat.postMessage` and `chat.update` for a bot, what a bot may ask about its workspace, one incoming webhook, and
//! buttons and commands: what is sent when they are used ([`Press`], [`Command`]), and the answers to it ([`Private`]).
//!
//! The Web API reports errors in a 200 (<https://docs.slack.dev/reference/methods/chat.postMessage>), the webhook with a
//! status and a plain text. Whatever a correct client would not send is refused or accepted as Slack does it, and noted
//! as a problem in either case.

mod answers;
mod blocks;
mod buttons;
mod content;
mod judge;
mod mrkdwn;
mod presses;
mod private;
mod workspace;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::faults::{self, Fault};
use super::http::{Reply, Request, Response};
use super::mailbox::{self, Mailbox, State};
use judge::Accepted;
pub use presses::{Command, Press, signed, ssl_check};
pub use private::Private;
use private::Privates;
pub use workspace::Workspace;

/// A workspace with two channels. Reading messages, faults and counters: see [`Mailbox`]. Dropping it also fails the test if
/// private answers are unread.
pub struct Slack {
    mailbox: Mailbox<Message>,
    workspace: Arc<Mutex<Workspace>>,
    privates: Arc<Mutex<Privates>>,
}

/// A message as it stands in Slack.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub via: Via,
    /// `None` for a webhook, whose URL decides about the channel.
    pub channel: Option<String>,
    pub text: String,
    pub blocks: Option<Value>,
    pub thread_ts: Option<String>,
    pub reply_broadcast: bool,
    /// The message's id within its channel; later ones are greater. The client never learns that of a webhook's message.
    pub ts: String,
    /// The control sequences that pinged when the message was posted, in order. They are read from the blocks if there
    /// are any, because Slack shows those. An edit pings nobody.
    pub mentions: Vec<String>,
    /// The earlier texts, oldest first.
    pub edited: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Api,
    Webhook,
}

impl Slack {
    pub const TOKEN: &str = "xoxb-test-0123456789";
    pub const SIGNING_SECRET: &str = "0123456789abcdef0signing0secret0";
    pub const TEAM: &str = "T0TEST0001";
    pub const APP: &str = "A0TOBANAPP1";
    pub const BOT: &str = "B0TOBANBOT1";
    pub const BOT_USER: &str = "U0TOBANBOT1";
    pub const CHANNEL: &str = "C0APPMON001";
    pub const REMINDER_CHANNEL: &str = "C0ONCALL001";

    const WEBHOOK_PATH: &str = "/services/T0TEST0001/B0TEST0001/hook0secret0123456789abc";

    pub async fn start() -> Self {
        let workspace = Arc::new(Mutex::new(Workspace::default()));
        let privates = Arc::new(Mutex::new(Privates::default()));
        let (asked, answered) = (workspace.clone(), privates.clone());
        let answer = move |state: &mut State<Message>, request: &Request, fault| {
            if workspace::is_question(request) {
                workspace::answer(&lock(&asked), state, request, fault)
            } else if private::is_answer(request) {
                private::answer(&mut lock(&answered), state, request, fault)
            } else {
                answer(state, request, fault)
            }
        };
        Self { mailbox: Mailbox::open("Slack", answer).await, workspace, privates }
    }

    /// Changes the workspace as somebody would in Slack itself.
    pub fn edit(&self, edit: impl FnOnce(&mut Workspace)) {
        edit(&mut lock(&self.workspace));
    }

    /// A user presses a button of a message as it is here, which may be older than what Slack shows.
    pub fn press<'a>(&self, user: &'a str, message: &'a Message, action_id: &'a str) -> Press<'a> {
        Press::new(user, message.blocks.as_ref(), action_id, Some(message), self.response_url())
    }

    /// A user presses a button of an answer that only they see.
    pub fn press_private<'a>(&self, user: &'a str, answer: &'a Private, action_id: &'a str) -> Press<'a> {
        Press::new(user, answer.blocks.as_ref(), action_id, None, self.response_url())
    }

    /// A user writes `/toban` and this text.
    pub fn command<'a>(&self, user: &'a str, text: &'a str) -> Command<'a> {
        Command::new(user, text, self.command_response_url())
    }

    /// A new URL for the answers to a press.
    pub fn response_url(&self) -> String {
        format!("{}{}", self.origin(), lock(&self.privates).give("actions"))
    }

    /// A new URL for the answers to a command.
    pub fn command_response_url(&self) -> String {
        format!("{}{}", self.origin(), lock(&self.privates).give("commands"))
    }

    /// The 30 minutes of a `response_url` are over.
    pub fn expire(&self, response_url: &str) {
        lock(&self.privates).expire(response_url.strip_prefix(&self.origin()).unwrap_or_default());
    }

    /// All unread private answers, in the order in which they were accepted.
    pub fn take_private(&self) -> Vec<Private> {
        let unread = std::mem::take(&mut lock(&self.privates).unread);
        let with_url = |answer: Private| Private { url: format!("{}{}", self.origin(), answer.url), ..answer };
        unread.into_iter().map(with_url).collect()
    }

    /// The only unread private answer.
    #[track_caller]
    pub fn expect_private(&self) -> Private {
        mailbox::one(self.take_private(), "unread private answer in Slack")
    }

    /// Plays these faults, one for each of the next private answers.
    pub fn fail_private_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.fail_next_of(private::SECRET, faults);
    }

    /// In place of `https://slack.com/api`.
    pub fn base_url(&self) -> String {
        format!("{}/api", self.origin())
    }

    /// The webhook's URL, which is its secret.
    pub fn webhook_url(&self) -> String {
        format!("{}{}", self.origin(), Self::WEBHOOK_PATH)
    }
}

impl Deref for Slack {
    type Target = Mailbox<Message>;

    fn deref(&self) -> &Self::Target {
        &self.mailbox
    }
}

impl Drop for Slack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // With the mailbox's own, which says nothing any more once this has failed.
        let mut left = self.mailbox.left();
        left.extend(lock(&self.privates).unread.iter().map(|answer| format!("unread private answer: {answer:#?}")));
        assert!(left.is_empty(), "Slack: the test left this behind:\n{}", left.join("\n"));
    }
}

impl Message {
    /// Its buttons in order: each one's action id, label and value.
    pub fn buttons(&self) -> Vec<(&str, &str, &str)> {
        buttons::of(self.blocks.as_ref())
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().expect("no panic while the workspace is edited or a call judged: see the first panic above")
}

fn answer(state: &mut State<Message>, request: &Request, fault: Option<Fault>) -> Reply {
    let manner = if request.target.starts_with("/services/") { answers::WEBHOOK } else { answers::API };
    let judged = judge::judge(state, request).map_err(|refused| {
        state.problem(refused.why);
        (manner.refused)(refused.code)
    });
    // Edits have a rate limit of their own, which no test reaches.
    let fault = match (&judged, fault) {
        (Ok(Accepted::Post(message)), None) => state.too_fast(message.channel.as_deref().unwrap_or_default()),
        _ => fault,
    };
    faults::reply(fault, manner, judged.map(|call| || accept(state, call)))
}

fn accept(state: &mut State<Message>, call: Accepted) -> Response {
    match call {
        Accepted::Post(mut message) => {
            // Slack's are seconds and a counter; here only the counter differs.
            message.ts = format!("1795485720.{:06}", 100 + state.messages().count());
            let answer = match message.via {
                Via::Api => answers::posted(&message),
                Via::Webhook => answers::posted_by_webhook(),
            };
            state.accept(message);
            answer
        }
        Accepted::Update { channel, ts, text, blocks } => {
            let answer = answers::updated(&channel, &ts, &text);
            let is_it = |message: &Message| message.ts == ts;
            state.edit(is_it, |message| {
                let older = std::mem::replace(&mut message.text, text);
                message.edited.push(older);
                message.blocks = blocks;
            });
            answer
        }
    }
}
