//! State in one file of SQLite: rows here, messages in [`crate::queue::sqlite`].
//!
//! One process has it open, and a lock beside it keeps a second one out; anybody may look at it with `sqlite3`. What is
//! answered has been synced to the disk. All that waits is committed together, so that many writers at once share the time
//! of a sync.

mod file;
mod json;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

pub use file::{Cause, StateError};

use crate::store::Down;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use writer::{Kind, Task, Writer};

/// What a large event takes, in bytes.
const ROOM: usize = 256 * 1024;

/// The state of this process. It ends when the last copy of this is dropped, which waits for what was begun.
#[derive(Debug, Clone)]
pub struct State(Arc<Writer>);

impl State {
    /// Opens a file, or creates it, readable by its owner only. It is brought up to this version's schema.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let (connection, lock, place) = file::open(path)?;
        let unusable = |error: std::io::Error| StateError::Unusable { path: path.to_owned(), source: error.into() };
        Ok(Self(Arc::new(Writer::start(connection, lock, place).map_err(unusable)?)))
    }

    /// The state as it is, to look at: nothing is written, and another process may have it.
    pub fn look(path: &Path) -> Result<Self, StateError> {
        Ok(Self(Arc::new(Writer::Here(Mutex::new(file::look(path)?)))))
    }

    /// A state in memory, and without a thread: every call is done at once.
    pub fn in_memory() -> Result<Self, StateError> {
        Ok(Self(Arc::new(Writer::Here(Mutex::new(file::in_memory()?)))))
    }

    /// How often the file was opened, this time included.
    pub async fn openings(&self) -> Result<i64, Down> {
        self.reading(|connection| connection.query_row("SELECT count FROM openings", [], |row| row.get(0))).await
    }

    /// Whether something can be written, and not only read.
    pub async fn check(&self) -> Result<(), Down> {
        self.writing(|connection| connection.execute("UPDATE openings SET checks = checks + 1", []).map(drop)).await
    }

    /// Whether there is room for a large event. If not, the log of writes is cut first, which may make room.
    pub async fn check_room(&self) -> Result<(), Down> {
        if self.fill().await.is_ok() {
            return Ok(());
        }
        let cut = |connection: &Connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.reading(cut).await.ok();
        self.fill().await
    }

    /// Writes a row of [`ROOM`], and deletes it.
    async fn fill(&self) -> Result<(), Down> {
        let fill = "INSERT OR REPLACE INTO rows (pk, sk, expires_at, item) VALUES ('room', 'room', 0, ?1)";
        self.writing(move |connection| connection.execute(fill, [" ".repeat(ROOM)]).map(drop)).await?;
        self.writing(|connection| connection.execute("DELETE FROM rows WHERE pk = 'room'", []).map(drop)).await
    }

    /// Asks for what is in the file: what was written before an answer is seen after it.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Down> {
        self.answered(Kind::Read, work).await
    }

    /// Changes what is in the file, all of it or nothing. With the answer it is on the disk.
    pub(crate) async fn writing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Down> {
        self.answered(Kind::Write, work).await
    }

    /// The same with a second step, which is made whether or not anybody still waits.
    pub(crate) async fn writing_then<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        then: impl FnOnce(Result<T, Down>) + Send + 'static,
    ) -> Result<(), Down> {
        self.0.bring(Box::new(Task::new(Kind::Write, work, then))).await
    }

    async fn answered<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Down> {
        let (answer, answered) = oneshot::channel();
        self.0.bring(Box::new(Task::new(kind, work, |found| drop(answer.send(found))))).await?;
        answered.await.unwrap_or_else(|_| Err(Down::for_some_time("its thread has ended")))
    }
}
