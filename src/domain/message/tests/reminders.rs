//! The two daily reminders.

use super::reminder::{Context, explanation, message};
use super::*;
use crate::domain::member::{Handle, Mentionee};
use crate::domain::reminder::{Carried, News, Plan, Reminder, Standing};
use crate::domain::rotation::Coverage;

fn plan(reminder: Reminder) -> Plan {
    let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
    let about = match reminder {
        Reminder::Morning => date(24),
        Reminder::Evening => date(25),
    };
    Plan { reminder, on: date(24), about, since: date(20), until: "17:00".into(), late: None }
}

fn on_call() -> Coverage {
    let sato = Mentionee { name: text("佐藤"), handle: Handle::typetalk("sato").expect("a name") };
    let row = CellRef { tab: Tab::named("シフト"), row: 27, column: 2 };
    Coverage::OnCall { people: vec![sato], findings: Vec::new(), row }
}

/// The whole text in both languages, of a reminder to 佐藤.
#[track_caller]
fn check(lines: impl Fn(Context<'_>) -> Vec<Line>, ja: &str, en: &str) {
    let coverage = on_call();
    for (language, expected) in LANGUAGES.into_iter().zip([ja, en]) {
        let context = Context {
            language,
            coverage: &coverage,
            findings: &[],
            news: None,
            rotation_read_at: None,
            manual: None,
            checklist: None,
            notice: None,
        };
        let lines: Vec<_> = lines(context).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

const MORNING: [&str; 2] = [
    "☀️ 今日 11/24(火) の当番です (17:00 まで)。よろしくお願いします。",
    "☀️ You are on call today, Tue Nov 24, until 17:00.",
];

#[test]
fn whoever_is_on_call_is_told_who_else_is_not_known() {
    for (wrong, [ja, en]) in [
        (0, [""; 2]),
        (
            2,
            [
                "\n⚠️ シフト!A27 の「山田」は誰のことか分かりません、シフト!B27 の「山田」は誰のことか分かりません",
                "\n⚠️ シフト!A27 '山田' is nobody we know, シフト!B27 '山田' is nobody we know",
            ],
        ),
    ] {
        let findings: Vec<_> = (1..=wrong).map(unknown).collect();
        check(
            |context| {
                let context = Context { findings: &findings, ..context };
                message(&plan(Reminder::Morning), context, at("10:00:00")).lines
            },
            &format!("{}{ja}", MORNING[0]),
            &format!("{}{en}", MORNING[1]),
        );
    }
}

#[test]
fn after_the_twentieth_open_incident_they_are_counted() {
    for (count, [ja, en]) in [
        (20, [""; 2]),
        (21, ["\n… ほか1件", "\n… and 1 more"]),
        (22, ["\n… ほか2件", "\n… and 2 more"]),
        (65, ["\n… ほか45件", "\n… and 45 more"]),
    ] {
        let one = |number| Carried {
            id: IncidentId(format!("Q{number}")),
            tag: Some(Tag::pagerduty(number)),
            title: Foreign::line("x"),
            standing: Standing::Open { since: at("15:00:00") },
        };
        let news = News { open: (1..=count).map(one).collect(), ..News::default() };
        let listed = |age: &str| (1..=20).map(|number| format!("\n• #PD{number} x — {age}")).collect::<String>();
        check(
            |context| message(&plan(Reminder::Evening), Context { news: Some(&news), ..context }, at("17:00:00")).lines,
            &format!(
                "🌙 11/25(水) の当番です。準備をお願いします。\n🔓 未解決のインシデント ({count}件):{}{ja}",
                listed("未対応 (2時間)")
            ),
            &format!(
                "🌙 You are on call on Wed Nov 25. Please get ready.\n🔓 Open incidents ({count}):{}{en}",
                listed("open for 2 h")
            ),
        );
    }
}

#[test]
fn a_copy_that_is_older_than_an_hour_says_its_age() {
    let copy = [
        "\n⚠️ 当番表を読めないため、1時間前の写しを使っています。",
        "\n⚠️ The rotation cannot be read; this uses a copy from 1 h ago.",
    ];
    for (read_at, [ja, en]) in [("09:00:01", [""; 2]), ("09:00:00", [""; 2]), ("08:59:59", copy)] {
        check(
            |context| {
                let context = Context { rotation_read_at: Some(at(read_at)), ..context };
                message(&plan(Reminder::Morning), context, at("10:00:00")).lines
            },
            &format!("{}{ja}", MORNING[0]),
            &format!("{}{en}", MORNING[1]),
        );
    }
}

#[test]
fn the_reason_of_a_reminder_is_one_sentence() {
    let gap = Coverage::Gap { findings: vec![unknown(2)] };
    for (reminder, coverage, posted, ja, en) in [
        (
            Reminder::Morning,
            on_call(),
            "10:00:00",
            "今日 11/24(火) の当番にメンション: 営業日の始まりのお知らせです · 投稿 11/24(火) 10:00:00 (業務時間内) \
             · 当番表 シフト!B27 · 当番表は5分前に読み取り",
            "on-call of today, Tue Nov 24, mentioned: a working day begins · posted Tue Nov 24 10:00:00 (working hours) \
             · rotation シフト!B27 · rotation read 5 min ago",
        ),
        (
            Reminder::Evening,
            gap,
            "17:00:00",
            "代わりの宛先にメンション: 11/25(水) の当番が分かりません · 投稿 11/24(火) 17:00:00 (業務時間外)",
            "fallback mentioned: the on-call of Wed Nov 25 is not known · posted Tue Nov 24 17:00:00 (outside hours)",
        ),
    ] {
        let read_at = Some(at(posted) - TimeDelta::minutes(5));
        let posted = calendar().at(at(posted));
        let plan = plan(reminder);
        check(|context| vec![explanation(&plan, &coverage, read_at, &posted, context.language)], ja, en);
    }
}
