//! What `toban mackerel check` prints.

use super::split::{Group, Monitor, Verdict};
use crate::domain::message::Language;

/// One monitor on a line: ✓ for one of the two groups, ✗ for neither or both, ! for what somebody has to check.
pub fn line(monitor: &Monitor, verdict: Verdict, one: &Group, other: &Group, language: Language) -> String {
    let one = &one.name;
    let other = &other.name;
    let (mark, what) = match (verdict, language) {
        (Verdict::One, Language::Japanese) => ("✓", "通知グループ1つに届きます".to_owned()),
        (Verdict::One, Language::English) => ("✓", "reaches one group".to_owned()),
        (Verdict::Neither, Language::Japanese) => (
            "✗",
            format!(
                "「{one}」にも「{other}」にも届きません。どちらかの通知グループの監視ルールかサービスに加えてください"
            ),
        ),
        (Verdict::Neither, Language::English) => {
            ("✗", format!("reaches neither '{one}' nor '{other}': add it, or its service, to one of the groups"))
        }
        (Verdict::Both, Language::Japanese) => (
            "✗",
            format!(
                "「{one}」と「{other}」の両方に届きます。一方から外すか「この通知グループのみに通知する」にしてください"
            ),
        ),
        (Verdict::Both, Language::English) => {
            ("✗", format!("reaches both '{one}' and '{other}': remove it from one, or let it notify one group only"))
        }
        (Verdict::Depends, Language::Japanese) => {
            ("!", "ホストのサービスによって届く先が変わります。サービスで絞り込むと確かめられます".to_owned())
        }
        (Verdict::Depends, Language::English) => {
            ("!", "where it goes depends on the host's service: limit it to services to be sure".to_owned())
        }
        (Verdict::Muted, Language::Japanese) => ("!", "ミュートされているため、どこにも届きません".to_owned()),
        (Verdict::Muted, Language::English) => ("!", "is muted: nobody is notified".to_owned()),
    };
    let name = monitor.name.as_ref().map_or(monitor.id.as_str(), |name| name.as_str());
    let type_ = monitor.type_.as_ref().map(|type_| format!(" ({type_})")).unwrap_or_default();
    format!("{mark} {name}{type_}: {what}")
}

/// The last line: how many monitors reach neither group or both.
pub fn sum(wrong: usize, all: usize, language: Language) -> String {
    match language {
        Language::Japanese => format!("監視ルール{all}件中、直すもの: {wrong}件"),
        Language::English => format!("{wrong} of {all} monitors to be fixed"),
    }
}

/// There is no group of that name, but these.
pub fn no_group(name: &str, all: &[Group], language: Language) -> String {
    let names: Vec<_> = all.iter().map(|group| group.name.as_str()).collect();
    match language {
        Language::Japanese => format!("✗ 通知グループ「{name}」がありません。あるもの: {}", names.join("、")),
        Language::English => format!("✗ there is no notification group '{name}'; there are: {}", names.join(", ")),
    }
}
