//! Any steps have the same answers in memory and in SQLite.

use super::row;
use crate::store::condition::Condition;
use crate::store::item::{Item, Value};
use crate::store::memory::Memory;
use crate::store::sqlite::State;
use crate::store::{Down, Found, Partition, Put, Query, Table, Written};
use futures_util::FutureExt as _;
use proptest::prelude::*;
use std::sync::Arc;

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<(Item, Test)>),
    Read(String, String),
    Query(Query),
}

/// A condition, some of which hold.
#[derive(Debug, Clone)]
enum Test {
    Always,
    Absent,
    Unchanged,
    Text(String),
    Between(i64, i64),
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "b", "ab", "当", "\u{1F525}", "A", "a\0", "é"]).prop_map(str::to_owned)
}

fn step() -> impl Strategy<Value = Step> {
    let item =
        (word(), word(), prop::option::of((word(), word())), 0..4_i64, word()).prop_map(|(pk, sk, index, n, text)| {
            let item = row(&pk, &sk).with_number("n", n).with_text("text", text);
            let item = match &index {
                Some((alert, time)) if n > 0 => {
                    item.with_text("fingerprint", alert).with_text("opened_at", time).with_text("state", "open")
                }
                Some((_, time)) => item.with_text("opened_at", time),
                None => item,
            };
            match index {
                Some((state, position)) => item.with_text("gsi_pk", state).with_text("gsi_sk", position),
                None => item,
            }
        });
    let test = prop_oneof![
        3 => Just(Test::Always),
        1 => Just(Test::Absent),
        1 => Just(Test::Unchanged),
        1 => word().prop_map(Test::Text),
        1 => (0..4_i64, 0..4_i64).prop_map(|(from, to)| Test::Between(from, to)),
    ];
    let between = prop::option::of((word(), word()));
    let latest = |(fingerprint, latest)| Partition::ByFingerprint { fingerprint, latest };
    let partition = prop_oneof![
        word().prop_map(Partition::Pk),
        word().prop_map(Partition::ByState),
        (word(), 0..4_usize).prop_map(latest)
    ];
    prop_oneof![
        4 => prop::collection::vec((item, test), 1..4).prop_map(Step::Put),
        1 => (word(), word()).prop_map(|(pk, sk)| Step::Read(pk, sk)),
        2 => (partition, between).prop_map(|(partition, between)| Step::Query(Query { partition, between })),
    ]
}

fn said(item: &Item) -> String {
    format!("{:?}", item.attributes().collect::<Vec<_>>())
}

/// What a table answers to a step, in words.
fn answer(table: &impl Table, step: &Step) -> String {
    let now = |answer: Option<Result<String, Down>>| answer.expect("it does not wait").expect("it does not fail");
    let one = |row: Option<Item>| row.as_ref().map_or("none".to_owned(), said);
    match step {
        Step::Read(pk, sk) => now(table.read(pk, sk).now_or_never().map(|read| read.map(one))),
        Step::Query(query) => {
            let all = |rows: Vec<Item>| rows.iter().map(said).collect::<Vec<_>>().join("\n");
            now(table.query(query.clone()).now_or_never().map(|found| found.map(all)))
        }
        Step::Put(puts) => {
            let put = |(item, test): &(Item, Test)| {
                let (pk, sk) = (item.text("pk").expect("a key"), item.text("sk").expect("a key"));
                let there = table.read(pk, sk).now_or_never().expect("it does not wait").expect("it does not fail");
                let condition = match (test, there) {
                    (Test::Absent, _) => Condition::absent(),
                    (Test::Unchanged, Some(there)) => Condition::unchanged(&there, &["n", "text", "gsi_pk"]),
                    (Test::Always | Test::Unchanged, _) => Condition::none(),
                    (Test::Text(text), _) => Condition::has_text("text", text),
                    (Test::Between(from, to), _) => {
                        let number = |n: i64| Value::Number(n.into());
                        Condition::unless_between("n", number(*from), number(*to))
                    }
                };
                Put { item: item.clone(), condition }
            };
            let written = table.put(puts.iter().map(put).collect()).now_or_never();
            let words = |written| match written {
                Written::Done => "done".to_owned(),
                Written::Refused(found) => {
                    let found = found.into_iter().map(|found| match found {
                        Found::AsExpected => "as expected".to_owned(),
                        Found::Otherwise(row) => one(row),
                    });
                    found.collect::<Vec<_>>().join("\n")
                }
            };
            now(written.map(|written| written.map(words)))
        }
    }
}

proptest! {
    #[test]
    fn memory_and_sqlite_give_the_same_answers(steps in prop::collection::vec(step(), 1..60)) {
        let memory = Arc::<Memory>::default();
        let state = State::in_memory().expect("a database");
        for step in &steps {
            prop_assert_eq!(answer(&memory, step), answer(&state, step), "{:?}", step);
        }
    }
}
