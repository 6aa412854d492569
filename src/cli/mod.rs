//! The command line: `toban demo`, `toban serve`, `toban check`, `toban drill`, `toban explain`, `toban history`, `toban remind`, `toban mackerel`, `toban pagerduty`.

mod check;
mod demo;
mod drill;
mod explain;
mod failure;
mod help;
mod history;
mod language;
mod mackerel;
mod nothing_set;
mod pagerduty;
mod print;
mod remind;
#[cfg(feature = "serve")]
mod serve;
mod time;

use crate::domain::message::Language;
use crate::setup::config::{Fault, Reach, Role};
use crate::setup::files::Files;
use crate::setup::parameters::{LIMIT, Secrets};
use crate::setup::renewal::with_secrets;
use crate::setup::wiring::{Base, environment, misnamed_settings};
use chrono::Utc;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use failure::Failure;
use language::language;
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
    #[command(about = "Say what was done about an incident, by whom and when, and about earlier ones like it")]
    History(history::HistoryOf),
    #[command(about = "Print a reminder as it would be sent, or send it")]
    Remind(remind::Remind),
    #[command(about = "Check whether Mackerel's monitors are split between two notification groups")]
    Mackerel(mackerel::Mackerel),
    #[command(name = "pagerduty", about = "Set up PagerDuty's side: print a plan, then apply it")]
    PagerDuty(pagerduty::PagerDuty),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = match language() {
        Language::English => Arguments::parse(),
        Language::Japanese => {
            let matches = help::in_japanese(Arguments::command()).get_matches();
            Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
        }
    };
    let command = arguments.command.unwrap_or(Command::Demo(demo::Demo::default()));
    // Before anything else, because it also keeps panics quiet.
    let rust_log = environment("RUST_LOG");
    match &command {
        #[cfg(feature = "serve")]
        Command::Serve(_) => crate::net::logging::to_json(rust_log.as_deref()),
        _ => crate::net::logging::to_terminal(rust_log.as_deref()),
    }
    match &command {
        // The one logs them, the other prints them among its findings.
        #[cfg(feature = "serve")]
        Command::Serve(_) => {}
        Command::Check(_) => {}
        _ => misnamed_settings()
            .iter()
            .for_each(|found| print::stderr_line(format_args!("! {}", found.said(language())))),
    }
    let done = match command {
        Command::Demo(demo) => demo.run(),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve.run(),
        Command::Check(check) => check.run(),
        Command::Drill(drill) => drill.run(),
        Command::Explain(explain) => explain.run(),
        Command::History(history) => history.run(),
        Command::Remind(remind) => remind.run(),
        Command::Mackerel(mackerel) => mackerel.run(),
        Command::PagerDuty(pagerduty) => pagerduty.run(),
    };
    done.unwrap_or_else(|failure| {
        print::stderr_line(format_args!("toban: {failure}"));
        ExitCode::FAILURE
    })
}

/// Prints what is wrong with the settings and keeps no command from going on.
fn warn(warnings: &[Fault]) {
    warnings.iter().for_each(|warning| print::stderr_line(format_args!("! {}", warning.said(language()))));
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
