//! Settings as a value: read once, checked whole, and every fault told at once.
//!
//! Each binary asks only for what it uses. The README's table is the reference for users; a test holds the two together.

mod chats;
mod lookup;
mod office;
mod sources;

use crate::chat::Chat;
use crate::chat::console::Console;
use crate::chat::delivery::Outlets;
use crate::domain::text::Link;
use crate::relay::Office;
use crate::roster::Source;
use crate::source::pagerduty::Credentials;
use chrono::{DateTime, Utc};
use lookup::Settings;
pub use lookup::{Fault, Faults};

/// What the webhook needs.
#[derive(Debug)]
pub struct Config {
    /// How the team wants it.
    pub office: Office,
    /// Who is believed.
    pub pagerduty: Credentials,
    /// Where messages go.
    pub outlets: Outlets,
    /// Where reminders go: the same chats, in the channels for them.
    pub reminder_outlets: Outlets,
    /// `MANUAL_URL`, in the reminders.
    pub manual: Option<Link>,
    /// `CHECKLIST_URL`, in the reminders.
    pub checklist: Option<Link>,
    /// Where the rotation is.
    pub roster: Source,
    /// The time to act at, in a rehearsal.
    pub clock: Option<DateTime<Utc>>,
    /// Faults that leave a chat working, with the other one or the rotation missing: to be logged and mended, but an
    /// alert without its people is better than none.
    pub warnings: Vec<Fault>,
}

/// Where `toban serve` and `toban explain` post: nowhere but the terminal, unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The configured chats.
    Live,
    /// The configured rotation is read, but nothing is posted anywhere; chats need not be configured.
    ReadOnly,
    /// This machine alone: chats need not be configured, and the rotation may be the sample.
    Local,
}

impl Config {
    /// Everything from settings. `lookup` is the environment, or whatever stands for it; empty means not set.
    pub fn from_lookup(
        lookup: impl Fn(&str) -> Option<String>,
        http: &reqwest::Client,
        reach: Reach,
    ) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let office = office::office(&mut settings);
        let pagerduty = sources::pagerduty(&mut settings);
        let (outlets, mut warnings) = match reach {
            Reach::Live => chats::outlets(&mut settings, http),
            Reach::Local | Reach::ReadOnly => (Some(Outlets::One(Chat::Console(Console))), Vec::new()),
        };
        let (manual, checklist) = (settings.link("MANUAL_URL"), settings.link("CHECKLIST_URL"));
        let (roster, faults) = sources::roster(&mut settings, reach);
        warnings.extend(faults);
        let clock = office::clock(&mut settings);
        settings.done()?;
        let (Some(office), Some(outlets)) = (office, outlets) else {
            unreachable!("what is missing without a fault is a fault of this function");
        };
        let reminder_outlets = chats::for_reminders(&outlets, |variable| Settings::new(&lookup).text(variable));
        Ok(Self { office, pagerduty, outlets, reminder_outlets, manual, checklist, roster, clock, warnings })
    }

    /// Whether any chat is configured, rightly or wrongly.
    pub fn names_a_chat(lookup: impl Fn(&str) -> Option<String>) -> bool {
        chats::VARIABLES.iter().any(|variable| Settings::new(&lookup).text(variable).is_some())
    }
}
