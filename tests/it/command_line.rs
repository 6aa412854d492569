//! `toban demo` and `toban explain`, as a person starts them.

pub mod closed_pipe;
mod greeting;
mod languages;

use crate::running::{data, signature_by, triggered};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, ChildStdout};

const TOBAN: &str = env!("CARGO_BIN_EXE_toban");

pub struct Demo {
    child: Child,
    pub port: u16,
    out: Lines<BufReader<ChildStdout>>,
    greeting: String,
    err: Lines<BufReader<ChildStderr>>,
}

impl Demo {
    pub async fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = tokio::process::Command::new(TOBAN)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("toban starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut err = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let greeting = err.next_line().await.expect("readable").expect("it says where it listens");
        let port = greeting.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in: {greeting}"));
        Self { child, port, out, greeting, err }
    }

    /// What it prints at its start, with PORT for its own port.
    pub async fn greeting(&mut self) -> String {
        let mut all = format!("{}\n", self.greeting);
        while !all.contains("\n  try ") {
            all += &self.err.next_line().await.expect("readable").expect("it goes on");
            all.push('\n');
        }
        all.replace(&self.port.to_string(), "PORT")
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits for its end; the exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(crate::kit::LIMIT, self.child.wait()).await;
        ended.expect("it ends in time").expect("it can be waited for").code()
    }

