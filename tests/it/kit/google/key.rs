//! The service account: its key file, and what its signatures are checked with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::json;

use super::Google;

pub const TOKEN_PATH: &str = "/token";
pub const KEY_ID: &str = "0123456789abcdef0123456789abcdef01234567";

/// A note, then the key in PKCS #8.
const TEST_KEY: &str = include_str!("test-key.pem");

pub fn file(origin: &str) -> String {
    let email = Google::CLIENT_EMAIL;
    let key = json!({
        "type": "service_account",
        "project_id": "toban-test-123456",
        "private_key_id": KEY_ID,
        "private_key": pem(),
        "client_email": email,
        "client_id": "123456789012345678901",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": format!("{origin}{TOKEN_PATH}"),
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": format!("https://www.googleapis.com/robot/v1/metadata/x509/{}", email.replace('@', "%40")),
        "universe_domain": "googleapis.com",
    });
    format!("{key:#}\n")
}

/// Whether the account's key has signed this with RS256.
pub fn has_signed(signed: &[u8], signature: &[u8]) -> bool {
    let lines = pem().lines().filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(lines.collect::<String>()).expect("the test key is base64");
    let pair = RsaKeyPair::from_pkcs8(&der).expect("the test key is an RSA key in PKCS #8");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
    public.verify(signed, signature).is_ok()
}

fn pem() -> &'static str {
    let begin = TEST_KEY.find("-----BEGIN").expect("the test key is a PEM");
    &TEST_KEY[begin..]
}
