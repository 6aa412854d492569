use super::*;
use crate::domain::destination::Destination;
use crate::domain::incident::{IncidentId, Person};
use crate::domain::seen::ThreadLinks;
use crate::domain::text::{Foreign, Link};
use std::collections::BTreeMap;

const HOME: &str = "slack C0APPMON001";

/// On that day of November, at 11:02 in Tokyo.
fn earlier(number: u64, day: u32, end: End, minutes: Option<i64>) -> Earlier {
    let id = IncidentId(format!("Q{number}"));
    Earlier {
        tag: Some(crate::domain::text::Tag::pagerduty(number)),
        id,
        opened_at: format!("2026-11-{day:02}T11:02:00+09:00").parse().expect("an instant"),
        end,
        took: minutes.map(TimeDelta::minutes),
        links: BTreeMap::new(),
    }
}

fn by(name: &str) -> End {
    End::By(Person { id: String::new(), name: Foreign::line(name).expect("a name") })
}

fn linked(note: Option<&str>) -> BTreeMap<Destination, ThreadLinks> {
    let link = |text| Link::parse(text).expect("a link");
    let (thread, note) = (link("https://x.slack.com/p1"), note.map(link));
    [(Destination::Primary, ThreadLinks { home: HOME.into(), thread, note })].into()
}

fn now() -> DateTime<Tz> {
    "2026-11-24T15:00:00+09:00".parse::<DateTime<Utc>>().expect("an instant").with_timezone(&chrono_tz::Asia::Tokyo)
}

/// The line in the primary chat, in both languages; nothing is said if it is empty.
#[track_caller]
fn check(earlier: &[Earlier], ja: &str, en: &str) {
    let ignored = Ignored::new(["ダミー"]);
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let line = line(Seen::at(earlier, Destination::Primary, HOME), &ignored, language, &now());
        assert_eq!(line.map(|line| line.plain()).unwrap_or_default(), expected);
    }
}

#[test]
fn how_often_and_what_became_of_the_last_one() {
    check(&[], "", "");
    let last = |end, minutes| [earlier(4800, 12, end, minutes), earlier(4700, 2, End::ByItself, Some(1))];
    for (end, minutes, ja, en) in [
        (by("鈴木"), Some(23), "前回 11/12 鈴木 が23分で解決", "last 11/12, resolved by 鈴木 in 23 min"),
        (by("鈴木"), None, "前回 11/12 鈴木 が解決", "last 11/12, resolved by 鈴木"),
        (End::ByItself, Some(23), "前回 11/12 23分後に自動で解決", "last 11/12, resolved by itself in 23 min"),
        (End::NotSaid, Some(23), "前回 11/12 23分で解決", "last 11/12, resolved in 23 min"),
        (End::NotSaid, None, "前回 11/12 解決", "last 11/12, resolved"),
        (by("ダミー"), Some(23), "前回 11/12 23分で解決", "last 11/12, resolved in 23 min"),
        (End::NotYet, None, "前回 11/12 から未解決", "last 11/12, still open"),
    ] {
        check(&last(end, minutes), &format!("🕘 90日で3回目 · {ja}"), &format!("🕘 3rd in 90 days · {en}"));
    }
    check(
        &[earlier(4800, 24, by("鈴木"), Some(23))],
        "🕘 90日で2回目 · 前回 11:02 鈴木 が23分で解決",
        "🕘 2nd in 90 days · last 11:02, resolved by 鈴木 in 23 min",
    );
    let many = |count| (0..count).map(|nth| earlier(nth, 12, by("鈴木"), Some(23))).collect::<Vec<_>>();
    check(
        &many(19),
        "🕘 90日で20回目 · 前回 11/12 鈴木 が23分で解決",
        "🕘 20th in 90 days · last 11/12, resolved by 鈴木 in 23 min",
    );
    check(
        &many(20),
        "🕘 90日で20回以上 · 前回 11/12 鈴木 が23分で解決",
        "🕘 20 times or more in 90 days · last 11/12, resolved by 鈴木 in 23 min",
    );
}

