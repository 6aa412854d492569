//! The application: from a request, a message of the queue or a schedule to what is posted.
//!
//! | file | what it does |
//! |---|---|
//! | [`intake`] | answers one HTTP request: authenticates, then queues or delivers |
//! | [`dispatch`] | works through one batch of the queue |
//! | [`deliver`] | delivers one event: who is on call, decide, word, notify |
//! | [`reminder`] | sends the morning's and the evening's reminder |
//! | [`watchdog`] | asks PagerDuty for what no webhook has reported |
//! | [`team`] | hours, rules, language, rotation and destinations of the team |
//! | [`notifier`] | claims, posts and settles one message |
//! | `side_by_side` | many calls at the same time, with one deadline |
//! | [`thread`] | keeps an incident's messages together |

pub mod deliver;
pub mod dispatch;
pub mod intake;
pub mod notifier;
pub mod reminder;
mod side_by_side;
pub mod team;
pub mod thread;
pub mod watchdog;
