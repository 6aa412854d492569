//! PagerDuty's side: where its API is, with which key, and where the company's holidays are.

use super::lookup::{Faults, Settings};
use super::{ParametersPlace, Reach, cloud, office, sources};
use crate::account::Access;
use crate::roster::Source;
use crate::secret::Secret;
use chrono::{DateTime, Utc};
use std::path::PathBuf;

const PAGERDUTY: &str = "https://api.pagerduty.com";
const KEY_EXAMPLE: &str = "u+AbCdEfGhIjKlMnOpQr";

/// What `toban pagerduty` needs.
#[derive(Debug)]
pub struct AccountConfig {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_API_KEY`
    pub access: Access,
    /// Where the company's holidays are, if anywhere but in the file.
    pub holidays: HolidaysPlace,
    /// Where secrets are.
    pub parameters: Option<ParametersPlace>,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
}

/// Where the company's holidays are.
#[derive(Debug)]
pub enum HolidaysPlace {
    /// With the rotation.
    Workbook(Source),
    /// `HOLIDAYS_FILE` alone.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

impl AccountConfig {
    /// Everything from settings.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let key = settings.text("PAGERDUTY_API_KEY").map(Secret::new);
        if key.is_none() {
            let problem =
                "is not set: make one in PagerDuty (Integrations, API Access Keys); read-only is enough to plan";
            settings.fault("PAGERDUTY_API_KEY", problem, KEY_EXAMPLE);
        }
        let base_url = settings.text("PAGERDUTY_BASE_URL").unwrap_or_else(|| PAGERDUTY.into());
        let base_url = settings.url("PAGERDUTY_BASE_URL", &base_url, PAGERDUTY);
        let holidays = match settings.text("ROTATION_FILE").or_else(|| settings.text("GOOGLE_SHEET_ID")) {
            Some(_) => HolidaysPlace::Workbook(sources::roster(&mut settings, Reach::ReadOnly).0),
            None => {
                settings.text("HOLIDAYS_FILE").map_or(HolidaysPlace::Nowhere, |file| HolidaysPlace::File(file.into()))
            }
        };
        let parameters = cloud::parameters(&mut settings, Reach::ReadOnly);
        let clock = office::clock(&mut settings);
        settings.done()?;
        let (Some(key), Some(base_url)) = (key, base_url) else {
            unreachable!("what is missing is a fault, and there is none");
        };
        Ok(Self { access: Access { base_url, key }, holidays, parameters, clock })
    }
}
