//! The end of the shift: what is open is said ten minutes before, to whoever is on it, and what becomes of it at the end.

use super::here::Here;
use super::{INCIDENT, SRE, with_all_buttons, with_sheet};
use crate::kit::{Google, Message, PagerDuty, PagerDutyFault};
use serde_json::json;

const ENDS: &str = "⏰ #PD4812 は未解決です。あと10分で当番の時間が終わります。\nHTTP 5xx が 5% を超えています";
const AT_1715: &str = "SRE は 17:15 に自動で呼ばれます。";
const OVER: &str = "🌙 #PD4812 は未解決。";

async fn open() -> (Here, Message) {
    let here =
        Here::with(|settings| with_all_buttons(settings).with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")).await;
    here.report("triggered", "16:40").await;
    let first = here.slack.expect_one();
    here.pagerduty.edit(|account| {
        let at = super::at("17:15").to_rfc3339();
        account.incident(INCIDENT)["pending_actions"] = json!([{"type": "escalate", "at": at}]);
    });
    (here, first)
}

async fn press(here: &Here, message: &Message, user: &str, action: &str, time: &str) {
    assert_eq!(here.press(&here.slack.press(user, message, action), time).await, [""; 0]);
    here.slack.take();
    here.slack.take_edits();
}

/// Who is on it, by the chat and by PagerDuty; and who is mentioned.
#[tokio::test]
async fn whoever_is_on_it_is_mentioned_and_else_the_pair() {
    let pair = "<@U0SATO0001> <@U0SUZUKI01>";
    for (takes, acknowledges, back, expected) in [
        (&[][..], None, false, pair),
        (&["U0SATO0001"], None, false, "<@U0SATO0001>"),
        (&["U0TAKAHA01", "U0SATO0001"], None, false, "<@U0TAKAHA01> <@U0SATO0001>"),
        (&["U0TAKAHA01"], None, true, pair),
        // In the members tab by PagerDuty's id.
        (&[], Some("PSATO01"), false, "<@U0SATO0001>"),
        (&["U0TAKAHA01"], Some("PSATO01"), false, "<@U0TAKAHA01> <@U0SATO0001>"),
    ] {
        let (here, first) = open().await;
        for user in takes {
            press(&here, &first, user, "take", "16:42").await;
        }
        if back {
            let press = crate::kit::Press { action_id: "hand_back", ..here.slack.press(takes[0], &first, "take") };
            here.press(&press, "16:43").await;
        }
        if let Some(agent) = acknowledges {
            here.report_by("acknowledged", "16:45", agent).await;
        }
        here.slack.take();
        here.slack.take_edits();
        assert_eq!(here.tick("16:50").await, 1);
        let said = here.slack.expect_one();
        assert_eq!(said.mentions.join(" "), expected, "{takes:?} {acknowledges:?}");
        assert!(said.reply_broadcast && said.text.starts_with(&format!("{expected}\n{ENDS}\n")), "{said:?}");
        let buttons: Vec<_> = said.buttons().iter().map(|(id, label, _)| format!("{id} {label}")).collect();
        assert_eq!(buttons, ["stay 続けます", "call_sre SRE を呼ぶ"]);
    }
}

#[tokio::test]
async fn it_is_said_once_a_day_and_only_at_its_time() {
    let (here, _) = open().await;
    for (time, count, said) in [
        ("16:44", 0, 0),
        ("16:50", 1, 1),
        ("16:55", 1, 0),
        ("17:00", 1, 1),
        ("17:10", 1, 0),
        ("17:30", 0, 0),
        ("23:50", 0, 0),
    ] {
        assert_eq!(here.tick(time).await, count, "{time}");
        assert_eq!(here.slack.take().len(), said, "{time}");
        here.slack.take_edits();
    }
}

/// What SRE has, what is over, and what has mentioned nobody.
#[tokio::test]
async fn only_what_is_open_and_not_at_sre_is_said() {
    let sre =
        json!([{"at": "2026-11-24T07:41:00Z", "assignee": {"id": SRE.0, "type": "user_reference", "summary": SRE.1}}]);
    // PagerDuty has called SRE by itself.
    let (here, _) = open().await;
    here.pagerduty.edit(|account| account.incident(INCIDENT)["assignments"] = sre.clone());
    assert_eq!(here.tick("16:50").await, 0);
    // Somebody has.
    let (here, first) = open().await;
    press(&here, &first, "U0SATO0001", "call_sre", "16:45").await;
    assert_eq!(here.tick("16:50").await, 0);
    // SRE works on it, and PagerDuty is not there.
    let (here, _) = open().await;
    here.report_by("acknowledged", "16:45", SRE.0).await;
    here.slack.take();
    here.slack.take_edits();
    here.pagerduty.fail_call("GET /incidents", PagerDutyFault::ServerError);
    assert_eq!(here.tick("16:50").await, 0);
    let (here, _) = open().await;
    here.report("resolved", "16:45").await;
    here.slack.take();
    here.slack.take_edits();
    assert_eq!(here.tick("16:50").await, 0);
    // It came before the day began, and has mentioned nobody since.
    let here = Here::with(with_all_buttons).await;
    here.report("triggered", "09:30").await;
    here.slack.take();
    here.report("annotated", "11:00").await;
    assert_eq!(here.slack.expect_one().mentions, [""; 0]);
    assert_eq!(here.tick("16:50").await, 0);
}

/// What is said of the call for SRE, as PagerDuty has it.
#[tokio::test]
async fn when_sre_is_called_is_said_if_it_is_known() {
    for (fault, edit, expected) in [
        (None, json!({}), format!("\n{AT_1715}")),
        (Some(PagerDutyFault::ServerError), json!({}), String::new()),
        (Some(PagerDutyFault::Hang), json!({}), String::new()),
        (
            None,
            json!({"urgency": "low", "pending_actions": []}),
            "\n緊急度が低いため、SRE は自動では呼ばれません。必要なら SRE に直接連絡してください。".to_owned(),
        ),
    ] {
        let (here, _) = open().await;
        here.pagerduty.edit(|account| {
            for (name, value) in edit.as_object().expect("fields") {
                account.incident(INCIDENT)[name] = value.clone();
            }
        });
        if let Some(fault) = fault {
            here.pagerduty.fail_call("GET /incidents", fault);
        }
        here.tick("16:50").await;
        assert!(here.slack.expect_one().text.ends_with(&format!("{ENDS}{expected}")), "{fault:?} {edit}");
    }
}

/// PagerDuty lists what is triggered; that the calls have stopped is known of what is not among that, if PagerDuty is asked.
#[tokio::test]
async fn an_acknowledgement_is_said_to_have_stopped_the_calls() {
    let halted = "\nPagerDuty で対応開始になっているため、SRE への自動の呼び出しは止まっています。";
    for (key, email, expected) in [(PagerDuty::KEY, "toban@example.com", halted), ("", "", "")] {
        let here =
            Here::with(|settings| settings.with("PAGERDUTY_ACTION_KEY", key).with("PAGERDUTY_ACT_AS", email)).await;
        here.report("triggered", "16:40").await;
        here.report_by("acknowledged", "16:45", "PSATO01").await;
        here.slack.take();
        here.slack.take_edits();
        here.pagerduty.edit(|account| account.incident(INCIDENT)["status"] = "acknowledged".into());
        assert_eq!(here.tick("16:50").await, 1);
        let text = here.slack.expect_one().text;
        assert!(text.ends_with(&format!("{ENDS}{expected}")), "{text}");
    }
}

/// The company's days off are those that the sheet has then, and not those that it had when somebody was mentioned.
#[tokio::test]
async fn a_day_off_that_is_entered_during_the_day_has_no_shift() {
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("2026-11-24"), json!("佐藤"), json!("鈴木")]]);
    google.set_tab("members", vec![vec![json!("name"), json!("slack")], vec![json!("佐藤"), json!("U0SATO0001")]]);
    google.set_tab("holidays", vec![vec![json!("2026-12-30"), json!("年末休み")]]);
    let here = Here::with(|settings| with_sheet(settings, &google).with("HOLIDAYS_RANGE", "holidays!A1:B")).await;
    here.report("triggered", "16:40").await;
    assert_eq!(here.slack.expect_one().mentions, ["<@U0SATO0001>"]);
    assert_eq!(here.queue_tick("16:50").await, 1);
    google.set_tab("holidays", vec![vec![json!("2026-11-24"), json!("創立記念日")]]);
    assert_eq!(here.queue_tick("16:52").await, 0);
}

