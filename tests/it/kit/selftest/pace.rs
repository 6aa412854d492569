use serde_json::json;

use super::slack::call;
use crate::kit::{Pace, Slack};

#[tokio::test]
async fn what_comes_too_fast_is_refused() {
    let slack = Slack::start().await;
    slack.limit(Pace { burst: 2, ticks: 3, retry_after: 7 });
    let body = |channel| json!({"channel": channel, "text": "a"});
    for (channel, status) in [
        (Slack::CHANNEL, 200),
        (Slack::CHANNEL, 200),
        (Slack::CHANNEL, 429),
        (Slack::CHANNEL, 200),
        (Slack::CHANNEL, 429),
        (Slack::REMINDER_CHANNEL, 200),
        (Slack::CHANNEL, 200),
        (Slack::CHANNEL, 429),
    ] {
        let ending = call(&slack, "chat.postMessage", &body(channel)).await;
        assert_eq!(ending.status(), status, "{ending:?}");
        if status == 429 {
            assert_eq!(ending.header("retry-after"), "7", "{ending:?}");
        }
    }
    let accepted = slack.take();
    let first = accepted.first().expect("the burst was accepted");
    let edit = json!({"channel": Slack::CHANNEL, "text": "b", "ts": first.ts});
    assert_eq!(call(&slack, "chat.update", &edit).await.status(), 200, "edits are not counted");
    slack.expect_edit();
    slack.heal();
    assert_eq!(call(&slack, "chat.postMessage", &body(Slack::CHANNEL)).await.status(), 200);
    slack.expect_one();
}
