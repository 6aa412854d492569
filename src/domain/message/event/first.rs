//! The whole of an event: the first message of an incident, or any where there are no threads.

use super::changes::{changes, time};
use super::sentence::{happened, quote};
use super::{Context, agent, workaround};
use crate::domain::incident::{EventKind, IncidentEvent};
use crate::domain::message::{Line, Span, Words, service_level, status};
use crate::domain::policy::Decision;
use crate::domain::text::Foreign;

/// Headline, circumstances, quote and what it means.
pub(super) fn lines(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    // A first message is kept up to date, so what is not the beginning stands below how the incident is.
    let standing = context.status.filter(|_| context.is_kept_up_to_date && !event.kind.opens());
    let mut lines = match standing {
        Some(status) => {
            // What the job is called is said below.
            let title = event.incident.title.as_ref();
            let heading = headline(event, status::headline(status, context.language), title, words);
            let circumstances = circumstances(event, words);
            let circumstances = (!circumstances.is_empty()).then(|| Line::joined(circumstances, " · "));
            let happened = happened(event, false, decision, context);
            [heading].into_iter().chain(circumstances).chain([happened]).collect()
        }
        // That names the incident itself.
        None if event.kind.is_of_the_shift() => {
            let title = event.incident.title.as_ref().map(|title| Line::default().foreign(title));
            [happened(event, false, decision, context)].into_iter().chain(title).collect()
        }
        None if event.kind.is_ours() => {
            let (icon, verb) = (words.kind)(&event.kind);
            let verb = Span::Verb(format!("{icon} {verb}").into());
            vec![headline(event, verb, event.incident.title.as_ref(), words), happened(event, false, decision, context)]
        }
        None => {
            let (icon, verb) = (words.kind)(&event.kind);
            let verb = match event.kind {
                EventKind::Ping => (words.ping)(event.origin.label()),
                _ => verb.to_owned(),
            };
            // A job's title is its own name, not its incident's.
            let title = if event.kind.is_about_a_job() { &event.details.subject } else { &event.incident.title };
            let heading = headline(event, Span::Verb(format!("{icon} {verb}").into()), title.as_ref(), words);
            let mut parts = if event.kind.opens() { circumstances(event, words) } else { Vec::new() };
            parts.extend(who(event, context));
            parts.extend(changes(event, context));
            parts.push(time(event, decision, words));
            vec![heading, Line::joined(parts, " · ")]
        }
    };
    lines.extend(service_level::sentence(event, decision, context));
    lines.extend(super::escalation(event, decision, context));
    lines.extend(quote(event, words));
    let meaning = context.runbook.filter(|_| event.kind.calls_somebody()).and_then(|runbook| runbook.meaning.as_ref());
    lines.extend(meaning.map(|meaning| Line::own(words.meaning).foreign(meaning)));
    lines
}

/// The links of the message, in a line: what to do, and the incident's page.
pub(super) fn links(event: &IncidentEvent, context: Context<'_>) -> Option<Line> {
    let page = event.incident.link.as_ref().map(|link| super::page(event.origin, link, context.language.words()));
    let parts: Vec<_> = workaround(event, context).into_iter().chain(page).collect();
    (!parts.is_empty()).then(|| Line::joined(parts, " · "))
}

fn headline(event: &IncidentEvent, verb: Span, title: Option<&Foreign>, words: &Words) -> Line {
    let incident = &event.incident;
    let mut headline = Line(vec![verb]);
    if let Some(tag) = incident.tag() {
        headline = headline.and(" ");
        headline.0.push(Span::Tag(tag));
    }
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
    headline
}

/// Service, urgency and priority.
fn circumstances(event: &IncidentEvent, words: &Words) -> Vec<Line> {
    let incident = &event.incident;
    let service = incident.service.as_ref().map(|service| Line::default().foreign(service));
    let urgency = incident.urgency.map(|urgency| Line::own((words.urgency)(urgency)));
    let priority = incident.priority.as_ref().map(|priority| Line::default().foreign(priority));
    [service, urgency, priority].into_iter().flatten().collect()
}

/// Who did it, and whom it went to.
fn who(event: &IncidentEvent, context: Context<'_>) -> Vec<Line> {
    let words = context.language.words();
    let to = super::went_to(event, context).map(|to| Line::joined(vec![Line::own("→ "), to], ""));
    let by = match agent(event, context) {
        _ if event.kind == EventKind::Ping => None,
        Some(agent) => Some(Line::own(words.by.0).foreign(&agent.name).and(words.by.1)),
        None if super::says_nobody(event) => None,
        None => Some(Line::own(words.automatically)),
    };
    by.into_iter().chain(super::closing(event, context)).chain(to).collect()
}
