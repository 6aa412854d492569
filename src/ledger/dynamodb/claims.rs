//! Who posts what where: one row for each event and place.
//!
//! | `state` | means | for somebody who wants it |
//! |---|---|---|
//! | no row | nobody has tried, or certainly in vain | free |
//! | `claimed`, `lease_until` ahead | somebody is posting it | taken, also from the one who holds it |
//! | `claimed`, `lease_until` past | somebody died over it, perhaps after the post | free, perhaps a repeat |
//! | `doubtful` | the chat's answer was lost | free, perhaps a repeat |
//! | `completed` | the chat has accepted it | done |
//! | anything else, an unknown `v` | not known | free, perhaps a repeat: rather twice than never |

use super::items::{Condition, Item};
use super::{Down, DynamoDb, Written};
use crate::domain::incident::EventKey;
use crate::ledger::{Certainty, Claim};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};

/// PagerDuty repeats for 48 hours.
const KEEP: TimeDelta = TimeDelta::days(7);

const CLAIMED: &str = "claimed";
const DOUBTFUL: &str = "doubtful";
const COMPLETED: &str = "completed";

/// How a claim is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holding {
    Claimed,
    /// Claimed after somebody whose post may have been accepted.
    ClaimedAgain,
    Doubtful,
    Completed,
}

impl DynamoDb {
    /// Claims the posting of an event in a place until `lease` is over. Of any number who ask at once, one gets it.
    pub async fn claim(
        &self,
        key: &EventKey,
        place: &str,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Claim, Down> {
        let write = self.next_write();
        let until = now.timestamp_millis().saturating_add(lease.num_milliseconds());
        let claimed = |holding| self.row(key, place, holding, &write, now).with_number("lease_until", until);
        self.limited(async {
            let row = match self.put(claimed(Holding::Claimed), Condition::absent()).await? {
                Written::Done => return Ok(Claim::Yours),
                Written::Refused(Some(row)) => row,
                Written::Refused(None) => return Ok(Claim::Taken),
            };
            if let Some(claim) = settled(&row, &write, now) {
                return Ok(claim);
            }
            match self.put(claimed(Holding::ClaimedAgain), Condition::unchanged(&row, &["v", "state", "write"])).await?
            {
                Written::Done => Ok(Claim::YoursPerhapsAgain),
                Written::Refused(row) => Ok(row.and_then(|row| settled(&row, &write, now)).unwrap_or(Claim::Taken)),
            }
        })
        .await
    }

    /// The chat has accepted it. This also stands where the claim could not be made, or was given up as doubtful. When
    /// somebody else has claimed it meanwhile, nothing is written: they will complete it, after posting it once more.
    pub async fn complete(&self, key: &EventKey, place: &str, now: DateTime<Utc>) -> Result<(), Down> {
        let row = self.row(key, place, Holding::Completed, &self.next_write(), now);
        let condition = "attribute_not_exists(#pk) OR #owner = :me OR #state = :doubtful";
        let condition = Condition::new(condition).with_text(":me", &self.owner).with_text(":doubtful", DOUBTFUL);
        self.limited(async {
            match self.put(row, condition).await? {
                Written::Done => {}
                Written::Refused(Some(row)) if is_completed(&row) => {}
                Written::Refused(_) => tracing::warn!(
                    event = %key, place,
                    "it was posted, but somebody else had taken it over meanwhile, so it may be posted again"
                ),
            }
            Ok(())
        })
        .await
    }

    /// The chat has not accepted it, or not for certain. A claim that was taken over from somebody, or from doubt, stays
    /// doubtful. When somebody else has claimed it meanwhile, nothing is written.
    pub async fn release(
        &self,
        key: &EventKey,
        place: &str,
        certainty: Certainty,
        now: DateTime<Utc>,
    ) -> Result<(), Down> {
        let held = "#owner = :me AND #state = :claimed";
        let ours = |text: String| Condition::new(text).with_text(":me", &self.owner).with_text(":claimed", CLAIMED);
        let doubtful = self.row(key, place, Holding::Doubtful, &self.next_write(), now);
        self.limited(async {
            if certainty == Certainty::NotPosted {
                let certain = ours(format!("{held} AND #perhaps = :no")).with(":no", AttributeValue::Bool(false));
                match self.delete(&partition(key), place, certain).await? {
                    Written::Done | Written::Refused(None) => return Ok(()),
                    Written::Refused(Some(_)) => {}
                }
            }
            let condition = ours(format!("attribute_not_exists(#pk) OR ({held})"));
            if let Written::Refused(Some(row)) = self.put(doubtful, condition).await?
                && row.text("owner") != Some(&self.owner)
            {
                tracing::warn!(event = %key, place, "somebody else has taken it over before it was released");
            }
            Ok(())
        })
        .await
    }

    /// Whether the event has been posted in the place.
    pub async fn is_completed(&self, key: &EventKey, place: &str) -> Result<bool, Down> {
        self.limited(async { Ok(self.read(&partition(key), place).await?.as_ref().is_some_and(is_completed)) }).await
    }

    fn row(&self, key: &EventKey, place: &str, holding: Holding, write: &str, now: DateTime<Utc>) -> Item {
        let (state, perhaps) = match holding {
            Holding::Claimed => (CLAIMED, false),
            Holding::ClaimedAgain => (CLAIMED, true),
            Holding::Doubtful => (DOUBTFUL, true),
            Holding::Completed => (COMPLETED, false),
        };
        Item::new(partition(key), place, KEEP, now)
            .with_text("state", state)
            .with_text("owner", &self.owner)
            .with_text("write", write)
            .with("perhaps", AttributeValue::Bool(perhaps))
    }
}

fn partition(key: &EventKey) -> String {
    format!("claim#{key}")
}

fn is_completed(row: &Item) -> bool {
    row.is_known() && row.text("state") == Some(COMPLETED)
}

/// The answer that a row gives to the claim of that write; `None` when it is free.
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
