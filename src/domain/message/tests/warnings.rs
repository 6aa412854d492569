//! What a message says besides its event, and why it mentions whom it mentions.

use super::*;

/// A new incident, by that decision, with what follows the time.
#[track_caller]
fn check_end(decision: &Decision, read_at: Option<DateTime<Utc>>, ja: &str, en: &str) {
    check(
        |context| {
            let context = Context { rotation_read_at: read_at, ..context };
            event::message(&event(EventKind::Triggered), decision, context).lines
        },
        &format!("🔥 発生 #PD4812 HTTP 5xx\n11:02{ja}"),
        &format!("🔥 Triggered #PD4812 HTTP 5xx\n11:02{en}"),
    );
}

fn by(rule: Rule, posted: &str) -> Decision {
    quiet(&event(EventKind::Triggered), rule, posted)
}

#[test]
fn after_the_fifth_what_is_wrong_in_the_rotation_is_counted() {
    for (wrong, more) in [(0, None), (1, None), (5, None), (6, Some(1)), (7, Some(2)), (12, Some(7))] {
        let mut decision = by(Rule::WorkingHours, "11:02:05");
        decision.reason.findings = (1..=wrong).map(unknown).collect();
        let said = |after: &str, comma: &str, and_more: [&str; 2]| {
            let cells = ["A", "B", "C", "D", "E"].into_iter().take(wrong as usize);
            let cells = cells.map(|column| format!("シフト!{column}27{after}"));
            let more = more.map(|more: u32| format!("{}{more}{}", and_more[0], and_more[1]));
            let said = cells.chain(more).collect::<Vec<_>>().join(comma);
            if said.is_empty() { said } else { format!("\n⚠️ {said}") }
        };
        check_end(
            &decision,
            None,
            &said(" の「山田」は誰のことか分かりません", "、", ["… ほか", "件"]),
            &said(" '山田' is nobody we know", ", ", ["… and ", " more"]),
        );
    }
}

#[test]
fn what_came_late_says_so() {
    let over = ["\n✅ すでに解決しています。この通知は遅れて届きました。", "\n✅ Already resolved: this came late."];
    check_end(&by(Rule::OverAlready, "11:02:05"), None, over[0], over[1]);
    for (posted, ja, en) in [
        ("11:07:00", "", ""),
        ("11:07:01", " (5分遅れ)", " (5 min late)"),
        ("12:32:00", " (1時間30分遅れ)", " (1 h 30 min late)"),
    ] {
        check_end(&by(Rule::KindIsQuiet, posted), None, ja, en);
    }
}

#[test]
fn a_copy_that_is_older_than_an_hour_says_its_age() {
    let copy = [
        "\n⚠️ 当番表を読めないため、1時間前の写しを使っています。",
        "\n⚠️ The rotation cannot be read; this uses a copy from 1 h ago.",
    ];
    for (rule, read_at, [ja, en]) in [
        (Rule::WorkingHours, "10:02:06", [""; 2]),
        (Rule::WorkingHours, "10:02:05", [""; 2]),
        (Rule::WorkingHours, "10:02:04", copy),
        (Rule::MarkedNobody, "10:02:04", copy),
        // The rotation was not looked at.
        (Rule::KindIsQuiet, "10:02:04", [""; 2]),
    ] {
        check_end(&by(rule, "11:02:05"), Some(at(read_at)), ja, en);
    }
}

#[test]
fn the_reason_says_whether_it_was_in_the_break() {
    for (rule, occurred, posted, ja, en) in [
        (
            Rule::HeldByNobody,
            "12:30:00",
            "12:30:05",
            "代わりの宛先にメンション: 休憩時間 (BUSINESS_BREAK) で、PagerDuty の担当がダミーユーザーだけです \
             · 投稿 11/24(火) 12:30:05 (休憩時間)",
            "fallback mentioned: in the break (BUSINESS_BREAK), and PagerDuty has assigned it to the dummy user only \
             · posted Tue Nov 24 12:30:05 (break)",
        ),
        (
            Rule::HeldByNobody,
            "20:00:00",
            "20:00:05",
            "代わりの宛先にメンション: 業務時間外で、PagerDuty の担当がダミーユーザーだけです \
             · 投稿 11/24(火) 20:00:05 (業務時間外)",
            "fallback mentioned: outside working hours, and PagerDuty has assigned it to the dummy user only \
             · posted Tue Nov 24 20:00:05 (outside hours)",
        ),
        (
            Rule::PostedTooLate,
            "11:40:00",
            "12:10:00",
            "メンションなし: 業務時間内に起きましたが、投稿が遅れて休憩時間 (BUSINESS_BREAK) になりました \
             · 投稿 11/24(火) 12:10:00 (休憩時間) · 発生 11/24(火) 11:40:00 (業務時間内)",
            "nobody mentioned: it happened in working hours, but is posted late, in the break (BUSINESS_BREAK) \
             · posted Tue Nov 24 12:10:00 (break) · happened Tue Nov 24 11:40:00 (working hours)",
        ),
        (
            Rule::PostedTooLate,
            "16:40:00",
            "17:10:00",
            "メンションなし: 業務時間内に起きましたが、投稿が業務時間後になりました \
             · 投稿 11/24(火) 17:10:00 (業務時間外) · 発生 11/24(火) 16:40:00 (業務時間内)",
            "nobody mentioned: it happened in working hours, but is posted after them \
             · posted Tue Nov 24 17:10:00 (outside hours) · happened Tue Nov 24 16:40:00 (working hours)",
        ),
    ] {
        let event = IncidentEvent { occurred_at: at(occurred), ..event(EventKind::Triggered) };
        let decision = quiet(&event, rule, posted);
        check(|context| vec![event::explanation(&decision, None, context.language)], ja, en);
    }
}
