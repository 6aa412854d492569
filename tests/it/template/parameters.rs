//! Every setting is a parameter, or it is in one of the lists here with the reason why it is not.

use super::node::Node;
use super::{FUNCTIONS, settings_in_code, template};
use crate::documents::settings;
use std::collections::{BTreeMap, BTreeSet};
use toban::setup::config::{Config, Reach, secrets};

/// They name resources of the template, or which of them there are.
const OF_RESOURCES: [&str; 5] = ["EVENTBRIDGE", "LEDGER_TABLE", "NEWS_QUEUE_URL", "PRESSES_QUEUE_URL", "QUEUE_URL"];

/// A function has no other files than its binary.
const FILES: [&str; 4] = ["HOLIDAYS_FILE", "MEMBERS_FILE", "ROTATION_FILE", "RUNBOOKS_FILE"];

/// Only the command line calls Mackerel.
const OF_THE_COMMAND_LINE: [&str; 2] = ["MACKEREL_API_KEY", "MACKEREL_BASE_URL"];

/// Only on one machine.
const OF_SERVE: [&str; 2] = ["METRICS_LISTEN", "STATE_FILE"];

/// Refused if any real API is in use.
const FOR_TESTS: [&str; 2] = ["TOBAN_LEASE", "TOBAN_NOW"];

/// Lambda sets these, or they are for tests.
fn is_of_aws(variable: &str) -> bool {
    variable.starts_with("AWS_")
}

/// They describe the stack, not what the functions do.
const OF_THE_STACK: [&str; 10] = [
    "AlarmEmail",
    "Architecture",
    "CloudwatchAlarms",
    "LogRetentionDays",
    "MackerelEventBus",
    "MemorySize",
    "PagerdutyEventBus",
    "ParametersKeyArn",
    "PublicUrl",
    "SlackButtons",
];

/// `SLACK_CHANNEL` → `SlackChannel`
fn parameter(variable: &str) -> String {
    let word = |word: &str| word[..1].to_owned() + &word[1..].to_lowercase();
    variable.split('_').map(word).collect()
}

fn set(names: impl IntoIterator<Item = impl Into<String>>) -> BTreeSet<String> {
    names.into_iter().map(Into::into).collect()
}

/// The variables that all functions get, without secrets, with their values.
fn globals(template: &Node) -> Vec<&(String, Node)> {
    let all = template.at("Globals.Function.Environment.Variables").entries();
    all.iter().filter(|(variable, _)| !secrets().any(|secret| secret == variable)).collect()
}

/// Each parameter's default, by its variable.
fn defaults(template: &Node) -> BTreeMap<String, String> {
    let default = |parameter: &str| template.at(&format!("Parameters.{parameter}.Default")).text().to_owned();
    let referred = |value: &Node| value.referred().map(default);
    globals(template).into_iter().filter_map(|(variable, value)| Some((variable.clone(), referred(value)?))).collect()
}

#[test]
fn every_setting_is_a_parameter_or_there_is_a_reason_why_not() {
    let code = settings_in_code();
    let not_here =
        set(secrets().chain(OF_RESOURCES).chain(FILES).chain(FOR_TESTS).chain(OF_THE_COMMAND_LINE).chain(OF_SERVE));
    let unknown: Vec<_> = not_here.difference(&code).collect();
    assert!(unknown.is_empty(), "the code does not know {unknown:?}: remove them from the lists");

    let expected: BTreeSet<_> =
        code.into_iter().filter(|variable| !not_here.contains(variable) && !is_of_aws(variable)).collect();
    let template = template();
    let wired = set(globals(&template).into_iter().map(|(variable, _)| variable));
    assert!(expected.len() > 20, "{expected:?}");
    assert_eq!(wired, expected, "left is what the functions get, right is what the code reads except for the lists");

    for (variable, value) in globals(&template) {
        assert_eq!(value.to_string(), format!("!Ref {}", parameter(variable)), "{variable}");
    }
    let known = set(expected.iter().map(|variable| parameter(variable))).into_iter().chain(set(OF_THE_STACK)).collect();
    assert_eq!(set(template.at("Parameters").keys()), known, "left are the parameters, right those with a use");
}

#[test]
fn each_function_gets_the_resources_that_it_uses() {
    let template = template();
    let presses = "PRESSES_QUEUE_URL: !If [HasSlackButtons, !Ref PressesQueue, !Ref AWS::NoValue]";
    let handed = "EVENTBRIDGE: !Sub [${Cloudwatch},${Mackerel},${Pagerduty}, {Cloudwatch: !If [TakesCloudwatch, cloudwatch, ], \
                  Mackerel: !If [TakesMackerel, mackerel, ], Pagerduty: !If [TakesPagerduty, pagerduty, ]}]";
    for ((function, _), expected) in FUNCTIONS.into_iter().zip([
        format!("QUEUE_URL: !Ref Queue, NEWS_QUEUE_URL: !Ref NewsQueue, {presses}, {handed}").as_str(),
        format!("QUEUE_URL: !Ref Queue, NEWS_QUEUE_URL: !Ref NewsQueue, {presses}, LEDGER_TABLE: !Ref Ledger").as_str(),
        "LEDGER_TABLE: !Ref Ledger",
        format!(
            "QUEUE_URL: !Ref Queue, NEWS_QUEUE_URL: !Ref NewsQueue, {presses}, LEDGER_TABLE: !Ref Ledger, \
             EVENTBRIDGE: !If [TakesPagerduty, pagerduty, ]"
        )
        .as_str(),
    ]) {
        let variables = template.at(&format!("Resources.{function}.Properties.Environment.Variables"));
        assert_eq!(variables.to_string(), format!("{{{expected}}}"), "{function}");
    }
}

