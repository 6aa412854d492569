//! The README, held against the code: its commands are run, its table of settings is the code's.

use crate::command_line::Serve;
use crate::template::{is_variable, settings_in_code};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The shell block below the mark of that name.
fn block(name: &str) -> String {
    let readme = readme();
    let (_, rest) = readme.split_once(&format!("<!-- test: {name} -->")).unwrap_or_else(|| panic!("no block {name}"));
    let (_, rest) = rest.split_once("```sh\n").expect("a shell block follows");
    rest.split("```").next().expect("it ends").to_owned()
}

fn run(script: &str) -> String {
    let output = Command::new("bash").args(["-ec", script]).current_dir(root()).output().expect("bash runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\nended with {}:\n{out}{err}", output.status);
    out.into_owned()
}

#[tokio::test]
async fn the_curl_lines_bring_an_incident() {
    let mut serve = Serve::start(&["serve", "--port", "0"], &[]).await;
    for (name, tag) in [("v3", "#PD4812"), ("v2", "#PD4813")] {
        let script = block(name).replace("127.0.0.1:8080", &format!("127.0.0.1:{}", serve.port));
        let answer = tokio::task::spawn_blocking(move || run(&script)).await.expect("it ends");
        assert_eq!(answer, "accepted\n", "{name}");
        let message = serve.message().await;
        assert!(message.contains(&format!("🔥 発生 {tag} ")), "{message}");
    }
}

#[test]
fn the_explanation_is_printed() {
    let script = block("explain").replace("cargo run -q --", env!("CARGO_BIN_EXE_toban"));
    assert!(run(&script).contains("→ 当番にメンション: 業務時間内です"));
}

#[test]
fn each_line_of_what_happens_when_is_a_test() {
    let readme = readme();
    let (_, rest) = readme.split_once("<!-- test: what happens when -->").expect("a table");
    let rows: Vec<_> = rest.lines().skip(3).take_while(|line| line.starts_with('|')).collect();
    let tests: String = ["tests/it", "tests/it/ledger_table", "tests/it/sources"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| fs::read_to_string(path).expect("a readable file"))
        .collect();
    assert!(rows.len() > 10, "{rows:?}");
    for row in rows {
        let name = row.rsplit('|').nth(1).map(|cell| cell.trim().trim_matches('`')).unwrap_or_default();
        assert!(tests.contains(&format!("fn {name}(")), "there is no test {name}, which the README names");
    }
}

#[test]
fn the_reminder_is_printed() {
    let script = block("remind").replace("cargo run -q --", env!("CARGO_BIN_EXE_toban"));
    assert!(run(&script).contains("🌙 11/24(火) の当番です。"));
}

#[test]
fn the_table_has_every_setting_and_no_other() {
    let code = settings_in_code();
    let readme = readme();
    let (_, table) = readme.split_once("\n## Settings\n").expect("a section");
    let cells = table.split("\n## ").next().unwrap_or_default().lines();
    let cells = cells.filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let table: BTreeSet<_> =
        cells.flat_map(|cell| cell.split('`')).filter(|word| is_variable(word)).map(str::to_owned).collect();
    assert!(code.len() > 20, "{code:?}");
    assert_eq!(code, table, "left is what the code reads, right is what the README's table names");
}