/// What is said at the end, by what was pressed until then.
#[tokio::test]
async fn at_the_end_it_is_said_what_becomes_of_it() {
    for (presses, expected) in [
        (&[][..], format!("{OVER}対応者はいません。\n{AT_1715}")),
        (&[("U0SATO0001", "stay")], format!("{OVER}佐藤 が続けます。\n{AT_1715}")),
        (&[("U0SATO0001", "stay"), ("U0SUZUKI01", "stay")], format!("{OVER}佐藤、鈴木 が続けます。\n{AT_1715}")),
        (&[("U0SUZUKI01", "take")], format!("{OVER}鈴木 が対応中 (続けるかどうかは未回答)。\n{AT_1715}")),
        (&[("U0SATO0001", "call_sre")], format!("{OVER}SRE に渡しました: 山田 太郎\nSRE にはもう連絡が行っています。")),
    ] {
        let (here, first) = open().await;
        here.tick("16:50").await;
        let asks = here.slack.expect_one();
        for (user, action) in presses {
            press(&here, if *action == "take" { &first } else { &asks }, user, action, "16:55").await;
        }
        here.tick("17:00").await;
        let said = here.slack.expect_one();
        assert_eq!(
            (said.text.as_str(), said.mentions.len(), said.reply_broadcast),
            (&*expected, 0, false),
            "{presses:?}"
        );
    }
}

