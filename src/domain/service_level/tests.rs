//! The marker line as people write it, and the arithmetic against the SRE workbook's tables.

use super::*;
use proptest::prelude::*;

const MARKER: &str = "toban-slo: name=checkout objective=99.9 window=30d";

fn read(text: &str, observed: Observed) -> (Vec<String>, Option<Result<ServiceLevel, MarkerFault>>) {
    let mut lines = Foreign::lines(text);
    let found = ServiceLevel::take_from(&mut lines, observed).map(|found| *found);
    (lines.iter().map(Foreign::to_string).collect(), found)
}

#[track_caller]
fn level(text: &str, observed: Observed) -> ServiceLevel {
    let (rest, found) = read(text, observed);
    assert!(rest.is_empty(), "{rest:?}");
    found.expect("there is a marker").unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
}

fn checkout(burn: Option<Burn>) -> ServiceLevel {
    ServiceLevel {
        name: quoted("checkout"),
        objective: Objective(999_000),
        window: Window { hours: NonZeroU32::new(720).expect("it is not zero") },
        burn,
        lookback: None,
        budget_left: None,
    }
}

fn rate(hundredths: u64) -> BurnRate {
    BurnRate::of(hundredths).expect("it is not zero")
}

#[test]
fn a_marker_is_read_as_people_type_it() {
    let at_least = checkout(Some(Burn::AtLeast(rate(1_440))));
    let left = |hundredths| ServiceLevel { budget_left: Some(Share(hundredths)), ..checkout(None) };
    let named = |name: &str| ServiceLevel { name: quoted(name), ..checkout(None) };
    let promised = |millionths, hours| ServiceLevel {
        objective: Objective(millionths),
        window: Window { hours: NonZeroU32::new(hours).expect("it is not zero") },
        ..checkout(None)
    };
    for (text, expected) in [
        (MARKER, checkout(None)),
        ("toban-slo:name=checkout objective=99.9 window=30d", checkout(None)),
        ("  Toban-SLO :  WINDOW=30D\tObjective=99.9%   name=checkout  ", checkout(None)),
        ("toban-slo: name=checkout objective=99.9 window=720h", checkout(None)),
        (
            "ｔｏｂａｎ－ｓｌｏ：　ｎａｍｅ＝ｃｈｅｃｋｏｕｔ　ｏｂｊｅｃｔｉｖｅ＝９９．９％　ｗｉｎｄｏｗ＝３０ｄ",
            checkout(None),
        ),
        ("toban-slo: name=checkout objective=99.9 window=30d burn=14.4", at_least.clone()),
        ("toban-slo: name=checkout objective=99.9 window=30d burn=14.409", at_least),
        ("toban-slo: name=checkout objective=99.9 window=30d budget_left=12%", left(1_200)),
        ("toban-slo: name=checkout objective=99.9 window=30d budget_left=12.3456％", left(1_234)),
        ("toban-slo: name=checkout objective=99.9 window=30d budget_left=100%", left(10_000)),
        ("toban-slo: name=checkout objective=99.9 window=30d budget_left=-8.1%", left(0)),
        ("toban-slo: name=決済 objective=99.9 window=30d", named("決済")),
        ("toban-slo: name=\"決済 API = a\" objective=99.9 window=30d", named("決済 API = a")),
        ("toban-slo: name=＂決済　API＂ objective=99.9 window=30d", named("決済 API")),
        ("toban-slo: name=“決済 API” objective=99.9 window=30d", named("決済 API")),
        (&format!("{MARKER}\n{MARKER}\n{MARKER}"), checkout(None)),
        ("toban-slo: name=checkout objective=99.9999 window=366d", promised(999_999, 8_784)),
        ("toban-slo: name=checkout objective=1.0001 window=1h", promised(10_001, 1)),
        ("toban-slo: name=checkout objective=99 window=12h", promised(990_000, 12)),
    ] {
        assert_eq!(level(text, Observed::Threshold), expected, "{text}");
    }
    let long = format!("toban-slo: name={} objective=99.9 window=30d", "長".repeat(61));
    assert_eq!(level(&long, Observed::Threshold).name.as_str(), format!("{}…", "長".repeat(60)));
}

