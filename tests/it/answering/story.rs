//! Incidents that people answer, step by step, and everything that comes of each step.
//!
//! Tuesday 2026-11-24, in Japan. 佐藤 says that they are on it, 鈴木 joins, 佐藤 hands back and asks; then it is resolved.

mod acts;

use super::{INCIDENT, SIGNING, at};
use crate::conversations::shown;
use crate::golden::difference;
use crate::kit::{Message, PagerDuty, Private, Slack, Typetalk, signed};
use crate::running::{changed, data, signature};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(super) const SATO: &str = "U0SATO0001";
pub(super) const SUZUKI: &str = "U0SUZUKI01";

/// A request that reaches toban at a time. It is answered, and everything that follows from it is done.
pub trait Transport {
    async fn send(&mut self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> u16;

    /// What waits for a time, done then.
    async fn tick(&mut self, now: DateTime<Utc>);
}

/// The chats and PagerDuty, and what has happened so far.
pub struct Story<'a> {
    pub slack: &'a Slack,
    pub typetalk: Option<&'a Typetalk>,
    pub pagerduty: &'a PagerDuty,
    /// What the golden texts are called.
    name: &'static str,
    language: &'static str,
    /// The first message as it was when somebody looked last.
    first: Option<Message>,
    private: Option<Private>,
    /// The last answer in the thread that has buttons.
    reply: Option<Message>,
    notes: usize,
    told: String,
    /// What Typetalk got.
    mirrored: String,
}

/// A text of this chat, without the seconds that it takes.
fn steady(text: &str) -> String {
    let is_time = |word: &str| word.len() == 8 && word.bytes().filter(|b| *b == b':').count() == 2;
    let word = |word: &str| if is_time(word) { format!("{}:··", &word[..5]) } else { word.to_owned() };
    let text = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let mut text = (1..60).fold(text, |text, seconds| {
        text.replace(&format!("は{seconds}秒前"), "は0秒前").replace(&format!("read {seconds} s ago"), "read 0 s ago")
    });
    // A second chat has two lines for each event of the first.
    while let Some(start) = text.find(" · Typetalk · ") {
        let start = text[..start].rfind('\n').expect("it is not the first line");
        let lines = text[start..].match_indices('\n').nth(2);
        let end = lines.map_or(text.len(), |(length, _)| start + length);
        text.replace_range(start..end, "");
    }
    text
}

fn text_of(lines: &[shown::Line]) -> String {
    lines.iter().map(|line| format!("    {}\n", line.plain())).collect()
}

fn labels(buttons: &[(&str, &str, &str)]) -> String {
    match buttons {
        [] => String::new(),
        _ => {
            format!("    {}\n", buttons.iter().map(|(_, label, _)| format!("[{label}]")).collect::<Vec<_>>().join(" "))
        }
    }
}

/// The blocks of a first message, which Slack shows instead of its text.
fn first_message(message: &Message) -> String {
    let Some(blocks) = message.blocks.as_ref() else { panic!("a first message has blocks: {message:?}") };
    let text = |at: &str| blocks.pointer(at).and_then(Value::as_str).expect("a section and a context");
    let context = shown::slack(text("/1/elements/0/text")).pop().expect("one line");
    let section = text_of(&shown::slack(text("/0/text/text")));
    format!("{section}    · {}\n{}", context.plain(), labels(&message.buttons()))
}

/// A webhook of PagerDuty's: which, and the fields that differ from the payload's.
fn webhook(kind: &str, now: DateTime<Utc>, title: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    changed(&format!("v3/incident.{kind}.json"), |body| {
        let event = &mut body["event"];
        event["id"] = format!("01GANSWER{kind}").into();
        event["occurred_at"] = now.to_rfc3339().into();
        match kind {
            "annotated" => event["data"]["incident"]["summary"] = title.into(),
            _ => event["data"]["title"] = title.into(),
        }
        change(event);
    })
}

