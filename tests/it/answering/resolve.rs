//! Resolving: what is over stays over, and nothing is opened again.

use super::here::Here;
use super::{INCIDENT, SERVICE, with_all_buttons};
use crate::kit::{Log, Message, PagerDutyFault};
use serde_json::json;

const LINE: &str = "✅ 鈴木 が解決 (3分) · 11:05 · #PD4812";
const OVER: &str = "もう解決しています。何もしていません。";
const NOTE: &str = "鈴木 が解決にしました · 11:05:00 (Slack から、toban による記入)";
const PERHAPS: &str =
    "PagerDuty の応答がなく、解決になったかどうか分かりません。PagerDuty で確認するか、SRE に頼んでください。";
const NOT_AN_ACTOR: &str =
    "解決にできるのは、登録された人 (SLACK_ACTORS) だけです。何もしていません。SRE に頼んでください。";

async fn open() -> (Here, Message) {
    let here = Here::with(with_all_buttons).await;
    let first = here.begin().await;
    here.pagerduty.edit(|account| account.now = super::at("11:05"));
    (here, first)
}

async fn resolve(here: &Here, first: &Message, user: &str) -> Vec<String> {
    here.press(&here.slack.press(user, first, "resolve"), "11:05").await
}

fn not_resolved(why: &str) -> String {
    format!(
        "解決にできませんでした (PagerDuty: {why})。まだ開いています。少し待って、もう一度押すか、SRE に頼んでください。"
    )
}

fn status(here: &Here) -> String {
    here.pagerduty.edit(|account| account.incident(INCIDENT)["status"].as_str().expect("it has one").to_owned())
}

#[tokio::test]
async fn whatever_pagerduty_does_it_is_resolved_once_or_the_presser_hears_why_not() {
    use PagerDutyFault::{
        Code, Conflict, Forbidden, Hang, HangAfterAccepting, ResetAfterAccepting, ServerError, TooManyRequests,
    };
    let no_answer = not_resolved("応答がありません");
    let may_not = not_resolved("権限がありません");
    let merged = not_resolved("ほかのインシデントに統合されています");
    let odd = not_resolved("エラー 1003");
    for (question, write, told) in [
        (None, None, None),
        (Some(ServerError), None, Some(&*no_answer)),
        (Some(Hang), None, Some(&no_answer)),
        (Some(Forbidden), None, Some(&may_not)),
        (None, Some(Forbidden), Some(&may_not)),
        (None, Some(Code(1018)), Some(&may_not)),
        (None, Some(Code(1019)), Some(&merged)),
        (None, Some(Code(1003)), Some(&odd)),
        (None, Some(TooManyRequests { reset: Some(60) }), Some(&no_answer)),
        // Somebody else was faster.
        (None, Some(Code(1001)), Some(OVER)),
        // It was changed meanwhile, and not by anything that ends or begins it.
        (None, Some(Code(1005)), None),
        (None, Some(Conflict), None),
        (None, Some(ServerError), Some(PERHAPS)),
        (None, Some(Hang), Some(PERHAPS)),
        (None, Some(ResetAfterAccepting), None),
        (None, Some(HangAfterAccepting), None),
    ] {
        let what = format!("{question:?} {write:?}");
        let log = Log::new();
        let (here, first) = open().await;
        if let Some(question) = question {
            here.pagerduty.fail_call(&format!("GET /incidents/{INCIDENT}"), question);
        }
        if let Some(write) = write {
            here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), write);
        }
        let said = resolve(&here, &first, "U0SUZUKI01").await;
        match told {
            None => {
                assert_eq!(said, [""; 0], "{what}");
                assert_eq!(here.thread(), [LINE], "{what}");
                assert_eq!(
                    (status(&here).as_str(), here.pagerduty.notes(INCIDENT)),
                    ("resolved", vec![NOTE.into()]),
                    "{what}"
                );
                let first = here.slack.expect_edit();
                assert!(
                    first.buttons().is_empty() && first.text.ends_with("解決済み · 鈴木 による · 11:05 (所要3分)"),
                    "{first:?}"
                );
            }
            Some(told) => {
                assert_eq!(said, [told], "{what}");
                assert_eq!(
                    (status(&here).as_str(), here.pagerduty.notes(INCIDENT)),
                    ("triggered", Vec::new()),
                    "{what}"
                );
                here.slack.expect_none();
            }
        }
        let has_failed = told.is_some_and(|told| told != OVER);
        assert_eq!(log.text().contains("act_failed=true"), has_failed, "{what}: an alarm counts it");
    }
}

