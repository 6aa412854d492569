//! Mackerel's API: where it is, and the key to it.

use super::fault::Faults;
use super::lookup::Settings;
use super::team;
use crate::domain::message::Language;
use crate::mackerel::Access;
use crate::net::secret::Secret;

const MACKEREL: &str = "https://api.mackerelio.com";
const KEY_EXAMPLE: &str = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGh";

/// What `toban mackerel` needs.
#[derive(Debug)]
pub struct MackerelConfig {
    /// `MACKEREL_BASE_URL`, `MACKEREL_API_KEY`
    pub access: Access,
    /// `MESSAGE_LANGUAGE`
    pub language: Language,
}

impl MackerelConfig {
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let key = settings.text("MACKEREL_API_KEY").map(Secret::new);
        if key.is_none() {
            let problem = (
                "is not set: create one in Mackerel (API Keys); a read-only one is enough",
                "が設定されていません。Mackerel の「API キー」で作ってください。読み取り専用で足ります",
            );
            settings.fault("MACKEREL_API_KEY", problem, KEY_EXAMPLE);
        }
        let base_url = settings.text("MACKEREL_BASE_URL").unwrap_or_else(|| MACKEREL.into());
        let base_url = settings.url("MACKEREL_BASE_URL", &base_url, MACKEREL);
        let language = team::language(&mut settings);
        settings.done()?;
        let (Some(key), Some(base_url), Some(language)) = (key, base_url, language) else {
            unreachable!("what is missing is a fault, and there is none");
        };
        Ok(Self { access: Access { base_url, key }, language })
    }
}
