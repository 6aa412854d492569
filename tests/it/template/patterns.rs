//! The patterns of parameters: a value that would keep the functions from starting fails the deployment, not the first
//! alert.

use super::node::Node;
use super::parameters::{deployed, faults};
use super::template;
use regex::bytes::{Regex, RegexBuilder};
use toban::domain::calendar::BusinessDays;
use toban::domain::incident::EventKind;
use toban::setup::config::Acting;

/// As CloudFormation reads it, with Java's syntax and for the whole value
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-regexes.html>): `\b` and letters in any case are
/// ASCII's there.
pub(super) fn pattern(template: &Node, parameter: &str) -> Regex {
    let pattern = template.at(&format!("Parameters.{parameter}.AllowedPattern")).text();
    let whole = format!("^(?:{pattern})$");
    RegexBuilder::new(&whole).unicode(false).build().unwrap_or_else(|error| panic!("{parameter}: {error}"))
}

/// Every text of up to four of these pieces, except blank ones, which mean the default.
fn texts(pieces: &[&str]) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut longest = texts.clone();
    for _ in 0..4 {
        longest = longest.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}"))).collect();
        texts.extend_from_slice(&longest);
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}

#[test]
fn each_pattern_lets_its_default_through() {
    let template = template();
    let mut patterns = 0;
    for (name, parameter) in template.at("Parameters").entries() {
        if parameter.find("AllowedPattern").is_some() {
            let default = parameter.at("Default").text();
            assert!(pattern(&template, name).is_match(default.as_bytes()), "{name}: '{default}'");
            patterns += 1;
        }
    }
    assert!(patterns >= 10, "{patterns} patterns");
}

#[test]
fn business_days_are_those_that_the_calendar_reads() {
    let pattern = pattern(&template(), "BusinessDays");
    let check = |text: &str| {
        let is_read = BusinessDays::parse(text.trim()).is_some();
        assert_eq!(pattern.is_match(text.as_bytes()), is_read, "'{text}': left is the template, right the code");
        is_read
    };
    let read =
        texts(&["Mon", "tues", "WED", "day", "thursday", "-", ",", " "]).iter().filter(|text| check(text)).count();
    assert!(read > 100, "{read} texts are days");
    for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] {
        assert!(check(day) && check(&day.to_lowercase()) && check(&format!("{day},{day}-{day}")), "{day}");
    }
    for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] {
        assert!(check(day) && check(&format!(" {} - {day} , {day} ", day.to_uppercase())), "{day}");
    }
    for wrong in
        ["Mon-Wed-Fri", "Mon,Fri,", ",Mon", "Mon..Fri", "Mon–Fri", "月-金", "Tues", "Thurs", "M-F", "1-5", "none"]
    {
        assert!(!check(wrong), "{wrong}");
    }
    assert!(!pattern.is_match(b""), "nobody knows whether it means no day or the usual ones");
}

/// Whether it is inside the hours is for the code to say.
#[test]
fn a_break_is_a_span_of_one_day_or_empty() {
    let pattern = pattern(&template(), "BusinessBreak");
    for (text, is_let_through) in [
        ("", true),
        ("12:00-13:00", true),
        ("12:15-12:45", true),
        ("12-13", false),
        ("12:00 - 13:00", false),
        ("12:00-24:00", false),
        ("none", false),
    ] {
        assert_eq!(pattern.is_match(text.as_bytes()), is_let_through, "{text}");
    }
}

/// What the code would refuse keeps people from pressing anything.
#[test]
fn ids_of_people_and_of_a_policy_are_those_that_the_code_reads() {
    let template = template();
    for (parameter, variable, pieces, least) in [
        ("SreEscalationPolicyId", "SRE_ESCALATION_POLICY_ID", &["P", "ab", "7", "-", " ", ","][..], 30),
        ("SlackActors", "SLACK_ACTORS", &["U0SATO0001", "S0SRETEAM1", ",", " ", "sre", "<@W0123456>"], 10),
    ] {
        let pattern = pattern(&template, parameter);
        let let_through: Vec<_> = texts(pieces).into_iter().filter(|text| pattern.is_match(text.as_bytes())).collect();
        for text in &let_through {
            let lookup = |wanted: &str| match wanted {
                "PAGERDUTY_ACTION_KEY" => Some("u+1".to_owned()),
                "PAGERDUTY_ACT_AS" => Some("toban@example.com".to_owned()),
                "PAGERDUTY_SERVICE_IDS" => Some("PSVC1".to_owned()),
                wanted => (wanted == variable).then(|| text.clone()),
            };
            let acting = Acting::from_lookup(lookup).unwrap_or_else(|faults| panic!("{text}: {faults}"));
            let offered = acting.expect("it is set up").offered();
            assert!(offered.call_sre || offered.resolve, "'{text}' offers nothing");
        }
        assert!(let_through.len() >= least, "{parameter}: {let_through:?}");
    }
}

