//! A conversation as its chat would show it, as SVG. Everything drawn is in the fake chat, except for what a chat adds:
//! avatars, badges, the number of replies.

use super::chats::{Conversation, Entry, Kind};
use super::paper::{Colours, Paper, Pen, width, wrapped};
use super::shown::Line;

/// As wide as a window beside others.
pub const WINDOW: f64 = 760.0;
/// As wide as a phone.
pub const PHONE: f64 = 390.0;
const MARGIN: f64 = 22.0;

/// How a chat looks.
struct Look {
    width: f64,
    channel: &'static str,
    badge: &'static str,
    bar: &'static str,
    bar_ink: &'static str,
    avatar: &'static str,
    /// The corner radius of an avatar of 36.
    round: f64,
    text: Pen,
    small: Pen,
    colours: Colours,
    leading: f64,
}

const GREY: &str = "#616061";

fn look(kind: Kind, width: f64) -> Look {
    let pen = |size, colour| Pen { size, colour, weight: "normal" };
    match kind {
        Kind::Slack | Kind::SlackWebhook => Look {
            width,
            channel: "# app-monitoring",
            badge: "APP",
            bar: "#ffffff",
            bar_ink: "#1d1c1d",
            avatar: "#c2410c",
            round: 7.0,
            text: pen(15.0, "#1d1c1d"),
            small: pen(12.5, GREY),
            colours: Colours { link: "#1264a3", mention: "#1264a3", highlight: "#e3f1fa" },
            leading: 22.0,
        },
        Kind::Mattermost => Look {
            width,
            channel: "App Monitoring",
            badge: "BOT",
            bar: "#ffffff",
            bar_ink: "#3f4350",
            avatar: "#c2410c",
            round: 18.0,
            text: pen(14.0, "#3f4350"),
            small: pen(12.0, "#7a7e88"),
            colours: Colours { link: "#1c58d9", mention: "#1c58d9", highlight: "#fff3d1" },
            leading: 21.0,
        },
        Kind::Typetalk => Look {
            width,
            channel: "App Monitoring",
            badge: "BOT",
            bar: "#2ba36b",
            bar_ink: "#ffffff",
            avatar: "#c2410c",
            round: 3.0,
            text: pen(14.0, "#333333"),
            small: pen(12.0, "#888888"),
            colours: Colours { link: "#1e7fc2", mention: "#1a7f4e", highlight: "#e2f5ea" },
            leading: 21.0,
        },
    }
}

/// What a chat itself writes.
struct Words {
    edited: &'static str,
    in_thread: &'static str,
    also_in_channel: &'static str,
    replies: fn(usize, &str) -> String,
}

fn words(language: &str) -> Words {
    match language {
        "ja" => Words {
            edited: "(編集済み)",
            in_thread: "スレッドに返信しました: ",
            also_in_channel: "チャンネルにも投稿済み",
            replies: |count, last| format!("{count}件の返信 · 最終返信 {last}"),
        },
        _ => Words {
            edited: "(edited)",
            in_thread: "replied to a thread: ",
            also_in_channel: "Also sent to the channel",
            replies: |count, last| format!("{count} replies · last reply at {last}"),
        },
    }
}

#[derive(Clone, Copy)]
struct Place {
    x: f64,
    /// Its size.
    avatar: f64,
}

pub fn picture(conversation: &Conversation, width: f64) -> String {
    let Conversation { kind, language, entries, .. } = conversation;
    let (look, words) = (look(*kind, width), words(language));
    let mut paper = Paper::default();
    paper.rectangle(0.0, 0.0, (width, 46.0), 0.0, look.bar);
    paper.text(MARGIN, 29.0, look.channel, Pen { size: 16.0, colour: look.bar_ink, weight: "bold" });
    paper.rectangle(0.0, 46.0, (width, 1.0), 0.0, "#e3e3e6");
    paper.y = 62.0;
    let (wide, narrow) = (Place { x: MARGIN, avatar: 36.0 }, Place { x: MARGIN + 62.0, avatar: 24.0 });
    let has_threads = entries.iter().any(|entry| entry.is_broadcast);
    for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| !has_threads || entry.reply_to.is_none()) {
        if *kind == Kind::Typetalk && number > 0 {
            paper.rectangle(MARGIN, paper.y - 10.0, (width - 2.0 * MARGIN, 1.0), 0.0, "#e8e8e8");
            paper.y += 4.0;
        }
        message(&mut paper, wide, entry, above(*kind, entry, entries).as_deref(), &look, &words);
        let replies: Vec<_> = entries.iter().filter(|other| has_threads && other.reply_to == Some(number)).collect();
        if let Some(last) = replies.last() {
            let x = MARGIN + 48.0;
            paper.text(
                x,
                paper.y + 4.0,
                &(words.replies)(replies.len(), last.at),
                Pen { colour: look.colours.link, weight: "bold", ..look.small },
            );
            paper.y += 22.0;
            let top = paper.y;
            for reply in &replies {
                let note = reply.is_broadcast.then_some(words.also_in_channel);
                message(&mut paper, narrow, reply, note, &look, &words);
            }
            paper.rectangle(x, top, (2.0, paper.y - top - 10.0), 1.0, "#d7d7da");
            paper.y += 4.0;
        }
    }
    for entry in entries.iter().filter(|entry| entry.is_broadcast) {
        let root = entry.reply_to.map(|place| headline(&entries[place])).unwrap_or_default();
        let note = format!("{}{root}", words.in_thread);
        message(&mut paper, wide, entry, Some(&note), &look, &words);
    }
    paper.y -= 14.0;
    let title = format!("One incident as {} shows it ({language})", kind.name());
    paper.finish(width, &title, "#ffffff")
}

