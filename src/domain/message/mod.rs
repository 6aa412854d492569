//! What is said: one message per event, as parts that each chat writes in its own way.
//!
//! All wording lies in `ja` and `en`, one table of words each; this module puts the parts in order. It writes no
//! chat's markup: a [`Span`] says what a part is, and the chat knows how to show that.

mod en;
mod ja;
mod words;

use crate::domain::incident::{EventKind, IncidentEvent, Person, Unreadable};
use crate::domain::member::Mentionee;
use crate::domain::policy::{Decision, Ignored, Mention, Rule};
use crate::domain::rotation::Finding;
use crate::domain::runbook::Runbook;
use crate::domain::text::{Foreign, Link, Tag};
use crate::domain::workbook;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use std::borrow::Cow;
use words::Words;

/// A post that comes later than this after its event says how late it is.
const WORTH_SAYING: TimeDelta = TimeDelta::minutes(5);
/// An event's own time is named in an explanation when the post came this much later.
const WORTH_EXPLAINING: TimeDelta = TimeDelta::minutes(1);
/// A copy of the sheet older than this is named as one.
const OLD_COPY: TimeDelta = TimeDelta::hours(1);
/// Lines of a note that are shown.
const QUOTED_LINES: usize = 10;

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

    /// The line, then a link.
    #[must_use]
    pub fn link(mut self, link: &Link) -> Self {
        self.0.push(Span::Link(link.clone()));
        self
    }

    /// The line without any markup, for a log or a terminal.
    pub fn plain(&self) -> String {
        let text = |span: &Span| match span {
            Span::Own(text) => text.to_string(),
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
}

/// What a message needs to know besides the event and the decision.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The language.
    pub language: Language,
    /// PagerDuty's users that are no people and are not shown as some.
    pub ignored: &'a Ignored,
    /// What to do about it, if the team has written that down.
    pub runbook: Option<&'a Runbook>,
    /// When the copy of the sheet that was used was read.
    pub rotation_read_at: Option<DateTime<Utc>>,
    /// Why this chat gets the message, or gets it again.
    pub notice: Option<Notice>,
}

/// Something about the delivery itself that readers should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// It may have been posted before: an earlier answer was lost.
    PossibleRepeat,
    /// The first chat did not take it, so the backup has it.
    PrimaryFailed,
}

