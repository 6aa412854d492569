use serde_json::{Value, json};

use super::wire::{Client, Ending};
use super::{assert_contains, left_by};
use crate::kit::{Post, Typetalk};

const JSON: (&str, &str) = ("content-type", "application/json");
const TOKEN: (&str, &str) = ("x-typetalk-token", "typetalk-test-0123456789");

async fn post(typetalk: &Typetalk, topic: u64, body: &Value) -> Ending {
    let mut client = Client::connect(&typetalk.base_url()).await;
    let line = format!("POST /api/v1/topics/{topic}");
    client.call(&line, &[JSON, TOKEN], &body.to_string()).await
}

#[tokio::test]
async fn a_post_and_its_reply() {
    let typetalk = Typetalk::start().await;
    let message = "@sato @jenkins+ a@b.example ＠all @\u{200b}all 担当@suzuki. #PD4812 C# x#y";
    let ending = post(&typetalk, Typetalk::TOPIC, &json!({"message": message})).await;
    let post_sent = &ending.body()["post"];
    let first: Post = typetalk.expect_one();
    assert_eq!((post_sent["id"].as_u64(), post_sent["topicId"].as_u64()), (Some(first.id), Some(first.topic)));
    assert_eq!(first.mentions, ["@sato", "@jenkins+", "@suzuki"]);
    assert_eq!(first.hashtags, ["#PD4812"]);

    let reply =
        json!({"message": "#b", "replyTo": first.id, "ignoreHashtag": true, "showLinkMeta": false, "talkIds": [1]});
    let ending = post(&typetalk, Typetalk::TOPIC, &reply).await;
    assert_eq!(ending.body()["post"]["replyTo"], first.id);
    let second = typetalk.expect_one();
    assert!(second.ignore_hashtag && second.id > first.id, "{second:?}");
    assert_eq!((second.reply_to, second.hashtags.len()), (Some(first.id), 0));

    // A reply belongs to its topic.
    let elsewhere = post(&typetalk, Typetalk::REMINDER_TOPIC, &reply).await;
    assert_eq!((elsewhere.status(), typetalk.problems().len()), (400, 1));
}

#[tokio::test]
async fn posts_that_are_refused() {
    for (topic, body, status) in [
        (1, json!({"message": "a"}), 404),
        (Typetalk::TOPIC, json!({"message": ""}), 400),
        (Typetalk::TOPIC, json!({}), 400),
        (Typetalk::TOPIC, json!(["a"]), 400),
        (Typetalk::TOPIC, json!({"message": "a".repeat(4_001)}), 400),
        (Typetalk::TOPIC, json!({"message": "🔥".repeat(2_001)}), 400),
        (Typetalk::TOPIC, json!({"message": "a", "replyTo": 1}), 400),
    ] {
        let typetalk = Typetalk::start().await;
        let ending = post(&typetalk, topic, &body).await;
        let Ending::Answered { status: answered, headers, body } = ending else {
            panic!("expected {status}: {ending:?}");
        };
        assert_eq!((answered, body.as_str()), (status, ""));
        let challenged = headers.iter().any(|header| header.starts_with("www-authenticate: bearer error="));
        assert_eq!(challenged, status == 400, "{headers:?}");
        typetalk.expect_none();
        assert_eq!(typetalk.problems().len(), 1);
    }
}

#[tokio::test]
async fn requests_that_are_rejected() {
    let other = ("x-typetalk-token", "other");
    for (line, headers, status, problem) in [
        ("POST /api/v1/topics/4711", vec![JSON], 401, "X-Typetalk-Token is None"),
        ("POST /api/v1/topics/4711", vec![JSON, other], 401, "X-Typetalk-Token is Some"),
        ("POST /api/v1/topics/4711", vec![TOKEN], 400, "Content-Type None"),
        ("PUT /api/v1/topics/4711", vec![JSON, TOKEN], 405, "not a POST"),
        ("GET /api/v1/topics/4711", vec![], 401, "X-Typetalk-Token is None"),
        ("GET /api/v1/topics/4711?count=201", vec![TOKEN], 400, "or a query that is not"),
        ("GET /api/v1/topics/4711?typetalkToken=x", vec![TOKEN], 400, "in the URL"),
        ("GET /topics/4711", vec![TOKEN], 404, "nothing is served at"),
        ("POST /api/v1/topics/4711?typetalkToken=x", vec![JSON, TOKEN], 404, "in the URL"),
        ("POST /topics/4711", vec![JSON, TOKEN], 404, "no topic at"),
    ] {
        let typetalk = Typetalk::start().await;
        let mut client = Client::connect(&typetalk.base_url()).await;
        let body = if line.starts_with("GET") { "" } else { r#"{"message": "a"}"# };
        let ending = client.call(line, &headers, body).await;
        assert_eq!(ending.status(), status, "for {line}");
        assert_contains(&left_by(typetalk), problem);
    }
}

#[tokio::test]
async fn posts_that_are_accepted_and_wrong() {
    for (key, value, problem) in [
        ("colour", json!("red"), "not a field"),
        ("ignoreHashtag", json!("true"), "not a boolean"),
        ("talkIds", json!([1, 2, 3, 4, 5, 6]), "at most five"),
        ("attachments", json!([{"fileName": "a"}]), "at most five"),
    ] {
        let typetalk = Typetalk::start().await;
        let mut body = json!({"message": "a"});
        body[key] = value;
        assert_eq!(post(&typetalk, Typetalk::TOPIC, &body).await.status(), 200);
        typetalk.expect_one();
        assert_contains(&left_by(typetalk), problem);
    }
}

#[tokio::test]
async fn an_unread_post_fails_the_test_on_drop() {
    let typetalk = Typetalk::start().await;
    let longest = "🔥".repeat(2_000);
    post(&typetalk, Typetalk::TOPIC, &json!({"message": longest})).await;
    assert_contains(&left_by(typetalk), "unread message");
}

#[tokio::test]
async fn a_topic_is_read_with_a_token_that_may_read() {
    let typetalk = Typetalk::start().await;
    let mut client = Client::connect(&typetalk.base_url()).await;
    let post_only = ("x-typetalk-token", Typetalk::POST_ONLY_TOKEN);
    typetalk.archive(Typetalk::REMINDER_TOPIC);
    for (topic, token, status, is_archived) in [
        (Typetalk::TOPIC, TOKEN, 200, json!(false)),
        (Typetalk::REMINDER_TOPIC, TOKEN, 200, json!(true)),
        (1, TOKEN, 404, Value::Null),
        (Typetalk::TOPIC, post_only, 403, Value::Null),
        (Typetalk::TOPIC, ("x-typetalk-token", "other"), 401, Value::Null),
    ] {
        let ending = client.call(&format!("GET /api/v1/topics/{topic}?count=1"), &[token], "").await;
        let archived = if status == 200 { ending.body()["topic"]["isArchived"].clone() } else { Value::Null };
        assert_eq!((ending.status(), archived), (status, is_archived), "{topic}");
    }
    assert_eq!(typetalk.problems(), [""; 0]);
}
