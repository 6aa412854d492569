//! The fake Slack and Typetalk: they answer like the real ones and check every text.

use crate::event::Incident;
use crate::fakes::{Ask, Reply};
use crate::roster::{self, Offset, Person};
use chrono::{DateTime, Utc};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub const SLACK_TOKEN: &str = "xoxb-bench-0123456789";
pub const SLACK_CHANNEL: &str = "C0BENCH0001";
pub const TYPETALK_TOKEN: &str = "typetalk-bench-0123456789";
pub const TYPETALK_TOPIC: &str = "4711";

#[derive(Clone, Copy)]
enum Kind {
    Slack,
    Typetalk,
}

#[derive(Default)]
pub struct Chat {
    /// Incidents whose webhook has been delivered, with the day of the delivery.
    sent: BTreeMap<u64, (Incident, i64)>,
    /// Incident numbers in the order of their messages.
    slack: Vec<u64>,
    typetalk: Vec<u64>,
    /// The ids of messages, which edits and replies may name.
    message_ids: BTreeSet<String>,
    pub updates: usize,
    pub without_pair: usize,
    /// Set if the sheet is made to fail: a message may then be posted without today's on-call people.
    pub pair_optional: bool,
    pub offset: Offset,
}

impl Chat {
    pub fn sent(&mut self, incident: &Incident, now: DateTime<Utc>) {
        self.sent.entry(incident.number).or_insert_with(|| (incident.clone(), self.offset.day(now)));
    }

    pub fn posts(&self) -> usize {
        self.slack.len() + self.typetalk.len()
    }

    pub fn incident(&self, number: u64) -> Option<&Incident> {
        self.sent.get(&number).map(|(incident, _)| incident)
    }

    /// The numbers of the incidents that were posted.
    pub fn incidents(&self) -> BTreeSet<u64> {
        self.slack.iter().chain(&self.typetalk).copied().collect()
    }

    /// `POST /api/chat.postMessage` and `/api/chat.update`.
    pub fn slack(&mut self, ask: &Ask, now: DateTime<Utc>) -> Reply {
        let refused =
            |code: &str, why: &str| Reply::refused(200, json!({"ok": false, "error": code}), &format!("slack: {why}"));
        if ask.method != Method::POST {
            return refused("method_not_supported", "not a POST");
        }
        match ask.header("authorization") {
            None => return refused("not_authed", "no Authorization header"),
            Some(value) if value != format!("Bearer {SLACK_TOKEN}") => {
                return refused("invalid_auth", "not the bot token");
            }
            Some(_) => {}
        }
        let Some(body) = ask.fields() else {
            return refused("invalid_form_data", "the body is neither JSON nor a form");
        };
        let text = body["text"].as_str().unwrap_or_default();
        if body["channel"] != SLACK_CHANNEL {
            return refused("channel_not_found", "not the channel");
        }
        if text.trim().is_empty() {
            return refused("no_text", "empty text");
        }
        if text.chars().count() > 40_000 {
            return refused("msg_too_long", "over 40,000 characters");
        }
        if ask.path.ends_with("/chat.update") {
            let ts = body["ts"].as_str().unwrap_or_default().to_owned();
            if !self.message_ids.contains(&ts) {
                return refused("message_not_found", "an update of a message that was never posted");
            }
            self.updates += 1;
            let wrong = self.incident_of(text).err().into_iter().collect();
            return Reply::ok(json!({"ok": true, "channel": SLACK_CHANNEL, "ts": ts, "text": text})).noting(wrong);
        }
        let thread = body["thread_ts"].as_str();
        if thread.is_some_and(|ts| !self.message_ids.contains(ts)) {
            return refused("thread_not_found", "a reply to a message that was never posted");
        }
        let wrong = self.judge(Kind::Slack, text, thread.is_some(), now);
        let ts = format!("{}.{:06}", now.timestamp(), self.posts());
        self.message_ids.insert(ts.clone());
        let message =
            json!({"type": "message", "text": text, "ts": ts, "user": "U0BENCHBOT0", "bot_id": "B0BENCHBOT0"});
        Reply::ok(json!({"ok": true, "channel": SLACK_CHANNEL, "ts": ts, "message": message})).noting(wrong)
    }

    /// `POST /api/v1/topics/{id}`.
    pub fn typetalk(&mut self, ask: &Ask, now: DateTime<Utc>) -> Reply {
        let refused = |status: u16, why: &str| {
            let bearer = format!("Bearer error=\"invalid_request\", error_description=\"{why}\"");
            Reply::refused(status, json!({}), &format!("typetalk: {why}")).header("WWW-Authenticate", bearer)
        };
        if ask.method != Method::POST || ask.path.strip_prefix("/api/v1/topics/") != Some(TYPETALK_TOPIC) {
            return refused(404, "not a POST to the topic");
        }
        if ask.header("x-typetalk-token") != Some(TYPETALK_TOKEN) {
            return refused(401, "no X-Typetalk-Token, or not the bot's");
        }
        let Some(body) = ask.fields() else {
            return refused(400, "the body is neither JSON nor a form");
        };
        let text = body["message"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return refused(400, "empty message");
        }
        if text.encode_utf16().count() > 4000 {
            return refused(400, "over 4,000 UTF-16 units");
        }
        let reply_to = match &body["replyTo"] {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        };
        if reply_to.as_ref().is_some_and(|id| !self.message_ids.contains(id)) {
            return refused(400, "a reply to a post that does not exist");
        }
        let wrong = self.judge(Kind::Typetalk, text, reply_to.is_some(), now);
        let id = 100_000 + self.posts() as u64;
        self.message_ids.insert(id.to_string());
        let at = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let account = json!({"id": 1, "name": "toban+", "fullName": "toban", "createdAt": at, "updatedAt": at});
        let post = json!({"id": id, "topicId": 4711, "replyTo": body["replyTo"], "message": text, "account": account, "mention": null,
            "attachments": [], "likes": [], "talks": [], "links": [], "createdAt": at, "updatedAt": at});
        let topic = json!({"id": 4711, "name": "App Monitoring", "isDirectMessage": false});
        Reply::ok(json!({"space": null, "topic": topic, "post": post, "mentions": [], "exceedsAttachmentLimit": false, "directMessage": null}))
            .noting(wrong)
    }

