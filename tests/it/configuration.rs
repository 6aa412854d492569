//! Settings: all faults at once, each with its variable and an example; a fault in one chat does not affect the other.

mod causes;
mod misnamed;

use crate::kit::{Function, Slack, Typetalk};
use crate::running::{Settings, TUESDAY, WEBHOOK, accepted, triggered};
use toban::domain::destination::Destination;
use toban::setup::config::{Config, Front, Reach};

/// The faults of a configuration, one line each.
#[track_caller]
fn faults(variables: &[(&str, &str)], reach: Reach) -> Vec<String> {
    let lookup =
        |wanted: &str| variables.iter().find(|(known, _)| *known == wanted).map(|(_, value)| (*value).to_owned());
    match Config::from_lookup(lookup, &toban::net::http::client().expect("a client"), reach) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.0.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn warnings(variables: &[(&str, &str)]) -> Vec<String> {
    let lookup =
        |wanted: &str| variables.iter().find(|(known, _)| *known == wanted).map(|(_, value)| (*value).to_owned());
    let config = Config::from_lookup(lookup, &toban::net::http::client().expect("a client"), Reach::Live);
    config.unwrap_or_else(|faults| panic!("{faults}")).warnings.iter().map(ToString::to_string).collect()
}

const GOOD: &[(&str, &str)] = &[
    ("SLACK_BOT_TOKEN", "xoxb-1"),
    ("SLACK_CHANNEL", "C0APPMON001"),
    ("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>"),
    ("ROTATION_FILE", "rotation.csv"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    GOOD.iter().filter(|(known, _)| more.iter().all(|(other, _)| other != known)).chain(more).copied().collect()
}

#[test]
fn nothing_but_a_chat_and_a_rotation_is_needed() {
    assert_eq!(faults(GOOD, Reach::Live), [""; 0]);
    assert_eq!(faults(&[], Reach::Local), [""; 0], "on this machine alone nothing is needed");
    assert_eq!(
        faults(&[], Reach::Live),
        [
            "SLACK_BOT_TOKEN and every other chat is not set, so there is nowhere to post, for example SLACK_BOT_TOKEN=xoxb-…",
        ]
    );
}

#[test]
fn each_fault_names_its_variable_and_an_example() {
    for (variable, value, expected) in [
        (
            "TIME_ZONE",
            "Tokyo",
            "TIME_ZONE is 'Tokyo', which is not an IANA time zone, for example TIME_ZONE=Asia/Tokyo",
        ),
        (
            "BUSINESS_HOURS",
            "17:00-10:00",
            "BUSINESS_HOURS is '17:00-10:00', which is not a span of one day (hours over midnight are not supported: set those of \
             one side of it, such as 18:00-24:00, or the whole day, 00:00-24:00), for example BUSINESS_HOURS=10:00-17:00",
        ),
        (
            "BUSINESS_HOURS",
            "10-17",
            "BUSINESS_HOURS is '10-17', which is not a span of one day (24:00 is a valid end), for example \
             BUSINESS_HOURS=10:00-17:00",
        ),
        (
            "BUSINESS_BREAK",
            "noon",
            "BUSINESS_BREAK is 'noon', which is not a span within BUSINESS_HOURS, for example BUSINESS_BREAK=12:00-13:00",
        ),
        (
            "BUSINESS_BREAK",
            "16:30-17:30",
            "BUSINESS_BREAK is '16:30-17:30', which has to begin and end within BUSINESS_HOURS (10:00-17:00), for example \
             BUSINESS_BREAK=12:00-13:00",
        ),
        (
            "BUSINESS_DAYS",
            "weekdays",
            "BUSINESS_DAYS is 'weekdays', which is not days of the week in English, for example BUSINESS_DAYS=Mon-Fri",
        ),
        (
            "NATIONAL_HOLIDAYS",
            "us",
            "NATIONAL_HOLIDAYS is 'us', which is not 'jp' or 'none', for example NATIONAL_HOLIDAYS=jp",
        ),
        (
            "MESSAGE_LANGUAGE",
            "fr",
            "MESSAGE_LANGUAGE is 'fr', which is not 'ja' or 'en', for example MESSAGE_LANGUAGE=ja",
        ),
        (
            "MENTION_ON",
            "triggered,exploded",
            "MENTION_ON is 'triggered,exploded', which is not a list of event kinds (or 'none'), for example MENTION_ON=triggered,reopened,unacknowledged,escalated,reassigned",
        ),
        (
            "BACKUP_MODE",
            "both",
            "BACKUP_MODE is 'both', which is not 'mirror' or 'failover', for example BACKUP_MODE=mirror",
        ),
        (
            "PRIMARY_CHAT",
            "irc",
            "PRIMARY_CHAT is 'irc', which is not 'slack' or 'typetalk', for example PRIMARY_CHAT=slack",
        ),
        (
            "CHAT_NAMES",
            "slack,irc",
            "CHAT_NAMES names 'irc', which is none of 'backup', 'slack', 'typetalk', for example CHAT_NAMES=slack,backup",
        ),
        (
            "PAGERDUTY_WEBHOOK_SECRETS",
            "long-enough-secret,short",
            "PAGERDUTY_WEBHOOK_SECRETS holds one of fewer than 8 characters, for example PAGERDUTY_WEBHOOK_SECRETS=a-long-random-secret",
        ),
        (
            "TOBAN_NOW",
            "tomorrow",
            "TOBAN_NOW is 'tomorrow', which is not an RFC 3339 time, for example TOBAN_NOW=2026-11-24T11:02:00+09:00",
        ),
        (
            "TOBAN_NOW",
            "2026-11-24T11:02:00+09:00",
            "TOBAN_NOW is for rehearsals and needs every API on this machine, but SLACK_BASE_URL is not, for example TOBAN_NOW=2026-11-24T11:02:00+09:00",
        ),
        (
            "TOBAN_LEASE",
            "5",
            "TOBAN_LEASE is for rehearsals and needs every API on this machine, but SLACK_BASE_URL is not, for example TOBAN_LEASE=5",
        ),
        (
            "FALLBACK_MENTION_SLACK",
            "",
            "FALLBACK_MENTION_SLACK is not set: say who is told when the rotation has no answer, or 'none', for example FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
        ),
        (
            "FALLBACK_MENTION_SLACK",
            "@all",
            "FALLBACK_MENTION_SLACK is '@all', which pings nobody there, for example FALLBACK_MENTION_SLACK=<!subteam^S0123456789>",
        ),
        (
            "SLACK_BASE_URL",
            "http://slack.com/api",
            "SLACK_BASE_URL is not an https:// URL (http:// is taken for this machine only), for example SLACK_BASE_URL=https://slack.com/api",
        ),
        (
            "SLACK_BASE_URL",
            "slack.com",
            "SLACK_BASE_URL is not an https:// URL (http:// is taken for this machine only), for example SLACK_BASE_URL=https://slack.com/api",
        ),
        (
            "SLACK_CHANNEL",
            " ",
            "SLACK_CHANNEL is not set, but SLACK_BOT_TOKEN is, for example SLACK_CHANNEL=C0123456789",
        ),
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set, but SLACK_CHANNEL is, for example SLACK_BOT_TOKEN=xoxb-…"),
    ] {
        assert_eq!(faults(&with(&[(variable, value)]), Reach::Live), [expected]);
    }
    let many = with(&[
        ("TIME_ZONE", "x"),
        ("BUSINESS_HOURS", "x"),
        ("SLACK_CHANNEL", ""),
        ("ROTATION_FILE", ""),
        ("TOBAN_NOW", "x"),
    ]);
    let variables: Vec<_> =
        faults(&many, Reach::Live).iter().map(|fault| fault.split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(variables, ["TIME_ZONE", "BUSINESS_HOURS", "SLACK_CHANNEL", "TOBAN_NOW"], "all at once");
}

#[test]
fn valid_values_are_accepted() {
    for (variable, value) in [
        ("TIME_ZONE", "America/New_York"),
        ("BUSINESS_HOURS", "00:00-24:00"),
        ("BUSINESS_BREAK", "12:00-13:00"),
        ("BUSINESS_BREAK", ""),
        ("BUSINESS_DAYS", "Mon-Sun"),
        ("NATIONAL_HOLIDAYS", "none"),
        ("MENTION_ON", "none"),
        ("MENTION_ON", "triggered, resolved"),
        ("FALLBACK_MENTION_SLACK", "none"),
        ("FALLBACK_MENTION_SLACK", "<@U0SATO0001> <!here>"),
        ("SLACK_BASE_URL", "http://127.0.0.1:9/api/"),
        ("SLACK_BASE_URL", "http://[::1]:9/api"),
        ("SLACK_BASE_URL", "http://localhost:9/api"),
        ("SLACK_BASE_URL", "https://slack.example/api"),
    ] {
        assert_eq!(faults(&with(&[(variable, value)]), Reach::Live), [""; 0], "{variable}={value}");
    }
    let local = with(&[("TOBAN_NOW", TUESDAY), ("SLACK_BASE_URL", "http://127.0.0.1:9/api")]);
    assert_eq!(faults(&local, Reach::Live), [""; 0]);
}

#[test]
fn a_fault_in_one_chat_is_a_warning_while_the_other_works() {
    let broken = [("TYPETALK_TOKEN", "t"), ("TYPETALK_TOPIC_ID", "general")];
    assert_eq!(
        warnings(&with(&broken)),
        [
            "TYPETALK_TOPIC_ID is 'general', which is not a number, for example TYPETALK_TOPIC_ID=4711",
            "FALLBACK_MENTION_TYPETALK is not set: say who is told when the rotation has no answer, or 'none', for example FALLBACK_MENTION_TYPETALK=@all",
        ]
    );
    let typetalk = [
        ("TYPETALK_TOKEN", "t"),
        ("TYPETALK_TOPIC_ID", "1"),
        ("FALLBACK_MENTION_TYPETALK", "@all"),
        ("SLACK_CHANNEL", ""),
    ];
    assert_eq!(
        warnings(&with(&typetalk)),
        ["SLACK_CHANNEL is not set, but SLACK_BOT_TOKEN is, for example SLACK_CHANNEL=C0123456789"]
    );
    let backup = ("BACKUP_WEBHOOK_URL", "https://hooks.example/x");
    assert_eq!(
        warnings(&with(&[("CHAT_NAMES", "slack, typetalk,backup")])),
        [
            "CHAT_NAMES names 'typetalk' and 'backup', but TYPETALK_TOKEN and BACKUP_WEBHOOK_URL are not set, for example CHAT_NAMES=slack,backup",
        ]
    );
    assert_eq!(
        warnings(&with(&[("CHAT_NAMES", "slack"), backup])),
        ["CHAT_NAMES does not name 'backup', but BACKUP_WEBHOOK_URL is set, for example CHAT_NAMES=slack,backup"]
    );
    assert_eq!(warnings(&with(&[("CHAT_NAMES", "backup,slack"), backup])), [""; 0]);
    let three = with(&[
        ("TYPETALK_TOKEN", "t"),
        ("TYPETALK_TOPIC_ID", "1"),
        ("FALLBACK_MENTION_TYPETALK", "none"),
        ("BACKUP_WEBHOOK_URL", "https://hooks.example/x"),
    ]);
    assert_eq!(
        faults(&three, Reach::Live),
        ["BACKUP_WEBHOOK_URL makes a third chat; there can be two: leave one of them out"]
    );
}

#[tokio::test]
async fn a_function_that_cannot_start_says_everything_that_is_wrong() {
    let error =
        Function::init_error(WEBHOOK, &[("TIME_ZONE", "Mars/Olympus"), ("SLACK_BOT_TOKEN", "xoxb-secret-1")]).await;
    assert!(!error.exit.success());
    for word in ["TIME_ZONE", "SLACK_CHANNEL", "FALLBACK_MENTION_SLACK", "Mars/Olympus"] {
        assert!(error.logs.contains(word), "{word} is not in\n{}", error.logs);
    }
    assert!(!error.logs.contains("xoxb-secret-1"), "a secret is in the log");
}

#[tokio::test]
async fn a_function_with_one_broken_chat_starts_and_uses_the_other() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).with("SLACK_CHANNEL", "");
    let webhook = settings.start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    typetalk.expect_one();
    let errors: Vec<_> =
        webhook.function.log_lines().into_iter().filter(|line| line["configuration"] == true).collect();
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0]["message"].as_str().is_some_and(|text| text.starts_with("SLACK_CHANNEL is not set")),
        "{errors:?}"
    );
}

