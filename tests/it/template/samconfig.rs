//! `samconfig.toml`: sam silently ignores a key that it does not know.

use super::file;

/// The keys that are known, by the command that reads them.
const KNOWN: [(&str, &[&str]); 6] = [
    ("global", &["stack_name", "region"]),
    ("validate", &["lint"]),
    ("build", &["cached", "parallel", "parameter_overrides"]),
    (
        "deploy",
        &[
            "capabilities",
            "confirm_changeset",
            "fail_on_empty_changeset",
            "resolve_s3",
            "s3_prefix",
            "tags",
            "parameter_overrides",
        ],
    ),
    ("local_invoke", &["env_vars", "parameter_overrides"]),
    ("local_start_api", &["env_vars", "parameter_overrides"]),
];

#[test]
fn every_key_is_one_that_its_command_knows() {
    let text = file("samconfig.toml");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut command = "";
    let mut keys = 0;
    for line in lines {
        if let Some(section) = line.strip_prefix("[default.").and_then(|line| line.strip_suffix(".parameters]")) {
            command = section;
        } else if line != "version = 0.1" {
            let known = KNOWN.iter().find(|(known, _)| *known == command).map(|(_, keys)| *keys).unwrap_or_default();
            let key = line.split(" = ").next().unwrap_or_default();
            assert!(known.contains(&key), "'{line}' of '{command}': there is {known:?}");
            keys += 1;
        }
    }
    assert!(keys > 10, "{keys} keys");
    for secret in ["TOKEN", "SECRET", "WEBHOOK_URL"] {
        assert!(!text.contains(secret), "{secret} does not belong in parameters");
    }
}
