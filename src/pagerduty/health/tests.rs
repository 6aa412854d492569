use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
use std::sync::Arc;

const RELAY: &str = "https://relay.example.com/pagerduty";
/// What a v2 webhook is called among the kinds of extensions.
const V2: &str = "Generic V2 Webhook";
const EVENTS: [&str; 3] = ["incident.triggered", "incident.resolved", "incident.annotated"];

/// A subscription to `https://` and that address; `*` if somebody has switched it off, `!` if PagerDuty has turned it off.
fn subscribed(id: &str, address: &str, state: &str, events: &[&str]) -> Subscription {
    Subscription {
        id: SubscriptionId(id.into()),
        description: "toban".into(),
        url: format!("https://{address}"),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        is_active: !state.contains('*'),
        is_disabled: state.contains('!'),
    }
}

fn extension(name: &str, address: &str, kind: &str, is_disabled: bool) -> Extension {
    let url = Some(format!("https://{address}"));
    Extension { id: "PEXT".into(), name: Name::new(name), url, kind: Name::new(kind), is_disabled }
}

/// `on PA PB`
fn shown(standing: &Standing<'_>) -> String {
    let ids = |them: &[&Subscription]| them.iter().map(|one| one.id.0.as_str()).collect::<Vec<_>>().join(" ");
    match standing {
        Standing::On(them) => format!("on {}", ids(them)),
        Standing::Disabled(one) => format!("disabled {}", one.id),
        Standing::Inactive(one) => format!("inactive {}", one.id),
        Standing::Elsewhere(them) => format!("elsewhere {}", ids(them)),
        Standing::Missing => "missing".into(),
    }
}

#[test]
fn how_subscriptions_stand() {
    let here = "relay.example.com/pagerduty";
    for (them, with_address, without) in [
        (vec![], "missing", "missing"),
        (vec![("PA", here, "")], "on PA", "on PA"),
        (vec![("PA", "relay.example.com/pagerduty/", "")], "on PA", "on PA"),
        (vec![("PA", here, ""), ("PB", here, "")], "on PA PB", "on PA PB"),
        (vec![("PA", here, "!")], "disabled PA", "disabled PA"),
        (vec![("PA", here, "*")], "inactive PA", "inactive PA"),
        (vec![("PA", here, "*!")], "inactive PA", "inactive PA"),
        (vec![("PA", here, "*"), ("PB", here, "!")], "disabled PB", "disabled PB"),
        (vec![("PA", here, "*"), ("PB", here, "")], "on PB", "on PB"),
        (vec![("PA", "other.example.com/x", "")], "elsewhere PA", "elsewhere PA"),
        (vec![("PA", "relay.example.com/prod/pagerduty", "")], "elsewhere PA", "on PA"),
        (vec![("PA", "other.example.com/x", ""), ("PB", here, "!")], "disabled PB", "disabled PB"),
        (vec![("PA", here, ""), ("PB", here, "!")], "on PA", "disabled PB"),
        (vec![("PA", here, ""), ("PB", "other.example.com/x", "!")], "on PA", "on PA"),
        (vec![("PA", here, ""), ("PB", "other.example.com/dev/pagerduty?a=b", "!")], "on PA", "disabled PB"),
    ] {
        let them: Vec<_> = them.iter().map(|(id, address, state)| subscribed(id, address, state, &EVENTS)).collect();
        assert_eq!(shown(&subscription(&them, Some(RELAY))), with_address, "{them:#?}");
        assert_eq!(shown(&subscription(&them, None)), without, "{them:#?}");
    }
    let unfinished = Subscription {
        description: "toban (nobody has its signing secret)".into(),
        ..subscribed("PA", here, "*", &EVENTS)
    };
    assert_eq!(subscription(&[unfinished], None), Standing::Missing, "an apply has stopped before it could deliver");
}

#[test]
fn what_comes_by_event_bus_comes_by_no_webhook_as_well() {
    let (here, there) = ("relay.example.com/pagerduty", "other.example.com/x");
    let twice = Finding::ByBusAndWebhook(SubscriptionId("PA".into()));
    for (url, state, expected) in [
        (here, "", &twice),
        (here, "*", &Finding::ByEventBus),
        (here, "!", &Finding::ByEventBus),
        (there, "", &Finding::ByEventBus),
    ] {
        assert_eq!(by_event_bus(&[subscribed("PA", url, state, &EVENTS)], Some(RELAY)), *expected, "{url} {state}");
    }
    assert_eq!(by_event_bus(&[], None), Finding::ByEventBus);
    assert_eq!([Finding::ByEventBus, twice].map(|finding| finding.grade()), [Grade::Unknown, Grade::Odd]);
}

