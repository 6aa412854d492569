//! Who may press, and what Slack says of them; what Slack tells them in private.

use crate::chats::{json_reply, reply, slack_error, sorry, throttled};
use crate::sheet::{PEOPLE, name, slack_id};
use crate::weather::Service;
use crate::world::{World, one_of};
use reqwest::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use toban::net::http::{Broken, Reply};

pub const WORKSPACE: &str = "T0SIM";
const OTHER_WORKSPACE: &str = "T0OTHER";
/// People who may press are the first; the others follow in the order of [`Kind`].
pub const EVERYBODY: u32 = PEOPLE + 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the members tab, and a full member of the workspace.
    Listed,
    /// A full member who is not in the tab.
    Unlisted,
    /// The rest is in the tab.
    Guest,
    Stranger,
    Deactivated,
    /// Slack does not know them.
    Nobody,
}

pub fn kind(person: u32) -> Kind {
    match person.checked_sub(PEOPLE) {
        None => Kind::Listed,
        Some(0) => Kind::Unlisted,
        Some(1) => Kind::Guest,
        Some(2) => Kind::Stranger,
        Some(3) => Kind::Deactivated,
        Some(_) => Kind::Nobody,
    }
}

/// Everybody of the members tab who is not of the rota.
pub fn others_in_the_tab() -> impl Iterator<Item = u32> {
    (PEOPLE..EVERYBODY).filter(|person| kind(*person) != Kind::Unlisted)
}

/// Who may resolve: people of the rota and one who is in no sheet, somebody who is only a guest, and a group.
pub const RESOLVERS: &str = "U0PERSON0,U0PERSON6,U0PERSON7,S0RESOLVER";
const GROUP: [u32; 2] = [1, 9];

/// Whether somebody may resolve.
pub fn may_resolve(person: u32) -> bool {
    matches!(kind(person), Kind::Listed | Kind::Unlisted) && [0, 1, 6].contains(&person)
}

fn user(person: u32) -> Value {
    let kind = kind(person);
    json!({
        "id": slack_id(person),
        "team_id": if kind == Kind::Stranger { OTHER_WORKSPACE } else { WORKSPACE },
        "deleted": kind == Kind::Deactivated,
        "is_restricted": kind == Kind::Guest,
        "is_stranger": kind == Kind::Stranger,
        "profile": {"display_name": name(person)},
    })
}

/// `users.info`, `usergroups.users.list` and `auth.test`.
pub async fn asked(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    let url = request.url().clone();
    let what = format!("ask {}", url.path());
    let answer = move |_: &World, _: Option<&'static str>| {
        if url.path() == "/api/auth.test" {
            return json_reply(&json!({"ok": true, "team": "sim", "team_id": WORKSPACE}));
        }
        if url.path() == "/api/usergroups.users.list" {
            return json_reply(&json!({"ok": true, "users": GROUP.map(slack_id)}));
        }
        let id = url.query_pairs().find(|(name, _)| name == "user").map(|(_, id)| id.into_owned()).unwrap_or_default();
        match (0..EVERYBODY).find(|person| slack_id(*person) == id) {
            Some(person) if kind(person) != Kind::Nobody => json_reply(&json!({"ok": true, "user": user(person)})),
            _ => slack_error("user_not_found"),
        }
    };
    let answered = world.call(Service::People, &what, answer).await;
    answered.or_else(|fault| failed(world, fault, || slack_error("internal_error")))
}

/// `chat.getPermalink`.
pub async fn opens(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    let url = request.url().clone();
    let answer = move |world: &World, _: Option<&'static str>| {
        world.count("thread that opens");
        let ts = url.query_pairs().find(|(name, _)| name == "message_ts").expect("a message").1.replace('.', "");
        json_reply(&json!({"ok": true, "permalink": format!("https://sim.slack.com/archives/C0SIM/p{ts}")}))
    };
    let answered = world.call(Service::People, "ask where a thread opens", answer).await;
    answered.or_else(|fault| failed(world, fault, || slack_error("message_not_found")))
}

/// An answer to whoever has pressed, at the address of that press.
pub async fn told(world: &Arc<World>, request: &Request) -> Result<Reply, Broken> {
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(body).expect("Slack is sent JSON");
    assert_eq!((&body["response_type"], &body["replace_original"]), (&json!("ephemeral"), &json!(false)));
    assert!(request.headers().get("authorization").is_none(), "the token is for Slack's API alone");
    let text = body["text"].as_str().expect("a text").to_owned();
    let number =
        request.url().path().rsplit('/').next().and_then(|text| text.parse().ok()).expect("an address of ours");
    let pressing = world.pressing.as_ref().expect("people press here");
    pressing.tried_to_tell(number, text.clone());
    world.note(format_args!("  tell press {number}: {text}"));
    let tell = move |world: &World, _: Option<&'static str>| {
        world.pressing.as_ref().expect("people press here").told(number, world.elapsed(), text);
        reply(200, b"ok".to_vec())
    };
    match world.call(Service::Answers, &format!("tell press {number}"), tell).await {
        Ok(reply) => Ok(reply),
        Err(fault) => failed(world, fault, || reply(404, b"expired_url".to_vec())),
    }
}

fn failed(world: &World, fault: &'static str, refused: impl Fn() -> Reply) -> Result<Reply, Broken> {
    use crate::weather::{PRIVATE_BREAKS, PRIVATE_FAILS, PRIVATE_NO_CONNECTION, PRIVATE_REFUSES, PRIVATE_THROTTLES};
    match fault {
        PRIVATE_THROTTLES => Ok(throttled(world.chance(|rng| rng.u64(0..30)))),
        PRIVATE_FAILS => Ok(sorry(world.chance(|rng| one_of(rng, [500, 502, 503, 504])))),
        PRIVATE_NO_CONNECTION => Err(Broken::NotSent("Connection refused".into())),
        PRIVATE_REFUSES => Ok(refused()),
        PRIVATE_BREAKS => Err(Broken::Lost("connection reset by peer".into())),
        other => unreachable!("{other} has no answer"),
    }
}
