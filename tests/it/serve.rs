//! `toban serve`: the relay as one process with its state in a file, which is started, killed and started again.

mod disk;
mod kills;
mod limits;
pub mod looking;
mod metrics;
pub mod process;
mod settings;
mod shutdown;

use crate::kit::{Fault, Slack};
use crate::running::{PAIR, Settings, changed, triggered};
use process::{Serving, State};
use std::time::Duration;

const MORNING: &str = "2026-11-24T09:59:58+09:00";
const WORKING: &str = "2026-11-24T11:02:01+09:00";

fn of(kind: &str, number: u64, second: u32) -> Vec<u8> {
    changed(&format!("v3/incident.{kind}.json"), |body| {
        body["event"]["id"] = format!("{kind} {number}").into();
        body["event"]["occurred_at"] = format!("2026-11-24T02:02:{second:02}Z").into();
        let data = &mut body["event"]["data"];
        data["id"] = format!("QTEST{number:09}").into();
        data["number"] = number.into();
    })
}

/// What the README promises: an alert, `kill -9`, a start, and the resolve lands in the same thread.
#[tokio::test]
async fn after_a_kill_the_next_message_is_in_the_same_thread() {
    let slack = Slack::start().await;
    let state = State::new("thread");
    let settings = Settings::at(WORKING).slack(&slack);
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
    slack.called(1).await;
    let first = slack.expect_one();
    assert_eq!(first.mentions, PAIR);
    serving.says("\"message\":\"posted\"").await;
    serving.kill().await;

    let serving = Serving::start(&settings, &state).await;
    // Its sender sends it again: it is known.
    assert_eq!(serving.signed(&of("triggered", 7, 0)).await, 202);
    assert_eq!(serving.signed(&of("resolved", 7, 9)).await, 202);
    // The thread is asked for its link.
    slack.called(4).await;
    let reply = slack.expect_one();
    assert_eq!(reply.thread_ts.as_ref(), Some(&first.ts));
    assert!(reply.text.contains("が解決"), "{}", reply.text);
    assert!(slack.expect_edit().text.contains("解決済み"));
    assert_eq!(serving.terminated().await, Some(0));
}

/// What was accepted and not posted is posted by the next process, at once.
#[tokio::test]
async fn what_was_accepted_is_posted_after_a_kill() {
    let slack = Slack::start().await;
    let state = State::new("accepted");
    let settings = Settings::at(WORKING).slack(&slack);
    slack.fail_always(Fault::ServerError);
    let serving = Serving::start(&settings, &state).await;
    for number in 1..=5 {
        assert_eq!(serving.signed(&of("triggered", number, 0)).await, 202);
    }
    slack.called(1).await;
    serving.kill().await;
    slack.heal();
    let begun = std::time::Instant::now();
    let serving = Serving::start(&settings, &state).await;
    let mut told = Vec::new();
    while told.len() < 5 {
        told.extend(slack.take().iter().flat_map(|message| tags(&message.text)));
        assert!(begun.elapsed() < crate::kit::LIMIT, "{told:?}\n{}", serving.logs());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    told.sort();
    assert_eq!(told, ["#PD1", "#PD2", "#PD3", "#PD4", "#PD5"]);
    assert_eq!(serving.terminated().await, Some(0));
}

fn tags(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter(|word| word.starts_with("#PD"));
    words.map(str::to_owned).collect()
}

/// The reminder comes by itself when the clock shows its time, and once: a process that is started a moment later knows.
#[tokio::test]
async fn the_morning_s_reminder_comes_by_itself_and_once() {
    let slack = Slack::start().await;
    let state = State::new("reminder");
    let settings = Settings::at(MORNING).slack(&slack).with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL);
    let serving = Serving::start(&settings, &state).await;
    slack.called(1).await;
    let reminder = slack.expect_one();
    assert_eq!(reminder.channel.as_deref(), Some(Slack::REMINDER_CHANNEL));
    assert!(reminder.text.contains("☀️ 今日 11/24(火) の当番です"), "{}", reminder.text);
    serving.says("the reminder was decided").await;
    serving.kill().await;
    let later = settings.with("TOBAN_NOW", "2026-11-24T10:12:00+09:00");
    let serving = Serving::start(&later, &state).await;
    let decided = serving.says("the reminder was decided").await;
    assert!(decided.contains("\"decision\":\"repeat\""), "{decided}");
    slack.expect_none();
    assert_eq!(serving.terminated().await, Some(0));
}

