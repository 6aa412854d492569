//! A conversation as text: the channel at the end, the thread, who was pinged, and the edits.

use super::chats::{Content, Conversation, Entry};

pub fn transcript(conversation: &Conversation) -> String {
    let Conversation { kind, language, entries, .. } = conversation;
    let mut text = format!("{}, {language}\n\n== the channel at the end ==\n", kind.name());
    let has_threads = entries.iter().any(|entry| entry.is_broadcast);
    for (place, entry) in entries.iter().enumerate() {
        let replies: Vec<_> = entries.iter().filter(|other| other.reply_to == Some(place)).collect();
        if !has_threads || entry.reply_to.is_none() || entry.is_broadcast {
            text += &format!("\n{} toban{}\n", entry.at, marks(entry, entries));
            text += &text_of(&entry.content);
        }
        if let (true, Some(last)) = (has_threads, replies.last()) {
            text += &format!("    ({} answers in its thread, the last at {})\n", replies.len(), last.at);
        }
    }
    if has_threads {
        text += "\n== the thread ==\n";
        for entry in entries.iter().filter(|entry| entry.reply_to.is_some()) {
            let mark = if entry.is_broadcast { ", also in the channel" } else { "" };
            text += &format!("\n{} toban{mark}\n{}", entry.at, text_of(&entry.content));
        }
    }
    text += "\n== who was pinged ==\n\n";
    for Entry { at, pinged, .. } in entries {
        let who = if pinged.is_empty() { "nobody".to_owned() } else { pinged.join(" ") };
        text += &format!("{at} {who}\n");
    }
    for entry in entries.iter().filter(|entry| !entry.earlier.is_empty()) {
        text += "\n== the first message, each time that it was changed ==\n";
        let mut since = entry.at;
        for (content, until) in &entry.earlier {
            text += &format!("\nfrom {since}\n{}", text_of(content));
            since = until;
        }
        text += &format!("\nfrom {since}\n{}", text_of(&entry.content));
    }
    text
}

fn marks(entry: &Entry, entries: &[Entry]) -> String {
    let reply_to = entry.reply_to.map(|place| format!(", in answer to {}", entries[place].at)).unwrap_or_default();
    let edited = entry.earlier.last().map(|(_, at)| format!(" (edited {at})")).unwrap_or_default();
    reply_to + &edited
}

/// The lines of a message; `▏` before a quote, `·` before the small line.
fn text_of(content: &Content) -> String {
    let lines = content.lines.iter().map(|line| {
        let mark = if line.is_quote { "▏ " } else { "" };
        format!("    {mark}{}\n", line.plain())
    });
    let context = content.context.iter().map(|line| format!("    · {}\n", line.plain()));
    lines.chain(context).collect()
}
