//! The functions can read the files in `events/`. This needs none of AWS's tools.

use aws_lambda_events::sqs::SqsEvent;
use serde_json::Value;
use std::fs;
use std::path::Path;
use toban::lambda::{gateway, schedule};

#[test]
fn each_event_file_is_of_its_function() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut read = 0;
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let text = fs::read(&path).expect("a readable file");
        match stem.split('-').next() {
            Some("webhook") => {
                let event: gateway::Event =
                    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                let is_handed = event.handed().is_some();
                assert_eq!(is_handed, stem.starts_with("webhook-eventbridge-"), "{name} is EventBridge's by its name");
                assert!(is_handed || event.request().is_ok(), "{name} is a request");
            }
            Some("worker") => {
                let event: SqsEvent = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(!event.records.is_empty(), "{name} has records");
            }
            Some("reminder") => {
                let event: schedule::Event =
                    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(
                    format!("{event:?}") == format!("{:?}", schedule::Event::default()),
                    stem == "reminder-by-hand",
                    "{name}"
                );
            }
            Some("watchdog") => {
                let event: Value = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(event, serde_json::json!({}), "{name}: the schedule passes nothing");
            }
            Some("environment") => {
                let variables: Value = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(variables["Parameters"].is_object(), "{name}");
            }
            _ => panic!("{name} is not for any function"),
        }
        read += 1;
    }
    assert!(read > 15, "only {read} files");
}
