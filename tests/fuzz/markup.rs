//! What a chat would read in a text: whom it mentions, what it tags, and whether it takes it at all.

use toban::chat::{Chat, Rendered};
use toban::domain::incident::IncidentEvent;
use toban::domain::text::Link;

/// How much a chat takes.
pub struct Limits {
    pub text: usize,
    /// By so much a headline may grow when it says how an incident stands.
    pub headline: usize,
}

/// The longest line that says how an incident stands.
const STATUS: usize = 300;

impl Limits {
    pub fn of(chat: &Chat) -> Self {
        let text = match chat.name() {
            "typetalk" => 4_000,
            "console" => 10_000,
            _ => 2_900,
        };
        Self { text, headline: 30 }
    }
}

/// Checks a message about an event.
pub fn check(event: &IncidentEvent, chat: &Chat, rendered: &Rendered, limit: usize) -> Result<(), String> {
    let text = &rendered.text;
    if text.trim().is_empty() {
        return Err("it is empty".into());
    }
    let length = if chat.name() == "typetalk" { text.encode_utf16().count() } else { text.chars().count() };
    if length > limit {
        return Err(format!("it has {length} characters"));
    }
    if rendered.verb.as_ref().is_some_and(|verb| text.get(verb.clone()).is_none()) {
        return Err("its headline is elsewhere".into());
    }
    // Mentions are ours alone, and stand in a line of their own.
    let body = if rendered.pings { text.split_once('\n').map_or("", |(_, body)| body) } else { text };
    check_visible(text)?;
    check_markup(event, chat, body).map_err(|why| format!("{why} in {body}"))?;
    let Some(status) = &rendered.status else { return Ok(()) };
    if status.chars().count() > STATUS {
        return Err(format!("its status has {} characters", status.chars().count()));
    }
    check_visible(status)?;
    check_markup(event, chat, status).map_err(|why| format!("{why} in {status}"))
}

/// Nothing in it hides or reorders anything else.
fn check_visible(text: &str) -> Result<(), String> {
    let is_hiding = |c: char| matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    match text.chars().find(|c| (c.is_control() && *c != '\n') || is_hiding(*c)) {
        Some(c) => Err(format!("it has {c:?} in it")),
        None => Ok(()),
    }
}

/// The links of the sample's runbooks.
const RUNBOOKS: [&str; 3] = [
    "https://wiki.example.com/runbooks/http-5xx",
    "https://wiki.example.com/runbooks/batch",
    "https://wiki.example.com/runbooks/disk",
];

/// A text with the labels of a link in place of it: our own words, or people's, which are looked at as any text is.
fn unlabelled(body: &str, link: &str) -> String {
    let opens = format!("<{link}|");
    let mut parts = body.split(opens.as_str());
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| before + "(link) " + &part.replacen(" ↗>", " ↗", 1))
}

/// Nothing in it means anything to the chat, but for the incident's own tag and links.
fn check_markup(event: &IncidentEvent, chat: &Chat, body: &str) -> Result<(), String> {
    let is_slack = chat.name().starts_with("slack");
    let links = event.incident.link.iter().chain(&event.details.link).map(Link::as_str);
    let bare = links.chain(RUNBOOKS).fold(body.to_owned(), |body, link| {
        if is_slack {
            let written = link.replace('&', "&amp;");
            let for_mattermost = written.replace('(', "%28").replace(')', "%29");
            return unlabelled(&unlabelled(&body, &written), &for_mattermost).replace(&written, "(link)");
        }
        body.replace(link.split('#').next().unwrap_or_default(), "(link)")
    });
    let is_ping = |(at, _): (usize, &str)| {
        let (before, after) = (&bare[..at], &bare.as_bytes()[at + 1..]);
        let begins =
            |name: &&str| after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()));
        let is_everybody = ["here", "channel", "everyone"].iter().any(begins);
        is_everybody || !before.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    match chat.name() {
        "console" => return Ok(()),
        "typetalk" if bare.contains(['@', '`']) => return Err("a mention or a block of code".into()),
        "typetalk" => {}
        "slack" if bare.match_indices('@').any(is_ping) => return Err("a name that pings".into()),
        "slack" => {}
        _ if bare.contains('@') || bare.contains("](") => return Err("a name or a link of Mattermost's".into()),
        _ => {}
    }
    if is_slack {
        let unescaped = ["&lt;", "&gt;", "&amp;"].iter().fold(bare.clone(), |text, entity| text.replace(entity, ""));
        let unescaped: Vec<_> = unescaped.lines().map(|line| line.strip_prefix("> ").unwrap_or(line)).collect();
        if unescaped.iter().any(|line| line.contains(['<', '>', '&', '`'])) {
            return Err("markup of Slack's".into());
        }
    }
    let tag = event.incident.tag();
    let own = tag.iter().map(|tag| bare.matches(tag.as_str()).count()).sum::<usize>();
    // At the end of a code to dial it begins nothing.
    let begins = |(at, _): &(usize, &str)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '#';
        !bare[..*at].ends_with(|c: char| c.is_ascii_digit()) || bare[at + 1..].starts_with(is_part)
    };
    match bare.match_indices('#').filter(begins).count() {
        0 => Ok(()),
        1 if own == 1 => Ok(()),
        _ => Err("a tag that is not its incident's".into()),
    }
}
