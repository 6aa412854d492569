//! The story, told to a fake chat and read back from it.

use super::inline::Inline;
use super::shown::{self, Line};
use super::story::Chapter;
use super::{restart, story};
use crate::kit::{Message, Post, Slack, Typetalk, mattermost};
use crate::running::Settings;
use crate::sources::{JENKINS, MACKEREL};

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Slack,
    SlackWebhook,
    Mattermost,
    Typetalk,
}

impl Kind {
    /// As files are named.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::SlackWebhook => "slack-webhook",
            Self::Mattermost => "mattermost",
            Self::Typetalk => "typetalk",
        }
    }
}

/// Which story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tale {
    /// An incident of PagerDuty's, from hand to hand.
    Incident,
    /// An alert of Mackerel's, and what Jenkins did about it.
    Restart,
}

impl Tale {
    /// Before the chat's name, as files are named.
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
    pub tale: Tale,
    pub language: &'static str,
    pub entries: Vec<Entry>,
}

/// A message and what became of it.
pub struct Entry {
    /// What the chat names it by; empty where nobody is told.
    id: String,
    pub at: &'static str,
    pub content: Content,
    /// Whom it pinged, as they are shown.
    pub pinged: Vec<String>,
    /// The message that it answers, by its place in the conversation.
    pub answers: Option<usize>,
    /// An answer that is shown in the channel as well.
    pub is_broadcast: bool,
    /// What it said before, each with the time until which it did.
    pub earlier: Vec<(Content, &'static str)>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub lines: Vec<Line>,
    /// The small grey line below.
    pub context: Option<Line>,
}

/// Tells the story.
pub async fn told(kind: Kind, tale: Tale, language: &'static str) -> Conversation {
    let mut conversation = Conversation { kind, tale, language, entries: Vec::new() };
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
            conversation.hear(&settings.slack(&slack), |conversation, at| conversation.on_slack(&slack, at)).await;
        }
        Kind::SlackWebhook => {
            let slack = Slack::start().await;
            let settings = settings
                .with("SLACK_WEBHOOK_URL", &slack.webhook_url())
                .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>");
            conversation.hear(&settings, |conversation, at| conversation.on_slack(&slack, at)).await;
        }
        Kind::Mattermost => {
            // As it stands beside Slack, which gets everything as well.
            let (slack, backup) = (Slack::start().await, Slack::start().await);
            let settings = settings.slack(&slack).with("BACKUP_WEBHOOK_URL", &backup.webhook_url());
            let hear = |conversation: &mut Conversation, at| {
                assert_eq!((slack.take().len(), slack.take_edits().len() < 2), (1, true), "Slack has it as well");
                for message in backup.take() {
                    conversation.on_mattermost(message, at);
                }
            };
            conversation.hear(&settings, hear).await;
        }
        Kind::Typetalk => {
            let typetalk = Typetalk::start().await;
            let hear = |conversation: &mut Conversation, at| {
                for post in typetalk.take() {
                    conversation.on_typetalk(post, at);
                }
            };
            conversation.hear(&settings.typetalk(&typetalk), hear).await;
        }
    }
    conversation
}

impl Conversation {
    async fn hear(&mut self, settings: &Settings, mut read: impl FnMut(&mut Self, &'static str)) {
        let relay = Inline::of(settings);
        for chapter in self.tale.chapters(self.language) {
            assert_eq!(relay.told(&chapter).await, 202, "at {}", chapter.at);
            read(self, chapter.at);
        }
    }

    fn on_slack(&mut self, slack: &Slack, at: &'static str) {
        for message in slack.take() {
            let answers = message.thread_ts.as_ref().map(|ts| self.find(ts));
            let pinged = message.mentions.iter().map(|mention| shown::name(mention)).collect();
            let (id, content) = (message.ts.clone(), on_slack(&message));
            let is_broadcast = message.reply_broadcast;
            self.entries.push(Entry { id, at, content, pinged, answers, is_broadcast, earlier: Vec::new() });
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
        // Nobody there is called by an id of Slack's.
        let pinged = mattermost::pings(&message.text).into_iter().filter(|name| !name.starts_with("@U0")).collect();
        let id = message.ts;
        self.entries.push(Entry { id, at, content, pinged, answers: None, is_broadcast: false, earlier: Vec::new() });
    }

    fn on_typetalk(&mut self, post: Post, at: &'static str) {
        let content = Content { lines: shown::on_typetalk(&post.message), context: None };
        let answers = post.reply_to.map(|id| self.find(&id.to_string()));
        let (id, pinged) = (post.id.to_string(), post.mentions);
        self.entries.push(Entry { id, at, content, pinged, answers, is_broadcast: false, earlier: Vec::new() });
    }

    fn find(&self, id: &str) -> usize {
        self.entries.iter().position(|entry| entry.id == id).expect("the fake takes answers to its own messages only")
    }
}

/// The blocks where there are some, since Slack shows those; else the text.
fn on_slack(message: &Message) -> Content {
    let Some(blocks) = &message.blocks else {
        return Content { lines: shown::slack(&message.text), context: None };
    };
    let text = |at: &str| blocks.pointer(at).and_then(|text| text.as_str()).expect("a section and a context");
    let (said, status) = (text("/0/text/text"), text("/1/elements/0/text"));
    assert_eq!(message.text, format!("{said}\n{status}"), "phones show the text, the channel the blocks");
    Content { lines: shown::slack(said), context: shown::slack(status).pop() }
}
