//! The watchdog reports what no webhook has reported, once, and no webhook reports it again.

mod rounds;
mod settings;
mod world;

use crate::kit::{Fault, Slack, Typetalk};
use crate::running::{PAIR, Settings, changed};
use toban::domain::incident::EventKey;
use world::{World, incident};

/// A webhook of a kind about the incident `Q1` that `incident` lists, at a time of the day.
fn webhook(kind: &str, time: &str) -> Vec<u8> {
    changed(&format!("v3/incident.{kind}.json"), |body| {
        let event = &mut body["event"];
        event["id"] = format!("01G-{kind}-{time}").into();
        event["occurred_at"] = format!("2026-11-24T{time}+09:00").into();
        event["data"]["id"] = "Q1".into();
    })
}

#[tokio::test]
async fn a_missed_incident_is_told_late_and_its_webhooks_go_on_from_there() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);

    assert_eq!(world.round("11:16:59").await, 0, "a webhook may still come");
    assert_eq!(world.round("11:19:00").await, 1);
    let first = slack.expect_one();
    assert_eq!(
        first.text,
        "<@U0SATO0001> <@U0SUZUKI01>\n\
         🔥 発生 #PD4812 HTTP 5xx が 5% を超えています\n\
         Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02 (17分遅れ)\n\
         意味: アプリケーションがエラーを返しています\n\
         🐕 PagerDuty の Webhook が届いていないため、PagerDuty に問い合わせて見つけました。\n\
         手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
         <https://example.pagerduty.com/incidents/Q1|PagerDuty ↗>\n\
         状態: 未対応 → 佐藤 健"
    );
    assert_eq!((first.thread_ts.as_ref(), &*first.mentions), (None, &PAIR.map(String::from)[..]));
    assert_eq!(world.round("11:29:00").await, 0, "it is reported");

    // The webhook comes after all, a second off by PagerDuty's own clocks.
    assert_eq!(world.post(&webhook("triggered", "11:02:01"), "11:31:00").await, 202);
    assert_eq!(slack.take(), []);
    let attempts = world.attempts("01G-triggered-11:02:01").await;
    assert_eq!(attempts, ["not posted: the watchdog has reported it"], "it is recorded");

    // Later events follow in the same thread.
    assert_eq!(world.post(&webhook("acknowledged", "11:33:00"), "11:33:01").await, 202);
    let reply = slack.expect_one();
    assert_eq!(reply.thread_ts.as_ref(), Some(&first.ts));
    slack.expect_edit();
    assert_eq!(world.post(&webhook("resolved", "11:40:00"), "11:40:01").await, 202);
    assert_eq!(slack.expect_one().thread_ts, Some(first.ts));
    assert!(slack.expect_edit().text.contains("11:40 (所要38分)"), "the duration counts from the beginning");
}

#[tokio::test]
async fn a_missed_end_is_reported_with_the_one_who_resolved_it() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack).with("MESSAGE_LANGUAGE", "en")).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    assert_eq!(world.post(&webhook("triggered", "11:02:00"), "11:02:01").await, 202);
    let first = slack.expect_one();
    world.list([incident("Q1", 4812, "resolved", "11:02:00", "11:40:00")]);
    assert_eq!(world.round("11:57:00").await, 1);
    let reply = slack.expect_one();
    assert_eq!(
        reply.text,
        "✅ 佐藤 健 resolved (38 min) · 11:40 (17 min late) · #PD4812\n\
         🐕 No webhook has told this; it was found by asking PagerDuty."
    );
    assert_eq!((reply.thread_ts, reply.mentions), (Some(first.ts.clone()), Vec::new()));
    assert_eq!(slack.expect_edit().ts, first.ts, "the first message says so as well");
    for time in ["12:07:00", "13:00:00"] {
        assert_eq!(world.round(time).await, 0, "it is reported");
    }
    assert_eq!(world.post(&webhook("resolved", "11:40:02"), "13:10:00").await, 202);
    assert_eq!((slack.take(), slack.take_edits()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_webhook_that_is_faster_than_the_queue_is_posted_once() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "resolved", "11:02:00", "11:20:00")]);
    let queued = world.find("11:40:00").await;
    assert_eq!(queued.len(), 1);
    for (kind, time) in [("triggered", "11:02:00"), ("resolved", "11:20:00")] {
        assert_eq!(world.post(&webhook(kind, time), "11:40:01").await, 202);
        slack.expect_one();
    }
    slack.expect_edit();
    world.work(&queued, "11:40:02").await;
    assert_eq!((slack.take(), slack.take_edits().len()), (Vec::new(), 0));
    // The claim that was not used holds nothing back: the same end by another webhook is posted.
    assert_eq!(world.post(&webhook("resolved", "11:20:03"), "11:41:00").await, 202);
    slack.expect_one();
    slack.expect_edit();
}

