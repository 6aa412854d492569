//! `toban serve`: the relay for real on this machine.

use super::language::language;
use super::{Failure, nothing_set, print};
use crate::net::http;
use crate::server::{Clock, Ended, Lanes, Listeners, Parts, Seen, Server};
use crate::setup::config::ServeConfig;
use crate::setup::files::Files;
use crate::setup::parameters::Secrets;
use crate::setup::renewal::{Lookup, Place, Renewal, with_secrets};
use crate::setup::wiring::{Base, environment, warn_of_misnamed_settings};
use crate::store::sqlite::State;
use chrono::{DateTime, Utc};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

/// SIGXFSZ on Linux and on a Mac: a file has reached the size that the shell or the unit allows.
const FILE_TOO_LARGE: i32 = 25;

/// Arguments of `toban serve`.
#[derive(Debug, Default, clap::Args)]
#[command(long_about = "\
Runs the relay for real on this machine: takes the webhooks, posts to the chats, sends the two reminders a day, and asks \
PagerDuty for what no webhook has told, as the functions on AWS do. Settings are environment variables, as on AWS \
(docs/settings.md); `toban check` checks them.

LISTEN          where it takes requests [default: 127.0.0.1:8080]. Put something that speaks TLS in front
METRICS_LISTEN  where Prometheus gets /metrics, and /ready is: for nobody outside; or off [default: 127.0.0.1:9464]
STATE_FILE      what it has to remember: one file of SQLite, which nobody else can read [default: toban.db]
…_FILE          for each secret: a file that has it, for example SLACK_BOT_TOKEN_FILE=/run/secrets/slack

What a request was answered 2xx for is on the disk. The process may be killed at any moment: the next one goes on where it was. \
SIGTERM and Ctrl-C end it after what is in hand, within ten seconds. The log is JSON on standard output.")]
pub(super) struct Serve {}

impl Serve {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        warn_of_misnamed_settings();
        let files = Files::named(environment);
        let secrets = files.read()?;
        if ServeConfig::is_empty(with_secrets(environment, secrets.clone())) {
            print::stderr_line(nothing_set::to_serve(language()));
            return Ok(ExitCode::from(2));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        let ended = runtime.block_on(start(files, secrets));
        // Not waited for: a name that is being looked up.
        runtime.shutdown_background();
        let ended = ended?;
        Ok(if ended == Ended::Broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

async fn start(files: Files, secrets: Secrets) -> Result<Ended, Failure> {
    // Once it is listened for, it does not end the process, and the write fails as on a full disk.
    drop(signal(SignalKind::from_raw(FILE_TOO_LARGE)).map_err(Failure::Server)?);
    let http = http::client()?;
    let settings = ServeConfig::from_lookup(with_secrets(environment, secrets), &http)?;
    for warning in &settings.config.warnings {
        tracing::error!(configuration = true, "{warning}. Messages go out regardless, as well as they can");
    }
    let clock = clock(settings.config.clock);
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| Failure::Listen { address, source })?;
    let state = State::open(&settings.state)?;
    let metrics = metrics(settings.metrics).await;
    // Not from which folder it was started.
    let state_file = settings.state.canonicalize().unwrap_or(settings.state);
    let lanes = Lanes::open(&state, &clock).await?;
    let base = Base::alone(http, state.clone(), Utc::now());
    base.begin().await;
    let tally = base.tally().clone();
    let of_build = lanes.clone();
    let build = async move |lookup: Lookup<'_>| {
        let settings = ServeConfig::from_lookup(lookup, base.http())?;
        let parts = Parts::new(&base, settings, &of_build);
        if let Err(unreadable) = parts.dispatcher.relay.warm(Utc::now()).await {
            tracing::error!(
                configuration = true,
                rotation = unreadable.name(),
                "the rotation cannot be read, so alerts go to the fallback until it can: `toban check` says what to do"
            );
        }
        Ok(parts)
    };
    let place = if files.is_empty() { Place::Nowhere } else { Place::Files(files) };
    let renewal = Renewal::start(environment, place, async {}, build, clock()).await?;
    let stopped = stopped().map_err(Failure::Server)?;
    let local = listener.local_addr().map_or_else(|_| address.to_string(), |local| local.to_string());
    tracing::info!(listen = local, state = %state_file.display(), version = env!("CARGO_PKG_VERSION"), "serving");
    let started_at = clock();
    let server =
        Server { renewal, state, lanes, clock, look_at_state: Notify::new(), tally, seen: Seen::default(), started_at };
    let ended = server.run(Listeners { webhooks: listener, metrics }, stopped).await;
    tracing::info!(is_drained = ended == Ended::Drained, "ended");
    Ok(ended)
}

/// Where metrics are asked for. Without it alerts go out all the same.
async fn metrics(address: Option<SocketAddr>) -> Option<TcpListener> {
    let address = address?;
    match TcpListener::bind(address).await {
        Ok(listener) => {
            let local = listener.local_addr().unwrap_or(address);
            tracing::info!(metrics = %local, "/metrics and /ready are at METRICS_LISTEN");
            Some(listener)
        }
        Err(error) => {
            tracing::error!(
                configuration = true,
                "METRICS_LISTEN is {address}, which cannot be listened on ({error}), so there are no metrics: \
                 set it to another port, or to off"
            );
            None
        }
    }
}

/// The real time, or in a rehearsal one that goes on from `TOBAN_NOW`.
fn clock(rehearsal: Option<DateTime<Utc>>) -> Clock {
    match rehearsal {
        None => Arc::new(Utc::now),
        Some(then) => {
            let ahead = then - Utc::now();
            Arc::new(move || Utc::now() + ahead)
        }
    }
}

/// SIGTERM, or Ctrl-C. One that comes before this is waited for is not lost.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
