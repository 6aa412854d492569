//! Slack, as far as a year of notices needs it: it takes messages, and answers what the daily check asks.

use super::Year;
use crate::chats::{json_reply, slack_error, sorry};
use crate::sheet::{name, slack_id};
use crate::year::sheet::PEOPLE;
use futures_util::future::BoxFuture;
use reqwest::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use toban::net::http::{Broken, Network, Reply};

pub const ALERTS: &str = "C0ALERTS001";
pub const REMINDERS: &str = "C0ONCALL001";
const SCOPES: &str = "chat:write,channels:read,groups:read,users:read,usergroups:read";

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Post {
    pub id: String,
    pub channel: String,
    pub text: String,
    /// The message that it follows.
    pub thread: Option<String>,
}

#[derive(Debug, Default)]
pub struct Chat {
    pub posts: Vec<Post>,
    /// The channel for reminders takes nothing.
    pub is_refusing: bool,
}

impl Post {
    pub fn mentioned(&self) -> BTreeSet<u32> {
        (0..PEOPLE).filter(|person| self.text.contains(&format!("<@{}>", slack_id(*person)))).collect()
    }

    pub fn calls_the_fallback(&self) -> bool {
        self.text.contains("<!subteam^S0SRETEAM1>")
    }

    /// As people see it: names instead of ids, and what links are called.
    pub fn seen(&self) -> String {
        let mut seen = self.text.replace("<!subteam^S0SRETEAM1>", "@sre");
        for person in 0..PEOPLE {
            seen = seen.replace(&format!("<@{}>", slack_id(person)), &format!("@{}", name(person)));
        }
        while let Some(start) = seen.find("<http") {
            let end = start + seen[start..].find('>').expect("a link ends");
            let link = &seen[start + 1..end];
            let shown = link.split_once('|').map_or(link, |(_, label)| label).to_owned();
            seen.replace_range(start..=end, &shown);
        }
        seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }
}

/// The network between toban and Slack.
#[derive(Debug)]
pub struct Wire(pub Arc<Year>);

impl Network for Wire {
    fn exchange(&self, request: Request, _: usize) -> BoxFuture<'_, Result<Reply, Broken>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let answer = self.answer(&request);
            tokio::task::yield_now().await;
            Ok(answer)
        })
    }
}

impl Wire {
    fn answer(&self, request: &Request) -> Reply {
        let url = request.url();
        assert_eq!(url.host_str(), Some("slack.com"), "nobody else is asked");
        let asked = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        match url.path() {
            "/api/chat.postMessage" => self.post(request),
            "/api/chat.update" => json_reply(&json!({"ok": true, "ts": "1.1"})),
            "/api/chat.getPermalink" => {
                let (channel, ts) = (asked("channel").expect("a channel"), asked("message_ts").expect("a message"));
                let link = format!("https://year.slack.com/archives/{channel}/p{}", ts.replace('.', ""));
                json_reply(&json!({"ok": true, "channel": channel, "permalink": link}))
            }
            "/api/auth.test" => {
                let mut reply = json_reply(&json!({"ok": true, "team": "year", "team_id": "T0YEAR"}));
                reply.headers.insert("x-oauth-scopes", SCOPES.parse().expect("a header"));
                reply
            }
            "/api/conversations.info" => {
                json_reply(&json!({"ok": true, "channel": {"name": "当番", "is_member": true, "is_archived": false}}))
            }
            "/api/users.info" => {
                let id = asked("user").expect("an id");
                match (0..PEOPLE).find(|person| slack_id(*person) == id) {
                    Some(person) => json_reply(&json!({"ok": true, "user": {"id": id, "real_name": name(person)}})),
                    None => slack_error("user_not_found"),
                }
            }
            "/api/usergroups.list" => {
                json_reply(&json!({"ok": true, "usergroups": [{"id": "S0SRETEAM1", "date_delete": 0}]}))
            }
            path => panic!("nobody needs {path}"),
        }
    }

    fn post(&self, request: &Request) -> Reply {
        let body = request.body().and_then(|body| body.as_bytes()).expect("a body");
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let channel = text("channel").expect("a channel");
        self.0.with(|state| {
            if state.chat.is_refusing && channel == REMINDERS {
                return sorry(500);
            }
            let ts = format!("{}.{:06}", state.now.timestamp(), state.chat.posts.len());
            let (text, thread) = (text("text").expect("a text"), text("thread_ts"));
            state.chat.posts.push(Post { id: ts.clone(), channel, text, thread });
            json_reply(&json!({"ok": true, "ts": ts}))
        })
    }
}
