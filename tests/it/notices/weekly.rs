//! The week.

use super::{Said, World, at};
use crate::golden;
use crate::kit::{Fault, Rows, Typetalk};
use crate::running::{data, ledger_on};
use std::sync::Arc;
use toban::domain::destination::Destination;
use toban::domain::incident::EventKey;
use toban::domain::incident::EventKind::{Annotated, Escalated, Resolved, SreCalled, Taken, Triggered};
use toban::ledger::Mentioned::{Nobody, Somebody};

const HTTP: &str = "HTTP 5xx が 5% を超えています";
const DISK: &str = "ディスク使用率が 90% を超えています";
/// What people write, to ping, to break out, and to be a formula.
const ODD: &str = "=IMPORTXML(\"x\") ``` <!channel> @all\t*x*";

const TWO_PAIRS: [(&str, &str); 3] =
    [("2026-10-01", "鈴木,高橋"), ("2026-11-24", "佐藤,鈴木"), ("2026-11-30", "高橋,佐藤")];

/// Two weeks, with what people pressed.
fn weeks() -> Vec<Said<'static>> {
    vec![
        ("2026-10-05T11:00", Triggered, 4700, HTTP, None, Somebody),
        ("2026-10-05T11:30", Resolved, 4700, HTTP, Some("鈴木"), Nobody),
        ("2026-11-17T02:00", Triggered, 4801, DISK, None, Nobody),
        ("2026-11-17T02:02", Resolved, 4801, DISK, None, Nobody),
        ("2026-11-18T11:00", Triggered, 4802, DISK, None, Somebody),
        ("2026-11-23T04:00", Triggered, 4803, DISK, None, Nobody),
        ("2026-11-23T04:04", Resolved, 4803, DISK, None, Nobody),
        ("2026-11-24T11:02", Triggered, 4812, HTTP, None, Somebody),
        ("2026-11-24T11:06", Taken, 4812, HTTP, Some("佐藤"), Nobody),
        ("2026-11-24T11:07", Annotated, 4812, HTTP, Some("佐藤"), Nobody),
        ("2026-11-24T11:40", Resolved, 4812, HTTP, Some("佐藤"), Nobody),
        ("2026-11-25T11:00", Triggered, 4813, ODD, None, Somebody),
        ("2026-11-25T11:02", Taken, 4813, ODD, Some("鈴木"), Nobody),
        ("2026-11-25T11:20", SreCalled, 4813, ODD, Some("鈴木"), Nobody),
        ("2026-11-25T12:00", Resolved, 4813, ODD, Some("山田"), Nobody),
        ("2026-11-26T01:00", Triggered, 4814, DISK, None, Nobody),
        ("2026-11-26T01:30", Escalated, 4814, DISK, None, Somebody),
        ("2026-11-27T10:00", Triggered, 4815, HTTP, None, Somebody),
    ]
}

async fn world(language: &str) -> World {
    let world = World::start("weekly", &TWO_PAIRS, &[]).await;
    world.with("MESSAGE_LANGUAGE", language)
}

/// A whole week, one without buttons, an empty one, one over New Year with one working day, each as it is posted.
#[tokio::test]
async fn weeks_are_told_whole() {
    let without_buttons = || weeks().into_iter().filter(|said| !said.1.is_pressed()).collect::<Vec<_>>();
    let new_year: Vec<Said<'static>> = vec![
        ("2026-12-26T03:00", Triggered, 4901, DISK, None, Nobody),
        ("2026-12-26T03:01", Resolved, 4901, DISK, None, Nobody),
        ("2026-12-28T11:00", Triggered, 4902, HTTP, None, Somebody),
        ("2026-12-28T11:10", Resolved, 4902, HTTP, Some("佐藤"), Nobody),
    ];
    let rest = ["2026-12-29", "2026-12-30", "2026-12-31"];
    let next = ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"];
    for language in ["ja", "en"] {
        let mut all = String::new();
        for (name, time, story, holidays, is_told) in [
            ("full", "2026-11-27T16:30", weeks(), &[][..], true),
            ("without buttons", "2026-11-27T16:30", without_buttons(), &[], true),
            ("empty", "2026-11-27T16:40", Vec::new(), &[], true),
            // The company has Friday off.
            ("thursday", "2026-11-26T16:30", weeks(), &["2026-11-27"], true),
            ("one working day, and then New Year", "2026-12-28T16:30", new_year.clone(), &rest, true),
            ("next week has one working day", "2026-12-28T16:30", new_year.clone(), &next, true),
            ("a week without a working day", "2027-01-08T16:30", weeks(), &["2027-01-08"], false),
        ] {
            let world = World::start("weekly", &TWO_PAIRS, holidays).await.with("MESSAGE_LANGUAGE", language);
            let story: Vec<_> = story.into_iter().filter(|said| at(said.0) < at(time)).collect();
            world.told(&story).await;
            let sent = world.tick(time).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let posted = world.posted();
            assert_eq!(sent > 0, is_told, "{name}: {posted}");
            assert!(!posted.contains('['), "{name}: it mentions somebody: {posted}");
            let first = posted.lines().skip(1).take_while(|line| !line.starts_with("    ")).count();
            assert!(first <= 8, "{name}: {first} lines: {posted}");
            all.push_str(&format!("== {name}, {time}\n{posted}"));
        }
        golden::check(&data(&format!("notices/weekly.{language}.txt")), &all);
    }
}

