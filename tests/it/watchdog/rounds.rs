//! A round as a whole: how much it reports, what it leaves alone, and what it says if PagerDuty does not deliver.

use super::world::{World, at, incident};
use crate::kit::http::{Reply, Request, Response, Server};
use crate::kit::{Fifo, Log, PagerDuty, PagerDutyFault, Rows, Slack};
use crate::running::{PAIR, Settings, ledger_on, record};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toban::domain::incident::{EventKind, IncidentEvent, IncidentNumber};
use toban::net::secret::Secret;
use toban::pagerduty::state::ServiceId;
use toban::pagerduty::{Access, Client, Limits, PagerDutyError};
use toban::queue::{Hide, NewMessage, NotHidden, Queue, QueueError, Queues};
use toban::relay::watchdog::{Blind, Patience, Round};

#[tokio::test]
async fn of_a_dozen_ten_are_reported_with_one_mention_and_the_rest_next_time() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    let over = (1..=4).map(|n| incident(&format!("QE{n}"), n, "resolved", "10:01:00", &format!("10:1{n}:00")));
    let begun = (5..=12).map(|n| incident(&format!("QB{n}"), n, "triggered", "10:20:00", &format!("10:{}:00", 20 + n)));
    world.list(over.chain(begun));

    assert_eq!(world.round("11:00:00").await, 10);
    let posts = slack.take();
    let tag = |text: &str| text.split_whitespace().find(|word| word.starts_with("#PD")).map(str::to_owned);
    let tags: Vec<_> = posts.iter().filter_map(|post| tag(&post.text)).collect();
    assert_eq!(tags, ["#PD5", "#PD6", "#PD7", "#PD8", "#PD9", "#PD10", "#PD11", "#PD12", "#PD1", "#PD2"]);
    assert_eq!(posts[0].mentions, PAIR);
    assert!(posts[1..].iter().all(|post| post.mentions.is_empty()));
    assert_eq!(world.round("11:10:00").await, 2);
    assert_eq!(slack.take().len(), 2);
    assert_eq!(world.round("11:20:00").await, 0);
}

#[tokio::test]
async fn of_several_one_that_began_when_people_were_at_work_mentions() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([
        incident("Q1", 1, "triggered", "09:50:00", "09:50:00"),
        incident("Q2", 2, "triggered", "10:05:00", "10:05:00"),
        incident("Q3", 3, "triggered", "10:06:00", "10:06:00"),
    ]);
    assert_eq!(world.round("10:30:00").await, 3);
    let posts = slack.take();
    let mentions = |number: usize| {
        let tag = format!("#PD{number} ");
        let post = posts.iter().find(|post| post.text.contains(&tag)).expect("it is posted");
        post.mentions.iter().map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!([mentions(1), mentions(2), mentions(3)], [vec![], PAIR.to_vec(), vec![]]);
    // At five in the afternoon: only what began less than half an hour ago still mentions.
    world.list([
        incident("Q4", 4, "triggered", "16:30:00", "16:30:00"),
        incident("Q5", 5, "triggered", "16:45:00", "16:45:00"),
    ]);
    assert_eq!(world.round("17:05:00").await, 2);
    let posts = slack.take();
    assert_eq!((posts[0].mentions.clone(), posts[1].mentions.clone()), (PAIR.map(String::from).to_vec(), vec![]));
    assert!(posts[0].text.contains("#PD5 "), "{}", posts[0].text);
}

#[tokio::test]
async fn what_was_before_the_watchdog_or_is_of_another_service_is_left_alone() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    let elsewhere = |mut incident: Value| {
        incident["service"]["id"] = json!("POTHER1");
        incident
    };
    world.list([
        incident("Q1", 1, "triggered", "10:00:00", "10:00:00"),
        incident("Q2", 2, "resolved", "10:00:00", "10:59:59"),
        elsewhere(incident("Q3", 3, "triggered", "11:10:00", "11:10:00")),
        incident("Q4", 4, "acknowledged", "11:10:00", "11:11:00"),
        incident("Q5", 5, "somewhere", "11:10:00", "11:11:00"),
    ]);
    // The first round is the beginning, whatever the time is later.
    for time in ["11:00:00", "11:30:00", "13:00:00"] {
        assert_eq!(world.find(time).await, [], "{time}");
    }
}

