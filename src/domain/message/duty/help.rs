//! What can be asked.

use super::{Language, Line};
use crate::domain::command::Unknown;

/// A line for each, and above them what was not understood.
pub fn help(unknown: Option<&Unknown>, language: Language) -> Vec<Line> {
    let words = language.words().duty;
    let quoted = |(before, after), text| Line::own(before).foreign(text).and(after);
    let above = unknown.map(|unknown| match unknown {
        Unknown::Word(text) => quoted(words.unknown_word, text),
        Unknown::Incident(Some(text)) => quoted(words.unknown_incident, text),
        Unknown::Incident(None) => Line::own(words.which_incident),
    });
    above.into_iter().chain(words.help.map(Line::own)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Foreign;

    fn text(language: Language, unknown: Option<&Unknown>) -> String {
        let lines: Vec<_> = help(unknown, language).iter().map(Line::plain).collect();
        lines.join("\n")
    }

    #[test]
    fn five_lines_say_what_can_be_asked() {
        let word = Foreign::line("<!channel> ack");
        let ja = "\
/toban — 当番と未解決
/toban 当番 — 今日、次、あなたの番
/toban 未解決 — 誰が対応中か
/toban なぜ #PD4812 — メンションの理由
/toban 履歴 #PD4812 — 対応の経過、前回まで";
        let en = "\
/toban — who is on call, what is open
/toban oncall — today, next, your turn
/toban open — who is on what
/toban why #PD4812 — why it mentioned whom
/toban history #PD4812 — what was done, and before";
        for (unknown, above_ja, above_en) in [
            (None, "", ""),
            (
                word.clone().map(Unknown::Word),
                "「<!channel> ack」は分かりません。使い方:\n",
                "'<!channel> ack' is not known. What can be asked:\n",
            ),
            (
                Some(Unknown::Incident(word)),
                "「<!channel> ack」は、どのインシデントか分かりません。番号を1つ書いてください。\n",
                "'<!channel> ack' names no incident. Please give one number.\n",
            ),
            (
                Some(Unknown::Incident(None)),
                "どのインシデントですか? 番号を書いてください。\n",
                "Which incident? Please give its number.\n",
            ),
        ] {
            assert_eq!(text(Language::Japanese, unknown.as_ref()), format!("{above_ja}{ja}"));
            assert_eq!(text(Language::English, unknown.as_ref()), format!("{above_en}{en}"));
        }
    }
}
