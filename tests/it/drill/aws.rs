//! On AWS: the webhook behind a URL, the queue, the worker and the table.

use super::{at_night, plain};
use crate::kit::aws::{Aws, Options, Poller};
use crate::kit::http::{Reply, Response, Server};
use crate::kit::{Function, Invocation, Slack, events};
use crate::running::{PAIR, WEBHOOK};
use crate::serve::looking::toban;
use crate::serve::process::State;
use chrono::Utc;
use std::sync::Arc;
use std::time::Duration;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

#[tokio::test(flavor = "multi_thread")]
async fn through_the_functions_it_is_timed_up_to_the_chat() {
    let slack = Slack::start().await;
    let aws = Aws::from_environment().expect("AWS_ENDPOINT_URL is set: run this through tests/aws/moto");
    let queue = Arc::new(aws.create_fifo_queue("drill", 30, 1_000).await);
    let table = aws.create_table("drill").await;
    let settings = aws.env().iter().fold(at_night("aws"), |all, (name, value)| all.with(name, value));
    let settings = settings
        .slack(&slack)
        .with("LEDGER_TABLE", &table.name)
        .with("AWS_REGION", "ap-northeast-1")
        .with("MESSAGE_LANGUAGE", "en");
    let of_functions = Arc::new(settings.clone().with("QUEUE_URL", &queue.url));
    let webhook = Arc::new(Function::start(WEBHOOK, &of_functions.pairs()).await);
    // API Gateway, and Lambda, which hands over what is in the queue.
    let gateway = Server::start(move |request| {
        let (webhook, queue, settings) = (webhook.clone(), queue.clone(), of_functions.clone());
        async move {
            let headers: Vec<_> = request.headers().iter().map(|(name, value)| (&**name, &**value)).collect();
            let now = Utc::now().timestamp_millis();
            let event = events::api_gateway_v2_base64(&request.target, &headers, &request.body, now);
            let Invocation::Answer(answer) = webhook.invoke(&event).await else { return Reply::Reset };
            tokio::spawn(async move {
                let options = Options { workers: 1, ..Options::default() };
                Poller::new(&queue, WORKER, &settings.pairs(), options).drain(Duration::from_secs(60)).await;
            });
            let status =
                answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
            Reply::Send(Response::new(status, "text/plain", answer["body"].as_str().unwrap_or_default()))
        }
    })
    .await;
    let port = gateway.address.port();
    let url = format!("http://127.0.0.1:{port}/pagerduty");
    let (code, printed, errors) =
        toban(&settings, &State::new("drill aws"), &["drill", "--mention", "--url", &url]).await;
    let expected = "drill #DR… to http://127.0.0.1:PORT/pagerduty; today's pair, if there is one, is mentioned for real\n\
                    ✓ answer · after T s · 202 queued\n\
                    ✓ queue · after T s · the worker had it, by its own clock\n\
                    ✓ chat · after T s · slack (primary)\n";
    assert!(plain(&printed, port).starts_with(expected), "{printed}{errors}");
    assert!(printed.ends_with("✓ the drill is resolved\n"), "{printed}");
    assert_eq!(code, Some(0));
    let messages = slack.take();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].mentions, PAIR);
    slack.take_edits();
}
