//! Tabs: a month each, some that are missing, names that look like cells, and what is known of them.

use super::*;
use toban::domain::message::{Language, describe};

fn month(days: &[(&str, &str)]) -> Vec<Vec<Value>> {
    let rows = days.iter().map(|(day, name)| vec![serial(day), json!(name)]);
    [vec![json!("日付"), json!("担当")]].into_iter().chain(rows).collect()
}

fn names(reading: &Reading, day: &str) -> String {
    match reading.workbook.coverage(day.parse().expect("a date"), Platform::Slack) {
        Coverage::OnCall { people, .. } => {
            people.iter().map(|person| person.name.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}").chars().take(40).collect(),
    }
}

fn told(reading: &Reading) -> Vec<String> {
    reading.workbook.findings.iter().map(|finding| describe(finding, Language::English).plain()).collect()
}

#[tokio::test]
async fn each_month_may_have_a_tab_and_next_months_need_not_be_there_yet() {
    let google = Google::start().await;
    google.set_tab("members", members());
    google.set_tab("11月", month(&[("2026-11-16", "佐藤"), ("2026-11-30", "鈴木")]));
    let ledger = Ledger::memory();
    let roster = roster_of(&google, "{M}月!A:Z");
    let reading = read(&roster, &ledger, at("2026-11-16T02:00:00Z")).await.expect("it can be read");
    assert_eq!((names(&reading, "2026-11-16").as_str(), told(&reading)), ("佐藤", vec![]), "December is far");
    assert_eq!((google.reads(), google.looks()), (2, 1), "December is asked apart");

    let reading = read(&roster, &ledger, at("2026-11-20T02:00:00Z")).await.expect("it can be read");
    assert_eq!(told(&reading), ["there is no tab for '12月!A:Z'"], "it is near");

    google.set_tab("12月", month(&[("2026-12-01", "高橋")]));
    let before = google.reads();
    let reading = read(&roster, &ledger, at("2026-11-20T02:01:00Z")).await.expect("it can be read");
    assert_eq!((names(&reading, "2026-12-01").as_str(), told(&reading)), ("高橋", vec![]));
    assert_eq!(google.reads(), before + 2, "nobody knew that it is there, so it was asked apart");
    let before = google.reads();
    let reading = read(&roster, &ledger, at("2026-11-20T02:02:00Z")).await.expect("it can be read");
    assert_eq!(names(&reading, "2026-12-01"), "高橋");
    assert_eq!(google.reads(), before + 1, "it is known to be there, so one call reads all");

    // In December the month before is read too: a week may have begun in it.
    let reading = read(&roster, &ledger, at("2026-12-01T02:00:00Z")).await.expect("it can be read");
    assert_eq!([names(&reading, "2026-11-30"), names(&reading, "2026-12-01")], ["鈴木", "高橋"]);
    // Two tabs that contradict each other about a day.
    google.set_tab("12月", month(&[("2026-11-30", "高橋"), ("2026-12-01", "高橋")]));
    let reading = read(&roster, &ledger, at("2026-12-01T02:01:00Z")).await.expect("it can be read");
    assert!(names(&reading, "2026-11-30").starts_with("Gap"), "{}", names(&reading, "2026-11-30"));
}

#[tokio::test]
async fn a_tab_that_is_missing_is_a_finding_unless_it_is_the_rotation() {
    let google = google().await;
    google.remove_tab("members");
    let ledger = Ledger::memory();
    let roster = roster(&google).await;
    let reading = read(&roster, &ledger, at("2026-11-24T02:00:00Z")).await.expect("it can be read");
    assert_eq!(told(&reading)[0], "there is no tab for 'members!A:D'");
    assert_eq!((google.reads(), google.looks()), (2, 1), "it was asked for, and then the rest without it");
    google.set_tab("members", members());
    let reading = read(&roster, &ledger, at("2026-11-24T02:01:00Z")).await;
    assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "it is back");
    google.remove_tab("rotation");
    let why = roster_of(&google, "rotation!A:Z").read_through(at("2026-11-24T02:02:00Z")).await.err();
    assert_eq!(why.map(|why| why.name()), Some("no_such_tab"));
}

#[tokio::test]
async fn a_tab_may_be_called_like_a_cell() {
    for (tab, range) in
        [("R8", "R8"), ("R8", "R8!A:Z"), ("2026:11", "2026:11!A:Z"), ("it's", "it's!A:Z"), ("a!b", "'a!b'")]
    {
        let google = Google::start().await;
        google.set_tab("members", members());
        google.set_tab(tab, rotation());
        let reading = roster_of(&google, range).read_through(at("2026-11-24T02:00:00Z")).await;
        assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "{range}");
    }
}

