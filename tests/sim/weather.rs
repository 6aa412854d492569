//! What goes wrong with a call, how often, and until when.

use crate::world::one_of;
use fastrand::Rng;
use std::ops::Range;
use std::time::Duration;

/// What toban depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Between PagerDuty and a function.
    Gateway,
    Queue,
    Table,
    /// One of the two.
    Chat(usize),
    Sheet,
    /// The table's index of earlier alerts.
    Seen,
    /// What Slack says of people.
    People,
    /// Where Slack takes answers for one person.
    Answers,
    /// PagerDuty's REST API.
    PagerDuty,
}

impl Service {
    const ALL: [Self; 7] =
        [Self::Gateway, Self::Queue, Self::Table, Self::Chat(0), Self::Chat(1), Self::Sheet, Self::Seen];
    /// What only presses need.
    const OF_PRESSES: [Self; 3] = [Self::People, Self::Answers, Self::PagerDuty];

    fn faults(self) -> &'static [Fault] {
        match self {
            Self::Gateway => GATEWAY,
            Self::Queue => QUEUE,
            Self::Table => TABLE,
            Self::Chat(_) => CHAT,
            Self::Sheet => SHEET,
            Self::Seen => SEEN,
            Self::People | Self::Answers => PRIVATE,
            Self::PagerDuty => PAGERDUTY,
        }
    }
}

/// A way in which a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fault {
    name: &'static str,
    acts: bool,
    answers: bool,
}

const fn fault(name: &'static str, acts: bool, answers: bool) -> Fault {
    Fault { name, acts, answers }
}

const GATEWAY: &[Fault] = &[
    fault("the gateway fails before the function", false, true),
    fault("the gateway loses the function's answer", true, true),
];
pub const TAKES_A_PART: &str = "the queue takes a part of a batch";
const QUEUE: &[Fault] = &[
    fault(TAKES_A_PART, true, true),
    fault("the queue fails before it acts", false, true),
    fault("the queue acts and fails", true, true),
    fault("the queue hangs", false, false),
    fault("the queue acts and hangs", true, false),
];
pub const TABLE_THROTTLES: &str = "the table throttles";
pub const TABLE_FAILS: &str = "the table fails before the write";
pub const TABLE_HANGS: &str = "the table hangs";
pub const TABLE_NO_CONNECTION: &str = "there is no connection to the table";
pub const TABLE_TWICE: &str = "the table writes, fails, and is asked again";
pub const TABLE_CONFLICT: &str = "the table has a conflict of transactions";
const TABLE: &[Fault] = &[
    fault(TABLE_THROTTLES, false, true),
    fault(TABLE_CONFLICT, true, true),
    fault(TABLE_TWICE, true, true),
    fault(TABLE_FAILS, false, true),
    fault(TABLE_NO_CONNECTION, false, true),
    fault("the table writes and fails", true, true),
    fault(TABLE_HANGS, false, false),
    fault("the table writes and hangs", true, false),
];
pub const THROTTLES: &str = "the chat throttles";
pub const FAILS: &str = "the chat fails before it accepts";
pub const ACCEPTS_AND_FAILS: &str = "the chat accepts and fails";
pub const HANGS: &str = "the chat hangs";
pub const NO_CONNECTION: &str = "there is no connection to the chat";
pub const NONSENSE: &str = "the chat accepts and answers nonsense";
pub const REFUSES: &str = "the chat refuses everything";
pub const REFUSES_MENTIONS: &str = "the chat refuses mentions";
pub const REFUSES_THREADS: &str = "the chat refuses threads";
pub const REFUSES_CONTENT: &str = "the chat refuses blocks";
const CHAT: &[Fault] = &[
    fault(THROTTLES, false, true),
    fault(FAILS, false, true),
    fault(ACCEPTS_AND_FAILS, true, true),
    fault(NO_CONNECTION, false, true),
    fault(NONSENSE, true, true),
    fault("the connection to the chat breaks before it accepts", false, true),
    fault("the chat accepts and the connection breaks", true, true),
    fault(HANGS, false, false),
    fault("the chat accepts and hangs", true, false),
    fault(REFUSES, false, true),
    fault(REFUSES_MENTIONS, true, true),
    fault(REFUSES_THREADS, true, true),
    fault(REFUSES_CONTENT, true, true),
];
pub const NO_SHEET: &str = "Google fails";
const SHEET: &[Fault] = &[fault(NO_SHEET, false, true), fault("Google hangs", false, false)];

