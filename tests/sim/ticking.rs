//! The function that a schedule calls every ten minutes.

use crate::process::{Ended, Process};
use crate::team::Builder;
use crate::world::World;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use toban::relay::tick::Tick;
use tokio::task::spawn_local;
use tokio::time::sleep;

const LIMIT: Duration = Duration::from_secs(120);
const EVERY: i64 = 10 * 60;

/// Calls it until then. Now and then it is called twice.
pub async fn tick_all(world: Arc<World>, builder: Rc<Builder>, ends: Duration) {
    let mut idle: Option<(Arc<Process>, Tick)> = None;
    for number in 0.. {
        let left = EVERY - world.now().timestamp().rem_euclid(EVERY);
        let late = world.chance(|rng| rng.u64(0..50_000));
        sleep(Duration::from_secs(left.unsigned_abs()) + Duration::from_millis(late)).await;
        if world.elapsed() > ends {
            return;
        }
        let is_twice = world.happens(10);
        let other = is_twice.then(|| {
            let (world, builder) = (world.clone(), builder.clone());
            spawn_local(async move { tick(&world, &builder, format!("tick {number}b"), None).await })
        });
        let kept = idle.take().filter(|_| !world.happens(5));
        idle = tick(&world, &builder, format!("tick {number}"), kept).await;
        if let Some(other) = other {
            other.await.expect("no panic");
        }
    }
}

/// One call. Returns the process, which may be called again, if it has not crashed.
async fn tick(
    world: &Arc<World>,
    builder: &Builder,
    name: String,
    kept: Option<(Arc<Process>, Tick)>,
) -> Option<(Arc<Process>, Tick)> {
    let (process, tick) = match kept {
        Some((process, tick)) => (process, Some(tick)),
        None => (Process::start(world, name), None),
    };
    world.pressing.iter().for_each(|pressing| pressing.shifts.begin(&process.name));
    let work = async {
        let tick = match tick {
            Some(tick) => tick,
            None => builder.tick(&process).await,
        };
        let ticked = tick.run(process.now(world)).await;
        world.note(format_args!("{} says {ticked:?}", process.name));
        tick
    };
    world.count("tick");
    match process.run(world, LIMIT, work).await {
        Ended::Done(tick) => Some((process, tick)),
        Ended::Crashed => None,
    }
}
