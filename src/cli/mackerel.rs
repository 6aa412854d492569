//! `toban mackerel`: whether each monitor reaches either the developers or SRE.

use super::{Failure, print};
use crate::mackerel::split::{Verdict, find, verdict};
use crate::mackerel::{Client, words};
use crate::setup::config::{MackerelConfig, Reach};
use std::process::ExitCode;

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

#[derive(Debug, clap::Args)]
#[command(long_about = "\
Asks Mackerel (MACKEREL_API_KEY; a read-only key is enough) for its monitors and notification groups, and prints for each \
monitor whether its alerts reach one of the two groups (✓), neither or both (✗), or whether that depends on the host (!). \
Check monitoring by agents is not in the list of monitors: it follows the services of the hosts.

Changes nothing. Exit code 1 when any monitor reaches neither or both.")]
struct Check {
    /// Name or id of the group for what developers can act on
    #[arg(long, value_name = "GROUP")]
    application: String,
    /// Name or id of the group for everything else
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
        let monitors = client.monitors().await?;
        let groups = client.groups().await?;
        let application = find(&groups, &self.application);
        let others = find(&groups, &self.others);
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
