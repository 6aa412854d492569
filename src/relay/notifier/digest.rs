//! Several messages posted as one.

use super::claims::{Granted, Outlet};
use super::{Accepted, Notification, Notifier, Outcome, Worded, Writer, outcome_of};
use crate::chat::delivery::{Destination, Outlets, post_patiently};
use crate::domain::message::Notice;

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
        let mut outcomes = Vec::new();
        let mut granted = Vec::new();
        for (number, notification) in notifications.iter().enumerate() {
            if self.backup_has(notification.key).await {
                outcomes.push(Outcome::Repeat);
                continue;
            }
            match self.claim(chat, outlet, *notification).await {
                Ok(grant) => {
                    granted.push((number, grant));
                    outcomes.push(Outcome::NotTaken);
                }
                Err(outcome) => outcomes.push(outcome),
            }
        }
        let Some(last) = granted.last().map(|(number, _)| notifications[*number]) else {
            return outcomes;
        };
        let is_again = granted.iter().any(|(_, grant)| *grant == Granted::PerhapsAgain);
        let writer = write(granted.iter().map(|(number, _)| *number).collect());
        let worded = writer.write(chat, is_again.then_some(Notice::PossibleRepeat)).await;
        let Worded { rendered, why, because } = worded;
        let (posted, _) = post_patiently(chat, &rendered, None, last.deadline).await;
        for (number, _) in granted {
            self.settle(chat, outlet, notifications[number], &posted).await;
            self.keep_attempt(chat, outlet, notifications[number], &outcome_of(&posted), &why).await;
            if posted.is_ok() {
                let accepted = Accepted { chat: chat.name(), why: why.clone(), because: because.clone() };
                outcomes[number] = Outcome::Posted(vec![accepted]);
            }
        }
        outcomes
    }
}
