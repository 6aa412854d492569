//! The names of all settings.

use crate::chat::KINDS;
use crate::source;

/// Those that are no source's and no chat's.
const OWN: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_ENDPOINT_URL_SSM",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "BACKUP_MODE",
    "BUSINESS_BREAK",
    "BUSINESS_DAYS",
    "BUSINESS_HOURS",
    "CHAT_NAMES",
    "CHECKLIST_URL",
    "EVENTBRIDGE",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "GOOGLE_SHEETS_BASE_URL",
    "GOOGLE_SHEET_ID",
    "HOLIDAYS_FILE",
    "HOLIDAYS_RANGE",
    "IGNORED_ASSIGNEES",
    "LEDGER_TABLE",
    "LISTEN",
    "MACKEREL_API_KEY",
    "MACKEREL_BASE_URL",
    "MANUAL_URL",
    "MEMBERS_FILE",
    "MEMBERS_RANGE",
    "MENTION_ON",
    "MESSAGE_LANGUAGE",
    "METRICS_LISTEN",
    "NATIONAL_HOLIDAYS",
    "NEWS_QUEUE_URL",
    "NOTICES",
    "PAGERDUTY_ACTION_KEY",
    "PAGERDUTY_ACT_AS",
    "PAGERDUTY_API_KEY",
    "PAGERDUTY_BASE_URL",
    "PAGERDUTY_SERVICE_IDS",
    "PARAMETERS_PATH",
    "PRESSES_QUEUE_URL",
    "PRIMARY_CHAT",
    "QUEUE_URL",
    "ROTATION_FILE",
    "ROTATION_RANGE",
    "RUNBOOKS_FILE",
    "RUNBOOKS_RANGE",
    "RUST_LOG",
    "SLACK_ACTORS",
    "SRE_ESCALATION_POLICY_ID",
    "STATE_FILE",
    "TIME_ZONE",
    "TOBAN_LEASE",
    "TOBAN_NOW",
];

/// Every setting, as docs/settings.md has them.
pub fn names() -> impl Iterator<Item = &'static str> {
    let of_chats = KINDS.into_iter().filter_map(|kind| kind.variables).flat_map(|variables| {
        let of_channel = variables.channel.map(|channel| [channel.alerts, channel.reminders]);
        let others = [Some(variables.secret), variables.base_url, Some(variables.fallback)];
        of_channel.into_iter().flatten().chain(others.into_iter().flatten()).map(|variable| variable.name)
    });
    OWN.iter().copied().chain(of_chats).chain(source::secrets())
}
