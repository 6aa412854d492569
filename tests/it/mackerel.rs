//! `toban mackerel check`, against a fake of Mackerel's API.

use crate::command_line::closed_pipe::{CLOSED, unread};
use crate::kit::http::{Reply, Request, Response, Server};
use crate::provision::{Ran, toban};
use serde_json::{Value, json};

const KEY: &str = "mackerel-api-key-0123456789";

/// An organization's API: it answers these two lists, to a GET with a known key and without a body, and refuses everything
/// else.
async fn organization(monitors: Value, groups: Value) -> Server {
    Server::start(move |request: Request| {
        let monitors = monitors.clone();
        let groups = groups.clone();
        async move {
            let refused = |status, why: &str| Reply::Send(Response::json(status, &json!({"error": why})));
            if request.header("x-api-key") != Some(KEY) {
                return refused(401, "Authentication failed. Please try with valid Api Key.");
            }
            if request.method != "GET" || !request.body.is_empty() {
                return refused(405, "Method not allowed");
            }
            match request.target.as_str() {
                "/api/v0/monitors" => Reply::Send(Response::json(200, &json!({"monitors": monitors}))),
                "/api/v0/notification-groups" => {
                    Reply::Send(Response::json(200, &json!({"notificationGroups": groups})))
                }
                other => refused(404, &format!("{other} not found")),
            }
        }
    })
    .await
}

fn group(id: &str, name: &str, monitors: Value, services: &[&str]) -> Value {
    let services: Vec<_> = services.iter().map(|name| json!({"name": name})).collect();
    json!({
        "id": id, "name": name, "notificationLevel": "all", "childNotificationGroupIds": [],
        "childChannelIds": ["2vh7AZ21abc"], "monitors": monitors, "services": services,
    })
}

fn target(id: &str) -> Value {
    json!({"id": id, "skipDefault": false})
}

async fn usual() -> Server {
    let monitors = json!([
        {"id": "m1", "type": "service", "name": "HTTP 5xx", "service": "backlog", "duration": 1, "metric": "5xx", "operator": ">", "warning": 50.0, "critical": 100.0},
        {"id": "m2", "type": "external", "name": "backlog.com", "url": "https://backlog.com"},
        {"id": "m3", "type": "expression", "name": "エラー率", "expression": "x"},
        {"id": "m4", "type": "connectivity"},
        {"id": "m5", "type": "host", "name": "loadavg5", "scopes": ["infra: db"], "excludeScopes": []},
        {"id": "m6", "type": "host", "name": "古い\u{202e}監視", "isMute": true},
    ]);
    let groups = json!([
        group("g0", "Default", json!([]), &[]),
        group("g1", "アプリ", json!([target("m3")]), &["backlog"]),
        group("g2", "SRE", json!([target("m3"), target("m5")]), &["infra"]),
    ]);
    organization(monitors, groups).await
}

async fn check(server: &Server, key: &str, arguments: &[&str], language: &str) -> Ran {
    let base_url = format!("http://{}", server.address);
    let variables = [("MACKEREL_API_KEY", key), ("MACKEREL_BASE_URL", &base_url), ("MESSAGE_LANGUAGE", language)];
    toban(&[&["mackerel", "check"][..], arguments].concat(), variables).await
}

const GROUPS: [&str; 4] = ["--application", "アプリ", "--others", "g2"];

#[tokio::test]
async fn a_reader_who_leaves_ends_it_quietly() {
    let server = usual().await;
    let base_url = format!("http://{}", server.address);
    for application in ["アプリ", "no such group"] {
        let arguments = ["mackerel", "check", "--application", application, "--others", "g2"];
        let ended = unread(&arguments, &[("MACKEREL_API_KEY", KEY), ("MACKEREL_BASE_URL", &base_url)]).await;
        assert_eq!(ended, (CLOSED, String::new()), "{application}");
    }
}

