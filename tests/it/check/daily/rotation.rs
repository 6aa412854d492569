//! What is told of a rotation in which something is wrong for many days.

use super::{team, tick, topics};
use crate::provision::file;
use chrono::NaiveDate;
use std::sync::Arc;
use toban::ledger::Ledger;

/// The morning of a day of December, the rotation then (`""` if it is not there), how much is wrong and how much of it is told.
type Morning = (u32, String, (usize, usize));

fn december(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, day).expect("a date")
}

/// A row for each day of December and January; `cells` has those of some days of December, and `""` for no row.
fn rota(cells: &[(u32, &str)]) -> String {
    let row = |date: NaiveDate| {
        let cells = cells.iter().find(|(day, _)| december(*day) == date).map_or("佐藤,鈴木", |(_, cells)| *cells);
        if cells.is_empty() { String::new() } else { format!("{date},{cells}\n") }
    };
    let rows = december(1).iter_days().take(62).map(row).collect::<String>();
    format!("date,on-call,on-call\n{rows}")
}

fn weekly(deputy: &str) -> String {
    format!(
        "開始,終了,担当1,担当2\n2026/12/07,2026/12/11,佐藤,{deputy}\n2026/12/14,2026/12/18,佐藤,鈴木\n\
         2026/12/21,2026/12/28,佐藤,鈴木\n"
    )
}

/// What is otherwise than expected.
async fn unexpected(mornings: &[Morning]) -> Vec<String> {
    let mut world = team().await;
    let ledger = Arc::new(Ledger::memory());
    let mut others = Vec::new();
    for (day, rotation, (wrong, told)) in mornings {
        let path = if rotation.is_empty() { "/nowhere/rota.csv".to_owned() } else { file("rota.csv", rotation) };
        world.settings = world.settings.with("ROTATION_FILE", &path);
        let checked = tick(&world, &ledger, &format!("{day:02}T09:50")).await.expect("the ledger and the chat answer");
        let listed = topics(&world.slack).iter().map(Vec::len).sum::<usize>();
        if (checked, listed) != (Some((*wrong, *told)), *told) {
            others.push(format!("{day}: {checked:?}, {listed} listed"));
        }
    }
    others
}

#[tokio::test]
async fn a_mistake_of_many_days_is_told_once() {
    let same = |name, rotation: String, wrong: &[usize]| {
        let morning =
            |(day, wrong): (u32, &usize)| (day, rotation.clone(), (*wrong, if day == 7 { *wrong } else { 0 }));
        (name, (7..).zip(wrong).map(morning).collect::<Vec<Morning>>())
    };
    let without: Vec<_> = (10..=31).map(|day| (day, "")).collect();
    let unknown: Vec<_> = (1..=31).map(|day| (day, "佐藤,高梨")).collect();
    for (name, mornings) in [
        // On Thursday two days of the week are left.
        same("a week's cell", weekly("高梨"), &[1, 1, 1, 2, 1]),
        same("three cells", rota(&[(8, "佐藤,高梨"), (9, "佐藤,高梨"), (10, "佐藤,高梨")]), &[1, 1, 2, 1, 0]),
        same("three days without a row", rota(&[(8, ""), (9, ""), (10, "")]), &[1, 1, 2, 1, 0]),
        same("nothing but a header", "date,on-call,on-call\n".to_owned(), &[1, 1, 1, 1, 1]),
        // Every morning another day of them comes near enough to be looked at.
        same("weeks without a row", rota(&without), &[1, 1, 1, 1, 1]),
        same("weeks with the name", rota(&unknown), &[1, 1, 1, 1, 1]),
    ] {
        assert_eq!(unexpected(&mornings).await, [""; 0], "{name}");
    }
}

#[tokio::test]
async fn what_is_new_is_told_and_what_is_left_of_the_known_is_not() {
    let gap = [(16, ""), (17, ""), (18, "")];
    let names = [(16, "佐藤,高梨"), (17, "佐藤,高梨"), (18, "佐藤,高梨")];
    let (first, second) = ([(9, ",鈴木"), (10, ",鈴木"), (11, ",鈴木")], [(14, "佐藤,"), (15, "佐藤,"), (16, "佐藤,")]);
    let undated = |days: &[u32]| {
        let row = |day: &u32| format!("来月の{day}日,佐藤,鈴木\n");
        rota(&[]) + &days.iter().map(row).collect::<String>()
    };
    let with = |known: &[(u32, &'static str)], new: &[(u32, &'static str)]| rota(&[known, new].concat());
    for (name, before, after, [on_monday, on_tuesday, on_wednesday]) in [
        ("a day before", rota(&gap), with(&gap, &[(10, "")]), [(1, 1), (1, 1), (1, 0)]),
        ("two days before", rota(&gap), with(&gap, &[(9, ""), (10, "")]), [(1, 1), (1, 1), (1, 0)]),
        ("the last day in view", rota(&gap), with(&gap, &[(21, "")]), [(1, 1), (1, 0), (1, 0)]),
        ("a day after", rota(&names), with(&names, &[(14, "佐藤,高梨")]), [(1, 1), (1, 1), (1, 0)]),
        ("another name in the cell", weekly("高梨"), weekly("高柳"), [(1, 1), (1, 1), (1, 0)]),
        ("another column", rota(&first), with(&first, &second), [(1, 1), (2, 1), (2, 0)]),
        ("dates, one less", undated(&[1, 2, 3]), undated(&[1, 2]), [(1, 1), (2, 0), (2, 0)]),
        ("dates, one more", undated(&[1, 2]), undated(&[1, 2, 3]), [(2, 2), (1, 1), (1, 0)]),
        ("two columns at once", with(&first, &second), with(&first, &second), [(2, 2), (2, 0), (2, 0)]),
    ] {
        let mornings = [(7, before, on_monday), (8, after.clone(), on_tuesday), (9, after, on_wednesday)];
        assert_eq!(unexpected(&mornings).await, [""; 0], "{name}");
    }
}

/// Days have come into view that nobody looked at.
#[tokio::test]
async fn a_morning_without_the_rotation_repeats_nothing_on_the_next() {
    let without: Vec<_> = (10..=31).map(|day| (day, "")).collect();
    let mornings = [(7, rota(&without), (1, 1)), (8, String::new(), (1, 1)), (9, rota(&without), (1, 0))];
    assert_eq!(unexpected(&mornings).await, [""; 0]);
}

/// A message lists ten findings. The others are those of the next day.
#[tokio::test]
async fn what_was_not_listed_is_told_on_the_next_day() {
    let two = ["青山,石井", "上野,遠藤", "岡田,川口", "木下,工藤", "小山,関口", "清水,杉山"];
    let rotation = rota(&[9, 10, 11, 14, 15, 16].iter().copied().zip(two).collect::<Vec<_>>());
    // On Mondays all of it is told again, from the first on.
    let told = [(3, 10), (4, 2), (7, 10), (8, 2), (9, 0)];
    assert_eq!(unexpected(&told.map(|(day, told)| (day, rotation.clone(), (12, told)))).await, [""; 0]);
}
