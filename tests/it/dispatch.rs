//! A batch for two chats, one of which does not answer.

use crate::kit::{Fault, Rows, Slack, Typetalk};
use crate::running::{PAIR, Settings, TUESDAY, ledger_on, triggered};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::domain::incident::{EventKey, Origin};
use toban::ledger::{Claim, Ledger};
use toban::queue::{Hide, NewMessage, NotHidden, Queue, QueueError, QueueMessage, Queues};
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::post::Outcome;
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::Content;
use tokio::time::Instant;

fn now() -> DateTime<Utc> {
    TUESDAY.parse().expect("an instant")
}

fn dispatcher(settings: &Settings) -> Dispatcher {
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let config = config.expect("a configuration without faults");
    let relay = Relay {
        team: config.open_team(&http, now),
        ledger: Ledger::memory().into(),
        via: Via::Queue,
        tally: Tally::default(),
    };
    Dispatcher { relay, queues: None, acts: Acts::default() }
}

/// As the queue hands it over: the message of a new incident for one destination.
fn record(number: u64, destination: Destination) -> Record {
    let message = QueueMessage {
        origin: Origin::PagerDuty,
        key: EventKey(format!("01-{number}")),
        order: format!("Q{number}"),
        destination,
        arrived_at: now(),
        delivery: None,
        content: Content::Body { body: triggered(number), nth: 0 },
    };
    Record {
        id: format!("{number} {}", destination.name()),
        receipt: String::new(),
        queue: String::new(),
        sent_at: None,
        receives: 1,
        group: message.group(),
        body: message.to_text(),
    }
}

/// Each of the nine is introduced, claimed, settled and recorded on a ledger that takes 400 ms a call. One after the other
/// nothing was left of the time for the post.
#[tokio::test]
async fn a_digest_of_nine_on_a_slow_ledger_is_sent() {
    let slack = Slack::start().await;
    let rows = Rows::start().await;
    let mut dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack));
    dispatcher.relay.ledger = ledger_on(&rows).into();
    let events: Vec<_> = (1..=9).flat_map(|number| toban::source::pagerduty::read(&triggered(number), now())).collect();
    rows.slow(Duration::from_millis(400));
    let deadline = Instant::now() + Duration::from_secs(8);
    let delivered = dispatcher.relay.deliver_together(events.clone(), Destination::Any, deadline, now()).await;
    assert_eq!(delivered, [Outcome::Posted; 9]);
    let text = slack.expect_one().text;
    for number in 1..=9 {
        assert!(text.contains(&format!("#PD{number} ")), "{text}");
    }
    // And it is known to have been.
    rows.slow(Duration::ZERO);
    let deadline = Instant::now() + Duration::from_secs(8);
    assert_eq!(
        dispatcher.relay.deliver_together(events, Destination::Any, deadline, now()).await,
        [Outcome::Repeat; 9]
    );
    assert_eq!(slack.calls(), 1);
}

/// As many as the queue hands over at once; the chat asks for a second.
#[tokio::test]
async fn a_storm_is_told_in_digests() {
    let slack = Slack::start().await;
    let dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack));
    slack.fail_next([Fault::TooManyRequests { retry_after: Some(1) }]);
    let records = (1..=10).map(|number| record(number, Destination::Any)).collect();
    assert_eq!(dispatcher.work(records, Instant::now() + Duration::from_secs(28), now).await, [""; 0]);
    let [first, rest] = &slack.take()[..] else { panic!("two posts") };
    assert!(first.text.contains("#PD1 "), "{}", first.text);
    assert!((2..=10).all(|number| rest.text.contains(&format!("#PD{number} "))), "{}", rest.text);
    assert_eq!((&first.mentions[..], &rest.mentions[..]), (&PAIR.map(str::to_owned)[..], &PAIR.map(str::to_owned)[..]));
}

/// What is not begun before its deadline was not sent: it is neither lost nor marked as a possible repeat.
#[tokio::test]
async fn a_deadline_that_has_passed_before_sending_is_not_sent() {
    let slack = Slack::start().await;
    let dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack));
    let mut events = toban::source::pagerduty::read(&triggered(1), now());
    let event = events.pop().expect("an event");
    let to = Destination::Any;
    let outcome = dispatcher.relay.deliver(event.clone(), to, Instant::now(), now()).await;
    assert_eq!((outcome, slack.calls()), (Outcome::NotTaken, 0));
    let deadline = Instant::now() + Duration::from_secs(8);
    let outcome = dispatcher.relay.deliver(event, to, deadline, now()).await;
    assert_eq!(outcome, Outcome::Posted);
    assert!(!slack.expect_one().text.contains("再送"), "nothing was in doubt");
}

/// A chat that takes its two seconds would leave it in doubt.
#[tokio::test]
async fn what_has_too_little_time_left_is_not_begun() {
    let slack = Slack::start().await;
    let dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack));
    // Two seconds of them are kept for the queue.
    let limit = Instant::now() + Duration::from_secs(4);
    assert_eq!(dispatcher.work(vec![record(1, Destination::Any)], limit, now).await, ["1 any"]);
    assert_eq!(slack.calls(), 0);
}

