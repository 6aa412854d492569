//! The message of an event.

mod changes;
mod first;
mod reply;
pub(super) mod sentence;

use super::parts::{names, time};
use super::{Addressee, Button, Label, Language, Line, Message, Notice, OLD_COPY, Words, seen, service_level, status};
use crate::domain::incident::{
    Closing, Escalation, EventKind, IncidentEvent, IncidentId, Origin, Person, State, Status, Unreadable,
};
use crate::domain::policy::{Decision, Ignored, Mention, Rule};
use crate::domain::press::{Act, Offered};
use crate::domain::runbook::Runbook;
use crate::domain::seen::Seen;
use crate::domain::text::Link;
use chrono::{DateTime, TimeDelta, Utc};

/// An explanation names the event's own time if the message was posted at least this much later.
const WORTH_EXPLAINING: TimeDelta = TimeDelta::minutes(1);

/// What a message depends on besides the event and the decision.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub language: Language,
    /// Placeholder users of PagerDuty, never shown as people.
    pub ignored: &'a Ignored,
    /// Shown if the event calls somebody.
    pub runbook: Option<&'a Runbook>,
    /// When the rotation that was used was read; an old copy is pointed out.
    pub rotation_read_at: Option<DateTime<Utc>>,
    /// Why this chat gets the message, or gets it again.
    pub notice: Option<Notice>,
    /// The incident's current status, if it is known.
    pub status: Option<&'a Status>,
    /// Whether the chat keeps first messages up to date.
    pub is_kept_up_to_date: bool,
    /// What people can press below them.
    pub offered: Option<Offered>,
    /// Whether the alert was seen before, if that is known.
    pub seen: Option<Seen<'a>>,
}

