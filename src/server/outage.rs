//! Whether the state can be kept. If it cannot, every event is refused, so that its sender keeps it; the backup chat is told.

use super::{Parts, Server, Stop};
use crate::chat::delivery::post_patiently;
use crate::domain::message::outage::{Keeping, message};
use crate::domain::text::Foreign;
use crate::relay::post::Message;
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// How often it is tried without a reason.
const PAUSE: Duration = Duration::from_secs(60);
/// And while it cannot be kept.
const SOON: Duration = Duration::from_secs(10);
/// The most that telling it may take.
const TELLING: Duration = Duration::from_secs(10);

/// Tries it now and then, and whenever something could not be kept.
pub(super) async fn watch<B>(server: Rc<Server<B>>, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    let (mut is_told, mut has_failed) = (false, false);
    loop {
        let pause = if has_failed { SOON } else { PAUSE };
        let is_doubtful = tokio::select! {
            biased;
            () = stop.wait() => return,
            () = server.look_at_state.notified(), if !is_told => true,
            () = tokio::time::sleep(pause) => has_failed,
        };
        // What is small may still have room.
        let kept = if is_doubtful { server.state.check_room().await } else { server.state.check().await };
        has_failed = kept.is_err();
        server.seen.state(has_failed);
        let keeping = match &kept {
            Err(down) => {
                tracing::error!(state_down = true, "{down}: what comes in is refused until then");
                Keeping::Not(Foreign::line(down.reason()))
            }
            Ok(()) => Keeping::Again,
        };
        if has_failed != is_told && tell(&server, &keeping).await {
            is_told = has_failed;
        }
    }
}

/// Whether the backup chat, or the only one, has taken it. There is no ledger to ask whether it was told before.
async fn tell<B>(server: &Server<B>, keeping: &Keeping) -> bool
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    let parts = server.renewal.current().await;
    let team = &parts.reminders.team;
    let is_working = team.settings.calendar.at(server.now()).is_working;
    let said = message(keeping, is_working, team.settings.language);
    let outlet = team.alerts.backup();
    let message = Message::new(outlet, said, team.settings.language, String::new());
    let posted = post_patiently(outlet.chat, &message.rendered, None, Instant::now() + TELLING, Duration::ZERO).await;
    posted.inspect_err(|error| tracing::warn!("the chat was not told that the state cannot be kept: {error}")).is_ok()
}
