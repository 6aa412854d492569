//! Alerts about a service level.

use super::*;
use crate::domain::few::Few;
use crate::domain::incident::{State, Status};
use crate::domain::message::service_level::{Ahead, about, percent};
use crate::domain::service_level::{Observed, ServiceLevel};

const MARKER: &str = "toban-slo: name=checkout objective=99.9 window=30d";

/// The event at 11:02 of an alert that has been open since 10:40, with a marker that ends like this.
fn alert(kind: EventKind, rest: &str, observed: Observed) -> IncidentEvent {
    let event = event(kind);
    let service_level = ServiceLevel::take_from(&mut vec![text(&format!("{MARKER} {rest}"))], observed);
    IncidentEvent {
        incident: Incident { created_at: Some(at("10:40:00")), ..event.incident },
        details: Details { service_level, ..Details::default() },
        ..event
    }
}

/// The sentence alone, in both languages.
#[track_caller]
fn check_sentence(event: &IncidentEvent, ja: &str, en: &str) {
    let decision = quiet(event, Rule::KindIsQuiet, "11:02:05");
    check(|context| super::super::service_level::sentence(event, &decision, context).into_iter().collect(), ja, en);
}

fn value(value: f64) -> Observed {
    Observed::BurnRate { value, lookback: None }
}

#[test]
fn an_open_alert_says_how_fast_the_budget_is_spent_and_when_it_is_gone() {
    let in_the_last = |lookback| Observed::BurnRate { value: 14.1, lookback: Some(lookback) };
    for (rest, observed, ja, en) in [
        (
            "",
            in_the_last(TimeDelta::hours(1)),
            "📉 checkout: 30日で99.9%の約束に対し、直近1時間の失敗は許容の14倍です (10:40 から)。このペースだと、30日分の余裕が丸ごとあっても約51時間で尽きます (残りは不明)。",
            "📉 checkout (99.9% over 30 days): failing 14× as fast as allowed in the last hour (since 10:40). At this rate even a full budget is gone in about 51 hours (what is left is unknown).",
        ),
        (
            "",
            in_the_last(TimeDelta::minutes(5)),
            "📉 checkout: 30日で99.9%の約束に対し、直近5分の失敗は許容の14倍です (10:40 から)。このペースだと、30日分の余裕が丸ごとあっても約51時間で尽きます (残りは不明)。",
            "📉 checkout (99.9% over 30 days): failing 14× as fast as allowed in the last 5 minutes (since 10:40). At this rate even a full budget is gone in about 51 hours (what is left is unknown).",
        ),
        (
            "budget_left=12%",
            value(14.4),
            "📉 checkout: 30日で99.9%の約束に対し、失敗は許容の14倍です (10:40 から)。このペースだと、残り12%の余裕は約6時間で尽きます。",
            "📉 checkout (99.9% over 30 days): failing 14× as fast as allowed (since 10:40). At this rate the 12% of the budget that is left is gone in about 6 hours.",
        ),
        (
            "burn=6",
            Observed::Threshold,
            "📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の6倍です (10:40 から)。このペースだと、30日分の余裕が丸ごとあっても約5日以内に尽きます (残りは不明)。",
            "📉 checkout (99.9% over 30 days): failing at least 6× as fast as allowed (since 10:40). At this rate even a full budget is gone within about 5 days (what is left is unknown).",
        ),
        (
            "burn=14.4 budget_left=0.04%",
            Observed::Threshold,
            "📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の14倍です (10:40 から)。このペースだと、残り0.04%の余裕は約1分以内に尽きます。",
            "📉 checkout (99.9% over 30 days): failing at least 14× as fast as allowed (since 10:40). At this rate the 0.04% of the budget that is left is gone within about 1 minute.",
        ),
        (
            "burn=14.4 budget_left=0%",
            Observed::Threshold,
            "📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の14倍です (10:40 から)。30日分の余裕は、もう残っていません。",
            "📉 checkout (99.9% over 30 days): failing at least 14× as fast as allowed (since 10:40). The budget of 30 days is used up.",
        ),
        (
            "",
            value(0.5),
            "📉 checkout: 30日で99.9%の約束に対し、失敗は許容の0.5倍です (10:40 から)。",
            "📉 checkout (99.9% over 30 days): failing 0.5× as fast as allowed (since 10:40).",
        ),
        (
            "budget_left=0%",
            value(0.5),
            "📉 checkout: 30日で99.9%の約束に対し、失敗は許容の0.5倍です (10:40 から)。30日分の余裕は、もう残っていません。",
            "📉 checkout (99.9% over 30 days): failing 0.5× as fast as allowed (since 10:40). The budget of 30 days is used up.",
        ),
        (
            "budget_left=12%",
            Observed::Threshold,
            "📉 checkout: 30日で99.9%の約束に関わるアラートです (10:40 から)。どれほどの速さかは、このアラートからは分かりません。30日分の余裕の残りは12%です。",
            "📉 checkout (99.9% over 30 days): this alert is about its budget (since 10:40), and does not say how fast that is spent. 12% of the budget is left.",
        ),
        (
            "burn=14.4",
            Observed::NoData,
            "📉 checkout: 30日で99.9%の約束に関わるアラートです (10:40 から)。どれほどの速さかは、このアラートからは分かりません。",
            "📉 checkout (99.9% over 30 days): this alert is about its budget (since 10:40), and does not say how fast that is spent.",
        ),
    ] {
        for kind in [EventKind::Triggered, EventKind::Worsened, EventKind::StateChanged] {
            check_sentence(&alert(kind, rest, observed), ja, en);
        }
        check_sentence(&alert(EventKind::Acknowledged, rest, observed), "", "");
    }
}

