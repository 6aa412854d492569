use super::*;
use crate::domain::incident::{EventKind, IncidentId};
use crate::domain::text::Tag;

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("it is visible")
}

fn told(at: &str, what: EventKind, outcome: &str, why: &str) -> Told {
    Told {
        at: at.parse().expect("an instant"),
        what,
        chat: text("Slack"),
        outcome: text(outcome),
        why: Foreign::line(why),
    }
}

fn known(title: &str, told: Vec<Told>) -> Past {
    Past::Known(IncidentPast { tag: Some(Tag::pagerduty(4812)), title: Foreign::line(title), told, has_gaps: false })
}

/// The whole text in both languages, in the afternoon of the 26th in Tokyo.
#[track_caller]
fn check(subject: &Subject, past: &Past, ja: &str, en: &str) {
    let now = "2026-11-26T15:00:00+09:00".parse::<DateTime<chrono::Utc>>().expect("an instant");
    let now = now.with_timezone(&chrono_tz::Asia::Tokyo);
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let lines: Vec<_> = why(subject, past, language, &now).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

#[test]
fn each_message_has_its_reason_as_it_was_worded() {
    let subject = Subject::Tag(Tag::pagerduty(4812));
    let past = known(
        "HTTP 5xx が 5% を超えています",
        vec![
            told("2026-11-25T20:02:00+09:00", EventKind::Triggered, "posted", "メンションなし: 業務時間外に起きました"),
            told("2026-11-26T10:05:00+09:00", EventKind::Escalated, "the chat refuses: not_in_channel", "x"),
            told("2026-11-26T10:06:00+09:00", EventKind::Resolved, "not posted: the watchdog has reported it", ""),
        ],
    );
    check(
        &subject,
        &past,
        "#PD4812 HTTP 5xx が 5% を超えています
11/25 20:02 🔥 発生 · Slack · 投稿済み
 → メンションなし: 業務時間外に起きました
10:05 📣 エスカレーション · Slack · the chat refuses: not_in_channel
 → x
10:06 ✅ 解決 · Slack · not posted: the watchdog has reported it",
        "#PD4812 HTTP 5xx が 5% を超えています
11/25 20:02 🔥 Triggered · Slack · posted
 → メンションなし: 業務時間外に起きました
10:05 📣 Escalated · Slack · the chat refuses: not_in_channel
 → x
10:06 ✅ Resolved · Slack · not posted: the watchdog has reported it",
    );
}

#[test]
fn what_is_not_known_is_said() {
    let tag = Subject::Tag(Tag::pagerduty(4812));
    check(
        &tag,
        &Past::NotKnown,
        "#PD4812 は記録にありません。番号が違うか、toban に届いていないか、90日以上前のものです。",
        "#PD4812 is not in the records: the number is wrong, it never reached toban, or it is over 90 days old.",
    );
    check(
        &Subject::Id(IncidentId("Q2YXK4P7T3M1NC".into())),
        &Past::NotKnown,
        "Q2YXK4P7T3M1NC は記録にありません。番号が違うか、toban に届いていないか、90日以上前のものです。",
        "Q2YXK4P7T3M1NC is not in the records: the number is wrong, it never reached toban, or it is over 90 days old.",
    );
    check(
        &tag,
        &Past::NoAnswer,
        "⚠️ 記録を読めません。少し待って、もう一度試してください。",
        "⚠️ The records cannot be read. Please try again in a moment.",
    );
    check(
        &tag,
        &known("", Vec::new()),
        "#PD4812\n投稿した記録がありません。",
        "#PD4812\nNo message about it is in the records.",
    );
}

#[test]
fn after_the_tenth_they_are_counted() {
    let one = || told("2026-11-26T10:06:00+09:00", EventKind::Annotated, "posted", "");
    let twelve = (0..12).map(|_| one()).collect();
    let Past::Known(past) = known("x", twelve) else { return };
    let listed = |line: &str| format!("{line}\n").repeat(10);
    check(
        &Subject::Tag(Tag::pagerduty(4812)),
        &Past::Known(IncidentPast { has_gaps: true, ..past }),
        &format!(
            "#PD4812 x\n{}… ほか2件\n… 最初と最後の数日だけを調べています。",
            listed("10:06 📝 メモ · Slack · 投稿済み")
        ),
        &format!(
            "#PD4812 x\n{}… and 2 more\n… Only the first and the last days were looked through.",
            listed("10:06 📝 Note · Slack · posted")
        ),
    );
    check(
        &Subject::Tag(Tag::pagerduty(4812)),
        &known("x", (0..10).map(|_| one()).collect()),
        format!("#PD4812 x\n{}", listed("10:06 📝 メモ · Slack · 投稿済み")).trim_end(),
        format!("#PD4812 x\n{}", listed("10:06 📝 Note · Slack · posted")).trim_end(),
    );
}
