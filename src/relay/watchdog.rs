//! One round of the watchdog: asks PagerDuty what it knows, and queues what no webhook has reported.

use crate::domain::destination::Destination;
use crate::domain::incident::{EventKey, IncidentEvent, Origin, OwnKey};
use crate::domain::message::watch::{Silenced, Webhook, message};
use crate::domain::text::Foreign;
use crate::domain::watch::{Listed, chosen, is_due};
use crate::ledger::{Ledger, NoAnswer, Settlement};
use crate::pagerduty::health::leads_here;
use crate::pagerduty::state::{Scope, ServiceId, Subscription};
use crate::pagerduty::{Client, PagerDutyError};
use crate::queue::{Lane, QueueError, QueueMessage, Queues};
use crate::relay::post::{Message, Subject, granted, notice, post};
use crate::relay::side_by_side::side_by_side;
use crate::relay::team::{Team, TeamSettings};
use crate::relay::via::Via;
use crate::source::{Content, watchdog};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How far back incidents are listed by the time at which they began: one that is resolved today may have begun then.
const FAR: TimeDelta = TimeDelta::days(7);
/// With an open incident in the ledger the list begins with it, but no earlier than this.
const FARTHEST: TimeDelta = TimeDelta::days(30);
/// If that is more than PagerDuty lists: all that can have begun within the time that is compared.
const NEAR: TimeDelta = TimeDelta::hours(3);

/// Compares PagerDuty with the ledger.
#[derive(Debug)]
pub struct Watchdog {
    pub team: Team,
    /// What has been posted.
    pub ledger: Arc<Ledger>,
    pub account: Client,
    /// Whose incidents are listed.
    pub services: Vec<ServiceId>,
    /// Where missing events go; the worker does the rest.
    pub queues: Queues,
    /// The destinations that each event is queued for.
    pub destinations: Vec<Destination>,
    pub patience: Patience,
}

/// How long a round may take. Each of the two is spent twice, once for webhooks and once for incidents.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For asking PagerDuty and the ledger.
    pub asking: Duration,
    /// For reporting what was found, from the end of the asking on.
    pub telling: Duration,
}

/// What a round has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Incidents that PagerDuty has listed.
    pub listed: usize,
    /// Events that no webhook has reported, and that are in the queue now.
    pub missed: usize,
    /// Webhooks that PagerDuty has turned off.
    pub silenced: usize,
}

/// What PagerDuty knows and no webhook has reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Incidents that PagerDuty has listed.
    pub listed: usize,
    pub events: Vec<IncidentEvent>,
    /// Further events, which are left for the next round.
    pub left_out: usize,
}

/// Why a round saw nothing. The next one may.
#[derive(Debug, thiserror::Error)]
pub enum Blind {
    #[error("the ledger does not say what was reported, so nothing is compared with it")]
    Ledger,
    #[error(transparent)]
    Account(#[from] PagerDutyError),
    /// The round ends before Lambda would end it.
    #[error("PagerDuty or the ledger took too long to answer")]
    TooSlow,
    /// What was found cannot be queued.
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("the queue did not answer in time")]
    QueueTooSlow,
}

impl Watchdog {
    /// Does a round, or returns `None` if none is due: outside working hours there is one an hour. Webhooks that are
    /// turned off are reported even if incidents cannot be read, and the other way round.
    pub async fn round(&self, now: DateTime<Utc>) -> Result<Option<Round>, Blind> {
        if !is_due(&self.team.settings.calendar, now) {
            return Ok(None);
        }
        let silenced = self.report_silenced(now).await;
        let found = timeout(self.patience.asking, self.find(now)).await;
        let Found { listed, events, left_out } = found.map_err(|_| Blind::TooSlow)??;
        if !events.is_empty() {
            let missed = events.len();
            // An alarm counts these lines, so this one does not wait for the queue.
            tracing::error!(
                webhook_missed = true,
                missed,
                left_out,
                "no webhook has reported this; it is reported now"
            );
        }
        let missed = self.enqueue_all(&events, now).await?;
        let round = Round { listed, missed, silenced: silenced? };
        // An alarm counts these lines.
        tracing::info!(
            round_done = true,
            listed,
            missed = round.missed,
            silenced = round.silenced,
            "the round is done"
        );
        Ok(Some(round))
    }