#[test]
fn a_marker_is_taken_out_of_the_text_and_what_stands_before_it_stays() {
    for (text, rest) in [
        (
            "見る: ダッシュボード\ntoban-slo: name=a objective=99.9 window=30d\n2行目",
            vec!["見る: ダッシュボード", "2行目"],
        ),
        ("Look at the dashboard. toban-slo: name=a objective=99.9 window=30d", vec!["Look at the dashboard."]),
        ("slo: toban-slo: name=a objective=99.9 window=30d", vec![]),
        ("see also: toban-slo: name=a objective=99.9 window=30d", vec!["see also:"]),
        ("決済です（toban-slo: name=a objective=99.9 window=30d", vec!["決済です("]),
        ("見る:\n- toban-slo: name=a objective=99.9 window=30d\n・再起動", vec!["見る:", "・再起動"]),
        ("・ toban-slo: name=a objective=99.9 window=30d", vec![]),
        ("firing: toban-slo: name=a objective=99.9 window=30d\ntoban-slo: name=a objective=99.9 window=30d", vec![]),
    ] {
        let (lines, found) = read(text, Observed::Threshold);
        assert_eq!(lines, rest);
        assert!(found.is_some_and(|found| found.is_ok()), "{text}");
    }
    for text in [
        "",
        "HTTP 5xx\n再起動",
        "See what toban-slo does",
        "name=a objective=99.9 window=30d",
        "https://wiki.example.com/toban-slo: a",
        "annotations.toban-slo: name=a objective=99.9 window=30d",
        "my-toban-slo: name=a objective=99.9 window=30d",
        "a toban-slo name=a",
    ] {
        let (lines, found) = read(text, Observed::Threshold);
        assert_eq!((lines.join("\n").as_str(), found), (text, None));
    }
}

