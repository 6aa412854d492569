//! PagerDuty while somebody presses: what it says is told, and what it does not take is told too.

use super::INCIDENT;
use super::here::Here;
use crate::kit::PagerDutyFault;
use serde_json::json;

const LINE: &str = "👀 佐藤 が対応します · 11:05 · #PD4812";
const NO_ANSWER: &str = "SRE がいつ呼ばれるかは、PagerDuty に確認できませんでした。このボタンで呼び出しが止まることはありません。\nPagerDuty のメモには残せませんでした。";
const NO_NOTE: &str =
    "SRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。\nPagerDuty のメモには残せませんでした。";
const HALTED: &str = "PagerDuty で対応開始になっているため、SRE への自動の呼び出しは止まっています。";
const AT_1132: &str = "SRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";
const NOTE: &str = "佐藤 が対応します · 11:05:00 (Slack から、toban による記入)";

/// What is in the thread, as long as it is one line, and that the first message names them.
#[track_caller]
fn check(here: &Here, escalation: &str, notes: &[&str], what: &str) {
    assert_eq!(here.thread(), [format!("{LINE}\n{escalation}")], "{what}");
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤 · 11:05 から"), "{what}");
    assert_eq!(here.pagerduty.notes(INCIDENT), notes, "{what}");
}

/// Faults of the question and of the note, what is said about the escalation, and how many notes there are in the end.
#[tokio::test]
async fn whatever_pagerduty_does_the_press_is_shown_and_there_is_one_note_at_most() {
    use PagerDutyFault::{
        Forbidden, Hang, HangAfterAccepting, Html, Reset, ResetAfterAccepting, ServerError, TooManyRequests,
    };
    let throttled = |reset| TooManyRequests { reset: Some(reset) };
    for (question, write, escalation, notes) in [
        (None, None, AT_1132, &[NOTE][..]),
        (Some(ServerError), None, NO_ANSWER, &[]),
        (Some(Html), None, NO_ANSWER, &[]),
        (Some(Reset), None, NO_ANSWER, &[]),
        (Some(Hang), None, NO_ANSWER, &[]),
        (Some(Forbidden), None, NO_ANSWER, &[]),
        (Some(throttled(60)), None, NO_ANSWER, &[]),
        (Some(throttled(1)), None, AT_1132, &[NOTE]),
        (None, Some(ServerError), NO_NOTE, &[]),
        (None, Some(Forbidden), NO_NOTE, &[]),
        (None, Some(throttled(60)), NO_NOTE, &[]),
        (None, Some(throttled(1)), AT_1132, &[NOTE]),
        (None, Some(Reset), NO_NOTE, &[]),
        (None, Some(Hang), NO_NOTE, &[]),
        // The answer is lost, and the note is found.
        (None, Some(ResetAfterAccepting), AT_1132, &[NOTE]),
        (None, Some(HangAfterAccepting), AT_1132, &[NOTE]),
    ] {
        let what = format!("{question:?} {write:?}");
        let here = Here::open().await;
        let first = here.begin().await;
        here.pagerduty.fail_next(question);
        if let Some(write) = write {
            here.pagerduty.fail_write_after(0, write);
        }
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0], "{what}");
        check(&here, escalation, notes, &what);
        // Once more it is known, and nothing is written.
        let told = here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:06").await;
        assert_eq!(told, ["すでにあなたが対応中です。 [離れる]"], "{what}");
        here.slack.expect_none();
        assert_eq!(here.pagerduty.notes(INCIDENT), notes, "{what}");
    }
}

/// The incident in PagerDuty, and what is said about its escalation.
#[tokio::test]
async fn the_line_says_what_pagerduty_will_do() {
    let user = |id: &str| json!([{"at": "2026-11-24T02:02:00Z", "assignee": {"id": id, "type": "user_reference", "summary": id}}]);
    let escalate = json!([{"type": "escalate", "at": "2026-11-24T02:32:00Z"}]);
    let later = json!([{"type": "unacknowledge", "at": "2026-11-24T02:10:00Z"}, {"type": "escalate", "at": "2026-11-24T02:32:00Z"}]);
    for (status, urgency, assignments, pending, escalation) in [
        ("triggered", "high", user("PDUMMY1"), later, AT_1132),
        ("triggered", "high", user("PSRE001"), escalate.clone(), "SRE にはもう連絡が行っています。"),
        ("acknowledged", "high", user("PDUMMY1"), json!([]), HALTED),
        (
            "triggered",
            "low",
            user("PDUMMY1"),
            json!([]),
            "緊急度が低いため、SRE は自動では呼ばれません。必要なら SRE に直接連絡してください。",
        ),
        (
            "triggered",
            "high",
            json!([]),
            json!([]),
            "SRE への自動の呼び出しは止まりません (時刻は PagerDuty の設定次第)。",
        ),
    ] {
        let here = Here::open().await;
        let first = here.begin().await;
        here.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = status.into();
            incident["urgency"] = urgency.into();
            incident["assignments"] = assignments.clone();
            incident["pending_actions"] = pending.clone();
        });
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
        check(&here, escalation, &[NOTE], escalation);
    }
}

