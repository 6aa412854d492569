//! The file: its faults are reported together, each with its line, its field and an example.

use super::{Fixture, Ran};
use crate::kit::PagerDuty;
use crate::running::data;
use std::fs;
use toban::pagerduty::provision::desired::{Desired, FirstResponse, Sre};

const GOOD: &str = r#"from = "sre@example.com"
service = "Backlogアプリ"
relay_url = "https://relay.example.com/pagerduty"
dummy_email = "dummy@example.com"
sre_user = "sre@example.com"
"#;

#[track_caller]
fn faults(text: &str) -> Vec<String> {
    match Desired::parse(text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.0.iter().map(ToString::to_string).collect(),
    }
}

/// The good file with another line for a field.
fn with(key: &str, line: &str) -> String {
    let others = GOOD.lines().filter(|one| !one.starts_with(&format!("{key} =")));
    others.chain([line]).map(|line| format!("{line}\n")).collect()
}

#[test]
fn five_lines_are_enough() {
    let desired = Desired::parse(GOOD).expect("a valid file");
    assert_eq!((desired.first_response, desired.delay_minutes), (FirstResponse::Alongside, 30));
    assert_eq!(
        (desired.calendar.hours.to_string().as_str(), desired.calendar.zone.name()),
        ("10:00-17:00", "Asia/Tokyo")
    );
    assert!(matches!(&desired.sre, Sre::User(email) if email.as_str() == "sre@example.com"), "{:?}", desired.sre);
    assert_eq!(desired.on_holidays.as_str(), "sre@example.com");
    assert_eq!(desired.calendar.company.len(), 0);
}

#[test]
fn each_fault_names_its_line_its_field_and_an_example() {
    for (key, line, expected) in [
        ("from", "from = \"sre\"", "line 5: from is not an e-mail address, for example from = \"sre@example.com\""),
        ("service", "service = \" \"", "line 5: service is empty, for example service = \"Backlog application\""),
        (
            "service",
            "service = 7",
            "line 5: service is not a text but a number, for example service = \"Backlog application\"",
        ),
        (
            "relay_url",
            "relay_url = \"http://relay.example.com/pagerduty\"",
            "line 5: relay_url is 'http://relay.example.com/pagerduty', which is not an https:// URL, for example relay_url = \
             \"https://abc123.execute-api.ap-northeast-1.amazonaws.com/pagerduty\"",
        ),
        (
            "relay_url",
            "relay_url = \"https://relay.example.com/health\"",
            "line 5: relay_url is 'https://relay.example.com/health', which does not end in /pagerduty, the relay's route for \
             PagerDuty, for example relay_url = \"https://abc123.execute-api.ap-northeast-1.amazonaws.com/pagerduty\"",
        ),
        (
            "relay_url",
            "relay_url = \"https://u:p@relay.example.com/pagerduty\"",
            "line 5: relay_url has more than a host and a path, for \
             example relay_url = \"https://abc123.execute-api.ap-northeast-1.amazonaws.com/pagerduty\"",
        ),
        (
            "dummy_email",
            "dummy_email = \"SRE@example.com\"",
            "line 5: dummy_email is also the address of from, but the dummy must not be a person, for example dummy_email = \
             \"pagerduty-dummy@example.com\"",
        ),
        (
            "first_response",
            "first_response = \"sre-first\"",
            "line 6: first_response is 'sre-first', which is not 'alongside' or 'developers-first', for example \
             first_response = \"alongside\"",
        ),
        (
            "delay_minutes",
            "delay_minutes = 2",
            "line 6: delay_minutes is 2, which is not a number of minutes from 3 (PagerDuty's minimum for a level of two) to \
             1440, for example delay_minutes = 30",
        ),
        (
            "delay_minutes",
            "delay_minutes = -1",
            "line 6: delay_minutes is -1, which is not a number from 0, for example delay_minutes = 30",
        ),
        (
            "delay_minutes",
            "delay_minutes = \"30\"",
            "line 6: delay_minutes is not a number but a text, for example delay_minutes = 30",
        ),
        (
            "time_zone",
            "time_zone = \"Tokyo\"",
            "line 6: time_zone is 'Tokyo', which is not an IANA time zone, for example time_zone = \"Asia/Tokyo\"",
        ),
        (
            "hours",
            "hours = \"17:00-10:00\"",
            "line 6: hours is '17:00-10:00', which is not a span of one day (hours over midnight are not supported: set those of \
             one side of it, such as 18:00-24:00, or the whole day, 00:00-24:00), for example hours = \"10:00-17:00\"",
        ),
        (
            "days",
            "days = \"weekdays\"",
            "line 6: days is 'weekdays', which is not days of the week in English, for example days = \"Mon-Fri\"",
        ),
        (
            "national_holidays",
            "national_holidays = \"us\"",
            "line 6: national_holidays is 'us', which is not 'jp' or 'none', for example national_holidays = \"jp\"",
        ),
        (
            "company_holidays",
            "company_holidays = [\"2026-12-29\", \"12/30\"]",
            "line 6: company_holidays holds '12/30', which is not a date, for example company_holidays = [\"2026-12-29\", \
             \"2026-12-30\"]",
        ),
        (
            "company_holidays",
            "company_holidays = \"2026-12-29\"",
            "line 6: company_holidays is not a list of dates but a text, for example company_holidays = [\"2026-12-29\", \
             \"2026-12-30\"]",
        ),
        (
            "sre_user",
            "sre_schedule = \"SRE primary\"",
            "sre_on_holidays is not set, but sre_schedule requires it: an override of the dummy's schedule names a \
             user, for example sre_on_holidays = \"sre@example.com\"",
        ),
        (
            "sre_schedule",
            "sre_schedule = \"SRE primary\"",
            "line 6: sre_schedule is set, and so is sre_user: remove one of them",
        ),
        ("sre_user", "", "sre_user is not set (nor sre_schedule), for example sre_user = \"sre@example.com\""),
        (
            "hour",
            "hour = \"10:00-17:00\"",
            "line 6: hour is not a known field; the fields are from, service, relay_url, dummy_name, dummy_email, sre_user, sre_schedule, \
             sre_on_holidays, first_response, delay_minutes, time_zone, hours, days, national_holidays, company_holidays, \
             schedule, escalation_policy",
        ),
    ] {
        assert_eq!(faults(&with(key, line)), [expected]);
    }
    for line in [
        "delay_minutes = 2\nfirst_response = \"developers-first\"",
        "company_holidays = [2026-12-29]",
        "days = \"Sun-Thu\"",
    ] {
        assert_eq!(faults(&with("", line)), [""; 0], "{line}");
    }
}

