//! Mentions and hashtags in a text. Their grammar is not documented, so this takes the widest one.

/// Every `@name` at a word's start, with the `@`. A bot's name ends in `+`; a full stop ends a sentence, not a name.
pub fn mentions(text: &str) -> Vec<String> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let found = marked(text, '@', in_name).map(|word| word.trim_end_matches('.').to_owned());
    found.filter(|word| word.len() > 1).collect()
}

/// Every `#word` at a word's start, with the `#`, in any script.
pub fn hashtags(text: &str) -> Vec<String> {
    marked(text, '#', |c| c.is_alphanumeric() || c == '_').map(str::to_owned).collect()
}

/// Words that follow `mark`, with it, unless a Latin word runs into it, as in an e-mail address.
fn marked(text: &str, mark: char, in_word: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    text.match_indices(mark).filter_map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        let word = &text[at + 1..];
        let end = word.find(|c| !in_word(c)).unwrap_or(word.len());
        (end > 0).then(|| &text[at..at + 1 + end])
    })
}
