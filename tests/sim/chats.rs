//! The two chats: what they accept, in which order, and how they answer.

use crate::weather::{
    ACCEPTS_AND_FAILS, FAILS, NO_CONNECTION, NONSENSE, REFUSES, REFUSES_CONTENT, REFUSES_MENTIONS, REFUSES_THREADS,
    Service, THROTTLES,
};
use crate::world::{World, one_of};
use crate::{actions, people, process};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Request, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use toban::net::http::{Broken, Network, Reply};

/// From the decision to what is sent last: a delivery takes no longer.
const DELIVERY: Duration = Duration::from_secs(9);
/// So many messages may come at once in a channel that takes one at a time.
const BURST: u32 = 4;

/// No chat has to be left alone for longer, whatever it asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// A channel, with everything that it has accepted.
#[derive(Debug, Default)]
pub struct Channel {
    posts: Mutex<Vec<Post>>,
    /// Until when it has asked each process to leave it alone.
    asked: Mutex<BTreeMap<String, Duration>>,
    /// Who did not.
    impatient: Mutex<Vec<String>>,
    /// When it has caught up with what it has taken.
    free_at: Mutex<Duration>,
}

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Post {
    /// When it was accepted.
    pub at: Duration,
    /// When it was sent, by the clock of the process that sent it.
    pub sent_at: DateTime<Utc>,
    /// What it says was decided since then: a process may have been frozen.
    pub decided_after: DateTime<Utc>,
    pub id: String,
    /// The message that it follows.
    pub thread: Option<String>,
    pub text: String,
    /// What it was changed to, each time.
    pub changes: Vec<String>,
    pub is_deleted: bool,
    /// The incident of the button that it has, or once had.
    pub button: Option<String>,
    /// The incident of the button by which somebody goes on with it.
    pub stay: Option<String>,
}

impl Channel {
    fn state(&self) -> MutexGuard<'_, Vec<Post>> {
        self.posts.lock().expect("no panic before")
    }

    pub fn posts(&self) -> Vec<Post> {
        self.state().clone()
    }

    /// Somebody deletes a first message.
    pub fn delete_one(&self, world: &World) {
        let mut state = self.state();
        let mut firsts: Vec<_> = state.iter_mut().filter(|post| post.thread.is_none() && !post.is_deleted).collect();
        if !firsts.is_empty() {
            let number = world.chance(|rng| rng.usize(..firsts.len()));
            firsts[number].is_deleted = true;
            world.count("a first message is deleted");
            world.note(format_args!("  somebody deletes {}", firsts[number].id));
        }
    }

    /// Whether it follows a message that was deleted.
    pub fn is_orphan(&self, post: &Post) -> bool {
        post.thread.as_ref().is_some_and(|first| !self.is_there(first))
    }

    fn is_there(&self, id: &str) -> bool {
        self.state().iter().any(|post| post.id == id && !post.is_deleted)
    }

    fn change(&self, id: &str, text: String, button: Option<String>) {
        if let Some(post) = self.state().iter_mut().find(|post| post.id == id) {
            post.changes.push(text);
            post.button = button.or(post.button.take());
        }
    }

    /// Takes the place of a message, if the channel takes another one now.
    fn has_room(&self, world: &World) -> bool {
        let mut free_at = self.free_at.lock().expect("no panic before");
        let pace = world.weather.pace;
        let now = world.elapsed();
        if *free_at > now + pace * BURST {
            return false;
        }
        *free_at = (*free_at).max(now) + pace;
        true
    }

    /// A process sends a message.
    fn called(&self, world: &World) {
        let asked = self.asked.lock().expect("no panic before");
        let (process, now) = (process::current(), world.elapsed());
        if let Some(until) = asked.get(&process).filter(|until| now < **until) {
            let early = (*until - now).as_secs_f32();
            world.note(format_args!("  it was asked to send nothing for {early} s more"));
            self.impatient.lock().expect("no panic before").push(format!("{process}, {early} s too early"));
        }
    }

    /// A process hears that it has to wait.
    fn asks(&self, world: &World, seconds: u64) {
        let mut asked = self.asked.lock().expect("no panic before");
        let until = world.elapsed() + Duration::from_secs(seconds).min(LONGEST_PAUSE);
        let known = asked.entry(process::current()).or_default();
        *known = until.max(*known);
    }

    /// Who sent a message though it was asked to wait.
    pub fn impatient(&self) -> Vec<String> {
        self.impatient.lock().expect("no panic before").clone()
    }

    fn accept(&self, world: &World, sent: &Sent, thread: Option<String>) -> String {
        let mut state = self.state();
        let id = format!("{}.{:06}", world.now().timestamp(), state.len() + 1);
        state.push(Post {
            at: world.elapsed(),
            sent_at: sent.sent_at,
            decided_after: sent.decided_after,
            id: id.clone(),
            thread,
            text: sent.text(),
            changes: Vec::new(),
            is_deleted: false,
            button: sent.button("take"),
            stay: sent.button("stay"),
        });
        id
    }
}

