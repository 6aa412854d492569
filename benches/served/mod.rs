//! Signed webhooks to `toban serve` as it is built, over connections that stay open, with a chat that accepts at once.

use chrono::{SecondsFormat, Utc};
use ring::hmac;
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::sleep;

const SECRET: &str = "a-secret-of-the-bench";

/// How many requests a second are answered 202. What the process logs is written to a file, as a system's log would be.
pub async fn accepted(name: &Path, chat: u16, senders: usize) -> f64 {
    let (mut process, port) = started(name, chat).await;
    let rate = crate::a_second(senders, |nth, until| send(port, nth, until)).await;
    process.kill().await.expect("it is ours");
    rate
}

/// Sends one request after the other on one connection, and returns how many were taken.
async fn send(port: u16, nth: usize, until: Instant) -> usize {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    let mut body = Body::new();
    let mut count = 0;
    while Instant::now() < until {
        ask(&mut stream, &body.of(nth * 1_000_000 + count), "queued\n").await;
        count += 1;
    }
    count
}

async fn started(name: &Path, chat: u16) -> (Child, u16) {
    let log = name.with_extension("log");
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/rotation");
    let process = Command::new(env!("CARGO_BIN_EXE_toban"))
        .arg("serve")
        .env_clear()
        .env("STATE_FILE", name.with_extension("db"))
        .env("LISTEN", "127.0.0.1:0")
        .env("PAGERDUTY_WEBHOOK_SECRETS", SECRET)
        .env("ROTATION_FILE", data.join("rotation.csv"))
        .env("MEMBERS_FILE", data.join("members.csv"))
        .env("SLACK_BOT_TOKEN", "xoxb-bench-0123456789")
        .env("SLACK_CHANNEL", "C0BENCH0001")
        .env("SLACK_BASE_URL", format!("http://127.0.0.1:{chat}/api"))
        .env("FALLBACK_MENTION_SLACK", "<!subteam^S0BENCH0001>")
        .stdin(Stdio::null())
        .stdout(File::create(&log).expect("a file"))
        .kill_on_drop(true)
        .spawn()
        .expect("toban starts");
    let begun = Instant::now();
    loop {
        let said = fs::read_to_string(&log).expect("a file");
        if let Some(rest) = said.split("\"listen\":\"127.0.0.1:").nth(1) {
            let port = rest.split('"').next().and_then(|port| port.parse().ok());
            return (process, port.expect("a port"));
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not start: {said}");
        sleep(Duration::from_millis(2)).await;
    }
}

/// Sends a request, and waits for its answer, whose text is this.
async fn ask(stream: &mut TcpStream, request: &[u8], text: &str) {
    stream.write_all(request).await.expect("it is taken");
    let mut answer = Vec::with_capacity(512);
    while !answer.ends_with(text.as_bytes()) {
        let read = stream.read_buf(&mut answer).await.expect("an answer");
        assert!(read > 0, "closed after {}", String::from_utf8_lossy(&answer));
    }
}

/// Triggered events, each of another incident.
struct Body {
    event: Value,
    key: hmac::Key,
}

impl Body {
    fn new() -> Self {
        let event = include_str!("../../tests/data/pagerduty/v3/incident.triggered.json");
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        Self { event: serde_json::from_str(event).expect("JSON"), key }
    }

    fn of(&mut self, number: usize) -> Vec<u8> {
        let event = &mut self.event["event"];
        event["id"] = format!("01BENCH{number:019}").into();
        event["occurred_at"] = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true).into();
        event["data"]["id"] = format!("QBENCH{number:09}").into();
        event["data"]["number"] = (number + 1).into();
        let body = self.event.to_string();
        let signature = hmac::sign(&self.key, body.as_bytes());
        let digits: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let length = body.len();
        let head = "POST /pagerduty HTTP/1.1\r\nhost: toban";
        format!("{head}\r\ncontent-length: {length}\r\nx-pagerduty-signature: v1={digits}\r\n\r\n{body}").into_bytes()
    }
}

/// A chat on this port, which accepts whatever comes.
pub async fn chat() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    let posts = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(accept(stream, posts.clone()));
        }
    });
    port
}

async fn accept(mut stream: TcpStream, posts: Arc<AtomicUsize>) {
    let mut read = Vec::new();
    loop {
        while let Some(length) = whole(&read) {
            read.drain(..length);
            let nth = posts.fetch_add(1, Ordering::Relaxed);
            let body = format!("{{\"ok\":true,\"channel\":\"C0BENCH0001\",\"ts\":\"1795485720.{nth:06}\"}}");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
        if !stream.read_buf(&mut read).await.is_ok_and(|read| read > 0) {
            return;
        }
    }
}

/// How long the first request of these bytes is, if it is whole.
fn whole(read: &[u8]) -> Option<usize> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
    let whole = end + length.unwrap_or(0);
    (read.len() >= whole).then_some(whole)
}
