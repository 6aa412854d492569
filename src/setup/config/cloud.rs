//! AWS: the ledger's table, the queue, the Parameter Store, and the credentials for them.

use super::fault::{are, both};
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
    settings.parsed("TOBAN_LEASE", "45", ("a number of seconds from 1 to 45", "1 から 45 までの秒数"), |text| {
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
        let set: Vec<_> = others.iter().flatten().map(|(variable, ..)| *variable).collect();
        if !set.is_empty() {
            let (english, japanese) = both(&set);
            let problem = (
                format!("is not set, but {english} {}", are(&set)),
                format!("が設定されていませんが、{japanese} は設定されています"),
            );
            settings.fault("QUEUE_URL", problem, QUEUE_EXAMPLE);
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
        let problem = (
            "is not the URL of a FIFO queue, which ends in .fifo",
            "は FIFO キューの URL ではありません (末尾は .fifo です)",
        );
        settings.fault(variable, problem, example);
        return None;
    }
    settings.url(variable, text, example)
}

/// `PARAMETERS_PATH`
pub(super) fn parameters(settings: &mut Settings<'_>, reach: Reach) -> Option<ParametersPlace> {
    let text = settings.text("PARAMETERS_PATH").filter(|_| reach != Reach::Local)?;
    let path = text.trim_end_matches('/');
    if !path.starts_with('/') {
        let problem = (
            format!("is '{text}', which does not start with a slash"),
            format!("の値 '{text}' は、スラッシュで始まっていません"),
        );
        settings.fault("PARAMETERS_PATH", problem, "/toban");
        return None;
    }
    let aws = environment(settings, "PARAMETERS_PATH", "AWS_ENDPOINT_URL_SSM")?;
    Some(ParametersPlace { path: path.to_owned(), aws })
}

/// What needs the credentials.
const OF_AWS: [&str; 3] = ["LEDGER_TABLE", "QUEUE_URL", "PARAMETERS_PATH"];

/// What Lambda sets for every function; elsewhere it must be set by hand.
fn environment(settings: &mut Settings<'_>, needed_by: &'static str, endpoint: &'static str) -> Option<Environment> {
    let needed = [("AWS_REGION", "ap-northeast-1"), ("AWS_ACCESS_KEY_ID", "AKIA…"), ("AWS_SECRET_ACCESS_KEY", "…")];
    let values = needed.map(|(variable, _)| settings.text(variable));
    let missing = needed.into_iter().zip(&values).filter(|(_, value)| value.is_none());
    let missing: Vec<_> = missing.map(|(needed, _)| needed).collect();
    if !missing.is_empty() {
        let needed_by: Vec<_> = OF_AWS.into_iter().filter(|variable| settings.text(variable).is_some()).collect();
        let (english, japanese) = both(&needed_by);
        let (is, needs, they) = (are(&missing), are(&needed_by), if missing.len() == 1 { "it is" } else { "they are" });
        let problem = (
            format!("{is} not set, but {english} {needs} (on Lambda {they} set)"),
            format!("が設定されていませんが、{japanese} は設定されています (Lambda では自動で設定されます)"),
        );
        settings.fault_of(missing, problem);
    }
    let own = settings.text(endpoint).map(|url| (endpoint, url));
    let general = || settings.text("AWS_ENDPOINT_URL").map(|url| ("AWS_ENDPOINT_URL", url));
    let endpoint_url = match own.or_else(general) {
        Some((variable, url)) => Some(settings.url(variable, &url, "http://127.0.0.1:5000")?),
        None => {
            settings.uses_remote(needed_by);
            None
        }
    };
    let [region, access_key_id, secret_access_key] = values;
    Some(Environment {
        region: region?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key.map(Secret::new)?,
        session_token: settings.text("AWS_SESSION_TOKEN").map(Secret::new),
        endpoint_url,
    })
}
