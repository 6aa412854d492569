//! `toban mackerel`: whether the split between the developers and SRE is whole.

use super::{Failure, print};
use crate::mackerel::split::{Verdict, find, verdict};
use crate::mackerel::{Client, words};
use crate::setup::config::{MackerelConfig, Reach};
use std::process::ExitCode;

/// Arguments of `toban mackerel`.
#[derive(Debug, clap::Args)]
pub(super) struct Mackerel {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(about = "List the monitors that reach neither or both of two notification groups")]
    Check(Check),
}

/// Arguments of `toban mackerel check`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Asks Mackerel (MACKEREL_API_KEY; reading is enough) for its monitors and notification groups, and prints for each monitor \
whether its alerts reach one of the two groups (✓), neither or both (✗), or whether that depends on the host (!). Checks \
that agents run are in no list of monitors: they follow the services of their hosts.

Changes nothing. Exit code 1 when any monitor reaches neither or both.")]
struct Check {
    /// Name or id of the group of what developers can act on
    #[arg(long, value_name = "GROUP")]
    application: String,
    /// Name or id of the group of everything else
    #[arg(long, value_name = "GROUP")]
    others: String,
}

impl Mackerel {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        let Command::Check(check) = self.command;
        runtime.block_on(check.run())
    }
}

impl Check {
    async fn run(self) -> Result<ExitCode, Failure> {
        let (_, lookup) = super::open(Reach::Live).await?;
        let MackerelConfig { access, language } = MackerelConfig::from_lookup(&lookup)?;
        let client = Client::new(crate::net::http::client()?, access);
        let (monitors, groups) = (client.monitors().await?, client.groups().await?);
        let (application, others) = (find(&groups, &self.application), find(&groups, &self.others));
        let (Some(application), Some(others)) = (application, others) else {
            for (name, found) in [(&self.application, application), (&self.others, others)] {
                if found.is_none() {
                    print::line(words::no_group(name, &groups, language));
                }
            }
            return Ok(ExitCode::FAILURE);
        };
        let mut wrong = 0;
        for monitor in &monitors {
            let verdict = verdict(monitor, application, others, &groups);
            wrong += usize::from(matches!(verdict, Verdict::Neither | Verdict::Both));
            print::line(words::line(monitor, verdict, application, others, language));
        }
        print::line(words::sum(wrong, monitors.len(), language));
        Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