/// The line above a message's text.
fn above(kind: Kind, entry: &Entry, entries: &[Entry]) -> Option<String> {
    let root = &entries[entry.reply_to.filter(|_| kind == Kind::Typetalk)?];
    Some(format!("↩ {} {}", root.at, headline(root)))
}

/// The line that says what happened.
fn headline(entry: &Entry) -> String {
    let line = entry.content.lines.iter().map(Line::plain).find(|line| line.contains("#PD"));
    line.unwrap_or_default()
}

fn message(paper: &mut Paper, place: Place, entry: &Entry, note: Option<&str>, look: &Look, words: &Words) {
    let Place { x, avatar } = place;
    let is_small = avatar < 30.0;
    let text = Pen { size: if is_small { look.text.size - 1.0 } else { look.text.size }, ..look.text };
    let leading = if is_small { look.leading - 1.5 } else { look.leading };
    let top = paper.y;
    paper.rectangle(x, top, (avatar, avatar), look.round * avatar / 36.0, look.avatar);
    let letter = Pen { size: avatar * 0.56, colour: "#ffffff", weight: "bold" };
    paper.text(x + avatar * 0.22, top + avatar * 0.7, "当", letter);
    let x = x + avatar + 12.0;
    let room = look.width - MARGIN - x;
    let end = paper.text(x, top + 13.0, "toban", Pen { weight: "bold", ..text });
    let badge = Pen { size: 10.0, colour: GREY, weight: "bold" };
    let badge_width = width(look.badge, badge) + 8.0;
    paper.rectangle(end + 6.0, top + 2.0, (badge_width, 14.0), 2.5, "#e8e8ea");
    paper.text(end + 10.0, top + 12.6, look.badge, badge);
    paper.text(end + badge_width + 14.0, top + 13.0, entry.at, look.small);
    paper.y = top + 13.0 + leading;
    if let Some(note) = note {
        let part = super::shown::Part { ink: super::shown::Ink::Plain, text: note.to_owned() };
        for line in wrapped(&[part], look.small, room) {
            paper.line(x, paper.y - 1.0, &line, look.small, look.colours);
            paper.y += leading - 2.0;
        }
    }
    let mut end = x;
    for line in &entry.content.lines {
        let indent = if line.is_quote { 14.0 } else { 0.0 };
        for parts in wrapped(&line.parts, text, room - indent) {
            if line.is_quote {
                paper.rectangle(x, paper.y - text.size - 1.0, (4.0, leading), 1.0, "#d0d0d4");
            }
            end = paper.line(x + indent, paper.y, &parts, text, look.colours);
            paper.y += leading;
        }
    }
    if let Some(context) = &entry.content.context {
        for parts in wrapped(&context.parts, look.small, room) {
            end = paper.line(x, paper.y, &parts, look.small, look.colours);
            paper.y += leading;
        }
    }
    if !entry.earlier.is_empty() {
        let pen = Pen { colour: "#8d8d8f", ..look.small };
        let fits = end + 8.0 + width(words.edited, pen) <= look.width - MARGIN;
        let at = if fits { (end + 8.0, paper.y - leading) } else { (x, paper.y) };
        paper.text(at.0, at.1, words.edited, pen);
        paper.y += if fits { 0.0 } else { leading };
    }
    paper.y = (paper.y - leading + 24.0).max(top + avatar + 14.0);
}
