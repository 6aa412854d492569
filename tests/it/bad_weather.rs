//! Chats that answer nothing, or nothing that is understood, or want to be left alone: what is posted, how often, and whom
//! it mentions. Under load the same is in the simulation.

mod queue;

use crate::kit::{Fault, Slack, Typetalk};
use crate::running::{PAIR, Settings, TUESDAY, changed, triggered};
use crate::sources;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, IncidentEvent};
use toban::domain::reminder::Reminder;
use toban::ledger::{Claim, Ledger};
use toban::queue::{Hide, NewMessage, NotHidden, Queue, QueueError, QueueMessage, Queues};
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::post::Outcome;
use toban::relay::reminder::{History, Reminders, Sent};
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::{Content, Sender, pagerduty};
use tokio::time::Instant;

const REPEAT: &str = "🔁 再送です";

fn now() -> DateTime<Utc> {
    TUESDAY.parse().expect("an instant")
}

fn relay(settings: &Settings) -> Relay {
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let config = config.expect("a configuration without faults");
    Relay {
        team: config.open_team(&http, now),
        ledger: Ledger::memory().into(),
        via: Via::TwoQueues,
        tally: Tally::default(),
    }
}

fn event(number: u64) -> IncidentEvent {
    pagerduty::read(&triggered(number), now()).remove(0)
}

/// Delivers an event as the queue does, again and again, each time when it is to come. Returns when, in minutes, and how it
/// ended; at most so many times.
async fn deliver(relay: &Relay, event: &IncidentEvent, limit: Duration, most: usize) -> (Vec<i64>, Option<Outcome>) {
    let mut after = TimeDelta::zero();
    let mut times = Vec::new();
    while times.len() < most {
        times.push(after.num_minutes());
        let deadline = Instant::now() + limit;
        match relay.deliver(event.clone(), Destination::Any, deadline, now() + after).await {
            Outcome::Later(wait) => {
                // A message that comes too early is not posted.
                let early = now() + after + TimeDelta::seconds(30);
                let outcome = relay.deliver(event.clone(), Destination::Any, Instant::now() + limit, early).await;
                assert!(matches!(outcome, Outcome::Later(_)), "{outcome:?}");
                after += TimeDelta::from_std(wait).expect("a short time");
            }
            outcome => return (times, Some(outcome)),
        }
    }
    (times, None)
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_three_posts_and_two_pings() {
    for fault in [Fault::NotJsonAfterAccepting, Fault::BadGatewayAfterAccepting] {
        let slack = Slack::start().await;
        let by_webhook = Settings::at(TUESDAY).with("SLACK_WEBHOOK_URL", &slack.webhook_url());
        for settings in [Settings::at(TUESDAY).slack(&slack), by_webhook.with("FALLBACK_MENTION_SLACK", "none")] {
            let relay = relay(&settings);
            slack.fail_always(fault);
            let (times, ended) = deliver(&relay, &event(1), Duration::from_secs(8), 20).await;
            assert_eq!((times, ended), (vec![0, 1, 11], Some(Outcome::Told)), "{fault:?}");
            let posts = slack.take();
            let marked: Vec<_> = posts.iter().map(|post| post.text.contains(REPEAT)).collect();
            assert_eq!(marked, [false, true, true]);
            let pings: Vec<_> = posts.iter().map(|post| post.mentions.clone()).collect();
            assert_eq!(pings, [PAIR.map(str::to_owned).to_vec(), PAIR.map(str::to_owned).to_vec(), Vec::new()]);
            // It counts as told, whatever comes of it again.
            slack.heal();
            let again = now() + TimeDelta::hours(1);
            let outcome =
                relay.deliver(event(1), Destination::Any, Instant::now() + Duration::from_secs(8), again).await;
            assert_eq!(outcome, Outcome::Repeat);
            slack.expect_none();
        }
    }
}

/// After the deadline, as with a chat that answers after 9 s.
#[tokio::test]
async fn what_is_not_answered_comes_again_every_half_hour_and_mentions_nobody() {
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    slack.fail_always(Fault::HangAfterAccepting);
    let (times, ended) = deliver(&relay, &event(1), Duration::from_millis(1_300), 5).await;
    assert_eq!((times, ended), (vec![0, 1, 11, 41, 71], None));
    let posts = slack.take();
    let pings: Vec<_> = posts.iter().map(|post| !post.mentions.is_empty()).collect();
    assert_eq!(pings, [true, true, false, false, false]);
    assert!(posts[4].text.contains("メンションしません"), "{}", posts[4].text);
}

/// The worker has more time than a request, and the backup gets its own.
#[tokio::test]
async fn a_backup_that_is_slow_takes_it_once() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).with("BACKUP_MODE", "failover");
    let relay = relay(&settings);
    slack.fail_always(Fault::Hang);
    typetalk.slow(Duration::from_millis(1_300));
    let deadline = Instant::now() + Duration::from_millis(3_600);
    assert_eq!(relay.deliver(event(1), Destination::Any, deadline, now()).await, Outcome::Posted);
    typetalk.expect_one();
    // The primary did not answer a moment ago, so the next one does not wait for it.
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs(8);
    assert_eq!(relay.deliver(event(2), Destination::Any, deadline, now()).await, Outcome::Posted);
    typetalk.expect_one();
    assert_eq!((slack.calls(), typetalk.calls()), (1, 2));
}

