//! The log's error lines, which have alarms.

use crate::pagerduty::key_of;
use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use toban::domain::incident::EventKey;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The keys of events of which an error line says that the ledger does not know them.
#[derive(Debug, Clone, Default)]
pub struct Alarms(Arc<Mutex<BTreeSet<String>>>);

impl Alarms {
    pub fn unrecorded(&self) -> BTreeSet<String> {
        self.0.lock().expect("no panic before").clone()
    }
}

#[derive(Default)]
struct Line {
    event: String,
    is_unrecorded: bool,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "event" {
            write!(self.event, "{value:?}").expect("a string takes everything");
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.is_unrecorded |= value && ["unclaimed", "uncompleted"].contains(&field.name());
    }
}

impl Subscriber for Alarms {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        if line.is_unrecorded {
            self.0.lock().expect("no panic before").insert(key_of(&EventKey(line.event)));
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
