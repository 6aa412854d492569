//! Storms: how soon a new incident is told when everything else wants to be told, too.

use crate::calendar::Hours;
use crate::check::{overtaken, told};
use crate::pagerduty::{Incident, Story};
use crate::run_to_the_end;
use crate::story::pinged;
use crate::team::{Chats, Home, Parts};
use crate::weather::{
    FAILS, HANGS, NO_CONNECTION, NONSENSE, REFUSES, SEEN_HANGS, SEEN_NONE, Service, TABLE_FAILS, TABLE_HANGS,
    THROTTLES, Weather,
};
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
    let (world, _) = run_to_the_end(|| World::of(rng, epoch(), (parts, weather, story), Told::No), &http);
    assert!(world.queued().is_empty(), "everything is told in the end");
    let overtaken = overtaken(&world);
    assert!(overtaken.is_empty(), "{} are overtaken: {:?}", overtaken.len(), &overtaken[..overtaken.len().min(5)]);
    world
}

/// The longest time that any of these incidents' beginnings took from its 2xx to a channel.
fn longest(world: &World, channel: usize, numbers: RangeInclusive<u64>) -> Duration {
    longest_of(world, channel, numbers, 1)
}

/// The same for each one's nth event.
fn longest_of(world: &World, channel: usize, numbers: RangeInclusive<u64>, nth: u32) -> Duration {
    let told = told(world, channel);
    let delay = |number: u64| {
        let key = format!("Q{number}/{nth}");
        let at = told.get(&key).unwrap_or_else(|| panic!("{key} is not in chat {channel}"));
        at.saturating_sub(world.story.accepted(&key).expect("it was accepted"))
    };
    numbers.map(delay).max().unwrap_or_default()
}

