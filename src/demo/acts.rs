//! The page's controls, and what each does.

use super::chats::Mode;
use super::clock::{Worth, local, worth};
use super::day::steps;
use super::declined::Declined;
use super::faults::Unread;
use super::rehearsal::Rehearsal;
use super::samples::Sample;
use super::slack::What;
use crate::domain::incident::EventKind;
use crate::domain::message::Language;
use crate::domain::press;
use crate::domain::reminder::Reminder;
use crate::relay::intake::Answer;
use crate::roster::TeamTime;
use crate::roster::editable::Access;
use crate::roster::pasted::Pasted;
use crate::source::{Sender, pagerduty};
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Duration;

/// Limit for the text of a cell, in characters.
const LONGEST_NAME: usize = 100;
/// Limit for the number of on-call columns.
const MOST_COLUMNS: usize = 10;

/// A control's action, as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Show the real time.
    Now,
    /// Stop the clock at a local time.
    Clock { at: String },
    /// Stop the clock at one of the times that have a button.
    Worth { which: Worth },
    /// Move the clock forward.
    Forward { minutes: u32 },
    /// Edit a cell of the rotation.
    Cell { date: NaiveDate, column: usize, name: String },
    /// Undo all edits of the rotation.
    Restore,
    /// Use a rotation that the user has pasted, and a members tab unless that is blank.
    PasteRotation { rotation: String, members: String },
    /// Use the rotation of the start again.
    TakeBackRotation,
    /// Set `MENTION_ON`.
    MentionOn { kinds: Vec<String> },
    /// Set what the backup chat is for.
    Backup { mode: Mode },
    /// Set the language of the page and, without `--live`, of later messages and the sample's people.
    Language { language: Tongue },
    /// Fault: the sheet cannot be read.
    Sheet { access: Reachable },
    /// Fault: the first chat is down.
    PrimaryDown { on: bool },
    /// Fault: everything is sent twice.
    Twice { on: bool },
    /// Fault: signatures are wrong.
    Forged { on: bool },
    /// Fault: what people press waits for too long.
    Late { on: bool },
    /// Press a button of the first chat, as one of the people.
    Press { who: String, button: String, incident: String },
    /// Type `/toban` in the first chat, and what follows it, as one of the people.
    Command { who: String, text: String },
    /// Send a sample.
    Sample { name: String },
    /// Send a body that the user has pasted.
    Paste { body: String },
    /// Send a reminder.
    Remind { which: Which },
    /// Play a day from its beginning, with a pause between its steps, in milliseconds. Without one it stops after the first.
    Play { pause: Option<u32> },
    /// Go on with the day, with that pause. Without one it stops where it is.
    Pace { pause: Option<u32> },
    /// Play the day up to a step, counted from 0, and stop there. If that was played before, it is played again.
    PlayTo { step: usize },
    /// Forget all posts, events and attempts.
    Clear,
}

/// A language, named as in the settings.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    Ja,
    En,
}

/// Whether the sheet can be read.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reachable {
    /// Readable.
    Open,
    /// Not readable; the last copy is used.
    Down,
    /// Not readable, and there is no copy.
    Lost,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    Morning,
    Evening,
}

/// The result of an action.
#[derive(Debug, PartialEq, Eq)]
pub enum Done {
    /// It was performed; there is nothing to report.
    Changed,
    /// An event was sent: its answer and, if the body could not be read, why.
    Answered(Answer, Option<Unread>),
    /// A day has begun or goes on: its next steps are to be played.
    Plays,
}

/// Who reads the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stakes {
    /// Only the user of the page.
    Rehearsal,
    /// Everybody in the configured chats.
    Live,
}

impl Act {
    /// Whether it is allowed with `--live` too: it only sends something, or changes what the page is written in.
    fn is_for_live(&self) -> bool {
        matches!(self, Self::Sample { .. } | Self::Paste { .. } | Self::Remind { .. } | Self::Language { .. })
    }

