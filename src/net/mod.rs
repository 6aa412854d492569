//! What everything that leaves the process stands on: the one HTTP client, AWS's SDK on top of it, secrets that cannot
//! be printed, and the log.

pub mod aws;
pub mod http;
pub mod logging;
pub mod secret;
