//! The versions of the schema, and the way from each to the next.

use rusqlite::Connection;

/// By whom the file is, in its header: "toba" in ASCII.
pub(super) const APPLICATION: i32 = 0x746f_6261;

/// What leads from each version to the next. One that was released is never changed.
const MIGRATIONS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql")];

/// The version of a file that this program has brought up to date.
pub(super) fn latest() -> usize {
    MIGRATIONS.len()
}

/// Brings the file from a version to the latest one.
pub(super) fn migrate(connection: &mut Connection, from: usize) -> rusqlite::Result<()> {
    migrate_to(connection, from, latest())
}

/// Brings the file from a version to a later one, all of the way or nothing.
pub(super) fn migrate_to(connection: &mut Connection, from: usize, to: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (version, sql) in (1_i32..).zip(MIGRATIONS).take(to).skip(from) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()
}