    pub async fn perform(self, all: &mut Rehearsal, stakes: Stakes) -> Result<Done, Declined> {
        if stakes == Stakes::Live && !self.is_for_live() {
            return Err(Declined::Live);
        }
        match self {
            Self::Now => all.put_clock(None).await,
            Self::Clock { at } => {
                let at = local(&at, &all.team.calendar).ok_or(Declined::NoSuchTime)?;
                all.put_clock(Some(at)).await;
            }
            Self::Worth { which } => {
                let calendar = match all.read().await {
                    Ok(reading) => all.team.calendar.with_company_holidays(reading.workbook.holidays.clone()),
                    Err(_) => all.team.calendar.clone(),
                };
                let at = worth(which, &calendar, all.clock.now()).ok_or(Declined::NoSuchTime)?;
                all.put_clock(Some(at)).await;
            }
            Self::Forward { minutes } => all.forward_clock(TimeDelta::minutes(i64::from(minutes.min(600_000)))).await,
            Self::Cell { date, column, name } => {
                if column >= MOST_COLUMNS || name.chars().count() > LONGEST_NAME {
                    return Err(Declined::NoSuchCell);
                }
                all.editable.write(date, column, name);
            }
            Self::Restore => all.editable.restore(),
            Self::PasteRotation { rotation, members } => {
                let pasted = Pasted::new(&rotation, &members, TeamTime::from(&all.team.calendar));
                all.editable.paste(Some(pasted.map_err(Declined::NoRotation)?));
            }
            Self::TakeBackRotation => all.editable.paste(None),
            Self::MentionOn { kinds } => {
                let kinds: Option<_> = kinds.iter().map(|name| EventKind::from_name(name)).collect();
                all.team.policy.mention_on = kinds.ok_or(Declined::NoSuchKind)?;
            }
            Self::Backup { mode } => {
                all.demo_chats.mode().ok_or(Declined::NoBackup)?;
                all.demo_chats.set_mode(mode);
            }
            Self::Language { language } => {
                let language = match language {
                    Tongue::Ja => Language::Japanese,
                    Tongue::En => Language::English,
                };
                match stakes {
                    Stakes::Rehearsal => all.speak(language),
                    // What others read stays in the language of the settings.
                    Stakes::Live => all.language = language,
                }
            }
            Self::Sheet { access } => all.editable.set_access(match access {
                Reachable::Open => Access::Open,
                Reachable::Down => Access::Down,
                Reachable::Lost => Access::Lost,
            }),
            Self::PrimaryDown { on } => {
                all.demo_chats.primary.set_down(on);
                if !on {
                    all.work_again().await;
                }
            }
            Self::Twice { on } => all.sends_twice = on,
            Self::Forged { on } => all.forges = on,
            Self::Late { on } => all.is_late = on,
            Self::Press { who, button, incident } => {
                let act = press::Act::from_name(&button).ok_or(Declined::NoSuchButton)?;
                press(all, &who, What::Button { act, incident }).await?;
            }
            Self::Command { who, text } => press(all, &who, What::Command { text }).await?,
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
                // Playing again repeats the same day, unless the clock was moved meanwhile.
                let last = all.day.as_ref().filter(|_| all.clock.is_back());
                let again = last.and_then(|day| day.steps.first()).map(|step| step.at);
                let from = calendar.date(again.unwrap_or(all.clock.now()));
                let steps = steps(&calendar, from).ok_or(Declined::NoSuchTime)?;
                return Ok(all.play(steps, pause.map(milliseconds)).await);
            }
            Self::Pace { pause } => return Ok(all.set_pace(pause.map(milliseconds))),
            Self::PlayTo { step } => all.play_to(step).await?,
            Self::Clear => all.clear(),
        }
        Ok(Done::Changed)
    }
}

/// Presses or types something as one of the people.
async fn press(all: &mut Rehearsal, who: &str, what: What) -> Result<(), Declined> {
    if !all.knows(who).await {
        return Err(Declined::NoSuchPerson);
    }
    all.press(who, what).await;
    Ok(())
}

/// Sends a body unchanged. If it cannot be read, the journal and the result say why.
async fn paste(all: &mut Rehearsal, body: &str) -> Option<Done> {
    let problem = match serde_json::from_str::<IgnoredAny>(body) {
        Err(error) => Some(Unread::not_json(&error)),
        Ok(_) => {
            let events = pagerduty::read(body.as_bytes(), all.clock.now());
            let unreadable = events.into_iter().find_map(|event| event.unreadable);
            unreadable.map(|unreadable| Unread::Illegible(unreadable.why))
        }
    };
    // An unreadable body is identified by its delivery's id, which is made from this number.
    all.plot.event += 1;
    let answer = all.send(Sender::PagerDuty, body.as_bytes()).await?;
    if let Some(problem) = &problem {
        all.journal.note_problem(problem.clone());
    }
    Some(Done::Answered(answer, problem))
}

/// The pause between two steps, a minute at most.
fn milliseconds(pause: u32) -> Duration {
    Duration::from_millis(pause.min(60_000).into())
}