/// Without any secret of a chat, which it may not read.
#[test]
fn the_webhook_knows_the_chats_by_what_is_no_secret() {
    use Destination::{Any, Backup, Primary};
    let both = &[Primary, Backup][..];
    for (settings, expected) in [
        (&[("SLACK_CHANNEL", "C0123456789")][..], &[Any][..]),
        (&[("SLACK_CHANNEL", "C0123456789"), ("TYPETALK_TOPIC_ID", "1")], both),
        (&[("SLACK_CHANNEL", "C0123456789"), ("CHAT_NAMES", "slack,backup")], both),
        (&[("CHAT_NAMES", "slack, backup")], both),
        (&[("CHAT_NAMES", "slack,backup"), ("BACKUP_MODE", "failover")], &[Any]),
        (&[("SLACK_CHANNEL", "C0123456789"), ("TYPETALK_TOPIC_ID", "1"), ("CHAT_NAMES", "slack")], &[Any]),
        (&[], &[Any]),
    ] {
        let aws = [("AWS_REGION", "ap-northeast-1"), ("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];
        let queue = [("QUEUE_URL", "https://sqs.example/1/toban.fifo")];
        let all: Vec<_> = settings.iter().chain(&aws).chain(&queue).collect();
        let lookup = |variable: &str| all.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).into());
        let front = Front::from_lookup(lookup).expect("no faults").expect("there is a queue");
        assert_eq!(front.destinations, expected, "{settings:?}");
    }
}
