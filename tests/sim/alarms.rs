//! The log's errors and warnings, which have alarms.

use crate::pagerduty::Story;
use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use toban::domain::incident::EventKey;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The keys of events of which an error line says that the ledger does not know them.
#[derive(Debug, Clone, Default)]
pub struct Alarms(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    unclaimed: BTreeSet<EventKey>,
    uncompleted: BTreeSet<EventKey>,
    doubt_ended: BTreeSet<EventKey>,
    ledger_down: BTreeSet<EventKey>,
}

impl Alarms {
    /// Events that were posted without a claim: their repeats are not known as such.
    pub fn unclaimed(&self, story: &Story) -> BTreeSet<String> {
        self.0.lock().expect("no panic before").unclaimed.iter().map(|key| story.key_of(key)).collect()
    }

    /// Events that count as told, and may be nowhere.
    pub fn doubt_ended(&self, story: &Story) -> BTreeSet<String> {
        self.0.lock().expect("no panic before").doubt_ended.iter().map(|key| story.key_of(key)).collect()
    }

    /// Events of which a line says that the ledger did not answer.
    pub fn ledger_down(&self, story: &Story) -> BTreeSet<String> {
        self.0.lock().expect("no panic before").ledger_down.iter().map(|key| story.key_of(key)).collect()
    }

    /// Events of which it is not recorded that they were posted.
    pub fn uncompleted(&self, story: &Story) -> BTreeSet<String> {
        self.0.lock().expect("no panic before").uncompleted.iter().map(|key| story.key_of(key)).collect()
    }
}

#[derive(Default)]
struct Line {
    event: String,
    flags: BTreeSet<&'static str>,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "event" {
            write!(self.event, "{value:?}").expect("a string takes everything");
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if value {
            self.flags.insert(field.name());
        }
    }
}

impl Subscriber for Alarms {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let key = EventKey(line.event);
        let mut kept = self.0.lock().expect("no panic before");
        if line.flags.contains("unclaimed") {
            kept.unclaimed.insert(key.clone());
        }
        if line.flags.contains("ledger_down") {
            kept.ledger_down.insert(key.clone());
        }
        if line.flags.contains("doubt_ended") {
            kept.doubt_ended.insert(key.clone());
        }
        if line.flags.contains("uncompleted") {
            kept.uncompleted.insert(key);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
