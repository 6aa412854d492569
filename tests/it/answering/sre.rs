//! Calling SRE: it counts as done if PagerDuty says whom it notifies, and whatever else comes of it mentions the fallback.

use super::here::Here;
use super::{INCIDENT, SERVICE, SRE, SRE_POLICY, with_all_buttons};
use crate::kit::{Log, Message, PagerDuty, PagerDutyFault};
use crate::running::Settings;
use serde_json::{Value, json};

const CALLED: &str = "📣 SRE を呼びました: 山田 太郎 · 佐藤 による · 11:05 · #PD4812";
const OVER: &str = "もう解決しています。何もしていません。";
const NOTE: &str = "佐藤 が SRE を呼びました · 11:05:00 (Slack から、toban による記入)";

fn settings(settings: Settings) -> Settings {
    with_all_buttons(settings).with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")
}

async fn open() -> (Here, Message) {
    let here = Here::with(settings).await;
    let first = here.begin().await;
    (here, first)
}

/// 佐藤 calls SRE; what they are told.
async fn call(here: &Here, first: &Message, time: &str) -> Vec<String> {
    here.press(&here.slack.press("U0SATO0001", first, "call_sre"), time).await
}

fn not_called(why: &str) -> String {
    format!(
        "<!subteam^S0SRETEAM1>\n❌ SRE を呼べませんでした (PagerDuty: {why})。佐藤 が呼んでいます。直接連絡してください。\n\
         #PD4812 HTTP 5xx が 5% を超えています"
    )
}

/// What is in the thread, shown in the channel as well if it mentions somebody, and how it stands in PagerDuty.
#[track_caller]
fn check(here: &Here, line: &str, notes: &[&str], what: &str) {
    let told: Vec<_> = here.slack.take().into_iter().filter(|message| message.thread_ts.is_some()).collect();
    let texts: Vec<_> = told.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, [line], "{what}");
    assert_eq!(told[0].reply_broadcast, line.starts_with('<'), "{what}");
    here.slack.take_edits();
    assert_eq!(here.pagerduty.notes(INCIDENT), notes, "{what}");
    let is_called = line == CALLED;
    here.pagerduty.edit(|account| {
        let incident = account.incident(INCIDENT).clone();
        let is_sres = incident["escalation_policy"]["id"] == SRE_POLICY && incident["status"] == "triggered";
        assert!(is_sres || !is_called, "{what}: {incident}");
    });
}

#[tokio::test]
async fn whatever_pagerduty_does_sre_or_the_fallback_hears_of_it() {
    use PagerDutyFault::{
        Code, Conflict, Forbidden, Hang, HangAfterAccepting, Html, Reset, ResetAfterAccepting, ServerError,
        TooManyRequests,
    };
    const NO_ANSWER: &str = "応答がありません";
    const NOT_ALLOWED: &str = "権限がありません";
    let throttled = |reset| TooManyRequests { reset: Some(reset) };
    for (question, write, why) in [
        (None, None, None),
        (Some(ServerError), None, Some(NO_ANSWER)),
        (Some(Html), None, Some(NO_ANSWER)),
        (Some(Reset), None, Some(NO_ANSWER)),
        (Some(Hang), None, Some(NO_ANSWER)),
        (Some(Forbidden), None, Some(NOT_ALLOWED)),
        (Some(throttled(60)), None, Some(NO_ANSWER)),
        (Some(throttled(1)), None, None),
        (None, Some(ServerError), Some(NO_ANSWER)),
        (None, Some(Reset), Some(NO_ANSWER)),
        (None, Some(Hang), Some(NO_ANSWER)),
        (None, Some(throttled(60)), Some(NO_ANSWER)),
        (None, Some(throttled(1)), None),
        (None, Some(Forbidden), Some(NOT_ALLOWED)),
        (None, Some(Code(1008)), Some("PAGERDUTY_ACT_AS のユーザーがいません")),
        (None, Some(Code(1015)), Some("SRE のポリシーに待機者がいません")),
        (None, Some(Code(1018)), Some(NOT_ALLOWED)),
        (None, Some(Code(1019)), Some("ほかのインシデントに統合されています")),
        (None, Some(Code(2001)), Some("SRE_ESCALATION_POLICY_ID のポリシーを使えません")),
        (None, Some(Code(1006)), Some("エラー 1006")),
        // Somebody else has changed it: asked again.
        (None, Some(Code(1005)), None),
        (None, Some(Conflict), None),
        // The answer is lost, and PagerDuty says that it is done.
        (None, Some(ResetAfterAccepting), None),
        (None, Some(HangAfterAccepting), None),
    ] {
        let what = format!("{question:?} {write:?}");
        let (here, first) = open().await;
        if let Some(question) = question {
            here.pagerduty.fail_call(&format!("GET /incidents/{INCIDENT}"), question);
        }
        if let Some(write) = write {
            here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), write);
        }
        assert_eq!(call(&here, &first, "11:05").await, [""; 0], "{what}");
        match why {
            None => check(&here, CALLED, &[NOTE], &what),
            Some(why) => check(&here, &not_called(why), &[], &what),
        }
    }
}

