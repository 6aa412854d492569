//! What is built from the settings, and again once its secrets have changed.

use super::Clock;
use crate::domain::destination::Destination;
use crate::queue::sqlite::{Limits, Sqlite};
use crate::queue::{Lane, Queue, QueueError, Queues};
use crate::relay::dispatch::Dispatcher;
use crate::relay::intake::{Intake, Sink};
use crate::relay::reminder::Reminders;
use crate::relay::tick::Tick;
use crate::relay::via::Via;
use crate::setup::config::ServeConfig;
use crate::setup::wiring::Base;
use crate::store::sqlite::State;

/// The queues of the state file.
#[derive(Debug, Clone)]
pub struct Lanes {
    pub news: Sqlite,
    pub rest: Sqlite,
    pub presses: Sqlite,
}

impl Lanes {
    pub async fn open(state: &State, clock: &Clock) -> Result<Self, QueueError> {
        let open = async |lane| {
            let clock = clock.clone();
            Sqlite::open(state.clone(), lane, Limits::of(lane), move || clock()).await
        };
        Ok(Self { news: open(Lane::News).await?, rest: open(Lane::Rest).await?, presses: open(Lane::Presses).await? })
    }

    pub fn all(&self) -> [(Lane, &Sqlite); 3] {
        [(Lane::News, &self.news), (Lane::Rest, &self.rest), (Lane::Presses, &self.presses)]
    }

    fn queues(&self) -> Queues {
        let queue = |lane: Lane, queue: &Sqlite| Queue::new(lane.name(), queue.clone());
        Queues {
            news: Some(queue(Lane::News, &self.news)),
            rest: queue(Lane::Rest, &self.rest),
            presses: Some(queue(Lane::Presses, &self.presses)),
        }
    }
}

/// The parts that do the work.
#[derive(Debug)]
pub struct Parts {
    pub intake: Intake,
    pub dispatcher: Dispatcher,
    pub reminders: Reminders,
    pub tick: Tick,
}

impl Parts {
    pub fn new(base: &Base, settings: ServeConfig, lanes: &Lanes) -> Self {
        let ServeConfig { config, watched, .. } = settings;
        let destinations: Vec<Destination> = config.outlets.destinations().to_vec();
        let relay = base.relay(&config, Via::TwoQueues);
        let notices = base.notices(&config, watched.clone());
        let watchdog =
            watched.map(|watched| base.watching(base.team(&config), watched, lanes.queues(), destinations.clone()));
        let shifts = base.shifts(&config, lanes.queues());
        let mut queues = lanes.queues();
        if config.outlets.with_buttons().is_none() {
            queues.presses = None;
        }
        let sink = Sink::Queue(queues, destinations);
        Self {
            intake: Intake { credentials: config.credentials.clone(), sink },
            dispatcher: Dispatcher { relay, queues: Some(lanes.queues()), acts: base.acts(&config) },
            reminders: base.reminders(config),
            tick: Tick { shifts, watchdog, notices },
        }
    }
}
