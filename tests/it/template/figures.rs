//! Numbers of the queue, the table and the rest, as the code and the promises need them.

use super::{file, template};
use toban::ledger::LEASE;
use toban::relay::dispatch::LONGEST_PAUSE;
use toban::setup::wiring::PATIENCE;
use toban::source::LARGEST_BODY;
use toban::store::Partition;

#[test]
fn figures_are_those_that_the_promises_need() {
    let template = template();
    for (path, expected) in [
        ("Queue.Properties.FifoQueue", "true"),
        ("Queue.Properties.ContentBasedDeduplication", "false"),
        ("Queue.Properties.DeduplicationScope", "messageGroup"),
        ("Queue.Properties.FifoThroughputLimit", "perMessageGroupId"),
        ("Queue.Properties.MaximumMessageSize", "1048576"),
        ("Queue.Properties.VisibilityTimeout", "300"),
        ("Queue.Properties.MessageRetentionPeriod", "1209600"),
        ("Queue.Properties.RedrivePolicy", "{deadLetterTargetArn: !GetAtt DeadLetters.Arn, maxReceiveCount: 1000}"),
        ("Queue.Properties.SqsManagedSseEnabled", "true"),
        ("NewsQueue.Properties.FifoQueue", "true"),
        ("NewsQueue.Properties.ContentBasedDeduplication", "false"),
        ("NewsQueue.Properties.DeduplicationScope", "messageGroup"),
        ("NewsQueue.Properties.FifoThroughputLimit", "perMessageGroupId"),
        ("NewsQueue.Properties.MaximumMessageSize", "1048576"),
        ("NewsQueue.Properties.VisibilityTimeout", "60"),
        ("NewsQueue.Properties.MessageRetentionPeriod", "1209600"),
        ("NewsQueue.Properties.RedrivePolicy", "{deadLetterTargetArn: !GetAtt DeadLetters.Arn, maxReceiveCount: 1000}"),
        ("NewsQueue.Properties.SqsManagedSseEnabled", "true"),
        ("DeadLetters.Properties.FifoQueue", "true"),
        ("DeadLetters.Properties.MaximumMessageSize", "1048576"),
        ("DeadLetters.Properties.MessageRetentionPeriod", "1209600"),
        ("DeadLetters.Properties.SqsManagedSseEnabled", "true"),
        ("ReminderFailures.Properties.MessageRetentionPeriod", "1209600"),
        ("ReminderFailures.Properties.SqsManagedSseEnabled", "true"),
        (
            "PressesQueue.Properties",
            "{FifoQueue: true, ContentBasedDeduplication: false, VisibilityTimeout: 60, MessageRetentionPeriod: 300, \
             SqsManagedSseEnabled: true, Tags: [{Key: project, Value: toban}]}",
        ),
        ("PressesToWorker.Properties.EventSourceArn", "!GetAtt PressesQueue.Arn"),
        ("PressesToWorker.Properties.FunctionName", "!Ref WorkerFunction"),
        ("PressesToWorker.Properties.BatchSize", "1"),
        ("PressesToWorker.Properties.FunctionResponseTypes", "[ReportBatchItemFailures]"),
        ("PressesToWorker.Properties.ScalingConfig", "{MaximumConcurrency: 5}"),
        ("PressesToWorker.DependsOn", "WorkerPressesPolicy"),
        ("WebhookFunction.Properties.Timeout", "10"),
        ("WorkerFunction.Properties.Timeout", "30"),
        ("WorkerFunction.Properties.Events.Queue.Type", "SQS"),
        (
            "WorkerFunction.Properties.Events.Queue.Properties",
            "{Queue: !GetAtt Queue.Arn, BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures], \
             ScalingConfig: {MaximumConcurrency: 2}}",
        ),
        ("WorkerFunction.Properties.Events.News.Type", "SQS"),
        (
            "WorkerFunction.Properties.Events.News.Properties",
            "{Queue: !GetAtt NewsQueue.Arn, BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures], \
             ScalingConfig: {MaximumConcurrency: 2}}",
        ),
        ("ReminderFunction.Properties.Timeout", "30"),
        (
            "ReminderFunction.Properties.EventInvokeConfig",
            "{MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600, \
             DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt ReminderFailures.Arn}}}",
        ),
        ("EventFailures.Properties.MaximumMessageSize", "1048576"),
        ("EventFailures.Properties.MessageRetentionPeriod", "1209600"),
        ("EventFailures.Properties.SqsManagedSseEnabled", "true"),
        (
            "WebhookInvocations.Properties",
            "{FunctionName: !Ref WebhookFunction, Qualifier: $LATEST, MaximumRetryAttempts: 2, \
             MaximumEventAgeInSeconds: 21600, DestinationConfig: {OnFailure: {Destination: !GetAtt EventFailures.Arn}}}",
        ),
        ("WebhookInvocations.DependsOn", "WebhookFailuresPolicy"),
        ("WatchdogFunction.Properties.Timeout", "180"),
        ("WatchdogFunction.Properties.EventInvokeConfig", "{MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300}"),
        ("Ledger.Properties.BillingMode", "PAY_PER_REQUEST"),
        ("Ledger.Properties.KeySchema", "[{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]"),
        (
            "Ledger.Properties.GlobalSecondaryIndexes",
            "[{IndexName: by_state, KeySchema: [{AttributeName: gsi_pk, KeyType: HASH}, \
             {AttributeName: gsi_sk, KeyType: RANGE}], Projection: {ProjectionType: ALL}}, \
             {IndexName: by_fingerprint, KeySchema: [{AttributeName: fingerprint, KeyType: HASH}, \
             {AttributeName: opened_at, KeyType: RANGE}], Projection: {ProjectionType: INCLUDE, \
             NonKeyAttributes: [v, number, state, holders, by_itself, has_begun, created_at, changed_at, links]}}]",
        ),
        ("Ledger.Properties.TimeToLiveSpecification", "{AttributeName: expires_at, Enabled: true}"),
        ("Ledger.Properties.PointInTimeRecoverySpecification", "{PointInTimeRecoveryEnabled: true}"),
        ("Ledger.Properties.SSESpecification", "{SSEEnabled: true}"),
    ] {
        assert_eq!(template.at(&format!("Resources.{path}")).to_string(), expected, "{path}");
    }
}

