use super::*;
use crate::domain::incident::IncidentId;
use crate::domain::press::{Act, Channel};
use crate::net::digest::hex;
use ring::hmac;
use serde_json::{Value, json};

const SECRET: &str = "a-signing-secret";

fn at() -> DateTime<Utc> {
    "2026-11-24T02:05:00Z".parse().expect("an instant")
}

fn signed(body: &str) -> Result<Received, NotAuthentic> {
    let timestamp = at().timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes());
    let headers = Headers(vec![
        ("x-slack-request-timestamp".into(), timestamp.into()),
        ("x-slack-signature".into(), format!("v0={}", hex(tag.as_ref())).into()),
    ]);
    receive(&[Secret::new(SECRET)], &headers, body.as_bytes(), at())
}

fn pressed(payload: &Value) -> Received {
    let body: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    signed(&body).expect("it is signed")
}

fn payload() -> Value {
    json!({
        "type": "block_actions",
        "user": {"id": "U0SATO0001", "username": "sato", "team_id": "T0TEST0001"},
        "team": {"id": "T0TEST0001", "domain": "example"},
        "api_app_id": "A0TEST0001",
        "channel": {"id": "C0APPMON001", "name": "app-alerts"},
        "trigger_id": "12.34.abc",
        "response_url": "https://hooks.slack.com/actions/T0TEST0001/1/abc",
        "message": {"ts": "1795485720.000100", "text": "🔥 発生 #PD4812"},
        "actions": [
            {"type": "button", "action_id": "take", "value": "Q2YXK4P7T3M1NC", "action_ts": "1795485900.1"}
        ],
    })
}

fn expected() -> Press {
    Press {
        id: sha256(b"12.34.abc")[..32].to_owned(),
        user: Handle::slack("U0SATO0001").expect("an id"),
        workspace: Some("T0TEST0001".into()),
        at: at(),
        asked: Asked::Button {
            act: Act::Take,
            incident: IncidentId("Q2YXK4P7T3M1NC".into()),
            channel: Channel { id: "C0APPMON001".into(), name: "app-alerts".into() },
        },
        answer_to: "https://hooks.slack.com/actions/T0TEST0001/1/abc".into(),
    }
}

#[test]
fn a_press_is_read() {
    assert_eq!(pressed(&payload()), Received::Press(Box::new(expected())));
    let mut hand_back = payload();
    hand_back["actions"][0]["action_id"] = "hand_back".into();
    hand_back["user"] = json!({"id": "U0SATO0001"});
    let Received::Press(press) = pressed(&hand_back) else { panic!("it is a press") };
    assert!(matches!(press.asked, Asked::Button { act: Act::HandBack, .. }));
    assert_eq!(press.workspace.as_deref(), Some("T0TEST0001"));
    // Slack tells no name of a private channel.
    let mut private = payload();
    private["channel"]["name"] = "privategroup".into();
    let Received::Press(press) = pressed(&private) else { panic!("it is a press") };
    let Asked::Button { channel, .. } = press.asked else { panic!("it is a button") };
    assert_eq!(channel, Channel { id: "C0APPMON001".into(), name: String::new() });
}

/// Each field missing, null, of another type and huge: what is needed makes the press unreadable, what is not is left out.
#[test]
fn a_press_of_any_shape_is_read_or_left() {
    let huge = "x".repeat(100_000);
    let odd =
        [None, Some(Value::Null), Some(json!(7)), Some(json!([["x"]])), Some(json!({"x": {}})), Some(json!(huge))];
    for (path, is_needed) in [
        ("/type", true),
        ("/user", true),
        ("/user/id", true),
        ("/user/team_id", false),
        ("/team", false),
        ("/channel", false),
        ("/channel/id", false),
        ("/trigger_id", false),
        ("/response_url", false),
        ("/message", false),
        ("/actions", true),
        ("/actions/0/action_id", true),
        ("/actions/0/value", true),
        ("/actions/0/action_ts", false),
    ] {
        for odd in &odd {
            let mut payload = payload();
            match odd {
                Some(odd) => *payload.pointer_mut(path).expect("it is there") = odd.clone(),
                None => {
                    let (parent, name) = path.rsplit_once('/').expect("a path");
                    let parent = payload.pointer_mut(parent).expect("it is there");
                    parent.as_object_mut().expect("an object").remove(name);
                }
            }
            let read = pressed(&payload);
            let is_press = matches!(read, Received::Press(_));
            assert_eq!(is_press, !is_needed, "{path} {odd:.40?}: {read:?}");
            if let Received::Press(press) = read {
                assert_eq!((press.user, press.at), (expected().user, expected().at), "{path}");
                assert!(press.answer_to.len() <= LONGEST_ADDRESS && press.id.len() == 32, "{path}");
            }
        }
    }
}