    /// Records a message and says what is wrong with it: it needs the tag of an incident that was sent and not
    /// posted before; as the first message of the incident also today's pair, the title, the service and the link.
    fn judge(&mut self, kind: Kind, text: &str, is_reply: bool, now: DateTime<Utc>) -> Vec<String> {
        let number = match self.incident_of(text) {
            Ok(number) => number,
            Err(why) => return vec![why],
        };
        let posted = match kind {
            Kind::Slack => &mut self.slack,
            Kind::Typetalk => &mut self.typetalk,
        };
        let again = posted.contains(&number);
        posted.push(number);
        if is_reply {
            return Vec::new();
        }
        let (incident, day) = &self.sent[&number];
        let mut wrong = Vec::new();
        if again {
            wrong.push(format!("#PD{number} was posted twice"));
        }
        for (what, value) in [("title", &incident.title), ("service", &incident.service), ("link", &incident.url)] {
            if !text.contains(&kind.escaped(value)) {
                wrong.push(format!("the message of #PD{number} lacks the {what} {:?}: {text:?}", kind.escaped(value)));
            }
        }
        let named: Vec<_> = roster::PEOPLE.iter().filter(|p| kind.mentions(text, p)).map(|p| p.name).collect();
        // Around midnight either day's people are right.
        let is_pair = |day| named == roster::pair(day).map(|person| person.name);
        if !is_pair(self.offset.day(now)) && !is_pair(*day) {
            self.without_pair += 1;
            if !self.pair_optional || !named.is_empty() {
                let [a, b] = roster::pair(*day).map(|person| kind.mention(person));
                wrong
                    .push(format!("the message of #PD{number} does not mention {a} and {b} and nobody else: {text:?}"));
            }
        }
        wrong
    }

    fn incident_of(&self, text: &str) -> Result<u64, String> {
        let Some((_, rest)) = text.split_once("#PD") else {
            return Err(format!("no tag #PD in {text:?}"));
        };
        let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
        match digits.parse() {
            Ok(number) if self.sent.contains_key(&number) => Ok(number),
            _ => Err(format!("the tag #PD{digits} is of no incident that was sent: {text:?}")),
        }
    }
}

impl Kind {
    fn mention(self, person: &Person) -> String {
        match self {
            Kind::Slack => format!("<@{}>", person.slack),
            Kind::Typetalk => format!("@{}", person.typetalk),
        }
    }

    fn mentions(self, text: &str, person: &Person) -> bool {
        let mention = self.mention(person);
        match self {
            Kind::Slack => text.contains(&mention),
            Kind::Typetalk => text.split_whitespace().any(|word| word == mention),
        }
    }

    /// Foreign text as it must be posted: Slack reads `&`, `<` and `>` as markup, Typetalk does not.
    fn escaped(self, text: &str) -> String {
        match self {
            Kind::Slack => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            Kind::Typetalk => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_judged() {
        let now = Utc::now();
        let incident = |number| Incident {
            number,
            title: "a & b".into(),
            service: "Shop".into(),
            url: format!("https://x/{number}"),
        };
        let [a, b] = roster::pair(Offset::default().day(now)).map(|p| Kind::Slack.mention(p));
        let [other, _] = roster::pair(Offset::default().day(now) + 1).map(|p| Kind::Slack.mention(p));
        let rest = "#PD1 a &amp; b Shop https://x/1";
        for (text, wanted) in [
            (format!("{a} {b} {rest}"), None),
            (format!("{a} {rest}"), Some("does not mention")),
            (rest.into(), Some("does not mention")),
            (format!("{a} {b} {other} {rest}"), Some("nobody else")),
            (format!("{a} {b} #PD1 a & b Shop https://x/1"), Some("title")),
            (format!("{a} {b} #PD1 a &amp; b https://x/1"), Some("service")),
            (format!("{a} {b} #PD1 a &amp; b Shop"), Some("link")),
            (format!("{a} {b} a &amp; b Shop https://x/1"), Some("no tag")),
            (format!("{a} {b} #PD11 a &amp; b Shop"), Some("no incident")),
        ] {
            let mut chat = Chat::default();
            chat.sent(&incident(1), now);
            let wrong = chat.judge(Kind::Slack, &text, false, now);
            match wanted {
                None => {
                    assert_eq!(wrong, Vec::<String>::new(), "{text}");
                    assert!(chat.judge(Kind::Slack, &text, false, now)[0].contains("twice"));
                }
                Some(part) => assert!(wrong.len() == 1 && wrong[0].contains(part), "{text}: {wrong:?}"),
            }
        }
    }
}
