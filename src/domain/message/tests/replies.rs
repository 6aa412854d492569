//! Messages in the thread of an incident, a line each.

use super::*;
use crate::domain::incident::{Closing, Ours, State, Status, Taker};
use crate::domain::press::Obstacle;

#[test]
fn what_nobody_did_says_why_or_that_it_was_by_itself() {
    let resolved =
        |closing| IncidentEvent { details: Details { closing, ..Details::default() }, ..event(EventKind::Resolved) };
    for (closing, ja, en) in [
        (None, "✅ 自動で解決", "✅ resolved by itself"),
        (Some(Closing::ByHand), "✅ 解決 · 手動で解決", "✅ resolved · closed by hand"),
        (
            Some(Closing::MonitorDeleted),
            "✅ 解決 · 監視ルールの削除のため",
            "✅ resolved · because the monitor was deleted",
        ),
    ] {
        check_reply(&resolved(closing), &format!("{ja} · 11:02 · #PD4812"), &format!("{en} · 11:02 · #PD4812"));
    }
    for (closing, ja, en) in
        [(Closing::ByHand, "", ""), (Closing::HostRetired, " · ホストの退役のため", " · because the host was retired")]
    {
        check_reply(
            &IncidentEvent { agent: Some(person("佐藤")), ..resolved(Some(closing)) },
            &format!("✅ 佐藤 が解決{ja} · 11:02 · #PD4812"),
            &format!("✅ 佐藤 resolved{en} · 11:02 · #PD4812"),
        );
    }
}

#[test]
fn what_somebody_says_follows_their_name_or_what_they_did() {
    let said = |kind, quote: &[&str]| {
        let quote = quote.iter().map(|line| text(line)).collect();
        let people = if kind == EventKind::ResponderAdded { vec![person("高橋")].into() } else { Vec::new().into() };
        IncidentEvent { details: Details { quote, people, ..Details::default() }, ..by_sato(kind) }
    };
    check_reply(
        &said(EventKind::Annotated, &["再起動しました", "様子を見ます"]),
        "📝 佐藤: 再起動しました 様子を見ます · #PD4812",
        "📝 佐藤: 再起動しました 様子を見ます · #PD4812",
    );
    check_reply(&said(EventKind::Annotated, &[]), "📝 佐藤: メモ · 11:02 · #PD4812", "📝 佐藤: note · 11:02 · #PD4812");
    check_reply(
        &said(EventKind::ResponderAdded, &["手伝ってください"]),
        "🙋 佐藤: 応援依頼 · → 高橋 · 手伝ってください · 11:02 · #PD4812",
        "🙋 佐藤: responder requested · → 高橋 · 手伝ってください · 11:02 · #PD4812",
    );
}

#[test]
fn what_is_not_shown_to_its_end_ends_with_one_mark() {
    let long = "あ".repeat(501);
    let cut = format!("{}…", "あ".repeat(500));
    for (quote, quote_is_cut, alerts, more, expected) in [
        ("再起動しました", false, &[][..], 0, "再起動しました"),
        ("再起動しました", true, &[], 0, "再起動しました…"),
        ("", false, &["app1", "app2"], 0, "app1 app2"),
        ("", false, &["app1", "app2"], 1, "app1 app2…"),
        (&long[3..], false, &[], 0, &long[3..]),
        (&long, false, &[], 0, &cut),
        (&long, true, &[], 0, &cut),
    ] {
        let alerts = crate::domain::few::Few { first: alerts.iter().map(|alert| text(alert)).collect(), more };
        let details = Details { quote: Foreign::lines(quote), quote_is_cut, alerts, ..Details::default() };
        check_reply(
            &IncidentEvent { details, ..event(EventKind::StateChanged) },
            &format!("🔔 状態変化 · {expected} · 11:02 · #PD4812"),
            &format!("🔔 Changed · {expected} · 11:02 · #PD4812"),
        );
    }
}

