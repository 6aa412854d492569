//! Reading variables and collecting what is wrong with them.

use super::fault::{Bilingual, Fault, Faults};
use crate::chat;
use crate::domain::text::Link;
use crate::source;
use std::collections::BTreeSet;

/// Keys to the APIs that are watched and set up.
const WATCHDOGS: &str = "PAGERDUTY_API_KEY";
/// The key to what people press.
const ACTIONS: &str = super::acting::KEY;
const MACKERELS: &str = "MACKEREL_API_KEY";
/// What the rotation is read with.
const ROTATIONS: [&str; 5] = [
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    // Whoever knows the address of a published sheet can read it.
    "ROTATION_FILE",
    "MEMBERS_FILE",
    "RUNBOOKS_FILE",
    "HOLIDAYS_FILE",
];

/// The settings that are secrets: in the cloud they are parameters, never variables of a function.
pub fn secrets() -> impl Iterator<Item = &'static str> {
    source::secrets().chain(chat::secrets()).chain(ROTATIONS).chain([WATCHDOGS, ACTIONS, MACKERELS])
}

/// What a process does, and so which of the secrets it may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Puts what it is sent into a queue.
    Front,
    /// Takes webhooks and posts to the chats.
    WholeRelay,
    /// Posts to the chats what is in the queue, and does what people press.
    Worker,
    /// Posts the reminders.
    Reminder,
    /// Does what waits for a time: asks PagerDuty, and tells the chats if it sends no webhooks.
    Tick,
    /// The same where it sends what `NOTICES` names.
    NoticingTick,
    /// The same where people answer from the chat.
    AnsweringTick,
    /// The same where nothing of it is set up.
    IdleTick,
    /// Somebody at a terminal.
    CommandLine,
}

impl Role {
    pub fn secrets(self) -> Vec<&'static str> {
        match self {
            Self::Front => source::secrets().collect(),
            Self::WholeRelay => source::secrets().chain(chat::secrets()).chain(ROTATIONS).collect(),
            Self::Worker => chat::secrets().chain(ROTATIONS).chain([ACTIONS]).collect(),
            Self::Reminder => chat::secrets().chain(ROTATIONS).collect(),
            Self::Tick => chat::secrets().chain([WATCHDOGS]).collect(),
            Self::NoticingTick => chat::secrets().chain(ROTATIONS).chain([WATCHDOGS]).collect(),
            Self::AnsweringTick => chat::secrets().chain(ROTATIONS).chain([WATCHDOGS, ACTIONS]).collect(),
            Self::IdleTick => Vec::new(),
            Self::CommandLine => secrets().collect(),
        }
    }
}

