//! What must be true after every run.

use super::story::Step;
use crate::kit::Message;
use crate::kit::aws::{Report, SqsMessage};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The steps in a text, each once. How its incident stands names whoever changed it last, and is left out.
pub fn steps(text: &str) -> Vec<Step> {
    let number = |text: &str| text.parse().ok();
    let lines = text.lines().filter(|line| !line.starts_with("状態: "));
    let parts = lines.flat_map(|line| line.split('S').skip(1));
    let all = parts.filter_map(|rest| {
        let (incident, rest) = rest.split_once('x')?;
        let (nth, _) = rest.split_once('E')?;
        Some((number(incident)?, number(nth)?))
    });
    let mut steps: Vec<Step> = Vec::new();
    for step in all {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

pub fn step_of_key(key: &str) -> Option<Step> {
    let (incident, nth) = key.strip_prefix('E')?.split_once('x')?;
    Some((incident.parse().ok()?, nth.parse().ok()?))
}

pub fn step_of_message(message: &SqsMessage) -> Option<Step> {
    let body: Value = serde_json::from_str(&message.body).ok()?;
    step_of_key(body["key"].as_str()?)
}

/// How often each step has a log line with a field.
pub fn logged(report: &Report, field: &str) -> BTreeMap<Step, usize> {
    let mut found = BTreeMap::new();
    for line in report.log_lines() {
        if let (true, Some(step)) = (line[field] == true, line["event"].as_str().and_then(step_of_key)) {
            *found.entry(step).or_default() += 1;
        }
    }
    found
}

/// Checks that every step is posted, every repeat is explained by a lost answer or a kill, and each incident is in order.
/// Returns the number of repeats, and of those that only the ledger's outage explains.
pub fn check(texts: &[String], expected: &BTreeSet<Step>, report: &Report) -> (usize, usize) {
    let mut posted: BTreeMap<Step, usize> = BTreeMap::new();
    let mut orders: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for text in texts {
        for (incident, nth) in steps(text) {
            *posted.entry((incident, nth)).or_default() += 1;
            orders.entry(incident).or_default().push(nth);
        }
    }
    let missing: Vec<_> = expected.iter().filter(|step| !posted.contains_key(step)).collect();
    let of_missing = |line: &&str| missing.iter().any(|(incident, nth)| line.contains(&format!("E{incident}x{nth}\"")));
    let lines: Vec<_> = report.logs.lines().filter(of_missing).collect();
    assert!(missing.is_empty(), "not posted: {missing:?}\n{report}\n{}", lines.join("\n"));
    for (incident, order) in orders {
        // A message about several events may come again with what followed meanwhile.
        let first = |nth: &u64| order.iter().position(|other| other == nth);
        let last = |nth: &u64| order.iter().rposition(|other| other == nth);
        let all: BTreeSet<_> = order.iter().collect();
        if !all.iter().is_sorted_by_key(|nth| first(nth)) || !all.iter().is_sorted_by_key(|nth| last(nth)) {
            let of_it = |line: &&str| line.contains(&format!("E{incident}x"));
            let lines: Vec<_> = report.logs.lines().filter(of_it).collect();
            panic!("the posts of #PD{incident} are not in order: {order:?}\n{report}\n{}", lines.join("\n"));
        }
    }
    let lost = logged(report, "answer_lost");
    let unclaimed = logged(report, "unclaimed");
    let uncompleted = logged(report, "uncompleted");
    let mut killed: BTreeMap<Step, usize> = BTreeMap::new();
    for message in report.kills.iter().flat_map(|kill| &kill.batch) {
        *killed.entry(step_of_message(message).expect("one of ours")).or_default() += 1;
    }
    let mut repeats = 0;
    let mut by_ledger = 0;
    for (step, times) in &posted {
        let extra = times - 1;
        let of = |map: &BTreeMap<Step, usize>| map.get(step).copied().unwrap_or_default();
        let by_table = of(&unclaimed) + of(&uncompleted);
        assert!(
            extra <= of(&lost) + of(&killed) + by_table,
            "{step:?} was posted {times} times without a reason\n{report}"
        );
        let excused = extra.saturating_sub(of(&lost) + of(&killed));
        by_ledger += excused;
        repeats += extra - excused;
    }
    (repeats, by_ledger)
}

/// Checks that every reply is in its own incident's thread. Returns how many first messages say that it is resolved.
pub fn threads(messages: &[Message]) -> usize {
    let incident = |message: &Message| steps(&message.text).first().map(|(incident, _)| *incident);
    let firsts: BTreeMap<_, _> = messages
        .iter()
        .filter(|message| message.thread_ts.is_none())
        .map(|message| (message.ts.as_str(), incident(message)))
        .collect();
    for reply in messages {
        if let Some(first) = &reply.thread_ts {
            assert_eq!(firsts.get(first.as_str()), Some(&incident(reply)), "another incident's thread: {reply:?}");
        }
    }
    let is_over = |message: &&Message| message.thread_ts.is_none() && message.text.contains("✅ 解決済み");
    messages.iter().filter(is_over).filter_map(incident).collect::<BTreeSet<_>>().len()
}
