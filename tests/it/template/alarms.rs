//! Alarms: each filter counts lines that the code logs, each alarm uses a metric that a filter or AWS counts.

use super::logged;
use super::node::Node;
use super::{file, template};
use std::collections::BTreeSet;
use toban::domain::reminder::Reminder;

const FAULTS: &str = "{ ($.configuration IS TRUE) || ($.panicked IS TRUE) || ($.queue_failed IS TRUE) || \
                      ($.unknown_message IS TRUE) || ($.ledger_down IS TRUE) || ($.rotation_unreadable = \"*\") }";

const REFUSED: &str = "{ ($.refused IS TRUE) || ($.doubt_ended IS TRUE) }";

#[test]
fn each_filter_counts_lines_that_the_code_logs() {
    let expected = [
        ("AuthFailedFilter", "WebhookLogs", "{ $.auth_failed IS TRUE }", "AuthFailed"),
        ("RefusedByWorkerFilter", "WorkerLogs", REFUSED, "Refused"),
        ("RefusedByReminderFilter", "ReminderLogs", REFUSED, "Refused"),
        ("RefusedByWatchdogFilter", "WatchdogLogs", REFUSED, "Refused"),
        (
            "MorningDecidedFilter",
            "ReminderLogs",
            r#"{ ($.reminder = "morning") && ($.decision = "*") }"#,
            "MorningDecided",
        ),
        (
            "EveningDecidedFilter",
            "ReminderLogs",
            r#"{ ($.reminder = "evening") && ($.decision = "*") }"#,
            "EveningDecided",
        ),
        ("MissedFilter", "WatchdogLogs", "{ ($.webhook_missed IS TRUE) || ($.webhook_silenced IS TRUE) }", "Missed"),
        ("RoundDoneFilter", "WatchdogLogs", "{ $.round_done IS TRUE }", "RoundDone"),
        ("PressDroppedFilter", "WorkerLogs", "{ $.press_dropped IS TRUE }", "PressDropped"),
        ("ActFailedFilter", "WorkerLogs", "{ $.act_failed IS TRUE }", "ActFailed"),
        ("WebhookFaultFilter", "WebhookLogs", FAULTS, "Fault"),
        ("WorkerFaultFilter", "WorkerLogs", FAULTS, "Fault"),
        ("ReminderFaultFilter", "ReminderLogs", FAULTS, "Fault"),
        ("WatchdogFaultFilter", "WatchdogLogs", FAULTS, "Fault"),
    ];
    let template = template();
    let found: Vec<_> = template
        .resources_of("AWS::Logs::MetricFilter")
        .into_iter()
        .map(|(name, filter)| {
            let of = |path: &str| filter.at(&format!("Properties.{path}"));
            let counted = of("MetricTransformations.0");
            assert_eq!(counted.at("MetricValue").text(), "1", "{name}");
            assert_eq!(counted.at("MetricNamespace").to_string(), OURS, "{name}");
            let group = of("LogGroupName").referred().expect("one of our log groups");
            (name, group, of("FilterPattern").text(), counted.at("MetricName").text())
        })
        .collect();
    assert_eq!(found, expected);
    for (name, _, pattern, _) in found {
        conditions(pattern).for_each(|condition| holds_sometimes(name, &condition));
    }
    assert!(file("src/net/logging.rs").contains(".json().flatten_event(true)"), "fields are at the top of a line");
}

/// The namespace of our own metrics has the stack's name, so that two stacks do not share it.
const OURS: &str = "!Sub toban/${AWS::StackName}";

/// `$.auth_failed IS TRUE`, one by one.
fn conditions(pattern: &str) -> impl Iterator<Item = String> {
    let inside = pattern.trim_matches(['{', '}', ' ']).replace(" && ", " || ");
    let parts: Vec<_> = inside.split(" || ").map(|part| part.trim_matches(['(', ')']).to_owned()).collect();
    parts.into_iter()
}

