//! `toban demo`: the webhook's routes on this machine, and a page that shows what they do.

use super::{Failure, print};
use crate::demo::{DUMMY, DemoChats, DemoNetwork, Fallbacks, Page, Parts, SRE_GROUP, Stakes, router};
use crate::domain::policy::Ignored;
use crate::net::secret::Secret;
use crate::relay::via::Via;
use crate::roster::Source;
use crate::setup::config::{Config, DEMO_SECRET, DEMO_TOKEN, Reach};
use crate::setup::renewal::Lookup;
use crate::setup::wiring::Base;
use crate::source::{Access, NotAuthentic, Sender, advice};
use chrono::Utc;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use tokio::net::TcpListener;

const PORT: u16 = 8080;
/// How many more ports are tried if the first is taken.
const PORTS: u16 = 20;

/// Arguments of `toban demo`.
#[derive(Debug, Default, clap::Args)]
#[command(long_about = "\
Runs the whole relay on this machine, with a page to look at it: the chats as they would look, who is on call, a clock to \
move, events to send, faults to switch on, buttons to press and /toban to type as one of the sample's people. The rotation is \
a sample that always covers today, with English names if MESSAGE_LANGUAGE is en (or ROTATION_FILE); paste your own sheet \
into the page, and it shows who is read to be on call, day by day, and uses it.

Nothing leaves the machine. The routes of the Lambda function are beside the page on 127.0.0.1, for programs of this machine; \
other web pages are refused, and a tunnel has to rewrite the Host header.

Open the address that it prints. The curl lines of the README show up on the page too. \
TOBAN_NOW=2026-11-24T11:02:00+09:00 puts the clock somewhere at the start.

With --live it posts to the configured chats, and the page shows what it posts; clock, rotation and faults cannot be \
played with then.")]
pub(super) struct Demo {
    /// Listen on this port [default: 8080, or the next free one]
    #[arg(long)]
    port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Post to the chats that are configured, for real
    #[arg(long)]
    live: bool,
}

impl Demo {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Server)?;
        runtime.block_on(self.start())
    }

    async fn start(self) -> Result<ExitCode, Failure> {
        let reach = if self.live { Reach::Live } else { Reach::Local };
        let (base, lookup) = super::open(reach).await?;
        let mut config = base.settings(&lookup, reach)?;
        super::warn(&config.warnings);
        let is_open = config.credentials.of(Sender::PagerDuty).are_none();
        if reach == Reach::Local {
            for sender in Sender::routed() {
                let accepted = config.credentials.of_mut(sender);
                if !accepted.are_none() {
                    continue;
                }
                accepted.tokens.push(Secret::new(DEMO_TOKEN));
                if let Access::PagerDuty { .. } = sender.source().access {
                    accepted.secrets.push(Secret::new(DEMO_SECRET));
                }
            }
        }
        let (listener, passed_over) = self.listen().await?;
        let port = listener.local_addr().map_err(Failure::Server)?.port();
        greet(&config, reach, is_open, port, passed_over.as_ref());
        let open_secret = (is_open && reach == Reach::Local).then_some(DEMO_SECRET);
        let page =
            Page::new(Parts { open_secret, ..parts(&base, &lookup, config, reach) }, port).ok_or(Failure::NoRandom)?;
        if self.open {
            open_browser(port);
        }
        let app = router(page.clone());
        axum::serve(listener, app).with_graceful_shutdown(stopped(page)).await.map_err(Failure::Server)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Listens on the port of `--port` only, or on the first free one from 8080 on. The second value says why 8080 was
    /// skipped, if it was.
    async fn listen(&self) -> Result<(TcpListener, Option<std::io::Error>), Failure> {
        let ports = match self.port {
            Some(port) => port..=port,
            None => PORT..=PORT + PORTS,
        };
        let mut passed_over = None;
        for port in ports {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => return Ok((listener, passed_over)),
                Err(error) => passed_over = passed_over.or(Some(error)),
            }
        }
        Err(Failure::Port(passed_over.unwrap_or_else(|| ErrorKind::AddrInUse.into())))
    }
}

