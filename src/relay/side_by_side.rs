//! Many calls that do not depend on each other.

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use tokio::time::{Instant, timeout_at};

/// So many at the same time: a call takes as long as the slowest of them, and no service is stormed.
const AT_ONCE: usize = 16;

/// The answers in the order of the calls; `None` for one that did not come by the deadline. What is not begun by then never
/// is.
pub async fn side_by_side<C: Future>(calls: impl IntoIterator<Item = C>, deadline: Instant) -> Vec<Option<C::Output>> {
    let calls: Vec<_> = calls.into_iter().collect();
    let mut answers: Vec<_> = calls.iter().map(|_| None).collect();
    let numbered = calls.into_iter().enumerate().map(|(number, call)| async move { (number, call.await) });
    let mut running = iter(numbered).buffer_unordered(AT_ONCE);
    while let Ok(Some((number, answer))) = timeout_at(deadline, running.next()).await {
        answers[number] = Some(answer);
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::sleep;

    #[tokio::test]
    async fn what_does_not_come_in_time_is_left_out() {
        let started = Instant::now();
        let call = |number: u64| async move {
            sleep(Duration::from_millis(if number == 3 { 60_000 } else { 20 })).await;
            number
        };
        let answers = side_by_side((0..40).map(call), started + Duration::from_secs(5)).await;
        let late: Vec<_> = (0..40).filter(|number| answers[*number].is_none()).collect();
        assert_eq!((late, answers[39]), (vec![3], Some(39)));
        assert_eq!(side_by_side((0..2).map(call), started).await, [None, None], "the deadline has passed");
    }
}
