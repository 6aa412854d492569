//! What becomes of a message that somebody else holds.

use super::*;
use crate::chat::recorder::{Behind, Recorder, Recording};
use crate::chat::slack::ChannelId;
use crate::domain::message::{Line, Message};
use crate::ledger::Claim;
use chrono::TimeDelta;
use std::time::Duration;

/// One line, and why the chat gets it.
struct Note;

impl Writer for Note {
    type Because = Option<Notice>;

    async fn write(&self, chat: &Chat, notice: Option<Notice>) -> Worded<Option<Notice>> {
        let message = Message { to: None, lines: vec![Line::own("x")], status: None };
        Worded { draft: chat.write(&message), why: String::new(), because: notice }
    }
}

fn chat(name: &str) -> (Chat, Arc<Recording>) {
    let recording = Arc::<Recording>::default();
    let behind = Behind::LikeSlack { channel: ChannelId(name.into()), fallback: None };
    (Chat::Recorder(Recorder { behind, recording: recording.clone() }), recording)
}

#[tokio::test]
async fn what_somebody_else_is_posting_does_not_go_to_the_backup() {
    let ((primary, one), (backup, two)) = (chat("one"), chat("two"));
    let notifier = Notifier { outlets: Outlets::Failover(primary, backup), ledger: Arc::new(Ledger::memory()) };
    let (key, begun) = (EventKey("01".into()), "2026-11-24T02:02:00Z".parse::<DateTime<Utc>>().expect("an instant"));
    assert_eq!(notifier.ledger.claim(&key, Place::Primary.name(), begun).await, Claim::Yours, "the somebody else");
    let bring = async |seconds| {
        let (deadline, now) = (Instant::now() + Duration::from_secs(5), begun + TimeDelta::seconds(seconds));
        let notification = Notification { key: &key, what: "x", incident: None, milestone: None, deadline, now };
        notifier.bring(notification, &Note).await.outcome
    };
    assert!(matches!(bring(1).await, Outcome::Held));
    assert_eq!((one.posted(), two.posted()), (0, 0), "they may have posted it");

    one.set_down(true);
    let Outcome::Posted(receipts) = bring(120).await else { panic!("they have died, and the backup is there") };
    assert_eq!(receipts[0].because, Some(Notice::PrimaryFailed));
    assert_eq!((one.posted(), two.posted()), (0, 1));
    assert!(matches!(bring(121).await, Outcome::Repeat));
}
