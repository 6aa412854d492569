//! What the process does that comes after one that was killed.

use super::{LEASE, OUTLET, after, event, granted, key, learn, said, settlement};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use toban::domain::incident::EventKind;
use toban::ledger::{Ended, Ledger, Settlement};
use toban::queue::sqlite::{Limits, Sqlite};
use toban::queue::{Fifo as _, Lane, NewMessage};
use toban::store::sqlite::State;
use tokio::time::timeout;

/// Names the file to the process that is to be killed.
const FILE: &str = "TOBAN_KILLED_WITH_STATE";

/// A file that goes when the test ends.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("toban {name} {}.db", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            std::fs::remove_file(format!("{}{suffix}", self.0.display())).ok();
        }
    }
}

async fn open(path: &Path) -> (State, Ledger) {
    let state = State::open(path).expect("nobody has it");
    let owner = format!("process {}", state.openings().await.expect("an answer"));
    (state.clone(), Ledger::alone(state, owner, LEASE))
}

async fn queue(state: &State) -> Sqlite {
    Sqlite::open(state.clone(), Lane::Rest, Limits::of(Lane::Rest), || after(0)).await.expect("a queue")
}

#[tokio::test]
async fn a_claim_of_a_process_that_is_gone_holds_nobody_up_and_its_message_is_marked() {
    let file = File::new("claim");
    let (state, ledger) = open(&file.0).await;
    let claim = async |ledger: &Ledger, name: &str| ledger.claim(&key(name), OUTLET, after(1)).await;
    granted(claim(&ledger, "begun").await);
    let posted = granted(claim(&ledger, "posted").await);
    ledger.settle(posted, Settlement::of_no_incident("x", Ended::Posted, Vec::new()), None, after(1)).await;
    let failed = granted(claim(&ledger, "failed").await);
    ledger.settle(failed, Settlement::of_no_incident("x", Ended::NotPosted, Vec::new()), None, after(1)).await;
    assert_eq!(said(&claim(&ledger, "begun").await), "taken");
    drop((state, ledger));

    let (_state, ledger) = open(&file.0).await;
    let again = claim(&ledger, "begun").await;
    assert_eq!(said(&again), "yours, perhaps again");
    assert_eq!(said(&claim(&ledger, "begun").await), "taken", "now by this one");
    assert_eq!(said(&claim(&ledger, "posted").await), "completed");
    assert_eq!(said(&claim(&ledger, "failed").await), "yours");
    ledger.settle(granted(again), Settlement::of_no_incident("x", Ended::Posted, Vec::new()), None, after(2)).await;
    assert_eq!(said(&claim(&ledger, "begun").await), "completed");
}

#[tokio::test]
async fn people_can_read_the_file() {
    let file = File::new("views");
    let (_state, ledger) = open(&file.0).await;
    let event = event(EventKind::Triggered, "Q1", after(0));
    learn(&ledger, &event, after(0)).await;
    let grant = granted(ledger.claim(&key("01G"), OUTLET, after(3)).await);
    ledger.settle(grant, settlement(&event, Ended::NotPosted), None, after(3)).await;
    let looking = rusqlite::Connection::open(&file.0).expect("it may look");
    let line = |sql: &str| {
        let row = looking.query_row(sql, [], |row| {
            let columns = 0..row.as_ref().column_count();
            columns.map(|nth| row.get::<_, rusqlite::types::Value>(nth).map(|value| format!("{value:?}"))).collect()
        });
        row.map(|cells: Vec<String>| cells.join(" ")).expect("a row")
    };
    let expected = r#"Text("Q1") Integer(4812) Text("triggered") Text("checkout") Text("HTTP 5xx") Text("2026-11-24T02:02:00.000Z") Text("2026-11-24T02:02:00.000Z")"#;
    assert_eq!(line("SELECT * FROM incidents"), expected);
    let expected = r#"Text("01G") Text("primary") Text("free") Text("triggered") Text("Q1") Text("[]")"#;
    assert_eq!(line("SELECT * FROM deliveries WHERE event = '01G'"), expected);
}

/// The process that is killed. It is this very program, started by the test below.
#[tokio::test]
async fn sends_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let (state, ledger) = open(Path::new(&path)).await;
    let queue = queue(&state).await;
    for number in 0.. {
        let message = |nth: u32| NewMessage {
            body: format!("{number} {nth}"),
            group: format!("g{nth}"),
            deduplication: format!("{number} {nth}"),
        };
        queue.send((0..4).map(message).collect()).await.expect("it is taken");
        ledger.claim(&key(&format!("{number}")), OUTLET, after(0)).await;
        // There is nothing while all four groups are in flight.
        let some = timeout(Duration::from_millis(5), queue.receive()).await.unwrap_or_default();
        println!("answered {number}");
        std::io::stdout().flush().expect("somebody reads");
        // What is deleted is said before the end comes.
        if number % 3 == 0 && number < 30 {
            let receipts: Vec<_> = some.iter().map(|message| message.receipt.clone()).collect();
            queue.delete(&receipts).await;
            some.iter().for_each(|message| println!("deleted {}", message.body));
        }
    }
}

#[tokio::test]
async fn a_process_that_is_killed_loses_nothing_and_stalls_nothing() {
    let file = File::new("killed");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "ledger::restart::sends_until_it_is_killed", "--nocapture"])
        .env(FILE, &file.0)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map(|line| line.expect("a line"));
    let (mut answered, mut deleted) = (None, Vec::new());
    for line in lines {
        if let Some(number) = line.strip_prefix("answered ") {
            answered = number.parse::<u32>().ok();
        }
        deleted.extend(line.strip_prefix("deleted ").map(str::to_owned));
        if answered == Some(40) {
            // The rest of what it says is read, too.
            child.kill().ok();
        }
    }
    child.wait().expect("it has ended");
    let answered = answered.expect("it has begun");

    let (state, ledger) = open(&file.0).await;
    let queue = queue(&state).await;
    let claim = ledger.claim(&key("40"), OUTLET, after(1)).await;
    assert_eq!(said(&claim), "yours, perhaps again", "at once, not after the lease");
    let mut found = vec![Vec::new(); 4];
    while found.iter().map(Vec::len).sum::<usize>() + deleted.len() < 4 * (answered as usize + 1) {
        let some = timeout(Duration::from_secs(10), queue.receive()).await.expect("all of it is handed over at once");
        for message in &some {
            let (number, nth) = message.body.split_once(' ').expect("our own message");
            found[nth.parse::<usize>().expect("a number")].push(number.parse::<u32>().expect("a number"));
        }
        queue.delete(&some.iter().map(|message| message.receipt.clone()).collect::<Vec<_>>()).await;
    }
    for (nth, found) in found.iter().enumerate() {
        assert!(found.is_sorted(), "{nth} is in order: {found:?}");
        let is_there = |number: u32| found.contains(&number) || deleted.contains(&format!("{number} {nth}"));
        let lost: Vec<_> = (0..=answered).filter(|number| !is_there(*number)).collect();
        assert!(lost.is_empty(), "{lost:?} of {nth}");
    }
}
