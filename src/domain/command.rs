//! What somebody asks with `/toban`.

use crate::domain::incident::{Incident, IncidentId};
use crate::domain::member::name_key;
use crate::domain::reference;
use crate::domain::text::{Foreign, Tag, compatible};

/// The words. Japanese is written without spaces, so after its words anything may follow: `当番は誰?`.
const ON_CALL: [&str; 5] = ["oncall", "who", "today", "当番", "今日"];
const OPEN: [&str; 5] = ["open", "list", "incidents", "未解決", "一覧"];
const WHY: [&str; 3] = ["why", "なぜ", "理由"];
const HISTORY: [&str; 3] = ["history", "履歴", "経過"];
const HELP: [&str; 3] = ["help", "使い方", "ヘルプ"];
/// What people write after a word or instead of a space in it.
const MARKS: [char; 12] = ['?', '!', '.', '。', '、', ':', '/', '-', '‐', '–', '_', '#'];
/// An unknown word is quoted up to so many characters.
const QUOTED: usize = 30;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Who is on call, and what is open.
    Overview,
    OnCall,
    Open,
    /// Why somebody was mentioned, or nobody, in the messages about an incident.
    Why(Subject),
    /// What happened to an incident, and to earlier ones like it.
    History(Subject),
    /// What can be asked, and what was not understood.
    Help {
        unknown: Option<Unknown>,
    },
}

/// What is asked about an incident.
type Question = fn(Subject) -> Command;

/// The incident that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Id(IncidentId),
    Tag(Tag),
}

/// What was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// It is none of the words.
    Word(Foreign),
    /// Which incident is meant by this; `None` if nothing is written.
    Incident(Option<Foreign>),
}

impl Command {
    /// Reads what follows the command, in either language, any case and full-width or usual letters. An incident by itself
    /// asks why. `letters` are those that the tags of sources other than PagerDuty begin with.
    pub fn parse(text: &str, letters: &[&str]) -> Self {
        let Some(line) = Foreign::line(text) else { return Self::Overview };
        let plain = compatible(line.as_str());
        let plain = plain.trim();
        let questions: [(&[&str], Question); 2] = [(&WHY, Self::Why), (&HISTORY, Self::History)];
        for (words, question) in questions {
            if let Some(rest) = after(words, plain) {
                let written = quoted(rest).filter(|_| !key(rest).is_empty());
                let missing = || Self::Help { unknown: Some(Unknown::Incident(written)) };
                return Subject::parse(rest, letters).map_or_else(missing, question);
            }
        }
        let whole = key(plain);
        let first = key(plain.split_whitespace().next().unwrap_or_default());
        let is_one_of = |words: &[&str]| words.iter().any(|word| is_word(&whole, word) || is_word(&first, word));
        if whole.is_empty() || is_one_of(&HELP) {
            Self::Help { unknown: None }
        } else if is_one_of(&ON_CALL) {
            Self::OnCall
        } else if is_one_of(&OPEN) {
            Self::Open
        } else {
            let unknown = || Self::Help { unknown: quoted(plain).map(Unknown::Word) };
            let asks_back = HISTORY.iter().any(|word| whole.ends_with(word));
            let question = if asks_back { Self::History } else { Self::Why };
            Subject::parse(plain, letters).map_or_else(unknown, question)
        }
    }
}

impl Subject {
    /// As people write it. `letters` are those of [`Command::parse`].
    pub fn parse(text: &str, letters: &[&str]) -> Option<Self> {
        let incident = reference::incident(text, letters)?;
        match incident {
            Incident { id: Some(id), .. } => Some(Self::Id(id)),
            named => named.tag().map(Self::Tag),
        }
    }
}

/// What follows the word of a question.
fn after<'a>(words: &[&str], text: &'a str) -> Option<&'a str> {
    words.iter().find_map(|word| {
        let start = text.get(..word.len())?;
        let rest = &text[word.len()..];
        let ends = !word.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        (start.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start_matches([' ', ':']))
    })
}

fn is_word(key: &str, word: &str) -> bool {
    if word.is_ascii() { key == word } else { key.starts_with(word) }
}