/// How the incident is in PagerDuty before, or its account; and what comes of it.
#[tokio::test]
async fn only_an_incident_that_calls_somebody_real_is_called() {
    type Edit = fn(&mut Value);
    let as_it_is: Edit = |_| {};
    let low: Edit = |incident| {
        incident["urgency"] = "low".into();
        incident["pending_actions"] = json!([]);
    };
    let direct: Edit = |incident| incident["assigned_via"] = "direct_assignment".into();
    let acknowledged: Edit = |incident| incident["status"] = "acknowledged".into();
    for (edit, on_call, stays, why) in [
        (low, SRE.0, false, None),
        (direct, SRE.0, false, None),
        (acknowledged, SRE.0, false, None),
        (acknowledged, SRE.0, true, Some("対応中のままで、呼び出しが始まりません")),
        (as_it_is, "PDUMMY1", false, Some("SRE のポリシーに待機者がいません")),
        (as_it_is, "", false, Some("SRE のポリシーに待機者がいません")),
    ] {
        let (here, first) = open().await;
        here.pagerduty.edit(|account| {
            account.stays_acknowledged = stays;
            edit(account.incident(INCIDENT));
            let policy = account.policies.iter_mut().find(|policy| policy["id"] == SRE_POLICY).expect("SRE's");
            policy["escalation_rules"][0]["targets"] = match on_call {
                "" => json!([{"id": "PSCHED1", "type": "schedule_reference"}]),
                user => json!([{"id": user, "type": "user_reference"}]),
            };
        });
        assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
        match why {
            None => {
                check(&here, CALLED, &[NOTE], "called");
                here.pagerduty.edit(|account| assert_eq!(account.incident(INCIDENT)["urgency"], "high"));
            }
            Some(why) => check(&here, &not_called(why), &[], why),
        }
    }
}

/// Of another service, over, or with a policy that there is not.
#[tokio::test]
async fn nothing_is_done_to_what_is_over_or_not_ours() {
    const OTHER: &str = "このサービスのインシデントは、ここからは操作できません。何もしていません。PagerDuty で操作するか、SRE に直接連絡してください。";
    let (here, first) = open().await;
    here.pagerduty.edit(|account| account.incident(INCIDENT)["service"]["id"] = "PELSEWHERE".into());
    assert_eq!(call(&here, &first, "11:05").await, [OTHER]);
    here.pagerduty.edit(|account| {
        account.incident(INCIDENT)["service"]["id"] = SERVICE.into();
        account.incident(INCIDENT)["status"] = "resolved".into();
    });
    assert_eq!(call(&here, &first, "11:06").await, [OVER]);
    here.slack.expect_none();

    // It was resolved while it was asked for: PagerDuty says so, or that it has changed, or nothing.
    for fault in [PagerDutyFault::Code(1001), PagerDutyFault::Code(1005), PagerDutyFault::ServerError] {
        let (here, first) = open().await;
        here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), fault);
        here.pagerduty.on_write_of(INCIDENT, |incident| incident["status"] = "resolved".into());
        assert_eq!(call(&here, &first, "11:05").await, [OVER], "{fault:?}");
        here.slack.expect_none();
        assert_eq!(here.asked().iter().filter(|call| call.starts_with("PUT")).count(), 1, "{fault:?}");
    }

    let here = Here::with(|all| settings(all).with("SRE_ESCALATION_POLICY_ID", "PNOBODYS")).await;
    let first = here.begin().await;
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    check(&here, &not_called("SRE_ESCALATION_POLICY_ID のポリシーを使えません"), &[], "no policy");
    let here = Here::with(|all| settings(all).with("PAGERDUTY_ACTION_KEY", PagerDuty::READ_ONLY_KEY)).await;
    let first = here.begin().await;
    let log = Log::new();
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    check(&here, &not_called("権限がありません"), &[], "read-only");
    let text = log.text();
    assert!(text.contains("PagerDuty has not done it: PagerDuty does not let PAGERDUTY_ACTION_KEY"), "{text}");
}

