//! Blocks that are run as a reader would type them.

#[cfg(feature = "aws-tests")]
mod python;

use super::named_blocks;
use crate::command_line::Demo;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::task::spawn_blocking;

const TOBAN: &str = env!("CARGO_BIN_EXE_toban");

/// Blocks that are run against `toban serve`, or run it.
pub const SERVED: [&str; 9] =
    ["demo", "demo at another time", "v3", "v2", "events", "events json", "events form", "events v2", "slo event"];

/// A block that prints something and ends.
pub struct Printed {
    pub name: &'static str,
    code: i32,
    says: &'static [&'static str],
}

pub const PRINTED: &[Printed] = &[
    Printed {
        name: "slo explain",
        code: 0,
        says: &["📉 checkout: 30日で99.9%の約束に対し、失敗は許容の14倍です", "約50時間で尽きます"],
    },
    Printed {
        name: "explain",
        code: 0,
        says: &["@中村 @小林\n🔥 発生 #PD4812 ", "→ 当番にメンション: 業務時間内です"],
    },
    Printed {
        name: "explain as sent",
        code: 0,
        says: &["→ メンションなし: 業務時間外に起きました", "(祝日: 勤労感謝の日)"],
    },
    Printed { name: "remind", code: 0, says: &["@中村 @小林\n🌙 11/24(火) の当番です。"] },
    Printed {
        name: "a right sheet",
        code: 0,
        says: &["✓ rotation  11/9(月) 当番: 高橋, 田中\n", "問題はありません\n"],
    },
    Printed {
        name: "a wrong sheet",
        code: 1,
        says: &[
            "✗ rotation  11/9(月): rotation.csv!B9 の「高梨」は誰のことか分かりません (「高橋」のことですか?) (ほか3か所: B9 … B13)。名前を直すか、members に行を足してください\n",
            "✗ の項目を直してから、もう一度実行してください\n",
        ],
    },
];

/// The same in Python, which a plain `cargo test` does without.
pub const IN_PYTHON: &[Printed] = &[
    Printed { name: "sign", code: 0, says: &[] },
    // Measuring takes minutes and a machine that does nothing else; here it says what it would do.
    Printed {
        name: "bench",
        code: 0,
        says: &[
            "toban, built with optimization, 10 rounds of 200 webhooks: toban, toban-front, toban-worker, toban-presses, baseline, ",
            "python-worker; fails when a budget is missed\n",
        ],
    },
    Printed {
        name: "bench, other ways",
        code: 0,
        says: &["20 rounds of 200", "/target/release/webhook, 10 rounds", "webhooks: baseline, node-lean, "],
    },
];

/// A folder for this test alone, instead of /tmp. It has a space in its name, as any folder may.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("documents {name}"));
    std::fs::create_dir_all(&folder).expect("it can be made");
    folder
}

/// The script with replacements for `cargo run`, a measurement and /tmp. Binary and folder are variables, because their
/// names may hold anything, even what is replaced here.
fn adapted(script: &str) -> String {
    let script = script.replace("cargo run -q --", "\"$TOBAN\"");
    let script = script.replace("bench/run", "bench/run --dry-run");
    script.replace("/tmp/", "\"$SCRATCH\"/")
}

/// Runs a script in the root, with the binary instead of `cargo run`. Returns its exit code and output.
pub fn run(name: &str, script: &str) -> (Option<i32>, String) {
    run_with(Path::new(TOBAN), name, script)
}

