//! What happens when a chat does not accept a message: alone, as the first of two, and when both fail.

use crate::kit::{Fault, Slack, Typetalk};
use crate::running::{Settings, TUESDAY, Webhook, accepted, not_taken, triggered};

const REPEAT: &str = "🔁 再送です。同じ内容がすでに投稿されている可能性があります。";
const INSTEAD: &str = "⚠️ 主チャットに投稿できなかったため、こちらに投稿しています。";

fn slack(slack: &Slack) -> Settings {
    Settings::at(TUESDAY).slack(slack)
}

fn log_of(webhook: &Webhook, level: &str) -> usize {
    webhook.function.log_lines().iter().filter(|line| line["level"] == level).count()
}

#[tokio::test]
async fn a_wait_that_ends_in_time_is_waited_for() {
    let chat = Slack::start().await;
    let webhook = slack(&chat).start().await;
    chat.fail_next([Fault::TooManyRequests { retry_after: Some(1) }, Fault::TooManyRequests { retry_after: Some(0) }]);
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    assert!(!chat.expect_one().text.contains(REPEAT));
    assert_eq!(chat.calls(), 3);
}

#[tokio::test]
async fn what_was_not_accepted_is_posted_when_it_comes_again() {
    let chat = Slack::start().await;
    let webhook = slack(&chat).start().await;
    for (number, fault, level) in [
        (3, Fault::ServerError, "WARN"),
        (4, Fault::Html503, "WARN"),
        (6, Fault::Refuse("channel_not_found"), "ERROR"),
        (7, Fault::Refuse("invalid_auth"), "ERROR"),
        (8, Fault::Refuse("is_archived"), "ERROR"),
    ] {
        let before = log_of(&webhook, level);
        chat.fail_next([fault]);
        assert_eq!(webhook.signed(&triggered(number)).await, not_taken(), "{fault:?}");
        chat.expect_none();
        assert_eq!(log_of(&webhook, level), before + 1, "{fault:?} is logged once as {level}");
        assert_eq!(webhook.signed(&triggered(number)).await, accepted(), "{fault:?}");
        assert!(!chat.expect_one().text.contains(REPEAT), "{fault:?}");
    }
}

/// A chat that asks for time is not called again before that, whatever comes.
#[tokio::test]
async fn a_chat_that_asks_for_time_gets_it() {
    for retry_after in [30, u64::MAX] {
        let chat = Slack::start().await;
        let webhook = slack(&chat).start().await;
        chat.fail_next([Fault::TooManyRequests { retry_after: Some(retry_after) }]);
        for number in [1, 2, 1] {
            assert_eq!(webhook.signed(&triggered(number)).await, not_taken());
        }
        assert_eq!(chat.calls(), 1, "{retry_after} s");
    }
    for fault in [Fault::TooManyRequests { retry_after: None }, Fault::Refuse("ratelimited")] {
        let chat = Slack::start().await;
        let webhook = slack(&chat).start().await;
        chat.fail_next([fault]);
        assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "a second is waited for");
        chat.expect_one();
    }
}

/// The sender's own repeat comes too soon. When it comes again, and what becomes of it, is in `bad_weather`.
#[tokio::test]
async fn what_may_be_there_is_not_sent_again_at_once() {
    let chat = Slack::start().await;
    let webhook = slack(&chat).start().await;
    for (number, fault, posted) in [
        (1, Fault::ResetAfterAccepting, 1),
        (2, Fault::Reset, 0),
        (3, Fault::NotJson, 0),
        (4, Fault::Refuse("internal_error"), 0),
        (5, Fault::HangAfterAccepting, 1),
    ] {
        chat.fail_next([fault]);
        assert_eq!(webhook.signed(&triggered(number)).await, not_taken(), "{fault:?}");
        assert_eq!(chat.take().len(), posted, "{fault:?}");
        assert_eq!(webhook.signed(&triggered(number)).await, not_taken(), "{fault:?}");
        chat.expect_none();
    }
}

#[tokio::test]
async fn a_chat_that_hangs_does_not_hold_the_answer() {
    let chat = Slack::start().await;
    let webhook = slack(&chat).start().await;
    chat.fail_next([Fault::Hang]);
    let event = crate::kit::events::api_gateway_v2(
        "/pagerduty",
        &[("x-toban-token", crate::running::TOKEN)],
        &crate::running::v2("m-1"),
        webhook.epoch() - 4_400,
    );
    // The gateway took it 4.4 s ago, so hardly anything is left of the 4.5 s.
    assert_eq!(webhook.invoke(&event).await, not_taken());
    chat.expect_none();
}

#[tokio::test]
async fn an_incoming_webhook_says_no_in_its_own_way() {
    let chat = Slack::start().await;
    let settings =
        Settings::at(TUESDAY).with("SLACK_WEBHOOK_URL", &chat.webhook_url()).with("FALLBACK_MENTION_SLACK", "@channel");
    let webhook = settings.start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    assert_eq!(chat.expect_one().mentions, crate::running::PAIR);
    for (number, fault, level) in [
        (2, Fault::Refuse("channel_is_archived"), "ERROR"),
        (3, Fault::Refuse("no_service"), "ERROR"),
        (4, Fault::Refuse("invalid_token"), "ERROR"),
        (6, Fault::ServerError, "WARN"),
    ] {
        let before = log_of(&webhook, level);
        chat.fail_next([fault]);
        assert_eq!(webhook.signed(&triggered(number)).await, not_taken(), "{fault:?}");
        assert_eq!(log_of(&webhook, level), before + 1, "{fault:?}");
        assert_eq!(webhook.signed(&triggered(number)).await, accepted(), "{fault:?}");
        chat.expect_one();
    }
    assert!(!webhook.function.logs().contains("/services/"), "the webhook's URL is a secret and is in the log");
}

