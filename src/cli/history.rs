//! `toban history`: what was done about an incident, and about earlier ones that were the same alert, as the ledger has it.

use super::language::language;
use super::{Failure, Purpose, print};
use crate::domain::command::Subject;
use crate::domain::history::LookedUp;
use crate::domain::message::{Language, history::history};
use crate::setup::config::{Config, Reach, check_ledger};
use crate::source;
use chrono::Utc;
use std::process::ExitCode;

/// Arguments of `toban history`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Prints what happened to one incident, line by line: when it was triggered, who acknowledged, escalated, called SRE or \
resolved it, and how long that took. Below it are the earlier incidents of the last 90 days that were the same alert: the \
same service, and the same title but for numbers, hosts, dates and ids.

It is read from the ledger (LEDGER_TABLE, or the STATE_FILE of `toban serve`, which may run meanwhile), which keeps it for \
90 days. Nothing is asked of PagerDuty or the chats, and nothing is posted. What was told is all there is: the text of notes \
and what people wrote in the chat are not kept. In Slack `/toban history #PD4812` says the same.

Exit code 1 when nothing is known of the incident.")]
pub(super) struct HistoryOf {
    /// The incident: its tag ('#PD4812'), number, PagerDuty's id, or the address of its page
    #[arg(value_name = "TAG")]
    incident: String,
}

impl HistoryOf {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.tell())
    }

    async fn tell(self) -> Result<ExitCode, Failure> {
        let Some(subject) = Subject::parse(&self.incident, &source::letters()) else {
            print::line(names_none(&self.incident, language()));
            return Ok(ExitCode::FAILURE);
        };
        let (base, lookup) = super::open_with_state(Reach::Live, Purpose::Look).await?;
        check_ledger(&lookup)?;
        if !base.knows_history() {
            return Err(Failure::NoLedger);
        }
        let Config { team, clock, .. } = base.settings(&lookup, Reach::ReadOnly)?;
        let now = clock.unwrap_or_else(Utc::now);
        let found = base.ledger().look_up(&subject, now).await;
        if found == LookedUp::NoAnswer {
            return Err(Failure::LedgerDown);
        }
        let local = now.with_timezone(&team.calendar.zone);
        for line in history(&subject, &found, &team.policy.ignored, language(), &local) {
            print::line(line.plain());
        }
        Ok(if found == LookedUp::NotKnown { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn names_none(text: &str, language: Language) -> String {
    match language {
        Language::English => format!("'{text}' names no incident: give a tag such as '#PD4812', a number or an id"),
        Language::Japanese => {
            format!(
                "「{text}」は、どのインシデントか分かりません。'#PD4812' のようなタグ、番号か ID を 1 つ渡してください"
            )
        }
    }
}
