use std::time::Duration;

use serde_json::json;

use super::{assert_contains, aws, bodies, panic_of, queue_of};
use crate::kit::aws::{Chaos, Counts, Kill, Options, Poller, Queue, Report};

/// A shell that runs `worker.bash` when it starts.
const SHELL: &str = "/bin/bash";
const SCRIPT: (&str, &str) =
    ("BASH_ENV", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/kit/selftest/aws/worker.bash"));

const LIMIT: Duration = Duration::from_secs(30);

fn poller(queue: &Queue, options: Options) -> Poller {
    Poller::new(queue, SHELL, &[SCRIPT], options)
}

async fn drained(queue: &Queue, options: Options) -> Report {
    let report = poller(queue, options).drain(LIMIT).await;
    assert_eq!(report.left, Counts::default(), "look at {report}");
    report
}

/// How draining the queue fails.
async fn failure_of(queue: Queue) -> String {
    panic_of(async move { poller(&queue, Options::default()).drain(LIMIT).await }).await
}

#[tokio::test]
async fn messages_that_failed_come_back_and_the_others_are_gone() {
    let queue = queue_of(&[("a", "ok"), ("b", "fail-once"), ("a", "ok"), ("b", "ok"), ("c", "ok")]).await;
    let report = drained(&queue, Options { workers: 1, ..Options::default() }).await;
    assert_eq!((&report.batches[..], report.deleted, report.failed_records), (&[5, 2][..], 5, 2));
    assert_eq!((report.kills.len(), &report.errors[..], report.late), (0, &[][..], 0));
    let line = |message: &str, receive: u64| json!({"message": message, "receive": receive});
    let (once, twice) = (line("ok", 1), line("ok", 2));
    let first = [once.clone(), line("fail-once", 1), once.clone(), once.clone(), once];
    assert_eq!(report.log_lines(), [&first[..], &[line("fail-once", 2), twice]].concat());
    assert!(report.elapsed >= queue.visibility, "look at {report}");
    assert_contains(&report.to_string(), "2 invocations of 7 messages in ");
    assert_contains(&report.to_string(), "5 deleted, 2 returned, 0 kills, 0 errors, 0 late; left 0 visible");
}

#[tokio::test]
async fn batches_are_of_many_groups_and_go_to_several_workers() {
    let messages: Vec<_> = (0..24).map(|index| index.to_string()).collect();
    let messages: Vec<_> = messages.iter().map(|group| (group.as_str(), "ok")).collect();
    let queue = queue_of(&messages).await;
    let report = drained(&queue, Options::default()).await;
    assert_eq!((&report.batches[..], report.deleted), (&[10, 10, 4][..], 24));
    let queue = queue_of(&[("a", "hang-once"), ("b", "ok")]).await;
    let options = Options { batch_size: 1, time_limit: Duration::from_millis(1_500), ..Options::default() };
    let report = drained(&queue, options).await;
    // While one hangs, the other works.
    assert_eq!((&report.batches[..], report.errors.len()), (&[1, 1, 1][..], 1));
}

#[tokio::test]
async fn an_invocation_without_an_answer_deletes_nothing() {
    let check = async |body: &str, error: &str| {
        let queue = queue_of(&[("a", "ok"), ("b", body), ("c", "ok")]).await;
        let options = Options { workers: 1, time_limit: Duration::from_millis(1_500), ..Options::default() };
        let report = drained(&queue, options).await;
        assert_eq!((&report.batches[..], report.deleted), (&[3, 3][..], 3), "for {body}");
        assert_eq!((&report.errors[..], report.failed_records), (&[error.to_owned()][..], 0), "for {body}");
        let receives: Vec<_> = report.log_lines().iter().map(|line| line["receive"].clone()).collect();
        assert_eq!(receives, [json!(1), json!(1), json!(2), json!(2), json!(2)], "for {body}");
    };
    tokio::join!(
        check("error-once", r#"{"errorMessage":"to fail","errorType":"Told"}"#),
        check("exit-once", "bash ended (exit status: 7) instead of answering; look at its log:"),
        check("hang-once", "no answer within 1.5s"),
    );
}

#[tokio::test]
async fn a_late_answer_deletes_nothing() {
    let queue = queue_of(&[("a", "slow-once")]).await;
    let report = drained(&queue, Options { workers: 1, ..Options::default() }).await;
    assert_eq!((&report.batches[..], report.late, report.deleted), (&[1, 1][..], 1, 1));
}

#[tokio::test]
async fn a_killed_workers_batch_comes_back() {
    let queue = queue_of(&[("a", "ok"), ("b", "hang-once"), ("c", "ok"), ("b", "ok")]).await;
    let chaos = Chaos { seed: 7, probability: 1.0, within: Duration::from_millis(600) };
    let options = Options { workers: 1, chaos: Some(chaos), ..Options::default() };
    let report = drained(&queue, options).await;
    let first: &Kill = report.kills.first().expect("the first invocation hangs until it is killed");
    assert_eq!(bodies(&first.batch), ["ok", "hang-once", "ok", "ok"]);
    assert_eq!(first.ids(), first.batch.iter().map(|message| &message.id).collect::<Vec<_>>());
    assert!(first.after < Duration::from_secs(5), "look at {first:?}");
    assert_eq!((report.deleted, report.errors.len()), (4, 0), "look at {report}");
    assert_eq!(report.invocations(), report.kills.len() + 1, "look at {report}");
}

#[tokio::test]
async fn each_repeat_is_a_kills() {
    let messages: Vec<_> = (0..20).map(|index| (index % 13).to_string()).collect();
    let messages: Vec<_> = messages.iter().map(|group| (group.as_str(), "ok")).collect();
    let queue = queue_of(&messages).await;
    let chaos = Chaos { seed: 11, probability: 0.4, within: Duration::from_millis(20) };
    let report = drained(&queue, Options { chaos: Some(chaos), ..Options::default() }).await;
    println!("{report}");
    let killed: usize = report.kills.iter().map(|kill| kill.batch.len()).sum();
    let handed: usize = report.batches.iter().sum();
    assert_eq!((report.deleted, handed), (20, 20 + killed), "look at {report}");
}

#[tokio::test]
async fn answers_that_lambda_does_not_take_and_answers_that_break_the_order() {
    let message = failure_of(queue_of(&[("a", "wrong-once"), ("b", "ok")]).await).await;
    assert_contains(&message, "without a list batchItemFailures: {\\\"statusCode\\\":200}");
    let message = failure_of(queue_of(&[("a", "fail-once"), ("b", "ok"), ("a", "overtake")]).await).await;
    assert_contains(&message, "went well although an earlier one of its group \\\"a\\\" failed");
}

#[tokio::test]
async fn a_run_ends_when_all_was_sent_and_is_gone_or_at_its_limit() {
    let queue = queue_of(&[]).await;
    let feed = async {
        for index in 0..5 {
            queue.send("a", &index.to_string(), "ok").await;
            while !queue.is_empty().await {
                tokio::task::yield_now().await;
            }
        }
        "fed"
    };
    let (report, fed) = poller(&queue, Options::default()).drain_while(feed, LIMIT).await;
    assert_eq!((&report.batches[..], report.deleted, fed), (&[1; 5][..], 5, "fed"));

    let queue = queue_of(&[("a", "fail"), ("b", "ok")]).await;
    let report = poller(&queue, Options::default()).drain(Duration::from_millis(1_000)).await;
    let Counts { visible, in_flight, dead } = report.left;
    assert_eq!((report.deleted, visible + in_flight, dead, report.dead_letters()), (1, 1, 0, 0), "look at {report}");

    let stuck = async move {
        let limit = Duration::from_millis(100);
        poller(&queue, Options::default()).drain_while(std::future::pending::<()>(), limit).await.0
    };
    let message = panic_of(stuck).await;
    assert_contains(&message, "were not sent within 100ms");
}

#[tokio::test]
async fn a_worker_that_does_not_start_fails_the_run() {
    let queue = queue_of(&[("a", "ok")]).await;
    let run = async move { Poller::new(&queue, "/bin/true", &[], Options::default()).drain(LIMIT).await };
    let message = panic_of(run).await;
    assert_contains(&message, "ended (exit status: 0) before it asked for an event");
}

#[tokio::test]
async fn a_dead_letter_ends_a_run() {
    let queue = aws().create_fifo_queue("selftest", 1, 1).await;
    queue.send("a", "1", "fail").await;
    let report = poller(&queue, Options::default()).drain(LIMIT).await;
    assert_eq!((report.dead_letters(), report.failed_records), (1, 1), "look at {report}");
}
