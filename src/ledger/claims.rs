//! Claims: who may post an event to a destination, so that nobody posts it twice.
//!
//! | `state` of the delivery's row | means | for a process that asks |
//! |---|---|---|
//! | no row, `free` | nobody has tried, or certainly without success | free |
//! | `claimed`, `lease_until` in the future | a process is posting it | taken, even for the process that holds it |
//! | `claimed`, `lease_until` in the past | that process crashed, perhaps after the post | free, perhaps a repeat |
//! | `claimed` by another, where this process is alone | the same | the same, at once |
//! | `doubtful`, `again_at` in the future | the chat's answer was lost or not understood | not yet |
//! | `doubtful` | the same, and the pause is over | free, perhaps a repeat |
//! | `completed` | the chat has accepted it, or there was doubt too often | done |
//! | anything else, an unknown `v` | not known | free, perhaps a repeat: better twice than never |

use super::{Doubts, Ended, Ledger, Others, deliveries};
use crate::domain::destination::Destination;
use crate::domain::incident::EventKey;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Found, Put, Written};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// An unsettled claim this old belongs to a crashed process. The worker's own limit is 30 s; the queues hide for a
/// minute at least what they have handed over.
pub const LEASE: TimeDelta = TimeDelta::seconds(45);

pub(super) const FREE: &str = "free";
pub(super) const CLAIMED: &str = "claimed";
pub(super) const DOUBTFUL: &str = "doubtful";
pub(super) const COMPLETED: &str = "completed";

/// The answer to a process that wants to post an event.
#[derive(Debug)]
pub enum Claim {
    /// Go ahead, then settle it.
    Yours(Grant),
    /// It has been posted.
    Completed,
    /// Another process is posting it at this moment; ask again later.
    Taken,
    /// A chat may have it, and the next try is to be made after so long.
    NotYet(Duration),
}

/// The right to post an event to a destination.
#[derive(Debug)]
pub struct Grant {
    pub(super) key: EventKey,
    pub(super) destination: Destination,
    /// The write that holds the claim, or may hold it, if the ledger did not answer.
    pub(super) write: String,
    /// An earlier attempt may have been accepted: the message has to say so.
    pub is_perhaps_a_repeat: bool,
    /// How often a chat's answer has left that open; `None` if it never has.
    pub(super) doubts: Option<Box<Doubts>>,
    /// The attempts before this one, as the row keeps them.
    pub(super) earlier: Option<String>,
}

/// Whether the pauses after a doubt are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pauses {
    Kept,
    Skipped,
}

impl Grant {
    /// Whether the message may mention anybody: not if it may have done so twice.
    pub fn may_mention(&self) -> bool {
        self.doubts.as_ref().is_none_or(|doubts| doubts.may_mention())
    }

    /// How long to wait before the next try, after one that ended in doubt.
    pub fn pause(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.doubts.as_ref()?.left(now)?.to_std().ok()
    }
}

impl Ledger {
    /// How a delivery ends: one that ended in doubt too often counts as told.
    pub fn conclude(&self, grant: &mut Grant, ended: Ended, now: DateTime<Utc>) -> Ended {
        let Ended::PerhapsPosted(doubt) = ended else {
            return ended;
        };
        let doubts = Doubts::with(grant.doubts.as_deref(), doubt, self.lease, now);
        grant.doubts = Some(Box::new(doubts));
        if !doubts.are_enough(now) {
            return ended;
        }
        let (event, destination) = (&grant.key, grant.destination.name());
        tracing::error!(%event, destination, doubt_ended = true, "it was sent several times, and the chat never said that it had accepted it: nobody sends it again. Look whether it is there");
        Ended::CountsAsTold
    }

    /// Claims the posting of an event until the lease is over. Of any number of processes that ask at once, one gets it.
    pub async fn claim(&self, key: &EventKey, destination: Destination, now: DateTime<Utc>) -> Claim {
        self.claim_with(key, destination, Pauses::Kept, now).await
    }

    /// The same for what will not be tried often: without the pauses after a doubt.
    pub async fn claim_at_once(&self, key: &EventKey, destination: Destination, now: DateTime<Utc>) -> Claim {
        self.claim_with(key, destination, Pauses::Skipped, now).await
    }

    /// The same for what is better not sent at all than sent twice. `None` without an answer.
    pub async fn claim_surely(&self, key: &EventKey, destination: Destination, now: DateTime<Utc>) -> Option<Claim> {
        let grant = new_grant(key, destination, self.next_write());
        super::answered(self.store.limited(self.try_claim(grant, Pauses::Skipped, now)).await)
    }

