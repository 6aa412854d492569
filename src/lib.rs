//! toban (当番, "the person on duty"): tells the right developers about an incident in the chat they already read.
//!
//! # The map
//!
//! A webhook or a reminder passes through these modules from left to right:
//!
//! ```text
//! gateway ─▶ intake ─▶ source ─┬──────────────────▶ deliver ─┐
//!                              └▶ queue ─▶ dispatch ─▶┘      ├─▶ ledger, roster ─▶ team, domain ─▶ post ─▶ ledger ─▶ thread
//! schedule ────────────────────────────────────▶ reminder ───┘   (claim, who)       (decide, word)   (chat)  (settle)  (update)
//! ```
//!
//! What people press in Slack comes by a queue of its own to [`relay::act`], which records it, notes it in PagerDuty, and puts
//! an event about it into the same queues. Every ten minutes the tick (`relay::tick`) does what waits for a time: the end of a
//! shift, the watchdog (`relay::watchdog`), which asks PagerDuty for what no webhook has reported and puts it into the same queues,
//! and the notices (`relay::notices`) that `NOTICES` names.
//!
//! | layer | modules | what is in them |
//! |---|---|---|
//! | 6 | `bin/`, `main`, [`cli`] | the start of each binary; the command line |
//! | 5 | [`demo`] | the page of `toban demo`: the relay with a clock, a rotation, chats and faults to play with |
//! | 5 | [`lambda`] | what API Gateway, EventBridge and the schedules hand over |
//! | 5 | [`server`] | `toban serve`: HTTP, the worker, the schedules and the end of the process |
//! | 5 | [`setup`] | settings and secrets, and from them the parts that do the work |
//! | 4 | [`relay`] | the application: intake, dispatch, deliver, post, thread, act, reminder, tick, watchdog, notices, check, and the team |
//! | 3 | [`roster`], [`queue`] | the workbook with the rotation, read and cached; the queue between webhook and worker |
//! | 2 | [`source`], [`chat`] | webhooks in; messages out |
//! | 2 | [`ledger`] | what was posted: deliveries, incidents, history, the rotation's last copy |
//! | 2 | [`pagerduty`], [`mackerel`] | PagerDuty's REST API, with `provision` setting it up; Mackerel's |
//! | 1 | [`store`] | rows, in memory, in DynamoDB or in a file of SQLite: read, put-if (one to three, all or none), query |
//! | 1 | [`domain`] | who is mentioned and what is said: pure, cannot fail |
//! | 1 | [`net`] | the one HTTP client, AWS's SDK on it, secrets, digests, panics, logging |
//!
//! A module uses only those below it (`store` also uses `net`, `server` `setup`, and `demo` `server`); a test reads every `use` and holds this table.
//!
//! # Where something new belongs
//!
//! - **A chat**: a file in [`chat`] with its [`chat::ChatKind`] (markup, limits, threads, settings), its requests and what
//!   its answers mean; its entry in [`chat::KINDS`]; and in [`domain::member`] how it calls people, if in a new way.
//! - **A source**: a file in [`source`] with its [`source::Source`], which reads into [`domain::incident::IncidentEvent`]s, a
//!   variant of [`source::Sender`], its setting in the documents and `template.yaml`, and payloads with their whole texts
//!   in `tests/data`. If EventBridge hands it over: its name there in `source::eventbridge`, and its rule in `template.yaml`.
//! - **A rule** about who is mentioned: [`domain::policy`], with its sentence in both languages of [`domain::message`].
//! - **A kind of event**: [`domain::incident::EventKind`], read in the source, with its verb in both languages and a payload
//!   with its whole text in `tests/data`.
//! - **A notice**: when it is due and what it says in `domain::notices`, a file in [`relay`] that sends it once, its name in
//!   `setup::config::notices`.
//! - **Something to press**: [`domain::press::Act`], what it does in [`relay::act`], its words in [`domain::message::answer`].
//! - **A call of AWS**: the adapter that makes it, and the function's role in `template.yaml`; a test compares the two.
//! - **Something to set up in PagerDuty**: [`pagerduty::provision`].
//!
//! # What is deliberately absent
//!
//! - The core does no I/O, reads no clock, is not async and derives no `Deserialize`.
//! - Only the binaries' start (`bin/`, `cli/`, `setup/wiring.rs`, `setup/function.rs`) reads the clock or the environment:
//!   `now` is an argument, the last one.
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
pub mod server;
pub mod setup;
pub mod source;
pub mod store;
