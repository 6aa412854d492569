//! The rows as a [`Table`].

use super::{State, json};
use crate::store::item::Item;
use crate::store::{Down, Found, Partition, Put, Query, Table, Written};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::borrow::Cow;

/// So many rows are deleted at a time, so that others wait for a moment only.
const PIECE: usize = 500;

impl Table for State {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        let (pk, sk) = (pk.to_owned(), sk.to_owned());
        Box::pin(self.reading(move |connection| get(connection, &pk, &sk)))
    }

    fn put(&self, puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        Box::pin(self.writing(move |connection| put_all(connection, &puts)))
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        Box::pin(self.reading(move |connection| find(connection, &query)))
    }
}

impl State {
    /// Deletes rows whose time is over, and returns how many.
    pub async fn forget_expired(&self, now: DateTime<Utc>) -> Result<usize, Down> {
        let mut deleted = 0;
        loop {
            let piece = self.writing(move |connection| delete_expired(connection, now)).await?;
            deleted += piece;
            if piece < PIECE {
                return Ok(deleted);
            }
        }
    }
}

fn get(connection: &Connection, pk: &str, sk: &str) -> rusqlite::Result<Option<Item>> {
    let mut select = connection.prepare_cached("SELECT pk, sk, item FROM rows WHERE pk = ?1 AND sk = ?2")?;
    select.query_row([pk, sk], item).optional()
}

fn put_all(connection: &Connection, puts: &[Put]) -> rusqlite::Result<Written> {
    let mut found = Vec::with_capacity(puts.len());
    for Put { item, condition } in puts {
        let (pk, sk) = key(item);
        let there = get(connection, pk, sk)?;
        let is_as_expected = condition.holds(there.as_ref());
        found.push(if is_as_expected { Found::AsExpected } else { Found::Otherwise(there) });
    }
    if found.iter().any(|found| matches!(found, Found::Otherwise(_))) {
        return Ok(Written::Refused(found));
    }
    for Put { item, .. } in puts {
        let (pk, sk) = key(item);
        let mut upsert = connection.prepare_cached(
            "INSERT INTO rows (pk, sk, gsi_pk, gsi_sk, fingerprint, opened_at, expires_at, item) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (pk, sk) DO UPDATE SET gsi_pk = excluded.gsi_pk, \
             gsi_sk = excluded.gsi_sk, fingerprint = excluded.fingerprint, opened_at = excluded.opened_at, \
             expires_at = excluded.expires_at, item = excluded.item",
        )?;
        let [state, position, fingerprint] = ["gsi_pk", "gsi_sk", "fingerprint"].map(|name| item.text(name));
        // Only what is found by it.
        let opened_at = item.text("opened_at").filter(|_| fingerprint.is_some());
        let expires_at = item.number::<i64>("expires_at");
        let text = json::to_text(item);
        upsert.execute(params![pk, sk, state, position, fingerprint, opened_at, expires_at, text])?;
    }
    Ok(Written::Done)
}

fn find(connection: &Connection, Query { partition, between }: &Query) -> rusqlite::Result<Vec<Item>> {
    let (from, to) = between.as_ref().map_or((None, None), |(from, to)| (Some(from), Some(to)));
    let (partition, sql) = match partition {
        Partition::Pk(pk) => (
            pk,
            "SELECT pk, sk, item FROM rows WHERE pk = ?1 AND sk >= ifnull(?2, '') AND (?3 IS NULL OR sk <= ?3) ORDER BY sk",
        ),
        Partition::ByState(state) => (
            state,
            "SELECT pk, sk, item FROM rows WHERE gsi_pk = ?1 AND gsi_sk >= ifnull(?2, '') AND (?3 IS NULL OR gsi_sk <= ?3) \
             ORDER BY gsi_sk, pk, sk",
        ),
        Partition::ByFingerprint { fingerprint, latest } => {
            let mut select = connection.prepare_cached(
                "SELECT pk, sk, item FROM rows WHERE fingerprint = ?1 AND opened_at >= ifnull(?2, '') \
                 AND (?3 IS NULL OR opened_at <= ?3) ORDER BY opened_at DESC, pk, sk LIMIT ?4",
            )?;
            let latest = i64::try_from(*latest).unwrap_or(i64::MAX);
            let rows = select.query_map(params![fingerprint, from, to, latest], item)?;
            return rows.map(|row| Ok(row?.in_index())).collect();
        }
    };
    let mut select = connection.prepare_cached(sql)?;
    select.query_map(params![partition, from, to], item)?.collect()
}

fn delete_expired(connection: &Connection, now: DateTime<Utc>) -> rusqlite::Result<usize> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM rows WHERE rowid IN (SELECT rowid FROM rows WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
    )?;
    delete.execute(params![now.timestamp(), i64::try_from(PIECE).unwrap_or(i64::MAX)])
}

/// What is in a row. Of one that was broken by hand only its keys are left, and no version knows it.
fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let text: String = row.get(2)?;
    if let Some(item) = json::from_text(&text) {
        return Ok(item);
    }
    let keys = [("pk", row.get(0)?), ("sk", row.get(1)?)];
    let attribute = |(name, value)| (Cow::Borrowed(name), crate::store::item::Value::Text(value));
    Ok(keys.into_iter().map(attribute).collect())
}

fn key(item: &Item) -> (&str, &str) {
    (item.text("pk").unwrap_or_default(), item.text("sk").unwrap_or_default())
}
