//! `toban drill`: an incident that is none, through the real URL, and how long each step of it takes.

mod words;

use super::language::language;
use super::{Failure, Purpose, print};
use crate::domain::destination::Destination;
use crate::domain::incident::{Drill as Kind, EventKey, IncidentId};
use crate::domain::message::Language;
use crate::ledger::{Attempt, Ledger};
use crate::net::digest::hex;
use crate::net::http;
use crate::net::secret::Secret;
use crate::setup::config::{DEMO_SECRET, Reach, check_ledger, destinations};
use crate::source::pagerduty::drill::{Moment, Webhook, webhook};
use crate::source::pagerduty::signature;
use chrono::{DateTime, Utc};
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};
use words::{Said, Step};

/// The most that the answer may take. PagerDuty gives up after five seconds, and a cold start may be in them.
const ANSWER: Duration = Duration::from_secs(15);
const LONGEST_ANSWER: usize = 4 * 1024;
/// How often the ledger is asked.
const PAUSE: Duration = Duration::from_millis(150);
/// After this long it is said what is waited for.
const SLOW: Duration = Duration::from_secs(2);

/// Arguments of `toban drill`.
#[derive(Debug, clap::Args)]
#[command(long_about = "\
Sends an incident that is none to a relay, as PagerDuty would: through its real URL, signed with PAGERDUTY_WEBHOOK_SECRETS. It \
goes the whole way into the channel, marked 【訓練】 or [Drill], and is resolved at the end. Prints how long it took until \
the answer, until the worker had it from the queue, and until a chat had it.

Nobody is mentioned. With --mention today's pair is, for real and at any hour, which shows that their phones ring.

When the queue and the chat had it is in the ledger: LEDGER_TABLE (with AWS_REGION and credentials), or the STATE_FILE of \
`toban serve` on this machine. Without either look into the channel. PagerDuty itself is not asked for anything: whether its \
webhook is on, `toban check` says.

Exit code 1 when the relay did not take it, or no chat had it in time.")]
pub(super) struct Drill {
    /// The relay's URL for PagerDuty, as `sam deploy` prints it [default: this machine's, at LISTEN]
    #[arg(long, value_name = "URL", value_parser = url)]
    url: Option<Url>,
    /// Mention today's pair, for real
    #[arg(long)]
    mention: bool,
    /// How long to wait for the chat, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    wait: u64,
}

/// A drill on its way.
struct Run<'a> {
    http: &'a http::Client,
    url: Url,
    secret: Secret,
    language: Language,
    id: IncidentId,
    title: &'static str,
}

