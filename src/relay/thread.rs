//! An incident's messages in one chat: the first opens a thread and is kept up to date, the others follow it.
//!
//! A message is posted and settled before anything else is done. Without threads in the chat, all messages are alike. If the
//! first message is gone, another takes its place.

use crate::chat::delivery::{Outlet, post_patiently};
use crate::chat::{ChatError, Form, PostId, Rendered};
use crate::domain::destination::Destination;
use crate::domain::incident::{EventKind, IncidentEvent, State};
use crate::domain::message::{Language, Line, Span, status};
use crate::domain::seen::ThreadLinks;
use crate::domain::text::Link;
use crate::ledger::incident::{KnownIncident, Opening};
use crate::ledger::{FirstPost, Ledger};
use crate::relay::post::{Accepted, Message, Said};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// The most that bringing the first message up to date may take.
const UPDATE: Duration = Duration::from_millis(1_000);

/// The most that asking where a thread opens may take: what was posted is settled after it.
const LINK: Duration = Duration::from_millis(300);

/// The incident's status now, for its first message.
#[derive(Debug, Clone)]
pub struct StatusUpdate {
    /// Replaces the verb in the headline.
    pub headline: Span,
    /// The last line.
    pub status: Line,
    pub language: Language,
}

/// The first message of an incident in a chat, as the ledger knows it.
pub fn first_message(known: Option<&KnownIncident>, outlet: Outlet<'_>) -> Option<PostId> {
    known?.threads.get(&outlet.place).filter(|post| !post.is_empty()).cloned().map(PostId)
}

/// The first message of an incident in a chat, if it is not known where it opens there.
pub fn unlinked(known: Option<&KnownIncident>, outlet: Outlet<'_>) -> Option<PostId> {
    let first = first_message(known, outlet)?;
    let links = known.and_then(|known| known.links.get(&outlet.place));
    links.is_none_or(|links| links.home != outlet.chat.home()).then_some(first)
}

/// Where the first message opens. It is asked when another one has followed it, as the chat then takes calls; without an answer the
/// next one asks again.
pub async fn link(outlet: Outlet<'_>, first: &PostId) -> Option<Link> {
    let chat = outlet.chat.name();
    let link = outlet.chat.link(first, Instant::now() + LINK).await;
    link.inspect_err(|error| tracing::info!(chat, "where a thread opens is not known: {error}")).ok().flatten()
}

