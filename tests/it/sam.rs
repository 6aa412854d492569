//! The functions that `sam build` built, in AWS's own emulator of Lambda's runtime, with the files of `events/`.
//!
//! `tests/sam/run` builds the functions and sets the paths to them and to the emulator. Nothing leaves the machine: the
//! chat is a fake, and `TOBAN_NOW` is refused unless every API in use is on loopback.

mod cases;
mod emulator;

use crate::kit::Slack;
use crate::running::Settings;
use cases::cases;
use emulator::{Emulator, Run};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn event(file: &str) -> PathBuf {
    root().join("events").join(file)
}

/// The variables that `sam local --env-vars` sets for every function.
fn environment() -> Map<String, Value> {
    let text = fs::read(event("environment.json")).expect("there is an environment");
    let mut environment: Map<String, Value> = serde_json::from_slice(&text).expect("it is JSON");
    match environment.remove("Parameters") {
        Some(Value::Object(variables)) if environment.is_empty() => variables,
        other => panic!("environment.json is {{\"Parameters\": {{…}}}}, look at {other:?} and {environment:?}"),
    }
}

/// The variables of `events/environment.json` at a time, with the test's rotation and the fake chat's webhook.
fn settings(slack: &Slack, now: &str) -> Settings {
    let usual = Settings::at(now);
    let mut settings = Settings(Vec::new());
    for (variable, value) in environment() {
        let value = value.as_str().unwrap_or_else(|| panic!("{variable} is a string, look at {value}"));
        settings = settings.with(&variable, value);
    }
    for variable in ["TOBAN_NOW", "ROTATION_FILE", "MEMBERS_FILE", "RUNBOOKS_FILE", "HOLIDAYS_FILE"] {
        let value = usual.value(variable).expect("the usual settings have it");
        settings = settings.with(variable, &value);
    }
    settings.with("SLACK_WEBHOOK_URL", &slack.webhook_url())
}

/// With the settings that the watchdog needs besides. Nothing listens at these URLs, and nothing calls them.
fn watching(settings: Settings) -> Settings {
    settings
        .with("PAGERDUTY_API_KEY", "toban-demo-key")
        .with("PAGERDUTY_SERVICE_IDS", "PBKLOG1")
        .with("PAGERDUTY_BASE_URL", "http://127.0.0.1:9")
        .with("QUEUE_URL", "http://127.0.0.1:9/123456789012/toban.fifo")
        .with("LEDGER_TABLE", "toban")
        .with("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .with("AWS_ACCESS_KEY_ID", "demo")
        .with("AWS_SECRET_ACCESS_KEY", "demo")
}

#[tokio::test]
async fn each_event_gets_its_answer_and_its_messages() {
    let emulator = Emulator::from_environment();
    for case in cases() {
        let slack = Slack::start().await;
        let event = fs::read(event(case.file)).unwrap_or_else(|error| panic!("{}: {error}", case.file));
        let settings = settings(&slack, case.now);
        let settings = if case.function == "WatchdogFunction" { watching(settings) } else { settings };
        let run = emulator.invoke(case.file, case.function, &settings.pairs(), event).await;
        let said: Vec<_> = slack.take().into_iter().map(|message| message.text).collect();
        assert_eq!(run.answer, case.answer, "{}: the answer, look at the log:\n{}", case.file, run.log());
        assert_eq!(said, case.says, "{}: the messages, look at the log:\n{}", case.file, run.log());
        assert_is_a_log(case.file, &run);
    }
}

/// Every line is a JSON object, as CloudWatch's queries need it, without secrets and payloads.
#[track_caller]
fn assert_is_a_log(file: &str, run: &Run) {
    let is_quiet = file.starts_with("watchdog");
    assert!(is_quiet || !run.printed.is_empty(), "{file}: a function without a ledger says so when it starts");
    for line in &run.printed {
        let Ok(fields) = serde_json::from_str::<Map<String, Value>>(line) else {
            panic!("{file}: the function printed a line that is not a JSON object: {line}");
        };
        // The map keeps only one of two fields with the same name.
        assert_eq!(Value::from(fields.clone()).to_string().len(), line.len(), "{file}: a field comes twice in {line}");
        for field in ["timestamp", "level", "message"] {
            assert!(fields.get(field).is_some_and(Value::is_string), "{file}: there is no {field} in {line}");
        }
        for hidden in ["toban-demo-", "hook0secret", "HTTP 5xx", "バッチ", "ディスク"] {
            assert!(!line.contains(hidden), "{file}: {hidden} is in the log: {line}");
        }
    }
}

#[test]
fn each_event_has_its_row_here_and_in_its_readme() {
    let entries = fs::read_dir(root().join("events")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let files: BTreeSet<_> = names.filter(|name| name.ends_with(".json") && name != "environment.json").collect();
    let rows: Vec<_> = cases().iter().map(|case| case.file.to_owned()).collect();
    assert_eq!(files, rows.iter().cloned().collect(), "left are the files, right the rows of cases.rs");
    assert_eq!(files.len(), rows.len(), "one row for each: {rows:?}");
    let readme = fs::read_to_string(root().join("events/README.md")).expect("there is a README");
    let listed = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: BTreeSet<_> = listed.filter(|name| name.ends_with(".json")).map(str::to_owned).collect();
    assert_eq!(files, listed, "left are the files, right those in events/README.md");
}

#[test]
fn each_function_has_events() {
    let built = Emulator::from_environment().functions();
    let with_events: BTreeSet<_> = cases().iter().map(|case| case.function.to_owned()).collect();
    assert_eq!(built, with_events, "left is what SAM has built from template.yaml, right what cases.rs has events for");
}

/// `sam local` sets only the variables that the template has; it ignores the file's others.
#[test]
fn the_template_has_each_variable_of_the_environment() {
    let template = fs::read_to_string(root().join("template.yaml")).expect("there is a template");
    let keys: BTreeSet<_> = template.lines().filter_map(|line| line.trim_start().split_once(':')).collect();
    let keys: BTreeSet<_> = keys.into_iter().map(|(key, _)| key).collect();
    for variable in environment().keys() {
        assert!(keys.contains(variable.as_str()), "template.yaml gives no function the variable {variable}");
    }
}
