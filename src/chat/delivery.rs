//! One chat or two, and how long to wait for one.

use super::{Chat, ChatError, PostId};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What the backup keeps of the time, however long the primary takes.
pub const FOR_THE_BACKUP: Duration = Duration::from_millis(1_200);

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Outlets {
    /// One chat.
    One(Chat),
    /// Both chats get everything.
    Mirror(Chat, Chat),
    /// The second gets what the first did not take.
    Failover(Chat, Chat),
}

/// Posts a text, again if the chat asks to wait and the wait ends in time.
///
/// Nothing else is tried again here: after a lost answer a second try could post twice, and a chat that is down for
/// a moment is better left to the backup or to the sender's own repeat.
pub async fn post_patiently(chat: &Chat, text: &str, deadline: Instant) -> Result<PostId, ChatError> {
    loop {
        let error = match chat.post(text, deadline).await {
            Ok(post) => return Ok(post),
            Err(error) => error,
        };
        let ChatError::Unavailable { retry_after: Some(wait), .. } = error else {
            return Err(error);
        };
        let again = Instant::now() + wait;
        if again >= deadline {
            return Err(error);
        }
        sleep_until(again).await;
    }
}
