//! `--help` in Japanese. The English words stand where the arguments are declared; a test fails if one of them has no Japanese
//! beside it.

mod japanese;

use clap::{Arg, Command};
use japanese::{HELP, HELP_LONG, HELP_SHORT, VERSION, WHICH_COMMAND, Words, words};

/// clap's own, with the heading of the usage.
const TEMPLATE: &str = "{before-help}{about-with-newline}\n使い方: {usage}\n\n{all-args}{after-help}";

/// The command with its words in Japanese. What clap says of arguments that it cannot use stays English.
pub(super) fn in_japanese(mut command: Command) -> Command {
    // Adds clap's own arguments, which have words as well.
    command.build();
    translated(command, "")
}

/// `path` has the names of the subcommands so far, with a space between them; it is empty for `toban` itself.
fn translated(command: Command, path: &str) -> Command {
    let Words { about, long, arguments } = words(path);
    let has_long = !long.is_empty();
    let command = if has_long { command.long_about(long) } else { command };
    command
        .about(about)
        .help_template(TEMPLATE)
        .subcommand_help_heading("コマンド")
        .mut_args(|argument| worded(argument, arguments, has_long))
        .mut_subcommands(|subcommand| {
            let name = subcommand.get_name();
            if name == "help" {
                return subcommand
                    .about(HELP)
                    .mut_args(|argument| argument.help(WHICH_COMMAND))
                    .help_template(TEMPLATE);
            }
            let path = format!("{path} {name}");
            translated(subcommand, path.trim_start())
        })
}

fn worded(argument: Arg, words: &[(&str, &'static str)], has_long: bool) -> Arg {
    let heading = if argument.is_positional() { "引数" } else { "オプション" };
    let argument = argument.help_heading(heading);
    match argument.get_id().as_str() {
        "help" if has_long => argument.help(HELP_SHORT).long_help(HELP_LONG),
        "help" => argument.help(HELP),
        "version" => argument.help(VERSION),
        id => match words.iter().find(|(name, _)| *name == id) {
            // The possible values are in the words.
            Some((_, words)) => argument.help(*words).hide_possible_values(true),
            None => argument,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;
    use clap::CommandFactory as _;
    use std::collections::BTreeMap;

    /// Every text of `--help` and `-h`, by where it stands.
    fn texts(command: &Command, path: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut put = |what: &str, text: Option<&clap::builder::StyledStr>| {
            if let Some(text) = text {
                found.insert(format!("{path} {what}"), text.to_string());
            }
        };
        put("about", command.get_about());
        put("long", command.get_long_about());
        for argument in command.get_arguments() {
            put(&format!("{} help", argument.get_id()), argument.get_help());
            put(&format!("{} long", argument.get_id()), argument.get_long_help());
            let is_shown = !argument.is_hide_possible_values_set();
            for value in argument.get_possible_values().iter().filter(|_| is_shown) {
                put(&format!("{} {}", argument.get_id(), value.get_name()), value.get_help());
            }
        }
        for subcommand in command.get_subcommands().filter(|command| command.get_name() != "help") {
            found.extend(texts(subcommand, &format!("{path} {}", subcommand.get_name())));
        }
        found
    }

    #[test]
    fn every_command_and_argument_has_its_words_in_japanese() {
        let mut english = Arguments::command();
        english.build();
        let english = texts(&english, "toban");
        let japanese = texts(&in_japanese(Arguments::command()), "toban");
        assert!(english.len() > 60, "{}", english.len());
        let values = ["from mackerel", "from pagerduty", "chat slack", "reminder morning"];
        for (place, words) in &english {
            let Some(translated) = japanese.get(place) else {
                // Possible values stand in the words of their argument.
                let (argument, value) = place.rsplit_once(' ').expect("two words");
                let words = &japanese[&format!("{argument} help")];
                assert!(words.contains(value), "{place}: {words}");
                continue;
            };
            assert_ne!(words, translated, "{place} has no words in Japanese");
            let is_kana = |letter: char| ('ぁ'..='ヿ').contains(&letter);
            assert!(translated.contains(is_kana), "{place}: {translated}");
        }
        let has = |value: &&str| english.keys().any(|place| place.ends_with(value));
        assert!(values.iter().all(has), "the values are looked at");
        let unknown: Vec<_> = japanese.keys().filter(|place| !english.contains_key(*place)).collect();
        assert!(unknown.is_empty(), "Japanese alone: {unknown:?}");
    }

    /// What a setting, a flag or a command is called is the same in both languages.
    #[test]
    fn both_languages_name_the_same_settings_and_flags() {
        let mut english = Arguments::command();
        english.build();
        let english = texts(&english, "toban");
        let japanese = texts(&in_japanese(Arguments::command()), "toban");
        let named = |text: &str| {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            let words = text.split(|letter| !is_part(letter)).map(|word| word.trim_end_matches('-').to_owned());
            let is_name = |word: &String| {
                word.starts_with("--") || (word.len() > 5 && word.contains('_') && *word == word.to_ascii_uppercase())
            };
            words.filter(is_name).collect::<std::collections::BTreeSet<_>>()
        };
        for (place, words) in english.iter().filter(|(place, _)| !place.contains(" help ")) {
            if let Some(translated) = japanese.get(place) {
                assert_eq!(named(words), named(translated), "{place}");
            }
        }
    }
}
