//! The fake Google: a token endpoint that checks the service account's JWT, and Sheets with a rotation and members.

use crate::fakes::{Ask, Reply};
use crate::roster::{self, Dates, Offset};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::{DateTime, Utc};
use hyper::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

pub const SHEET_ID: &str = "1BenchSheet-abcdefghijklmnopqrstuvwxyz0123456";
const CLIENT_EMAIL: &str = "toban@bench.iam.gserviceaccount.com";
const ACCESS_TOKEN: &str = "ya29.bench-access-token";
/// Google's own libraries use the public endpoint as audience, whatever the key file says.
const PUBLIC_TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

pub struct Google {
    key: KeyPair,
    token_uri: String,
    rotation: [(Dates, String); 2],
    members: String,
}

impl Google {
    pub fn new(base: &str, now: DateTime<Utc>) -> Self {
        let today = Offset::default().day(now);
        Self {
            key: KeyPair::generate(KeySize::Rsa2048).expect("a 2048-bit key can be generated"),
            token_uri: format!("{base}/token"),
            rotation: [Dates::Serial, Dates::Text].map(|dates| (dates, roster::rotation(today, dates).to_string())),
            members: roster::members().to_string(),
        }
    }

    /// The JSON of a service account key file whose `token_uri` is this fake.
    pub fn service_account_key(&self) -> String {
        let der: Pkcs8V1Der = self.key.as_der().expect("the key was just generated");
        let text = BASE64_STANDARD.encode(der.as_ref());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        json!({
            "type": "service_account",
            "project_id": "bench",
            "private_key_id": "0123456789abcdef0123456789abcdef01234567",
            "private_key": format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")),
            "client_email": CLIENT_EMAIL,
            "client_id": "123456789012345678901",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": self.token_uri,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/toban",
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    pub fn token(&self, ask: &Ask, now: DateTime<Utc>) -> Reply {
        match self.check_grant(ask, now) {
            Ok(()) => Reply::ok(json!({"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"})),
            Err(why) => Reply::refused(400, json!({"error": "invalid_grant", "error_description": why}), why),
        }
    }

    fn check_grant(&self, ask: &Ask, now: DateTime<Utc>) -> Result<(), &'static str> {
        if ask.method != Method::POST {
            return Err("the token endpoint takes POST");
        }
        let form = ask.form();
        let field = |name: &str| form.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        if field("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
            return Err("grant_type is not jwt-bearer");
        }
        let (signed, signature) = field("assertion").rsplit_once('.').ok_or("the assertion is not a JWT")?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the JWT's signature is not base64url")?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| "the JWT's signature is wrong")?;
        let claims = signed.split_once('.').map(|(_, claims)| claims).ok_or("the JWT has no claims")?;
        let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).map_err(|_| "the JWT's claims are not base64url")?;
        let claims: Value = serde_json::from_slice(&claims).map_err(|_| "the JWT's claims are not JSON")?;
        let iat = claims["iat"].as_i64().unwrap_or(0);
        let exp = claims["exp"].as_i64().unwrap_or(0);
        if claims["iss"] != CLIENT_EMAIL {
            Err("iss is not the service account")
        } else if claims["aud"] != self.token_uri && claims["aud"] != PUBLIC_TOKEN_URI {
            Err("aud is not the token endpoint")
        } else if !claims["scope"].as_str().is_some_and(|s| s.contains("https://www.googleapis.com/auth/spreadsheets"))
        {
            Err("the scope does not cover spreadsheets")
        } else if (now.timestamp() - iat).abs() > 300 || exp <= now.timestamp() || exp - iat > 3600 {
            Err("iat or exp is out of range")
        } else {
            Ok(())
        }
    }

    pub fn sheets(&self, ask: &Ask) -> Reply {
        if ask.header("authorization") != Some(&format!("Bearer {ACCESS_TOKEN}")) {
            return refused(401, "UNAUTHENTICATED", "no access token, or not the one that was issued");
        }
        if ask.method != Method::GET {
            return refused(405, "INVALID_ARGUMENT", "the sheet is only read");
        }
        let path = ask.path.strip_prefix("/v4/spreadsheets/").unwrap_or_default();
        if path == SHEET_ID {
            return tabs(ask);
        }
        let Some((SHEET_ID, what)) = path.split_once("/values") else {
            return refused(404, "NOT_FOUND", "not the spreadsheet, or not its values");
        };
        let query = ask.query();
        let option = |name: &str| query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
        if option("majorDimension").is_some_and(|d| d != "ROWS") {
            return refused(400, "INVALID_ARGUMENT", "this fake serves rows");
        }
        let dates = match (option("valueRenderOption"), option("dateTimeRenderOption")) {
            (Some("UNFORMATTED_VALUE"), None | Some("SERIAL_NUMBER")) => Dates::Serial,
            _ => Dates::Text,
        };
        let wanted: Vec<String> = match what.strip_prefix('/') {
            Some(range) => vec![percent_decode_str(range).decode_utf8_lossy().into_owned()],
            None if what == ":batchGet" => {
                query.iter().filter(|(k, _)| k == "ranges").map(|(_, v)| v.clone()).collect()
            }
            None => return refused(404, "NOT_FOUND", "not values:batchGet and not values/RANGE"),
        };
        let Some(found) = wanted.iter().map(|range| self.value_range(range, dates)).collect::<Option<Vec<_>>>() else {
            return refused(400, "INVALID_ARGUMENT", &format!("cannot parse one of the ranges {wanted:?}"));
        };
        match (what, &found[..]) {
            (":batchGet", []) => refused(400, "INVALID_ARGUMENT", "batchGet without ranges"),
            (":batchGet", all) => {
                Reply::json(format!(r#"{{"spreadsheetId":"{SHEET_ID}","valueRanges":[{}]}}"#, all.join(",")))
            }
            (_, one) => Reply::json(one.concat()),
        }
    }

    /// Whole tabs only: `rotation`, `rotation!A:Z`, `'rotation'!A1:D`.
    fn value_range(&self, range: &str, dates: Dates) -> Option<String> {
        let (tab, cells) = range.split_once('!').unwrap_or((range, "A:Z"));
        let from = cells.split(':').next()?;
        if from != "A" && from != "A1" {
            return None;
        }
        let (tab, values) = match tab.trim_matches('\'') {
            "rotation" => ("rotation", &self.rotation.iter().find(|(d, _)| *d == dates)?.1),
            "members" => ("members", &self.members),
            _ => return None,
        };
        Some(format!(r#"{{"range":"{tab}!A1:Z1000","majorDimension":"ROWS","values":{values}}}"#))
    }
}

/// `spreadsheets.get`: what the tabs are, without their cells.
fn tabs(ask: &Ask) -> Reply {
    let is_fields = |(name, value): &(String, String)| name == "fields" && value.starts_with("sheets(properties(");
    if !ask.query().iter().any(is_fields) {
        return refused(400, "INVALID_ARGUMENT", "this fake knows ids, titles and merged cells of the tabs only");
    }
    let tab = |(id, title): (usize, &str)| json!({"properties": {"sheetId": id, "title": title}});
    let tabs: Vec<_> = ["rotation", "members"].into_iter().enumerate().map(tab).collect();
    Reply::ok(json!({"sheets": tabs}))
}

fn refused(status: u16, code: &str, why: &str) -> Reply {
    Reply::refused(status, json!({"error": {"code": status, "message": why, "status": code}}), why)
}
