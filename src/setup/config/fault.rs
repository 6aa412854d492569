//! What is wrong with the settings, in the words of both languages. The log has the English ones.

use crate::domain::message::Language;
use std::borrow::Cow;
use std::fmt;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    english: Cow<'static, str>,
    japanese: Cow<'static, str>,
}

impl Bilingual {
    pub fn said(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Japanese => &self.japanese,
        }
    }

    /// Both, each followed by what it has in the other.
    #[must_use]
    pub fn and(self, more: impl Into<Self>) -> Self {
        let Self { english, japanese } = more.into();
        Self { english: self.english + english, japanese: self.japanese + japanese }
    }
}

/// The English text first.
impl<E: Into<Cow<'static, str>>, J: Into<Cow<'static, str>>> From<(E, J)> for Bilingual {
    fn from((english, japanese): (E, J)) -> Self {
        Self { english: english.into(), japanese: japanese.into() }
    }
}

/// One thing that is wrong, and what it should look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variables that it is about, each with a valid value; that is empty if the fix is to leave the setting out.
    pub(super) variables: Vec<(&'static str, &'static str)>,
    /// Goes on after the names of the variables. Never holds the value of a secret.
    pub(super) problem: Bilingual,
}

impl Fault {
    pub(super) fn new(variable: &'static str, problem: impl Into<Bilingual>, example: &'static str) -> Self {
        Self { variables: vec![(variable, example)], problem: problem.into() }
    }

    /// The line for a terminal.
    pub fn said(&self, language: Language) -> String {
        let names: Vec<_> = self.variables.iter().map(|(name, _)| *name).collect();
        let examples = self.variables.iter().filter(|(_, example)| !example.is_empty());
        let examples: Vec<_> = examples.map(|(name, example)| format!("{name}={example}")).collect();
        let (names, problem, example) = (listed(&names, language), self.problem.said(language), examples.join(" "));
        match (example.as_str(), language) {
            ("", _) => format!("{names} {problem}"),
            (example, Language::English) => format!("{names} {problem}, for example {example}"),
            (example, Language::Japanese) => format!("{names} {problem}。例: {example}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn said(&self, language: Language) -> String {
        let head = match language {
            Language::English => "the configuration has faults:",
            Language::Japanese => "設定に誤りがあります:",
        };
        self.0.iter().fold(head.to_owned(), |said, fault| format!("{said}\n  {}", fault.said(language)))
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

impl std::error::Error for Faults {}

/// `A`, `A and B`, or `A, B and C`.
pub(super) fn listed(names: &[&str], language: Language) -> String {
    match (names, language) {
        ([], _) => String::new(),
        ([one], _) => (*one).to_owned(),
        ([first @ .., last], Language::English) => format!("{} and {last}", first.join(", ")),
        ([one, other], Language::Japanese) => format!("{one} と {other}"),
        (all, Language::Japanese) => all.join("、"),
    }
}

/// The names, listed in each language.
pub(super) fn both(names: &[&str]) -> (String, String) {
    (listed(names, Language::English), listed(names, Language::Japanese))
}

/// After several names, or one.
pub(super) fn are(names: &[impl Sized]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}
