//! An alert of Mackerel's from beginning to end, without PagerDuty: Jenkins restarts a server for it, which fails once.

use super::story::{Chapter, From, instant};
use crate::running::data;
use serde_json::{Value, json};
use std::fs;

/// How people tell the job which alert it is for.
const TAG: &str = "#MKgCZ8Xy";

pub fn chapters(language: &str) -> Vec<Chapter> {
    let (monitor, service) = match language {
        "ja" => ("HTTP 5xx が 5% を超えています", "Backlogアプリ"),
        _ => ("HTTP 5xx above 5%", "Backlog app"),
    };
    let opened = instant("11:02").timestamp();
    let alert = |at: &'static str, kind: &str| Chapter {
        at,
        from: From::Mackerel,
        body: changed(&format!("mackerel/kinds/alert.host{kind}.json"), |body| {
            body["message"] = "5xx 7.2 > 5".into();
            body["memo"] = "".into();
            body["host"]["roles"][0]["serviceName"] = service.into();
            let alert = &mut body["alert"];
            alert["monitorName"] = monitor.into();
            alert["openedAt"] = opened.into();
            alert["statusChangedAt"] = instant(at).timestamp().into();
            if kind == ".closed" {
                alert["closedAt"] = instant(at).timestamp().into();
                body["message"] = "5xx 0.1 < 5".into();
            }
        }),
    };
    let job = |at: &'static str, kind: &str, number: u64| Chapter {
        at,
        from: From::Jenkins,
        body: changed(&format!("jenkins/kinds/{kind}.json"), |body| {
            let build = &mut body["build"];
            build["number"] = number.into();
            build["full_url"] = format!("https://jenkins.example.com/job/restart-app/{number}/").into();
            build["timestamp"] = instant(at).timestamp_millis().into();
            build["parameters"] = json!({"HOST": "app01", "INCIDENT": TAG});
        }),
    };
    vec![
        alert("11:02", ""),
        job("11:06", "started", 42),
        job("11:07", "completed.failure", 42),
        job("11:10", "started", 43),
        job("11:12", "completed.success", 43),
        alert("11:15", ".closed"),
    ]
}

fn changed(path: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&fs::read(data(path)).expect("a payload")).expect("JSON");
    change(&mut body);
    body.to_string().into_bytes()
}