/// PagerDuty has called SRE, and does not take the note.
#[tokio::test]
async fn a_call_without_a_note_says_so() {
    let (here, first) = open().await;
    here.pagerduty.fail_call(&format!("POST /incidents/{INCIDENT}/notes"), PagerDutyFault::Forbidden);
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    check(&here, &format!("{CALLED}\nPagerDuty のメモには残せませんでした。"), &[], "no note");
}

/// Once SRE has it, nobody is called again; when they have given it back, they are.
#[tokio::test]
async fn whoever_calls_again_is_told_who_has_called() {
    let (here, first) = open().await;
    call(&here, &first, "11:05").await;
    check(&here, CALLED, &[NOTE], "called");
    let again = here.slack.press("U0SUZUKI01", &first, "call_sre");
    here.asked();
    let told = "SRE はもう呼ばれています: 山田 太郎 (佐藤 による · 11:05)。何もしていません。";
    assert_eq!(here.press(&again, "11:06").await, [told]);
    here.pagerduty.edit(|account| {
        account.incident(INCIDENT)["status"] = "acknowledged".into();
        account.incident(INCIDENT)["last_status_change_by"] = json!({"id": SRE.0, "type": "user_reference"});
    });
    assert_eq!(here.press(&here.slack.press("U0SUZUKI01", &first, "call_sre"), "11:07").await, [told]);
    assert_eq!(here.asked().iter().filter(|call| call.starts_with("PUT")).count(), 0);
    here.slack.expect_none();
    here.pagerduty.edit(|account| {
        let incident = account.incident(INCIDENT);
        incident["status"] = "triggered".into();
        incident["escalation_policy"]["id"] = "POTHER1".into();
    });
    assert_eq!(here.press(&here.slack.press("U0SUZUKI01", &first, "call_sre"), "11:10").await, [""; 0]);
    assert_eq!(here.thread(), ["📣 SRE を呼びました: 山田 太郎 · 鈴木 による · 11:10 · #PD4812"]);
    here.slack.take_edits();
}

/// SRE was called in PagerDuty itself: nobody in the chat has done it.
#[tokio::test]
async fn sre_may_have_been_called_elsewhere() {
    let (here, first) = open().await;
    here.pagerduty.edit(|account| {
        let assignee = json!({"at": "2026-11-24T02:03:00Z", "assignee": {"id": SRE.0, "type": "user_reference", "summary": SRE.1}});
        let incident = account.incident(INCIDENT);
        incident["escalation_policy"]["id"] = SRE_POLICY.into();
        incident["assignments"] = json!([assignee]);
    });
    assert_eq!(call(&here, &first, "11:05").await, ["SRE にはもう連絡が行っています: 山田 太郎。何もしていません。"]);
    here.slack.expect_none();
}

/// What PagerDuty reports of it, by webhook, is known by its user; what others do is told.
#[tokio::test]
async fn what_comes_back_is_not_told_again() {
    for (agent, told) in [("PDUMMY1", 0), ("PSATO01", 1)] {
        let (here, first) = open().await;
        call(&here, &first, "11:05").await;
        here.slack.take();
        for kind in ["delegated", "reassigned", "escalated"] {
            here.report_by(kind, "11:05", agent).await;
            assert_eq!(here.thread().len(), told, "{kind} {agent}");
        }
        here.slack.take_edits();
    }
}

/// A button that could not work is not shown, and an old one says so.
#[tokio::test]
async fn without_a_policy_there_is_no_button() {
    let (_here, with) = open().await;
    let here = Here::with(|all| settings(all).with("SRE_ESCALATION_POLICY_ID", "").with("SLACK_ACTORS", "")).await;
    let first = here.begin().await;
    let labels =
        |message: &Message| message.buttons().iter().map(|(_, label, _)| (*label).to_owned()).collect::<Vec<_>>();
    assert_eq!(labels(&first), ["対応します"]);
    assert_eq!(labels(&with), ["対応します", "SRE を呼ぶ", "解決にする"]);
    const OFF: &str = "このボタンはいま使えません。何もしていません。急ぐときは SRE に直接連絡してください。";
    for action_id in ["call_sre", "resolve"] {
        let press = crate::kit::Press { action_id, ..here.slack.press("U0SATO0001", &first, "take") };
        assert_eq!(here.press(&press, "11:05").await, [OFF]);
    }
    here.slack.expect_none();
}
