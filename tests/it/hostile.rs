//! Foreign text and arbitrary bytes are shown, never interpreted, and never cause a panic.

use crate::kit::{Slack, Typetalk, dressing, events};
use crate::running::{PAIR, Settings, TUESDAY, accepted, changed, data, signature};
use crate::sources::others;
use chrono::{DateTime, Utc};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use toban::chat::{Access, ChannelId, Chat, KINDS};
use toban::domain::calendar::BusinessHours;
use toban::domain::incident::{IncidentEvent, Origin};
use toban::domain::member::Platform;
use toban::domain::message::{Addressee, Line, Message};
use toban::domain::text::Foreign;
use toban::net::secret::Secret;
use toban::relay::team::Known;
use toban::roster::file::parse;
use toban::roster::table::{Tabs, workbook};
use toban::setup::config::{Config, Reach};
use toban::source::{Headers, Received, RouteCredentials, pagerduty, read};

/// Every recorded body, as PagerDuty would send it, to both chats: all are accepted, nobody but the pair and the fallback is
/// pinged, and the only tag is the incident's own. The fakes check the markup of each.
#[tokio::test]
async fn every_payload_is_posted_and_pings_nobody_else() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).start().await;
    let mut bodies = 0;
    for folder in ["v3", "v2", "v1", "quirks", "broken"] {
        for entry in fs::read_dir(data("pagerduty").join(folder)).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "txt") && path.to_string_lossy().ends_with("a.txt")
            {
                continue;
            }
            let body = fs::read(&path).expect("a readable file");
            let id = format!("delivery-{bodies}");
            let headers = [("x-pagerduty-signature", &*signature(&body)), ("x-webhook-id", &*id)];
            assert_eq!(webhook.post(&headers, &body).await, accepted(), "{}", path.display());
            bodies += 1;
            for message in slack.take() {
                let allowed: BTreeSet<_> = PAIR.into_iter().chain(["<!subteam^S0SRETEAM1>"]).collect();
                assert!(
                    message.mentions.iter().all(|mention| allowed.contains(&**mention)),
                    "{}: {:?}",
                    path.display(),
                    message.mentions
                );
            }
            for post in typetalk.take() {
                let allowed = ["@sato", "@suzuki", "@all"];
                assert!(
                    post.mentions.iter().all(|mention| allowed.contains(&&**mention)),
                    "{}: {:?}",
                    path.display(),
                    post.mentions
                );
                assert!(post.mentions.iter().all(|mention| mention != "@all") || post.message.starts_with("@all\n"));
                let own = post.hashtags.iter().all(|tag| ["#PD4812", "#PD4813", "#PD4815"].contains(&&**tag));
                assert!(own, "{}: {:?}", path.display(), post.hashtags);
                assert!(post.hashtags.len() <= 1, "{}: {:?}", path.display(), post.hashtags);
            }
        }
    }
    assert!(bodies >= 100, "only {bodies} bodies were found");
}

/// The same for the other senders: a title may hold anything, and the only tag is the incident's own.
#[tokio::test]
async fn every_payload_of_the_other_senders_pings_nobody_else() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let settings = others().fold(Settings::at(TUESDAY), |settings, (_, tokens)| settings.with(tokens, "token-of-all"));
    let webhook = settings.slack(&slack).typetalk(&typetalk).start().await;
    let hostile = "<!channel> @all #PD1 #MK1 <@U0OTHER001> `x` &amp; ＠all ＃EV1";
    let own = others().filter_map(|(sender, _)| match sender.source().origin {
        Origin::Other(source) => source.tag.map(|letters| format!("#{letters}")),
        Origin::PagerDuty | Origin::Watchdog | Origin::Press | Origin::Shift => None,
    });
    let own: Vec<_> = own.chain(["#PD4812".to_owned()]).collect();
    let mut bodies = 0;
    for (sender, _) in others() {
        let route = sender.name();
        for entry in ["kinds", "bad"]
            .map(|folder| fs::read_dir(data(route).join(folder)).expect("a folder"))
            .into_iter()
            .flatten()
        {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|extension| extension != "json") {
                continue;
            }
            let body = fs::read(&path).expect("a readable file");
            let spoiled = match serde_json::from_slice::<Value>(&body) {
                Ok(mut body) => {
                    spoil(&mut body, hostile);
                    body.to_string().into_bytes()
                }
                Err(_) => [&body, hostile.as_bytes()].concat(),
            };
            for body in [body, spoiled] {
                let event = events::api_gateway_v2(
                    &format!("/{route}"),
                    &[("x-toban-token", "token-of-all")],
                    &body,
                    webhook.epoch(),
                );
                assert_eq!(webhook.invoke(&event).await.status, 202, "{}", path.display());
                bodies += 1;
                for message in slack.take() {
                    assert!(message.mentions.iter().all(|mention| PAIR.contains(&&**mention)), "{message:?}");
                }
                slack.take_edits();
                for post in typetalk.take() {
                    assert!(post.mentions.iter().all(|mention| ["@sato", "@suzuki"].contains(&&**mention)), "{post:?}");
                    let is_own = |tag: &String| own.iter().any(|own| tag.starts_with(own)) && tag.len() > 4;
                    assert!(post.hashtags.len() <= 1 && post.hashtags.iter().all(is_own), "{post:?}");
                }
            }
        }
    }
    assert!(bodies >= 140, "only {bodies} bodies were found");
}