#[test]
fn what_always_ends_soon_by_itself_is_told_as_that() {
    let soon = |nth| earlier(nth, 12, End::ByItself, Some(5));
    let all = (1..8).map(soon).collect::<Vec<_>>();
    check(
        &all,
        "🕘 90日で8回目 · これまで毎回5分以内に自動で解決",
        "🕘 8th in 90 days · always closed by itself within 5 min",
    );
    // Of those before the ones that are looked at nobody knows.
    let many = |count| (1..=count).map(soon).collect::<Vec<_>>();
    check(
        &many(19),
        "🕘 90日で20回目 · これまで毎回5分以内に自動で解決",
        "🕘 20th in 90 days · always closed by itself within 5 min",
    );
    check(
        &many(20),
        "🕘 90日で20回以上 · 直近20回は毎回5分以内に自動で解決",
        "🕘 20 times or more in 90 days · the last 20 closed by themselves within 5 min",
    );
    for other in [
        earlier(9, 2, End::ByItself, Some(6)),
        earlier(9, 2, End::ByItself, None),
        earlier(9, 2, End::NotSaid, Some(1)),
        earlier(9, 2, by("鈴木"), Some(1)),
    ] {
        check(
            &[soon(1), other],
            "🕘 90日で3回目 · 前回 11/12 5分後に自動で解決",
            "🕘 3rd in 90 days · last 11/12, resolved by itself in 5 min",
        );
    }
    check(
        &[soon(1)],
        "🕘 90日で2回目 · 前回 11/12 5分後に自動で解決",
        "🕘 2nd in 90 days · last 11/12, resolved by itself in 5 min",
    );
}

/// They open in the chat and the channel in which they are, and are shown nowhere else.
#[test]
fn thread_and_note_are_linked_where_they_are() {
    let last = |note| Earlier { links: linked(note), ..earlier(4800, 12, by("鈴木"), Some(23)) };
    check(
        &[last(None)],
        "🕘 90日で2回目 · 前回 11/12 鈴木 が23分で解決 · スレッド https://x.slack.com/p1",
        "🕘 2nd in 90 days · last 11/12, resolved by 鈴木 in 23 min · thread https://x.slack.com/p1",
    );
    let both = [last(Some("https://x.slack.com/p2")), last(None)];
    check(
        &both,
        "🕘 90日で3回目 · 前回 11/12 鈴木 が23分で解決 · スレッド https://x.slack.com/p1 · 対応メモ https://x.slack.com/p2",
        "🕘 3rd in 90 days · last 11/12, resolved by 鈴木 in 23 min · thread https://x.slack.com/p1 · note https://x.slack.com/p2",
    );
    for (place, home, expected) in [
        (Destination::Primary, HOME, true),
        (Destination::Primary, "slack C0OTHER0001", false),
        (Destination::Primary, "typetalk C0APPMON001", false),
        (Destination::Backup, HOME, false),
    ] {
        assert_eq!(Seen::at(&both, place, home).links.is_some(), expected, "{place:?} {home}");
    }
}

#[test]
fn earlier_ones_are_listed_with_their_tags() {
    let untagged = Earlier { tag: None, ..earlier(4700, 2, End::ByItself, Some(3)) };
    let some = [earlier(4800, 12, by("鈴木"), Some(23)), untagged];
    let text = |earlier: Option<&[Earlier]>, language| {
        let lines: Vec<_> = list(earlier, &Ignored::default(), language, &now()).iter().map(Line::plain).collect();
        lines.join("\n")
    };
    let both = |earlier| [Language::Japanese, Language::English].map(|language| text(earlier, language));
    assert_eq!(
        both(Some(&some)),
        [
            "🕘 同じアラート (90日):\n11/12 #PD4800 鈴木 が23分で解決\n11/2 3分後に自動で解決",
            "🕘 The same alert (90 days):\n11/12 #PD4800 resolved by 鈴木 in 23 min\n11/2 resolved by itself in 3 min",
        ]
    );
    assert_eq!(both(Some(&[])), ["", ""]);
    assert_eq!(
        both(None),
        [
            "⚠️ 同じアラートが前にあったかは、記録を読めないため分かりません。",
            "⚠️ The records cannot be read, so whether the same alert was there before is not known.",
        ]
    );
    let many = vec![some[0].clone(); MOST];
    assert!(text(Some(&many), Language::English).ends_with("\n… and earlier ones."));
}
