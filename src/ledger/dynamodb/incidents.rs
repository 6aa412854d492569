//! What is known of each incident: one row, in the index while the incident is open.

use super::items::{Condition, Item, cut, written};
use super::{BY_STATE, Down, DynamoDb, Next, Written};
use crate::domain::incident::{IncidentEvent, IncidentId, IncidentNumber, Person, State};
use crate::domain::text::Foreign;
use crate::ledger::incident::{KnownIncident, Opening};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);
/// An event that tells nothing new moves the row's end only when that is so much nearer than it would be.
const REFRESH: TimeDelta = TimeDelta::days(1);
/// How often a change is tried when others change the same incident at the same time.
const TRIES: u32 = 4;
/// A title is shown in one line; what is longer than this many bytes is cut.
const LONGEST: usize = 1_024;
/// More people than this are not named.
const MOST_HOLDERS: usize = 10;
const STATE: &str = "state";
const OPEN: &str = "open";

impl DynamoDb {
    /// What is known of the incident, with what the event tells of it. Events may come in any order, and at once.
    pub async fn introduce(
        &self,
        id: IncidentId,
        event: &IncidentEvent,
        now: DateTime<Utc>,
    ) -> Result<KnownIncident, Down> {
        let learn = |known: Option<KnownIncident>| {
            let mut known = known.unwrap_or_else(|| KnownIncident::new(id.clone(), event.occurred_at));
            known.learn(event);
            known
        };
        self.limited(self.change(&id, learn, now)).await
    }

    /// Keeps the first post about an incident in a place, whatever else is known of the incident.
    pub async fn keep_thread(&self, id: &IncidentId, place: &str, post: &str, now: DateTime<Utc>) -> Result<(), Down> {
        let thread = |known: Option<KnownIncident>| {
            let mut known = known.unwrap_or_else(|| KnownIncident::new(id.clone(), now));
            known.threads.insert(place.to_owned(), post.to_owned());
            known
        };
        self.limited(self.change(id, thread, now)).await.map(|_| ())
    }

    /// Keeps what the first post in a place said.
    pub async fn keep_opening(
        &self,
        id: &IncidentId,
        place: &str,
        opening: &Opening,
        now: DateTime<Utc>,
    ) -> Result<(), Down> {
        let item = Item::new(partition(id), opening_key(place), KEEP, now)
            .with_text("text", &opening.text)
            .with_number("verb_start", opening.verb.start)
            .with_number("verb_end", opening.verb.end);
        self.limited(self.put(item, Condition::none())).await.map(|_| ())
    }

    /// What the first post in a place said.
    pub async fn opening(&self, id: &IncidentId, place: &str) -> Result<Option<Opening>, Down> {
        let row = self.limited(self.read(&partition(id), &opening_key(place))).await?;
        Ok(row.filter(Item::is_known).and_then(|row| {
            let (start, end) = (row.number("verb_start")?, row.number("verb_end")?);
            Some(Opening { text: row.text("text")?.to_owned(), verb: start..end })
        }))
    }

    /// The incident of that id.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<KnownIncident>, Down> {
        self.limited(async { Ok(self.read(&partition(id), STATE).await?.as_ref().and_then(known)) }).await
    }

    /// Incidents that are not over, the oldest first. One that was opened or resolved a moment ago may be missing or be
    /// there still.
    pub async fn open_incidents(&self) -> Result<Vec<KnownIncident>, Down> {
        let condition = Condition::new("#gsi_pk = :open").with_text(":open", OPEN);
        let rows = self.limited(self.query_index(BY_STATE, condition)).await?;
        Ok(rows.iter().filter_map(known).filter(is_open).collect())
    }

    /// Changes an incident's row in steps that see each other: a change is written only over what it was made from.
    async fn change(
        &self,
        id: &IncidentId,
        change: impl Fn(Option<KnownIncident>) -> KnownIncident,
        now: DateTime<Utc>,
    ) -> Result<KnownIncident, Down> {
        for _ in 0..TRIES {
            let row = self.read(&partition(id), STATE).await?;
            let before = row.as_ref().and_then(known);
            let after = rounded(change(before.clone()));
            let (condition, rev) = match &row {
                Some(row) if before.as_ref() == Some(&after) && !is_near_its_end(row, now) => return Ok(after),
                Some(row) => (Condition::unchanged(row, &["v", "rev"]), row.number::<u64>("rev").unwrap_or(0)),
                None => (Condition::absent(), 0),
            };
            if let Written::Done = self.put(item(&after, rev.wrapping_add(1), now), condition).await? {
                return Ok(after);
            }
        }
        Err(Down::new("others kept changing the same incident", Next::Try))
    }
}

