//! `toban pagerduty`: sets PagerDuty up, by a plan that is read first and then applied.

mod apply;
mod words;

use super::{Failure, language, print};
use crate::domain::calendar::{BusinessHours, CompanyHolidays};
use crate::domain::message::{Language, describe_unreadable};
use crate::domain::unreadable::Unreadable;
use crate::pagerduty::Client;
use crate::pagerduty::provision::current::Current;
use crate::pagerduty::provision::desired::Desired;
use crate::pagerduty::provision::plan::Plan;
use crate::pagerduty::provision::words::plan as in_words;
use crate::roster::web::{Place, Places, WebFiles};
use crate::roster::{TeamTime, file};
use crate::setup::config::{HolidaysPlace, PagerDutyConfig, Reach};
use crate::setup::parameters::Parameters;
use crate::setup::wiring::Base;
use crate::source::pagerduty::subscribed_events;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
#[command(long_about = "\
Sets PagerDuty up: a dummy user who holds an alert in working hours while developers have it, its schedule, overrides of \
that schedule on holidays, an escalation policy, a webhook subscription to the relay, and the service that uses them. A \
small TOML file says what you want; docs/pagerduty.example.toml is one.

Begin with `toban pagerduty plan FILE`, read what it would do, then run `toban pagerduty apply FILE`. After that the plan \
is empty. Nothing is ever deleted. PAGERDUTY_API_KEY is the key; an account in the EU also needs \
PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com.")]
pub(super) struct PagerDuty {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(about = "Compare PagerDuty with a file, and print what would be created, changed or left alone")]
    Plan(PlanArguments),
    #[command(about = "Print the plan, ask, and do it")]
    Apply(apply::Apply),
}

#[derive(Debug, clap::Args)]
#[command(long_about = "\
Compares PagerDuty with the file and prints what would be created (+), changed (~) or left alone (=), in the order in \
which it would be done, and what else you should know (!). Changes nothing; a read-only key is enough.

Holidays are the national ones, those of the file, and those of the workbook (GOOGLE_SHEET_ID with HOLIDAYS_RANGE, or \
HOLIDAYS_FILE), for twelve months: run it again from time to time. Exit code 1 when the file has a fault, or PagerDuty lacks what it refers to.")]
struct PlanArguments {
    /// What you want, such as docs/pagerduty.example.toml
    file: PathBuf,
}

/// A plan, and what it was made from.
struct Planned {
    client: Client,
    parameters: Option<Parameters>,
    desired: Desired,
    current: Current,
    events: Vec<&'static str>,
    plan: Plan,
    language: Language,
    now: DateTime<Utc>,
}

impl PagerDuty {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(async {
            match self.command {
                Command::Plan(arguments) => arguments.run().await,
                Command::Apply(arguments) => arguments.run().await,
            }
        })
    }
}

impl PlanArguments {
    async fn run(self) -> Result<ExitCode, Failure> {
        let planned = Planned::of(&self.file).await?;
        planned.print();
        if planned.plan.changes() > 0 {
            let file = self.file.display();
            match planned.language {
                Language::English => {
                    print::line(format_args!("nothing has been changed yet; to do it: toban pagerduty apply {file}"))
                }
                Language::Japanese => {
                    print::line(format_args!("まだ何も変更していません。実行するには: toban pagerduty apply {file}"))
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Planned {
    /// Reads the file and PagerDuty, and compares them.
    async fn of(path: &PathBuf) -> Result<Self, Failure> {
        let language = language();
        let shown = || path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| Failure::File { path: shown(), source })?;
        let desired = Desired::parse(&text).map_err(|faults| Failure::Desired { path: shown(), faults });
        let (base, config) = match settings().await {
            Ok(settings) => settings,
            Err(failure) => return Err(unasked(&shown(), desired, failure, language)),
        };
        let desired = desired?;
        let PagerDutyConfig { access, holidays, parameters, clock } = config;
        let now = clock.unwrap_or_else(Utc::now);
        let holidays = company_holidays(&base, holidays, now).await.unwrap_or_else(|why| {
            let why = describe_unreadable(&why, language).plain();
            match language {
                Language::English => {
                    print::line(format_args!("! the company's holidays are left out, except those in the file: {why}"))
                }
                Language::Japanese => {
                    print::line(format_args!("! 会社の休業日は、ファイルに書いたものだけになります: {why}"));
                }
            }
            Arc::default()
        });
        let desired = desired.with_days_off(&holidays);
        let client = base.pagerduty(access);
        let current = Current::read(&client, &desired, now).await?;
        let events = subscribed_events();
        let plan = Plan::new(&desired, &current, &events, now);
        let parameters = parameters.map(|place| base.parameters(place));
        Ok(Self { client, parameters, desired, current, events, plan, language, now })
    }

    fn print(&self) {
        let Self { plan, desired, current, client, language, .. } = self;
        print::text(in_words(plan, desired, current, client.base_url(), *language));
    }
}

async fn settings() -> Result<(Base, PagerDutyConfig), Failure> {
    let (base, lookup) = super::open(Reach::ReadOnly).await?;
    let config = PagerDutyConfig::from_lookup(&lookup)?;
    Ok((base, config))
}

/// Says what is wrong with the file, or that nothing is, although PagerDuty cannot be asked.
fn unasked(path: &str, desired: Result<Desired, Failure>, why: Failure, language: Language) -> Failure {
    match (desired, language) {
        (Ok(_), Language::English) => {
            print::line(format_args!("{path} has no faults; PagerDuty has not been asked"));
        }
        (Ok(_), Language::Japanese) => {
            print::line(format_args!("{path} に誤りはありません。PagerDuty にはまだ問い合わせていません"));
        }
        (Err(faults), _) => print::stderr_line(format_args!("toban: {faults}")),
    }
    why
}

async fn company_holidays(
    base: &Base,
    place: HolidaysPlace,
    now: DateTime<Utc>,
) -> Result<Arc<CompanyHolidays>, Unreadable> {
    match place {
        HolidaysPlace::Nowhere => Ok(Arc::default()),
        HolidaysPlace::Address(address) => {
            let places = Places([None, None, None, Some(Place::Address(address))]);
            WebFiles::new(places, base.http().clone()).holidays(now.date_naive()).await
        }
        HolidaysPlace::File(path) => file::holidays(&path, now.date_naive()),
        HolidaysPlace::Workbook(source) => {
            // Holidays need no working hours, and hardly a zone.
            let hours = BusinessHours::from_minutes(0, 24 * 60).expect("the one is before the other");
            let roster = base.roster(source, TeamTime { zone: Tz::UTC, hours });
            roster.read_through(now).await.map(|reading| reading.workbook.holidays.clone())
        }
    }
}
