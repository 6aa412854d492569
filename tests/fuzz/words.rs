//! What an event says in each chat.

use crate::markup::{self, Limits};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use std::sync::Arc;
use toban::chat::{Access, ChannelId, Chat, ChatKind, KINDS};
use toban::domain::few::Few;
use toban::domain::incident::{IncidentEvent, State, Status, Taker};
use toban::domain::member::Platform;
use toban::domain::message::{Language, Notice, status};
use toban::domain::unreadable::Unreadable;
use toban::relay::team::{Known, TeamSettings};
use toban::roster::{Reading, sample};
use toban::setup::config::{Config, Reach};

/// A team in each language, and every chat.
pub struct Writers {
    teams: [TeamSettings; 2],
    chats: Vec<Chat>,
    readings: Vec<Result<Reading, Unreadable>>,
}

impl Writers {
    pub fn new() -> Self {
        let http = toban::net::http::client().expect("a client");
        let lookup = |variable: &str| (variable == "IGNORED_ASSIGNEES").then(|| "PDUMMY1".to_owned());
        let team = Config::from_lookup(lookup, &http, Reach::Local).expect("a configuration").team;
        let teams = [Language::Japanese, Language::English].map(|language| TeamSettings { language, ..team.clone() });
        let fallback = |platform| if platform == Platform::Slack { "<!subteam^S0SRETEAM1>" } else { "@all" };
        let chat = |kind: &'static ChatKind| {
            let access = Access::none(http.clone());
            Chat::new(kind, access, ChannelId("1".into()), Some(fallback(kind.platform).to_owned()))
        };
        let chats = KINDS.into_iter().map(chat).chain([Chat::console()]).collect();
        let read_at: DateTime<Utc> = "2026-11-24T00:00:00Z".parse().expect("an instant");
        let reading = Reading { workbook: Arc::new(sample::workbook(read_at)), read_at };
        Self { teams, chats, readings: vec![Ok(reading), Err(Unreadable::NoAnswer)] }
    }

    /// Words an event for every chat in every language, and checks what is written. One that could not be read says little,
    /// and is worded for some of them.
    pub fn word(&self, event: &IncidentEvent, rng: &mut Rng, now: DateTime<Utc>) -> Result<(), String> {
        let known = known_status(event, rng);
        for team in &self.teams {
            for chat in &self.chats {
                if event.unreadable.is_some() && rng.u32(..5) > 0 {
                    continue;
                }
                let reading = &self.readings[rng.usize(..self.readings.len())];
                let notice = [None, Some(Notice::PossibleRepeat), Some(Notice::QuietRepeat)][rng.usize(..3)];
                let stands = Known { status: rng.bool().then_some(&known), seen: None };
                let worded = team.word(event, chat, reading, notice, stands, now);
                let of = |why: String| format!("{} in {:?}: {why}", chat.name(), team.language);
                let limits = Limits::of(chat);
                if worded.why.is_empty() {
                    return Err(of("no reason is given".into()));
                }
                markup::check(event, chat, &worded.rendered, limits.text).map_err(of)?;
                if !chat.keeps_up_to_date() {
                    continue;
                }
                // The first message, as it is changed later.
                let local = now.with_timezone(&team.calendar.zone);
                let line = status::line(&known, &team.policy.ignored, team.language, &local);
                let again = chat.restate(&worded.rendered, &status::headline(&known, team.language), &line, Vec::new());
                markup::check(event, chat, &again, limits.text + limits.headline).map_err(of)?;
            }
        }
        Ok(())
    }
}

/// How the event's incident may stand when it is told.
fn known_status(event: &IncidentEvent, rng: &mut Rng) -> Status {
    let assignees = &event.incident.assignees;
    let holders = assignees.first.iter().chain(&event.agent).cloned().collect::<Few<_>>().and_more(assignees.more);
    let state = [State::Triggered, State::Acknowledged, State::Resolved][rng.usize(..3)];
    let changed_at = event.occurred_at;
    Status {
        state,
        holders,
        takers: event.agent.clone().map(|who| Taker { who, since: changed_at }).into_iter().collect(),
        stays: Vec::new(),
        sre: None,
        opened_at: rng.bool().then(|| changed_at - TimeDelta::minutes(rng.i64(0..10_000))),
        changed_at,
    }
}
