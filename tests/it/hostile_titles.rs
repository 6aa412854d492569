//! Titles and notes that try to mention people, to tag, to hide and to break the layout are shown as text in every chat.

mod posts;
mod regressions;
mod titles;

use crate::conversations::inline::Inline;
use crate::running::TUESDAY;
use chrono::{DateTime, Utc};
use posts::{Read, Target, bodies};
use titles::{BLANK, IN_JSON, MARK, all};

const LINK: &str = "https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC";
/// The same where links have labels; no other label is allowed.
const LABELLED: &str = "<https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>";
/// Lines of a note that are shown.
const QUOTED: usize = 10;

fn now() -> DateTime<Utc> {
    TUESDAY.parse().expect("an instant")
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Invisible characters, and those that reorder or hide their neighbours.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

/// What is wrong with a message, whatever its title.
fn faults(read: &Read, pair: &[&str], tag: &str, lines: &[String]) -> Vec<String> {
    let mut faults = read.problems.clone();
    let mut hold = |holds: bool, what: String| {
        if !holds {
            faults.push(what);
        }
    };
    hold(read.pings == pair, format!("pings {:?}", read.pings));
    hold(read.tags == [tag], format!("tags {:?}", read.tags));
    hold(read.dressed.is_empty(), format!("dressed {:?}", read.dressed));
    let hidden: Vec<_> = read.text.chars().filter(|c| is_hidden(*c)).collect();
    hold(hidden.is_empty(), format!("hidden characters {hidden:?}"));
    hold(!read.text.contains('`'), "a back-quote, which could open a block of code".into());
    let found: Vec<_> = read.text.split('\n').collect();
    hold(found.len() == lines.len(), format!("{} lines instead of {}", found.len(), lines.len()));
    for (found, expected) in found.iter().zip(lines) {
        match expected.strip_suffix('…') {
            Some(beginning) => {
                let rest = found.strip_prefix(beginning).unwrap_or_default();
                hold(!rest.trim().is_empty(), format!("a line {found:?} that should begin with {beginning:?}"));
            }
            None => hold(found == expected, format!("a line {found:?} that should be {expected:?}")),
        }
    }
    faults
}

/// The lines that a triggered incident must have: whole, or their beginning and `…`.
fn triggered(target: &Target, tag: &str) -> Vec<String> {
    let headline = format!("🔥 発生 {tag} …");
    let service = "Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02";
    [pair(target), &headline, service, &page(target)].map(str::to_owned).to_vec()
}

/// The line with the incident's page.
fn page(target: &Target) -> String {
    match target {
        Target::SlackBot(_) | Target::SlackWebhook(_) | Target::Mattermost(_) => LABELLED.to_owned(),
        Target::Typetalk(_) => format!("PagerDuty {LINK}"),
    }
}

/// The lines that the acknowledgement must have: one below the first message, where there is such a place.
fn acknowledged(target: &Target, tag: &str) -> Vec<String> {
    match target {
        Target::SlackBot(_) => vec![format!("👀 山田 太郎 が対応開始 · 11:02 · {tag}")],
        _ => vec![format!("👀 対応開始 {tag} …"), "山田 太郎 による · 11:02".into(), page(target)],
    }
}

/// The lines that a note must have, with so many lines quoted. Webhooks, which may be Mattermost's, have an empty line
/// after the quote; below a first message it is one line.
fn annotated(target: &Target, tag: &str, quoted: usize) -> Vec<String> {
    if let Target::SlackBot(_) = target {
        return vec!["📝 山田 太郎: …".to_owned()];
    }
    let mut lines = vec![format!("📝 メモ {tag} …"), "山田 太郎 による · 11:02".to_owned()];
    lines.extend(vec!["> …".to_owned(); quoted.min(QUOTED)]);
    lines.extend((quoted > QUOTED).then(|| "> … (続きは PagerDuty で)".to_owned()));
    lines.extend(matches!(target, Target::SlackWebhook(_) | Target::Mattermost(_)).then(String::new));
    lines.push(page(target));
    lines
}

/// The first line of a message that mentions those on call.
fn pair(target: &Target) -> &'static str {
    match target {
        Target::SlackBot(_) | Target::SlackWebhook(_) | Target::Mattermost(_) => "<@U0SATO0001> <@U0SUZUKI01>",
        Target::Typetalk(_) => "@sato @suzuki",
    }
}

/// Sends a triggered incident with a title, then a note with a harmless line, the title and another harmless line, then
/// the acknowledgement. `title` is JSON, `visible` its lines that can be seen.
async fn check(relay: &Inline, target: &Target, number: usize, title: &str, visible: usize) -> Vec<String> {
    let inside = &title[1..title.len() - 1];
    let [first, note, answer] = bodies(number, title, &format!("\"{MARK}\\n{inside}\\n{MARK}\""));
    let tag = format!("#PD{number}");
    let opening = triggered(target, &tag);
    let mut wrong = Vec::new();
    for (body, pings, lines) in [
        (first, &target.pair()[..], opening.clone()),
        (note, &[], annotated(target, &tag, visible + 2)),
        (answer, &[], acknowledged(target, &tag)),
    ] {
        let status = relay.signed(&body, now()).await;
        if status != 202 {
            wrong.push(format!("answered {status}"));
            continue;
        }
        let read = target.read();
        wrong.extend(faults(&read, pings, &tag, &lines));
        let has_title = lines.len() > 1;
        let has_mark = read.text.contains(MARK) || (!has_title && !read.text.starts_with('📝'));
        wrong.extend((visible > 0 && !has_mark).then(|| "the mark has not arrived".into()));
        let is_said = read.text.contains(&format!("{tag} (件名なし)\n"));
        wrong.extend((visible == 0 && has_title && !is_said).then(|| "it should say that there is no title".into()));
    }
    if let Some(edited) = target.edited() {
        let lines: Vec<_> = opening.iter().map(|line| line.replace("🔥 発生", "👀 対応中")).collect();
        wrong.extend(faults(&edited, &target.pair(), &tag, &lines).iter().map(|fault| format!("edited: {fault}")));
    }
    wrong
}

/// How many lines of a title a reader could see.
fn visible(title: &str) -> usize {
    let is_seen = |c: char| !c.is_whitespace() && !is_hidden(c) && !titles::FILLERS.contains(&c);
    title.split('\n').filter(|line| line.contains(is_seen)).count()
}

#[tokio::test]
async fn no_title_pings_tags_hides_or_breaks_anything() {
    let titles = all();
    assert!(titles.len() + IN_JSON.len() + BLANK.len() > 100, "only {} titles", titles.len());
    let mut wrong = Vec::new();
    for target in Target::all().await {
        let escaped = titles.iter().map(|(name, title)| (*name, json(title), visible(title)));
        let in_json = IN_JSON.iter().map(|(name, title)| (*name, format!("\"{title}\""), 1));
        let blank = BLANK.iter().map(|(name, title)| (*name, json(title), 0));
        for (number, (name, title, visible)) in escaped.chain(in_json).chain(blank).enumerate() {
            // Each has a ledger of its own, as one alert of theirs would be another's that was seen before.
            let relay = Inline::of(&target.settings());
            for fault in check(&relay, &target, 1_000 + number, &title, visible).await {
                wrong.push(format!("{}, {name}: {fault}", target.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
