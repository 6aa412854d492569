//! What is left after a loss of power, and what a disk that is full or read-only means.

use super::{Folder, is_there, open, put, row};
use crate::store::condition::Condition;
use crate::store::{Down, Partition, Put, Query, Table as _};
use futures_util::future::join_all;
use rusqlite::Connection;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The power goes at any moment: of the log of writes there is the beginning, and then anything.
#[tokio::test]
async fn what_was_answered_survives_a_loss_of_power() {
    let folder = Folder::new("power");
    let (path, log) = (folder.file("toban.db"), folder.file("toban.db-wal"));
    let state = open(&path);
    let length = || usize::try_from(fs::metadata(&log).expect("it is there").len()).expect("a small file");
    let mut answered = vec![length()];
    for number in 0..12 {
        let both = vec![put("one", &number.to_string()), put("other", &number.to_string())];
        state.put(both).await.expect("an answer");
        answered.push(length());
    }
    let (file, log) = (fs::read(&path).expect("it is there"), fs::read(&log).expect("it is there"));
    let cuts = answered.windows(2).flat_map(|ends| [ends[0], ends[0] + 1, ends[0].midpoint(ends[1]), ends[1] - 1]);
    let cuts: Vec<_> = cuts.chain([log.len()]).collect();
    for (nth, cut) in cuts.into_iter().enumerate() {
        let copy = folder.file(&format!("{nth}.db"));
        fs::write(&copy, &file).expect("a file");
        let torn = [&log[..cut], &[0xA5; 9_000][..if nth % 2 == 0 { 0 } else { 9_000 }]].concat();
        fs::write(folder.file(&format!("{nth}.db-wal")), torn).expect("a file");
        let left = open(&copy);
        let kept = answered.iter().filter(|end| **end <= cut).count() - 1;
        for pk in ["one", "other"] {
            let found =
                left.query(Query { partition: Partition::Pk(pk.into()), between: None }).await.expect("an answer");
            assert_eq!(found.len(), kept, "{pk} with {cut} of {} bytes", log.len());
        }
        let verdict =
            left.reading(|file| file.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)));
        assert_eq!(verdict.await.expect("an answer"), "ok");
    }
}

/// While many write, the file and its log are copied, as they are on the disk at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_moment_has_all_that_was_answered() {
    let folder = Folder::new("copy");
    let (path, log) = (folder.file("toban.db"), folder.file("toban.db-wal"));
    let state = open(&path);
    // Without it a copy of two files is not one of a moment.
    state
        .reading(|file| file.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(())))
        .await
        .expect("an answer");
    let answered = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (state, answered) = (state.clone(), answered.clone());
            tokio::spawn(async move {
                for number in 0..40 {
                    state.put(vec![put(&format!("w{writer}"), &format!("{number:03}"))]).await.expect("an answer");
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut copies = 0;
    while copies < 5 || writers.iter().any(|writer| !writer.is_finished()) {
        let before = answered.load(Ordering::SeqCst);
        let copy = folder.file(&format!("{copies}.db"));
        fs::copy(&path, &copy).expect("a copy");
        fs::copy(&log, folder.file(&format!("{copies}.db-wal"))).expect("a copy");
        copies += 1;
        let left = open(&copy);
        let mut found = 0;
        for writer in 0..8 {
            let query = Query { partition: Partition::Pk(format!("w{writer}")), between: None };
            let rows = left.query(query).await.expect("an answer");
            // In their order, without a gap.
            let numbers: Vec<_> = rows.iter().filter_map(|row| row.text("sk")?.parse::<usize>().ok()).collect();
            assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>());
            found += numbers.len();
        }
        assert!(found >= before, "{found} of {before} that were answered");
    }
    for writer in join_all(writers).await {
        writer.expect("no panic");
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_reading_goes_on() {
    let folder = Folder::new("full");
    let state = open(&folder.file("toban.db"));
    state.put(vec![put("a", "before")]).await.expect("an answer");
    let limit = async |pages: i64| {
        let set = move |file: &Connection| file.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        state.reading(set).await.expect("an answer");
    };
    let pages = state.reading(|file| file.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0)));
    limit(pages.await.expect("an answer") + 8).await;
    let large =
        |sk: String| Put { item: row("a", &sk).with_text("text", "x".repeat(10_000)), condition: Condition::none() };
    let mut written = Vec::new();
    let down = loop {
        // Many at once, so that some are in one transaction with those for which there is no room.
        let puts = (0..8).map(|nth| format!("{} {nth}", written.len()));
        let answers = join_all(puts.map(|sk| async { (sk.clone(), state.put(vec![large(sk)]).await) })).await;
        let mut failed = None;
        for (sk, answer) in answers {
            match answer {
                Ok(_) => written.push(sk),
                Err(down) => failed = Some(down),
            }
        }
        if let Some(down) = failed {
            break down;
        }
    };
    let file = folder.file("toban.db");
    let expected = format!("the table cannot be used: {}: database or disk is full", file.display());
    assert_eq!(down.to_string(), expected);
    assert!(is_there(&state, "a", "before").await);
    for sk in &written {
        assert!(is_there(&state, "a", sk).await, "{sk} was answered");
    }
    // What is changed in its place has room.
    assert!(state.check().await.is_ok());
    assert_eq!(state.check_room().await.expect_err("there is no room").to_string(), expected);
    limit(1_000).await;
    state.put(vec![large("after".into())]).await.expect("there is room again");
    assert!(state.check().await.is_ok());
    assert!(state.check_room().await.is_ok());
    assert!(!is_there(&state, "room", "room").await);

    let read_only = |is: bool| state.reading(move |file| file.pragma_update(None, "query_only", is));
    read_only(true).await.expect("an answer");
    let down: Down = state.check().await.expect_err("it cannot be written");
    let expected = format!("the table cannot be used: {}: attempt to write a readonly database", file.display());
    assert_eq!(down.to_string(), expected);
    assert!(is_there(&state, "a", "after").await);
    read_only(false).await.expect("an answer");
    assert!(state.check().await.is_ok());
}
