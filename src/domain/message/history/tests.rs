use super::*;
use crate::domain::few::Few;
use crate::domain::incident::IncidentId;
use crate::domain::seen::{Earlier, End};
use crate::domain::text::Tag;

fn text(text: &str) -> Foreign {
    Foreign::line(text).expect("it is visible")
}

fn person(id: &str, name: &str) -> Person {
    Person { id: id.into(), name: text(name) }
}

fn step(at: &str, what: EventKind, who: Who) -> Step {
    let at = format!("2026-11-{at}+09:00").parse().expect("an instant");
    Step { at, what, who, to: Few::default() }
}

fn by(name: &str) -> Who {
    Who::Person(person("", name))
}

fn of(steps: Vec<Step>) -> History {
    History {
        id: IncidentId("Q2YXK4P7T3M1NC".into()),
        tag: Some(Tag::pagerduty(4812)),
        title: Foreign::line("HTTP 5xx が 5% を超えています"),
        service: Foreign::line("Backlogアプリ"),
        state: Some(State::Resolved),
        steps,
        has_gaps: false,
    }
}

/// The whole text in both languages, on the afternoon of the 26th in Tokyo, where the dummy user is no person.
#[track_caller]
fn check(past: &History, ja: &str, en: &str) {
    let now = "2026-11-26T15:00:00+09:00".parse::<DateTime<Utc>>().expect("an instant");
    let now = now.with_timezone(&chrono_tz::Asia::Tokyo);
    let ignored = Ignored::new(["PDUMMY1"]);
    let subject = Subject::Tag(Tag::pagerduty(4812));
    let found = LookedUp::Known { history: past.clone(), earlier: Some(Vec::new()) };
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let lines: Vec<_> = history(&subject, &found, &ignored, language, &now).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

const NOT_HERE: [&str; 2] = [
    "ここにあるのは toban が伝えたことだけです。メモの文章、チャットでのやりとり、作業の内容は記録していません。",
    "This is what toban told. The text of notes, what people wrote in the chat and what they did elsewhere are not recorded.",
];

#[test]
fn people_are_the_subject_of_what_they_did() {
    let to = |step: Step, to: Vec<Person>| Step { to: to.into(), ..step };
    let past = of(vec![
        step("12T11:02:00", EventKind::Triggered, Who::Nobody),
        step("12T11:05:00", EventKind::Acknowledged, by("佐藤 健")),
        step("12T11:06:00", EventKind::Taken, by("佐藤 健")),
        to(step("12T11:15:00", EventKind::Escalated, Who::Nobody), vec![person("PTAKA01", "高橋 誠")]),
        to(
            step("12T11:16:00", EventKind::Reassigned, by("高橋 誠")),
            vec![person("PDUMMY1", "ダミー"), person("PSUZU01", "鈴木 彩")],
        ),
        step("12T11:20:00", EventKind::Annotated, by("鈴木 彩")),
        step("12T11:40:00", EventKind::Resolved, by("鈴木 彩")),
        step("13T00:10:00", EventKind::Reopened, Who::Nobody),
        step("13T00:12:00", EventKind::Acknowledged, Who::Person(person("PDUMMY1", "ダミー"))),
        step("13T00:40:00", EventKind::Resolved, Who::Nobody),
        step("13T00:41:00", EventKind::Other(text("incident.later")), Who::Nobody),
    ]);
    let [ja, en] = NOT_HERE;
    check(
        &past,
        &format!(
            "#PD4812 HTTP 5xx が 5% を超えています
Backlogアプリ
11/12 11:02 🔥 発生
11:05 👀 佐藤 健 が対応開始
11:06 👀 佐藤 健 が対応します
11:15 📣 自動で 高橋 誠 にエスカレーション
11:16 👉 高橋 誠 が 鈴木 彩 に担当変更
11:20 📝 鈴木 彩: メモ
11:40 ✅ 鈴木 彩 が解決 (38分)
11/13 00:10 🔥 自動で再オープン
00:12 👀 対応開始
00:40 ✅ 自動で解決 (30分)
00:41 ℹ️ その他の通知 (incident.later)
{ja}"
        ),
        &format!(
            "#PD4812 HTTP 5xx が 5% を超えています
Backlogアプリ
11/12 11:02 🔥 Triggered
11:05 👀 佐藤 健 acknowledged
11:06 👀 佐藤 健 is on it
11:15 📣 escalated to 高橋 誠
11:16 👉 高橋 誠 reassigned to 鈴木 彩
11:20 📝 鈴木 彩: note
11:40 ✅ 鈴木 彩 resolved (38 min)
11/13 00:10 🔥 reopened by itself
00:12 👀 acknowledged
00:40 ✅ resolved by itself (30 min)
00:41 ℹ️ Other event (incident.later)
{en}"
        ),
    );
}

#[test]
fn what_is_not_known_is_said() {
    let [ja, en] = NOT_HERE;
    let past = History { service: None, state: Some(State::Acknowledged), has_gaps: true, ..of(Vec::new()) };
    check(
        &past,
        &format!(
            "#PD4812 HTTP 5xx が 5% を超えています
投稿した記録がありません。
まだ解決していません。
… 日数が多いため、最初と最後の数日だけを調べています。
{ja}"
        ),
        &format!(
            "#PD4812 HTTP 5xx が 5% を超えています
No message about it is in the records.
It is not resolved yet.
… There are too many days: only the first and the last ones were looked through.
{en}"
        ),
    );
    let steps = vec![
        step("24T11:02:01", EventKind::Triggered, Who::NotKept),
        step("24T11:40:01", EventKind::Resolved, Who::NotKept),
    ];
    check(
        &History { tag: None, title: None, service: None, state: None, ..of(steps) },
        &format!(
            "11/24 11:02 🔥 発生
11:40 ✅ 解決 (38分)
以前の版が投稿したものは、誰がしたかが残っておらず、時刻は投稿した時刻です。
{ja}"
        ),
        &format!(
            "11/24 11:02 🔥 Triggered
11:40 ✅ resolved (38 min)
An earlier version did not keep who did something; the time is that of its message.
{en}"
        ),
    );
}

#[test]
fn of_many_steps_the_last_one_stays() {
    for (notes, left_out) in [(18, None), (19, Some("… ほか1件")), (100, Some("… ほか82件"))] {
        let notes = (0..notes).map(|nth| step(&format!("24T11:03:{:02}", nth % 60), EventKind::Annotated, by("佐藤")));
        let mut steps = vec![step("24T11:02:00", EventKind::Triggered, Who::Nobody)];
        steps.extend(notes);
        steps.push(step("24T11:40:00", EventKind::Resolved, by("佐藤")));
        let lines = what_was_done(&of(steps), &Ignored::default(), Language::Japanese, chrono_tz::Asia::Tokyo);
        let lines: Vec<_> = lines.iter().map(Line::plain).collect();
        assert_eq!(lines.last().map(String::as_str), Some("11:40 ✅ 佐藤 が解決 (38分)"));
        assert_eq!(lines.get(19).filter(|_| lines.len() > 20).map(String::as_str), left_out);
    }
}

#[test]
fn what_is_found_of_an_incident_ends_with_earlier_ones() {
    let now = "2026-11-26T15:00:00+09:00".parse::<DateTime<Utc>>().expect("an instant");
    let now = now.with_timezone(&chrono_tz::Asia::Tokyo);
    let subject = Subject::Tag(Tag::pagerduty(4812));
    let text = |found: &LookedUp| {
        let lines = history(&subject, found, &Ignored::default(), Language::Japanese, &now);
        lines.iter().map(Line::plain).collect::<Vec<_>>().join("\n")
    };
    let earlier = Earlier {
        id: IncidentId("Q1".into()),
        tag: Some(Tag::pagerduty(4800)),
        opened_at: "2026-11-12T02:02:00Z".parse().expect("an instant"),
        end: End::By(person("PSUZU01", "鈴木 彩")),
        took: Some(chrono::TimeDelta::minutes(23)),
        links: std::collections::BTreeMap::new(),
    };
    let past = of(vec![step("24T11:02:00", EventKind::Triggered, Who::Nobody)]);
    let above = format!("#PD4812 HTTP 5xx が 5% を超えています\nBacklogアプリ\n11/24 11:02 🔥 発生\n{}", NOT_HERE[0]);
    for (earlier, below) in [
        (Some(vec![]), ""),
        (Some(vec![earlier]), "\n\n🕘 同じアラート (90日):\n11/12 #PD4800 鈴木 彩 が23分で解決"),
        (None, "\n\n⚠️ 同じアラートが前にあったかは、記録を読めないため分かりません。"),
    ] {
        assert_eq!(text(&LookedUp::Known { history: past.clone(), earlier }), format!("{above}{below}"));
    }
    assert_eq!(
        text(&LookedUp::NotKnown),
        "#PD4812 は記録にありません。番号が違うか、toban に届いていないか、90日以上前のものです。"
    );
    assert_eq!(text(&LookedUp::NoAnswer), "⚠️ 記録を読めません。少し待って、もう一度試してください。");
}