#[tokio::test]
async fn typetalk_says_no_in_a_header() {
    let chat = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).typetalk(&chat).start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    let post = chat.expect_one();
    assert_eq!(
        (post.mentions, post.hashtags),
        (vec!["@sato".to_owned(), "@suzuki".to_owned()], vec!["#PD1".to_owned()])
    );
    chat.fail_next([Fault::Refuse("invalid_token")]);
    assert_eq!(webhook.signed(&triggered(2)).await, not_taken());
    assert!(webhook.function.logs().contains("invalid_token"), "{}", webhook.function.logs());
    assert_eq!(webhook.signed(&triggered(2)).await, accepted());
    assert!(!chat.expect_one().message.contains(REPEAT));
}

#[tokio::test]
async fn mirrored_chats_both_get_everything_and_one_is_enough() {
    let (one, two) = (Slack::start().await, Typetalk::start().await);
    let webhook = slack(&one).typetalk(&two).start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    one.expect_one();
    two.expect_one();

    one.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&triggered(2)).await, accepted(), "the second has it");
    assert!(!two.expect_one().message.contains(INSTEAD));
    two.fail_next([Fault::Refuse("invalid_token")]);
    assert_eq!(webhook.signed(&triggered(3)).await, accepted(), "the first has it");
    one.expect_one();

    one.fail_next([Fault::ServerError]);
    two.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&triggered(4)).await, not_taken());
    assert_eq!(webhook.signed(&triggered(4)).await, accepted());
    one.expect_one();
    two.expect_one();
}

#[tokio::test]
async fn without_a_queue_a_mirrored_chat_misses_what_came_while_it_was_down() {
    let (one, two) = (Slack::start().await, Typetalk::start().await);
    let webhook = slack(&one).typetalk(&two).start().await;
    one.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "PagerDuty does not send it again after this");
    one.expect_none();
    assert!(two.expect_one().message.contains("#PD1 "));
    // What comes next goes to both, and brings nothing else along.
    assert_eq!(webhook.signed(&triggered(2)).await, accepted());
    assert!(one.expect_one().text.contains("#PD2 "));
    assert!(two.expect_one().message.contains("#PD2 "));
}

#[tokio::test]
async fn the_backup_gets_what_the_primary_did_not_take() {
    for (number, fault) in [
        (2, Fault::ServerError),
        (3, Fault::Refuse("channel_not_found")),
        (4, Fault::Reset),
        (5, Fault::TooManyRequests { retry_after: Some(4) }),
        (6, Fault::Hang),
    ] {
        let (one, two) = (Slack::start().await, Typetalk::start().await);
        let webhook = slack(&one).typetalk(&two).with("BACKUP_MODE", "failover").start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted());
        one.expect_one();
        two.expect_none();
        one.fail_next([fault]);
        assert_eq!(webhook.signed(&triggered(number)).await, accepted(), "{fault:?}");
        let post = two.expect_one();
        assert_eq!(post.mentions, ["@sato", "@suzuki"], "{fault:?}");
        assert!(post.message.lines().any(|line| line == INSTEAD), "{fault:?}: {}", post.message);
        // What the backup has is done: the primary does not get it late.
        assert_eq!(webhook.signed(&triggered(number)).await, accepted(), "{fault:?}");
        one.expect_none();
        two.expect_none();
    }
    let (one, two) = (Slack::start().await, Typetalk::start().await);
    let webhook = slack(&one).typetalk(&two).with("BACKUP_MODE", "failover").start().await;
    one.fail_next([Fault::ServerError]);
    two.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&triggered(7)).await, not_taken());
    assert_eq!(webhook.signed(&triggered(7)).await, accepted());
    one.expect_one();
    two.expect_none();
}

#[tokio::test]
async fn a_second_webhook_can_be_the_backup_and_typetalk_the_primary() {
    let (one, two) = (Typetalk::start().await, Slack::start().await);
    let settings = Settings::at(TUESDAY)
        .typetalk(&one)
        .with("BACKUP_WEBHOOK_URL", &two.webhook_url())
        .with("FALLBACK_MENTION_SLACK", "none")
        .with("BACKUP_MODE", "failover");
    let webhook = settings.start().await;
    one.fail_next([Fault::ServerError]);
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    assert_eq!(two.expect_one().mentions, crate::running::PAIR);

    let mirrored = Settings::at(TUESDAY).slack(&two).with("BACKUP_WEBHOOK_URL", &two.webhook_url()).start().await;
    assert_eq!(mirrored.signed(&triggered(2)).await, accepted());
    assert_eq!(two.take().len(), 2, "two chats of one kind are two chats");
}
