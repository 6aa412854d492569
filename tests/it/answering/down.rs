//! Something is down, late, or comes twice.

use super::here::Here;
use super::{INCIDENT, with_all_buttons};
use crate::kit::{Fault, Log, PagerDutyFault, Press, Rows};
use crate::running::ledger_on;

const NOT_RECORDED: &str = "いま記録できないため、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。";
const NOT_KNOWN: &str =
    "⚠️ 記録を読めないため、未解決のインシデントが分かりません。アラートのチャンネルを確認してください。";
const NOT_SHOWN: &str = "受け付けました。チャットへの投稿が滞っているため、表示は遅れます。";
const TOO_OLD: &str = "2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。";
const SATO: &str =
    "👀 佐藤 が対応します · 11:05 · #PD4812\nSRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";
const SUZUKI: &str =
    "👀 鈴木 が対応します · 11:05 · #PD4812\nSRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";

/// What cannot be recorded is not done.
#[tokio::test]
async fn without_the_ledger_nothing_is_done() {
    let rows = Rows::start().await;
    let mut here = Here::open().await;
    here.dispatcher.relay.ledger = ledger_on(&rows).into();
    let first = here.begin().await;
    rows.refuse(&["GetItem", "PutItem", "TransactWriteItems", "Query"]);
    let told = here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await;
    assert_eq!(told, [NOT_RECORDED]);
    here.slack.expect_none();
    assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0]);
    assert_eq!(here.presses.len(), 0, "it does not come again");
    let told = here.command(&here.slack.command("U0SATO0001", "未解決"), "11:05").await;
    assert_eq!(told, [NOT_KNOWN]);
    let told = here.command(&here.slack.command("U0SATO0001", ""), "11:05").await;
    assert!(told[0].contains("佐藤・鈴木") && told[0].ends_with(NOT_KNOWN), "{told:?}");
    rows.refuse(&[]);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    assert_eq!(here.thread(), [SATO]);
    here.status();
}

/// A write that fails may have been made, so nobody hears that nothing was done: it is tried again while the press counts.
#[tokio::test]
async fn a_record_that_may_be_there_is_looked_for_until_the_press_is_too_old() {
    for (comes_back, told, lines) in [(true, None, 1), (false, Some(TOO_OLD), 0)] {
        let rows = Rows::start().await;
        let mut here = Here::open().await;
        here.dispatcher.relay.ledger = ledger_on(&rows).into();
        let first = here.begin().await;
        rows.refuse(&["PutItem", "TransactWriteItems"]);
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
        here.slack.expect_none();
        assert_eq!((here.pagerduty.notes(INCIDENT).len(), here.presses.len()), (0, 1));
        if comes_back {
            rows.refuse(&[]);
        }
        here.work(if comes_back { "11:06" } else { "11:08" }).await;
        assert_eq!(here.told(), told.into_iter().collect::<Vec<_>>());
        assert_eq!((here.thread().len(), here.pagerduty.notes(INCIDENT).len(), here.presses.len()), (lines, lines, 0));
        here.status();
    }
}

/// What is handed over for the first time cannot be there. What comes again may be, and whoever pressed hears so when the queue
/// is about to forget the press.
#[tokio::test]
async fn a_record_that_cannot_be_read_is_looked_for_as_long_as_the_queue_keeps_the_press() {
    const PERHAPS: &str = "記録できたかどうかを確認できません。最初のメッセージの「状態」を見て、必要ならもう一度押してください。急ぐときは SRE に直接連絡してください。";
    for action_id in ["take", "resolve"] {
        let log = Log::new();
        let rows = Rows::start().await;
        let mut here = Here::with(with_all_buttons).await;
        here.dispatcher.relay.ledger = ledger_on(&rows).into();
        let first = here.begin().await;
        let press = || Press { action_id, ..here.slack.press("U0SUZUKI01", &first, "take") };
        rows.refuse(&["GetItem", "PutItem", "TransactWriteItems", "Query"]);
        assert_eq!(here.press(&press(), "11:04").await, [NOT_RECORDED], "{action_id}");
        assert_eq!(here.presses.len(), 0, "{action_id}");
        rows.refuse(&["PutItem", "TransactWriteItems"]);
        assert_eq!(here.press(&press(), "11:05").await, [""; 0], "{action_id}");
        rows.refuse(&["GetItem"]);
        for (time, told) in [("11:06", None), ("11:08:59", None), ("11:09", Some(PERHAPS))] {
            here.work(time).await;
            assert_eq!(here.told(), told.into_iter().collect::<Vec<_>>(), "{action_id} {time}");
            assert_eq!(here.presses.len(), usize::from(told.is_none()), "{action_id} {time}");
        }
        // It can be read, and it is not there: it is too late to begin with it.
        rows.refuse(&["PutItem", "TransactWriteItems"]);
        assert_eq!(here.press(&press(), "11:10").await, [""; 0], "{action_id}");
        rows.refuse(&[]);
        here.asked();
        here.work("11:12:01").await;
        assert_eq!((here.told(), here.asked()), (vec![TOO_OLD.to_owned()], Vec::new()), "{action_id}");
        here.slack.expect_none();
        assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0]);
        assert_eq!(log.text().matches("press_dropped=true").count(), 3, "an alarm counts them: {}", log.text());
    }
}

