//! A call for SRE that comes again, or whose incident was changed by others: nobody is told what is not so, and nothing ends in
//! silence.

use super::here::Here;
use super::{INCIDENT, SRE, SRE_POLICY, with_all_buttons};
use crate::kit::{Fault, Message, PagerDutyFault, Rows};
use crate::running::ledger_on;
use serde_json::{Value, json};

const CALLED: &str = "📣 SRE を呼びました: 山田 太郎 · 佐藤 による · 11:05 · #PD4812";

async fn open() -> (Here, Message) {
    let here =
        Here::with(|settings| with_all_buttons(settings).with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")).await;
    let first = here.begin().await;
    (here, first)
}

async fn call(here: &Here, first: &Message, time: &str) -> Vec<String> {
    here.press(&here.slack.press("U0SATO0001", first, "call_sre"), time).await
}

fn edit(here: &Here, change: impl FnOnce(&mut Value)) {
    here.pagerduty.edit(|account| change(account.incident(INCIDENT)));
}

fn user(id: &str) -> Value {
    json!([{"at": "2026-11-24T02:03:00Z", "assignee": {"id": id, "type": "user_reference", "summary": id}}])
}

/// How it stands at SRE's policy, or elsewhere, and whether SRE is called all the same.
#[tokio::test]
async fn only_what_calls_sre_now_or_is_worked_on_by_them_is_left_alone() {
    for (status, urgency, policy, assignee, by, is_called) in [
        ("triggered", "high", SRE_POLICY, SRE.0, "", false),
        // It would ring for nobody.
        ("triggered", "low", SRE_POLICY, SRE.0, "", true),
        ("triggered", "high", SRE_POLICY, "PDUMMY1", "", true),
        ("acknowledged", "high", SRE_POLICY, SRE.0, SRE.0, false),
        // A developer with an account has acknowledged it, which stops the calls.
        ("acknowledged", "high", SRE_POLICY, "PSATO01", "PSATO01", true),
        // The same, in no sheet: at their own policy, and at SRE's by another who is asked.
        ("acknowledged", "high", "PBKLOG1EP", "PNEW001", "PNEW001", true),
        ("acknowledged", "high", SRE_POLICY, SRE.0, "PNEW001", true),
        // By PagerDuty's own escalation it is at SRE, who has not answered.
        ("triggered", "high", "PBKLOG1EP", SRE.0, "", true),
    ] {
        let (here, first) = open().await;
        edit(&here, |incident| {
            incident["status"] = status.into();
            incident["urgency"] = urgency.into();
            incident["escalation_policy"]["id"] = policy.into();
            incident["assignments"] = user(assignee);
            incident["last_status_change_by"] = json!({"id": by, "type": "user_reference"});
        });
        let told = call(&here, &first, "11:05").await;
        let what = format!("{status} {urgency} {policy} {assignee} {by}");
        assert_eq!(told.is_empty(), is_called, "{what}: {told:?}");
        let expected: &[&str] = if is_called { &[CALLED] } else { &[] };
        assert_eq!(here.thread(), expected, "{what}");
        here.slack.take_edits();
    }
}

/// The process was killed after it was recorded; and what has happened until the press comes again.
#[tokio::test]
async fn a_press_that_comes_again_is_never_silent() {
    type Meanwhile = fn(&mut Value);
    let nothing: Meanwhile = |_| {};
    let acknowledged: Meanwhile = |incident| {
        incident["status"] = "acknowledged".into();
        incident["assignments"] = user("PNEW001");
        incident["last_status_change_by"] = json!({"id": "PNEW001", "type": "user_reference"});
    };
    for (meanwhile, reopens) in [(nothing, false), (acknowledged, false), (nothing, true)] {
        let (here, first) = open().await;
        // What everybody is told is not queued, so that the press is not done.
        here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::Hang);
        here.rest.break_down(true);
        const NOT_CALLED: &str =
            "SRE を呼べませんでした。チャンネルにもまだ知らせられていません。SRE に直接連絡してください。";
        assert_eq!(call(&here, &first, "11:05").await, [NOT_CALLED]);
        here.rest.break_down(false);
        edit(&here, meanwhile);
        if reopens {
            here.report("reopened", "11:04").await;
        }
        here.work("11:06").await;
        here.work("11:06").await;
        let told: Vec<_> = here.thread().into_iter().filter(|text| text.contains("SRE を呼")).collect();
        let is_told = told.iter().any(|text| text.contains("❌ SRE を呼べませんでした (PagerDuty: 応答がありません)"));
        assert!(is_told || told == [CALLED], "{told:?} {reopens}");
        here.slack.take_edits();
        here.told();
    }
}

