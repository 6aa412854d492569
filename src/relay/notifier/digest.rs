//! Several messages posted as one.

use super::claims::{Granted, Outlet};
use super::{Accepted, Notification, Notifier, Outcome, Worded, Writer, outcome_of};
use crate::chat::delivery::{Destination, Outlets, post_patiently};
use crate::domain::message::Notice;
use crate::relay::side_by_side::side_by_side;
use std::time::Duration;
use tokio::time::Instant;

/// What is posted is recorded even if the time for posting is over.
const SETTLING: Duration = Duration::from_secs(2);

impl Notifier<'_> {
    /// Posts several messages as one to one destination: all are claimed before, and completed or released together. The
    /// answer has an outcome for each, in their order; `write` is given those that are posted now.
    pub async fn notify_digest<W: Writer<Because: Clone>>(
        self,
        destination: Destination,
        notifications: &[Notification<'_>],
        write: impl FnOnce(Vec<usize>) -> W,
    ) -> Vec<Outcome<W::Because>> {
        let (chat, outlet) = match (self.outlets, destination) {
            (Outlets::Mirror(_, backup), Destination::Backup) => (backup, Outlet::Backup),
            (Outlets::One(chat) | Outlets::Mirror(chat, _) | Outlets::Failover(chat, _), _) => (chat, Outlet::Primary),
        };
        let claim = async |notification: &Notification<'_>| {
            if self.backup_has(notification.key).await {
                return Err(Outcome::Repeat);
            }
            self.claim(chat, outlet, *notification).await
        };
        let begun = Instant::now();
        let deadline = notifications.first().map_or(begun, |notification| notification.deadline);
        // The other half is for posting it.
        let until = begun + deadline.saturating_duration_since(begun) / 2;
        let claims = side_by_side(notifications.iter().map(claim), until).await;
        let mut outcomes = Vec::new();
        let mut granted = Vec::new();
        for (number, claim) in claims.into_iter().enumerate() {
            outcomes.push(match claim {
                Some(Ok(grant)) => {
                    granted.push((number, grant));
                    Outcome::NotTaken
                }
                Some(Err(outcome)) => outcome,
                None => Outcome::NotTaken,
            });
        }
        let Some(last) = granted.last().map(|(number, _)| notifications[*number]) else {
            return outcomes;
        };
        let is_again = granted.iter().any(|(_, grant)| *grant == Granted::PerhapsAgain);
        let writer = write(granted.iter().map(|(number, _)| *number).collect());
        let worded = writer.write(chat, is_again.then_some(Notice::PossibleRepeat)).await;
        let Worded { rendered, why, because } = worded;
        let (posted, _) = post_patiently(chat, &rendered, None, last.deadline).await;
        let (outcome, posted, reason) = (&outcome_of(&posted), &posted, &why);
        let settle = |number: usize| async move {
            self.settle(chat, outlet, notifications[number], posted).await;
            self.keep_attempt(chat, outlet, notifications[number], outcome, reason).await;
        };
        side_by_side(granted.iter().map(|(number, _)| settle(*number)), Instant::now() + SETTLING).await;
        for (number, _) in granted.into_iter().filter(|_| posted.is_ok()) {
            let accepted = Accepted { chat: chat.name(), why: why.clone(), because: because.clone() };
            outcomes[number] = Outcome::Posted(vec![accepted]);
        }
        outcomes
    }
}