#[tokio::test]
async fn what_is_known_of_the_tabs_is_not_waited_for() {
    for fault in [GoogleFault::Hang, GoogleFault::Unavailable, GoogleFault::NotShared, GoogleFault::Html] {
        let google = google().await;
        google.looks_fail_always(fault);
        let reading = read(&roster(&google).await, &Ledger::memory(), at("2026-11-24T02:00:00Z")).await;
        assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "{fault:?}");
        assert_eq!((google.reads(), google.looks()), (1, 1), "{fault:?}");
    }
}

/// Names that are merged over two days are known as such from then on, for as long as the values are the same.
#[tokio::test]
async fn what_was_known_of_the_same_values_is_used_again() {
    let google = google().await;
    google.set_tab("rotation", [month(&[("2026-11-24", "佐藤")]), vec![vec![serial("2026-11-25")]]].concat());
    google.merge("rotation", &[[1, 3, 1, 2]]);
    let roster = roster(&google).await;
    let ledger = Ledger::memory();
    let reading = read(&roster, &ledger, at("2026-11-24T02:00:00Z")).await.expect("it can be read");
    assert_eq!(names(&reading, "2026-11-25"), "佐藤");
    google.looks_fail_always(GoogleFault::Hang);
    let reading = read(&roster, &ledger, at("2026-11-24T02:02:00Z")).await.expect("it can be read");
    assert_eq!((names(&reading, "2026-11-25").as_str(), google.looks()), ("佐藤", 2));
    // Whoever takes a cell apart changes no value, and it counts all the same.
    google.heal();
    google.merge("rotation", &[]);
    let reading = read(&roster, &ledger, at("2026-11-24T02:03:00Z")).await.expect("it can be read");
    assert!(names(&reading, "2026-11-25").starts_with("Gap"), "{}", names(&reading, "2026-11-25"));
    google.merge("rotation", &[[1, 3, 1, 2]]);
    read(&roster, &ledger, at("2026-11-24T02:04:00Z")).await.expect("it can be read");
    google.looks_fail_always(GoogleFault::Hang);
    google.edit("rotation", 2, 2, json!("鈴木"));
    let reading = read(&roster, &ledger, at("2026-11-24T02:05:00Z")).await.expect("it can be read");
    assert_eq!(names(&reading, "2026-11-24"), "鈴木");
    assert!(names(&reading, "2026-11-25").starts_with("Gap"), "of other values nothing is known");
}

/// What may be missing does not lose the rest; and while it cannot be had, a copy that has it is better.
#[tokio::test]
async fn a_neighbour_that_cannot_be_had_loses_nothing() {
    for fault in [GoogleFault::Unavailable, GoogleFault::Quota, GoogleFault::Hang] {
        let google = Google::start().await;
        google.set_tab("members", members());
        google.set_tab("11月", month(&[("2026-11-24", "佐藤")]));
        google.set_tab("12月", month(&[("2026-12-01", "高橋")]));
        let (ledger, now) = (Ledger::memory(), at("2026-11-24T02:00:00Z"));
        google.fail_reads_of("12月", Some(fault));
        let reading = read(&roster_of(&google, "{M}月!A:Z"), &Ledger::memory(), now).await.expect("it can be read");
        assert_eq!(names(&reading, "2026-11-24"), "佐藤", "{fault:?}");
        // Another instance has a copy with December in it.
        google.fail_reads_of("12月", None);
        read(&roster_of(&google, "{M}月!A:Z"), &ledger, now).await.expect("it can be read");
        google.fail_reads_of("12月", Some(fault));
        let later = now + TimeDelta::seconds(90);
        let reading = read(&roster_of(&google, "{M}月!A:Z"), &ledger, later).await.expect("it can be read");
        assert_eq!([names(&reading, "2026-11-24"), names(&reading, "2026-12-01")], ["佐藤", "高橋"], "{fault:?}");
    }
}

/// Which of two calls is told so is chance: that of the tab that may be missing counts as much as the other.
#[tokio::test]
async fn a_token_that_is_revoked_between_two_calls_is_replaced() {
    for _ in 0..4 {
        let google = Google::start().await;
        google.set_tab("members", members());
        google.set_tab("11月", month(&[("2026-11-24", "佐藤")]));
        google.set_tab("12月", month(&[("2026-12-01", "高橋")]));
        google.sheets_fail_next([GoogleFault::Unauthenticated]);
        let now = at("2026-11-24T02:00:00Z");
        let reading = read(&roster_of(&google, "{M}月!A:Z"), &Ledger::memory(), now).await.expect("it can be read");
        assert_eq!([names(&reading, "2026-11-24"), names(&reading, "2026-12-01")], ["佐藤", "高橋"]);
        assert_eq!(google.grants(), 2);
    }
}

