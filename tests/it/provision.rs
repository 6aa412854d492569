//! `toban pagerduty`: the plan from PagerDuty and a file, and what applying it does.

mod closed_pipe;
mod desired;
mod drift;
mod from_scratch;
mod interrupted;
mod japanese;
mod problems;
mod reads;
mod rights;
mod secrets;
mod shifts;

use crate::kit::PagerDuty;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A Tuesday, in hours.
const NOW: &str = "2026-11-24T11:02:00+09:00";
/// The same, with a fraction of a second.
const OUR_NOW: &str = "2026-11-24T11:02:00.123456789+09:00";

const DESIRED: &str = r#"
from = "sre@example.com"
service = "Backlogアプリ"
relay_url = "https://relay.example.com/prod/pagerduty"
dummy_email = "dummy@example.com"
sre_user = "sre@example.com"
company_holidays = ["2026-12-29", 2026-12-30, "2026-11-28"]
"#;

/// PagerDuty, and a file that says what it should be.
struct Fixture {
    pagerduty: PagerDuty,
    desired: String,
}

/// How a command ended, and what it printed.
#[derive(Debug, PartialEq)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Fixture {
    /// PagerDuty has two people and two services, and nothing of toban's.
    async fn start() -> Self {
        let pagerduty = PagerDuty::start(NOW).await;
        pagerduty.edit(|account| {
            account.add_user("PSRE1", "佐伯 玲", "sre@example.com", "admin");
            account.add_user("PLEAD1", "Lee Dā", "lead@example.com", "user");
            account.add_service("PSVC1", "Backlogアプリ", "PSRE1");
            account.add_service("PSVC2", "Backlogアプリ (staging)", "PSRE1");
        });
        Self { pagerduty, desired: DESIRED.into() }
    }

    /// After an apply.
    async fn applied() -> Self {
        let fixture = Self::start().await;
        let ran = fixture.apply().await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        fixture.pagerduty.take_calls();
        fixture
    }

    /// The file with another value for a field, or with one more line.
    fn with(mut self, key: &str, line: &str) -> Self {
        let others: Vec<_> = self.desired.lines().filter(|one| !one.starts_with(&format!("{key} ="))).collect();
        self.desired = format!("{}\n{line}\n", others.join("\n"));
        self
    }

    async fn plan(&self) -> Ran {
        self.run(&["plan"], &[]).await
    }

    async fn apply(&self) -> Ran {
        self.run(&["apply", "--yes"], &[]).await
    }

    /// Runs `toban pagerduty` with these arguments and the file, and with these variables on top of the usual ones.
    async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let base_url = self.pagerduty.base_url();
        let usual =
            [("PAGERDUTY_API_KEY", PagerDuty::KEY), ("PAGERDUTY_BASE_URL", base_url.as_str()), ("TOBAN_NOW", OUR_NOW)];
        let file = file("desired.toml", &self.desired);
        let ran = run(&[arguments, &[&file]].concat(), &[&usual, variables].concat()).await;
        let plain = |text: String| text.replace(&base_url, "https://api").replace(&file, "desired.toml");
        Ran { code: ran.code, out: plain(ran.out), err: plain(ran.err) }
    }
}

async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    toban(&[&["pagerduty"][..], arguments].concat(), variables.iter().copied()).await
}

/// Runs the command line with these variables and no others, without a terminal.
pub async fn toban<N: AsRef<OsStr>, V: AsRef<OsStr>>(
    arguments: &[&str],
    variables: impl IntoIterator<Item = (N, V)>,
) -> Ran {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_toban"))
        .args(arguments)
        .env_clear()
        .envs(variables)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("toban runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A new file with that content.
pub fn file(name: &str, content: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = format!("files-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path.to_string_lossy().into_owned()
}