/// It comes once, at its time, on the last working day, and never on another.
#[tokio::test]
async fn it_comes_once_a_week() {
    let world = world("ja").await;
    world.told(&weeks()).await;
    for (time, sent) in [
        ("2026-11-26T16:30", 0),
        ("2026-11-27T16:20", 0),
        ("2026-11-27T16:30", 2),
        ("2026-11-27T16:40", 0),
        ("2026-11-27T16:50", 0),
        ("2026-11-28T16:30", 0),
        ("2026-12-04T16:30", 1),
    ] {
        assert_eq!(world.tick(time).await, Ok(sent), "{time}");
    }
    let posted = world.posted();
    assert_eq!(posted.matches("📊").count(), 2, "{posted}");
    assert_eq!(posted.matches("📋").count(), 1, "the second week had no alert: {posted}");
}

#[tokio::test]
async fn two_ticks_at_once_tell_it_once() {
    let world = world("ja").await;
    world.told(&weeks()).await;
    assert_eq!(world.two_ticks("2026-11-27T16:30").await, [0, 2]);
    let posted = world.posted();
    assert_eq!((posted.matches("📊").count(), posted.matches("🔁").count()), (1, 0), "{posted}");
}

/// Wherever the process dies, the week and its rows are there once more at most, marked; at the third tick there is nothing to do.
#[tokio::test]
async fn a_process_that_dies_costs_a_marked_repeat_at_most() {
    for (calls, fault, first, repeats, rows) in [
        // Slack has the week, and the process has not heard of it.
        (1, Fault::HangAfterAccepting, 2, 1, 1),
        // Slack has not.
        (1, Fault::Hang, 1, 1, 1),
    ] {
        let world = world("ja").await;
        world.told(&weeks()).await;
        world.slack.fail_next([fault]);
        world.tick_dies("2026-11-27T16:30", calls).await;
        assert_eq!(world.tick("2026-11-27T16:40").await, Ok(2), "{fault:?}");
        assert_eq!(world.tick("2026-11-27T16:49").await, Ok(0), "{fault:?}");
        let posted = world.posted();
        let counts = [posted.matches("📊").count(), posted.matches("🔁").count(), posted.matches("📋").count()];
        assert_eq!(counts, [first, repeats, rows], "{fault:?}: {posted}");
    }
    // It dies between the two messages: only the rows come again.
    let world = world("ja").await;
    world.told(&weeks()).await;
    world.slack.fail_next([Fault::Accept, Fault::HangAfterAccepting]);
    world.tick_dies("2026-11-27T16:30", 2).await;
    assert_eq!(world.tick("2026-11-27T16:40").await, Ok(1));
    let posted = world.posted();
    assert_eq!((posted.matches("📊").count(), posted.matches("📋").count()), (1, 2), "{posted}");
}

/// What no chat takes fails the tick, is tried at the next one, and is not made up for later.
#[tokio::test]
async fn a_chat_that_refuses_it_is_asked_twice() {
    let world = world("ja").await;
    world.told(&weeks()).await;
    world.slack.fail_always_of("chat.postMessage", Fault::ServerError);
    let refused = Err("no chat has taken the notice 'weekly'".to_owned());
    assert_eq!(world.tick("2026-11-27T16:30").await, refused);
    world.slack.heal();
    assert_eq!(world.tick("2026-11-27T16:40").await, Ok(2));
    assert!(!world.posted().contains("🔁"), "it was certainly not posted");
    let world = self::world("ja").await;
    world.slack.fail_always_of("chat.postMessage", Fault::Refuse("channel_not_found"));
    assert_eq!(world.tick("2026-11-27T16:30").await, refused);
    assert_eq!(world.tick("2026-11-27T16:40").await, refused);
    world.slack.heal();
    for time in ["2026-11-27T16:50", "2026-11-30T10:00", "2026-11-30T16:30", "2026-12-03T16:30"] {
        assert_eq!(world.tick(time).await, Ok(0), "{time}");
    }
    world.slack.expect_none();
}

/// Without the ledger nothing is known, and nothing is said.
#[tokio::test]
async fn without_the_ledger_it_is_not_told() {
    for actions in [&["GetItem", "PutItem", "Query"][..], &["Query"]] {
        let world = world("ja").await;
        let rows = Rows::start().await;
        rows.refuse(actions);
        let ledger = Arc::new(ledger_on(&rows));
        let unsent = Err("the ledger does not answer, so the notice 'weekly' is not sent".to_owned());
        assert_eq!(world.tick_with(&ledger, "2026-11-27T16:30").await, unsent, "{actions:?}");
        assert_eq!(world.slack.calls(), 0);
        // It is back in time: the claim was given back.
        rows.refuse(&[]);
        let other = Arc::new(ledger_on(&rows));
        // Its writes are not taken for those of the first process.
        other.claim(&EventKey("another".into()), Destination::Any, at("2026-11-27T16:40")).await;
        assert_eq!(world.tick_with(&other, "2026-11-27T16:40").await, Ok(1), "{actions:?}");
        let posted = world.posted();
        assert_eq!((posted.matches("📊").count(), posted.matches("🔁").count()), (1, 0), "{posted}");
    }
}

