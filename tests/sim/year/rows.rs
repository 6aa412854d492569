//! The rows of a year, with an index: memory alone looks at all of them for each day that is asked for.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use toban::store::item::Item;
use toban::store::memory::Memory;
use toban::store::{Down, Partition, Put, Query, Table, Written};
use tokio::task::yield_now;

/// By its own sort key, a row's.
type Entries = BTreeSet<(String, String, String)>;

#[derive(Debug, Default)]
pub struct Rows {
    memory: Arc<Memory>,
    /// Every entry that a row ever had, by partition.
    index: Mutex<BTreeMap<String, Entries>>,
}

/// The rows as a process has them.
#[derive(Debug)]
pub struct Client(pub Arc<Rows>);

fn text(item: &Item, name: &str) -> String {
    item.text(name).unwrap_or_default().to_owned()
}

impl Rows {
    pub fn read(&self, pk: &str, sk: &str) -> Option<Item> {
        self.memory.read(pk, sk).now_or_never().expect("memory does not wait").expect("memory does not fail")
    }

    pub fn put(&self, puts: Vec<Put>) -> Written {
        let keys: Vec<_> = puts.iter().map(|Put { item, .. }| [text(item, "pk"), text(item, "sk")]).collect();
        let written =
            self.memory.put(puts).now_or_never().expect("memory does not wait").expect("memory does not fail");
        let mut index = self.index.lock().expect("no panic before");
        for [pk, sk] in keys {
            if let Some(item) = self.read(&pk, &sk)
                && item.text("gsi_pk").is_some()
            {
                index.entry(text(&item, "gsi_pk")).or_default().insert((text(&item, "gsi_sk"), pk, sk));
            }
        }
        written
    }

    fn query(&self, query: Query) -> Vec<Item> {
        let Partition::ByState(partition) = &query.partition else {
            let found = self.memory.query(query).now_or_never().expect("memory does not wait");
            return found.expect("memory does not fail");
        };
        let index = self.index.lock().expect("no panic before");
        let Some(entries) = index.get(partition) else { return Vec::new() };
        let is_between = |key: &str| query.between.as_ref().is_none_or(|(from, to)| **from <= *key && *key <= **to);
        let there = entries.iter().filter(|(key, ..)| is_between(key)).filter_map(|(key, pk, sk)| {
            let item = self.read(pk, sk)?;
            let is_still = item.text("gsi_pk") == Some(partition) && item.text("gsi_sk") == Some(key);
            is_still.then_some(item)
        });
        there.collect()
    }
}

/// A process may die before it acts, and before it hears of it.
fn waited<'a, T: Send + 'a>(act: impl FnOnce() -> T + Send + 'a) -> BoxFuture<'a, Result<T, Down>> {
    Box::pin(async move {
        yield_now().await;
        let acted = act();
        yield_now().await;
        Ok(acted)
    })
}

impl Table for Client {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        waited(move || self.0.read(pk, sk))
    }

    fn put(&self, puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        waited(move || self.0.put(puts))
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        waited(move || self.0.query(query))
    }
}