/// A queue that notes what is hidden.
#[derive(Debug, Clone, Default)]
struct Hidden(Arc<Mutex<Vec<Hide>>>);

impl toban::queue::Fifo for Hidden {
    fn send(&self, _: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        unreachable!("nothing is queued here")
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        self.0.lock().expect("nothing panics with it").extend_from_slice(hides);
        Box::pin(async { Ok(Vec::new()) })
    }
}

fn record(number: u64, destination: Destination) -> Record {
    let event = event(number);
    let message = QueueMessage {
        origin: event.origin,
        key: event.key,
        order: format!("Q{number}"),
        destination,
        arrived_at: now(),
        delivery: None,
        content: Content::Body { body: triggered(number), nth: 0 },
    };
    let group = message.group();
    let name = format!("{number} {}", destination.name());
    Record {
        id: name.clone(),
        receipt: name,
        queue: "news".into(),
        group,
        sent_at: None,
        receives: 1,
        body: message.to_text(),
    }
}

#[tokio::test]
async fn a_chat_that_asks_for_two_minutes_is_left_alone_for_two_minutes() {
    let slack = Slack::start().await;
    let hidden = Hidden::default();
    let queue = |name| Queue::new(name, hidden.clone());
    let queues = Queues { news: Some(queue("news")), rest: queue("rest"), presses: None };
    let dispatcher =
        Dispatcher { relay: relay(&Settings::at(TUESDAY).slack(&slack)), queues: Some(queues), acts: Acts::default() };
    slack.fail_next([Fault::TooManyRequests { retry_after: Some(120) }]);
    let records: Vec<_> = (1..=8).map(|number| record(number, Destination::Any)).collect();
    let limit = || Instant::now() + Duration::from_secs(30);
    assert_eq!(dispatcher.work(records.clone(), limit(), now).await.len(), 8);
    // Another batch in the same process.
    assert_eq!(dispatcher.work(records, limit(), now).await.len(), 8);
    assert_eq!(slack.calls(), 1);
    let hidden = hidden.0.lock().expect("nothing panics with it");
    assert_eq!(hidden.len(), 16);
    assert!(hidden.iter().all(|hide| (119..=120).contains(&hide.seconds)), "{hidden:?}");
}

