//! What a chat would read in foreign text as bold, italic, struck out or an emoji, shown as it is written.
//!
//! No chat has an escape for it, so its marks become characters that look like them, and only where the chat would obey
//! them: `load_avg_5m`, `~10%` and `10:30:00` stay as they are, and can be searched for and copied. Slack reads the
//! full-width twins as well, which is why they are not what stands for the marks
//! (<https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md>).

mod emoji;
mod mattermost;
mod runs;

use runs::{Paths, Run, Runs};
use std::borrow::Cow;

/// What a chat obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `*bold*`, `_italic_`, `~struck out~` between words, and `:emoji:`.
    Slack,
    /// That, and Markdown as Mattermost reads it: a webhook may be the one's or the other's.
    SlackOrMattermost,
    /// `:emoji:`; more is not known of Typetalk.
    Typetalk,
}

/// Bold, italic, struck out.
const MARKS: usize = 3;

/// Where foreign texts of one message open and close, by mark: the first text that opens and the last that closes, counted
/// from 0. Markdown goes on over the ends of lines, and one text may close what another has opened.
#[derive(Debug)]
pub(super) struct Across {
    opens: [usize; MARKS],
    closes: [Option<usize>; MARKS],
    before_colons: Vec<usize>,
}

/// What the other texts of the message open before a text, and close after it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    opened: [bool; MARKS],
    closed: [bool; MARKS],
    /// A colon of ours comes next.
    is_before_colon: bool,
}

impl Across {
    /// Each text, and whether a colon of ours comes next.
    pub fn read<'a>(texts: impl Iterator<Item = (&'a str, bool)>, dialect: Dialect) -> Self {
        let mut across = Self { opens: [usize::MAX; MARKS], closes: [None; MARKS], before_colons: Vec::new() };
        for (nth, (text, is_before_colon)) in texts.enumerate() {
            if is_before_colon {
                across.before_colons.push(nth);
            }
            if !text.contains(is_mark) {
                continue;
            }
            let ends = Ends::read(text, dialect);
            for mark in 0..MARKS {
                if ends.first_opens[mark].is_some() {
                    across.opens[mark] = across.opens[mark].min(nth);
                }
                if ends.last_closes[mark].is_some() {
                    across.closes[mark] = Some(nth);
                }
            }
        }
        across
    }

    pub fn around(&self, nth: usize) -> Around {
        Around {
            opened: self.opens.map(|first| first < nth),
            closed: self.closes.map(|last| last > Some(nth)),
            is_before_colon: self.before_colons.contains(&nth),
        }
    }
}

/// The text with nothing in it that the chat would obey.
pub(super) fn shown_as_written(text: &str, around: Around, dialect: Dialect) -> Cow<'_, str> {
    let is_any = |c| is_mark(c) || c == ':' || (dialect == Dialect::SlackOrMattermost && mattermost::is_any(c));
    if !text.contains(is_any) {
        return text.into();
    }
    let ends = Ends::read(text, dialect);
    let mut out = String::with_capacity(text.len() + 16);
    let mut runs = Runs::of(text, dialect);
    let mut run = runs.next();
    let mut paths = Paths::of(text);
    let mut emoji_ends = None;
    for (at, c) in text.char_indices() {
        while run.as_ref().is_some_and(|run| run.end <= at) {
            run = runs.next();
        }
        let is_obeyed = run.as_ref().is_some_and(|run| run.start <= at && ends.obeys(run, around));
        let is_emoji = c == ':' && {
            let closes_at = emoji::closes_at(text, at).filter(|_| !paths.contain(at));
            let ends_here = std::mem::replace(&mut emoji_ends, closes_at) == Some(at);
            let mut ends_after = || around.is_before_colon && emoji::is_open_at(text, at) && !paths.contain(at);
            ends_here || closes_at.is_some() || ends_after()
        };
        let twin = match c {
            _ if is_obeyed => Some(twin(c)),
            ':' if is_emoji => Some(emoji::COLON),
            _ if dialect == Dialect::SlackOrMattermost => mattermost::twin(text, at, c),
            _ => None,
        };
        out.push(twin.unwrap_or(c));
    }
    out.into()
}

/// Whether what stands before and after a `#` makes it the end of a code to dial, as in `,,48120024#`. After a digit, and before
/// no letter, no chat takes it for the beginning of a tag, and whoever dials it needs it.
pub(super) fn ends_dial_code(before: &str, after: &str) -> bool {
    // A back-quote is shown as a letter.
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | '`' | '｀');
    before.ends_with(|c: char| c.is_ascii_digit()) && !after.starts_with(goes_on)
}

fn is_mark(c: char) -> bool {
    mark(c).is_some()
}

fn mark(c: char) -> Option<usize> {
    match c {
        '*' | '＊' => Some(0),
        '_' | '＿' => Some(1),
        '~' => Some(2),
        _ => None,
    }
}

fn twin(mark: char) -> char {
    match mark {
        '*' => '∗',
        '＊' => '﹡',
        '_' => 'ˍ',
        '＿' => '⸏',
        '~' => '∼',
        other => other,
    }
}

