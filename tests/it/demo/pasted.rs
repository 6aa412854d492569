//! A rotation that is pasted into the page. Whole sheets are pasted in a browser, in `tests/demo`.

use super::open_page;
use super::visitor::{Visitor, posts};
use serde_json::{Value, json};

const ROTATION: &str = "日付\t担当1\t担当2\n11/24(火)\t\"青木\n上田\"\t\n11/25(水)\t未定\t\n11/26(木)\t休み\t\n";

async fn paste(visitor: &Visitor, rotation: &str, members: &str) -> Value {
    visitor.presses(json!({"do": "paste_rotation", "rotation": rotation, "members": members})).await;
    visitor.view().await["pasted"].clone()
}

/// Each day that is shown: who is on call, or what is wrong.
fn days(pasted: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(" ");
    let one = |day: &Value| {
        let nobody = if day["is_nobodys"] == true { "nobody" } else { "" };
        [text(&day["date"]), list(&day["people"]), list(&day["why"]), nobody.to_owned()].join("|")
    };
    pasted["days"].as_array().into_iter().flatten().map(one).collect()
}

fn findings(pasted: &Value) -> Vec<&str> {
    pasted["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["text"].as_str()).collect()
}

#[tokio::test]
async fn what_is_pasted_is_read_used_and_taken_back() {
    let (_serve, visitor) = open_page().await;
    assert_eq!(visitor.view().await["pasted"], Value::Null);
    let pasted = paste(&visitor, ROTATION, "").await;
    assert_eq!(
        days(&pasted),
        ["2026-11-24|青木 上田||", "2026-11-25||rotation!B3 の「未定」はまだ決まっていません|", "2026-11-26|||nobody",]
    );
    assert_eq!((&pasted["has_members"], &pasted["is_elsewhere"]), (&json!(false), &json!(false)));
    let told = findings(&pasted);
    assert!(
        told.iter().any(|text| text.contains("rotation!B3") && text.ends_with("決まったら名前を書いてください")),
        "{told:?}"
    );
    // Alerts, their reasons and reminders follow it, on both chats.
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "remind", "which": "evening"})).await;
    let view = visitor.view().await;
    let names = |ids: &str| {
        let ids =
            ids.lines().next().unwrap_or_default().split(' ').map(|id| id.trim_matches(['<', '@', '>']).to_owned());
        ids.filter_map(|id| view["names"][id].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for chat in [0, 1] {
        let posted = posts(&view, chat);
        assert_eq!(names(&posted[0].2), ["青木", "上田"], "{posted:?}");
        assert!(posted[1].2.contains("rotation!B3"), "{posted:?}");
    }
    visitor.presses(json!({"do": "take_back_rotation"})).await;
    let view = visitor.view().await;
    assert_eq!((&view["pasted"], &view["decision"]["people"]), (&Value::Null, &json!(["中村", "小林"])));
}

#[tokio::test]
async fn a_members_tab_says_who_can_be_mentioned() {
    let (_serve, visitor) = open_page().await;
    let pasted =
        paste(&visitor, "日付\t担当1\t担当2\n2026/11/24\t青木\t上田\n", "name\tslack\n青木\tU0AOKI0001\n").await;
    assert_eq!(days(&pasted), ["2026-11-24|青木|rotation!C2 の「上田」は誰のことか分かりません|"]);
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert!(posts(&view, 0)[0].2.starts_with("<@U0AOKI0001>\n"), "{view}");
    assert!(posts(&view, 1)[0].2.starts_with("@sre\n"), "it has no column for Typetalk: {view}");
    // Where it only knows Typetalk, the days are those of Typetalk.
    let pasted = paste(&visitor, "日付\t担当1\n2026/11/24\t青木\n", "name\ttypetalk\n青木\taoki\n").await;
    assert_eq!(days(&pasted), ["2026-11-24|青木||"]);
}

#[tokio::test]
async fn dates_without_a_year_are_read_again_on_another_day() {
    let (_serve, visitor) = open_page().await;
    let table = "日付\t担当\n11/24\t青木\n11/25\t上田\n";
    assert_eq!(days(&paste(&visitor, table, "").await), ["2026-11-24|青木||", "2026-11-25|上田||"]);
    visitor.presses(json!({"do": "clock", "at": "2027-11-22T09:00"})).await;
    assert_eq!(days(&visitor.view().await["pasted"]), ["2027-11-24|青木||", "2027-11-25|上田||"]);
    // With years they lie elsewhere, and are shown all the same.
    let pasted = paste(&visitor, "日付\t担当\n2026/1/5\t青木\n2026/12/7\t上田\n", "").await;
    assert_eq!(days(&pasted), ["2026-01-05|青木||", "2026-12-07|上田||"]);
    assert_eq!(
        (&pasted["is_elsewhere"], &pasted["first"], &pasted["last"]),
        (&json!(true), &json!("2026-01-05"), &json!("2026-12-07"))
    );
}

#[tokio::test]
async fn a_text_that_is_no_table_is_refused_with_what_to_do() {
    let (_serve, visitor) = open_page().await;
    paste(&visitor, ROTATION, "").await;
    let large = "2026/11/24\t佐藤\n".repeat(4_000);
    for (rotation, members, expected) in [
        ("\t\n", "", "何も貼り付けられていません。"),
        ("2026/11/24,佐藤", "", "タブで区切られていません。"),
        (&large, "", "大きすぎます"),
        ("日付\t担当\n", &large, "大きすぎます"),
    ] {
        let answer = visitor.press(json!({"do": "paste_rotation", "rotation": rotation, "members": members})).await;
        let problem = answer.json()["problem"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 409, "{problem}");
        assert!(problem.starts_with(expected) && problem.ends_with(['い', ')']), "{problem}");
    }
    assert_eq!(days(&visitor.view().await["pasted"]).len(), 3, "what was pasted before is still used");
    // A table that only people can read is refused too, and it is said why.
    let pasted = paste(&visitor, "\t月\t火\t水\n担当\t青木\t上田\t青木\n", "").await;
    assert_eq!(days(&pasted), Vec::<String>::new());
    let told = findings(&pasted);
    assert!(told.iter().any(|text| text.contains("曜日だけで日付のない表なので読みません")), "{told:?}");
    assert_eq!(visitor.view().await["decision"]["mention"], "fallback");
}
