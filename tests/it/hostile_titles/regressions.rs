//! Regressions: what a title or a name could once do, each in the chats where it could.

use super::posts::{Target, bodies};
use super::{MARK, json, now, page};
use crate::conversations::inline::Inline;
use crate::kit::mattermost;
use crate::running::changed;

/// The message about an incident with this title, which is JSON.
async fn posted(target: &Target, title: &str) -> String {
    let [first, ..] = bodies(4_812, title, "\"x\"");
    assert_eq!(Inline::of(&target.settings()).signed(&first, now()).await, 202);
    target.read().text
}

/// A title cut in the middle of an emoji, as senders that count UTF-16 units cut it, is valid JSON. The rest of it is
/// worth reading.
#[tokio::test]
async fn half_a_surrogate_pair_does_not_lose_the_title() {
    for target in Target::all().await {
        for half in [r"\ud83d", r"\udd25", r"\ud83d x"] {
            let text = posted(&target, &format!("\"{MARK} HTTP 5xx {half}\"")).await;
            assert!(text.contains(MARK), "{}, {half}: {text}", target.name());
        }
    }
}

/// Mattermost reads Markdown: no link of a title may show anything but its URL, and no picture may be loaded.
#[tokio::test]
async fn no_link_has_a_label_of_a_title_and_no_picture_is_loaded() {
    for target in Target::all().await {
        for title in [
            "[sato](https://evil.example) x",
            "![x](https://evil.example/p.png)",
            "[@all](https://evil.example \"x\")",
            "<https://evil.example|@sato>",
        ] {
            let [first, ..] = bodies(4_812, &json(title), "\"x\"");
            assert_eq!(Inline::of(&target.settings()).signed(&first, now()).await, 202);
            let read = target.read();
            assert_eq!(read.dressed, [""; 0], "{}: {}", target.name(), read.text);
        }
    }
}

/// What opens a runbook's link is people's word for it. It neither ends its link early nor begins another one.
#[tokio::test]
async fn a_runbook_may_be_called_anything() {
    for (name, shown) in [
        ("a](https://evil.example) [b", "a］(https://evil.example) ［b"),
        ("a|b>c <https://evil.example|d>", "a｜b&gt;c &lt;https://evil.example｜d&gt;"),
        ("*a* :fire: @here #PD1", "∗a∗ ∶fire∶ ＠here ＃PD1"),
    ] {
        for target in Target::all().await {
            let file = std::env::temp_dir().join(format!("toban-runbooks-{}.csv", std::process::id()));
            let row = format!("\"{name}\",https://wiki.example.com/a_(b)?c=1&d");
            std::fs::write(&file, format!("pattern,meaning,workaround,link\nx,,{row}\n")).expect("a file");
            let relay = Inline::of(&target.settings().with("RUNBOOKS_FILE", &file.to_string_lossy()));
            let [first, ..] = bodies(4_812, &json("x"), "\"x\"");
            assert_eq!(relay.signed(&first, now()).await, 202);
            let read = target.read();
            let line = match target {
                Target::SlackBot(_) => format!("手順: <https://wiki.example.com/a_(b)?c=1&amp;d|{shown} ↗> · "),
                Target::SlackWebhook(_) | Target::Mattermost(_) => {
                    format!("手順: <https://wiki.example.com/a_%28b%29?c=1&amp;d|{shown} ↗> · ")
                }
                Target::Typetalk(_) => "手順: ".to_owned(),
            };
            assert!(read.text.contains(&line), "{}: {}", target.name(), read.text);
            assert_eq!(read.pings, target.pair(), "{}", read.text);
            std::fs::remove_file(&file).expect("it is there");
        }
    }
}

/// `:fire` is no emoji, but whoever is called so says something after a colon.
#[tokio::test]
async fn a_name_before_a_colon_is_no_emoji() {
    let [slack, ..] = Target::all().await;
    let relay = Inline::of(&slack.settings());
    let [first, ..] = bodies(4_812, &json("x"), "\"x\"");
    assert_eq!(relay.signed(&first, now()).await, 202);
    slack.read();
    for (name, shown) in [("on :fire", "on ∶fire"), (":100", "∶100"), ("at 10:30", "at 10:30"), ("a:b c", "a:b c")]
    {
        let note = changed("v3/incident.annotated.json", |body| {
            let event = &mut body["event"];
            event["id"] = name.into();
            event["agent"]["summary"] = name.into();
            event["data"]["incident"]["id"] = "QHOSTILE004812".into();
            event["data"]["content"] = "ok".into();
        });
        assert_eq!(relay.signed(&note, now()).await, 202);
        let read = slack.read();
        assert!(read.text.contains(&format!("{shown}: ")), "{}", read.text);
        assert_eq!(read.dressed, [""; 0], "{}", read.text);
    }
}

