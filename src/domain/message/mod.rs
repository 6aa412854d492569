//! Messages, as parts that each chat renders in its own markup.
//!
//! All wording is in `ja` and `en`; [`event`], [`reminder`], [`together`], [`status`], [`watch`], [`daily_check`] and [`duty`]
//! put the parts in order. None of them writes markup: a [`Span`] says what a part is, and the chat knows how to show it.

mod acts;
pub mod answer;
pub mod daily_check;
pub mod duty;
mod en;
pub mod event;
pub mod exercise;
mod findings;
pub mod history;
mod ja;
mod named;
mod ours;
pub mod outage;
mod parts;
pub mod reminder;
pub mod seen;
mod service_level;
pub mod status;
pub mod together;
pub mod turns;
pub mod watch;
pub mod weekly;
mod words;

use crate::domain::incident::{EventKind, Illegible, IncidentId};
use crate::domain::member::Mentionee;
use crate::domain::press::Act;
use crate::domain::rotation::{CellRef, Finding};
use crate::domain::text::{Foreign, Link, Tag};
use crate::domain::unreadable::Unreadable;
use chrono::{NaiveDate, TimeDelta};
use std::borrow::Cow;
use words::Words;

/// A message points out that it uses a copy of the sheet if the copy is older than this.
const OLD_COPY: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Japanese,
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

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Text of ours.
    Own(Cow<'static, str>),
    /// What happened, with its icon. A status update replaces it in the incident's first message.
    Verb(Cow<'static, str>),
    /// Text from outside: escaped by the chat, and cut first if the message is too long.
    Foreign(Foreign),
    Tag(Tag),
    Link(Link),
    /// What a link opens, which chats show instead of it where they can.
    Named(Label, Link),
    /// A cell of the sheet, and where it opens. Its tab has a name that people have given it.
    Cell(String, Option<Link>),
}

/// What a link is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    Own(Cow<'static, str>),
    /// As people have written it in the sheet.
    Foreign(Foreign),
}

impl Label {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Own(text) => text,
            Self::Foreign(text) => text.as_str(),
        }
    }
}

/// A line of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Span>);

impl Line {
    pub fn own(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().and(text)
    }

    /// The line followed by our own text.
    #[must_use]
    pub fn and(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Span::Own(text.into()));
        self
    }

    /// The line followed by text from outside.
    #[must_use]
    pub fn foreign(mut self, text: &Foreign) -> Self {
        self.0.push(Span::Foreign(text.clone()));
        self
    }

    /// The line followed by the beginning of a cell: a quotation mark that is not closed makes one cell of a whole file.
    #[must_use]
    fn cell(self, text: &Foreign) -> Self {
        const SHOWN: usize = 30;
        self.foreign(&text.cut(SHOWN))
    }

    /// The line followed by a link.
    #[must_use]
    pub fn link(mut self, link: &Link) -> Self {
        self.0.push(Span::Link(link.clone()));
        self
    }

    /// The line followed by a link under its name.
    #[must_use]
    pub fn named(mut self, label: Label, link: &Link) -> Self {
        self.0.push(Span::Named(label, link.clone()));
        self
    }

    /// The line followed by a cell's name, with a link to it where there is one.
    #[must_use]
    fn cell_at(mut self, at: &CellRef) -> Self {
        self.0.push(Span::Cell(at.to_string(), at.link()));
        self
    }

    /// The line as plain text, for a log or a terminal.
    pub fn plain(&self) -> String {
        let text = |span: &Span| match span {
            Span::Own(text) | Span::Verb(text) => text.to_string(),
            Span::Foreign(text) => text.as_str().to_owned(),
            Span::Tag(tag) => tag.as_str().to_owned(),
            Span::Link(link) => link.as_str().to_owned(),
            Span::Named(label, link) => format!("{} {}", label.as_str(), link.as_str()),
            Span::Cell(name, _) => name.clone(),
        };
        self.0.iter().map(text).collect()
    }

    /// Several lines as one, with a separator between them.
    fn joined(parts: Vec<Line>, separator: &'static str) -> Self {
        let mut line = Self::default();
        for part in parts {
            if !line.0.is_empty() {
                line = line.and(separator);
            }
            line.0.extend(part.0);
        }
        line
    }
}

/// Whom a message mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    People(Vec<Mentionee>),
    /// The chat's `FALLBACK_MENTION_*`.
    Fallback,
}

/// One message. Only the handles of the people in it differ from chat to chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `None` mentions nobody.
    pub to: Option<Addressee>,
    pub lines: Vec<Line>,
    /// The incident's status, for a chat that can edit an incident's first message.
    pub status: Option<Line>,
    /// What readers can do about it, for a chat that has buttons.
    pub buttons: Vec<Button>,
}

/// Something to press below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub act: Act,
    pub incident: IncidentId,
    pub label: &'static str,
    /// What is asked before it is done.
    pub confirm: Option<Confirm>,
}

/// A question before something is done, and its two answers. Whether it was asked nobody can prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub title: String,
    pub text: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
}

impl Message {
    /// A message that is not kept up to date, with nothing to press.
    pub fn new(to: Option<Addressee>, lines: Vec<Line>) -> Self {
        Self { to, lines, status: None, buttons: Vec::new() }
    }

    /// The same without a mention, saying so, and whom it is for.
    #[must_use]
    pub fn without_mention(&self, language: Language) -> Self {
        let words = language.words();
        let who = match &self.to {
            Some(Addressee::People(people)) => {
                Line::joined(people.iter().map(|person| Line::default().foreign(&person.name)).collect(), words.comma)
            }
            Some(Addressee::Fallback) | None => Line::own(words.fallback),
        };
        let line = Line::joined(vec![Line::own(words.without_mention), who], "");
        self.with(line, |message| message.to = None)
    }

    /// The same as a new message instead of an answer, saying so.
    #[must_use]
    pub fn without_thread(&self, language: Language) -> Self {
        self.with(Line::own(language.words().without_thread), |_| {})
    }

    /// The same as nothing but text: without the status, which could not be kept up to date there, and without buttons.
    #[must_use]
    pub fn without_layout(&self) -> Self {
        Self { status: None, buttons: Vec::new(), ..self.clone() }
    }

    fn with(&self, line: Line, change: impl FnOnce(&mut Self)) -> Self {
        let mut message = self.clone();
        message.lines.push(line);
        change(&mut message);
        message
    }
}

/// Something about the delivery itself that the readers should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// It may have been posted before: an earlier answer was lost.
    PossibleRepeat,
    /// The same, more than once: it mentions nobody any more.
    QuietRepeat,
    /// The primary chat did not take it, so it is posted to the backup.
    PrimaryFailed,
}

/// A finding about the workbook, with its cell.
pub fn describe(finding: &Finding, language: Language) -> Line {
    (language.words().finding)(finding)
}

/// A date as people say it: `11/24(火)`, `Tue Nov 24`.
pub fn day(date: NaiveDate, language: Language) -> String {
    (language.words().day)(date)
}

/// Icon and verb of a kind of event.
pub fn verb(kind: &EventKind, language: Language) -> (&'static str, &'static str) {
    (language.words().kind)(kind)
}

/// Why a body cannot be read.
pub fn describe_illegible(why: Illegible, language: Language) -> &'static str {
    (language.words().illegible)(why)
}

/// Why the workbook cannot be read, and how to fix that.
pub fn describe_unreadable(why: &Unreadable, language: Language) -> Line {
    (language.words().workbook)(why)
}

#[cfg(test)]
mod tests;
