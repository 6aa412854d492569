//! Changed turns: what changes between two readings of the rotation is told once, to those who came and those who went.
//!
//! Each tick in office hours reads the rotation, and compares it with what was told last, which the ledger keeps. A reading in which
//! something is unsure is passed over. After a reading that failed, the next one is where it begins anew.

use crate::chat::delivery::Outlet;
use crate::domain::incident::{EventKey, OwnKey};
use crate::domain::message::turns::message;
use crate::domain::notices::turns::{Change, Memory, Pending, Turns as Read, observes};
use crate::domain::workbook::Workbook;
use crate::ledger::{Ledger, NoAnswer};
use crate::relay::once::{Once, Unsent};
use crate::relay::post::Message;
use crate::relay::team::Team;
use crate::roster::Reading;
use crate::roster::table::READER;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const WHAT: &str = "turns";
/// Less than a claim is honoured.
const POSTING: Duration = Duration::from_secs(12);
/// Google may not answer once in a while.
const TRIES: usize = 2;

/// Tells who is on call instead of somebody else.
#[derive(Debug)]
pub struct Turns {
    pub team: Team,
    /// What has been told.
    pub ledger: Arc<Ledger>,
}

impl Turns {
    /// Tells what has changed, if it is time to. Returns how many messages a chat has taken now.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<usize, Unsent> {
        if !observes(&self.team.settings.calendar, now) {
            return Ok(0);
        }
        let known = self.ledger.turns().await.ok_or(NoAnswer).map_err(unanswered)?;
        let Some(reading) = self.read(now).await else {
            if known.memory.is_some() {
                tracing::warn!("the rotation cannot be read, so what changes in it until it can is not told");
                self.ledger.keep_turns(&known, None, now).await.map_err(unanswered)?;
            }
            return Ok(0);
        };
        let workbook = &reading.workbook;
        let calendar = self.team.settings.calendar.with_company_holidays(workbook.holidays.clone());
        // The company may have a day off.
        if !observes(&calendar, now) {
            return Ok(0);
        }
        let Some(read) = Read::of(workbook, calendar.date(now)) else {
            tracing::info!("something in the rotation is unsure, so changes in it wait: `toban check` says what");
            return Ok(0);
        };
        let before = match known.memory.clone() {
            Some(memory) if self.was_told(&memory).await => Some(memory.told()),
            before => before,
        };
        let (memory, change) = Memory::next(before, read, READER, &calendar, now);
        let (Some(change), Some(pending)) = (change, &memory.pending) else {
            if known.memory.as_ref() != Some(&memory) {
                self.ledger.keep_turns(&known, Some(memory), now).await.map_err(unanswered)?;
            }
            return Ok(0);
        };
        // Of two processes that come so far, the row lets one go on. If that one dies, the next tick does.
        let due = memory.clone().due(now);
        let kept = if known.memory.as_ref() == Some(&due) {
            known
        } else {
            match self.ledger.keep_turns(&known, Some(due.clone()), now).await.map_err(unanswered)? {
                Some(kept) => kept,
                None => return Ok(0),
            }
        };
        let is_sent = self.send(pending, &change, workbook, now).await?;
        if is_sent {
            self.ledger.keep_turns(&kept, Some(due.told()), now).await.map_err(unanswered)?;
        }
        Ok(usize::from(is_sent))
    }

    async fn read(&self, now: DateTime<Utc>) -> Option<Reading> {
        for _ in 0..TRIES {
            match self.team.roster.read_whole(now).await {
                Ok(reading) => return Some(reading),
                Err(why) => tracing::info!(rotation_unreadable = why.name(), "the rotation is not compared"),
            }
        }
        None
    }

    /// Whether what was to be told has been, by a process that died before it could say so.
    async fn was_told(&self, memory: &Memory) -> bool {
        let Some(pending) = memory.pending.as_ref().filter(|pending| pending.due_at.is_some()) else { return false };
        let key = key(pending);
        for destination in self.team.reminders.destinations() {
            if !self.ledger.is_completed(&key, self.team.reminders.of(*destination)[0].place).await {
                return false;
            }
        }
        true
    }

    /// Whether a chat has it now. It has not if another process sends it at this moment.
    async fn send(
        &self,
        pending: &Pending,
        change: &Change,
        workbook: &Workbook,
        now: DateTime<Utc>,
    ) -> Result<bool, Unsent> {
        let key = key(pending);
        let granted = Once { team: &self.team, ledger: &self.ledger, key: &key, what: WHAT }.claim(now).await?;
        if granted.is_empty() {
            return Ok(false);
        }
        let language = self.team.settings.language;
        let deadline = Instant::now() + POSTING;
        let say = |outlet: Outlet<'_>, notice| message(change, workbook, outlet.chat.platform(), notice, language);
        let outcome = granted
            .send(
                |outlet, notice| Some(Message::new(outlet, say(outlet, notice), language, String::new())),
                deadline,
                now,
            )
            .await;
        if outcome.is_taken() { Ok(true) } else { Err(Unsent::NotTaken(WHAT)) }
    }
}

fn unanswered(_: NoAnswer) -> Unsent {
    Unsent::Ledger(WHAT)
}

/// By when it was first read: the same swap, made again, is another change.
fn key(pending: &Pending) -> EventKey {
    EventKey::own(OwnKey::Turns, pending.since.timestamp_millis())
}