#[test]
fn an_alert_that_is_over_says_what_it_cost_if_that_is_known() {
    for (rest, ja, en) in [
        (
            "burn=14.4",
            "📉 checkout: 許容の14倍が22分続いたとして、30日分の余裕の0.7%以上を使った計算です。",
            "📉 checkout: 22 min at 14× the allowed rate would be at least 0.7% of the budget of 30 days.",
        ),
        (
            "burn=1000",
            "📉 checkout: 許容の1000倍が22分続いたとして、30日分の余裕の50%以上を使った計算です。",
            "📉 checkout: 22 min at 1000× the allowed rate would be at least 50% of the budget of 30 days.",
        ),
        // Too little to be worth a line.
        ("burn=1", "", ""),
        ("", "", ""),
    ] {
        check_sentence(&alert(EventKind::Resolved, rest, Observed::Threshold), ja, en);
    }
    let hours = ServiceLevel::take_from(
        &mut vec![text("toban-slo: name=検索 objective=99 window=12h burn=100")],
        Observed::Threshold,
    );
    let long = alert(EventKind::Resolved, "", Observed::Threshold);
    check_sentence(
        &IncidentEvent { details: Details { service_level: hours, ..Details::default() }, ..long },
        "📉 検索: 許容の100倍が22分続いたとして、12時間分の余裕を使い切った計算です。",
        "📉 検索: 22 min at 100× the allowed rate would be the whole of the budget of 12 hours.",
    );
}

