//! A chat to look at: keeps the very requests that Slack or Typetalk would be sent, for a page that draws them.
//!
//! With nobody behind it nothing is sent anywhere. With a real chat behind it what that one has accepted is shown as well.

use super::slack::{self, ChannelId, SlackBot, SlackWebhook};
use super::typetalk::{self, TopicId, Typetalk};
use super::writing::Markup;
use super::{Chat, ChatError, PostId, Rendered};
use crate::domain::member::Platform;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Older posts are let go when there are more than this.
const MANY: usize = 120;

/// One channel of a chat, on a scene that it may share with the chat's other channels.
#[derive(Debug, Clone)]
pub struct Recorder {
    /// Who takes the messages.
    pub behind: Behind,
    /// Where they are shown.
    pub recording: Arc<Recording>,
}

/// Who takes the messages that are shown.
#[derive(Debug, Clone)]
pub enum Behind {
    /// Nobody; they look as they would in a channel of Slack.
    LikeSlack {
        /// The channel.
        channel: ChannelId,
        /// Whom to tell when the rotation has no answer.
        fallback: Option<String>,
    },
    /// Nobody; they look as they would in a topic of Typetalk.
    LikeTypetalk {
        /// The topic.
        topic: TopicId,
        /// Whom to tell when the rotation has no answer.
        fallback: Option<String>,
    },
    /// Slack's Web API.
    SlackBot(SlackBot),
    /// An incoming webhook.
    SlackWebhook(SlackWebhook),
    /// Typetalk.
    Typetalk(Typetalk),
}

/// What was posted, in its order, and whether the chat is there at all.
#[derive(Debug, Default)]
pub struct Recording(Mutex<Props>);

#[derive(Debug, Default)]
struct Props {
    posts: Vec<Shown>,
    posted: u64,
    is_down: bool,
    now: DateTime<Utc>,
}

/// A post as it stands.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Counted from 1 on this scene.
    pub nth: u64,
    /// The chat's own name for it; empty where it has none.
    pub id: PostId,
    /// The channel or topic.
    pub channel: String,
    /// When it was posted.
    pub at: DateTime<Utc>,
    /// The body of the request: that of the last change, if it was changed.
    pub request: Value,
    /// The post that it follows.
    pub thread: Option<PostId>,
    /// Whether it was shown in the channel although it is a reply.
    pub is_broadcast: bool,
    /// How often it was changed.
    pub edits: u32,
    /// Whether it pinged anybody.
    pub pings: bool,
}

impl Recording {
    /// No step leaves it half changed.
    fn props(&self) -> MutexGuard<'_, Props> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time at which what comes next is posted.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.props().now = now;
    }

    /// Takes the chat away, or brings it back.
    pub fn set_down(&self, is_down: bool) {
        self.props().is_down = is_down;
    }

    /// Whether it was taken away.
    pub fn is_down(&self) -> bool {
        self.props().is_down
    }

    /// Everything that is there.
    pub fn posts(&self) -> Vec<Shown> {
        self.props().posts.clone()
    }

    /// How many were posted so far, those that were let go among them.
    pub fn posted(&self) -> u64 {
        self.props().posted
    }

    /// Lets go of everything. The count goes on.
    pub fn clear(&self) {
        self.props().posts.clear();
    }

    /// Faults that are switched on answer as the chats do on a bad day.
    fn ask(&self) -> Result<(), ChatError> {
        match self.is_down() {
            true => Err(ChatError::Unavailable { retry_after: None, why: "HTTP 503".into() }),
            false => Ok(()),
        }
    }
}

impl Recorder {
    /// A real chat with its posts shown. `None` for the terminal, which is shown already.
    pub fn before(chat: &Chat, recording: Arc<Recording>) -> Option<Self> {
        let behind = match chat {
            Chat::SlackBot(bot) => Behind::SlackBot(bot.clone()),
            Chat::SlackWebhook(webhook) => Behind::SlackWebhook(webhook.clone()),
            Chat::Typetalk(bot) => Behind::Typetalk(bot.clone()),
            Chat::Recorder(recorder) => recorder.behind.clone(),
            Chat::Console(_) => return None,
        };
        Some(Self { behind, recording })
    }

