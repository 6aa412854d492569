//! First messages, which say everything.

use super::*;
use crate::domain::incident::{Drill, Escalation, Ours};
use crate::domain::runbook::{Pattern, Runbook};
use crate::domain::unreadable::Unreadable;

#[test]
fn a_new_incident_says_what_to_do_and_where_its_page_is() {
    let link = |text| Link::parse(text).expect("a link");
    let page = Some(link("https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC"));
    let event = event(EventKind::Triggered);
    let event = IncidentEvent { incident: Incident { link: page, ..event.incident }, ..event };
    let runbook = Runbook {
        pattern: Pattern::parse("http").expect("a pattern"),
        meaning: Foreign::line("エラーが増えている"),
        workaround: Foreign::line("再起動"),
        link: Some(link("https://wiki.example.com/5xx")),
    };
    let decision = quiet(&event, Rule::KindIsQuiet, "11:02:05");
    check(
        |context| event::message(&event, &decision, Context { runbook: Some(&runbook), ..context }).lines,
        "🔥 発生 #PD4812 HTTP 5xx
11:02
意味: エラーが増えている
手順: 再起動 https://wiki.example.com/5xx · PagerDuty https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC",
        "🔥 Triggered #PD4812 HTTP 5xx
11:02
Meaning: エラーが増えている
Runbook: 再起動 https://wiki.example.com/5xx · PagerDuty https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC",
    );
}

#[test]
fn a_connection_test_says_nothing_of_who_sent_it() {
    let ping = IncidentEvent { incident: Incident::default(), ..event(EventKind::Ping) };
    let said = ["🏓 PagerDuty からの接続テスト\n11:02", "🏓 Connection test from PagerDuty\n11:02"];
    check_first(&ping, said[0], said[1]);
    check_first(&IncidentEvent { agent: Some(person("佐藤")), ..ping }, said[0], said[1]);
}

#[test]
fn what_goes_to_somebody_says_to_whom_and_not_by_which_policy() {
    let assigned = |kind| {
        let event = event(kind);
        let details = Details { subject: Foreign::line("SRE"), state: Foreign::line("pending"), ..Details::default() };
        let incident = Incident { assignees: vec![person("高橋"), person("田中")].into(), ..event.incident };
        IncidentEvent { incident, details, ..event }
    };
    check_first(
        &assigned(EventKind::Escalated),
        "📣 エスカレーション #PD4812 HTTP 5xx\n自動 · → 高橋、田中 · 11:02",
        "📣 Escalated #PD4812 HTTP 5xx\nautomatically · → 高橋, 田中 · 11:02",
    );
    check_first(
        &IncidentEvent { agent: Some(person("佐藤")), ..assigned(EventKind::Reassigned) },
        "👉 担当変更 #PD4812 HTTP 5xx\n佐藤 による · → 高橋、田中 · 11:02",
        "👉 Reassigned #PD4812 HTTP 5xx\nby 佐藤 · → 高橋, 田中 · 11:02",
    );
}

/// What becomes of the call for SRE, by a time at which the message is posted.
fn with_escalation(event: IncidentEvent, escalation: Escalation) -> IncidentEvent {
    let shift_ends_at = event.kind.is_of_the_shift().then(|| at("17:00:00"));
    let ours = Ours { escalation: Some(escalation), shift_ends_at, ..Ours::default() };
    IncidentEvent { details: Details { ours: ours.boxed(), ..Details::default() }, ..event }
}

#[test]
fn what_is_pressed_says_who_it_was_and_what_becomes_of_the_call_for_sre() {
    for (kind, escalation, ja, en) in [
        (
            EventKind::Taken,
            Escalation::At(at("11:32:00")),
            "👀 対応 #PD4812 HTTP 5xx
👀 佐藤 が対応します · 11:02
SRE への自動の呼び出しは続きます。未解決なら 11:32 に呼ばれます。",
            "👀 On it #PD4812 HTTP 5xx
👀 佐藤 is on it · 11:02
Escalation goes on: SRE is called at 11:32 unless resolved.",
        ),
        // What was to come when the message is posted has come, or not.
        (
            EventKind::Stays,
            Escalation::At(at("11:02:05")),
            "👀 対応を継続 #PD4812 HTTP 5xx
👀 佐藤 が続けます · 11:02
SRE への自動の呼び出しは止まりません (時刻は PagerDuty の設定次第)。",
            "👀 Staying on it #PD4812 HTTP 5xx
👀 佐藤 stays on it · 11:02
Escalation goes on, as PagerDuty is set.",
        ),
    ] {
        check_first(&with_escalation(by_sato(kind), escalation), ja, en);
    }
}

