//! PagerDuty sends: in order for each subscription and incident, and again after everything but a 2xx within five seconds.
//! Never again after a 4xx, of which three turn a subscription off: none may be answered.

use crate::events::Event;
use crate::functions::Front;
use crate::pagerduty::Story;
use crate::world::World;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

const PATIENCE: Duration = Duration::from_secs(5);

/// Sends every incident's events, through every subscription.
pub fn send_all(sending: &Rc<Sending>) {
    for incident in 0..sending.world.story.incidents.len() {
        for subscription in 0..sending.world.story.subscriptions {
            sending.world.story.begin_sending();
            let sending = sending.clone();
            spawn_local(async move { sending.send(incident, subscription).await });
        }
    }
}

/// What sends, and to what.
pub struct Sending {
    pub world: Arc<World>,
    pub front: Front,
}

/// An event to send.
#[derive(Clone)]
pub enum Subject {
    /// An incident of the story, and which of its events.
    OfStory(usize, usize),
    /// It was done meanwhile.
    Added(Arc<Event>),
}

impl Subject {
    fn event<'a>(&'a self, story: &'a Story) -> &'a Event {
        match self {
            Self::OfStory(incident, nth) => &story.incidents[*incident].events[*nth],
            Self::Added(event) => event,
        }
    }
}

impl Sending {
    async fn send(self: &Rc<Self>, incident: usize, subscription: usize) {
        let (world, story) = (&self.world, &self.world.story);
        let begun = Instant::now();
        let lag = Duration::from_millis(world.chance(|rng| rng.u64(0..3_000)));
        let id = format!("Q{}", incident + 1);
        let mut added = 0;
        for (nth, event) in story.incidents[incident].events.iter().enumerate() {
            let at = begun + event.sent_at + lag;
            loop {
                // What was done before it goes first.
                let before = story.added_to(&id, added).filter(|added| added.occurred_at <= event.occurred_at);
                if let Some(before) = before {
                    added += 1;
                    self.send_added(before, begun, subscription).await;
                } else if timeout_at(at, story.changed()).await.is_err() {
                    break;
                }
            }
            if let Some(pressing) = &world.pressing {
                pressing.account.advance(world, &id);
            }
            if !story.is_void(&event.key) && !story.is_lost(&event.key) {
                self.insist(&Subject::OfStory(incident, nth), subscription).await;
            }
        }
        story.end_sending();
        // Until the world ends.
        while world.pressing.is_some() {
            match story.added_to(&id, added) {
                Some(event) => {
                    added += 1;
                    self.send_added(event, begun, subscription).await;
                }
                None => story.changed().await,
            }
        }
    }

    async fn send_added(self: &Rc<Self>, event: Arc<Event>, begun: Instant, subscription: usize) {
        sleep_until(begun + event.sent_at).await;
        self.insist(&Subject::Added(event), subscription).await;
        self.world.story.end_sending();
    }

    /// Sends an event until it is answered.
    pub async fn insist(self: &Rc<Self>, subject: &Subject, subscription: usize) {
        let event = subject.event(&self.world.story);
        let mut pause = Duration::from_secs(5);
        loop {
            self.world.count("request");
            let (sending, subject) = (self.clone(), subject.clone());
            let answer = spawn_local(async move {
                let event = subject.event(&sending.world.story);
                let status = sending.front.answer(event, subscription).await;
                sending.world.story.answered(&sending.world, event, status);
                status
            });
            let status = timeout(PATIENCE, answer).await.map(|status| status.expect("no panic"));
            self.world.note(format_args!("PagerDuty sent {} {}: {status:?}", event.key, event.kind));
            if matches!(status, Ok(200..500)) {
                break;
            }
            self.world.count("repeat by PagerDuty");
            sleep(pause + Duration::from_millis(self.world.chance(|rng| rng.u64(0..5_000)))).await;
            pause = (pause * 2).min(Duration::from_secs(120));
        }
    }
}
