//! A sheet that says what the test wants, and copies of every age.

use super::*;
use crate::domain::calendar::BusinessHours;
use crate::roster::table::{Cell, Grid, Tabs};
use crate::roster::{Roster, editable::EditableRotation};
use chrono::NaiveDate;
use futures_util::future::{BoxFuture, ready};
use std::collections::VecDeque;

/// Who is on call on 2026-11-24; nobody has a row if it is empty.
type Name = &'static str;

/// What each read finds, and whether a part of it could not be had. One read more is a panic.
#[derive(Debug)]
struct Script(SyncMutex<VecDeque<Result<(Name, bool), Unreadable>>>);

impl Origin for Script {
    fn read(&self, _: NaiveDate) -> BoxFuture<'_, Result<Tabs, Unreadable>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            let next = self.0.lock().expect("nobody panics with it").pop_front();
            next.expect("the sheet is asked once more than it should be")
                .map(|(name, is_partial)| tabs(name, is_partial))
        })
    }

    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn silence(&self) -> Unreadable {
        Unreadable::NoAnswer
    }
}

fn tabs(name: Name, is_partial: bool) -> Tabs {
    let row = |date: &str, name: &str| [date, name].map(|text| Cell::Text(text.to_owned())).to_vec();
    let mut rows = vec![row("日付", "担当")];
    if !name.is_empty() {
        rows.push(row("2026/11/24", name));
    }
    let rotation = Grid { tab: "rotation".into(), origin: (1, 1), rows, ..Grid::default() };
    Tabs { rotation, is_partial, ..Tabs::default() }
}

fn team() -> TeamTime {
    TeamTime { zone: chrono_tz::Asia::Tokyo, hours: BusinessHours::parse("10:00-17:00").expect("hours") }
}

fn roster(reads: &[Result<(Name, bool), Unreadable>]) -> Roster {
    let script = Script(SyncMutex::new(reads.iter().cloned().collect()));
    Roster::Cached(Box::new(Cache::new(script, team())))
}

/// So many seconds after 11:00 in Tokyo.
fn at(seconds: i64) -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::seconds(seconds)
}

/// What somebody has read at that second.
fn copy(name: Name, second: i64) -> RotationCopy {
    let today = team().today(at(second));
    to_copy(&workbook(&tabs(name, false), team().hours, today), at(second))
}

/// Who is on call, and at which second that was read.
async fn read(roster: &Roster, ledger: &Ledger, second: i64) -> Result<(String, i64), Unreadable> {
    let Reading { workbook, read_at } = roster.read(ledger, Instant::now() + LIMIT, at(second)).await?;
    let names = workbook.rotation.shifts.values().flatten().filter_map(|cell| cell.name.as_ref());
    Ok((names.map(|name| name.as_str()).collect(), (read_at - at(0)).num_seconds()))
}

fn said(name: Name, second: i64) -> Result<(String, i64), Unreadable> {
    Ok((name.to_owned(), second))
}

#[tokio::test]
async fn those_who_have_waited_use_what_was_read_meanwhile() {
    let roster = roster(&[Ok(("佐藤", false))]);
    let ledger = Ledger::memory();
    let (one, other) = tokio::join!(read(&roster, &ledger, 0), read(&roster, &ledger, 0));
    assert_eq!([one, other], [said("佐藤", 0), said("佐藤", 0)]);
}

#[tokio::test]
async fn a_process_begins_with_the_copy_that_it_was_given() {
    let ledger = Ledger::memory();
    let given = roster(&[]);
    given.begin_with(Some(&copy("佐藤", 0)), at(10));
    assert_eq!(read(&given, &ledger, 59).await, said("佐藤", 0), "it is fresh, so nobody is asked");

    // The ledger had none at that time, so it is not asked for one a second time.
    ledger.keep_rotation(copy("鈴木", 1), at(1)).await;
    let without = roster(&[Ok(("佐藤", false))]);
    without.begin_with(None, at(2));
    assert_eq!(read(&without, &ledger, 2).await, said("佐藤", 2));
}

