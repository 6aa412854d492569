//! What `toban check` prints: one line for each finding, as soon as it is found.

use crate::cli::print;
use crate::pagerduty::health::Grade;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// After this long, the user is told what the command waits for.
const SLOW: Duration = Duration::from_secs(2);

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

    /// What cannot be checked, or was not.
    pub fn unchecked(&self, topic: &str, text: &str) {
        print::line(format_args!("· {topic:<10}{text}"));
    }

    pub fn graded(&mut self, grade: Grade, topic: &str, text: &str) {
        match grade {
            Grade::Right => self.right(topic, text),
            Grade::Unknown => self.unchecked(topic, text),
            Grade::Odd => self.odd(topic, text),
            Grade::Wrong => self.wrong(topic, text),
        }
    }

    pub fn is_all_right(&self) -> bool {
        self.wrong == 0
    }
}

/// Waits for an answer, and says on the error output what it waits for if that takes long.
pub(super) async fn patiently<T>(what: &str, answer: impl Future<Output = T>) -> T {
    let mut answer = pin!(answer);
    match timeout(SLOW, &mut answer).await {
        Ok(answer) => answer,
        Err(_) => {
            print::stderr_line(format_args!("… {what}"));
            answer.await
        }
    }
}
