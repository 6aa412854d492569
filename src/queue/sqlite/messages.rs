//! The messages in the file.

use super::in_flight::InFlight;
use crate::queue::{Lane, NewMessage};
use crate::store::item::written;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tokio::time::Instant;

/// So long a repeat is dropped, as SQS does.
const DEDUPLICATION: TimeDelta = TimeDelta::minutes(5);
/// Messages are kept for so long, and dead letters for as long again.
const KEEP: TimeDelta = TimeDelta::days(14);
/// So many rows are deleted at a time, so that others wait for a moment only.
pub(super) const PIECE: usize = 500;

/// A message that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub id: i64,
    /// By which it is deleted or hidden, until it is handed over again.
    pub receipt: String,
    pub group: String,
    pub sent_at: Option<DateTime<Utc>>,
    /// How often it was handed over, this time included.
    pub receives: u32,
    pub body: String,
}

/// Returns the ids and groups of those that were not sent a moment ago.
pub(super) fn insert(
    connection: &Connection,
    lane: Lane,
    messages: Vec<NewMessage>,
    now: DateTime<Utc>,
) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut new = Vec::with_capacity(messages.len());
    for NewMessage { body, group, deduplication } in messages {
        let mut known = connection.prepare_cached(
            "SELECT id FROM sent WHERE lane = ?1 AND message_group = ?2 AND deduplication = ?3 AND sent_at > ?4 AND sent_at < ?5",
        )?;
        // What is further ahead is of a clock that was wrong.
        let (from, to) = (written(now - DEDUPLICATION), written(now + DEDUPLICATION));
        let is_known = known.exists(params![lane.name(), group, deduplication, from, to])?;
        if is_known {
            continue;
        }
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO sent (lane, message_group, deduplication, sent_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![lane.name(), group, deduplication, written(now)])?;
        let id = connection
            .prepare_cached("INSERT INTO messages (lane, message_group, sent_at, body) VALUES (?1, ?2, ?3, ?4)")?
            .insert(params![lane.name(), group, written(now), body])?;
        new.push((id, group));
    }
    Ok(new)
}

/// The groups that have messages, with the first of each.
pub(super) fn groups(connection: &Connection, lane: Lane) -> rusqlite::Result<Vec<(i64, String)>> {
    let sql = "SELECT min(id), message_group FROM messages WHERE lane = ?1 GROUP BY message_group";
    connection.prepare_cached(sql)?.query_map([lane.name()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Takes what goes into one batch: of the group that has waited longest as much as there is, then of the next one.
pub(super) fn take(
    connection: &Connection,
    lane: Lane,
    most: usize,
    in_flight: &mut InFlight,
    until: Instant,
) -> rusqlite::Result<Vec<Received>> {
    let mut taken = Vec::new();
    while taken.len() < most {
        let Some((expected, group)) = in_flight.next() else { break };
        let found = of_group(connection, lane, &group, most - taken.len(), |id| in_flight.is_done(id))?;
        match found.first().map(|message| message.id) {
            Some(first) if first == expected => {
                let ids: Vec<_> = found.iter().map(|message| message.id).collect();
                let receipts = in_flight.hand_over(&group, &ids, until);
                taken.extend(found.into_iter().zip(receipts).map(|(message, receipt)| Received { receipt, ..message }));
            }
            // It is not its turn yet, or it has nothing.
            first => in_flight.begins_with(&group, first),
        }
    }
    Ok(taken)
}

/// The first messages of a group, without a receipt yet.
fn of_group(
    connection: &Connection,
    lane: Lane,
    group: &str,
    most: usize,
    is_done: impl Fn(i64) -> bool,
) -> rusqlite::Result<Vec<Received>> {
    let sql = "SELECT id, sent_at, receives, body FROM messages WHERE lane = ?1 AND message_group = ?2 ORDER BY id";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([lane.name(), group])?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(row) = rows.next()?
    {
        let id = row.get(0)?;
        if is_done(id) {
            continue;
        }
        let (sent_at, receives): (String, u32) = (row.get(1)?, row.get(2)?);
        found.push(Received {
            id,
            receipt: String::new(),
            group: group.to_owned(),
            sent_at: sent_at.parse().ok(),
            receives: receives.saturating_add(1),
            body: row.get(3)?,
        });
    }
    Ok(found)
}

/// The dead letters of a queue, which have no receipt.
pub(super) fn dead_letters(connection: &Connection, lane: Lane) -> rusqlite::Result<Vec<Received>> {
    let sql = "SELECT id, message_group, sent_at, receives, body FROM dead_letters WHERE lane = ?1 ORDER BY id";
    let dead = |row: &Row<'_>| {
        Ok(Received {
            id: row.get(0)?,
            receipt: String::new(),
            group: row.get(1)?,
            sent_at: row.get::<_, String>(2)?.parse().ok(),
            receives: row.get(3)?,
            body: row.get(4)?,
        })
    };
    connection.prepare_cached(sql)?.query_map([lane.name()], dead)?.collect()
}

/// Counts that messages are handed over, and gives up some.
pub(super) fn count(
    connection: &Connection,
    handed_over: &[i64],
    given_up: &[i64],
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let mut update = connection.prepare_cached("UPDATE messages SET receives = receives + 1 WHERE id = ?1")?;
    for id in handed_over {
        update.execute([id])?;
    }
    given_up.iter().try_for_each(|id| bury(connection, *id, now))
}

fn bury(connection: &Connection, id: i64, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let mut copy = connection.prepare_cached(
        "INSERT INTO dead_letters (id, lane, message_group, sent_at, receives, given_up_at, body) \
         SELECT id, lane, message_group, sent_at, receives, ?2, body FROM messages WHERE id = ?1",
    )?;
    copy.execute(params![id, written(now)])?;
    delete(connection, &[id])
}

pub(super) fn delete(connection: &Connection, ids: &[i64]) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM messages WHERE id = ?1")?;
    ids.iter().try_for_each(|id| delete.execute([id]).map(drop))
}

/// What a sweep has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Swept {
    pub given_up: usize,
    /// There may be more to do.
    pub is_whole: bool,
}

