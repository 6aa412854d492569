//! The functions on Lambda: the webhook behind its gateway, the workers behind the queue.

use crate::events::Event;
use crate::process::{Ended, Process};
use crate::team::Builder;
use crate::weather::{Fate, Service};
use crate::world::World;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use toban::queue::Lane;
use toban::relay::dispatch::{Dispatcher, Record};
use toban::relay::intake::{Intake, Request, Sink};
use toban::source::Headers;
use tokio::time::{Instant, sleep};

const WEBHOOK_LIMIT: Duration = Duration::from_secs(10);
const WORKER_LIMIT: Duration = Duration::from_secs(30);
/// How many processes the poller of each queue keeps busy.
const WORKERS: usize = 2;
/// A process serves so many invocations on average.
const INVOCATIONS: u32 = 40;

/// The webhook: its processes that are free at the moment.
pub struct Front {
    world: Arc<World>,
    builder: Rc<Builder>,
    free: RefCell<Vec<(Arc<Process>, Intake)>>,
    started: RefCell<u32>,
}

impl Front {
    pub fn new(world: &Arc<World>, builder: &Rc<Builder>) -> Self {
        Self { world: world.clone(), builder: builder.clone(), free: RefCell::default(), started: RefCell::new(0) }
    }

    /// Answers a request with a status, through the gateway.
    pub async fn answer(&self, event: &Event, subscription: usize) -> u16 {
        self.request(event.path(), &event.headers(subscription), &event.body, &event.key).await
    }

    /// The same for anybody's request; `about` is what a process has in its hands with it.
    pub async fn request(&self, path: &str, headers: &[(String, String)], body: &[u8], about: &str) -> u16 {
        let world = &self.world;
        let Fate { fault, acts, there, back, .. } =
            world.chance(|rng| world.weather.fate(Service::Gateway, world.elapsed(), rng));
        fault.iter().for_each(|fault| world.count(fault));
        sleep(there).await;
        if !acts {
            return 503;
        }
        let status = self.invoke(path, headers, body, about).await;
        sleep(back).await;
        match fault {
            Some(_) => 502,
            None => status,
        }
    }

    async fn invoke(&self, path: &str, headers: &[(String, String)], body: &[u8], about: &str) -> u16 {
        let world = &self.world;
        let received_at = world.now();
        let free = self.free.borrow_mut().pop();
        let (process, intake) = match free {
            Some((process, intake)) => (process, Some(intake)),
            None => {
                *self.started.borrow_mut() += 1;
                (Process::start(world, format!("webhook {}", self.started.borrow())), None)
            }
        };
        let work = async {
            let intake = match intake {
                Some(intake) => intake,
                None => Intake { credentials: self.builder.credentials(), sink: self.sink(&process).await },
            };
            let header = |(name, value): &(String, String)| (name.clone().into(), value.clone().into());
            let request = Request {
                method: "POST".into(),
                path: path.into(),
                headers: Headers(headers.iter().map(header).collect()),
                body: Cow::Borrowed(body),
                received_at: Some(received_at),
            };
            let answer = intake.answer(&request, process.now(world)).await;
            (intake, answer.status)
        };
        *process.events.lock().expect("no panic before") = vec![about.to_owned()];
        match process.run(world, WEBHOOK_LIMIT, work).await {
            Ended::Done((intake, status)) => {
                if !world.happens(INVOCATIONS) {
                    self.free.borrow_mut().push((process, intake));
                }
                status
            }
            Ended::Crashed => 502,
        }
    }

    async fn sink(&self, process: &Process) -> Sink {
        if self.world.parts.has_queue {
            Sink::Queue(self.builder.queues(), self.builder.destinations())
        } else {
            Sink::Inline(Box::new(self.builder.relay(process).await))
        }
    }
}

/// The pollers, by queue and number.
pub fn pollers(world: &World) -> impl Iterator<Item = (Lane, usize)> {
    let presses = world.pressing.is_some().then_some(Lane::Presses);
    [Lane::News, Lane::Rest].into_iter().chain(presses).flat_map(|lane| (1..=WORKERS).map(move |number| (lane, number)))
}

/// One of the pollers of a queue, with the process that it keeps busy.
pub async fn poll(world: Arc<World>, builder: Rc<Builder>, lane: Lane, number: usize) {
    let mut idle: Option<(Arc<Process>, Dispatcher)> = None;
    for started in 0.. {
        let batch = world.queue(lane).receive(&world).await;
        world.count("batch");
        let (process, dispatcher) = match idle.take() {
            Some((process, dispatcher)) => (process, Some(dispatcher)),
            None => (Process::start(&world, format!("{} {number}.{started}", name(lane))), None),
        };
        let records: Vec<_> = batch
            .iter()
            .map(|message| Record {
                id: message.id.clone(),
                queue: arn(lane),
                sent_at: None,
                receives: message.receives,
                receipt: message.receipt.clone(),
                group: message.group.clone(),
                body: message.body.clone(),
            })
            .collect();
        world.note(format_args!(
            "{} gets {:?}",
            process.name,
            batch.iter().map(|message| message.of(&world.story).0).collect::<Vec<_>>()
        ));
        let begun = Instant::now();
        let work = async {
            let dispatcher = match dispatcher {
                Some(dispatcher) => dispatcher,
                None => Dispatcher {
                    relay: builder.relay(&process).await,
                    queues: Some(builder.queues()),
                    acts: builder.acts(),
                },
            };
            let failed = dispatcher.work(records, begun + WORKER_LIMIT, || process.now(&world)).await;
            (dispatcher, failed)
        };
        let events = batch.iter().map(|message| message.of(&world.story).0).collect();
        *process.events.lock().expect("no panic before") = events;
        // Lambda deletes what was done; the rest comes again when it is visible.
        let Ended::Done((dispatcher, failed)) = process.run(&world, WORKER_LIMIT, work).await else {
            world.pressing.iter().for_each(|pressing| pressing.crashed(&world, &batch));
            continue;
        };
        if !world.happens(INVOCATIONS) {
            idle = Some((process, dispatcher));
        }
        for message in batch.iter().filter(|message| !failed.contains(&message.id)) {
            let receipt = message.receipt.clone();
            let delete = move |world: &World, _: Option<&'static str>| world.queue(lane).delete(&receipt);
            let deleted = world.call(Service::Queue, "delete", delete);
            let deleted = tokio::time::timeout(Duration::from_secs(5), deleted).await;
            if let (Some(pressing), false) = (&world.pressing, matches!(deleted, Ok(Ok(())))) {
                pressing.kept(message.of(&world.story).0);
            }
        }
    }
}

/// What the processes of a queue are called.
fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::News => "news",
        Lane::Rest => "worker",
        Lane::Presses => "presses",
    }
}

fn arn(lane: Lane) -> String {
    format!("arn:aws:sqs:ap-northeast-1:123456789012:{}", crate::team::queue_name(lane))
}
