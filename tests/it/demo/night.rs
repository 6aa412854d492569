//! At night the page says that nobody is mentioned, and so do its samples, but for the dummy user's.

use super::open_page;
use super::visitor::{newest, posts};
use serde_json::{Value, json};

/// Those that want somebody, and whom PagerDuty has them assigned to.
const WANTING: [&str; 4] =
    ["v3/incident.triggered", "v2/incident.trigger", "v3/incident.reopened", "v3/incident.unacknowledged"];
const DUMMYS: &str = "dummy/v3/incident.triggered";

#[tokio::test]
async fn at_night_only_the_dummys_sample_mentions_somebody_and_says_why() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "clock", "at": "2026-11-25T03:00"})).await;
    assert_eq!(visitor.view().await["decision"]["mention"], "nobody");
    for name in WANTING {
        visitor.presses(json!({"do": "clear"})).await;
        visitor.sends(name).await;
        let view = visitor.view().await;
        for chat in [0, 1] {
            let [(_, pings, text)] = &posts(&view, chat)[..] else { panic!("{name}: {view}") };
            assert!(!pings, "{name}: {text}");
        }
        let why = newest(&view)["tries"][0]["why"].as_str().unwrap_or_default().to_owned();
        assert!(why.starts_with("メンションなし: 業務時間外に起きました"), "{name}: {why}");
    }
    visitor.presses(json!({"do": "clear"})).await;
    visitor.sends(DUMMYS).await;
    let view = visitor.view().await;
    let lines = "🔥 発生 #PD4812 HTTP 5xx が 5% を超えています\nMackerel Backlogアプリ · 緊急度 高 · P2 · 03:00\n\
                 意味: アプリケーションがエラーを返しています\n\
                 ⚠️ 時間外ですが、PagerDuty の担当がダミーユーザーのままです。誰にも連絡が行っていません。\n";
    for (chat, fallback) in [(0, "<!subteam^S0SAMPLESRE>"), (1, "@sre")] {
        let [(_, true, text)] = &posts(&view, chat)[..] else { panic!("{view}") };
        assert!(text.starts_with(&format!("{fallback}\n{lines}")), "{text}");
    }
    let why = newest(&view)["tries"][0]["why"].as_str().unwrap_or_default().to_owned();
    assert!(
        why.starts_with("代わりの宛先にメンション: 業務時間外で、PagerDuty の担当がダミーユーザーだけです"),
        "{why}"
    );
}

#[tokio::test]
async fn in_working_hours_all_of_them_mention_the_pair() {
    let (_demo, visitor) = open_page().await;
    for name in WANTING.into_iter().chain([DUMMYS]) {
        visitor.presses(json!({"do": "clear"})).await;
        visitor.sends(name).await;
        let view = visitor.view().await;
        let text = posts(&view, 0).remove(0).2;
        assert!(text.starts_with("<@U0SAMPLENAKA> <@U0SAMPLEKOBA>\n"), "{name}: {text}");
    }
}

#[tokio::test]
async fn the_page_knows_which_sample_is_the_dummys() {
    let (_demo, visitor) = open_page().await;
    let view = visitor.view().await;
    let samples = view["samples"].as_array().into_iter().flatten();
    let dummys: Vec<_> =
        samples.filter(|sample| sample["is_the_dummys"] == true).map(|sample| &sample["name"]).collect();
    assert_eq!(dummys, [&Value::from(DUMMYS)]);
    assert_eq!(view["samples"][0]["name"], "v3/incident.triggered", "the usual one is the first");
}
