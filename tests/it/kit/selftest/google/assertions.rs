use super::*;

/// A correct call but for its claims.
async fn ask_with(google: &Google, change: impl FnOnce(&mut Value)) -> Ending {
    let mut claims = claims(google);
    change(&mut claims);
    let assertion = signed(google, &json!({"alg": "RS256"}), &claims);
    ask(google, &format!("{GRANT_TYPE}&assertion={assertion}")).await
}

#[tokio::test]
async fn padding_is_taken() {
    let google = Google::start().await;
    let assertion = signed(&google, &json!({"alg": "RS256"}), &claims(&google));
    let ending = ask(&google, &format!("{GRANT_TYPE}&assertion={assertion}%3D%3D")).await;
    assert_eq!((ending.status(), google.problems()), (200, vec![]));
}

/// Nothing was given, and dropping the fake says why.
#[track_caller]
fn assert_refused(google: Google, ending: &Ending, description: &str, problem: &str) {
    assert_eq!(ending.status(), 400, "for {problem}");
    assert_contains(ending.body()["error_description"].as_str().unwrap_or_default(), description);
    assert_eq!((google.grants(), google.token_calls()), (0, 1), "for {problem}");
    assert_contains(&left_by(google), problem);
}

#[tokio::test]
async fn a_token_as_google_gives_it() {
    let google = Google::start().await;
    let ending = ask(&google, &form(&google)).await;
    let given = ending.body();
    assert_eq!(given, json!({"access_token": given["access_token"], "expires_in": 3599, "token_type": "Bearer"}));
    assert_eq!((ending.status(), google.problems()), (200, vec![]));
    assert_eq!(ask_with(&google, |claims| claims["sub"] = Value::Null).await.status(), 200);
    assert_eq!(google.problems(), [""; 0]);
    for (seconds, lifetime) in [(-290, 3_600), (290, 3_600), (0, 60)] {
        let ending = ask_with(&google, |claims| {
            let issued = claims["iat"].as_i64().unwrap_or_default() + seconds;
            (claims["iat"], claims["exp"]) = (issued.into(), (issued + lifetime).into());
        });
        assert_eq!((ending.await.status(), google.problems()), (200, vec![]), "for {seconds} s");
    }
}

#[tokio::test]
async fn claims_that_are_refused() {
    let now = Utc::now().timestamp();
    for (claim, value, description, problem) in [
        ("iss", json!("other@toban-test-123456.iam.gserviceaccount.com"), "account not found", "iss is Some"),
        ("iss", Value::Null, "account not found", "iss is"),
        ("aud", json!("https://oauth2.googleapis.com/token"), "Failed audience check", "aud is Some"),
        ("aud", Value::Null, "Failed audience check", "aud is"),
        ("exp", json!(now - 10), "short-lived token", "expired"),
        ("iat", json!(now - 310), "short-lived token", "not issued now"),
        ("iat", json!(now + 900), "short-lived token", "not issued now"),
        ("exp", json!(now + 4_000), "short-lived token", "not good for up to an hour"),
        ("iat", Value::Null, "iat (issued at) is not set", "iat is"),
        ("exp", json!(now as f64 + 0.5), "exp (expiration time) is not set", "exp is"),
        ("scope", json!(" "), "Invalid OAuth scope", "no scope"),
        ("scope", Value::Null, "Invalid OAuth scope", "no scope"),
    ] {
        let google = Google::start().await;
        let ending = ask_with(&google, |claims| claims[claim] = value).await;
        assert_refused(google, &ending, description, problem);
    }
}

#[tokio::test]
async fn an_audience_is_compared_exactly() {
    for end in ["/token/", "", "/token?"] {
        let google = Google::start().await;
        let audience = format!("{}{end}", google.base_url());
        let ending = ask_with(&google, |claims| claims["aud"] = audience.into()).await;
        assert_refused(google, &ending, "Failed audience check", "aud is");
    }
}

