//! Changed turns: what changes between two readings of the rotation is told once, to those who came and those who went.
//!
//! Each tick in office hours reads the rotation, and compares it with what was told last, which the ledger keeps. A reading in which
//! something is unsure is passed over. After a reading that failed, the next one is where it begins anew.

use crate::chat::delivery::Outlet;
use crate::domain::incident::{EventKey, OwnKey};
use crate::domain::message::turns::message;
use crate::domain::notices::turns::{Change, Memory, Pending, Turns as Read, observes};
use crate::domain::workbook::Workbook;
use crate::ledger::{KnownTurns, Ledger, NoAnswer};
use crate::relay::once::{Once, POSTING, Unsent};
use crate::relay::post::Message;
use crate::relay::team::Team;
use crate::roster::Reading;
use crate::roster::table::READER;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::time::Instant;

const WHAT: &str = "turns";
/// Google may not answer once in a while.
const TRIES: usize = 2;

/// Tells who is on call instead of somebody else.
#[derive(Debug)]
pub struct Turns {
    pub team: Team,
    /// What has been told.
    pub ledger: Arc<Ledger>,
}

/// Which chats have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Everywhere,
    Somewhere,
    Nowhere,
}

impl Turns {
    /// Tells what has changed, if it is time to. Returns how many messages a chat has taken now.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<usize, Unsent> {
        if !observes(&self.team.settings.calendar, now) {
            return Ok(0);
        }
        let known = self.ledger.turns().await.ok_or(Unsent::Ledger(WHAT))?;
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
            Some(memory) => Some(match self.told(&memory).await {
                Told::Everywhere => memory.told(),
                // Whoever has read it is told what is otherwise now.
                Told::Somewhere if !memory.pends(&read, &calendar, calendar.date(now)) => memory.told(),
                Told::Somewhere | Told::Nowhere => memory,
            }),
            None => None,
        };
        match Memory::next(before, read, READER, &calendar, now) {
            (memory, Some(change)) => self.tell(known, memory, &change, workbook, now).await,
            (memory, None) => {
                if known.memory.as_ref() != Some(&memory) {
                    self.ledger.keep_turns(&known, Some(memory), now).await.map_err(unanswered)?;
                }
                Ok(0)
            }
        }
    }

    /// Remembers that it is about to tell it, tells it, and remembers that it has.
    async fn tell(
        &self,
        known: KnownTurns,
        memory: Memory,
        change: &Change,
        workbook: &Workbook,
        now: DateTime<Utc>,
    ) -> Result<usize, Unsent> {
        let Some(key) = memory.pending.as_ref().map(key) else { return Ok(0) };
        // Of two processes that come so far, the row lets one go on. If that one dies, the next tick does.
        let due = memory.due(now);
        let kept = if known.memory.as_ref() == Some(&due) {
            Some(known)
        } else {
            self.ledger.keep_turns(&known, Some(due.clone()), now).await.map_err(unanswered)?
        };
        let Some(kept) = kept else { return Ok(0) };
        let granted = Once { team: &self.team, ledger: &self.ledger, key: &key, what: WHAT }.claim(now).await?;
        // Another process sends it at this moment, and will say so.
        if granted.is_empty() {
            return Ok(0);
        }
        let language = self.team.settings.language;
        let say = |outlet: Outlet<'_>, notice| message(change, workbook, outlet.chat.platform(), notice, language);
        let word = |outlet, notice| Some(Message::new(outlet, say(outlet, notice), language, String::new()));
        let is_one = self.team.reminders.destinations().len() == 1;
        if !granted.send(word, Instant::now() + POSTING, now).await.is_taken() {
            if self.told(&due).await == Told::Somewhere {
                tracing::warn!("one of the chats has not taken that turns have changed");
                return Ok(0);
            }
            return Err(Unsent::NotTaken(WHAT));
        }
        // A chat that has not taken it is asked again at the next tick, while it is due.
        if is_one || self.told(&due).await == Told::Everywhere {
            self.ledger.keep_turns(&kept, Some(due.told()), now).await.map_err(unanswered)?;
        }
        Ok(1)
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

    /// Which chats have what was to be told; the process may have died before it could say so.
    async fn told(&self, memory: &Memory) -> Told {
        let Some(pending) = memory.pending.as_ref().filter(|pending| pending.due_at.is_some()) else {
            return Told::Nowhere;
        };
        let (key, destinations) = (key(pending), self.team.reminders.destinations());
        let mut count = 0;
        for destination in destinations {
            count += usize::from(self.ledger.is_completed(&key, self.team.reminders.of(*destination)[0].place).await);
        }
        match count {
            0 => Told::Nowhere,
            all if all == destinations.len() => Told::Everywhere,
            _ => Told::Somewhere,
        }
    }
}

fn unanswered(_: NoAnswer) -> Unsent {
    Unsent::Ledger(WHAT)
}

/// By when it was first read: the same swap, made again, is another change.
fn key(pending: &Pending) -> EventKey {
    EventKey::own(OwnKey::Turns, pending.since.timestamp_millis())
}
