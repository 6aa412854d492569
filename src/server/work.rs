//! The worker: takes batches of one queue and works through them, as the function does.

use super::{Parts, Server, Stop};
use crate::queue::Lane;
use crate::queue::sqlite::{Received, Sqlite};
use crate::relay::dispatch::Record;
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// As on Lambda.
const LIMIT: Duration = Duration::from_secs(30);
/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_millis(1_500);

/// Works until it is time to stop, and ends the batch that it has then.
pub(super) async fn work<B>(server: Rc<Server<B>>, lane: Lane, queue: Sqlite, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    loop {
        let batch = tokio::select! {
            biased;
            () = stop.wait() => return,
            batch = queue.receive() => batch,
        };
        let records = batch.iter().map(|message| record(message, lane)).collect();
        let parts = server.renewal.current().await;
        let failed = parts.dispatcher.work(records, Instant::now() + LIMIT, &*server.clock).await;
        let is_done = |message: &&Received| !failed.contains(&message.id.to_string());
        let done: Vec<_> = batch.iter().filter(is_done).map(|message| message.receipt.clone()).collect();
        queue.delete(&done).await;
        // A refused token or an unreadable sheet may have been fixed by then.
        if !failed.is_empty() || parts.dispatcher.relay.team.roster.has_failed() {
            server.renewal.renewed(Instant::now() + RENEWAL, server.now()).await;
        }
    }
}

fn record(message: &Received, lane: Lane) -> Record {
    Record {
        id: message.id.to_string(),
        receipt: message.receipt.clone(),
        queue: lane.name().to_owned(),
        group: message.group.clone(),
        sent_at: message.sent_at,
        receives: message.receives,
        body: message.body.clone(),
    }
}
