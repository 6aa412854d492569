//! Changed turns.

use super::World;
use crate::golden;
use crate::kit::{Fault, Rows, Typetalk};
use crate::provision::file;
use crate::running::{data, ledger_on};
use chrono::{Datelike as _, NaiveDate, Weekday};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the rota says of some days, instead of what it says of their weeks; `""` for no row.
type Edits<'a> = &'a [(&'a str, &'a str)];

/// A row for each weekday from the 16th of November until then, with a pair for each week, and with these edits.
fn rota(until: &str, edits: Edits<'_>) -> String {
    let edits: BTreeMap<NaiveDate, &str> =
        edits.iter().map(|(day, cells)| (super::date(&format!("2026-{day}")), *cells)).collect();
    let days = super::date("2026-11-16").iter_days().take_while(|day| *day <= super::date(&format!("2026-{until}")));
    let row = |day: NaiveDate| {
        let pair = ["佐藤,鈴木", "高橋,佐藤", "鈴木,高橋"][day.iso_week().week() as usize % 3];
        match edits.get(&day).copied().unwrap_or(pair) {
            "" => String::new(),
            cells => format!("{day},{cells}\n"),
        }
    };
    let is_weekday = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let rows: String = days.filter(is_weekday).map(row).collect();
    format!("date,on-call,on-call\n{rows}")
}

impl World {
    /// Nothing has been told yet.
    async fn of_turns() -> Self {
        let world = Self::start("turns", &[("2026-11-24", "佐藤,鈴木")], &["2026-12-04"]).await;
        let mut world = world.with("MESSAGE_LANGUAGE", "en");
        world.edits("12-31", &[]);
        world
    }

    /// Somebody edits the rota.
    fn edits(&mut self, until: &str, edits: Edits<'_>) {
        self.settings = self.settings.clone().with("ROTATION_FILE", &file("rotation.csv", &rota(until, edits)));
    }

    /// Nobody can read it.
    fn loses_the_rota(&mut self) {
        self.settings = self.settings.clone().with("ROTATION_FILE", "/nowhere/rotation.csv");
    }

    /// Ticks, each of which succeeds.
    async fn ticks(&self, times: &[&str]) -> Vec<usize> {
        let mut sent = Vec::new();
        for time in times {
            let time = format!("2026-{time}");
            sent.push(self.tick(&time).await.unwrap_or_else(|error| panic!("{time}: {error}")));
        }
        sent
    }
}

