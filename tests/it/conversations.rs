//! A whole incident as people see it in each chat: as text in `tests/data/conversations`, as pictures in
//! `docs/conversations`, both generated from what the fake chat holds at the end.
//!
//! `BLESS=1 cargo test` rewrites both; read the diff before you commit it.

mod chats;
pub mod inline;
mod limits;
pub mod paper;
mod picture;
mod restart;
pub mod shown;
mod story;
mod transcript;

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

/// Where a file differs from this text; `None` if it does not.
pub fn difference(path: &Path, text: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).expect("a writable file");
    }
    match fs::read_to_string(path) {
        Ok(expected) if expected == text => None,
        Ok(expected) => {
            let line = expected.lines().zip(text.lines()).position(|(one, other)| one != other);
            let line = line.unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
            let of = |text: &str| text.lines().nth(line).unwrap_or("the end").to_owned();
            let place = format!("{}:{}", path.display(), line + 1);
            Some(format!("{place}:\nexpected: {}\nfound:    {}", of(&expected), of(text)))
        }
        Err(error) => Some(format!("{}: {error}", path.display())),
    }
}

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
            wrong.extend(difference(&docs(&format!("{name}.svg")), &picture::picture(&conversation)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_every_picture() {
    let page = fs::read_to_string(docs("conversations.md")).expect("a page");
    for (kind, story) in CONVERSATIONS {
        for language in LANGUAGES {
            let picture = format!("](conversations/{}{}.{language}.svg)", story.prefix(), kind.name());
            assert_eq!(page.matches(&picture).count(), 1, "{picture}");
        }
    }
}
