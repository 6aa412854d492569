//! What the watchdog needs to start.

use crate::kit::{Function, Invocation, Slack};
use crate::running::Settings;

const TICK: &str = env!("CARGO_BIN_EXE_tick");

#[tokio::test]
async fn everything_that_is_missing_is_reported_at_once() {
    let slack = Slack::start().await;
    let settings = Settings::at("2026-11-24T11:00:00+09:00").slack(&slack);
    let wanted = settings.clone().with("PAGERDUTY_SERVICE_IDS", "PABCDEF");
    let error = Function::init_error(TICK, &wanted.pairs()).await;
    for missing in ["PAGERDUTY_API_KEY is not set", "LEDGER_TABLE and QUEUE_URL are not set"] {
        assert!(error.logs.contains(missing), "{missing}: {}", error.logs);
    }
    assert!(error.report.is_some() || !error.exit.success());
}

/// Without services there is nothing to watch, whether or not there is a key for the command line.
#[tokio::test]
async fn without_services_the_tick_does_nothing() {
    for key in ["", "u+TOBANTESTKEY0123"] {
        let settings = [("PAGERDUTY_API_KEY", key), ("LEDGER_TABLE", ""), ("QUEUE_URL", "")];
        let tick = Function::start(TICK, &settings).await;
        let idle = serde_json::json!({"is_due": false, "listed": 0, "missed": 0, "silenced": 0, "open": 0});
        assert_eq!(tick.invoke(&serde_json::json!({})).await, Invocation::Answer(idle));
    }
}
