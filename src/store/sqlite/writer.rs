//! Who has the connection: a thread of its own, which commits together what waits.

use super::file::Place;
use crate::net::panics::caught;
use crate::store::Down;
use rusqlite::Connection;
use std::fs::File;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::mpsc;

/// So many jobs may wait; whoever brings another one waits outside.
const MOST_WAITING: usize = 1_024;
/// So many of them are committed together at most, so that the first does not wait long for the last.
const MOST_TOGETHER: usize = 128;

/// What a job does with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is answered at once, before what is written together with others.
    Read,
    Write,
}

/// Work on the file, and what follows.
pub(super) trait Job: Send {
    fn kind(&self) -> Kind;
    /// An error is its own answer, too.
    fn work(&mut self, connection: &Connection) -> Result<(), Down>;
    /// It is certain whether what was written is kept.
    fn end(self: Box<Self>, kept: Result<(), Down>);
}

/// A job of these two steps.
pub(super) struct Task<W, T, E> {
    kind: Kind,
    work: Option<W>,
    found: Option<Result<T, Down>>,
    then: E,
}

impl<W, T, E> Task<W, T, E> {
    pub(super) fn new(kind: Kind, work: W, then: E) -> Self {
        Self { kind, work: Some(work), found: None, then }
    }
}

impl<W, T, E> Job for Task<W, T, E>
where
    W: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
    E: FnOnce(Result<T, Down>) + Send,
{
    fn kind(&self) -> Kind {
        self.kind
    }

    fn work(&mut self, connection: &Connection) -> Result<(), Down> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let found = match self.kind {
            Kind::Read => attempt(connection, work),
            Kind::Write => by_itself(connection, work),
        };
        let ended = found.as_ref().map(drop).map_err(Down::clone);
        self.found = Some(found);
        ended
    }

    fn end(self: Box<Self>, kept: Result<(), Down>) {
        let Self { found, then, .. } = *self;
        let not_begun = || Err(Down::for_now("it was not begun"));
        then(kept.and_then(|()| found.unwrap_or_else(not_begun)));
    }
}

fn attempt<T>(connection: &Connection, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Down> {
    let panicked = || Err(Down::for_now("a step of ours has panicked"));
    caught(|| work(connection).map_err(|error| down(connection, &error))).unwrap_or_else(panicked)
}

/// Takes back what it has written if it fails, and nothing of the others'.
fn by_itself<T>(connection: &Connection, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Down> {
    execute(connection, "SAVEPOINT job")?;
    let found = attempt(connection, work);
    if found.is_err() {
        // If SQLite has taken back all of the transaction, there is no savepoint any more.
        execute(connection, "ROLLBACK TO job").ok();
    }
    let released = execute(connection, "RELEASE job");
    found.and_then(|found| released.map(|()| found))
}

fn execute(connection: &Connection, sql: &str) -> Result<(), Down> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    done.map(drop).map_err(|error| down(connection, &error))
}

/// Why the file cannot be used. SQLite's own words for it have nothing of what is in a row.
pub(super) fn down(connection: &Connection, error: &rusqlite::Error) -> Down {
    let file = connection.path().filter(|path| !path.is_empty()).unwrap_or("memory");
    match error {
        rusqlite::Error::SqliteFailure(_, Some(words)) => Down::for_now(format!("{file}: {words}")),
        rusqlite::Error::SqliteFailure(code, None) => Down::for_now(format!("{file}: {code}")),
        _ => Down::for_now(format!("{file}: a row is malformed")),
    }
}

/// Does all that waits: what only reads, then what writes, in one transaction.
fn do_all(connection: &Connection, place: Option<&Place>, waiting: impl Iterator<Item = Box<dyn Job>>) {
    let mut writes = Vec::new();
    for mut job in waiting {
        match job.kind() {
            Kind::Read => {
                let read = job.work(connection);
                job.end(read);
            }
            Kind::Write => writes.push(job),
        }
    }
    let mut writes = writes.into_iter().peekable();
    while writes.peek().is_some() {
        let mut done = Vec::new();
        let kept = write_together(connection, place, &mut writes, &mut done);
        for job in done {
            job.end(kept.clone());
        }
    }
}

/// Makes one transaction of jobs, and moves them to those that are done. On an error nothing of it is kept.
fn write_together(
    connection: &Connection,
    place: Option<&Place>,
    waiting: &mut impl Iterator<Item = Box<dyn Job>>,
    done: &mut Vec<Box<dyn Job>>,
) -> Result<(), Down> {
    let begun = place.map_or(Ok(()), Place::check).and_then(|()| execute(connection, "BEGIN IMMEDIATE"));
    if let Err(down) = begun {
        done.extend(waiting);
        return Err(down);
    }
    for mut job in waiting {
        let worked = job.work(connection);
        done.push(job);
        if connection.is_autocommit() {
            // On a full disk SQLite takes back the whole transaction. What still waits gets another one.
            return worked.and(Err(Down::for_now("the transaction was taken back")));
        }
    }
    let kept = execute(connection, "COMMIT");
    if kept.is_err() {
        execute(connection, "ROLLBACK").ok();
    }
    kept
}

/// The connection, wherever it is.
#[derive(Debug)]
pub(super) enum Writer {
    /// On a thread, which ends when this is dropped.
    Thread { jobs: Option<mpsc::Sender<Box<dyn Job>>>, thread: Option<JoinHandle<()>> },
    /// Here: each job is done when it is brought.
    Here(Mutex<Connection>),
}

impl Writer {
    /// The thread keeps the lock until it has closed the connection.
    pub(super) fn start(connection: Connection, lock: File, place: Place) -> std::io::Result<Self> {
        let (jobs, mut waiting) = mpsc::channel::<Box<dyn Job>>(MOST_WAITING);
        let serve = move || {
            let mut together = Vec::new();
            while waiting.blocking_recv_many(&mut together, MOST_TOGETHER) > 0 {
                do_all(&connection, Some(&place), together.drain(..));
            }
            drop(connection);
            drop(lock);
        };
        let thread = thread::Builder::new().name("state".to_owned()).spawn(serve)?;
        Ok(Self::Thread { jobs: Some(jobs), thread: Some(thread) })
    }

    /// A job that is refused is dropped.
    pub(super) async fn bring(&self, job: Box<dyn Job>) -> Result<(), Down> {
        match self {
            Self::Thread { jobs, .. } => {
                let ended = || Down::for_some_time("its thread has ended");
                jobs.as_ref().ok_or_else(ended)?.send(job).await.map_err(|_| ended())
            }
            Self::Here(connection) => {
                // No job leaves anything half done.
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                do_all(&connection, None, std::iter::once(job));
                Ok(())
            }
        }
    }
}

impl Drop for Writer {
    /// Waits for what was brought, so that the file is free afterwards.
    fn drop(&mut self) {
        if let Self::Thread { jobs, thread } = self {
            drop(jobs.take());
            let is_other = |thread: &JoinHandle<()>| thread.thread().id() != thread::current().id();
            if let Some(thread) = thread.take().filter(is_other) {
                thread.join().ok();
            }
        }
    }
}