    /// The status line of the answer.
    pub async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        let mut request = format!(
            "POST /pagerduty HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.port,
            body.len()
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n").as_bytes()).await.expect("writable");
        stream.write_all(body).await.expect("writable");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("readable");
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// The next message that is printed, without the rules above and below it.
    pub async fn message(&mut self) -> String {
        let mut lines = Vec::new();
        let mut rules = 0;
        while rules < 2 {
            let line = self.out.next_line().await.expect("readable").expect("it goes on");
            if line.starts_with("───") {
                rules += 1;
            } else if rules == 1 {
                lines.push(line);
            }
        }
        lines.join("\n")
    }
}

#[tokio::test]
async fn serve_prints_messages_with_the_sample_rotation() {
    let mut demo = Demo::start(&["demo", "--port", "0"], &[("TOBAN_NOW", "2026-11-24T11:02:01+09:00")]).await;
    let body = triggered(1);
    let status = demo.post(&[("x-pagerduty-signature", &signature_by("toban-demo-secret", &body))], &body).await;
    assert_eq!(status, "HTTP/1.1 202 Accepted");
    assert_eq!(
        demo.message().await,
        "@中村 @小林\n\
         🔥 発生 #PD1 HTTP 5xx が 5% を超えています\n\
         Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02\n\
         意味: アプリケーションがエラーを返しています\n\
         手順: プロセス再起動 https://wiki.example.com/runbooks/http-5xx · \
         PagerDuty https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC"
    );
    assert_eq!(demo.post(&[("authorization", "Bearer wrong")], b"{}").await, "HTTP/1.1 503 Service Unavailable");
    assert_eq!(
        demo.post(&[("x-toban-token", "toban-demo-token")], &crate::running::v2("m-1")).await,
        "HTTP/1.1 202 Accepted"
    );
    assert!(demo.message().await.contains("#PD4813"));
}

fn toban(arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Output {
    let mut child = Command::new(TOBAN)
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toban starts");
    child.stdin.take().expect("it is piped").write_all(input).ok();
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn explain(file: &str, more: &[&str]) -> (Option<i32>, String) {
    let path = data("pagerduty").join(file).to_string_lossy().into_owned();
    let output = toban(&[&["explain", path.as_str()], more].concat(), &[("MESSAGE_LANGUAGE", "en")], b"");
    (output.status.code(), text(&output.stdout))
}

#[test]
fn explain_says_who_and_why() {
    let (code, printed) = explain("v3/incident.triggered.json", &["--at", "2026-11-24T16:59:59+09:00"]);
    let head = "── triggered · event 01G42K1PH949F0AX2RA6TCIX64 ──\n";
    let rest = |why: &str, mention: &str, time: &str| {
        format!(
            "{head}{mention}🔥 Triggered #PD4812 HTTP 5xx が 5% を超えています\n\
             Mackerel Backlogアプリ · urgency high · P2 · {time}\n\
             Meaning: アプリケーションがエラーを返しています\n\
             Runbook: プロセス再起動 https://wiki.example.com/runbooks/http-5xx · \
             PagerDuty https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC\n\n→ {why}\n\n"
        )
    };
    assert_eq!(code, Some(0));
    assert_eq!(
        printed,
        rest(
            "on-call mentioned: in working hours · posted Tue Nov 24 16:59:59 (working hours) · \
             happened Tue Nov 24 11:02:00 (working hours) · rotation rotation.csv!B24 · rotation read 0 s ago",
            "@中村 @小林\n",
            "11:02 (5 h 57 min late)"
        )
    );
    let (code, printed) = explain("v3/incident.triggered.json", &["--at", "2026-11-24T17:31:00+09:00"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        printed,
        rest(
            "nobody mentioned: it happened in working hours, but is posted after them · posted Tue Nov 24 17:31:00 \
             (outside hours) · happened Tue Nov 24 11:02:00 (working hours)",
            "",
            "11:02 (6 h 29 min late)"
        )
    );
    let (code, printed) = explain("v3/incident.triggered.json", &["--as", "slack"]);
    assert_eq!(code, Some(0));
    assert!(printed.contains("<@U0SAMPLENAKA> <@U0SAMPLEKOBA>\n"), "{printed}");
    let (_, printed) = explain("v3/incident.triggered.json", &["--as", "typetalk"]);
    assert!(printed.contains("@nakamura @kobayashi\n"), "{printed}");
}

/// The whole answer about an alert in the break, and about one that comes late and falls into it, in both languages.
#[test]
fn explain_says_that_it_is_the_break() {
    let body = std::fs::read(data("pagerduty/v3/incident.triggered.json")).expect("a body");
    let explain = |language: &str, pause: &str, at: &str| {
        let variables = [("MESSAGE_LANGUAGE", language), ("BUSINESS_BREAK", pause)];
        let output = toban(&["explain", "-", "--at", at], &variables, &body);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let printed = text(&output.stdout);
        let why = printed.lines().find_map(|line| line.strip_prefix("→ "));
        why.unwrap_or_else(|| panic!("no reason in {printed}")).to_owned()
    };
    for (pause, at, ja, en) in [
        (
            "11:00-12:00",
            "2026-11-24T11:02:05+09:00",
            "メンションなし: 休憩時間 (BUSINESS_BREAK) に起きました · 投稿 11/24(火) 11:02:05 (休憩時間)",
            "nobody mentioned: it happened in the break (BUSINESS_BREAK) · posted Tue Nov 24 11:02:05 (break)",
        ),
        (
            "12:00-13:00",
            "2026-11-24T12:30:00+09:00",
            "メンションなし: 業務時間内に起きましたが、投稿が遅れて休憩時間 (BUSINESS_BREAK) になりました · 投稿 11/24(火) 12:30:00 \
             (休憩時間) · 発生 11/24(火) 11:02:00 (業務時間内)",
            "nobody mentioned: it happened in working hours, but is posted late, in the break (BUSINESS_BREAK) · posted Tue \
             Nov 24 12:30:00 (break) · happened Tue Nov 24 11:02:00 (working hours)",
        ),
    ] {
        assert_eq!(explain("ja", pause, at), ja);
        assert_eq!(explain("en", pause, at), en);
    }
}

#[test]
fn explain_says_that_nothing_would_be_posted_about_an_event_that_is_not_relayed() {
    for (sender, body) in [
        ("pagerduty", r#"{"messages": []}"#),
        ("mackerel", r#"{"event": "monitorCreate", "monitor": {"id": "2bj"}}"#),
        ("jenkins", r#"{"name": "restart-app", "build": {"number": 42, "phase": "QUEUED"}}"#),
    ] {
        for (language, expected) in [
            ("ja", "誰かに知らせるアラートではないため、何も投稿されません\n"),
            ("en", "this is nobody's alert: nothing would be posted\n"),
        ] {
            let variables = [("MESSAGE_LANGUAGE", language)];
            let output = toban(&["explain", "-", "--from", sender], &variables, body.as_bytes());
            assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), expected), "{sender}");
        }
    }
}

#[test]
fn explain_reads_standard_input_and_fails_on_what_it_cannot_read() {
    let body = std::fs::read(data("pagerduty/v2/two-messages.json")).expect("a file");
    let output = toban(&["explain", "-"], &[], &body);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).matches("#PD4813").count(), 2);

    let output = toban(&["explain", "-"], &[], b"{");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("読み取れませんでした"), "{}", text(&output.stdout));
    let output = toban(&["explain", "/nowhere.json"], &[], b"");
    assert_eq!(
        (output.status.code(), text(&output.stderr).as_str()),
        (Some(1), "toban: /nowhere.json: No such file or directory (os error 2)\n")
    );
    let output = toban(&["explain", "-", "--at", "noon"], &[], b"{}");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr)
            .contains("not a time such as '2026-11-24 11:02' (in TIME_ZONE) or 2026-11-24T11:02:00+09:00 (RFC 3339)"),
        "{}",
        text(&output.stderr)
    );
    let output = toban(&["explain", "-"], &[("TIME_ZONE", "x")], b"{}");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("TIME_ZONE is 'x'"), "{}", text(&output.stderr));
}

