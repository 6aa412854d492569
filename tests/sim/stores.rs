//! The queues and the rows of a world.

use crate::fifo::Queue;
use crate::state;
use crate::team::Home;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use toban::queue::Lane;
use toban::queue::sqlite::Limits;
use toban::store::Table;
use toban::store::memory::Memory;
use toban::store::sqlite::State;

/// The queues of these lanes, the rows, and their index.
pub fn stores(
    home: Home,
    lanes: &[Lane],
    receives: u32,
    clock: impl Fn() -> DateTime<Utc> + Clone + Send + Sync + 'static,
) -> (Vec<Queue>, Arc<dyn Table>, Arc<dyn Table>) {
    let lanes = lanes.iter().map(|lane| (*lane, Limits { receives, ..Limits::of(*lane) }));
    match home {
        Home::Aws => {
            let queues = lanes.map(|(_, Limits { receives, visibility })| Queue::new(receives, visibility));
            let memory = || Arc::new(Arc::<Memory>::default());
            (queues.collect(), memory(), memory())
        }
        Home::OneMachine => {
            let file = State::in_memory().expect("a database");
            let sent = Arc::default();
            let own = |(lane, limits)| Queue::own(state::Queue::new((&file, &sent), lane, limits, clock.clone()));
            (lanes.map(own).collect(), Arc::new(file.clone()), Arc::new(file))
        }
    }
}
