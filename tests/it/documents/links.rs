//! Links lead somewhere.

use super::pages::{Page, pages};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The targets in a line: `[text](target)` and `![text](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The anchors of a page, those of equal headings numbered.
fn anchors(page: &Page) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in page.prose() {
        let heading = line.trim_start_matches('#');
        if heading.len() < line.len() && heading.starts_with(' ') {
            let anchor = anchor(heading);
            let numbered = (1..).map(|number| format!("{anchor}-{number}"));
            let free = std::iter::once(anchor.clone()).chain(numbered).find(|anchor| !anchors.contains(anchor));
            anchors.extend(free);
        }
    }
    anchors
}

/// `docs/x.md` and `../README.md` → `README.md`
fn beside(page: &str, target: &str) -> PathBuf {
    let mut path = Path::new(page).parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{page}: {target} is outside the repository"),
            part => path.push(part),
        }
    }
    path
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for (number, line) in page.prose() {
            for target in targets(line).filter(|target| !target.starts_with("https://")) {
                followed += 1;
                let (path, wanted) = target.split_once('#').unwrap_or((target, ""));
                let path = match path {
                    "" => PathBuf::from(&page.path),
                    path => beside(&page.path, path),
                };
                if !root.join(&path).exists() {
                    wrong.push(format!("{}:{number}: there is no {}", page.path, path.display()));
                    continue;
                }
                let known = pages.iter().find(|page| Path::new(&page.path) == path).map(anchors);
                if !wanted.is_empty() && !known.is_some_and(|anchors| anchors.contains(wanted)) {
                    wrong.push(format!("{}:{number}: {} has no heading #{wanted}", page.path, path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(followed > 60, "{followed} links");
}

#[test]
fn anchors_are_those_of_github() {
    for (heading, expected) in [
        ("## What happens when…", "what-happens-when"),
        ("## PagerDuty's own chat integration", "pagerdutys-own-chat-integration"),
        ("## From v2 to v3", "from-v2-to-v3"),
        ("### 1. 気づく", "1-気づく"),
        ("## アラートの一覧", "アラートの一覧"),
        ("## `toban check`, a_b", "toban-check-a_b"),
    ] {
        assert_eq!(anchor(heading.trim_start_matches('#')), expected);
    }
}
