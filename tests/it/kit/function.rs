//! A binary run as a Lambda function: its process, its environment and what it prints.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::watch;

use super::LIMIT;
use super::runtime_api::{Invocation, Phase, RuntimeApi, TIME_LIMIT};

/// A running function. Its process ends with it, at the latest when the test's runtime does; a failing test prints
/// its log.
pub struct Function {
    name: String,
    api: RuntimeApi,
    log: File,
    exit: watch::Receiver<Option<ExitStatus>>,
    kill: watch::Sender<bool>,
    log_shown: AtomicBool,
}

/// Why a function did not start.
#[derive(Debug)]
pub struct InitError {
    /// What it reported to `init/error`, if it did.
    pub report: Option<Value>,
    pub exit: ExitStatus,
    /// What it printed.
    pub logs: String,
}

impl Function {
    /// Starts the binary with the variables that Lambda sets, those of `env` and no others, and waits until it asks for
    /// its first event. `binary` is usually `env!("CARGO_BIN_EXE_webhook")`.
    pub async fn start(binary: &str, env: &[(&str, &str)]) -> Self {
        let function = Self::spawn(binary, env).await;
        let sign = function.first_sign();
        match function.limited("ask for an event", sign).await {
            Ok(Phase::Failed(report)) => function.fail(&format!("failed to start: {report}")),
            Ok(_) => function,
            Err(exit) => function.fail(&format!("ended ({exit}) before it asked for an event")),
        }
    }

    /// Starts a binary that must fail to start, and waits for its end.
    pub async fn init_error(binary: &str, env: &[(&str, &str)]) -> InitError {
        let function = Self::spawn(binary, env).await;
        let sign = function.first_sign();
        let report = match function.limited("start or fail", sign).await {
            Ok(Phase::Failed(report)) => Some(report),
            Ok(_) => function.fail("started, which its configuration should have kept it from"),
            Err(_) => None,
        };
        let exit = function.limited("end", function.exited()).await;
        let logs = function.logs();
        InitError { report, exit, logs }
    }

    /// Hands the event to the function and waits for its answer. Events of concurrent calls are handed out in turn.
    ///
    /// When [`Function::kill`] meets a running event, the event gets the error that Lambda gives for it.
    pub async fn invoke(&self, event: &Value) -> Invocation {
        self.invoke_within(event, TIME_LIMIT).await
    }

    /// As [`Function::invoke`], with a deadline that the function is told. Killing it then is up to the caller.
    pub async fn invoke_within(&self, event: &Value, time_limit: Duration) -> Invocation {
        let answered = async {
            tokio::select! {
                biased;
                invocation = self.api.invoke(event, time_limit) => Ok(invocation),
                exit = self.exited() => Err(exit),
            }
        };
        match self.limited("answer", answered).await {
            Ok(invocation) => invocation,
            Err(exit) if *self.kill.borrow() => Invocation::Error(json!({
                "errorType": "Runtime.ExitError",
                "errorMessage": format!("Runtime exited: {exit}"),
            })),
            Err(exit) => self.fail(&format!("ended ({exit}) instead of answering")),
        }
    }

    /// Kills the process, as a crash would, and waits for its end.
    pub async fn kill(&self) {
        self.kill.send_replace(true);
        self.exited().await;
    }

    /// Everything printed so far, to stdout and to stderr, in order. What a function printed before it answered is here
    /// once the answer is.
    pub fn logs(&self) -> String {
        let mut bytes = Vec::new();
        let mut chunk = [0; 8192];
        loop {
            match self.log.read_at(&mut chunk, bytes.len() as u64) {
                Ok(0) => return String::from_utf8_lossy(&bytes).into_owned(),
                Ok(read) => bytes.extend_from_slice(&chunk[..read]),
                Err(error) => panic!("the log of {} cannot be read: {error}", self.name),
            }
        }
    }

    /// The printed lines that are JSON.
    pub fn log_lines(&self) -> Vec<Value> {
        let logs = self.logs();
        let lines = logs.lines();
        lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    async fn spawn(binary: &str, env: &[(&str, &str)]) -> Self {
        let name = Path::new(binary).file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let api = RuntimeApi::start().await;
        let log = log_file().expect("the directory for temporary files can be written to");
        let open = || Stdio::from(log.try_clone().expect("the process may open another file"));
        let mut child = Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/24/[$LATEST]0123456789abcdef")
            .env("AWS_REGION", "ap-northeast-1")
            .env("TZ", ":UTC")
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(open())
            .stderr(open())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{binary} cannot be run: {error}"));
        let (ended, exit) = watch::channel(None);
        let kill = watch::Sender::new(false);
        let mut killed = kill.subscribe();
        tokio::spawn(async move {
            // Either it is to be killed, or the function was dropped.
            let asked = async move {
                let _ = killed.wait_for(|killed| *killed).await;
            };
            let exit = tokio::select! {
                exit = child.wait() => exit,
                () = asked => {
                    // An error means that it has ended by itself, which is as well.
                    let _ = child.start_kill();
                    child.wait().await
                }
            };
            ended.send_replace(Some(exit.expect("the process is ours to wait for")));
        });
        Self { name, api, log, exit, kill, log_shown: AtomicBool::new(false) }
    }

    async fn exited(&self) -> ExitStatus {
        let mut exit = self.exit.clone();
        let exit = exit.wait_for(Option::is_some).await;
        exit.ok().and_then(|exit| *exit).expect("the process is watched until it ends")
    }

    /// How it got past starting, or how it ended before.
    async fn first_sign(&self) -> Result<Phase, ExitStatus> {
        tokio::select! {
            biased;
            phase = self.api.started() => Ok(phase),
            exit = self.exited() => Err(exit),
        }
    }

    async fn limited<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        match tokio::time::timeout(LIMIT, work).await {
            Ok(done) => done,
            Err(_) => self.fail(&format!("did not {what} within {LIMIT:?}")),
        }
    }

    fn fail(&self, what: &str) -> ! {
        self.log_shown.store(true, Ordering::SeqCst);
        panic!("{} {what}; look at its log:\n{}", self.name, self.logs());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if !self.log_shown.load(Ordering::SeqCst) {
                eprintln!("the log of {}:\n{}", self.name, self.logs());
            }
            return;
        }
        let problems = self.api.problems();
        let logs = self.logs();
        assert!(
            problems.is_empty(),
            "{}: look at what it asked of the Runtime API: {problems:#?}, and at its log:\n{logs}",
            self.name,
        );
    }
}

/// A file without a name, so that nothing is left behind. Not a pipe: what the process has written can be read at once.
fn log_file() -> io::Result<File> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("function-{}-{}.log", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).append(true).create_new(true).open(&path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}
