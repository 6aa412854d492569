//! Typetalk: posting to a topic as a bot, and reading it, as the service did it until it ended on 2025-12-01.
//!
//! <https://developer.nulab.com/docs/typetalk/api/1/post-message>. What is not documented is read on the safe side: a
//! message is counted in UTF-16 units, and any `@word` or `#word` is a mention or a tag.

mod answers;
mod judge;
mod words;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use super::faults::{self, Fault};
use super::http::{Reply, Request};
use super::mailbox::{Mailbox, State};

/// An organization with two topics. Reading posts, faults and counters: see [`Mailbox`].
pub struct Typetalk {
    mailbox: Mailbox<Post>,
    archived: Archived,
}

/// The archived topics.
type Archived = Arc<Mutex<Vec<u64>>>;

/// A post as it stands in Typetalk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: u64,
    pub topic: u64,
    pub message: String,
    pub reply_to: Option<u64>,
    pub ignore_hashtag: bool,
    /// Every `@word` at a word's start, in order: who may be pinged.
    pub mentions: Vec<String>,
    /// Every `#word` at a word's start, in order, unless hashtags are ignored: which tags are made.
    pub hashtags: Vec<String>,
}

impl Typetalk {
    pub const TOKEN: &str = "typetalk-test-0123456789";
    /// The token of a bot that may not read.
    pub const POST_ONLY_TOKEN: &str = "typetalk-post-only-0123456789";
    pub const TOPIC: u64 = 4711;
    pub const REMINDER_TOPIC: u64 = 4712;

    pub async fn start() -> Self {
        let archived = Archived::default();
        let read = archived.clone();
        let answer = move |state: &mut State<Post>, request: &Request, fault| match request.method.as_str() {
            "GET" => topic(&read, state, request, fault),
            _ => answer(state, request, fault),
        };
        Self { mailbox: Mailbox::open("Typetalk", answer).await, archived }
    }

    pub fn archive(&self, topic: u64) {
        self.archived.lock().expect("nothing panics with it").push(topic);
    }

    /// In place of `https://typetalk.com`.
    pub fn base_url(&self) -> String {
        self.origin()
    }
}

impl Deref for Typetalk {
    type Target = Mailbox<Post>;

    fn deref(&self) -> &Self::Target {
        &self.mailbox
    }
}

/// A topic with its messages. A wrong token, one that may not read, or an unknown topic may happen to a correct client
/// and is not noted as a problem.
fn topic(archived: &Archived, state: &mut State<Post>, request: &Request, fault: Option<Fault>) -> Reply {
    let judged = judge::question(state, request).map_err(answers::refused);
    let answer = |topic: u64| {
        let is_archived = archived.lock().expect("nothing panics with it").contains(&topic);
        move || answers::messages(topic, is_archived)
    };
    faults::reply(fault, answers::API, judged.map(answer))
}

fn answer(state: &mut State<Post>, request: &Request, fault: Option<Fault>) -> Reply {
    let judged = judge::judge(state, request).map_err(|refused| {
        state.problem(refused.why);
        answers::refused(refused.status)
    });
    let fault = match (&judged, fault) {
        (Ok(post), None) => state.too_fast(&post.topic.to_string()),
        _ => fault,
    };
    let mut accept = |mut post: Post| {
        post.id = 167_964 + state.messages().count() as u64;
        let answer = answers::posted(&post);
        state.accept(post);
        answer
    };
    faults::reply(fault, answers::API, judged.map(|post| || accept(post)))
}
