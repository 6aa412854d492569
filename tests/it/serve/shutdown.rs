//! How it ends when it is asked to.

use super::process::{Serving, State};
use super::{WORKING, of};
use crate::kit::{Fault, LIMIT, Slack};
use crate::running::{Settings, signature};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

async fn connected(serving: &Serving, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", serving.port)).await.expect("somebody listens");
    stream.write_all(bytes).await.expect("it is taken");
    stream
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    timeout(LIMIT, stream.read_to_string(&mut answer)).await.expect("it is closed").expect("not by a reset");
    answer
}

/// A request that has begun is answered. Who has nothing to send does not keep the process, and who comes now is refused at
/// once, so that a sender need not wait to learn it.
#[tokio::test]
async fn a_request_that_has_begun_is_answered() {
    let slack = Slack::start().await;
    let state = State::new("begun");
    let settings = Settings::at(WORKING).slack(&slack);
    let mut serving = Serving::start(&settings, &state).await;
    let body = of("triggered", 1, 0);
    let head = format!(
        "POST /pagerduty HTTP/1.1\r\nhost: toban\r\ncontent-length: {}\r\nx-pagerduty-signature: {}\r\n\r\n",
        body.len(),
        signature(&body)
    );
    let mut begun = connected(&serving, head.as_bytes()).await;
    let mut silent = connected(&serving, b"").await;
    let mut idle = connected(&serving, b"GET /health HTTP/1.1\r\nhost: toban\r\n\r\n").await;
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
    serving.signal("TERM");
    serving.says("ending what is in hand").await;
    rest(&mut idle).await;
    assert_eq!(rest(&mut silent).await, "");
    let refused = async {
        while TcpStream::connect(("127.0.0.1", serving.port)).await.is_ok() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(LIMIT, refused).await.expect("nobody listens any more");
    // A second time changes nothing.
    serving.signal("TERM");
    begun.write_all(&body).await.expect("it is taken");
    let answer = rest(&mut begun).await;
    assert!(answer.starts_with("HTTP/1.1 202 ") && answer.contains("connection: close"), "{answer}");
    assert_eq!(serving.ended().await, Some(0));
    assert!(serving.logs().contains("\"is_drained\":true"), "{}", serving.logs());

    // It is in the file, whether or not there was time to post it.
    let serving = Serving::start(&settings, &state).await;
    slack.called(1).await;
    assert_eq!(serving.terminated().await, Some(0));
    assert!(slack.expect_one().text.contains("#PD1 "));
}

/// Ctrl-C, and a chat that does not answer: the next process posts it, and says that it may be a repeat.
#[tokio::test]
async fn a_chat_that_hangs_is_given_up_and_told_by_the_next_process() {
    let slack = Slack::start().await;
    let state = State::new("hangs");
    let settings = Settings::at(WORKING).slack(&slack);
    let mut serving = Serving::start(&settings, &state).await;
    slack.fail_always(Fault::HangAfterAccepting);
    assert_eq!(serving.signed(&of("triggered", 1, 0)).await, 202);
    slack.called(1).await;
    serving.signal("INT");
    assert_eq!(serving.ended().await, Some(0));
    slack.expect_one();
    slack.heal();
    // Doubt is left alone for a minute.
    let later = settings.with("TOBAN_NOW", "2026-11-24T11:04:01+09:00");
    let serving = Serving::start(&later, &state).await;
    slack.called(2).await;
    let again = slack.expect_one();
    assert!(again.text.contains("#PD1 ") && again.text.contains("🔁"), "{}", again.text);
    assert_eq!(serving.terminated().await, Some(0));
}

/// A sender who is slow on purpose does not hold the process.
#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let slack = Slack::start().await;
    let state = State::new("too long");
    let mut serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    let mut slow = connected(&serving, b"POST /pagerduty HTTP/1.1\r\nhost: toban\r\n").await;
    // It has been read when another one has its answer.
    assert_eq!(serving.signed(b"{}").await, 202);
    serving.signal("TERM");
    serving.says("ending what is in hand").await;
    // Its head has ten seconds, and so has its body.
    sleep(Duration::from_secs(4)).await;
    slow.write_all(b"content-length: 9999\r\n\r\n{").await.expect("it is taken");
    assert_eq!(serving.ended().await, Some(0));
    assert!(serving.logs().contains("\"is_drained\":false"), "{}", serving.logs());
    slack.take();
}
