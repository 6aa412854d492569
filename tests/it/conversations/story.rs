//! One incident from beginning to end, as PagerDuty would send it.
//!
//! Tuesday 2026-11-24, in Japan. 佐藤 and 鈴木 are on call. 佐藤 takes the incident, finds that the database is its cause and
//! hands it to 高橋, who cannot now and hands it to 鈴木. It ends, comes back, and ends.

use crate::running::changed;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// Who sends a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    PagerDuty,
    Mackerel,
    Jenkins,
}

/// Something that happened at a time of that day, and the body that reports it.
pub struct Chapter {
    pub at: &'static str,
    pub from: From,
    pub body: Vec<u8>,
}

impl Chapter {
    /// A second after it happened.
    pub fn posted_at(&self) -> DateTime<Utc> {
        instant(self.at) + TimeDelta::seconds(1)
    }
}

/// The foreign texts of the story in one language.
struct Words {
    title: &'static str,
    service: &'static str,
    sato: &'static str,
    suzuki: &'static str,
    takahashi: &'static str,
    note: &'static str,
}

const JAPANESE: Words = Words {
    title: "HTTP 5xx が 5% を超えています",
    service: "Mackerel Backlogアプリ",
    sato: "佐藤 健",
    suzuki: "鈴木 彩",
    takahashi: "高橋 誠",
    note: "DB の接続数が上限に達しています。\n接続プールの設定に詳しい人に引き継ぎます。",
};

const ENGLISH: Words = Words {
    title: "HTTP 5xx above 5%",
    service: "Mackerel Backlog app",
    sato: "Ken Sato",
    suzuki: "Aya Suzuki",
    takahashi: "Makoto Takahashi",
    note: "The database is out of connections.\nHanding over to somebody who knows the pool's settings.",
};

pub fn chapters(language: &str) -> Vec<Chapter> {
    let words = if language == "ja" { &JAPANESE } else { &ENGLISH };
    let dummy = json!([{"id": "PDUMMY1", "type": "user_reference", "summary": "Chat First Response"}]);
    let (sato, suzuki, takahashi) =
        (user("PSATO01", words.sato), user("PSUZUK1", words.suzuki), user("PTAKAH1", words.takahashi));
    let chapter = |at, kind: &str, status: &str, agent: Option<&Value>, assignees: Value| Chapter {
        at,
        from: From::PagerDuty,
        body: changed(&format!("v3/incident.{kind}.json"), |body| {
            let event = &mut body["event"];
            event["id"] = format!("01GSTORY{}{kind}", at.replace(':', "")).into();
            event["occurred_at"] = instant(at).to_rfc3339().into();
            if let Some(agent) = agent {
                event["agent"] = agent.clone();
            }
            match kind {
                "annotated" => {
                    event["data"]["incident"]["summary"] = words.title.into();
                    event["data"]["content"] = words.note.into();
                }
                _ => {
                    let data = &mut event["data"];
                    data["title"] = words.title.into();
                    data["status"] = status.into();
                    data["service"]["summary"] = words.service.into();
                    data["priority"]["summary"] = "P2".into();
                    data["assignees"] = assignees.clone();
                }
            }
        }),
    };
    vec![
        chapter("11:02", "triggered", "triggered", None, dummy.clone()),
        chapter("11:05", "acknowledged", "acknowledged", Some(&sato), json!([sato])),
        chapter("11:10", "annotated", "acknowledged", Some(&sato), json!([sato])),
        chapter("11:15", "escalated", "triggered", Some(&sato), json!([takahashi])),
        chapter("11:16", "reassigned", "triggered", Some(&takahashi), json!([suzuki])),
        chapter("11:40", "resolved", "resolved", Some(&suzuki), json!([])),
        chapter("11:50", "reopened", "triggered", Some(&sato), dummy),
        chapter("12:05", "resolved", "resolved", Some(&sato), json!([])),
    ]
}

fn user(id: &str, name: &str) -> Value {
    json!({
        "html_url": format!("https://example.pagerduty.com/users/{id}"),
        "id": id,
        "self": format!("https://api.pagerduty.com/users/{id}"),
        "summary": name,
        "type": "user_reference",
    })
}

pub fn instant(at: &str) -> DateTime<Utc> {
    format!("2026-11-24T{at}:00+09:00").parse().expect("a time of that day")
}