    async fn claim_with(&self, key: &EventKey, destination: Destination, pauses: Pauses, now: DateTime<Utc>) -> Claim {
        let write = self.next_write();
        let grant = || new_grant(key, destination, write.clone());
        self.store.limited(self.try_claim(grant(), pauses, now)).await.unwrap_or_else(|down| {
            tracing::error!(event = %key, ledger_down = true, unclaimed = true, "{down}. It is posted regardless; a repeat would not be recognised");
            Claim::Yours(grant())
        })
    }

    async fn try_claim(&self, grant: Grant, pauses: Pauses, now: DateTime<Utc>) -> Result<Claim, Down> {
        let there = match self.put_claim(&grant, Condition::absent(), now).await? {
            Ok(()) => return Ok(Claim::Yours(grant)),
            Err(None) => return Ok(Claim::Taken),
            Err(Some(row)) => row,
        };
        let grant = match claim_of(&there, grant, self, pauses, now) {
            Claim::Yours(grant) if there.text("write") == Some(&grant.write) => return Ok(Claim::Yours(grant)),
            Claim::Yours(grant) => grant,
            settled @ (Claim::Completed | Claim::Taken | Claim::NotYet(_)) => return Ok(settled),
        };
        match self.put_claim(&grant, Condition::unchanged(&there, &["v", "state", "write"]), now).await? {
            Ok(()) => Ok(Claim::Yours(grant)),
            Err(Some(row)) if row.text("write") == Some(&grant.write) => Ok(Claim::Yours(grant)),
            Err(Some(row)) if is_completed(&row) => Ok(Claim::Completed),
            Err(_) => Ok(Claim::Taken),
        }
    }

    /// Writes the row of a claim, or returns the one that is there instead.
    async fn put_claim(
        &self,
        grant: &Grant,
        condition: Condition,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Option<Item>>, Down> {
        let until = now.timestamp_millis().saturating_add(self.lease.num_milliseconds());
        let state = (CLAIMED, grant.is_perhaps_a_repeat);
        let row = deliveries::row((&grant.key, grant.destination), state, (&self.owner, &grant.write), now);
        let item = row.with_number("lease_until", until);
        let item = match &grant.earlier {
            Some(attempts) => item.with_text("attempts", attempts),
            None => item,
        };
        let item = match &grant.doubts {
            Some(doubts) => doubts.keep(item),
            None => item,
        };
        match self.store.put(Put { item, condition }).await? {
            Written::Done => Ok(Ok(())),
            Written::Refused(found) => Ok(Err(match found.into_iter().next() {
                Some(Found::Otherwise(row)) => row,
                Some(Found::AsExpected) | None => None,
            })),
        }
    }

    /// Whether an event was posted under this claim. The first edition had one for each chat of a failover pair.
    pub async fn is_completed(&self, key: &EventKey, destination: Destination) -> bool {
        let read = async { self.store.read(&deliveries::partition(key), destination.name()).await };
        super::answered(self.store.limited(read).await).flatten().as_ref().is_some_and(is_completed)
    }
}

fn new_grant(key: &EventKey, destination: Destination, write: String) -> Grant {
    Grant { key: key.clone(), destination, write, is_perhaps_a_repeat: false, doubts: None, earlier: None }
}

pub(super) fn is_completed(row: &Item) -> bool {
    row.is_known() && row.text("state") == Some(COMPLETED)
}

pub(super) fn is_running(row: &Item, ledger: &Ledger, now: DateTime<Utc>) -> bool {
    let is_held = row.number::<i64>("lease_until").is_some_and(|until| until > now.timestamp_millis());
    let may_live = ledger.others == Others::Live || row.text("owner") == Some(&ledger.owner);
    row.is_known() && row.text("state") == Some(CLAIMED) && is_held && may_live
}

/// The answer that a row gives to a claim.
fn claim_of(row: &Item, grant: Grant, ledger: &Ledger, pauses: Pauses, now: DateTime<Utc>) -> Claim {
    // With our own write it is our own request, sent a second time because the answer to the first was lost.
    let is_ours = row.is_known() && row.text("write") == Some(&grant.write);
    if is_completed(row) {
        return Claim::Completed;
    }
    if is_running(row, ledger, now) && !is_ours {
        return Claim::Taken;
    }
    let is_certain =
        row.is_known() && (is_ours || row.text("state") == Some(FREE)) && row.flag("perhaps") == Some(false);
    let doubts = Doubts::kept(row).map(Box::new);
    if let Some(left) = doubts
        .as_ref()
        .filter(|_| !is_ours && pauses == Pauses::Kept)
        .and_then(|doubts| doubts.left(now)?.to_std().ok())
    {
        return Claim::NotYet(left);
    }
    let earlier = row.text("attempts").map(str::to_owned);
    Claim::Yours(Grant { is_perhaps_a_repeat: !is_certain, doubts, earlier, ..grant })
}