/// What the page is built from: with `--live` the configured chats, otherwise two that only record.
fn parts(base: &Base, lookup: Lookup<'_>, mut config: Config, reach: Reach) -> Parts {
    let network = Arc::<DemoNetwork>::default();
    let http = base.http().clone().on(network.clone());
    let (demo_chats, stakes) = match reach {
        Reach::Live => {
            let (slack, typetalk) = (lookup("FALLBACK_MENTION_SLACK"), lookup("FALLBACK_MENTION_TYPETALK"));
            let fallbacks = Fallbacks { slack, typetalk };
            (DemoChats::live(&config.outlets, &config.reminder_outlets, &fallbacks), Stakes::Live)
        }
        Reach::Local | Reach::ReadOnly => {
            let fallback = |variable, sample: String| match lookup(variable).filter(|text| !text.is_empty()) {
                Some(text) if text == "none" => None,
                text => Some(text.unwrap_or(sample)),
            };
            let fallbacks = Fallbacks {
                slack: fallback("FALLBACK_MENTION_SLACK", format!("<!subteam^{SRE_GROUP}>")),
                typetalk: fallback("FALLBACK_MENTION_TYPETALK", "@sre".to_owned()),
            };
            if lookup("IGNORED_ASSIGNEES").is_none_or(|text| text.is_empty()) {
                config.team.policy.ignored = Ignored::new([DUMMY]);
            }
            (DemoChats::rehearsed(&fallbacks, &http), Stakes::Rehearsal)
        }
    };
    let (credentials, stands_at) = (config.credentials.clone(), config.clock);
    let (manual, checklist) = (config.manual.clone(), config.checklist.clone());
    let relay = base.relay(&config, Via::Request);
    Parts {
        team: relay.team.settings,
        credentials,
        roster: relay.team.roster,
        ledger: relay.ledger,
        demo_chats,
        network,
        http,
        manual,
        checklist,
        advice: super::check::advice,
        real: Utc::now,
        stands_at,
        stakes,
        open_secret: None,
    }
}

async fn stopped(page: Arc<Page>) {
    // If the signal cannot be waited for, the process has to be ended in another way.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    page.close();
}

/// If this fails, the user still has the address on the terminal.
fn open_browser(port: u16) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let page = format!("http://127.0.0.1:{port}/");
    let begun =
        Command::new(program).arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if begun.is_err() {
        print::stderr_line(format_args!("  (no browser could be opened: there is no {program})"));
    }
}

/// Prints what a user needs to know at the start, on standard error.
fn greet(config: &Config, reach: Reach, is_demo: bool, port: u16, passed_over: Option<&std::io::Error>) {
    print::stderr_line(format_args!("toban listens on http://127.0.0.1:{port} (stop it with Ctrl-C)"));
    match passed_over {
        Some(error) if error.kind() == ErrorKind::AddrInUse => {
            print::stderr_line(format_args!("  port      {PORT} is in use (by another toban?), so this is {port}"));
        }
        Some(error) => {
            print::stderr_line(format_args!("  port      {PORT} cannot be listened on ({error}), so this is {port}"));
        }
        None => {}
    }
    print::stderr_line(format_args!(
        "  page      http://127.0.0.1:{port}/ in your browser: the chats, who is told, and why"
    ));
    match reach {
        Reach::Local | Reach::ReadOnly => print::stderr_line(
            "  messages  shown there and printed here; nothing leaves this machine (--live posts to the configured chats)",
        ),
        Reach::Live => print::stderr_line("  messages  posted to the configured chats, for real"),
    }
    match config.roster {
        Source::Sample => {
            print::stderr_line("  rotation  the sample (docs/workbook/rotation.csv); set ROTATION_FILE for your own")
        }
        Source::Files(_) | Source::Web(_) => print::stderr_line("  rotation  ROTATION_FILE"),
        Source::Sheet(_) => print::stderr_line("  rotation  the Google Sheet"),
        Source::Misconfigured(_) => print::stderr_line("  rotation  none; see above"),
    }
    if is_demo && reach == Reach::Local {
        print::stderr_line(format_args!(
            "  secrets   v3 bodies are signed with '{DEMO_SECRET}', all others come with the token '{DEMO_TOKEN}'"
        ));
    }
    if config.credentials.are_none() {
        print::stderr_line("  closed    every route, as no credentials are configured; each request is refused");
        for sender in Sender::routed() {
            let route = format!("/{}", sender.name());
            print::stderr_line(format_args!("            {route:<12}{}", advice(sender, NotAuthentic::RouteClosed)));
        }
    }
    if let Some(now) = config.clock {
        let now = now.with_timezone(&config.team.calendar.zone).to_rfc3339();
        print::stderr_line(format_args!("  clock     stands at {now} (TOBAN_NOW)"));
    }
    print::stderr_line(format_args!(
        "  try       POST a PagerDuty webhook body to http://127.0.0.1:{port}/pagerduty, as the README shows"
    ));
}
