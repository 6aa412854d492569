//! In which language the command line speaks. Messages have their own: Japanese, unless `MESSAGE_LANGUAGE` says otherwise.

use crate::domain::message::Language;
use crate::setup::wiring::environment;

/// That of the messages if it is set, else that of the terminal, where it is Japanese.
pub(super) fn language() -> Language {
    of(environment)
}

fn of(environment: impl Fn(&str) -> Option<String>) -> Language {
    let text =
        |variable: &str| environment(variable).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text("MESSAGE_LANGUAGE").as_deref() {
        Some("ja") => return Language::Japanese,
        Some("en") => return Language::English,
        _ => {}
    }
    // POSIX: the first that is set counts, and the others do not.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(text);
    match locale.as_deref().and_then(|locale| locale.split(['_', '.', '@', '-']).next()) {
        Some("ja") => Language::Japanese,
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_language_counts_and_then_the_terminals() {
        for (environment, expected) in [
            (&[][..], Language::English),
            (&[("MESSAGE_LANGUAGE", "ja")], Language::Japanese),
            (&[("MESSAGE_LANGUAGE", "en"), ("LANG", "ja_JP.UTF-8")], Language::English),
            (&[("MESSAGE_LANGUAGE", "ja"), ("LANG", "en_US.UTF-8")], Language::Japanese),
            (&[("MESSAGE_LANGUAGE", " "), ("LANG", "ja_JP.UTF-8")], Language::Japanese),
            (&[("MESSAGE_LANGUAGE", "fr"), ("LANG", "ja_JP.UTF-8")], Language::Japanese),
            (&[("LANG", "ja")], Language::Japanese),
            (&[("LANG", "ja.UTF-8")], Language::Japanese),
            (&[("LANG", "jam_JM.UTF-8")], Language::English),
            (&[("LANG", "C.UTF-8")], Language::English),
            (&[("LC_ALL", "C"), ("LANG", "ja_JP.UTF-8")], Language::English),
            (&[("LC_ALL", ""), ("LC_MESSAGES", "ja_JP.eucJP"), ("LANG", "C")], Language::Japanese),
            (&[("LC_TIME", "ja_JP.UTF-8"), ("LANG", "en_US.UTF-8")], Language::English),
        ] {
            let lookup = |wanted: &str| {
                environment.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(of(lookup), expected, "{environment:?}");
        }
    }
}