#[tokio::test]
async fn what_keeps_changing_is_left_alone() {
    let (here, first) = open().await;
    for _ in 0..2 {
        here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::Code(1005));
    }
    assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [not_resolved("ほかの変更と重なりました")]);
    assert_eq!(status(&here), "triggered");
    here.slack.expect_none();
    // Somebody has acknowledged it in the same moment, or resolved it.
    for (changed, told) in [("acknowledged", not_resolved("ほかの変更と重なりました")), ("resolved", OVER.to_owned())]
    {
        let (here, first) = open().await;
        here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::Code(1005));
        here.pagerduty.on_write_of(INCIDENT, |incident| {
            incident["status"] = changed.into();
            incident["last_status_change_at"] = super::at("11:05:01").to_rfc3339().into();
        });
        assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [told]);
        assert_eq!(status(&here), changed);
        let puts = here.asked().iter().filter(|call| call.starts_with("PUT")).count();
        assert_eq!(puts, 1, "{changed}: it is not asked for once more");
        here.slack.expect_none();
    }
}

/// PagerDuty has resolved it, and does not take the note.
#[tokio::test]
async fn what_is_resolved_without_a_note_says_so() {
    let (here, first) = open().await;
    here.pagerduty.fail_call(&format!("POST /incidents/{INCIDENT}/notes"), PagerDutyFault::Forbidden);
    assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [""; 0]);
    assert_eq!(here.thread(), [format!("{LINE}\nPagerDuty のメモには残せませんでした。")]);
    assert_eq!((status(&here).as_str(), here.pagerduty.notes(INCIDENT)), ("resolved", Vec::new()));
    here.slack.take_edits();
}

/// It is recorded, everybody is still to be told, and PagerDuty does not say any more how it stands.
#[tokio::test]
async fn what_pagerduty_does_not_say_is_asked_for_as_long_as_the_queue_keeps_the_press() {
    let (here, first) = open().await;
    here.rest.break_down(true);
    assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [""; 0]);
    for (time, told) in [("11:06", None), ("11:08:59", None), ("11:09", Some(PERHAPS))] {
        here.pagerduty.fail_call(&format!("GET /incidents/{INCIDENT}"), PagerDutyFault::ServerError);
        here.work(time).await;
        assert_eq!(here.told(), told.into_iter().collect::<Vec<_>>(), "{time}");
        assert_eq!(here.presses.len(), usize::from(told.is_none()), "{time}");
    }
    here.slack.take_edits();
    here.slack.expect_none();
}

/// By whom, how, and in which state it was.
#[tokio::test]
async fn what_is_open_in_any_way_can_be_resolved_and_what_is_over_cannot() {
    for (state, told) in [("triggered", None), ("acknowledged", None), ("resolved", Some(OVER))] {
        let (here, first) = open().await;
        here.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = state.into();
            // Snoozed.
            incident["pending_actions"] = json!([{"type": "unacknowledge", "at": "2026-11-24T08:00:00Z"}]);
        });
        let said = resolve(&here, &first, "U0SUZUKI01").await;
        assert_eq!(said, told.into_iter().collect::<Vec<_>>(), "{state}");
        assert_eq!((here.thread().len(), status(&here).as_str()), (usize::from(told.is_none()), "resolved"), "{state}");
        here.slack.take_edits();
        let puts = here.asked().iter().filter(|call| call.starts_with("PUT")).count();
        assert_eq!(puts, usize::from(told.is_none()), "{state}");
    }
}

/// A list of ids and groups decides, and no sheet.
#[tokio::test]
async fn only_actors_resolve() {
    for (user, told, name) in [
        ("U0SUZUKI01", None, "鈴木"),
        // In the group of SRE.
        ("U0TAKAHA01", None, "高橋"),
        ("U0SATO0001", Some(NOT_AN_ACTOR), ""),
        ("U0NEWCOMER", Some(NOT_AN_ACTOR), ""),
    ] {
        let (here, first) = open().await;
        here.slack.edit(|workspace| workspace.add_user("U0NEWCOMER", "新人"));
        let said = resolve(&here, &first, user).await;
        assert_eq!(said, told.into_iter().collect::<Vec<_>>(), "{user}");
        match told {
            None => assert_eq!(here.thread(), [LINE.replace("鈴木", name)]),
            Some(_) => here.slack.expect_none(),
        }
        here.slack.take_edits();
    }
    // Not in the sheet: their name is Slack's.
    let (here, first) = open().await;
    here.slack.edit(|workspace| {
        workspace.add_user("U0SRE00001", "山田 <!channel>\n#PD1");
        workspace.in_groups.push(("S0SRETEAM1", "U0SRE00001"));
    });
    assert_eq!(resolve(&here, &first, "U0SRE00001").await, [""; 0]);
    let line = here.slack.expect_one();
    assert_eq!(line.mentions, [""; 0]);
    assert!(line.text.starts_with("✅ 山田 &lt;!channel&gt; "), "{}", line.text);
    here.slack.take_edits();
}

