//! All tasks together, from the start to the end of the process.

use super::{Lanes, Parts, Seen, http, metrics, outage, schedule, webhooks, work};
use crate::relay::tally::Tally;
use crate::setup::config::Faults;
use crate::setup::renewal::{Lookup, Renewal};
use crate::store::sqlite::State;
use chrono::{DateTime, Utc};
use std::fmt::{self, Debug, Formatter};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

/// What is in hand may take so long when the process is to end. What is not done by then is known in the file.
const DRAINING: Duration = Duration::from_secs(10);
/// So many batches of each queue are worked through at the same time, as on AWS.
const WORKERS: usize = 2;

/// The time, as this process sees it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What all tasks share.
pub struct Server<B> {
    pub renewal: Renewal<Parts, B>,
    pub state: State,
    pub lanes: Lanes,
    pub clock: Clock,
    /// Notified when something could not be kept.
    pub look_at_state: Notify,
    /// How what the relay did has ended.
    pub tally: Tally,
    pub seen: Seen,
    pub started_at: DateTime<Utc>,
}

/// Where it takes requests.
#[derive(Debug)]
pub struct Listeners {
    pub webhooks: TcpListener,
    pub metrics: Option<TcpListener>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything in hand was done.
    Drained,
    /// Something took too long, and is done after the next start.
    InTheMiddle,
    /// A task has ended that should not: a fault of this program.
    Broken,
}

impl<B> Debug for Server<B> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("state", &self.state).field("lanes", &self.lanes).finish_non_exhaustive()
    }
}

/// Tells the tasks when it is time to stop.
#[derive(Debug, Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(super) async fn wait(&mut self) {
        // Without a sender nobody could say it any more.
        self.0.wait_for(|is_over| *is_over).await.ok();
    }

    /// Waits for a while; whether it is time to stop before that is over.
    pub(super) async fn within(&mut self, pause: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.wait() => true,
            () = sleep(pause) => false,
        }
    }
}

impl<B> Server<B>
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults> + 'static,
{
    /// Serves until `stop` ends, then ends what is in hand. Needs a runtime with one thread.
    pub async fn run(self, listeners: Listeners, stop: impl Future<Output = ()>) -> Ended {
        let tasks = LocalSet::new();
        tasks.run_until(self.serve(listeners, stop)).await
    }

    async fn serve(self, listeners: Listeners, stop: impl Future<Output = ()>) -> Ended {
        let server = Rc::new(self);
        let (say, said) = watch::channel(false);
        let stop_of = || Stop(said.clone());
        let mut tasks = JoinSet::new();
        let (of_webhooks, large) = (server.clone(), Semaphore::new(webhooks::MOST_LARGE));
        let answer = async move |request| webhooks::answer(&of_webhooks, &large, request).await;
        tasks.spawn_local(http::accept(listeners.webhooks, webhooks::MOST_CONNECTIONS, answer, stop_of()));
        // To the very end, so that it can be seen that this process ends.
        let (_still, never) = watch::channel(false);
        if let Some(listener) = listeners.metrics {
            let of_metrics = server.clone();
            let answer = async move |request| metrics::answer(&of_metrics, request).await;
            tokio::task::spawn_local(http::accept(listener, metrics::MOST_CONNECTIONS, answer, Stop(never)));
        }
        for (lane, queue) in server.lanes.all() {
            for _ in 0..WORKERS {
                tasks.spawn_local(work::work(server.clone(), lane, queue.clone(), stop_of()));
            }
        }
        tasks.spawn_local(schedule::remind(server.clone(), stop_of()));
        tasks.spawn_local(schedule::tick(server.clone(), stop_of()));
        tasks.spawn_local(outage::watch(server.clone(), stop_of()));
        let is_broken = tokio::select! {
            biased;
            () = stop => false,
            _ = tasks.join_next() => true,
        };
        if is_broken {
            tracing::error!("a task has ended by itself; the process ends too, so that it is started again");
        } else {
            tracing::info!("ending what is in hand");
        }
        server.seen.ends();
        say.send_replace(true);
        let all = async { while tasks.join_next().await.is_some() {} };
        match timeout(DRAINING, all).await {
            _ if is_broken => Ended::Broken,
            Ok(()) => Ended::Drained,
            Err(_) => Ended::InTheMiddle,
        }
    }
}

impl<B> Server<B> {
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Forgets what is older than it has to be, as on AWS.
    pub(super) async fn sweep(&self, now: DateTime<Utc>) {
        for (lane, queue) in self.lanes.all() {
            if let Err(error) = queue.sweep(now).await {
                tracing::warn!(queue = lane.name(), queue_failed = true, "{error}");
            }
        }
        if let Err(down) = self.state.forget_expired(now).await {
            tracing::warn!(ledger_down = true, "{down}");
        }
    }
}