/// A title without visible characters counts as missing.
#[tokio::test]
async fn an_invisible_title_counts_as_missing() {
    let [slack, ..] = Target::all().await;
    let mut wrong = Vec::new();
    for title in [
        "\u{200D}",
        "\u{2800}",
        "\u{FE0F}",
        "\u{180B}",
        "\u{1D159}",
        "\u{1D173}",
        "\u{1BCA0}",
        "\u{E0100}",
        "\u{200D} \u{FE0F} \u{2800}",
    ] {
        let text = posted(&slack, &json(title)).await;
        wrong.extend((!text.contains("#PD4812 (件名なし)\n")).then(|| format!("{title:?}: {text:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A service's name, and in Japanese the name of who did it, begin a line. On Mattermost that line could become a list's,
/// or open a fence that takes the rest of the message in.
#[tokio::test]
async fn no_name_begins_a_line_as_markup() {
    let [.., mattermost, _] = Target::all().await;
    let relay = Inline::of(&mattermost.settings());
    let mut wrong = Vec::new();
    for (number, name) in ["- x", "* x", "+ x", "1. x", "~~~"].into_iter().enumerate() {
        let body = |path: &str, change: &dyn Fn(&mut serde_json::Value)| {
            changed(path, |body| {
                body["event"]["id"] = format!("{path} {number}").into();
                body["event"]["occurred_at"] = "2026-11-24T02:02:00Z".into();
                body["event"]["data"]["id"] = format!("{path} {number}").into();
                change(&mut body["event"]);
            })
        };
        for body in [
            body("v3/incident.triggered.json", &|event| event["data"]["service"]["summary"] = name.into()),
            body("v3/incident.acknowledged.json", &|event| event["agent"]["summary"] = name.into()),
        ] {
            assert_eq!(relay.signed(&body, now()).await, 202);
            let text = mattermost.read().text;
            wrong.extend(text.lines().find(|line| line.starts_with(name)).map(str::to_owned));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In Markdown the line after a quote belongs to it, unless there is an empty line between them.
#[tokio::test]
async fn the_link_is_outside_the_quote() {
    let [.., mattermost, _] = Target::all().await;
    let [_, note, _] = bodies(4_812, &json("x"), &json("one\ntwo"));
    assert_eq!(Inline::of(&mattermost.settings()).signed(&note, now()).await, 202);
    let text = mattermost.read().text;
    let page = page(&mattermost);
    let quoted = text.lines().zip(mattermost::quoted(text.lines())).filter(|(_, is_quote)| *is_quote);
    assert!(quoted.into_iter().all(|(line, _)| line != page), "{text}");
}

/// The whole message about a title that is dressed, in both languages: as written, and so is a title that only looks so.
#[tokio::test]
async fn a_dressed_title_is_shown_as_written() {
    const DRESSED: &str =
        "*x* _y_ ~z~ `w` :white_check_mark: load_avg_5m cpu*2 ~10% 10:30:00 C:\\temp \\* std::vector *.jp :)";
    let on_slack =
        "∗x∗ ˍyˍ ∼z∼ ˋwˋ ∶white_check_mark∶ load_avg_5m cpu*2 ~10% 10:30:00 C:\\temp \\∗ std::vector *.jp :)";
    let anywhere =
        "∗x∗ ˍyˍ ∼z∼ ˋwˋ ∶white_check_mark∶ load_avg_5m cpu∗2 ~10% 10:30:00 C:\\temp ＼∗ std::vector *.jp ∶)";
    let on_typetalk =
        "*x* _y_ ~z~ ˋwˋ ∶white_check_mark∶ load_avg_5m cpu*2 ~10% 10:30:00 C:\\temp \\* std::vector *.jp :)";
    for target in Target::all().await {
        let (title, pair) = match &target {
            Target::SlackBot(_) => (on_slack, "<@U0SATO0001> <@U0SUZUKI01>"),
            Target::SlackWebhook(_) | Target::Mattermost(_) => (anywhere, "<@U0SATO0001> <@U0SUZUKI01>"),
            Target::Typetalk(_) => (on_typetalk, "@sato @suzuki"),
        };
        for (number, language, headline, rest) in
            [(1, "ja", "🔥 発生", "緊急度 高 · P2 · 11:02"), (2, "en", "🔥 Triggered", "urgency high · P2 · 11:02")]
        {
            let relay = Inline::of(&target.settings().with("MESSAGE_LANGUAGE", language));
            let [first, ..] = bodies(number, &json(DRESSED), "\"x\"");
            assert_eq!(relay.signed(&first, now()).await, 202);
            let service = "Mackerel Backlogアプリ";
            let expected = format!("{pair}\n{headline} #PD{number} {title}\n{service} · {rest}\n{}", page(&target));
            assert_eq!(target.read().text, expected, "{}", target.name());
        }
    }
}

/// Whoever dials a conference needs the `#` at the end of its code, which begins no tag in any chat.
#[tokio::test]
async fn a_code_to_dial_keeps_its_end() {
    for target in Target::all().await {
        for (number, language, headline, name) in [
            (1, "ja", "📞 電話会議 x (ID Q2YXK4P7T3M1NC)\n山田 太郎 による", "参加"),
            (2, "en", "📞 Conference x (id Q2YXK4P7T3M1NC)\nby 山田 太郎", "Join"),
        ] {
            let relay = Inline::of(&target.settings().with("MESSAGE_LANGUAGE", language));
            let body = changed("v3/incident.conference_bridge.updated.json", |body| {
                body["event"]["id"] = format!("dial {number}").into();
                let data = &mut body["event"]["data"];
                data["conference_numbers"] = serde_json::json!([{"label": "", "number": "+1-415-555-1212,,,,1234#"}]);
                data["incident"]["summary"] = "x".into();
            });
            assert_eq!(relay.signed(&body, now()).await, 202);
            let read = target.read();
            let meeting = match target {
                Target::Typetalk(_) => format!("{name} https://meet.example.com/incident-4812"),
                _ => format!("<https://meet.example.com/incident-4812|{name} ↗>"),
            };
            let details = format!("+1-415-555-1212,,,,1234# · {meeting}");
            assert!(read.text.starts_with(&format!("{headline} · {details} · ")), "{}: {}", target.name(), read.text);
            assert!(read.text.ends_with(&page(&target)), "{}", read.text);
            assert!(read.dressed.iter().all(|link| meeting.starts_with(link.as_str())), "{read:?}");
            assert!(read.tags.is_empty() && read.problems.is_empty(), "{read:?}");
        }
    }
}