#[test]
fn what_is_not_understood_is_a_finding_and_no_guess() {
    use MarkerFault::{Again, Missing, NoColon, NoPair, Several, Unclosed, UnknownKey, Value};
    let value = |key, value| Value(key, quoted(value));
    for (text, expected) in [
        ("toban-slo:", Missing(Key::Name)),
        ("toban-slo: objective=99.9 window=30d", Missing(Key::Name)),
        ("toban-slo: name= objective=99.9 window=30d", Missing(Key::Name)),
        ("toban-slo: name=\"\" objective=99.9 window=30d", Missing(Key::Name)),
        ("toban-slo: name=a window=30d", Missing(Key::Objective)),
        ("toban-slo: name=a objective=99.9", Missing(Key::Window)),
        ("toban-slo name=a objective=99.9 window=30d", NoColon),
        ("toban-slo: name=a b objective=99.9 window=30d", NoPair(quoted("b"))),
        ("toban-slo: name = a objective=99.9 window=30d", NoPair(quoted("name"))),
        ("toban-slo: checkout 99.9 30d", NoPair(quoted("checkout"))),
        ("toban-slo: name=\"a objective=99.9 window=30d", Unclosed),
        ("toban-slo: name=a objektive=99.9 window=30d", UnknownKey(quoted("objektive"))),
        ("toban-slo: =a", UnknownKey(quoted("=a"))),
        ("toban-slo: \u{2800}", NoPair(quoted("…"))),
        ("toban-slo: name=a name=b objective=99.9 window=30d", Again(Key::Name)),
        ("toban-slo: name=a objective=99.9 objective=99.9 window=30d", Again(Key::Objective)),
        (&format!("{MARKER}\n{MARKER} burn=6"), Several),
        (&format!("{MARKER}\n{MARKER}\n{MARKER} burn=6"), Several),
        (&format!("{MARKER} burn=6\n{MARKER}\n{MARKER} burn=6"), Several),
        (&format!("{MARKER} {MARKER}"), NoPair(quoted("toban-slo:"))),
        ("toban-slo: name=a objective=0.999 window=30d", value(Key::Objective, "0.999")),
        ("toban-slo: name=a objective=1 window=30d", value(Key::Objective, "1")),
        ("toban-slo: name=a objective=100 window=30d", value(Key::Objective, "100")),
        ("toban-slo: name=a objective=0 window=30d", value(Key::Objective, "0")),
        ("toban-slo: name=a objective=-99 window=30d", value(Key::Objective, "-99")),
        ("toban-slo: name=a objective=99.99999 window=30d", value(Key::Objective, "99.99999")),
        ("toban-slo: name=a objective=99.9, window=30d", value(Key::Objective, "99.9,")),
        ("toban-slo: name=a objective=NaN window=30d", value(Key::Objective, "NaN")),
        ("toban-slo: name=a objective=99.9%% window=30d", value(Key::Objective, "99.9%%")),
        ("toban-slo: name=a objective=99.9 window=30", value(Key::Window, "30")),
        ("toban-slo: name=a objective=99.9 window=4w", value(Key::Window, "4w")),
        ("toban-slo: name=a objective=99.9 window=30日", value(Key::Window, "30日")),
        ("toban-slo: name=a objective=99.9 window=0d", value(Key::Window, "0d")),
        ("toban-slo: name=a objective=99.9 window=367d", value(Key::Window, "367d")),
        ("toban-slo: name=a objective=99.9 window=1.5d", value(Key::Window, "1.5d")),
        ("toban-slo: name=a objective=99.9 window=4294967295d", value(Key::Window, "4294967295d")),
        ("toban-slo: name=a objective=99.9 window=d", value(Key::Window, "d")),
        ("toban-slo: name=a objective=99.9 window=30d burn=0", value(Key::Burn, "0")),
        ("toban-slo: name=a objective=99.9 window=30d burn=0.99", value(Key::Burn, "0.99")),
        ("toban-slo: name=a objective=99.9 window=30d burn=inf", value(Key::Burn, "inf")),
        ("toban-slo: name=a objective=99.9 window=30d burn=1e3", value(Key::Burn, "1e3")),
        ("toban-slo: name=a objective=99.9 window=30d burn=14x", value(Key::Burn, "14x")),
        ("toban-slo: name=a objective=99.9 window=30d budget_left=0.12", value(Key::BudgetLeft, "0.12")),
        ("toban-slo: name=a objective=99.9 window=30d budget_left=101%", value(Key::BudgetLeft, "101%")),
        ("toban-slo: name=a objective=99.9 window=30d budget_left=--1%", value(Key::BudgetLeft, "--1%")),
        (
            "toban-slo: name=a objective=99.9 window=30d burn=1000.01",
            MarkerFault::NoBurnRate { value: quoted("1000.01"), most: rate(100_000) },
        ),
    ] {
        assert_eq!(read(text, Observed::Threshold), (Vec::new(), Some(Err(expected))), "{text}");
    }
}

