//! What people press in Slack, and the commands that they type.

use super::{Answer, Intake, Request, Sink};
use crate::domain::press::Asked;
use crate::queue::{QueueError, Queues};
use crate::source::slack;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::timeout;

/// Slack waits 3 seconds; the rest is for a cold start, and for the way there and back.
const PRESS_LIMIT: Duration = Duration::from_millis(1_500);

impl Intake {
    /// Puts what somebody has pressed into its queue, and says nothing more: they are answered when it is done.
    pub(super) async fn slack(&self, request: &Request<'_>, now: DateTime<Utc>) -> Answer {
        let Sink::Queue(Queues { presses: Some(presses), .. }, _) = &self.sink else {
            return Answer::NO_SUCH_PATH;
        };
        let press = match slack::receive(&self.credentials.slack, &request.headers, &request.body, now) {
            Ok(slack::Received::Press(press)) => press,
            Ok(slack::Received::Nothing) => return Answer::NOTHING,
            Ok(slack::Received::Unreadable) => {
                tracing::warn!(route = "/slack", press_dropped = true, "a press cannot be read, and nothing is done");
                return Answer::new(200, "this cannot be read, and nothing was done");
            }
            Err(why) => {
                tracing::warn!(auth_failed = true, route = "/slack", "{why}. {}", slack::ADVICE);
                return Answer::UNAUTHORIZED;
            }
        };
        let put = timeout(PRESS_LIMIT, presses.put_press(&press)).await;
        let failed = match put {
            Ok(Ok(())) => {
                tracing::info!(press = press.id, "queued");
                return Answer::NOTHING;
            }
            Ok(Err(error)) => error,
            Err(_) => QueueError("it did not answer in time".into()),
        };
        tracing::error!(press = press.id, press_dropped = true, queue_failed = true, "{failed}");
        match press.asked {
            // Slack shows a warning beside the button.
            Asked::Button { .. } => Answer::later("the queue has not taken it; please press again"),
            Asked::Command { .. } => Answer::new(
                200,
                "今は答えられません。少し待って、もう一度試してください。 / Not now; please try again in a moment.",
            ),
        }
    }
}