impl Drill {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.drill())
    }

    async fn drill(self) -> Result<ExitCode, Failure> {
        let (base, lookup) = super::open_with_state(Reach::Live, Purpose::Look).await?;
        check_ledger(&lookup)?;
        let language = language();
        let said = Said(language);
        let url = self.url.unwrap_or_else(|| here(lookup("LISTEN")));
        let set = lookup("PAGERDUTY_WEBHOOK_SECRETS").unwrap_or_default();
        let first = set.split(',').map(str::trim).find(|secret| !secret.is_empty());
        let secret = match first {
            Some(secret) => secret.to_owned(),
            None if is_here(&url) => DEMO_SECRET.to_owned(),
            None => {
                print::line(said.no_secret());
                return Ok(ExitCode::FAILURE);
            }
        };
        let kind = if self.mention { Kind::Mentioning } else { Kind::Quiet };
        let id = kind.id(&name().ok_or(Failure::NoRandom)?);
        let title = words::title(&lookup);
        let run = Run { http: base.http(), url, secret: Secret::new(secret), language, id, title };
        let ledger = base.knows_history().then(|| base.ledger());
        let (destinations, wait) = (destinations(&lookup), Duration::from_secs(self.wait));
        let arrived = tokio::select! {
            biased;
            arrived = run.begin(kind, ledger, &destinations, wait) => Some(arrived),
            _ = tokio::signal::ctrl_c() => None,
        };
        let is_seen = match arrived {
            Some(Arrived::Refused) => return Ok(ExitCode::FAILURE),
            Some(Arrived::Seen | Arrived::NotLookedAt) => true,
            Some(Arrived::NotSeen) | None => false,
        };
        // In any case: what stays open would look as if somebody had to do something.
        let is_closed = tokio::select! {
            biased;
            is_closed = run.end(ledger.filter(|_| is_seen), wait) => is_closed,
            _ = tokio::signal::ctrl_c() => false,
        };
        Ok(if is_seen && is_closed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// How far a drill came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrived {
    /// The relay did not take it.
    Refused,
    /// It did, and no chat had it in time.
    NotSeen,
    /// A chat has it.
    Seen,
    /// The relay took it, and there is no ledger to ask for the rest.
    NotLookedAt,
}

/// What the relay answered.
enum Answer {
    /// A chat has it.
    Posted,
    Queued,
    Refused,
}

impl Run<'_> {
    /// Sends it, and looks where it goes.
    async fn begin(
        &self,
        kind: Kind,
        ledger: Option<&Ledger>,
        destinations: &[Destination],
        wait: Duration,
    ) -> Arrived {
        let said = Said(self.language);
        let tag = self.id.tag().map(|tag| tag.to_string()).unwrap_or_default();
        print::line(said.begins(&tag, self.url.as_str(), kind));
        let (begun, at) = (Instant::now(), Utc::now());
        let Webhook { body, key } = webhook(&self.id, self.title, Moment::Begins, at);
        match self.send(body).await {
            Answer::Refused => return Arrived::Refused,
            Answer::Posted => {
                print::line(said.step(Step::Chat, begun.elapsed(), said.at_once()));
                return Arrived::Seen;
            }
            Answer::Queued => {}
        }
        let Some(ledger) = ledger else {
            print::line(said.not_looked_at(&tag));
            return Arrived::NotLookedAt;
        };
        let posted = self.posted(ledger, &key, destinations, begun + wait).await;
        let Some(posted) = posted else {
            print::line(said.not_seen(wait));
            return Arrived::NotSeen;
        };
        let took = begun.elapsed();
        if let Some(first) = posted.iter().map(|attempt| attempt.at).min() {
            print::line(said.step(Step::Queue, between(at, first), said.by_its_clock()));
        }
        for attempt in &posted {
            print::line(said.step(Step::Chat, took, &format!("{} ({})", attempt.chat, attempt.place.name())));
            print::line(format_args!("  → {}", attempt.why));
        }
        Arrived::Seen
    }

    /// Resolves it. Whether the relay took that, and a chat has it if there is a ledger to ask.
    async fn end(&self, ledger: Option<&Ledger>, wait: Duration) -> bool {
        let said = Said(self.language);
        let begun = Instant::now();
        let Webhook { body, key } = webhook(&self.id, self.title, Moment::Ends, Utc::now());
        let (is_right, text) = match (self.send_quietly(body).await, ledger) {
            (Ok((202, answer)), _) if answer == "accepted" => (true, said.closed()),
            (Ok((202, _)), None) => (true, said.will_close()),
            (Ok((202, _)), Some(ledger)) => match self.posted(ledger, &key, &[Destination::Any], begun + wait).await {
                Some(_) => (true, said.closed()),
                None => (false, said.will_close()),
            },
            _ => (false, said.not_closed()),
        };
        print::line(text);
        is_right
    }

    /// Sends a body, and says what the answer is.
    async fn send(&self, body: Vec<u8>) -> Answer {
        let said = Said(self.language);
        let begun = Instant::now();
        match self.send_quietly(body).await {
            Ok((202, text)) if text == "accepted" || text == "queued" => {
                print::line(said.step(Step::Answer, begun.elapsed(), &format!("202 {text}")));
                if text == "accepted" { Answer::Posted } else { Answer::Queued }
            }
            Ok((status, text)) => {
                print::line(said.refused(status, &text));
                Answer::Refused
            }
            Err(why) => {
                print::line(said.unreachable(&why));
                Answer::Refused
            }
        }
    }

    /// The status and the text of the answer; or why there is none.
    async fn send_quietly(&self, body: Vec<u8>) -> Result<(u16, String), String> {
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-pagerduty-signature", signature(&self.secret, &body))
            .header("x-webhook-id", &self.id.0)
            .body(body);
        let reply = self.http.exchange(request, LONGEST_ANSWER, Instant::now() + ANSWER).await;
        let reply = reply.map_err(|broken| Said(self.language).broken(&broken))?;
        Ok((reply.status.as_u16(), String::from_utf8_lossy(&reply.body).trim().to_owned()))
    }

    /// Waits until each destination has the event; the attempts by which. `None` if that took too long.
    async fn posted(
        &self,
        ledger: &Ledger,
        key: &EventKey,
        destinations: &[Destination],
        deadline: Instant,
    ) -> Option<Vec<Attempt>> {
        let slow = Instant::now() + SLOW;
        let mut is_said = false;
        let look = async {
            loop {
                let mut attempts = ledger.attempts(key).await.unwrap_or_default();
                attempts.retain(|attempt| attempt.outcome == "posted");
                let has = |place: &Destination| {
                    *place == Destination::Any && !attempts.is_empty() || attempts.iter().any(|one| one.place == *place)
                };
                if destinations.iter().all(has) {
                    return attempts;
                }
                if !is_said && Instant::now() > slow {
                    is_said = true;
                    print::stderr_line(Said(self.language).waiting());
                }
                sleep(PAUSE).await;
            }
        };
        timeout_at(deadline, look).await.ok()
    }
}

/// A name that no drill had before.
fn name() -> Option<String> {
    let mut bytes = [0; 3];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(hex(&bytes).to_uppercase())
}

fn between(then: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (now - then).to_std().unwrap_or_default()
}

fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."))
}

/// The relay of this machine.
fn here(listen: Option<String>) -> Url {
    let listen = listen.as_deref().map(str::trim).filter(|listen| !listen.is_empty()).unwrap_or("127.0.0.1:8080");
    // Whoever listens everywhere is here, too.
    let listen = listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
    let url = Url::parse(&format!("http://{listen}/pagerduty"));
    url.unwrap_or_else(|_| Url::parse("http://127.0.0.1:8080/pagerduty").expect("a URL"))
}

/// The URL of a relay on the command line. Its own path is added if there is none.
fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| url.has_host() && ["http", "https"].contains(&url.scheme()));
    let mut url = url.ok_or("not a URL such as https://relay.example.com/pagerduty")?;
    if url.path() == "/" {
        url.set_path("/pagerduty");
    }
    Ok(url)
}