#[test]
fn what_delivers_and_what_does_not() {
    let here = "relay.example.com/pagerduty";
    let there = "other.example.com/x";
    let id = |id: &str| SubscriptionId(id.into());
    let all = vec![Finding::Delivers(vec![id("PA")])];
    let v2 = |address: &str| vec![extension("old", address, V2, false)];
    let off = vec![extension("old", here, V2, true)];
    let other = vec![extension("jira", there, "Jira", false)];
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (events, state, extensions, expected) in [
        (&EVENTS[..], "", vec![], all.clone()),
        (&EVENTS[..], "", other.clone(), all.clone()),
        (&EVENTS[..], "", v2(there), all.clone()),
        (&EVENTS[..], "", off.clone(), all.clone()),
        (&EVENTS[..], "", v2(here), [all.clone(), vec![Finding::Twice(Name::new("old"), id("PA"))]].concat()),
        (&EVENTS[..2], "", vec![], vec![Finding::OthersMissing(id("PA"), words(&["incident.annotated"]))]),
        (
            &EVENTS[2..],
            "",
            vec![],
            vec![Finding::VitalMissing(id("PA"), words(&["incident.triggered", "incident.resolved"]))],
        ),
        (
            &EVENTS[..1],
            "",
            vec![],
            vec![
                Finding::VitalMissing(id("PA"), words(&["incident.resolved"])),
                Finding::OthersMissing(id("PA"), words(&["incident.annotated"])),
            ],
        ),
        (&EVENTS[..], "!", v2(here), vec![Finding::Disabled(id("PA"))]),
        (&EVENTS[..], "*", vec![], vec![Finding::Inactive(id("PA"))]),
        (&EVENTS[..], "*", v2(here), vec![Finding::OnlyV2(Name::new("old"))]),
        (&EVENTS[..], "*", off, vec![Finding::Inactive(id("PA"))]),
    ] {
        let them = [subscribed("PA", here, state, events)];
        assert_eq!(deliveries(&them, &extensions, Some(RELAY), &EVENTS), expected, "{state} {events:?} {extensions:?}");
    }
    let halves = [subscribed("PA", here, "", &EVENTS[..1]), subscribed("PB", here, "", &EVENTS[1..])];
    let both = vec![Finding::Delivers(vec![id("PA"), id("PB")])];
    assert_eq!(deliveries(&halves, &[], Some(RELAY), &EVENTS), both, "each has a part");
    let elsewhere = [subscribed("PA", there, "", &EVENTS)];
    let url = Finding::Elsewhere(vec![format!("https://{there}")]);
    assert_eq!(deliveries(&elsewhere, &[], Some(RELAY), &EVENTS), [url]);
    assert_eq!(deliveries(&elsewhere, &v2(here), Some(RELAY), &EVENTS), [Finding::OnlyV2(Name::new("old"))]);
    assert_eq!(deliveries(&[], &[], None, &EVENTS), [Finding::NoSubscription]);
    assert_eq!(deliveries(&[], &v2(here), None, &EVENTS), [Finding::OnlyV2(Name::new("old"))]);
    assert_eq!(deliveries(&[], &other, None, &EVENTS), [Finding::NoSubscription], "not every extension leads here");
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn calendar() -> Calendar {
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: BusinessHours::parse("10:00-17:00").expect("hours"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([("2026-12-29".parse().expect("a date"), "年末休み".into())])),
    }
}

/// On call from and until a time in Tokyo; `-` is always.
fn on(level: u64, user: &str, start: &str, end: &str) -> OnCall {
    let time = |text: &str| (text != "-").then(|| instant(&format!("{text}:00+09:00")));
    let user = Reference { id: UserId(user.into()), name: Name::new(format!("{user} 様")) };
    OnCall { level, user, start: time(start), end: time(end) }
}

#[test]
fn times_with_nobody_on_call_are_merged() {
    let now = instant("2026-12-01T11:00:00+09:00");
    let until = instant("2026-12-08T11:00:00+09:00");
    let at = |text: &str| instant(&format!("{text}:00+09:00"));
    for (oncalls, expected) in [
        (vec![], vec![(now, until)]),
        (vec![on(2, "PSRE", "-", "-")], vec![]),
        (vec![on(1, "PA", "-", "2026-12-05T00:00"), on(2, "PB", "2026-12-05T00:00", "-")], vec![]),
        (
            vec![on(1, "PB", "2026-12-05T09:00", "-"), on(1, "PA", "-", "2026-12-05T00:00")],
            vec![(at("2026-12-05T00:00"), at("2026-12-05T09:00"))],
        ),
        (
            vec![
                on(1, "PA", "2026-12-02T10:00", "2026-12-02T17:00"),
                on(1, "PA", "2026-12-03T10:00", "2026-12-03T17:00"),
            ],
            vec![
                (now, at("2026-12-02T10:00")),
                (at("2026-12-02T17:00"), at("2026-12-03T10:00")),
                (at("2026-12-03T17:00"), until),
            ],
        ),
        // Beyond the week somebody may still be scheduled.
        (vec![on(1, "PA", "-", "2026-12-08T11:00")], vec![]),
        (vec![on(1, "PA", "2026-12-08T11:00", "-")], vec![(now, until)]),
        (
            vec![
                on(1, "PA", "2026-12-01T12:00", "2026-12-07T12:00"),
                on(2, "PB", "2026-12-02T12:00", "2026-12-03T12:00"),
            ],
            vec![(now, at("2026-12-01T12:00")), (at("2026-12-07T12:00"), until)],
        ),
    ] {
        let found = on_call(&oncalls, &Ignored::default(), &calendar(), now);
        let expected = if expected.is_empty() { Finding::AlwaysOnCall(until) } else { Finding::NobodyOnCall(expected) };
        assert_eq!(found, [expected, Finding::NoDummy], "{oncalls:#?}");
    }
}

