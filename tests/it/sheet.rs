//! The rotation in a Google Sheet: read with the real client, cached, and never delaying an alert.

mod copies;
mod tabs;
mod web;

use crate::kit::{Function, Google, GoogleFault, Slack, serial};
use crate::running::{PAIR, Settings, TUESDAY, WEBHOOK, accepted, triggered};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use toban::domain::calendar::BusinessHours;
use toban::domain::member::Platform;
use toban::domain::rotation::Coverage;
use toban::domain::unreadable::Unreadable;
use toban::ledger::Ledger;
use toban::net::secret::Secret;
use toban::relay::team::Known;
use toban::roster::sheet::{Access, Ranges};
use toban::roster::token::ServiceAccount;
use toban::roster::{LIMIT, Reading, Roster, Source, TeamTime};
use tokio::time::Instant;

fn rotation() -> Vec<Vec<Value>> {
    vec![
        vec![json!("日付"), json!("担当1"), json!("担当2"), json!("備考")],
        vec![serial("2026-11-20"), json!("高橋"), json!("鈴木")],
        vec![serial("2026-11-24"), json!("佐藤"), json!("鈴木"), json!("よろしく")],
        vec![serial("2026-11-25"), json!("高橋"), Value::Null, json!("一人")],
    ]
}

fn members() -> Vec<Vec<Value>> {
    vec![
        vec![json!("name"), json!("slack"), json!("typetalk"), json!("pagerduty")],
        vec![json!("佐藤"), json!("U0SATO0001"), json!("sato"), json!("PSATO01")],
        vec![json!("鈴木"), json!("U0SUZUKI01"), json!("suzuki")],
        vec![json!("高橋"), json!("U0TAKAHA01"), json!("takahashi")],
    ]
}

async fn google() -> Google {
    let google = Google::start().await;
    google.set_tab("rotation", rotation());
    google.set_tab("members", members());
    google
}

fn settings(google: &Google, slack: &Slack) -> Settings {
    let settings = Settings::at(TUESDAY).slack(slack).with("MEMBERS_RANGE", "members!A:D");
    ["ROTATION_FILE", "MEMBERS_FILE", "RUNBOOKS_FILE", "HOLIDAYS_FILE"]
        .iter()
        .fold(on(settings, google), |all, file| all.with(file, ""))
}

fn on(settings: Settings, google: &Google) -> Settings {
    settings
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
}

async fn roster(google: &Google) -> Roster {
    roster_of(google, "rotation!A:Z")
}