/// The tick at the start of a process does it, and not that of the next one.
#[tokio::test]
async fn the_daily_check_is_told_once_though_the_process_starts_anew() {
    let slack = Slack::start().await;
    slack.edit(|workspace| workspace.channel(Slack::CHANNEL)["is_member"] = serde_json::json!(false));
    let state = State::new("daily check");
    let settings = Settings::at("2026-11-24T09:50:00+09:00").slack(&slack).with("NOTICES", "check");
    let settings = settings.with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL);
    let serving = Serving::start(&settings, &state).await;
    let done = serving.says("the daily check is done").await;
    assert!(done.contains("\"told\":"), "{done}");
    let told = slack.expect_one();
    assert!(told.text.contains("\n✗ slack: ＃app-monitoring (C0APPMON001)"), "{}", told.text);
    assert_eq!((told.channel.as_deref(), told.mentions.len()), (Some(Slack::REMINDER_CHANNEL), 0));
    serving.says("the tick is done").await;
    serving.kill().await;
    let serving = Serving::start(&settings.with("TOBAN_NOW", "2026-11-24T09:52:00+09:00"), &state).await;
    serving.says("the tick is done").await;
    slack.expect_none();
    assert_eq!(serving.terminated().await, Some(0));
}

/// A process that was not there at ten sends it late, and says so; after half an hour it does not.
#[tokio::test]
async fn a_missed_reminder_is_sent_late_and_says_so() {
    for (time, language, late) in [
        ("2026-11-24T10:12:00+09:00", "ja", Some("⏳ このお知らせは12分遅れ")),
        ("2026-11-24T10:12:00+09:00", "en", Some("⏳ This reminder is 12 min late")),
        ("2026-11-24T10:31:00+09:00", "ja", None),
    ] {
        let slack = Slack::start().await;
        let state = State::new("late");
        let settings = Settings::at(time).slack(&slack).with("MESSAGE_LANGUAGE", language);
        let serving = Serving::start(&settings, &state).await;
        match late {
            Some(late) => {
                slack.called(1).await;
                let reminder = slack.expect_one();
                assert!(reminder.text.contains(late), "{late}: {}", reminder.text);
            }
            None => {
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                slack.expect_none();
            }
        }
        assert_eq!(serving.terminated().await, Some(0));
    }
}

/// SIGTERM in the middle of a post: it is ended, and settled.
#[tokio::test]
async fn what_is_in_hand_is_ended() {
    let slack = Slack::start().await;
    let state = State::new("drain");
    let settings = Settings::at(WORKING).slack(&slack);
    slack.slow(Duration::from_millis(700));
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&of("triggered", 1, 0)).await, 202);
    slack.called(1).await;
    assert_eq!(serving.terminated().await, Some(0));
    slack.expect_one();
    slack.heal();
    // Nothing is left to be done, and nothing is in doubt.
    let serving = Serving::start(&settings, &state).await;
    assert_eq!(serving.signed(&of("acknowledged", 1, 5)).await, 202);
    // The thread is asked for its link.
    slack.called(4).await;
    let reply = slack.expect_one();
    assert!(reply.text.contains("が対応開始") && !reply.text.contains("🔁"), "{}", reply.text);
    slack.expect_edit();
    assert_eq!(serving.terminated().await, Some(0));
}

#[tokio::test]
async fn a_second_process_on_the_same_file_is_refused() {
    let slack = Slack::start().await;
    let state = State::new("two");
    let settings = Settings::at(WORKING).slack(&slack);
    let first = Serving::start(&settings, &state).await;
    let (code, said) = Serving::refused(&settings, &state).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("is in use by another process") && said.contains("STATE_FILE"), "{said}");
    assert_eq!(first.terminated().await, Some(0));
}

/// A disk that takes nothing more: senders keep what they have, and the chat is told; then everything comes.
#[tokio::test]
async fn a_state_that_cannot_be_written_is_said() {
    let slack = Slack::start().await;
    let state = State::new("locked");
    let settings = Settings::at(WORKING).slack(&slack);
    let serving = Serving::start(&settings, &state).await;
    let hold = state.hold();
    let (status, head) = serving.answer(&triggered(1)).await;
    assert_eq!(status, 503);
    assert!(head.contains("retry-after: 60"), "{head}");
    slack.called(1).await;
    let said = slack.expect_one();
    assert!(said.text.contains("⚠️ toban は届いた通知を保存できません"), "{}", said.text);
    assert_eq!(said.mentions, ["<!subteam^S0SRETEAM1>"]);
    drop(hold);
    assert_eq!(serving.signed(&triggered(1)).await, 202);
    slack.called(2).await;
    assert!(slack.take().iter().any(|message| message.text.contains("#PD1 ")));
    assert_eq!(serving.terminated().await, Some(0));
}