/// In December the tab of January is last January's, until somebody writes it anew.
#[tokio::test]
async fn a_next_month_without_a_year_may_be_last_years() {
    let days = |day: fn(u32) -> Value| {
        let rows = (1..=5).map(|number| vec![day(number), json!("鈴木")]);
        [vec![json!("日"), json!("担当")]].into_iter().chain(rows).collect::<Vec<_>>()
    };
    for (what, tab, is_read) in [
        ("day numbers", days(|number| json!(number)), false),
        ("days without a year", days(|number| json!(format!("1/{number}"))), false),
        ("whole dates", days(|number| serial(&format!("2027-01-0{number}"))), true),
        (
            "weekdays",
            days(|number| json!(format!("1/{number}({})", ["", "金", "土", "日", "月", "火"][number as usize]))),
            true,
        ),
    ] {
        let google = Google::start().await;
        google.set_tab("members", members());
        google.set_tab("12月", month(&[("2026-12-25", "佐藤")]));
        google.set_tab("1月", tab);
        let roster = roster_of(&google, "{M}月!A:Z");
        let reading = read(&roster, &Ledger::memory(), at("2026-12-25T02:00:00Z")).await.expect("it can be read");
        assert_eq!(names(&reading, "2026-12-25"), "佐藤", "{what}");
        assert_eq!(names(&reading, "2027-01-05") == "鈴木", is_read, "{what}");
        assert_eq!(
            told(&reading).iter().any(|told| told.contains("'1月': what is below it may not be")),
            !is_read,
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_range_beyond_the_cells_of_an_optional_tab_is_a_finding() {
    let google = google().await;
    google.set_tab("runbooks", vec![vec![json!("HTTP")]]);
    let access = |runbooks: &str| Access {
        sheet_id: Google::SHEET_ID.into(),
        key: ServiceAccount::parse(&Secret::new(google.service_account_key())).expect("a key"),
        base_url: google.base_url(),
        ranges: Ranges {
            rotation: "rotation!A:Z".into(),
            members: Some("members!A:D".into()),
            runbooks: Some(runbooks.into()),
            holidays: None,
        },
    };
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    let team = TeamTime { zone: chrono_tz::Asia::Tokyo, hours };
    let http = toban::net::http::client().expect("a client");
    let roster = Roster::open(Source::Sheet(Box::new(access("runbooks!AB:AD"))), team, &http, Utc::now);
    let reading = roster.read_through(at("2026-11-24T02:00:00Z")).await;
    assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!(told(&reading.expect("it was read")), ["there is no tab for 'runbooks!AB:AD'"]);
    assert_eq!(google.problems().len(), 1, "the fake notes a range that begins beyond the last cell");
}

/// Each finding has a link, so the alert itself would not fit any more.
#[tokio::test]
async fn an_alert_with_many_findings_still_has_its_own_link() {
    let google = google().await;
    let header: Vec<_> = std::iter::once(json!("日付")).chain((1..=25).map(|n| json!(format!("担当{n}")))).collect();
    let row: Vec<_> =
        std::iter::once(serial("2026-11-24")).chain((1..=25).map(|n| json!(format!("誰か{n}")))).collect();
    google.set_tab("rotation", vec![header, row]);
    let slack = Slack::start().await;
    let webhook = settings(&google, &slack).start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    let text = slack.expect_one().text;
    assert!(text.contains("… ほか20件") && text.contains("https://example.pagerduty.com/incidents/"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_finding_links_to_its_cell() {
    let google = google().await;
    google.edit("rotation", 3, 2, json!("佐籐"));
    let slack = Slack::start().await;
    let link = format!("https://docs.google.com/spreadsheets/d/{}/edit?gid=0#gid=0&range=B3", Google::SHEET_ID);
    let (_, printed) = check(&settings(&google, &slack), &[]);
    let line = printed.lines().position(|line| line.contains("rotation!B3 '佐籐' is nobody we know"));
    let line = line.unwrap_or_else(|| panic!("{printed}"));
    assert_eq!(printed.lines().nth(line + 1).map(str::trim), Some(link.as_str()), "{printed}");
    let webhook = settings(&google, &slack).start().await;
    assert_eq!(webhook.signed(&triggered(1)).await, accepted());
    let text = slack.expect_one().text;
    assert!(text.contains(&format!("<{}|rotation!B3>", link.replace('&', "&amp;"))), "{text}");
}

/// Whoever pastes a key into a settings file may write its line breaks out, or save it with a byte order mark.
#[tokio::test]
async fn a_key_is_read_however_it_was_copied() {
    let google = google().await;
    let key = google.service_account_key();
    let escaped = key.replace("\\n", "\\\\n");
    assert_ne!(escaped, key);
    for key in [format!("\u{FEFF}{key}\r\n"), escaped] {
        let slack = Slack::start().await;
        let webhook = settings(&google, &slack).with("GOOGLE_SERVICE_ACCOUNT_KEY", &key).start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted());
        assert_eq!(slack.expect_one().mentions, PAIR);
    }
}