/// Of a batch that the chat does not take everything is known to have begun: no other worker tells anything before that, however
/// long it has waited for a beginning of which nothing is known.
#[tokio::test]
async fn what_follows_waits_for_a_beginning_that_is_not_told_yet() {
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack);
    let dispatcher = Dispatcher { relay: relay(&settings), queues: None, acts: Acts::default() };
    slack.fail_next([Fault::TooManyRequests { retry_after: Some(60) }]);
    let records = (1..=3).map(|number| record(number, Destination::Any)).collect();
    assert_eq!(dispatcher.work(records, Instant::now() + Duration::from_secs(30), now).await.len(), 3);
    let other = Relay { ledger: dispatcher.relay.ledger.clone(), ..relay(&settings) };
    for number in 1..=3 {
        let body = changed("v3/incident.acknowledged.json", |body| {
            body["event"]["id"] = format!("acknowledged {number}").into();
            body["event"]["occurred_at"] = TUESDAY.into();
            body["event"]["data"]["id"] = event(number).incident.id.expect("an incident").to_string().into();
        });
        let follows = pagerduty::read(&body, now()).remove(0);
        for (event, seconds, expected) in [
            (&follows, 100, Outcome::NotTaken),
            (&event(number), 101, Outcome::Posted),
            (&follows, 102, Outcome::Posted),
        ] {
            let deadline = Instant::now() + Duration::from_secs(8);
            let at = now() + TimeDelta::seconds(seconds);
            let outcome = other.deliver(event.clone(), Destination::Any, deadline, at).await;
            assert_eq!(outcome, expected, "{number} {seconds}");
        }
    }
    let threads: Vec<_> = slack.take().iter().map(|message| message.thread_ts.is_some()).collect();
    assert_eq!(threads, [false, true, false, true, false, true]);
    slack.take_edits();
}

/// A newer version may take it soon; and the queue's tries last for days.
#[tokio::test]
async fn a_message_of_another_version_comes_again_by_its_age() {
    let slack = Slack::start().await;
    let hidden = Hidden::default();
    let queues = Queues { news: None, rest: Queue::new("rest", hidden.clone()), presses: None };
    let dispatcher =
        Dispatcher { relay: relay(&Settings::at(TUESDAY).slack(&slack)), queues: Some(queues), acts: Acts::default() };
    for (age, expected) in [(Some(0), 2), (Some(60), 30), (Some(86_400), 300), (None, 300)] {
        let sent_at = age.map(|age| now() - TimeDelta::seconds(age));
        let record = Record { body: "{\"v\":99}".into(), sent_at, ..record(1, Destination::Any) };
        let limit = Instant::now() + Duration::from_secs(30);
        assert_eq!(dispatcher.work(vec![record], limit, now).await.len(), 1);
        let hides = std::mem::take(&mut *hidden.0.lock().expect("nothing panics with it"));
        assert_eq!(hides.iter().map(|hide| hide.seconds).collect::<Vec<_>>(), [expected], "{age:?}");
    }
}

#[tokio::test]
async fn a_digest_that_the_first_chat_does_not_take_goes_to_the_backup() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).with("BACKUP_MODE", "failover");
    let relay = relay(&settings);
    slack.fail_next([Fault::TooManyRequests { retry_after: Some(60) }]);
    let events = (1..=3).map(event).collect();
    let deadline = Instant::now() + Duration::from_secs(8);
    let outcomes = relay.deliver_together(events, Destination::Any, deadline, now()).await;
    assert_eq!(outcomes, [Outcome::Posted; 3]);
    let text = typetalk.expect_one().message;
    assert!((1..=3).all(|number| text.contains(&format!("#PD{number} "))), "{text}");
    assert!(text.contains("主チャットに投稿できなかった"), "{text}");
}