#[tokio::test]
async fn monitors_in_neither_or_both_groups_are_named() {
    let server = usual().await;
    let ran = check(&server, KEY, &GROUPS, "ja").await;
    assert_eq!(
        ran.out,
        "✓ HTTP 5xx (service): 通知グループ1つに届きます\n\
         ✗ backlog.com (external): 「アプリ」にも「SRE」にも届きません。どちらかの通知グループの監視ルールかサービスに加えてください\n\
         ✗ エラー率 (expression): 「アプリ」と「SRE」の両方に届きます。一方から外すか「この通知グループのみに通知する」にしてください\n\
         ! connectivity (connectivity): ホストのサービスによって届く先が変わります。サービスで絞り込むと確かめられます\n\
         ✓ loadavg5 (host): 通知グループ1つに届きます\n\
         ! 古い監視 (host): ミュートされているため、どこにも届きません\n\
         監視ルール6件中、直すもの: 2件\n"
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let ran = check(&server, KEY, &GROUPS, "en").await;
    assert_eq!(
        ran.out,
        "✓ HTTP 5xx (service): reaches one group\n\
         ✗ backlog.com (external): reaches neither 'アプリ' nor 'SRE': add it, or its service, to one of the groups\n\
         ✗ エラー率 (expression): reaches both 'アプリ' and 'SRE': remove it from one, or let it notify one group only\n\
         ! connectivity (connectivity): where it goes depends on the host's service: limit it to services to be sure\n\
         ✓ loadavg5 (host): reaches one group\n\
         ! 古い監視 (host): is muted: nobody is notified\n\
         2 of 6 monitors to be fixed\n"
    );
    assert_eq!(ran.code, Some(1));
}

#[tokio::test]
async fn a_complete_split_is_a_success() {
    let monitors =
        json!([{"id": "m1", "type": "external", "name": "a"}, {"id": "m2", "type": "external", "name": "b"}]);
    let alone = json!([{"id": "m1", "skipDefault": true}]);
    let groups = json!([group("g0", "Default", json!([]), &[]), group("g1", "アプリ", alone, &[])]);
    let server = organization(monitors, groups).await;
    let ran = check(&server, KEY, &["--application", "アプリ", "--others", "Default"], "en").await;
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            Some(0),
            "✓ a (external): reaches one group\n✓ b (external): reaches one group\n0 of 2 monitors to be fixed\n"
        )
    );
}

#[tokio::test]
async fn errors_say_how_to_fix_them() {
    let server = usual().await;
    let ran = check(&server, KEY, &["--application", "App", "--others", "SRE"], "ja").await;
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(1), "✗ 通知グループ「App」がありません。あるもの: Default、アプリ、SRE\n")
    );
    for (language, said) in [
        ("en", "does not accept the key (HTTP 401). MACKEREL_API_KEY has to be"),
        ("ja", "Mackerel が鍵を受け付けません (HTTP 401)。MACKEREL_API_KEY は"),
    ] {
        let ran = check(&server, "wrong-key-0123456789", &GROUPS, language).await;
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains(said), "{}", ran.err);
        assert!(!ran.err.contains("wrong-key"), "{}", ran.err);
    }
    let ran = check(&server, "", &GROUPS, "en").await;
    assert!(ran.err.contains("MACKEREL_API_KEY is not set: create one in Mackerel"), "{}", ran.err);

    for (reply, expected) in [
        (Response::new(200, "text/html", "<html>"), "gave an answer that is not its API's"),
        (Response::json(200, &json!({})), "gave an answer that is not its API's"),
        (Response::empty(302), "(HTTP 302 at /api/v0/monitors)"),
        (Response::empty(503), "cannot be asked at the moment: HTTP 503"),
        (Response::empty(429), "cannot be asked at the moment: HTTP 429"),
    ] {
        let server = Server::start(move |_| {
            let reply = reply.clone();
            async move { Reply::Send(reply) }
        })
        .await;
        let ran = check(&server, KEY, &GROUPS, "en").await;
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}