#[test]
fn a_value_is_a_burn_rate_only_if_it_can_be_one() {
    let with_burn = &format!("{MARKER} burn=6");
    let hour = TimeDelta::hours(1);
    for (value, expected) in [
        (14.4, Some(1_440)),
        (7.255_356_387_321_597, Some(726)),
        (0.5, Some(50)),
        (0.005, Some(1)),
        (1_000.000_000_1, Some(100_000)),
        (1_009.0, Some(100_000)),
        (1_011.0, None),
        (0.004_9, None),
        (0.0, None),
        (-3.0, None),
        (f64::NAN, None),
        (f64::INFINITY, None),
        (f64::MAX, None),
        (f64::MIN_POSITIVE, None),
    ] {
        let observed = Observed::BurnRate { value, lookback: Some(hour) };
        match expected {
            Some(hundredths) => {
                let burn = Some(Burn::Measured(rate(hundredths)));
                let measured = ServiceLevel { lookback: Some(hour), ..checkout(burn) };
                assert_eq!(level(MARKER, observed), measured, "{value}");
                assert_eq!(level(with_burn, observed), measured, "{value}");
            }
            None => {
                let fault = MarkerFault::NoBurnRate { value: quoted(&value.to_string()), most: rate(100_000) };
                assert_eq!(read(MARKER, observed).1, Some(Err(fault)), "{value}");
                assert_eq!(level(with_burn, observed), checkout(Some(Burn::AtLeast(rate(600)))), "{value}");
            }
        }
    }
    let burn = |value, thresholds| level(with_burn, Observed::Value { value, thresholds }).burn;
    for (value, thresholds, expected) in [
        (7.3, [Some(6.0), Some(14.4)], Burn::Measured(rate(730))),
        (15.0, [Some(1.0), Some(6.0)], Burn::Measured(rate(1_500))),
        (7.3, [None, Some(6.009)], Burn::Measured(rate(730))),
        (7.3, [None, Some(6.0)], Burn::Measured(rate(730))),
        (1_011.0, [None, Some(6.0)], Burn::AtLeast(rate(600))),
        // It is held against something else: a percentage.
        (7.3, [None, Some(0.6)], Burn::AtLeast(rate(600))),
        (7.3, [Some(5.99), Some(6.01)], Burn::AtLeast(rate(600))),
        (7.3, [None, None], Burn::AtLeast(rate(600))),
        (7.3, [None, Some(f64::NAN)], Burn::AtLeast(rate(600))),
    ] {
        assert_eq!(burn(value, thresholds), Some(expected), "{value} {thresholds:?}");
    }
    let alone = Observed::Value { value: 7.3, thresholds: [None, Some(0.6)] };
    assert_eq!(level(MARKER, alone), checkout(Some(Burn::Measured(rate(730)))), "nothing says otherwise");
    for text in [MARKER, with_burn] {
        assert_eq!(level(text, Observed::NoData), checkout(None), "without data no threshold was crossed");
    }
}

/// <https://sre.google/workbook/alerting-on-slos/>: "Burn rates and time to complete budget exhaustion", "Recommended time windows and
/// burn rates for percentage of SLO burned", and what follows from the latter for 30 days.
#[test]
fn the_arithmetic_is_that_of_the_sre_workbook() {
    let hours = TimeDelta::hours;
    for (burn, gone_in) in [
        ("1", TimeDelta::days(30)),
        ("2", TimeDelta::days(15)),
        ("3", TimeDelta::days(10)),
        ("6", TimeDelta::days(5)),
        ("10", TimeDelta::days(3)),
        ("14.4", hours(50)),
        ("1000", TimeDelta::minutes(43) + TimeDelta::seconds(12)),
    ] {
        let level = level(&format!("{MARKER} burn={burn}"), Observed::Threshold);
        assert_eq!(level.gone_in(), Some(gone_in), "{burn}");
    }
    for (burn, lookback, percent) in
        [("14.4", hours(1), 2), ("6", hours(6), 5), ("3", hours(24), 10), ("1", hours(72), 10)]
    {
        let level = level(&format!("{MARKER} burn={burn}"), Observed::Threshold);
        assert_eq!(level.cost(lookback), Some(Share(percent * 100)), "{burn}");
    }
    let left = level(&format!("{MARKER} burn=14.4 budget_left=12%"), Observed::Threshold);
    assert_eq!(left.gone_in(), Some(hours(6)));
}

#[test]
fn what_is_within_what_is_allowed_is_never_gone_and_what_is_not_known_is_not_said() {
    for (burn, expected) in [
        (None, None),
        (Some(Burn::Measured(rate(99))), None),
        (Some(Burn::Measured(rate(100))), Some(TimeDelta::days(30))),
        (Some(Burn::AtLeast(rate(100))), Some(TimeDelta::days(30))),
    ] {
        assert_eq!(checkout(burn).gone_in(), expected, "{burn:?}");
    }
    assert_eq!(checkout(None).cost(TimeDelta::hours(1)), None);
    let fast = checkout(Some(Burn::AtLeast(rate(1_440))));
    for (length, expected) in [
        (TimeDelta::MIN, Share::NONE),
        (TimeDelta::seconds(-1), Share::NONE),
        (TimeDelta::zero(), Share::NONE),
        (TimeDelta::hours(50) - TimeDelta::seconds(1), Share(9_999)),
        (TimeDelta::hours(50), Share::WHOLE),
        (TimeDelta::hours(51), Share::WHOLE),
        (TimeDelta::MAX, Share::WHOLE),
    ] {
        assert_eq!(fast.cost(length), Some(expected), "{length}");
    }
}