#[tokio::test]
async fn it_is_known_whether_the_last_read_failed() {
    let roster = roster(&[Err(Unreadable::Quota), Ok(("佐藤", false)), Err(Unreadable::Quota)]);
    let ledger = Ledger::memory();
    assert!(!roster.has_failed(), "nothing was read yet");
    assert_eq!((read(&roster, &ledger, 0).await, roster.has_failed()), (Err(Unreadable::Quota), true));
    assert_eq!((read(&roster, &ledger, 1).await, roster.has_failed()), (said("佐藤", 1), false));
    assert_eq!((read(&roster, &ledger, 61).await, roster.has_failed()), (said("佐藤", 1), true), "the copy was used");
    assert!(Roster::Nowhere(Unreadable::NotFound).has_failed());
    assert!(!Roster::Sample.has_failed());
    assert!(!Roster::EditableRotation(Arc::new(EditableRotation::new(Roster::Sample))).has_failed());
}

/// Somebody may be writing it anew, or a tab of it did not answer.
#[tokio::test]
async fn a_rota_that_was_there_in_the_last_ten_minutes_is_better_than_a_part_of_it() {
    for (before, now, second, expected) in [
        ("佐藤", ("", false), 599, said("佐藤", 0)),
        ("佐藤", ("", false), 600, said("", 600)),
        ("佐藤", ("鈴木", true), 599, said("佐藤", 0)),
        ("佐藤", ("鈴木", true), 600, said("鈴木", 600)),
        ("佐藤", ("鈴木", false), 60, said("鈴木", 60)),
        ("", ("鈴木", true), 60, said("鈴木", 60)),
        ("", ("", false), 60, said("", 60)),
    ] {
        let roster = roster(&[Ok((before, false)), Ok(now)]);
        let ledger = Ledger::memory();
        assert_eq!(read(&roster, &ledger, 0).await, said(before, 0));
        assert_eq!(read(&roster, &ledger, second).await, expected, "{before:?}, {now:?}, after {second} s");
    }
}

/// What was read here is in the ledger only after the message is posted.
#[tokio::test]
async fn of_the_ledgers_copy_and_this_process_own_the_newer_counts() {
    for (of_ledger, expected) in [(0, said("佐藤", 60)), (60, said("佐藤", 60)), (61, said("鈴木", 61))] {
        let roster = roster(&[Ok(("佐藤", false)), Err(Unreadable::Quota)]);
        let ledger = Ledger::memory();
        roster.begin_with(None, at(60));
        assert_eq!(read(&roster, &ledger, 60).await, said("佐藤", 60));
        ledger.keep_rotation(copy("鈴木", of_ledger), at(of_ledger)).await;
        assert_eq!(read(&roster, &ledger, 125).await, expected, "the ledger's is of second {of_ledger}");
    }
}

#[test]
fn a_copy_from_ahead_is_as_new_as_now_or_not_fresh() {
    for (read_at, expected) in [(-300, -300), (0, 0), (1, 0), (60, 0), (61, -60), (32_400, -60)] {
        let copy = known(&copy("佐藤", read_at), at(0)).expect("it was just written");
        assert_eq!((copy.reading.read_at, copy.reader), (at(expected), READER), "{read_at}");
        assert_eq!(copy.is_fresh(at(0)), expected > -60, "{read_at}");
    }
    let other = RotationCopy { reading: "{\"rotation\": 1}".into(), read_at: at(0) };
    assert!(known(&other, at(0)).is_none(), "it is in another format");
}

#[tokio::test]
async fn whoever_compares_gets_all_of_it_or_nothing() {
    let script = [Ok(("佐藤", false)), Ok(("鈴木", true)), Err(Unreadable::Quota), Ok(("", false))];
    let roster = roster(&script);
    let ledger = Ledger::memory();
    assert_eq!(read(&roster, &ledger, 0).await, said("佐藤", 0));
    let whole = async || {
        let reading = roster.read_whole(at(0)).await?;
        Ok(reading.workbook.rotation.shifts.len())
    };
    assert_eq!(whole().await, Err(Unreadable::NoAnswer), "a tab has not answered");
    assert_eq!(whole().await, Err(Unreadable::Quota), "the copy is not used");
    assert_eq!(whole().await, Ok(0), "nor is it when the rota is empty");
    assert_eq!(read(&roster, &ledger, 59).await, said("佐藤", 0), "and it stays as it was");
}