/// What toban sends to a chat.
struct Sent {
    chat: usize,
    api: Api,
    body: Value,
    sent_at: DateTime<Utc>,
    decided_after: DateTime<Utc>,
}

enum Api {
    SlackPost,
    SlackUpdate,
    Webhook,
    Typetalk,
}

impl Sent {
    fn of(world: &World, request: &Request) -> Self {
        let url = request.url();
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        let body = serde_json::from_slice(body).expect("every chat is sent JSON");
        let (chat, api) = match (url.host_str(), url.path()) {
            (Some("slack.com"), "/api/chat.postMessage") => (0, Api::SlackPost),
            (Some("slack.com"), "/api/chat.update") => (0, Api::SlackUpdate),
            (Some("hooks.slack.com"), _) => (1, Api::Webhook),
            (Some("typetalk.com"), _) => (1, Api::Typetalk),
            other => panic!("nobody is at {other:?}"),
        };
        let (sent_at, frozen_for) = process::clock(world);
        let decided_after = sent_at - TimeDelta::from_std(DELIVERY + frozen_for).expect("a short time");
        Self { chat, api, body, sent_at, decided_after }
    }

    fn field(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }

    /// What people read.
    fn text(&self) -> String {
        self.field(if matches!(self.api, Api::Typetalk) { "message" } else { "text" }).expect("a text")
    }

    /// The incident of its button with that id.
    fn button(&self, id: &str) -> Option<String> {
        let blocks = self.body["blocks"].as_array()?;
        let mut buttons = blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
        buttons.find(|button| button["action_id"] == id)?["value"].as_str().map(str::to_owned)
    }

    /// Accepts it or says why not.
    fn act(&self, world: &World, fault: Option<&'static str>) -> Reply {
        let channel = &world.channels[self.chat];
        match self.api {
            Api::SlackPost | Api::SlackUpdate => {
                let text = self.text();
                let thread = self.field("thread_ts");
                let refusal = match fault {
                    Some(REFUSES_MENTIONS) if text.contains("<@") || text.contains("<!") => Some("restricted_action"),
                    Some(REFUSES_THREADS) if thread.is_some() => Some("restricted_action_thread_locked"),
                    Some(REFUSES_CONTENT) if self.body["blocks"].is_array() => Some("invalid_blocks"),
                    _ => None,
                };
                if let Some(code) = refusal {
                    return slack_error(code);
                }
                let is_gone = |id: &String| !channel.is_there(id);
                match self.api {
                    Api::SlackUpdate if self.field("ts").as_ref().is_some_and(is_gone) => {
                        slack_error("message_not_found")
                    }
                    Api::SlackUpdate => {
                        channel.change(&self.field("ts").expect("the post's id"), text, self.button("take"));
                        json_reply(&json!({"ok": true, "ts": self.body["ts"]}))
                    }
                    _ if !channel.has_room(world) => throttled(1),
                    _ if thread.as_ref().is_some_and(is_gone) => slack_error("thread_not_found"),
                    _ => {
                        let id = channel.accept(world, self, thread);
                        json_reply(&json!({"ok": true, "ts": id}))
                    }
                }
            }
            Api::Webhook | Api::Typetalk if !channel.has_room(world) => throttled(1),
            Api::Webhook => {
                channel.accept(world, self, None);
                reply(200, b"ok".to_vec())
            }
            Api::Typetalk => {
                let thread = self.body["replyTo"].as_u64();
                let posts = channel.posts();
                let replied_to = thread.map(|number| posts.iter().find(|post| number_of(&post.id) == number));
                match replied_to {
                    Some(None) => reply(404, b"{}".to_vec()),
                    Some(Some(post)) if post.is_deleted => reply(404, b"{}".to_vec()),
                    replied_to => {
                        let thread = replied_to.flatten().map(|post| post.id.clone());
                        let id = channel.accept(world, self, thread);
                        json_reply(&json!({"post": {"id": number_of(&id)}}))
                    }
                }
            }
        }
    }

