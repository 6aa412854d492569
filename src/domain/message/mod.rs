//! What is said: a message as parts that each chat writes in its own way.
//!
//! All wording lies in `ja` and `en`, one table of words each; [`event`], [`reminder`], [`digest`], [`status`] and [`watch`] put the parts in order. They
//! write no chat's markup: a [`Span`] says what a part is, and the chat knows how to show that.

pub mod digest;
mod en;
pub mod event;
mod ja;
mod parts;
pub mod reminder;
pub mod status;
pub mod watch;
mod words;

use crate::domain::incident::{EventKind, Illegible};
use crate::domain::member::Mentionee;
use crate::domain::rotation::Finding;
use crate::domain::text::{Foreign, Link, Tag};
use crate::domain::unreadable::Unreadable;
use chrono::{NaiveDate, TimeDelta};
use std::borrow::Cow;
use words::Words;

/// A copy of the sheet older than this is named as one.
const OLD_COPY: TimeDelta = TimeDelta::hours(1);

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Japanese, the default.
    Japanese,
    /// English.
    English,
}

impl Language {
    fn words(self) -> &'static Words {
        match self {
            Self::Japanese => &ja::WORDS,
            Self::English => &en::WORDS,
        }
    }
}

/// A part of a line, by what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Our own words.
    Own(Cow<'static, str>),
    /// What happened, with its icon: in an incident's first message it gives way to how the incident stands.
    Verb(Cow<'static, str>),
    /// Somebody else's: shown, never obeyed, and cut first when the message is too long.
    Foreign(Foreign),
    /// The incident's tag.
    Tag(Tag),
    /// A link.
    Link(Link),
}

/// A line of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// A line of our own words.
    pub fn own(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().and(text)
    }

    /// The line, then our own words.
    #[must_use]
    pub fn and(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Span::Own(text.into()));
        self
    }

    /// The line, then somebody else's words.
    #[must_use]
    pub fn foreign(mut self, text: &Foreign) -> Self {
        self.0.push(Span::Foreign(text.clone()));
        self
    }

    /// The line, then what a cell of the workbook holds, cut: an open quotation mark makes one cell of a whole file.
    #[must_use]
    fn cell(self, text: &Foreign) -> Self {
        const SHOWN: usize = 30;
        self.foreign(&text.cut(SHOWN))
    }

    /// The line, then a link.
    #[must_use]
    pub fn link(mut self, link: &Link) -> Self {
        self.0.push(Span::Link(link.clone()));
        self
    }

    /// The line without any markup, for a log or a terminal.
    pub fn plain(&self) -> String {
        let text = |span: &Span| match span {
            Span::Own(text) | Span::Verb(text) => text.to_string(),
            Span::Foreign(text) => text.as_str().to_owned(),
            Span::Tag(tag) => tag.as_str().to_owned(),
            Span::Link(link) => link.as_str().to_owned(),
        };
        self.0.iter().map(text).collect()
    }

    /// Some of them in one line, between them a mark.
    fn joined(parts: Vec<Line>, mark: &'static str) -> Self {
        let mut line = Self::default();
        for part in parts {
            if !line.0.is_empty() {
                line = line.and(mark);
            }
            line.0.extend(part.0);
        }
        line
    }
}

/// Whom a message pings, as the chat has to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// These people.
    People(Vec<Mentionee>),
    /// Whoever the chat's fallback mention names.
    Fallback,
}

/// One message, the same for every chat but for the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Whom it pings; `None` when nobody.
    pub to: Option<Addressee>,
    /// What it says.
    pub lines: Vec<Line>,
    /// How its incident stands, for a chat that keeps an incident's first message up to date.
    pub status: Option<Line>,
}

/// Something about the delivery itself that readers should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// It may have been posted before: an earlier answer was lost.
    PossibleRepeat,
    /// The first chat did not take it, so the backup has it.
    PrimaryFailed,
}

/// What is wrong with the workbook, with its cell.
pub fn describe(finding: &Finding, language: Language) -> Line {
    (language.words().finding)(finding)
}

/// A date as people say it: `11/24(火)`, `Tue Nov 24`.
pub fn day(date: NaiveDate, language: Language) -> String {
    (language.words().day)(date)
}

/// What happened, by its kind: icon and verb.
pub fn verb(kind: &EventKind, language: Language) -> (&'static str, &'static str) {
    (language.words().kind)(kind)
}

/// Why a body cannot be read.
pub fn describe_illegible(why: Illegible, language: Language) -> &'static str {
    (language.words().illegible)(why)
}

/// Why the workbook cannot be read, and how to mend that.
pub fn describe_unreadable(why: &Unreadable, language: Language) -> Line {
    (language.words().workbook)(why)
}
