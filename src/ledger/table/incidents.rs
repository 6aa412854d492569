//! What is known of each incident: one row, in the index while the incident is open.

use super::Table;
use crate::domain::incident::{IncidentEvent, IncidentId, IncidentNumber, Person, State};
use crate::domain::text::Foreign;
use crate::ledger::incident::{KnownIncident, Opening};
use crate::store::dynamodb::{Down, Written};
use crate::store::item::{Condition, Item, cut, written};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

const KEEP: TimeDelta = TimeDelta::days(90);
/// An event with no news writes the row only if that moves the row's end by at least this.
const REFRESH: TimeDelta = TimeDelta::days(1);
/// How often a change is tried while others change the same incident.
const TRIES: u32 = 4;
/// A title is shown in one line; it is cut to so many bytes.
const LONGEST: usize = 1_024;
/// More people than this are not named.
const MOST_HOLDERS: usize = 10;
const STATE: &str = "state";
const OPEN: &str = "open";
/// The index of open incidents, the oldest first.
const BY_STATE: &str = "by_state";

impl Table {
    /// What is known of the incident, with what the event adds. Events may come in any order, and at once.
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
        self.store.limited(self.change(&id, learn, now)).await
    }

    /// Keeps the first post about an incident in an outlet, whatever else is known of the incident.
    pub async fn keep_thread(&self, id: &IncidentId, outlet: &str, post: &str, now: DateTime<Utc>) -> Result<(), Down> {
        let thread = |known: Option<KnownIncident>| {
            let mut known = known.unwrap_or_else(|| KnownIncident::new(id.clone(), now));
            known.threads.insert(outlet.to_owned(), post.to_owned());
            known
        };
        self.store.limited(self.change(id, thread, now)).await.map(|_| ())
    }

    /// Keeps the text of the first post in an outlet.
    pub async fn keep_opening(
        &self,
        id: &IncidentId,
        outlet: &str,
        opening: &Opening,
        now: DateTime<Utc>,
    ) -> Result<(), Down> {
        let item = Item::new(partition(id), opening_key(outlet), KEEP, now)
            .with_text("text", &opening.text)
            .with_number("verb_start", opening.verb.start)
            .with_number("verb_end", opening.verb.end);
        self.keep(item, Condition::none()).await
    }

    /// The text of the first post in an outlet.
    pub async fn opening(&self, id: &IncidentId, outlet: &str) -> Result<Option<Opening>, Down> {
        let row = self.store.limited(self.store.read(&partition(id), &opening_key(outlet))).await?;
        Ok(row.filter(Item::is_known).and_then(|row| {
            let verb = row.number("verb_start")?..row.number("verb_end")?;
            Some(Opening { text: row.text("text")?.to_owned(), verb })
        }))
    }

    pub async fn incident(&self, id: &IncidentId) -> Result<Option<KnownIncident>, Down> {
        self.store.limited(async { Ok(self.store.read(&partition(id), STATE).await?.as_ref().and_then(known)) }).await
    }

    /// Incidents that are not resolved, the oldest first. One that was opened or resolved a moment ago may still be missing
    /// or still be here.
    pub async fn open_incidents(&self) -> Result<Vec<KnownIncident>, Down> {
        let condition = Condition::new("#gsi_pk = :open").with_text(":open", OPEN);
        let rows = self.store.limited(self.store.query_index(BY_STATE, condition)).await?;
        Ok(rows.iter().filter_map(known).filter(KnownIncident::is_open).collect())
    }

    /// Changes an incident's row. The change is written only over the row that it was made from, else it is tried again.
    async fn change(
        &self,
        id: &IncidentId,
        change: impl Fn(Option<KnownIncident>) -> KnownIncident,
        now: DateTime<Utc>,
    ) -> Result<KnownIncident, Down> {
        for _ in 0..TRIES {
            let row = self.store.read(&partition(id), STATE).await?;
            let before = row.as_ref().and_then(known);
            let after = rounded(change(before.clone()));
            let (condition, rev) = match &row {
                Some(row) if before.as_ref() == Some(&after) && !is_near_its_end(row, now) => return Ok(after),
                Some(row) => (Condition::unchanged(row, &["v", "rev"]), row.number::<u64>("rev").unwrap_or(0)),
                None => (Condition::absent(), 0),
            };
            if let Written::Done = self.store.put(item(&after, rev.wrapping_add(1), now), condition).await? {
                return Ok(after);
            }
        }
        Err(Down::for_now("others kept changing the same incident"))
    }
}

fn partition(id: &IncidentId) -> String {
    format!("incident#{id}")
}

fn opening_key(outlet: &str) -> String {
    format!("opening#{outlet}")
}

/// The incident as its row can hold it: people sorted by id, and no more than are worth naming.
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

fn is_near_its_end(row: &Item, now: DateTime<Utc>) -> bool {
    let end = now.timestamp().saturating_add((KEEP - REFRESH).num_seconds());
    row.number::<i64>("expires_at").is_none_or(|at| at < end)
}

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
    if known.is_open() {
        let position = format!("{}#{}", written(known.opened_at), known.id);
        item = item.with_text("gsi_pk", OPEN).with_text("gsi_sk", position);
    }
    item
}

/// Returns `None` for a row of another version or without its times.
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
