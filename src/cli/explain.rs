//! `toban explain`: the decision and the message for a recorded body, without posting anything; or what was decided
//! about a past event, and each attempt to post it.

mod words;

use super::language::language;
use super::{Failure, Purpose, print};
use crate::chat::{Access, ChannelId, Chat, ChatKind, slack, typetalk};
use crate::domain::incident::EventKey;
use crate::ledger::Ledger;
use crate::net::http;
use crate::relay::team::Known;
use crate::roster::LIMIT;
use crate::setup::config::{Reach, check_ledger};
use crate::setup::renewal::Lookup;
use crate::source::{self, Sender};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::time::Instant;

/// Arguments of `toban explain`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Reads a webhook body as PagerDuty sent it (v2 or v3; no signature needed), or with --from as Mackerel, Jenkins or a \
script did, or as EventBridge has an alarm of CloudWatch, and prints the message it makes and why somebody is mentioned or not. Nothing is posted.

With --event, the id of an event in the log, it prints instead what was decided about that event when it came, and what \
became of every try to post it: the rule, the clock, the calendar, the row of the rotation and how old it was. That is in \
the ledger for 90 days (LEDGER_TABLE, or the STATE_FILE of `toban serve`).

The rotation is the configured one (GOOGLE_SHEET_ID or ROTATION_FILE), or the sample. Exit code 1 when the body cannot be read.")]
pub(super) struct Explain {
    /// The body; - for standard input
    #[arg(required_unless_present = "event")]
    file: Option<PathBuf>,
    /// What became of the event of this id, as the log names it
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    event: Option<String>,
    /// Who has sent it
    #[arg(long, value_name = "SENDER", value_enum, default_value_t = Sender::PagerDuty)]
    from: Sender,
    /// The time of posting, such as '2026-11-24 11:02' [default: the event's own time]
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    at: Option<DateTime<Utc>>,
    /// The chat to write for
    #[arg(long = "as", value_name = "CHAT", value_enum, default_value_t = As::Screen)]
    chat: As,
}

/// How to write it.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum As {
    /// As people read it
    Screen,
    /// As it is sent to Slack
    Slack,
    /// As it is sent to Typetalk
    Typetalk,
}

impl ValueEnum for Sender {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.source().sends))
    }
}

impl Explain {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.explain())
    }

    async fn explain(self) -> Result<ExitCode, Failure> {
        match (&self.event, &self.file) {
            (Some(event), _) => tell(&EventKey(event.clone())).await,
            (None, file) => self.explain_body(file.as_deref().unwrap_or(Path::new("-"))).await,
        }
    }

    async fn explain_body(&self, file: &Path) -> Result<ExitCode, Failure> {
        let (base, lookup) = super::open(Reach::ReadOnly).await?;
        let config = base.settings(&lookup, Reach::ReadOnly)?;
        let roster = base.roster(config.roster, (&config.team.calendar).into());
        let body = body(file)?;
        let chat = self.chat(&lookup, http::client()?);
        let ledger = Ledger::memory();
        let mut all_read = true;
        let events = source::read(self.from, &body, self.at.or(config.clock).unwrap_or_else(Utc::now));
        if events.is_empty() {
            print::line(words::nothing(language()));
        }
        for event in events {
            let now = self.at.or(config.clock).unwrap_or(event.occurred_at);
            let reading = roster.read(&ledger, Instant::now() + LIMIT, now).await;
            let letter = config.team.word(&event, &chat, &reading, None, Known::default(), now);
            let title = words::title(&event, language());
            print::line(format_args!("{title}\n{}\n\n→ {}\n", letter.rendered.text, letter.why));
            all_read &= event.unreadable.is_none();
        }
        Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// A chat to write for; it is never posted to.
    fn chat(&self, lookup: Lookup<'_>, http: http::Client) -> Chat {
        let of = |kind: &'static ChatKind| {
            let fallback = kind.variables.and_then(|variables| lookup(variables.fallback.name));
            let fallback = fallback.filter(|text| text != "none");
            Chat::new(kind, Access::none(http), ChannelId(String::new()), fallback)
        };
        match self.chat {
            As::Screen => Chat::console(),
            As::Slack => of(&slack::BOT),
            As::Typetalk => of(&typetalk::KIND),
        }
    }
}

fn body(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut body).map(|_| body)
    } else {
        std::fs::read(file)
    };
    read.map_err(|source| Failure::File { path: file.display().to_string(), source })
}

/// Prints what the ledger has about an event. Exit code 1 if that is nothing.
async fn tell(key: &EventKey) -> Result<ExitCode, Failure> {
    let (base, lookup) = super::open_with_state(Reach::Live, Purpose::Look).await?;
    check_ledger(&lookup)?;
    if !base.knows_history() {
        return Err(Failure::NoLedger);
    }
    let zone = base.settings(&lookup, Reach::ReadOnly)?.team.calendar.zone;
    let attempts = base.ledger().attempts(key).await.ok_or(Failure::LedgerDown)?;
    for attempt in &attempts {
        print::line(words::attempt(attempt, zone, language()));
        if !attempt.why.is_empty() {
            print::line(format_args!("  → {}", attempt.why));
        }
    }
    if attempts.is_empty() {
        print::line(words::unknown(key, language()));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
