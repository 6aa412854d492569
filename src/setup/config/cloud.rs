//! AWS: the ledger's table, the queue, the Parameter Store, and the credentials for them.

use super::lookup::Settings;
use super::{LedgerPlace, ParametersPlace, QueuePlace, Reach};
use crate::net::aws::Environment;
use crate::net::secret::Secret;
use chrono::TimeDelta;

const QUEUE_EXAMPLE: &str = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo";
const NEWS_QUEUE_EXAMPLE: &str = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban-news.fifo";

/// `LEDGER_TABLE`; unless live, the ledger is kept in memory.
pub(super) fn ledger(settings: &mut Settings<'_>, reach: Reach) -> Option<LedgerPlace> {
    let Some(name) = settings.text("LEDGER_TABLE").filter(|_| reach == Reach::Live) else {
        return Some(LedgerPlace::Memory);
    };
    let lease = lease(settings);
    let aws = environment(settings, "LEDGER_TABLE", "AWS_ENDPOINT_URL_DYNAMODB");
    Some(LedgerPlace::Table { name, lease: lease?, aws: aws? })
}

/// `TOBAN_LEASE`, for rehearsals that cannot wait so long.
fn lease(settings: &mut Settings<'_>) -> Option<TimeDelta> {
    settings.parsed("TOBAN_LEASE", "45", "a number of seconds from 1 to 45", |text| {
        let seconds = text.parse().ok().filter(|seconds| (1..=45).contains(seconds))?;
        Some(TimeDelta::seconds(seconds))
    })
}

const PRESSES_QUEUE_EXAMPLE: &str = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban-presses.fifo";

/// `QUEUE_URL`, `NEWS_QUEUE_URL`, `PRESSES_QUEUE_URL`
pub(super) fn queue(settings: &mut Settings<'_>, reach: Reach) -> Option<QueuePlace> {
    let others = [("NEWS_QUEUE_URL", NEWS_QUEUE_EXAMPLE), ("PRESSES_QUEUE_URL", PRESSES_QUEUE_EXAMPLE)];
    let others = others.map(|(variable, example)| {
        let text = settings.text(variable).filter(|_| reach == Reach::Live);
        text.map(|text| (variable, text, example))
    });
    let Some(text) = settings.text("QUEUE_URL").filter(|_| reach == Reach::Live) else {
        for (variable, ..) in others.iter().flatten() {
            settings.fault("QUEUE_URL", format!("is not set, but {variable} is"), QUEUE_EXAMPLE);
        }
        return None;
    };
    let url = fifo(settings, "QUEUE_URL", &text, QUEUE_EXAMPLE);
    let [news, presses] = others.map(|other| {
        let (variable, text, example) = other?;
        fifo(settings, variable, &text, example)
    });
    let aws = environment(settings, "QUEUE_URL", "AWS_ENDPOINT_URL_SQS");
    Some(QueuePlace { url: url?, news, presses, aws: aws? })
}

fn fifo(settings: &mut Settings<'_>, variable: &'static str, text: &str, example: &'static str) -> Option<String> {
    if !text.ends_with(".fifo") {
        settings.fault(variable, "is not the URL of a FIFO queue, which ends in .fifo", example);
    }
    settings.url(variable, text, example)
}

/// `PARAMETERS_PATH`
pub(super) fn parameters(settings: &mut Settings<'_>, reach: Reach) -> Option<ParametersPlace> {
    let text = settings.text("PARAMETERS_PATH").filter(|_| reach != Reach::Local)?;
    let path = text.trim_end_matches('/');
    if !path.starts_with('/') {
        settings.fault("PARAMETERS_PATH", format!("is '{text}', which does not start with a slash"), "/toban");
        return None;
    }
    let aws = environment(settings, "PARAMETERS_PATH", "AWS_ENDPOINT_URL_SSM")?;
    Some(ParametersPlace { path: path.to_owned(), aws })
}

/// What Lambda sets for every function; elsewhere it must be set by hand.
fn environment(settings: &mut Settings<'_>, needed_by: &'static str, endpoint: &str) -> Option<Environment> {
    let mut needed = |variable: &'static str, example: &'static str| {
        let value = settings.text(variable);
        if value.is_none() {
            settings.fault(variable, format!("is not set, but {needed_by} is (on Lambda it is set)"), example);
        }
        value
    };
    let region = needed("AWS_REGION", "ap-northeast-1");
    let access_key_id = needed("AWS_ACCESS_KEY_ID", "AKIA…");
    let secret_access_key = needed("AWS_SECRET_ACCESS_KEY", "…").map(Secret::new);
    let own = settings.text(endpoint);
    let endpoint_url = match own.or_else(|| settings.text("AWS_ENDPOINT_URL")) {
        Some(url) => Some(settings.url("AWS_ENDPOINT_URL", &url, "http://127.0.0.1:5000")?),
        None => {
            settings.uses_remote(needed_by);
            None
        }
    };
    Some(Environment {
        region: region?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        session_token: settings.text("AWS_SESSION_TOKEN").map(Secret::new),
        endpoint_url,
    })
}
