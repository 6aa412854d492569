//! What is right and what is wrong with the settings, the rotation, the chats and PagerDuty. Nothing is posted or changed.
//! `toban check` prints each as soon as it is found; the daily check collects them.

mod answering;
mod chats;
mod pagerduty;
mod rotation;
pub mod words;

use crate::chat::delivery::Outlets;
use crate::domain::daily_check::Identity;
use crate::domain::member::Platform;
use crate::domain::text::Link;
use crate::domain::workbook::Workbook;
use crate::net::digest::sha256;
use crate::pagerduty::Client;
use crate::pagerduty::health::Grade;
use crate::pagerduty::state::ServiceId;
use crate::relay::team::TeamSettings;
pub use answering::{Acting, Answering};
use chrono::{DateTime, Utc};
use pagerduty::Route;
pub use rotation::{TOPIC as ROTATION, check as rotation, place};
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// After this long, the reader is told what is waited for.
const SLOW: Duration = Duration::from_secs(2);

/// One thing that was checked, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub grade: Grade,
    /// `rotation`, `slack`
    pub topic: String,
    /// In the team's language; what is wrong with how to fix it.
    pub text: String,
    /// Where that can be fixed.
    pub link: Option<Link>,
    /// By what it is known on another day.
    pub subjects: Subjects,
    /// Whether there was an answer. Without one nothing else is known of the topic.
    pub is_answered: bool,
}

impl Checked {
    pub fn new(grade: Grade, topic: &str, text: &str) -> Self {
        Self {
            grade,
            topic: topic.to_owned(),
            text: text.to_owned(),
            link: None,
            subjects: Subjects::default(),
            is_answered: true,
        }
    }

    /// The topic with a digest of each part: the same on another day for what is still the same.
    pub fn identity(&self) -> Identity {
        const DIGITS: usize = 16;
        // A row of the ledger has an end. What is beyond is of a finding with many cells, which is known by these.
        const MOST: usize = 100;
        let id = |subject: &String| format!("{}:{}", self.topic, &sha256(subject.as_bytes())[..DIGITS]);
        let Subjects { parts, nearing } = &self.subjects;
        if parts.is_empty() && nearing.is_empty() {
            return Identity { parts: [id(&self.text)].into(), ..Identity::default() };
        }
        let ids = |subjects: &[String]| subjects.iter().take(MOST).map(id).collect();
        Identity { parts: ids(parts), nearing: ids(nearing) }
    }
}

/// By what a finding is known on another day, part by part: by its text if there is nothing here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subjects {
    pub parts: Vec<String>,
    /// Parts that were too far ahead on Monday to be looked at.
    pub nearing: Vec<String>,
}

impl From<String> for Subjects {
    fn from(subject: String) -> Self {
        Self { parts: vec![subject], nearing: Vec::new() }
    }
}

/// Who is told what is found.
pub trait Report {
    fn add(&mut self, checked: Checked);

    /// It takes long to answer.
    fn waits_for(&mut self, what: &str);

    fn right(&mut self, topic: &str, text: &str) {
        self.add(Checked::new(Grade::Right, topic, text));
    }

    fn odd(&mut self, topic: &str, text: &str) {
        self.add(Checked::new(Grade::Odd, topic, text));
    }

    fn wrong(&mut self, topic: &str, text: &str) {
        self.add(Checked::new(Grade::Wrong, topic, text));
    }

    /// What cannot be checked, or was not.
    fn unchecked(&mut self, topic: &str, text: &str) {
        self.add(Checked::new(Grade::Unknown, topic, text));
    }

    /// What has to be asked, and has not answered as it should. `why` is the reason's name: in the text it may be another each time.
    fn unanswered(&mut self, topic: &str, text: &str, why: &str) {
        let subjects = why.to_owned().into();
        self.add(Checked { subjects, is_answered: false, ..Checked::new(Grade::Wrong, topic, text) });
    }
}

/// What toban is connected with besides the rotation.
#[derive(Debug)]
pub struct Connections<'a> {
    pub alerts: &'a Outlets,
    /// The same chats, in the channels for reminders.
    pub reminders: &'a Outlets,
    /// `None` if nobody answers from the chat.
    pub answering: Option<&'a Answering>,
    /// The account, and the services that send webhooks here; `None` without a key or without services.
    pub pagerduty: Option<(&'a Client, &'a [ServiceId])>,
    /// Whether the events of these services come by EventBridge, and not by webhook.
    pub by_event_bus: bool,
    /// Where PagerDuty has to deliver to, if that is known.
    pub relay: Option<&'a str>,
}

/// Checks the chats, whether people can answer from them, and PagerDuty. `workbook` is what was read of the rotation.
pub async fn connections(
    report: &mut impl Report,
    to: &Connections<'_>,
    workbook: Option<&Workbook>,
    team: &TeamSettings,
    now: DateTime<Utc>,
) {
    let language = team.language;
    let members = workbook.and_then(|workbook| workbook.members.as_ref());
    let alerts = to.alerts.chats();
    for (alerts, reminders) in alerts.iter().zip(to.reminders.chats()) {
        chats::check(report, alerts, reminders, members, language).await;
    }
    if let Some(answering) = to.answering {
        answering::check(report, answering, &alerts, workbook, team, now).await;
    }
    match (to.pagerduty, to.relay) {
        (Some((client, services)), relay) => {
            let mut team = team.clone();
            if let Some(workbook) = workbook {
                team.calendar = team.calendar.with_company_holidays(workbook.holidays.clone());
            }
            let route = if to.by_event_bus { Route::EventBus(relay) } else { Route::Webhook(relay) };
            pagerduty::check(report, client, services, route, &team, now).await;
        }
        (None, Some(_)) => report.wrong(pagerduty::TOPIC, words::pagerduty::not_compared(language)),
        (None, None) => report.unchecked(pagerduty::TOPIC, words::pagerduty::off(language)),
    }
}

/// The platforms of the chats; every name has to ping on each of them.
pub fn platforms(outlets: &Outlets) -> Vec<Platform> {
    let mut platforms: Vec<_> = outlets.chats().iter().map(|chat| chat.platform()).collect();
    platforms.dedup();
    platforms
}

/// Waits for an answer, and says what it waits for if that takes long.
async fn patiently<T>(report: &mut impl Report, what: &str, answer: impl Future<Output = T>) -> T {
    let mut answer = pin!(answer);
    match timeout(SLOW, &mut answer).await {
        Ok(answer) => answer,
        Err(_) => {
            report.waits_for(what);
            answer.await
        }
    }
}
