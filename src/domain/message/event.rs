//! The message of an event.

mod changes;

use super::{Addressee, Language, Line, Message, Notice, OLD_COPY, Span, Words, status};
use crate::domain::incident::{Closing, Details, EventKind, IncidentEvent, Origin, Status, Unreadable};
use crate::domain::policy::{Decision, Ignored, Mention, Rule};
use crate::domain::runbook::Runbook;
use changes::{and_more, changes, time};
use chrono::{DateTime, TimeDelta, Utc};

/// An explanation names the event's own time if the message was posted at least this much later.
const WORTH_EXPLAINING: TimeDelta = TimeDelta::minutes(1);
/// Lines shown of a note.
const QUOTED_LINES: usize = 10;

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
}

/// The message about an event.
pub fn message(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Message {
    let words = context.language.words();
    let to = match &decision.mention {
        Mention::Nobody => None,
        Mention::OnCall(people) | Mention::Assignees(people) => Some(Addressee::People(people.clone())),
        Mention::Fallback => Some(Addressee::Fallback),
    };
    let mut lines = match &event.unreadable {
        Some(unreadable) => {
            let mut lines = vec![unreadable_line(event.origin, unreadable, words)];
            lines.extend(quote(event, words));
            lines
        }
        None => headline_and_details(event, decision, context),
    };
    lines.extend(event.missed.map(|_| Line::own(words.missed)));
    let (before, after) = words.unknown_word;
    lines.extend(event.details.unknown_word.as_ref().map(|word| Line::own(before).foreign(word).and(after)));
    lines.extend(warnings(decision, context));
    if let Some(link) = &event.incident.link {
        lines.push(Line::default().link(link));
    }
    let local = &decision.reason.posted.local;
    let status = context.status.map(|status| status::line(status, context.ignored, context.language, local));
    Message { to, lines, status }
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

/// Headline, circumstances, quote and runbook.
fn headline_and_details(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let incident = &event.incident;
    let (icon, verb) = (words.kind)(&event.kind);
    let verb = match event.kind {
        EventKind::Ping => (words.ping)(event.origin.label()),
        _ => verb.to_owned(),
    };
    let mut headline = Line(vec![Span::Verb(format!("{icon} {verb}").into())]);
    if let Some(tag) = incident.tag() {
        headline = headline.and(" ");
        headline.0.push(Span::Tag(tag));
    }
    // A job's title is its own name, not its incident's.
    let title = if event.kind.is_about_a_job() { &event.details.subject } else { &incident.title };
    headline = match (title, &incident.id, &event.kind) {
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
    // PagerDuty's ids are long, and say nothing beside a tag.
    if let (Some(id), None) = (&incident.id, incident.tag()) {
        headline = headline.and(words.id.0).and(id.0.clone()).and(words.id.1);
    }
    let mut lines = vec![headline, Line::joined(details_line(event, decision, context), " · ")];
    lines.extend(quote(event, words));
    if let (Some(runbook), true) = (context.runbook, event.kind.calls_somebody()) {
        lines.extend(runbook_lines(runbook, words));
    }
    lines
}

/// What happened, in a line without the incident's own name: who did what, and when.
pub(super) fn brief(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Line {
    let words = context.language.words();
    if let Some(unreadable) = &event.unreadable {
        return unreadable_line(event.origin, unreadable, words);
    }
    let (icon, verb) = (words.kind)(&event.kind);
    let mut what = Line::own(format!("{icon} {verb}"));
    if let EventKind::Other(name) = &event.kind {
        what = what.and(" (").foreign(name).and(")");
    }
    let mut parts = vec![what];
    parts.extend(details_line(event, decision, context));
    let Details { alerts, quote, quote_is_cut, .. } = &event.details;
    let is_cut = alerts.first.len() + alerts.more + quote.len() > 1 || *quote_is_cut;
    let end = if is_cut { " …" } else { "" };
    parts.extend(alerts.first.first().or(quote.first()).map(|said| Line::default().foreign(said).and(end)));
    Line::joined(parts, " · ")
}

fn quote(event: &IncidentEvent, words: &Words) -> Vec<Line> {
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

/// Service, urgency, who did it, what it changed, and when.
fn details_line(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let incident = &event.incident;
    let mut parts = Vec::new();
    if event.kind.opens() {
        parts.extend(incident.service.as_ref().map(|service| Line::default().foreign(service)));
        parts.extend(incident.urgency.map(|urgency| Line::own((words.urgency)(urgency))));
        parts.extend(incident.priority.as_ref().map(|priority| Line::own(words.priority).foreign(priority)));
    }
    if event.kind != EventKind::Ping {
        let agent = event.agent.as_ref().filter(|agent| !context.ignored.contains(agent));
        // Somebody's name says that it was by hand, and any other reason that nobody waited for the alert to end by itself.
        let closing = event.details.closing.filter(|closing| agent.is_none() || *closing != Closing::ByHand);
        let closing = closing.map(|closing| Line::own((words.closing)(closing)));
        parts.extend(match agent {
            Some(agent) => Some(Line::own(words.by.0).foreign(&agent.name).and(words.by.1)),
            None if closing.is_some() || event.kind == EventKind::Triggered => None,
            None if event.kind.happens_by_itself() || event.origin.is_a_script() => None,
            None => Some(Line::own(words.automatically)),
        });
        parts.extend(closing);
    }
    parts.extend(changes(event, context));
    parts.push(time(event, decision, words));
    parts
}

fn runbook_lines(runbook: &Runbook, words: &Words) -> Vec<Line> {
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
        Rule::WorkingHours if !findings.is_empty() => {
            lines.push(Line::joined(vec![Line::own("⚠️ "), Line::joined(findings, words.comma)], ""));
        }
        Rule::RotationUnreadable => {
            let why = reason.unreadable.as_ref().map(words.workbook).unwrap_or_default();
            lines.push(Line::joined(vec![Line::own(words.rotation_unreadable), why], ""));
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
