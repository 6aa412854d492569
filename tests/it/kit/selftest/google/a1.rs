use super::*;

/// A table that begins at B2, with gaps, under a title.
async fn with_table() -> Google {
    let google = Google::start().await;
    google.set_tab(
        "rotation",
        vec![
            vec![json!("on call"), Value::Null, Value::Null],
            vec![Value::Null, json!("date"), json!("person"), json!("ok"), Value::Null],
            vec![],
            vec![Value::Null, serial("2026-11-24"), Value::Null, json!(true)],
            vec![Value::Null, json!(46_351.5), json!(""), Value::Null],
            vec![Value::Null, Value::Null],
            vec![],
        ],
    );
    google
}

#[tokio::test]
async fn a_range_is_answered_without_what_is_empty_at_its_ends() {
    let google = with_table().await;
    let token = token(&google).await;
    let whole = json!([["on call"], ["", "date", "person", "ok"], [], ["", 46_350, "", true], ["", 46_351.5, ""]]);
    let from_b = json!([[], ["date", "person", "ok"], [], [46_350, "", true], [46_351.5, ""]]);
    for (range, name, values) in [
        ("rotation", "rotation!A1:Z1000", whole.clone()),
        ("rotation!A:Z", "rotation!A1:Z1000", whole.clone()),
        ("%27rotation%27%21A%3AZ", "rotation!A1:Z1000", whole.clone()),
        ("rotation!A1:D", "rotation!A1:D1000", whole.clone()),
        ("rotation!A:ZZ", "rotation!A1:Z1000", whole.clone()),
        ("rotation!A1:D5000", "rotation!A1:D1000", whole),
        ("rotation!B:Z", "rotation!B1:Z1000", from_b),
        ("rotation!B5:Z", "rotation!B5:Z1000", json!([[46_351.5, ""]])),
        ("rotation!B2:C4", "rotation!B2:C4", json!([["date", "person"], [], [46_350]])),
        ("rotation!A2:A9", "rotation!A2:A9", Value::Null),
        ("rotation!C3:D", "rotation!C3:D1000", json!([[], ["", true], [""]])),
        ("rotation!D4", "rotation!D4", json!([[true]])),
        ("rotation!D4:D4", "rotation!D4", json!([[true]])),
        ("rotation!2:3", "rotation!A2:Z3", json!([["", "date", "person", "ok"]])),
        ("rotation!A6:Z", "rotation!A6:Z1000", Value::Null),
        ("rotation!Z1000", "rotation!Z1000", Value::Null),
    ] {
        let mut expected = json!({"range": name, "majorDimension": "ROWS", "values": values});
        if values.is_null() {
            expected = json!({"range": name, "majorDimension": "ROWS"});
        }
        assert_eq!(read(&google, &token, range).await, expected, "for {range}");
    }
}

#[tokio::test]
async fn a_larger_tab_has_a_larger_grid() {
    let google = Google::start().await;
    let token = token(&google).await;
    google.set_tab("wide", vec![vec![json!(1); 53]; 1_001]);
    assert_eq!(read(&google, &token, "wide").await["range"], "wide!A1:BA1001");
    google.edit("wide", 1_001, 703, json!(1));
    assert_eq!(read(&google, &token, "wide!AZ2:AAA").await["range"], "wide!AZ2:AAA1001");
}

#[tokio::test]
async fn names_of_tabs() {
    let google = Google::start().await;
    let token = token(&google).await;
    for (name, asked, answered) in [
        ("rotation_2", "rotation_2!A1", "rotation_2!A1"),
        ("当番表", "%E5%BD%93%E7%95%AA%E8%A1%A8!A1", "'当番表'!A1"),
        ("当番 表", "%27%E5%BD%93%E7%95%AA+%E8%A1%A8%27!A1", "'当番 表'!A1"),
        ("on#call & more", "%27on%23call%20%26%20more%27!A1", "'on#call & more'!A1"),
        ("Ito's", "%27Ito%27%27s%27!A1", "'Ito''s'!A1"),
        ("'", "%27%27%27%27!A1", "''''!A1"),
        ("2026", "%272026%27!A1", "'2026'!A1"),
        ("Q4", "%27Q4%27!A1", "'Q4'!A1"),
        ("a!b", "%27a!b%27!A1", "'a!b'!A1"),
    ] {
        google.set_tab(name, vec![vec![json!(name)]]);
        assert_eq!(read(&google, &token, asked).await["range"], answered);
        assert_eq!(read(&google, &token, asked).await["values"], json!([[name]]));
    }
}

#[tokio::test]
async fn ranges_that_are_refused() {
    for range in [
        "",
        "!A1",
        "A1:D",
        "B5",
        "Q4",
        "q4!A:Z",
        "R1C1!A:Z",
        "on+call!A:Z",
        "2026!A:Z",
        "a-b",
        "Ito%27s!A1",
        "%27rotation",
        "%27%27!A1",
        "%27rotation%27A1",
        "rotation!",
        "rotation!A",
        "rotation!5",
        "rotation!A:",
        "rotation!D:A",
        "rotation!A5:A4",
        "rotation!A:D5",
        "rotation!A:5",
        "rotation!a:d",
        "rotation!A0:D",
        "rotation!$A$1",
        "rotation!A:AAAA",
        "rotation!A1:B2:C3",
        "rotation!%E3%81%82:Z",
        "rotation!A1,B2",
    ] {
        let google = with_table().await;
        let token = token(&google).await;
        let ending = get(&google, &token, &format!("ranges={range}&{UNFORMATTED}")).await;
        assert_eq!(
            (ending.status(), ending.body()["error"]["status"].take()),
            (400, "INVALID_ARGUMENT".into()),
            "for {range}"
        );
        assert_contains(&left_by(google), "is not a range of a tab");
    }
    for range in ["rotation!AA1:AB", "rotation!A1001:B", "rotation!AA1"] {
        let google = with_table().await;
        let token = token(&google).await;
        let error = get(&google, &token, &format!("ranges={range}&{UNFORMATTED}")).await.body()["error"].take();
        let message = format!("Range ({range}) exceeds grid limits. Max rows: 1000, max columns: 26");
        assert_eq!(error, json!({"code": 400, "message": message, "status": "INVALID_ARGUMENT"}));
        assert_contains(&left_by(google), "beyond the last cell");
    }
}
