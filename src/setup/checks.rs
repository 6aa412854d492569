//! What the settings give to check, for `toban check` and for the daily check.

use crate::relay::check;
use crate::setup::config::{Acting, Config, Faults, secrets};
use crate::setup::renewal::Lookup;
use crate::setup::wiring::Base;

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
    pub fn answering(&self, lookup: Lookup<'_>) -> Option<check::Answering> {
        let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
        if !ANSWERING.into_iter().any(is_set) {
            return None;
        }
        let acting = match Acting::from_lookup(lookup) {
            Ok(acting) => Ok(acting.map(|acting| {
                let resolvers = acting.resolvers.clone();
                check::Acting { actor: self.actor(acting), resolvers }
            })),
            Err(Faults(faults)) => Err(faults.iter().map(ToString::to_string).collect()),
        };
        Some(check::Answering {
            lacks_secret: !is_set(ANSWERING[0]),
            has_placeholders: is_set("IGNORED_ASSIGNEES"),
            acting,
        })
    }
}

/// Whether nothing is set that could be checked: no chat, no sender, no rotation, nothing of PagerDuty.
pub fn is_nothing_set(lookup: Lookup<'_>) -> bool {
    let is_set = |variable: &str| lookup(variable).is_some_and(|value| !value.trim().is_empty());
    let mut others = ["GOOGLE_SHEET_ID", "PAGERDUTY_SERVICE_IDS", "PAGERDUTY_ACT_AS"].into_iter().chain(secrets());
    !Config::names_a_chat(lookup) && !others.any(is_set)
}
