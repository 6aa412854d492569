//! Trying again after a wait: the one retry of everything that is throttled.

use std::time::Duration;
use tokio::time::sleep;

/// Tries until it works or `wait` has no time to wait for after an error.
pub async fn again_after<T, E, F: Future<Output = Result<T, E>>>(
    mut wait: impl FnMut(&E) -> Option<Duration>,
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    loop {
        match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) => match wait(&error) {
                Some(wait) => sleep(wait).await,
                None => return Err(error),
            },
        }
    }
}