    /// How a chat says that it has failed.
    fn failed(&self, world: &World, fault: &'static str) -> Result<Reply, Broken> {
        match fault {
            THROTTLES => {
                let by_chance = world.chance(|rng| rng.u64(0..30));
                Ok(throttled(world.weather.retry_after.unwrap_or(by_chance)))
            }
            FAILS => Ok(sorry(world.chance(|rng| one_of(rng, [500, 502, 503, 504])))),
            // Only a gateway does not know what became of a request.
            ACCEPTS_AND_FAILS => Ok(sorry(world.chance(|rng| one_of(rng, [502, 504])))),
            NONSENSE => Ok(reply(200, b"<html>hello</html>".to_vec())),
            NO_CONNECTION => Err(Broken::NotSent("Connection refused".into())),
            REFUSES => Ok(match self.api {
                Api::SlackPost | Api::SlackUpdate => slack_error("is_archived"),
                Api::Webhook => reply(410, b"channel_is_archived".to_vec()),
                Api::Typetalk => reply(403, Vec::new()),
            }),
            _ => Err(Broken::Lost("connection reset by peer".into())),
        }
    }
}

/// Typetalk's ids are numbers.
fn number_of(id: &str) -> u64 {
    let (_, number) = id.split_once('.').expect("an id of ours");
    30_000_000 + number.parse::<u64>().expect("a number")
}

pub fn reply(status: u16, body: Vec<u8>) -> Reply {
    Reply { status: StatusCode::from_u16(status).expect("a status"), headers: HeaderMap::new(), body }
}

pub fn throttled(seconds: u64) -> Reply {
    let mut throttled = reply(429, br#"{"ok":false,"error":"ratelimited"}"#.to_vec());
    throttled.headers.insert(RETRY_AFTER, seconds.into());
    throttled
}

pub fn sorry(status: u16) -> Reply {
    reply(status, b"<html>sorry</html>".to_vec())
}

pub fn json_reply(body: &Value) -> Reply {
    reply(200, body.to_string().into_bytes())
}

pub fn slack_error(code: &str) -> Reply {
    json_reply(&json!({"ok": false, "error": code}))
}

/// The network between toban and the chats.
#[derive(Debug)]
pub struct Wire(pub Arc<World>);

impl Network for Wire {
    fn exchange(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Reply, Broken>> {
        Box::pin(async move {
            let world = &self.0;
            match (request.url().host_str(), request.url().path()) {
                (Some("slack.com"), "/api/chat.getPermalink") => return people::opens(world, &request).await,
                (Some("slack.com"), "/api/users.info" | "/api/auth.test" | "/api/usergroups.users.list") => {
                    return people::asked(world, &request).await;
                }
                (Some("hooks.slack.com"), path) if path.starts_with("/actions/") => {
                    return people::told(world, &request).await;
                }
                (Some(actions::HOST), _) => return actions::asked(world, &request).await,
                _ => {}
            }
            let sent = Arc::new(Sent::of(world, &request));
            let event = crate::story::shown(&sent.text(), &world.story).into_iter().collect::<Vec<_>>().join(" ");
            let what = if matches!(sent.api, Api::SlackUpdate) { "update" } else { "post" };
            let what = format!("{what} {event} to chat {}", sent.chat);
            world.note(format_args!("  {what}"));
            let (acted, channel) = (sent.clone(), &world.channels[sent.chat]);
            // Slack counts changes on their own.
            let is_post = !matches!(sent.api, Api::SlackUpdate);
            if is_post {
                channel.called(world);
            }
            let reply =
                match world.call(Service::Chat(sent.chat), &what, move |world, fault| acted.act(world, fault)).await {
                    Ok(reply) => Ok(reply),
                    Err(fault) => sent.failed(world, fault),
                };
            if let (true, Ok(reply)) = (is_post, &reply)
                && reply.status == StatusCode::TOO_MANY_REQUESTS
            {
                channel.asks(world, reply.retry_after().expect("it says how long").as_secs());
            }
            reply
        })
    }
}
