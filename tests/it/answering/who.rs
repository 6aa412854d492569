//! Who may press, and who may ask.

use super::here::Here;
use super::{INCIDENT, SERVICE, with_sheet};
use crate::kit::{Fault, Google, GoogleFault, Slack};
use serde_json::json;

const NOT_LISTED: &str = "押せるのは登録された人だけです。SRE に頼んでください。";
const NOT_A_MEMBER: &str = "使えるのは、このワークスペースのメンバーだけです。";
const GUEST: &str = "ゲストは使えません。SRE に頼んでください。";
const NOT_CHECKED: &str = "いま、登録された人かどうかを確認できず、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。";

/// Nothing is recorded, shown or written.
fn nothing_happened(here: &Here, what: &str) {
    here.slack.expect_none();
    assert_eq!(here.pagerduty.notes(INCIDENT), [""; 0], "{what}");
    assert_eq!(here.asked(), [""; 0], "{what}");
}

/// Somebody of that kind: what they are told when they press, and whether they may ask.
#[tokio::test]
async fn only_listed_members_of_the_workspace_may_press() {
    for (user, field, value, told, may_ask) in [
        ("U0SATO0001", "is_restricted", json!(true), GUEST, false),
        ("U0SATO0001", "is_ultra_restricted", json!(true), GUEST, false),
        ("U0SATO0001", "is_bot", json!(true), NOT_A_MEMBER, false),
        ("U0SATO0001", "deleted", json!(true), NOT_A_MEMBER, false),
        ("U0SATO0001", "is_stranger", json!(true), NOT_A_MEMBER, false),
        ("U0SATO0001", "team_id", json!("T0OTHER001"), NOT_A_MEMBER, false),
        ("U0NEWCOMER", "is_admin", json!(true), NOT_LISTED, true),
        ("U0NOBODY01", "", json!(null), NOT_A_MEMBER, false),
    ] {
        let here = Here::open().await;
        let first = here.begin().await;
        here.slack.edit(|workspace| {
            workspace.add_user("U0NEWCOMER", "新人");
            if !field.is_empty() {
                workspace.user(user)[field] = value.clone();
            }
        });
        let told_to = here.press(&here.slack.press(user, &first, "take"), "11:05").await;
        assert_eq!(told_to, [told], "{user} {field}");
        nothing_happened(&here, field);
        let answer = here.command(&here.slack.command(user, "当番"), "11:05").await;
        if may_ask {
            assert!(answer[0].starts_with("📟 今日 11/24(火) 17:00まで\n佐藤・鈴木"), "{answer:?}");
        } else {
            assert_eq!(answer, [told], "{user} {field}");
        }
    }
}

/// Their own workspace counts, not that of the channel.
#[tokio::test]
async fn people_of_a_shared_channel_are_strangers() {
    let here = Here::open().await;
    let first = here.begin().await;
    let press = crate::kit::Press { user_team: "T0OTHER001", ..here.slack.press("U0SATO0001", &first, "take") };
    assert_eq!(here.press(&press, "11:05").await, [NOT_A_MEMBER]);
    nothing_happened(&here, "a stranger");
    let command = crate::kit::Command { team: "T0OTHER001", ..here.slack.command("U0SATO0001", "") };
    assert_eq!(here.command(&command, "11:05").await, [NOT_A_MEMBER]);
    nothing_happened_but_asking(&here);
}

/// Slack says nothing about them.
#[tokio::test]
async fn whoever_cannot_be_checked_may_nothing() {
    for fault in [
        None,
        Some(Fault::ServerError),
        Some(Fault::Html503),
        Some(Fault::NotJson),
        Some(Fault::Reset),
        Some(Fault::Hang),
        Some(Fault::TooManyRequests { retry_after: Some(200) }),
        Some(Fault::Refuse("invalid_auth")),
        Some(Fault::Refuse("something_new")),
    ] {
        let here = Here::open().await;
        let first = here.begin().await;
        match fault {
            Some(fault) => here.slack.fail_always_of("users.info", fault),
            None => here.slack.edit(|workspace| workspace.scopes.retain(|scope| *scope != "users:read")),
        }
        let told = here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await;
        assert_eq!(told, [NOT_CHECKED], "{fault:?}");
        assert_eq!(here.command(&here.slack.command("U0SATO0001", ""), "11:05").await, [NOT_CHECKED], "{fault:?}");
        nothing_happened_but_asking(&here);
        here.slack.heal();
        here.slack.edit(|workspace| workspace.scopes.push("users:read"));
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:06").await, [""; 0]);
        assert_eq!(here.thread().len(), 1, "{fault:?}");
        here.status();
    }
}

/// A short wait is waited.
#[tokio::test]
async fn a_throttle_of_a_moment_is_not_seen() {
    let here = Here::open().await;
    let first = here.begin().await;
    here.slack.fail_next_of("users.info", [Fault::TooManyRequests { retry_after: Some(0) }]);
    here.slack.fail_next_of("auth.test", [Fault::TooManyRequests { retry_after: Some(0) }]);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    assert_eq!(here.thread().len(), 1);
    here.status();
}

/// A command asks PagerDuty when SRE is called, while Slack is asked who it is.
fn nothing_happened_but_asking(here: &Here) {
    here.slack.expect_none();
    let asked = here.asked();
    assert!(asked.iter().all(|call| call == "GET /incidents"), "{asked:?}");
}

