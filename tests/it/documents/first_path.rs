//! The README's first path: a day is played on the page, then the curl line is typed. Page and line use the test's clock
//! instead of the real one.

use super::named_blocks;
use super::run::run;
use crate::demo::visitor::{Visitor, newest, posts};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;
use toban::demo::{DUMMY, DemoChats, DemoNetwork, Fallbacks, Page, Parts, SRE_GROUP, Stakes, router};
use toban::domain::message::describe;
use toban::ledger::Ledger;
use toban::roster::Roster;
use toban::setup::config::{Config, Reach};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

/// `toban demo` as it is without any settings, at another time.
async fn serve(real: fn() -> DateTime<Utc>) -> u16 {
    let lookup = |variable: &str| match variable {
        "PAGERDUTY_WEBHOOK_SECRETS" => Some("toban-demo-secret".to_owned()),
        "IGNORED_ASSIGNEES" => Some(DUMMY.to_owned()),
        _ => None,
    };
    let http = toban::net::http::client().expect("an HTTP client");
    let network = Arc::<DemoNetwork>::default();
    let played = http.clone().on(network.clone());
    let config = Config::from_lookup(lookup, &http, Reach::Local).expect("the settings are right");
    let fallbacks = Fallbacks { slack: Some(format!("<!subteam^{SRE_GROUP}>")), typetalk: Some("@sre".to_owned()) };
    let parts = Parts {
        team: config.team,
        credentials: config.credentials,
        roster: Roster::Sample,
        ledger: Arc::new(Ledger::memory()),
        demo_chats: DemoChats::rehearsed(&fallbacks, &played),
        network,
        http: played,
        manual: None,
        checklist: None,
        advice: |finding, _, language| describe(finding, language).plain(),
        real,
        stands_at: None,
        stakes: Stakes::Rehearsal,
        open_secret: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let page = Page::new(parts, port).expect("there are random numbers");
    tokio::spawn(async move { axum::serve(listener, router(page)).await });
    port
}

/// The README's line, as if `date` printed that time.
fn typed(port: u16, now: DateTime<Utc>) -> String {
    let line = named_blocks()["v3"].replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    let now = now.format("%FT%TZ");
    format!("date() {{ if [ \"$1\" = -u ]; then echo {now}; else command date \"$@\"; fi; }}\n{line}")
}

/// A time at which somebody sits down with the README.
struct Case {
    real: fn() -> DateTime<Utc>,
    field: &'static str,
    /// The message's first line, and one more that it has.
    mentions: &'static str,
    notes: &'static str,
    /// What it says of the day that was played; nothing if that is later.
    seen: Option<&'static str>,
}

const CASES: [Case; 3] = [
    // A Friday: the next working morning is 81 hours away. The sample is assigned to the dummy only.
    Case {
        real: || instant("2026-11-27T00:53:00+09:00"),
        field: "2026-11-27T00:53",
        mentions: "<!subteam^S0SAMPLESRE>",
        notes: "⚠️ 時間外ですが、PagerDuty の担当がダミーユーザーのままです。誰にも連絡が行っていません。\n",
        seen: None,
    },
    // A Friday before a Monday that is a holiday.
    Case {
        real: || instant("2026-11-20T15:20:00+09:00"),
        field: "2026-11-20T15:20",
        mentions: "<@U0SAMPLEITOO> <@U0SAMPLEWATA>",
        notes: "",
        seen: Some("🕘 90日で2回目 · 前回 "),
    },
    // Any other day: its next morning is near enough to post, and too late to mention anybody.
    Case {
        real: || instant("2026-12-01T14:05:00+09:00"),
        field: "2026-12-01T14:05",
        mentions: "<@U0SAMPLESATO> <@U0SAMPLESUZU>",
        notes: "",
        seen: Some("🕘 90日で2回目 · 前回 "),
    },
];

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[tokio::test]
async fn after_a_day_was_played_the_curl_line_is_of_the_present() {
    for Case { real, field, mentions, notes, seen: expected } in CASES {
        let port = serve(real).await;
        let visitor = Visitor::at(port).await;
        visitor.presses(json!({"do": "play", "pause": 0})).await;
        let played = visitor.sees(|view| view["day"]["done"] == 11).await;
        assert_eq!(posts(&played, 0).len(), 11, "{field}");

        let script = typed(port, real());
        let answer = spawn_blocking(move || run("v3", &script)).await.expect("it ends");
        assert_eq!(answer, (Some(0), "accepted\n".to_owned()), "{field}");
        let view = visitor.view().await;
        assert_eq!((&view["clock"]["stands"], &view["clock"]["field"]), (&json!(false), &json!(field)));
        let (_, time) = field.split_once('T').expect("a date and a time");
        let (shown, _, text) = posts(&view, 0).pop().expect("a post");
        assert_eq!((shown.as_str(), newest(&view)["time"].as_str()), (time, Some(time)));
        // It is the same alert as on the day that was played.
        let (seen, text): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("🕘 "));
        assert_eq!(seen.len(), usize::from(expected.is_some()), "{seen:?}");
        assert!(seen.iter().zip(expected).all(|(line, beginning)| line.starts_with(beginning)), "{seen:?}");
        let text = text.join("\n");
        assert_eq!(
            text,
            format!(
                "{mentions}\n\
                 🔥 発生 #PD4812 HTTP 5xx が 5% を超えています\n\
                 Mackerel Backlogアプリ · 緊急度 高 · P2 · {time}\n\
                 意味: アプリケーションがエラーを返しています\n\
                 {notes}\
                 手順: <https://wiki.example.com/runbooks/http-5xx|プロセス再起動 ↗> · \
                 <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>\n\
                 状態: 未対応"
            )
        );
    }
}
