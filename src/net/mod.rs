//! Tools without a domain: the one HTTP client, AWS's SDK on top of it, lenient JSON, digests, secrets that cannot be
//! printed, the words of others, and the log.

pub mod aws;
pub mod beside;
pub mod digest;
pub mod error;
pub mod http;
pub mod id;
pub mod lenient;
pub mod logging;
pub mod panics;
pub mod pause;
pub mod quote;
pub mod retry;
pub mod secret;