fn partition(id: &IncidentId) -> String {
    format!("incident#{id}")
}

fn opening_key(place: &str) -> String {
    format!("opening#{place}")
}

/// The incident as its row can hold it: people in the order of their ids, and no more than are worth naming.
fn rounded(mut known: KnownIncident) -> KnownIncident {
    known.holders.sort_by(|one, other| one.id.cmp(&other.id));
    known.holders.dedup_by(|one, other| one.id == other.id);
    known.holders.truncate(MOST_HOLDERS);
    let short = |text: Option<Foreign>| text.and_then(|text| Foreign::line(cut(text.as_str(), LONGEST)));
    KnownIncident {
        title: short(known.title),
        service: short(known.service),
        opened_at: known.opened_at.trunc_subsecs(3),
        changed_at: known.changed_at.trunc_subsecs(3),
        ..known
    }
}

fn is_open(known: &KnownIncident) -> bool {
    matches!(known.state, Some(State::Triggered | State::Acknowledged))
}

fn is_near_its_end(row: &Item, now: DateTime<Utc>) -> bool {
    let end = now.timestamp().saturating_add((KEEP - REFRESH).num_seconds());
    row.number::<i64>("expires_at").is_none_or(|at| at < end)
}

/// The row of an incident.
fn item(known: &KnownIncident, rev: u64, now: DateTime<Utc>) -> Item {
    let mut item = Item::new(partition(&known.id), STATE, KEEP, now)
        .with_number("rev", rev)
        .with_instant("opened_at", known.opened_at)
        .with_flag("has_begun", known.has_begun)
        .with_instant("changed_at", known.changed_at)
        .with_texts("threads", &known.threads);
    if !known.holders.is_empty() {
        let name = |person: &Person| (person.id.clone(), person.name.as_str().to_owned());
        item = item.with_texts("holders", &known.holders.iter().map(name).collect());
    }
    if let Some(number) = known.number {
        item = item.with_number("number", number.0);
    }
    if let Some(title) = &known.title {
        item = item.with_text("title", title.as_str());
    }
    if let Some(service) = &known.service {
        item = item.with_text("service", service.as_str());
    }
    if let Some(state) = known.state {
        item = item.with_text("state", name(state));
    }
    if is_open(known) {
        let place = format!("{}#{}", written(known.opened_at), known.id);
        item = item.with_text("gsi_pk", OPEN).with_text("gsi_sk", place);
    }
    item
}

/// The incident of a row; `None` for a row of another version or without its times.
fn known(row: &Item) -> Option<KnownIncident> {
    if !row.is_known() {
        return None;
    }
    Some(KnownIncident {
        id: IncidentId(row.text("pk")?.strip_prefix("incident#")?.to_owned()),
        number: row.number("number").map(IncidentNumber),
        title: row.text("title").and_then(Foreign::line),
        service: row.text("service").and_then(Foreign::line),
        state: row.text("state").and_then(state),
        holders: row.texts("holders").into_iter().filter_map(|(id, name)| person(id, &name)).collect(),
        opened_at: row.instant("opened_at")?,
        has_begun: row.flag("has_begun").unwrap_or_default(),
        changed_at: row.instant("changed_at")?,
        threads: row.texts("threads"),
    })
}

fn person(id: String, name: &str) -> Option<Person> {
    Some(Person { id, name: Foreign::line(name)? })
}

fn name(state: State) -> &'static str {
    match state {
        State::Triggered => "triggered",
        State::Acknowledged => "acknowledged",
        State::Resolved => "resolved",
    }
}

fn state(word: &str) -> Option<State> {
    [State::Triggered, State::Acknowledged, State::Resolved].into_iter().find(|state| name(*state) == word)
}