fn roster_of(google: &Google, rotation: &str) -> Roster {
    let access = Access {
        sheet_id: Google::SHEET_ID.into(),
        key: ServiceAccount::parse(&Secret::new(google.service_account_key())).expect("a key"),
        base_url: google.base_url(),
        ranges: Ranges {
            rotation: rotation.into(),
            members: Some("members!A:D".into()),
            runbooks: None,
            holidays: None,
        },
    };
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    let team = TeamTime { zone: chrono_tz::Asia::Tokyo, hours };
    Roster::open(Source::Sheet(Box::new(access)), team, &toban::net::http::client().expect("a client"), Utc::now)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn read(roster: &Roster, ledger: &Ledger, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
    let reading = roster.read(ledger, Instant::now() + LIMIT, now).await;
    roster.share(ledger, now).await;
    reading
}

/// Who is on call on 2026-11-24, by Slack id.
fn pair(reading: &Result<Reading, Unreadable>) -> Vec<String> {
    let workbook = &reading.as_ref().expect("it can be read").workbook;
    match workbook.coverage("2026-11-24".parse().expect("a date"), Platform::Slack) {
        Coverage::OnCall { people, .. } => people.iter().map(|person| person.handle.as_str().to_owned()).collect(),
        Coverage::Gap { .. } | Coverage::Nobody { .. } | Coverage::Unknown { .. } => Vec::new(),
    }
}

#[tokio::test]
async fn the_pair_of_todays_row_is_mentioned_with_one_token_and_one_read() {
    let google = google().await;
    let slack = Slack::start().await;
    let webhook = settings(&google, &slack).start().await;
    assert_eq!((google.grants(), google.reads()), (1, 1), "it was read before the first event was asked for");
    for number in 1..=3 {
        assert_eq!(webhook.signed(&triggered(number)).await, accepted());
        assert_eq!(slack.expect_one().mentions, PAIR);
    }
    assert_eq!((google.grants(), google.reads()), (1, 1), "the copy is fresh");
    assert_eq!(slack.connections(), 1, "the connection is kept");
    let logs = webhook.function.logs();
    assert!(
        !logs.contains("ya29") && !logs.contains("PRIVATE KEY") && !logs.contains("assertion"),
        "a secret is in the log"
    );
    let posted = webhook.function.log_lines().into_iter().find(|line| line["message"] == "posted").expect("a line");
    assert_eq!(posted["row"], "rotation!B3");
}

#[tokio::test]
async fn a_runbook_that_is_a_link_alone_is_said_once() {
    for (language, expected) in
        [("ja", "\n<https://wiki.example.com/x|手順書 ↗> · "), ("en", "\n<https://wiki.example.com/x|Runbook ↗> · ")]
    {
        let google = google().await;
        let slack = Slack::start().await;
        google
            .set_tab("手順", vec![vec![json!("HTTP 5xx"), json!(""), json!(""), json!("https://wiki.example.com/x")]]);
        let settings = settings(&google, &slack).with("RUNBOOKS_RANGE", "手順!A:D").with("MESSAGE_LANGUAGE", language);
        settings.start().await.signed(&triggered(1)).await;
        let text = slack.expect_one().text;
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn one_read_gets_all_tabs_and_all_are_used() {
    let google = google().await;
    let slack = Slack::start().await;
    google.set_tab(
        "手順 書",
        vec![vec![json!("HTTP 5xx"), json!("壊れています"), json!("再起動"), json!("https://wiki.example.com/x")]],
    );
    google.set_tab("休み", vec![vec![json!("日付"), json!("名前")], vec![serial("2026-11-25"), json!("創立記念日")]]);
    let settings =
        settings(&google, &slack).with("RUNBOOKS_RANGE", "'手順 書'!A:D").with("HOLIDAYS_RANGE", "'休み'!A:B");
    let webhook = settings.start().await;
    webhook.signed(&triggered(1)).await;
    let text = slack.expect_one().text;
    assert!(text.contains("意味: 壊れています\n手順: <https://wiki.example.com/x|再起動 ↗> · "), "{text}");
    assert_eq!(google.reads(), 1);

    let holiday = settings.with("TOBAN_NOW", "2026-11-25T11:00:00+09:00").start().await;
    let body = crate::running::changed("v3/incident.triggered.json", |body| {
        body["event"]["occurred_at"] = "2026-11-25T02:00:00Z".into()
    });
    holiday.signed(&body).await;
    // A day off, and assigned to the dummy only: PagerDuty calls nobody, so the fallback is mentioned.
    assert_eq!(slack.expect_one().mentions, ["<!subteam^S0SRETEAM1>"]);
}

#[tokio::test]
async fn an_edit_takes_effect_after_a_minute() {
    let google = google().await;
    let roster = roster(&google).await;
    let ledger = Ledger::memory();
    let start = at("2026-11-24T02:00:00Z");
    assert_eq!(pair(&read(&roster, &ledger, start).await), ["U0SATO0001", "U0SUZUKI01"]);
    google.edit("rotation", 3, 2, json!("高橋"));
    let later = |seconds| start + TimeDelta::seconds(seconds);
    assert_eq!(pair(&read(&roster, &ledger, later(59)).await), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!(pair(&read(&roster, &ledger, later(60)).await), ["U0TAKAHA01", "U0SUZUKI01"]);
    assert_eq!((google.reads(), google.grants()), (2, 1));
}

#[tokio::test]
async fn fifty_at_once_read_once() {
    let google = google().await;
    let roster = Arc::new(roster(&google).await);
    let ledger = Arc::new(Ledger::memory());
    for start in ["2026-11-24T02:00:00Z", "2026-11-24T02:01:00Z"] {
        let readers: Vec<_> = (0..50)
            .map(|_| {
                let roster = roster.clone();
                let ledger = ledger.clone();
                tokio::spawn(async move { pair(&read(&roster, &ledger, at(start)).await) })
            })
            .collect();
        for reader in readers {
            assert_eq!(reader.await.expect("it ends"), ["U0SATO0001", "U0SUZUKI01"]);
        }
    }
    assert_eq!((google.reads(), google.grants()), (2, 1));
}

#[tokio::test]
async fn a_hundred_instances_share_one_read_a_minute() {
    let google = google().await;
    let ledger = Ledger::memory();
    let mut instances = Vec::new();
    for _ in 0..100 {
        instances.push(roster(&google).await);
    }
    for minute in 0..3 {
        // Each instance gets an alert at another moment within the minute.
        for (nth, instance) in (0..).zip(&instances) {
            let now = at("2026-11-24T02:00:00Z") + TimeDelta::seconds(minute * 60) + TimeDelta::milliseconds(nth * 590);
            assert_eq!(pair(&read(instance, &ledger, now).await), ["U0SATO0001", "U0SUZUKI01"]);
        }
    }
    assert_eq!(google.reads(), 3, "one a minute; the quota is sixty");
}

/// A sheet that was read on Monday at 18:00 and edited since. Returns the time a number of seconds after that read.
async fn swapped_overnight(google: &Google, ledger: &Ledger) -> impl Fn(i64) -> DateTime<Utc> {
    let monday = at("2026-11-23T09:00:00Z");
    assert_eq!(pair(&read(&roster(google).await, ledger, monday).await), ["U0SATO0001", "U0SUZUKI01"]);
    google.edit("rotation", 3, 2, json!("高橋"));
    move |seconds| monday + TimeDelta::seconds(seconds)
}

const OVERNIGHT: i64 = 16 * 3_600;

#[tokio::test]
async fn while_another_instance_reads_an_edit_this_one_waits_for_it() {
    let google = google().await;
    let ledger = Ledger::memory();
    let now = swapped_overnight(&google, &ledger).await(OVERNIGHT);
    let one = roster(&google).await;
    let other = roster(&google).await;
    let (one, other) = tokio::join!(read(&one, &ledger, now), read(&other, &ledger, now));
    assert_eq!([pair(&one), pair(&other)], [["U0TAKAHA01", "U0SUZUKI01"], ["U0TAKAHA01", "U0SUZUKI01"]]);
    assert_eq!(google.reads(), 2, "Monday's, and one for both");
}

#[tokio::test]
async fn when_the_other_instance_has_crashed_this_one_reads_and_without_google_it_uses_the_copy() {
    let google = google().await;
    let ledger = Ledger::memory();
    let later = swapped_overnight(&google, &ledger).await;
    assert!(ledger.may_read_rotation(later(OVERNIGHT)).await, "the one that crashes");
    google.sheets_fail_next([GoogleFault::Unavailable]);
    let roster = roster(&google).await;
    let reading = read(&roster, &ledger, later(OVERNIGHT + 1)).await;
    assert_eq!((pair(&reading), google.reads()), (vec!["U0SATO0001".into(), "U0SUZUKI01".into()], 2));
    assert!(ledger.may_read_rotation(later(OVERNIGHT + 20)).await, "another one");
    let reading = read(&roster, &ledger, later(OVERNIGHT + 21)).await;
    assert_eq!((pair(&reading), google.reads()), (vec!["U0TAKAHA01".into(), "U0SUZUKI01".into()], 3));
}

#[tokio::test]
async fn a_copy_of_seventy_seconds_is_used_while_another_instance_reads() {
    let google = google().await;
    let ledger = Ledger::memory();
    let later = swapped_overnight(&google, &ledger).await;
    assert!(ledger.may_read_rotation(later(68)).await, "the other");
    let reading = read(&roster(&google).await, &ledger, later(69)).await;
    assert_eq!((pair(&reading), google.reads()), (vec!["U0SATO0001".into(), "U0SUZUKI01".into()], 1));
    let reading = read(&roster(&google).await, &ledger, later(70)).await;
    assert_eq!((pair(&reading), google.reads()), (vec!["U0TAKAHA01".into(), "U0SUZUKI01".into()], 2));
}

#[tokio::test]
async fn an_outage_of_half_an_hour_is_not_noticed() {
    let google = google().await;
    let roster = roster(&google).await;
    let ledger = Ledger::memory();
    let start = at("2026-11-24T02:00:00Z");
    assert!(read(&roster, &ledger, start).await.is_ok());
    google.sheets_fail_always(GoogleFault::Unavailable);
    for second in (60..=1_800).step_by(5) {
        let reading = read(&roster, &ledger, start + TimeDelta::seconds(second)).await;
        assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "after {second} s");
        assert_eq!(reading.map(|reading| reading.read_at), Ok(start));
    }
    assert_eq!(google.reads(), 1 + 175, "one try in ten seconds");
    google.heal();
    let reading = read(&roster, &ledger, start + TimeDelta::seconds(1_815)).await;
    assert_eq!(reading.map(|reading| reading.read_at), Ok(start + TimeDelta::seconds(1_815)));
}

#[tokio::test]
async fn without_a_copy_every_delivery_tries() {
    let google = google().await;
    let roster = roster(&google).await;
    let ledger = Ledger::memory();
    let start = at("2026-11-24T02:00:00Z");
    google.sheets_fail_always(GoogleFault::Quota);
    for _ in 0..3 {
        assert_eq!(read(&roster, &ledger, start).await.err(), Some(Unreadable::Quota));
    }
    assert_eq!(google.reads(), 3);
    google.heal();
    assert_eq!(pair(&read(&roster, &ledger, start).await), ["U0SATO0001", "U0SUZUKI01"]);
}

#[tokio::test]
async fn a_revoked_token_is_replaced() {
    let google = google().await;
    let roster = roster(&google).await;
    let ledger = Ledger::memory();
    google.sheets_fail_next([GoogleFault::Unauthenticated]);
    assert_eq!(pair(&read(&roster, &ledger, at("2026-11-24T02:00:00Z")).await), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!((google.reads(), google.grants()), (2, 2));
}

#[tokio::test]
async fn a_copy_older_than_an_hour_is_named_as_one() {
    let google = google().await;
    let slack = Slack::start().await;
    let ledger = Ledger::memory();
    let roster = roster(&google).await;
    let start = at("2026-11-24T02:00:00Z");
    read(&roster, &ledger, start).await.expect("it can be read");
    google.sheets_fail_always(GoogleFault::Hang);
    let lookup = |variable: &str| (variable == "MESSAGE_LANGUAGE").then(|| "en".to_owned());
    let http = toban::net::http::client().expect("a client");
    let config = toban::setup::config::Config::from_lookup(lookup, &http, toban::setup::config::Reach::Local)
        .expect("a configuration");
    for (minutes, expected) in [
        (59, None),
        (61, Some("⚠️ The rotation cannot be read; this uses a copy from 1 h 1 min ago.")),
        (185, Some("⚠️ The rotation cannot be read; this uses a copy from 3 h 5 min ago.")),
    ] {
        let now = start + TimeDelta::minutes(minutes);
        let reading = read(&roster, &ledger, now).await;
        let mut events = toban::source::pagerduty::read(&triggered(1), now);
        let mut event = events.pop().expect("an event");
        event.occurred_at = now;
        let chat = toban::chat::Chat::console();
        let text = config.team.word(&event, &chat, &reading, None, Known::default(), now).rendered.text;
        assert!(text.starts_with("@佐藤 @鈴木\n"), "{text}");
        assert_eq!(text.lines().find(|line| line.starts_with("⚠️")), expected, "after {minutes} minutes");
    }
    drop(slack);
}

/// What can be wrong with Google, and what an alert and `toban check` say about it.
const FAULTS: &[(GoogleFault, bool, &str, &str)] = &[
    (
        GoogleFault::MissingTab,
        false,
        "範囲「rotation!A:Z」がありません (シート名と *_RANGE の設定を確認してください)",
        "there is no range 'rotation!A:Z' (look at the tab's name and the *_RANGE settings)",
    ),
    (
        GoogleFault::NotShared,
        false,
        "シートが共有されていません (toban@toban-test-123456.iam.gserviceaccount.com に閲覧者として共有してください)",
        "the sheet is not shared (share it with toban@toban-test-123456.iam.gserviceaccount.com as a viewer)",
    ),
    (
        GoogleFault::NotFound,
        false,
        "そのIDのスプレッドシートがありません (GOOGLE_SHEET_ID を確認してください)",
        "there is no spreadsheet of that id (look at GOOGLE_SHEET_ID)",
    ),
    (
        GoogleFault::Xlsx,
        false,
        "Google スプレッドシートではなく Excel ファイル (.xlsx) です (「ファイル」→「Google スプレッドシートとして保存」で作り直し、新しい ID を設定してください)",
        "it is an Excel file (.xlsx), not a Google spreadsheet (File → Save as Google Sheets, then set the new id)",
    ),
    (
        GoogleFault::Quota,
        false,
        "読み取り回数の上限 (1分60回) を超えました",
        "the quota of 60 reads a minute is used up",
    ),
    (
        GoogleFault::ApiDisabled,
        false,
        "Google Sheets API が無効です (サービスアカウントのプロジェクトで有効にしてください)",
        "the Google Sheets API is switched off (enable it in the service account's project)",
    ),
    (
        GoogleFault::Scope,
        false,
        "アクセストークンにスプレッドシートを読む権限 (spreadsheets.readonly) がありません",
        "the access token does not allow reading spreadsheets (spreadsheets.readonly)",
    ),
    (
        GoogleFault::Policy,
        false,
        "組織のポリシー (VPC Service Controls) が Google Sheets API の利用を止めています (管理者に相談してください)",
        "the organisation's policy (VPC Service Controls) forbids the Google Sheets API from here (ask its administrators)",
    ),
    (
        GoogleFault::Quota403,
        false,
        "読み取り回数の上限 (1分60回) を超えました",
        "the quota of 60 reads a minute is used up",
    ),
    (GoogleFault::Unavailable, false, "Google が応答できません (HTTP 503)", "Google is not available (HTTP 503)"),
    (GoogleFault::Html, false, "Google が応答できません (HTTP 503)", "Google is not available (HTTP 503)"),
    (
        GoogleFault::HtmlOk,
        false,
        "Google の API ではない応答が返りました (プロキシを確認してください)",
        "what answered is not Google's API (is there a proxy in between?)",
    ),
    (
        GoogleFault::Truncated,
        false,
        "Google の API ではない応答が返りました (プロキシを確認してください)",
        "what answered is not Google's API (is there a proxy in between?)",
    ),
    (GoogleFault::Hang, false, "Google から時間内に応答がありません", "Google did not answer in time"),
    (GoogleFault::Hang, true, "Google から時間内に応答がありません", "Google did not answer in time"),
    (
        GoogleFault::HtmlOk,
        true,
        "Google の API ではない応答が返りました (プロキシを確認してください)",
        "what answered is not Google's API (is there a proxy in between?)",
    ),
    (GoogleFault::Html, true, "Google が応答できません (HTTP 503)", "Google is not available (HTTP 503)"),
];

fn play(google: &Google, fault: GoogleFault, is_token: bool) {
    if is_token { google.token_fail_always(fault) } else { google.sheets_fail_always(fault) }
}

#[tokio::test]
async fn whatever_is_wrong_with_google_the_alert_goes_out_and_says_so() {
    for (fault, is_token, expected, _) in FAULTS {
        let google = google().await;
        let slack = Slack::start().await;
        play(&google, *fault, *is_token);
        let webhook = settings(&google, &slack).start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "{fault:?}");
        let message = slack.expect_one();
        assert_eq!(message.mentions, ["<!subteam^S0SRETEAM1>"], "{fault:?}");
        let line = format!("⚠️ 当番表を読めないため、代わりの宛先に知らせています: {expected}");
        assert!(message.text.lines().any(|found| found == line), "{fault:?}: {line}\nis not in\n{}", message.text);
    }
}

fn check(settings: &Settings, more: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_toban"))
        .args(["check", "--rotation-only"])
        .env_clear()
        .envs(settings.pairs())
        .env("MESSAGE_LANGUAGE", "en")
        .envs(more.iter().copied())
        .output()
        .expect("toban runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_is_wrong_with_google_and_how_to_fix_it() {
    let slack = Slack::start().await;
    for (fault, is_token, _, expected) in FAULTS {
        let google = google().await;
        play(&google, *fault, *is_token);
        let (code, printed) = check(&settings(&google, &slack), &[]);
        let place = format!("✗ rotation  sheet {} as {}: {expected}\n", Google::SHEET_ID, Google::CLIENT_EMAIL);
        assert_eq!(code, Some(1), "{fault:?}");
        assert!(printed.contains(&place), "{fault:?}: {place}is not in\n{printed}");
    }
    for (fault, start, end) in [
        (
            GoogleFault::InvalidGrant,
            "Google does not take the service account's key (invalid_grant: Invalid JWT",
            "; is it valid, is the clock right?\n",
        ),
        (
            GoogleFault::AccountNotFound,
            "Google does not take the service account's key (invalid_grant: ",
            "; is it valid, is the clock right?\n",
        ),
    ] {
        let google = google().await;
        google.token_fail_always(fault);
        let (code, printed) = check(&settings(&google, &slack), &[]);
        assert_eq!(code, Some(1), "{fault:?}");
        let line = printed.lines().find(|line| line.contains(start)).unwrap_or_else(|| panic!("{fault:?}:\n{printed}"));
        assert!(format!("{line}\n").ends_with(end), "{line}");
    }
    let google = google().await;
    google.sheets_fail_always(GoogleFault::Reset);
    let (code, printed) = check(&settings(&google, &slack), &[]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("Google cannot be reached: "), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_what_is_wrong_with_the_settings() {
    let google = google().await;
    let slack = Slack::start().await;
    let settings = settings(&google, &slack);
    for (variable, value, expected) in [
        (
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            "not json",
            "✗ settings  GOOGLE_SERVICE_ACCOUNT_KEY is not the JSON of a service account's key file",
        ),
        (
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            "{}",
            "✗ settings  GOOGLE_SERVICE_ACCOUNT_KEY is not the JSON of a service account's key file",
        ),
        ("GOOGLE_SERVICE_ACCOUNT_KEY", "", "✗ settings  GOOGLE_SERVICE_ACCOUNT_KEY is not set, but GOOGLE_SHEET_ID is"),
        (
            "GOOGLE_SHEET_ID",
            "a/b",
            "✗ settings  GOOGLE_SHEET_ID is not the id of a sheet: the long part of its URL, after /d/",
        ),
        (
            "GOOGLE_SHEET_ID",
            "",
            "✗ settings  GOOGLE_SHEET_ID is not set (nor ROTATION_FILE), so nobody is known to be on call",
        ),
    ] {
        let (code, printed) = check(&settings, &[(variable, value)]);
        assert_eq!(code, Some(1), "{variable}={value}");
        assert!(printed.contains(expected), "{expected}\nis not in\n{printed}");
    }
    let broken = google.service_account_key().replace("BEGIN PRIVATE KEY", "BEGIN NONSENSE");
    let (code, printed) = check(&settings, &[("GOOGLE_SERVICE_ACCOUNT_KEY", &broken)]);
    assert_eq!(code, Some(1));
    let broken =
        "the service account's key is broken (its private key is not PEM); set the JSON again as it was downloaded";
    assert!(printed.contains(broken), "{printed}");
    assert!(!printed.contains("MII"), "the key is printed:\n{printed}");
    // The webhook still starts, and alerts go out.
    let webhook = settings.with("GOOGLE_SERVICE_ACCOUNT_KEY", "not json").start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    let message = slack.expect_one();
    assert_eq!(message.mentions, ["<!subteam^S0SRETEAM1>"]);
    assert!(message.text.contains("設定に誤りがあります: GOOGLE_SERVICE_ACCOUNT_KEY"), "{}", message.text);
    assert_eq!(google.reads(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_lists_two_weeks_of_findings_with_their_cells() {
    let google = Google::start().await;
    let slack = Slack::start().await;
    google.set_tab("members", members());
    let row = |date: &str, names: &[&str]| {
        std::iter::once(serial(date)).chain(names.iter().map(|name| json!(name))).collect::<Vec<_>>()
    };
    google.set_tab(
        "rotation",
        vec![
            vec![json!("日付"), json!("担当1"), json!("担当2")],
            row("2026-11-19", &["だれか", "だれか"]),
            row("2026-11-20", &["佐藤", "鈴木"]),
            row("2026-11-23", &["佐藤", "鈴木"]),
            row("2026-11-24", &["佐藤", ""]),
            row("2026-11-25", &["山田", "鈴木"]),
            row("2026-11-26", &["高橋", "高橋"]),
            vec![json!("来週")],
            row("2026-11-27", &["佐藤", "鈴木"]),
            row("2026-11-27", &["高橋", "鈴木"]),
            row("2026-12-01", &["佐藤", "鈴木"]),
        ],
    );
    let (code, printed) = check(&settings(&google, &slack), &[("TOBAN_NOW", "2026-11-20T09:00:00+09:00")]);
    assert_eq!(code, Some(1));
    // Below each finding is the link to its cell.
    let is_own = |line: &&str| !line.contains(" ms)") && !line.trim_start().starts_with("https://docs.google.com/");
    let lines: Vec<_> = printed.lines().filter(is_own).collect();
    assert_eq!(
        lines,
        [
            "✓ chats     slack",
            "! rotation  Mon Nov 23: rotation!B4 is filled, but it is a holiday (勤労感謝の日): nobody is mentioned; the names can be removed",
            "✗ rotation  Tue Nov 24: rotation!C5 is empty; write a name there",
            "✗ rotation  Wed Nov 25: rotation!B6 '山田' is nobody we know; correct the name, or add a row to the members tab",
            "! rotation  Thu Nov 26: rotation!C7 '高橋' stands twice in the same day; write somebody else into one of the cells",
            "✗ rotation  Fri Nov 27: rotation!A10 Fri Nov 27 stands in another row with other people, so neither is read; remove one of the rows",
            "✗ rotation  Mon Nov 30: there is no row for Mon Nov 30; add a row for that day",
            "✗ rotation  the rotation ends on Tue Dec 1; add the rows that follow",
            "✓ rotation  Fri Nov 20 on call: 佐藤, 鈴木",
            "fix what is marked with ✗ and run this again",
        ]
    );
    // A complete rotation without a configured chat is fine.
    let mut rows = vec![vec![json!("日付"), json!("担当1"), json!("担当2")]];
    for day in 20..=30 {
        rows.push(row(&format!("2026-11-{day}"), &["佐藤", "鈴木"]));
    }
    for day in 1..=10 {
        rows.push(row(&format!("2026-12-{day:02}"), &["高橋", "鈴木"]));
    }
    rows.remove(4);
    google.set_tab("rotation", rows);
    let only_the_sheet =
        on(Settings(Vec::new()), &google).with("MEMBERS_RANGE", "members!A:D").with("TOBAN_NOW", TUESDAY);
    let (code, printed) = check(&only_the_sheet, &[]);
    let lines: Vec<_> = printed.lines().filter(|line| !line.contains(" ms)")).collect();
    assert_eq!(
        lines,
        [
            "! chats     none is configured yet: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or another of the README's table",
            "✓ rotation  Tue Nov 24 on call: 佐藤, 鈴木",
            "nothing is wrong",
        ]
    );
    assert_eq!(code, Some(0));
    let (_, printed) = check(&only_the_sheet, &[("MESSAGE_LANGUAGE", "ja")]);
    let place = format!("✓ rotation  シート {} ({} として): ", Google::SHEET_ID, Google::CLIENT_EMAIL);
    assert!(printed.lines().any(|line| line.starts_with(&place)), "{place} is not in\n{printed}");
    assert!(printed.ends_with("✓ rotation  11/24(火) 当番: 佐藤, 鈴木\n問題はありません\n"), "{printed}");
}

#[tokio::test]
async fn sheets_as_people_keep_them() {
    let google = Google::start().await;
    let slack = Slack::start().await;
    for (what, rows, members, expected) in [
        ("an empty tab", vec![], vec![], Err("11/24(火) の行がありません")),
        ("only a header", vec![vec![json!("日付"), json!("担当1")]], vec![], Err("11/24(火) の行がありません")),
        (
            "text dates",
            vec![vec![json!("2026年11月24日(火)"), json!("佐藤"), json!("鈴木")]],
            self::members(),
            Ok(vec!["<@U0SATO0001>", "<@U0SUZUKI01>"]),
        ),
        (
            "a cell merged over three columns",
            vec![vec![json!("日付"), json!("担当1"), json!("担当2")], vec![serial("2026-11-24"), json!("佐藤")]],
            self::members(),
            Ok(vec!["<@U0SATO0001>"]),
        ),
        (
            "names of digits",
            vec![vec![json!("日付"), json!("担当1")], vec![serial("2026-11-24"), json!(4711)]],
            vec![vec![json!("name"), json!("slack")], vec![json!(4711), json!("U0DIGIT001")]],
            Ok(vec!["<@U0DIGIT001>"]),
        ),
        (
            "a blank row in between",
            vec![vec![json!("日付"), json!("担当1")], vec![], vec![serial("2026-11-24"), json!("佐藤")]],
            self::members(),
            Ok(vec!["<@U0SATO0001>"]),
        ),
        (
            "booleans",
            vec![vec![json!("日付"), json!("担当1")], vec![serial("2026-11-24"), json!(true)]],
            self::members(),
            Err("|rotation!B2> の「true」は誰のことか分かりません"),
        ),
    ] {
        google.set_tab("rotation", rows);
        google.set_tab("members", members);
        let webhook = settings(&google, &slack).start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "{what}");
        let message = slack.expect_one();
        match expected {
            Ok(mentions) => assert_eq!(message.mentions, mentions, "{what}"),
            Err(reason) => assert!(message.text.contains(reason), "{what}: {}", message.text),
        }
    }
    google.set_tab("rotation", rotation());
    google.set_tab("members", self::members());
    google.sheets_fail_always(GoogleFault::Huge);
    let webhook = settings(&google, &slack).start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    assert_eq!(slack.expect_one().mentions, PAIR, "2 MB are read");
}

#[tokio::test]
async fn a_read_that_hangs_does_not_keep_the_function_from_starting() {
    let google = google().await;
    let slack = Slack::start().await;
    google.token_fail_next([GoogleFault::Hang]);
    let function = Function::start(WEBHOOK, &settings(&google, &slack).pairs()).await;
    assert_eq!(google.token_calls(), 1, "the first read was dropped, and the function asks for events");
    drop(function);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_is_wrong_with_a_sheet_that_holds_nobody() {
    let google = Google::start().await;
    let slack = Slack::start().await;
    google.set_tab("members", members());
    for (what, rows, expected) in [
        (
            "an empty tab",
            vec![],
            "✗ rotation  rotation!A1 the tab is empty; write date,on-call 1,on-call 2 into its first row\n",
        ),
        (
            "only a header",
            vec![vec![json!("日付"), json!("担当1")]],
            "✗ rotation  there is no row for Tue Nov 24; add a row for that day\n",
        ),
        (
            "no on-call column",
            vec![vec![json!("日付"), json!("インフラ担当")], vec![serial("2026-11-24"), json!("佐藤")]],
            "✗ rotation  rotation!A1 no column's header says who is on call; head the columns of who is on call on-call 1 and on-call 2\n",
        ),
        (
            "a date that is none",
            vec![vec![json!("日付"), json!("担当1")], vec![json!("11/32"), json!("佐藤")]],
            "✗ rotation  rotation!A2 '11/32' is not a date; write it as 2026/11/24\n",
        ),
    ] {
        google.set_tab("rotation", rows);
        let (code, printed) = check(&settings(&google, &slack), &[]);
        assert_eq!(code, Some(1), "{what}:\n{printed}");
        assert!(printed.contains(expected), "{what}: {expected}is not in\n{printed}");
    }
}

#[tokio::test]
async fn a_key_that_google_refuses_does_not_stop_an_alert() {
    for fault in [GoogleFault::InvalidGrant, GoogleFault::AccountNotFound] {
        let google = google().await;
        let slack = Slack::start().await;
        google.token_fail_always(fault);
        let webhook = settings(&google, &slack).start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted(), "{fault:?}");
        let message = slack.expect_one();
        assert_eq!(message.mentions, ["<!subteam^S0SRETEAM1>"], "{fault:?}");
        let reason = "Google がサービスアカウントの鍵を受け付けません (invalid_grant: ";
        assert!(message.text.contains(reason), "{fault:?}: {}", message.text);
    }
}
