//! The table: every row at once, its index behind. On one machine there is one file for both.

use crate::team::Home;
use crate::weather::{Service, TABLE_CONFLICT, TABLE_NO_CONNECTION, TABLE_TWICE};
use crate::world::{World, one_of};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use toban::store::condition::Condition;
use toban::store::item::Item;
use toban::store::{Down, Found, Partition, Put, Query, Table, Written};
use tokio::task::spawn_local;
use tokio::time::sleep;

/// A client of the table.
#[derive(Debug, Clone)]
pub struct Client(pub Arc<World>);

impl Table for Client {
    fn read<'a>(&'a self, pk: &'a str, sk: &'a str) -> BoxFuture<'a, Result<Option<Item>, Down>> {
        let (what, key) = (format!("read of {pk}"), (pk.to_owned(), sk.to_owned()));
        Box::pin(async move {
            let read = move |world: &World, _| at_once(&world.rows, |rows| rows.read(&key.0, &key.1).now_or_never());
            self.0.call(Service::Table, &what, read).await.map_err(down)
        })
    }

    fn put(&self, puts: Vec<Put>) -> BoxFuture<'_, Result<Written, Down>> {
        Box::pin(async {
            let world = self.0.clone();
            let keys: Vec<_> = puts.iter().filter_map(|put| put.item.text("pk")).collect();
            let what = format!("write of {}", keys.join(" "));
            let put = move |_: &World, fault: Option<&'static str>| {
                if fault == Some(TABLE_CONFLICT) {
                    // With a number beyond the rows all of them are as expected: the transaction was throttled.
                    let last = world.chance(|rng| rng.usize(..if puts.len() > 1 { puts.len() + 1 } else { 1 }));
                    let found = |nth| if nth == last { Found::Otherwise(None) } else { Found::AsExpected };
                    return Written::Refused((0..puts.len()).map(found).collect());
                }
                let copies: Vec<_> = puts.iter().map(|put| put.item.clone()).collect();
                let before = world.pressing.as_ref().map(|_| {
                    let text = |item: &Item, name| item.text(name).unwrap_or_default().to_owned();
                    copies.iter().map(|item| world.row(&text(item, "pk"), &text(item, "sk"))).collect::<Vec<_>>()
                });
                let again = (fault == Some(TABLE_TWICE)).then(|| puts.clone());
                let written = at_once(&world.rows, |rows| rows.put(puts).now_or_never());
                let keys = copies.iter().filter_map(|item| item.text("pk")).collect::<Vec<_>>();
                let is_done = matches!(written, Written::Done);
                // The SDK sends the very same request again.
                let written = match again {
                    Some(puts) => at_once(&world.rows, |rows| rows.put(puts).now_or_never()),
                    None => written,
                };
                if is_done
                    && copies.iter().any(|item| item.text("pk") == Some("rotation") && item.text("sk") == Some("copy"))
                {
                    world.troubles.copied(world.elapsed());
                }
                world.note(format_args!("  write of {}: {}", keys.join(" "), if is_done { "done" } else { "refused" }));
                if let (Some(pressing), Some(before)) = (&world.pressing, &before) {
                    for (before, after) in before.iter().zip(&copies).filter(|_| is_done) {
                        pressing.written(&world, before.as_ref(), after);
                    }
                }
                if is_done && world.parts.home == Home::Aws {
                    let behind = world.chance(|rng| {
                        let most = one_of(rng, [40, 3_000]);
                        Duration::from_millis(rng.u64(1..most))
                    });
                    let (follower, nth) = (world.clone(), world.writes.fetch_add(1, Ordering::Relaxed) + 1);
                    spawn_local(async move {
                        sleep(behind).await;
                        let put = |item| Put { item, condition: Condition::none() };
                        let newer: Vec<_> = copies.into_iter().filter(|item| is_newer(&follower, item, nth)).collect();
                        at_once(&follower.index, |index| {
                            index.put(newer.into_iter().map(put).collect()).now_or_never()
                        });
                    });
                }
                written
            };
            self.0.call(Service::Table, &what, put).await.map_err(down)
        })
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Vec<Item>, Down>> {
        Box::pin(async {
            let is_of_earlier = matches!(query.partition, Partition::ByFingerprint { .. });
            let find = move |world: &World, _| {
                world.count("query");
                let is_of_index = !matches!(query.partition, Partition::Pk(_));
                let rows = if is_of_index { &world.index } else { &world.rows };
                at_once(rows, |rows| rows.query(query).now_or_never())
            };
            let (service, what) =
                if is_of_earlier { (Service::Seen, "query of earlier alerts") } else { (Service::Table, "query") };
            self.0.call(service, what, find).await.map_err(down)
        })
    }
}

/// Whether the index has no later write of a row. One row's writes come to it in their order.
fn is_newer(world: &World, item: &Item, nth: u64) -> bool {
    let text = |name| item.text(name).unwrap_or_default().to_owned();
    let mut indexed = world.indexed.lock().expect("no panic before");
    let last = indexed.entry((text("pk"), text("sk"))).or_default();
    let is_newer = nth > *last;
    *last = nth.max(*last);
    is_newer
}

/// Rows in memory never wait and never fail.
fn at_once<T>(rows: &Arc<dyn Table>, ask: impl FnOnce(&Arc<dyn Table>) -> Option<Result<T, Down>>) -> T {
    ask(rows).expect("memory does not wait").expect("memory does not fail")
}

fn down(fault: &'static str) -> Down {
    if fault == TABLE_NO_CONNECTION { Down::for_some_time(fault) } else { Down::for_now(fault) }
}