/// The queue has forgotten the press, and it comes again after somebody else has called SRE and they have given it back: nobody
/// is called for it.
#[tokio::test]
async fn an_old_call_that_comes_again_calls_nobody() {
    let (here, first) = open().await;
    let old = here.slack.press("U0SATO0001", &first, "call_sre");
    for (press, time) in [(&old, "11:05"), (&here.slack.press("U0SUZUKI01", &first, "call_sre"), "11:10")] {
        assert_eq!(here.press(press, time).await, [""; 0]);
        edit(&here, |incident| {
            incident["escalation_policy"]["id"] = "PBKLOG1EP".into();
            incident["assignments"] = user("PDUMMY1");
        });
    }
    assert_eq!(here.thread().len(), 2);
    here.slack.take_edits();
    here.presses.forget();
    here.asked();
    assert_eq!(here.press(&old, "11:11").await, [""; 0]);
    assert!(!here.asked().iter().any(|call| call.starts_with("PUT")));
    here.slack.expect_none();
}

/// Without the ledger it is not done, and the fallback hears of it: at once if it cannot have been done before, and else when the
/// queue is about to forget the press.
#[tokio::test]
async fn a_call_that_cannot_be_recorded_mentions_the_fallback() {
    const DOWN: [&str; 4] = ["GetItem", "PutItem", "TransactWriteItems", "Query"];
    const WHY: &str =
        "❌ SRE を呼べませんでした (toban が記録できず、依頼していません)。佐藤 が呼んでいます。直接連絡してください。";
    const TITLE: &str = "#PD4812 HTTP 5xx が 5% を超えています";
    // Without the ledger it follows nothing.
    let alone = format!("<!subteam^S0SRETEAM1>\n❌ SRE を呼べず {TITLE}\n{WHY}");
    let in_the_thread = format!("<!subteam^S0SRETEAM1>\n{WHY}\n{TITLE}");
    let on_rows = async || {
        let rows = Rows::start().await;
        let (mut here, _) = open().await;
        here.dispatcher.relay.ledger = ledger_on(&rows).into();
        here.report("triggered", "11:03").await;
        let first = here.slack.expect_one();
        here.asked();
        (here, first, rows)
    };
    let check = |here: &Here, expected: Option<&str>, what: &str| {
        let texts: Vec<_> = here.slack.take().into_iter().map(|message| message.text).collect();
        here.slack.take_edits();
        assert_eq!(texts, expected.into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!((here.presses.len(), here.told()), (usize::from(expected.is_none()), Vec::new()), "{what}");
        assert!(!here.asked().iter().any(|call| call.starts_with("PUT")), "{what}");
    };
    for (refused, expected) in [(&DOWN[..], &*alone), (&["PutItem", "TransactWriteItems"], &in_the_thread)] {
        let (here, first, rows) = on_rows().await;
        rows.refuse(refused);
        assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
        check(&here, Some(expected), &format!("{refused:?}"));
    }
    let (here, first, rows) = on_rows().await;
    here.slack.fail_next_of("users.info", [Fault::ServerError]);
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    rows.refuse(&DOWN);
    for (time, expected) in [("11:06", None), ("11:08:59", None), ("11:09", Some(&*alone))] {
        here.work(time).await;
        check(&here, expected, time);
    }
}

/// Slack does not say who has pressed, for a moment.
#[tokio::test]
async fn a_hiccup_of_slacks_does_not_end_the_call() {
    let (here, first) = open().await;
    here.slack.fail_next_of("users.info", [Fault::ServerError]);
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    here.slack.expect_none();
    here.work("11:06").await;
    assert_eq!(here.thread(), [CALLED]);
    here.slack.take_edits();
    // After two minutes they are told.
    let (here, first) = open().await;
    here.slack.fail_next_of("users.info", [Fault::ServerError; 2]);
    assert_eq!(call(&here, &first, "11:05").await, [""; 0]);
    here.work("11:08").await;
    assert_eq!(here.told(), ["2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。"]);
    here.slack.expect_none();
}

/// It was told as failed, and PagerDuty has done it after all.
#[tokio::test]
async fn what_is_done_after_all_is_news() {
    let (here, first) = open().await;
    here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::ServerError);
    call(&here, &first, "11:05").await;
    assert_eq!(here.thread().len(), 1);
    here.report_by("delegated", "11:05", "PDUMMY1").await;
    assert!(here.thread()[0].starts_with("📣 "));
    here.slack.take_edits();
}

