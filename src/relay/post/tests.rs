use super::Outcome::{self, Held, Later, NotTaken, Posted, Repeat, Told};
use super::*;
use crate::chat::Chat;
use crate::domain::destination::Destination;

fn silent() -> Chat {
    let chat = Chat::console();
    let lost = ChatError::Lost { why: "no answer in time".into() };
    chat.pace().learn(&Err::<(), _>(lost), Duration::from_secs(4), Instant::now());
    chat
}

/// Which of the chats takes a message.
async fn taken(chats: &[Chat], via: Via, left: Duration) -> Option<usize> {
    let message = |chat| {
        let outlet = Outlet { place: Destination::Primary, chat };
        Message::new(outlet, Said::new(None, Vec::new()), Language::English, String::new())
    };
    let messages: Vec<_> = chats.iter().map(message).collect();
    let subject = Subject { key: &EventKey("01G".into()), what: "incident.triggered", number: None };
    let posting = post(&messages, &[subject], via, Instant::now() + left, DateTime::UNIX_EPOCH).await;
    posting.accepted.map(|accepted| accepted.nth)
}

#[tokio::test(start_paused = true)]
async fn who_waits_gets_the_last_chat_though_it_is_silent_and_a_queue_does_not() {
    let soon = Duration::from_secs(5);
    assert_eq!(taken(&[silent(), silent()], Via::Request, soon).await, Some(1));
    assert_eq!(taken(&[silent(), silent()], Via::Queue, soon).await, None);
    assert_eq!(taken(&[Chat::console()], Via::Queue, Duration::from_millis(900)).await, None, "it is too late");
    assert_eq!(taken(&[Chat::console()], Via::Request, Duration::from_millis(900)).await, Some(0));
}

#[test]
fn a_chat_that_refuses_wants_no_message_ever() {
    let unavailable = |retry_after| ChatError::Unavailable { retry_after, why: "HTTP 503".into() };
    for (error, expected) in [
        (ChatError::Refused { code: "is_archived".into() }, None),
        (ChatError::Lost { why: "no answer".into() }, Some(0)),
        (unavailable(None), Some(0)),
        (unavailable(Some(Duration::from_secs(7))), Some(7)),
        (unavailable(Some(Duration::MAX)), Some(300)),
    ] {
        assert_eq!(wanted(&error), expected.map(Duration::from_secs), "{error:?}");
    }
}

#[test]
fn one_chat_of_two_is_enough() {
    for (outcomes, expected) in [
        ([Posted, Posted], Posted),
        ([NotTaken, Posted], Posted),
        ([Repeat, Posted], Posted),
        ([Held, Repeat], Repeat),
        ([Held, NotTaken], NotTaken),
        ([Later(Duration::ZERO), Told], Told),
        ([Held, Later(Duration::ZERO)], NotTaken),
        ([Held, Held], NotTaken),
    ] {
        assert_eq!(Outcome::of_any(outcomes), expected, "{outcomes:?}");
    }
}