/// The code logs the field with a value for which the condition can hold.
fn holds_sometimes(filter: &str, condition: &str) {
    let fields = logged::fields();
    let (field, wanted) = condition.trim_start_matches("$.").split_once(' ').expect("a field and what is asked of it");
    let Some(values) = fields.get(field) else {
        panic!("{filter} looks for the field {field}, which nothing logs; there are {:?}", fields.keys());
    };
    let is_flag = values.iter().all(|value| value == "true");
    match wanted.trim_start_matches("= ").trim_matches('"') {
        "IS TRUE" => assert!(is_flag, "{filter}: {field} is {values:?}, not always true"),
        "*" => assert!(!is_flag, "{filter}: {field} is a flag, not a text"),
        name => assert!(Reminder::from_name(name).is_some(), "{filter}: there is no reminder '{name}'"),
    }
}

#[test]
fn alarms_use_the_metrics_that_filters_count() {
    let template = template();
    let filters = template.resources_of("AWS::Logs::MetricFilter");
    let metric = |filter: &Node| filter.at("Properties.MetricTransformations.0.MetricName").text().to_owned();
    let counted: BTreeSet<_> = filters.iter().map(|(_, filter)| metric(filter)).collect();
    let alarms = template.resources_of("AWS::CloudWatch::Alarm");
    let ours = alarms
        .iter()
        .filter(|(_, alarm)| alarm.find("Properties.Namespace").is_some_and(|namespace| namespace.to_string() == OURS));
    let read: BTreeSet<_> = ours.map(|(_, alarm)| alarm.at("Properties.MetricName").text().to_owned()).collect();
    assert_eq!(counted, read, "left is what filters count, right what alarms read");
}

#[test]
fn alarms_have_the_thresholds_that_they_should() {
    // Metric and its dimension; statistic and seconds, periods; condition; without data.
    let expected = [
        "DeadLettersAlarm: AWS/SQS ApproximateNumberOfMessagesVisible of QueueName !GetAtt DeadLetters.QueueName; \
         Maximum over 60 s, 1 times >= 1; ignore",
        "ReminderFailuresAlarm: AWS/SQS ApproximateNumberOfMessagesVisible of QueueName \
         !GetAtt ReminderFailures.QueueName; Maximum over 60 s, 1 times >= 1; ignore",
        "EventFailuresAlarm: AWS/SQS ApproximateNumberOfMessagesVisible of QueueName !GetAtt EventFailures.QueueName; \
         Maximum over 60 s, 1 times >= 1; ignore",
        "OldestMessageAlarm: MAX([FILL(news, 0), FILL(rest, 0)]), \
         news is AWS/SQS ApproximateAgeOfOldestMessage of QueueName !GetAtt NewsQueue.QueueName; \
         Maximum over 60 s, rest is AWS/SQS ApproximateAgeOfOldestMessage of QueueName !GetAtt Queue.QueueName; \
         Maximum over 60 s, 1 times > 120; notBreaching",
        "StandingMessagesAlarm: FILL(waiting, 0) + FILL(hidden, 0) + FILL(news_waiting, 0) + FILL(news_hidden, 0), \
         waiting is AWS/SQS ApproximateNumberOfMessagesVisible of QueueName !GetAtt Queue.QueueName; \
         Maximum over 60 s, hidden is AWS/SQS ApproximateNumberOfMessagesNotVisible of QueueName \
         !GetAtt Queue.QueueName; Maximum over 60 s, \
         news_waiting is AWS/SQS ApproximateNumberOfMessagesVisible of QueueName !GetAtt NewsQueue.QueueName; \
         Maximum over 60 s, news_hidden is AWS/SQS ApproximateNumberOfMessagesNotVisible of QueueName \
         !GetAtt NewsQueue.QueueName; Maximum over 60 s, 3 times >= 1; notBreaching",
        "WebhookErrorsAlarm: AWS/Lambda Errors of FunctionName !Ref WebhookFunction; Sum over 60 s, 1 times >= 1; \
         notBreaching",
        "WebhookThrottledAlarm: AWS/Lambda Throttles of FunctionName !Ref WebhookFunction; Sum over 60 s, \
         1 times >= 1; notBreaching",
        "WorkerErrorsAlarm: AWS/Lambda Errors of FunctionName !Ref WorkerFunction; Sum over 60 s, 1 times >= 1; \
         notBreaching",
        "ReminderErrorsAlarm: AWS/Lambda Errors of FunctionName !Ref ReminderFunction; Sum over 60 s, 1 times >= 1; \
         notBreaching",
        "WatchdogErrorsAlarm: AWS/Lambda Errors of FunctionName !Ref WatchdogFunction; Sum over 1800 s, 1 times >= 2; \
         notBreaching",
        "AuthFailedAlarm: AuthFailed; Sum over 300 s, 1 times >= 1; notBreaching",
        "RefusedAlarm: Refused; Sum over 300 s, 1 times >= 1; notBreaching",
        "NoMorningAlarm: MorningDecided; Sum over 3600 s, 26 times < 1; breaching",
        "NoEveningAlarm: EveningDecided; Sum over 3600 s, 26 times < 1; breaching",
        "MissedAlarm: Missed; Sum over 300 s, 1 times >= 1; notBreaching",
        "NoRoundAlarm: RoundDone; Sum over 3600 s, 3 times < 1; breaching",
        "PressDroppedAlarm: PressDropped; Sum over 300 s, 1 times >= 1; notBreaching",
        "ActFailedAlarm: ActFailed; Sum over 300 s, 1 times >= 1; notBreaching",
        "PressesWaitAlarm: AWS/SQS ApproximateAgeOfOldestMessage of QueueName !GetAtt PressesQueue.QueueName; \
         Maximum over 60 s, 1 times > 120; notBreaching",
        "FaultAlarm: Fault; Sum over 300 s, 1 times >= 1; notBreaching",
    ];
    let template = template();
    let alarms = template.resources_of("AWS::CloudWatch::Alarm");
    let found: Vec<_> = alarms.iter().map(|(name, alarm)| line(name, alarm.at("Properties"))).collect();
    assert_eq!(found, expected);
}

