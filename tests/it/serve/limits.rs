//! What a connection may send, and for how long: whatever strangers do, an honest sender is served.

use super::process::{Serving, State};
use super::{WORKING, of};
use crate::kit::{LIMIT, Slack};
use crate::running::{Settings, signature, triggered};
use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const MIB: usize = 1 << 20;
/// Between two bytes of somebody slow. What is looked for is only whether that ends.
const SLOWLY: Duration = Duration::from_millis(400);
/// What the chat is told of a body over 256 KiB.
const TOO_LARGE: &str = "256 KiB を超えています";
/// For what must not happen.
const A_MOMENT: Duration = Duration::from_millis(300);

async fn connected(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens")
}

/// All that comes until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(LIMIT, stream.read_to_end(&mut answer)).await;
    // Who is refused in the middle of sending may be told by a reset, too.
    drop(read.expect("the connection is closed"));
    String::from_utf8_lossy(&answer).into_owned()
}

/// What comes back for these bytes until the other side closes.
async fn answer(port: u16, bytes: &[u8]) -> String {
    let mut stream = connected(port).await;
    stream.write_all(bytes).await.ok();
    rest(&mut stream).await
}

/// One answer of a connection that stays open.
async fn one(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    while !answer.ends_with("\r\n\r\nok\n") && !answer.ends_with("\r\n\r\nqueued\n") {
        let byte = timeout(LIMIT, stream.read_u8()).await.expect("in time");
        answer.push(byte.unwrap_or_else(|error| panic!("{error} after {answer}")).into());
    }
    answer
}

