//! The played day is stopped, gone on with, and played up to one of its steps.

use super::open_page;
use super::visitor::{Visitor, posts};
use serde_json::{Value, json};

/// How many steps are done, whether it is held, and the time that the clock shows.
fn at(view: &Value) -> (u64, bool, &str) {
    let done = view["day"]["done"].as_u64().unwrap_or_default();
    (done, view["day"]["is_held"] == true, view["clock"]["field"].as_str().unwrap_or_default())
}

fn times(view: &Value) -> Vec<String> {
    posts(view, 0).into_iter().map(|(time, ..)| time).collect()
}

async fn play_to(visitor: &Visitor, step: usize) -> Value {
    visitor.presses(json!({"do": "play_to", "step": step})).await;
    visitor.view().await
}

#[tokio::test]
async fn a_day_is_played_up_to_a_step_and_again_from_an_earlier_one() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "play", "pause": null})).await;
    let view = visitor.view().await;
    assert_eq!((at(&view), times(&view)), ((1, true, "2026-11-24T10:00"), vec!["10:00".to_owned()]));

    let view = play_to(&visitor, 4).await;
    assert_eq!(at(&view), (5, true, "2026-11-24T16:35"));
    assert_eq!(times(&view), ["10:00", "11:02", "11:05", "11:31", "16:35"]);
    let there = posts(&view, 0);

    // Further, and back: what came later is taken away, and the rest is as it was.
    assert_eq!(at(&play_to(&visitor, 8).await), (9, true, "2026-11-24T17:05"));
    let view = play_to(&visitor, 4).await;
    assert_eq!((at(&view), posts(&view, 0)), ((5, true, "2026-11-24T16:35"), there));
    // Where it stands already, it is played again.
    let again = play_to(&visitor, 4).await;
    assert_eq!((at(&again), posts(&again, 0)), (at(&view), posts(&view, 0)));
    assert_eq!(at(&play_to(&visitor, 0).await), (1, true, "2026-11-24T10:00"));

    // The last one ends the day, and the clock goes back.
    let view = play_to(&visitor, 10).await;
    assert_eq!((at(&view), times(&view).len()), ((11, false, "2026-11-24T11:02"), 11));
    assert_eq!(at(&play_to(&visitor, 5).await), (6, true, "2026-11-24T16:50"), "a day that is over is gone back into");
}

#[tokio::test]
async fn a_day_is_stopped_and_goes_on_at_any_pace() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "play", "pause": 60_000})).await;
    assert_eq!(at(&visitor.sees(|view| view["day"]["done"] == 1).await), (1, false, "2026-11-24T10:00"));
    visitor.presses(json!({"do": "pace", "pause": null})).await;
    assert_eq!(at(&visitor.view().await), (1, true, "2026-11-24T10:00"));
    // Whoever played it before waits for a minute yet, and plays nothing any more.
    visitor.presses(json!({"do": "pace", "pause": 0})).await;
    let view = visitor.sees(|view| view["day"]["done"] == 11).await;
    assert_eq!((at(&view), times(&view).len()), ((11, false, "2026-11-24T11:02"), 11));
    // Over is over.
    visitor.presses(json!({"do": "pace", "pause": 0})).await;
    assert_eq!(times(&visitor.view().await).len(), 11);
    visitor.presses(json!({"do": "play", "pause": 60_000})).await;
    assert_eq!(at(&play_to(&visitor, 2).await), (3, true, "2026-11-24T11:05"), "it stops where it was asked to");
}

#[tokio::test]
async fn what_is_sent_in_between_is_another_incident_than_the_days() {
    let (_demo, visitor) = open_page().await;
    visitor.presses(json!({"do": "play", "pause": null})).await;
    play_to(&visitor, 2).await;
    for _ in 0..2 {
        visitor.sends("v3/incident.triggered").await;
    }
    let view = play_to(&visitor, 9).await;
    let tag = |text: &str| {
        let tag = text.split_whitespace().find(|word| word.starts_with("#PD"));
        tag.unwrap_or_default().to_owned()
    };
    let begun = posts(&view, 0).into_iter().filter(|(_, _, text)| text.contains("🔥 ") || text.contains("✅ 解決済み"));
    let tags: Vec<_> = begun.map(|(time, _, text)| format!("{time} {}", tag(&text))).collect();
    assert_eq!(tags, ["11:02 #PD4812", "11:05 #PD4815", "11:05 #PD4816", "16:35 #PD4813", "23:10 #PD4814"]);
}

#[tokio::test]
async fn there_is_nothing_to_play_up_to_without_a_day() {
    let (_demo, visitor) = open_page().await;
    let refused = async |step: usize| {
        let answer = visitor.press(json!({"do": "play_to", "step": step})).await;
        (answer.status, answer.json()["problem"].as_str().unwrap_or_default().to_owned())
    };
    let expected = (409, "その時点まで再生できません".to_owned());
    assert_eq!(refused(0).await, expected);
    visitor.presses(json!({"do": "pace", "pause": 0})).await;
    assert_eq!(visitor.view().await["day"], Value::Null);
    visitor.presses(json!({"do": "play", "pause": null})).await;
    assert_eq!(refused(11).await, expected);
}
