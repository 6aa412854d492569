//! The page of `toban demo`: its requests and answers, and which requests it refuses. The page in a browser is tested
//! in `tests/demo`.

mod acted;
mod language;
mod night;
mod pasted;
mod played;
mod pressed;
mod reminded;
mod shift;
pub mod visitor;
mod webhook;

use crate::command_line::Demo;
use crate::kit::{Fault, Slack, Typetalk};
use crate::running::{Settings, TUESDAY, signature_by, triggered};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use visitor::{Visitor, newest, posts};

async fn open_page() -> (Demo, Visitor) {
    let demo = Demo::start(&["demo", "--port", "0"], &[("TOBAN_NOW", TUESDAY)]).await;
    let visitor = Visitor::of(&demo).await;
    (demo, visitor)
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_cannot_be_framed() {
    let (_serve, visitor) = open_page().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/page/page.css", "text/css; charset=utf-8"),
        ("/page/page.js", "text/javascript; charset=utf-8"),
        ("/page/asking.js", "text/javascript; charset=utf-8"),
        ("/page/chat.js", "text/javascript; charset=utf-8"),
        ("/page/day.js", "text/javascript; charset=utf-8"),
        ("/page/journal.js", "text/javascript; charset=utf-8"),
        ("/page/layout.js", "text/javascript; charset=utf-8"),
        ("/page/manual", "text/html; charset=utf-8"),
        ("/page/checklist", "text/html; charset=utf-8"),
        ("/page/pasted.js", "text/javascript; charset=utf-8"),
        ("/page/pressed.js", "text/javascript; charset=utf-8"),
        ("/page/words.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = visitor.request("GET", path, &[("host", &visitor.host())], b"").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{path}: {policy}");
        assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert!(!answer.body.contains("https://cdn") && !answer.body.contains("onclick="), "{path}");
        assert_eq!(answer.body.contains(&visitor.token), path == "/", "{path}: the token is in the page alone");
    }
    let mut script = String::new();
    for name in ["asking", "chat", "day", "journal", "layout", "page", "pasted", "pressed"] {
        let path = format!("/page/{name}.js");
        script += &visitor.request("GET", &path, &[("host", &visitor.host())], b"").await.body;
    }
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(way), "{way} makes text into markup");
    }
}

#[tokio::test]
async fn strangers_are_refused() {
    let (_serve, visitor) = open_page().await;
    let host = visitor.host();
    let origin = visitor.origin();
    let (right, wrong) = (("x-toban-page", visitor.token.as_str()), ("x-toban-page", "wrong"));
    let rebound = format!("evil.example:{}", visitor.port);
    let rebound_origin = format!("http://{rebound}");
    let act = br#"{"do":"sample","name":"v3/incident.triggered"}"#;
    let acts: &[&[(&str, &str)]] = &[
        // DNS rebinding: evil.example resolves to this machine.
        &[("host", &rebound), ("origin", &rebound_origin), right],
        // A form or a fetch from another page.
        &[("host", &host), ("origin", "https://evil.example"), right],
        &[("host", &host), ("origin", "null"), right],
        &[("host", &host), right],
        &[("host", &host), ("origin", &origin), ("sec-fetch-site", "cross-site"), right],
        // Our own page from an earlier start, or a client without the token.
        &[("host", &host), ("origin", &origin), wrong],
        &[("host", &host), ("origin", &origin)],
        // A tunnel.
        &[("host", "abc.tunnel.example"), ("origin", "https://abc.tunnel.example"), right],
    ];
    for headers in acts {
        assert_eq!(visitor.request("POST", "/page/act", headers, act).await.status, 403, "{headers:?}");
    }
    let listens: &[&[(&str, &str)]] = &[
        &[("host", &rebound), right],
        &[("host", &host), ("origin", "https://evil.example"), right],
        &[("host", &host), ("sec-fetch-site", "same-site"), right],
        &[("host", &host), wrong],
        &[("host", &host)],
    ];
    for headers in listens {
        let answer = visitor.request("GET", "/page/news", headers, b"").await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(!answer.body.contains("journal"), "{headers:?}");
    }
    for path in ["/", "/page/page.js", "/page/manual", "/page/checklist", "/page/nothing"] {
        let answer = visitor.request("GET", path, &[("host", &rebound)], b"").await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.body.contains(&visitor.token), "{path}");
    }
    assert_eq!(visitor.request("GET", "/page/act", &[("host", &host)], b"").await.status, 405);
    let view = visitor.view().await;
    assert_eq!((view["journal"].as_array().map(Vec::len), posts(&view, 0)), (Some(0), vec![]), "nothing was done");
    // The same action from the page itself is accepted.
    assert_eq!(visitor.sends("v3/incident.triggered").await["status"], 202);
}

