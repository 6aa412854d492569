//! The application: from a request, a message of the queue or a schedule to what is posted.
//!
//! | file | what it does |
//! |---|---|
//! | [`intake`] | answers one HTTP request: authenticates, then queues or delivers |
//! | [`dispatch`] | works through one batch of the queue |
//! | [`act`] | does what people press in the chat |
//! | [`deliver`] | delivers one event: introduce and claim, decide and word, post, settle, update |
//! | `together` | the same for several events in one message |
//! | [`check`] | says what is right and what is wrong with the rotation, the chats and PagerDuty |
//! | [`daily_check`] | tells once a day what it finds wrong |
//! | [`turns`] | tells who is on call instead of somebody else |
//! | [`exercise`] | gives an incident of the past to those who had none |
//! | [`notices`] | sends what `NOTICES` names |
//! | [`once`] | sends one such message once, whatever crashes |
//! | [`reminder`] | sends the morning's and the evening's reminder |
//! | [`shift`] | says what is open when a shift ends |
//! | [`tick`] | does what waits for a time |
//! | [`watchdog`] | asks PagerDuty for what no webhook has reported |
//! | [`weekly`] | tells on its last working day what a week brought |
//! | [`team`] | hours, rules, language, rotation and destinations of the team |
//! | [`tally`] | counts how things ended, for metrics |
//! | [`post`] | hands one message to the first chat that takes it |
//! | [`via`] | how events come, and so how long a chat may take |
//! | `thread` | keeps an incident's messages together |
//! | `side_by_side` | many calls at the same time, with one deadline |

pub mod act;
pub mod check;
pub mod daily_check;
pub mod deliver;
pub mod dispatch;
pub mod exercise;
pub mod intake;
pub mod notices;
pub mod once;
pub mod post;
pub mod reminder;
pub mod shift;
mod side_by_side;
pub mod tally;
pub mod team;
mod thread;
pub mod tick;
mod together;
pub mod turns;
pub mod via;
pub mod watchdog;
pub mod weekly;