    /// The name of the chat that it is or looks like.
    pub fn name(&self) -> &'static str {
        match &self.behind {
            Behind::LikeSlack { .. } | Behind::SlackBot(_) => "slack",
            Behind::SlackWebhook(_) => "slack_webhook",
            Behind::LikeTypetalk { .. } | Behind::Typetalk(_) => "typetalk",
        }
    }

    /// The channel or topic; a webhook has one and does not say which.
    pub fn channel(&self) -> String {
        match &self.behind {
            Behind::LikeSlack { channel, .. } | Behind::SlackBot(SlackBot { channel, .. }) => channel.0.clone(),
            Behind::SlackWebhook(_) => String::new(),
            Behind::LikeTypetalk { topic, .. } | Behind::Typetalk(Typetalk { topic, .. }) => topic.to_string(),
        }
    }

    pub(super) fn platform(&self) -> Platform {
        match &self.behind {
            Behind::LikeSlack { .. } | Behind::SlackBot(_) | Behind::SlackWebhook(_) => Platform::Slack,
            Behind::LikeTypetalk { .. } | Behind::Typetalk(_) => Platform::Typetalk,
        }
    }

    pub(super) fn markup(&self) -> &'static Markup {
        match &self.behind {
            Behind::LikeSlack { .. } | Behind::SlackBot(_) => &slack::MARKUP,
            Behind::SlackWebhook(_) => &slack::WEBHOOK_MARKUP,
            Behind::LikeTypetalk { .. } | Behind::Typetalk(_) => &typetalk::MARKUP,
        }
    }

    /// Whom to tell when the rotation has no answer.
    pub fn fallback(&self) -> Option<&str> {
        match &self.behind {
            Behind::LikeSlack { fallback, .. } | Behind::LikeTypetalk { fallback, .. } => fallback.as_deref(),
            Behind::SlackBot(bot) => bot.fallback.as_deref(),
            Behind::SlackWebhook(webhook) => webhook.fallback.as_deref(),
            Behind::Typetalk(bot) => bot.fallback.as_deref(),
        }
    }

    pub(super) fn keeps_up_to_date(&self) -> bool {
        matches!(self.behind, Behind::LikeSlack { .. } | Behind::SlackBot(_))
    }

    /// Posts it, and shows it once it is accepted.
    pub async fn post(
        &self,
        draft: &Rendered,
        thread: Option<&PostId>,
        deadline: Instant,
    ) -> Result<PostId, ChatError> {
        self.recording.ask()?;
        let id = match &self.behind {
            Behind::LikeSlack { .. } | Behind::LikeTypetalk { .. } => None,
            Behind::SlackBot(bot) => Some(bot.post(draft, thread, deadline).await?),
            Behind::SlackWebhook(webhook) => Some(webhook.post(draft, deadline).await?),
            Behind::Typetalk(bot) => Some(bot.post(draft, thread, deadline).await?),
        };
        let request = match &self.behind {
            Behind::LikeSlack { channel, .. } | Behind::SlackBot(SlackBot { channel, .. }) => {
                slack::request(channel, draft, thread)
            }
            Behind::SlackWebhook(_) => slack::webhook_request(draft),
            Behind::LikeTypetalk { .. } | Behind::Typetalk(_) => typetalk::request(draft, thread),
        };
        let mut props = self.recording.props();
        let is_there = |post: &PostId| props.posts.iter().any(|shown| shown.id == *post);
        if id.is_none() && thread.is_some_and(|post| !is_there(post)) {
            return Err(ChatError::Gone { code: "thread_not_found".into() });
        }
        props.posted += 1;
        let nth = props.posted;
        let id = id.unwrap_or_else(|| self.next_id(nth, props.now));
        let shown = Shown {
            nth,
            id: id.clone(),
            channel: self.channel(),
            at: props.now,
            is_broadcast: request["reply_broadcast"] == true,
            request,
            thread: thread.cloned(),
            edits: 0,
            pings: draft.pings,
        };
        props.posts.push(shown);
        if props.posts.len() > MANY {
            props.posts.remove(0);
        }
        Ok(id)
    }

    /// Changes a post, and shows it as it is then.
    pub async fn update(&self, post: &PostId, draft: &Rendered, deadline: Instant) -> Result<(), ChatError> {
        let channel = match &self.behind {
            Behind::LikeSlack { channel, .. } | Behind::SlackBot(SlackBot { channel, .. }) => channel,
            Behind::SlackWebhook(_) | Behind::LikeTypetalk { .. } | Behind::Typetalk(_) => return Ok(()),
        };
        self.recording.ask()?;
        if let Behind::SlackBot(bot) = &self.behind {
            bot.update(post, draft, deadline).await?;
        }
        let mut props = self.recording.props();
        let Some(shown) = props.posts.iter_mut().find(|shown| shown.id == *post) else {
            return Err(ChatError::Gone { code: "message_not_found".into() });
        };
        shown.request = slack::update_request(channel, post, draft);
        shown.edits += 1;
        Ok(())
    }

    /// A name of the form that the chat gives: the time with six digits behind the point, or a number.
    fn next_id(&self, nth: u64, now: DateTime<Utc>) -> PostId {
        match self.platform() {
            Platform::Slack => PostId(format!("{}.{nth:06}", now.timestamp())),
            Platform::Typetalk | Platform::Screen => PostId((30_000_000 + nth).to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn draft(text: &str, pings: bool) -> Rendered {
        Rendered { text: text.into(), verb: None, status: Some("open".into()), pings }
    }

    #[tokio::test]
    async fn a_scene_shows_what_the_chat_was_sent() {
        let recording = Arc::<Recording>::default();
        let behind = Behind::LikeSlack { channel: ChannelId("#alerts".into()), fallback: None };
        let recorder = Recorder { behind, recording: recording.clone() };
        let deadline = Instant::now() + Duration::from_secs(5);
        recording.set_time("2026-11-24T02:02:00Z".parse().expect("an instant"));
        let first = recorder.post(&draft("one", true), None, deadline).await.expect("it is there");
        assert_eq!(first.0, "1795485720.000001");
        recorder.post(&draft("two", true), Some(&first), deadline).await.expect("it is there");
        recorder.update(&first, &draft("one again", true), deadline).await.expect("it is there");
        recording.set_down(true);
        let gone = recorder.post(&draft("three", false), None, deadline).await;
        assert_eq!(gone, Err(ChatError::Unavailable { retry_after: None, why: "HTTP 503".into() }));
        assert!(recorder.update(&first, &draft("x", false), deadline).await.is_err());
        recording.set_down(false);
        let nobody = recorder.post(&draft("four", false), Some(&PostId("1.0".into())), deadline).await;
        assert_eq!(nobody, Err(ChatError::Gone { code: "thread_not_found".into() }));

        let posts = recording.posts();
        assert_eq!((posts.len(), recording.posted()), (2, 2), "what was not taken is not shown");
        assert_eq!((posts[0].edits, posts[0].is_broadcast, posts[1].is_broadcast), (1, false, true));
        assert_eq!(posts[0].request["blocks"][0]["text"]["text"], "one again");
        assert_eq!(posts[1].request["thread_ts"], "1795485720.000001");
        assert_eq!(posts[1].request["blocks"], Value::Null, "a reply has no line about how the incident stands");
    }
}
