//! How toban is set up in one world, and the processes that run it.

use crate::calendar::Hours;
use crate::chats::Wire;
use crate::fifo;
use crate::pagerduty::{NOBODY, SECRET, TOKEN};
use crate::pressing::SIGNING_SECRET;
use crate::process::Process;
use crate::world::{World, one_of};
use crate::{account, actions, people, sheet, table, watching};
use chrono::TimeDelta;
use fastrand::Rng;
use std::sync::Arc;
use std::time::Duration;
use toban::domain::destination::Destination;
use toban::ledger::{LEASE, Ledger};
use toban::net::http::Client;
use toban::pagerduty::acting::Actor;
use toban::pagerduty::{self, Limits};
use toban::queue::{Lane, Queue, Queues};
use toban::relay::act::Acts;
use toban::relay::deliver::Relay;
use toban::relay::reminder::{History, Reminders};
use toban::relay::shift::Shifts;
use toban::relay::tally::Tally;
use toban::relay::team::Team;
use toban::relay::tick::Tick;
use toban::relay::via::Via;
use toban::relay::watchdog::Watchdog;
use toban::roster::Roster;
use toban::roster::cache::Cache;
use toban::setup::config::{Acting, Config, Reach, Watched};
use toban::setup::wiring::PATIENCE;

pub const FALLBACK: &str = "!subteam^S0SRETEAM1";

/// What a world's toban is made of.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// A queue between webhook and worker; without it the webhook posts.
    pub has_queue: bool,
    /// New incidents have a queue of their own.
    pub has_news: bool,
    pub chats: Chats,
    /// The second chat is Typetalk, not a webhook of Slack's.
    pub has_typetalk: bool,
    pub home: Home,
    /// People can press something.
    pub has_presses: bool,
    /// Somebody asks PagerDuty what no webhook has told.
    pub has_watchdog: bool,
    pub hours: Hours,
}

/// Where queue and rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    Aws,
    /// In SQLite.
    OneMachine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chats {
    One,
    Mirror,
    Failover,
}

impl Parts {
    pub fn by_chance(rng: &mut Rng) -> Self {
        let chats = one_of(rng, [Chats::One, Chats::Mirror, Chats::Mirror, Chats::Mirror, Chats::Failover]);
        let (has_queue, has_news) = (rng.u32(..5) > 0, rng.u32(..5) > 0);
        let has_typetalk = rng.bool();
        let (home, hours) = (Home::Aws, Hours::default());
        Self { has_queue, has_news, chats, has_typetalk, home, has_presses: false, has_watchdog: false, hours }
    }

    /// Everywhere that an event has to go.
    pub fn destinations(self) -> &'static [Destination] {
        match self.chats {
            Chats::One | Chats::Failover => &[Destination::Any],
            Chats::Mirror => &[Destination::Primary, Destination::Backup],
        }
    }

    /// The channels of a destination.
    pub fn channels(self, destination: Destination) -> &'static [usize] {
        match (self.chats, destination) {
            (Chats::One, _) | (Chats::Mirror, Destination::Primary) => &[0],
            (Chats::Mirror, _) => &[1],
            (Chats::Failover, _) => &[0, 1],
        }
    }

    fn setting(self, variable: &str) -> Option<String> {
        let has_second = self.chats != Chats::One;
        let value = match variable {
            "PAGERDUTY_WEBHOOK_SECRETS" => SECRET,
            "JENKINS_TOKENS" => TOKEN,
            "IGNORED_ASSIGNEES" => NOBODY,
            "BUSINESS_BREAK" if self.hours.has_break => "12:00-13:00",
            "SLACK_BOT_TOKEN" => "xoxb-1",
            "SLACK_CHANNEL" => "C0123456789",
            "FALLBACK_MENTION_SLACK" => "<!subteam^S0SRETEAM1>",
            "BACKUP_MODE" if self.chats == Chats::Failover => "failover",
            "BACKUP_WEBHOOK_URL" if has_second && !self.has_typetalk => "https://hooks.slack.com/services/T/B/X",
            "TYPETALK_TOKEN" if has_second && self.has_typetalk => "token",
            "TYPETALK_TOPIC_ID" if has_second && self.has_typetalk => "4711",
            "FALLBACK_MENTION_TYPETALK" if has_second && self.has_typetalk => "@sre",
            variable if self.has_presses && of_presses(variable).is_some() => of_presses(variable).unwrap_or_default(),
            "PAGERDUTY_API_KEY" if self.has_watchdog => watching::KEY,
            "PAGERDUTY_SERVICE_IDS" if self.has_watchdog => actions::SERVICE,
            "TYPETALK_BASE_URL" => "https://typetalk.com",
            _ => return None,
        };
        Some(value.to_owned())
    }
}