/// An alarm in one line.
fn line(name: &str, alarm: &Node) -> String {
    let what = match alarm.find("Metrics") {
        Some(metrics) => metrics.items().iter().map(metric_line).collect::<Vec<_>>().join(", "),
        None => series(alarm, alarm.at("Statistic"), alarm.at("Period")),
    };
    let compared = match alarm.at("ComparisonOperator").text() {
        "GreaterThanOrEqualToThreshold" => ">=",
        "GreaterThanThreshold" => ">",
        "LessThanThreshold" => "<",
        other => panic!("{name} compares by {other}"),
    };
    let of = |key: &str| alarm.at(key).text();
    let times = of("EvaluationPeriods");
    let threshold = of("Threshold");
    let missing = of("TreatMissingData");
    format!("{name}: {what}, {times} times {compared} {threshold}; {missing}")
}

fn metric_line(part: &Node) -> String {
    match part.find("MetricStat") {
        None => part.at("Expression").text().to_owned(),
        Some(stat) => {
            format!("{} is {}", part.at("Id"), series(stat.at("Metric"), stat.at("Stat"), stat.at("Period")))
        }
    }
}

fn series(metric: &Node, statistic: &Node, period: &Node) -> String {
    let name = metric.at("MetricName").text();
    let whose = match metric.at("Namespace").to_string().as_str() {
        OURS => name.to_owned(),
        namespace => {
            let dimension = metric.at("Dimensions.0");
            format!("{namespace} {name} of {} {}", dimension.at("Name"), dimension.at("Value"))
        }
    };
    format!("{whose}; {statistic} over {period} s")
}

#[test]
fn an_alarm_reaches_somebody_and_says_what_to_do_first() {
    let template = template();
    for (name, alarm) in template.resources_of("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm.at("Properties.AlarmActions").to_string(), "[!Ref AlarmTopic]", "{name}");
        let description = alarm.at("Properties.AlarmDescription").text();
        assert!(description.contains(" First: "), "{name} does not say what to do first: {description}");
        assert!(description.len() <= 1024, "{name}: CloudWatch allows no more");
    }
    let subscription = template.at("Resources.AlarmSubscription");
    assert_eq!(subscription.at("Properties.TopicArn").to_string(), "!Ref AlarmTopic");
    assert_eq!(subscription.at("Properties.Endpoint").to_string(), "!Ref AlarmEmail");
    assert_eq!(subscription.at("Condition").text(), "HasAlarmEmail");
}
