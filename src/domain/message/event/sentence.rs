//! An event as a sentence, and what somebody wrote about it.

use super::changes::{and_more, changes, is_late, time};
use super::{Context, agent, closing, says_nobody, unreadable_line, went_to};
use crate::domain::incident::{Details, EventKind, IncidentEvent, State, Status};
use crate::domain::message::acts::Act;
use crate::domain::message::{Line, Words, ours};
use crate::domain::policy::Decision;
use crate::domain::text::Foreign;

/// The most that a sentence shows of a note, in characters.
const SHOWN: usize = 500;
/// Lines of a note that are quoted.
const QUOTED_LINES: usize = 10;

/// What happened, in a line without the incident's own name: who did what, and when.
pub(in crate::domain::message) fn sentence(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Line {
    happened(event, true, decision, context)
}

/// `is_alone` if no other line says what it is about, nor what somebody wrote.
pub(super) fn happened(event: &IncidentEvent, is_alone: bool, decision: &Decision, context: Context<'_>) -> Line {
    let words = context.language.words();
    if let Some(unreadable) = &event.unreadable {
        return unreadable_line(event.origin, unreadable, words);
    }
    if let Some(line) = ours::sentence(event, decision, context) {
        return line;
    }
    let by = agent(event, context);
    let said = said(event).filter(|_| is_alone);
    // A script's words for what it has found are in the title, each time others; and what is not known may be a new title.
    let is_said_by_title = event.origin.is_a_script() || matches!(event.kind, EventKind::Other(_));
    let found = event.incident.title.as_ref().filter(|_| is_alone && is_said_by_title);
    let says = said.is_some() && matches!(event.kind, EventKind::Annotated | EventKind::StatusUpdatePublished);
    let act = Act {
        says,
        kind: &event.kind,
        who: by.map(|agent| &agent.name),
        to: to_oneself(event, context).then(|| Line::own(words.oneself)).or_else(|| went_to(event, context)),
        is_automatic: by.is_none() && !says_nobody(event),
    };
    let mut first = Line::own(format!("{} ", (words.kind)(&event.kind).0));
    first.0.extend((words.did)(act).0);
    // The status may be that of a later resolution.
    let is_of_this_event = |status: &&Status| (status.state, status.changed_at) == (State::Resolved, event.occurred_at);
    if event.kind == EventKind::Resolved
        && let Some(status) = context.status.filter(is_of_this_event)
        && let Some(took) = status.opened_at.map(|opened_at| status.changed_at - opened_at)
    {
        first = first.and(format!(" ({})", (words.duration)(took)));
    }
    if let (Some(said), true) = (&said, says) {
        let late = is_late(event, decision).then(|| time(event, decision, words));
        return Line::joined([first.and(": ").foreign(said)].into_iter().chain(late).collect(), " · ");
    }
    if event.kind.is_about_a_job()
        && let Some(job) = &event.details.subject
    {
        first = first.and(": ").foreign(job);
    }
    if let EventKind::Other(name) = &event.kind {
        first = first.and(" (").foreign(name).and(")");
    }
    let mut parts = vec![first];
    parts.extend(found.map(|title| Line::default().foreign(title)));
    parts.extend(closing(event, context));
    parts.extend(changes(event, context));
    parts.extend(said.map(|said| Line::default().foreign(&said)));
    parts.push(time(event, decision, words));
    Line::joined(parts, " · ")
}

fn to_oneself(event: &IncidentEvent, context: Context<'_>) -> bool {
    let assignees = &event.incident.assignees;
    matches!((agent(event, context), &assignees.first[..]), (Some(agent), [to]) if agent.is(to))
        && event.kind == EventKind::Reassigned
}

/// What somebody wrote, in one line.
fn said(event: &IncidentEvent) -> Option<Foreign> {
    let details = &event.details;
    let lines = details.alerts.first.iter().chain(&details.quote).map(Foreign::as_str);
    let text = Foreign::line(&lines.collect::<Vec<_>>().join(" "))?;
    let is_cut = details.quote_is_cut || details.alerts.more > 0;
    let cut = text.cut(SHOWN);
    if is_cut && cut == text { Foreign::line(&format!("{text}…")) } else { Some(cut) }
}

/// What somebody wrote, line by line.
pub(super) fn quote(event: &IncidentEvent, words: &Words) -> Vec<Line> {
    let Details { alerts, quote, .. } = &event.details;
    let quoted = |line| Line::own("> ").foreign(line);
    let mut lines: Vec<_> = alerts.first.iter().map(quoted).collect();
    lines.extend(and_more(alerts.more, words).map(|more| Line::joined(vec![Line::own("> "), more], "")));
    lines.extend(quote.iter().take(QUOTED_LINES).map(quoted));
    if quote.len() > QUOTED_LINES || event.details.quote_is_cut {
        lines.push(Line::own("> ").and((words.quote_is_cut)(event.origin)));
    }
    lines
}