/// Of a pair in failover, too, one process posts at a time: the other one may have posted to the primary already.
#[tokio::test]
async fn what_another_process_is_posting_does_not_go_to_the_backup() {
    let (primary, backup) = (Slack::start().await, Typetalk::start().await);
    let settings = Settings::at(TUESDAY).slack(&primary).typetalk(&backup).with("BACKUP_MODE", "failover");
    let dispatcher = dispatcher(&settings);
    let event = toban::source::pagerduty::read(&triggered(1), now()).remove(0);
    let claim = dispatcher.relay.ledger.claim(&event.key, Destination::Primary, now()).await;
    assert!(matches!(claim, Claim::Yours(_)), "the other process");
    let deliver = async |seconds| {
        let now = now() + TimeDelta::seconds(seconds);
        let deadline = Instant::now() + Duration::from_secs(8);
        dispatcher.relay.deliver(event.clone(), Destination::Any, deadline, now).await
    };
    assert_eq!(deliver(1).await, Outcome::Held);
    assert_eq!((primary.calls(), backup.calls()), (0, 0));
    // It has crashed, perhaps after its post; and the primary is down.
    primary.fail_always(Fault::ServerError);
    assert_eq!(deliver(120).await, Outcome::Posted);
    assert!(backup.expect_one().message.contains("🔁 再送です"));
    assert_eq!(deliver(121).await, Outcome::Repeat);
    let attempts = dispatcher.relay.ledger.attempts(&event.key).await.expect("an answer");
    let tried: Vec<_> = attempts.iter().map(|attempt| (attempt.place, attempt.outcome == "posted")).collect();
    assert_eq!(tried, [(Destination::Primary, false), (Destination::Backup, true)], "both are one delivery");
}

/// Better one of them than neither: a repeat is known, and the incident has its thread.
#[tokio::test]
async fn what_cannot_be_settled_at_once_is_settled_row_by_row() {
    let (slack, rows) = (Slack::start().await, Rows::start().await);
    let mut dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack));
    dispatcher.relay.ledger = ledger_on(&rows).into();
    rows.refuse(&["TransactWriteItems"]);
    let event = toban::source::pagerduty::read(&triggered(1), now()).remove(0);
    let deadline = || Instant::now() + Duration::from_secs(8);
    for expected in [Outcome::Posted, Outcome::Repeat] {
        let outcome = dispatcher.relay.deliver(event.clone(), Destination::Any, deadline(), now()).await;
        assert_eq!(outcome, expected);
    }
    let first = slack.expect_one();
    let known = dispatcher.relay.ledger.incident(event.incident.id.as_ref().expect("an incident")).await;
    let known = known.expect("an answer").expect("it is known");
    assert_eq!(known.threads.get(&Destination::Primary), Some(&first.ts));
}

#[tokio::test]
async fn a_chat_that_does_not_answer_holds_up_nothing_of_the_other() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let dispatcher = dispatcher(&Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk));
    typetalk.fail_always(Fault::Hang);
    let both = |number| [record(number, Destination::Backup), record(number, Destination::Primary)];
    let mut records: Vec<_> = (1..=5).flat_map(both).collect();
    records.push(Record { body: "{\"v\":99}".into(), ..record(6, Destination::Primary) });
    // Less than the 8 s that a message may take: the function has to end in time.
    let left = dispatcher.work(records, Instant::now() + Duration::from_secs(6), now).await;
    assert_eq!(left, ["1 backup", "2 backup", "3 backup", "4 backup", "5 backup", "6 primary"]);
    assert_eq!(slack.take().len(), 5, "everything for the chat that answers");
    assert_eq!(typetalk.calls(), 1, "the others would only wait as long");
}

/// The webhook may not know of the second chat, as its name is a secret.
#[tokio::test]
async fn what_is_for_any_chat_goes_to_both_that_are_mirrored_and_comes_again_for_the_one_that_fails() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let hidden = Hidden::default();
    let queues = Queues { news: None, rest: Queue::new("toban.fifo", hidden.clone()), presses: None };
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk);
    let dispatcher = Dispatcher { queues: Some(queues), ..dispatcher(&settings) };
    let work = async || {
        let limit = Instant::now() + Duration::from_secs(28);
        dispatcher.work(vec![record(1, Destination::Any), record(2, Destination::Any)], limit, now).await
    };
    typetalk.fail_always(Fault::ServerError);
    assert_eq!(work().await, ["1 any", "2 any"], "each comes again, once");
    assert_eq!(std::mem::take(&mut *hidden.0.lock().expect("no panic")), [2, 2]);
    assert_eq!(slack.take().len(), 2);
    typetalk.heal();
    assert_eq!(work().await, [""; 0]);
    assert_eq!((slack.take().len(), typetalk.take().len()), (0, 2));
}

/// Neither of two chats waits longer for a message of both than it would for one of its own.
#[tokio::test]
async fn what_both_chats_wait_for_comes_again_when_the_first_of_them_may_have_it() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk);
    for (ours, others) in [
        (Fault::TooManyRequests { retry_after: Some(200) }, Fault::ServerError),
        (Fault::ResetAfterAccepting, Fault::ServerError),
    ] {
        for swapped in [false, true] {
            let hidden = Hidden::default();
            let queues = Queues { news: None, rest: Queue::new("toban.fifo", hidden.clone()), presses: None };
            let dispatcher = Dispatcher { queues: Some(queues), ..dispatcher(&settings) };
            let (first, second) = if swapped { (others, ours) } else { (ours, others) };
            slack.fail_always(first);
            typetalk.fail_always(second);
            let limit = Instant::now() + Duration::from_secs(28);
            assert_eq!(dispatcher.work(vec![record(1, Destination::Any)], limit, now).await, ["1 any"]);
            assert_eq!(*hidden.0.lock().expect("no panic"), [2], "{ours:?}, {swapped}");
        }
    }
    slack.take();
    typetalk.take();
}

/// For how many seconds messages were hidden.
#[derive(Debug, Clone, Default)]
struct Hidden(Arc<Mutex<Vec<i32>>>);

impl toban::queue::Fifo for Hidden {
    fn send(&self, _: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        unreachable!("nothing is sent here")
    }

    fn hide<'a>(&'a self, hides: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        self.0.lock().expect("no panic").extend(hides.iter().map(|hide| hide.seconds));
        Box::pin(async { Ok(Vec::new()) })
    }
}
