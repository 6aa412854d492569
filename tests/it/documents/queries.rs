//! Log queries use only fields that are logged.

use super::pages::{Block, page};
use super::tables::OPERATIONS;
use crate::template::logged;
use std::collections::BTreeSet;

/// Words of CloudWatch's query language, and names that the query defines itself.
const KNOWN: [&str; 27] = [
    "fields",
    "filter",
    "sort",
    "stats",
    "limit",
    "by",
    "as",
    "and",
    "or",
    "desc",
    "count",
    "pct",
    "max",
    "bin",
    "ispresent",
    "timestamp",
    "level",
    "message",
    "messages",
    "median",
    "slow",
    "slowest",
    "d",
    "ERROR",
    "WARN",
    "posted",
    "triggered",
];

#[test]
fn each_query_asks_for_fields_that_are_logged() {
    let fields = logged::fields();
    let pages = OPERATIONS.map(page);
    let [queries, japanese] =
        pages.map(|page| page.blocks().into_iter().filter(|block| block.language == "sql").collect::<Vec<_>>());
    let texts = |queries: &[Block]| queries.iter().map(|query| query.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&queries), texts(&japanese), "the queries are the same in both languages");
    assert!(queries.len() >= 4, "{} queries", queries.len());
    for query in queries {
        let words = query.text.split(|c: char| !c.is_alphabetic() && c != '_');
        let words: BTreeSet<_> = words.filter(|word| !word.is_empty() && !KNOWN.contains(word)).collect();
        assert!(!words.is_empty(), "{} asks for nothing", query.place);
        for word in words {
            assert!(fields.contains_key(word), "{}: nothing logs the field {word}", query.place);
        }
    }
}
