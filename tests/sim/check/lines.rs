//! The lines of messages that come of presses, and of the end of the shift.

use crate::people::EVERYBODY;
use crate::presses::{self, Seen};
use crate::sheet::name;
use crate::story::time;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use std::collections::BTreeSet;
use toban::domain::press::Act;

/// What only our own notes say.
pub(super) const OWN_NOTE: &str = "toban による記入";

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Takes,
    HandsBack,
    Stays,
    /// SRE is called.
    Called,
    NotCalled,
    Resolved,
    /// The shift ends.
    Ends,
    Over,
}

/// A line that comes of what people press, or of the end of the shift.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub incident: String,
    pub what: What,
    /// Who has pressed; nobody at the end of the shift.
    pub person: Option<u32>,
    /// The time of day, if it says one.
    pub at: Option<String>,
}

/// The lines of that kind in a message; in a thread that begins with such another.
pub(super) fn lines(text: &str, first: Option<&str>) -> Vec<Line> {
    // Without an answer of the table nobody knows its number, and sometimes nobody has told it.
    let Some(incident) = incident(text).or_else(|| incident(first?)) else { return Vec::new() };
    let line = |line: &str| {
        let person = (0..EVERYBODY).find(|person| line.contains(&name(*person)));
        let says = |words: &str| person.is_some_and(|person| line.contains(&format!("{} {words}", name(person))));
        let what = match line {
            line if line.contains(OWN_NOTE) || line.starts_with("状態: ") => return None,
            line if line.contains("🌙 ") && line.contains(" は未解決。") => What::Over,
            line if line.contains(" は未解決です。あと") => What::Ends,
            line if line.contains("📣 SRE を呼びました: ") => What::Called,
            line if line.contains("❌ SRE を呼べませんでした") => What::NotCalled,
            _ if says("が対応します") => What::Takes,
            _ if says("が対応を離れました") => What::HandsBack,
            _ if says("が続けます") => What::Stays,
            _ if says("が解決") || (says("による · ") && text.contains("✅ 解決 ")) => What::Resolved,
            _ => return None,
        };
        let person = person.filter(|_| !matches!(what, What::Ends | What::Over));
        Some(Line { incident: incident.clone(), what, person, at: time(line).map(str::to_owned) })
    };
    text.lines().filter_map(line).collect()
}

/// The times that may be shown of something at that time: a clock that is slow shows an earlier one.
pub(super) fn shown_at(at: DateTime<Utc>) -> BTreeSet<String> {
    let tokyo = FixedOffset::east_opt(9 * 3_600).expect("a zone");
    let shown = [0, 30].map(|seconds| at - TimeDelta::seconds(seconds));
    shown.iter().map(|at| at.with_timezone(&tokyo).format("%H:%M").to_string()).collect()
}

/// The incident that a message names: `#PD1017`, `(ID Q17)`, `/incidents/Q17/3`.
fn incident(text: &str) -> Option<String> {
    let number = |mark: &str| {
        let rest = text.split(mark).nth(1)?;
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().ok()
    };
    let by_tag = number("#PD").map(|number| number - 1_000);
    by_tag.or_else(|| number("(ID Q")).or_else(|| number("/incidents/Q")).map(|number| format!("Q{number}"))
}

/// Presses whose lines look the same.
#[derive(Debug)]
pub(super) struct Alike {
    pub incident: String,
    pub what: What,
    pub person: u32,
    /// The times that may be shown.
    pub shown: BTreeSet<String>,
    pub keys: Vec<String>,
}

impl Alike {
    pub fn are(&self, line: &Line) -> bool {
        let is_of_them = (&self.incident, self.what, Some(self.person)) == (&line.incident, line.what, line.person);
        is_of_them && line.at.as_ref().is_some_and(|at| self.shown.contains(at))
    }
}

/// The recorded presses by which somebody is on an incident or is not, those together that cannot be told from each other.
pub(super) fn alike(seen: &Seen) -> Vec<Alike> {
    let mut all: Vec<Alike> = Vec::new();
    for recorded in &seen.recorded {
        let (Some(press), Some(at)) = (seen.press(recorded), seen.queued.get(&recorded.id)) else { continue };
        let what = match recorded.act {
            Act::Take => What::Takes,
            Act::HandBack => What::HandsBack,
            Act::Stay => What::Stays,
            Act::CallSre | Act::Resolve => continue,
        };
        let mut new = Alike {
            incident: recorded.incident.clone(),
            what,
            person: press.person,
            shown: shown_at(*at),
            keys: vec![presses::key(&recorded.id)],
        };
        let is_like = |other: &Alike| {
            let is_of_them = (&other.incident, other.what, other.person) == (&new.incident, new.what, new.person);
            is_of_them && !other.shown.is_disjoint(&new.shown)
        };
        if let Some(place) = all.iter().position(is_like) {
            let other = all.swap_remove(place);
            new.shown.extend(other.shown);
            new.keys.extend(other.keys);
        }
        all.push(new);
    }
    all
}

#[test]
fn a_line_about_a_press_is_recognised() {
    let line =
        |what, person, at: Option<&str>| Line { incident: "Q17".into(), what, person, at: at.map(str::to_owned) };
    let by = |what, at| line(what, Some(1), Some(at));
    let taken =
        "👀 鈴木 が対応します · 16:43 · #PD1017\nSRE への自動の呼び出しは続きます。未解決なら 17:03 に呼ばれます。";
    assert_eq!(lines(taken, None), [by(What::Takes, "16:43")]);
    let both = "#PD1017\n👀 鈴木 が続けます · 16:43\n↩️ 鈴木 が対応を離れました · 16:44";
    assert_eq!(lines(both, None), [by(What::Stays, "16:43"), by(What::HandsBack, "16:44")]);
    assert_eq!(lines("📝 #PD1017 鈴木 が対応します · 16:43:01 (Slack から、toban による記入)", None), []);
    assert_eq!(lines("👀 鈴木 が対応します · 16:43", Some("🔥 発生 #PD1017")), [by(What::Takes, "16:43")]);
    for (text, expected) in [
        ("📣 SRE を呼びました: 利用者 PSRE01 · 鈴木 による · 16:43 · #PD1017", by(What::Called, "16:43")),
        (
            "❌ SRE を呼べませんでした (PagerDuty: エラー 7)。鈴木 が呼んでいます。直接連絡してください。\n#PD1017 件名",
            line(What::NotCalled, Some(1), None),
        ),
        ("✅ 解決 #PD1017 件名\n鈴木 による · 16:43", by(What::Resolved, "16:43")),
        ("✅ 鈴木 が解決 (12分) · 16:43 · #PD1017", by(What::Resolved, "16:43")),
        ("⏰ #PD1017 は未解決です。あと10分で当番の時間が終わります。", line(What::Ends, None, None)),
        ("🌙 #PD1017 は未解決。鈴木 が続けます。", line(What::Over, None, None)),
    ] {
        assert_eq!(lines(text, None), [expected], "{text}");
    }
}
