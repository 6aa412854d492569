//! `toban serve`: the relay for real on one machine. HTTP, the worker, the reminders and the tick are tasks of one process around
//! the same `relay` as on Lambda, with queues and ledger in one file.

pub mod exchange;
#[cfg(feature = "serve")]
mod http;
#[cfg(feature = "serve")]
mod metrics;
#[cfg(feature = "serve")]
mod outage;
#[cfg(feature = "serve")]
mod parts;
#[cfg(feature = "serve")]
mod run;
#[cfg(feature = "serve")]
mod schedule;
#[cfg(feature = "serve")]
mod seen;
#[cfg(feature = "serve")]
mod webhooks;
#[cfg(feature = "serve")]
mod work;

#[cfg(feature = "serve")]
pub use parts::{Lanes, Parts};
#[cfg(feature = "serve")]
use run::Stop;
#[cfg(feature = "serve")]
pub use run::{Clock, Ended, Listeners, Server};
#[cfg(feature = "serve")]
pub use seen::Seen;