/// It waits in the queue: what has happened meanwhile counts.
#[tokio::test]
async fn what_comes_too_late_is_not_said() {
    for (resolved, late) in [(true, "16:52"), (false, "17:00")] {
        let (here, _) = open().await;
        here.queue_tick("16:50").await;
        if resolved {
            here.report("resolved", "16:51").await;
            here.slack.take();
            here.slack.take_edits();
        }
        here.work(late).await;
        here.slack.expect_none();
        // And nothing is said at the end.
        assert_eq!(here.tick("17:00").await, 0);
    }
}

/// SRE was called before it was posted.
#[tokio::test]
async fn what_sre_has_by_then_is_not_said() {
    let (here, first) = open().await;
    here.queue_tick("16:50").await;
    // What is queued first comes first: the call is in the row by then.
    press(&here, &first, "U0SATO0001", "call_sre", "16:51").await;
    here.slack.expect_none();
    assert_eq!(here.tick("17:00").await, 0);
}

/// What was pressed yesterday is of yesterday's shift.
#[tokio::test]
async fn each_day_has_its_own_answers() {
    let (here, first) = open().await;
    here.tick("16:50").await;
    let asks = here.slack.expect_one();
    press(&here, &asks, "U0TAKAHA01", "stay", "16:52").await;
    here.tick("17:00").await;
    here.slack.take();
    // Wednesday: 高橋 and 鈴木 are on call.
    here.report("escalated", "25T11:00").await;
    here.report("reopened", "25T11:30").await;
    here.slack.take();
    here.slack.take_edits();
    assert_eq!(here.tick("25T16:50").await, 1);
    assert_eq!(here.slack.expect_one().mentions, ["<@U0TAKAHA01>", "<@U0SUZUKI01>"]);
    here.tick("25T17:00").await;
    let said = here.slack.expect_one().text;
    assert!(said.starts_with("🌙 #PD4812 は未解決。"), "{said}");
    assert!(!said.contains("続けます"), "{said}");
    drop(first);
}