impl<'a> Story<'a> {
    pub fn new(
        slack: &'a Slack,
        typetalk: Option<&'a Typetalk>,
        pagerduty: &'a PagerDuty,
        name: &'static str,
        language: &'static str,
    ) -> Self {
        let (told, mirrored) = (format!("{name}, {language}\n"), format!("{name} on typetalk, {language}\n"));
        Self {
            slack,
            typetalk,
            pagerduty,
            name,
            language,
            first: None,
            private: None,
            reply: None,
            notes: 0,
            told,
            mirrored,
        }
    }

    fn title(&self) -> &'static str {
        if self.language == "ja" { "HTTP 5xx が 5% を超えています" } else { "HTTP 5xx above 5%" }
    }

    /// Everything, from the alert to a press that comes too late.
    pub async fn play(mut self, toban: &mut impl Transport) -> Self {
        let title = self.title();
        let alert = webhook("triggered", at("11:02"), title, |_| {});
        self.report(toban, "11:02", "triggered", &alert).await;
        let old = self.first.clone().expect("it is posted");

        self.press(toban, "11:05", ("佐藤", SATO), "take").await;
        let note = self.pagerduty.notes(INCIDENT).pop().expect("there is one");
        let own = webhook("annotated", at("11:05"), title, |event| {
            event["agent"] = json!({"id": "PDUMMY1", "type": "user_reference", "summary": "Chat First Response"});
            event["data"]["content"] = note.as_str().into();
        });
        self.report(toban, "11:06", "annotated, with our own note", &own).await;
        self.press(toban, "11:07", ("鈴木", SUZUKI), "take").await;
        self.press(toban, "11:08", ("佐藤", SATO), "take").await;
        self.press(toban, "11:09", ("佐藤", SATO), "hand_back").await;
        for text in commands(self.language) {
            self.command(toban, "11:10", ("佐藤", SATO), text).await;
        }
        self.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = "resolved".into();
            incident["pending_actions"] = json!([]);
            incident["last_status_change_at"] = at("11:25").to_rfc3339().into();
        });
        let over = webhook("resolved", at("11:25"), title, |event| {
            event["agent"] = json!({"id": "PSUZUK1", "type": "user_reference", "summary": "鈴木 彩"});
        });
        self.report(toban, "11:25", "resolved", &over).await;
        self.first = Some(old);
        self.press(toban, "11:26", ("佐藤", SATO), "take").await;
        self.command(toban, "11:27", ("鈴木", SUZUKI), commands(self.language)[2]).await;
        self
    }

    /// What differs from the golden texts, and whether the other chat is one of them.
    pub fn differences(&self) -> Vec<String> {
        let path = |name: &str| data(&format!("conversations/{}{name}.{}.txt", self.name, self.language));
        let mut wrong: Vec<_> = difference(&path(""), &self.told).into_iter().collect();
        if self.typetalk.is_some() {
            wrong.extend(difference(&path(".typetalk"), &self.mirrored));
        }
        wrong
    }

    async fn report(&mut self, toban: &mut impl Transport, time: &str, what: &str, body: &[u8]) {
        let headers = [("x-pagerduty-signature", signature(body))];
        // A second after it happened.
        self.pagerduty.edit(|account| account.now = at(time));
        let answer = toban.send("/pagerduty", &headers, body, at(time) + TimeDelta::seconds(1)).await;
        self.tell(time, &format!("PagerDuty: {what}"), answer, 202);
    }

    async fn press(&mut self, toban: &mut impl Transport, time: &str, (name, user): (&str, &str), action: &str) {
        let first = self.first.clone().expect("there is a message");
        let private = self.private.take();
        let press = match (&private, &self.reply) {
            (Some(private), _) if action == "hand_back" => self.slack.press_private(user, private, action),
            (_, Some(reply)) => self.slack.press(user, reply, action),
            _ => self.slack.press(user, &first, action),
        };
        let label = press.label["text"].as_str().expect("a label").to_owned();
        let asked = |field: &str| press.confirm[field]["text"].as_str().unwrap_or_default();
        let asked = press.confirm.is_object().then(|| {
            format!(
                "is asked\n    {}\n    {}\n    [{}] [{}]\n",
                asked("title"),
                asked("text"),
                asked("confirm"),
                asked("deny")
            )
        });
        let body = press.body();
        let answer = self.send(toban, &body, time).await;
        self.tell_after(time, &format!("{name} presses [{label}]"), asked.as_deref().unwrap_or_default(), answer, 200);
    }

    async fn tick(&mut self, toban: &mut impl Transport, time: &str) {
        self.pagerduty.edit(|account| account.now = at(time));
        toban.tick(at(time)).await;
        self.tell(time, "the clock", 200, 200);
    }

    async fn command(&mut self, toban: &mut impl Transport, time: &str, (name, user): (&str, &str), text: &str) {
        let body = self.slack.command(user, text).body();
        let answer = self.send(toban, &body, time).await;
        self.tell(time, format!("{name}: /toban {text}").trim_end(), answer, 200);
    }

    async fn send(&self, toban: &mut impl Transport, body: &str, time: &str) -> u16 {
        let now = at(time);
        self.pagerduty.edit(|account| account.now = now);
        toban.send("/slack", &signed(SIGNING, now, body), body.as_bytes(), now).await
    }

    /// Everything that has come of a step.
    fn tell(&mut self, time: &str, what: &str, answer: u16, expected: u16) {
        self.tell_after(time, what, "", answer, expected);
    }

    /// The same, after what was asked first.
    fn tell_after(&mut self, time: &str, what: &str, asked: &str, answer: u16, expected: u16) {
        assert_eq!(answer, expected, "{time} {what}");
        let heading = format!("\n== {time} {what} ==\n");
        let mut told = String::new();
        for message in self.slack.take_edits() {
            told += &format!("the first message\n{}", first_message(&message));
            self.first = Some(message);
        }
        // What comes at that time besides goes elsewhere.
        let is_here = |message: &Message| message.channel.as_deref() != Some(Slack::REMINDER_CHANNEL);
        for message in self.slack.take().into_iter().filter(is_here) {
            match (&message.thread_ts, &self.first) {
                (None, _) => {
                    told += &format!("in the channel\n{}", first_message(&message));
                    self.first = Some(message);
                }
                (Some(thread), Some(first)) => {
                    assert_eq!(*thread, first.ts);
                    let also = if message.reply_broadcast { ", also in the channel" } else { "" };
                    let text = text_of(&shown::slack(&message.text));
                    told += &format!("in the thread{also}\n{text}{}", labels(&message.buttons()));
                    assert_eq!(message.mentions.is_empty(), !message.reply_broadcast, "{message:?}");
                    if !message.buttons().is_empty() {
                        self.reply = Some(message);
                    }
                }
                (Some(_), None) => panic!("a thread without a beginning: {message:?}"),
            }
        }
        for private in self.slack.take_private() {
            told += &format!(
                "only they see\n{}{}",
                text_of(&shown::slack(&steady(&private.text))),
                labels(&private.buttons())
            );
            self.private = Some(private);
        }
        for note in self.pagerduty.notes(INCIDENT).split_off(self.notes) {
            self.notes += 1;
            let _ = writeln!(told, "a note in PagerDuty\n    {}", steady(&note));
        }
        if told.is_empty() {
            told = "nothing\n".into();
        }
        self.told += &(heading.clone() + asked + &told);
        let posts = self.typetalk.map(|typetalk| typetalk.take()).unwrap_or_default();
        for post in posts.into_iter().filter(|post| post.topic == Typetalk::TOPIC) {
            self.mirrored += &(heading.clone() + &text_of(&shown::on_typetalk(&post.message)));
        }
    }
}

fn commands(language: &str) -> [&'static str; 7] {
    match language {
        "ja" => ["", "当番", "未解決", "なぜ #PD4812", "履歴 #PD4812", "使い方", "だれ"],
        _ => ["", "oncall", "open", "why #PD4812", "history #PD4812", "help", "whoami"],
    }
}