#[tokio::test]
async fn webhooks_never_hold_each_other_back() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    // The reopening between the two ends was never reported.
    for (kind, time) in [("triggered", "11:02:00"), ("resolved", "11:05:00"), ("resolved", "11:30:00")] {
        assert_eq!(world.post(&webhook(kind, time), &format!("{}9", &time[..7])).await, 202);
        slack.expect_one();
    }
    slack.take_edits();
}

#[tokio::test]
async fn a_reopening_is_another_beginning() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    assert_eq!(world.round("11:20:00").await, 1);
    assert_eq!(world.post(&webhook("resolved", "11:25:00"), "11:25:01").await, 202);
    slack.take();
    slack.take_edits();
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:50:00")]);
    assert_eq!(world.round("12:10:00").await, 1);
    let reopened = slack.expect_one();
    assert!(
        reopened.text.contains("🔥 自動で再オープン · ") && reopened.text.contains("\n#PD4812 "),
        "{}",
        reopened.text
    );
    assert_eq!(reopened.mentions, PAIR);
    slack.expect_edit();
    // Its webhook comes late; then it ends for the second time.
    assert_eq!(world.post(&webhook("reopened", "11:50:04"), "12:11:00").await, 202);
    assert_eq!(slack.take(), []);
    slack.take_edits();
    assert_eq!(world.post(&webhook("resolved", "12:30:00"), "12:30:01").await, 202);
    slack.expect_one();
    assert!(slack.expect_edit().text.contains("(所要40分)"), "since it was reopened");
}

#[tokio::test]
async fn a_second_end_is_reported_though_nobody_has_told_what_began_again() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    for (kind, time) in [("triggered", "11:02:00"), ("resolved", "11:05:00")] {
        assert_eq!(world.post(&webhook(kind, time), &format!("{}9", &time[..7])).await, 202);
        slack.expect_one();
    }
    slack.take_edits();
    world.list([incident("Q1", 4812, "resolved", "11:02:00", "11:30:00")]);
    assert_eq!(world.round("11:46:00").await, 1);
    assert!(slack.expect_one().text.starts_with("✅ 佐藤 健 が解決 "));
    slack.expect_edit();
    assert_eq!(world.round("11:56:00").await, 0, "it is reported");
    // Its webhook comes after all.
    assert_eq!(world.post(&webhook("resolved", "11:30:01"), "12:00:00").await, 202);
    assert_eq!(slack.take(), []);
    slack.take_edits();
}

#[tokio::test]
async fn each_of_two_chats_gets_it_once() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let settings = Settings::at("").slack(&slack).typetalk(&typetalk);
    let world = World::open(settings.with("BACKUP_MODE", "mirror")).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    let queued = world.find("11:20:00").await;
    typetalk.fail_next([Fault::ServerError]);
    assert_eq!(world.try_work(&queued, "11:20:00").await, 1, "the second chat has not taken it");
    slack.expect_one();
    // Meanwhile the webhook comes: to the first chat as a repeat, to the second as news.
    assert_eq!(world.post(&webhook("triggered", "11:02:00"), "11:20:02").await, 202);
    assert_eq!((slack.take(), typetalk.take().len()), (Vec::new(), 1));
    world.work(&queued, "11:20:04").await;
    assert_eq!((slack.take(), typetalk.take().len()), (Vec::new(), 0));
    slack.take_edits();
}

#[tokio::test]
async fn what_the_backup_has_is_reported() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let settings = Settings::at("").slack(&slack).typetalk(&typetalk);
    let world = World::open(settings.with("BACKUP_MODE", "failover")).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    slack.fail_next([Fault::Refuse("channel_not_found")]);
    assert_eq!(world.round("11:20:00").await, 1);
    assert_eq!((slack.take(), typetalk.take().len()), (Vec::new(), 1));
    assert_eq!(world.post(&webhook("triggered", "11:02:00"), "11:21:00").await, 202);
    assert_eq!((slack.take(), typetalk.take().len()), (Vec::new(), 0));
}

#[tokio::test]
async fn what_no_chat_takes_stays_in_the_queue_and_is_not_found_again() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    let queued = world.find("11:20:00").await;
    slack.fail_next([Fault::ServerError]);
    assert_eq!(world.try_work(&queued, "11:20:00").await, 1);
    assert_eq!(world.find("11:30:00").await, []);
    world.work(&queued, "11:31:00").await;
    assert!(slack.expect_one().text.contains("(29分遅れ)"));
    assert_eq!(
        world.ledger.attempts(&EventKey("watchdog:Q1:triggered:1795485720".into())).await.map(|all| all.len()),
        Some(2)
    );
}