/// What comes back for these bytes, after which a byte follows now and then, for ever.
async fn answer_to_slow(port: u16, bytes: &[u8], next: &[u8]) -> String {
    let mut stream = connected(port).await;
    stream.write_all(bytes).await.expect("it is taken");
    let (mut read, mut write) = stream.split();
    let mut answer = Vec::new();
    let send = async {
        while write.write_all(next).await.is_ok() {
            sleep(SLOWLY).await;
        }
        pending::<()>().await;
    };
    tokio::select! {
        () = send => {}
        read = timeout(LIMIT, read.read_to_end(&mut answer)) => drop(read.expect("the connection is closed")),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.").skip(1).map(|answer| answer.get(2..5).unwrap_or_default()).collect()
}

fn with_length(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST /pagerduty HTTP/1.1\r\nhost: toban\r\n{headers}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn chunked(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("POST /pagerduty HTTP/1.1\r\nhost: toban\r\n{headers}transfer-encoding: chunked\r\n\r\n");
    for piece in body.chunks(64 * 1024) {
        all.push_str(&format!("{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece)));
    }
    all.push_str("0\r\n\r\n");
    all.into_bytes()
}

fn signed(body: &[u8]) -> String {
    format!("connection: close\r\nx-pagerduty-signature: {}\r\nx-webhook-id: large\r\n", signature(body))
}

/// An event with spaces around it.
fn padded(number: u64, length: usize) -> Vec<u8> {
    let mut body = triggered(number);
    body.resize(length, b' ');
    body
}

fn get(request: &str) -> Vec<u8> {
    format!("{request} HTTP/1.1\r\nhost: toban\r\nconnection: close\r\n\r\n").into_bytes()
}

/// A request for `/health` with these headers, too.
fn with(headers: &str) -> Vec<u8> {
    format!("GET /health HTTP/1.1\r\nhost: toban\r\nconnection: close\r\n{headers}\r\n").into_bytes()
}

/// Each on a connection of its own.
async fn everything_is_answered(port: u16) {
    let event = triggered(900);
    let headers = |count: usize| (0..count).map(|nth| format!("x-{nth}: 1\r\n")).collect::<String>();
    let too_long = vec![b'x'; 10 * MIB + 1];
    let three = b"GET /health HTTP/1.1\r\nhost: toban\r\n\r\nGET / HTTP/1.1\r\nhost: toban\r\n\r\n";
    let cases: [(&str, Vec<u8>, &[&str]); 27] = [
        ("health", get("GET /health"), &["200"]),
        ("health without its text", get("HEAD /health"), &["200"]),
        ("the wrong method", get("GET /pagerduty"), &["405"]),
        ("the other wrong method", get("DELETE /health"), &["405"]),
        ("an unknown path", get("GET /"), &["404"]),
        ("three at once", [&three[..], &get("GET /health")].concat(), &["200", "404", "200"]),
        ("HTTP/1.0", b"GET /health HTTP/1.0\r\n\r\n".to_vec(), &["200"]),
        ("100 headers", with(&headers(98)), &["200"]),
        ("101 headers", with(&headers(99)), &["431"]),
        ("a large head", with(&format!("x: {}\r\n", "x".repeat(40 * 1024))), &["431"]),
        ("a long path", get(&format!("GET /{}", "x".repeat(40 * 1024))), &["431"]),
        ("no version", b"GET /health\r\n\r\n".to_vec(), &["400"]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03the rest of a hello\r\n".to_vec(), &["400"]),
        ("no text at all", vec![0; 4_096], &["400"]),
        ("a header with a null", with("x: a\0b\r\n"), &["400"]),
        ("a length below nothing", with("content-length: -1\r\n"), &["400"]),
        ("two lengths", with("content-length: 1\r\ncontent-length: 2\r\n"), &["400"]),
        ("an endless length", with("content-length: 18446744073709551615\r\n"), &["431"]),
        ("a length that is never reached", with("content-length: 9223372036854775807\r\n"), &["413"]),
        ("too long", with_length(&signed(&too_long), &too_long), &["413"]),
        ("too long in pieces", chunked(&signed(&too_long), &too_long), &["413"]),
        ("a piece without a length", with("transfer-encoding: chunked\r\n\r\nxyz\r\n"), &["400"]),
        ("an event", with_length(&signed(&event), &event), &["202"]),
        ("an event in pieces", chunked(&signed(&event), &event), &["202"]),
        ("a length beside pieces", chunked(&format!("{}content-length: 5\r\n", signed(&event)), &event), &["202"]),
        ("an event of a stranger", with_length("connection: close\r\n", &event), &["503"]),
    ];
    let mut wrong = Vec::new();
    for (name, bytes, expected) in cases {
        let answer = answer(port, &bytes).await;
        if statuses(&answer) != expected {
            wrong.push(format!("{name}: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Sent slowly, or not at all.
async fn everything_slow_ends(port: u16) {
    let post = b"POST /pagerduty HTTP/1.1\r\nhost: toban\r\n";
    let length = [&post[..], b"content-length: 9999\r\n\r\n"].concat();
    let pieces = [&post[..], b"transfer-encoding: chunked\r\n\r\n"].concat();
    let (head, body, body_in_pieces, nothing, idle) = tokio::join!(
        answer_to_slow(port, post, b"x"),
        answer_to_slow(port, &length, b"x"),
        answer_to_slow(port, &pieces, b"1\r\nx\r\n"),
        answer(port, b""),
        answer(port, b"GET /health HTTP/1.1\r\nhost: toban\r\n\r\n"),
    );
    assert_eq!([&*head, &*nothing], ["", ""]);
    assert_eq!([statuses(&body), statuses(&body_in_pieces)], [["408"], ["408"]], "{body} {body_in_pieces}");
    assert_eq!(statuses(&idle), ["200"]);
}

/// What somebody takes for a webhook with a large attachment: it is authentic, so it is taken, and the chat is told.
async fn large_ones_are_taken(port: u16) {
    for (number, length) in [(801, 300 * 1024 + 1), (802, MIB), (803, 10 * MIB)] {
        let body = padded(number, length);
        for bytes in [with_length(&signed(&body), &body), chunked(&signed(&body), &body)] {
            assert_eq!(statuses(&answer(port, &bytes).await), ["202"], "{length}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_send_an_honest_sender_is_served() {
    let slack = Slack::start().await;
    let state = State::new("limits");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    let is_over = AtomicBool::new(false);
    let honest = async {
        let mut number = 0;
        while !is_over.load(Ordering::Relaxed) {
            number += 1;
            assert_eq!(serving.signed(&of("triggered", number, 0)).await, 202);
            sleep(Duration::from_millis(50)).await;
        }
        number
    };
    let strangers = async {
        let port = serving.port;
        tokio::join!(everything_is_answered(port), everything_slow_ends(port), large_ones_are_taken(port));
        is_over.store(true, Ordering::Relaxed);
    };
    let (sent, ()) = tokio::join!(honest, strangers);
    let mut told = String::new();
    let begun = std::time::Instant::now();
    let all: Vec<_> = (1..=sent).chain([900]).map(|number| format!("#PD{number}")).collect();
    while !all.iter().all(|tag| told.split_whitespace().any(|word| word == tag)) || !told.contains(TOO_LARGE) {
        told.extend(slack.take().into_iter().map(|message| message.text + "\n"));
        assert!(begun.elapsed() < LIMIT, "{told}");
        sleep(Duration::from_millis(5)).await;
    }
    assert!(!serving.logs().contains("panicked"), "{}", serving.logs());
    assert_eq!(serving.terminated().await, Some(0));
    slack.take();
}

/// Four large bodies are read at once; small ones do not wait for them, with a length or in pieces.
#[tokio::test]
async fn a_fifth_large_body_waits_for_one_of_four() {
    let slack = Slack::start().await;
    let state = State::new("large");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    let body = vec![b'x'; 400 * 1024];
    let request = with_length(&signed(&body), &body);
    let mut four = Vec::new();
    for _ in 0..4 {
        let mut stream = connected(serving.port).await;
        stream.write_all(&request[..request.len() - 1]).await.expect("it is taken");
        four.push(stream);
    }
    sleep(A_MOMENT).await;
    let mut fifth = connected(serving.port).await;
    let (mut read, mut write) = fifth.split();
    let mut answer_of_fifth = String::new();
    let sent = async {
        write.write_all(&request).await.expect("it is taken");
        pending::<()>().await;
    };
    let others = async {
        let event = triggered(1);
        assert_eq!(statuses(&answer(serving.port, &with_length(&signed(&event), &event)).await), ["202"]);
        assert_eq!(statuses(&answer(serving.port, &chunked(&signed(&event), &event)).await), ["202"]);
        sleep(A_MOMENT).await;
    };
    let answered = read.read_to_string(&mut answer_of_fifth);
    tokio::pin!(sent, answered);
    tokio::select! {
        () = &mut sent => {}
        _ = &mut answered => panic!("the fifth did not wait"),
        () = others => {}
    }
    let mut first = four.remove(0);
    first.write_all(&request[request.len() - 1..]).await.expect("it is taken");
    assert_eq!(statuses(&rest(&mut first).await), ["202"]);
    tokio::select! {
        () = sent => {}
        read = timeout(LIMIT, answered) => assert!(read.is_ok_and(|read| read.is_ok())),
    }
    assert_eq!(statuses(&answer_of_fifth), ["202"]);
    drop(four);
    slack.called(2).await;
    assert_eq!(serving.terminated().await, Some(0));
    slack.take();
}

/// All others wait in the system's own queue until one of 256 has ended.
#[tokio::test]
async fn more_connections_than_there_may_be_wait() {
    let slack = Slack::start().await;
    let state = State::new("connections");
    let serving = Serving::start(&Settings::at(WORKING).slack(&slack), &state).await;
    let health = b"GET /health HTTP/1.1\r\nhost: toban\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..256 {
        let mut stream = connected(serving.port).await;
        stream.write_all(health).await.expect("it is taken");
        one(&mut stream).await;
        open.push(stream);
    }
    let mut waiting = connected(serving.port).await;
    waiting.write_all(health).await.expect("it is taken");
    assert!(timeout(A_MOMENT, one(&mut waiting)).await.is_err(), "the 257th is not served");
    // Those that are there are.
    let last = open.last_mut().expect("there are 256");
    last.write_all(health).await.expect("it is taken");
    one(last).await;
    drop(open.remove(0));
    one(&mut waiting).await;
    drop(open);
    assert_eq!(serving.signed(&triggered(1)).await, 202);
    slack.called(1).await;
    slack.expect_one();
    assert_eq!(serving.terminated().await, Some(0));
}