#[tokio::test]
async fn the_webhook_is_reached_by_curl_or_a_tunnel_that_rewrites_the_name_and_shows_up() {
    let (_serve, visitor) = open_page().await;
    let body = triggered(7);
    let signature = signature_by("toban-demo-secret", &body);
    let host = format!("localhost:{}", visitor.port);
    let headers = [
        ("host", host.as_str()),
        ("x-pagerduty-signature", signature.as_str()),
        ("x-forwarded-host", "abc.tunnel.example"),
    ];
    assert_eq!(visitor.request("POST", "/pagerduty", &headers, &body).await.status, 202);
    assert_eq!(visitor.request("GET", "/health", &headers[..1], b"").await.body, "ok\n");
    assert_eq!(visitor.request("GET", "/nowhere", &headers[..1], b"").await.status, 404);
    let view = visitor.view().await;
    let [(time, true, text)] = &posts(&view, 0)[..] else { panic!("{view}") };
    assert_eq!(time, "11:02");
    assert!(text.starts_with("<@U0SAMPLENAKA> <@U0SAMPLEKOBA>\n🔥 発生 #PD7 HTTP 5xx"), "{text}");
    let entry = newest(&view);
    assert_eq!((&entry["what"], &entry["status"]), (&json!("POST /pagerduty"), &json!(202)));
    assert_eq!(
        view["journal"].as_array().map(Vec::len),
        Some(1),
        "a health check and a wrong path are not in the journal"
    );
}

#[tokio::test]
async fn a_day_goes_from_the_morning_to_the_next_mornings_carry_over() {
    let (_serve, visitor) = open_page().await;
    visitor.presses(json!({"do": "play", "pause": 0})).await;
    let view = visitor.sees(|view| view["day"]["done"] == 11).await;
    let slack = posts(&view, 0);
    let times: Vec<_> = slack.iter().map(|(time, pings, _)| (time.as_str(), *pings)).collect();
    assert_eq!(
        times,
        [
            ("10:00", true),
            ("11:02", true),
            ("11:05", false),
            ("11:31", false),
            ("16:35", true),
            ("16:50", true),
            ("17:00", false),
            ("17:00", true),
            ("17:05", false),
            ("23:10", false),
            ("10:00", true),
        ]
    );
    assert_eq!(
        slack[10].2,
        "<@U0SAMPLENAKA> <@U0SAMPLEKOBA>\n\
         ☀️ 今日 11/25(水) の当番です (17:00 まで)。よろしくお願いします。\n\
         📋 11/24(火) 17:00 以降、メンションなしで届いたもの:\n\
         • #PD4814 ディスク使用率が 90% を超えました — 未対応 (10時間50分)\n\
         🔓 そのほかの未解決のインシデント (1件):\n\
         • #PD4813 バッチが30分以上遅れています — 未対応 (17時間25分)"
    );
    assert_eq!(slack.len(), posts(&view, 1).len(), "the second chat has the same");
    assert_eq!(view["clock"]["field"], "2026-11-24T11:02", "the clock is back where it began");
    assert_eq!(view["chats"][0]["posts"][1]["edits"], 2, "the first message is kept up to date");
    // Every post has its reason.
    let tries: Vec<_> = view["journal"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|entry| entry["tries"].as_array())
        .flatten()
        .collect();
    assert_eq!(tries.len(), 22);
    assert!(
        tries.iter().all(|tried| tried["post"].is_u64() && tried["why"].as_str().is_some_and(|why| why.len() > 20))
    );
    // Once more, from an empty page.
    visitor.presses(json!({"do": "play", "pause": 0})).await;
    let again = visitor.sees(|view| view["day"]["done"] == 11).await;
    assert_eq!(posts(&again, 0), slack);
}

#[tokio::test]
async fn a_day_that_is_cleared_away_leaves_the_clock_as_it_began() {
    let (_serve, visitor) = open_page().await;
    visitor.presses(json!({"do": "play", "pause": 60_000})).await;
    let view = visitor.sees(|view| view["day"]["done"] == 1).await;
    assert_eq!(view["clock"]["field"], "2026-11-24T10:00");
    visitor.presses(json!({"do": "clear"})).await;
    let view = visitor.view().await;
    assert_eq!((&view["day"], &view["clock"]["field"]), (&Value::Null, &json!("2026-11-24T11:02")));
    // A time that the user has set is kept.
    visitor.presses(json!({"do": "worth", "which": "friday"})).await;
    visitor.presses(json!({"do": "clear"})).await;
    assert_eq!(visitor.view().await["clock"]["field"], "2026-11-27T16:59");
}