#[test]
fn without_the_senders_time_it_counts_from_when_it_was_first_told() {
    let event = alert(EventKind::Resolved, "burn=14.4", Observed::Threshold);
    let event = IncidentEvent { incident: Incident { created_at: None, ..event.incident }, ..event };
    check_sentence(&event, "", "");
    let status = Status {
        state: State::Resolved,
        holders: Few::default(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: Some(at("10:02:00")),
        changed_at: at("11:02:00"),
    };
    let decision = quiet(&event, Rule::KindIsQuiet, "11:02:05");
    let again = alert(EventKind::Triggered, "burn=14.4", Observed::Threshold);
    let open = Status { state: State::Triggered, ..status.clone() };
    // The sender may say when it is worse again, or when it began.
    for (status, created_at, since) in [
        (Some(&open), None, "10:02"),
        (Some(&open), Some("10:50:00"), "10:02"),
        (Some(&open), Some("10:01:00"), "10:01"),
        (None, None, "11:02"),
    ] {
        let incident = Incident { created_at: created_at.map(at), ..again.incident.clone() };
        let again = IncidentEvent { incident, ..again.clone() };
        let sentence = |context: Context<'_>| {
            let context = Context { status, ..context };
            super::super::service_level::sentence(&again, &decision, context).into_iter().collect()
        };
        check(
            sentence,
            &format!(
                "📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の14倍です ({since} から)。このペースだと、30日分の余裕が丸ごとあっても約50時間以内に尽きます (残りは不明)。"
            ),
            &format!(
                "📉 checkout (99.9% over 30 days): failing at least 14× as fast as allowed (since {since}). At this rate even a full budget is gone within about 50 hours (what is left is unknown)."
            ),
        );
    }
    check(
        |context| event::reply(&event, &decision, Context { status: Some(&status), ..context }).lines,
        "✅ 自動で解決 (1時間) · 11:02 · #PD4812
📉 checkout: 許容の14倍が1時間続いたとして、30日分の余裕の2%以上を使った計算です。",
        "✅ resolved by itself (1 h) · 11:02 · #PD4812
📉 checkout: 1 h at 14× the allowed rate would be at least 2% of the budget of 30 days.",
    );
}

#[test]
fn the_sentence_is_a_line_of_its_own_before_what_somebody_wrote() {
    let event = alert(EventKind::Triggered, "burn=14.4", Observed::Threshold);
    let details = Details { quote: vec![text("ダッシュボードを見る")], ..event.details };
    check_first(
        &IncidentEvent { details, ..event },
        "🔥 発生 #PD4812 HTTP 5xx
11:02
📉 checkout: 30日で99.9%の約束に対し、失敗は少なくとも許容の14倍です (10:40 から)。このペースだと、30日分の余裕が丸ごとあっても約50時間以内に尽きます (残りは不明)。
> ダッシュボードを見る",
        "🔥 Triggered #PD4812 HTTP 5xx
11:02
📉 checkout (99.9% over 30 days): failing at least 14× as fast as allowed (since 10:40). At this rate even a full budget is gone within about 50 hours (what is left is unknown).
> ダッシュボードを見る",
    );
}

