//! What `toban serve` needs: the settings of the functions, where it listens, and where its state is.

use super::fault::{Faults, are};
use super::lookup::Settings;
use super::{Config, DEMO_SECRET, DEMO_TOKEN, Reach, WatchdogConfig, Watched, chats};
use crate::net::http;
use crate::source;
use std::net::SocketAddr;
use std::path::PathBuf;

const LISTEN: &str = "127.0.0.1:8080";
const METRICS_LISTEN: &str = "127.0.0.1:9464";
/// In the folder where it is started.
pub const STATE: &str = "toban.db";

/// Where the functions on AWS have what is in the state file here.
const ON_AWS: [&str; 5] = ["LEDGER_TABLE", "QUEUE_URL", "NEWS_QUEUE_URL", "PRESSES_QUEUE_URL", "PARAMETERS_PATH"];

/// The relay on one machine.
#[derive(Debug)]
pub struct ServeConfig {
    pub config: Config,
    /// Whose incidents the watchdog lists; `None` for no watchdog.
    pub watched: Option<Watched>,
    /// `LISTEN`
    pub listen: SocketAddr,
    /// `METRICS_LISTEN`; `None` for no metrics.
    pub metrics: Option<SocketAddr>,
    /// `STATE_FILE`
    pub state: PathBuf,
}

impl ServeConfig {
    /// Whether nothing is set of what a relay needs.
    pub fn is_empty(lookup: impl Fn(&str) -> Option<String>) -> bool {
        let settings = Settings::new(&lookup);
        !chats::is_any_named(&settings) && source::secrets().all(|secret| settings.text(secret).is_none())
    }

    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>, http: &http::Client) -> Result<Self, Faults> {
        let mut settings = Settings::new(&lookup);
        let on_aws = ON_AWS.into_iter().filter(|variable| settings.text(variable).is_some());
        let on_aws: Vec<_> = on_aws.map(|variable| (variable, "")).collect();
        if !on_aws.is_empty() {
            let (are, it) = (are(&on_aws), if on_aws.len() == 1 { "it" } else { "them" });
            let problem = (
                format!(
                    "{are} for the functions on AWS: toban serve keeps its state in STATE_FILE, and reads secrets from files \
                     (…_FILE); leave {it} out"
                ),
                "は AWS の関数のための設定です。toban serve は状態を STATE_FILE に置き、秘密の値はファイル (…_FILE) からも読みます。外してください",
            );
            settings.fault_of(on_aws, problem);
        }
        for secret in source::secrets() {
            if settings.list(secret).iter().any(|value| value == DEMO_SECRET || value == DEMO_TOKEN) {
                let problem = ("is the demo's, which everybody knows", "はデモ用の値で、誰でも知っています");
                settings.fault(secret, problem, "a-long-random-secret");
            }
        }
        // Slack sends no alerts.
        let mut senders = source::secrets().filter(|secret| *secret != source::slack::SECRETS);
        if senders.all(|secret| settings.text(secret).is_none()) {
            let problem = (
                "is not set, nor is any other sender's secret, so every request would be refused",
                "も、ほかの送り手の秘密の値も設定されていないため、すべてのリクエストを断ることになります",
            );
            settings.fault("PAGERDUTY_WEBHOOK_SECRETS", problem, "a-long-random-secret");
        }
        let listen =
            settings.parsed("LISTEN", LISTEN, ("an IP address and a port", "IP アドレスとポート"), |text| {
                text.parse().ok()
            });
        let metrics = |text: &str| if text == "off" { Some(None) } else { text.parse().ok().map(Some) };
        let expected = ("an IP address and a port, or off", "IP アドレスとポート、または off");
        let metrics = settings.parsed("METRICS_LISTEN", METRICS_LISTEN, expected, metrics).flatten();
        let state = settings.text("STATE_FILE").unwrap_or_else(|| STATE.to_owned()).into();
        let mut faults = settings.take_faults();
        let mut collect = |found: Faults| faults.extend(found.0);
        // Without services the key is for the command line.
        let is_wanted = WatchdogConfig::is_wanted(&lookup);
        let watched = is_wanted.then(|| Watched::from_lookup(&lookup).map_err(&mut collect).ok().flatten()).flatten();
        let here = |variable: &str| lookup(variable).filter(|_| !ON_AWS.contains(&variable));
        let config = Config::from_lookup(here, http, Reach::Live).map_err(collect).ok();
        let takes_presses = settings.text(source::slack::SECRETS).is_some();
        let config = config.map(|config| if takes_presses { config.with_buttons(&lookup, None) } else { config });
        match (config, listen) {
            (Some(config), Some(listen)) if faults.is_empty() => Ok(Self { config, watched, listen, metrics, state }),
            _ => Err(settings.causes(faults)),
        }
    }
}