#[test]
fn explain_reads_what_the_other_senders_send() {
    for (sender, file, headline) in [
        ("mackerel", "mackerel/kinds/alert.host.json", "🔥 発生 #MKgCZ8Xy loadavg5"),
        ("jenkins", "jenkins/kinds/started.json", "🔧 ジョブ開始 restart-app (42)"),
        ("events", "events/kinds/triggered.json", "🔥 発生 #EV3EE221 DISK CRITICAL - free space: / 1021 MB (4%)"),
    ] {
        let body = std::fs::read(data(file)).expect("a file");
        let output = toban(&["explain", "--from", sender, "-"], &[], &body);
        assert_eq!(output.status.code(), Some(0), "{sender}");
        assert!(text(&output.stdout).lines().any(|line| line == headline), "{}", text(&output.stdout));
        // Read as PagerDuty's, it is not a known event.
        assert_eq!(toban(&["explain", "-"], &[], &body).status.code(), Some(1), "{sender}");
    }
}

#[test]
fn help_names_every_command() {
    let output = toban(&["--help"], &[], b"");
    assert_eq!(output.status.code(), Some(0));
    for word in ["demo", "explain", "mackerel", "pagerduty", "--version"] {
        assert!(text(&output.stdout).contains(word), "{word} is not in\n{}", text(&output.stdout));
    }
    for (command, word) in [
        ("demo", "Nothing leaves the machine"),
        ("check", "Posts nothing"),
        ("explain", "no signature needed"),
        ("remind", "--post"),
        ("pagerduty", "Nothing is ever deleted"),
    ] {
        let output = toban(&[command, "--help"], &[], b"");
        assert!(text(&output.stdout).contains(word), "{word} is not in\n{}", text(&output.stdout));
    }
    assert_eq!(toban(&["srve"], &[], b"").status.code(), Some(2));
}

/// The sample's rotation is in order, so without this the answer would be that nothing is wrong.
#[test]
fn check_with_nothing_set_says_what_is_missing() {
    let ja = "toban: まだ何も設定されていないため、確認するものがありません。アカウントなしで試すには `toban demo` を実行してください。実際に使うには、\
              少なくとも次を設定してください
  PAGERDUTY_WEBHOOK_SECRETS   PagerDuty の Webhook の署名の鍵
  SLACK_BOT_TOKEN             Slack アプリのトークン
  SLACK_CHANNEL               アラートを投稿するチャンネルの ID
  GOOGLE_SHEET_ID             当番表。GOOGLE_SERVICE_ACCOUNT_KEY も必要です。CSV ファイルなら ROTATION_FILE
  FALLBACK_MENTION_SLACK      当番が分からないときに知らせる相手
すべての設定は docs/settings.ja.md にあります。
";
    let en = "toban: nothing is configured, so there is nothing to check. To look around without an account: `toban demo`. For the \
              relay itself set at least
  PAGERDUTY_WEBHOOK_SECRETS   the signing secret of PagerDuty's webhook
  SLACK_BOT_TOKEN             the token of your Slack app, and
  SLACK_CHANNEL               where alerts go
  GOOGLE_SHEET_ID             the rotation, with GOOGLE_SERVICE_ACCOUNT_KEY; or ROTATION_FILE for a CSV file
  FALLBACK_MENTION_SLACK      who is told when the rotation has no answer
docs/settings.md has all settings.
";
    for (language, expected) in [("", en), ("ja", ja), ("en", en)] {
        for arguments in
            [&["check"][..], &["check", "--rotation-only"], &["check", "--url", "https://a.example/pagerduty"]]
        {
            let variables =
                [("MESSAGE_LANGUAGE", language), ("TOBAN_NOW", "2026-11-24T11:02:00+09:00"), ("SLACK_BOT_TOKEN", " ")];
            let output = toban(arguments, &variables, b"");
            assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{arguments:?}");
            assert_eq!(text(&output.stderr), expected, "{arguments:?}");
        }
    }
}
