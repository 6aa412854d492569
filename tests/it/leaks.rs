//! No log, no error and no answer holds a secret, however broken, huge or hostile the answers of others are: each client is
//! given every [form](forms) of an answer that quotes what it was asked.

mod command_line;
mod forms;
mod functions;
mod hostile;
mod secrets;

use crate::kit::{Google, PagerDuty, Slack, Typetalk};
use crate::running::{Settings, TUESDAY};
use forms::CANARY;
use hostile::{ACCESS_TOKEN, Hostile};
use secrets::Secrets;

const ACCESS_KEY: &str = "aws/secret+key-0123456789abcdef";
const SESSION: &str = "aws/session+token-0123456789abcdef";
const MACKEREL_KEY: &str = "mackerel-api-key-0123456789";
const WEBHOOK_PATH: &str = "/services/T0SECRET1/B0SECRET2/hook0123456789abcdefgh";
const BACKUP_PATH: &str = "/backup/T0SECRET3/B0SECRET4/other0123456789abcdefgh";
const CSV_PATH: &str = "/csv/rotation.csv?signature=csv0123456789abcdefgh";

/// All that is set anywhere here, and the canary.
fn secrets() -> Secrets {
    Secrets::default()
        .with("the canary", CANARY)
        .with("Slack's token", Slack::TOKEN)
        .with("Typetalk's token", Typetalk::TOKEN)
        .with("the webhook", WEBHOOK_PATH)
        .with("the backup webhook", BACKUP_PATH)
        .with("the CSV's address", CSV_PATH.trim_start_matches("/csv/rotation.csv?"))
        .with("PagerDuty's key", PagerDuty::KEY)
        .with("PagerDuty's read-only key", PagerDuty::READ_ONLY_KEY)
        .with("Mackerel's key", MACKEREL_KEY)
        .with("AWS's key", ACCESS_KEY)
        .with("AWS's session", SESSION)
        .with("Google's access token", ACCESS_TOKEN)
        .with("Google's key", include_str!("kit/google/test-key.pem").split("-----").nth(2).unwrap_or_default().trim())
}

/// Of a process on which everything is logged that may be, with AWS's credentials.
fn settings(hostile: &Hostile) -> Settings {
    Settings::at(TUESDAY)
        .with("RUST_LOG", "trace")
        .with("MESSAGE_LANGUAGE", "en")
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ENDPOINT_URL", &hostile.url())
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
        .with("AWS_SESSION_TOKEN", SESSION)
}

fn with_slack(settings: Settings, hostile: &Hostile) -> Settings {
    settings
        .with("SLACK_BOT_TOKEN", Slack::TOKEN)
        .with("SLACK_CHANNEL", Slack::CHANNEL)
        .with("SLACK_BASE_URL", &format!("{}/slack", hostile.url()))
        .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")
}

fn with_webhook(settings: Settings, hostile: &Hostile) -> Settings {
    settings
        .with("SLACK_WEBHOOK_URL", &format!("{}{WEBHOOK_PATH}", hostile.url()))
        .with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>")
}

fn with_typetalk(settings: Settings, hostile: &Hostile) -> Settings {
    settings
        .with("TYPETALK_TOKEN", Typetalk::TOKEN)
        .with("TYPETALK_TOPIC_ID", &Typetalk::TOPIC.to_string())
        .with("TYPETALK_BASE_URL", &hostile.url())
        .with("FALLBACK_MENTION_TYPETALK", "@all")
        .with("BACKUP_MODE", "mirror")
}

fn with_sheet(settings: Settings, hostile: &Hostile, google: &Google) -> Settings {
    let key = google.service_account_key().replace(&google.base_url(), &hostile.url());
    settings
        .with("ROTATION_FILE", "")
        .with("MEMBERS_FILE", "")
        .with("RUNBOOKS_FILE", "")
        .with("HOLIDAYS_FILE", "")
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &key)
        .with("GOOGLE_SHEETS_BASE_URL", &hostile.url())
}

fn with_pagerduty(settings: Settings, hostile: &Hostile) -> Settings {
    settings
        .with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)
        .with("PAGERDUTY_SERVICE_IDS", "PBKLOG1")
        .with("PAGERDUTY_BASE_URL", &hostile.url())
}

fn with_queue(settings: Settings, hostile: &Hostile) -> Settings {
    settings.with("QUEUE_URL", &format!("{}/123456789012/toban.fifo", hostile.url()))
}
