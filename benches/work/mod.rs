//! What toban itself does with an event, without the network: each piece of work at one size and at ten times that.

mod lists;

use chrono::{DateTime, Days, NaiveDate, Utc};
use ring::hmac;
use serde_json::{Value, json};
use std::fs;
use std::hint::black_box;
use std::path::Path;
use toban::chat::{Access, ChannelId, Chat, ChatKind, slack, typetalk};
use toban::domain::calendar::BusinessHours;
use toban::domain::incident::IncidentEvent;
use toban::domain::workbook::Workbook;
use toban::net::secret::Secret;
use toban::relay::team::{Known, TeamSettings};
use toban::roster::Reading;
use toban::roster::table::{Cell, Grid, Tabs, workbook};
use toban::setup::config::{Config, Reach};
use toban::source::{Headers, RouteCredentials, pagerduty};

pub struct Work {
    pub name: &'static str,
    /// What the sizes count.
    pub unit: &'static str,
    /// The second is ten times the first.
    pub sizes: [usize; 2],
    pub run: [Box<dyn Fn()>; 2],
}

/// The largest body that PagerDuty promises to send, in KiB.
pub const LARGEST_KIB: usize = 55;
const SECRET: &str = "bench-signing-secret";

/// Everything that costs something.
pub fn all() -> Vec<Work> {
    let mut all = vec![
        work("v3 event: parse, decide, render", "bytes", [LARGEST_KIB * 1024 / 10, LARGEST_KIB * 1024], |bytes| {
            event_work(padded("v3/incident.triggered.json", "/event/data", bytes))
        }),
        work("v3 note: parse, decide, render", "bytes", [LARGEST_KIB * 1024 / 10, LARGEST_KIB * 1024], |bytes| {
            event_work(note(bytes))
        }),
        work("v2 event: parse, decide, render", "bytes", [LARGEST_KIB * 1024 / 10, LARGEST_KIB * 1024], |bytes| {
            event_work(padded("v2/incident.trigger.json", "/messages/0/incident", bytes))
        }),
        work("signature", "bytes", [LARGEST_KIB * 1024 / 10, LARGEST_KIB * 1024], signature_work),
        work("rotation", "rows", [100, 1_000], rotation_work),
    ];
    all.extend(lists::LISTS.iter().map(|list| work(list.name, "items", [100, 1_000], |items| list_work(list, items))));
    for (name, chat) in chats() {
        all.push(work(name, "characters of a note", [1_000, 10_000], move |characters| render_work(&chat, characters)));
    }
    all
}

fn work(name: &'static str, unit: &'static str, sizes: [usize; 2], make: impl Fn(usize) -> Box<dyn Fn()>) -> Work {
    Work { name, unit, sizes, run: sizes.map(make) }
}

/// A Tuesday, in hours.
fn now() -> DateTime<Utc> {
    "2026-11-24T02:02:01Z".parse().expect("an instant")
}

fn payload(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pagerduty").join(path);
    serde_json::from_slice(&fs::read(path).expect("a payload")).expect("JSON")
}

/// A body of so many bytes, because somebody's integration has put a lot into fields that toban does not read.
fn padded(path: &str, place: &str, bytes: usize) -> Vec<u8> {
    let mut body = payload(path);
    let row = json!({"label": "queue \"default\"", "value": 4812.5, "tags": ["app", "db"], "text": "詳細\n"});
    let rows = bytes.saturating_sub(body.to_string().len()) / row.to_string().len();
    body.pointer_mut(place).expect("a place for it")["custom_details"] = vec![row; rows].into();
    body.to_string().into_bytes()
}

fn note(bytes: usize) -> Vec<u8> {
    let mut body = payload("v3/incident.annotated.json");
    body["event"]["data"]["content"] = text(bytes).into();
    body.to_string().into_bytes()
}

/// Lines with something to escape in each.
fn text(bytes: usize) -> String {
    "再起動 <@U012> &amp; `restart` *now* https://example.com/?a=1&b=2 @here\n"
        .chars()
        .cycle()
        .take(bytes * 3 / 4)
        .collect()
}

fn team() -> TeamSettings {
    let settings = |variable: &str| (variable == "IGNORED_ASSIGNEES").then(|| "PDUMMY1".to_owned());
    let http = toban::net::http::client().expect("a client");
    Config::from_lookup(settings, &http, Reach::Local).expect("the defaults have no faults").team
}

fn reading(rows: usize) -> Reading {
    Reading { workbook: book(&tabs(rows)).into(), read_at: now() }
}

fn chat(kind: &'static ChatKind) -> Chat {
    let access = Access::none(toban::net::http::client().expect("a client"));
    Chat::new(kind, access, ChannelId(String::new()), None)
}

