//! A conversation as text: what stands in the channel at the end, what in the thread, who was pinged, what was changed.

use super::chats::{Content, Conversation, Entry};

pub fn transcript(conversation: &Conversation) -> String {
    let Conversation { kind, language, entries, .. } = conversation;
    let mut text = format!("{}, {language}\n\n== the channel at the end ==\n", kind.name());
    let has_threads = entries.iter().any(|entry| entry.is_broadcast);
    for (place, entry) in entries.iter().enumerate() {
        let answers: Vec<_> = entries.iter().filter(|other| other.answers == Some(place)).collect();
        if !has_threads || entry.answers.is_none() || entry.is_broadcast {
            text += &format!("\n{} toban{}\n", entry.at, marks(entry, entries));
            text += &said(&entry.content);
        }
        if let (true, Some(last)) = (has_threads, answers.last()) {
            text += &format!("    ({} answers in its thread, the last at {})\n", answers.len(), last.at);
        }
    }
    if has_threads {
        text += "\n== the thread ==\n";
        for entry in entries.iter().filter(|entry| entry.answers.is_some()) {
            let mark = if entry.is_broadcast { ", also in the channel" } else { "" };
            text += &format!("\n{} toban{mark}\n{}", entry.at, said(&entry.content));
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
            text += &format!("\nfrom {since}\n{}", said(content));
            since = until;
        }
        text += &format!("\nfrom {since}\n{}", said(&entry.content));
    }
    text
}

fn marks(entry: &Entry, entries: &[Entry]) -> String {
    let answered = entry.answers.map(|place| entries[place].at);
    let answered = answered.map(|at| format!(", in answer to {at}")).unwrap_or_default();
    let edited = entry.earlier.last().map(|(_, at)| format!(" (edited {at})")).unwrap_or_default();
    answered + &edited
}

/// The lines of a message; `▏` before a quote, `·` before the small line.
fn said(content: &Content) -> String {
    let lines = content.lines.iter().map(|line| {
        let mark = if line.is_quote { "▏ " } else { "" };
        format!("    {mark}{}\n", line.plain())
    });
    let context = content.context.iter().map(|line| format!("    · {}\n", line.plain()));
    lines.chain(context).collect()
}
