//! What was found, printed as it is found.

use crate::cli::print;
use crate::pagerduty::health::Grade;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// Somebody who waits for longer than this wants to know for what.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    wrong: usize,
}

impl Report {
    pub fn right(&self, topic: &str, text: &str) {
        print::line(format_args!("✓ {topic:<10}{text}"));
    }

    pub fn odd(&self, topic: &str, text: &str) {
        print::line(format_args!("! {topic:<10}{text}"));
    }

    pub fn wrong(&mut self, topic: &str, text: &str) {
        self.wrong += 1;
        print::line(format_args!("✗ {topic:<10}{text}"));
    }

    /// What cannot be checked, or is not.
    pub fn told(&self, topic: &str, text: &str) {
        print::line(format_args!("· {topic:<10}{text}"));
    }

    pub fn graded(&mut self, grade: Grade, topic: &str, text: &str) {
        match grade {
            Grade::Right => self.right(topic, text),
            Grade::Unknown => self.told(topic, text),
            Grade::Odd => self.odd(topic, text),
            Grade::Wrong => self.wrong(topic, text),
        }
    }

    pub fn is_all_right(&self) -> bool {
        self.wrong == 0
    }
}

/// Waits for an answer, and says on the error output for whom when it takes long.
pub(super) async fn patiently<T>(whom: &str, answer: impl Future<Output = T>) -> T {
    let mut answer = pin!(answer);
    match timeout(PATIENCE, &mut answer).await {
        Ok(answer) => answer,
        Err(_) => {
            print::stderr_line(format_args!("… {whom}"));
            answer.await
        }
    }
}
