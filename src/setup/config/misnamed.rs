//! Variables that nobody reads and that resemble a setting: `SLACK_BOT_TOEKN`, `SLACK_TOKEN`.
//!
//! Only names are compared, and only those of variables that have a value; no value is looked at.

use super::lookup::secrets;
use super::names::names;
use crate::domain::message::Language;
use std::collections::BTreeSet;
use std::fmt;
use strsim::osa_distance;

/// Names of other programs that come too close: the client of Mackerel, and Terraform's provider for PagerDuty.
const OF_OTHERS: [&str; 2] = ["MACKEREL_APIKEY", "PAGERDUTY_TOKEN"];

/// What the names of settings begin with that no other program is likely to have. With one of them, a word too many or too few
/// is a slip; `SQS_QUEUE_URL` and `STATE_DIRECTORY` are somebody else's.
const OURS: [&str; 6] = ["SLACK", "PAGERDUTY", "TYPETALK", "GOOGLE", "FALLBACK", "SRE"];

/// What somebody writes before the name of a setting.
const PROGRAM: &str = "TOBAN";

/// A longer name is no slip.
const LONGEST: usize = 48;

/// How many letters of one word may be wrong: in one of three letters only two that are swapped, or an `S` at its end.
fn tolerance(word: &str) -> usize {
    match word.len() {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// A variable that nobody reads, and the settings that it resembles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    name: String,
    /// At least one.
    meant: Vec<String>,
}

impl Misnamed {
    /// The line for a terminal.
    pub fn said(&self, language: Language) -> String {
        let Self { name, meant } = self;
        match language {
            Language::English => {
                let meant = meant.join(" or ");
                format!("{name} is set, but there is no such setting and nobody reads it: did you mean {meant}?")
            }
            Language::Japanese => {
                let meant = meant.join(" か ");
                format!("{name} という設定はなく、どこからも読まれません。{meant} の間違いではありませんか")
            }
        }
    }
}

impl fmt::Display for Misnamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

/// The variables that nobody reads and that resemble a setting. `environment` has the names of those that have a value.
///
/// One that is misspelt is a finding whether the right one is set or not: the right one may be the secret of last year. One with
/// a word too many, too few or in another place may be another program's; it is a finding only if the right one is not set.
pub fn misnamed<'a>(environment: impl Iterator<Item = &'a str>) -> Vec<Misnamed> {
    let set: BTreeSet<_> = environment.collect();
    let known = Known::all();
    let has_parameters = set.contains("PARAMETERS_PATH");
    let is_elsewhere = |known: &Known| {
        known.is_secret() && (has_parameters || set.contains(format!("{}_FILE", known.setting).as_str()))
    };
    let is_set = |known: &&Known| set.contains(known.setting) || is_elsewhere(known);
    let is_read =
        |name: &&str| OF_OTHERS.contains(name) || is_awss(name) || known.iter().any(|known| known.text == *name);
    let strange = set.iter().copied().filter(|name| !is_read(name));
    let found = strange.filter_map(|name| {
        let written = Name::of(name)?;
        let mut alike: Vec<_> = known.iter().filter(|known| written.is_misspelt(&known.name)).collect();
        if alike.is_empty() {
            alike.extend(known.iter().filter(|known| written.has_other_words(&known.name)));
            if alike.iter().any(is_set) {
                return None;
            }
        }
        let meant: Vec<_> = alike.into_iter().map(|known| known.text.clone()).collect();
        (!meant.is_empty()).then(|| Misnamed { name: name.to_owned(), meant })
    });
    found.collect()
}

/// A name that somebody may have meant.
struct Known {
    text: String,
    name: Name,
    /// What it sets: itself, or of `…_FILE` the secret that is in the file.
    setting: &'static str,
}

impl Known {
    /// All but those that other programs read as well.
    fn all() -> Vec<Self> {
        let own = names().filter(|name| !is_awss(name) && *name != "RUST_LOG").map(|name| (name.to_owned(), name));
        let files = secrets().map(|secret| (format!("{secret}_FILE"), secret));
        let known = own.chain(files).filter_map(|(text, setting)| Some(Self { name: Name::of(&text)?, text, setting }));
        let mut known: Vec<_> = known.collect();
        known.sort_by(|one, other| one.text.cmp(&other.text));
        // Two kinds of chat have settings in common.
        known.dedup_by(|one, other| one.text == other.text);
        known
    }

