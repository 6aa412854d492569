//! What a body may cost: bounded for each byte of it and each event in it, because an event is a message of its own.
//!
//! The constants are for `cargo test` on a slow machine, several times what was measured. They are there to find what grows
//! faster than the body: that is over any of them when a body is large.

use std::time::Duration;

/// What a body costs at most: so much in any case, for each byte, and for each event.
struct Bound {
    base: u64,
    per_byte: u64,
    per_event: u64,
}

/// In nanoseconds, of all senders' reading, wording, queueing and recalling.
const TIME: Bound = Bound { base: 200_000_000, per_byte: 10_000, per_event: 1_000_000 };
/// In bytes that are allocated, all added up.
const ALLOCATED: Bound = Bound { base: 4 << 20, per_byte: 500, per_event: 40 << 10 };

impl Bound {
    fn of(&self, bytes: usize, events: usize) -> u64 {
        self.base + self.per_byte * bytes as u64 + self.per_event * events as u64
    }
}

/// What a body costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The length of the body.
    pub bytes: usize,
    /// Of all senders together.
    pub events: usize,
    pub time: Duration,
    /// The same on every machine.
    pub allocated: u64,
}

impl Cost {
    pub fn nanos_per_byte(&self) -> u64 {
        self.time.as_nanos() as u64 / self.bytes.max(1) as u64
    }

    pub fn allocated_per_byte(&self) -> u64 {
        self.allocated / self.bytes.max(1) as u64
    }

    /// How much of the bound is used, in percent.
    pub fn share_of_time(&self) -> u64 {
        self.time.as_nanos() as u64 * 100 / TIME.of(self.bytes, self.events)
    }

    pub fn share_of_memory(&self) -> u64 {
        self.allocated * 100 / ALLOCATED.of(self.bytes, self.events)
    }
}
