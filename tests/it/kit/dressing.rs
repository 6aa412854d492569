//! What a chat would show otherwise than it is written: bold, italic, struck out, code, an emoji, a quote, a list. But for
//! [`OWN`] there is none of it in our own words, so whatever is found here was in somebody else's.
//!
//! Slack: <https://docs.slack.dev/messaging/formatting-message-text/>, and what it reads beside it, by those who tried:
//! <https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md>. Mattermost:
//! <https://docs.mattermost.com/collaborate/format-messages.html>.

/// The code in our own words.
const OWN: &str = "`toban check`";

/// What stands around rows of ours, each in a line of its own.
const BLOCK: &str = "```";

/// A text without the block around rows of ours.
fn without_block(text: &str) -> String {
    let is_end = |line: &&str| *line == BLOCK;
    match text.lines().filter(is_end).count() {
        2 => text.lines().filter(|line| !is_end(line)).collect::<Vec<_>>().join("\n"),
        _ => text.to_owned(),
    }
}

/// As Slack reads a text, line by line.
pub fn slack(text: &str) -> Vec<String> {
    let text = &text.replace(OWN, "");
    let mut found = Vec::new();
    for line in text.split('\n') {
        let is_foreign_quote = line.starts_with("&gt;") || line.starts_with('＞');
        found.extend(is_foreign_quote.then(|| format!("a quote: {line}")));
        let line = without_addresses(&super::mattermost::unescaped(&without_sequences(line)));
        for marks in ["*＊", "_＿", "~", "`｀"] {
            found.extend(pair(&line, marks, false));
        }
        found.extend(emoji(&line));
    }
    found
}

/// As Mattermost reads it, where bold and the like go on over the ends of lines.
pub fn mattermost(text: &str) -> Vec<String> {
    let text = &text.replace(OWN, "");
    let mut found = Vec::new();
    for line in text.split('\n') {
        let bare = line.strip_prefix("> ").unwrap_or(line);
        let number = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_list = (number.len() < bare.len() && number.starts_with(['.', ')']))
            || ["- ", "* ", "+ "].iter().any(|bullet| bare.starts_with(bullet));
        let is_rule = bare.len() > 2 && ["-", "=", "*", "_", "~"].iter().any(|rule| bare.replace(rule, "").is_empty());
        let is_table = bare.starts_with(['|', ':', '-']) && bare.contains('|') && !bare.contains(char::is_alphanumeric);
        if is_list || is_rule || is_table || bare.starts_with(['#', '>']) || bare.starts_with("~~~") {
            found.push(format!("a list, a rule, a table, a heading or a quote: {line}"));
        }
    }
    let bare = without_addresses(&super::mattermost::unescaped(&without_sequences(text)));
    for (marks, is_within) in [("*", true), ("_", false), ("`", true)] {
        found.extend(pair(&bare, marks, is_within));
    }
    found.extend(bare.find("~~").filter(|at| bare[at + 2..].contains("~~")).map(|_| format!("struck out: {bare}")));
    for line in bare.split('\n') {
        found.extend(emoji(line));
        found.extend(smiley(line));
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_channel = |at: &usize| {
            !line[..*at].ends_with(is_word) && line[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic())
        };
        let mut channels = line.match_indices('~').map(|(at, _)| at).filter(is_channel);
        found.extend(channels.next().map(|at| format!("a link to a channel: {}", &line[at..])));
        let mut escapes = line.match_indices('\\').map(|(at, _)| &line[at..]);
        let eaten = escapes.find(|rest| rest[1..].starts_with(|c: char| c.is_ascii_punctuation()));
        found.extend(eaten.map(|rest| format!("a backslash that is not shown: {rest}")));
    }
    found
}

/// As Typetalk reads it, as far as that is known.
pub fn typetalk(text: &str) -> Vec<String> {
    let text = without_addresses(&without_block(text).replace(OWN, ""));
    text.split('\n').filter_map(emoji).chain(text.contains('`').then(|| format!("code: {text}"))).collect()
}

