//! Several messages brought as one.

use super::claims::{Granted, Place};
use super::{Accepted, Notification, Notifier, Outcome, Writer, outcome_of};
use crate::chat::delivery::{Destination, Outlets, post_patiently};
use crate::domain::message::Notice;

impl Notifier {
    /// Brings several messages as one to the chat that they are addressed to: all claimed before, and completed or
    /// released together. The answer has an outcome for each, in their order; `write` is given those that are posted now.
    pub async fn notify_digest<W: Writer<Because: Clone>>(
        &self,
        address: Destination,
        notifications: &[Notification<'_>],
        write: impl FnOnce(Vec<usize>) -> W,
    ) -> Vec<Outcome<W::Because>> {
        let (chat, place) = match (&self.outlets, address) {
            (Outlets::Mirror(_, backup), Destination::Backup) => (backup, Place::Backup),
            (Outlets::One(chat) | Outlets::Mirror(chat, _) | Outlets::Failover(chat, _), _) => (chat, Place::Primary),
        };
        let mut outcomes = Vec::new();
        let mut granted = Vec::new();
        for (number, notification) in notifications.iter().enumerate() {
            if self.backup_has(notification.key).await {
                outcomes.push(Outcome::Repeat);
                continue;
            }
            match self.claim(chat, place, *notification).await {
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
        let letter = writer.write(chat, is_again.then_some(Notice::PossibleRepeat)).await;
        let (posted, _) = post_patiently(chat, &letter.draft, None, last.deadline).await;
        for (number, _) in granted {
            self.settle(chat, place, notifications[number], &posted).await;
            self.keep_attempt(chat, place, notifications[number], &outcome_of(&posted), &letter.why).await;
            if posted.is_ok() {
                outcomes[number] = Outcome::Posted(vec![Accepted {
                    chat: chat.name(),
                    why: letter.why.clone(),
                    because: letter.because.clone(),
                }]);
            }
        }
        outcomes
    }
}