fn chats() -> Vec<(&'static str, Chat)> {
    vec![
        ("render for Slack", chat(&slack::BOT)),
        ("render for a webhook (Slack, Mattermost)", chat(&slack::WEBHOOK)),
        ("render for Typetalk", chat(&typetalk::KIND)),
        ("render for the terminal", Chat::console()),
    ]
}

/// Everything between the bytes of a body and the text of the message.
fn event_work(body: Vec<u8>) -> Box<dyn Fn()> {
    let team = team();
    let chat = chat(&slack::BOT);
    let reading = Ok(reading(400));
    assert!(pagerduty::read(&body, now()).iter().all(|event| event.unreadable.is_none()), "it can be read");
    Box::new(move || {
        for event in pagerduty::read(black_box(&body), now()) {
            black_box(team.word(&event, &chat, &reading, None, Known::default(), now()));
        }
    })
}

/// A body that is nothing but a list.
fn list_work(list: &lists::Long, items: usize) -> Box<dyn Fn()> {
    let (team, chat, reading) = (team(), chat(&slack::BOT), Ok(reading(400)));
    let (sender, body) = (list.sender, (list.body)(items));
    Box::new(move || {
        for event in toban::source::read(sender, black_box(&body), now()) {
            black_box(team.word(&event, &chat, &reading, None, Known::default(), now()));
        }
    })
}

/// The body is not JSON, so that nothing is parsed after it is authenticated.
fn signature_work(bytes: usize) -> Box<dyn Fn()> {
    let body = vec![b'x'; bytes];
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let digits: String = hmac::sign(&key, &body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = Headers(vec![("x-pagerduty-signature".into(), format!("v1={digits}").into())]);
    let credentials = RouteCredentials { secrets: vec![Secret::new(SECRET)], tokens: Vec::new() };
    assert!(pagerduty::receive(&credentials, &headers, &body, now()).is_ok(), "it is accepted");
    Box::new(move || {
        black_box(pagerduty::receive(&credentials, &headers, black_box(&body), now())).ok();
    })
}

/// What is read of the tabs.
fn book(tabs: &Tabs) -> Workbook {
    workbook(tabs, BusinessHours::parse("10:00-17:00").expect("hours"), now().date_naive())
}

/// A sheet of so many days, ten people and two on call.
fn tabs(rows: usize) -> Tabs {
    let text = |text: String| Cell::Text(text);
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).expect("where Google's days begin");
    let today = now().date_naive() - Days::new(rows as u64 / 2);
    let day = |row: usize| Cell::Number((today + Days::new(row as u64) - first).num_days() as f64);
    let shift = |row: usize| vec![day(row), text(format!("担当{}", row % 10)), text(format!("担当{}", (row + 1) % 10))];
    let member = |n: usize| vec![text(format!("担当{n}")), text(format!("U0MEMBER{n:02}")), text(format!("member{n}"))];
    let header = |cells: &[&str]| vec![cells.iter().map(|cell| text((*cell).to_owned())).collect::<Vec<_>>()];
    let grid = |tab: &str, rows: Vec<Vec<Cell>>| Grid { tab: tab.into(), origin: (1, 1), rows, ..Grid::default() };
    Tabs {
        rotation: grid("rotation", [header(&["日付", "担当1", "担当2"]), (0..rows).map(shift).collect()].concat()),
        members: Some(grid(
            "members",
            [header(&["name", "slack", "typetalk"]), (0..10).map(member).collect()].concat(),
        )),
        runbooks: None,
        holidays: None,
        ..Tabs::default()
    }
}

fn rotation_work(rows: usize) -> Box<dyn Fn()> {
    let tabs = tabs(rows);
    assert_eq!(book(&tabs).findings, []);
    Box::new(move || {
        black_box(book(black_box(&tabs)));
    })
}

/// A note of ten lines and so many characters, as one chat shows it.
fn render_work(chat: &Chat, characters: usize) -> Box<dyn Fn()> {
    let team = team();
    let chat = chat.clone();
    let reading = Ok(reading(10));
    let lines = text(characters).replace('\n', " ");
    let body = {
        let mut body = payload("v3/incident.annotated.json");
        let lines: Vec<String> =
            lines.chars().collect::<Vec<_>>().chunks(characters / 10 + 1).map(|line| line.iter().collect()).collect();
        body["event"]["data"]["content"] = lines.join("\n").into();
        body.to_string().into_bytes()
    };
    let event: IncidentEvent = pagerduty::read(&body, now()).remove(0);
    Box::new(move || {
        black_box(team.word(black_box(&event), &chat, &reading, None, Known::default(), now()));
    })
}