#[test]
fn all_faults_are_reported_together_in_the_order_of_the_file() {
    let text = "days = 5\nservice = \"\"\nhours = \"9-5\"\n";
    let fields: Vec<_> =
        faults(text).iter().map(|fault| fault.split(" is ").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        fields,
        ["line 1: days", "line 2: service", "line 3: hours", "from", "relay_url", "dummy_email", "sre_user"]
    );
    let broken = faults("from = \"a@example.com\"\nservice = \"Backlog\nhours = \"x\"\n");
    assert!(!broken.is_empty() && broken.iter().all(|fault| fault.starts_with("line 2: ")), "{broken:?}");
}

#[tokio::test]
async fn the_command_names_the_file() {
    let fixture = Fixture::start().await.with("from", "from = \"x\"");
    let ran = fixture.plan().await;
    let expected = "toban: desired.toml: the file has faults:\n  line 7: from is not an e-mail address, for example \
                    from = \"sre@example.com\"\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), expected));
    assert_eq!(fixture.pagerduty.take_calls(), [""; 0], "a file with faults is not compared");
}

/// Somebody who waits for a key can write the file meanwhile.
#[tokio::test]
async fn the_file_is_checked_without_a_key_too() {
    const NO_KEY: &str = "toban: the configuration has faults:\n  PAGERDUTY_API_KEY is not set: create one in PagerDuty \
                          (Integrations, API Access Keys); read-only is enough to plan, for example \
                          PAGERDUTY_API_KEY=u+AbCdEfGhIjKlMnOpQr\n";
    const FAULT: &str = "toban: desired.toml: the file has faults:\n  line 7: from is not an e-mail address, for example \
                         from = \"sre@example.com\"\n";
    let right = Fixture::start().await;
    let wrong = Fixture::start().await.with("from", "from = \"x\"");
    for (fixture, key, out, err) in [
        (&right, "", "desired.toml has no faults; PagerDuty has not been asked\n", NO_KEY.to_owned()),
        (&wrong, "", "", format!("{FAULT}{NO_KEY}")),
        (&wrong, PagerDuty::KEY, "", FAULT.to_owned()),
    ] {
        for arguments in [&["plan"][..], &["apply", "--yes"]] {
            let ran = fixture.run(arguments, &[("PAGERDUTY_API_KEY", key)]).await;
            assert_eq!(ran, Ran { code: Some(1), out: out.to_owned(), err: err.clone() }, "{arguments:?}");
            assert_eq!(fixture.pagerduty.take_calls(), [""; 0]);
        }
    }
}

/// The example is complete, and shows the defaults.
#[test]
fn the_example_can_be_read_and_has_every_field() {
    let path = data("../../docs/pagerduty.example.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(faults(&text), [""; 0]);
    let unknown = faults(&format!("{text}\nunknown = 1\n"));
    let known = unknown[0].split("the fields are ").nth(1).unwrap_or_default();
    assert!(known.split(", ").count() > 15, "{known}");
    for key in known.split(", ") {
        let is_there = text.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")));
        assert!(is_there, "{key} is not in the example");
    }
    let least = Desired::parse(GOOD).expect("a valid file");
    let whole = Desired::parse(&text).expect("a valid file");
    assert_eq!(
        (&least.dummy_name, &least.schedule, &least.policy),
        (&whole.dummy_name, &whole.schedule, &whole.policy)
    );
    assert_eq!((least.first_response, least.delay_minutes), (whole.first_response, whole.delay_minutes));
    assert_eq!(least.calendar.days, whole.calendar.days);
    assert_eq!(least.calendar.hours, whole.calendar.hours);
}