/// Appends a text to every text but those that the readers depend on.
fn spoil(value: &mut Value, hostile: &str) {
    match value {
        Value::Object(fields) => {
            let kept = ["event", "phase", "status", "id", "isOpen", "at"];
            fields
                .iter_mut()
                .filter(|(name, _)| !kept.contains(&name.as_str()))
                .for_each(|(_, value)| spoil(value, hostile));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, hostile)),
        Value::String(text) => text.push_str(hostile),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn hostile_titles_and_notes_are_shown() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).start().await;
    let hostile = "<!channel> @all #PD1 <@U0OTHER001> `x` a\u{200B}b &amp;";
    let body = changed("v3/incident.annotated.json", |body| {
        body["event"]["data"]["content"] = format!("{hostile}\n🔥 発生 #PD9 x\n@here").into();
        body["event"]["data"]["incident"]["summary"] = hostile.into();
    });
    assert_eq!(webhook.signed(&body).await, accepted());
    let on_slack = slack.expect_one();
    let on_typetalk = typetalk.expect_one();
    assert_eq!((on_slack.mentions.len(), on_typetalk.mentions.len(), on_typetalk.hashtags.len()), (0, 0, 0));
    assert_eq!(
        on_slack.text,
        "📝 メモ &lt;!channel&gt; ＠all ＃PD1 &lt;＠U0OTHER001&gt; ˋxˋ ab &amp;amp; (ID Q2YXK4P7T3M1NC)\n\
         山田 太郎 による · 11:02\n\
         > &lt;!channel&gt; ＠all ＃PD1 &lt;＠U0OTHER001&gt; ˋxˋ ab &amp;amp;\n\
         > 🔥 発生 ＃PD9 x\n\
         > ＠here\n\
         <https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC|PagerDuty ↗>"
    );
    assert_eq!(
        on_typetalk.message,
        "📝 メモ <!channel> ＠all ＃PD1 <＠U0OTHER001> ˋxˋ ab &amp; (ID Q2YXK4P7T3M1NC)\n\
         山田 太郎 による · 11:02\n\
         > <!channel> ＠all ＃PD1 <＠U0OTHER001> ˋxˋ ab &amp;\n\
         > 🔥 発生 ＃PD9 x\n\
         > ＠here\n\
         PagerDuty https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC"
    );
}

#[tokio::test]
async fn a_title_of_ten_thousand_characters_keeps_tag_and_link() {
    let slack = Slack::start().await;
    let typetalk = Typetalk::start().await;
    let webhook = Settings::at(TUESDAY).slack(&slack).typetalk(&typetalk).start().await;
    let body =
        changed("v3/incident.triggered.json", |body| body["event"]["data"]["title"] = "<障害🔥".repeat(2_500).into());
    assert_eq!(webhook.signed(&body).await, accepted());
    let on_slack = slack.expect_one().text;
    let on_typetalk = typetalk.expect_one().message;
    let on_slack = on_slack.strip_suffix("\n状態: 未対応").expect("a first message has a status").to_owned();
    assert!((2_890..=2_900).contains(&on_slack.chars().count()), "{}", on_slack.chars().count());
    assert!((3_990..=4_000).contains(&on_typetalk.encode_utf16().count()), "{}", on_typetalk.encode_utf16().count());
    let link = "https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC";
    for (text, page) in [(on_slack, format!("<{link}|PagerDuty ↗>")), (on_typetalk, format!("PagerDuty {link}"))] {
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].starts_with("🔥 発生 #PD4812 ") && lines[1].ends_with('…'), "{}", lines[1]);
        assert_eq!(lines[2], "Mackerel Backlogアプリ · 緊急度 高 · P2 · 11:02");
        assert_eq!(lines.last(), Some(&page.as_str()));
    }
}

