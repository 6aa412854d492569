//! Where those who press are answered: at Slack's address of that press, and nowhere else.

use super::here::Here;
use crate::kit::http::{Reply, Response, Server};
use crate::kit::{Command, Fault, Press};

/// What is pressed is done all the same, and the command is not answered.
#[tokio::test]
async fn without_an_address_of_slack_s_nobody_is_answered() {
    let stranger = Server::start(|_| std::future::ready(Reply::Send(Response::empty(200)))).await;
    let foreign = format!("http://{}/actions/T0TEST0001/1/x", stranger.address);
    let path = "/actions/T0TEST0001/1/x";
    for address in [
        String::new(),
        "x".repeat(2_000),
        foreign.clone(),
        format!("http://hooks.slack.com{path}"),
        "file:///etc/passwd".into(),
        foreign.replace("http://", "http://hooks.slack.com@"),
    ] {
        let here = Here::open().await;
        let first = here.begin().await;
        let press = Press { response_url: address.clone(), ..here.slack.press("U0SATO0001", &first, "take") };
        assert_eq!(here.press(&press, "11:05").await, [""; 0], "{address}");
        assert_eq!(here.thread().len(), 1, "{address}");
        here.status();
        let command = Command { response_url: address.clone(), ..here.slack.command("U0SATO0001", "") };
        assert_eq!(here.command(&command, "11:05").await, [""; 0], "{address}");
        assert_eq!(here.presses.len(), 0, "{address}");
    }
    assert_eq!((stranger.connections(), stranger.requests()), (0, 0));
}

/// Five answers in half an hour; and Slack may not take one.
#[tokio::test]
async fn an_address_that_takes_nothing_holds_nothing_up() {
    let here = Here::open().await;
    let first = here.begin().await;
    let press = here.slack.press("U0NEWCOMER", &first, "take");
    here.slack.expire(&press.response_url);
    assert_eq!(here.press(&press, "11:05").await, [""; 0]);
    let address = here.slack.command_response_url();
    let command = || Command { response_url: address.clone(), ..here.slack.command("U0SATO0001", "使い方") };
    for nth in 1..=7 {
        assert_eq!(here.command(&command(), "11:05").await.len(), usize::from(nth <= 5), "{nth}");
    }
    for fault in [Fault::ServerError, Fault::Reset, Fault::Hang] {
        here.slack.fail_private_next([fault]);
        assert_eq!(here.command(&here.slack.command("U0SATO0001", "使い方"), "11:05").await, [""; 0], "{fault:?}");
    }
    assert_eq!(here.presses.len(), 0);
}
