//! Looking for secrets in what was printed, in every form in which one may be printed.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// A secret is found by any piece of it as long as this.
const PIECE: usize = 16;

/// What must not be printed.
#[derive(Default)]
pub struct Secrets {
    all: Vec<(String, Vec<String>)>,
}

impl Secrets {
    pub fn with(mut self, name: &str, secret: &str) -> Self {
        let mut forms = pieces(secret);
        forms.extend(encoded(secret));
        self.all.push((name.to_owned(), forms));
        self
    }

    /// The secrets that are in a text, each with how it stands there.
    pub fn found_in(&self, text: &str) -> Vec<String> {
        let found = self.all.iter().filter_map(|(name, forms)| {
            let form = forms.iter().find(|form| text.contains(form.as_str()))?;
            let at = text.find(form.as_str()).unwrap_or_default();
            let before: String = text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
            Some(format!("{name}, after …{before}"))
        });
        found.collect()
    }
}

/// A long secret in pieces, so that half of it is found, too; a short one as it is.
fn pieces(secret: &str) -> Vec<String> {
    let characters: Vec<char> = secret.chars().collect();
    if characters.len() <= PIECE {
        return vec![secret.to_owned()];
    }
    characters.windows(PIECE).step_by(PIECE / 2).map(|piece| piece.iter().collect()).collect()
}

/// What it begins with, escaped for JSON, for Rust, for a URL; in base64 wherever it begins; as numbers, in hexadecimal.
fn encoded(secret: &str) -> Vec<String> {
    let beginning: String = secret.chars().take(2 * PIECE).collect();
    let bytes = beginning.as_bytes();
    let json = serde_json::to_string(&beginning).expect("text is JSON");
    let mut forms = vec![
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('/', "\\/"),
        json.replace('\\', "\\\\").trim_matches('"').to_owned(),
        format!("{beginning:?}").trim_matches('"').to_owned(),
        form_urlencoded::byte_serialize(bytes).collect(),
        bytes.escape_ascii().to_string(),
        format!("{bytes:?}").trim_matches(['[', ']']).to_owned(),
        bytes.iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").expect("a String takes everything");
            digits
        }),
    ];
    for offset in 0..3 {
        // Its first and last digits depend on what stands before and after it.
        let shifted = [&vec![0; offset], bytes].concat();
        for text in [BASE64_STANDARD_NO_PAD.encode(&shifted), BASE64_URL_SAFE_NO_PAD.encode(&shifted)] {
            forms.push(text[4..text.len().saturating_sub(2).max(4)].to_owned());
        }
    }
    forms.retain(|form| form.len() >= 6);
    forms
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "s3cret\"canary+in/the=answer";
    let secrets = Secrets::default().with("the canary", secret);
    for text in [
        format!("a {secret} b"),
        "a s3cret\"canary+in/th… b".to_owned(),
        format!("{{\"message\": {}}}", serde_json::to_string(secret).expect("JSON")),
        format!("{{\"message\": {:?}}}", serde_json::to_string(secret).expect("JSON")),
        "{\"a\": \"s3cret\\\"canary+in\\/the=answer\"}".to_owned(),
        format!("Error({secret:?})"),
        format!("Error({:?})", secret.as_bytes()),
        format!("?q={}", form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()),
        BASE64_STANDARD_NO_PAD.encode(secret),
        BASE64_STANDARD_NO_PAD.encode(format!("a{secret}b")),
        BASE64_URL_SAFE_NO_PAD.encode(format!("ab{secret}bc")),
        "7333637265742263616e6172792b696e2f7468653d616e73776572".to_owned(),
    ] {
        assert_eq!(secrets.found_in(&text).len(), 1, "{text}");
    }
    assert_eq!(secrets.found_in("the answer holds no canary and no secret"), Vec::<String>::new());
}