/// Two people press while the chat takes no messages: both are told, and each line comes later, once and in order.
#[tokio::test]
async fn a_chat_that_is_down_is_told_later() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.slack.fail_always_of("chat.", Fault::ServerError);
    for user in ["U0SATO0001", "U0SUZUKI01"] {
        assert_eq!(here.press(&here.slack.press(user, &first, "take"), "11:05").await, [NOT_SHOWN]);
    }
    assert_eq!(here.pagerduty.notes(INCIDENT).len(), 2, "it is done all the same");
    assert_eq!((here.presses.len(), here.rest.len()), (0, 2));
    here.work("11:06").await;
    here.slack.expect_none();
    here.slack.heal();
    here.work("11:07").await;
    assert_eq!(here.thread(), [SATO, SUZUKI]);
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤、鈴木 · 11:05 から"));
    here.work("11:08").await;
    here.slack.expect_none();
}

/// Somebody has deleted the first message: another thread begins, and nobody is told that the chat is slow.
#[tokio::test]
async fn a_first_message_that_is_gone_is_begun_anew() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.slack.fail_always_of("chat.update", Fault::Refuse("message_not_found"));
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    let posted = here.slack.take();
    let [line, again] = &posted[..] else { panic!("{posted:?}") };
    assert_eq!((line.text.as_str(), line.thread_ts.as_ref()), (SATO, Some(&first.ts)));
    assert!(again.thread_ts.is_none() && again.mentions.is_empty(), "{again:?}");
    assert_eq!(here.pagerduty.notes(INCIDENT).len(), 1);
}

/// The incident's own messages are stuck: a press does not wait for them.
#[tokio::test]
async fn a_press_does_not_wait_for_what_is_stuck() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.slack.fail_always_of("chat.postMessage", Fault::ServerError);
    here.report("annotated", "11:04").await;
    assert_eq!(here.rest.len(), 1);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤 · 11:05 から"), "it is shown at once");
    assert_eq!(here.pagerduty.notes(INCIDENT).len(), 1);
    here.slack.heal();
    here.work("11:06").await;
    let thread = here.thread();
    assert!(thread.len() == 2 && thread[0].starts_with("📝") && thread[1] == SATO, "{thread:?}");
    here.status();
}

/// Slack shows a warning beside the button; a command gets words.
#[tokio::test]
async fn what_the_queue_does_not_take_is_said() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.presses.break_down(true);
    let answer = here.slack(&here.slack.press("U0SATO0001", &first, "take").body(), "11:05").await;
    assert_eq!((answer.status, &*answer.text), (503, "the queue has not taken it; please press again"));
    let answer = here.slack(&here.slack.command("U0SATO0001", "").body(), "11:05").await;
    let words = "今は答えられません。少し待って、もう一度試してください。 / Not now; please try again in a moment.";
    assert_eq!((answer.status, &*answer.text), (200, words));
    here.presses.break_down(false);
    here.work("11:05").await;
    here.slack.expect_none();
    assert_eq!(here.told(), [""; 0]);
}

/// It is recorded and noted, and the line cannot be queued: the press comes again, also much later, and only that is done.
#[tokio::test]
async fn a_line_that_is_not_queued_comes_later_and_once() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.rest.break_down(true);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤 · 11:05 から"));
    assert_eq!((here.presses.len(), here.thread().len()), (1, 0));
    here.work("11:06").await;
    here.status();
    here.rest.break_down(false);
    here.work("11:10").await;
    assert_eq!(here.thread(), [SATO]);
    here.status();
    assert_eq!(here.told(), [""; 0]);
    assert_eq!((here.presses.len(), here.pagerduty.notes(INCIDENT).len()), (0, 1));
}

