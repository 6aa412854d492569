//! A whole incident as people see it in each chat: as text in `tests/data/conversations`, as pictures in
//! `docs/conversations`, both generated from what the fake chat holds at the end.
//! `BLESS=1 cargo test` writes both.

mod chats;
pub mod inline;
mod limits;
pub mod paper;
mod picture;
mod restart;
pub mod shown;
mod story;
mod transcript;

use crate::golden::difference;
use crate::running::data;
use chats::{Kind, Story, play};
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 2] = ["ja", "en"];

/// The first story in every chat, the second in the one that shows the most of it.
const CONVERSATIONS: [(Kind, Story); 5] = [
    (Kind::Slack, Story::Incident),
    (Kind::SlackWebhook, Story::Incident),
    (Kind::Mattermost, Story::Incident),
    (Kind::Typetalk, Story::Incident),
    (Kind::Slack, Story::Restart),
];

pub fn docs(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(path)
}

#[tokio::test]
async fn each_chat_shows_the_whole_incident() {
    let mut wrong = Vec::new();
    for (kind, story) in CONVERSATIONS {
        for language in LANGUAGES {
            let conversation = play(kind, story, language).await;
            let name = format!("conversations/{}{}.{language}", story.prefix(), kind.name());
            wrong.extend(difference(&data(&format!("{name}.txt")), &transcript::transcript(&conversation)));
            wrong.extend(difference(&docs(&format!("{name}.svg")), &picture::picture(&conversation, picture::WINDOW)));
            if kind == Kind::Slack && story == Story::Incident {
                let narrow = picture::picture(&conversation, picture::PHONE);
                wrong.extend(difference(&docs(&format!("{name}.phone.svg")), &narrow));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// On a phone a first message is six short lines, and what mentions nobody below it is one. No address is shown bare where links
/// have labels.
#[tokio::test]
async fn messages_fit_on_a_phone() {
    for (kind, story) in CONVERSATIONS {
        for language in LANGUAGES {
            let conversation = play(kind, story, language).await;
            for entry in &conversation.entries {
                let lines: Vec<_> =
                    entry.content.lines.iter().chain(&entry.content.context).map(shown::Line::plain).collect();
                let most = match (kind, entry.reply_to) {
                    (Kind::Slack, Some(_)) if entry.pinged.is_empty() => 1,
                    (Kind::Slack, Some(_)) => 4,
                    _ => 6,
                };
                assert!(lines.len() <= most, "{}, {language}, {}: {lines:?}", kind.name(), entry.at);
                let has_address = lines.iter().any(|line| line.contains("http"));
                assert_eq!(has_address, kind == Kind::Typetalk, "{}: {lines:?}", kind.name());
            }
        }
    }
}

#[test]
fn the_page_shows_every_picture() {
    let page = fs::read_to_string(docs("conversations.md")).expect("a page");
    for (kind, story) in CONVERSATIONS {
        for language in LANGUAGES {
            let picture = format!("](conversations/{}{}.{language}.svg)", story.prefix(), kind.name());
            assert_eq!(page.matches(&picture).count(), 1, "{picture}");
            let phone = picture.replace(".svg", ".phone.svg");
            let is_wanted = kind == Kind::Slack && story == Story::Incident;
            assert_eq!(page.matches(&phone).count(), usize::from(is_wanted), "{phone}");
        }
    }
}
