//! CSV at an https address instead of a Google key.

use super::*;
use crate::kit::http::{Reply, Request, Response, Server};
use std::sync::Mutex;

/// A web server that answers each path with what the test says.
struct Web {
    server: Server,
    answers: Arc<Mutex<Vec<(&'static str, Response)>>>,
}

impl Web {
    async fn start(answers: Vec<(&'static str, Response)>) -> Self {
        let answers = Arc::new(Mutex::new(answers));
        let served = answers.clone();
        let answer = move |request: Request| {
            let answers = served.lock().expect("nobody panics with it");
            let found = answers.iter().find(|(path, _)| request.target == *path);
            let reply = found.map_or_else(|| Response::empty(404), |(_, response)| response.clone());
            std::future::ready(Reply::Send(reply))
        };
        Self { server: Server::start(answer).await, answers }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    fn set(&self, path: &'static str, response: Response) {
        let mut answers = self.answers.lock().expect("nobody panics with it");
        answers.retain(|(known, _)| *known != path);
        answers.push((path, response));
    }
}

/// A roster of rotation, members and runbooks at these paths.
fn open(web: &Web, paths: [Option<&str>; 3]) -> Roster {
    let [rotation, members, runbooks] =
        paths.map(|path| path.map(|path| toban::roster::web::Place::Address(Secret::new(web.url(path)))));
    let places = toban::roster::web::Places([rotation, members, runbooks, None]);
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    let team = TeamTime { zone: chrono_tz::Asia::Tokyo, hours };
    let http = toban::net::http::client().expect("a client");
    Roster::open(Source::Web(Box::new(places)), team, &http, Utc::now)
}

fn csv(text: &str) -> Response {
    Response::new(200, "text/csv", text)
}

const ROTATION: &str = "日付,担当1,担当2\r\n2026/11/24,佐藤,鈴木\r\n";
const MEMBERS: &str = "name,slack\r\n佐藤,U0SATO0001\r\n鈴木,U0SUZUKI01\r\n";

fn settings(web: &Web, slack: &Slack) -> Settings {
    Settings::at(TUESDAY)
        .slack(slack)
        .with("ROTATION_FILE", &web.url("/pub?secret=s3cr3t"))
        .with("MEMBERS_FILE", &web.url("/members.csv"))
        .with("RUNBOOKS_FILE", "")
        .with("HOLIDAYS_FILE", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_sheet_is_read_cached_and_kept_secret() {
    let moved = Response::empty(307).header("Location", "/really.csv");
    let web =
        Web::start(vec![("/pub?secret=s3cr3t", moved), ("/really.csv", csv(ROTATION)), ("/members.csv", csv(MEMBERS))])
            .await;
    let slack = Slack::start().await;
    let webhook = settings(&web, &slack).start().await;
    for number in 1..=3 {
        assert_eq!(webhook.signed(&triggered(number)).await, accepted());
        assert_eq!(slack.expect_one().mentions, PAIR);
    }
    assert_eq!(web.server.requests(), 3, "the rotation in two steps, and the members: once");
    let (code, printed) = check(&settings(&web, &slack), &[]);
    assert_eq!(code, Some(1), "the rotation ends soon:\n{printed}");
    assert!(printed.contains("✓ rotation  ROTATION_FILE: 1 days"), "{printed}");
    for text in [webhook.function.logs(), printed] {
        assert!(!text.contains("s3cr3t"), "the address is a secret:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_address_is_said_and_the_alert_goes_out() {
    let page = Response::new(200, "text/html", "<!DOCTYPE html><html><body>Sign in</body></html>");
    for (response, japanese, english) in [
        (
            Response::empty(403),
            "ROTATION_FILE のアドレスが HTTP 403 を返しました (リンクの期限と、CSV として公開してあるかを確認してください)",
            "the address in ROTATION_FILE answers with HTTP 403 (has the link expired, is it published as CSV?)",
        ),
        (
            Response::empty(500),
            "ROTATION_FILE のアドレスが HTTP 500 を返しました",
            "the address in ROTATION_FILE answers with HTTP 500",
        ),
        (
            page,
            "ROTATION_FILE のアドレスは CSV ではなくウェブページです (「ファイル」→「共有」→「ウェブに公開」で\
             「カンマ区切り形式 (.csv)」を選んだリンクを設定してください)",
            "at the address in ROTATION_FILE is a web page, not a CSV (File → Share → Publish to web, choose \
             Comma-separated values, and set that link)",
        ),
        (
            Response::empty(302).header("Location", "/pub?secret=s3cr3t"),
            "ROTATION_FILE のアドレスの転送が終わりません",
            "the address in ROTATION_FILE sends on without end",
        ),
        (
            csv(&"日付,担当\n".repeat(200_000)),
            "ROTATION_FILE のアドレスのファイルが大きすぎます (2 MB まで)",
            "the file at the address in ROTATION_FILE is too large (over 2 MB)",
        ),
    ] {
        let web = Web::start(vec![("/members.csv", csv(MEMBERS))]).await;
        web.set("/pub?secret=s3cr3t", response);
        let slack = Slack::start().await;
        let webhook = settings(&web, &slack).start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted());
        let message = slack.expect_one();
        assert_eq!(message.mentions, ["<!subteam^S0SRETEAM1>"], "{english}");
        assert!(message.text.contains(&format!(": {japanese}\n")), "{japanese} is not in\n{}", message.text);
        let (code, printed) = check(&settings(&web, &slack), &[]);
        assert_eq!(code, Some(1));
        assert!(printed.contains(&format!("✗ rotation  ROTATION_FILE: {english}\n")), "{english} is not in\n{printed}");
    }
}

/// Neither an empty answer nor a page in another form is a rota of nobody.
#[tokio::test]
async fn what_is_no_csv_does_not_replace_the_copy() {
    for (what, response) in [
        ("empty", csv("")),
        ("204", Response::empty(204)),
        ("a page after a byte order mark", csv("\u{FEFF}  <html>sign in</html>")),
        ("XML", csv("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>")),
        ("JSON", csv("{\"error\": \"expired\"}")),
        ("a sheet that is being written anew", csv("Loading...\n")),
        ("no more than a header", csv("日付,担当\n")),
    ] {
        let web = Web::start(vec![("/r.csv", csv(ROTATION)), ("/m.csv", csv(MEMBERS))]).await;
        let ledger = Ledger::memory();
        let start = at("2026-11-24T02:00:00Z");
        let one = open(&web, [Some("/r.csv"), Some("/m.csv"), None]);
        assert_eq!(pair(&read(&one, &ledger, start).await), ["U0SATO0001", "U0SUZUKI01"]);
        web.set("/r.csv", response);
        let reading = read(&one, &ledger, start + TimeDelta::seconds(90)).await;
        assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "{what}");
        let other = open(&web, [Some("/r.csv"), Some("/m.csv"), None]);
        let reading = read(&other, &ledger, start + TimeDelta::seconds(91)).await;
        assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"], "{what}: nor for the others");
    }
}

#[tokio::test]
async fn runbooks_that_cannot_be_had_cost_nobody_their_call() {
    let web = Web::start(vec![("/r.csv", csv(ROTATION)), ("/m.csv", csv(MEMBERS))]).await;
    let roster = open(&web, [Some("/r.csv"), Some("/m.csv"), Some("/gone.csv")]);
    let reading = read(&roster, &Ledger::memory(), at("2026-11-24T02:00:00Z")).await;
    assert_eq!(pair(&reading), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!(reading.expect("it was read").workbook.findings.len(), 1);
}

/// Whoever writes an address wrongly has its signature neither in the chat nor in `check`.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_not_shown() {
    let slack = Slack::start().await;
    let web = Web::start(vec![]).await;
    for address in [
        "\"https://bucket/rota.csv?sig=s3cr3t\"",
        "<https://bucket/rota.csv?sig=s3cr3t>",
        "ttps://bucket/rota.csv?sig=s3cr3t",
        "rota.csv?sig=s3cr3t",
    ] {
        let settings = settings(&web, &slack).with("ROTATION_FILE", address);
        let (code, printed) = check(&settings, &[]);
        assert_eq!(code, Some(1), "{address}");
        assert!(printed.contains("ROTATION_FILE is not an https:// URL") && !printed.contains("s3cr3t"), "{printed}");
        let webhook = settings.start().await;
        assert_eq!(webhook.signed(&triggered(1)).await, accepted());
        let text = slack.expect_one().text;
        assert!(text.contains("ROTATION_FILE") && !text.contains("s3cr3t"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_to_be_https() {
    let slack = Slack::start().await;
    let web = Web::start(vec![]).await;
    let (code, printed) = check(&settings(&web, &slack), &[("ROTATION_FILE", "http://example.com/rota.csv?s3cr3t")]);
    assert_eq!(code, Some(1));
    assert!(printed.contains("✗ settings  ROTATION_FILE is not an https:// URL"), "{printed}");
    assert!(!printed.contains("s3cr3t"), "{printed}");
}

/// An edit counts within a minute, and an outage is not noticed, as with a sheet.
#[tokio::test]
async fn it_is_read_once_a_minute_and_the_copy_outlives_it() {
    let web = Web::start(vec![("/r.csv", csv(ROTATION)), ("/m.csv", csv(MEMBERS))]).await;
    let files = [Some("/r.csv"), Some("/m.csv"), None];
    let (one, other) = (open(&web, files), open(&web, files));
    let ledger = Ledger::memory();
    let start = at("2026-11-24T02:00:00Z");
    assert_eq!(pair(&read(&one, &ledger, start).await), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!(pair(&read(&other, &ledger, start + TimeDelta::seconds(59)).await), ["U0SATO0001", "U0SUZUKI01"]);
    assert_eq!(web.server.requests(), 2, "both instances share it");
    web.set("/r.csv", csv("日付,担当\n2026/11/24,鈴木\n"));
    assert_eq!(pair(&read(&one, &ledger, start + TimeDelta::seconds(60)).await), ["U0SUZUKI01"]);
    web.set("/r.csv", Response::empty(503));
    assert_eq!(pair(&read(&one, &ledger, start + TimeDelta::hours(2)).await), ["U0SUZUKI01"], "the last good copy");
}
