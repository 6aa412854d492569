//! The four chats, and how each reads a message.

use super::LABELLED;
use crate::kit::{Message, Slack, Typetalk, dressing, mattermost};
use crate::running::{PAIR, Settings, TUESDAY, changed};
use serde_json::Value;

/// A chat to post to.
pub enum Target {
    SlackBot(Slack),
    SlackWebhook(Slack),
    /// Slack's webhooks and Mattermost's accept the same.
    Mattermost(Slack),
    Typetalk(Typetalk),
}

/// A message as its chat reads it.
#[derive(Debug)]
pub struct Read {
    /// The text, without the line with the incident's status.
    pub text: String,
    pub pings: Vec<String>,
    pub tags: Vec<String>,
    /// What does not show what it is: a link with another label than ours, a picture, bold text, an emoji.
    pub dressed: Vec<String>,
    /// What the chat would misread.
    pub problems: Vec<String>,
}

impl Target {
    pub async fn all() -> [Self; 4] {
        [
            Self::SlackBot(Slack::start().await),
            Self::SlackWebhook(Slack::start().await),
            Self::Mattermost(Slack::start().await),
            Self::Typetalk(Typetalk::start().await),
        ]
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::SlackBot(_) => "slack",
            Self::SlackWebhook(_) => "slack-webhook",
            Self::Mattermost(_) => "mattermost",
            Self::Typetalk(_) => "typetalk",
        }
    }

    pub fn settings(&self) -> Settings {
        let settings = Settings::at(TUESDAY);
        match self {
            Self::SlackBot(slack) => settings.slack(slack),
            Self::SlackWebhook(slack) => settings
                .with("SLACK_WEBHOOK_URL", &slack.webhook_url())
                .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>"),
            Self::Mattermost(mattermost) => settings
                .with("BACKUP_WEBHOOK_URL", &mattermost.webhook_url())
                .with("FALLBACK_MENTION_SLACK", "@channel"),
            Self::Typetalk(typetalk) => settings.typetalk(typetalk),
        }
    }

    /// Whom a message that mentions those on call pings, as [`Read::pings`] names them.
    pub fn pair(&self) -> [&'static str; 2] {
        match self {
            Self::SlackBot(_) | Self::SlackWebhook(_) => PAIR,
            // Slack's ids, which are unknown there: src/domain/member.rs has no names for Mattermost.
            Self::Mattermost(_) => ["@U0SATO0001", "@U0SUZUKI01"],
            Self::Typetalk(_) => ["@sato", "@suzuki"],
        }
    }

    /// The only message since the last call.
    pub fn read(&self) -> Read {
        match self {
            Self::SlackBot(slack) | Self::SlackWebhook(slack) => slack_text(slack.expect_one(), slack.problems()),
            Self::Mattermost(mattermost) => {
                let message = mattermost.expect_one();
                let problems = mattermost.problems();
                let pings = mattermost::pings(&message.text);
                let tags = mattermost::hashtags(&message.text);
                let mut dressed = [mattermost::disguised(&message.text), dressing::mattermost(&message.text)].concat();
                dressed.retain(|found| found != LABELLED);
                Read { pings, tags, dressed, text: message.text, problems }
            }
            Self::Typetalk(typetalk) => {
                let post = typetalk.expect_one();
                let problems = typetalk.problems();
                Read { text: post.message, pings: post.mentions, tags: post.hashtags, dressed: Vec::new(), problems }
            }
        }
    }

    /// The edited first message, in chats that can edit.
    pub fn edited(&self) -> Option<Read> {
        match self {
            Self::SlackBot(slack) => Some(slack_text(slack.expect_edit(), slack.problems())),
            Self::SlackWebhook(_) | Self::Mattermost(_) | Self::Typetalk(_) => None,
        }
    }
}

fn slack_text(message: Message, mut problems: Vec<String>) -> Read {
    let text = match &message.blocks {
        None => message.text,
        Some(blocks) => {
            let said = &blocks[0]["text"]["text"];
            let status = &blocks[1]["elements"][0]["text"];
            let said = said.as_str().unwrap_or_default();
            let status = status.as_str().unwrap_or_default();
            if message.text != format!("{said}\n{status}") {
                problems.push(format!("the text is not what the blocks show: {:?} {blocks}", message.text));
            }
            if blocks.as_array().map(Vec::len) != Some(2) || status.contains('\n') || blocks[1]["type"] != "context" {
                problems.push(format!("not a section and one line of context: {blocks}"));
            }
            said.to_owned()
        }
    };
    let tags = mattermost::hashtags(&text);
    let ours = [&PAIR[..], &[LABELLED]].concat();
    let dressed = text.match_indices('<').filter(|(at, _)| !ours.iter().any(|ours| text[*at..].starts_with(ours)));
    let dressed = dressed.map(|(at, _)| text[at..].chars().take(40).collect()).collect();
    Read { text, pings: message.mentions, tags, dressed, problems }
}

/// A triggered incident, a note to it and its acknowledgement, each with this title; `title` and `note` are JSON.
pub fn bodies(number: usize, title: &str, note: &str) -> [Vec<u8>; 3] {
    let id = format!("QHOSTILE{number:06}");
    let body = |path: &str, change: &dyn Fn(&mut Value)| {
        let body = changed(path, |body| {
            body["event"]["id"] = format!("{path} {number}").into();
            body["event"]["occurred_at"] = "2026-11-24T02:02:00Z".into();
            change(&mut body["event"]["data"]);
        });
        let body = String::from_utf8(body).expect("the payloads are UTF-8");
        body.replace("\"%title%\"", title).replace("\"%note%\"", note).into_bytes()
    };
    let incident = |data: &mut Value| {
        (data["id"], data["number"], data["title"]) = (id.clone().into(), number.into(), "%title%".into());
    };
    let note = |data: &mut Value| {
        data["incident"]["id"] = id.clone().into();
        (data["incident"]["summary"], data["content"]) = ("%title%".into(), "%note%".into());
    };
    [
        body("v3/incident.triggered.json", &incident),
        body("v3/incident.annotated.json", &note),
        body("v3/incident.acknowledged.json", &incident),
    ]
}
