use super::*;
use crate::domain::few::Few;
use crate::domain::incident::{Person, State};
use crate::domain::press::{Obstacle, Offered};

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-24T{time}:00+09:00").parse().expect("an instant")
}

fn person(name: &str) -> Person {
    Person { id: name.into(), name: Foreign::line(name).expect("a name") }
}

#[track_caller]
fn check(why: NothingDone, status: Option<&Status>, expected: [&str; 2]) {
    let now = at("11:50").with_timezone(&chrono_tz::Asia::Tokyo);
    let languages = [Language::Japanese, Language::English];
    let said = languages.map(|language| message(why, None, status, language, &now).lines[0].plain());
    assert_eq!(said, expected);
}

#[test]
fn whoever_presses_is_told_why_nothing_was_done() {
    let over = |holders: &[&str]| Status {
        state: State::Resolved,
        holders: holders.iter().map(|name| person(name)).collect(),
        takers: Vec::new(),
        stays: Vec::new(),
        sre: None,
        opened_at: None,
        changed_at: at("11:40"),
    };
    let by_suzuki =
        ["もう解決しています (鈴木 · 11:40)。何もしていません。", "Already resolved (鈴木, 11:40). Nothing was done."];
    check(NothingDone::Over, Some(&over(&["鈴木"])), by_suzuki);
    let by_itself = ["もう解決しています (11:40)。何もしていません。", "Already resolved (11:40). Nothing was done."];
    check(NothingDone::Over, Some(&over(&[])), by_itself);
    check(NothingDone::Over, None, ["もう解決しています。何もしていません。", "Already resolved. Nothing was done."]);
    let not_listed =
        ["押せるのは登録された人だけです。SRE に頼んでください。", "Only listed people can press this. Ask SRE."];
    check(NothingDone::NotListed, None, not_listed);
    let too_old = [
        "2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。",
        "Not done within 2 minutes; nothing was changed. Press again if needed.",
    ];
    check(NothingDone::TooOld, None, too_old);
}

#[test]
fn whoever_is_on_it_can_hand_it_back() {
    let now = at("11:50").with_timezone(&chrono_tz::Asia::Tokyo);
    let incident = IncidentId("Q1".into());
    for (language, label) in [(Language::Japanese, "離れる"), (Language::English, "Hand back")] {
        let message = message(NothingDone::HasIt, Some(&incident), None, language, &now);
        let labels: Vec<_> = message.buttons.iter().map(|button| (button.act, button.label)).collect();
        assert_eq!(labels, [(Act::HandBack, label)]);
    }
    let other = message(NothingDone::HasItNot, Some(&incident), None, Language::English, &now);
    assert!(other.buttons.is_empty());
}

#[test]
fn the_note_says_who_when_and_from_where() {
    let note = |act, language| {
        let who = person("佐藤 健").name;
        note(act, &who, at("11:05"), language, chrono_tz::Asia::Tokyo)
    };
    assert_eq!(note(Act::Take, Language::Japanese), "佐藤 健 が対応します · 11:05:00 (Slack から、toban による記入)");
    assert_eq!(
        note(Act::HandBack, Language::English),
        "佐藤 健 handed it back · 11:05:00 (from Slack, written by toban)"
    );
}

