//! The page's controls: what each does, and why it does not.

use super::chats::Mode;
use super::clock::{Worth, local, worth};
use super::day::steps;
use super::rehearsal::{Playing, Rehearsal};
use super::samples::Sample;
use crate::domain::incident::EventKind;
use crate::domain::message::{Language, describe_illegible};
use crate::domain::reminder::Reminder;
use crate::relay::intake::Answer;
use crate::roster::editable::Access;
use crate::source::{Sender, pagerduty};
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// No cell of a rotation is longer.
const LONGEST_NAME: usize = 100;
/// No rotation has more on-call columns.
const MOST_COLUMNS: usize = 10;

/// One press of a control.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The clock shows the real time.
    Now,
    /// The clock stands at a local time.
    Clock { at: String },
    /// The clock stands at one of the times that are worth a button.
    Worth { which: Worth },
    /// The clock stands later than it did.
    Forward { minutes: u32 },
    /// A cell of the rotation has another name in it.
    Cell { date: NaiveDate, column: usize, name: String },
    /// The rotation is as it was.
    Restore,
    /// These kinds of events mention.
    MentionOn { kinds: Vec<String> },
    /// What the backup is for.
    Backup { mode: Mode },
    /// The language of what comes next.
    Language { language: Tongue },
    /// Whether the rotation can be read.
    Sheet { access: Reachable },
    /// Whether the first chat is down.
    PrimaryDown { on: bool },
    /// Whether everything is sent twice.
    Twice { on: bool },
    /// Whether signatures are wrong.
    Forged { on: bool },
    /// A sample is sent.
    Sample { name: String },
    /// A body of one's own is sent.
    Paste { body: String },
    /// A reminder is sent.
    Remind { which: Which },
    /// A day is begun; it goes on by itself, with a pause between its steps, in milliseconds.
    Play { pause: u32 },
    /// Nothing was ever posted.
    Clear,
}

/// A language, by its name in settings.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// Whether the rotation can be read.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reachable {
    /// It can.
    Open,
    /// Only the last copy.
    Down,
    /// Not even that.
    Lost,
}

/// A reminder.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// When the office opens.
    Morning,
    /// When it closes.
    Evening,
}

/// What a press has led to.
#[derive(Debug, PartialEq, Eq)]
pub enum Done {
    /// It is as it was wanted.
    Changed,
    /// Something was sent and got this answer; why it could not be read, if it could not.
    Answered(Answer, Option<String>),
    /// A day has begun; it goes on after pauses of so many milliseconds.
    Begun(u32),
}

/// Why a control does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// With real chats the page only sends: clock, rotation and faults are for rehearsals.
    Live,
    /// There is no such time.
    NoSuchTime,
    /// There is no such kind of event.
    NoSuchKind,
    /// There is no such sample.
    NoSuchSample,
    /// There is no such cell.
    NoSuchCell,
    /// Nothing signs a body: `PAGERDUTY_WEBHOOK_SECRETS` is not set.
    NoSecret,
    /// There is no second chat.
    NoBackup,
}

impl Declined {
    /// For people.
    pub fn words(&self, language: Language) -> &'static str {
        let [japanese, english] = match self {
            Self::Live => [
                "本番のチャットにつながっているため、この操作はできません (--live なしで起動してください)",
                "not while real chats are connected: start toban without --live for this",
            ],
            Self::NoSuchTime => ["日時が正しくありません", "there is no such time"],
            Self::NoSuchKind => ["その種類のイベントはありません", "there is no such kind of event"],
            Self::NoSuchSample => ["そのサンプルはありません", "there is no such sample"],
            Self::NoSuchCell => ["そのセルには書けません", "nothing can be written into that cell"],
            Self::NoSecret => [
                "署名用の秘密鍵がありません: PAGERDUTY_WEBHOOK_SECRETS を設定してください",
                "there is nothing to sign it with: set PAGERDUTY_WEBHOOK_SECRETS",
            ],
            Self::NoBackup => ["チャットは一つだけです", "there is only one chat"],
        };
        if language == Language::Japanese { japanese } else { english }
    }
}

/// Whether what is sent is read by people who are not playing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stakes {
    /// Nobody but who looks at the page.
    Rehearsal,
    /// Whoever is in the chats.
    Live,
}

impl Act {
    /// Whether it only sends something, which real chats may be sent too.
    fn only_sends(&self) -> bool {
        matches!(self, Self::Sample { .. } | Self::Paste { .. } | Self::Remind { .. })
    }

