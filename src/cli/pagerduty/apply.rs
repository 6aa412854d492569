//! `toban pagerduty apply`: the plan, a question, and the steps.

use super::{Failure, Planned, print};
use crate::net::secret::Secret;
use crate::pagerduty::PagerDutyError;
use crate::pagerduty::provision::apply::{self, Outcome};
use crate::pagerduty::provision::plan::Step;
use crate::pagerduty::provision::words;
use crate::pagerduty::state::SubscriptionId;
use crate::setup::parameters::Parameters;
use std::io::{IsTerminal as _, stdin};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// The relay reads its signing secrets from here.
const VARIABLE: &str = "PAGERDUTY_WEBHOOK_SECRETS";

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
        if !self.yes && !is_confirmed(planned.client.base_url())? {
            print::line("nothing has been changed");
            return Ok(ExitCode::FAILURE);
        }
        let store = planned.parameters.as_ref().filter(|_| self.store_secret);
        let mut done = 0;
        match steps(&planned, store, &mut done).await {
            Ok(Handover::AsRequested) => {
                print::line_or_stderr("done");
                Ok(ExitCode::SUCCESS)
            }
            Ok(Handover::PrintedInstead) => {
                print::line_or_stderr("done, except that the secret is not stored: store it yourself");
                Ok(ExitCode::FAILURE)
            }
            Err(Stopped { what, why }) => {
                print::line_or_stderr(format_args!("✗ {what}: {why}"));
                print::line_or_stderr(format_args!(
                    "{done} of {changes} changes are done. Run it again: it compares again and goes on from there"
                ));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// Does the steps, and counts those that are done.
async fn steps(planned: &Planned, store: Option<&Parameters>, done: &mut usize) -> Result<Handover, Stopped> {
    let Planned { client, desired, current, events, now, .. } = planned;
    let mut apply = apply::Apply::new(client, desired, current, events, *now);
    let mut handover = Handover::AsRequested;
    for step in &planned.plan.steps {
        let stopped = |why: String| Stopped { what: words::headline(step, desired, current), why };
        let mut outcome = apply.step(step).await.map_err(|error| stopped(explain(&error, step)))?;
        if let Outcome::Subscribed(id, secret) = outcome {
            handover = hand_over(&id, secret, store).await.map_err(stopped)?;
            outcome = apply.activate(&id).await.map_err(|error| {
                stopped(format!(
                    "{error}. Subscription {id} was created and does not deliver. Run it again: it creates another one with \
                     its own secret, and the secret above is useless then"
                ))
            })?;
        }
        let Outcome::Done(text) = outcome else {
            continue;
        };
        print::line_or_stderr(format_args!("✓ {text}"));
        *done += 1;
        if let (Step::CreateUser, Some(dummy)) = (step, apply.dummy()) {
            print::line_or_stderr(format_args!("  tell the relay that it is not a person: IGNORED_ASSIGNEES={dummy}"));
        }
    }
    Ok(handover)
}

/// A failure, and what it means for the step.
fn explain(error: &PagerDutyError, step: &Step) -> String {
    match (error, step) {
        (PagerDutyError::Lost { .. } | PagerDutyError::Unexpected { .. }, Step::CreateSubscription) => format!(
            "{error}. If PagerDuty has created the subscription, it does not deliver and its signing secret is lost: \
             running this again creates another one, and says which one to delete"
        ),
        (PagerDutyError::Invalid { message, .. }, _) if message.contains("already been taken") => format!(
            "{error}. Something with that name or address exists and was not listed: it was created a moment ago, or this \
             key cannot see it; choose another name in the file"
        ),
        _ => error.to_string(),
    }
}

/// Stores or prints the secret before anything else can fail: PagerDuty shows it only once.
async fn hand_over(
    id: &SubscriptionId,
    secret: Option<Secret>,
    store: Option<&Parameters>,
) -> Result<Handover, String> {
    let Some(secret) = secret else {
        return Err(format!(
            "PagerDuty has created subscription {id} without showing its signing secret; it does not deliver. Run it again: \
             it creates another one"
        ));
    };
    let Some(store) = store else {
        print::line_or_stderr(format_args!(
            "  the signing secret of the new subscription, shown only this once; the relay needs it in {VARIABLE}, after a \
             comma if there is another one:\n\n      {}\n",
            secret.expose()
        ));
        return Ok(Handover::AsRequested);
    };
    match store.add(VARIABLE, &secret, Instant::now() + LIMIT).await {
        Ok(()) => {
            print::line_or_stderr(format_args!("✓ signing secret added to the parameter {VARIABLE}"));
            Ok(Handover::AsRequested)
        }
        Err(error) => {
            print::line_or_stderr(format_args!(
                "✗ {error}. The signing secret, shown only this once; add it to {VARIABLE} yourself, after a comma if there is \
                 another one:\n\n      {}\n",
                secret.expose()
            ));
            Ok(Handover::PrintedInstead)
        }
    }
}

/// Asks on the terminal. Without a terminal there is nobody to ask.
fn is_confirmed(base_url: &str) -> Result<bool, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::NobodyToAsk);
    }
    print::text(format_args!("Do this at {base_url}? Type yes: "));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::Terminal)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