#[test]
fn what_a_script_sends_has_its_title_and_its_page() {
    let event = from_a_script(event(EventKind::Resolved));
    let link = Link::parse("https://ci.example.com/4");
    let event = IncidentEvent { incident: Incident { link, ..event.incident }, ..event };
    check_reply(
        &event,
        "✅ 解決 · HTTP 5xx · 11:02 · 詳細 https://ci.example.com/4 · #EV0A1B2C",
        "✅ resolved · HTTP 5xx · 11:02 · Details https://ci.example.com/4 · #EV0A1B2C",
    );
}

#[test]
fn a_senders_word_for_a_state_is_japanese_if_it_is_known() {
    for (word, known) in [
        ("pending", "返事待ち"),
        ("accepted", "承諾"),
        ("declined", "辞退"),
        ("timed_out", "時間切れ"),
        ("todo", "未着手"),
        ("in_progress", "進行中"),
        ("done", "完了"),
        ("complete", "完了"),
        ("COMPLETED", "完了"),
        ("created", "作成済み"),
        ("prepared", "準備完了"),
        ("sent", "送信済み"),
        ("queued", "待機中"),
        ("running", "実行中"),
        ("aborted", "中止"),
        ("error", "失敗"),
        ("failed", "失敗"),
        ("canceled", "取り消し"),
        ("cancelled", "取り消し"),
        ("UNSTABLE", "不安定"),
        ("not_built", "未実行"),
        ("snoozed", "snoozed"),
    ] {
        let details = Details { state: Foreign::line(word), ..Details::default() };
        check_reply(
            &IncidentEvent { details, ..event(EventKind::ActionUpdated) },
            &format!("⚙️ 自動アクション更新 · {known} · 11:02 · #PD4812"),
            &format!("⚙️ Automation action updated · {word} · 11:02 · #PD4812"),
        );
    }
}

#[test]
fn a_call_for_sre_in_vain_says_whether_pagerduty_was_asked() {
    for (obstacle, ja, en) in [
        (Obstacle::NoAnswer, "PagerDuty: 応答がありません", "PagerDuty: no answer"),
        (Obstacle::NotRecorded, "toban が記録できず、依頼していません", "not asked, as toban could not record it"),
    ] {
        let ours = Ours { obstacle: Some(obstacle), ..Ours::default() };
        let details = Details { ours: ours.boxed(), ..Details::default() };
        let event = IncidentEvent { details, ..by_sato(EventKind::SreNotCalled) };
        let decision = quiet(&event, Rule::SreNotCalled, "11:02:05");
        let decision = Decision { mention: Mention::Fallback, ..decision };
        check(
            |context| event::reply(&event, &decision, context).lines,
            &format!("❌ SRE を呼べませんでした ({ja})。佐藤 が呼んでいます。直接連絡してください。\n#PD4812 HTTP 5xx"),
            &format!("❌ SRE could not be called ({en}). 佐藤 is calling you; please respond.\n#PD4812 HTTP 5xx"),
        );
    }
}

#[test]
fn whoever_has_said_in_this_shift_that_they_stay_goes_on() {
    let taker = |name, since| Taker { who: person(name), since: at(since) };
    let ours = Ours { shift_ends_at: Some(at("17:00:00")), ..Ours::default() };
    let details = Details { ours: ours.boxed(), ..Details::default() };
    let event = IncidentEvent { details, occurred_at: at("17:00:00"), ..event(EventKind::ShiftOver) };
    let decision = quiet(&event, Rule::ForTheRecord, "17:00:05");
    let stays = ["佐藤 が続けます。", "佐藤 stays."];
    let is_on_it = ["鈴木 が対応中 (続けるかどうかは未回答)。", "鈴木 was on it, and has not said whether they stay."];
    // A shift is twelve hours.
    for (since, [ja, en]) in [("05:00:01", stays), ("05:00:00", is_on_it)] {
        let status = Status {
            state: State::Triggered,
            holders: Vec::new().into(),
            takers: vec![taker("鈴木", "16:00:00")],
            stays: vec![taker("佐藤", since)],
            sre: None,
            opened_at: None,
            changed_at: at("11:02:00"),
        };
        check(
            |context| event::reply(&event, &decision, Context { status: Some(&status), ..context }).lines,
            &format!("🌙 #PD4812 は未解決。{ja}"),
            &format!("🌙 #PD4812 still open; {en}"),
        );
    }
}
