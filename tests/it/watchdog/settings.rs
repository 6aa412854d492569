//! What the watchdog needs to start.

use crate::kit::{Function, Slack};
use crate::running::Settings;

const WATCHDOG: &str = env!("CARGO_BIN_EXE_watchdog");

#[tokio::test]
async fn everything_that_is_missing_is_reported_at_once() {
    let slack = Slack::start().await;
    let settings = Settings::at("2026-11-24T11:00:00+09:00").slack(&slack);
    let error = Function::init_error(WATCHDOG, &settings.pairs()).await;
    for variable in ["PAGERDUTY_API_KEY", "PAGERDUTY_SERVICE_IDS", "LEDGER_TABLE", "QUEUE_URL"] {
        assert!(error.logs.contains(&format!("{variable} is not set")), "{variable}: {}", error.logs);
    }
    assert!(error.report.is_some() || !error.exit.success());
}
