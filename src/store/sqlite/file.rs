//! The file itself: who may open it, and whose it is.

use super::schema;
use crate::store::Down;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Only the user that the process runs as may read it: it has what senders sent, and names.
const MODE: u32 = 0o600;
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How long a write waits for somebody else's, by hand in `sqlite3`. A step of the ledger has a second.
const BUSY: Duration = Duration::from_millis(800);
/// The log of writes is cut to this when it was larger, in bytes.
const LARGEST_LOG: i64 = 16 << 20;

/// Why the state cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("{} is in use by another process{}: end that one first, or name another file in STATE_FILE", path.display(), number(*process))]
    InUse { path: PathBuf, process: Option<u32> },
    #[error("{} is not a state file of toban, and was left as it is: name another file in STATE_FILE", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} was written by a newer version of toban (schema {found}; this one knows {known}): start that version, or name another file in STATE_FILE", path.display())]
    Newer { path: PathBuf, found: i64, known: usize },
    #[error("{} cannot be used as the state file that STATE_FILE names: {source}", path.display())]
    Unusable { path: PathBuf, source: Cause },
}

/// What the system or SQLite says.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    #[error("{0}")]
    System(#[from] io::Error),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("its file system does not let several programs share a file")]
    NoSharing,
    #[error("there is no folder {}: make it, or name another file in STATE_FILE", .0.display())]
    NoFolder(PathBuf),
}

/// Where the file is. SQLite does not notice that it is there no longer: what it writes then is gone when the process ends.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// Its device and number.
    identity: (u64, u64),
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// Whether it is still there.
    pub fn check(&self) -> Result<(), Down> {
        let file = self.path.display();
        let gone = || Down::for_now(format!("{file}: the file was deleted or replaced meanwhile; start toban again"));
        match identity(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) => Err(gone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(gone()),
            Err(error) => Err(Down::for_now(format!("{file}: {error}"))),
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

fn number(process: Option<u32>) -> String {
    process.map(|process| format!(" ({process})")).unwrap_or_default()
}

/// Opens the file, which nobody else has open as a process of toban's, and creates it if there is none. The lock is held until
/// the second value is dropped.
pub(super) fn open(path: &Path) -> Result<(Connection, File, Place), StateError> {
    let unusable = |source: Cause| StateError::Unusable { path: path.to_owned(), source };
    let path = &whole(path).map_err(unusable)?;
    if path.is_dir() {
        return Err(unusable(io::Error::from(io::ErrorKind::IsADirectory).into()));
    }
    let lock = lock(path)?;
    let is_sqlite = create(path).and_then(|()| is_sqlite(path)).map_err(|error| unusable(error.into()))?;
    if !is_sqlite {
        return Err(StateError::NotOurs { path: path.clone() });
    }
    let (connection, version) = connect(path).map_err(|error| unusable(error.into()))?;
    let connection = match version {
        Version::NotOurs => return Err(StateError::NotOurs { path: path.clone() }),
        Version::Newer(found) => return Err(StateError::Newer { path: path.clone(), found, known: schema::latest() }),
        Version::Known(version) => set_up(connection, version)
            .map_err(|error| unusable(error.into()))?
            .ok_or_else(|| unusable(Cause::NoSharing))?,
    };
    // A disk that is full or read-only is found here, not by the first alert.
    count_opening(&connection).map_err(|error| unusable(error.into()))?;
    let place = Place::of(path).map_err(|error| unusable(error.into()))?;
    Ok((connection, lock, place))
}

/// Opens a file that is there, to read it only. Another process may have it.
pub(super) fn look(path: &Path) -> Result<Connection, StateError> {
    let unusable = |source: Cause| StateError::Unusable { path: path.to_owned(), source };
    if !is_sqlite(path).map_err(|error| unusable(error.into()))? {
        return Err(StateError::NotOurs { path: path.to_owned() });
    }
    let (connection, version) = connect(path).map_err(|error| unusable(error.into()))?;
    match version {
        Version::Newer(found) => Err(StateError::Newer { path: path.to_owned(), found, known: schema::latest() }),
        Version::Known(version) if version == schema::latest() => {
            connection.pragma_update(None, "query_only", true).map_err(|error| unusable(error.into()))?;
            Ok(connection)
        }
        // An older one is brought up to date by the next start of the process that has it.
        Version::NotOurs | Version::Known(_) => Err(StateError::NotOurs { path: path.to_owned() }),
    }
}

/// In memory.
pub(super) fn in_memory() -> Result<Connection, StateError> {
    let open = || {
        let mut connection = Connection::open_in_memory()?;
        schema::migrate(&mut connection, 0)?;
        count_opening(&connection)?;
        Ok(connection)
    };
    let unusable = |error: rusqlite::Error| StateError::Unusable { path: "memory".into(), source: error.into() };
    open().map_err(unusable)
}

/// One path for one file, whatever links lead to it.
fn whole(path: &Path) -> Result<PathBuf, Cause> {
    if path.exists() {
        return Ok(fs::canonicalize(path)?);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let folder = fs::canonicalize(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Cause::NoFolder(folder.to_owned()),
        _ => error.into(),
    })?;
    Ok(folder.join(name))
}

/// Locks a file of its own beside the state: SQLite's locks are on the state itself, and a process loses those when it closes
/// any handle of that file. The system gives the lock back when the process ends, however it ends.
fn lock(path: &Path) -> Result<File, StateError> {
    let unusable = |error: io::Error| StateError::Unusable { path: path.to_owned(), source: error.into() };
    let mut name = OsString::from(path);
    name.push(".lock");
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(MODE).clone();
    let mut lock = options.open(PathBuf::from(name)).map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => {
            let written = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
            written.map(|()| lock).map_err(unusable)
        }
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            lock.read_to_string(&mut process).ok();
            Err(StateError::InUse { path: path.to_owned(), process: process.trim().parse().ok() })
        }
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// Creates an empty file, which SQLite takes for an empty database. What it puts beside it gets the same mode.
fn create(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(MODE).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_open_to_others = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
            if is_open_to_others { fs::set_permissions(path, Permissions::from_mode(MODE)) } else { Ok(()) }
        }
        Err(error) => Err(error),
    }
}

/// Whether SQLite may be given the file: it would take some others for its own.
fn is_sqlite(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut beginning)?;
    Ok(beginning.is_empty() || beginning == MAGIC)
}

enum Version {
    NotOurs,
    Newer(i64),
    Known(usize),
}

/// Connects, and reads whose the file is; nothing is written yet.
fn connect(path: &Path) -> rusqlite::Result<(Connection, Version)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = match pragma("application_id") {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Ok((connection, Version::NotOurs));
        }
        application => application?,
    };
    let version = pragma("user_version")?;
    let is_empty = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    let version = match usize::try_from(version) {
        _ if application != i64::from(schema::APPLICATION) && !(is_empty && application == 0) => Version::NotOurs,
        Ok(known) if known <= schema::latest() => Version::Known(known),
        _ => Version::Newer(version),
    };
    Ok((connection, version))
}

/// `None` where the file system cannot have what a reader beside the writer needs.
fn set_up(mut connection: Connection, version: usize) -> rusqlite::Result<Option<Connection>> {
    // A commit that was answered has reached the disk: with FULL the log is synced after each.
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Ok(None);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On a Mac a sync alone leaves it in the disk's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LARGEST_LOG, |_| Ok(()))?;
    schema::migrate(&mut connection, version)?;
    Ok(Some(connection))
}

fn count_opening(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE openings SET count = count + 1", []).map(drop)
}