/// These survive a mistaken deletion of the stack.
#[test]
fn what_cannot_be_made_again_is_kept() {
    let template = template();
    for resource in ["Queue", "NewsQueue", "DeadLetters", "Ledger", "EventFailures"] {
        let of = |attribute: &str| template.at(&format!("Resources.{resource}.{attribute}")).text();
        assert_eq!((of("DeletionPolicy"), of("UpdateReplacePolicy")), ("RetainExceptOnCreate", "Retain"), "{resource}");
    }
}

/// Nor is what people typed.
#[test]
fn what_is_of_no_use_later_is_not_kept() {
    let template = template();
    for resource in ["PressesQueue", "ReminderFailures"] {
        let of = |attribute: &str| template.at(&format!("Resources.{resource}.{attribute}")).text();
        assert_eq!((of("DeletionPolicy"), of("UpdateReplacePolicy")), ("Delete", "Delete"), "{resource}");
    }
}

#[test]
fn figures_agree_with_each_other_and_with_the_code() {
    let template = template();
    let number = |path: &str| -> i64 {
        template.at(&format!("Resources.{path}")).text().parse().unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let (visibility, worker) =
        (number("Queue.Properties.VisibilityTimeout"), number("WorkerFunction.Properties.Timeout"));
    let lease = LEASE.num_seconds();
    let presses = number("PressesQueue.Properties.VisibilityTimeout");
    for hidden in [visibility, number("NewsQueue.Properties.VisibilityTimeout"), presses] {
        assert!(worker < lease && lease < hidden, "a worker of {worker} s, a claim of {lease} s, hidden {hidden} s");
    }
    let kept = number("PressesQueue.Properties.MessageRetentionPeriod");
    assert!(
        presses < 120 && 120 < kept,
        "a press of 120 s is too old: before, a dead worker's comes again, after {presses} s; after, whoever pressed is \
         told, within {kept} s"
    );
    // The queue of news has less: there a dead worker's messages come again within a minute.
    assert!(visibility >= 6 * worker, "{visibility} s: Lambda's poller wants six times the worker's {worker} s");
    assert_eq!(
        visibility,
        i64::from(LONGEST_PAUSE),
        "a worker that cannot start uses up no try faster than a chat's outage"
    );

    // PagerDuty, the ledger and the queue have 20 s for the end of a shift, which comes before the round.
    let tick = 20 + 2 * (PATIENCE.asking + PATIENCE.telling).as_secs();
    let watchdog = number("WatchdogFunction.Properties.Timeout");
    assert!(i64::try_from(tick).expect("it is small") + 5 < watchdog, "a tick of {tick} s in {watchdog} s");

    let body = LARGEST_BODY.div_ceil(3) * 4;
    for queue in ["Queue", "NewsQueue"] {
        let largest = number(&format!("{queue}.Properties.MaximumMessageSize"));
        assert!(i64::try_from(body).expect("it is small") + 64 * 1024 < largest, "{body} bytes of base64 in {largest}");
    }

    let ledger = file("src/store/dynamodb.rs") + &file("src/store/item.rs") + &file("src/ledger/incidents.rs");
    let seen = format!("NonKeyAttributes: [{}]", Partition::EARLIER.join(", "));
    assert!(template.at("Resources.Ledger").to_string().contains(&seen), "{seen}");
    for name in ["pk", "sk", "gsi_pk", "gsi_sk", "expires_at", "by_state", "fingerprint", "opened_at", "by_fingerprint"]
    {
        assert!(ledger.contains(&format!("\"{name}\"")), "the ledger uses no \"{name}\"");
        assert!(template.at("Resources.Ledger").to_string().contains(&format!(": {name},")), "the table has no {name}");
    }
}

/// However it fails, an event has all its tries at most that far apart, and is dead before the queue would drop it.
#[test]
fn everybody_tells_how_long_an_event_is_tried() {
    let template = template();
    let number = |queue: &str, property: &str| -> i64 {
        let text = template.at(&format!("Resources.{queue}.Properties.{property}")).text();
        text.parse().unwrap_or_else(|error| panic!("{queue}, {property}: {error}"))
    };
    let tries = |queue| number(queue, "RedrivePolicy.maxReceiveCount");
    let tried = number("Queue", "VisibilityTimeout") * tries("Queue");
    assert!((82 * 3600..86 * 3600).contains(&tried), "{tried} s are not three and a half days");
    // A worker that fails hides what it was given for as long in either queue. One that cannot start leaves it to the queue.
    assert_eq!(tries("NewsQueue"), tries("Queue"));
    let hours = number("NewsQueue", "VisibilityTimeout") * tries("NewsQueue") / 3_600;
    for path in ["docs/operations.md", "docs/architecture.md"] {
        assert!(
            file(path).contains(&format!("{hours} hours")),
            "{path}: an event of the queue of news has {hours} hours"
        );
    }
    for queue in ["Queue", "NewsQueue"] {
        let kept = number(queue, "MessageRetentionPeriod");
        assert!(tried < kept, "{tried} s: {queue} drops it before it is a dead letter");
    }

    let alarm = |name: &str| template.at(&format!("Resources.{name}.Properties.AlarmDescription")).text().to_owned();
    for (place, text) in [
        ("docs/operations.md", file("docs/operations.md")),
        ("docs/architecture.md", file("docs/architecture.md")),
        ("DeadLettersAlarm", alarm("DeadLettersAlarm")),
        ("WorkerErrorsAlarm", alarm("WorkerErrorsAlarm")),
        ("RefusedAlarm", alarm("RefusedAlarm")),
    ] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("three and a half days"), "{place} does not tell how long an event is tried");
        for sentence in text.split(['.', '|']).filter(|sentence| sentence.contains("14 days")) {
            let is_of_the_dead =
                ["dead letter", "dead-letter", "Dead letter"].iter().any(|dead| sentence.contains(dead));
            let is_of_the_replay = sentence.contains("(#replaying-dead-letters) within");
            let is_of_eventbridge =
                ["(#events-of-eventbridge-that-failed) within", "in a queue of its own for 14 days"]
                    .iter()
                    .any(|words| sentence.contains(words));
            assert!(
                is_of_the_dead || is_of_the_replay || is_of_eventbridge,
                "{place}: only dead letters are kept so long:{sentence}"
            );
        }
    }
}

#[test]
fn everything_carries_the_project_s_tag() {
    let template = template();
    // What cannot carry one.
    let without = [
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Policy",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter",
        "AWS::SNS::Subscription",
        "AWS::SQS::QueuePolicy",
    ];
    for (name, resource) in template.at("Resources").entries() {
        let kind = resource.at("Type").text();
        let tags = match kind {
            "AWS::Serverless::Function" => template.find("Globals.Function.Tags"),
            kind if without.contains(&kind) => continue,
            _ => resource.find("Properties.Tags"),
        };
        let tags = tags.map(ToString::to_string).unwrap_or_default();
        let expected = ["{project: toban}", "[{Key: project, Value: toban}]"];
        assert!(expected.contains(&tags.as_str()), "{name}, {kind}, has the tags '{tags}'");
    }
}
