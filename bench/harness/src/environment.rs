//! The function's whole environment: what Lambda sets, and the settings under the product's names.

use crate::fakes::Fakes;
use crate::options::{Options, Role};
use crate::{SIGNING_SECRET, aws, chat, google, parameters, table};

pub fn environment(options: &Options, lambda: &str, base: &str, fakes: &Fakes) -> Vec<(String, String)> {
    let slack = format!("{base}/api");
    let key = fakes.google.service_account_key();
    let own = [
        ("AWS_LAMBDA_RUNTIME_API", lambda),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_REGION", aws::REGION),
        ("AWS_DEFAULT_REGION", aws::REGION),
        ("AWS_ACCESS_KEY_ID", aws::KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", aws::SECRET_KEY),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PAGERDUTY_WEBHOOK_SECRETS", SIGNING_SECRET),
        ("SLACK_BOT_TOKEN", chat::SLACK_TOKEN),
        ("SLACK_CHANNEL", chat::SLACK_CHANNEL),
        ("FALLBACK_MENTION_SLACK", "<!subteam^S0FALLBACK>"),
        ("SLACK_BASE_URL", &slack),
        ("GOOGLE_SHEET_ID", google::SHEET_ID),
        ("GOOGLE_SERVICE_ACCOUNT_KEY", &key),
        ("GOOGLE_SHEETS_BASE_URL", base),
        ("ROTATION_RANGE", "rotation!A:Z"),
        ("MEMBERS_RANGE", "members!A:Z"),
        ("TIME_ZONE", "Asia/Tokyo"),
        ("BUSINESS_HOURS", "00:00-24:00"),
        ("BUSINESS_DAYS", "Mon-Sun"),
        ("NATIONAL_HOLIDAYS", "none"),
        ("MESSAGE_LANGUAGE", "en"),
    ];
    let [news, others, presses] = fakes.queues.urls();
    // As deployed: the secrets are in the store.
    let deployed = [
        ("AWS_ENDPOINT_URL", base),
        ("NEWS_QUEUE_URL", &news),
        ("QUEUE_URL", &others),
        ("PARAMETERS_PATH", parameters::PATH),
        ("PAGERDUTY_WEBHOOK_SECRETS", ""),
        ("SLACK_BOT_TOKEN", ""),
        ("GOOGLE_SERVICE_ACCOUNT_KEY", ""),
    ];
    let deployed = deployed.iter().filter(|_| matches!(options.role, Role::Front(_) | Role::Presses | Role::Worker(_)));
    let presses = [("PRESSES_QUEUE_URL", &*presses)];
    let presses = presses.iter().filter(|_| matches!(options.role, Role::Presses));
    let worker = [("LEDGER_TABLE", table::NAME)];
    let worker = worker.iter().filter(|_| matches!(options.role, Role::Worker(_)));
    let more = options.set.iter().map(|(name, value)| (name.clone(), value.replace("{fakes}", base)));
    let named = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, value) in own.iter().chain(deployed).chain(presses).chain(worker).map(named).chain(more) {
        all.retain(|(known, _)| *known != name);
        all.push((name, value));
    }
    all
}