#[test]
fn a_marker_that_cannot_be_read_is_said_and_costs_the_alert_nothing() {
    for (marker, ja, en) in [
        (
            "a",
            "「a」が「項目=値」の形ではありません。空白のある名前は \" で囲んでください。",
            "\"a\" is not key=value; a name with spaces needs quotation marks.",
        ),
        ("name=\"a", "\" が閉じていません。", "a quotation mark does not end."),
        (
            "nam=a",
            "「nam」という項目はありません。使えるのは name、objective、window、burn、budget_left です。",
            "\"nam\" is not a key; the keys are name, objective, window, burn, budget_left.",
        ),
        ("name=a name=b", "name が2つあります。", "name is there twice."),
        (
            "objective=99",
            "name がありません。name=checkout のように書きます。",
            "name is missing. Write it as in name=checkout.",
        ),
        (
            "objective=0.999",
            "objective の「0.999」は使えません。objective=99.9 のように、1 より大きく 100 より小さい % で書きます。",
            "objective cannot be \"0.999\". Write percent over 1 and under 100, as in objective=99.9.",
        ),
        (
            "window=30",
            "window の「30」は使えません。window=30d か window=12h のように、366d までで書きます。",
            "window cannot be \"30\". Write window=30d or window=12h, up to 366d.",
        ),
        (
            "burn=0.5",
            "burn の「0.5」は使えません。burn=14.4 のように、1 以上の数で書きます。",
            "burn cannot be \"0.5\". Write a number of 1 or more, as in burn=14.4.",
        ),
        (
            "budget_left=0.12",
            "budget_left の「0.12」は使えません。budget_left=12% のように、% を付けて 100% までで書きます。",
            "budget_left cannot be \"0.12\". Write percent up to 100 with its sign, as in budget_left=12%.",
        ),
        (
            "name=a objective=99 window=30d burn=101",
            "アラートの値か burn の「101」は、この objective では消費の速さになりえません (0より大きく100まで)。",
            "\"101\", the alert's value or burn, cannot be a burn rate of this objective (over 0, up to 100).",
        ),
        (
            "name=a\ntoban-slo: name=b",
            "内容の違うものが2つ以上あります。1つにしてください。",
            "there are several that differ; keep one.",
        ),
    ] {
        let event = event(EventKind::Triggered);
        let service_level =
            ServiceLevel::take_from(&mut Foreign::lines(&format!("toban-slo: {marker}")), Observed::Threshold);
        check_first(
            &IncidentEvent { details: Details { service_level, ..Details::default() }, ..event },
            &format!("🔥 発生 #PD4812 HTTP 5xx\n11:02\n⚠️ toban-slo の行を読めません: {ja}"),
            &format!("🔥 Triggered #PD4812 HTTP 5xx\n11:02\n⚠️ The toban-slo line cannot be read: {en}"),
        );
    }
    let service_level = ServiceLevel::take_from(&mut vec![text("toban-slo name=a")], Observed::Threshold);
    let over = IncidentEvent { details: Details { service_level, ..Details::default() }, ..event(EventKind::Resolved) };
    check_reply(&over, "✅ 自動で解決 · 11:02 · #PD4812", "✅ resolved by itself · 11:02 · #PD4812");
}

#[test]
fn numbers_are_those_that_people_say() {
    for (value, measured, at_least) in [
        (14.4, "14", "14"),
        (14.5, "15", "14"),
        (9.96, "10", "9.9"),
        (9.94, "9.9", "9.9"),
        (7.0, "7", "7"),
        (1.05, "1.1", "1"),
        (999.99, "1000", "999"),
    ] {
        let burn = |rest: &str, observed| {
            let event = alert(EventKind::Triggered, rest, observed);
            let level = event.details.service_level.expect("it has a marker").expect("it is good");
            about(level.burn.expect("it has one"))
        };
        assert_eq!(burn("", super::service_level::value(value)), measured, "{value}");
        assert_eq!(burn(&format!("burn={value}"), Observed::Threshold), at_least, "{value}");
    }
    for (left, expected) in [("100%", "100"), ("99.99%", "99"), ("12%", "12"), ("9.99%", "9.9"), ("0.09%", "0.09")] {
        let event = alert(EventKind::Triggered, &format!("budget_left={left}"), Observed::Threshold);
        let level = event.details.service_level.expect("it has a marker").expect("it is good");
        assert_eq!(percent(level.budget_left.expect("it has one")), expected, "{left}");
    }
    let minutes = TimeDelta::minutes;
    for (span, expected) in [
        (TimeDelta::zero(), Ahead::Minutes(1)),
        (TimeDelta::seconds(89), Ahead::Minutes(1)),
        (TimeDelta::seconds(90), Ahead::Minutes(2)),
        (minutes(119), Ahead::Minutes(119)),
        (minutes(120), Ahead::Hours(2)),
        (minutes(149), Ahead::Hours(2)),
        (minutes(150), Ahead::Hours(3)),
        (minutes(50 * 60), Ahead::Hours(50)),
        (minutes(71 * 60 + 29), Ahead::Hours(71)),
        (minutes(71 * 60 + 30), Ahead::Days(3)),
        (minutes(5 * 24 * 60), Ahead::Days(5)),
        (TimeDelta::days(366), Ahead::Days(366)),
    ] {
        assert_eq!(Ahead::of(span), expected, "{span}");
    }
}
