use super::*;

async fn with_rotation() -> (Google, String) {
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("date"), json!("person")], vec![serial("2026-11-24"), json!("sato")]]);
    let token = token(&google).await;
    (google, token)
}

#[tokio::test]
async fn several_ranges_and_all_options() {
    let (google, token) = with_rotation().await;
    google.set_tab("members", vec![]);
    let options = "dateTimeRenderOption=SERIAL_NUMBER&majorDimension=ROWS&alt=json&prettyPrint=false&fields=*";
    let query = format!("ranges=rotation!A2%3AZ&{UNFORMATTED}&{options}&ranges=members&ranges=rotation!B1");
    let ending = get(&google, &token, &query).await;
    assert_eq!(
        ending.body()["valueRanges"],
        json!([
            {"range": "rotation!A2:Z1000", "majorDimension": "ROWS", "values": [[46_350, "sato"]]},
            {"range": "members!A1:Z1000", "majorDimension": "ROWS"},
            {"range": "rotation!B1", "majorDimension": "ROWS", "values": [["person"]]},
        ])
    );
    assert_eq!(google.problems(), [""; 0]);
}

#[tokio::test]
async fn the_part_that_a_mask_keeps() {
    let (google, token) = with_rotation().await;
    google.set_tab("members", vec![]);
    let values = json!([["person"]]);
    for (mask, expected) in [
        ("valueRanges.values", json!([{"values": values}, {}])),
        ("valueRanges/range", json!([{"range": "rotation!B1"}, {"range": "members!B1"}])),
        ("valueRanges(range,values)", json!([{"range": "rotation!B1", "values": values}, {"range": "members!B1"}])),
        (
            "valueRanges",
            json!([
                {"range": "rotation!B1", "majorDimension": "ROWS", "values": values},
                {"range": "members!B1", "majorDimension": "ROWS"},
            ]),
        ),
    ] {
        let query = format!("ranges=rotation!B1&ranges=members!B1&{UNFORMATTED}&fields={mask}");
        assert_eq!(get(&google, &token, &query).await.body(), json!({"valueRanges": expected}), "for {mask}");
        assert_eq!(google.problems(), [""; 0]);
    }
}

#[tokio::test]
async fn a_person_edits_the_sheet() {
    let (google, token) = with_rotation().await;
    google.edit("rotation", 2, 2, json!("suzuki"));
    google.edit("rotation", 4, 3, json!(1));
    google.edit("rotation", 1, 2, Value::Null);
    assert_eq!(
        read(&google, &token, "rotation").await["values"],
        json!([["date"], [46_350, "suzuki"], [], ["", "", 1]])
    );
    google.set_tab("rotation", vec![]);
    assert_eq!(read(&google, &token, "rotation").await.get("values"), None);
    google.remove_tab("rotation");

    // One tab that is not there refuses the whole read, and it is not the client's fault.
    google.set_tab("members", vec![]);
    let ending = get(&google, &token, &format!("ranges=members&ranges=rotation!A%3AZ&{UNFORMATTED}")).await;
    let error = json!({"code": 400, "message": "Unable to parse range: rotation!A:Z", "status": "INVALID_ARGUMENT"});
    assert_eq!((ending.status(), ending.body()), (400, json!({"error": error})));
    assert_eq!(google.problems(), [""; 0]);
}

#[tokio::test]
async fn calls_that_are_refused() {
    let read = line(&format!("ranges=rotation&{UNFORMATTED}"));
    let other = read.replace(Google::SHEET_ID, "1Other");
    let cases: [(&str, String, &str, u16, Value, &str); 10] = [
        ("a POST", read.replace("GET", "POST"), "", 404, Value::Null, "not GET"),
        ("another method", read.replace(":batchGet", "/rotation"), "", 404, Value::Null, "not GET"),
        ("another resource", read.replace("/values:batchGet", "/sheets"), "", 404, Value::Null, "not GET"),
        ("a body", read.clone(), "{}", 400, Value::Null, "with a body"),
        ("another spreadsheet", other, "", 404, json!("NOT_FOUND"), "no spreadsheet at"),
        ("no ranges", line(UNFORMATTED), "", 400, json!("INVALID_ARGUMENT"), "no ranges"),
        ("no query", line("").replace('?', ""), "", 400, json!("INVALID_ARGUMENT"), "no ranges"),
        ("an encoding", line(&format!("ranges=%E5%BD&{UNFORMATTED}")), "", 400, Value::Null, "is not encoded"),
        ("a parameter", format!("{read}&access_token=x"), "", 400, json!("INVALID_ARGUMENT"), "access_token is not"),
        ("a mask", format!("{read}&fields=valueRanges.cells"), "", 400, json!("INVALID_ARGUMENT"), "not a mask"),
    ];
    for (case, line, body, status, code, problem) in cases {
        let (google, token) = with_rotation().await;
        let bearer = format!("Bearer {token}");
        let mut client = Client::connect(&google.base_url()).await;
        let ending = client.call(&line, &[("authorization", &bearer)], body).await;
        let mut answer = ending.body();
        let found = if answer.is_object() { answer["error"]["status"].take() } else { Value::Null };
        assert_eq!((ending.status(), found, google.reads()), (status, code, 1), "for {case}");
        assert_contains(&left_by(google), problem);
    }
}

