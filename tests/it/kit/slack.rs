//! Slack: `chat.postMessage` and `chat.update` for a bot, what a bot may ask about its workspace, and one incoming webhook.
//!
//! The Web API says errors in a 200 (<https://docs.slack.dev/reference/methods/chat.postMessage>), the webhook in the
//! status and a plain text. Whatever a correct client would not send is refused as Slack refuses it, or accepted as
//! Slack accepts it, and in both cases noted as a problem.

mod answers;
mod blocks;
mod content;
mod judge;
mod mrkdwn;
mod workspace;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::faults::{self, Fault};
use super::http::{Reply, Request, Response};
use super::mailbox::{Mailbox, State};
use judge::Accepted;
pub use workspace::Workspace;

/// A workspace with two channels. Reading messages, faults and counters: see [`Mailbox`].
pub struct Slack {
    mailbox: Mailbox<Message>,
    workspace: Arc<Mutex<Workspace>>,
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
    /// Names the message within its channel; later ones are greater. Nobody is told the one of a webhook's message.
    pub ts: String,
    /// The control sequences that pinged when the message was posted, in order. Of a message with blocks Slack shows
    /// the blocks, so they are read from there. An edit pings nobody.
    pub mentions: Vec<String>,
    /// What the text was before, oldest first.
    pub edited: Vec<String>,
}

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Api,
    Webhook,
}

impl Slack {
    pub const TOKEN: &str = "xoxb-test-0123456789";
    pub const CHANNEL: &str = "C0APPMON001";
    pub const REMINDER_CHANNEL: &str = "C0ONCALL001";

    const WEBHOOK_PATH: &str = "/services/T0TEST0001/B0TEST0001/hook0secret0123456789abc";

    pub async fn start() -> Self {
        let workspace = Arc::new(Mutex::new(Workspace::default()));
        let asked = workspace.clone();
        let answer = move |state: &mut State<Message>, request: &Request, fault| match workspace::is_question(request) {
            true => workspace::answer(&lock(&asked), state, request, fault),
            false => answer(state, request, fault),
        };
        Self { mailbox: Mailbox::open("Slack", answer).await, workspace }
    }

    /// What somebody does in Slack's own pages.
    pub fn edit(&self, edit: impl FnOnce(&mut Workspace)) {
        edit(&mut lock(&self.workspace));
    }

    /// What stands for `https://slack.com/api`.
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

fn lock(workspace: &Mutex<Workspace>) -> std::sync::MutexGuard<'_, Workspace> {
    workspace.lock().expect("no test panics while it edits the workspace: look at the first panic above")
}

fn answer(state: &mut State<Message>, request: &Request, fault: Option<Fault>) -> Reply {
    let manner = match request.target.starts_with("/services/") {
        true => answers::WEBHOOK,
        false => answers::API,
    };
    let judged = judge::judge(state, request).map_err(|refused| {
        state.problem(refused.why);
        (manner.refused)(refused.code)
    });
    // Edits have a limit of their own, which is far away.
    let fault = match (&judged, fault) {
        (Ok(Accepted::Post(message)), None) => state.too_fast(message.channel.as_deref().unwrap_or_default()),
        _ => fault,
    };
    faults::reply(fault, manner, judged.map(|call| || accept(state, call)))
}

fn accept(state: &mut State<Message>, call: Accepted) -> Response {
    match call {
        Accepted::Post(mut message) => {
            // Slack's own are seconds and a counter; here the counter alone tells them apart.
            message.ts = format!("1795485720.{:06}", 100 + state.messages().count());
            let answer = match message.via {
                Via::Api => answers::posted(&message),
                Via::Webhook => answers::hooked(),
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