/// Something between two marks of a kind, the first before a word and the second after one.
fn pair(text: &str, marks: &str, is_within: bool) -> Option<String> {
    let chars: Vec<_> = text.chars().collect();
    let at = |place: usize| chars.get(place).copied();
    let is_mark = |c: Option<char>| c.is_some_and(|c| marks.contains(c));
    let is_apart = |c: Option<char>| is_within || c.is_none_or(|c| !c.is_alphanumeric());
    let is_seen = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace()) && !is_mark(c);
    let places = || (0..chars.len()).filter(|place| is_mark(at(*place)));
    let before = |place: usize| place.checked_sub(1).and_then(at);
    let is_apart_before = |place| is_mark(before(place)) || is_apart(before(place));
    let is_apart_after = |place| is_mark(at(place + 1)) || is_apart(at(place + 1));
    let opens = places().find(|place| is_apart_before(*place) && is_seen(at(place + 1)))?;
    let closes = places().find(|place| *place > opens && is_seen(before(*place)) && is_apart_after(*place))?;
    Some(format!("between two of {marks}: {}", chars[opens..=closes].iter().collect::<String>()))
}

/// A name between two colons, that is not part of a time.
fn emoji(line: &str) -> Option<String> {
    let parts: Vec<_> = line.split(':').collect();
    (1..parts.len().saturating_sub(1)).find_map(|nth| {
        let name = parts[nth];
        // Of these Unicode says that they are letters; they stand for marks.
        let in_name = |c: char| (c.is_alphanumeric() && !"ˋˍ".contains(c)) || "_＿-+＋'".contains(c);
        let is_name = !name.is_empty() && name.chars().all(in_name);
        let runs_on =
            parts[nth - 1].ends_with(char::is_alphanumeric) || parts[nth + 1].starts_with(char::is_alphanumeric);
        let is_time = !name.contains(char::is_alphabetic) && !["+1", "-1", "100", "1234"].contains(&name) && runs_on;
        (is_name && !is_time).then(|| format!("an emoji: :{name}:"))
    })
}

/// Mattermost's smileys, each apart from other words.
fn smiley(line: &str) -> Option<String> {
    let faces = [
        ":)", ":-)", ";)", ";-)", ":o", ":-o", ":]", ":-]", ":d", ":-d", "x-d", ":p", ":-p", ":[", ":-[", ":@", ":(",
        ":-(", ":'(", ":/", ":-/", ":s", ":-s", ":|", ":-|", ":$", ":-$", ":-x", "<3", "</3",
    ];
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let line = line.to_ascii_lowercase();
    let is_there = |face: &&&str| {
        let mut places = line.match_indices(**face).map(|(at, _)| at);
        places.any(|at| !line[..at].ends_with(is_word) && !line[at + face.len()..].starts_with(is_word))
    };
    faces.iter().find(is_there).map(|face| format!("a smiley {face}: {line}"))
}

/// What Slack reads between `<` and `>` is a mention or a link, and is not looked at.
fn without_sequences(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('<');
    out.extend(parts.next());
    for part in parts {
        match part.split_once('>') {
            Some((_, rest)) => out.extend(["\u{FFFC}", rest]),
            None => out.extend(["<", part]),
        }
    }
    out
}

/// Web addresses become links before anything else is looked at; what stands at an end of one is not part of it.
fn without_addresses(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || "<>|\"#＃@＠`ˋ".contains(c);
    let words = text.split_inclusive(is_end).map(|word| {
        let scheme = word.find("https://").or_else(|| word.find("http://"));
        let host = scheme.map(|at| at + word[at..].find("//").expect("it has them") + 2);
        let is_host = |host: &usize| word[*host..].starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_apart = scheme.is_some_and(|at| !word[..at].ends_with(char::is_alphanumeric));
        match host.filter(is_host).and_then(|host| Some(host + word[host..].find('/')?)) {
            Some(path) if is_apart => {
                let end = word.trim_end_matches(is_end).trim_end_matches(['*', '_', '~', '＊', '＿']).len().max(path);
                format!("{}/x{}", &word[..path], &word[end..])
            }
            _ => word.to_owned(),
        }
    });
    words.collect()
}