/// What asks about the tabs themselves.
#[tokio::test]
async fn the_tabs_with_their_ids_and_merged_cells() {
    let path = format!("GET /v4/spreadsheets/{}", Google::SHEET_ID);
    let fields = "fields=sheets(properties(sheetId,title),merges)";
    for (line, status, problem) in [
        (format!("{path}?{fields}"), 200, None),
        (format!("{path}?{fields}").replace("GET", "POST"), 404, Some("not GET")),
        (path.clone(), 400, Some("fields are None")),
        (format!("{path}?{fields}&includeGridData=true"), 400, Some("includeGridData is not needed")),
        (format!("{path}?{fields}").replace(Google::SHEET_ID, "1Other"), 404, Some("no spreadsheet at")),
    ] {
        let (google, token) = with_rotation().await;
        google.merge("rotation", &[[1, 3, 0, 1]]);
        let bearer = format!("Bearer {token}");
        let mut client = Client::connect(&google.base_url()).await;
        let ending = client.call(&line, &[("authorization", &bearer)], "").await;
        assert_eq!((ending.status(), google.looks(), google.reads()), (status, 1, 0), "{line}");
        match problem {
            Some(problem) => assert_contains(&left_by(google), problem),
            None => {
                let merge = json!({
                    "sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1,
                });
                let properties = json!({"sheetId": 0, "title": "rotation"});
                assert_eq!(ending.body(), json!({"sheets": [{"properties": properties, "merges": [merge]}]}));
            }
        }
    }
}

#[tokio::test]
async fn calls_without_a_token_that_was_given() {
    for (headers, status, code, problem) in [
        (vec![], 403, "PERMISSION_DENIED", "no Authorization"),
        (vec![("authorization", "Bearer ya29.other")], 401, "UNAUTHENTICATED", "not a token that was given"),
        (vec![("authorization", "Bearer ")], 401, "UNAUTHENTICATED", "not a token that was given"),
        (vec![("authorization", "ya29.c.test-0001")], 401, "UNAUTHENTICATED", "not a token that was given"),
    ] {
        let (google, _) = with_rotation().await;
        let mut client = Client::connect(&google.base_url()).await;
        let ending = client.call(&line(&format!("ranges=rotation&{UNFORMATTED}")), &headers, "").await;
        assert_eq!((ending.status(), ending.body()["error"]["status"].take()), (status, code.into()));
        assert_contains(&left_by(google), problem);
    }
}

/// Google answers these, but not with what the client reads from them.
#[tokio::test]
async fn options_that_are_answered_and_wrong() {
    for (options, problem) in [
        ("", "valueRenderOption is None"),
        ("valueRenderOption=FORMATTED_VALUE", "valueRenderOption is Some(\"FORMATTED_VALUE\")"),
        ("valueRenderOption=FORMULA", "valueRenderOption is Some"),
        (&format!("{UNFORMATTED}&{UNFORMATTED}"), "comes twice"),
        (&format!("{UNFORMATTED}&dateTimeRenderOption=FORMATTED_STRING"), "dateTimeRenderOption is"),
        (&format!("{UNFORMATTED}&majorDimension=COLUMNS"), "majorDimension is"),
        (&format!("{UNFORMATTED}&alt=proto"), "alt is"),
    ] {
        let (google, token) = with_rotation().await;
        assert_eq!(get(&google, &token, &format!("ranges=rotation&{options}")).await.status(), 200);
        assert_contains(&left_by(google), problem);
    }
}
