//! A message in the queue.

use crate::pagerduty::Story;
use std::time::Duration;
use toban::queue::{Lane, QueueMessage, press};
use tokio::time::Instant;

/// So long what follows waits for a beginning, less a process's time.
const LONG: Duration = Duration::from_secs(75);

/// A message in the queue.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub group: String,
    pub body: String,
    pub receipt: String,
    pub receives: u32,
    /// How often it was handed over and nobody said what became of it.
    pub lost: u32,
    pub is_hidden: bool,
    pub visible_at: Instant,
}

impl Message {
    /// The event's key and the destination's name.
    pub fn of(&self, story: &Story) -> (String, &'static str) {
        if let Ok(press) = press::parse(&self.body) {
            return (crate::presses::key(&press.id), Lane::Presses.name());
        }
        let message = QueueMessage::parse(&self.body).expect("our own message");
        (story.key_of(&message.key), message.destination.name())
    }

    /// Notes that it is handed over, and whether others may have overtaken it meanwhile.
    pub fn handed_over(&mut self, now: Instant, overtaken: &mut Vec<Self>) {
        self.lost += u32::from(self.receives > 0 && !self.is_hidden);
        let untaken = now - self.visible_at;
        if self.lost == 2 || (self.receives == 0 && untaken > LONG) || (self.lost == 1 && untaken > LONG / 5) {
            overtaken.push(self.clone());
        }
        self.is_hidden = false;
        self.receives += 1;
    }
}
