//! What is known of an incident as a row, and back.

mod links;

use super::{OPEN, STATE};
use crate::domain::destination::Destination;
use crate::domain::few::Few;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::incident::{IncidentId, IncidentNumber, Person, State, Taker};
use crate::domain::seen::{Earlier, End};
use crate::domain::text::Foreign;
use crate::ledger::deliveries::LONGEST_POSITION;
use crate::ledger::incident::{Call, Edition, KnownIncident, Last, Opening, ReportedBy, Resolution, Turn};
use crate::ledger::presses::Pressed;
use crate::store::item::{Item, cut, written};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::collections::BTreeMap;

const KEEP: TimeDelta = TimeDelta::days(90);

pub fn partition(id: &IncidentId) -> String {
    format!("incident#{id}")
}

/// The row of an incident.
pub fn row(known: &KnownIncident, rev: u64, now: DateTime<Utc>) -> Item {
    let opened_at = known.opened_at.trunc_subsecs(3);
    let named = |(place, text): (&Destination, &String)| (place.name().to_owned(), text.clone());
    let mut item = Item::new(partition(&known.id), STATE, KEEP, now)
        .with_number("rev", rev)
        .with_instant("opened_at", opened_at)
        .with_flag("has_begun", known.has_begun)
        .with_instant("changed_at", known.changed_at)
        .with_texts("threads", known.threads.iter().map(named));
    if known.edition == Edition::Second {
        item = item.with_number("edition", 2);
    }
    if let Some(fingerprint) = &known.fingerprint {
        item = item.with_text("fingerprint", fingerprint.as_str());
    }
    if let Some(told_at) = known.told_at {
        item = item.with_instant("told_at", told_at);
    }
    if let Some(first_at) = known.first_at {
        item = item.with_instant("first_at", first_at);
    }
    if known.by_itself {
        item = item.with_flag("by_itself", true);
    }
    if !known.links.is_empty() {
        let links = known.links.iter().map(|(place, links)| (place.name().to_owned(), links::to_text(links)));
        item = item.with_texts("links", links);
    }
    if !known.openings.is_empty() {
        let text = |opening: &Opening| format!("{}-{} {}", opening.verb.start, opening.verb.end, opening.text);
        let openings = known.openings.iter().map(|(place, opening)| (place.name().to_owned(), text(opening)));
        item = item.with_texts("openings", openings);
    }
    if !known.told.is_empty() {
        let told = known.told.iter().map(|((place, turn), (at, by))| {
            (format!("{} {}", place.name(), turn.name()), format!("{at} {}", by.name()))
        });
        item = item.with_texts("told", told);
    }
    if known.begins_apart {
        item = item.with_flag("begins_apart", true);
    }
    if !known.begins.is_empty() {
        let begins = known.begins.iter().map(|(place, until)| (place.name().to_owned(), written(*until)));
        item = item.with_texts("begins", begins);
    }
    if !known.last.is_empty() {
        let last = known.last.iter().map(|(place, Last { at, what, key })| {
            (place.name().to_owned(), format!("{} {what} {key}", at.timestamp_millis()))
        });
        item = item.with_texts("last", last);
    }
    let Few { first: holders, more } = &known.holders;
    if !holders.is_empty() {
        let name = |person: &Person| (person.id.clone(), person.name.as_str().to_owned());
        item = item.with_texts("holders", holders.iter().filter(|person| !person.id.is_empty()).map(name));
    }
    let taker = |Taker { who, since }: &Taker| (who.id.clone(), format!("{} {}", since.timestamp_millis(), who.name));
    if !known.takers.is_empty() {
        item = item.with_texts("takers", known.takers.iter().map(taker));
    }
    if !known.stays.is_empty() {
        item = item.with_texts("stays", known.stays.iter().map(taker));
    }
    if let Some(call) = &known.call {
        item = item.with_text("call", call.to_text());
    }
    if let Some(resolution) = &known.resolution {
        item = item.with_text("resolution", resolution.to_text());
    }
    if let Some(ends_at) = known.shift_ends_at {
        item = item.with_instant("shift_ends_at", ends_at);
    }
    if !known.presses.is_empty() {
        let pressed = |(id, pressed): (&String, &Pressed)| {
            (id.clone(), format!("{} {}", pressed.at.timestamp_millis(), pressed.note))
        };
        item = item.with_texts("presses", known.presses.iter().map(pressed));
    }
    if let Some(created_at) = known.created_at.filter(|_| !known.has_begun) {
        item = item.with_instant("created_at", created_at);
    }
    if *more > 0 {
        item = item.with_number("more_holders", *more as u64);
    }
    if let Some(number) = known.number {
        item = item.with_number("number", number.0);
    }
    for (name, text) in [("title", &known.title), ("service", &known.service)] {
        if let Some(text) = text {
            item = item.with_text(name, text.as_str());
        }
    }
    if let Some(state) = known.state {
        item = item.with_text("state", name(state));
    }
    if known.is_open() {
        let position = format!("{}#{}", written(opened_at), cut(&known.id.0, LONGEST_POSITION));
        item = item.with_text("gsi_pk", OPEN).with_text("gsi_sk", position);
    }
    item
}