/// A week counts messages that mention somebody, and a digest is one; the end of a shift asks for each of its incidents.
#[tokio::test]
async fn a_digest_that_mentions_counts_with_one_of_its_events() {
    use toban::ledger::Mentioned::{Somebody, WithAnother};
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    let deadline = Instant::now() + Duration::from_secs(8);
    let outcomes = relay.deliver_together((1..=3).map(event).collect(), Destination::Any, deadline, now()).await;
    assert_eq!(outcomes, [Outcome::Posted; 3]);
    assert!(!slack.expect_one().mentions.is_empty());
    let (from, to) = (now() - TimeDelta::minutes(1), now() + TimeDelta::minutes(1));
    let mut posted = relay.ledger.posted_between(from, to).await.expect("memory answers");
    posted.sort_by_key(|posted| posted.incident.clone());
    let mentioned: Vec<_> = posted.iter().map(|posted| posted.mentioned).collect();
    assert_eq!(mentioned, [Somebody, WithAnother, WithAnother]);
    let told = relay.ledger.told_between(from, to).await.expect("memory answers");
    assert_eq!(told.iter().filter(|told| told.has_mentioned).count(), 1);
}

/// Of one incident nothing overtakes what another process is posting, and nothing waits for what was told before; several
/// incidents do not wait for each other.
#[tokio::test]
async fn of_what_goes_out_as_one_message_only_the_same_incident_waits() {
    let slack = Slack::start().await;
    let relay = Relay { tally: Tally::counting(), ..relay(&Settings::at(TUESDAY).slack(&slack)) };
    let of = |kind: &str| {
        let body = changed(&format!("v3/incident.{kind}.json"), |body| {
            let data = &mut body["event"]["data"];
            let incident = if data["incident"].is_object() { &mut data["incident"] } else { data };
            incident["id"] = "QTEST000000007".into();
        });
        pagerduty::read(&body, now()).remove(0)
    };
    let deadline = || Instant::now() + Duration::from_secs(8);
    let together =
        async |events: Vec<IncidentEvent>| relay.deliver_together(events, Destination::Any, deadline(), now()).await;
    let held = async |event: &IncidentEvent| {
        let claim = relay.ledger.claim(&event.key, Destination::Primary, now()).await;
        assert!(matches!(claim, Claim::Yours(_)), "the other process");
    };
    assert_eq!(relay.deliver(of("triggered"), Destination::Any, deadline(), now()).await, Outcome::Posted);
    slack.expect_one();
    held(&of("acknowledged")).await;
    assert_eq!(together(vec![of("acknowledged"), of("annotated"), of("resolved")]).await, [Outcome::Held; 3]);
    slack.expect_none();
    // What has waited is free.
    assert_eq!(relay.deliver(of("annotated"), Destination::Any, deadline(), now()).await, Outcome::Posted);
    assert!(slack.expect_one().text.starts_with("📝 "));
    assert_eq!(together(vec![of("annotated"), of("resolved")]).await, [Outcome::Repeat, Outcome::Posted]);
    assert!(slack.expect_one().text.contains("✅ 佐藤 健 が解決 "));
    slack.take_edits();

    held(&event(1)).await;
    let outcomes = together((1..=3).map(event).collect()).await;
    assert_eq!(outcomes, [Outcome::Held, Outcome::Posted, Outcome::Posted]);
    let text = slack.expect_one().text;
    assert!(!text.contains("#PD1 ") && text.contains("#PD2 ") && text.contains("#PD3 "), "{text}");

    // Each event is counted, by the rule that decided about it.
    let counts = relay.tally.counts().deliveries;
    let counts: Vec<_> = counts.iter().map(|(ended, count)| (ended.outcome, ended.reason, *count)).collect();
    let expected =
        [("held_up", "none", 4), ("posted", "kind_is_quiet", 2), ("posted", "working_hours", 3), ("repeat", "none", 1)];
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn an_answer_of_100_kib_is_an_answer() {
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    slack.fail_next([Fault::LongAnswer]);
    let deadline = Instant::now() + Duration::from_secs(8);
    assert_eq!(relay.deliver(event(1), Destination::Any, deadline, now()).await, Outcome::Posted);
    slack.expect_one();
}

/// What follows in an incident as one message, as it is when the chat takes few.
#[tokio::test]
async fn what_follows_in_an_incident_is_one_message_in_its_thread() {
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    let of = |kind: &str, second: u32| {
        let body = changed(&format!("v3/incident.{kind}.json"), |body| {
            body["event"]["id"] = format!("{second} {kind}").into();
            body["event"]["occurred_at"] = format!("2026-11-24T02:02:{second:02}Z").into();
            let data = &mut body["event"]["data"];
            let incident = if data["incident"].is_object() { &mut data["incident"] } else { data };
            incident["id"] = "QTEST000000007".into();
        });
        pagerduty::read(&body, now()).remove(0)
    };
    let deadline = || Instant::now() + Duration::from_secs(8);
    let first = relay.deliver(of("triggered", 0), Destination::Any, deadline(), now()).await;
    assert_eq!(first, Outcome::Posted);
    let root = slack.expect_one();
    let events = || vec![of("acknowledged", 1), of("annotated", 2), of("resolved", 3), of("reopened", 4)];
    let outcomes = relay.deliver_together(events(), Destination::Any, deadline(), now()).await;
    assert_eq!(outcomes, [Outcome::Posted; 4]);
    let message = slack.expect_one();
    assert_eq!(message.thread_ts.as_ref(), Some(&root.ts));
    let lines: Vec<_> = message.text.lines().filter(|line| !line.starts_with('<')).collect();
    let expected = [
        "• 👀 山田 太郎 が対応開始 · 11:02",
        "• 📝 山田 太郎: DB の接続数が上限に達しています。 アプリのプロセスを1台ずつ再起動します。",
        "• ✅ 佐藤 健 が解決 · 11:02",
        "• 🔥 再オープン (Hanako Ito) · 11:02",
        "手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
         <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>",
    ];
    assert_eq!(lines[1..], expected, "{}", message.text);
    assert!(lines[0].contains("の続き 4 件"), "{}", lines[0]);
    assert_eq!(message.mentions, PAIR, "as the one that was reopened does");
    assert!(slack.expect_edit().text.contains("🔥 未対応"), "the first message is up to date");
    // Each is explained and known by itself.
    let explained = async |event: &str| {
        let attempts = relay.ledger.attempts(&EventKey(event.to_owned())).await.expect("memory answers");
        attempts.into_iter().map(|attempt| attempt.why).collect::<Vec<_>>()
    };
    let [quiet, loud] = [explained("3 resolved").await, explained("4 reopened").await].map(|mut all| all.remove(0));
    assert!(quiet.starts_with("メンションなし: この種類の通知ではメンションしません (MENTION_ON) · 投稿 "), "{quiet}");
    assert!(loud.starts_with("当番にメンション: 業務時間内です · 投稿 "), "{loud}");
    assert!(loud.ends_with(" · one message for several events, because the chat took no more"), "{loud}");
    let again = relay.deliver_together(events(), Destination::Any, deadline(), now()).await;
    assert_eq!(again, [Outcome::Repeat; 4]);
    slack.expect_none();
    // The first message is gone: what takes its place says what it is about.
    slack.fail_next([Fault::Accept, Fault::Refuse("message_not_found")]);
    let events = vec![of("acknowledged", 5), of("resolved", 6)];
    let outcomes = relay.deliver_together(events, Destination::Any, deadline(), now()).await;
    assert_eq!(outcomes, [Outcome::Posted; 2]);
    let [reply, first] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    assert_eq!((reply.thread_ts, first.thread_ts), (Some(root.ts), None));
    assert_eq!(
        first.text,
        "✅ 解決済み #PD4812 HTTP 5xx が 5% を超えています\n\
         Mackerel Backlogアプリ · 緊急度 高 · P2\n\
         👀 山田 太郎 が対応開始 · 11:02\n\
         <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>\n\
         • ✅ 佐藤 健 が解決 (2秒) · 11:02\n\
         状態: 解決済み · 佐藤 健 による · 11:02 (所要2秒)"
    );
}

/// Without a thread to follow, as after a digest, the first of them is told in full.
#[tokio::test]
async fn the_first_message_of_an_incident_says_what_it_is_about() {
    let typetalk = Typetalk::start().await;
    let relay = relay(&Settings::at(TUESDAY).typetalk(&typetalk));
    let events: Vec<_> = [("acknowledged", 1), ("resolved", 2)]
        .into_iter()
        .map(|(kind, second)| {
            let body = changed(&format!("v3/incident.{kind}.json"), |body| {
                body["event"]["id"] = format!("{second}").into();
                body["event"]["data"]["id"] = "QTEST000000007".into();
            });
            let mut event = pagerduty::read(&body, now()).remove(0);
            // It has been waited for.
            event.arrived_at = now() - TimeDelta::minutes(5);
            event
        })
        .collect();
    let deadline = Instant::now() + Duration::from_secs(8);
    assert_eq!(relay.deliver_together(events, Destination::Any, deadline, now()).await, [Outcome::Posted; 2]);
    let first = typetalk.expect_one();
    let text = &first.message;
    assert!(text.starts_with("👀 対応開始 #PD4812 ") && text.contains("\n• ✅ 佐藤 健 が解決 ("), "{text}");
    assert!(text.contains("https://"), "with its link: {text}");
    // What comes after it follows it.
    let body = changed("v3/incident.annotated.json", |body| {
        body["event"]["data"]["incident"]["id"] = "QTEST000000007".into();
    });
    let note = pagerduty::read(&body, now() - TimeDelta::minutes(5)).remove(0);
    let deadline = Instant::now() + Duration::from_secs(8);
    assert_eq!(relay.deliver(note, Destination::Any, deadline, now()).await, Outcome::Posted);
    assert_eq!(typetalk.expect_one().reply_to, Some(first.id));
}

/// What its sender gives no time, told again each time that it changes.
#[tokio::test]
async fn a_second_outage_within_ten_minutes_is_told() {
    let body = |status: &str| json!({"key": "db1", "status": status, "title": "db1"}).to_string().into_bytes();
    let mackerel = |status: &str| {
        sources::changed("mackerel/kinds/alert.expression.json", |body| {
            body["alert"]["status"] = status.into();
            body["alert"]["openedAt"] = now().timestamp().into();
        })
    };
    let story = |sender, down: Vec<u8>, up: Vec<u8>| {
        let read = move |body: &[u8], second: i64| {
            let at = now() + TimeDelta::seconds(second);
            (toban::source::read(sender, body, at).remove(0), at)
        };
        [(&down, 0), (&down, 1), (&up, 60), (&up, 62), (&down, 120), (&down, 600), (&down, 740)]
            .map(|(body, at)| read(body, at))
    };
    for (sender, down, up) in
        [(Sender::Events, body("down"), body("up")), (Sender::Mackerel, mackerel("critical"), mackerel("warning"))]
    {
        let slack = Slack::start().await;
        let relay = relay(&Settings::at(TUESDAY).slack(&slack));
        let mut posted = Vec::new();
        for (event, at) in story(sender, down, up) {
            let deadline = Instant::now() + Duration::from_secs(8);
            let outcome = relay.deliver(event, Destination::Any, deadline, at).await;
            posted.push(outcome == Outcome::Posted);
            assert!(outcome.is_taken(), "{outcome:?}");
        }
        assert_eq!(posted, [true, false, true, false, true, false, true], "{sender:?}");
        assert_eq!(slack.take().len(), 4);
        if sender == Sender::Events {
            assert!(!slack.take_edits().iter().any(|edit| edit.text.contains("解決済み")), "it is open again");
        }
    }
}

/// Of a sender that says again what is open, among the new incidents of a crowded chat.
#[tokio::test]
async fn what_is_open_already_is_no_new_incident_of_a_digest() {
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    let fired = |key: &str, summary: &str| {
        let payload = json!({"summary": summary, "source": "db1", "severity": "critical"});
        let body = json!({"event_action": "trigger", "dedup_key": key, "payload": payload}).to_string();
        toban::source::read(Sender::Events, body.as_bytes(), now()).remove(0)
    };
    let deadline = || Instant::now() + Duration::from_secs(8);
    assert_eq!(relay.deliver(fired("a", "A 1"), Destination::Any, deadline(), now()).await, Outcome::Posted);
    let first = slack.expect_one();
    let events = vec![fired("b", "B 1"), fired("a", "A 2"), fired("c", "C 1")];
    let outcomes = relay.deliver_together(events, Destination::Any, deadline(), now()).await;
    assert_eq!(outcomes, [Outcome::Posted; 3]);
    let [digest, change] = <[_; 2]>::try_from(slack.take()).expect("two messages");
    let lines: Vec<_> = digest.text.lines().filter(|line| line.starts_with("• ")).collect();
    assert!(lines.len() == 2 && lines[0].contains("B 1") && lines[1].contains("C 1"), "{}", digest.text);
    assert_eq!((change.thread_ts, change.mentions), (Some(first.ts), Vec::new()));
    assert!(change.text.contains("A 2"), "{}", change.text);
    // All of them are open already.
    let again = vec![fired("b", "B 2"), fired("c", "C 2")];
    let outcomes = relay.deliver_together(again, Destination::Any, deadline(), now()).await;
    assert_eq!((outcomes, slack.take().len()), (vec![Outcome::Posted; 2], 2));
    slack.take_edits();
}

/// The schedule's own tries are minutes apart: the third is not held back.
#[tokio::test]
async fn a_reminder_in_doubt_is_sent_by_each_of_its_three_tries() {
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack);
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let team = config.expect("a configuration without faults").open_team(&http, now);
    let (manual, checklist, history) = (None, None, History::Unknown);
    let reminders = Reminders { team, ledger: Ledger::memory().into(), history, manual, checklist };
    let morning: DateTime<Utc> = "2026-11-24T10:00:00+09:00".parse().expect("an instant");
    slack.fail_next([Fault::NotJsonAfterAccepting, Fault::NotJsonAfterAccepting]);
    let mut sent = Vec::new();
    for minutes in [0, 1, 3] {
        let deadline = Instant::now() + Duration::from_secs(8);
        let at = morning + TimeDelta::minutes(minutes);
        sent.push(reminders.send(Reminder::Morning, morning, deadline, at).await);
    }
    assert_eq!(sent, [Sent::NotTaken, Sent::NotTaken, Sent::Posted]);
    let pings: Vec<_> = slack.take().iter().map(|message| !message.mentions.is_empty()).collect();
    assert_eq!(pings, [true, true, false]);
}

/// The sender's own repeat has another key.
#[tokio::test]
async fn a_repeat_of_what_may_have_been_told_is_marked_though_its_sender_tells_no_time() {
    let slack = Slack::start().await;
    let relay = relay(&Settings::at(TUESDAY).slack(&slack));
    let body = json!({"key": "db1", "status": "down"}).to_string().into_bytes();
    slack.fail_next([Fault::ResetAfterAccepting]);
    for (second, expected) in [(0, false), (5, true), (10, true)] {
        let at = now() + TimeDelta::seconds(second);
        let event = toban::source::read(Sender::Events, &body, at).remove(0);
        let deadline = Instant::now() + Duration::from_secs(8);
        let outcome = relay.deliver(event, Destination::Any, deadline, at).await;
        assert_eq!(outcome.is_taken(), expected, "{second} s: {outcome:?}");
    }
    let marked: Vec<_> = slack.take().iter().map(|message| message.text.contains(REPEAT)).collect();
    assert_eq!(marked, [false, true], "and the third is not posted");
}
