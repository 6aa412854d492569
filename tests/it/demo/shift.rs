//! The end of hours on the page: when the clock gets there, people are asked, and it is said what becomes of what is open.

use super::open_page;
use super::pressed::{SATO, answer, answers, buttons, press, texts};
use super::visitor::{Visitor, newest, posts};
use serde_json::{Value, json};

const ENDS: &str = "⏰ #PD4812 は未解決です。あと10分で当番の時間が終わります。";

/// The times of the posts after the first, and the first line of each that is no mention.
fn told(view: &Value) -> Vec<(String, String)> {
    let line = |text: &str| text.lines().find(|line| !line.starts_with('<')).unwrap_or_default().to_owned();
    posts(view, 0).into_iter().skip(1).map(|(time, _, text)| (time, line(&text))).collect()
}

fn said(time: &str, line: &str) -> (String, String) {
    (time.to_owned(), line.to_owned())
}

async fn clock(visitor: &Visitor, time: &str) {
    visitor.presses(json!({"do": "clock", "at": format!("2026-11-24T{time}")})).await;
}

#[tokio::test]
async fn whoever_stays_is_named_at_the_end() {
    let (_demo, visitor) = open_page().await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    clock(&visitor, "16:50").await;
    let view = visitor.view().await;
    assert_eq!(
        texts(&view, 0),
        [format!(
            "<@U0SAMPLENAKA> <@U0SAMPLEKOBA>\n{ENDS}\nHTTP 5xx が 5% を超えています\nSRE は 17:05 に自動で呼ばれます。"
        )]
    );
    let post = &view["chats"][0]["posts"][1];
    assert_eq!(buttons(&post["request"]), [" [続けます]", " [SRE を呼ぶ]"]);
    assert_eq!((&post["is_broadcast"], &post["thread"]), (&json!(true), &view["chats"][0]["posts"][0]["id"]));
    let entry = newest(&view);
    assert_eq!(
        (&entry["what"], &entry["answer"], entry["tries"].as_array().map(Vec::len)),
        (&json!("shift"), &json!("posted"), Some(2))
    );
    // The same clock says nothing twice.
    clock(&visitor, "16:52").await;
    assert_eq!(visitor.view().await["journal"].as_array().map(Vec::len), Some(2));

    press(&visitor, SATO, "stay").await;
    press(&visitor, SATO, "stay").await;
    let view = visitor.view().await;
    assert_eq!(answers(&view, SATO), [answer("続けます", "すでに、あなたが続けることになっています。")]);
    clock(&visitor, "17:00").await;
    let view = visitor.view().await;
    assert_eq!(told(&view).last(), Some(&said("17:00", "🌙 #PD4812 は未解決。佐藤 が続けます。")));
    assert_eq!(view["chats"][0]["posts"].as_array().and_then(|posts| posts.last()?["pings"].as_bool()), Some(false));
}

#[tokio::test]
async fn sre_is_called_at_the_end() {
    let (_demo, visitor) = open_page().await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    clock(&visitor, "16:50").await;
    press(&visitor, SATO, "call_sre").await;
    clock(&visitor, "17:00").await;
    assert_eq!(
        told(&visitor.view().await),
        [
            said("16:50", ENDS),
            said("16:50", "📣 SRE を呼びました: 山田 太郎 · 佐藤 による · 16:50 · #PD4812"),
            said("17:00", "🌙 #PD4812 は未解決。SRE に渡しました: 山田 太郎"),
        ]
    );
}

#[tokio::test]
async fn the_clock_stops_at_the_end_on_its_way_forward() {
    let (_demo, visitor) = open_page().await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "forward", "minutes": 1440})).await;
    let view = visitor.view().await;
    assert_eq!(told(&view), [said("16:50", ENDS), said("17:00", "🌙 #PD4812 は未解決。対応者はいません。")]);
    assert_eq!(view["clock"]["field"], "2026-11-25T16:35");
    // The next day's end is not asked about: it was that of another pair.
    visitor.presses(json!({"do": "forward", "minutes": 30})).await;
    assert_eq!(told(&visitor.view().await).len(), 2);
    // Put past the end, nobody was asked, and there is nothing to say.
    visitor.presses(json!({"do": "clear"})).await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    clock(&visitor, "17:10").await;
    assert_eq!(told(&visitor.view().await), []);
}

#[tokio::test]
async fn what_is_over_or_sres_is_not_asked_about() {
    let (_demo, visitor) = open_page().await;
    for act in ["resolve", "call_sre"] {
        visitor.presses(json!({"do": "clear"})).await;
        clock(&visitor, "16:00").await;
        visitor.sends("v3/incident.triggered").await;
        press(&visitor, SATO, act).await;
        clock(&visitor, "16:50").await;
        clock(&visitor, "17:00").await;
        assert_eq!(told(&visitor.view().await).len(), 1, "{act}");
    }
}

#[tokio::test]
async fn a_chat_that_is_down_is_told_later() {
    let (_demo, visitor) = open_page().await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "primary_down", "on": true})).await;
    clock(&visitor, "16:50").await;
    let view = visitor.view().await;
    assert_eq!((texts(&view, 0).len(), texts(&view, 1).len()), (0, 1));
    visitor.presses(json!({"do": "primary_down", "on": false})).await;
    let view = visitor.view().await;
    assert_eq!((told(&view), texts(&view, 1).len()), (vec![said("16:50", ENDS)], 1));
}

#[tokio::test]
async fn without_a_rotation_the_fallback_is_asked() {
    let (_demo, visitor) = open_page().await;
    clock(&visitor, "16:35").await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "sheet", "access": "lost"})).await;
    clock(&visitor, "16:55").await;
    let text = texts(&visitor.view().await, 0).remove(0);
    assert!(text.starts_with(&format!("<!subteam^S0SAMPLESRE>\n{}", ENDS.replace("10分", "5分"))), "{text}");
}

#[tokio::test]
async fn the_end_of_hours_is_part_of_the_day() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    visitor.presses(json!({"do": "play", "pause": 0})).await;
    let view = visitor.sees(|view| view["day"]["done"] == 11).await;
    let lines: Vec<_> = told(&view).into_iter().filter(|(_, line)| line.contains("#PD4813")).collect();
    assert_eq!(
        lines,
        [
            said("16:35", "🔥 Open #PD4813 The nightly batch is 30 minutes late"),
            said("16:50", "⏰ #PD4813 is open; your shift ends in 10 minutes."),
            said("17:00", "🌙 #PD4813 still open; nobody is on it."),
            said("17:05", "📣 escalated to Sam Carter · 17:05 · #PD4813"),
        ]
    );
    let words: Vec<_> = view["day"]["steps"].as_array().into_iter().flatten().map(|step| &step["word"]).collect();
    assert_eq!(words[5..7], [&json!("Shift ends"), &json!("Shift over")]);
}
