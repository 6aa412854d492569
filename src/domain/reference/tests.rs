use super::*;

const LETTERS: [&str; 2] = ["MK", "EV"];

const PAGE: &str = "https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC";

fn by_tag(text: &str) -> Option<Incident> {
    let incident = other_tag(text, &LETTERS);
    assert!(incident.is_some(), "{text}");
    incident
}

fn id(id: &str) -> Option<Incident> {
    Some(by_id(IncidentId(id.into())))
}

#[test]
fn an_incident_is_named_by_its_number() {
    for text in [
        "4812",
        " #4812 ",
        "＃4812",
        "４８１２",
        "\"4812\"",
        "「4812」",
        "4812。",
        "4812\u{200B}",
        "#PD4812",
        "pd4812",
        "＃ＰＤ４８１２",
        "PD-4812",
        "PD‐4812",
        "PD: 4812",
        "pd 4812",
        "PD#4812",
        "#PD4812 の対応",
        "#PD4812の対応",
        "#PD4812: HTTP 5xx が 5% を超えています",
        "(PD4812)",
        "再起動 (#PD4812)",
        "`#PD4812`",
        "*#PD4812*",
        "#PD4812 #PD4812",
        "🔥 発生 #PD4812 HTTP 5xx が 5% を超えています",
        "incident 4812",
        "Incident #4812",
        "Incident No. 4812",
        "INCIDENT=4812",
        "PagerDuty incident number: 4812",
        "インシデント 4812",
        "インシデント番号：４８１２",
        "#4812 の対応",
        "incident 4812 の対応",
        "4812.",
        "#4812!",
        "*4812*",
        "~#4812~ ?",
        "https://example.pagerduty.com/incidents/4812",
        "https://wiki.example.com/runbooks/5xx #PD4812",
        "[#PD4812](https://example.slack.com/archives/C1/p2)",
        // A link to anything else is what it shows.
        "<https://wiki.example.com/runbooks/5xx|#4812>",
        "[#4812](https://wiki.example.com/runbooks/5xx)",
        "<https://wiki.example.com/runbooks/5xx|incident> [4812](https://wiki.example.com)",
    ] {
        assert_eq!(incident(text, &LETTERS), by_number("4812"), "{text}");
    }
}

#[test]
fn an_incident_is_named_by_its_id_or_its_page() {
    for text in [
        "Q2YXK4P7T3M1NC".to_owned(),
        "'Q2YXK4P7T3M1NC'".to_owned(),
        "incident Q2YXK4P7T3M1NC".to_owned(),
        PAGE.to_owned(),
        format!("{PAGE}/"),
        format!("{PAGE}?utm_source=slack&utm_campaign=channel"),
        format!("{PAGE}/timeline"),
        format!("{PAGE}#notes"),
        format!("{PAGE}。"),
        format!("{PAGE}の対応"),
        format!("対応:{PAGE}"),
        format!("\"{PAGE}\""),
        format!("<{PAGE}>"),
        format!("<{PAGE}|#PD4812 HTTP 5xx>"),
        format!("[#PD4812](<{PAGE}>)"),
        format!("[#PD4812 HTTP 5xx]({PAGE}) の対応"),
        format!("🔥 発生 #PD4812 HTTP 5xx\n{PAGE}"),
        PAGE.replace("https://", "http://"),
        PAGE.replace("https://", ""),
        PAGE.replace(".pagerduty.com", ".eu.pagerduty.com"),
        PAGE.replace("example.pagerduty.com", "EXAMPLE.pagerduty.com:443"),
    ] {
        assert_eq!(incident(&text, &LETTERS), id("Q2YXK4P7T3M1NC"), "{text}");
    }
    for text in [
        "https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy",
        "<https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy|loadavg5>",
        "#MKgCZ8Xy loadavg5\nhttps://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy?from=slack",
    ] {
        assert_eq!(incident(text, &LETTERS), id("mackerel:2bj6TgCZ8Xy"), "{text}");
    }
    assert_eq!(
        incident("https://mackerel.io/orgs/nulab/alert-groups/2grp6TgCZ8X", &LETTERS),
        id("mackerel:2grp6TgCZ8X")
    );
}

#[test]
fn an_incident_is_named_by_its_tag() {
    for (text, expected) in [
        ("#MKgCZ8Xy", "#MKgCZ8Xy"),
        ("mkgCZ8Xy", "#MKgCZ8Xy"),
        ("＃ＭＫｇＣＺ８Ｘｙ", "#MKgCZ8Xy"),
        ("#MKgCZ8Xy の対応", "#MKgCZ8Xy"),
        ("#EV0A1B2C", "#EV0A1B2C"),
        ("EV0A1B2C", "#EV0A1B2C"),
    ] {
        assert_eq!(incident(text, &LETTERS), by_tag(expected), "{text}");
    }
}

#[test]
fn a_text_that_merely_holds_a_number_names_no_incident() {
    for text in [
        "",
        "#",
        "PD",
        "0",
        "#PD0",
        "99999999999999999999999",
        "PRODUCTION",
        "please",
        "none",
        "<!channel>",
        "<!channel> the one of today",
        "app 4812",
        "4812 requests",
        "4812の対応",
        "4812, 4813",
        "#4812 restarts",
        "PR #4812",
        "issue #4812 for app",
        "incident 4812 5",
        "incident 2026-11-24",
        "incident of 11/24",
        "インシデント 3件",
        "incidents 4812",
        "2026-11-24",
        "12:30",
        "v4812",
        "4812.5",
        "PD-2026-11-24",
        "PD 3件",
        "PD 3 件",
        "PD4812.5",
        "PD4812x",
        "UPD4812",
        "#PD4812 #PD4813",
        "PD4812 and #MKgCZ8Xy",
        "#MKdocs-1",
        "MKdocsss",
        "evening",
        "EVENINGS",
        "#MK2bj6TgCZ8Xy",
        "https://example.atlassian.net/browse/PD-4812",
        "https://example.pagerduty.com/services/PT4KHLK",
        "https://example.pagerduty.com/alerts/Q2YXK4P7T3M1NC",
        "https://example.pagerduty.com/incidents/",
        "https://example.pagerduty.com/incidents/q2yxk4p7t3m1nc",
        "https://pagerduty.com.example.com/incidents/Q2YXK4P7T3M1NC",
        "https://notpagerduty.com/incidents/Q2YXK4P7T3M1NC",
        "https://status.example.com/incidents/Q2YXK4P7T3M1NC",
        "https://example.com/?u=https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC",
        "https://mackerel.io/orgs/nulab/alerts/",
        "https://example.com/alerts/2bj6TgCZ8Xy",
        "https://a.pagerduty.com/incidents/Q2YXK4P7T3M1NC https://a.pagerduty.com/incidents/Q2YXK4P7T3M1ND",
        "#MKgCZ8Xx https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy",
        "https://example.com/4812",
        "4812 https://example.com/4812",
    ] {
        assert_eq!(incident(text, &LETTERS), None, "{text}");
    }
    assert_eq!(incident(&format!("#PD4812 {}", "x".repeat(1_000)), &LETTERS), None);
}

#[test]
fn a_word_that_begins_with_the_letters_of_a_tag_is_none_without_its_mark() {
    for (text, expected) in
        [("#PGdocs", Some("#PGdocs")), ("PGdocs", None), ("see PGdocs", None), ("see #PGdocs", Some("#PGdocs"))]
    {
        let named = incident(text, &["PG"]).and_then(|incident| incident.tag());
        assert_eq!(named.as_ref().map(Tag::as_str), expected, "{text}");
    }
}