#[test]
fn what_is_not_a_press_of_ours_is_nothing() {
    let with = |path: &str, value: Value| {
        let mut payload = payload();
        *payload.pointer_mut(path).expect("it is there") = value;
        pressed(&payload)
    };
    assert_eq!(with("/type", "view_submission".into()), Received::Nothing);
    assert_eq!(with("/actions/0/action_id", "approve".into()), Received::Nothing);
    assert_eq!(with("/actions", json!([])), Received::Nothing);
    for value in ["", "../incidents/Q1", "Q1?x", "Q 1", "障害", "a\nb"] {
        assert_eq!(with("/actions/0/value", value.into()), Received::Unreadable, "{value}");
    }
    for user in ["S0GROUP001", "<@U0SATO0001>", "sato", ""] {
        assert_eq!(with("/user/id", user.into()), Received::Unreadable, "{user}");
    }
    for (body, expected) in [
        ("payload=%7B", Received::Unreadable),
        ("payload=", Received::Unreadable),
        ("x=1", Received::Unreadable),
        ("", Received::Unreadable),
        ("{\"type\": \"event_callback\"}", Received::Unreadable),
        ("ssl_check=1&token=x", Received::Nothing),
    ] {
        assert_eq!(signed(body), Ok(expected), "{body}");
    }
    assert_eq!(signed(&format!("payload={}", "x".repeat(LARGEST_BODY))), Ok(Received::Unreadable));
}

#[test]
fn an_unsigned_look_at_the_certificate_is_answered_and_does_nothing() {
    let unsigned = |secrets: &[Secret], body: &[u8]| receive(secrets, &Headers::default(), body, at());
    let secrets = [Secret::new(SECRET)];
    assert_eq!(unsigned(&secrets, b"ssl_check=1&token=x&command=%2Ftoban"), Ok(Received::Nothing));
    assert_eq!(unsigned(&secrets, b"command=%2Ftoban"), Err(NotAuthentic::NoCredentials));
    assert_eq!(unsigned(&[], b"ssl_check=1"), Err(NotAuthentic::RouteClosed));
}

#[test]
fn a_command_is_read() {
    let command = |text: &str| {
        let fields = [
            ("command", "/toban"),
            ("text", text),
            ("team_id", "T0TEST0001"),
            ("channel_id", "D0DIRECT01"),
            ("user_id", "W0SATO0001"),
            ("response_url", "https://hooks.slack.com/commands/T0TEST0001/1/abc"),
            ("trigger_id", "56.78.def"),
        ];
        signed(&form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
    };
    for (text, expected) in
        [("", ""), ("why #PD4812", "why #PD4812"), ("当番", "当番"), (&"長".repeat(999), &*"長".repeat(300))]
    {
        let Ok(Received::Press(press)) = command(text) else { panic!("{text} is a command") };
        assert_eq!(press.asked, Asked::Command { text: expected.into() });
        assert_eq!((press.user.as_str(), &press.id), ("W0SATO0001", &sha256(b"56.78.def")[..32].to_owned()));
    }
    for body in ["command=%2Ftoban", "command=%2Ftoban&user_id=", "command=%2Ftoban&user_id=sato"] {
        assert_eq!(signed(body), Ok(Received::Unreadable), "{body}");
    }
}
