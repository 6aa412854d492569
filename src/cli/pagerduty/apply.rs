//! `toban pagerduty apply`: the plan, a question, and the steps.

use super::{Failure, Planned, print};
use crate::net::secret::Secret;
use crate::pagerduty::AccountError;
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

/// Where the relay looks for signing secrets.
const VARIABLE: &str = "PAGERDUTY_WEBHOOK_SECRETS";

/// The most that storing the secret may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Arguments of `toban pagerduty apply`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Prints the plan, asks, and does it step by step; PAGERDUTY_API_KEY has to be a key with full access. What fails stops it: \
run it again, and it looks at the account first and goes on from there.

The service gets its new policy last, so alerts go where they went before until everything else is there. The signing \
secret of a new subscription is printed once; with --store-secret it is added to the parameter \
PAGERDUTY_WEBHOOK_SECRETS below PARAMETERS_PATH instead, where the relay finds it. Exit code 1 when anything was not done.")]
pub(super) struct Apply {
    /// What is wanted, such as docs/pagerduty.example.toml
    file: PathBuf,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Put the signing secret into the SSM Parameter Store rather than on the screen
    #[arg(long)]
    store_secret: bool,
}

/// Why the steps have come to a stop.
struct Stopped {
    what: String,
    why: String,
}

/// Whether the secret is where it was to go.
#[derive(PartialEq)]
enum Handed {
    AsAsked,
    OnTheScreenInstead,
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
            Ok(Handed::AsAsked) => {
                print::line_or_stderr("done");
                Ok(ExitCode::SUCCESS)
            }
            Ok(Handed::OnTheScreenInstead) => {
                print::line_or_stderr("done, but for storing the secret: that is left to you");
                Ok(ExitCode::FAILURE)
            }
            Err(Stopped { what, why }) => {
                print::line_or_stderr(format_args!("✗ {what}: {why}"));
                print::line_or_stderr(format_args!(
                    "{done} of {changes} changes are done. Run it again: it looks at the account first and goes on from there"
                ));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// Does the steps, and counts those that are done.
async fn steps(planned: &Planned, store: Option<&Parameters>, done: &mut usize) -> Result<Handed, Stopped> {
    let Planned { client, desired, found, events, now, .. } = planned;
    let mut apply = apply::Apply::new(client, desired, found, events, *now);
    let mut handed = Handed::AsAsked;
    for step in &planned.plan.steps {
        let stopped = |why: String| Stopped { what: words::headline(step, desired, found), why };
        let mut outcome = apply.step(step).await.map_err(|error| stopped(explain(&error, step)))?;
        if let Outcome::Subscribed(id, secret) = outcome {
            handed = hand_over(&id, secret, store).await.map_err(stopped)?;
            outcome = apply.activate(&id).await.map_err(|error| {
                stopped(format!(
                    "{error}. Subscription {id} is made and does not deliver. Run it again and it makes another one with a \
                     secret of its own; the one above is of no use then"
                ))
            })?;
        }
        let Outcome::Done(text) = outcome else {
            continue;
        };
        print::line_or_stderr(format_args!("✓ {text}"));
        *done += 1;
        if let (Step::CreateUser, Some(dummy)) = (step, apply.dummy()) {
            print::line_or_stderr(format_args!("  the relay has to know that it is nobody: IGNORED_ASSIGNEES={dummy}"));
        }
    }
    Ok(handed)
}

/// What a failure means for the step.
fn explain(error: &AccountError, step: &Step) -> String {
    match (error, step) {
        (AccountError::Lost { .. } | AccountError::Unexpected { .. }, Step::CreateSubscription) => format!(
            "{error}. If PagerDuty has made the subscription, it does not deliver, and nobody will ever know its signing \
             secret: running this again makes another one, and says which one to delete"
        ),
        (AccountError::Invalid { said, .. }, _) if said.contains("already been taken") => format!(
            "{error}. Something of that name or address is there and was not listed: it was made a moment ago, this key \
             cannot see it, or it is a schedule that was upgraded to shifts; give ours another name in the file"
        ),
        _ => error.to_string(),
    }
}

/// Gives the secret away before anything else can fail. It is told by PagerDuty this once.
async fn hand_over(id: &SubscriptionId, secret: Option<Secret>, store: Option<&Parameters>) -> Result<Handed, String> {
    let Some(secret) = secret else {
        return Err(format!(
            "PagerDuty has made subscription {id} without telling its signing secret; it does not deliver. Run it again and \
             it makes another one"
        ));
    };
    let Some(store) = store else {
        print::line_or_stderr(format_args!(
            "  the signing secret of the new subscription, told this once; the relay needs it in {VARIABLE}, after a \
             comma if there is another one:\n\n      {}\n",
            secret.expose()
        ));
        return Ok(Handed::AsAsked);
    };
    match store.add(VARIABLE, &secret, Instant::now() + LIMIT).await {
        Ok(()) => {
            print::line_or_stderr(format_args!("✓ signing secret added to the parameter {VARIABLE}"));
            Ok(Handed::AsAsked)
        }
        Err(error) => {
            print::line_or_stderr(format_args!(
                "✗ {error}. The signing secret, told this once; add it to {VARIABLE} yourself, after a comma if there is \
                 another one:\n\n      {}\n",
                secret.expose()
            ));
            Ok(Handed::OnTheScreenInstead)
        }
    }
}

/// Asks on the terminal. Without one there is nobody to ask.
fn is_confirmed(base_url: &str) -> Result<bool, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::NobodyToAsk);
    }
    print::text(format_args!("Do this at {base_url}? Type yes: "));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(Failure::Terminal)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
