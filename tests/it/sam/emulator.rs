//! AWS's Runtime Interface Emulator: it gets an event over HTTP, starts the function as Lambda does, hands it the event
//! and returns the function's answer. <https://github.com/aws/aws-lambda-runtime-interface-emulator>
//!
//! It is part of AWS SAM's wheel and needs no Docker.

use crate::kit::LIMIT;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// The emulator and the functions that it runs.
pub struct Emulator {
    binary: PathBuf,
    build: PathBuf,
}

/// The result of one event.
pub struct Run {
    pub answer: Value,
    /// The lines that the function printed, to stdout or to stderr.
    pub printed: Vec<String>,
    /// What the emulator itself printed.
    errors: String,
}

impl Run {
    /// For the message of a failure.
    pub fn log(&self) -> String {
        format!("{}\n{}", self.printed.join("\n"), self.errors)
    }
}

/// Free ports are found by binding and releasing them, so another process may take one first.
const ATTEMPTS: usize = 5;
/// Between two checks whether the emulator listens; it does not say so.
const PAUSE: Duration = Duration::from_millis(10);

impl Emulator {
    pub fn from_environment() -> Self {
        let path = |variable: &str| match std::env::var_os(variable) {
            Some(path) => PathBuf::from(path),
            None => panic!("{variable} is not set: run this through tests/sam/run"),
        };
        Self { binary: path("TOBAN_SAM_EMULATOR"), build: path("TOBAN_SAM_BUILD") }
    }

    /// The functions that were built, by their names in the template.
    pub fn functions(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(&self.build).expect("the folder of the build");
        let folders =
            entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.join("bootstrap").exists());
        folders.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
    }

    /// Starts the function with these variables and no others, hands it one event, and ends it. The output is left
    /// in `target/tmp/` under the name.
    pub async fn invoke(&self, name: &str, function: &str, env: &[(&str, &str)], event: Vec<u8>) -> Run {
        let folder = self.build.join(function);
        let log = |kind| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sam-{name}.{kind}"));
        let printed = log("out");
        let errors = log("err");
        for _ in 0..ATTEMPTS {
            let [http, runtime] = free_addresses();
            let mut emulator = Command::new(&self.binary)
                .args(["--runtime-interface-emulator-address", &http.to_string()])
                .args(["--runtime-api-address", &runtime.to_string()])
                .arg(folder.join("bootstrap"))
                .current_dir(&folder)
                .env_clear()
                .env("AWS_LAMBDA_FUNCTION_NAME", function)
                .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "30")
                .env("AWS_REGION", "ap-northeast-1")
                .envs(env.iter().copied())
                .stdin(Stdio::null())
                .stdout(File::create(&printed).expect("target/tmp can be written to"))
                .stderr(File::create(&errors).expect("target/tmp can be written to"))
                .kill_on_drop(true)
                .spawn()
                .unwrap_or_else(|error| panic!("{} cannot be run: {error}", self.binary.display()));
            if !timeout(LIMIT, listens(&mut emulator, http)).await.expect("the emulator listens, or ends") {
                continue;
            }
            let answer = timeout(LIMIT, post(http, event)).await;
            timeout(LIMIT, end(emulator)).await.expect("the emulator ends when it is terminated");
            let read = |path: &Path| fs::read_to_string(path).expect("what is printed is UTF-8");
            let printed = read(&printed);
            let errors = read(&errors);
            let Ok(Ok(answer)) = answer else {
                panic!("{function} has not answered ({answer:?}), look at its log:\n{printed}\n{errors}");
            };
            let printed = printed.lines().filter(|line| !is_of_the_emulator(line)).map(str::to_owned).collect();
            return Run { answer, printed, errors };
        }
        let errors = fs::read_to_string(&errors).unwrap_or_default();
        panic!("the emulator ended {ATTEMPTS} times before it listened, look at what it says:\n{errors}");
    }
}

/// The lines that Lambda itself writes into a function's log. The function has the emulator's stdout, so nothing
/// comes in the middle of a line.
fn is_of_the_emulator(line: &str) -> bool {
    ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "].iter().any(|mark| line.starts_with(mark))
}

fn free_addresses() -> [SocketAddr; 2] {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    // Both are bound at once, so that they differ.
    [listen(), listen()].map(|listener| listener.local_addr().expect("a bound listener has an address"))
}

/// Whether it listens; `false` if it ended before.
async fn listens(emulator: &mut Child, address: SocketAddr) -> bool {
    while TcpStream::connect(address).await.is_err() {
        if emulator.try_wait().expect("the emulator is ours to wait for").is_some() {
            return false;
        }
        sleep(PAUSE).await;
    }
    true
}

/// Terminates it, so that it ends its function; if it were killed, the function would go on.
async fn end(mut emulator: Child) {
    let id = emulator.id().expect("it has not been waited for");
    let killed = Command::new("sh").args(["-c", "kill $0", &id.to_string()]).status().await;
    assert!(killed.expect("there is a shell").success(), "the emulator has ended by itself");
    emulator.wait().await.expect("the emulator is ours to wait for");
}

async fn post(address: SocketAddr, event: Vec<u8>) -> Result<Value, reqwest::Error> {
    let url = format!("http://{address}/2015-03-31/functions/function/invocations");
    let client = toban::net::http::client()?;
    client.post(url).body(event).send().await?.json().await
}
