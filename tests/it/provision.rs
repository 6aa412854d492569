//! `toban pagerduty`: from an account and a file to a plan, and from a plan to an account.

mod desired;
mod drift;
mod interrupted;
mod obstacles;
mod reader;
mod reads;
mod rights;
mod secrets;
mod story;

use crate::kit::PagerDuty;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A Tuesday, in hours.
const NOW: &str = "2026-11-24T11:02:00+09:00";
/// The same on our clock, which does not stop at whole seconds.
const OUR_NOW: &str = "2026-11-24T11:02:00.123456789+09:00";

const WISH: &str = r#"
from = "sre@example.com"
service = "Backlogアプリ"
relay_url = "https://relay.example.com/prod/pagerduty"
dummy_email = "dummy@example.com"
sre_user = "sre@example.com"
company_holidays = ["2026-12-29", 2026-12-30, "2026-11-28"]
"#;

/// An account, and a file of wishes for it.
struct World {
    pagerduty: PagerDuty,
    desired: String,
}

/// How a command has ended, and what it has printed.
#[derive(Debug, PartialEq)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl World {
    /// The account has two people and a service, and nothing of ours.
    async fn start() -> Self {
        let pagerduty = PagerDuty::start(NOW).await;
        pagerduty.edit(|account| {
            account.add_user("PSRE1", "佐伯 玲", "sre@example.com", "admin");
            account.add_user("PLEAD1", "Lee Dā", "lead@example.com", "user");
            account.add_service("PSVC1", "Backlogアプリ", "PSRE1");
            account.add_service("PSVC2", "Backlogアプリ (staging)", "PSRE1");
        });
        Self { pagerduty, desired: WISH.into() }
    }

    /// The account as it is after an apply.
    async fn applied() -> Self {
        let world = Self::start().await;
        let ran = world.apply().await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        world.pagerduty.take_calls();
        world
    }

    /// The wish with another value in a line, or with one more line.
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

    /// `toban pagerduty` with these arguments and the file, and with these variables on top of the usual ones.
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
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_toban"))
        .arg("pagerduty")
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .await
        .expect("toban runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A file of its own with that content.
pub fn file(name: &str, content: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = format!("account-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path.to_string_lossy().into_owned()
}
