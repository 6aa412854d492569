//! The command line.

use crate::faults::Rule;
use crate::roster::Offset;
use std::path::PathBuf;
use std::time::Duration;

pub const USAGE: &str = "\
usage: harness [OPTION]... -- COMMAND [ARG]...

Runs COMMAND as a Lambda function against fakes of Google, Slack, Typetalk, SQS, DynamoDB and SSM on loopback, delivers
PagerDuty webhooks to it and prints what it measured. Exit code 1 when an incident was lost or doubled, or a fake objected.

  --name NAME         name of the variant in the output
  --events N          webhooks to deliver, the first (cold) one included; default 200
  --event FILE        API Gateway HTTP API event with a PagerDuty v3 incident.triggered as its body;
                      ids, times, headers and signature are filled in for each delivery
  --body-kib N        least size of that body
  --delay-ms MS       how long each fake waits before it answers; default 0
  --fault RULE        SERVICE=FAULT:CHANCE[,FAULT:CHANCE], repeatable. Services: token, sheets, slack, typetalk,
                      queue, table, secrets.
                      Faults: 429, 500, timeout, reset. Webhooks answered 429 or 5xx are then delivered again
  --seed N            seed of the faults; default 1
  --set NAME=VALUE    one more environment variable; {fakes} in VALUE is the fakes' base URL
  --utc-offset M      minutes by which the clocks of TIME_ZONE are ahead of UTC, for whose day it is; default 540
  --core N            core that COMMAND is pinned to; default: not pinned
  --front FILE        COMMAND is in front of a queue, with its secrets in the store; what it sends is written to FILE
  --presses           the same, and each event is a button that somebody has pressed in Slack
  --worker FILE       COMMAND works through the messages in FILE, with its secrets in the store, and has a ledger
  --bare              COMMAND does nothing, as the baseline
  --limit-s S         longest run; default 60
  --json              one line of JSON instead of text
";

/// What the function does with webhooks.
pub enum Role {
    /// Nothing.
    Bare,
    /// It posts while PagerDuty waits.
    Inline,
    /// It puts them into the queue; the harness writes them to this file.
    Front(PathBuf),
    /// It puts into a queue what people press in Slack.
    Presses,
    /// It posts what the queue hands over, which is in this file, and has a ledger.
    Worker(PathBuf),
}

pub struct Options {
    pub name: String,
    pub events: u64,
    pub event: Option<String>,
    pub body_kib: usize,
    pub delay: Duration,
    pub faults: Vec<Rule>,
    pub seed: u64,
    pub set: Vec<(String, String)>,
    pub offset: Offset,
    pub core: Option<usize>,
    pub role: Role,
    pub limit: Duration,
    pub json: bool,
    pub command: Vec<String>,
}

impl Options {
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            name: String::new(),
            events: 200,
            event: None,
            body_kib: 0,
            delay: Duration::ZERO,
            faults: Vec::new(),
            seed: 1,
            set: Vec::new(),
            offset: Offset::default(),
            core: None,
            role: Role::Inline,
            limit: Duration::from_secs(60),
            json: false,
            command: Vec::new(),
        };
        while let Some(flag) = args.next() {
            match flag.as_str() {
                "--" => {
                    options.command = args.by_ref().collect();
                    continue;
                }
                "--json" => {
                    options.json = true;
                    continue;
                }
                "--presses" => {
                    options.role = Role::Presses;
                    continue;
                }
                "--bare" => {
                    options.role = Role::Bare;
                    continue;
                }
                _ => {}
            }
            let value = args.next().ok_or_else(|| format!("{flag}: unknown option, or its value is missing"))?;
            match flag.as_str() {
                "--name" => options.name = value,
                "--events" => options.events = number(&flag, &value)?,
                "--event" => options.event = Some(value),
                "--body-kib" => options.body_kib = number(&flag, &value)?,
                "--delay-ms" => options.delay = seconds(&flag, &value, 1e-3)?,
                "--fault" => options.faults.push(value.parse()?),
                "--front" => options.role = Role::Front(value.into()),
                "--worker" => options.role = Role::Worker(value.into()),
                "--seed" => options.seed = number(&flag, &value)?,
                "--set" => {
                    let (name, value) = value.split_once('=').ok_or("--set takes NAME=VALUE")?;
                    options.set.push((name.to_owned(), value.to_owned()));
                }
                "--utc-offset" => options.offset = Offset(number(&flag, &value)?),
                "--core" => options.core = Some(number(&flag, &value)?),
                "--limit-s" => options.limit = seconds(&flag, &value, 1.0)?,
                _ => return Err(format!("unknown option {flag}")),
            }
        }
        if options.command.is_empty() {
            return Err("no command after --".into());
        }
        if options.events < 2 {
            return Err("--events: at least 2, a cold one and a warm one".into());
        }
        if options.name.is_empty() {
            options.name.clone_from(&options.command[0]);
        }
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{flag}: {value:?} is not a whole number"))
}

fn seconds(flag: &str, value: &str, unit: f64) -> Result<Duration, String> {
    let number: f64 = value.parse().map_err(|_| format!("{flag}: {value:?} is not a number"))?;
    Duration::try_from_secs_f64(number * unit).map_err(|e| format!("{flag}: {e}"))
}