/// Pressed at 11:05, begun then.
#[tokio::test]
async fn a_press_counts_for_two_minutes() {
    for (begun, told) in [("11:06:30", None), ("11:07:01", Some(TOO_OLD)), ("16:00", Some(TOO_OLD))] {
        let here = Here::open().await;
        let first = here.begin().await;
        here.asked();
        let press = here.slack.press("U0SATO0001", &first, "take");
        assert_eq!(here.slack(&press.body(), "11:05").await.status, 200);
        here.work(begun).await;
        assert_eq!(here.told(), told.into_iter().collect::<Vec<_>>(), "{begun}");
        let count = usize::from(told.is_none());
        assert_eq!((here.thread().len(), here.pagerduty.notes(INCIDENT).len()), (count, count), "{begun}");
        here.status();
        let command = here.slack.command("U0SATO0001", "未解決");
        assert_eq!(here.slack(&command.body(), "11:05").await.status, 200);
        here.work(begun).await;
        let answer = here.told();
        assert_eq!(answer == [TOO_OLD], told.is_some(), "{begun} {answer:?}");
    }
}

/// It was begun in time, and PagerDuty took so long to say how the incident stands that it is too late now.
#[tokio::test]
async fn a_press_that_is_too_old_once_pagerduty_has_answered_is_not_done() {
    for action_id in ["take", "call_sre", "resolve"] {
        let here = Here::with(with_all_buttons).await;
        let first = here.begin().await;
        here.pagerduty
            .fail_call(&format!("GET /incidents/{INCIDENT}"), PagerDutyFault::TooManyRequests { reset: Some(2) });
        let press = Press { action_id, ..here.slack.press("U0SUZUKI01", &first, "take") };
        assert_eq!(here.slack(&press.body(), "11:05").await.status, 200);
        here.work("11:06:58.500").await;
        assert_eq!(here.told(), [TOO_OLD], "{action_id}");
        here.slack.expect_none();
        assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0], "{action_id}");
        assert!(!here.asked().iter().any(|call| call.starts_with("PUT")), "{action_id}");
    }
}

/// Others are on it, and have called SRE: neither is named for what somebody else has pressed.
#[tokio::test]
async fn what_comes_again_is_told_of_whoever_has_pressed_it() {
    let here = Here::with(with_all_buttons).await;
    let first = here.begin().await;
    for action in ["take", "call_sre"] {
        assert_eq!(here.press(&here.slack.press("U0SUZUKI01", &first, action), "11:04").await, [""; 0]);
    }
    here.slack.take();
    here.rest.break_down(true);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    here.rest.break_down(false);
    here.work("11:06").await;
    assert_eq!(here.thread(), ["👀 佐藤 が対応します · 11:05 · #PD4812\nSRE にはもう連絡が行っています。"]);
    here.status();
}

/// The very same press: the queue drops it, and once the queue has forgotten it, the ledger knows it.
#[tokio::test]
async fn the_same_press_is_done_once() {
    let here = Here::open().await;
    let first = here.begin().await;
    let press = here.slack.press("U0SATO0001", &first, "take");
    for _ in 0..3 {
        assert_eq!(here.slack(&press.body(), "11:05").await.status, 200);
    }
    assert_eq!(here.presses.len(), 1);
    here.work("11:05").await;
    assert_eq!(here.thread(), [SATO]);
    here.status();
    here.presses.forget();
    here.rest.forget();
    assert_eq!(here.press(&press, "11:05").await, [""; 0]);
    assert_eq!(here.thread(), [""; 0]);
    assert_eq!(here.pagerduty.notes(INCIDENT).len(), 1);
    here.status();
}

/// Both are on it, each has a line and a note.
#[tokio::test]
async fn two_people_can_press_at_the_same_moment() {
    let here = Here::open().await;
    let first = here.begin().await;
    for user in ["U0SATO0001", "U0SUZUKI01"] {
        let press = here.slack.press(user, &first, "take");
        assert_eq!(here.slack(&press.body(), "11:05").await.status, 200);
    }
    here.work("11:05").await;
    assert_eq!(here.thread(), [SATO, SUZUKI]);
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤、鈴木 · 11:05 から"));
    assert_eq!(here.pagerduty.notes(INCIDENT).len(), 2);
    // Whoever is left is named; without anybody it is open again.
    let back = |user| crate::kit::Press { action_id: "hand_back", ..here.slack.press(user, &first, "take") };
    for (user, status) in [("U0SATO0001", "状態: 対応中 · 鈴木 · 11:05 から"), ("U0SUZUKI01", "状態: 未対応")]
    {
        assert_eq!(here.press(&back(user), "11:06").await, [""; 0]);
        assert_eq!(here.status().as_deref(), Some(status));
    }
    assert_eq!(
        here.thread(),
        ["👋 佐藤 が対応を離れました · 11:06 · #PD4812", "👋 鈴木 が対応を離れました · 11:06 · #PD4812"]
    );
    // Handing back what they do not have changes nothing.
    assert_eq!(here.press(&back("U0TAKAHA01"), "11:06").await, ["あなたは対応中になっていません。何もしていません。"]);
    here.slack.expect_none();
}