#[test]
fn kinds_that_mention_are_those_that_the_code_knows() {
    let template = template();
    let http = toban::net::http::client().expect("a client");
    let pattern = pattern(&template, "MentionOn");
    let mut settings = deployed(&template);
    let mut check = |text: &str| {
        settings.insert("MENTION_ON".into(), text.into());
        let is_read = faults(&settings, &http).is_empty();
        assert_eq!(pattern.is_match(text.as_bytes()), is_read, "'{text}': left is the template, right the code");
        is_read
    };
    let read = texts(&["none", "ping", "job_failed", "Ping", ",", " "]).iter().filter(|text| check(text)).count();
    assert!(read > 20, "{read} texts are kinds");
    for kind in EventKind::NAMED.iter().filter(|kind| !kind.is_ours()) {
        let name = kind.name();
        assert!(check(name) && check(&format!(" {name} , {name},{name} ")), "{name}");
    }
    for wrong in ["triggered;reopened", "triggered reopened", "trigger", "Triggered", "other", "None", "none,triggered"]
    {
        assert!(!check(wrong), "{wrong}");
    }
    assert!(!pattern.is_match(b""), "nobody knows whether it means none or the usual ones");
}

/// The template cannot know whether Slack is used with a bot token, where `@name` mentions nobody, or with a webhook.
#[test]
fn a_fallback_that_pings_nobody_on_any_slack_is_not_let_through() {
    let template = template();
    let http = toban::net::http::client().expect("a client");
    let pattern = pattern(&template, "FallbackMentionSlack");
    let mut by_token = deployed(&template);
    let mut by_webhook = by_token.clone();
    by_webhook.retain(|variable, _| variable != "SLACK_BOT_TOKEN" && variable != "SLACK_CHANNEL");
    by_webhook.insert("SLACK_WEBHOOK_URL".into(), "https://hooks.slack.com/services/T000/B000/XXXX".into());
    let mut check = |text: &str| {
        let is_read = [&mut by_token, &mut by_webhook].map(|settings| {
            settings.insert("FALLBACK_MENTION_SLACK".into(), text.into());
            faults(settings, &http).is_empty()
        });
        let is_read = is_read.contains(&true);
        assert_eq!(pattern.is_match(text.as_bytes()), is_read, "'{text}': left is the template, right the code");
        is_read
    };
    let group = "<!subteam^S0123456789|@sre>";
    let read = texts(&["<!here>", "<@U0123456789>", group, "@", "none", " "]).iter().filter(|text| check(text)).count();
    assert!(read > 100, "{read} texts ping somebody");
    for right in [
        "<!subteam^S0123456789>",
        "<!subteam^SABCDEF>",
        "<@W0123456789>",
        "<@UABCDEF>",
        "<!channel>",
        "<!everyone>",
        "<@U0123456789|佐藤>",
        "@sre",
    ] {
        assert!(check(right) && check(&format!(" {right}  <!here> ")), "{right}");
    }
    for wrong in [
        "sre",
        "None",
        "S0123456789",
        "<#C0123456789>",
        "<!sre>",
        "<@sato>",
        "<@u0123456789>",
        "<!subteam^S01>",
        "<@S0123456789>",
        "<!subteam^U0123456789>",
        "<@UABCDE>",
    ] {
        assert!(!check(wrong) && !check(&format!("<!channel> {wrong}")), "{wrong}");
    }
    assert!(pattern.is_match(b""), "a team on Typetalk has none");
}