    fn is_secret(&self) -> bool {
        secrets().any(|secret| secret == self.setting)
    }
}

fn is_awss(name: &str) -> bool {
    name.starts_with("AWS_")
}

/// A name in capitals, and its words.
struct Name {
    words: Vec<String>,
    /// Without anything between them.
    letters: String,
    /// A bit for each letter that is in it, whatever its place.
    used: u64,
}

impl Name {
    /// `None` for one that nobody writes by hand.
    fn of(name: &str) -> Option<Self> {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if !is_plain || name.len() > LONGEST {
            return None;
        }
        let words = name.split(['_', '-', '.']).filter(|word| !word.is_empty());
        Some(Self::with(words.map(str::to_ascii_uppercase).collect()))
    }

    fn with(words: Vec<String>) -> Self {
        let letters = words.concat();
        let used = letters.bytes().fold(0, |used, byte| used | 1 << (byte % 64));
        Self { words, letters, used }
    }

    /// Whether the words are those of the setting, some of them misspelt; or all of its letters but one.
    fn is_misspelt(&self, setting: &Self) -> bool {
        // Two other letters change four bits at most. Most names differ in more, and are not compared letter by letter.
        if (self.used ^ setting.used).count_ones() > 4 {
            return false;
        }
        if is_within(&self.letters, &setting.letters, 1) {
            return true;
        }
        let pairs = || self.words.iter().zip(&setting.words);
        self.words.len() == setting.words.len()
            && pairs().all(|(word, right)| is_like(word, right))
            && pairs().map(|(word, right)| osa_distance(word, right)).sum::<usize>() <= self.words.len().min(2)
    }

    /// Whether the words are those of the setting in another order, or, of settings whose names are ours alone, all but one of
    /// them, or one more. Whatever the setting, it may have our own name before it.
    fn has_other_words(&self, setting: &Self) -> bool {
        let Some((first, rest)) = self.words.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return false;
        };
        if first == PROGRAM {
            return Self::with(rest.to_vec()).is_misspelt(setting);
        }
        let (mine, others) = (self.words.len(), setting.words.len());
        if setting.words.first() == Some(first) && OURS.contains(&first.as_str()) {
            return mine.abs_diff(others) <= 1 && self.words_of(setting) == mine.min(others);
        }
        let sorted = |words: &[String]| {
            let mut words = words.to_vec();
            words.sort();
            words
        };
        mine == others && self.used == setting.used && sorted(&self.words) == sorted(&setting.words)
    }

    /// How many of the setting's words are here, wherever they stand.
    fn words_of(&self, setting: &Self) -> usize {
        let mut left: Vec<_> = self.words.iter().collect();
        let is_here = |right: &&String| {
            let at = left.iter().position(|word| is_like(word, right) || is_longer(word, right));
            at.map(|at| left.swap_remove(at)).is_some()
        };
        setting.words.iter().filter(is_here).count()
    }
}

fn is_like(word: &str, right: &str) -> bool {
    let is_plural = |one: &str, other: &str| one.strip_suffix('S') == Some(other);
    let are_swapped =
        || word.len() == right.len() && word != right && is_within(word, right, 1) && is_anagram(word, right);
    word == right
        || is_plural(word, right)
        || is_plural(right, word)
        || are_swapped()
        || is_within(word, right, tolerance(right))
}

/// `SPREADSHEET` for `SHEET`
fn is_longer(word: &str, right: &str) -> bool {
    right.len() > 4 && word.ends_with(right)
}

fn is_anagram(word: &str, right: &str) -> bool {
    let sorted = |word: &str| {
        let mut bytes = word.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    sorted(word) == sorted(right)
}

fn is_within(word: &str, right: &str, most: usize) -> bool {
    word.len().abs_diff(right.len()) <= most && osa_distance(word, right) <= most
}
