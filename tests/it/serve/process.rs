//! The process and its state file.

use crate::kit::LIMIT;
use crate::running::{Settings, signature};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

const TOBAN: &str = env!("CARGO_BIN_EXE_toban");

/// A state file of this test alone, in a folder that is removed with it.
pub struct State {
    folder: PathBuf,
    /// What a file of the process may have at most, in blocks of 512 bytes.
    largest: Option<u32>,
}

impl State {
    pub fn new(name: &str) -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("serve {name} {} {count}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("it can be made");
        Self { folder, largest: None }
    }

    /// From the next start on no file gets larger than so many KiB, as on a disk that is full; or as large as it likes.
    pub fn limit(&mut self, largest: Option<u32>) {
        self.largest = largest.map(|kib| kib * 2);
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join("toban.db")
    }

    /// Locks it, as somebody may who writes to it by hand: nothing can be kept until the end of this.
    pub fn hold(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.path()).expect("it can be looked at");
        connection.execute_batch("BEGIN IMMEDIATE").expect("nobody writes now");
        connection
    }
}

impl Drop for State {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// `toban serve`, and what it has logged.
pub struct Serving {
    child: Child,
    pub port: u16,
    log: Arc<Mutex<String>>,
}

fn spawned(settings: &Settings, state: &State) -> Child {
    let mut command = Command::new(TOBAN);
    if let Some(largest) = state.largest {
        command = Command::new("/bin/sh");
        command.args(["-c", &format!("ulimit -f {largest}; exec \"$0\" \"$@\""), TOBAN]);
    }
    command
        .arg("serve")
        .env_clear()
        .env("STATE_FILE", state.path())
        .env("LISTEN", "127.0.0.1:0")
        .env("METRICS_LISTEN", "127.0.0.1:0")
        .envs(settings.pairs())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("toban starts")
}

impl Serving {
    /// Starts it, and waits until it serves.
    pub async fn start(settings: &Settings, state: &State) -> Self {
        let mut child = spawned(settings, state);
        let log = Arc::<Mutex<String>>::default();
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let kept = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = kept.lock().expect("no panic before");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut serving = Self { child, port: 0, log };
        let line = serving.says("\"message\":\"serving\"").await;
        serving.port = port(&line).unwrap_or_else(|| panic!("no port in {line}"));
        serving
    }

    /// Asks for something beside the webhooks, `/metrics` or `/ready`: the status and the text of the answer.
    pub async fn aside(&self, path: &str) -> (u16, String) {
        let port = port(&self.says("at METRICS_LISTEN").await).expect("a port");
        let answer = exchange_with(port, &format!("GET {path}"), "", b"").await.expect("an answer");
        let text = answer.split_once("\r\n\r\n").map(|(_, text)| text.to_owned()).unwrap_or_default();
        (status(&answer), text)
    }

    /// Starts it where it cannot: its code, and what it says.
    pub async fn refused(settings: &Settings, state: &State) -> (Option<i32>, String) {
        let output = timeout(LIMIT, spawned(settings, state).wait_with_output()).await.expect("in time");
        let output = output.expect("it can be waited for");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    pub fn logs(&self) -> String {
        self.log.lock().expect("no panic before").clone()
    }

    /// Waits for a line of the log that has this in it.
    pub async fn says(&self, what: &str) -> String {
        let wait = async {
            loop {
                if let Some(line) = self.logs().lines().find(|line| line.contains(what)) {
                    return line.to_owned();
                }
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("'{what}' is not said:\n{}", self.logs()))
    }

    /// Sends a signed body; the status of the answer, or 0 if there was none.
    pub async fn signed(&self, body: &[u8]) -> u16 {
        signed_to(self.port, body).await
    }

    /// The same with the head of the answer.
    pub async fn answer(&self, body: &[u8]) -> (u16, String) {
        let headers = format!("x-pagerduty-signature: {}\r\n", signature(body));
        let answer = exchange(self.port, "/pagerduty", &headers, body).await.unwrap_or_default();
        (status(&answer), answer.to_lowercase())
    }

    /// Sends anything; the status and the text of the answer.
    pub async fn post(&self, path: &str, headers: &[(&str, String)], body: &[u8]) -> (u16, String) {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let answer = exchange(self.port, path, &headers, body).await.unwrap_or_default();
        let text = answer.split_once("\r\n\r\n").map(|(_, text)| text.to_owned()).unwrap_or_default();
        (status(&answer), text)
    }

    /// Waits until nothing is left in the queues.
    pub async fn settled(&self, state: &State) {
        let connection = rusqlite::Connection::open(state.path()).expect("it can be looked at");
        let wait = async {
            while connection.query_row("SELECT count(*) > 0 FROM messages", [], |row| row.get(0)).unwrap_or(true) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("something is left:\n{}", self.logs()));
    }

    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Sends it a signal: `TERM` or `INT`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits until it has ended; the exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = timeout(LIMIT, self.child.wait()).await.expect("it ends in time").expect("it can be waited for");
        // The last lines may still be on their way.
        self.says("\"message\":\"ended\"").await;
        ended.code()
    }

    /// Asks it to end, and waits; the exit code.
    pub async fn terminated(mut self) -> Option<i32> {
        self.signal("TERM");
        let code = self.ended().await;
        assert!(self.logs().contains("\"is_drained\":true"), "{}", self.logs());
        code
    }
}

/// Sends a signed body to whoever listens there; the status of the answer, or 0 if there was none.
pub async fn signed_to(port: u16, body: &[u8]) -> u16 {
    let headers = format!("x-pagerduty-signature: {}\r\n", signature(body));
    status(&exchange(port, "/pagerduty", &headers, body).await.unwrap_or_default())
}

/// That of a line in the log.
fn port(line: &str) -> Option<u16> {
    line.split("127.0.0.1:").nth(1)?.split('"').next()?.parse().ok()
}

/// That of an answer, or 0 if there was none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// A POST, and what comes back until the connection is closed.
async fn exchange(port: u16, path: &str, headers: &str, body: &[u8]) -> std::io::Result<String> {
    exchange_with(port, &format!("POST {path}"), headers, body).await
}

async fn exchange_with(port: u16, what: &str, headers: &str, body: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let length = body.len();
    let head =
        format!("{what} HTTP/1.1\r\nhost: toban\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
