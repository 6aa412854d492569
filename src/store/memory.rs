//! Rows in the memory of one process.

use super::item::Item;
use super::{Down, Found, Partition, Put, Query, Table, Written};
use futures_util::future::{BoxFuture, ready};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// With more rows than this, those that were written first are dropped, down to `KEPT`.
const MOST: usize = 40_000;
const KEPT: u64 = 30_000;

/// The rows.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Rows>);

#[derive(Debug, Default)]
struct Rows {
    /// By `pk` and `sk`, each with the number of the write that left it.
    rows: BTreeMap<(String, String), (u64, Item)>,
    writes: u64,
}

impl Memory {
    /// No step leaves the rows half changed, so a panic elsewhere does not spoil them.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rows were ever written.
    pub fn writes(&self) -> u64 {
        self.rows().writes
    }

    /// The rows that were written after the first `count` writes, in the order of their last writes.
    pub fn written_after(&self, count: u64) -> Vec<Item> {
        let rows = self.rows();
        let mut new: Vec<_> = rows.rows.values().filter(|(nth, _)| *nth > count).collect();
        new.sort_by_key(|(nth, _)| *nth);
        new.into_iter().map(|(_, item)| item.clone()).collect()
    }

    fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        self.rows().rows.get(&(pk.to_owned(), sk.to_owned())).map(|(_, item)| item.clone())
    }

    fn put_all(&self, puts: Vec<Put>) -> Written {
        let mut rows = self.rows();
        let there = |put: &Put| rows.rows.get(&key(&put.item)).map(|(_, item)| item);
        if puts.iter().any(|put| !put.condition.holds(there(put))) {
            let found = |put: &Put| match there(put) {
                row if put.condition.holds(row) => Found::AsExpected,
                row => Found::Otherwise(row.cloned()),
            };
            return Written::Refused(puts.iter().map(found).collect());
        }
        for Put { mut item, .. } in puts {
            item.shrink();
            rows.writes += 1;
            let nth = rows.writes;
            rows.rows.insert(key(&item), (nth, item));
        }
        if rows.rows.len() > MOST {
            let writes = rows.writes;
            rows.rows.retain(|_, (nth, _)| *nth + KEPT > writes);
        }
        Written::Done
    }

    fn find(&self, query: &Query) -> Vec<Item> {
        let is_between = |key: &str| query.between.as_ref().is_none_or(|(from, to)| **from <= *key && *key <= **to);
        let rows = self.rows();
        match &query.partition {
            Partition::Pk(pk) => {
                let first = (pk.clone(), String::new());
                let partition = rows.rows.range(first..).take_while(|((known, _), _)| known == pk);
                partition.filter(|((_, sk), _)| is_between(sk)).map(|(_, (_, item))| item.clone()).collect()
            }
            Partition::ByState(partition) => {
                let items = rows.rows.values().map(|(_, item)| item);
                let mut found: Vec<_> = items
                    .filter(|item| item.text("gsi_pk") == Some(partition))
                    .filter(|item| item.text("gsi_sk").is_some_and(is_between))
                    .collect();
                found.sort_by_key(|item| item.text("gsi_sk"));
                found.into_iter().cloned().collect()
            }
            Partition::ByFingerprint { fingerprint, latest } => {
                let items = rows.rows.values().map(|(_, item)| item);
                let mut found: Vec<_> = items
                    .filter(|item| item.text("fingerprint") == Some(fingerprint))
                    .filter(|item| item.text("opened_at").is_some_and(is_between))
                    .collect();
                found.sort_by_key(|item| Reverse(item.text("opened_at")));
                found.into_iter().take(*latest).map(Item::in_index).collect()
            }
        }
    }
}

impl Table for Arc<Memory> {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        Box::pin(ready(Ok(self.get(pk, sk))))
    }

    fn put(&self, puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        Box::pin(ready(Ok(self.put_all(puts))))
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        Box::pin(ready(Ok(self.find(&query))))
    }
}

fn key(item: &Item) -> (String, String) {
    let text = |name| item.text(name).unwrap_or_default().to_owned();
    (text("pk"), text("sk"))
}

#[cfg(test)]
mod tests {
    use super::super::condition::Condition;
    use super::*;
    use chrono::{DateTime, TimeDelta};

    fn put(pk: &str, sk: &str, condition: Condition) -> Put {
        Put { item: Item::new(pk, sk, TimeDelta::days(1), DateTime::UNIX_EPOCH), condition }
    }

    #[test]
    fn all_rows_are_written_or_none() {
        let memory = Memory::default();
        assert!(matches!(memory.put_all(vec![put("a", "1", Condition::absent())]), Written::Done));
        let both = vec![put("b", "1", Condition::absent()), put("a", "1", Condition::absent())];
        let Written::Refused(found) = memory.put_all(both) else { panic!("one of them is there") };
        assert!(matches!(&found[..], [Found::AsExpected, Found::Otherwise(Some(_))]), "{found:?}");
        assert!(memory.get("b", "1").is_none());
    }

    #[test]
    fn the_oldest_rows_make_room() {
        let memory = Memory::default();
        for number in 0..=MOST {
            memory.put_all(vec![put("a", &format!("{number:06}"), Condition::none())]);
        }
        let query = Query { partition: Partition::Pk("a".into()), between: None };
        let left = memory.find(&query);
        assert_eq!((left.len() as u64, left[0].text("sk")), (KEPT, Some("010001")));
        assert_eq!(memory.written_after(MOST as u64).len(), 1);
    }
}
