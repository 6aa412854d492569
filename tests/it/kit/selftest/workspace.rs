use serde_json::{Value, json};

use super::slack::{BEARER, JSON};
use super::wire::Client;
use super::{assert_contains, left_by};
use crate::kit::Slack;

#[tokio::test]
async fn what_a_bot_may_ask() {
    for (line, headers, body, code, problem) in [
        ("POST /api/auth.test", vec![BEARER], "", None, ""),
        ("POST /api/auth.test", vec![("authorization", "Bearer xoxb-other")], "", Some("invalid_auth"), ""),
        ("POST /api/auth.test", vec![], "", Some("not_authed"), "Authorization is None"),
        ("GET /api/conversations.info?channel=C0APPMON001", vec![BEARER], "", None, ""),
        ("GET /api/conversations.info?channel=C0NOBODY01", vec![BEARER], "", Some("channel_not_found"), ""),
        ("GET /api/conversations.info?channel=app", vec![BEARER], "", Some("channel_not_found"), "not a channel's id"),
        ("GET /api/conversations.info", vec![BEARER], "", Some("channel_not_found"), "not a channel's id"),
        ("POST /api/conversations.info", vec![BEARER, JSON], "{}", Some("invalid_post_type"), "not a GET"),
        ("GET /api/users.info?user=U0SATO0001", vec![BEARER], "", None, ""),
        ("GET /api/users.info?user=U0NOBODY01", vec![BEARER], "", Some("user_not_found"), ""),
        ("GET /api/users.info?user=S0SRETEAM1", vec![BEARER], "", Some("user_not_found"), "not a user's id"),
        (
            "GET /api/users.info?user=U0SATO0001&x=y",
            vec![BEARER],
            "",
            Some("invalid_arguments"),
            "x is not an argument",
        ),
        ("GET /api/usergroups.list?include_disabled=true", vec![BEARER], "", None, ""),
        ("GET /api/usergroups.list?token=x", vec![BEARER], "", Some("invalid_auth"), "in the URL"),
    ] {
        let slack = Slack::start().await;
        let ending = Client::connect(&slack.origin()).await.call(line, &headers, body).await;
        let answer = ending.body();
        assert_eq!((ending.status(), answer["error"].as_str()), (200, code), "{line}");
        assert_eq!(answer["ok"], code.is_none(), "{line}");
        match problem {
            "" => assert_eq!(slack.problems(), [""; 0], "{line}"),
            problem => assert_contains(&left_by(slack), problem),
        }
    }
}

#[tokio::test]
async fn a_question_needs_its_scope() {
    for (line, scope, is_private) in [
        ("GET /api/conversations.info?channel=C0APPMON001", "channels:read", false),
        ("GET /api/conversations.info?channel=C0APPMON001", "groups:read", true),
        ("GET /api/users.info?user=U0SATO0001", "users:read", false),
        ("GET /api/usergroups.list", "usergroups:read", false),
    ] {
        let slack = Slack::start().await;
        slack.edit(|workspace| {
            workspace.channel(Slack::CHANNEL)["is_private"] = json!(is_private);
            workspace.scopes.retain(|known| *known != scope);
        });
        let mut client = Client::connect(&slack.origin()).await;
        let answer = client.call(line, &[BEARER], "").await.body();
        assert_eq!(
            (answer["error"].as_str(), answer["needed"].as_str()),
            (Some("missing_scope"), Some(scope)),
            "{line}"
        );
        slack.edit(|workspace| workspace.scopes = vec![scope]);
        assert_eq!(client.call(line, &[BEARER], "").await.body()["ok"], true, "{line}");
        assert_eq!(slack.problems(), [""; 0]);
    }
}

#[tokio::test]
async fn who_somebody_is() {
    let slack = Slack::start().await;
    slack.edit(|workspace| {
        workspace.add_user("U0GUEST001", "客");
        workspace.user("U0GUEST001")["is_restricted"] = json!(true);
        workspace.add_user("W0OTHERCO1", "Other");
        workspace.user("W0OTHERCO1")["team_id"] = json!("T0OTHERCO1");
        workspace.user("W0OTHERCO1")["is_stranger"] = json!(true);
    });
    let mut client = Client::connect(&slack.origin()).await;
    for (id, name, team, is_guest, is_stranger) in [
        ("U0SATO0001", "佐藤", Slack::TEAM, false, Value::Null),
        ("U0GUEST001", "客", Slack::TEAM, true, Value::Null),
        ("W0OTHERCO1", "Other", "T0OTHERCO1", false, json!(true)),
    ] {
        let user = client.call(&format!("GET /api/users.info?user={id}"), &[BEARER], "").await.body()["user"].take();
        assert_eq!(user["profile"]["display_name"], name);
        assert_eq!((&user["tz"], &user["tz_offset"]), (&json!("Asia/Tokyo"), &json!(32_400)));
        assert_eq!((&user["team_id"], &user["is_restricted"]), (&json!(team), &json!(is_guest)), "{id}");
        assert_eq!((&user["is_ultra_restricted"], &user["is_bot"]), (&json!(false), &json!(false)), "{id}");
        assert_eq!(user["is_stranger"], is_stranger, "{id}");
    }
    let it = client.call("POST /api/auth.test", &[BEARER], "").await.body();
    assert_eq!(
        (&it["team_id"], &it["user_id"], &it["bot_id"]),
        (&json!(Slack::TEAM), &json!(Slack::BOT_USER), &json!(Slack::BOT))
    );
    assert_eq!(
        (&it["team"], &it["user"], &it["url"]),
        (&json!("Test Inc."), &json!("toban"), &json!("https://test.slack.com/"))
    );
}
