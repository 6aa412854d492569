//! Exercises.

use super::{Said, World, at};
use crate::golden;
use crate::kit::{Fault, Rows};
use crate::running::{data, ledger_on};
use std::sync::Arc;
use toban::domain::incident::EventKind::{Acknowledged, Annotated, Escalated, Reopened, Resolved, Triggered};
use toban::ledger::Mentioned::{Nobody, Somebody};

const HTTP: &str = "HTTP 5xx が 5% を超えています <!channel>";
const ROTATION: [(&str, &str); 3] =
    [("2026-10-01", "鈴木,高橋"), ("2026-11-24", "佐藤,鈴木"), ("2026-11-30", "高橋,佐藤")];
/// The fourth day of the pair.
const FRIDAY: &str = "2026-11-27";

/// What came before: one incident with a whole record, and others without.
fn past() -> Vec<Said<'static>> {
    vec![
        ("2026-11-02T11:02", Triggered, 4700, HTTP, None, Somebody),
        ("2026-11-02T11:05", Acknowledged, 4700, HTTP, Some("鈴木 彩"), Nobody),
        ("2026-11-02T11:10", Annotated, 4700, HTTP, Some("鈴木 彩"), Nobody),
        ("2026-11-02T11:20", Escalated, 4700, HTTP, None, Somebody),
        ("2026-11-02T11:40", Resolved, 4700, HTTP, Some("高橋 誠"), Nobody),
        // Too recent, nobody has resolved it, no note.
        ("2026-11-20T11:00", Triggered, 4701, "CPU", None, Somebody),
        ("2026-11-20T11:01", Annotated, 4701, "CPU", Some("鈴木 彩"), Nobody),
        ("2026-11-20T11:40", Resolved, 4701, "CPU", Some("高橋 誠"), Nobody),
        ("2026-11-04T11:00", Triggered, 4702, "memory", None, Somebody),
        ("2026-11-04T11:01", Annotated, 4702, "memory", Some("鈴木 彩"), Nobody),
        ("2026-11-04T11:02", Annotated, 4702, "memory", Some("鈴木 彩"), Nobody),
        ("2026-11-04T11:03", Annotated, 4702, "memory", Some("鈴木 彩"), Nobody),
        ("2026-11-04T11:04", Annotated, 4702, "memory", Some("鈴木 彩"), Nobody),
        ("2026-11-04T11:40", Resolved, 4702, "memory", None, Nobody),
        ("2026-11-05T11:00", Triggered, 4703, "disk", None, Somebody),
        ("2026-11-05T11:40", Resolved, 4703, "disk", Some("高橋 誠"), Nobody),
    ]
}

async fn world(language: &str) -> World {
    let world = World::start("exercises", &ROTATION, &[]).await.with("MESSAGE_LANGUAGE", language);
    world.told(&past()).await;
    world
}

fn on(day: &str, time: &str) -> String {
    format!("{day}T{time}")
}

/// The question in the morning, what was done in its thread in the afternoon, and nothing besides, in three weeks of ticks.
#[tokio::test]
async fn an_exercise_is_asked_and_answered_once() {
    for language in ["ja", "en"] {
        let world = world(language).await;
        let mut all = String::new();
        for day in 24..=30 {
            for hour in 9..18 {
                for minute in ["00", "10", "20", "30", "40", "50"] {
                    let time = format!("2026-11-{day}T{hour:02}:{minute}");
                    let sent = world.tick(&time).await.unwrap_or_else(|error| panic!("{time}: {error}"));
                    let posted = world.posted();
                    assert_eq!(sent, posted.matches("--").count(), "{time}: {posted}");
                    if sent > 0 {
                        all.push_str(&format!("== {time}\n{posted}"));
                    }
                }
            }
        }
        golden::check(&data(&format!("notices/exercise.{language}.txt")), &all);
    }
}

