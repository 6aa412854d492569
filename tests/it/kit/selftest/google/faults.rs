use super::*;

const HTML: &str = "text/html; charset=utf-8";

async fn with_rotation() -> (Google, String) {
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("date"), json!("person")], vec![serial("2026-11-24"), json!("佐藤")]]);
    let token = token(&google).await;
    (google, token)
}

/// A correct read; one that hangs is given up after the fake has judged it.
async fn reading(google: &Google, token: &str, hangs: bool) -> Ending {
    let mut client = Client::connect(&google.base_url()).await;
    let reads = google.reads();
    let bearer = format!("Bearer {token}");
    client.send(&line(&format!("ranges=rotation!A:Z&{UNFORMATTED}")), &[("authorization", &bearer)], "").await;
    if !hangs {
        return client.ending().await;
    }
    google.read(reads + 1).await;
    client.give_up().await
}

/// A correct call for a token, likewise.
async fn asking(google: &Google, hangs: bool) -> Ending {
    let mut client = Client::connect(&google.base_url()).await;
    let calls = google.token_calls();
    client.send("POST /token", &[FORM], &form(google)).await;
    if !hangs {
        return client.ending().await;
    }
    google.token_called(calls + 1).await;
    client.give_up().await
}

#[tokio::test]
async fn refusals_of_the_sheets_api() {
    let (google, token) = with_rotation().await;
    for (fault, code, status, message) in [
        (GoogleFault::MissingTab, 400, "INVALID_ARGUMENT", "Unable to parse range: rotation!A:Z"),
        (GoogleFault::NotShared, 403, "PERMISSION_DENIED", "The caller does not have permission"),
        (GoogleFault::NotFound, 404, "NOT_FOUND", "Requested entity was not found."),
        (GoogleFault::Xlsx, 400, "FAILED_PRECONDITION", "This operation is not supported for this document"),
        (GoogleFault::Quota, 429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'"),
        (GoogleFault::ApiDisabled, 403, "PERMISSION_DENIED", "has not been used in project 123456789012 before"),
        (GoogleFault::Unauthenticated, 401, "UNAUTHENTICATED", "invalid authentication credentials"),
        (GoogleFault::Unavailable, 503, "UNAVAILABLE", "The service is currently unavailable."),
    ] {
        google.sheets_fail_next([fault]);
        let ending = reading(&google, &token, false).await;
        let error = ending.body()["error"].take();
        assert_eq!((ending.status(), ending.header("content-type")), (code, "application/json; charset=utf-8"));
        assert_eq!((&error["code"], &error["status"]), (&json!(code), &json!(status)), "for {fault:?}");
        assert_contains(error["message"].as_str().unwrap_or_default(), message);
        assert_eq!(reading(&google, &token, false).await.status(), 200, "after {fault:?}");
    }
    google.sheets_fail_next([GoogleFault::Unauthenticated]);
    let challenge = r#"bearer realm="https://accounts.google.com/", error="invalid_token""#;
    assert_eq!(reading(&google, &token, false).await.header("www-authenticate"), challenge);
}

#[tokio::test]
async fn refusals_of_the_token_endpoint() {
    let google = Google::start().await;
    for (fault, status, error, description) in [
        (GoogleFault::InvalidGrant, 400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        (GoogleFault::AccountNotFound, 400, "invalid_grant", "Invalid grant: account not found"),
        (GoogleFault::Unavailable, 503, "internal_failure", "Backend Error"),
    ] {
        google.token_fail_next([fault]);
        let ending = asking(&google, false).await;
        let body = ending.body();
        assert_eq!((ending.status(), &body["error"]), (status, &json!(error)), "for {fault:?}");
        assert_contains(body["error_description"].as_str().unwrap_or_default(), description);
    }
    assert_eq!((google.grants(), google.token_calls()), (0, 3));
    assert_eq!(asking(&google, false).await.status(), 200);
    assert_eq!(google.grants(), 1);
}

#[tokio::test]
async fn faults_of_the_connection_are_the_same_at_both() {
    let (google, token) = with_rotation().await;
    for fault in [GoogleFault::Html, GoogleFault::HtmlOk, GoogleFault::Hang, GoogleFault::Reset] {
        google.sheets_fail_next([fault]);
        google.token_fail_next([fault]);
        let hangs = fault == GoogleFault::Hang;
        for ending in [reading(&google, &token, hangs).await, asking(&google, hangs).await] {
            match fault {
                GoogleFault::Hang => assert_eq!(ending, Ending::NeverAnswered),
                GoogleFault::Reset => assert_eq!(ending, Ending::Reset),
                _ => {
                    let status = if fault == GoogleFault::Html { 503 } else { 200 };
                    assert_eq!((ending.status(), ending.header("content-type")), (status, HTML));
                    assert_contains(ending.body().as_str().unwrap_or_default(), "<!DOCTYPE html>");
                }
            }
        }
        assert_eq!(reading(&google, &token, false).await.status(), 200, "after {fault:?}");
        assert_eq!(google.grants(), 1, "for {fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_in_the_middle() {
    let (google, token) = with_rotation().await;
    google.sheets_fail_next([GoogleFault::Truncated]);
    google.token_fail_next([GoogleFault::Truncated]);
    let whole = reading(&google, &token, false);
    for ending in [asking(&google, false).await, whole.await] {
        let text = ending.body();
        let text = text.as_str().expect("half an answer is not JSON");
        assert_eq!((ending.status(), ending.header("content-type")), (200, "application/json; charset=utf-8"));
        assert!(text.starts_with('{') && !text.ends_with('}'), "look at {text:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_huge_and_correct() {
    let (google, token) = with_rotation().await;
    google.sheets_fail_next([GoogleFault::Huge]);
    google.token_fail_next([GoogleFault::Huge]);
    let body = reading(&google, &token, false).await.body();
    let rows = body["valueRanges"][0]["values"].as_array().expect("there are values");
    assert_eq!(rows[..2], [json!(["date", "person"]), json!([46_350, "佐藤"])]);
    for row in &rows[2..] {
        let cells = row.as_array().expect("a row is a list");
        let note = cells[25].as_str().expect("a note is a text");
        assert_eq!((cells.len(), note.chars().count()), (26, 50_000));
        assert!(cells[..25].iter().all(|cell| cell == ""), "look for a note outside the last column");
    }
    let length = body.to_string().len();
    assert!((2_000_000..2_200_000).contains(&length), "look at the length: {length}");

    let body = asking(&google, false).await.body();
    assert!(body.to_string().len() > 2_000_000, "look for the padding");
    let token = body["access_token"].as_str().expect("it is a token anyway");
    google.set_tab("rotation", vec![]);
    google.sheets_fail_next([GoogleFault::Huge]);
    let rows = reading(&google, token, false).await.body()["valueRanges"][0]["values"].take();
    assert_eq!(rows.as_array().map(Vec::len), Some(16));
}

#[tokio::test]
async fn each_service_has_its_own_script() {
    let (google, token) = with_rotation().await;
    google.sheets_fail_next([GoogleFault::Quota, GoogleFault::NotFound]);
    google.sheets_fail_always(GoogleFault::Unavailable);
    google.token_fail_always(GoogleFault::InvalidGrant);
    for status in [429, 404, 503, 503] {
        assert_eq!(reading(&google, &token, false).await.status(), status);
        assert_eq!(asking(&google, false).await.status(), 400);
    }
    google.sheets_fail_next([GoogleFault::Quota]);
    google.heal();
    assert_eq!(reading(&google, &token, false).await.status(), 200);
    assert_eq!(asking(&google, false).await.status(), 200);
    assert_eq!((google.reads(), google.token_calls(), google.grants()), (5, 6, 2));
}

#[tokio::test]
async fn a_fault_does_not_hide_a_wrong_call() {
    let (google, token) = with_rotation().await;
    google.sheets_fail_always(GoogleFault::Unavailable);
    google.token_fail_always(GoogleFault::Unavailable);
    assert_eq!(get(&google, &token, "ranges=rotation").await.status(), 503);
    assert_eq!(ask(&google, "grant_type=password").await.status(), 503);
    let problems = google.problems();
    assert_eq!(problems.len(), 2, "look at {problems:?}");
    google.sheets_fail_always(GoogleFault::Huge);
    assert_eq!(get(&google, "other", &format!("ranges=rotation&{UNFORMATTED}")).await.status(), 401);
    assert_eq!(google.problems().len(), 1);
}

#[tokio::test]
async fn faults_that_were_not_played_are_told_on_drop() {
    let google = Google::start().await;
    google.sheets_fail_next([GoogleFault::Xlsx]);
    assert_contains(&left_by(google), "fault that no read came for: Xlsx");
    let google = Google::start().await;
    google.token_fail_next([GoogleFault::Hang]);
    assert_contains(&left_by(google), "fault that no call for a token came for: Hang");
}
