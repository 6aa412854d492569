//! A real Alertmanager, with the settings of `docs/sources.md`, sends its alerts to a real `toban serve`. `scripts/test it` gets
//! Debian's; every text that the chat has in the end is in `tests/data/alertmanager.en.txt` and `.ja.txt`.

use crate::golden;
use crate::kit::{LIMIT, Slack};
use crate::running::{Settings, TUESDAY};
use crate::serve::process::{Serving, State};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

const PROGRAM: &str = "prometheus-alertmanager";
const TOKEN: &str = "events-token-0123456789abcdef";
/// In the manual, for which the test has others.
const URL: &str = "https://abcdefghij.execute-api.ap-northeast-1.amazonaws.com/events";

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The settings that a page of the manual has.
fn pasted(page: &str) -> String {
    let text = fs::read_to_string(root(page)).expect("a page");
    let section = text.split("\n## ").find(|section| section.starts_with("Alertmanager")).expect("a section");
    section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("settings").to_owned()
}

/// One of its settings with another value, which has to be there.
fn set(settings: &str, from: &str, to: &str) -> String {
    assert!(settings.contains(from), "no '{from}' in\n{settings}");
    settings.replace(from, to)
}

struct Alertmanager {
    _child: Child,
    port: u16,
}

impl Alertmanager {
    async fn start(folder: &Path, settings: &str) -> Self {
        fs::write(folder.join("alertmanager.yml"), settings).expect("it can be written");
        fs::write(folder.join("toban-token"), TOKEN).expect("it can be written");
        let mut child = Command::new(PROGRAM)
            .args(["--config.file=alertmanager.yml", "--storage.path=data", "--cluster.listen-address="])
            .args(["--web.listen-address=127.0.0.1:0", "--web.external-url=https://alertmanager.example.com"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{PROGRAM}: {error}. `scripts/test it` gets it"));
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let mut said = String::new();
        let listening = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(port) = line.split("address=127.0.0.1:").nth(1).and_then(|port| port.trim().parse().ok()) {
                    return Some(port);
                }
                said += &line;
            }
            None
        };
        let port = timeout(LIMIT, listening).await.ok().flatten();
        let port = port.unwrap_or_else(|| panic!("it does not listen: {said}"));
        // Whatever else it says is read, or it would wait for that one day.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { _child: child, port }
    }

    /// Hands it alerts as Prometheus does. `ends_at` is in the past for one that is over.
    async fn alert(&self, instances: &[&str], ends_at: Option<&str>) {
        let alert = |instance: &&str| {
            let mut alert = json!({
                "labels": {"alertname": "HighErrorRate", "service": "shop", "instance": instance, "severity": "critical"},
                "annotations": {"summary": "5xx が 5% を超えています"},
                "generatorURL": "http://prometheus.example.com/graph?g0.expr=errors",
            });
            if let Some(ends_at) = ends_at {
                alert["startsAt"] = "2020-01-01T00:00:00Z".into();
                alert["endsAt"] = ends_at.into();
            }
            alert
        };
        let alerts: Vec<Value> = instances.iter().map(alert).collect();
        let url = format!("http://127.0.0.1:{}/api/v2/alerts", self.port);
        let http = toban::net::http::client().expect("a client");
        let request = http.post(&url).json(&alerts);
        assert!(request.send().await.expect("an answer").status().is_success());
    }
}

/// A text without how long it took, which is never the same.
fn without_seconds(text: &str) -> String {
    let timed =
        ["解決 (", "resolved ("].into_iter().find_map(|before| text.split_once(before).map(|rest| (before, rest)));
    let Some((before, (start, rest))) = timed else { return text.to_owned() };
    let (seconds, end) = rest.split_once(')').expect("it ends");
    assert!(seconds.starts_with(|c: char| c.is_ascii_digit()), "{text}");
    format!("{start}{before}…){end}")
}

/// Waits until so many messages are posted.
async fn posted(serving: &Serving, count: usize) {
    let wait = async {
        while serving.logs().matches("\"message\":\"posted\"").count() < count {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("message {count} is not posted:\n{}", serving.logs()));
}

async fn story(language: &str, page: &str) {
    let slack = Slack::start().await;
    let state = State::new("alertmanager");
    let settings = Settings::at(TUESDAY).slack(&slack).with("EVENTS_TOKENS", TOKEN).with("MESSAGE_LANGUAGE", language);
    let serving = Serving::start(&settings, &state).await;
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("alertmanager {language} {}", std::process::id()));
    fs::create_dir_all(&folder).expect("it can be made");
    let mut own = set(&pasted(page), URL, &format!("http://127.0.0.1:{}/events", serving.port));
    for (from, to) in [
        ("/etc/alertmanager/toban-token", "toban-token"),
        ("group_wait: 30s", "group_wait: 1s"),
        ("group_interval: 5m", "group_interval: 1s"),
        ("repeat_interval: 4h", "repeat_interval: 5s"),
    ] {
        own = set(&own, from, to);
    }
    let alertmanager = Alertmanager::start(&folder, &own).await;
    const OVER: Option<&str> = Some("2020-01-01T01:00:00Z");

    alertmanager.alert(&["web-1"], None).await;
    posted(&serving, 1).await;
    serving.says("the same was told").await;
    alertmanager.alert(&["web-2"], None).await;
    posted(&serving, 2).await;
    alertmanager.alert(&["web-1"], OVER).await;
    posted(&serving, 3).await;
    alertmanager.alert(&["web-2"], OVER).await;
    posted(&serving, 4).await;
    alertmanager.alert(&["web-3"], None).await;
    posted(&serving, 5).await;
    serving.settled(&state).await;

    let mut text = String::new();
    for message in slack.take() {
        let place = if message.thread_ts.is_some() { "in the thread" } else { "first" };
        writeln!(text, "== {place}\n{}", without_seconds(&message.text)).expect("a String takes everything");
    }
    golden::check(&root(&format!("tests/data/alertmanager.{language}.txt")), &text);
    assert!(!serving.logs().contains(TOKEN));
    fs::remove_dir_all(&folder).ok();
}

#[tokio::test]
async fn a_group_fires_repeats_grows_and_ends_in_one_thread() {
    story("ja", "docs/sources.ja.md").await;
}

#[tokio::test]
async fn a_group_fires_repeats_grows_and_ends_in_one_thread_in_english() {
    story("en", "docs/sources.md").await;
}

#[test]
fn what_the_manual_pastes_is_right() {
    for page in ["docs/sources.md", "docs/sources.ja.md"] {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.yml", page.replace('/', " ")));
        fs::write(&path, pasted(page)).expect("it can be written");
        let checked = std::process::Command::new("amtool").arg("check-config").arg(&path).output().expect("amtool");
        assert!(checked.status.success(), "{page}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}
