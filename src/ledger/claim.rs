//! Claims: who may post an event to an outlet, so that nobody posts it twice.

use chrono::TimeDelta;

/// An unsettled claim this old belongs to a crashed process. The worker's own limit is 30 s; the queue hides for 300 s
/// what it has handed over.
pub const LEASE: TimeDelta = TimeDelta::seconds(45);

/// The answer to a process that wants to post an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has posted it: go ahead, then complete or release the claim.
    Yours,
    /// Go ahead, but an earlier attempt may have been accepted: say so in the message.
    YoursPerhapsAgain,
    /// It has been posted.
    Completed,
    /// Another process is posting it at this moment; ask again later.
    Taken,
}

/// What is known of a post that was not completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The chat has not accepted it.
    NotPosted,
    /// The chat may have accepted it.
    PerhapsPosted,
}

/// The state of a claim, as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holding {
    Claimed,
    /// Claimed after an attempt that may have been accepted.
    ClaimedAgain,
    /// Given up after an attempt that may have been accepted.
    Doubtful,
    Completed,
}