/// Words the event.
pub fn message(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Message {
    let words = context.language.words();
    let to = match &decision.mention {
        Mention::Nobody => None,
        Mention::OnCall(people) | Mention::Assignees(people) => Some(Addressee::People(people.clone())),
        Mention::Fallback => Some(Addressee::Fallback),
    };
    let mut lines = match &event.unreadable {
        Some(unreadable) => vec![broken(unreadable, words)],
        None => story(event, decision, context),
    };
    lines.extend(doubts(decision, context));
    if let Some(link) = &event.incident.link {
        lines.push(Line::default().link(link));
    }
    Message { to, lines }
}

/// Why the decision was made, in one sentence for people.
pub fn explanation(decision: &Decision, rotation_read_at: Option<DateTime<Utc>>, language: Language) -> Line {
    let words = language.words();
    let reason = &decision.reason;
    let mut parts = vec![(words.rule)(decision)];
    parts.push(Line::own((words.moment)(&reason.posted)));
    if reason.delay() >= WORTH_EXPLAINING {
        parts.push(Line::own((words.occurred)(&reason.occurred)));
    }
    if let Some(row) = &reason.row {
        parts.push(Line::own((words.row)(&row.to_string())));
        if let Some(read_at) = rotation_read_at {
            let age = reason.posted.local.with_timezone(&Utc) - read_at;
            parts.push(Line::own((words.copy_age)(&(words.duration)(age))));
        }
    }
    Line::joined(parts, " · ")
}

/// What is wrong with the workbook, with its cell.
pub fn describe(finding: &Finding, language: Language) -> Line {
    (language.words().finding)(finding)
}

/// A date as people say it: `11/24(火)`, `Tue Nov 24`.
pub fn day(date: NaiveDate, language: Language) -> String {
    (language.words().day)(date)
}

/// Why the workbook cannot be read, and how to mend that.
pub fn describe_unreadable(why: &workbook::Unreadable, language: Language) -> Line {
    (language.words().workbook)(why)
}

fn broken(unreadable: &Unreadable, words: &Words) -> Line {
    Line::own(words.unreadable.0)
        .foreign(&unreadable.delivery)
        .and(words.unreadable.1)
        .and((words.illegible)(unreadable.why))
}

/// Headline, circumstances, quote and runbook.
fn story(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let incident = &event.incident;
    let (icon, verb) = (words.kind)(&event.kind);
    let mut headline = Line::own(format!("{icon} {verb}"));
    if let Some(tag) = incident.tag() {
        headline = headline.and(" ");
        headline.0.push(Span::Tag(tag));
    }
    headline = match (&incident.title, &incident.id, &event.kind) {
        (Some(title), ..) => headline.and(" ").foreign(title),
        (None, Some(_), _) => headline.and(" ").and(words.untitled),
        (None, None, EventKind::Ping) => headline,
        (None, None, _) => match &incident.service {
            Some(service) => headline.and(" ").foreign(service),
            None => headline,
        },
    };
    if let EventKind::Other(name) = &event.kind {
        headline = headline.and(" (").foreign(name).and(")");
    }
    let mut lines = vec![headline, Line::joined(circumstances(event, decision, context), " · ")];
    lines.extend(event.details.quote.iter().take(QUOTED_LINES).map(|line| Line::own("> ").foreign(line)));
    if event.details.quote.len() > QUOTED_LINES || event.details.quote_is_cut {
        lines.push(Line::own("> ").and(words.quote_is_cut));
    }
    if let (Some(runbook), true) = (context.runbook, calls_somebody(&event.kind)) {
        lines.extend(guidance(runbook, words));
    }
    lines
}

/// The kinds after which somebody may have to act, so that the runbook is of use.
fn calls_somebody(kind: &EventKind) -> bool {
    use EventKind::{Escalated, Reassigned, Reopened, Triggered, Unacknowledged};
    matches!(kind, Triggered | Reopened | Unacknowledged | Escalated | Reassigned)
}

/// Where, how loud, by whom, to whom, when.
fn circumstances(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let incident = &event.incident;
    let mut parts = Vec::new();
    if matches!(event.kind, EventKind::Triggered | EventKind::Reopened) {
        parts.extend(incident.service.as_ref().map(|service| Line::default().foreign(service)));
        parts.extend(incident.urgency.map(|urgency| Line::own((words.urgency)(urgency))));
        parts.extend(incident.priority.as_ref().map(|priority| Line::own(words.priority).foreign(priority)));
    }
    if !matches!(event.kind, EventKind::Triggered | EventKind::Ping) {
        parts.push(match event.agent.as_ref().filter(|agent| !context.ignored.contains(agent)) {
            Some(agent) => Line::own(words.by.0).foreign(&agent.name).and(words.by.1),
            None => Line::own(words.automatically),
        });
    }
    parts.extend(outcome(event, context));
    parts.push(time(event, decision, words));
    parts
}

/// What the event changed.
fn outcome(event: &IncidentEvent, context: Context<'_>) -> Vec<Line> {
    use EventKind as Kind;
    let words = context.language.words();
    let (incident, details) = (&event.incident, &event.details);
    let to = |line: Line| Line::joined(vec![Line::own("→ "), line], "");
    let mut parts = Vec::new();
    match event.kind {
        Kind::Escalated | Kind::Reassigned => parts.extend(names(&incident.assignees, context).map(to)),
        Kind::Delegated => {
            parts.extend(details.subject.as_ref().map(|policy| to(Line::default().foreign(policy))));
            parts.extend(names(&incident.assignees, context));
        }
        Kind::ServiceUpdated => {
            parts.extend(incident.service.as_ref().map(|service| to(Line::default().foreign(service))))
        }
        Kind::PriorityUpdated => parts.push(to(match &incident.priority {
            Some(priority) => Line::default().foreign(priority),
            None => Line::own(words.none),
        })),
        Kind::IncidentTypeChanged => {
            parts.extend(details.subject.as_ref().map(|name| to(Line::default().foreign(name))))
        }
        Kind::RoleAssigned => {
            let role = details.subject.as_ref().map(|role| Line::default().foreign(role)).unwrap_or_default();
            let who = names(&details.people, context).unwrap_or_else(|| Line::own(words.none));
            parts.push(Line::joined(vec![role, Line::own(" → "), who], ""));
        }
        _ => {
            parts.extend(details.subject.as_ref().map(|subject| Line::default().foreign(subject)));
            let others: Vec<_> =
                details.people.iter().filter(|person| Some(*person) != event.agent.as_ref()).cloned().collect();
            parts.extend(names(&others, context));
            parts.extend(details.state.as_ref().map(|state| Line::default().foreign(state)));
        }
    }
    parts
        .extend(details.merged_into.as_ref().map(|other| Line::own(words.merged.0).foreign(other).and(words.merged.1)));
    parts.extend(details.fields.iter().map(|(name, value)| Line::default().foreign(name).and(" = ").foreign(value)));
    parts.extend(details.link.as_ref().map(|link| Line::default().link(link)));
    parts
}

/// The people among them, by name; `None` when there are none.
fn names(people: &[Person], context: Context<'_>) -> Option<Line> {
    let real: Vec<_> = context.ignored.real(people).map(|person| Line::default().foreign(&person.name)).collect();
    (!real.is_empty()).then(|| Line::joined(real, context.language.words().comma))
}

/// When it happened on site; with the date when that is not today's, and how late the post is when that matters.
fn time(event: &IncidentEvent, decision: &Decision, words: &Words) -> Line {
    let (occurred, posted) = (&decision.reason.occurred.local, &decision.reason.posted.local);
    let mut text = if occurred.date_naive() == posted.date_naive() {
        occurred.format("%H:%M").to_string()
    } else {
        day_and_time(occurred)
    };
    let delay = posted.with_timezone(&Utc) - event.occurred_at;
    if delay > WORTH_SAYING {
        text.push_str(&(words.late)(&(words.duration)(delay)));
    }
    Line::own(text)
}

fn day_and_time(local: &DateTime<Tz>) -> String {
    format!("{}/{} {}", local.month(), local.day(), local.format("%H:%M"))
}

fn guidance(runbook: &Runbook, words: &Words) -> Vec<Line> {
    let mut lines = Vec::new();
    lines.extend(runbook.meaning.as_ref().map(|meaning| Line::own(words.meaning).foreign(meaning)));
    lines.extend(match (&runbook.workaround, &runbook.link) {
        (Some(workaround), Some(link)) => Some(Line::own(words.workaround).foreign(workaround).and(" ").link(link)),
        (Some(workaround), None) => Some(Line::own(words.workaround).foreign(workaround)),
        (None, Some(link)) => Some(Line::own(words.workaround).link(link)),
        (None, None) => None,
    });
    lines
}

/// What the readers should know about the rotation and the delivery when something there is not as it should be.
fn doubts(decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let reason = &decision.reason;
    let mut lines = Vec::new();
    let findings: Vec<_> = reason.findings.iter().map(|finding| (words.finding)(finding)).collect();
    match reason.rule {
        Rule::RotationGap => {
            lines.push(Line::joined(vec![Line::own(words.gap), Line::joined(findings, words.comma)], ""))
        }
        Rule::WorkingHours if !findings.is_empty() => {
            lines.push(Line::joined(vec![Line::own("⚠️ "), Line::joined(findings, words.comma)], ""));
        }
        Rule::RotationUnreadable => {
            let why = reason.unreadable.as_ref().map(words.workbook).unwrap_or_default();
            lines.push(Line::joined(vec![Line::own(words.rotation_unreadable), why], ""));
        }
        Rule::HeldByNobody => lines.push(Line::own(words.held_by_nobody)),
        _ => {}
    }
    let asked = matches!(reason.rule, Rule::WorkingHours | Rule::RotationGap | Rule::WentTo);
    if let (Some(read_at), true) = (context.rotation_read_at, asked) {
        let age = reason.posted.local.with_timezone(&Utc) - read_at;
        if age > OLD_COPY {
            lines.push(Line::own((words.old_copy)(&(words.duration)(age))));
        }
    }
    lines.extend(context.notice.map(|notice| Line::own((words.notice)(notice))));
    lines
}
