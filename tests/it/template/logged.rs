//! The fields that the code logs.

use super::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every source file, by its path.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let mut found = Vec::new();
    collect(&root().join("src"), &mut found);
    assert!(found.len() > 40, "{found:?}");
    found.into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("a readable file");
        (path, text)
    })
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}

/// Every field that a function may log, with the expressions that it is given.
pub fn fields() -> BTreeMap<String, BTreeSet<String>> {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // The command line logs to a terminal.
    for (_, text) in sources().filter(|(path, _)| !path.starts_with(root().join("src/cli"))) {
        for level in ["error", "warn", "info", "debug", "trace"] {
            for given in text.split(&format!("tracing::{level}!(")).skip(1) {
                for (name, value) in arguments(given).iter().map_while(|argument| field(argument)) {
                    fields.entry(name).or_default().insert(value);
                }
            }
        }
    }
    fields
}

/// `auth_failed = true`, `%event`, `place`; `None` for the sentence, which comes after the fields.
fn field(argument: &str) -> Option<(String, String)> {
    if argument.starts_with('"') {
        return None;
    }
    let (name, value) = argument.split_once('=').unwrap_or((argument, argument));
    let plain = |text: &str| text.trim().trim_start_matches(['%', '?']).to_owned();
    Some((plain(name), plain(value)))
}

/// The arguments of a call, up to the parenthesis that ends it.
fn arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut argument = String::new();
    let mut depth = 0;
    let mut is_quoted = false;
    let mut is_escaped = false;
    for c in text.chars() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(std::mem::take(&mut argument).trim().to_owned());
                continue;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        argument.push(c);
    }
    arguments.push(argument.trim().to_owned());
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

#[test]
fn the_fields_of_a_call_are_found() {
    let text = r#"event = %key, place, why = f(a, "(,"), is = true, "a \"sentence\", {x}", more); other(one = 1)"#;
    assert_eq!(
        arguments(text),
        ["event = %key", "place", r#"why = f(a, "(,")"#, "is = true", r#""a \"sentence\", {x}""#, "more"]
    );
    let found: Vec<_> = arguments(text).iter().map_while(|argument| field(argument)).collect();
    let expected = [("event", "key"), ("place", "place"), ("why", r#"f(a, "(,")"#), ("is", "true")]
        .map(|(a, b)| (a.into(), b.into()));
    assert_eq!(found, expected);
}