#[test]
fn the_first_message_says_who_is_on_it() {
    use crate::domain::incident::Taker;
    use crate::domain::message::status;
    use crate::domain::policy::Ignored;
    let now = at("11:50").with_timezone(&chrono_tz::Asia::Tokyo);
    let line = |state, takers: &[&str], holders: &[&str]| {
        let takers: Vec<_> = takers.iter().map(|name| Taker { who: person(name), since: at("11:05") }).collect();
        let holders: Few<_> = holders.iter().map(|name| person(name)).collect();
        let (stays, sre) = (Vec::new(), None);
        let status = Status { state, holders, takers, stays, sre, opened_at: None, changed_at: at("11:02") };
        let ignored = Ignored::default();
        let said = [Language::Japanese, Language::English]
            .map(|language| status::line(&status, &ignored, language, &now).plain());
        let buttons = status::buttons(
            status::FIRST,
            &status,
            &IncidentId("Q1".into()),
            None,
            Offered::default(),
            Language::Japanese,
        )
        .len();
        let of_others = status::buttons(
            status::FIRST,
            &status,
            &IncidentId("mackerel:1".into()),
            None,
            Offered::default(),
            Language::Japanese,
        )
        .len();
        assert_eq!(of_others, 0);
        (said, buttons)
    };
    let said = |ja: &str, en: &str| [ja.to_owned(), en.to_owned()];
    assert_eq!(line(State::Triggered, &[], &[]), (said("状態: 未対応", "Status: Open"), 1));
    let both = said("状態: 対応中 · 佐藤、鈴木 · 11:05 から", "Status: Being worked on · 佐藤, 鈴木 · since 11:05");
    assert_eq!(line(State::Triggered, &["佐藤", "鈴木"], &["山田"]), (both, 1));
    let acknowledged =
        said("状態: 対応中 · 佐藤、山田 · 11:02 から", "Status: Being worked on · 佐藤, 山田 · since 11:02");
    assert_eq!(line(State::Acknowledged, &["佐藤"], &["山田"]), (acknowledged, 1));
    let (said, buttons) = line(State::Resolved, &["佐藤"], &["鈴木"]);
    assert!(said[0].contains("鈴木") && !said[0].contains("佐藤"), "{said:?}");
    assert_eq!(buttons, 0);
}

#[test]
fn whoever_cannot_resolve_is_told_what_pagerduty_said() {
    for (why, ja, en) in [
        (Obstacle::NoAnswer, "応答がありません", "no answer"),
        (Obstacle::NotAllowed, "権限がありません", "not allowed"),
        (Obstacle::Other(0), "想定外の応答です", "an unexpected answer"),
        (Obstacle::Other(2001), "エラー 2001", "error 2001"),
    ] {
        let ja = format!(
            "解決にできませんでした (PagerDuty: {ja})。まだ開いています。少し待って、もう一度押すか、SRE に頼んでください。"
        );
        let en = format!("Not resolved (PagerDuty: {en}): it is still open. Press again in a moment, or ask SRE.");
        check(NothingDone::NotResolved(why), None, [&ja, &en]);
    }
}

#[test]
fn what_calls_or_ends_something_is_asked_about_first() {
    use crate::domain::text::Tag;
    let asked = |act, language| {
        let confirm = button(act, &IncidentId("Q1".into()), Some(&Tag::pagerduty(4812)), language).confirm;
        confirm.map(|confirm| [confirm.title, confirm.text.into(), confirm.yes.into(), confirm.no.into()])
    };
    let said = |said: [&str; 4]| Some(said.map(str::to_owned));
    for (act, ja, en) in [
        (Act::Take, None, None),
        (Act::HandBack, None, None),
        (Act::Stay, None, None),
        (
            Act::CallSre,
            said([
                "SRE を呼びますか?",
                "PagerDuty が SRE の待機者に今すぐ連絡します (電話のこともあります)。迷ったら呼んでください。",
                "呼ぶ",
                "やめる",
            ]),
            said([
                "Call SRE?",
                "PagerDuty notifies the SRE on call now, perhaps by phone. When in doubt, call.",
                "Call",
                "Cancel",
            ]),
        ),
        (
            Act::Resolve,
            said([
                "#PD4812 を解決にしますか?",
                "PagerDuty でも閉じ、SRE は呼ばれなくなります。まだ続いていても、次の知らせは来ないことがあります。監視が戻ったのを見てから押してください。",
                "解決にする",
                "まだ",
            ]),
            said([
                "Resolve #PD4812?",
                "It closes in PagerDuty too; SRE won't be called. If it still fails you may not be told again: check monitoring first.",
                "Resolve",
                "Not yet",
            ]),
        ),
    ] {
        assert_eq!((asked(act, Language::Japanese), asked(act, Language::English)), (ja, en), "{act:?}");
    }
}
