//! Into the queue and back: what the worker reads is what the webhook has read.

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, ready};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::sync::{Arc, Mutex};
use toban::domain::destination::Destination;
use toban::domain::incident::{Illegible, IncidentEvent};
use toban::net::id::plain_id;
use toban::queue::{Fifo, Hide, NewMessage, NotHidden, Queue, QueueError, QueueMessage, Queues};
use toban::relay::intake::{Intake, Request, Sink};
use toban::source::{Content, Credentials, Headers, Sender};
use tokio::runtime::{Builder, Runtime};

/// SQS takes this many bytes in one call.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
const MOST_BYTES: usize = 1024 * 1024;
/// And so many messages.
const MOST_MESSAGES: usize = 10;
const LONGEST_ID: usize = 128;
/// What an id may have beside letters and digits.
const PUNCTUATION: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// The webhook in front of queues that keep what they are given.
pub struct Recording {
    runtime: Runtime,
    intake: Intake,
    calls: Arc<Mutex<Vec<Vec<NewMessage>>>>,
}

#[derive(Debug)]
struct Client(Arc<Mutex<Vec<Vec<NewMessage>>>>);

impl Fifo for Client {
    fn send(&self, messages: Vec<NewMessage>) -> BoxFuture<'_, Result<(), QueueError>> {
        self.0.lock().expect("no panic before").push(messages);
        Box::pin(ready(Ok(())))
    }

    fn hide<'a>(&'a self, _: &'a [Hide]) -> BoxFuture<'a, Result<Vec<NotHidden>, QueueError>> {
        Box::pin(ready(Ok(Vec::new())))
    }
}

impl Recording {
    pub fn new(credentials: &Credentials) -> Self {
        let calls = Arc::<Mutex<_>>::default();
        let queue = |name| Queue::new(name, Client(calls.clone()));
        let queues = Queues { news: Some(queue("news.fifo")), rest: queue("rest.fifo"), presses: None };
        let sink = Sink::Queue(queues, vec![Destination::Any]);
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
        Self { runtime, intake: Intake { credentials: credentials.clone(), sink }, calls }
    }

    /// Posts a body that holds these events.
    pub fn there_and_back(
        &self,
        sender: Sender,
        headers: &Headers<'_>,
        body: &[u8],
        events: &[IncidentEvent],
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        let request = Request {
            method: "POST".into(),
            path: format!("/{}", sender.name()).into(),
            headers: headers.clone(),
            body: body.into(),
            received_at: None,
        };
        let answer = self.runtime.block_on(self.intake.answer(&request, now));
        let calls = mem::take(&mut *self.calls.lock().expect("no panic before"));
        if answer.status != 202 {
            return Err(format!("the answer is {answer:?}"));
        }
        calls.iter().try_for_each(|call| check_call(call))?;
        let sent: Vec<_> = calls.into_iter().flatten().collect();
        if sent.len() != events.len() {
            return Err(format!("{} of {} events are queued", sent.len(), events.len()));
        }
        let has_plain_id = sender.delivery(headers).is_some_and(|id| plain_id(id) == id);
        let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        events.iter().for_each(|event| by_key.entry(event.key.clone()).or_default().push(event));
        for NewMessage { body, .. } in sent {
            let message = QueueMessage::parse(&body).map_err(|error| error.to_string())?;
            if message.to_text() != body {
                return Err("a message becomes another one".into());
            }
            let recalled = message.event().ok_or("a message holds no event")?;
            let Entry::Occupied(mut known) = by_key.entry(message.key) else {
                return Err("a message's event is not among those that were read".into());
            };
            let is_same = |event: &&IncidentEvent| is_same(event, &recalled, &message.content, has_plain_id);
            let Some(at) = known.get().iter().position(is_same) else {
                return Err(format!("{recalled:?} is recalled, not {:?}", known.get()[0]));
            };
            known.get_mut().swap_remove(at);
            if known.get().is_empty() {
                known.remove();
            }
        }
        Ok(())
    }
}

/// Whether an event is the same after the queue, in everything that matters. The queue has no more of a delivery's id than is
/// plain, and of a body that is too large nothing that could be shown.
fn is_same(event: &IncidentEvent, recalled: &IncidentEvent, content: &Content, has_plain_id: bool) -> bool {
    if event == recalled {
        return true;
    }
    let is_too_large = matches!(content, Content::TooLarge { .. });
    let mut expected = event.clone();
    if let (Some(before), Some(after)) = (&mut expected.unreadable, &recalled.unreadable)
        && (is_too_large || !has_plain_id)
    {
        before.delivery = after.delivery.clone();
    }
    if is_too_large && event.unreadable.as_ref().is_some_and(|unreadable| unreadable.why == Illegible::TooLarge) {
        expected.details = recalled.details.clone();
    }
    expected == *recalled
}

/// What SQS takes in one call.
fn check_call(call: &[NewMessage]) -> Result<(), String> {
    let bytes: usize = call.iter().map(|message| message.body.len()).sum();
    if call.len() > MOST_MESSAGES || bytes > MOST_BYTES {
        return Err(format!("a call has {} messages of {bytes} bytes", call.len()));
    }
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || PUNCTUATION.contains(&byte);
    for NewMessage { body, group, deduplication } in call {
        for id in [group, deduplication] {
            if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(is_taken) {
                return Err(format!("the queue refuses the id {id:?}"));
            }
        }
        let is_plain = body.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if is_plain {
            continue;
        }
        if let Some(refused) = body.chars().find(|c| !is_in_a_message(*c)) {
            return Err(format!("the queue refuses {refused:?} in a message"));
        }
    }
    Ok(())
}

/// What a message may be made of.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
fn is_in_a_message(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
