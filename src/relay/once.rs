//! A notice that is sent once, whatever crashes: claimed in each chat where reminders go, posted there, and settled.
//!
//! A process that dies between the post and the settling leaves a claim; the next tick that the notice is due at sends it again,
//! marked as a possible repeat. Notices are due for as long as two ticks, so there is one repeat at most.

use crate::chat::PostId;
use crate::chat::delivery::Outlet;
use crate::domain::destination::Destination;
use crate::domain::incident::EventKey;
use crate::domain::message::Notice;
use crate::ledger::{Ended, Grant, Ledger, Settlement};
use crate::relay::post::{Message, Outcome, Subject, granted, notice, post};
use crate::relay::team::Team;
use crate::relay::via::Via;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::Instant;

/// The most that reading the rotation for a notice may take, and posting it.
pub const READING: Duration = Duration::from_secs(3);
pub const POSTING: Duration = Duration::from_secs(12);

/// A notice, by what it is recognised.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    pub team: &'a Team,
    pub ledger: &'a Ledger,
    pub key: &'a EventKey,
    /// Its name in the log and in the ledger.
    pub what: &'static str,
}

/// Why a notice was not sent. The next tick may, while it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    #[error("the ledger does not answer, so the notice '{0}' is not sent")]
    Ledger(&'static str),
    #[error("no chat has taken the notice '{0}'")]
    NotTaken(&'static str),
}

/// The right to send it, in each chat that has none.
#[derive(Debug)]
pub struct Granted<'a> {
    once: Once<'a>,
    /// Each with the chats that are tried, in that order.
    grants: Vec<(Vec<Outlet<'a>>, Grant)>,
}

impl<'a> Once<'a> {
    /// Claims it. Without an answer of the ledger it is not sent: once too often is worse than never.
    pub async fn claim(self, now: DateTime<Utc>) -> Result<Granted<'a>, Unsent> {
        self.claim_where(|_| true, now).await
    }

    /// The same where it follows another message: only in these chats.
    pub async fn claim_where(
        self,
        is_there: impl Fn(Outlet<'a>) -> bool,
        now: DateTime<Utc>,
    ) -> Result<Granted<'a>, Unsent> {
        let mut grants = Vec::new();
        for destination in self.team.reminders.destinations() {
            let outlets = self.team.reminders.of(*destination);
            let outlets: Vec<_> = outlets.into_iter().filter(|outlet| is_there(*outlet)).collect();
            if outlets.is_empty() {
                continue;
            }
            let Some(claim) = self.ledger.claim_surely(self.key, outlets[0].place, now).await else {
                // Nothing has been posted anywhere, so the next tick's is no repeat.
                Granted { once: self, grants }.release(now).await;
                return Err(Unsent::Ledger(self.what));
            };
            if let Ok(grant) = granted(claim, self.subject(), outlets[0]) {
                grants.push((outlets, grant));
            }
        }
        Ok(Granted { once: self, grants })
    }

    fn subject(&self) -> Subject<'a> {
        Subject { key: self.key, what: self.what, number: None }
    }
}

impl<'a> Granted<'a> {
    /// Whether another process sends it, or has sent it.
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }

    /// Gives it back, because nothing can be said now.
    pub async fn release(self, now: DateTime<Utc>) {
        let Self { once, grants } = self;
        for (_, grant) in grants {
            let nothing = Settlement::of_no_incident(once.what, Ended::NotPosted, Vec::new());
            once.ledger.settle(grant, nothing, None, now).await;
        }
    }

    /// Posts in each chat what `say` words for it. If that is nothing, it counts as sent.
    pub async fn send(
        self,
        say: impl Fn(Outlet<'a>, Option<Notice>) -> Option<Message<'a>>,
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Outcome {
        self.send_and_keep(say, async |_, _| {}, deadline, now).await
    }

    /// The same. What there is to keep of a message that was accepted is kept before it is settled, so a crash loses neither.
    pub async fn send_and_keep(
        self,
        say: impl Fn(Outlet<'a>, Option<Notice>) -> Option<Message<'a>>,
        keep: impl AsyncFn(Destination, &PostId),
        deadline: Instant,
        now: DateTime<Utc>,
    ) -> Outcome {
        let Self { once, grants } = self;
        let sent = grants.into_iter().map(async |(outlets, mut grant)| {
            let messages: Vec<_> =
                outlets.into_iter().enumerate().filter_map(|(nth, outlet)| say(outlet, notice(&grant, nth))).collect();
            if messages.is_empty() {
                let nothing = Settlement::of_no_incident(once.what, Ended::ReportedBefore, Vec::new());
                once.ledger.settle(grant, nothing, None, now).await;
                return Outcome::Repeat;
            }
            let posting = post(&messages, &[once.subject()], Via::Request, deadline, now).await;
            if let Some(accepted) = &posting.accepted {
                keep(messages[accepted.nth].outlet.place, &accepted.post).await;
            }
            let ended = once.ledger.conclude(&mut grant, posting.ended, now);
            let outcome = Outcome::after(ended, &grant, posting.again, now);
            let settlement = Settlement::of_no_incident(once.what, ended, posting.attempts);
            once.ledger.settle(grant, settlement, None, now).await;
            outcome
        });
        Outcome::of_any(join_all(sent).await)
    }
}