/// Where old rows are taken out of the sheet, the days before do not begin the run anew.
#[tokio::test]
async fn a_rotation_that_is_cut_gives_no_second_one() {
    let whole = world("ja").await;
    let another: [Said<'_>; 3] = [
        ("2026-11-06T11:02", Triggered, 4704, HTTP, None, Somebody),
        ("2026-11-06T11:10", Annotated, 4704, HTTP, Some("鈴木 彩"), Nobody),
        ("2026-11-06T11:40", Resolved, 4704, HTTP, Some("高橋 誠"), Nobody),
    ];
    whole.told(&another).await;
    assert_eq!(whole.tick(&on(FRIDAY, "10:30")).await, Ok(1));
    assert!(whole.posted().contains("【演習】"), "the one there is");
    for first in ["2026-11-25", "2026-11-26", "2026-11-27"] {
        let cut = World::start("exercises", &[(first, "佐藤,鈴木")], &[]).await;
        let cut = World { table: whole.table.clone(), ..cut };
        for day in ["2026-11-30", "2026-12-01", "2026-12-02"] {
            assert_eq!(cut.tick(&on(day, "10:30")).await, Ok(0), "{first} {day}");
        }
    }
}

/// It happened at least two weeks ago, and not again since.
#[tokio::test]
async fn what_was_reopened_last_week_is_no_exercise() {
    let world = world("ja").await;
    let again: [Said<'_>; 2] = [
        ("2026-11-23T03:00", Reopened, 4700, HTTP, None, Nobody),
        ("2026-11-23T03:20", Resolved, 4700, HTTP, Some("高橋 誠"), Nobody),
    ];
    world.told(&again).await;
    assert_eq!(world.tick(&on(FRIDAY, "10:30")).await, Ok(0));
}

/// What keeps an exercise from being sent.
#[tokio::test]
async fn people_who_have_other_things_to_do_get_none() {
    let begun = |number, time| (time, Triggered, number, "new", None, Somebody);
    let over = |number, time| (time, Resolved, number, "new", Some("佐藤"), Nobody);
    for (what, story, sent) in [
        ("nothing", vec![], 1),
        ("one is open since before", vec![begun(4800, "2026-11-20T10:00")], 0),
        ("one came this week", vec![begun(4800, "2026-11-25T10:00"), over(4800, "2026-11-25T10:10")], 0),
        ("one came at night", vec![begun(4800, "2026-11-26T03:00"), over(4800, "2026-11-26T03:10")], 0),
        ("one came on the holiday before", vec![begun(4800, "2026-11-23T10:00"), over(4800, "2026-11-23T10:10")], 1),
    ] {
        let world = world("ja").await;
        world.told(&story).await;
        assert_eq!(world.tick(&on(FRIDAY, "10:30")).await, Ok(sent), "{what}");
        assert_eq!(world.tick(&on(FRIDAY, "16:00")).await, Ok(sent), "{what}: answered if it was asked");
        world.posted();
    }
    // Nothing has a record that is good enough.
    let world = World::start("exercises", &ROTATION, &[]).await;
    world.told(&past()[5..]).await;
    assert_eq!(world.tick(&on(FRIDAY, "10:30")).await, Ok(0));
    assert_eq!(world.tick(&on(FRIDAY, "10:40")).await, Ok(0));
    assert_eq!(world.tick(&on(FRIDAY, "16:00")).await, Ok(0));
    assert_eq!(world.slack.calls(), 0);
}

/// What was done is told although an alert came, and somebody else is on call now.
#[tokio::test]
async fn what_was_done_is_told_whatever_has_come_since() {
    let world = world("ja").await;
    assert_eq!(world.tick(&on(FRIDAY, "10:30")).await, Ok(1));
    let question = world.posted();
    world.told(&[("2026-11-27T11:00", Triggered, 4900, "new", None, Somebody)]).await;
    let other = World::start("exercises", &[("2026-11-01", "高橋,高橋")], &[]).await;
    let other = World { table: world.table.clone(), ..other.with("SLACK_BASE_URL", &world.slack.base_url()) };
    assert_eq!(other.tick(&on(FRIDAY, "16:10")).await, Ok(1));
    let answer = world.posted();
    assert!(question.contains("[\"<@U0SATO0001>\", \"<@U0SUZUKI01>\"]"), "{question}");
    assert!(answer.starts_with("    --\n    【演習】当時の対応 #PD4700\n"), "{answer}");
}

