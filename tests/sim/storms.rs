//! Storms: how soon a new incident is told when everything else wants to be told, too.

use crate::check::told;
use crate::pagerduty::{Incident, Story};
use crate::run_to_the_end;
use crate::team::{Chats, Parts};
use crate::weather::{HANGS, Service, Weather};
use crate::world::{Told, World};
use chrono::{DateTime, Utc};
use fastrand::Rng;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

const KINDS: [&str; 5] = ["triggered", "acknowledged", "annotated", "priority_updated", "resolved"];
/// About as much as Slack takes in a channel.
const PACE: Duration = Duration::from_secs(1);

fn epoch() -> DateTime<Utc> {
    "2026-11-25T11:02:00+09:00".parse().expect("an instant")
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Runs a world in which these incidents happen, and nothing else.
fn run(parts: Parts, weather: Weather, incidents: Vec<Incident>, rng: Rng) -> Arc<World> {
    let http = toban::net::http::client().expect("a client");
    let story = Story::of(incidents);
    run_to_the_end(|| World::of(rng, epoch(), (parts, weather, story), Told::No), &http).0
}

/// The longest time that any of these incidents' beginnings took from its 2xx to a channel.
fn longest(world: &World, channel: usize, numbers: RangeInclusive<u64>) -> Duration {
    let told = told(world, channel);
    let delay = |number: u64| {
        let key = format!("Q{number}/1");
        let at = told.get(&key).unwrap_or_else(|| panic!("{key} is not in chat {channel}"));
        at.saturating_sub(world.story.accepted(&key).expect("it was accepted"))
    };
    numbers.map(delay).max().unwrap_or_default()
}

fn incident(rng: &mut Rng, number: u64, kinds: &[&'static str], begins: Duration, pause: Duration) -> Incident {
    Incident::of(rng, epoch(), number, kinds, begins, pause)
}

fn with(chats: Chats) -> Parts {
    Parts { has_queue: true, has_news: true, chats, has_typetalk: false }
}

/// Sixty incidents of five events, all at once, and then a new one, at any moment of that.
#[test]
fn a_new_incident_in_a_storm_is_told_within_half_a_minute() {
    for (seed, later) in [(1, 2), (2, 20), (3, 60), (4, 120)] {
        let mut rng = Rng::with_seed(seed);
        let mut incidents: Vec<_> = (1..=60)
            .map(|number| {
                let begins = Duration::from_millis(rng.u64(..2_000));
                incident(&mut rng, number, &KINDS, begins, Duration::from_millis(300))
            })
            .collect();
        incidents.push(incident(&mut rng, 61, &["triggered"], seconds(later), Duration::ZERO));
        let world = run(with(Chats::One), Weather::calm(PACE), incidents, rng);
        let delay = longest(&world, 0, 61..=61);
        println!("the new one after {delay:?}, {} posts", world.channels[0].posts().len());
        assert!(delay <= seconds(30), "{delay:?} with seed {seed}");
    }
}

/// Fifty digests of ten, in a channel that the rest uses, too.
#[test]
fn ten_thousand_events_of_500_incidents() {
    let mut rng = Rng::with_seed(5);
    let kinds: Vec<_> = KINDS.iter().copied().take(1).chain(KINDS[1..].iter().copied().cycle()).take(20).collect();
    let incidents = (1..=500)
        .map(|number| {
            let begins = Duration::from_millis(rng.u64(..5_000));
            incident(&mut rng, number, &kinds, begins, Duration::from_millis(500))
        })
        .collect();
    let world = run(with(Chats::One), Weather::calm(PACE), incidents, rng);
    let longest = longest(&world, 0, 1..=500);
    println!("the last one after {longest:?}, {} posts", world.channels[0].posts().len());
    assert!(longest <= seconds(120), "{longest:?}");
    assert!(world.queued().is_empty(), "the rest follows");
    let told = told(&world, 0);
    let left: Vec<_> = world.story.events().map(|event| &event.key).filter(|key| !told.contains_key(*key)).collect();
    assert!(left.is_empty(), "{left:?} are not told");
}

/// One chat answers nothing, or wants to be left alone, all the time.
#[test]
fn a_healthy_chat_does_not_wait_for_the_other() {
    for (seed, fault) in [(6, HANGS), (7, crate::weather::THROTTLES), (8, crate::weather::NO_CONNECTION)] {
        for chats in [Chats::Mirror, Chats::Failover] {
            let mut rng = Rng::with_seed(seed);
            // Two dozen are stuck when the others begin.
            let incidents = (1..=44)
                .map(|number| {
                    let begins = if number <= 24 { Duration::ZERO } else { seconds((number - 24) * 7) };
                    incident(&mut rng, number, &KINDS[..2], begins, seconds(20))
                })
                .collect();
            let weather = Weather::calm_but(Service::Chat(0), fault, seconds(300));
            let world = run(with(chats), weather, incidents, rng);
            // With so many at once the chat that answers is busy itself.
            let longest = longest(&world, 1, 25..=44);
            println!("{chats:?} while {fault}: {longest:?}");
            assert!(longest <= seconds(5), "{chats:?} while {fault}: {longest:?}");
        }
    }
}
