//! CI runs the developers' script, and only actions that nobody else can change.

use super::fresh_machine::STEPS;
use crate::template::file;

const CI: &str = ".github/workflows/ci.yml";
const RELEASE: &str = ".github/workflows/release.yml";

/// What follows a key wherever it stands in a workflow.
fn values<'a>(workflow: &'a str, key: &str) -> Vec<&'a str> {
    workflow.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key)).collect()
}

#[test]
fn ci_runs_the_script_of_the_developers() {
    for workflow in [CI, RELEASE] {
        assert!(file(workflow).contains("- run: .ci/run\n"), "{workflow}");
    }
    let script = file(".ci/run");
    let lines: Vec<_> = script.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = ["set -euo pipefail", "cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\"", "exec scripts/test"];
    assert_eq!(lines, expected, "it is all that CI does");
}

#[test]
fn each_step_is_in_one_job() {
    let workflow = file(CI);
    let jobs = values(&workflow, "steps: ");
    let mut run: Vec<_> = jobs.iter().flat_map(|steps| steps.split(' ')).collect();
    let mut all = STEPS;
    run.sort_unstable();
    all.sort_unstable();
    assert_eq!(run, all);
}

#[test]
fn each_job_ends_and_has_the_oldest_supported_rust() {
    let manifest = file("Cargo.toml");
    let rust = values(&manifest, "rust-version = ")[0].trim_matches('"');
    for workflow in [CI, RELEASE] {
        let text = file(workflow);
        assert_eq!(values(&text, "timeout-minutes: ").len(), values(&text, "runs-on: ").len(), "{workflow}");
        let containers = values(&text, "container: ");
        assert!(!containers.is_empty(), "{workflow}");
        for container in containers {
            assert!(container.starts_with(&format!("rust:{rust}-bookworm ")), "{workflow}: {container}");
        }
        // What another Rust has built is of no use.
        for key in values(&text, "key: ${{ matrix.target }}") {
            assert!(key.starts_with(&format!("-rust-{rust}-")), "{workflow}: {key}");
        }
    }
}

#[test]
fn a_release_takes_nothing_from_a_cache() {
    assert_eq!(file(CI).matches("uses: actions/cache@").count(), 2);
    assert_eq!(file(RELEASE).matches("cache@").count(), 0);
}

#[test]
fn actions_are_pinned_to_a_commit() {
    for workflow in [CI, RELEASE] {
        let text = file(workflow);
        let uses = values(&text, "uses: ");
        assert!(!uses.is_empty());
        for action in uses {
            let (action, version) =
                action.split_once(" # v").unwrap_or_else(|| panic!("{action} does not say its version"));
            let commit = action.split('@').nth(1).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && version.starts_with(|c: char| c.is_ascii_digit()), "{action} # v{version}");
        }
    }
}
