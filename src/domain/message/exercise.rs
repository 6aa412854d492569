//! An exercise: an incident of the past as a question, and later what was done then.

pub(super) mod en;
pub(super) mod ja;

use super::history::what_was_done;
use super::{Addressee, Language, Line, Message, Notice, Span};
use crate::domain::history::History;
use crate::domain::notices::exercise::Plan;
use crate::domain::policy::Ignored;
use crate::domain::rotation::Coverage;
use crate::domain::text::Foreign;
use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;

/// In characters.
const TITLE: usize = 80;

/// What an exercise says.
pub(super) struct ExerciseWords {
    /// That it is not real.
    pub not_real: &'static str,
    /// Given the date on which it happened.
    pub why: fn(&str) -> String,
    /// How to take part, given when it is told what was done.
    pub how: fn(&str, Follows) -> String,
    /// Around the title.
    pub quote: (&'static str, &'static str),
    /// Between title, service and time.
    pub comma: &'static str,
    pub questions: &'static str,
    /// Before what was done.
    pub then: &'static str,
}

/// Where it is told what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    InThread,
    /// The chat has no threads.
    InChannel,
}

/// The incident that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub title: Foreign,
    pub service: Option<Foreign>,
    pub began_at: DateTime<Utc>,
}

/// The question, to those on call. A repeat mentions nobody: it is not urgent.
pub fn question(
    past: &Past,
    plan: &Plan,
    coverage: &Coverage,
    follows: Follows,
    notice: Option<Notice>,
    language: Language,
    zone: Tz,
) -> Message {
    let words = language.words().exercise;
    let to = match coverage {
        Coverage::OnCall { people, .. } => Some(Addressee::People(people.clone())),
        Coverage::Gap { .. } | Coverage::Nobody { .. } | Coverage::Unknown { .. } => None,
    };
    let is_repeat = matches!(notice, Some(Notice::PossibleRepeat | Notice::QuietRepeat));
    let began_at = past.began_at.with_timezone(&zone);
    let date = format!("{}/{}", began_at.month(), began_at.day());
    let until = plan.answered_at.with_timezone(&zone).format("%H:%M").to_string();
    let mut about = Line::own(words.quote.0).foreign(&past.title.cut(TITLE)).and(words.quote.1);
    if let Some(service) = &past.service {
        about = about.foreign(&service.cut(TITLE)).and(words.comma);
    }
    let mut lines = vec![
        Line::own(words.not_real),
        Line::own((words.why)(&date)),
        Line::own((words.how)(&until, follows)),
        about.and(began_at.format("%H:%M").to_string()),
        Line::own(words.questions),
    ];
    lines.extend(notice.map(|notice| Line::own((language.words().notice)(notice))));
    Message::new(to.filter(|_| !is_repeat), lines)
}

/// What was done then. It mentions nobody.
pub fn answer(history: &History, ignored: &Ignored, notice: Option<Notice>, language: Language, zone: Tz) -> Message {
    let mut heading = Line::own(language.words().exercise.then);
    if let Some(tag) = &history.tag {
        heading.0.push(Span::Tag(tag.clone()));
    }
    let mut lines = vec![heading];
    lines.extend(what_was_done(history, ignored, language, zone));
    lines.extend(notice.map(|notice| Line::own((language.words().notice)(notice))));
    Message::new(None, lines)
}
