//! A reader who leaves: `toban check | head -1`.

use super::TOBAN;
use crate::kit::Rows;
use crate::provision::file;
use crate::running::data;
use serde_json::json;
use std::io::{PipeWriter, pipe};
use std::path::Path;
use std::process::Stdio;
use std::{fs, io};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

/// The exit code that a shell reports for a program that a closed pipe ended.
pub const CLOSED: Option<i32> = Some(128 + 13);

/// Enough for `toban check` to have something to print.
const SET: [(&str, &str); 1] = [("PAGERDUTY_SERVICE_IDS", "PABCDEF")];

/// A pipe that nobody reads any more.
fn closed() -> PipeWriter {
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    writer
}

/// Runs it with this standard output. Returns the exit code and the error output.
async fn run(arguments: &[&str], variables: &[(&str, &str)], out: impl Into<Stdio>) -> (Option<i32>, String) {
    let mut command = Command::new(TOBAN);
    command.args(arguments).env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    let child = command.stdout(out).stderr(Stdio::piped()).spawn().expect("toban starts");
    let output = child.wait_with_output().await.expect("it ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Runs it with a standard output that nobody reads from the first line on.
pub async fn unread(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    run(arguments, variables, closed()).await
}

#[tokio::test]
async fn each_command_that_prints_ends_quietly() {
    let rows = Rows::start().await;
    let body = data("pagerduty/v3/incident.triggered.json").to_string_lossy().into_owned();
    let nobodys = file("body.json", &json!({"event": "monitorCreate", "monitor": {"id": "2bj"}}).to_string());
    let ledger = [
        ("LEDGER_TABLE", "toban"),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", &rows.url()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("SLACK_CHANNEL", "C0APPMON001"),
        ("FALLBACK_MENTION_SLACK", "none"),
    ];
    for (arguments, variables) in [
        (&["check"][..], &SET[..]),
        (&["check", "--rotation-only"], &SET),
        (&["explain", &body], &[]),
        (&["explain", &nobodys, "--from", "mackerel"], &[]),
        (&["explain", "--event", "01G"], &ledger),
        (&["remind", "morning", "--at", "2026-11-24T10:00:00+09:00"], &[]),
        (&["remind", "morning", "--at", "2026-11-23T10:00:00+09:00"], &[]),
    ] {
        assert_eq!(unread(arguments, variables).await, (CLOSED, String::new()), "{arguments:?}");
    }
    // What clap prints cannot fail.
    for arguments in [&["--help"][..], &["check", "--help"], &["--version"]] {
        assert_eq!(unread(arguments, &[]).await, (Some(0), String::new()), "{arguments:?}");
    }
}

/// More than a pipe holds, so that it is still printing when the reader leaves.
#[tokio::test]
async fn a_reader_may_leave_after_the_first_line() {
    let messages: Vec<_> = (0..1_000).map(|number| json!({"id": format!("m-{number}")})).collect();
    let body = file("body.json", &json!({"messages": messages}).to_string());
    let mut command = Command::new(TOBAN);
    command.args(["explain", &body]).env_clear().env("MESSAGE_LANGUAGE", "en").stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("toban starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let first = lines.next_line().await.expect("readable").expect("it prints");
    assert!(first.starts_with("── "), "{first}");
    drop(lines);
    let mut said = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut said).await.expect("readable");
    assert_eq!((child.wait().await.expect("it ends").code(), said.as_str()), (CLOSED, ""));
}

/// As in `toban check 2>&1 | head -1`.
#[tokio::test]
async fn a_closed_error_output_does_not_change_the_failure() {
    for (arguments, expected) in [(&["check"][..], CLOSED), (&["explain", "/nowhere/body.json"], Some(1))] {
        let mut command = Command::new(TOBAN);
        command.args(arguments).env_clear().envs(SET).stdin(Stdio::null()).stdout(closed()).stderr(closed());
        assert_eq!(command.status().await.expect("toban runs").code(), expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn an_output_that_takes_nothing_is_named() {
    let full = fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let expected = "toban: the output cannot be written: No space left on device (os error 28)\n";
    assert_eq!(run(&["check"], &SET, full).await, (Some(1), expected.to_owned()));
}

/// The macros panic when nobody reads.
#[test]
fn commands_print_in_one_place() {
    fn look(folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                look(&path, found)?;
            } else {
                let text = fs::read_to_string(&path)?;
                let lines = text.lines().filter(|line| ["print!(", "println!("].iter().any(|name| line.contains(name)));
                found.extend(lines.map(|line| format!("{}: {line}", path.display())));
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found).expect("readable sources");
    assert_eq!(found, Vec::<String>::new(), "use src/cli/print.rs");
}