#[tokio::test]
async fn a_day_that_is_played_again_is_the_same_unless_the_clock_was_moved() {
    let (_serve, visitor) = open_page().await;
    let played = async || {
        visitor.presses(json!({"do": "play", "pause": 0})).await;
        let view = visitor.sees(|view| view["day"]["done"] == 11).await;
        view["chats"][0]["posts"][0]["date"].as_str().unwrap_or_default().to_owned()
    };
    visitor.presses(json!({"do": "worth", "which": "friday"})).await;
    assert_eq!(played().await, "2026-11-27");
    assert_eq!(played().await, "2026-11-27", "once more");
    visitor.presses(json!({"do": "clock", "at": "2026-11-25T09:00"})).await;
    assert_eq!(played().await, "2026-11-25");
}

#[tokio::test]
async fn clock_cells_and_kinds_decide_what_is_shown() {
    let (_serve, visitor) = open_page().await;
    let decision = async |act: Value| {
        visitor.presses(act).await;
        let view = visitor.view().await;
        (
            view["clock"]["field"].as_str().unwrap_or_default().to_owned(),
            view["decision"]["mention"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let expected = |at: &str, mention: &str| (at.to_owned(), mention.to_owned());
    assert_eq!(decision(json!({"do": "worth", "which": "friday"})).await, expected("2026-11-27T16:59", "on_call"));
    assert_eq!(decision(json!({"do": "forward", "minutes": 1})).await, expected("2026-11-27T17:00", "nobody"));
    assert_eq!(
        decision(json!({"do": "clock", "at": "2026-11-20T12:00"})).await,
        expected("2026-11-20T12:00", "on_call")
    );
    assert_eq!(decision(json!({"do": "worth", "which": "holiday"})).await, expected("2026-11-23T11:00", "nobody"));
    assert_eq!(decision(json!({"do": "worth", "which": "tuesday"})).await, expected("2026-11-24T11:00", "on_call"));
    assert_eq!(decision(json!({"do": "mention_on", "kinds": ["resolved"]})).await.1, "nobody");
    assert_eq!(decision(json!({"do": "mention_on", "kinds": ["triggered"]})).await.1, "on_call");
    for column in [0, 1] {
        let cell = json!({"do": "cell", "date": "2026-11-24", "column": column, "name": ""});
        visitor.presses(cell).await;
    }
    let view = visitor.view().await;
    assert_eq!(view["decision"]["mention"], "fallback");
    assert_eq!(view["days"][0]["changed"], json!([0, 1]));
    assert!(view["days"][0]["findings"].as_array().is_some_and(|findings| !findings.is_empty()));
    assert_eq!(decision(json!({"do": "restore"})).await.1, "on_call");
    visitor.presses(json!({"do": "language", "language": "en"})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert!(posts(&view, 0)[0].2.contains("🔥 Triggered #PD4812 HTTP 5xx above 5%"), "{view}");
    for (act, status) in [
        (json!({"do": "clock", "at": "yesterday"}), 409),
        (json!({"do": "mention_on", "kinds": ["noise"]}), 409),
        (json!({"do": "sample", "name": "../../../etc/passwd"}), 409),
        (json!({"do": "cell", "date": "2026-11-24", "column": 99, "name": "x"}), 409),
        (json!({"do": "nothing"}), 400),
        (json!([]), 400),
    ] {
        let answer = visitor.press(act.clone()).await;
        assert_eq!(answer.status, status, "{act}");
        assert!(answer.json()["problem"].as_str().is_some_and(|problem| !problem.is_empty()), "{act}");
    }
}

#[tokio::test]
async fn faults_end_as_they_do_in_the_relay() {
    let (_serve, visitor) = open_page().await;
    visitor.presses(json!({"do": "twice", "on": true})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert_eq!((posts(&view, 0).len(), view["journal"].as_array().map(Vec::len)), (1, Some(2)));
    assert_eq!((&newest(&view)["status"], &newest(&view)["tries"]), (&json!(202), &json!([])), "recorded once");
    visitor.presses(json!({"do": "twice", "on": false})).await;

    visitor.presses(json!({"do": "forged", "on": true})).await;
    assert_eq!(visitor.sends("v3/incident.triggered").await["status"], 503);
    let view = visitor.view().await;
    assert_eq!((posts(&view, 0).len(), &newest(&view)["answer"]), (1, &json!("not authenticated")));
    visitor.presses(json!({"do": "forged", "on": false})).await;

    visitor.presses(json!({"do": "sheet", "access": "down"})).await;
    visitor.presses(json!({"do": "forward", "minutes": 61})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert_eq!(view["rotation"]["age_minutes"], 61);
    let (_, pings, text) = &posts(&view, 0)[1];
    assert!(*pings && text.contains("1時間1分前"), "the copy's age is shown: {text}");
    visitor.presses(json!({"do": "sheet", "access": "lost"})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert!(posts(&view, 0)[2].2.starts_with("<!subteam^S0SAMPLESRE>\n"), "{view}");
    visitor.presses(json!({"do": "sheet", "access": "open"})).await;

    // The first chat is down: as a mirror the second gets everything anyway, as a failover only in this case.
    visitor.presses(json!({"do": "primary_down", "on": true})).await;
    visitor.sends("v3/incident.triggered").await;
    visitor.presses(json!({"do": "backup", "mode": "failover"})).await;
    assert_eq!(visitor.sends("v3/incident.triggered").await["status"], 202);
    let view = visitor.view().await;
    assert_eq!((posts(&view, 0).len(), posts(&view, 1).len()), (3, 5));
    let (_, pings, text) = &posts(&view, 1)[4];
    assert!(*pings && text.contains("⚠️ 主チャットに投稿できなかったため、こちらに投稿しています。"), "{text}");
    let tries = newest(&view)["tries"].clone();
    assert_eq!((&tries[0]["place"], &tries[0]["post"]), (&json!("primary"), &Value::Null));
    assert_eq!(tries[0]["outcome"], "チャットが応答できません: HTTP 503");
    assert_eq!((&tries[1]["place"], tries[1]["post"].is_u64()), (&json!("backup"), true));
    visitor.presses(json!({"do": "primary_down", "on": false})).await;
    visitor.sends("v3/incident.triggered").await;
    let view = visitor.view().await;
    assert_eq!((posts(&view, 0).len(), posts(&view, 1).len()), (4, 5), "the backup is at rest again");
}

#[tokio::test]
async fn what_cannot_be_read_is_explained() {
    let (_serve, visitor) = open_page().await;
    for (count, (body, expected)) in (1..).zip([
        ("{\n  \"event\": }", "JSON として読めません: 2 行目 12 文字目 (ここの書き方が正しくありません)"),
        ("{\"hello\": 1}", "理由: 内容が想定した形式ではありません。"),
    ]) {
        let answer = visitor.presses(json!({"do": "paste", "body": body})).await;
        assert_eq!(answer["status"], 202, "it is authentic");
        let why = answer["unreadable"].as_str().unwrap_or_default();
        assert_eq!(why, expected);
        let view = visitor.view().await;
        assert_eq!(newest(&view)["problem"], why);
        assert_eq!(posts(&view, 0).len(), count, "each is another delivery");
        assert!(posts(&view, 0).last().is_some_and(|(_, _, text)| text.contains("読み取れませんでした")));
    }
    let body = String::from_utf8(triggered(3)).expect("UTF-8");
    assert_eq!(visitor.presses(json!({"do": "paste", "body": body})).await["unreadable"], Value::Null);
}

/// Settings for every remote service, with addresses on this machine: two chats, and one address for Google and AWS.
fn everywhere(slack: &Slack, typetalk: &Typetalk, other: &str) -> Settings {
    Settings::at(TUESDAY)
        .slack(slack)
        .typetalk(typetalk)
        .with("GOOGLE_SHEET_ID", "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcd")
        .with("GOOGLE_SHEETS_BASE_URL", other)
        .with("LEDGER_TABLE", "toban")
        .with("QUEUE_URL", &format!("{other}/123456789012/toban.fifo"))
        .with("PARAMETERS_PATH", "/toban")
        .with("AWS_REGION", "ap-northeast-1")
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test")
        .with("AWS_ENDPOINT_URL", other)
}

#[tokio::test]
async fn without_live_nothing_leaves_the_machine() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    other.set_nonblocking(true).expect("it can be asked");
    let address = format!("http://{}", other.local_addr().expect("an address"));
    let settings = everywhere(&slack, &typetalk, &address);
    let demo = Demo::start(&["demo", "--port", "0"], &settings.pairs()).await;
    let visitor = Visitor::of(&demo).await;
    visitor.presses(json!({"do": "play", "pause": 0})).await;
    let view = visitor.sees(|view| view["day"]["done"] == 11).await;
    assert_eq!((&view["live"], posts(&view, 0).len()), (&json!(false), 11));
    assert_eq!((slack.connections(), typetalk.connections()), (0, 0), "the chats that are configured were not asked");
    let asked = other.accept().map_err(|error| error.kind());
    assert!(matches!(asked, Err(std::io::ErrorKind::WouldBlock)), "Google or AWS was asked: {asked:?}");
}

#[tokio::test]
async fn live_posts_for_real_shows_it_and_has_no_demo_controls() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let settings = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk);
    let demo = Demo::start(&["demo", "--port", "0", "--live"], &settings.pairs()).await;
    let visitor = Visitor::of(&demo).await;
    assert_eq!(visitor.sends("v3/incident.triggered").await["status"], 202);
    assert_eq!(visitor.sends("v3/incident.acknowledged").await["status"], 202);
    let view = visitor.view().await;
    assert_eq!(view["live"], true);
    // The page shows exactly what was posted.
    let real = slack.take();
    let shown = &view["chats"][0]["posts"];
    assert_eq!(real.len(), 2);
    assert_eq!(
        (shown[0]["id"].as_str(), shown[1]["thread"].as_str()),
        (Some(real[0].ts.as_str()), Some(real[0].ts.as_str()))
    );
    for (nth, message) in real.iter().enumerate() {
        assert_eq!(shown[nth]["request"]["text"], message.text.as_str());
        assert_eq!(shown[nth]["request"]["blocks"], message.blocks.clone().unwrap_or_default());
    }
    let there: Vec<_> = typetalk.take().into_iter().map(|post| post.message).collect();
    assert_eq!(there, posts(&view, 1).into_iter().map(|(_, _, text)| text).collect::<Vec<_>>());
    for act in [
        json!({"do": "clock", "at": "2026-11-24T11:02"}),
        json!({"do": "cell", "date": "2026-11-24", "column": 0, "name": "x"}),
        json!({"do": "paste_rotation", "rotation": "日付\t担当\n2026/11/24\t佐藤", "members": ""}),
        json!({"do": "sheet", "access": "down"}),
        json!({"do": "primary_down", "on": true}),
        json!({"do": "press", "who": "U0SAMPLESATO", "button": "take", "incident": "Q1"}),
        json!({"do": "command", "who": "U0SAMPLESATO", "text": ""}),
        json!({"do": "mention_on", "kinds": []}),
        json!({"do": "play", "pause": 0}),
        json!({"do": "clear"}),
    ] {
        assert_eq!(visitor.press(act.clone()).await.status, 409, "{act}");
    }
}

#[tokio::test]
async fn live_events_do_not_wait_for_each_other() {
    let slack = Slack::start().await;
    slack.fail_next([Fault::Hang]);
    let settings = Settings::at(TUESDAY).slack(&slack).with("PAGERDUTY_WEBHOOK_SECRETS", "new-signing-secret");
    let demo = Demo::start(&["demo", "--port", "0", "--live"], &settings.pairs()).await;
    let visitor = Arc::new(Visitor::of(&demo).await);
    let post = async |visitor: Arc<Visitor>, number| {
        let body = triggered(number);
        let signature = signature_by("new-signing-secret", &body);
        let host = visitor.host();
        let headers = [("host", host.as_str()), ("x-pagerduty-signature", signature.as_str())];
        visitor.request("POST", "/pagerduty", &headers, &body).await.status
    };
    let first = tokio::spawn(post(visitor.clone(), 1));
    slack.called(1).await;
    assert_eq!(post(visitor.clone(), 2).await, 202);
    assert!(!first.is_finished(), "the second has not waited for the first");
    assert_eq!(first.await.expect("it ends"), 503);
    assert!(slack.expect_one().text.contains("#PD2 "));
    // Each entry of the journal has the attempts of its own event only.
    let view = visitor.view().await;
    let tried: Vec<_> = (0..2).map(|nth| view["journal"][nth]["tries"][0]["incident"].as_u64()).collect();
    assert_eq!(tried, [Some(2), Some(1)]);
}

#[tokio::test]
async fn it_stops_while_a_browser_listens() {
    let (mut demo, visitor) = open_page().await;
    let mut listener = visitor.listens().await;
    let mut beginning = [0; 16];
    listener.read_exact(&mut beginning).await.expect("the stream begins");
    let stopped = Command::new("sh").args(["-c", "kill -INT $0", &demo.id().to_string()]).status().expect("sh runs");
    assert!(stopped.success());
    assert_eq!(demo.ended().await, Some(0));
}