    /// What PagerDuty knows and the ledger does not.
    pub async fn find(&self, now: DateTime<Utc>) -> Result<Found, Blind> {
        // What is known by then is reported.
        let until = Instant::now() + self.patience.asking.mul_f32(0.9);
        let since = self.ledger.watching_since(now).await.ok_or(Blind::Ledger)?;
        let incidents = self.incidents(now).await?;
        let listed = incidents.len();
        let incidents: Vec<_> = incidents.into_iter().filter(|one| one.is_to_be_checked(since, now)).collect();
        let answers = side_by_side(incidents.iter().map(|one| self.ledger.incident(&one.id)), until).await;
        let late = answers.iter().filter(|answer| answer.is_none()).count();
        if late > 0 && late == answers.len() {
            return Err(Blind::TooSlow);
        }
        let mut missed = Vec::new();
        for (one, known) in incidents.into_iter().zip(answers).filter_map(|(one, answer)| Some((one, answer?))) {
            let known = known.map_err(|NoAnswer| Blind::Ledger)?;
            if let Some(kind) = one.missed(known.and_then(|known| known.status()).as_ref()) {
                missed.push((one, kind));
            }
        }
        // What could not be compared in time is left for the next round as well.
        let all = missed.len() + late;
        let TeamSettings { policy, calendar, .. } = &self.team.settings;
        let events = chosen(missed, |event| policy.mentions(event, calendar, now));
        let left_out = all - events.len();
        Ok(Found { listed, events, left_out })
    }

    /// The incidents that may have changed within the time that is compared.
    async fn incidents(&self, now: DateTime<Utc>) -> Result<Vec<Listed>, Blind> {
        let open = self.ledger.open_incidents().await.ok_or(Blind::Ledger)?;
        let oldest = open.first().map_or(now, |incident| incident.opened_at - TimeDelta::minutes(1));
        let since = oldest.min(now - FAR).max(now - FARTHEST);
        match self.account.incidents(&self.services, since, now).await {
            Err(PagerDutyError::TooMany { .. }) => {
                tracing::warn!("PagerDuty has too many incidents since {since} to list; only new ones are compared");
                Ok(self.account.incidents(&self.services, now - NEAR, now).await?)
            }
            listed => Ok(listed?),
        }
    }

    /// Queues events, each of an incident of its own, and counts them. What is not queued in time comes in the next round.
    async fn enqueue_all(&self, events: &[IncidentEvent], now: DateTime<Utc>) -> Result<usize, Blind> {
        let deadline = Instant::now() + self.patience.telling;
        let answers = side_by_side(events.iter().map(|event| self.enqueue(event, deadline, now)), deadline).await;
        let queued = answers.iter().filter(|answer| matches!(answer, Some(Ok(())))).count();
        let why = answers.into_iter().find_map(|answer| match answer {
            Some(Ok(())) => None,
            Some(Err(why)) => Some(why),
            None => Some(Blind::QueueTooSlow),
        });
        match why {
            Some(why) if queued == 0 => Err(why),
            Some(why) => {
                tracing::warn!(left_out = events.len() - queued, "{why}; the next round reports the rest");
                Ok(queued)
            }
            None => Ok(queued),
        }
    }

    async fn enqueue(&self, event: &IncidentEvent, deadline: Instant, now: DateTime<Utc>) -> Result<(), Blind> {
        let messages = queue_messages(event, &self.destinations, now);
        let queue = self.queues.of(if event.is_beginning() { Lane::News } else { Lane::Rest });
        timeout_at(deadline, queue.put(&messages)).await.map_err(|_| Blind::QueueTooSlow)??;
        let incident = event.incident.number.map(|number| number.0);
        tracing::info!(event = %event.key, kind = event.kind.name(), incident, "queued");
        Ok(())
    }