/// What there is to keep of where an incident's thread opens in a chat: that, if the chat has just told, and the note that was just
/// posted in it.
pub fn links(
    known: Option<&KnownIncident>,
    event: &IncidentEvent,
    told: Option<Link>,
    (outlet, accepted): (Outlet<'_>, &Accepted),
) -> Option<Box<(Destination, ThreadLinks)>> {
    // What was to follow it may have become the beginning of another thread.
    let first = accepted.thread.as_ref()?;
    let (known, home, is_news) = (known?, outlet.chat.home(), told.is_some());
    let links = match told {
        Some(thread) => ThreadLinks { home, thread, note: None },
        None => known.links.get(&outlet.place).filter(|links| links.home == home)?.clone(),
    };
    let note =
        is_of_the_end(event, known).then(|| outlet.chat.link_of_reply(&links.thread, first, &accepted.post)).flatten();
    let is_news = is_news || note.is_some();
    is_news.then(|| Box::new((outlet.place, ThreadLinks { note: note.or(links.note), ..links })))
}

/// Whether it is a note about how the incident was resolved. PagerDuty sends one that was written while resolving with these
/// words, perhaps before it says that it is resolved.
fn is_of_the_end(event: &IncidentEvent, known: &KnownIncident) -> bool {
    const WRITTEN_WHILE_RESOLVING: &str = "Resolution Note:";
    let says_so = || event.details.quote.first().is_some_and(|line| line.as_str().starts_with(WRITTEN_WHILE_RESOLVING));
    event.kind == EventKind::Annotated && (known.state == Some(State::Resolved) || says_so())
}

/// What there is to keep of a message that a chat has accepted, if it is the first one.
pub fn begun_by(message: &Message<'_>, accepted: &Accepted) -> Option<FirstPost> {
    if accepted.thread.is_some() || accepted.post.0.is_empty() {
        return None;
    }
    let first = first_post(message.outlet, accepted.rendered(message), &accepted.post);
    Some(FirstPost { instead_of: message.thread.clone().map(|post| post.0), ..first })
}

fn first_post(outlet: Outlet<'_>, rendered: &Rendered, post: &PostId) -> FirstPost {
    let opening = match (&rendered.verb, &rendered.status) {
        (Some(verb), Some(_)) if outlet.chat.keeps_up_to_date() => {
            Some(Opening { text: rendered.text.clone(), verb: verb.clone() })
        }
        _ => None,
    };
    FirstPost { place: outlet.place, post: post.0.clone(), opening, instead_of: None }
}

/// Brings the first message up to date, after another one has followed it. If it is gone, the other one takes its place.
pub async fn update(
    ledger: &Ledger,
    incident: &KnownIncident,
    (message, accepted): (&Message<'_>, &Accepted),
    first: &PostId,
    status_update: &StatusUpdate,
    deadline: Instant,
    now: DateTime<Utc>,
) {
    let place = message.outlet.place.name();
    let Err(error) = change(ledger, incident, message.outlet, first, status_update, deadline).await else { return };
    if !matches!(error, ChatError::Gone { .. }) {
        tracing::warn!(incident = %incident.id, place, "the first message is not up to date: {error}");
        return;
    }
    tracing::info!(incident = %incident.id, place, "{error}; another message begins a new thread");
    let forgotten = FirstPost {
        place: message.outlet.place,
        post: String::new(),
        opening: None,
        instead_of: Some(first.0.clone()),
    };
    // What was shown in the channel has been seen there; another reply is in a thread without a beginning.
    if accepted.rendered(message).is_in_channel() {
        return ledger.keep_first(&incident.id, &forgotten, now).await;
    }
    let whole = message.whole.as_deref().map(|whole| {
        // If it was to mention somebody, the chat has refused that.
        let is_plainer = message.rendered.pings;
        if is_plainer { whole.without_mention(message.language) } else { Said { to: None, ..whole.clone() } }
    });
    let written = whole.as_ref().map(|whole| message.outlet.chat.write(whole));
    let mut rendered = written.as_ref().unwrap_or_else(|| accepted.rendered(message));
    let mut posted = post_patiently(message.outlet.chat, rendered, None, deadline, Duration::ZERO).await;
    let plain;
    if let (Err(ChatError::Form { form: Form::Layout, .. }), Some(whole)) = (&posted, &whole) {
        plain = message.outlet.chat.write(&whole.without_layout());
        rendered = &plain;
        posted = post_patiently(message.outlet.chat, rendered, None, deadline, Duration::ZERO).await;
    }
    match posted {
        Ok(post) => {
            let again = FirstPost { instead_of: Some(first.0.clone()), ..first_post(message.outlet, rendered, &post) };
            ledger.keep_first(&incident.id, &again, now).await;
        }
        Err(error) => {
            tracing::warn!(incident = %incident.id, place, "no new thread is begun: {error}");
            ledger.keep_first(&incident.id, &forgotten, now).await;
        }
    }
}

/// Brings the first message up to date with what somebody has pressed, which is told later.
pub async fn refresh(
    ledger: &Ledger,
    incident: &KnownIncident,
    outlet: Outlet<'_>,
    status_update: &StatusUpdate,
    deadline: Instant,
) -> Result<(), ChatError> {
    match first_message(Some(incident), outlet) {
        Some(first) => change(ledger, incident, outlet, &first, status_update, deadline).await,
        None => Ok(()),
    }
}

/// Changes the first message, with a second try if the chat was not available.
async fn change(
    ledger: &Ledger,
    incident: &KnownIncident,
    outlet: Outlet<'_>,
    first: &PostId,
    status_update: &StatusUpdate,
    deadline: Instant,
) -> Result<(), ChatError> {
    let Outlet { place, chat } = outlet;
    if !chat.keeps_up_to_date() {
        return Ok(());
    }
    let Some(Opening { text, verb }) = ledger.opening(incident, place).await else {
        return Ok(());
    };
    let opening =
        Rendered { text, verb: Some(verb), status: None, pings: false, is_for_all: false, buttons: Vec::new() };
    let StatusUpdate { headline, status, language } = status_update;
    let buttons = match (chat.offered(), incident.status()) {
        (Some(offered), Some(now)) => {
            status::buttons(status::FIRST, &now, &incident.id, incident.tag().as_ref(), offered, *language)
        }
        _ => Vec::new(),
    };
    let rendered = chat.restate(&opening, headline, status, buttons);
    let update = || chat.update(first, &rendered, deadline.min(Instant::now() + UPDATE));
    match update().await {
        Err(ChatError::Unavailable { .. } | ChatError::Unclear { .. } | ChatError::Lost { .. }) => update().await,
        updated => updated,
    }
}