fn run_with(toban: &Path, name: &str, script: &str) -> (Option<i32>, String) {
    // Some blocks begin with `toban`, as for somebody who has installed it.
    let path = [toban.parent().expect("a folder").as_os_str(), &std::env::var_os("PATH").unwrap_or_default()];
    let mut bash = Command::new("bash");
    bash.args(["-c", &adapted(script)]).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    bash.env("PATH", path.join(OsStr::new(":"))).env("TOBAN", toban).env("SCRATCH", scratch(name));
    let output = bash.output().expect("bash runs");
    eprintln!("{name}:\n{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_script_runs_wherever_the_binary_is() {
    let folder = scratch("any folder").join("tmp/cargo run -q -- bench/run $HOME 'a' \"b\"");
    std::fs::create_dir_all(&folder).expect("it can be made");
    let toban = folder.join("toban");
    std::fs::remove_file(&toban).ok();
    std::os::unix::fs::symlink(TOBAN, &toban).expect("it can be linked to");
    let script = "cargo run -q -- --version > /tmp/said\nsaid=/tmp/said\ncat \"$said\"; echo \"$(cat /tmp/said)\"\n";
    let version = concat!("toban ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run_with(&toban, "any folder", script), (Some(0), version.repeat(2)));
}

#[test]
fn what_prints_something_prints_it() {
    print(PRINTED);
}

#[track_caller]
fn print(all: &[Printed]) {
    let blocks = named_blocks();
    for Printed { name, code, says } in all {
        let script = blocks.get(*name).unwrap_or_else(|| panic!("no document has the block '{name}'"));
        let (ended, printed) = run(name, script);
        assert_eq!(ended, Some(*code), "{name} printed\n{printed}");
        for text in *says {
            assert!(printed.contains(text), "{name} does not say '{text}':\n{printed}");
        }
    }
}

/// The arguments of `VARIABLE=value cargo run`.
async fn started(script: &str) -> Demo {
    let words: Vec<_> = script.split_whitespace().collect();
    let (variables, command) = words.split_at(words.len() - 2);
    assert_eq!(command, ["cargo", "run"], "{script}");
    let variables: Vec<_> = variables.iter().map(|word| word.split_once('=').expect("a variable")).collect();
    Demo::start(&["demo", "--port", "0"], &variables).await
}

#[tokio::test]
async fn the_curl_lines_post_an_incident_and_a_repeat_posts_nothing() {
    let blocks = named_blocks();
    let mut demo = started(&blocks["demo"]).await;
    for (name, tag) in [("v3", "#PD4812"), ("v2", "#PD4813"), ("v2", ""), ("v3", "#PD4812")] {
        let script = blocks[name].replace("127.0.0.1:8080", &format!("127.0.0.1:{}", demo.port));
        let answer = spawn_blocking(move || run(name, &script)).await.expect("it ends");
        assert_eq!(answer, (Some(0), "accepted\n".to_owned()), "{name}");
        // The v2 body posts nothing the second time, so the next message is the v3 body's, which is always new.
        if !tag.is_empty() {
            let message = demo.message().await;
            assert!(message.contains("🔥 発生") && message.contains(&format!("{tag} ")), "{message}");
        }
    }
}

#[tokio::test]
async fn the_clock_is_moved_into_working_hours() {
    let blocks = named_blocks();
    let mut demo = started(&blocks["demo at another time"]).await;
    let script = blocks["v2"].replace("127.0.0.1:8080", &format!("127.0.0.1:{}", demo.port));
    spawn_blocking(move || run("v2", &script)).await.expect("it ends");
    let message = demo.message().await;
    assert!(message.starts_with("@中村 @小林\n🔥 発生 #PD4813 "), "{message}");
}

#[tokio::test]
async fn what_scripts_send_arrives() {
    let blocks = named_blocks();
    let mut demo = started(&blocks["demo at another time"]).await;
    let host = format!("127.0.0.1:{}", demo.port);
    let log = "tar: \"x\": 100% & more\nExiting\n";
    std::fs::write(scratch("events form").join("backup.log"), log).expect("it can be written");
    let processed = r#"{"dedup_key":"disk/db-1","message":"Event processed","status":"success"}"#;
    for (name, expected, answered) in [
        ("events", "@中村 @小林\n🔥 発生 #EV", "accepted"),
        ("events json", "\n#EV", "accepted"),
        ("events form", "tar: \"x\": 100% & more", "accepted"),
        ("events v2", "Disk usage is 91 %\ndb-1 · ", processed),
        ("slo event", "📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の14倍です", "accepted"),
    ] {
        let url = format!(
            "TOBAN_EVENTS_URL=http://toban:toban-demo-token@{host}/events\nTOBAN_URL=http://{host}\nEVENTS_TOKEN=toban-demo-token\n"
        );
        let script = url + &blocks[name].replace("127.0.0.1:8080", &host);
        let answer = spawn_blocking(move || run(name, &script)).await.expect("it ends");
        assert_eq!(answer, (Some(0), format!("{answered}\n")), "{name}");
        let message = demo.message().await;
        assert!(message.contains(expected), "{name}: {message}");
    }
}
