use super::*;
use crate::chat::{Access, ChannelId, Chat, slack};
use crate::domain::message::Message;
use crate::domain::text::Tag;

fn person(name: &str) -> Person {
    Person { id: String::new(), name: Foreign::line(name).expect("a name") }
}

fn people(names: &[&str]) -> Few<Person> {
    names.iter().map(|name| person(name)).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// An incident of which nothing is said but its number, its title and when it began.
fn incident(number: u64, title: &str, opened_at: &str) -> OpenIncident {
    OpenIncident {
        tag: Some(Tag::pagerduty(number)),
        title: Foreign::line(title),
        opened_at: at(opened_at),
        state: State::Triggered,
        takers: Few::default(),
        holders: Few::default(),
        sre_at: None,
    }
}

/// The whole text in both languages, at 11:10 in Tokyo.
#[track_caller]
fn check(incidents: Option<&[OpenIncident]>, ja: &str, en: &str) {
    let now = at("2026-11-26T11:10:00+09:00").with_timezone(&chrono_tz::Asia::Tokyo);
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let lines: Vec<_> = open(incidents, language, &now).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

#[test]
fn each_incident_has_two_lines() {
    let taken = OpenIncident {
        takers: people(&["佐藤"]),
        ..incident(4830, "ディスク使用率", "2026-11-24T09:00:00+09:00")
    };
    let new = OpenIncident {
        sre_at: Some(at("2026-11-26T11:32:00+09:00")),
        ..incident(4841, "HTTP 5xx", "2026-11-26T11:02:00+09:00")
    };
    check(
        Some(&[taken, new]),
        "🔓 未解決 2件
#PD4830 ディスク使用率
 2日 · 佐藤 が対応中
#PD4841 HTTP 5xx
 8分 · 対応者なし · SRE 11:32",
        "🔓 2 open
#PD4830 ディスク使用率
 2 d · 佐藤 is on it
#PD4841 HTTP 5xx
 8 min · nobody · SRE 11:32",
    );
}

#[test]
fn none_and_no_answer_are_not_the_same() {
    check(Some(&[]), "未解決のインシデントはありません。", "No open incidents.");
    check(
        None,
        "⚠️ 記録を読めないため、未解決のインシデントが分かりません。アラートのチャンネルを確認してください。",
        "⚠️ The records cannot be read, so what is open is not known. Please look in the channel of the alerts.",
    );
}

/// The second line of an incident that is not resolved.
#[track_caller]
fn check_state(change: impl FnOnce(OpenIncident) -> OpenIncident, ja: &str, en: &str) {
    let changed = change(incident(1, "x", "2026-11-26T11:02:00+09:00"));
    let heading = ["🔓 未解決 1件\n#PD1 x\n ", "🔓 1 open\n#PD1 x\n "];
    check(Some(&[changed]), &format!("{}{ja}", heading[0]), &format!("{}{en}", heading[1]));
}

#[test]
fn it_says_who_works_on_it() {
    let held = |state, takers: &[&str], holders: &[&str]| {
        let (takers, holders) = (people(takers), people(holders));
        move |incident| OpenIncident { state, takers, holders, ..incident }
    };
    use State::{Acknowledged, Triggered};
    check_state(held(Triggered, &[], &["山田"]), "8分 · 対応者なし · 担当 山田", "8 min · nobody · assigned to 山田");
    check_state(held(Acknowledged, &[], &["山田"]), "8分 · 山田 が対応中", "8 min · 山田 is on it");
    check_state(held(Acknowledged, &["佐藤"], &["佐藤"]), "8分 · 佐藤 が対応中", "8 min · 佐藤 is on it");
    check_state(held(Acknowledged, &["佐藤"], &["山田"]), "8分 · 佐藤・山田 が対応中", "8 min · 佐藤, 山田 are on it");
    check_state(held(Acknowledged, &[], &[]), "8分 · 対応者なし", "8 min · nobody");
    let many: Vec<_> = (1..=12).map(|number| format!("P{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    check_state(
        held(Triggered, &many, &[]),
        "8分 · P1・P2・P3・P4・P5・P6・P7・P8・P9・P10・ほか2名 が対応中",
        "8 min · P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, and 2 more are on it",
    );
}

#[test]
fn everybody_who_works_on_it_is_counted() {
    let names = |prefix: &str, count: u32| -> Few<Person> {
        (1..=count).map(|number| person(&format!("{prefix}{number}"))).collect()
    };
    let held = |takers: u32, holders: u32| {
        let (takers, holders) = (names("P", takers), names("Q", holders));
        move |incident| OpenIncident { state: State::Acknowledged, takers, holders, ..incident }
    };
    for (takers, holders, more) in [(8, 5, 3), (20, 0, 10), (20, 11, 21)] {
        let shown = |and: &str| {
            let names = (1..=takers.min(10)).map(|number| format!("P{number}"));
            names.chain((1..=2).map(|number| format!("Q{number}"))).take(10).collect::<Vec<_>>().join(and)
        };
        check_state(
            held(takers, holders),
            &format!("8分 · {}・ほか{more}名 が対応中", shown("・")),
            &format!("8 min · {}, and {more} more are on it", shown(", ")),
        );
    }
}

#[test]
fn it_says_since_when_and_until_when() {
    let opened = |text: &str| {
        let opened_at = at(text);
        move |incident| OpenIncident { opened_at, ..incident }
    };
    check_state(opened("2026-11-26T10:10:00+09:00"), "1時間 · 対応者なし", "1 h · nobody");
    check_state(opened("2026-11-26T09:15:00+09:00"), "1時間 · 対応者なし", "1 h · nobody");
    check_state(opened("2026-11-26T11:09:59+09:00"), "1分 · 対応者なし", "1 min · nobody");
    check_state(opened("2026-11-26T11:10:30+09:00"), "1分 · 対応者なし", "1 min · nobody");
    let sre = |text: &str| {
        let sre_at = Some(at(text));
        move |incident| OpenIncident { sre_at, ..incident }
    };
    check_state(
        sre("2026-11-27T09:00:00+09:00"),
        "8分 · 対応者なし · SRE 11/27 09:00",
        "8 min · nobody · SRE 11/27 09:00",
    );
    check_state(sre("2026-11-26T11:10:00+09:00"), "8分 · 対応者なし", "8 min · nobody");
}

#[test]
fn after_the_tenth_they_are_counted() {
    let twelve: Vec<_> = (1..=12).map(|number| incident(number, "x", "2026-11-26T11:02:00+09:00")).collect();
    let listed = |state: &str| (1..=10).map(|number| format!("#PD{number} x\n {state}\n")).collect::<String>();
    check(
        Some(&twelve),
        &format!("🔓 未解決 12件\n{}… ほか2件", listed("8分 · 対応者なし")),
        &format!("🔓 12 open\n{}… and 2 more", listed("8 min · nobody")),
    );
    check(
        Some(&twelve[..10]),
        format!("🔓 未解決 10件\n{}", listed("8分 · 対応者なし")).trim_end(),
        format!("🔓 10 open\n{}", listed("8 min · nobody")).trim_end(),
    );
}

#[test]
fn a_title_is_cut_to_a_phones_width() {
    for (title, expected) in [
        ("ディスク使用率が 90% を超えています (db-1)", "ディスク使用率が 90% を超えています…"),
        ("HTTP 5xx errors are above five percent of all", "HTTP 5xx errors are above five perce…"),
        ("<!channel> *now* @here", "<!channel> *now* @here"),
    ] {
        let one = incident(1, title, "2026-11-26T11:02:00+09:00");
        check(
            Some(&[one]),
            &format!("🔓 未解決 1件\n#PD1 {expected}\n 8分 · 対応者なし"),
            &format!("🔓 1 open\n#PD1 {expected}\n 8 min · nobody"),
        );
    }
    let bare = OpenIncident { tag: None, title: None, ..incident(1, "x", "2026-11-26T11:02:00+09:00") };
    check(Some(&[bare]), "🔓 未解決 1件\n(件名なし)\n 8分 · 対応者なし", "🔓 1 open\n(no title)\n 8 min · nobody");
}

#[test]
fn nothing_from_outside_means_anything_to_slack() {
    let hostile = OpenIncident {
        takers: people(&["<@U0SATO0001>", "@here *"]),
        ..incident(1, "<!channel> #PD2 *now* :fire: `", "2026-11-26T11:02:00+09:00")
    };
    let now = at("2026-11-26T11:10:00+09:00").with_timezone(&chrono_tz::Asia::Tokyo);
    let lines = open(Some(&[hostile]), Language::Japanese, &now);
    let client = crate::net::http::client().expect("a client");
    let chat = Chat::new(&slack::BOT, Access::none(client), ChannelId(String::new()), None);
    let written = chat.write(&Message::new(None, lines));
    assert_eq!(
        written.text,
        "🔓 未解決 1件
#PD1 &lt;!channel&gt; ＃PD2 ∗now∗ ∶fire∶ ˋ
 8分 · &lt;＠U0SATO0001&gt;・＠here * が対応中"
    );
    assert!(!written.pings);
}