/// A parameter of the stack can be read by everybody who may describe it; secrets are in SSM Parameter Store. The
/// functions' variables are there, and empty.
#[test]
fn no_secret_is_in_the_template() {
    let looks_secret = |variable: &String| {
        let is_secret =
            ["TOKEN", "SECRET", "_KEY", "WEBHOOK_URL", "PASSWORD", "_FILE"].iter().any(|part| variable.contains(part));
        is_secret && !is_of_aws(variable) && !OF_SERVE.contains(&variable.as_str())
    };
    let in_code: BTreeSet<_> = settings_in_code().into_iter().filter(looks_secret).collect();
    assert_eq!(in_code, set(secrets()), "left is what looks like a secret in the code, right is what is known as one");

    let template = template();
    let mut given = Vec::new();
    template.each(&mut |node| {
        if let Some(Node::Map(variables)) = node.find("Variables") {
            given.extend(variables.iter().filter(|(variable, _)| secrets().any(|secret| secret == variable)).cloned());
        }
    });
    let mut empty: Vec<_> = given.iter().map(|(variable, value)| (variable.as_str(), value.to_string())).collect();
    empty.sort();
    let mut expected: Vec<_> = secrets()
        .filter(|secret| !OF_THE_COMMAND_LINE.contains(secret))
        .map(|secret| (secret, String::new()))
        .collect();
    expected.sort();
    assert_eq!(empty, expected, "each secret once, and empty: it belongs into Parameter Store");
    for secret in secrets() {
        let name = parameter(secret);
        assert!(template.find(&format!("Parameters.{name}")).is_none(), "{name} is a secret, not a parameter");
    }
}

#[test]
fn defaults_are_those_of_the_documents() {
    let mut documented = settings("docs/settings.md");
    // The document's default is for every machine; on Lambda, secrets are in Parameter Store.
    documented.insert("PARAMETERS_PATH".into(), "/toban".into());
    let defaults = defaults(&template());
    assert!(defaults.len() > 20, "{defaults:?}");
    for (variable, default) in defaults {
        assert_eq!(
            Some(&default),
            documented.get(&variable),
            "{variable}: left is the template's default, right the document's"
        );
    }
}

/// What a function reads in a stack with the template's defaults and one chat, Slack by bot token.
pub(super) fn deployed(template: &Node) -> BTreeMap<String, String> {
    let mut settings = defaults(template);
    for (variable, value) in [
        ("SLACK_BOT_TOKEN", "xoxb-1"),
        ("SLACK_CHANNEL", "C0APPMON001"),
        ("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>"),
        ("GOOGLE_SHEET_ID", "sheet"),
        ("QUEUE_URL", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo"),
        ("LEDGER_TABLE", "toban"),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ] {
        settings.insert(variable.into(), value.into());
    }
    settings
}

/// What the functions report about such settings.
pub(super) fn faults(settings: &BTreeMap<String, String>, http: &toban::net::http::Client) -> Vec<String> {
    let config = Config::from_lookup(|variable| settings.get(variable).cloned(), http, Reach::Live);
    config.map_or_else(|faults| faults.0.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn the_code_takes_what_the_template_allows() {
    let template = template();
    let settings = deployed(&template);
    let http = toban::net::http::client().expect("a client");
    assert_eq!(faults(&settings, &http), [""; 0], "the defaults, with one chat");
    let mut tried = 0;
    for (variable, _) in globals(&template) {
        let allowed = template.find(&format!("Parameters.{}.AllowedValues", parameter(variable)));
        for value in allowed.map(Node::items).unwrap_or_default() {
            let mut settings = settings.clone();
            settings.insert(variable.clone(), value.text().to_owned());
            assert_eq!(faults(&settings, &http), [""; 0], "{variable}={value}");
            tried += 1;
        }
    }
    assert_eq!(tried, 8, "values that the template lists for PRIMARY_CHAT and others");
}

#[test]
fn each_parameter_is_described_with_its_default_and_shown_in_one_group() {
    let template = template();
    for (name, parameter) in template.at("Parameters").entries() {
        let description = parameter.at("Description").text();
        let default = parameter.at("Default").text();
        assert!(description.ends_with('.') && description.len() < 300, "{name}: {description}");
        let has = |word: &str| description.contains(word);
        let has_default = if default.is_empty() { has("empty") || has("none") } else { has(default) };
        assert!(has_default && has("default"), "{name} does not state its default, '{default}': {description}");
    }
    let groups = template.at("Metadata.AWS::CloudFormation::Interface.ParameterGroups").items();
    let mut shown: Vec<_> = groups.iter().flat_map(|group| group.at("Parameters").items()).map(Node::text).collect();
    let mut parameters: Vec<_> = template.at("Parameters").keys().collect();
    shown.sort_unstable();
    parameters.sort_unstable();
    assert_eq!(shown, parameters, "left are the parameters in groups, right all of them");
}