/// What each edit of three weeks brings, tick by tick.
#[tokio::test]
async fn what_changes_is_told_once_and_nothing_else_is() {
    let story: &[(&str, &str, Edits<'_>)] = &[
        ("11-24T10:03", "11-30", &[]),
        // A swap; the next one is made while the first is waiting.
        ("11-24T11:03", "11-30", &[("11-26", "高橋,佐藤")]),
        ("11-24T11:13", "11-30", &[("11-26", "高橋,佐藤"), ("11-27", "佐藤,高橋")]),
        // The other way round, and once more in the same cell.
        ("11-24T14:03", "11-30", &[("11-26", "佐藤,高橋"), ("11-27", "佐藤,高橋")]),
        // A typo, which is corrected the next morning.
        ("11-24T15:03", "11-30", &[("11-26", "佐藤,高梨"), ("11-27", "佐藤,高橋")]),
        ("11-25T10:33", "11-30", &[("11-26", "佐藤,鈴木"), ("11-27", "佐藤,高橋")]),
        // At night somebody takes a name out, and undoes it before the hours.
        ("11-25T20:03", "11-30", &[("11-26", "佐藤,鈴木"), ("11-27", "佐藤,")]),
        ("11-26T09:03", "11-30", &[("11-26", "佐藤,鈴木"), ("11-27", "佐藤,高橋")]),
        // At night, and nobody is left.
        ("11-26T20:03", "11-30", &[("11-26", "佐藤,鈴木"), ("11-27", "佐藤,高橋"), ("11-30", ",")]),
        // The whole of December, together with the day that was empty.
        ("11-27T13:03", "12-31", &[("11-26", "佐藤,鈴木"), ("11-27", "佐藤,高橋")]),
        // A day off on purpose, the company's day off, and one that is too far away.
        ("11-30T13:03", "12-31", &[("12-03", "休み,休み"), ("12-04", "鈴木,高橋"), ("12-24", "鈴木,高橋")]),
        // Somebody takes a week.
        (
            "12-01T13:03",
            "12-31",
            &[
                ("12-03", "休み,休み"),
                ("12-04", "鈴木,高橋"),
                ("12-07", "鈴木,佐藤"),
                ("12-08", "鈴木,佐藤"),
                ("12-09", "鈴木,佐藤"),
                ("12-10", "鈴木,佐藤"),
                ("12-11", "鈴木,佐藤"),
                ("12-24", "鈴木,高橋"),
            ],
        ),
    ];
    for language in ["ja", "en"] {
        let mut world = World::of_turns().await.with("MESSAGE_LANGUAGE", language);
        world.edits("11-30", &[]);
        let mut story = story.iter().peekable();
        let mut all = String::new();
        for day in super::date("2026-11-24").iter_days().take(10) {
            for minute in (0..24 * 60).step_by(10) {
                let time = format!("{day}T{:02}:{:02}", minute / 60, minute % 60);
                while let Some((_, until, edits)) = story.next_if(|(edited, ..)| format!("2026-{edited}") < time) {
                    world.edits(until, edits);
                }
                let sent = world.tick(&time).await.unwrap_or_else(|error| panic!("{time}: {error}"));
                let posted = world.posted();
                assert_eq!(sent, posted.matches("--").count(), "{time}: {posted}");
                if sent > 0 {
                    all.push_str(&format!("== {time}\n{posted}"));
                }
            }
        }
        golden::check(&data(&format!("notices/turns.{language}.txt")), &all);
    }
}

const EDIT: Edits<'static> = &[("11-26", "高橋,佐藤")];
const SAID: &str = "-- [\"<@U0SUZUKI01>\", \"<@U0TAKAHA01>\"]\n<@U0SUZUKI01> <@U0TAKAHA01>\n";

/// A world in which an edit has been seen at ten past ten.
async fn edited() -> World {
    let mut world = World::of_turns().await;
    assert_eq!(world.ticks(&["11-24T10:00"]).await, [0]);
    world.edits("12-31", EDIT);
    assert_eq!(world.ticks(&["11-24T10:10"]).await, [0]);
    world
}

#[tokio::test]
async fn two_ticks_at_once_tell_it_once() {
    let world = edited().await;
    assert_eq!(world.two_ticks("2026-11-24T10:20").await, [0, 1]);
    assert_eq!(world.posted().matches("--").count(), 1);
    assert_eq!(world.ticks(&["11-24T10:30", "11-25T10:00"]).await, [0, 0]);
    world.slack.expect_none();
}

/// At most one repeat, which says so.
#[tokio::test]
async fn a_process_that_dies_costs_one_marked_repeat() {
    for (fault, count) in [(Fault::HangAfterAccepting, 2), (Fault::Hang, 1)] {
        let world = edited().await;
        world.slack.fail_next([fault]);
        world.tick_dies("2026-11-24T10:20", 1).await;
        assert_eq!(world.ticks(&["11-24T10:30", "11-24T10:40", "11-25T10:00"]).await, [1, 0, 0], "{fault:?}");
        let posted = world.posted();
        assert_eq!((posted.matches("--").count(), posted.matches("🔁").count()), (count, 1), "{posted}");
    }
}

/// A later edit is told alone: what the crash left open is known.
#[tokio::test]
async fn what_was_told_before_a_crash_is_not_told_with_the_next_edit() {
    let mut world = edited().await;
    // It is posted and settled, and the process dies before it remembers that.
    let before = world.ledger("test").turns().await.expect("memory answers");
    assert_eq!(world.ticks(&["11-24T10:20"]).await, [1]);
    let first = world.posted();
    let ledger = world.ledger("test");
    let told = ledger.turns().await.expect("memory answers");
    let due = before.memory.map(|memory| memory.due(super::at("2026-11-24T10:20")));
    ledger.keep_turns(&told, due, super::at("2026-11-24T10:20")).await.expect("memory answers");
    world.edits("12-31", &[EDIT[0], ("11-27", "佐藤,高橋")]);
    assert_eq!(world.ticks(&["11-24T10:30", "11-24T10:40"]).await, [0, 1]);
    let second = world.posted();
    assert!(first.contains("Thu Nov 26") && second.contains("Fri Nov 27"), "{first}{second}");
    assert!(!second.contains("Nov 26"), "{second}");
}

/// A chat that was down gets it at the next tick, and the other one has it once.
#[tokio::test]
async fn each_of_two_chats_is_told() {
    let typetalk = Typetalk::start().await;
    let world = edited().await;
    let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    let world = World { settings, ..world };
    world.slack.fail_next_of("chat.postMessage", [Fault::ServerError]);
    assert_eq!(world.ticks(&["11-24T10:20", "11-24T10:30", "11-24T10:40"]).await, [1, 1, 0]);
    assert_eq!(typetalk.take().len(), 1);
    let down = edited().await;
    let settings = down.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    let down = World { settings, ..down };
    down.slack.fail_always_of("chat.postMessage", Fault::ServerError);
    assert_eq!(down.ticks(&["11-24T10:20", "11-24T10:30", "11-24T10:40"]).await, [1, 0, 0], "a chat has it");
    assert_eq!(typetalk.take().len(), 1);
    let posted = world.posted();
    assert_eq!((posted.matches("--").count(), posted.matches("🔁").count()), (1, 0), "{posted}");
}

/// Whoever was told of a change is told that it is undone, and of what came instead.
#[tokio::test]
async fn what_one_chat_has_is_where_the_next_change_begins() {
    for (edits, expected) in [
        (&[][..], "🔄 Thu Nov 26: 高橋 → 鈴木, with 佐藤"),
        (&[("11-26", "鈴木,高橋")], "🔄 Thu Nov 26: 佐藤 → 鈴木, with 高橋"),
    ] {
        let typetalk = Typetalk::start().await;
        let world = edited().await;
        let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
        let mut world = World { settings, ..world };
        world.slack.fail_next_of("chat.postMessage", [Fault::ServerError]);
        assert_eq!(world.ticks(&["11-24T10:20"]).await, [1]);
        assert!(typetalk.expect_one().message.contains("鈴木 → 高橋"));
        world.edits("12-31", edits);
        assert_eq!(world.ticks(&["11-24T10:30", "11-24T10:40", "11-24T10:50"]).await, [0, 1, 0], "{edits:?}");
        let told = typetalk.expect_one().message;
        assert!(told.contains(expected) && world.posted().contains(expected), "{told}");
    }
}

#[tokio::test]
async fn what_no_chat_takes_is_tried_twice_and_not_on_another_day() {
    let refused = Err("no chat has taken the notice 'turns'".to_owned());
    for (heals, expected) in [("10:30", 1), ("10:40", 0)] {
        let world = edited().await;
        world.slack.fail_always_of("chat.postMessage", Fault::ServerError);
        let mut sent = 0;
        for time in ["10:20", "10:30", "10:40", "10:50"] {
            if time == heals {
                world.slack.heal();
            }
            let ticked = world.tick(&format!("2026-11-24T{time}")).await;
            if time < heals {
                assert_eq!(ticked, refused, "{time}");
            } else {
                sent += ticked.unwrap_or_else(|error| panic!("{time}: {error}"));
            }
        }
        assert_eq!(sent, expected, "{heals}");
        assert_eq!(world.ticks(&["11-25T10:00", "11-25T10:10"]).await, [0, 0]);
        assert_eq!(world.posted().matches("--").count(), expected);
    }
}

/// The first reading after an outage is where it begins anew. One that fails is tried again at once.
#[tokio::test]
async fn nobody_is_told_what_changed_while_the_rota_could_not_be_read() {
    let mut world = World::of_turns().await;
    assert_eq!(world.ticks(&["11-24T10:00"]).await, [0]);
    world.loses_the_rota();
    assert_eq!(world.ticks(&["11-24T10:10", "11-24T10:20"]).await, [0, 0]);
    world.edits("12-31", EDIT);
    assert_eq!(world.ticks(&["11-24T10:30", "11-24T10:40", "11-24T10:50"]).await, [0, 0, 0]);
    world.slack.expect_none();
    // What changes after that is told.
    world.edits("12-31", &[]);
    assert_eq!(world.ticks(&["11-24T11:00", "11-24T11:10"]).await, [0, 1]);
    assert!(world.posted().contains("高橋 → 鈴木"));
}

#[tokio::test]
async fn without_the_ledger_nothing_is_told() {
    let world = edited().await;
    let rows = Rows::start().await;
    rows.refuse(&["GetItem", "PutItem", "Query"]);
    let unsent = Err("the ledger does not answer, so the notice 'turns' is not sent".to_owned());
    assert_eq!(world.tick_with(&Arc::new(ledger_on(&rows)), "2026-11-24T10:20").await, unsent);
    assert_eq!(world.slack.calls(), 0);
    assert_eq!(world.ticks(&["11-24T10:30"]).await, [1]);
    assert!(world.posted().starts_with(SAID));
}

/// Outside hours it asks nobody; without its name in `NOTICES` it is not there.
#[tokio::test]
async fn it_costs_nothing_where_it_is_not_wanted() {
    let world = World::of_turns().await;
    let hours = ["11-24T09:40", "11-24T17:00", "11-23T11:00", "11-21T11:00"];
    assert_eq!(world.ticks(&hours).await, [0; 4]);
    let other = World::of_turns().await.with("NOTICES", "check");
    assert!(other.notices(&other.ledger("test")).turns.is_none());
    assert_eq!((world.table.writes(), other.table.writes()), (0, 0));
}

/// Each chat calls people by its own names, and who has none there is named.
#[tokio::test]
async fn each_of_two_chats_is_told_in_its_own_way() {
    let typetalk = Typetalk::start().await;
    let mut world = World::of_turns().await;
    let settings = world.settings.clone().typetalk(&typetalk).with("CHAT_NAMES", "slack,typetalk");
    world.settings = settings;
    assert_eq!(world.ticks(&["11-24T10:00"]).await, [0]);
    world.edits("12-31", EDIT);
    assert_eq!(world.ticks(&["11-24T10:10", "11-24T10:20", "11-24T10:30"]).await, [0, 1, 0]);
    let line = "🔄 Thu Nov 26: 鈴木 → 高橋, with 佐藤. Not expected? → B10";
    assert_eq!(world.posted(), format!("{SAID}{line}\n"));
    assert_eq!(typetalk.expect_one().message, format!("@suzuki @takahashi\n{line}"));
}
