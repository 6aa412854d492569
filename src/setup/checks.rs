//! What the settings give to check, for `toban check` and for the daily check.

use crate::domain::message::Language;
use crate::relay::check;
use crate::relay::daily_check::{DailyCheck, Patience};
use crate::setup::config::{Acting, Config, Faults, Watched, secrets};
use crate::setup::renewal::Lookup;
use crate::setup::wiring::Base;
use crate::source::{self, Sender};
use std::time::Duration;

/// A claim is honoured for 45 s.
const PATIENCE: Patience = Patience { checking: Duration::from_secs(25), posting: Duration::from_secs(12) };

/// Any of them says that people are to answer from the chat.
const ANSWERING: [&str; 6] = [
    "SLACK_SIGNING_SECRETS",
    "PRESSES_QUEUE_URL",
    "PAGERDUTY_ACTION_KEY",
    "PAGERDUTY_ACT_AS",
    "SRE_ESCALATION_POLICY_ID",
    "SLACK_ACTORS",
];

impl Base {
    /// What is set for answering from the chat; `None` if nothing is.
    pub fn answering(&self, lookup: Lookup<'_>, language: Language) -> Option<check::Answering> {
        let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
        if !ANSWERING.into_iter().any(is_set) {
            return None;
        }
        let acting = match Acting::from_lookup(lookup) {
            Ok(acting) => Ok(acting.map(|acting| self.checked_acting(acting))),
            Err(Faults(faults)) => Err(faults.iter().map(|fault| fault.said(language)).collect()),
        };
        Some(check::Answering {
            lacks_secret: !is_set(ANSWERING[0]),
            has_placeholders: is_set("IGNORED_ASSIGNEES"),
            acting,
        })
    }

    /// The daily check. `watched` is what to check in PagerDuty.
    pub fn daily_check(&self, config: &Config, watched: Option<Watched>) -> DailyCheck {
        let team = self.team(config);
        let answering = config.outlets.with_buttons().map(|_| check::Answering {
            // On AWS only the webhook may see it.
            lacks_secret: false,
            has_placeholders: !config.team.policy.ignored.is_empty(),
            acting: Ok(config.acting.clone().map(|acting| self.checked_acting(acting))),
        });
        DailyCheck {
            place: check::place(&config.roster, config.team.language),
            settings: config.warnings.iter().map(|fault| fault.said(config.team.language)).collect(),
            answering,
            pagerduty: watched.map(|Watched { access, services }| (self.account(access), services)),
            by_event_bus: config.credentials.eventbridge.takes(Sender::PagerDuty),
            team,
            ledger: self.shared_ledger(),
            patience: PATIENCE,
        }
    }

    fn checked_acting(&self, acting: Acting) -> check::Acting {
        let resolvers = acting.resolvers.clone();
        check::Acting { actor: self.actor(acting), resolvers }
    }
}

/// Whether nothing is set that could be checked: no chat, no sender, no rotation, nothing of PagerDuty.
pub fn is_nothing_set(lookup: Lookup<'_>) -> bool {
    let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    let mut others = ["GOOGLE_SHEET_ID", "PAGERDUTY_SERVICE_IDS", "PAGERDUTY_ACT_AS"].into_iter().chain(secrets());
    !Config::names_a_chat(lookup) && !others.any(is_set)
}

/// Whether no sender's secret is set, so that every webhook would be refused.
pub fn takes_from_nobody(lookup: Lookup<'_>) -> bool {
    let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    !source::secrets().any(is_set)
}

/// The services to check in PagerDuty; `None` unless both the key and services are set. The key alone may be there for
/// `toban pagerduty`.
pub fn watched(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Watched>, Faults> {
    let is_set = |variable| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    if is_set("PAGERDUTY_API_KEY") && is_set("PAGERDUTY_SERVICE_IDS") {
        Watched::from_lookup(&lookup)
    } else {
        Ok(None)
    }
}
