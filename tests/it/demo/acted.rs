//! Calling SRE and resolving from the page: what everybody is told, and what only the presser is.

use super::open_page;
use super::pressed::{GUEST, SATO, SUZUKI, UNLISTED, answer, answers, first, press, texts};
use super::visitor::{Visitor, newest, posts};
use serde_json::{Value, json};

/// The dialogs of a message's buttons: title, text, yes, no.
fn questions(request: &Value) -> Vec<[String; 4]> {
    let blocks = request["blocks"].as_array().into_iter().flatten();
    let elements = blocks.filter(|block| block["type"] == "actions").flat_map(|block| block["elements"].as_array());
    let part = |confirm: &Value, part: &str| confirm[part]["text"].as_str().unwrap_or_default().to_owned();
    let confirms = elements.flatten().map(|one| &one["confirm"]).filter(|confirm| confirm.is_object());
    confirms.map(|confirm| ["title", "text", "confirm", "deny"].map(|name| part(confirm, name))).collect()
}

async fn last(visitor: &Visitor, who: &str) -> Option<(String, String)> {
    answers(&visitor.view().await, who).pop()
}

#[tokio::test]
async fn sre_is_called_once_and_everybody_is_told_whom() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert_eq!(
        questions(&view["chats"][0]["posts"][0]["request"])[0],
        [
            "SRE を呼びますか?",
            "PagerDuty が SRE の待機者に今すぐ連絡します (電話のこともあります)。迷ったら呼んでください。",
            "呼ぶ",
            "やめる"
        ]
    );
    visitor.presses(json!({"do": "forward", "minutes": 3})).await;
    press(&visitor, SATO, "call_sre").await;
    let view = visitor.view().await;
    assert_eq!(texts(&view, 0), ["📣 SRE を呼びました: 山田 太郎 · 佐藤 による · 11:05 · #PD4812"]);
    assert_eq!(
        texts(&view, 1),
        [
            "📣 SRE を呼び出し #PD4812 HTTP 5xx が 5% を超えています\n📣 SRE を呼びました: 山田 太郎 · 佐藤 による · 11:05"
        ]
    );
    assert_eq!(answers(&view, SATO), []);
    assert_eq!(first(&view), "状態: 未対応 → 山田 太郎 [対応します] [SRE を呼ぶ] [解決にする]");
    let entry = newest(&view);
    assert_eq!((&entry["what"], entry["tries"].as_array().map(Vec::len)), (&json!("POST /slack"), Some(2)));
    // Once more, by them or anybody else.
    let before = posts(&view, 0);
    for who in [SATO, SUZUKI] {
        press(&visitor, who, "call_sre").await;
        let told = "SRE はもう呼ばれています: 山田 太郎 (佐藤 による · 11:05)。何もしていません。";
        assert_eq!(last(&visitor, who).await, Some(answer("SRE を呼ぶ", told)));
    }
    assert_eq!(posts(&visitor.view().await, 0), before);
    // Whoever is on it now is told that nobody is called any more by itself.
    press(&visitor, SUZUKI, "take").await;
    let taken = texts(&visitor.view().await, 0).pop();
    assert_eq!(taken.as_deref().and_then(|text| text.lines().last()), Some("SRE にはもう連絡が行っています。"));
}

#[tokio::test]
async fn it_is_resolved_once_and_nothing_can_be_pressed_any_more() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert_eq!(
        questions(&view["chats"][0]["posts"][0]["request"])[1],
        [
            "Resolve #PD4812?",
            "It closes in PagerDuty too; SRE won't be called. If it still fails you may not be told again: check monitoring first.",
            "Resolve",
            "Not yet"
        ]
    );
    visitor.presses(json!({"do": "forward", "minutes": 38})).await;
    press(&visitor, SUZUKI, "resolve").await;
    let view = visitor.view().await;
    assert_eq!(texts(&view, 0), ["✅ Bob Jones resolved (38 min) · 11:40 · #PD4812"]);
    assert_eq!(first(&view), "Status: Resolved · by Bob Jones · 11:40 (took 38 min)");
    assert_eq!(texts(&view, 1).len(), 1);
    // An old button.
    for (button, label) in [("resolve", "Resolve"), ("call_sre", "Call SRE"), ("stay", "I'll stay")] {
        press(&visitor, SATO, button).await;
        let told = "Already resolved (Bob Jones, 11:40). Nothing was done.";
        assert_eq!(last(&visitor, SATO).await, Some(answer(label, told)));
    }
    let view = visitor.view().await;
    assert_eq!((texts(&view, 0).len(), texts(&view, 1).len()), (1, 1));
    visitor.presses(json!({"do": "command", "who": SATO, "text": "open"})).await;
    assert_eq!(last(&visitor, SATO).await, Some(answer("/toban open", "No open incidents.")));
}

#[tokio::test]
async fn whoever_may_not_is_told_so_alone() {
    let (_demo, visitor) = open_page().await;
    visitor.sends("v3/incident.triggered").await;
    let before = posts(&visitor.view().await, 0);
    let guest = "ゲストは使えません。SRE に頼んでください。";
    let unlisted = "押せるのは登録された人だけです。SRE に頼んでください。";
    let not_an_actor =
        "解決にできるのは、登録された人 (SLACK_ACTORS) だけです。何もしていません。SRE に頼んでください。";
    for (who, button, label, told) in [
        (GUEST, "call_sre", "SRE を呼ぶ", guest),
        (GUEST, "resolve", "解決にする", guest),
        (UNLISTED, "call_sre", "SRE を呼ぶ", unlisted),
        (UNLISTED, "resolve", "解決にする", not_an_actor),
    ] {
        press(&visitor, who, button).await;
        assert_eq!(last(&visitor, who).await, Some(answer(label, told)), "{who} {button}");
    }
    visitor.presses(json!({"do": "late", "on": true})).await;
    let too_old = "2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。";
    for (button, label) in [("call_sre", "SRE を呼ぶ"), ("resolve", "解決にする"), ("stay", "続けます")] {
        press(&visitor, SATO, button).await;
        assert_eq!(last(&visitor, SATO).await, Some(answer(label, too_old)));
    }
    let view = visitor.view().await;
    assert_eq!((posts(&view, 0), answers(&view, SUZUKI)), (before, vec![]));
    // Nothing of it was done.
    visitor.presses(json!({"do": "late", "on": false})).await;
    press(&visitor, SATO, "resolve").await;
    assert_eq!(texts(&visitor.view().await, 0), ["✅ 佐藤 が解決 (0秒) · 11:02 · #PD4812"]);
}
