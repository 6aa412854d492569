//! Blocks that are in Python, which a plain `cargo test` does without.

use super::{IN_PYTHON, named_blocks, print, run};
use crate::template::file;
use serde_json::Value;

#[test]
fn what_python_prints_is_printed() {
    print(IN_PYTHON);
}

#[test]
fn the_signature_is_that_of_the_event() {
    let (_, printed) = run("sign", &named_blocks()["sign"]);
    let event: Value = serde_json::from_str(&file("events/webhook-v3-triggered.json")).expect("it is JSON");
    let signature = event["headers"]["x-pagerduty-signature"].as_str().and_then(|header| header.strip_prefix("v1="));
    assert_eq!(printed.trim().rsplit(' ').next(), signature);
}
