//! One message for several events.

use super::together::{Where, followed};
use super::*;
use crate::domain::incident::{State, Status};
use crate::domain::member::{Handle, Mentionee};

fn acknowledged() -> Status {
    Status {
        state: State::Acknowledged,
        holders: vec![person("佐藤")].into(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: None,
        changed_at: at("11:02:00"),
    }
}

#[test]
fn what_followed_mentions_everybody_whom_one_of_the_events_mentions() {
    let people =
        ["佐藤", "鈴木"].map(|name| Mentionee { name: text(name), handle: Handle::typetalk("x").expect("a name") });
    let [first, second] = [event(EventKind::Triggered), by_sato(EventKind::Acknowledged)];
    let quiet = quiet(&first, Rule::KindIsQuiet, "11:02:05");
    let calls = Decision { mention: Mention::OnCall(people.to_vec()), ..quiet.clone() };
    let status = acknowledged();
    for (place, ja, en) in [
        (
            Where::First,
            "🔥 発生 #PD4812 HTTP 5xx\n11:02\n• 👀 佐藤 が対応開始 · 11:02",
            "🔥 Triggered #PD4812 HTTP 5xx\n11:02\n• 👀 佐藤 acknowledged · 11:02",
        ),
        (
            Where::InTheThread,
            "#PD4812 HTTP 5xx の続き 2 件 (チャットの投稿数の制限のため、まとめています)
• 🔥 発生 · 11:02
• 👀 佐藤 が対応開始 · 11:02",
            "#PD4812 HTTP 5xx · 2 updates (in one message, because the chat takes no more)
• 🔥 Triggered · 11:02
• 👀 佐藤 acknowledged · 11:02",
        ),
    ] {
        let said = |context: Context<'_>| {
            let context = Context { status: Some(&status), ..context };
            followed(&[(&first, &quiet), (&second, &calls)], place, context)
        };
        check(|context| said(context).lines, ja, en);
        let line = ["状態: 対応中 · 佐藤 · 11:02 から", "Status: Being worked on · 佐藤 · since 11:02"];
        check(|context| said(context).status.into_iter().collect(), line[0], line[1]);
        check(
            |context| {
                assert_eq!(said(context).to, Some(Addressee::People(people.to_vec())), "{place:?}");
                Vec::new()
            },
            "",
            "",
        );
    }
}
