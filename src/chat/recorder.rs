//! Records the very requests that a chat is sent, for the demo's page, which draws them.

use super::wire::{Call, Posted};
use super::{ChannelId, Chat, ChatError, PostId, Rendered, Threads};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Older posts are dropped when there are more than this.
const MOST: usize = 120;

/// Stands between a chat and its API.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    pub recording: Arc<Recording>,
    pub sending: Sending,
}

/// Whether what is recorded is sent as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// To the chat; what it does not accept is not recorded.
    Real,
    /// Nothing leaves the process, and everything is accepted.
    Nowhere,
}

/// What was posted, in its order, and whether the chat is there at all. Several channels may share one.
#[derive(Debug, Default)]
pub struct Recording(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    posts: VecDeque<Recorded>,
    posted: u64,
    is_down: bool,
    now: DateTime<Utc>,
}

/// A post as it stands.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Counted from 1 in its recording.
    pub nth: u64,
    pub id: PostId,
    pub channel: ChannelId,
    pub at: DateTime<Utc>,
    /// The body of the request: that of the last change, if it was changed.
    pub request: Value,
    /// The post that it follows.
    pub thread: Option<PostId>,
    /// How often it was changed.
    pub edits: u32,
    /// Whether it pinged anybody.
    pub pings: bool,
}

impl Recording {
    /// No step leaves it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time at which what comes next is posted.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.state().now = now;
    }

    /// Switches the chat off or on.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// Whether the chat is switched off.
    pub fn is_down(&self) -> bool {
        self.state().is_down
    }

    /// Everything that is kept.
    pub fn posts(&self) -> Vec<Recorded> {
        self.state().posts.iter().cloned().collect()
    }

    /// How many were posted so far, those that were dropped among them.
    pub fn posted(&self) -> u64 {
        self.state().posted
    }

    /// Drops everything. The count goes on.
    pub fn clear(&self) {
        self.state().posts.clear();
    }

    /// A chat that is switched off answers as one that is down.
    fn is_up(&self) -> Result<(), ChatError> {
        if self.is_down() {
            return Err(ChatError::Unavailable { retry_after: None, why: "HTTP 503".into() });
        }
        Ok(())
    }
}

impl Recorder {
    /// Records a post once it is accepted.
    pub async fn post(
        &self,
        chat: &Chat,
        call: Call,
        rendered: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<Posted, ChatError> {
        self.recording.is_up()?;
        let request = body(&call);
        let sent = self.send(call, deadline).await?;
        let mut state = self.recording.state();
        let is_kept = |post: &PostId| state.posts.iter().any(|kept| kept.id == *post);
        if sent.is_none() && thread.is_some_and(|post| !is_kept(post)) {
            return Err(ChatError::Gone { code: "thread_not_found".into() });
        }
        state.posted += 1;
        let (nth, at) = (state.posted, state.now);
        let posted = sent.unwrap_or_else(|| Posted { id: sample_id(chat.kind().threads, nth, at), channel: None });
        state.posts.push_back(Recorded {
            nth,
            id: posted.id.clone(),
            channel: chat.channel.clone(),
            at,
            request,
            thread: thread.cloned(),
            edits: 0,
            pings: rendered.pings,
        });
        if state.posts.len() > MOST {
            state.posts.pop_front();
        }
        Ok(posted)
    }

    /// Records a post as it is after a change.
    pub async fn update(&self, call: Call, post: &PostId, deadline: Instant) -> Result<(), ChatError> {
        self.recording.is_up()?;
        let request = body(&call);
        self.send(call, deadline).await?;
        let mut state = self.recording.state();
        let Some(kept) = state.posts.iter_mut().find(|kept| kept.id == *post) else {
            return Err(ChatError::Gone { code: "message_not_found".into() });
        };
        kept.request = request;
        kept.edits += 1;
        Ok(())
    }

    /// Returns `None` if it is not sent.
    async fn send(&self, call: Call, deadline: Instant) -> Result<Option<Posted>, ChatError> {
        match self.sending {
            Sending::Real => call.send(deadline).await.map(Some),
            Sending::Nowhere => Ok(None),
        }
    }
}

fn body(call: &Call) -> Value {
    serde_json::from_slice(&call.body).expect("every chat is sent JSON")
}

/// An id of the form that the chat gives.
fn sample_id(threads: Threads, nth: u64, now: DateTime<Utc>) -> PostId {
    PostId(match threads {
        Threads::None => String::new(),
        Threads::ByTimestamp => format!("{}.{nth:06}", now.timestamp()),
        Threads::ByNumber => (30_000_000 + nth).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Access, slack};
    use super::*;
    use std::time::Duration;

    fn rendered(text: &str, pings: bool) -> Rendered {
        Rendered {
            text: text.into(),
            verb: None,
            status: Some("open".into()),
            pings,
            is_for_all: false,
            buttons: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_recording_has_what_the_chat_was_sent() {
        let recording = Arc::<Recording>::default();
        let access = Access::none(crate::net::http::client().expect("a client"));
        let chat = Chat::new(&slack::BOT, access, ChannelId("#alerts".into()), None);
        let chat = chat.recorded(&recording, Sending::Nowhere);
        let deadline = Instant::now() + Duration::from_secs(5);
        recording.set_time("2026-11-24T02:02:00Z".parse().expect("an instant"));
        let first = chat.post(&rendered("one", true), None, deadline).await.expect("it is there");
        assert_eq!(first.0, "1795485720.000001");
        chat.post(&rendered("two", true), Some(&first), deadline).await.expect("it is there");
        chat.update(&first, &rendered("one again", true), deadline).await.expect("it is there");
        recording.set_down(true);
        let down = chat.post(&rendered("three", false), None, deadline).await;
        assert_eq!(down, Err(ChatError::Unavailable { retry_after: None, why: "HTTP 503".into() }));
        assert!(chat.update(&first, &rendered("x", false), deadline).await.is_err());
        recording.set_down(false);
        let gone = chat.post(&rendered("four", false), Some(&PostId("1.0".into())), deadline).await;
        assert_eq!(gone, Err(ChatError::Gone { code: "thread_not_found".into() }));

        let posts = recording.posts();
        assert_eq!((posts.len(), recording.posted()), (2, 2), "what was not accepted is not recorded");
        assert_eq!((posts[0].edits, &posts[1].request["reply_broadcast"]), (1, &Value::Bool(true)));
        assert_eq!(posts[0].request["reply_broadcast"], Value::Null);
        assert_eq!(posts[0].request["blocks"][0]["text"]["text"], "one again");
        assert_eq!(posts[1].request["thread_ts"], "1795485720.000001");
        assert_eq!(posts[1].request["blocks"], Value::Null, "a reply has no line about how the incident stands");
    }
}
