//! What people can press in the chat, and the key with which that is done in PagerDuty.

use super::lookup::{Fault, Faults, Settings};
use super::{Config, LedgerPlace, Reach, pagerduty};
use crate::net::secret::Secret;
use crate::pagerduty::Access;
use crate::pagerduty::state::ServiceId;
use crate::source;

pub(super) const KEY: &str = "PAGERDUTY_ACTION_KEY";
const KEY_EXAMPLE: &str = "u+AbCdEfGhIjKlMnOpQr";
const AS_EXAMPLE: &str = "toban@example.com";

/// Who acts in PagerDuty.
#[derive(Debug, Clone)]
pub struct Acting {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_ACTION_KEY`
    pub access: Access,
    /// `PAGERDUTY_ACT_AS`
    pub email: String,
    /// `PAGERDUTY_SERVICE_IDS`
    pub services: Vec<ServiceId>,
}

impl Acting {
    /// `None` if neither the key nor the user is set.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Faults> {
        let mut settings = Settings::new(&lookup);
        let acting = acting(&mut settings);
        settings.done()?;
        Ok(acting)
    }
}

impl Config {
    /// The same, with a warning if somebody is to act and nobody can press anything.
    pub(super) fn warned_of_acting(mut self, lookup: impl Fn(&str) -> Option<String>, reach: Reach) -> Self {
        let settings = Settings::new(&lookup);
        let is_on = settings.text(source::slack::SECRETS).is_some() || reach != Reach::Live;
        if let (false, Some(_)) = (is_on, settings.text("PAGERDUTY_ACT_AS")) {
            let problem = "is set, but nothing can be pressed: turn that on (docs/answering.md), or leave this out";
            self.warnings.push(Fault { variable: "PAGERDUTY_ACT_AS", problem: problem.into(), example: "" });
        }
        self
    }

    /// Lets people press something, where a chat can show it. What is wrong with that is a warning: alerts go out regardless.
    pub(super) fn with_buttons(
        mut self,
        lookup: impl Fn(&str) -> Option<String>,
        ledger: Option<&LedgerPlace>,
    ) -> Self {
        let mut settings = Settings::new(&lookup);
        if matches!(ledger, Some(LedgerPlace::Memory)) {
            let problem = "is not set, but PRESSES_QUEUE_URL is: who is on an incident could not be kept, so nobody can press anything";
            self.warnings.push(Fault { variable: "LEDGER_TABLE", problem: problem.into(), example: "toban-Ledger" });
            return self;
        }
        self.outlets = self.outlets.map(|chat| chat.clone().with_buttons());
        if self.outlets.with_buttons().is_none() {
            let problem = "is not set, and no other chat has buttons: nobody can press anything";
            self.warnings.push(Fault { variable: "SLACK_BOT_TOKEN", problem: problem.into(), example: "xoxb-…" });
        }
        self.acting = acting(&mut settings);
        self.warnings.extend(settings.take_faults());
        self
    }
}

/// `None` if nothing is done in PagerDuty, or with a fault.
fn acting(settings: &mut Settings<'_>) -> Option<Acting> {
    let key = settings.text(KEY).map(Secret::new);
    let email = settings.text("PAGERDUTY_ACT_AS");
    let (key, email) = match (key, email) {
        (None, None) => return None,
        (Some(key), Some(email)) => (key, email),
        (None, Some(_)) => {
            let problem = "is not set, but PAGERDUTY_ACT_AS is: create a key with full access in PagerDuty (Integrations, API Access Keys)";
            settings.fault(KEY, problem, KEY_EXAMPLE);
            return None;
        }
        (Some(_), None) => {
            let problem = format!(
                "is not set, but {KEY} is: it is the e-mail address of the PagerDuty user that is named for what people press"
            );
            settings.fault("PAGERDUTY_ACT_AS", problem, AS_EXAMPLE);
            return None;
        }
    };
    let is_address = email.contains('@') && email.bytes().all(|b| b.is_ascii_graphic());
    if !is_address {
        settings.fault("PAGERDUTY_ACT_AS", "is not an e-mail address", AS_EXAMPLE);
        return None;
    }
    let services = pagerduty::services(settings, &format!(", but {KEY} is"))?;
    let base_url = pagerduty::base_url(settings)?;
    Some(Acting { access: Access { base_url, key }, email, services })
}