/// Gives up what waits for too long, and deletes what is not needed any more; a piece of it.
pub(super) fn sweep(connection: &Connection, lane: Lane, now: DateTime<Utc>) -> rusqlite::Result<Swept> {
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let sent = connection.execute(
        "DELETE FROM sent WHERE id IN (SELECT id FROM (SELECT id, sent_at FROM sent ORDER BY id LIMIT ?1) WHERE sent_at < ?2)",
        params![piece, written(now - DEDUPLICATION)],
    )?;
    let mut old = connection.prepare_cached(
        "SELECT id FROM (SELECT id, lane, sent_at FROM messages ORDER BY id LIMIT ?1) WHERE lane = ?2 AND sent_at < ?3",
    )?;
    let old: Vec<i64> = old
        .query_map(params![piece, lane.name(), written(now - KEEP)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    old.iter().try_for_each(|id| bury(connection, *id, now))?;
    let dead = connection.execute(
        "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE given_up_at < ?1 LIMIT ?2)",
        params![written(now - KEEP), piece],
    )?;
    Ok(Swept { given_up: old.len(), is_whole: [sent, old.len(), dead].iter().all(|count| *count < PIECE) })
}

/// What is in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those included that are in flight or hidden.
    pub waiting: u64,
    pub in_flight: u64,
    /// When the oldest of them was sent.
    pub oldest: Option<DateTime<Utc>>,
    pub dead: u64,
}

pub(super) fn counts(connection: &Connection, lane: Lane, done: &[i64]) -> rusqlite::Result<Counts> {
    let count = |sql: &str| connection.query_row(sql, [lane.name()], |row| row.get::<_, i64>(0));
    let waiting = count("SELECT count(*) FROM messages WHERE lane = ?1")?;
    let dead = count("SELECT count(*) FROM dead_letters WHERE lane = ?1")?;
    let oldest: Option<String> = connection
        .query_row("SELECT sent_at FROM messages WHERE lane = ?1 ORDER BY id LIMIT 1", [lane.name()], |row| row.get(0))
        .optional()?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Counts {
        waiting: number(waiting).saturating_sub(done.len() as u64),
        in_flight: 0,
        oldest: oldest.and_then(|at| at.parse().ok()),
        dead: number(dead),
    })
}
