//! Who posts what to which outlet: one row for each event and outlet.
//!
//! | `state` | means | for a process that asks |
//! |---|---|---|
//! | no row | nobody has tried, or certainly without success | free |
//! | `claimed`, `lease_until` in the future | a process is posting it | taken, even for the process that holds it |
//! | `claimed`, `lease_until` in the past | that process crashed, perhaps after the post | free, perhaps a repeat |
//! | `doubtful` | the chat's answer was lost | free, perhaps a repeat |
//! | `completed` | the chat has accepted it | done |
//! | anything else, an unknown `v` | not known | free, perhaps a repeat: better twice than never |

use super::Table;
use crate::domain::incident::EventKey;
use crate::ledger::claim::{Certainty, Claim, Holding};
use crate::store::dynamodb::{Down, Written};
use crate::store::item::{Condition, Item};
use chrono::{DateTime, TimeDelta, Utc};

/// PagerDuty repeats for 48 hours.
const KEEP: TimeDelta = TimeDelta::days(7);

const CLAIMED: &str = "claimed";
const DOUBTFUL: &str = "doubtful";
const COMPLETED: &str = "completed";

impl Table {
    /// Claims the posting of an event until the lease is over. Of any number of processes that ask at once, one gets it.
    pub async fn claim(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) -> Result<Claim, Down> {
        let write = self.next_write();
        let until = now.timestamp_millis().saturating_add(self.lease.num_milliseconds());
        let claimed = |holding| self.row(key, outlet, holding, &write, now).with_number("lease_until", until);
        self.store
            .limited(async {
                let row = match self.store.put(claimed(Holding::Claimed), Condition::absent()).await? {
                    Written::Done => return Ok(Claim::Yours),
                    Written::Refused(Some(row)) => row,
                    Written::Refused(None) => return Ok(Claim::Taken),
                };
                if let Some(claim) = settled(&row, &write, now) {
                    return Ok(claim);
                }
                match self
                    .store
                    .put(claimed(Holding::ClaimedAgain), Condition::unchanged(&row, &["v", "state", "write"]))
                    .await?
                {
                    Written::Done => Ok(Claim::YoursPerhapsAgain),
                    Written::Refused(row) => Ok(row.and_then(|row| settled(&row, &write, now)).unwrap_or(Claim::Taken)),
                }
            })
            .await
    }

    /// The chat has accepted it. This is also recorded if the claim could not be made, or was given up as doubtful. If
    /// another process has claimed it meanwhile, nothing is written: that one will complete it, after posting it again.
    pub async fn complete(&self, key: &EventKey, outlet: &str, now: DateTime<Utc>) -> Result<(), Down> {
        let row = self.row(key, outlet, Holding::Completed, &self.next_write(), now);
        let condition = "attribute_not_exists(#pk) OR #owner = :me OR #state = :doubtful";
        let condition = Condition::new(condition).with_text(":me", &self.owner).with_text(":doubtful", DOUBTFUL);
        self.store
            .limited(async {
                match self.store.put(row, condition).await? {
                    Written::Done => {}
                    Written::Refused(Some(row)) if is_completed(&row) => {}
                    Written::Refused(_) => tracing::warn!(
                        event = %key, outlet,
                        "it was posted, but another process had taken it over meanwhile, so it may be posted again"
                    ),
                }
                Ok(())
            })
            .await
    }

    /// The chat has not accepted it, or not for certain. A claim that was taken over from another process, or was doubtful
    /// before, stays doubtful. If another process has claimed it meanwhile, nothing is written.
    pub async fn release(
        &self,
        key: &EventKey,
        outlet: &str,
        certainty: Certainty,
        now: DateTime<Utc>,
    ) -> Result<(), Down> {
        let held = "#owner = :me AND #state = :claimed";
        let ours = |text: String| Condition::new(text).with_text(":me", &self.owner).with_text(":claimed", CLAIMED);
        let doubtful = self.row(key, outlet, Holding::Doubtful, &self.next_write(), now);
        self.store
            .limited(async {
                if certainty == Certainty::NotPosted {
                    let certain = ours(format!("{held} AND #perhaps = :no")).with_flag(":no", false);
                    match self.store.delete(&partition(key), outlet, certain).await? {
                        Written::Done | Written::Refused(None) => return Ok(()),
                        Written::Refused(Some(_)) => {}
                    }
                }
                let condition = ours(format!("attribute_not_exists(#pk) OR ({held})"));
                if let Written::Refused(Some(row)) = self.store.put(doubtful, condition).await?
                    && row.text("owner") != Some(&self.owner)
                {
                    tracing::warn!(event = %key, outlet, "another process has taken it over before it was released");
                }
                Ok(())
            })
            .await
    }

    /// Whether the event has been posted to the outlet.
    pub async fn is_completed(&self, key: &EventKey, outlet: &str) -> Result<bool, Down> {
        self.store
            .limited(async { Ok(self.store.read(&partition(key), outlet).await?.as_ref().is_some_and(is_completed)) })
            .await
    }

    fn row(&self, key: &EventKey, outlet: &str, holding: Holding, write: &str, now: DateTime<Utc>) -> Item {
        let (state, perhaps) = match holding {
            Holding::Claimed => (CLAIMED, false),
            Holding::ClaimedAgain => (CLAIMED, true),
            Holding::Doubtful => (DOUBTFUL, true),
            Holding::Completed => (COMPLETED, false),
        };
        Item::new(partition(key), outlet, KEEP, now)
            .with_text("state", state)
            .with_text("owner", &self.owner)
            .with_text("write", write)
            .with_flag("perhaps", perhaps)
    }
}

fn partition(key: &EventKey) -> String {
    format!("claim#{key}")
}

fn is_completed(row: &Item) -> bool {
    row.is_known() && row.text("state") == Some(COMPLETED)
}

/// The answer that a row gives to the claim of that write; `None` if it is free to take.
fn settled(row: &Item, write: &str, now: DateTime<Utc>) -> Option<Claim> {
    if !row.is_known() {
        return None;
    }
    if row.text("write") == Some(write) {
        // Our own request, sent a second time because the answer to the first was lost.
        let is_first = row.flag("perhaps") == Some(false);
        return Some(if is_first { Claim::Yours } else { Claim::YoursPerhapsAgain });
    }
    let is_running = row.number::<i64>("lease_until").is_some_and(|until| until > now.timestamp_millis());
    match row.text("state") {
        Some(COMPLETED) => Some(Claim::Completed),
        Some(CLAIMED) if is_running => Some(Claim::Taken),
        _ => None,
    }
}
