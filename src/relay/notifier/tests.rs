//! What happens to a message that another process holds.

use super::*;
use crate::chat::recorder::{Recording, Sending};
use crate::chat::{Access, ChannelId, slack};
use crate::domain::message::{Line, Message};
use crate::ledger::Claim;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

/// One line, and why the chat gets it.
struct Note;

impl Writer for Note {
    type Because = Option<Notice>;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Worded<Option<Notice>> {
        let message = Message { to: None, lines: vec![Line::own("x")], status: None };
        Worded { rendered: chat.write(&message), why: String::new(), because: notice }
    }
}

fn chat(name: &str) -> (Chat, Arc<Recording>) {
    let recording = Arc::<Recording>::default();
    let access = Access::none(crate::net::http::client().expect("a client"));
    let chat = Chat::new(&slack::BOT, access, ChannelId(name.into()), None);
    (chat.recorded(&recording, Sending::Nowhere), recording)
}

#[tokio::test]
async fn what_another_process_is_posting_does_not_go_to_the_backup() {
    let (primary, one) = chat("one");
    let (backup, two) = chat("two");
    let outlets = Outlets::Failover(primary, backup);
    let ledger = Ledger::memory();
    let notifier = Notifier { outlets: &outlets, ledger: &ledger };
    let key = EventKey("01".into());
    let begun = "2026-11-24T02:02:00Z".parse::<DateTime<Utc>>().expect("an instant");
    assert_eq!(ledger.claim(&key, Outlet::Primary.name(), begun).await, Claim::Yours, "the other process");
    let notify = async |seconds| {
        let deadline = Instant::now() + Duration::from_secs(5);
        let now = begun + TimeDelta::seconds(seconds);
        let notification = Notification { key: &key, what: "x", incident: None, milestone: None, deadline, now };
        notifier.notify(notification, &Note).await.outcome
    };
    assert!(matches!(notify(1).await, Outcome::Held));
    assert_eq!((one.posted(), two.posted()), (0, 0), "the other process may have posted it");

    one.set_down(true);
    let Outcome::Posted(accepted) = notify(120).await else { panic!("it has crashed, and the backup is there") };
    assert_eq!(accepted[0].because, Some(Notice::PrimaryFailed));
    assert_eq!((one.posted(), two.posted()), (0, 1));
    assert!(matches!(notify(121).await, Outcome::Repeat));
}