pub const SEEN_HANGS: &str = "the index of earlier alerts hangs";
pub const SEEN_NONE: &str = "there is no index of earlier alerts";
const SEEN: &[Fault] = &[fault(SEEN_HANGS, false, false), fault(SEEN_NONE, false, true)];

pub const PRIVATE_THROTTLES: &str = "Slack throttles what is asked and told in private";
pub const PRIVATE_FAILS: &str = "Slack fails to say or to tell in private";
pub const PRIVATE_NO_CONNECTION: &str = "there is no connection to Slack for what is private";
pub const PRIVATE_REFUSES: &str = "Slack refuses what is asked or told in private";
pub const PRIVATE_BREAKS: &str = "Slack says or tells in private, and the connection breaks";
const PRIVATE: &[Fault] = &[
    fault(PRIVATE_THROTTLES, false, true),
    fault(PRIVATE_FAILS, false, true),
    fault(PRIVATE_NO_CONNECTION, false, true),
    fault(PRIVATE_REFUSES, false, true),
    fault(PRIVATE_BREAKS, true, true),
    fault("Slack hangs in private", false, false),
    fault("Slack tells in private and hangs", true, false),
];
pub const PAGERDUTY_THROTTLES: &str = "PagerDuty throttles";
pub const PAGERDUTY_FAILS: &str = "PagerDuty fails before it acts";
pub const PAGERDUTY_NOTES_AND_FAILS: &str = "PagerDuty acts and fails";
pub const PAGERDUTY_FORBIDS: &str = "PagerDuty forbids it";
pub const PAGERDUTY_NO_CONNECTION: &str = "there is no connection to PagerDuty";
pub const PAGERDUTY_BREAKS: &str = "PagerDuty acts and the connection breaks";
pub const PAGERDUTY_HANGS: &str = "PagerDuty acts and hangs";
const PAGERDUTY: &[Fault] = &[
    fault(PAGERDUTY_THROTTLES, false, true),
    fault(PAGERDUTY_FAILS, false, true),
    fault(PAGERDUTY_NOTES_AND_FAILS, true, true),
    fault(PAGERDUTY_FORBIDS, false, true),
    fault(PAGERDUTY_NO_CONNECTION, false, true),
    fault(PAGERDUTY_BREAKS, true, true),
    fault("PagerDuty hangs", false, false),
    fault(PAGERDUTY_HANGS, true, false),
];

/// Faults that the relay does not meet as it should yet. Each goes when that is fixed.
pub const SWITCHED_OFF: &[&str] = &[];

/// Faults that the service tells in an answer of its own.
pub const IN_THE_ANSWER: &[&str] =
    &[TAKES_A_PART, TABLE_CONFLICT, TABLE_TWICE, REFUSES_MENTIONS, REFUSES_THREADS, REFUSES_CONTENT];

/// What a workspace may forbid for good. The relay meets it, so it does not end with the weather.
const FORBIDDEN: [&str; 3] = [REFUSES_MENTIONS, REFUSES_THREADS, REFUSES_CONTENT];

/// How the services fail in one world.
#[derive(Debug, Default)]
pub struct Weather {
    /// After this nothing fails any more.
    pub lasts: Duration,
    /// A process crashes in one of so many invocations; in none if it is 0.
    pub crash_once_in: u32,
    /// The same for freezes.
    pub freeze_once_in: u32,
    /// The first chat forbids this for ever.
    pub forbidden: Option<&'static str>,
    /// The chats take a message in so much time, more now and then; 0 without a limit.
    pub pace: Duration,
    /// What a chat that throttles asks for, in seconds; `None` for up to half a minute.
    pub retry_after: Option<u64>,
    /// After so many tries a message is a dead letter; `None` for by chance.
    pub tries: Option<u32>,
    pub of: Vec<(Service, Failing)>,
}

/// How one service fails.
#[derive(Debug)]
pub struct Failing {
    /// One of so many calls; none if it is 0.
    once_in: u32,
    /// In this world it fails in these ways.
    faults: Vec<Fault>,
    /// Times in which every call fails in one way.
    outages: Vec<(Range<Duration>, Fault)>,
}

/// How one call goes.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    pub fault: Option<&'static str>,
    pub acts: bool,
    pub answers: bool,
    /// The way there and back.
    pub there: Duration,
    pub back: Duration,
}

