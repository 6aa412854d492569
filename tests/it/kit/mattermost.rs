//! How Mattermost reads a text that a webhook posts: whom it pings, what becomes a tag, and which links hide their URL.
//!
//! Its server first turns `<!channel>`, `<!here>`, `<!all>` and the `<@…>` of its own user ids into `@…`, and `<url|label>`
//! into a Markdown link; then the text is Markdown. This accepts more than its grammar does, which is the safe side.

/// Every name that would be looked up and pinged, with its `@`, in order. A `<@U…>` of Slack's is a name that nobody has
/// there.
pub fn pings(text: &str) -> Vec<String> {
    let text = [("<!channel>", "@channel"), ("<!here>", "@here"), ("<!all>", "@all")]
        .iter()
        .fold(text.to_owned(), |text, (slack, own)| text.replace(slack, own));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let found = text.match_indices('@').map(|(at, _)| {
        let name = &text[at + 1..];
        let name = &name[..name.find(|c| !is_name(c)).unwrap_or(name.len())];
        format!("@{}", name.trim_end_matches('.'))
    });
    found.filter(|name| name.len() > 1).collect()
}

/// Every `#word`, with its `#`.
pub fn hashtags(text: &str) -> Vec<String> {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let found = text.match_indices('#').map(|(at, _)| {
        let word = &text[at + 1..];
        format!("#{}", &word[..word.find(|c| !in_word(c)).unwrap_or(word.len())])
    });
    found.filter(|tag| tag.len() > 1).collect()
}

/// Every link that shows something other than its URL, and every picture that would be loaded.
pub fn disguised(text: &str) -> Vec<String> {
    let labelled = text.match_indices("](").filter_map(|(at, _)| {
        let opened = text[..at].rfind('[')?;
        let closed = at + text[at..].find(')')?;
        let is_picture = text[..opened].ends_with('!');
        let start = if is_picture { opened - 1 } else { opened };
        (!text[start..closed].contains('\n')).then(|| text[start..=closed].to_owned())
    });
    let slack = text.match_indices('<').filter_map(|(at, _)| {
        let closed = at + text[at..].find('>')?;
        text[at..closed].contains('|').then(|| text[at..=closed].to_owned())
    });
    labelled.chain(slack).collect()
}

/// The text with entities as characters.
pub fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether each line is quoted: one that begins with `>`, and those after it up to an empty one.
pub fn quoted<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<bool> {
    let mut is_quote = false;
    let mut quoted = Vec::new();
    for line in lines {
        is_quote = !line.trim().is_empty() && (is_quote || line.starts_with('>'));
        quoted.push(is_quote);
    }
    quoted
}