/// A word as it is compared.
fn key(text: &str) -> String {
    name_key(text).replace(MARKS, "")
}

fn quoted(text: &str) -> Option<Foreign> {
    Foreign::line(text).map(|text| text.cut(QUOTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: [&str; 2] = ["MK", "EV"];

    fn unknown(unknown: Unknown) -> Command {
        Command::Help { unknown: Some(unknown) }
    }

    #[track_caller]
    fn check(texts: &[&str], expected: &Command) {
        for text in texts {
            assert_eq!(Command::parse(text, &LETTERS), *expected, "{text:?}");
        }
    }

    #[test]
    fn words_are_read_in_both_languages() {
        check(&["", "  ", "\u{3000}", "\u{200B}\n"], &Command::Overview);
        check(
            &["oncall", "on-call", "On Call", "ＯＮＣＡＬＬ", " who ", "WHO?", "who is on call", "当番", "今日"],
            &Command::OnCall,
        );
        check(&["当番？", "当番は誰", "今日の当番は？", "#oncall", "on\u{200B}-call"], &Command::OnCall);
        check(&["open", "OPEN", "list", "incidents", "ｌｉｓｔ", "open incidents", "未解決", "一覧"], &Command::Open);
        check(&["未解決のインシデント", "　一覧　"], &Command::Open);
        check(&["help", "Help!", "？", "?", "使い方", "ヘルプ", "ﾍﾙﾌﾟ", "help why"], &Command::Help { unknown: None });
    }

    #[test]
    fn an_incident_is_named_as_people_see_it() {
        let number = Command::Why(Subject::Tag(Tag::pagerduty(4812)));
        check(&["why #PD4812", "WHY PD4812", "why 4812", "why #4812", "ｗｈｙ　＃ＰＤ４８１２"], &number);
        check(&["なぜ #PD4812", "なぜ#PD4812", "理由 4812", "why: #PD4812?", "why  pd4812  "], &number);
        check(&["#PD4812", "4812", "#PD4812 なぜ", "#PD4812の理由"], &number);
        let id = Command::Why(Subject::Id(IncidentId("Q2YXK4P7T3M1NC".into())));
        check(
            &[
                "why Q2YXK4P7T3M1NC",
                "why https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC",
                "why <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|#PD4812>",
                "理由 https://example.eu.pagerduty.com/incidents/Q2YXK4P7T3M1NC/timeline",
            ],
            &id,
        );
        let tag = Tag::parse("#MKgCZ8Xy", &LETTERS).expect("a tag");
        check(&["why #MKgCZ8Xy", "なぜ mkgCZ8Xy"], &Command::Why(Subject::Tag(tag)));
    }

    #[test]
    fn history_is_asked_for_in_the_same_ways() {
        let number = Command::History(Subject::Tag(Tag::pagerduty(4812)));
        check(&["history #PD4812", "HISTORY 4812", "履歴 #PD4812", "履歴4812", "経過：#PD4812"], &number);
        check(&["#PD4812 history", "#PD4812の履歴", "#PD4812 経過"], &number);
        check(&["history", "履歴"], &unknown(Unknown::Incident(None)));
        let nobody = Foreign::line("nobody").map(|text| Unknown::Incident(Some(text)));
        check(&["history nobody"], &unknown(nobody.expect("it is visible")));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let text = |text: &str| Foreign::line(text).expect("it is visible");
        check(&["why", "WHY ", "なぜ", "理由：", "why?", "why #"], &unknown(Unknown::Incident(None)));
        check(&["why nobody"], &unknown(Unknown::Incident(Some(text("nobody")))));
        check(&["why #PD4812 #PD4813"], &unknown(Unknown::Incident(Some(text("#PD4812 #PD4813")))));
        check(&["whyever"], &unknown(Unknown::Word(text("whyever"))));
        check(&["<!channel> ack"], &unknown(Unknown::Word(text("<!channel> ack"))));
        let long = "x".repeat(5_000);
        check(&[&long], &unknown(Unknown::Word(text(&format!("{}…", "x".repeat(30))))));
    }
}
