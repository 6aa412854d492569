//! The daily check.

use super::super::daily_check::{Extent, Wrong, message};
use super::*;

fn wrong(topic: &str, said: &str) -> Wrong {
    Wrong { topic: topic.into(), text: text(said), link: None }
}

#[track_caller]
fn check(wrong: &[Wrong], extent: Extent, notice: Option<Notice>, expected: [&str; 2]) {
    for (language, expected) in LANGUAGES.into_iter().zip(expected) {
        let message = message(wrong, extent, notice, language);
        let lines: Vec<_> = message.lines.iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
        assert_eq!(message.to, None, "it mentions nobody");
    }
}

#[test]
fn what_is_wrong_has_a_line_each() {
    let link = Link::parse("https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0&range=B14");
    let cell =
        Wrong { link, ..wrong("rotation", "12/2(水): rotation!B14 が空です。名前を書いてください") };
    check(
        std::slice::from_ref(&cell),
        Extent::Whole,
        None,
        [
            "🔎 toban の朝の点検: 直すところが1件あります。\n\
             ✗ rotation: 12/2(水): rotation!B14 が空です。名前を書いてください · 開く \
             https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0&range=B14",
            "🔎 toban's daily check: one thing is wrong.\n\
             ✗ rotation: 12/2(水): rotation!B14 が空です。名前を書いてください · open \
             https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0&range=B14",
        ],
    );
    check(
        &[wrong("settings", "CHAT_NAMES is odd"), wrong("slack", "nobody has the ID of <!channel> *x*")],
        Extent::Part,
        Some(Notice::PrimaryFailed),
        [
            "🔎 toban の朝の点検: 直すところが2件あります。\n\
             ✗ settings: CHAT_NAMES is odd\n\
             ✗ slack: nobody has the ID of <!channel> *x*\n\
             ⏳ 時間内に応答がなく、調べきれていないものがあります。`toban check` で確認してください。\n\
             ⚠️ 主チャットに投稿できなかったため、こちらに投稿しています。",
            "🔎 toban's daily check: 2 things are wrong.\n\
             ✗ settings: CHAT_NAMES is odd\n\
             ✗ slack: nobody has the ID of <!channel> *x*\n\
             ⏳ Something did not answer in time and is not checked: `toban check` waits longer.\n\
             ⚠️ Posted here because the primary chat did not take it.",
        ],
    );
}

#[test]
fn after_the_tenth_they_are_counted() {
    for (number, more) in [(10, None), (11, Some(1)), (43, Some(33))] {
        let all: Vec<_> = (1..=number).map(|nth| wrong("rotation", &format!("row {nth}"))).collect();
        let list = (1..=10).map(|nth| format!("\n✗ rotation: row {nth}")).collect::<String>();
        let said = |more: Option<i32>, before: &str, after: &str| {
            more.map(|more| format!("\n{before}{more}{after}")).unwrap_or_default()
        };
        check(
            &all,
            Extent::Whole,
            None,
            [
                &format!(
                    "🔎 toban の朝の点検: 直すところが{number}件あります。{list}{}",
                    said(more, "… ほか", "件。すべては `toban check` で分かります。")
                ),
                &format!(
                    "🔎 toban's daily check: {number} things are wrong.{list}{}",
                    said(more, "… and ", " more: `toban check` says all of it.")
                ),
            ],
        );
    }
}
