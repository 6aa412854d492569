//! The story on AWS: the webhook, the queues, the worker and the table.

use super::story::{Story, Transport};
use super::{account, settings};
use crate::kit::aws::{Aws, Options, Poller, Queue};
use crate::kit::{Function, Invocation, Slack, events};
use crate::running::{Settings, WEBHOOK};
use chrono::{DateTime, Utc};
use std::time::Duration;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

struct OnAws {
    settings: Settings,
    queues: [Queue; 2],
}

impl OnAws {
    async fn new(settings: Settings) -> Self {
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is set: run this through tests/aws/moto");
        let presses = aws.create_fifo_queue("presses", 30, 1_000).await;
        let rest = aws.create_fifo_queue("rest", 30, 1_000).await;
        let table = aws.create_table("answering").await;
        let settings = aws.env().iter().fold(settings, |all, (name, value)| all.with(name, value));
        let settings = settings
            .with("QUEUE_URL", &rest.url)
            .with("PRESSES_QUEUE_URL", &presses.url)
            .with("LEDGER_TABLE", &table.name);
        Self { settings, queues: [presses, rest] }
    }
}

impl Transport for OnAws {
    async fn send(&mut self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> u16 {
        let settings = self.settings.clone().with("TOBAN_NOW", &now.to_rfc3339());
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let webhook = Function::start(WEBHOOK, &settings.pairs()).await;
        // As the gateway passes on what is no JSON.
        let event = events::api_gateway_v2_base64(path, &headers, body, now.timestamp_millis());
        let answer = match webhook.invoke(&event).await {
            Invocation::Answer(answer) => answer,
            Invocation::Error(error) => panic!("the function failed: {error}\n{}", webhook.logs()),
        };
        for queue in &self.queues {
            let options = Options { workers: 1, ..Options::default() };
            let report = Poller::new(queue, WORKER, &settings.pairs(), options).drain(Duration::from_secs(60)).await;
            assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0), "{}", report.logs);
        }
        answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_answer_on_aws() {
    let mut wrong = Vec::new();
    for language in ["ja", "en"] {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let mut on_aws = OnAws::new(settings(&slack, &pagerduty).with("MESSAGE_LANGUAGE", language)).await;
        wrong.extend(Story::new(&slack, None, &pagerduty, language).play(&mut on_aws).await.differences());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
