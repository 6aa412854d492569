//! Blocks that are not run here: because a script runs them, or because they call a service that no test has.

use super::pages::{Block, pages};
use crate::template::file;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use toban::setup::config::secrets;

/// The services that a block may call, and the text that shows that it does.
const SERVICES: [(&str, &[&str]); 6] = [
    ("AWS", &["aws ", "sam deploy", "sam delete", "LEDGER_TABLE="]),
    ("Docker", &["docker ", "-g 65532"]),
    ("Google", &["GOOGLE_SHEET_ID="]),
    ("Mackerel", &["mkr "]),
    ("PagerDuty", &["PAGERDUTY_API_KEY="]),
    ("Slack", &["SLACK_BOT_TOKEN=", "sam local invoke"]),
];

/// How many blocks call each service, so that a new one is added deliberately.
const NOT_RUN: &[(&str, usize)] = &[
    ("README.ja.md", 6),
    ("README.md", 6),
    ("deploy/backup.ja.md", 1),
    ("deploy/backup.md", 1),
    ("deploy/container.ja.md", 4),
    ("deploy/container.md", 4),
    ("docs/operations.ja.md", 12),
    ("docs/operations.md", 12),
    ("docs/pagerduty.ja.md", 3),
    ("docs/pagerduty.md", 3),
    ("docs/slo.ja.md", 3),
    ("docs/slo.md", 3),
    ("docs/sources.ja.md", 1),
    ("docs/sources.md", 1),
    ("docs/workbook/README.ja.md", 1),
    ("docs/workbook/README.md", 1),
    ("events/README.md", 1),
];

fn marked(mark: &str) -> Vec<(Block, String)> {
    let blocks = pages().into_iter().flat_map(|page| page.blocks());
    let of = |block: &Block| block.mark.as_deref().and_then(|said| said.strip_prefix(mark)).map(str::to_owned);
    blocks.filter_map(|block| of(&block).map(|whom| (block, whom))).collect()
}

#[test]
fn only_what_calls_a_service_is_not_run() {
    let mut counted = BTreeMap::new();
    for (block, services) in marked("not run: ") {
        for service in services.split(", ") {
            let (_, signs) = SERVICES
                .iter()
                .find(|(known, _)| *known == service)
                .unwrap_or_else(|| panic!("{}: '{service}' is not a reason not to run it", block.place));
            assert!(signs.iter().any(|sign| block.text.contains(sign)), "{} does not call {service}", block.place);
        }
        let page = block.place.split(':').next().unwrap_or_default().to_owned();
        *counted.entry(page).or_default() += 1;
    }
    assert_eq!(counted, NOT_RUN.iter().map(|(page, count)| ((*page).to_owned(), *count)).collect());
}

#[test]
fn what_is_not_run_is_at_least_well_formed() {
    for (block, _) in marked("not run: ") {
        let bash = Command::new("bash").args(["-n", "-c", &block.text]).output().expect("bash runs");
        assert!(bash.status.success(), "{}: {}", block.place, String::from_utf8_lossy(&bash.stderr));
        for word in block.text.split_whitespace().filter_map(|word| word.strip_prefix("/toban/")) {
            assert!(secrets().any(|secret| secret == word), "{}: there is no secret {word}", block.place);
        }
        for line in block.text.lines() {
            let built = line.split_once("cargo run -q -- ").map(|(_, arguments)| arguments);
            if let Some(arguments) = line.strip_prefix("toban ").or(built) {
                is_known_to_toban(&block.place, arguments);
            }
        }
    }
}

/// The command exists, and has the options.
fn is_known_to_toban(place: &str, arguments: &str) {
    let words: Vec<_> = arguments.split_whitespace().collect();
    let is_command = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let command: Vec<_> = words.iter().take_while(is_command).take(2).copied().collect();
    let help = Command::new(env!("CARGO_BIN_EXE_toban")).args(&command).arg("--help").output().expect("toban runs");
    assert!(help.status.success(), "{place}: toban has no command {command:?}");
    let help = String::from_utf8_lossy(&help.stdout);
    for option in words.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(option), "{place}: {command:?} has no {option}");
    }
}

#[test]
fn commands_in_the_text_exist() {
    let mut commands = BTreeSet::new();
    for page in pages() {
        for code in page.code() {
            if let Some(arguments) = code.strip_prefix("toban ") {
                is_known_to_toban(&page.path, arguments);
                commands.insert(arguments.split(' ').next().unwrap_or_default().to_owned());
            }
        }
    }
    assert!(commands.len() >= 5, "{commands:?}");
}

#[test]
fn what_a_script_runs_is_in_that_script() {
    let mut lines = 0;
    for (block, script) in marked("run by: ") {
        let text = file(&script);
        // It types the blocks of that page, which are the same in both languages.
        let page = block.place.split(':').next().unwrap_or_default().replace(".ja.md", ".md");
        if text.contains(&format!("type_blocks {page}")) {
            continue;
        }
        let beside = Path::new(&script).with_file_name("requirements.txt");
        let has_requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join(&beside).exists();
        let requirements = if has_requirements { file(&beside.display().to_string()) } else { String::new() };
        for line in block.text.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let is_run = match words.as_slice() {
                ["pip", "install", packages @ ..] => packages
                    .iter()
                    .all(|package| requirements.lines().any(|line| line.starts_with(&format!("{package}==")))),
                ["rustup", "target", "add", target] => text.contains(target),
                [program, first, ..] => text.contains(&format!("{program} {first}")),
                [program] => text.contains(program),
                [] => true,
            };
            assert!(is_run, "{}: {script} does not run '{line}'", block.place);
            lines += 1;
        }
    }
    assert!(lines >= 10, "{lines} lines");
}
