//! The story on AWS: the webhook, the queues, the worker and the table.

use super::story::{Story, Transport};
use super::{INCIDENT, SIGNING, account, at, settings, with_all_buttons};
use crate::kit::aws::{Aws, Options, Poller, Queue};
use crate::kit::{Function, Invocation, PagerDuty, PagerDutyFault, Slack, Typetalk, events, signed};
use crate::permissions::permission;
use crate::running::{Settings, WEBHOOK, payload, signature};
use crate::template::permissions::{PRESSES, QUEUE, Stack, calls};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const TICK: &str = env!("CARGO_BIN_EXE_tick");

struct OnAws {
    aws: Aws,
    settings: Settings,
    queues: [Queue; 2],
    table: String,
}

impl OnAws {
    async fn new(settings: Settings) -> Self {
        let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is set: run this through tests/aws/moto");
        let presses = aws.create_fifo_queue("presses", 5, 1_000).await;
        let rest = aws.create_fifo_queue("rest", 30, 1_000).await;
        let table = aws.create_table("answering").await;
        let settings = aws.env().iter().fold(settings, |all, (name, value)| all.with(name, value));
        let settings = settings
            .with("QUEUE_URL", &rest.url)
            .with("PRESSES_QUEUE_URL", &presses.url)
            .with("LEDGER_TABLE", &table.name);
        Self { aws, settings, queues: [presses, rest], table: table.name }
    }

    fn of(&self, function: &str, now: DateTime<Utc>) -> Settings {
        let settings = self.settings.clone().with("TOBAN_NOW", &now.to_rfc3339());
        settings.with("AWS_ACCESS_KEY_ID", &self.access_key(function))
    }

    fn access_key(&self, function: &str) -> String {
        format!("{function}-{}", self.table)
    }

    async fn check_permissions(&self) {
        let [presses, rest] = &self.queues;
        for function in ["WebhookFunction", "WorkerFunction", "WatchdogFunction"] {
            let seen = self.aws.actions_of(&self.access_key(function)).await;
            let known = calls(function, Stack::Answering);
            for call in seen {
                let permission = permission(&call, &[(presses, PRESSES), (rest, QUEUE)]);
                assert!(known.contains(&permission), "{function} calls {permission:?}, and its role may not allow it");
            }
        }
    }

    /// What the webhook answers.
    async fn post(&self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> u16 {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let webhook = Function::start(WEBHOOK, &self.of("WebhookFunction", now).pairs()).await;
        // As the gateway passes on what is no JSON.
        let event = events::api_gateway_v2_base64(path, &headers, body, now.timestamp_millis());
        let answer = match webhook.invoke(&event).await {
            Invocation::Answer(answer) => answer,
            Invocation::Error(error) => panic!("the function failed: {error}\n{}", webhook.logs()),
        };
        answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
    }

    /// Lets the worker do what is in the queues.
    async fn work(&self, now: DateTime<Utc>) {
        for queue in &self.queues {
            let options = Options { workers: 1, ..Options::default() };
            let poller = Poller::new(queue, WORKER, &self.of("WorkerFunction", now).pairs(), options);
            let report = poller.drain(Duration::from_secs(60)).await;
            assert_eq!((report.left.visible, report.left.in_flight, report.left.dead), (0, 0, 0), "{}", report.logs);
        }
    }
}

impl Transport for OnAws {
    async fn send(&mut self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> u16 {
        let status = self.post(path, headers, body, now).await;
        self.work(now).await;
        status
    }

    async fn tick(&mut self, now: DateTime<Utc>) {
        let tick = Function::start(TICK, &self.of("WatchdogFunction", now).pairs()).await;
        if let Invocation::Error(error) = tick.invoke(&serde_json::json!({})).await {
            panic!("the function failed: {error}\n{}", tick.logs());
        }
        self.work(now).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_answer_on_aws() {
    let mut wrong = Vec::new();
    for language in ["ja", "en"] {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let mut on_aws = OnAws::new(settings(&slack, &pagerduty).with("MESSAGE_LANGUAGE", language)).await;
        wrong.extend(Story::new(&slack, None, &pagerduty, "answering", language).play(&mut on_aws).await.differences());
        on_aws.check_permissions().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_act_on_aws() {
    let mut wrong = Vec::new();
    for name in ["acting", "end-of-day"] {
        let (slack, typetalk, pagerduty) = (Slack::start().await, Typetalk::start().await, account().await);
        let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
        let settings = with_all_buttons(settings).typetalk(&typetalk);
        let settings =
            settings.with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>").with("CHAT_NAMES", "slack,typetalk");
        let mut on_aws = OnAws::new(settings).await;
        let story = Story::new(&slack, Some(&typetalk), &pagerduty, name, "ja");
        let story = match name {
            "acting" => story.play_acts(&mut on_aws).await,
            _ => story.play_the_end(&mut on_aws).await,
        };
        wrong.extend(story.differences());
        on_aws.check_permissions().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The press comes again, also when it is too late to begin with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_does_a_press_once() {
    for fault in [PagerDutyFault::Hang, PagerDutyFault::HangAfterAccepting] {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let mut on_aws = OnAws::new(settings(&slack, &pagerduty)).await;
        let alert = payload("v3/incident.triggered.json");
        let headers = [("x-pagerduty-signature", signature(&alert))];
        assert_eq!(on_aws.send("/pagerduty", &headers, &alert, at("11:02")).await, 202);
        let first = slack.expect_one();
        let body = slack.press("U0SATO0001", &first, "take").body();
        let headers = signed(SIGNING, at("11:05"), &body);
        assert_eq!(on_aws.post("/slack", &headers, body.as_bytes(), at("11:05")).await, 200);

        pagerduty.fail_write_after(0, fault);
        let presses = &on_aws.queues[0];
        let event = presses.event(&presses.receive(10, 1).await);
        let worker = Arc::new(Function::start(WORKER, &on_aws.of("WorkerFunction", at("11:05")).pairs()).await);
        let running = tokio::spawn({
            let worker = worker.clone();
            async move { worker.invoke(&event).await }
        });
        // It looks, and writes.
        pagerduty.called(2).await;
        worker.kill().await;
        drop(running.await);
        slack.expect_none();

        on_aws.work(at("11:10")).await;
        let line = slack.expect_one();
        assert!(line.text.starts_with("👀 佐藤 が対応します · 11:05 · "), "{fault:?}: {line:?}");
        assert!(slack.expect_edit().text.ends_with("状態: 対応中 · 佐藤 · 11:05 から"), "{fault:?}");
        assert_eq!(pagerduty.notes(INCIDENT).len(), 1, "{fault:?}");
        assert_eq!(slack.take_private(), [], "{fault:?}");
    }
}