/// Every service level that a marker can name, and the words of that marker.
fn any_level() -> impl Strategy<Value = (ServiceLevel, Vec<String>)> {
    let name = prop_oneof!["[a-z][a-z0-9_-]{0,20}", "[ぁ-ん一-龠]{1,20}", "[a-z] [a-z=:]{1,9}"];
    let left = prop::option::of(0..=Share::WHOLE.0);
    (name, 10_001..1_000_000_u32, 1..=Window::LONGEST, prop::option::of(100..=100_u32 * 1_000_000), left).prop_map(
        |(name, millionths, hours, burn, left)| {
            let objective = Objective(millionths);
            let burn = burn.and_then(|burn| BurnRate::of(burn.into())).map(|burn| burn.min(objective.fastest()));
            let budget_left = left.map(Share);
            let window = Window { hours: NonZeroU32::new(hours).expect("one at least") };
            let mut words =
                vec![format!("name=\"{name}\""), format!("objective={objective}"), format!("window={hours}h")];
            words.extend(burn.map(|burn| format!("burn={burn}")));
            words.extend(budget_left.map(|left| format!("budget_left={}%", written(left.0, 2))));
            let burn = burn.map(Burn::AtLeast);
            (ServiceLevel { name: quoted(&name), objective, window, burn, lookback: None, budget_left }, words)
        },
    )
}

proptest! {
    #[test]
    fn a_marker_is_read_whatever_the_order_and_the_width_of_its_words(
        (expected, words) in any_level().prop_flat_map(|(level, words)| (Just(level), Just(words).prop_shuffle())),
        is_wide in any::<bool>(),
    ) {
        let text = format!("toban-slo: {}", words.join(" "));
        let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).expect("a letter") } else { c };
        let text = if is_wide { text.chars().map(wide).collect() } else { text };
        prop_assert_eq!(read(&text, Observed::Threshold), (Vec::new(), Some(Ok(expected))));
    }

    #[test]
    fn no_text_makes_the_reader_panic_and_only_a_marker_changes_it(text in "(toban-slo ?:?)?[\\PC\u{0}\n \"=%.]{0,80}", value in any::<f64>()) {
        let before: Vec<_> = Foreign::lines(&text).iter().map(Foreign::to_string).collect();
        let (after, found) = read(&text, Observed::BurnRate { value, lookback: None });
        prop_assert!(found.is_some() || after == before);
        prop_assert!(found.is_none() || after != before);
    }

    #[test]
    fn the_faster_and_the_less_is_left_the_sooner_it_is_gone(
        (level, _) in any_level(), faster in 100..100_000_000_u64, left in 0..10_000_u32,
    ) {
        let level = ServiceLevel { burn: level.burn.or(Some(Burn::AtLeast(BurnRate::ALLOWED))), ..level };
        let gone_in = level.gone_in().expect("it is faster than allowed");
        prop_assert!(gone_in >= TimeDelta::zero() && gone_in <= level.window.length());
        let rate = level.burn.expect("it has one").rate().max(rate(faster));
        let quicker = ServiceLevel { burn: Some(Burn::Measured(rate)), ..level.clone() };
        prop_assert!(quicker.gone_in() <= Some(gone_in));
        let less = level.budget_left.unwrap_or(Share::WHOLE).min(Share(left));
        let poorer = ServiceLevel { budget_left: Some(less), ..level };
        prop_assert!(poorer.gone_in() <= Some(gone_in));
    }

    #[test]
    fn what_it_costs_until_it_is_gone_is_what_was_left((level, _) in any_level()) {
        let level = ServiceLevel { burn: level.burn.or(Some(Burn::AtLeast(BurnRate::ALLOWED))), ..level };
        let gone_in = level.gone_in().expect("it is faster than allowed");
        let left = level.budget_left.unwrap_or(Share::WHOLE);
        // Seconds are cut off, and so are hundredths of a percent.
        prop_assert!(level.cost(gone_in) <= Some(left));
        prop_assert!(level.cost(gone_in + TimeDelta::seconds(1)).map(|share| share.0 + 1) >= Some(left.0));
    }
}