    /// The webhooks to toban that PagerDuty has turned off: id, name, what they are.
    async fn silenced(&self) -> Result<Vec<(String, Option<Foreign>, Webhook)>, PagerDutyError> {
        // One of a team or of the whole account may be ours; one of another service is not.
        let concerns = |scope: &Scope| !matches!(scope, Scope::Service(id) if !self.services.contains(id));
        let is_off = |one: &Subscription| one.is_active && one.is_disabled && leads_here(&one.url);
        let subscriptions = self.account.all_subscriptions().await?.into_iter();
        let off = subscriptions.filter(|(scope, one)| concerns(scope) && is_off(one));
        let mut silenced: Vec<_> =
            off.map(|(_, one)| (one.id.0, Foreign::line(&one.description), Webhook::Subscription)).collect();
        for service in &self.services {
            let extensions = self.account.extensions(service).await?;
            let off =
                extensions.into_iter().filter(|one| one.is_disabled && one.url.as_deref().is_some_and(leads_here));
            silenced.extend(off.map(|one| (one.id, one.name.shown(), Webhook::Extension)));
        }
        // One extension may belong to several services.
        silenced.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        silenced.dedup_by(|(one, ..), (other, ..)| one == other);
        Ok(silenced)
    }

    /// Reports each webhook to toban that PagerDuty has turned off, once a day, and counts them.
    async fn report_silenced(&self, now: DateTime<Utc>) -> Result<usize, Blind> {
        let silenced = timeout(self.patience.asking, self.silenced()).await.map_err(|_| Blind::TooSlow)??;
        let deadline = Instant::now() + self.patience.telling;
        let settings = &self.team.settings;
        let outlet = self.team.alerts.backup();
        for (id, name, webhook) in &silenced {
            tracing::error!(
                webhook_silenced = true,
                webhook = %id,
                "PagerDuty has turned a webhook to toban off, after it had to drop three deliveries: turn it on again there"
            );
            let Some(shown) = Foreign::line(id) else {
                continue;
            };
            let key = EventKey::own(OwnKey::WebhookOff, format_args!("{id}:{}", settings.calendar.date(now)));
            let silenced = Silenced { id: shown, name: name.clone(), webhook: *webhook };
            let subject = Subject { key: &key, what: "webhook_off", number: None };
            let claim = self.ledger.claim(&key, outlet.place, now).await;
            let Ok(mut grant) = granted(claim, subject, outlet) else {
                continue;
            };
            let is_working = settings.calendar.at(now).is_working;
            let said = message(&silenced, is_working, notice(&grant, 0), settings.language);
            let message = Message::new(outlet, said, settings.language, String::new());
            let posting = post(&[message], &[subject], Via::Request, deadline, now).await;
            let ended = self.ledger.conclude(&mut grant, posting.ended, now);
            let settlement = Settlement::of_no_incident(subject.what, ended, posting.attempts);
            self.ledger.settle(grant, settlement, None, now).await;
        }
        Ok(silenced.len())
    }
}

/// One message for each destination, in the incident's group, like those of a webhook's event.
pub fn queue_messages(event: &IncidentEvent, destinations: &[Destination], now: DateTime<Utc>) -> Vec<QueueMessage> {
    let Some((body, incident)) = watchdog::body(event).zip(event.incident.id.as_ref()) else {
        return Vec::new();
    };
    let message = |destination: &Destination| QueueMessage {
        origin: Origin::Watchdog,
        key: event.key.clone(),
        order: incident.to_string(),
        destination: *destination,
        arrived_at: now,
        delivery: None,
        content: Content::Body { body: body.clone(), nth: 0 },
    };
    destinations.iter().map(message).collect()
}