#[test]
fn times_with_the_dummy_alone_are_not_those_with_nobody() {
    let now = instant("2026-12-01T11:00:00+09:00");
    let at = |text: &str| instant(&format!("{text}:00+09:00"));
    let oncalls = [
        on(1, "PDUMMY", "-", "2026-12-02T00:00"),
        on(2, "PSRE", "2026-12-01T18:00", "2026-12-01T20:00"),
        on(2, "PSRE", "2026-12-02T09:00", "-"),
    ];
    let expected = [
        Finding::NobodyOnCall(vec![(at("2026-12-02T00:00"), at("2026-12-02T09:00"))]),
        Finding::OnlyDummyOnCall(vec![(now, at("2026-12-01T18:00")), (at("2026-12-01T20:00"), at("2026-12-02T00:00"))]),
        Finding::NothingHeld,
    ];
    assert_eq!(on_call(&oncalls, &Ignored::new(["PDUMMY"]), &calendar(), now), expected);
    let real = [Finding::NobodyOnCall(vec![(at("2026-12-02T00:00"), at("2026-12-02T09:00"))]), Finding::NoDummy];
    assert_eq!(on_call(&oncalls, &Ignored::default(), &calendar(), now), real);
}

#[test]
fn a_dummy_that_holds_alerts_of_a_day_off_is_found() {
    let now = instant("2026-12-01T11:00:00+09:00");
    let sre = on(2, "PSRE", "-", "-");
    let holiday =
        |start: &str, end: &str| on(1, "PDUMMY", &format!("2026-12-29T{start}"), &format!("2026-12-29T{end}"));
    let beside = |level: u64, start: &str, end: &str| OnCall { level, user: sre.user.clone(), ..holiday(start, end) };
    for (oncalls, ignored, expected) in [
        (vec![sre.clone()], "PDUMMY", None),
        (vec![sre.clone(), holiday("10:00", "17:00")], "nobody", None),
        (vec![sre.clone(), holiday("10:00", "17:00")], "PDUMMY", Some(true)),
        (vec![sre.clone(), holiday("10:00", "17:00")], "PDUMMY 様", Some(true)),
        (vec![sre.clone(), on(1, "PDUMMY", "-", "-")], "PDUMMY", Some(true)),
        (vec![sre.clone(), holiday("00:00", "10:00"), holiday("17:00", "23:00")], "PDUMMY", Some(false)),
        (vec![sre.clone(), holiday("16:59", "17:00")], "PDUMMY", Some(true)),
        (vec![sre.clone(), holiday("10:00", "17:00"), beside(1, "10:00", "17:00")], "PDUMMY", Some(false)),
        (vec![sre.clone(), holiday("10:00", "17:00"), beside(1, "10:00", "16:00")], "PDUMMY", Some(true)),
        (vec![sre.clone(), holiday("10:00", "17:00"), beside(2, "10:00", "17:00")], "PDUMMY", Some(true)),
        // A working day, a weekend, and a holiday that is more than 30 days ahead.
        (vec![sre.clone(), on(1, "PDUMMY", "2026-12-28T10:00", "2026-12-28T17:00")], "PDUMMY", Some(false)),
        (vec![sre.clone(), on(1, "PDUMMY", "2026-12-05T10:00", "2026-12-05T17:00")], "PDUMMY", Some(false)),
        (vec![sre.clone(), on(1, "PDUMMY", "2027-01-01T10:00", "2027-01-01T17:00")], "PDUMMY", Some(false)),
    ] {
        let found = on_call(&oncalls, &Ignored::new([ignored]), &calendar(), now);
        let held = found.iter().find_map(|finding| match finding {
            Finding::NothingHeld => Some(Vec::new()),
            Finding::Held(days) => Some(days.iter().map(|day| day.date.to_string()).collect()),
            _ => None,
        });
        let expected = expected.map(|is_held| if is_held { vec!["2026-12-29".to_owned()] } else { Vec::new() });
        assert_eq!(held, expected, "{ignored} {oncalls:#?}");
    }
}