/// What the index of fingerprints has of an incident. Returns `None` for a row of another version or without its times.
pub fn earlier(row: &Item) -> Option<Earlier> {
    let row = Some(row).filter(|row| row.is_known())?;
    let id = IncidentId(row.text("pk")?.strip_prefix("incident#")?.to_owned());
    let number = row.number("number").map(IncidentNumber);
    let (opened_at, changed_at) = (row.instant("opened_at")?, row.instant("changed_at")?);
    let began_at = row.instant("created_at").or_else(|| row.flag("has_begun")?.then_some(opened_at));
    let end = match row.text("state").and_then(state) {
        Some(State::Resolved) if row.flag("by_itself") == Some(true) => End::ByItself,
        Some(State::Resolved) => holders(row).first.into_iter().next().map_or(End::NotSaid, End::By),
        Some(State::Triggered | State::Acknowledged) | None => End::NotYet,
    };
    Some(Earlier {
        tag: number.map(IncidentNumber::tag).or_else(|| id.tag()),
        id,
        opened_at,
        took: began_at.filter(|_| end != End::NotYet).map(|began_at| changed_at - began_at),
        end,
        links: by_place(row, "links", links::from_text),
    })
}

/// Returns `None` for a row of another version or without its times.
pub fn known(row: &Item) -> Option<KnownIncident> {
    if !row.is_known() {
        return None;
    }
    Some(KnownIncident {
        id: IncidentId(row.text("pk")?.strip_prefix("incident#")?.to_owned()),
        number: row.number("number").map(IncidentNumber),
        title: row.text("title").and_then(Foreign::line),
        service: row.text("service").and_then(Foreign::line),
        fingerprint: row.text("fingerprint").map(Fingerprint::from_text),
        state: row.text("state").and_then(state),
        holders: holders(row),
        by_itself: row.flag("by_itself").unwrap_or_default(),
        takers: takers(row, "takers"),
        stays: takers(row, "stays"),
        call: row.text("call").and_then(Call::from_text),
        resolution: row.text("resolution").and_then(Resolution::from_text),
        shift_ends_at: row.instant("shift_ends_at"),
        presses: row.texts("presses").iter().filter_map(|(id, text)| Some((id.clone(), pressed(text)?))).collect(),
        opened_at: row.instant("opened_at")?,
        first_at: row.instant("first_at"),
        created_at: row.instant("created_at"),
        has_begun: row.flag("has_begun").unwrap_or_default(),
        changed_at: row.instant("changed_at")?,
        told_at: row.instant("told_at"),
        threads: by_place(row, "threads", |text| Some(text.to_owned())),
        links: by_place(row, "links", links::from_text),
        openings: by_place(row, "openings", opening),
        told: row.texts("told").iter().filter_map(|(whom, what)| told(whom, what)).collect(),
        begins_apart: row.flag("begins_apart").unwrap_or_default(),
        begins: by_place(row, "begins", |text| text.parse().ok()),
        last: by_place(row, "last", last),
        edition: if row.number("edition") == Some(2) { Edition::Second } else { Edition::First },
    })
}

fn holders(row: &Item) -> Few<Person> {
    let more = row.number::<u64>("more_holders").unwrap_or_default();
    let first: Few<_> = row.texts("holders").iter().filter_map(|(id, name)| person(id, name)).collect();
    first.and_more(usize::try_from(more).unwrap_or(usize::MAX))
}

fn takers(row: &Item, name: &str) -> Vec<Taker> {
    let taker = |(id, text): &(String, String)| {
        let (since, name) = text.split_once(' ')?;
        Some(Taker { who: person(id, name)?, since: DateTime::from_timestamp_millis(since.parse().ok()?)? })
    };
    let mut takers: Vec<_> = row.texts(name).iter().filter_map(taker).collect();
    takers.sort_by_key(|taker| taker.since);
    takers
}

/// `1795485720123 佐藤 が対応します …`
fn pressed(text: &str) -> Option<Pressed> {
    let (at, note) = text.split_once(' ')?;
    Some(Pressed { at: DateTime::from_timestamp_millis(at.parse().ok()?)?, note: note.to_owned() })
}

fn by_place<T>(row: &Item, name: &str, read: impl Fn(&str) -> Option<T>) -> BTreeMap<Destination, T> {
    let texts = row.texts(name).iter();
    texts.filter_map(|(place, text)| Some((Destination::from_name(place)?, read(text)?))).collect()
}

/// `7-13 🔥 …`
fn opening(text: &str) -> Option<Opening> {
    let (verb, text) = text.split_once(' ')?;
    let (start, end) = verb.split_once('-')?;
    Some(Opening { text: text.to_owned(), verb: start.parse().ok()?..end.parse().ok()? })
}

/// `1795485720123 0f1e2d3c4b5a6978 events:…`
fn last(text: &str) -> Option<Last> {
    let (at, text) = text.split_once(' ')?;
    let (what, key) = text.split_once(' ')?;
    let at = DateTime::from_timestamp_millis(at.parse().ok()?)?;
    Some(Last { at, what: what.to_owned(), key: key.to_owned() })
}

/// `primary triggered`, `1795485720 webhook`
fn told(whom: &str, what: &str) -> Option<((Destination, Turn), (i64, ReportedBy))> {
    let (place, turn) = whom.split_once(' ')?;
    let (opened_at, by) = what.split_once(' ')?;
    let turn = [Turn::Triggered, Turn::Resolved].into_iter().find(|known| known.name() == turn)?;
    let by = ReportedBy::from_name(by)?;
    Some(((Destination::from_name(place)?, turn), (opened_at.parse().ok()?, by)))
}

fn person(id: &str, name: &str) -> Option<Person> {
    Some(Person { id: id.to_owned(), name: Foreign::line(name)? })
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

#[cfg(test)]
mod tests;