/// An incident is used once; exercises are no incidents.
#[tokio::test]
async fn the_next_exercise_is_about_another_one() {
    let world = world("ja").await;
    let second = past()
        .into_iter()
        .take(5)
        .map(|(time, kind, _, _, who, mentioned)| (time, kind, 4699, "batch", who, mentioned));
    let second: Vec<_> = second.filter(|said| said.1 != Acknowledged).collect();
    world.told(&second).await;
    for (day, title) in
        [(FRIDAY, "HTTP 5xx"), ("2026-12-03", "「batch」"), ("2026-12-10", "「CPU」"), ("2026-12-17", "")]
    {
        let rotation = [
            ("2026-11-24", "佐藤,鈴木"),
            ("2026-11-30", "高橋,佐藤"),
            ("2026-12-07", "鈴木,佐藤"),
            ("2026-12-14", "高橋,鈴木"),
        ];
        let week = World::start("exercises", &rotation, &[]).await.with("SLACK_BASE_URL", &world.slack.base_url());
        let week = World { table: world.table.clone(), ..week };
        assert_eq!(week.tick(&on(day, "10:30")).await, Ok(usize::from(!title.is_empty())), "{day}");
        let posted = world.posted();
        assert!(posted.contains(title), "{day}: {posted}");
    }
    let ledger = world.ledger("test");
    assert_eq!(ledger.open_incidents().await.map(|open| open.len()), Some(0));
    let posted = ledger.posted_between(at("2026-11-24T00:00"), at("2026-12-31T00:00")).await;
    assert_eq!(posted.map(|posted| posted.len()), Some(0));
}

/// A repeat says so, asks the same, and mentions nobody.
#[tokio::test]
async fn a_process_that_dies_costs_a_repeat_without_a_mention() {
    for fault in [Fault::HangAfterAccepting, Fault::Hang] {
        let world = world("ja").await;
        world.slack.fail_next([fault]);
        world.tick_dies(&on(FRIDAY, "10:30"), 1).await;
        assert_eq!(world.tick(&on(FRIDAY, "10:40")).await, Ok(1), "{fault:?}");
        assert_eq!(world.tick(&on(FRIDAY, "10:49")).await, Ok(0), "{fault:?}");
        let posted = world.posted();
        let repeat = posted.rsplit("--").next().unwrap_or_default();
        assert!(repeat.starts_with('\n') && repeat.contains("HTTP 5xx") && repeat.contains("🔁"), "{posted}");
        world.slack.fail_next([fault]);
        world.tick_dies(&on(FRIDAY, "16:00"), 1).await;
        assert_eq!(world.tick(&on(FRIDAY, "16:10")).await, Ok(1), "{fault:?}");
        assert_eq!(world.tick(&on(FRIDAY, "16:19")).await, Ok(0), "{fault:?}");
        let posted = world.posted();
        assert!(posted.contains("    【演習】当時の対応 #PD4700\n") && posted.contains("    🔁"), "{posted}");
    }
}

#[tokio::test]
async fn two_ticks_at_once_send_it_once() {
    let world = world("ja").await;
    for time in ["10:30", "16:00"] {
        assert_eq!(world.two_ticks(&on(FRIDAY, time)).await, [0, 1], "{time}");
        assert_eq!(world.posted().matches("--").count(), 1, "{time}");
    }
}

/// A chat that refuses it costs this one exercise, and not its answer if the second tick brings it.
#[tokio::test]
async fn what_is_not_taken_is_not_made_up_for_on_another_day() {
    let world = world("ja").await;
    world.slack.fail_always_of("chat.postMessage", Fault::ServerError);
    let refused = Err("no chat has taken the notice 'exercises'".to_owned());
    assert_eq!(world.tick(&on(FRIDAY, "10:30")).await, refused);
    assert_eq!(world.tick(&on(FRIDAY, "10:40")).await, refused);
    world.slack.heal();
    for time in ["2026-11-27T10:50", "2026-11-27T16:00", "2026-11-30T10:30", "2026-12-01T10:30"] {
        assert_eq!(world.tick(time).await, Ok(0), "{time}");
    }
    world.slack.expect_none();
}

#[tokio::test]
async fn without_the_ledger_there_is_none() {
    let world = world("ja").await;
    let rows = Rows::start().await;
    rows.refuse(&["GetItem", "PutItem", "Query"]);
    let unsent = Err("the ledger does not answer, so the notice 'exercises' is not sent".to_owned());
    for time in ["10:30", "16:00"] {
        assert_eq!(world.tick_with(&Arc::new(ledger_on(&rows)), &on(FRIDAY, time)).await, unsent, "{time}");
    }
    assert_eq!(world.slack.calls(), 0);
}
