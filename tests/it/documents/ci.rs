//! CI runs the developers' script, and only actions that nobody else can change.

use crate::template::file;

#[test]
fn ci_runs_the_script_of_the_developers() {
    let workflow = file(".github/workflows/ci.yml");
    assert!(workflow.contains("- run: .ci/run\n"));
    let script = file(".ci/run");
    let lines: Vec<_> = script.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = ["set -euo pipefail", "cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\"", "exec scripts/test"];
    assert_eq!(lines, expected, "it is all that CI does");
    let jobs = workflow.matches("runs-on: ").count();
    assert_eq!(workflow.matches("timeout-minutes: ").count(), jobs, "each job ends");
    let rust = file("Cargo.toml");
    let (_, rest) = rust.split_once("rust-version = \"").expect("there is one");
    let image = format!("container: rust:{}-", rest.split('"').next().unwrap_or_default());
    assert_eq!(workflow.matches(&image).count(), jobs, "each job has the oldest supported Rust");
}

#[test]
fn actions_are_pinned_to_a_commit() {
    let workflow = file(".github/workflows/ci.yml");
    let uses: Vec<_> =
        workflow.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action).collect();
    assert!(!uses.is_empty());
    for action in uses {
        let (action, version) =
            action.split_once(" # v").unwrap_or_else(|| panic!("{action} does not say its version"));
        let commit = action.split('@').nth(1).unwrap_or_default();
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_commit && version.starts_with(|c: char| c.is_ascii_digit()), "{action} # v{version}");
    }
}