/// Without a key, with one that may not write, and for a user whom PagerDuty does not know.
#[tokio::test]
async fn a_key_that_may_not_write_leaves_the_chat_alone() {
    let only_here = "この表示はチャットの中だけです。SRE への呼び出しは止まりません。";
    for (key, email, escalation) in [
        ("", "", only_here),
        (crate::kit::PagerDuty::READ_ONLY_KEY, "toban@example.com", NO_NOTE),
        (crate::kit::PagerDuty::KEY, "nobody@example.com", NO_NOTE),
        ("u+unknown", "toban@example.com", NO_ANSWER),
    ] {
        let here =
            Here::with(|settings| settings.with("PAGERDUTY_ACTION_KEY", key).with("PAGERDUTY_ACT_AS", email)).await;
        let first = here.begin().await;
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
        check(&here, escalation, &[], key);
        assert_eq!(here.asked().is_empty(), key.is_empty());
    }
}

/// Nothing that fails makes it say that SRE is called where that is halted.
#[tokio::test]
async fn what_is_halted_is_said_whatever_else_fails() {
    let unnoted = format!("{HALTED}\nPagerDuty のメモには残せませんでした。");
    for (key, in_ledger, question, write, escalation) in [
        (true, false, None, Some(PagerDutyFault::Forbidden), &*unnoted),
        (true, true, Some(PagerDutyFault::ServerError), None, &unnoted),
        (false, true, None, None, HALTED),
    ] {
        let without =
            |settings: crate::running::Settings| settings.with("PAGERDUTY_ACTION_KEY", "").with("PAGERDUTY_ACT_AS", "");
        let here = if key { Here::open().await } else { Here::with(without).await };
        let first = here.begin().await;
        here.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = "acknowledged".into();
            incident["pending_actions"] = json!([]);
        });
        if in_ledger {
            here.report("acknowledged", "11:04").await;
            here.slack.take();
            here.status();
        }
        here.pagerduty.fail_next(question);
        if let Some(write) = write {
            here.pagerduty.fail_write_after(0, write);
        }
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
        assert_eq!(here.thread(), [format!("{LINE}\n{escalation}")]);
        here.status();
    }
}

/// It is over in PagerDuty, in the ledger, or in both.
#[tokio::test]
async fn what_is_over_stays_over() {
    const BY_SOMEBODY: &str = "もう解決しています (佐藤 健 · 11:40)。何もしていません。";
    const UNKNOWN: &str = "もう解決しています。何もしていません。";
    for (in_ledger, in_pagerduty, told) in
        [(true, true, BY_SOMEBODY), (true, false, BY_SOMEBODY), (false, true, UNKNOWN)]
    {
        let here = Here::open().await;
        let first = here.begin().await;
        if in_pagerduty {
            here.pagerduty.edit(|account| account.incident(INCIDENT)["status"] = "resolved".into());
        }
        if in_ledger {
            here.report("resolved", "11:40").await;
            here.slack.take();
            let over = here.slack.expect_edit();
            assert!(over.buttons().is_empty() && !first.buttons().is_empty(), "{over:?}");
        }
        for action in ["take", "hand_back"] {
            let press = crate::kit::Press { action_id: action, ..here.slack.press("U0SATO0001", &first, "take") };
            assert_eq!(here.press(&press, "11:41").await, [told], "{in_ledger} {in_pagerduty} {action}");
        }
        here.slack.expect_none();
        assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0]);
    }
}

/// Nobody is on what begins again, and anybody can be.
#[tokio::test]
async fn what_begins_again_can_be_pressed_again() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await;
    here.status();
    here.report("resolved", "11:10").await;
    here.status();
    here.report("reopened", "11:20").await;
    here.slack.take();
    let again = here.slack.expect_edit();
    assert!(again.text.ends_with("状態: 未対応"), "{}", again.text);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &again, "take"), "11:21").await, [""; 0]);
    assert_eq!(here.status().as_deref(), Some("状態: 対応中 · 佐藤 · 11:21 から"));
    assert_eq!((here.thread().len(), here.pagerduty.notes(INCIDENT).len()), (1, 2));
}

/// The list of what is open says when SRE is called, if PagerDuty says so at once.
#[tokio::test]
async fn what_is_open_is_told_without_pagerduty_too() {
    let here = Here::open().await;
    here.begin().await;
    let open = "🔓 未解決 1件\n#PD4812 HTTP 5xx が 5% を超えています\n 3分 · 対応者なし";
    for (fault, told) in [
        (None, format!("{open} · SRE 11:32")),
        (Some(PagerDutyFault::ServerError), open.to_owned()),
        (Some(PagerDutyFault::Hang), open.to_owned()),
    ] {
        here.pagerduty.fail_next(fault);
        let command = here.slack.command("U0SATO0001", "未解決");
        assert_eq!(here.command(&command, "11:05").await, [told], "{fault:?}");
    }
}
