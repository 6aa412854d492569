//! `toban serve`: the routes of the webhook on this machine.

use super::Failure;
use crate::config::{Config, Reach};
use crate::intake::{Intake, Request, Sink};
use crate::roster::Source;
use crate::secret::Secret;
use crate::source::{Credentials, Headers, pagerduty};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request as HttpRequest, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The signing secret and the token of a relay that has none configured and listens on this machine alone.
const DEMO_SECRET: &str = "toban-demo-secret";
const DEMO_TOKEN: &str = "toban-demo-token";

const PORT: u16 = 8080;
/// How many ports are tried when the first is taken.
const PORTS: u16 = 20;
/// What API Gateway takes at most.
const LARGEST_REQUEST: usize = 10 * 1024 * 1024;

/// Arguments of `toban serve`.
#[derive(Debug, Default, clap::Args)]
#[command(long_about = "\
Runs the whole relay on this machine: the routes of the Lambda function on 127.0.0.1, a sample rotation that always \
covers today (or ROTATION_FILE), and messages printed as the chat would show them. Nothing leaves the machine.

Try it with the curl lines of the README. TOBAN_NOW=2026-11-24T11:02:00+09:00 moves the clock.")]
pub(super) struct Serve {
    /// Listen on this port [default: 8080, or the next free one]
    #[arg(long)]
    port: Option<u16>,
    /// Post to the chats that are configured, for real
    #[arg(long)]
    live: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Result<ExitCode, Failure> {
        let reach = if self.live { Reach::Live } else { Reach::Local };
        let (base, lookup) = super::open(reach).await?;
        let mut config = base.settings(&lookup, reach)?;
        for warning in &config.warnings {
            tracing::error!("{warning}. Alerts go out all the same, as well as they can");
        }
        let Credentials { pagerduty, mackerel, jenkins, events } = &mut config.credentials;
        let is_open = pagerduty.secrets.is_empty() && pagerduty.tokens.is_empty();
        if reach == Reach::Local {
            if is_open {
                *pagerduty = pagerduty::Credentials { secrets: vec![Secret::new(DEMO_SECRET)], tokens: Vec::new() };
            }
            let tokens = is_open.then_some(&mut pagerduty.tokens);
            for tokens in tokens.into_iter().chain([mackerel, jenkins, events]).filter(|tokens| tokens.is_empty()) {
                tokens.push(Secret::new(DEMO_TOKEN));
            }
        }
        let listener = self.listen().await?;
        let port = listener.local_addr().map_err(Failure::Server)?.port();
        greet(&config, reach, is_open, port);

        let clock = config.clock;
        let credentials = config.credentials.clone();
        let relay = base.relay(config);
        let server = Arc::new(Server { intake: Intake { credentials, sink: Sink::Inline(Box::new(relay)) }, clock });
        let app = Router::new().fallback(answer).with_state(server);
        let stopped = async {
            // Without a signal to wait for, the process is ended from outside.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        axum::serve(listener, app).with_graceful_shutdown(stopped).await.map_err(Failure::Server)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The port that was asked for and no other, or the first free one.
    async fn listen(&self) -> Result<TcpListener, Failure> {
        let ports = match self.port {
            Some(port) => port..=port,
            None => PORT..=PORT + PORTS,
        };
        let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        for port in ports {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => return Ok(listener),
                Err(error) => last = error,
            }
        }
        Err(Failure::Port(last))
    }
}

struct Server {
    intake: Intake,
    clock: Option<DateTime<Utc>>,
}

async fn answer(State(server): State<Arc<Server>>, request: HttpRequest) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_REQUEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is over 10 MiB\n").into_response();
    };
    let headers =
        head.headers.iter().filter_map(|(name, value)| Some((name.as_str().into(), value.to_str().ok()?.into())));
    let request = Request {
        method: head.method.as_str().into(),
        path: head.uri.path().into(),
        headers: Headers(headers.collect()),
        body: body.as_ref().into(),
        received_at: None,
    };
    let answer = server.intake.answer(&request, server.clock.unwrap_or_else(Utc::now)).await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, answer.headers(), format!("{}\n", answer.text)).into_response()
}

/// What somebody who has just started it wants to know, on standard error.
fn greet(config: &Config, reach: Reach, is_demo: bool, port: u16) {
    eprintln!("toban listens on http://127.0.0.1:{port} (stop it with Ctrl-C)");
    match reach {
        Reach::Local | Reach::ReadOnly => {
            eprintln!("  messages  printed here; nothing leaves this machine (--live posts to the configured chats)")
        }
        Reach::Live => eprintln!("  messages  posted to the configured chats, for real"),
    }
    match config.roster {
        Source::Sample => {
            eprintln!("  rotation  the sample (docs/workbook/rotation.csv); set ROTATION_FILE for your own")
        }
        Source::Files(_) => eprintln!("  rotation  ROTATION_FILE"),
        Source::Sheet(_) => eprintln!("  rotation  the Google Sheet"),
        Source::Misconfigured(_) => eprintln!("  rotation  none; see above"),
    }
    if is_demo && reach == Reach::Local {
        eprintln!(
            "  secrets   v3 bodies are signed with '{DEMO_SECRET}', all others come with the token '{DEMO_TOKEN}'"
        );
    }
    if let Some(now) = config.clock {
        eprintln!("  clock     stands at {} (TOBAN_NOW)", now.with_timezone(&config.office.calendar.zone).to_rfc3339());
    }
    eprintln!("  try       POST a PagerDuty webhook body to http://127.0.0.1:{port}/pagerduty, as the README shows");
}