#[tokio::test]
async fn an_incident_that_began_weeks_ago_is_compared_while_it_is_open() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-10-01T00:00:00Z").await;
    let began = "2026-11-10T11:02:00+09:00";
    let ended = "11:30:00";
    world.list([incident("Q1", 1, "resolved", began, ended)]);
    assert_eq!(world.find("11:50:00").await, [], "its beginning was not reported, and was two weeks ago");
    let body = super::webhook("triggered", "11:02:00");
    let event = toban::source::pagerduty::read(&body, at("11:02:00")).remove(0);
    assert_eq!(event.kind, EventKind::Triggered);
    let event = IncidentEvent { occurred_at: at(began), ..event };
    record(&world.ledger, &event, at(began)).await;
    assert_eq!(world.find("11:50:00").await.len(), 1);
}

#[tokio::test]
async fn a_webhook_that_pagerduty_has_turned_off_is_reported_once_a_day_in_the_backup_chat() {
    let slack = Slack::start().await;
    let backup = Slack::start().await;
    for mode in ["mirror", "failover"] {
        let settings = Settings::at("").slack(&slack).with("BACKUP_WEBHOOK_URL", &backup.webhook_url());
        let world = World::open(settings.with("BACKUP_MODE", mode)).await;
        let of_service = |id: &str| json!({"id": id, "type": "service_reference"});
        let subscription = |id: &str, filter: Value, url: &str, is_active: bool, is_disabled: bool| {
            json!({
                "id": id, "type": "webhook_subscription", "active": is_active, "description": format!("{id} <@U1>"),
                "events": ["incident.triggered"], "filter": filter,
                "delivery_method": {"id": "PD1", "type": "http_delivery_method", "url": url, "secret": null,
                                    "temporarily_disabled": is_disabled},
            })
        };
        let ours = "https://abc.execute-api.ap-northeast-1.amazonaws.com/pagerduty";
        world.pagerduty.edit(|account| {
            account.services.push(json!({"id": "PBKLOG1", "type": "service", "name": "Mackerel Backlogアプリ",
                                         "escalation_policy": {"id": "PEP", "type": "escalation_policy_reference"}}));
            // In mirror mode it is the service's, in failover the whole account's.
            let filter =
                if mode == "mirror" { of_service("PBKLOG1") } else { json!({"id": null, "type": "account_reference"}) };
            account.subscriptions = vec![
                subscription("PSUBOFF", filter, &format!("{ours}/?token=x"), true, true),
                subscription("PSUBON", of_service("PBKLOG1"), ours, true, false),
                subscription("PSUBUNWANTED", of_service("PBKLOG1"), ours, false, true),
                subscription("PSUBELSEWHERE", of_service("PBKLOG1"), "https://bot.example.com/hooks", true, true),
                subscription("PSUBOTHER", of_service("POTHER1"), ours, true, true),
            ];
        });
        let round = |time: &'static str| {
            let round = world.watchdog.round(at(time));
            async { round.await.expect("PagerDuty answers") }
        };
        let silenced = Some(Round { listed: 0, missed: 0, silenced: 1 });
        assert_eq!(round("11:00:00").await, silenced, "{mode}");
        let said = backup.expect_one();
        assert_eq!(
            said.text,
            "<!subteam^S0SRETEAM1>\n\
             🔕 PagerDuty が Webhook の配信を止めています (ID PSUBOFF、PSUBOFF &lt;＠U1&gt;)。\
             新しいインシデントの通知は遅れて届くか、届きません。PagerDuty を直接確認してください。\n\
             再開するには: PagerDuty の Integrations → Generic Webhooks (v3) でこの Webhook を有効にします。\
             原因は `toban check` とログで分かります。",
            "{mode}"
        );
        assert_eq!(round("11:10:00").await, silenced);
        assert_eq!(round("2026-11-25T03:00:00+09:00").await, silenced, "the next day, at night");
        assert_eq!(backup.expect_one().mentions, [""; 0], "{mode}");
        assert_eq!(round("2026-11-25T03:20:00+09:00").await, None, "at night there is a round an hour");
    }
    assert_eq!((slack.take(), backup.take()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_v2_extension_that_is_off_is_reported_in_the_only_chat() {
    let slack = Slack::start().await;
    let mut world = World::open(Settings::at("").slack(&slack).with("MESSAGE_LANGUAGE", "en")).await;
    // It is of two services, which are asked for one after the other.
    world.watchdog.services.push(ServiceId("PBKLOG2".into()));
    let extension = |id: &str, url: &str, is_off: bool| {
        json!({
            "id": id, "type": "extension", "name": "to chat", "temporarily_disabled": is_off,
            "endpoint_url": url, "config": {},
            "extension_objects": [{"id": "PBKLOG1", "type": "service_reference"},
                                  {"id": "PBKLOG2", "type": "service_reference"}],
            "extension_schema": {"id": "PSCHEMA", "type": "extension_schema_reference", "summary": "Generic V2 Webhook"},
        })
    };
    world.pagerduty.edit(|account| {
        let ours = "https://abc.example.com/prod/pagerduty";
        account.extensions.push(extension("PEXT1", ours, true));
        account.extensions.push(extension("PEXTON", ours, false));
        account.extensions.push(extension("PEXTELSEWHERE", "https://bot.example.com/hooks", true));
    });
    let round = world.watchdog.round(at("11:00:00")).await;
    assert_eq!(round.expect("PagerDuty answers").map(|round| round.silenced), Some(1));
    assert_eq!(
        slack.expect_one().text,
        "<!subteam^S0SRETEAM1>\n\
         🔕 PagerDuty has stopped delivering its webhook (id PEXT1, to chat). \
         New incidents are told here late or not at all: please look in PagerDuty itself.\n\
         To turn it on again: enable it in PagerDuty under Integrations, Extensions. \
         `toban check` and the log say what went wrong."
    );
}

#[tokio::test]
async fn a_round_that_saw_nothing_says_why_and_the_next_one_sees() {
    let slack = Slack::start().await;
    let world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    for fault in [PagerDutyFault::Forbidden, PagerDutyFault::Html, PagerDutyFault::TooManyRequests { reset: Some(60) }]
    {
        world.pagerduty.fail_next([fault]);
        let blind = world.watchdog.find(at("11:20:00")).await.expect_err("PagerDuty does not answer");
        assert!(matches!(blind, Blind::Account(_)), "{blind}");
    }
    // What is off cannot be read, and what is missed is found regardless; there is no queue here to put it into.
    world.pagerduty.fail_next([PagerDutyFault::Forbidden]);
    let log = Log::new();
    let blind = world.watchdog.round(at("11:20:00")).await.expect_err("there is no queue");
    assert!(matches!(blind, Blind::Queue(_) | Blind::QueueTooSlow), "{blind}");
    let text = log.text();
    assert!(text.contains("webhook_missed=true missed=1"), "an alarm counts it, queue or not: {text}");
    world.list([]);
    world.pagerduty.fail_next([PagerDutyFault::Forbidden]);
    let blind = world.watchdog.round(at("11:20:00")).await.expect_err("it was not all seen");
    assert!(matches!(blind, Blind::Account(PagerDutyError::KeyNotEnough { .. })), "{blind}");
    world.list([incident("Q1", 4812, "triggered", "11:02:00", "11:02:00")]);
    assert_eq!(world.round("11:30:00").await, 1);
    slack.expect_one();
}

#[tokio::test]
async fn a_ledger_that_does_not_answer_is_not_an_empty_one() {
    let slack = Slack::start().await;
    let rows = Rows::start().await;
    let mut world = World::open(Settings::at("").slack(&slack)).await;
    world.ledger = Arc::new(ledger_on(&rows));
    world.watchdog.ledger = world.ledger.clone();
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    for event in toban::source::pagerduty::read(&super::webhook("triggered", "11:02:00"), at("11:02:01")) {
        record(&world.ledger, &event, at("11:02:01")).await;
    }
    world.list([
        incident("Q1", 4812, "triggered", "11:02:00", "11:02:00"),
        incident("Q2", 4813, "triggered", "11:03:00", "11:03:00"),
    ]);
    let events = world.find("11:20:00").await;
    let numbers: Vec<_> = events.iter().filter_map(|event| event.incident.number).collect();
    assert_eq!(numbers, [IncidentNumber(4813)], "the first was reported");
    for action in ["GetItem", "Query", "PutItem"] {
        rows.refuse(&[action]);
        let blind = world.watchdog.find(at("11:20:00")).await.expect_err(action);
        assert!(matches!(blind, Blind::Ledger), "{action}: {blind}");
    }
}

/// Four hundred incidents, of which nothing was told, on a ledger that takes 100 ms a call: as many as a round reports are
/// queued, and the rest is left for the next one.
#[tokio::test]
async fn a_round_with_400_missed_incidents_on_a_slow_ledger_queues_what_it_may() {
    let slack = Slack::start().await;
    let fifo = Fifo::start().await;
    let settings = Settings::at("").slack(&slack).with("AWS_ENDPOINT_URL", &fifo.url());
    let mut world = World::open(settings).await;
    let rows = Rows::start().await;
    world.watchdog.ledger = ledger_on(&rows).into();
    world.watchdog.ledger.watching_since(at("2026-11-24T09:00:00+09:00")).await;
    world.list((1..=400).map(|n| incident(&format!("Q{n}"), n, "triggered", "11:02:00", "11:02:00")));
    rows.slow(Duration::from_millis(100));
    let patience = Duration::from_secs(8);
    world.watchdog.patience = Patience { asking: patience, telling: patience };
    let round = world.watchdog.round(at("11:20:00")).await.expect("it ends in time");
    assert_eq!(round, Some(Round { listed: 400, missed: 10, silenced: 0 }));
    assert_eq!(fifo.taken().len(), 10);
}

/// Forty incidents, and a ledger that answers twenty calls and no more: what it has not said is left for the next round.
#[tokio::test]
async fn what_the_ledger_does_not_say_in_time_is_left_for_the_next_round() {
    let slack = Slack::start().await;
    let mut world = World::open(Settings::at("").slack(&slack)).await;
    let rows = Rows::start().await;
    world.watchdog.ledger = ledger_on(&rows).into();
    world.watchdog.ledger.watching_since(at("2026-11-24T09:00:00+09:00")).await;
    world.list((1..=40).map(|n| incident(&format!("Q{n}"), n, "triggered", "11:02:00", "11:02:00")));
    let asking = Duration::from_secs(1);
    world.watchdog.patience = Patience { asking, telling: asking };
    rows.slow_after(20, Duration::from_secs(60));
    let found = world.watchdog.find(at("11:20:00")).await.expect("some of it is known");
    assert_eq!((found.listed, found.events.len(), found.left_out), (40, 10, 30));
    // It says what was told, and what is open, and nothing of any incident.
    rows.slow_after(2, Duration::from_secs(60));
    let blind = world.watchdog.find(at("11:20:00")).await.expect_err("nothing is known");
    assert!(matches!(blind, Blind::TooSlow), "{blind}");
}

/// One of two is not taken: the other is reported, and the round is one that was done.
#[tokio::test]
async fn what_the_queue_does_not_take_holds_nothing_else_up() {
    #[derive(Debug, Default)]
    struct AllButTheFirst(AtomicBool);
    impl toban::queue::Fifo for AllButTheFirst {
        fn send(&self, _: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
            let is_taken = self.0.swap(true, Ordering::Relaxed);
            Box::pin(async move { if is_taken { Ok(()) } else { Err(QueueError("it is down".into())) } })
        }

        fn hide<'a>(&'a self, _: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
            unreachable!("nothing is hidden here")
        }
    }
    let slack = Slack::start().await;
    let mut world = World::open(Settings::at("").slack(&slack)).await;
    world.watchdog.queues =
        Queues { news: None, rest: Queue::new("toban.fifo", AllButTheFirst::default()), presses: None };
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    world.list([1, 2].map(|n| incident(&format!("Q{n}"), n, "triggered", "11:02:00", "11:02:00")));
    let round = world.watchdog.round(at("11:20:00")).await.expect("one is queued");
    assert_eq!(round, Some(Round { listed: 2, missed: 1, silenced: 0 }));
}

/// PagerDuty's slow answers do not use up the time of the chat and the queue, and are not waited for without end.
#[tokio::test]
async fn a_slow_pagerduty_leaves_the_others_their_time() {
    let slack = Slack::start().await;
    let fifo = Fifo::start().await;
    let settings = Settings::at("").slack(&slack).with("AWS_ENDPOINT_URL", &fifo.url());
    let mut world = World::open(settings).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    let one = incident("Q1", 4812, "triggered", "11:02:00", "11:02:00");
    let off = json!({
        "id": "PSUBOFF", "type": "webhook_subscription", "active": true, "description": "toban",
        "events": ["incident.triggered"], "filter": {"id": "PBKLOG1", "type": "service_reference"},
        "delivery_method": {"id": "PD1", "type": "http_delivery_method", "secret": null, "temporarily_disabled": true,
                            "url": "https://abc.execute-api.ap-northeast-1.amazonaws.com/pagerduty"},
    });
    let page = json!({"incidents": [one], "webhook_subscriptions": [off], "extensions": [],
                      "limit": 100, "offset": 0, "more": false, "total": null});
    let telling = Duration::from_millis(1_500);
    let slow = Duration::from_millis(1_600);
    let server = Server::start(move |request: Request| {
        let page = page.clone();
        async move {
            if !request.target.starts_with("/extensions?") {
                tokio::time::sleep(slow).await;
            }
            Reply::Send(Response::json(200, &page))
        }
    })
    .await;
    world.watchdog.account = account(&server);
    world.watchdog.patience = Patience { asking: slow * 2, telling };
    let round = world.watchdog.round(at("11:20:00")).await.expect("it is all seen");
    assert_eq!(round, Some(Round { listed: 1, missed: 1, silenced: 1 }));
    assert_eq!(fifo.taken().len(), 1);
    assert!(slack.expect_one().text.contains("PSUBOFF"));
    world.watchdog.patience = Patience { asking: slow / 2, telling };
    let blind = world.watchdog.round(at("11:20:00")).await.expect_err("nothing is seen");
    assert!(matches!(blind, Blind::TooSlow), "{blind}");
    assert_eq!(fifo.taken().len(), 1);
}

fn account(server: &Server) -> Client {
    let access = Access { base_url: format!("http://{}", server.address), key: Secret::new(PagerDuty::READ_ONLY_KEY) };
    let limits = Limits { answer: Duration::from_secs(20), wait: Duration::ZERO };
    Client::new(toban::net::http::client().expect("a client"), access, limits)
}

/// A real list would be ten thousand incidents long; here every page but those of the last hours says that there are more.
#[tokio::test]
async fn of_more_incidents_than_pagerduty_lists_the_new_ones_are_compared() {
    let slack = Slack::start().await;
    let mut world = World::open(Settings::at("").slack(&slack)).await;
    world.watch_from("2026-11-24T09:00:00+09:00").await;
    let old = incident("Q0", 1, "resolved", "2026-11-20T11:00:00+09:00", "2026-11-20T12:00:00+09:00");
    let new = incident("Q1", 4812, "triggered", "11:02:00", "11:02:00");
    let answer = move |request: Request| {
        let number = |name: &str| {
            let rest = request.target.split(&format!("{name}=")).nth(1).unwrap_or_default();
            rest.split('&').next().and_then(|number| number.parse::<usize>().ok()).unwrap_or_default()
        };
        let is_near = request.target.contains("since=2026-11-23T23");
        let incidents = if is_near { vec![new.clone()] } else { vec![old.clone(); 100] };
        let page =
            json!({"incidents": incidents, "limit": 100, "offset": number("offset"), "more": !is_near, "total": null});
        std::future::ready(Reply::Send(Response::json(200, &page)))
    };
    let server = Server::start(answer).await;
    world.watchdog.account = account(&server);
    let events = world.find("11:20:00").await;
    let numbers: Vec<_> = events.iter().filter_map(|event| event.incident.number).collect();
    assert_eq!(numbers, [IncidentNumber(4812)]);
}
