//! `toban pagerduty apply`: the plan, a question, and the steps.

use super::words::{self, VARIABLE};
use super::{Failure, Planned, print};
use crate::domain::message::Language;
use crate::net::secret::Secret;
use crate::pagerduty::provision::apply::{self, Outcome};
use crate::pagerduty::provision::plan::Step;
use crate::pagerduty::provision::words::{done as said, headline};
use crate::pagerduty::state::SubscriptionId;
use crate::setup::parameters::Parameters;
use std::io::{IsTerminal as _, stdin};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// For storing the secret.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug, clap::Args)]
#[command(long_about = "\
Prints the plan, asks, and does it step by step; PAGERDUTY_API_KEY has to be a key with full access. It stops at the first \
failure: run it again, and it compares again and goes on from there.

The service gets its new policy last, so alerts go where they went before until everything else is there. The signing \
secret of a new subscription is printed once; with --store-secret it is added to the parameter \
PAGERDUTY_WEBHOOK_SECRETS below PARAMETERS_PATH instead, where the relay reads it. Exit code 1 when anything was not done.")]
pub(super) struct Apply {
    /// What you want, such as docs/pagerduty.example.toml
    file: PathBuf,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Store the signing secret in the SSM Parameter Store instead of printing it
    #[arg(long)]
    store_secret: bool,
}

/// The step that failed, and why.
struct Stopped {
    what: String,
    why: String,
}

/// Where the secret of a new subscription went.
#[derive(PartialEq)]
enum Handover {
    AsRequested,
    /// It could not be stored.
    PrintedInstead,
}

impl Apply {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let planned = Planned::of(&self.file).await?;
        if self.store_secret && planned.parameters.is_none() {
            return Err(Failure::NowhereToStore);
        }
        planned.print();
        let changes = planned.plan.changes();
        if changes == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let language = planned.language;
        if !self.yes && !is_confirmed(planned.client.base_url(), language)? {
            print::line(words::nothing_changed(language));
            return Ok(ExitCode::FAILURE);
        }
        let store = planned.parameters.as_ref().filter(|_| self.store_secret);
        let mut done = 0;
        match steps(&planned, store, &mut done).await {
            Ok(Handover::AsRequested) => {
                print::line_or_stderr(words::all_done(language));
                Ok(ExitCode::SUCCESS)
            }
            Ok(Handover::PrintedInstead) => {
                print::line_or_stderr(words::done_without_storing(language));
                Ok(ExitCode::FAILURE)
            }
            Err(Stopped { what, why }) => {
                print::line_or_stderr(format_args!("✗ {what}: {why}"));
                print::line_or_stderr(words::stopped(done, changes, language));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// Does the steps, and counts those that are done.
async fn steps(planned: &Planned, store: Option<&Parameters>, done: &mut usize) -> Result<Handover, Stopped> {
    let Planned { client, desired, current, events, language, now, .. } = planned;
    let language = *language;
    let mut apply = apply::Apply::new(client, desired, current, events, *now);
    let mut handover = Handover::AsRequested;
    for step in &planned.plan.steps {
        let stopped = |why: String| Stopped { what: headline(step, desired, current, language), why };
        let outcome = apply.step(step).await;
        let mut outcome = outcome.map_err(|error| stopped(words::failure(&error, step, language)))?;
        if let Outcome::Subscribed(id, secret) = outcome {
            handover = hand_over(&id, secret, store, language).await.map_err(stopped)?;
            let activated = apply.activate(&id).await;
            outcome = activated.map_err(|error| stopped(words::not_activated(&error, &id, language)))?;
        }
        let Outcome::Done(what) = outcome else {
            continue;
        };
        print::line_or_stderr(format_args!("✓ {}", said(&what, desired, current, language)));
        *done += 1;
        if let (Step::CreateUser, Some(dummy)) = (step, apply.dummy()) {
            print::line_or_stderr(words::dummy(dummy, language));
        }
    }
    Ok(handover)
}

/// Stores or prints the secret before anything else can fail: PagerDuty shows it only once.
async fn hand_over(
    id: &SubscriptionId,
    secret: Option<Secret>,
    store: Option<&Parameters>,
    language: Language,
) -> Result<Handover, String> {
    let Some(secret) = secret else {
        return Err(words::no_secret(id, language));
    };
    let Some(store) = store else {
        print::line_or_stderr(words::secret(secret.expose(), language));
        return Ok(Handover::AsRequested);
    };
    match store.add(VARIABLE, &secret, Instant::now() + LIMIT).await {
        Ok(()) => {
            print::line_or_stderr(words::stored(language));
            Ok(Handover::AsRequested)
        }
        Err(error) => {
            print::line_or_stderr(words::not_stored(&error, secret.expose(), language));
            Ok(Handover::PrintedInstead)
        }
    }
}

/// Asks on the terminal. Without a terminal there is nobody to ask.
fn is_confirmed(base_url: &str, language: Language) -> Result<bool, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::NobodyToAsk);
    }
    print::text(words::question(base_url, language));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::Terminal)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