fn now() -> DateTime<Utc> {
    TUESDAY.parse().expect("an instant")
}

fn credentials() -> RouteCredentials {
    RouteCredentials { secrets: vec![Secret::new("new-signing-secret")], tokens: Vec::new() }
}

/// Reads a signed body and words all events in it; how many that are. An authentic body always yields something.
fn word_signed(body: &[u8], headers: &[(&str, &str)]) -> usize {
    let signature = signature(body);
    let mut all = vec![("x-pagerduty-signature".into(), signature.as_str().into())];
    all.extend(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    let received = pagerduty::receive(&credentials(), &Headers(all), body, now()).expect("it is signed");
    let lookup = |variable: &str| (variable == "IGNORED_ASSIGNEES").then(|| "PDUMMY1".to_owned());
    let config = Config::from_lookup(lookup, &toban::net::http::client().expect("a client"), Reach::Local)
        .expect("a configuration");
    let events = match received {
        Received::Events(events) => events,
        Received::Replay(event) => vec![*event],
    };
    word_all(&events, &config);
    events.len()
}

/// Reads a body as each of the other senders' and words all events in it.
fn word_as_others(body: &[u8]) {
    let config = Config::from_lookup(|_| None, &toban::net::http::client().expect("a client"), Reach::Local)
        .expect("a configuration");
    for (sender, _) in others() {
        let events = read(sender, body, now());
        assert!(events.len() <= 1);
        for event in &events {
            assert!(event.key.0.len() < 300, "a key of {} characters", event.key.0.len());
        }
        word_all(&events, &config);
    }
}

fn word_all(events: &[IncidentEvent], config: &Config) {
    for event in events {
        for chat in chats() {
            let text = config
                .team
                .word(
                    event,
                    &chat,
                    &Err(toban::domain::unreadable::Unreadable::NoAnswer),
                    None,
                    Known::default(),
                    now(),
                )
                .rendered
                .text;
            assert!(!text.trim().is_empty());
            assert!(text.encode_utf16().count() <= 4_000, "{} units", text.encode_utf16().count());
        }
    }
}

fn chats() -> [Chat; KINDS.len()] {
    let access = Access::none(toban::net::http::client().expect("a client"));
    KINDS.map(|kind| Chat::new(kind, access.clone(), ChannelId("1".into()), None))
}

/// JSON of any shape, with the keys that the sources read in unexpected places.
fn json_value() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "event",
            "messages",
            "id",
            "event_type",
            "type",
            "data",
            "incident",
            "agent",
            "number",
            "title",
            "assignees",
            "log_entries",
            "channel",
            "content",
            "custom_fields",
            "changed_custom_fields",
            "incident_role_assignments",
            "occurred_at",
            "created_on",
            "incident_number",
            "service",
            "summary",
            "value",
            "name",
            "resolve_reason",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let word = prop::sample::select(vec![
        "incident.triggered",
        "incident.trigger",
        "incident.annotated",
        "incident.role.assigned",
        "incident",
        "2026-11-24T02:02:00Z",
        "9999-12-31T23:59:59+23:59",
        "null",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..2_000), id in any::<String>()) {
        assert_eq!(word_signed(&body, &[("x-webhook-id", &id)]), 1);
        word_as_others(&body);
    }

    #[test]
    fn arbitrary_json_never_panics(body in json_value()) {
        word_signed(body.to_string().as_bytes(), &[]);
        word_as_others(body.to_string().as_bytes());
    }

    #[test]
    fn arbitrary_fields_of_the_other_senders_never_panic(field in json_value(), text in any::<String>(), number in any::<f64>()) {
        for (alert, build) in [(&field, &field), (&json!(text), &json!(number)), (&json!(number), &json!(text))] {
            for body in [
                json!({"event": "alert", "message": alert, "host": build, "user": alert, "alert": {"id": alert, "status": "critical", "isOpen": build, "openedAt": build, "statusChangedAt": alert, "url": text}}),
                json!({"event": "alert", "alert": field}),
                json!({"event": "alertGroup", "alertGroup": {"id": "a", "status": text}, "alertGroupSetting": field, "alerts": [alert, build]}),
                json!({"event": "hostStatus", "host": {"name": alert, "status": build}, "fromStatus": text}),
                json!({"name": "job", "build": {"phase": "COMPLETED", "status": text, "timestamp": build, "duration": alert, "number": alert, "parameters": {"INCIDENT": build, text.clone(): alert}}}),
                json!({"name": "job", "build": field}),
                json!({"key": text, "status": "triggered", "title": alert, "at": build, "url": text}),
                json!({"key": alert, "status": build, "urgency": alert, "at": number}),
            ] {
                word_as_others(body.to_string().as_bytes());
            }
            word_as_others(format!("key={text}&status={text}&title=%{text}&at={number}").as_bytes());
        }
    }

    #[test]
    fn arbitrary_fields_of_a_real_envelope_never_panic(data in json_value(), kind in prop::sample::select(vec!["incident.triggered", "incident.annotated", "incident.resolved", "incident.role.assigned", "incident.custom_field_values.updated", "pagey.ping", "x"]), agent in json_value()) {
        let mut data = data;
        if let Value::Object(map) = &mut data {
            map.insert("type".into(), "incident".into());
        }
        let body = json!({"event": {"id": "01G", "event_type": kind, "occurred_at": "2026-11-24T02:02:00Z", "agent": agent, "data": data}});
        assert_eq!(word_signed(body.to_string().as_bytes(), &[]), 1);
        let body = json!({"messages": [{"id": "m", "event": kind, "incident": data, "log_entries": agent}]});
        assert_eq!(word_signed(body.to_string().as_bytes(), &[]), 1);
    }

    #[test]
    fn a_state_may_be_of_any_length(state in "[a-z ]{0,600}") {
        word_as_others(json!({"key": "k", "status": state, "at": 1_795_485_720}).to_string().as_bytes());
        word_as_others(json!({"event": "alert", "alert": {"id": state, "isOpen": true, "status": state, "statusChangedAt": 1_795_485_720}}).to_string().as_bytes());
    }

    #[test]
    fn arbitrary_tables_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), text in "[-0-9年月日/,\"\n()@a]{0,200}") {
        for bytes in [&bytes[..], text.as_bytes()] {
            let Ok(grid) = parse("rotation.csv", bytes) else { continue };
            let all = Some(grid.clone());
            let tabs = Tabs { rotation: grid, members: all.clone(), runbooks: all.clone(), holidays: all, ..Tabs::default() };
            let hours = BusinessHours::parse("10:00-17:00").expect("hours");
            let book = workbook(&tabs, hours, "2026-11-26".parse().expect("a date"));
            for date in book.rotation.shifts.keys() {
                book.coverage(*date, Platform::Slack);
            }
        }
    }

    #[test]
    fn foreign_text_has_no_markup_left(text in "[<>&@#`*_~|!:;()\\\\/.0-9A-Za-z目＊＿｀\u{200b}\u{202e} \n-]{0,40}") {
        let Some(foreign) = Foreign::line(&text) else { return Ok(()) };
        let message = Message::new(None::<Addressee>, vec![Line::default().foreign(&foreign)]);
        let [bot, webhook, typetalk, ..] = chats().map(|chat| chat.write(&message).text);
        for written in [&bot, &webhook] {
            let bare = written.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "");
            assert!(!bare.contains(['<', '>', '&', '`']), "{written}");
        }
        for written in [&bot, &webhook, &typetalk] {
            let begins_a_tag = |at: usize| {
                let goes_on = written[at + 1..].starts_with(|c: char| c.is_alphanumeric() || "_#".contains(c));
                goes_on || !written[..at].ends_with(|c: char| c.is_ascii_digit())
            };
            assert!(!written.match_indices('#').any(|(at, _)| begins_a_tag(at)), "{written}");
        }
        assert!(!webhook.contains('@'), "{webhook}");
        assert!(!typetalk.contains(['@', '`']), "{typetalk}");
        let dressed =
            [dressing::slack(&bot), dressing::slack(&webhook), dressing::mattermost(&webhook), dressing::typetalk(&typetalk)];
        assert_eq!(dressed.concat(), [""; 0], "{text:?}: {bot}");
    }
}