    /// Does it.
    pub async fn perform(self, all: &mut Rehearsal, stakes: Stakes) -> Result<Done, Declined> {
        if stakes == Stakes::Live && !self.only_sends() {
            return Err(Declined::Live);
        }
        match self {
            Self::Now => all.clock.put(None),
            Self::Clock { at } => {
                let at = local(&at, &all.team.calendar).ok_or(Declined::NoSuchTime)?;
                all.clock.put(Some(at));
            }
            Self::Worth { which } => {
                let calendar = match all.read().await {
                    Ok(reading) => all.team.calendar.with_company_holidays(reading.workbook.holidays.clone()),
                    Err(_) => all.team.calendar.clone(),
                };
                let at = worth(which, &calendar, all.clock.now()).ok_or(Declined::NoSuchTime)?;
                all.clock.put(Some(at));
            }
            Self::Forward { minutes } => all.clock.forward(TimeDelta::minutes(i64::from(minutes.min(600_000)))),
            Self::Cell { date, column, name } => {
                if column >= MOST_COLUMNS || name.chars().count() > LONGEST_NAME {
                    return Err(Declined::NoSuchCell);
                }
                all.editable.write(date, column, name);
            }
            Self::Restore => all.editable.restore(),
            Self::MentionOn { kinds } => {
                let kinds: Option<_> = kinds.iter().map(|name| EventKind::from_name(name)).collect();
                all.team.policy.mention_on = kinds.ok_or(Declined::NoSuchKind)?;
            }
            Self::Backup { mode } => {
                all.demo_chats.mode().ok_or(Declined::NoBackup)?;
                all.demo_chats.set_mode(mode);
            }
            Self::Language { language } => {
                all.team.language = match language {
                    Tongue::Ja => Language::Japanese,
                    Tongue::En => Language::English,
                }
            }
            Self::Sheet { access } => all.editable.set_access(match access {
                Reachable::Open => Access::Open,
                Reachable::Down => Access::Down,
                Reachable::Lost => Access::Lost,
            }),
            Self::PrimaryDown { on } => all.demo_chats.primary.set_down(on),
            Self::Twice { on } => all.sends_twice = on,
            Self::Forged { on } => all.forges = on,
            Self::Sample { name } => {
                let sample = Sample::find(&name).ok_or(Declined::NoSuchSample)?;
                return all
                    .send_sample(sample)
                    .await
                    .map(|answer| Done::Answered(answer, None))
                    .ok_or(Declined::NoSecret);
            }
            Self::Paste { body } => return paste(all, &body).await.ok_or(Declined::NoSecret),
            Self::Remind { which } => {
                let reminder = match which {
                    Which::Morning => Reminder::Morning,
                    Which::Evening => Reminder::Evening,
                };
                all.remind(reminder).await;
            }
            Self::Play { pause } => {
                let calendar = all.team.calendar.clone();
                // Once more is the same day, unless the clock was moved meanwhile.
                let last = all.day.as_ref().filter(|_| all.clock.is_back());
                let again = last.and_then(|day| day.steps.first()).map(|step| step.at);
                let from = calendar.date(again.unwrap_or(all.clock.now()));
                let steps = steps(&calendar, from).ok_or(Declined::NoSuchTime)?;
                all.clear();
                all.day = Some(Playing { steps, done: 0, first: all.plot });
                return Ok(Done::Begun(pause.min(60_000)));
            }
            Self::Clear => all.clear(),
        }
        Ok(Done::Changed)
    }
}

/// Sends it as it is, and notes for people why it cannot be read, if it cannot.
async fn paste(all: &mut Rehearsal, body: &str) -> Option<Done> {
    let language = all.team.language;
    let problem = match serde_json::from_str::<IgnoredAny>(body) {
        Err(error) => Some(not_json(&error, language)),
        Ok(_) => {
            let events = pagerduty::read(body.as_bytes(), all.clock.now());
            let unreadable = events.into_iter().find_map(|event| event.unreadable);
            unreadable.map(|unreadable| describe_illegible(unreadable.why, language).to_owned())
        }
    };
    // A body that cannot be read is known by the id of its delivery.
    all.plot.event += 1;
    let answer = all.send(Sender::PagerDuty, body.as_bytes()).await?;
    if let Some(problem) = &problem {
        all.journal.note_problem(problem.clone());
    }
    Some(Done::Answered(answer, problem))
}

fn not_json(error: &serde_json::Error, language: Language) -> String {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    match language {
        Language::Japanese => format!("JSON として読めません: {line} 行目 {column} 文字目 ({said})"),
        Language::English => format!("this is not JSON: line {line}, column {column} ({said})"),
    }
}
