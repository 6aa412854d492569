//! The command line: `toban demo`, `toban serve`, `toban check`, `toban drill`, `toban explain`, `toban remind`, `toban mackerel`, `toban pagerduty`.

mod check;
mod demo;
mod drill;
mod explain;
mod language;
mod mackerel;
mod pagerduty;
mod print;
mod remind;
#[cfg(feature = "serve")]
mod serve;
mod time;

use crate::setup::config::{Reach, Role};
use crate::setup::files::Files;
use crate::setup::parameters::{LIMIT, NotRead, Secrets};
use crate::setup::renewal::with_secrets;
use crate::setup::wiring::{Base, environment};
use chrono::Utc;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use time::time;
use tokio::time::Instant;

/// Tells the right developers about an incident, in the chat they already read.
#[derive(Debug, Parser)]
#[command(
    name = "toban",
    version,
    about,
    long_about = "\
toban (当番) stands between PagerDuty and a chat: everybody sees every alert, only today's on-call pair is mentioned, \
and only in working hours.

Without a command it does what `toban demo` does: the whole relay on this machine, with a page to look at it and a sample \
rotation, and nothing leaves the machine. Settings are environment variables: docs/settings.md has them all."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

// `about` instead of a doc comment: clap would use a doc comment as the long text too, and the commands have their own.
#[derive(Debug, Subcommand)]
enum Command {
    #[command(about = "Run the whole relay on this machine, with a page to play with (the default)")]
    Demo(demo::Demo),
    #[cfg(feature = "serve")]
    #[command(about = "Run the relay for real on this machine, with its state in one file")]
    Serve(serve::Serve),
    #[command(about = "Check settings, rotation, chats and PagerDuty, and say how to fix what is wrong")]
    Check(check::Check),
    #[command(about = "Send an incident that is none through a relay, and say how long each step took")]
    Drill(drill::Drill),
    #[command(about = "Say who would be mentioned for a recorded webhook body, and why; posts nothing")]
    Explain(explain::Explain),
    #[command(about = "Print a reminder as it would be sent, or send it")]
    Remind(remind::Remind),
    #[command(about = "Check whether Mackerel's monitors are split between two notification groups")]
    Mackerel(mackerel::Mackerel),
    #[command(name = "pagerduty", about = "Set up PagerDuty's side: print a plan, then apply it")]
    PagerDuty(pagerduty::PagerDuty),
}

/// Why a command has failed. [`run`] prints it and exits with 1.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Configuration(#[from] crate::setup::config::Faults),
    #[error("the HTTP client cannot be built: {0}")]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Parameters(#[from] NotRead),
    #[error(
        "LEDGER_TABLE is not set, and there is no file as STATE_FILE names it (toban.db): what became of an event is in the ledger, and nowhere else but the log"
    )]
    NoLedger,
    #[error("the ledger has not answered; the line above says why")]
    LedgerDown,
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("{path}: {faults}")]
    Desired { path: String, faults: crate::pagerduty::provision::desired::DesiredFaults },
    #[error(transparent)]
    PagerDuty(#[from] crate::pagerduty::provision::current::CurrentError),
    #[error(
        "--store-secret needs PARAMETERS_PATH, for example PARAMETERS_PATH=/toban, with AWS_REGION and credentials"
    )]
    NowhereToStore,
    #[error(transparent)]
    Mackerel(#[from] crate::mackerel::MackerelError),
    #[error(
        "it is not {due} yet, and with LEDGER_TABLE or STATE_FILE this would count as that day's reminder: the scheduled one would not be \
         posted. Without --post it is only printed; with --yes it is posted now, instead of the scheduled one"
    )]
    Early { due: String },
    #[error("there is no terminal to ask on: read the plan, then run it with --yes")]
    NobodyToAsk,
    #[error("the terminal: {0}")]
    Terminal(std::io::Error),
    #[error("no port can be listened on at 127.0.0.1 ({0}); free one, or name another with --port")]
    Port(std::io::Error),
    #[error("the system has no random numbers, so the page's controls could not be guarded")]
    NoRandom,
    #[error("the server has stopped: {0}")]
    Server(std::io::Error),
    #[error(transparent)]
    NotReadable(#[from] crate::setup::files::NotReadable),
    #[cfg(feature = "serve")]
    #[error(transparent)]
    NotBuilt(#[from] crate::setup::renewal::NotBuilt),
    #[cfg(feature = "serve")]
    #[error(transparent)]
    State(#[from] crate::store::sqlite::StateError),
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Queue(#[from] crate::queue::QueueError),
    #[cfg(feature = "serve")]
    #[error(
        "{address} cannot be listened on ({source}): free it, or name another in LISTEN, for example LISTEN=127.0.0.1:8081"
    )]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let command = arguments.command.unwrap_or(Command::Demo(demo::Demo::default()));
    // Before anything else, because it also keeps panics quiet.
    let rust_log = environment("RUST_LOG");
    match &command {
        #[cfg(feature = "serve")]
        Command::Serve(_) => crate::net::logging::to_json(rust_log.as_deref()),
        _ => crate::net::logging::to_terminal(rust_log.as_deref()),
    }
    let done = match command {
        Command::Demo(demo) => demo.run(),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve.run(),
        Command::Check(check) => check.run(),
        Command::Drill(drill) => drill.run(),
        Command::Explain(explain) => explain.run(),
        Command::Remind(remind) => remind.run(),
        Command::Mackerel(mackerel) => mackerel.run(),
        Command::PagerDuty(pagerduty) => pagerduty.run(),
    };
    done.unwrap_or_else(|failure| {
        print::stderr_line(format_args!("toban: {failure}"));
        ExitCode::FAILURE
    })
}

/// The base that a command works with, and a lookup for its settings. The stored parameters are read too, unless
/// nothing may leave this machine.
async fn open(reach: Reach) -> Result<(Base, impl Fn(&str) -> Option<String>), Failure> {
    let (base, parameters) = Base::new(reach, Role::CommandLine, Utc::now())?;
    let secrets = match parameters {
        Some(parameters) => parameters.read(Instant::now() + LIMIT).await?,
        None => Secrets::default(),
    };
    let from_files = with_secrets(environment, Files::named(environment).read()?);
    Ok((base, with_secrets(from_files, secrets)))
}

/// What a command does with the state of `toban serve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// `toban serve` may run meanwhile.
    Look,
    /// It may not.
    Write,
}

/// The same with the rows of `STATE_FILE`, if `LEDGER_TABLE` is not set. A file that is not there yet is not looked at.
async fn open_with_state(reach: Reach, purpose: Purpose) -> Result<(Base, impl Fn(&str) -> Option<String>), Failure> {
    let (base, lookup) = open(reach).await?;
    #[cfg(feature = "serve")]
    if lookup("LEDGER_TABLE").is_none_or(|table| table.trim().is_empty()) {
        use crate::setup::config::STATE;
        use crate::store::sqlite::State;
        let named = lookup("STATE_FILE").filter(|path| !path.trim().is_empty());
        let path = named.unwrap_or_else(|| STATE.to_owned());
        let path = std::path::Path::new(path.trim());
        if !path.exists() {
            return Ok((base, lookup));
        }
        let state = match purpose {
            Purpose::Look => State::look(path)?,
            Purpose::Write => State::open(path)?,
        };
        return Ok((base.reading(state, Utc::now()), lookup));
    }
    #[cfg(not(feature = "serve"))]
    let _ = purpose;
    Ok((base, lookup))
}