impl Weather {
    pub fn by_chance(rng: &mut Rng) -> Self {
        let lasts = Duration::from_secs(rng.u64(8 * 60..35 * 60));
        let of = Service::ALL.into_iter().map(|service| (service, Failing::by_chance(rng, service, lasts))).collect();
        let crash_once_in = one_of(rng, [0, 60, 12, 5]);
        let freeze_once_in = one_of(rng, [0, 0, 80, 20]);
        let forbidden = (rng.u32(..10) == 0).then(|| one_of(rng, FORBIDDEN));
        let pace = Duration::from_millis(one_of(rng, [0, 0, 1_000, 3_000]));
        Self { lasts, crash_once_in, freeze_once_in, forbidden, pace, of, ..Self::default() }
    }

    /// The same, and what only presses need fails, too.
    #[must_use]
    pub fn with_presses(mut self, rng: &mut Rng) -> Self {
        let lasts = self.lasts;
        self.of
            .extend(Service::OF_PRESSES.into_iter().map(|service| (service, Failing::by_chance(rng, service, lasts))));
        self
    }

    /// The same, and PagerDuty's API fails, too.
    #[must_use]
    pub fn with_pagerduty(mut self, rng: &mut Rng) -> Self {
        self.of.push((Service::PagerDuty, Failing::by_chance(rng, Service::PagerDuty, self.lasts)));
        self
    }

    /// Nothing fails, and the chats take a message in so much time.
    pub fn calm(pace: Duration) -> Self {
        Self { pace, tries: Some(1_000), ..Self::default() }
    }

    /// Nothing fails but one service, in one way and all the time.
    pub fn calm_but(service: Service, name: &'static str, lasts: Duration) -> Self {
        let fault = *service.faults().iter().find(|fault| fault.name == name).expect("a fault of the service");
        let outages = vec![(Duration::ZERO..lasts, fault)];
        let failing = Failing { once_in: 0, faults: vec![fault], outages };
        Self { lasts, of: vec![(service, failing)], ..Self::calm(Duration::ZERO) }
    }

    pub fn fate(&self, service: Service, now: Duration, rng: &mut Rng) -> Fate {
        let slow = if rng.u32(..60) == 0 { rng.u64(100..900) } else { 0 };
        let (there, back) = (Duration::from_millis(rng.u64(1..4) + slow), Duration::from_millis(rng.u64(0..3)));
        let failing = self.of.iter().find(|(known, _)| *known == service).filter(|_| now < self.lasts);
        let fault = failing.and_then(|(_, failing)| failing.fault(now, rng));
        let forbidden = self.forbidden.filter(|_| service == Service::Chat(0));
        let fault = fault.or(forbidden.map(|name| self::fault(name, true, true)));
        match fault {
            None => Fate { fault: None, acts: true, answers: true, there, back },
            Some(Fault { name, acts, answers }) => {
                // What is accepted without an answer may be accepted long after nobody waits any more.
                let late = Duration::from_millis(if answers { 0 } else { rng.u64(0..20_000) });
                Fate { fault: Some(name), acts, answers, there: there + late, back }
            }
        }
    }
}

impl Failing {
    fn by_chance(rng: &mut Rng, service: Service, lasts: Duration) -> Self {
        let once_in = one_of(rng, [0, 200, 40, 10]);
        let is_on = |fault: &&Fault| !SWITCHED_OFF.contains(&fault.name);
        let on: Vec<Fault> = service.faults().iter().filter(is_on).copied().collect();
        let mut faults: Vec<_> = on.iter().filter(|_| rng.bool()).copied().collect();
        if faults.is_empty() {
            faults.push(on[rng.usize(..on.len())]);
        }
        let outages = (0..one_of(rng, [0, 0, 1, 2])).map(|_| {
            let from = Duration::from_millis(rng.u64(..u64::try_from(lasts.as_millis()).expect("a short time")));
            let longest = one_of(rng, [20, 120, 600]);
            let length = Duration::from_secs(rng.u64(3..longest));
            (from..from + length, faults[rng.usize(..faults.len())])
        });
        Self { once_in, outages: outages.collect(), faults }
    }

    fn fault(&self, now: Duration, rng: &mut Rng) -> Option<Fault> {
        if let Some((_, fault)) = self.outages.iter().find(|(span, _)| span.contains(&now)) {
            return Some(*fault);
        }
        let happens = self.once_in > 0 && rng.u32(..self.once_in) == 0;
        happens.then(|| self.faults[rng.usize(..self.faults.len())])
    }
}