fn incident(rng: &mut Rng, number: u64, kinds: &[&'static str], begins: Duration, pause: Duration) -> Incident {
    Incident::of(rng, epoch(), number, kinds, begins, pause)
}

/// So many incidents of five events, all of which begin within so many milliseconds.
fn crowd(rng: &mut Rng, incidents: u64, within: u64) -> Vec<Incident> {
    let one = |number| {
        let begins = Duration::from_millis(rng.u64(..within));
        incident(rng, number, &KINDS, begins, Duration::from_millis(300))
    };
    (1..=incidents).map(one).collect()
}

fn with(chats: Chats) -> Parts {
    let (home, hours) = (Home::Aws, Hours::default());
    Parts {
        has_queue: true,
        has_news: true,
        chats,
        has_typetalk: false,
        home,
        has_presses: false,
        has_watchdog: false,
        hours,
    }
}

/// Sixty incidents of five events, all at once, and then a new one, at any moment of that. It is the same in the second of two
/// chats, if the first takes nothing.
#[test]
fn a_new_incident_in_a_storm_is_told_within_half_a_minute() {
    for (seed, later, out_of_order) in [
        (1, 2, None),
        (2, 20, None),
        (3, 60, None),
        (4, 120, None),
        (5, 20, Some(REFUSES)),
        (6, 20, Some(NO_CONNECTION)),
    ] {
        let mut rng = Rng::with_seed(seed);
        let mut incidents = crowd(&mut rng, 60, 2_000);
        incidents.push(incident(&mut rng, 61, &["triggered"], seconds(later), Duration::ZERO));
        let (chats, channel, weather) = match out_of_order {
            None => (Chats::One, 0, Weather::calm(PACE)),
            Some(fault) => {
                let weather = Weather::calm_but(Service::Chat(0), fault, seconds(3_600));
                (Chats::Failover, 1, Weather { pace: PACE, ..weather })
            }
        };
        let world = run(with(chats), weather, incidents, rng);
        let longest = longest(&world, channel, 61..=61);
        println!("the new one after {longest:?}, {} posts", world.channels[channel].posts().len());
        assert!(longest <= seconds(30), "{longest:?} with seed {seed}");
    }
}

/// Whatever a chat asks for, it is asked again after five minutes; what it may have is sent again after one and after ten; and
/// nothing overtakes a beginning that nobody has tried to tell.
#[test]
fn an_outage_ends_soon_and_in_order() {
    for (seed, fault, lasts, retry_after, most) in [
        (11, HANGS, 150, None, 1_500),
        (12, HANGS, 600, None, 3_000),
        (13, NO_CONNECTION, 300, None, 500),
        (14, THROTTLES, 300, None, 500),
        (15, THROTTLES, 10, Some(120), 250),
        (16, THROTTLES, 10, Some(3_600), 450),
        (17, THROTTLES, 10, Some(u64::MAX), 450),
    ] {
        let mut rng = Rng::with_seed(seed);
        let incidents = crowd(&mut rng, 40, 8_000);
        let weather = Weather::calm_but(Service::Chat(0), fault, seconds(lasts));
        let world = run(with(Chats::One), Weather { pace: PACE, retry_after, ..weather }, incidents, rng);
        let longest = longest(&world, 0, 1..=40);
        println!("{fault} for {lasts} s, {retry_after:?}: the last one after {longest:?}");
        assert!(longest <= seconds(most), "{longest:?}: {fault} for {lasts} s, {retry_after:?}");
    }
}

/// What a chat answers and nobody understands is sent three times; what it does not answer, until it does.
#[test]
fn doubt_ends_with_an_answer() {
    for (seed, fault, posts) in [(21, NONSENSE, 3), (22, HANGS, 1)] {
        let mut rng = Rng::with_seed(seed);
        let incidents = vec![incident(&mut rng, 1, &["triggered"], Duration::ZERO, Duration::ZERO)];
        let weather = Weather::calm_but(Service::Chat(0), fault, seconds(3 * 3_600));
        let world = run(with(Chats::One), weather, incidents, rng);
        longest(&world, 0, 1..=1);
        assert_eq!(world.channels[0].posts().len(), posts, "{fault}");
    }
}

/// A chat takes nothing for some minutes of a working day, and meanwhile each incident is resolved.
#[test]
fn what_is_over_when_it_is_told_calls_nobody() {
    for (seed, fault, between, retry_after) in [
        (25, FAILS, 4_000, None),
        (26, NO_CONNECTION, 4_000, None),
        (27, THROTTLES, 4_000, None),
        (28, HANGS, 4_000, None),
        // Several in one message.
        (29, THROTTLES, 200, Some(60)),
    ] {
        let mut rng = Rng::with_seed(seed);
        let begins = |number: u64| Duration::from_millis(number * between);
        let one = |number| incident(&mut rng, number, &["triggered", "resolved"], begins(number), seconds(20));
        let incidents = (1..=40).map(one).collect();
        let weather = Weather::calm_but(Service::Chat(0), fault, seconds(240));
        let weather = Weather { pace: PACE, retry_after, ..weather };
        let world = run(with(Chats::One), weather, incidents, rng);
        println!("{fault}: {} posts", world.channels[0].posts().len());
        for post in world.channels[0].posts() {
            assert!(pinged(&post.text, false).is_empty(), "while {fault}: {}", post.text);
        }
    }
}

/// While the table fails or is silent, everything is told, and soon.
#[test]
fn an_alert_does_not_wait_for_the_table() {
    for (seed, fault) in [(31, TABLE_FAILS), (32, TABLE_HANGS)] {
        let mut rng = Rng::with_seed(seed);
        let begins = |number: u64| seconds(number * 10);
        let one = |number| incident(&mut rng, number, &["triggered"], begins(number), Duration::ZERO);
        let incidents = (1..=20).map(one).collect();
        let world = run(with(Chats::One), Weather::calm_but(Service::Table, fault, seconds(300)), incidents, rng);
        let longest = longest(&world, 0, 1..=20);
        println!("{fault}: {longest:?}");
        assert!(longest <= seconds(15), "{longest:?}: {fault}");
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
    let told = told(&world, 0);
    let left: Vec<_> = world.story.events().map(|event| &event.key).filter(|key| !told.contains_key(*key)).collect();
    assert!(left.is_empty(), "{left:?} are not told");
}

/// One chat answers nothing, or wants to be left alone, all the time.
#[test]
fn a_healthy_chat_does_not_wait_for_the_other() {
    for (seed, fault) in [(6, HANGS), (7, THROTTLES), (8, NO_CONNECTION)] {
        for chats in [Chats::Mirror, Chats::Failover] {
            let mut rng = Rng::with_seed(seed);
            // Two dozen are stuck when the others begin; and what follows comes when a message that is stuck is hidden for long.
            let incidents = (1..=44)
                .map(|number| {
                    let begins = if number <= 24 { Duration::ZERO } else { seconds((number - 24) * 7) };
                    incident(&mut rng, number, &KINDS[..2], begins, seconds(90))
                })
                .collect();
            let weather = Weather::calm_but(Service::Chat(0), fault, seconds(300));
            let world = run(with(chats), weather, incidents, rng);
            // With so many at once the chat that answers is busy itself.
            let longest = longest(&world, 1, 25..=44).max(longest_of(&world, 1, 25..=44, 2));
            println!("{chats:?} while {fault}: {longest:?}");
            assert!(longest <= seconds(5), "{chats:?} while {fault}: {longest:?}");
        }
    }
}

/// Whether it was seen before is asked beside what an alert waits for, and no alert waits for that.
#[test]
fn alerts_come_as_soon_when_earlier_ones_are_not_found() {
    let mean = |fault: Option<&'static str>| {
        let mut rng = Rng::with_seed(61);
        let incidents =
            (1..=80).map(|number| incident(&mut rng, number, &["triggered"], seconds(20 * number), Duration::ZERO));
        let incidents: Vec<_> = incidents.collect();
        let calm = Weather::calm(Duration::ZERO);
        let weather = fault.map_or(calm, |fault| Weather::calm_but(Service::Seen, fault, seconds(3_600)));
        let world = run(with(Chats::One), weather, incidents, rng);
        let lines = world.channels[0].posts().iter().filter(|post| post.text.contains("🕘")).count();
        // One in sixty calls is slow, and then nothing is asked for half a minute.
        let are_as_expected = if fault.is_none() { (60..80).contains(&lines) } else { lines == 0 };
        assert!(are_as_expected, "{lines} lines, {fault:?}");
        (1..=80).map(|number| longest(&world, 0, number..=number)).sum::<Duration>() / 80
    };
    let calm = mean(None);
    for fault in [SEEN_HANGS, SEEN_NONE] {
        let mean = mean(Some(fault));
        println!("{mean:?} on average, {calm:?} in calm weather: {fault}");
        // A moment of 100 ms, and what other calls take by chance.
        assert!(mean <= calm + Duration::from_millis(150), "{mean:?}, and {calm:?} in calm weather: {fault}");
    }
}
