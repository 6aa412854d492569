//! The languages of the page: people's names, and the words for what goes wrong.

use super::visitor::{Visitor, newest, posts};
use super::{Settings, open_page};
use crate::command_line::Demo;
use crate::kit::Slack;
use crate::running::TUESDAY;
use serde_json::{Value, json};

async fn speak(visitor: &Visitor, language: &str) {
    visitor.presses(json!({"do": "language", "language": language})).await;
}

/// Everybody whom the page names: whom it would mention, whom one can press as, and today's cells.
fn people(view: &Value) -> Vec<&str> {
    let pressing = view["people"].as_array().into_iter().flatten().map(|one| &one["name"]);
    let on_call = view["decision"]["people"].as_array().into_iter().flatten();
    let cells = view["days"][0]["names"].as_array().into_iter().flatten();
    on_call.chain(cells).chain(pressing).filter_map(Value::as_str).filter(|name| !name.is_empty()).collect()
}

const ENGLISH: [&str; 12] = [
    "Grace Taylor",
    "Henry Clark",
    "Grace Taylor",
    "Henry Clark",
    "Alice Smith",
    "Bob Jones",
    "Carol Davis",
    "Dan Miller",
    "Erin Wilson",
    "Frank Moore",
    "Grace Taylor",
    "Henry Clark",
];

#[tokio::test]
async fn an_english_demo_has_english_names() {
    let settings = [("TOBAN_NOW", TUESDAY), ("MESSAGE_LANGUAGE", "en")];
    let demo = Demo::start(&["demo", "--port", "0"], &settings).await;
    let visitor = Visitor::of(&demo).await;
    visitor.sends("v3/incident.triggered").await;
    visitor.sends("v3/incident.escalated").await;
    let view = visitor.view().await;
    assert_eq!(people(&view), ENGLISH);
    let there: Vec<_> = posts(&view, 1).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(
        there[0],
        "@grace @henry\n\
         🔥 Triggered #PD4812 HTTP 5xx above 5%\n\
         Mackerel Backlog app · urgency high · P2 · 11:02\n\
         Meaning: the application answers with errors\n\
         Runbook: restart the process https://wiki.example.com/runbooks/http-5xx · PagerDuty https://example.pagerduty.com/incidents/QPAGE000004812"
    );
    let is_japanese = |c: char| matches!(c, 'ぁ'..='ヺ' | '一'..='\u{9FFF}');
    for (_, _, text) in [posts(&view, 0), posts(&view, 1)].concat() {
        assert!(!text.contains(is_japanese), "{text}");
    }
}

#[tokio::test]
async fn names_follow_the_language_of_the_page_and_what_is_pasted_does_not() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "cell", "date": "2026-11-24", "column": 0, "name": "田中"})).await;
    speak(&visitor, "en").await;
    let view = visitor.view().await;
    assert_eq!(people(&view)[..4], ["Dan Miller", "Henry Clark", "Dan Miller", "Henry Clark"]);
    // What was posted before is of the same people.
    assert_eq!(
        (&view["names"]["U0SAMPLENAKA"], &view["names"]["nakamura"], &view["names"]["grace"]),
        (&json!("Grace Taylor"), &json!("中村"), &json!("Grace Taylor"))
    );
    speak(&visitor, "ja").await;
    assert_eq!(people(&visitor.view().await)[..2], ["田中", "小林"]);
    speak(&visitor, "en").await;
    let pasted = json!({"do": "paste_rotation", "rotation": "日付\t担当\n2026/11/24\t田中\n", "members": "name\tslack\n田中\tU0TANAKA01\n"});
    visitor.presses(pasted).await;
    assert_eq!(people(&visitor.view().await), ["田中", "田中", "田中"]);
}

#[tokio::test]
async fn messages_keep_their_names_when_the_rotation_cannot_be_read() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "sheet", "access": "lost"})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    let mentions: Vec<_> = (0..2)
        .flat_map(|chat| posts(&view, chat))
        .filter_map(|(_, _, text)| text.lines().next().map(str::to_owned))
        .collect();
    assert_eq!(mentions, ["<@U0SAMPLENAKA> <@U0SAMPLEKOBA>", "<!subteam^S0SAMPLESRE>", "@nakamura @kobayashi", "@sre"]);
    for (id, name) in [
        ("U0SAMPLENAKA", "中村"),
        ("U0SAMPLEKOBA", "小林"),
        ("S0SAMPLESRE", "sre"),
        ("nakamura", "中村"),
        ("kobayashi", "小林"),
        ("sre", "sre"),
    ] {
        assert_eq!(view["names"][id], name, "{id}");
    }
}

#[tokio::test]
async fn another_fallback_has_its_name_too() {
    let settings = [("TOBAN_NOW", TUESDAY), ("FALLBACK_MENTION_TYPETALK", "@infra @night")];
    let demo = Demo::start(&["demo", "--port", "0"], &settings).await;
    let view = Visitor::of(&demo).await.view().await;
    assert_eq!((&view["names"]["infra"], &view["names"]["night"]), (&json!("infra"), &json!("night")));
    assert_eq!(view["names"]["sre"], Value::Null);
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_the_language_of_the_page() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "primary_down", "on": true})).await;
    visitor.sends("v3/incident.triggered").await;
    let outcome = async || newest(&visitor.view().await)["tries"][0]["outcome"].as_str().unwrap_or_default().to_owned();
    assert_eq!(outcome().await, "チャットが応答できません: HTTP 503");
    speak(&visitor, "en").await;
    assert_eq!(outcome().await, "the chat is not available: HTTP 503", "what was kept before, too");
    visitor.presses(json!({"do": "paste", "body": "{\n  \"event\": "})).await;
    let problem = async || newest(&visitor.view().await)["problem"].as_str().unwrap_or_default().to_owned();
    assert_eq!(problem().await, "this is not JSON: line 2, column 11 (EOF while parsing a value)");
    speak(&visitor, "ja").await;
    assert_eq!(problem().await, "JSON として読めません: 2 行目 11 文字目 (途中で終わっています)");
    visitor.presses(json!({"do": "paste", "body": "{\"hello\": 1}"})).await;
    assert_eq!(problem().await, "理由: 内容が想定した形式ではありません。");
    let unknown = async || visitor.press(json!({"do": "nothing"})).await.json()["problem"].clone();
    assert_eq!(unknown().await, "その操作はありません");
    speak(&visitor, "en").await;
    assert_eq!(unknown().await, "there is no such control");
}

#[tokio::test]
async fn live_the_page_changes_its_language_and_the_messages_keep_theirs() {
    let slack = Slack::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack).with("FALLBACK_MENTION_TYPETALK", "@infra");
    let demo = Demo::start(&["demo", "--port", "0", "--live"], &settings.pairs()).await;
    let visitor = Visitor::of(&demo).await;
    speak(&visitor, "en").await;
    let view = visitor.view().await;
    assert_eq!(view["names"]["infra"], "infra", "the fallback");
    assert_eq!((&view["language"], &view["clock"]["day"]), (&json!("en"), &json!("Tue Nov 24")));
    visitor.sends("v3/incident.triggered").await;
    assert!(slack.expect_one().text.contains("🔥 発生 #PD4812 "));
}
