//! The file: whose it is, and what is done with it.

mod crashes;
mod same_answers;

use super::{State, StateError};
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Down, Found, Put, Table as _, Written};
use chrono::{DateTime, TimeDelta};
use futures_util::future::join_all;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("toban state {} {name}", std::process::id()));
        fs::remove_dir_all(&path).ok();
        fs::create_dir_all(&path).expect("a folder");
        Self(path.canonicalize().expect("it is there"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn open(path: &Path) -> State {
    State::open(path).unwrap_or_else(|error| panic!("{error}"))
}

fn row(pk: &str, sk: &str) -> Item {
    Item::new(pk, sk, TimeDelta::days(90), DateTime::UNIX_EPOCH)
}

fn put(pk: &str, sk: &str) -> Put {
    Put { item: row(pk, sk), condition: Condition::none() }
}

async fn is_there(state: &State, pk: &str, sk: &str) -> bool {
    state.read(pk, sk).await.expect("an answer").is_some()
}

fn refusal(path: &Path) -> String {
    State::open(path).err().map(|error| error.to_string()).expect("it is refused")
}

#[tokio::test]
async fn only_the_owner_reads_it_and_everything_is_there_again() {
    let folder = Folder::new("mode");
    let path = folder.file("toban.db");
    for opening in 1..=3 {
        let state = open(&path);
        assert_eq!(state.openings().await.expect("an answer"), opening);
        state.put(vec![put("a", &opening.to_string())]).await.expect("an answer");
        for name in ["toban.db", "toban.db-wal", "toban.db-shm", "toban.db.lock"] {
            let mode =
                fs::metadata(folder.file(name)).unwrap_or_else(|_| panic!("{name} is there")).permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert!(is_there(&state, "a", "1").await);
        let settings = state.reading(|connection| {
            let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok((pragma("synchronous")?, pragma("user_version")?))
        });
        assert_eq!(settings.await.expect("an answer"), (2, 2), "FULL, and the schema");
        drop(state);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    }
}

#[tokio::test]
async fn a_second_process_is_refused_and_sqlite_may_look() {
    let folder = Folder::new("second");
    let path = folder.file("toban.db");
    let state = open(&path);
    state.put(vec![put("a", "1")]).await.expect("an answer");
    let expected = format!(
        "{} is in use by another process ({}): end that one first, or name another file in STATE_FILE",
        path.display(),
        std::process::id()
    );
    assert_eq!(refusal(&path), expected);
    let link = folder.file("link.db");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    assert_eq!(refusal(&link), expected, "by whatever name");

    let looking = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it may look");
    let count = || looking.query_row("SELECT count(*) FROM rows", [], |row| row.get::<_, i64>(0)).expect("an answer");
    assert_eq!(count(), 1);
    looking.execute_batch("BEGIN; SELECT * FROM rows").expect("it looks for long");
    state.put(vec![put("a", "2")]).await.expect("nobody waits for it");
    looking.execute_batch("COMMIT").expect("it looks no more");
    assert_eq!(count(), 2);
    drop(looking);
    let writing = Connection::open(&path).expect("it may even write");
    writing.execute_batch("BEGIN IMMEDIATE").expect("nobody else does at this moment");
    let down = state.put(vec![put("a", "3")]).await.expect_err("it does not wait for ever");
    assert_eq!(down.to_string(), format!("the table cannot be used: {}: database is locked", path.display()));
    assert!(is_there(&state, "a", "2").await);
    drop(writing);
    state.put(vec![put("a", "3")]).await.expect("it is free again");
    drop(state);
    open(&path);
}

/// SQLite would write on into a file that nobody can find again.
#[tokio::test]
async fn a_file_that_was_deleted_or_replaced_takes_nothing_more() {
    let folder = Folder::new("deleted");
    let path = folder.file("toban.db");
    let state = open(&path);
    state.check().await.expect("it is there");
    let moved = folder.file("moved.db");
    fs::rename(&path, &moved).expect("it is moved");
    let down = state.check().await.expect_err("it is gone");
    assert!(down.reason().contains("the file was deleted or replaced"), "{down}");
    assert_eq!(state.openings().await.expect("what waits is still read"), 1);
    fs::copy(&moved, &path).expect("another is put in its place");
    state.check().await.expect_err("it is another");
    fs::rename(&moved, &path).expect("it is back");
    state.check().await.expect("it is there again");
}

#[test]
fn a_file_that_is_not_ours_is_left_as_it_is() {
    let folder = Folder::new("others");
    let foreign = folder.file("foreign.db");
    Connection::open(&foreign).and_then(|file| file.execute_batch("CREATE TABLE t (a)")).expect("a database");
    let newer = folder.file("newer.db");
    drop(open(&newer));
    Connection::open(&newer).and_then(|file| file.pragma_update(None, "user_version", 9)).expect("a database");
    let text = folder.file("notes.txt");
    fs::write(&text, "今日の当番").expect("a file");
    let broken = folder.file("broken.db");
    fs::write(&broken, [b"SQLite format 3\0".as_slice(), &[7; 5_000]].concat()).expect("a file");

    let not_ours = "is not a state file of toban, and was left as it is: name another file in STATE_FILE";
    for (path, expected) in [
        (&foreign, not_ours),
        (&text, not_ours),
        (&broken, not_ours),
        (
            &newer,
            "was written by a newer version of toban (schema 9; this one knows 2): start that version, or name another file in STATE_FILE",
        ),
    ] {
        let before = fs::read(path).expect("it is there");
        assert_eq!(refusal(path), format!("{} {expected}", path.display()));
        assert_eq!(fs::read(path).expect("it is there"), before, "{}", path.display());
    }

    let nowhere = folder.file("nowhere/toban.db");
    let expected = format!(
        "cannot be used as the state file that STATE_FILE names: there is no folder {}: make it, or name another file in STATE_FILE",
        folder.file("nowhere").display()
    );
    assert_eq!(refusal(&nowhere), format!("{} {expected}", nowhere.display()));
    let expected = "cannot be used as the state file that STATE_FILE names: is a directory";
    assert_eq!(refusal(&folder.0), format!("{} {expected}", folder.0.display()));
    assert!(matches!(State::open(Path::new("")), Err(StateError::Unusable { .. })));
}

#[tokio::test]
async fn a_file_of_every_earlier_version_is_brought_up_to_date() {
    let folder = Folder::new("versions");
    for version in 1..=super::schema::latest() {
        let path = folder.file(&format!("{version}.db"));
        let mut file = Connection::open(&path).expect("a database");
        super::schema::migrate_to(&mut file, 0, version).expect("it was the latest one");
        let rows = "INSERT INTO rows (pk, sk, gsi_pk, gsi_sk, expires_at, item) VALUES ('a', '1', 'open', '2', 9, '{\"pk\":\"a\",\"sk\":\"1\",\"v\":1}'); \
                    INSERT INTO messages (lane, message_group, sent_at, body) VALUES ('rest', 'g', '2026', 'b')";
        file.execute_batch(rows).expect("its schema");
        drop(file);
        let state = open(&path);
        assert!(state.read("a", "1").await.expect("an answer").is_some_and(|row| row.is_known()));
        let found = state.reading(|connection| {
            let messages: i64 = connection.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?;
            Ok((messages, connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?))
        });
        let latest = i64::try_from(super::schema::latest()).expect("few");
        assert_eq!(found.await.expect("an answer"), (1, latest));
    }
}

#[tokio::test]
async fn a_step_that_fails_takes_back_its_own_and_nobody_elses() {
    let folder = Folder::new("fails");
    let state = open(&folder.file("toban.db"));
    let insert = |file: &Connection, sk: &str| {
        file.execute("INSERT INTO rows (pk, sk, item) VALUES ('a', ?1, '{}')", [sk]).map(drop)
    };
    let good = |sk: String| {
        let state = state.clone();
        async move { state.writing(move |file| insert(file, &sk)).await.map_err(|down| down.to_string()) }
    };
    let bad = async { state.writing(move |file| insert(file, "bad").and_then(|()| insert(file, "bad"))).await };
    let panics = async { state.writing(move |file| insert(file, "panics").map(|()| panic!("on purpose"))).await };
    let (before, bad, panicked, after) =
        tokio::join!(join_all((0..20).map(|nth| good(nth.to_string()))), bad, panics, good("after".into()));
    assert!(before.iter().all(Result::is_ok) && after.is_ok(), "{before:?}");
    assert!(bad.is_err_and(|down: Down| down.to_string().ends_with("UNIQUE constraint failed: rows.pk, rows.sk")));
    assert!(panicked.is_err_and(|down: Down| down.to_string().ends_with("a step of ours has panicked")));
    assert!(!is_there(&state, "a", "bad").await && !is_there(&state, "a", "panics").await);
    assert!(is_there(&state, "a", "19").await && is_there(&state, "a", "after").await);
}

#[tokio::test]
async fn rows_go_when_their_time_is_over() {
    let state = State::in_memory().expect("a database");
    let at = |days| DateTime::UNIX_EPOCH + TimeDelta::days(days);
    for number in 0..1_200 {
        let item = Item::new("a", format!("{number:04}"), TimeDelta::days(number % 2), at(10));
        state.put(vec![Put { item, condition: Condition::none() }]).await.expect("an answer");
    }
    assert_eq!(state.forget_expired(at(10)).await.expect("an answer"), 0);
    assert_eq!(state.forget_expired(at(11)).await.expect("an answer"), 600);
    assert_eq!(state.forget_expired(at(11)).await.expect("an answer"), 0);
    assert!(!is_there(&state, "a", "0000").await && is_there(&state, "a", "0001").await);
}

#[tokio::test]
async fn a_row_that_was_broken_by_hand_is_of_no_version() {
    let state = State::in_memory().expect("a database");
    state.put(vec![put("a", "1")]).await.expect("an answer");
    state.writing(|file| file.execute("UPDATE rows SET item = '{'", [])).await.expect("an answer");
    let row = state.read("a", "1").await.expect("an answer").expect("it is there");
    assert!(!row.is_known() && row.text("pk") == Some("a"));
    let written = state.put(vec![Put { item: row.clone(), condition: Condition::absent() }]).await.expect("an answer");
    assert!(matches!(written, Written::Refused(found) if matches!(found[..], [Found::Otherwise(Some(_))])));
}