/// The whole message about an event.
pub fn message(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Message {
    let words = context.language.words();
    let mut lines = match &event.unreadable {
        Some(unreadable) => {
            let mut lines = vec![unreadable_line(event.origin, unreadable, words)];
            lines.extend(sentence::quote(event, words));
            lines
        }
        None => first::lines(event, decision, context),
    };
    let local = &decision.reason.posted.local;
    let seen = context.seen.filter(|_| event.kind == EventKind::Triggered && event.unreadable.is_none());
    lines.extend(seen.and_then(|seen| seen::line(seen, context.ignored, context.language, local)));
    lines.extend(remarks(event, decision, context));
    lines.extend(first::links(event, context));
    let status = context.status.map(|status| status::line(status, context.ignored, context.language, local));
    let buttons = buttons(status::FIRST, event, context);
    Message { status, buttons, ..Message::new(addressee(decision), lines) }
}

/// Whether it may begin again what was over, weeks ago perhaps, and whose thread it is told in. PagerDuty has a new incident then.
pub fn begins_again(event: &IncidentEvent, status: Option<&Status>) -> bool {
    let is_open = status.is_some_and(|status| status.state != State::Resolved);
    let is_pagerdutys = event.incident.id.as_ref().is_none_or(IncidentId::is_pagerdutys);
    event.kind == EventKind::Triggered && is_open && !is_pagerdutys
}

/// The message about an event in the thread of its incident, below the first message.
pub fn reply(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Message {
    let mut lines = reply::lines(event, decision, context);
    lines.extend(end(event, decision, context));
    let buttons = match event.kind {
        EventKind::ShiftEnds => buttons(status::AT_THE_END, event, context),
        _ => Vec::new(),
    };
    Message { buttons, ..Message::new(addressee(decision), lines) }
}

/// What people can press below a message, of these.
fn buttons(acts: &[Act], event: &IncidentEvent, context: Context<'_>) -> Vec<Button> {
    let (Some(offered), Some(status), Some(id)) = (context.offered, context.status, &event.incident.id) else {
        return Vec::new();
    };
    status::buttons(acts, status, id, event.incident.tag().as_ref(), offered, context.language)
}

/// The end of a message in the thread: what the readers should know besides, and for whoever is mentioned what to do.
pub(super) fn end(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let links = first::links(event, context).filter(|_| decision.mention != Mention::Nobody);
    remarks(event, decision, context).into_iter().chain(links).collect()
}

/// What the readers should know besides.
fn remarks(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let (before, after) = words.unknown_word;
    let is_drill = event.incident.id.as_ref().is_some_and(|id| id.drill().is_some());
    let mut lines: Vec<_> = is_drill.then(|| Line::own(words.drill)).into_iter().collect();
    lines.extend(event.missed.map(|_| Line::own(words.missed)));
    lines.extend(event.details.unknown_word.as_ref().map(|word| Line::own(before).foreign(word).and(after)));
    lines.extend(service_level::finding(event, context));
    lines.extend(warnings(decision, context));
    lines
}

fn addressee(decision: &Decision) -> Option<Addressee> {
    match &decision.mention {
        Mention::Nobody => None,
        Mention::OnCall(people) | Mention::Assignees(people) => Some(Addressee::People(people.clone())),
        Mention::Fallback => Some(Addressee::Fallback),
    }
}

/// Who did it, if that is a person. An acknowledgement times out by itself, whoever is named for it.
fn agent<'a>(event: &'a IncidentEvent, context: Context<'_>) -> Option<&'a Person> {
    let agent = event.agent.as_ref().filter(|_| event.kind != EventKind::Unacknowledged);
    agent.filter(|agent| !context.ignored.contains(agent))
}

/// Why an alert was closed, if that says more than who did it: a name says that it was by hand, and any other reason that nobody
/// waited for the alert to end by itself.
fn closing(event: &IncidentEvent, context: Context<'_>) -> Option<Line> {
    let is_named = agent(event, context).is_some();
    let closing = event.details.closing.filter(|closing| !is_named || *closing != Closing::ByHand)?;
    Some(Line::own((context.language.words().closing)(closing)))
}

/// Whether it goes without saying that nobody did it.
fn says_nobody(event: &IncidentEvent) -> bool {
    let is_explained = event.kind == EventKind::Triggered || event.details.closing.is_some();
    is_explained || event.kind.happens_by_itself() || event.origin.is_a_script()
}

/// What becomes of the call for SRE, below what somebody has pressed, and at the end of a shift.
fn escalation(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let now = &decision.reason.posted.local;
    let words = context.language.words();
    // What was to come has come, or not: that was not asked again.
    let escalation = event.ours().escalation.map(|escalation| match escalation {
        Escalation::At(at) if at <= *now => Escalation::AsSet,
        escalation => escalation,
    });
    let said = escalation.map(|escalation| match escalation {
        Escalation::At(at) if event.kind.is_of_the_shift() => Line::own((words.sre_at)(&time(at, now))),
        escalation => Line::own((words.escalation)(escalation, &|at| time(at, now))),
    });
    said.into_iter().chain(event.ours().is_unnoted.then(|| Line::own(words.unnoted))).collect()
}

/// Whom an incident was given to.
fn went_to(event: &IncidentEvent, context: Context<'_>) -> Option<Line> {
    let is_given = matches!(event.kind, EventKind::Escalated | EventKind::Reassigned);
    is_given.then(|| names(&event.incident.assignees, context.ignored, context.language.words())).flatten()
}

/// What to do about it, if the event calls somebody.
fn workaround(event: &IncidentEvent, context: Context<'_>) -> Option<Line> {
    let words = context.language.words();
    let Runbook { workaround, link, .. } = context.runbook.filter(|_| event.kind.calls_somebody())?;
    let line = Line::own(words.workaround);
    match (workaround, link) {
        (Some(workaround), Some(link)) => Some(line.named(Label::Foreign(workaround.clone()), link)),
        (Some(workaround), None) => Some(line.foreign(workaround)),
        (None, Some(link)) => Some(Line::default().named(Label::Own(words.runbook.into()), link)),
        (None, None) => None,
    }
}

/// A page of whoever sent it.
fn page(origin: Origin, link: &Link, words: &Words) -> Line {
    let label = if origin.is_a_script() { words.details } else { origin.label() };
    Line::default().named(Label::Own(label.into()), link)
}

/// The reason for a decision, in one sentence.
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

fn unreadable_line(origin: Origin, unreadable: &Unreadable, words: &Words) -> Line {
    let (before, after) = (words.unreadable)(origin);
    Line::own(before).foreign(&unreadable.delivery).and(after).and((words.illegible)(unreadable.why))
}

/// Warnings: what is wrong with the rotation, its copy or the delivery.
fn warnings(decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let reason = &decision.reason;
    let mut lines = Vec::new();
    // More of them, each with a link, would leave no room for the alert.
    const MOST: usize = 5;
    let mut findings: Vec<_> = reason.findings.iter().take(MOST).map(|finding| (words.finding)(finding)).collect();
    if reason.findings.len() > MOST {
        findings.push(Line::own((words.and_more)(&(reason.findings.len() - MOST).to_string())));
    }
    match reason.rule {
        Rule::RotationGap => {
            lines.push(Line::joined(vec![Line::own(words.gap), Line::joined(findings, words.comma)], ""))
        }
        Rule::WorkingHours | Rule::Drill if !findings.is_empty() => {
            lines.push(Line::joined(vec![Line::own("⚠️ "), Line::joined(findings, words.comma)], ""));
        }
        Rule::RotationUnreadable | Rule::Drill => {
            let before = if reason.rule == Rule::Drill { "⚠️ " } else { words.rotation_unreadable };
            let why = reason.unreadable.as_ref().map(words.workbook);
            lines.extend(why.map(|why| Line::joined(vec![Line::own(before), why], "")));
        }
        Rule::HeldByNobody => lines.push(Line::own(words.held_by_nobody)),
        Rule::OverAlready => lines.push(Line::own(words.over_already)),
        _ => {}
    }
    let asked = matches!(reason.rule, Rule::WorkingHours | Rule::RotationGap | Rule::MarkedNobody | Rule::WentTo);
    if let (Some(read_at), true) = (context.rotation_read_at, asked) {
        let age = reason.posted.local.with_timezone(&Utc) - read_at;
        if age > OLD_COPY {
            lines.push(Line::own((words.old_copy)(&(words.duration)(age))));
        }
    }
    lines.extend(context.notice.map(|notice| Line::own((words.notice)(notice))));
    lines
}
