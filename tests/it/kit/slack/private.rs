//! Answers that only the person sees who pressed a button or gave a command, to the `response_url` of that one press.
//!
//! <https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses>: five answers in 30 minutes, by
//! anybody who knows the URL, so no token belongs into them. That a URL has been used up or has expired may happen to a
//! correct client and is not noted as a problem.

use serde_json::{Map, Value, json};

use super::content::{content, note_fields};
use super::judge::{Refused, object, refused};
use super::{Message, Slack, Via, answers, buttons};
use crate::kit::faults::{self, Fault};
use crate::kit::http::{Reply, Request, Response};
use crate::kit::mailbox::State;

/// In each of these URLs, and the beginning of its secret.
pub const SECRET: &str = "answer0secret0123456789";

const USES: usize = 5;

const FIELDS: &[&str] = &["text", "blocks", "response_type", "replace_original"];

/// An answer that one person sees. It is never edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Private {
    /// The `response_url` of the press or the command that it answers.
    pub url: String,
    pub text: String,
    pub blocks: Option<Value>,
}

impl Private {
    /// Its buttons in order: each one's action id, label and value.
    pub fn buttons(&self) -> Vec<(&str, &str, &str)> {
        buttons::of(self.blocks.as_ref())
    }
}

/// The URLs that were given out, and what came to them.
#[derive(Default)]
pub struct Privates {
    given: Vec<Given>,
    /// With paths in place of URLs.
    pub unread: Vec<Private>,
}

struct Given {
    path: String,
    used: usize,
    is_expired: bool,
}

impl Privates {
    /// The path of a new URL for a press (`actions`) or a command (`commands`).
    pub fn give(&mut self, what: &str) -> String {
        let nth = self.given.len();
        let path = format!("/{what}/{}/{}/{SECRET}{nth}", Slack::TEAM, 397_700_885_554_usize + nth);
        self.given.push(Given { path: path.clone(), used: 0, is_expired: false });
        path
    }

    pub fn expire(&mut self, path: &str) {
        self.find(path).expect("a URL that was given out").is_expired = true;
    }

    fn find(&mut self, path: &str) -> Option<&mut Given> {
        self.given.iter_mut().find(|given| given.path == path)
    }

    fn accept(&mut self, answer: Private) -> Response {
        let is_press = is_press(&answer.url);
        self.find(&answer.url).expect("it was judged").used += 1;
        self.unread.push(answer);
        if is_press { Response::json(200, &json!({"ok": true})) } else { Response::new(200, "text/plain", "ok") }
    }
}

/// Whether a call goes to a `response_url`.
pub fn is_answer(request: &Request) -> bool {
    is_press(&request.target) || request.target.starts_with("/commands/")
}

fn is_press(path: &str) -> bool {
    path.starts_with("/actions/")
}

pub fn answer(privates: &mut Privates, state: &mut State<Message>, request: &Request, fault: Option<Fault>) -> Reply {
    let judged = judge(privates, state, request).map_err(|(code, problem)| {
        problem.into_iter().for_each(|problem| state.problem(problem));
        (answers::RESPONSE_URL.refused)(code)
    });
    faults::reply(fault, answers::RESPONSE_URL, judged.map(|answer| || privates.accept(answer)))
}

/// Slack's code for a refusal, and the problem that it is, if it is one.
type Why = (&'static str, Option<String>);

fn judge(privates: &mut Privates, state: &mut State<Message>, request: &Request) -> Result<Private, Why> {
    let wrong = |Refused { code, why }: Refused| (code, Some(why));
    let body = body(request).map_err(wrong)?;
    note_fields(state, &body, FIELDS);
    note_who_sees_it(state, &body, request);
    // Whom it mentions, because nobody else sees it, is not told.
    let (text, blocks, _) = content(state, &body, Via::Api).map_err(wrong)?;
    let path = request.target.clone();
    match privates.find(&path) {
        None => Err(("no_service", Some(format!("{path:?} is not a URL that was given out")))),
        Some(given) if given.is_expired => Err(("expired_url", None)),
        Some(given) if given.used == USES => Err(("used_url", None)),
        Some(_) => Ok(Private { url: path, text, blocks }),
    }
}

fn body(request: &Request) -> Result<Map<String, Value>, Refused> {
    if request.method != "POST" {
        return refused("invalid_post_type", format!("{} {}, not a POST", request.method, request.target));
    }
    if request.header("authorization").is_some() {
        return refused("invalid_auth", "an Authorization header: the bot's token must not be sent to a response_url");
    }
    object(request, "invalid_post_type", "invalid_json")
}

fn note_who_sees_it(state: &mut State<Message>, body: &Map<String, Value>, request: &Request) {
    match body.get("response_type") {
        Some(kind) if kind == "ephemeral" => {}
        other => state.problem(format!("response_type is {other:?}, not ephemeral: everybody might read the answer")),
    }
    match body.get("replace_original") {
        Some(Value::Bool(false)) => {}
        // A command has no message.
        None if !is_press(&request.target) => {}
        other => {
            state.problem(format!("replace_original is {other:?}, not false: the answer might replace the message"));
        }
    }
}
