//! A client of Google with no library between it and the wire, and what is the same for both services.

mod a1;
mod assertions;
mod faults;
mod reads;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Utc;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::wire::{Client, Ending};
use super::{assert_contains, left_by, message_of};
use crate::kit::{Google, GoogleFault, serial};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const GRANT_TYPE: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
const UNFORMATTED: &str = "valueRenderOption=UNFORMATTED_VALUE";

/// The claims of a correct client, issued now.
fn claims(google: &Google) -> Value {
    let now = Utc::now().timestamp();
    json!({
        "iss": Google::CLIENT_EMAIL,
        "scope": "https://www.googleapis.com/auth/spreadsheets.readonly",
        "aud": format!("{}/token", google.base_url()),
        "iat": now,
        "exp": now + 3_600,
    })
}

/// An assertion that is signed with the key of the key file.
fn signed(google: &Google, header: &Value, claims: &Value) -> String {
    let key: Value = serde_json::from_str(&google.service_account_key()).expect("a key file is JSON");
    let pem = key["private_key"].as_str().expect("a key file has a key");
    let lines: Vec<_> = pem.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"));
    let der = STANDARD.decode(lines[1..lines.len() - 1].concat()).expect("a PEM is base64");
    let pair = RsaKeyPair::from_pkcs8(&der).expect("a key file has an RSA key");
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).expect("RSA signs anything");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A correct call for a token.
fn form(google: &Google) -> String {
    let assertion = signed(google, &json!({"alg": "RS256", "typ": "JWT"}), &claims(google));
    format!("{GRANT_TYPE}&assertion={assertion}")
}

async fn ask(google: &Google, form: &str) -> Ending {
    Client::connect(&google.base_url()).await.call("POST /token", &[FORM], form).await
}

async fn token(google: &Google) -> String {
    let answer = ask(google, &form(google)).await.body();
    answer["access_token"].as_str().expect("a correct call is given a token").to_owned()
}

/// The request line of a read with these parameters.
fn line(parameters: &str) -> String {
    format!("GET /v4/spreadsheets/{}/values:batchGet?{parameters}", Google::SHEET_ID)
}

async fn get(google: &Google, token: &str, parameters: &str) -> Ending {
    let bearer = format!("Bearer {token}");
    Client::connect(&google.base_url()).await.call(&line(parameters), &[("authorization", &bearer)], "").await
}

/// The answer to a correct read of one range, as it is in the query.
async fn read(google: &Google, token: &str, range: &str) -> Value {
    let ending = get(google, token, &format!("ranges={range}&{UNFORMATTED}")).await;
    assert_eq!(ending.status(), 200, "for {range}, look at {ending:?}");
    assert_eq!(google.problems(), [""; 0], "for {range}");
    ending.body()["valueRanges"][0].take()
}

#[tokio::test]
async fn tokens_and_reads_are_counted() {
    let google = Google::start().await;
    google.set_tab("rotation", vec![vec![json!("date")]]);
    let (first, second) = (token(&google).await, token(&google).await);
    assert_ne!(first, second);
    let mut client = Client::connect(&google.base_url()).await;
    for token in [&first, &second] {
        let bearer = format!("Bearer {token}");
        let ending =
            client.call(&line(&format!("ranges=rotation&{UNFORMATTED}")), &[("authorization", &bearer)], "").await;
        assert_eq!(ending.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(
            ending.body(),
            json!({
                "spreadsheetId": Google::SHEET_ID,
                "valueRanges": [{"range": "rotation!A1:Z1000", "majorDimension": "ROWS", "values": [["date"]]}],
            })
        );
    }
    assert_eq!((google.grants(), google.token_calls(), google.reads(), google.connections()), (2, 2, 2, 3));
}

#[tokio::test]
async fn the_key_file() {
    let google = Google::start().await;
    let key: Value = serde_json::from_str(&google.service_account_key()).expect("a key file is JSON");
    assert_eq!(key["type"], "service_account");
    assert_eq!(key["client_email"], Google::CLIENT_EMAIL);
    assert_eq!(key["token_uri"], format!("{}/token", google.base_url()));
    for name in ["project_id", "private_key_id", "client_id", "auth_uri", "universe_domain"] {
        assert!(key[name].is_string(), "look for {name} in the key file");
    }
}

#[tokio::test]
async fn neither_of_the_two_services() {
    for call in ["GET /", "POST /oauth2/v4/token", "GET /v3/spreadsheets"] {
        let google = Google::start().await;
        let ending = Client::connect(&google.base_url()).await.call(call, &[], "").await;
        assert_eq!(ending.status(), 404);
        assert_eq!((google.reads(), google.token_calls()), (0, 0));
        assert_contains(&left_by(google), call);
    }
}

#[test]
fn serial_numbers() {
    for (date, days) in [("1899-12-30", 0), ("1900-01-01", 2), ("2026-01-01", 46_023), ("2026-11-24", 46_350)] {
        assert_eq!(serial(date), days, "for {date}");
    }
}

#[tokio::test]
async fn what_a_test_must_not_ask_of_the_fake() {
    let google = Google::start().await;
    let refusal = |act: &dyn Fn()| message_of(std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)));
    for (message, part) in [
        (refusal(&|| google.set_tab("rotation", vec![vec![json!([])]])), "look at []"),
        (refusal(&|| google.edit("rotation", 0, 1, Value::Null)), "count from 1"),
        (refusal(&|| google.sheets_fail_next([GoogleFault::InvalidGrant])), "of the token endpoint"),
        (refusal(&|| google.sheets_fail_always(GoogleFault::AccountNotFound)), "of the token endpoint"),
        (refusal(&|| google.token_fail_next([GoogleFault::Quota])), "of the Sheets API"),
        (refusal(&|| google.token_fail_always(GoogleFault::MissingTab)), "of the Sheets API"),
        (refusal(&|| google.edit("rotation", 1, 1, Value::Null)), "a tab \"rotation\" to edit"),
        (refusal(&|| google.remove_tab("rotation")), "a tab \"rotation\" to remove"),
    ] {
        assert_contains(&message, part);
    }
}
