//! An event in the thread of its incident, whose first message says the rest.

use super::Context;
use super::sentence::{happened, quote};
use crate::domain::incident::IncidentEvent;
use crate::domain::message::{Line, Span, service_level};
use crate::domain::policy::{Decision, Mention};

/// One line with the tag. What mentions somebody is shown in the channel as well, and says what it is about and what to do.
pub(super) fn lines(event: &IncidentEvent, decision: &Decision, context: Context<'_>) -> Vec<Line> {
    let is_short = decision.mention == Mention::Nobody;
    let mut line = happened(event, is_short, decision, context);
    // A job and a script have a page of their own for each run.
    if is_short && (event.kind.is_about_a_job() || event.origin.is_a_script()) {
        let page = event.incident.link.as_ref().map(|link| super::page(event.origin, link, context.language.words()));
        line = Line::joined([line].into_iter().chain(page).collect(), " · ");
    }
    // What is said of the shift names the incident.
    let tag = event.incident.tag().filter(|_| !event.kind.is_of_the_shift()).map(|tag| Line(vec![Span::Tag(tag)]));
    if is_short {
        let line = Line::joined([line].into_iter().chain(tag).collect(), " · ");
        let service_level = service_level::sentence(event, decision, context);
        return [line].into_iter().chain(service_level).chain(super::escalation(event, decision, context)).collect();
    }
    let title = event.incident.title.as_ref().map(|title| Line::default().foreign(title));
    let about: Vec<_> = tag.into_iter().chain(title).collect();
    let about = (!about.is_empty()).then(|| Line::joined(about, " "));
    let quote = quote(event, context.language.words());
    let escalation = super::escalation(event, decision, context);
    let service_level = service_level::sentence(event, decision, context);
    [line].into_iter().chain(about).chain(service_level).chain(escalation).chain(quote).collect()
}