/// The variables, and the faults found so far.
pub(super) struct Settings<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<Fault>,
    /// Base URLs in use that are not on this machine, by variable.
    remote: BTreeSet<&'static str>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, faults: Vec::new(), remote: BTreeSet::new() }
    }

    /// The value, trimmed. An empty one is not set.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        (self.lookup)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The comma-separated values.
    pub(super) fn list(&self, variable: &str) -> Vec<String> {
        let text = self.text(variable).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The value as `parse` reads it, or the default. A value that `parse` cannot read is a fault.
    pub(super) fn parsed<T>(
        &mut self,
        variable: &'static str,
        default: &'static str,
        expected: (&str, &str),
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(variable).unwrap_or_else(|| default.to_owned());
        let value = parse(&text);
        if value.is_none() {
            let (english, japanese) = expected;
            let space = if japanese.ends_with(|last: char| last.is_ascii()) { " " } else { "" };
            let problem = (
                format!("is '{text}', which is not {english}"),
                format!("の値 '{text}' は、{japanese}{space}ではありません"),
            );
            self.fault(variable, problem, default);
        }
        value
    }

    /// A link to show, if it is set.
    pub(super) fn link(&mut self, variable: &'static str) -> Option<Link> {
        let text = self.text(variable)?;
        let link = Link::parse(&text);
        if link.is_none() {
            let problem = (
                format!("is '{text}', which is not an http(s) URL"),
                format!("の値 '{text}' は、http(s) の URL ではありません"),
            );
            self.fault(variable, problem, "https://wiki.example.com/on-call");
        }
        link
    }

    /// Records a fault of one variable.
    pub(super) fn fault(&mut self, variable: &'static str, problem: impl Into<Bilingual>, example: &'static str) {
        self.fault_of(vec![(variable, example)], problem);
    }

    /// Records a fault of variables that belong together. A secret that is not set was looked for in the parameters as well, if
    /// there are any, and the fault says so.
    pub(super) fn fault_of(&mut self, variables: Vec<(&'static str, &'static str)>, problem: impl Into<Bilingual>) {
        let mut problem = problem.into();
        let stored = variables.iter().find(|(variable, _)| self.is_secret_not_set(variable));
        if let (Some(path), Some((variable, _))) = (self.text("PARAMETERS_PATH"), stored) {
            let name = format!("{}/{variable}", path.trim_end_matches('/'));
            problem = problem
                .and((format!(" (nor is there a parameter {name})"), format!(" (パラメータ {name} もありません)")));
        }
        self.faults.push(Fault { variables, problem });
    }

    fn is_secret_not_set(&self, variable: &str) -> bool {
        secrets().any(|secret| secret == variable) && self.text(variable).is_none()
    }

    /// Notes that the API of a base URL is used.
    pub(super) fn uses(&mut self, variable: &'static str, url: &reqwest::Url) {
        if !is_loopback(url) {
            self.remote.insert(variable);
        }
    }

    /// Notes that an API is used that is never on this machine.
    pub(super) fn uses_remote(&mut self, variable: &'static str) {
        self.remote.insert(variable);
    }

    /// The first of the APIs in use that is not on this machine.
    pub(super) fn remote(&self) -> Option<&'static str> {
        self.remote.first().copied()
    }

    /// The faults since they were last taken, and forgets them.
    pub(super) fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    pub(super) fn put_back(&mut self, faults: Vec<Fault>) {
        self.faults.extend(faults);
    }

    /// Whether there are no faults since they were last taken.
    pub(super) fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn done(mut self) -> Result<(), Faults> {
        let faults = self.take_faults();
        if faults.is_empty() { Ok(()) } else { Err(self.causes(faults)) }
    }

    /// The faults without those that follow from others: what is about variables that an earlier one names, and that a secret is
    /// not set where the parameters could not be read.
    pub(super) fn causes(&self, faults: Vec<Fault>) -> Faults {
        let names = |fault: &Fault| fault.variables.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let has_path = self.text("PARAMETERS_PATH").is_some();
        let hides_parameters = |name: &&str| *name == "PARAMETERS_PATH" || (has_path && name.starts_with("AWS_"));
        let are_hidden = faults.iter().any(|fault| names(fault).iter().any(hides_parameters));
        let mut causes: Vec<Fault> = Vec::new();
        for fault in faults {
            let named = names(&fault);
            let is_known = |name: &&str| causes.iter().any(|cause| names(cause).contains(name));
            let follows =
                named.iter().all(is_known) || (are_hidden && named.iter().all(|name| self.is_secret_not_set(name)));
            if !follows {
                causes.push(fault);
            }
        }
        Faults(causes)
    }

    /// The URL of an API without a trailing slash: `https`, or `http` to this machine.
    pub(super) fn url(&mut self, variable: &'static str, text: &str, example: &'static str) -> Option<String> {
        let url = reqwest::Url::parse(text).ok().filter(reqwest::Url::has_host);
        let is_safe = |url: &reqwest::Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        let Some(url) = url.filter(is_safe) else {
            let problem = (
                "is not an https:// URL (http:// is taken for this machine only)",
                "は https:// の URL ではありません (http:// はこのマシンに対してだけ使えます)",
            );
            self.fault(variable, problem, example);
            return None;
        };
        self.uses(variable, &url);
        Some(text.trim_end_matches('/').to_owned())
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
