//! A story, posted to a fake chat and read back from it.

use super::inline::Inline;
use super::shown::{self, Line};
use super::story::Chapter;
use super::{restart, story};
use crate::kit::{Message, Post, Slack, Typetalk, mattermost};
use crate::running::Settings;
use crate::sources::{JENKINS, MACKEREL};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Slack,
    SlackWebhook,
    Mattermost,
    Typetalk,
}

impl Kind {
    /// In a file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::SlackWebhook => "slack-webhook",
            Self::Mattermost => "mattermost",
            Self::Typetalk => "typetalk",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// An incident of PagerDuty's, from hand to hand.
    Incident,
    /// An alert of Mackerel's, and what Jenkins did about it.
    Restart,
}

impl Story {
    /// Before the chat's name in a file's name.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Incident => "",
            Self::Restart => "restart.",
        }
    }

    fn chapters(self, language: &str) -> Vec<Chapter> {
        match self {
            Self::Incident => story::chapters(language),
            Self::Restart => restart::chapters(language),
        }
    }
}

/// All that was posted, in its order.
pub struct Conversation {
    pub kind: Kind,
    pub story: Story,
    pub language: &'static str,
    pub entries: Vec<Entry>,
}

/// A message and its edits.
pub struct Entry {
    id: String,
    pub at: &'static str,
    pub content: Content,
    /// Whom it pinged, by the names that are shown.
    pub pinged: Vec<String>,
    /// The message that it replies to, by its place in the conversation.
    pub reply_to: Option<usize>,
    /// A reply that is shown in the channel as well.
    pub is_broadcast: bool,
    /// What it said before, each with the time until which it did.
    pub earlier: Vec<(Content, &'static str)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub lines: Vec<Line>,
    /// The small grey line below, as Slack's context block shows it.
    pub context: Option<Line>,
}

/// Posts the whole story.
pub async fn play(kind: Kind, story: Story, language: &'static str) -> Conversation {
    let mut conversation = Conversation { kind, story, language, entries: Vec::new() };
    let settings = Settings::at("2026-11-24T11:02:01+09:00").with("MESSAGE_LANGUAGE", language);
    let settings = settings.with("MACKEREL_TOKENS", MACKEREL).with("JENKINS_TOKENS", JENKINS);
    let settings = match language {
        "en" => {
            settings.with("RUNBOOKS_FILE", &crate::running::data("conversations/runbooks.en.csv").to_string_lossy())
        }
        _ => settings,
    };
    match kind {
        Kind::Slack => {
            let slack = Slack::start().await;
            conversation.play(&settings.slack(&slack), |conversation, at| conversation.on_slack(&slack, at)).await;
        }
        Kind::SlackWebhook => {
            let slack = Slack::start().await;
            let settings = settings
                .with("SLACK_WEBHOOK_URL", &slack.webhook_url())
                .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>");
            conversation.play(&settings, |conversation, at| conversation.on_slack(&slack, at)).await;
        }
        Kind::Mattermost => {
            // As the second chat beside Slack.
            let slack = Slack::start().await;
            let backup = Slack::start().await;
            let settings = settings.slack(&slack).with("BACKUP_WEBHOOK_URL", &backup.webhook_url());
            let read = |conversation: &mut Conversation, at| {
                assert_eq!((slack.take().len(), slack.take_edits().len() < 2), (1, true), "Slack has it as well");
                for message in backup.take() {
                    conversation.on_mattermost(message, at);
                }
            };
            conversation.play(&settings, read).await;
        }
        Kind::Typetalk => {
            let typetalk = Typetalk::start().await;
            let read = |conversation: &mut Conversation, at| {
                for post in typetalk.take() {
                    conversation.on_typetalk(post, at);
                }
            };
            conversation.play(&settings.typetalk(&typetalk), read).await;
        }
    }
    conversation
}

impl Conversation {
    /// Posts chapter by chapter, and reads what the chat has got after each.
    async fn play(&mut self, settings: &Settings, mut read: impl FnMut(&mut Self, &'static str)) {
        let relay = Inline::of(settings);
        for chapter in self.story.chapters(self.language) {
            assert_eq!(relay.post(&chapter).await, 202, "at {}", chapter.at);
            read(self, chapter.at);
        }
    }

    fn on_slack(&mut self, slack: &Slack, at: &'static str) {
        for message in slack.take() {
            let reply_to = message.thread_ts.as_ref().map(|ts| self.find(ts));
            let pinged = message.mentions.iter().map(|mention| shown::name(mention)).collect();
            let (id, content) = (message.ts.clone(), on_slack(&message));
            let is_broadcast = message.reply_broadcast;
            self.entries.push(Entry { id, at, content, pinged, reply_to, is_broadcast, earlier: Vec::new() });
        }
        for message in slack.take_edits() {
            let found = self.find(&message.ts);
            let entry = &mut self.entries[found];
            let before = std::mem::replace(&mut entry.content, on_slack(&message));
            assert_eq!(message.edited.len(), entry.earlier.len() + 1, "one edit for one event");
            entry.earlier.push((before, at));
        }
    }

    fn on_mattermost(&mut self, message: Message, at: &'static str) {
        let content = Content { lines: shown::on_mattermost(&message.text), context: None };
        // Nobody there has an id of Slack's.
        let pinged = mattermost::pings(&message.text).into_iter().filter(|name| !name.starts_with("@U0")).collect();
        let id = message.ts;
        self.entries.push(Entry { id, at, content, pinged, reply_to: None, is_broadcast: false, earlier: Vec::new() });
    }

    fn on_typetalk(&mut self, post: Post, at: &'static str) {
        let content = Content { lines: shown::on_typetalk(&post.message), context: None };
        let reply_to = post.reply_to.map(|id| self.find(&id.to_string()));
        let (id, pinged) = (post.id.to_string(), post.mentions);
        self.entries.push(Entry { id, at, content, pinged, reply_to, is_broadcast: false, earlier: Vec::new() });
    }

    fn find(&self, id: &str) -> usize {
        self.entries.iter().position(|entry| entry.id == id).expect("the fake takes replies to its own messages only")
    }
}

/// The blocks if there are any, because Slack shows those; else the text.
fn on_slack(message: &Message) -> Content {
    let Some(blocks) = &message.blocks else {
        return Content { lines: shown::slack(&message.text), context: None };
    };
    let text = |at: &str| blocks.pointer(at).and_then(|text| text.as_str()).expect("a section and a context");
    let section = text("/0/text/text");
    let status = text("/1/elements/0/text");
    assert_eq!(message.text, format!("{section}\n{status}"), "phones show the text, the channel the blocks");
    Content { lines: shown::slack(section), context: shown::slack(status).pop() }
}
