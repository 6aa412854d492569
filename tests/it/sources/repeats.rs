//! A key is made of the alert, its state and the sender's own time of that state.

use super::{EVENTS, JENKINS, MACKEREL, changed, headlines, settings, take};
use crate::kit::Slack;
use crate::running::PAIR;
use serde_json::json;

#[tokio::test]
async fn a_flapping_alert_is_posted_each_time_and_a_repeat_is_not() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let start = 1_795_485_000;
    let alert = |status: &str, at: i64| {
        changed("mackerel/kinds/alert.host.json", |body| {
            let alert = &mut body["alert"];
            alert["openedAt"] = start.into();
            alert["status"] = status.into();
            alert["statusChangedAt"] = (start + at).into();
        })
    };
    let story = [("warning", 0), ("critical", 60), ("warning", 120), ("critical", 180)];
    for (status, at) in story {
        for _ in 0..3 {
            take(&webhook, MACKEREL, &alert(status, at)).await;
        }
    }
    // The first critical once more, late.
    take(&webhook, MACKEREL, &alert("critical", 60)).await;
    let verbs: Vec<_> =
        headlines(&slack).iter().map(|line| line.split([' ']).take(2).collect::<Vec<_>>().join(" ")).collect();
    // The first message is kept up to date, and shows how the alert stands.
    assert_eq!(verbs, ["🔥 未対応", "🔥 悪化", "🔔 状態変化", "🔥 悪化"]);
    slack.take_edits();
}

/// As in the known captures: no time of the state.
#[tokio::test]
async fn without_the_time_of_a_state_the_same_words_are_a_repeat_for_ten_minutes() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let alert = |value: f64| {
        changed("mackerel/kinds/alert.expression.json", |body| body["alert"]["metricValue"] = json!(value))
    };
    for value in [6.2, 6.2, 7.5, 6.2] {
        take(&webhook, MACKEREL, &alert(value)).await;
    }
    assert_eq!(slack.take().len(), 2);
}

/// The same captures: what opened a while ago is not announced as new. Critical mentions regardless, for its opening may have
/// been lost; a lesser state does not, and the alert is still known to be open.
#[tokio::test]
async fn without_the_time_of_a_state_what_opened_long_ago_is_not_new() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let now = webhook.epoch() / 1_000;
    let alert = |id: &str, status: &str, age: i64| {
        changed("mackerel/kinds/alert.expression.json", |body| {
            body["alert"]["id"] = id.into();
            body["alert"]["status"] = status.into();
            body["alert"]["openedAt"] = (now - age).into();
        })
    };
    for (id, status, age, verb, called) in [
        ("2bj6TgCZ8Y1", "critical", 299, "🔥 発生", true),
        ("2bj6TgCZ8Y1", "warning", 300, "🔔 状態変化", false),
        ("2bj6TgCZ8Y1", "critical", 600, "🔥 悪化", true),
        ("2bj6TgCZ8Y2", "critical", 3_600, "🔥 悪化", true),
        ("2bj6TgCZ8Y3", "unknown", 3_600, "🔔 状態変化", false),
    ] {
        take(&webhook, MACKEREL, &alert(id, status, age)).await;
        let message = slack.take().pop().expect("a message");
        assert_eq!(message.mentions, if called { &PAIR[..] } else { &[] }, "{status} {age}");
        assert!(message.text.contains(verb), "{status} {age}: {}", message.text);
    }
    slack.take_edits();
    // The last message was the first about its alert, so it shows the end.
    take(&webhook, MACKEREL, &alert("2bj6TgCZ8Y3", "ok", 3_600)).await;
    assert!(slack.expect_one().text.starts_with("✅ 自動で解決 ("));
    assert!(slack.expect_edit().text.contains("✅ 解決済み"));
}

#[tokio::test]
async fn both_ends_of_a_build_are_posted_once_in_any_order() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let kinds = ["completed.success", "finalized.success", "started", "completed.success", "started"];
    for kind in kinds {
        take(&webhook, JENKINS, &changed(&format!("jenkins/kinds/{kind}.json"), |_| ())).await;
    }
    assert_eq!(headlines(&slack), ["🔧 ジョブ成功 restart-app (42)", "🔧 ジョブ開始 restart-app (42)"]);
    // The job was deleted and created again: its builds are counted from 1 again.
    let anew = changed("jenkins/kinds/started.json", |body| body["build"]["queue_id"] = 9_001.into());
    take(&webhook, JENKINS, &anew).await;
    assert_eq!(headlines(&slack), ["🔧 ジョブ開始 restart-app (42)"]);
}

#[tokio::test]
async fn an_event_is_known_by_key_state_and_time() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    let event = |status: &str, title: &str, at: &str| {
        json!({"key": "db1/disk", "status": status, "title": title, "at": at}).to_string().into_bytes()
    };
    for (status, title, at) in [
        ("critical", "94%", "2026-11-24T11:00:00+09:00"),
        // The same time in other words, and another text: curl has tried again.
        ("CRITICAL", "95%", "1795485600"),
        ("ok", "80%", "2026-11-24T11:01:00+09:00"),
        ("critical", "94%", "2026-11-24T11:02:00+09:00"),
    ] {
        take(&webhook, EVENTS, &event(status, title, at)).await;
    }
    assert_eq!(headlines(&slack).len(), 3);
    slack.take_edits();
}

#[tokio::test]
async fn the_end_of_an_alert_that_was_never_seen_is_posted() {
    let slack = Slack::start().await;
    let webhook = settings().slack(&slack).start().await;
    take(&webhook, MACKEREL, &changed("mackerel/kinds/alert.host.closed.json", |_| ())).await;
    take(&webhook, EVENTS, &changed("events/kinds/resolved.json", |_| ())).await;
    let first_words: Vec<_> =
        headlines(&slack).iter().map(|line| line[..line.find('#').unwrap_or(0)].to_owned()).collect();
    assert_eq!(first_words, ["✅ 解決済み ", "✅ 解決済み "]);
}