#[tokio::test]
async fn signatures_that_are_refused() {
    type Make = fn(&Google) -> String;
    let cases: [(&str, Make); 6] = [
        ("another algorithm", |google| signed(google, &json!({"alg": "RS512"}), &claims(google))),
        ("none", |google| signed(google, &json!({"alg": "none"}), &claims(google))),
        ("another key", |google| signed(google, &json!({"alg": "RS256", "kid": "other"}), &claims(google))),
        ("changed after signing", |google| {
            let good = signed(google, &json!({"alg": "RS256"}), &claims(google));
            let wide = json!({"iss": "x"});
            let parts: Vec<_> = good.split('.').collect();
            format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(wide.to_string()), parts[2])
        }),
        ("another signature", |google| {
            let good = signed(google, &json!({"alg": "RS256"}), &claims(google));
            let (message, _) = good.rsplit_once('.').expect("an assertion has a signature");
            format!("{message}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
        }),
        ("no signature", |google| {
            let good = signed(google, &json!({"alg": "RS256"}), &claims(google));
            let (message, _) = good.rsplit_once('.').expect("an assertion has a signature");
            format!("{message}.")
        }),
    ];
    for (case, assertion) in cases {
        let google = Google::start().await;
        let ending = ask(&google, &format!("{GRANT_TYPE}&assertion={}", assertion(&google))).await;
        assert_eq!(ending.body()["error"], "invalid_grant", "for {case}");
        assert_refused(google, &ending, "Invalid JWT Signature.", "not signed with the account's key");
    }
}

#[tokio::test]
async fn calls_that_have_not_the_shape_of_one() {
    for (form, description, problem) in [
        ("", "Invalid grant_type", "grant_type is \"\""),
        ("grant_type=refresh_token", "Invalid grant_type: refresh_token", "grant_type is \"refresh_token\""),
        (GRANT_TYPE, "Bad Request", "not a JWT"),
        (&format!("{GRANT_TYPE}&assertion=a.b.c"), "Bad Request", "not a JWT"),
        (&format!("{GRANT_TYPE}&assertion=e30.e30"), "Bad Request", "not a JWT"),
        (&format!("{GRANT_TYPE}&assertion=e30%2F.e30.AA"), "Bad Request", "not a JWT"),
        (&format!("{GRANT_TYPE}&{GRANT_TYPE}"), "Bad Request", "grant_type comes twice"),
        ("grant_type=%6", "Bad Request", "not an encoded form"),
        ("grant_type=%+f", "Bad Request", "not an encoded form"),
        ("grant_type=あ", "Bad Request", "not an encoded form"),
    ] {
        let google = Google::start().await;
        let ending = ask(&google, form).await;
        assert_refused(google, &ending, description, problem);
    }
    for (call, kind, status, problem) in [
        ("GET /token", FORM, 404, "not POST /token"),
        ("POST /token?alt=json", FORM, 404, "not POST /token"),
        ("POST /token", ("content-type", "application/json"), 400, "not a form's"),
        ("POST /token", ("accept", "*/*"), 400, "not a form's"),
    ] {
        let google = Google::start().await;
        let form = form(&google);
        let ending = Client::connect(&google.base_url()).await.call(call, &[kind], &form).await;
        assert_eq!((ending.status(), google.grants()), (status, 0), "for {call}");
        assert_contains(&left_by(google), problem);
    }
}

/// Google gives a token for these, and they are wrong anyway.
#[tokio::test]
async fn calls_that_are_accepted_and_wrong() {
    let least = "https://www.googleapis.com/auth/spreadsheets.readonly";
    for (claim, value, problem) in [
        ("scope", json!("https://www.googleapis.com/auth/spreadsheets"), "not the least"),
        ("scope", json!("https://www.googleapis.com/auth/drive.readonly"), "not the least"),
        ("scope", json!(format!("{least} https://www.googleapis.com/auth/drive")), "not the least"),
        ("scope", json!(format!("{least} ")), "not the least"),
        ("sub", json!("sato@example.com"), "acts for a person"),
        ("colour", json!("red"), "not a claim"),
    ] {
        let google = Google::start().await;
        assert_eq!(ask_with(&google, |claims| claims[claim] = value).await.status(), 200, "for {claim}");
        assert_eq!(google.grants(), 1);
        assert_contains(&left_by(google), problem);
    }
    let google = Google::start().await;
    let assertion = signed(&google, &json!({"alg": "RS256", "typ": "jwt", "crit": []}), &claims(&google));
    let ending = ask(&google, &format!("{GRANT_TYPE}&assertion={assertion}&scope=x")).await;
    assert_eq!((ending.status(), google.problems().len()), (200, 3));
}