/// Where a text opens first, and closes last, by mark.
struct Ends {
    first_opens: [Option<usize>; MARKS],
    last_closes: [Option<usize>; MARKS],
}

impl Ends {
    fn read(text: &str, dialect: Dialect) -> Self {
        let mut ends = Self { first_opens: [None; MARKS], last_closes: [None; MARKS] };
        for run in Runs::of(text, dialect) {
            if run.opens {
                ends.first_opens[run.mark].get_or_insert(run.start);
            }
            if run.closes {
                ends.last_closes[run.mark] = Some(run.start);
            }
        }
        ends
    }

    /// Whether one of the two ends of something is here, and the other one somewhere.
    fn obeys(&self, run: &Run, around: Around) -> bool {
        let closes_later = around.closed[run.mark] || self.last_closes[run.mark] > Some(run.start);
        let opened_before =
            around.opened[run.mark] || self.first_opens[run.mark].is_some_and(|first| first < run.start);
        run.is_mixed || (run.opens && closes_later) || (run.closes && opened_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dialect: Dialect, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(shown_as_written(text, Around::default(), dialect), *expected, "{dialect:?}: {text}");
        }
    }

    #[test]
    fn real_titles_stay_as_they_are() {
        for title in [
            "load_avg_5m > 10",
            "db_master: cpu*2",
            "~10% to ~20%",
            "10:30:00",
            "2026-11-24T11:02:00+09:00",
            "C:\\temp",
            "std::vector",
            "*.example.com",
            "*.example.com, *.example.org",
            "a * b * c",
            "障害: DB: 遅い",
            "db01:3306: down",
            "5 ~ 10",
            "https://grafana.example.com/d/_abc_/x:y:z?a=*b*&c=1 down",
            "snake_case_and_more_",
        ] {
            for dialect in [Dialect::Slack, Dialect::SlackOrMattermost, Dialect::Typetalk] {
                assert!(
                    matches!(shown_as_written(title, Around::default(), dialect), Cow::Borrowed(_)) || {
                        shown_as_written(title, Around::default(), dialect) == title
                    }
                );
            }
        }
    }

    #[test]
    fn what_would_be_dressed_is_shown_as_written() {
        check(
            Dialect::Slack,
            &[
                ("*x* _x y_ ~x~", "∗x∗ ˍx yˍ ∼x∼"),
                ("**x** __init__.py", "∗∗x∗∗ ˍˍinitˍˍ.py"),
                ("＊x＊ ＿x＿", "﹡x﹡ ⸏x⸏"),
                ("(*x*), _*x*_", "(∗x∗), ˍ∗x∗ˍ"),
                ("目印*x* a*b*c", "目印*x* a*b*c"),
                ("a**b**c a~~b~~c", "a∗∗b∗∗c a∼∼b∼∼c"),
                ("*x* *.example.com", "∗x∗ *.example.com"),
                (":fire: :+1: :100: 1:100:1", "∶fire∶ ∶+1∶ ∶100∶ 1∶100∶1"),
                ("arn:aws:lambda:us-east-1:1234:f", "arn∶aws∶lambda∶us-east-1∶1234∶f"),
                (":障害: std::vector::at", "∶障害∶ std:∶vector∶:at"),
                ("*https://a.example/b*", "∗https://a.example/b∗"),
                ("https://:fire:/", "https://∶fire∶/"),
                (":) ~town-square \\*", ":) ~town-square \\*"),
            ],
        );
    }

    #[test]
    fn one_text_does_not_close_what_another_opens() {
        let texts = ["*a", "plain", "b* ~10%"];
        let across = Across::read(texts.into_iter().map(|text| (text, false)), Dialect::Slack);
        let shown: Vec<_> =
            (0..texts.len()).map(|nth| shown_as_written(texts[nth], across.around(nth), Dialect::Slack)).collect();
        assert_eq!(shown, ["∗a", "plain", "b∗ ~10%"]);
    }

    /// A title may have as many characters as its sender likes, and these are the ones that are looked around at.
    #[test]
    fn a_long_text_is_read_once() {
        for piece in ["://", "_", ":a", ":", "http://a.example/_", "-http://a", "*x ", "\\", "~~x"] {
            let text = piece.repeat(200_000 / piece.len());
            let begun = std::time::Instant::now();
            let _ = shown_as_written(&text, Around::default(), Dialect::SlackOrMattermost);
            assert!(begun.elapsed().as_secs() < 5, "{piece}: {:?}", begun.elapsed());
        }
    }

    #[test]
    fn mattermost_obeys_more() {
        check(
            Dialect::SlackOrMattermost,
            &[
                ("a*b*c 目印~~x~~ ~~ x", "a∗b∗c 目印∼∼x∼∼ ∼∼ x"),
                ("2*3 ~town-square", "2*3 ∼town-square"),
                (":) :-D :o ;-) :/ :'( x-d", "∶) ∶-D ∶o ；-) ∶/ ∶'( x‐d"),
                (":disk 8080:/ (a):5", ":disk 8080:/ (a):5"),
                ("replicas <3 </3 <300ms", "replicas ＜3 ＜/3 <300ms"),
                ("\\* C:\\temp \\\\host\\share", "＼* C:\\temp ＼＼host\\share"),
            ],
        );
    }
}