#[tokio::test]
async fn whoever_cannot_be_looked_up_resolves_nothing() {
    const NOT_CHECKED: &str = "いま、登録された人かどうかを確認できず、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。";
    let (here, first) = open().await;
    here.slack.edit(|workspace| workspace.scopes.retain(|scope| *scope != "usergroups:read"));
    assert_eq!(resolve(&here, &first, "U0TAKAHA01").await, [NOT_CHECKED]);
    // Whoever is named needs no group.
    assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [""; 0]);
    here.slack.edit(|workspace| {
        workspace.scopes.push("usergroups:read");
        workspace.group("S0SRETEAM1")["date_delete"] = 1.into();
    });
    here.slack.take();
    here.slack.take_edits();
    let (here, first) = open().await;
    here.slack.edit(|workspace| workspace.group("S0SRETEAM1")["date_delete"] = 1.into());
    assert_eq!(resolve(&here, &first, "U0TAKAHA01").await, [NOT_AN_ACTOR]);
    here.slack.expect_none();
}

/// Whether PagerDuty's webhook comes before the chat is told, or after it: once, and by whoever has pressed.
#[tokio::test]
async fn it_is_told_once_in_the_name_of_whoever_pressed() {
    for is_first in [false, true] {
        let (here, first) = open().await;
        if is_first {
            // What everybody is told waits, and the webhook overtakes it.
            here.rest.break_down(true);
        }
        let press = here.slack.press("U0SUZUKI01", &first, "resolve");
        assert_eq!(here.press(&press, "11:05").await, [""; 0]);
        here.rest.break_down(false);
        here.report_by("resolved", "11:05", "PDUMMY1").await;
        here.work("11:06").await;
        here.work("11:06").await;
        assert_eq!(here.thread(), [LINE], "{is_first}");
        here.slack.take_edits();
        assert_eq!(here.pagerduty.notes(INCIDENT), [NOTE], "{is_first}");
        // It begins again, and is resolved by somebody in PagerDuty's own page, by the same user.
        here.report("reopened", "11:20").await;
        here.slack.take();
        here.report_by("resolved", "11:40", "PDUMMY1").await;
        assert_eq!(here.thread().len(), 1);
        here.slack.take_edits();
    }
}

/// It began after they pressed, was resolved by monitoring itself while nobody knew whether the press was done, or went into
/// another incident.
#[tokio::test]
async fn what_the_presser_has_not_seen_is_left_alone() {
    const CHANGED: &str =
        "押したあとに状態が変わったため、何もしていません。いまの状態を見て、必要ならもう一度押してください。";
    const MERGED: &str = "ほかのインシデントに統合されています。何もしていません。統合先のインシデントで押すか、SRE に直接連絡してください。";
    // The two clocks may differ by five seconds.
    for (began, told, expected) in [("11:05:05", None, "resolved"), ("11:05:06", Some(CHANGED), "triggered")] {
        let (here, first) = open().await;
        here.pagerduty.edit(|account| {
            account.incident(INCIDENT)["last_status_change_at"] = super::at(began).to_rfc3339().into();
        });
        let said = resolve(&here, &first, "U0SUZUKI01").await;
        assert_eq!(
            (said, status(&here).as_str()),
            (told.into_iter().map(str::to_owned).collect(), expected),
            "{began}"
        );
        assert_eq!(here.slack.take().len(), usize::from(told.is_none()), "{began}");
        here.slack.take_edits();
    }

    let (here, first) = open().await;
    here.pagerduty.fail_call(&format!("PUT /incidents/{INCIDENT}"), PagerDutyFault::Hang);
    // The service has resolved it, while nobody knows whether the press has.
    here.pagerduty.on_write_of(INCIDENT, |incident| {
        incident["status"] = "resolved".into();
        incident["last_status_change_by"] = json!({"id": SERVICE, "type": "service_reference"});
    });
    assert_eq!(resolve(&here, &first, "U0SUZUKI01").await, [OVER]);
    here.slack.expect_none();
    assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0]);

    let (here, first) = open().await;
    here.pagerduty.edit(|account| {
        let incident = account.incident(INCIDENT);
        incident["status"] = "resolved".into();
        incident["resolve_reason"] =
            json!({"type": "merge_resolve_reason", "incident": {"id": "Q2OTHER", "type": "incident_reference"}});
    });
    for action_id in ["resolve", "call_sre", "take"] {
        let press = crate::kit::Press { action_id, ..here.slack.press("U0SUZUKI01", &first, "take") };
        assert_eq!(here.press(&press, "11:05").await, [MERGED], "{action_id}");
    }
    here.slack.expect_none();
}