#[test]
fn at_the_end_of_the_shift_the_incident_is_named_once() {
    let event = with_escalation(event(EventKind::ShiftEnds), Escalation::At(at("17:20:00")));
    let decision = quiet(&event, Rule::OutsideHours, "16:50:00");
    check(
        |context| event::message(&event, &decision, context).lines,
        "⏰ #PD4812 は未解決です。あと10分で当番の時間が終わります。\nHTTP 5xx\nSRE は 17:20 に自動で呼ばれます。",
        "⏰ #PD4812 is open; your shift ends in 10 minutes.\nHTTP 5xx\nSRE is called automatically at 17:20.",
    );
}

#[test]
fn after_the_tenth_line_of_a_note_it_says_where_the_rest_is() {
    let note = |count: u32, quote_is_cut| {
        let quote = (1..=count).map(|number| text(&number.to_string())).collect();
        IncidentEvent {
            details: Details { quote, quote_is_cut, ..Details::default() },
            ..by_sato(EventKind::Annotated)
        }
    };
    let quoted = |count: u32| (1..=count).map(|number| format!("\n> {number}")).collect::<String>();
    let elsewhere = ["\n> … (続きは PagerDuty で)", "\n> … (the rest is in PagerDuty)"];
    for (count, is_cut, shown, [ja, en]) in [
        (1, false, 1, [""; 2]),
        (1, true, 1, elsewhere),
        (10, false, 10, [""; 2]),
        (10, true, 10, elsewhere),
        (11, false, 10, elsewhere),
    ] {
        let quoted = quoted(shown);
        check_first(
            &note(count, is_cut),
            &format!("📝 メモ #PD4812 HTTP 5xx\n佐藤 による · 11:02{quoted}{ja}"),
            &format!("📝 Note #PD4812 HTTP 5xx\nby 佐藤 · 11:02{quoted}{en}"),
        );
    }
    // There is no page with the rest of what a script has sent.
    check_first(
        &from_a_script(note(1, true)),
        "📝 メモ #EV0A1B2C HTTP 5xx\n佐藤 による · 11:02\n> 1\n> … (以下略)",
        "📝 Note #EV0A1B2C HTTP 5xx\nby 佐藤 · 11:02\n> 1\n> … (cut)",
    );
}

#[test]
fn a_drill_says_that_it_is_one_and_whom_it_could_not_name() {
    let event = event(EventKind::Triggered);
    let incident = Incident { id: Some(Drill::Mentioning.id("4F9A21")), number: None, ..event.incident.clone() };
    let event = IncidentEvent { incident, ..event };
    check_first(
        &event,
        "🔥 発生 #DR4F9A21 HTTP 5xx\n11:02\n🧪 これは訓練です。何もする必要はありません。",
        "🔥 Triggered #DR4F9A21 HTTP 5xx\n11:02\n🧪 This is a drill: there is nothing to do.",
    );
    let mut decision = quiet(&event, Rule::Drill, "11:02:05");
    decision.reason.findings = vec![unknown(2)];
    check(
        |context| event::message(&event, &decision, context).lines,
        "🔥 発生 #DR4F9A21 HTTP 5xx\n11:02\n🧪 これは訓練です。何もする必要はありません。\n⚠️ シフト!B27 の「山田」は誰のことか分かりません",
        "🔥 Triggered #DR4F9A21 HTTP 5xx\n11:02\n🧪 This is a drill: there is nothing to do.\n⚠️ シフト!B27 '山田' is nobody we know",
    );
    let mut decision = quiet(&event, Rule::Drill, "11:02:05");
    decision.reason.unreadable = Some(Unreadable::NoAnswer);
    check(
        |context| {
            let lines = event::message(&event, &decision, context).lines;
            let why = event::explanation(&decision, None, context.language);
            [lines, vec![why]].concat()
        },
        "🔥 発生 #DR4F9A21 HTTP 5xx
11:02
🧪 これは訓練です。何もする必要はありません。
⚠️ Google から時間内に応答がありません
メンションなし: 訓練ですが、今日の当番が分かりません · 投稿 11/24(火) 11:02:05 (業務時間内)",
        "🔥 Triggered #DR4F9A21 HTTP 5xx
11:02
🧪 This is a drill: there is nothing to do.
⚠️ Google did not answer in time
nobody mentioned: it is a drill, and today's on-call is not known · posted Tue Nov 24 11:02:05 (working hours)",
    );
}