/// The settings with which people can press something.
fn of_presses(variable: &str) -> Option<&'static str> {
    Some(match variable {
        "SLACK_SIGNING_SECRETS" => SIGNING_SECRET,
        "QUEUE_URL" => "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban.fifo",
        "PRESSES_QUEUE_URL" => "https://sqs.ap-northeast-1.amazonaws.com/123456789012/toban-presses.fifo",
        "LEDGER_TABLE" => "toban",
        "AWS_REGION" => "ap-northeast-1",
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "AKIASIM",
        "PAGERDUTY_ACTION_KEY" => actions::KEY,
        "PAGERDUTY_ACT_AS" => actions::ACT_AS,
        "PAGERDUTY_SERVICE_IDS" => actions::SERVICE,
        "SRE_ESCALATION_POLICY_ID" => account::SRE,
        "SLACK_ACTORS" => people::RESOLVERS,
        _ => return None,
    })
}

/// The last part of a queue's URL and ARN.
pub fn queue_name(lane: Lane) -> &'static str {
    match lane {
        Lane::News => "toban-news.fifo",
        Lane::Rest => "toban.fifo",
        Lane::Presses => "toban-presses.fifo",
    }
}

/// Builds processes.
#[derive(Debug)]
pub struct Builder {
    world: Arc<World>,
    config: Config,
    http: Client,
}

impl Builder {
    pub fn new(world: &Arc<World>, http: Client) -> Self {
        let http = http.on(Arc::new(Wire(world.clone())));
        let config = Config::from_lookup(|variable| world.parts.setting(variable), &http, Reach::Live);
        let config = config.expect("settings without faults");
        assert_eq!(config.acting.is_some(), world.parts.has_presses);
        Self { world: world.clone(), config, http }
    }

    pub fn queues(&self) -> Queues {
        let queue = |lane| Queue::new(queue_name(lane), fifo::Client(self.world.clone(), lane));
        let Parts { has_news, has_presses, .. } = self.world.parts;
        let [news, presses] = [(has_news, Lane::News), (has_presses, Lane::Presses)]
            .map(|(is_there, lane)| is_there.then(|| queue(lane)));
        Queues { news, rest: queue(Lane::Rest), presses }
    }

    /// What does what people press; the limits are the function's.
    pub fn acts(&self) -> Acts {
        let resolvers = self.config.acting.as_ref().map(|acting| acting.resolvers.clone()).unwrap_or_default();
        Acts { actor: self.actor(), resolvers }
    }

    fn actor(&self) -> Option<Actor> {
        let limits = Limits { answer: Duration::from_secs(4), wait: Duration::from_secs(2) };
        let Acting { access, email, services, sre, .. } = self.config.acting.clone()?;
        let client = pagerduty::Client::new(self.http.clone(), access, limits);
        Some(Actor { client, email, services, sre, user: Arc::default() })
    }

    /// What says that a shift ends, or what no webhook has reported.
    pub async fn tick(&self, process: &Process) -> Tick {
        let Relay { team, ledger, .. } = self.relay(process).await;
        if !self.world.parts.has_watchdog {
            let shifts = Shifts { team, ledger, queues: self.queues(), actor: self.actor() };
            return Tick { shifts: Some(shifts), ..Tick::default() };
        }
        let watched = Watched::from_lookup(|variable| self.world.parts.setting(variable));
        let Watched { access, services } = watched.expect("settings without faults").expect("somebody watches");
        let limits = Limits { answer: Duration::from_secs(10), wait: Duration::from_secs(15) };
        let account = pagerduty::Client::new(self.http.clone(), access, limits);
        let (queues, destinations) = (self.queues(), self.destinations());
        let watchdog = Watchdog { team, ledger, account, services, queues, destinations, patience: PATIENCE };
        Tick { watchdog: Some(watchdog), ..Tick::default() }
    }

    pub async fn reminders(&self, process: &Process) -> Reminders {
        let Relay { team, ledger, .. } = self.relay(process).await;
        Reminders { team, ledger, history: History::Known, manual: None, checklist: None }
    }

    pub fn credentials(&self) -> toban::source::Credentials {
        self.config.credentials.clone()
    }

    pub fn destinations(&self) -> Vec<Destination> {
        let destinations = self.config.outlets.destinations().to_vec();
        assert_eq!(destinations, self.world.parts.destinations());
        destinations
    }

    /// The relay of a process that starts, with what it has read at its start.
    pub async fn relay(&self, process: &Process) -> Relay {
        let lease: TimeDelta = LEASE;
        let ledger = Ledger::new(table::Client(self.world.clone()), process.name.clone(), lease);
        let copy = ledger.rotation().await;
        let cache = Cache::new(sheet::Client(self.world.clone()), (&self.config.team.calendar).into());
        let roster = Roster::Cached(Box::new(cache));
        roster.begin_with(copy.as_ref(), process.now(&self.world));
        // What a process knows of its chats is its own.
        let config = Config::from_lookup(|variable| self.world.parts.setting(variable), &self.http, Reach::Live);
        let Config { outlets: alerts, reminder_outlets: reminders, team: settings, .. } =
            config.expect("settings without faults");
        let team = Team { settings, roster, alerts, reminders };
        let via = match self.world.parts {
            Parts { has_queue: false, .. } => Via::Request,
            Parts { has_news: false, .. } => Via::Queue,
            Parts { .. } => Via::TwoQueues,
        };
        let relay = Relay { team, ledger: ledger.into(), via, tally: Tally::default() };
        relay.warm(process.now(&self.world)).await.ok();
        relay
    }
}