/// A press and a command while the sheet is in that state.
#[tokio::test]
async fn without_members_nobody_may_press() {
    const NO_MEMBERS: &str = "当番表に members シートがないため、誰も押せません。SRE に頼んでください。";
    for (variable, value, told) in [("MEMBERS_FILE", "", NO_MEMBERS), ("ROTATION_FILE", "/nowhere", NOT_CHECKED)] {
        let here = Here::with(|settings| settings.with(variable, value)).await;
        let first = here.begin().await;
        assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [told], "{variable}");
        nothing_happened(&here, variable);
        let told = here.command(&here.slack.command("U0SATO0001", "当番"), "11:05").await;
        assert_eq!(told[0].contains("⚠️ 当番表を読めません: "), variable == "ROTATION_FILE", "{told:?}");
    }
}

/// The last good copy says who may.
#[tokio::test]
async fn a_sheet_that_is_down_keeps_nobody_away_whom_it_named_before() {
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("2026-11-24"), json!("佐藤"), json!("鈴木")]]);
    google.set_tab("members", vec![vec![json!("name"), json!("slack")], vec![json!("佐藤"), json!("U0SATO0001")]]);
    let here = Here::with(|settings| with_sheet(settings, &google)).await;
    let first = here.begin().await;
    google.sheets_fail_always(GoogleFault::Unavailable);
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:20").await, [""; 0]);
    assert_eq!(here.thread().len(), 1);
    here.status();
    assert_eq!(here.press(&here.slack.press("U0SUZUKI01", &first, "take"), "11:20").await, [NOT_LISTED]);
    here.slack.expect_none();
}

/// Another team's, or one that is not known.
#[tokio::test]
async fn only_known_incidents_in_the_own_channel_can_be_pressed() {
    const OTHER: &str = "このチャンネルのボタンは使えません。アラートのチャンネルで押してください。";
    const UNKNOWN: &str =
        "このインシデントの記録がありません (90日で消えます)。何もしていません。PagerDuty で確認してください。";
    let here = Here::open().await;
    let first = here.begin().await;
    let press = || here.slack.press("U0SATO0001", &first, "take");
    for (press, told) in [
        (crate::kit::Press { channel: Slack::REMINDER_CHANNEL, ..press() }, OTHER),
        (crate::kit::Press { channel: "C0UNKNOWN1", ..press() }, OTHER),
        (crate::kit::Press { channel: "", ..press() }, OTHER),
        (crate::kit::Press { value: "Q0UNKNOWN00001", ..press() }, UNKNOWN),
        (crate::kit::Press { value: "mackerel:1", ..press() }, UNKNOWN),
    ] {
        assert_eq!(here.press(&press, "11:05").await, [told], "{press:?}");
        nothing_happened(&here, told);
    }
    // Of a service that is not ours it is shown, and nothing is written.
    here.pagerduty.edit(|account| {
        account.add_service("POTHER1", "Other", "PDUMMY1");
        account.incident(INCIDENT)["service"]["id"] = "POTHER1".into();
    });
    assert_eq!(here.press(&press(), "11:05").await, [""; 0]);
    let line =
        "👀 佐藤 が対応します · 11:05 · #PD4812\nSRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。";
    assert_eq!(here.thread(), [line]);
    here.status();
    assert_eq!(here.asked(), [format!("GET /incidents/{INCIDENT}")]);
    here.pagerduty.edit(|account| account.incident(INCIDENT)["service"]["id"] = SERVICE.into());
}

/// Names and words that would call everybody if they were not quoted.
#[tokio::test]
async fn nobody_is_called_by_a_name_or_by_a_word() {
    let members = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile members.csv");
    std::fs::write(&members, "name,slack\n<!channel> *佐藤* & @here,U0SATO0001\n").expect("it can be written");
    let here = Here::with(|settings| settings.with("MEMBERS_FILE", &members.to_string_lossy())).await;
    let first = here.begin().await;
    assert_eq!(here.press(&here.slack.press("U0SATO0001", &first, "take"), "11:05").await, [""; 0]);
    let line = here.slack.expect_one();
    assert!(line.text.starts_with("👀 &lt;!channel&gt; ") && line.mentions.is_empty(), "{line:?}");
    let status = here.status().expect("it is changed");
    assert!(status.contains("&lt;!channel&gt; ") && !status.contains("<!"), "{status}");
    let note = "<!channel> *佐藤* & @here が対応します · 11:05:00 (Slack から、toban による記入)";
    assert_eq!(here.pagerduty.notes(INCIDENT), [note]);
    for text in ["<!channel>", "why <!channel>", "なぜ <@U0SUZUKI01>", "*x* `y` <http://example.com|z>"] {
        let told = here.command(&here.slack.command("U0SATO0001", text), "11:05").await;
        assert!(!told[0].contains("<!") && !told[0].contains("<@") && !told[0].contains("<http"), "{told:?}");
    }
}

/// It needs no membership of the bot.
#[tokio::test]
async fn a_command_is_answered_wherever_it_is_typed() {
    let here = Here::open().await;
    for channel in ["D0PRIVATE1", "C0NOTOBAN01", "G0PRIVATE1", ""] {
        let command = crate::kit::Command { channel, ..here.slack.command("U0SUZUKI01", "未解決") };
        assert_eq!(here.command(&command, "11:05").await, ["未解決のインシデントはありません。"], "{channel}");
    }
}
