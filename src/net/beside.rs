//! Something wanted beside something needed, which it never holds up for long.

use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// What is wanted may take so much longer than what is needed.
pub const GRACE: Duration = Duration::from_millis(100);

/// What is needed, and what is wanted if it is there a moment later at most.
pub async fn beside<T, U>(needed: impl Future<Output = T>, wanted: impl Future<Output = U>) -> (T, Option<U>) {
    let (mut needed, mut wanted) = (pin!(needed), pin!(wanted));
    tokio::select! {
        biased;
        done = &mut needed => (done, timeout(GRACE, wanted).await.ok()),
        found = &mut wanted => (needed.await, Some(found)),
    }
}
