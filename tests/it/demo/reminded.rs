//! The links in the evening's reminder: those of the settings, or the demo's own manual.

use super::visitor::{Visitor, posts};
use super::{TUESDAY, open_page};
use crate::command_line::Demo;
use serde_json::json;

async fn reminder(visitor: &Visitor, chat: usize) -> Vec<String> {
    visitor.presses(json!({"do": "clear"})).await;
    visitor.presses(json!({"do": "clock", "at": "2026-11-24T17:00"})).await;
    visitor.presses(json!({"do": "remind", "which": "evening"})).await;
    posts(&visitor.view().await, chat).remove(0).2.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_reminder_links_to_a_manual_and_its_checklist_which_are_there() {
    let (_demo, visitor) = open_page().await;
    let manual = format!("{}/page/manual", visitor.origin());
    assert_eq!(
        reminder(&visitor, 0).await,
        [
            "<@U0SAMPLENAKA> <@U0SAMPLEKOBA>",
            "🌙 11/25(水) の当番です。準備をお願いします。",
            &format!("マニュアル: {manual}"),
            &format!("事前チェックリスト: {}/page/checklist", visitor.origin()),
        ]
    );
    assert_eq!(reminder(&visitor, 1).await[2..], reminder(&visitor, 0).await[2..]);
    for (language, title, heading) in [
        ("ja", "<h1 id=\"当番マニュアル\">当番マニュアル</h1>", "<h2 id=\"当番になる前に\">当番になる前に</h2>"),
        ("en", "<h1 id=\"on-call-manual\">On-call manual</h1>", "<h2 id=\"before-your-turn\">Before your turn</h2>"),
    ] {
        visitor.presses(json!({"do": "language", "language": language})).await;
        for (path, beginning) in [("/page/manual", title), ("/page/checklist", heading)] {
            let page = visitor.request("GET", path, &[("host", &visitor.host())], b"").await.body;
            let (head, body) = page.split_once("<body class=\"manual\">\n").expect("a body");
            assert!(head.contains(&format!("<html lang=\"{language}\">")), "{head}");
            assert!(body.starts_with(beginning), "{body}");
        }
    }
}

#[tokio::test]
async fn links_that_are_configured_are_used_and_no_other_is_added() {
    let settings = [("TOBAN_NOW", TUESDAY), ("MANUAL_URL", "https://wiki.example.com/on-call")];
    let demo = Demo::start(&["demo", "--port", "0"], &settings).await;
    let visitor = Visitor::of(&demo).await;
    let lines = reminder(&visitor, 0).await;
    assert_eq!(lines[2..], ["マニュアル: https://wiki.example.com/on-call"]);
}
