//! toban (当番, "the person on duty"): tells the right developers about an incident in the chat they already read.
//!
//! # The map
//!
//! A webhook or a reminder goes one way through these modules, from the left to the right:
//!
//! ```text
//! gateway ─▶ intake ─▶ source ─┬───────────────────▶ relay ─┐
//!                              └▶ queue ─▶ dispatch ─▶┘     ├─▶ roster ─▶ office, domain ─▶ courier ─▶ thread ─▶ chat
//! schedule ──────────────────────────────────────▶ reminder ┘   (who)    (decide, word)        └──────────────▶ ledger
//! ```
//!
//! What no webhook has told, `watchdog` finds by asking PagerDuty (`account`) and puts into the same queue.
//!
//! | layer | modules | what they do |
//! |---|---|---|
//! | wiring | `bin/`, `main`, [`cli`], [`wiring`], [`renewal`] | read the clock and the environment, build the rest, run it |
//! | page | [`page`] | the relay to look at and to play with: `toban demo`'s clock, rotation, chats and faults |
//! | rim | [`config`], [`gateway`], [`schedule`], [`logging`] | settings, what calls the functions, what is printed |
//! | application | [`intake`], [`dispatch`], [`relay`], [`reminder`], [`watchdog`], [`office`], [`courier`], [`thread`] | one request, one batch, one event, one reminder, one round of asking PagerDuty, what it says, one message, an incident's messages |
//! | adapters | [`source`], [`roster`], [`chat`], [`ledger`], [`queue`], [`parameters`], [`account`], [`mackerel`] | webhooks in, the rotation, messages out, what was posted, secrets, PagerDuty's and Mackerel's sides |
//! | core | [`domain`] | who is mentioned and what is said: pure, cannot fail |
//! | tools | [`http`], [`aws`], [`secret`] | the one HTTP client, AWS's SDK on it, secrets that cannot be printed |
//!
//! Dependencies point down only; a test reads every `use` and fails on one that does not.
//!
//! # Where something new belongs
//!
//! - **A chat**: a file in [`chat`] (its markup, one post, its errors), a variant of [`chat::Chat`], its settings in
//!   `config/chats.rs`, and in [`domain::member`] how it calls people.
//! - **A source**: a file in [`source`] with its [`source::Source`], which reads into [`domain::incident::IncidentEvent`]s, a
//!   variant of [`source::Sender`], its setting in the documents and `template.yaml`, and payloads with their whole texts
//!   in `tests/data`.
//! - **A rule** about who is mentioned: [`domain::policy`], with its sentence in both languages of [`domain::message`].
//! - **A kind of event**: [`domain::incident::EventKind`], read in the source, with its verb in both languages and a payload
//!   with its whole text in `tests/data`.
//! - **A call of AWS**: the adapter that makes it, and the function's role in `template.yaml`; a test compares the two.
//! - **Something to set up in PagerDuty**: [`account`].
//!
//! # What is deliberately absent
//!
//! - The core does no I/O, reads no clock, is not async and derives no `Deserialize`.
//! - Nothing below the wiring reads the clock or the environment: `now` is an argument, the last one.
//! - No 4xx for PagerDuty, whatever it sends: it drops what gets one and turns its subscription off after three.
//! - No global state, no trait with one implementation, no queue, retry or scheduling engine of our own.
//! - Payloads, tokens and e-mail addresses are in no log line, error or panic message.

#[cfg(panic = "abort")]
compile_error!(
    "a body that makes the code panic is answered in words, so panics have to unwind: see [profile.release]"
);

pub mod chat;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod lambda;
pub mod ledger;
pub mod mackerel;
pub mod net;
pub mod pagerduty;
pub mod queue;
pub mod relay;
pub mod roster;
pub mod setup;
pub mod source;
pub mod store;