/// What could not be claimed for the second chat is told in both at the next tick, in neither as a repeat.
#[tokio::test]
async fn a_ledger_that_fails_between_two_chats_marks_nothing_as_a_repeat() {
    let typetalk = Typetalk::start().await;
    let world = world("ja").await;
    let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    let world = World { settings, ..world };
    let rows = Rows::start().await;
    rows.refuse_next_row("backup");
    let ledger = Arc::new(ledger_on(&rows));
    let unsent = Err("the ledger does not answer, so the notice 'weekly' is not sent".to_owned());
    assert_eq!(world.tick_with(&ledger, "2026-11-27T16:30").await, unsent);
    assert_eq!(world.slack.calls(), 0);
    let other = Arc::new(ledger_on(&rows));
    // Its writes are not taken for those of the first process.
    other.claim(&EventKey("another".into()), Destination::Any, at("2026-11-27T16:40")).await;
    assert_eq!(world.tick_with(&other, "2026-11-27T16:40").await, Ok(1));
    let told: Vec<_> = typetalk.take().into_iter().map(|post| post.message).collect();
    let posted = format!("{}{}", world.posted(), told.join("\n"));
    assert_eq!((posted.matches("📊").count(), posted.matches("🔁").count()), (2, 0), "{posted}");
}

/// A rotation that cannot be read costs the names.
#[tokio::test]
async fn without_the_rotation_the_numbers_are_told() {
    let world = world("en").await.with("ROTATION_FILE", "/nowhere/rota.csv");
    world.told(&weeks()).await;
    assert_eq!(world.tick("2026-11-27T16:30").await, Ok(2));
    let posted = world.posted();
    let unreadable = "⚠️ The rotation cannot be read: ROTATION_FILE: rota.csv is not there; name a file that is";
    assert!(posted.starts_with(&format!("--\n📊 This week {unreadable}\n5 alerts (last week 2)")), "{posted}");
    assert!(posted.contains(&format!("\nNext week {unreadable}\n")), "{posted}");
}

/// Each chat gets it; where a chat has no threads, the rows are left out.
#[tokio::test]
async fn each_of_two_chats_is_told() {
    let typetalk = Typetalk::start().await;
    let world = world("en").await;
    world.told(&weeks()).await;
    let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    let world = World { settings, ..world };
    world.slack.fail_next_of("chat.postMessage", [Fault::ServerError]);
    assert_eq!(world.tick("2026-11-27T16:30").await, Ok(2), "the week and its rows");
    let told: Vec<_> = typetalk.take().into_iter().map(|post| post.message).collect();
    assert!(told[0].starts_with("📊 This week"), "{told:?}");
    assert_eq!(told.len(), 2, "{told:?}");
    world.slack.expect_none();
    // The other one, and its rows, at the next tick.
    assert_eq!(world.tick("2026-11-27T16:40").await, Ok(2));
    assert_eq!(typetalk.take().len(), 0);
    let posted = world.posted();
    assert_eq!((posted.matches("📊").count(), posted.matches("    📋").count()), (1, 1), "{posted}");
}

/// A storm is counted whole, looked at in part, and says so.
#[tokio::test]
async fn a_storm_is_cut_and_says_so() {
    let world = world("ja").await;
    let times: Vec<_> = (0..230).map(|nth| format!("2026-11-25T{:02}:{:02}", 10 + nth / 60, nth % 60)).collect();
    let story: Vec<_> =
        times.iter().zip(5000..).map(|(time, number)| (&**time, Triggered, number, HTTP, None, Somebody)).collect();
    world.told(&story).await;
    assert_eq!(world.tick("2026-11-27T16:30").await, Ok(2));
    let posted = world.posted();
    assert!(posted.contains("アラート 230件 (先週 0)、メンション 230。以下は新しい200件のみ\n"), "{posted}");
    assert!(posted.contains("未解決 230件: #PD5000 (2日6時間)、"), "{posted}");
    assert!(posted.contains("、… ほか225件\n"), "{posted}");
    assert!(posted.contains("    📋 表に貼り付けられる形です (25件)\n"), "{posted}");
    assert!(posted.ends_with("    ```\n    … ほか205件\n"), "{posted}");
    assert!(posted.contains("\t#PD5229\t") && !posted.contains("\t#PD5204\t"), "the latest: {posted}");
}

/// Off unless it is named.
#[tokio::test]
async fn without_the_setting_nothing_is_told() {
    let world = world("ja").await.with("NOTICES", "");
    world.told(&weeks()).await;
    assert_eq!(world.tick("2026-11-27T16:30").await, Ok(0));
    assert_eq!(world.slack.calls(), 0);
}