/// The ledger has it as resolved; PagerDuty, which was asked, has not.
#[tokio::test]
async fn the_fallback_hears_of_what_pagerduty_says_is_open() {
    let (here, first) = open().await;
    here.report("resolved", "11:04").await;
    here.slack.take();
    here.slack.take_edits();
    here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::Forbidden);
    call(&here, &first, "11:05").await;
    let line = here.slack.expect_one();
    assert_eq!(line.mentions, ["<!subteam^S0SRETEAM1>"]);
    here.slack.take_edits();
}

/// How it stands in the ledger is what PagerDuty reports, whenever a press comes again.
#[tokio::test]
async fn a_press_does_not_put_back_what_has_happened_since() {
    const NOT_SHOWN: &str = "受け付けました。チャットへの投稿が滞っているため、表示は遅れます。";
    let (here, first) = open().await;
    here.rest.break_down(true);
    assert_eq!(call(&here, &first, "11:05").await, [NOT_SHOWN]);
    here.rest.break_down(false);
    here.report_by("resolved", "11:05", SRE.0).await;
    here.work("11:06").await;
    here.work("11:06").await;
    here.slack.take();
    here.slack.take_edits();
    let open = here.command(&here.slack.command("U0SATO0001", "未解決"), "11:07").await;
    assert_eq!(open, ["未解決のインシデントはありません。"]);
}

/// SRE has given it to somebody else: the day's end is not theirs.
#[tokio::test]
async fn what_sre_has_given_back_is_not_theirs() {
    let (here, first) = open().await;
    call(&here, &first, "11:05").await;
    here.report_changed("delegated", "15:30", |event| {
        event["agent"] = json!({"id": SRE.0, "type": "user_reference", "summary": SRE.1});
        event["data"]["assignees"] = json!([{"id": "PDUMMY1", "type": "user_reference", "summary": "dummy"}]);
    })
    .await;
    edit(&here, |incident| {
        incident["escalation_policy"]["id"] = "PBKLOG1EP".into();
        incident["assignments"] = user("PDUMMY1");
    });
    here.slack.take();
    // Also if PagerDuty does not answer then.
    here.pagerduty.fail_call("GET /incidents", PagerDutyFault::ServerError);
    assert_eq!(here.tick("16:50").await, 1);
    let asks = here.slack.expect_one();
    here.press(&here.slack.press("U0SUZUKI01", &asks, "stay"), "16:52").await;
    here.slack.take();
    here.tick("17:00").await;
    let said = here.slack.expect_one().text;
    assert!(said.starts_with("🌙 #PD4812 は未解決。鈴木 が続けます。"), "{said}");
    here.slack.take_edits();
}
