//! The lines of messages that tell of presses.

use crate::presses::{self, Seen};
use crate::sheet::{PEOPLE, name};
use crate::story::time;
use chrono::{FixedOffset, TimeDelta};
use std::collections::BTreeSet;
use toban::domain::press::Act;

/// What only our own notes say.
pub(super) const OWN_NOTE: &str = "toban による記入";

/// A line about somebody who is on an incident, or is not any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub incident: String,
    pub person: u32,
    /// Whether they are on it.
    pub takes: bool,
    /// The time of day.
    pub at: String,
}

/// The lines of that kind in a message; in a thread that begins with such another.
pub(super) fn lines(text: &str, first: Option<&str>) -> Vec<Line> {
    // Without an answer of the table nobody knows its number, and sometimes nobody has told it.
    let Some(incident) = incident(text).or_else(|| incident(first?)) else { return Vec::new() };
    let line = |line: &str| {
        let is_of = |person: &u32| line.contains(&format!("{} が対応", name(*person)));
        let person = (0..PEOPLE).find(is_of).filter(|_| !line.contains(OWN_NOTE))?;
        let takes = line.contains("が対応します");
        (takes || line.contains("が対応を離れました")).then_some(())?;
        Some(Line { incident: incident.clone(), person, takes, at: time(line)?.to_owned() })
    };
    text.lines().filter_map(line).collect()
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
pub(super) struct Alike {
    pub incident: String,
    pub person: u32,
    pub takes: bool,
    /// The times that may be shown: a clock that is slow shows an earlier one.
    pub shown: BTreeSet<String>,
    pub keys: Vec<String>,
}

impl Alike {
    pub fn are(&self, line: &Line) -> bool {
        let is_of_them = (&self.incident, self.person, self.takes) == (&line.incident, line.person, line.takes);
        is_of_them && self.shown.contains(&line.at)
    }
}

/// The recorded presses, those together that cannot be told from each other.
pub(super) fn alike(seen: &Seen) -> Vec<Alike> {
    let tokyo = FixedOffset::east_opt(9 * 3_600).expect("a zone");
    let mut all: Vec<Alike> = Vec::new();
    for recorded in &seen.recorded {
        let (Some(press), Some(at)) = (seen.press(recorded), seen.queued.get(&recorded.id)) else { continue };
        let shown = [0, 30].map(|seconds| *at - TimeDelta::seconds(seconds));
        let mut new = Alike {
            incident: recorded.incident.clone(),
            person: press.person,
            takes: press.act == Act::Take,
            shown: shown.iter().map(|at| at.with_timezone(&tokyo).format("%H:%M").to_string()).collect(),
            keys: vec![presses::key(&recorded.id)],
        };
        let is_like = |other: &Alike| {
            let is_of_them = (&other.incident, other.person, other.takes) == (&new.incident, new.person, new.takes);
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
    let line = |takes, at: &str| Line { incident: "Q17".into(), person: 1, takes, at: at.into() };
    let taken =
        "👀 鈴木 が対応します · 16:43 · #PD1017\nSRE への自動の呼び出しは続きます。未解決なら 17:03 に呼ばれます。";
    assert_eq!(lines(taken, None), [line(true, "16:43")]);
    let both = "#PD1017\n👀 鈴木 が対応します · 16:43\n↩️ 鈴木 が対応を離れました · 16:44";
    assert_eq!(lines(both, None), [line(true, "16:43"), line(false, "16:44")]);
    assert_eq!(lines("📝 #PD1017 鈴木 が対応します · 16:43:01 (Slack から、toban による記入)", None), []);
    assert_eq!(lines("👀 鈴木 が対応します · 16:43", Some("🔥 発生 #PD1017")), [line(true, "16:43")]);
}
