//! Reading variables and collecting what is wrong with them.

use crate::domain::text::Link;
use std::collections::BTreeSet;
use std::fmt;

/// The settings that are secrets: in the cloud they are parameters, never variables of a function.
pub const SECRETS: [&str; 12] = [
    "PAGERDUTY_WEBHOOK_SECRETS",
    "PAGERDUTY_V2_TOKENS",
    "PAGERDUTY_API_KEY",
    "MACKEREL_TOKENS",
    "JENKINS_TOKENS",
    "EVENTS_TOKENS",
    "MACKEREL_API_KEY",
    "SLACK_BOT_TOKEN",
    "SLACK_WEBHOOK_URL",
    "BACKUP_WEBHOOK_URL",
    "TYPETALK_TOKEN",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
];

/// What is wrong with one variable, and what it should look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variable.
    pub variable: &'static str,
    /// What is wrong. Never the value of a secret.
    pub problem: String,
    /// A value that would do; empty where the mend is to leave it out.
    pub example: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)?;
        match self.example {
            "" => Ok(()),
            example => write!(f, ", for example {}={example}", self.variable),
        }
    }
}

/// Everything that is wrong, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration has faults:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}

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

    /// The value, trimmed; empty is not set.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        (self.lookup)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The comma-separated values.
    pub(super) fn list(&self, variable: &str) -> Vec<String> {
        let text = self.text(variable).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The value as `parse` understands it, or the default. What it does not understand is a fault.
    pub(super) fn parsed<T>(
        &mut self,
        variable: &'static str,
        default: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(variable).unwrap_or_else(|| default.to_owned());
        let value = parse(&text);
        if value.is_none() {
            self.fault(variable, format!("is '{text}', which is not {expected}"), default);
        }
        value
    }

    /// A link to show, if it is set.
    pub(super) fn link(&mut self, variable: &'static str) -> Option<Link> {
        let text = self.text(variable)?;
        let link = Link::parse(&text);
        if link.is_none() {
            self.fault(
                variable,
                format!("is '{text}', which is not an http(s) URL"),
                "https://wiki.example.com/on-call",
            );
        }
        link
    }

    /// A secret that is not set is looked for in the parameters as well, if there are any; then the fault says so.
    pub(super) fn fault(&mut self, variable: &'static str, problem: impl Into<String>, example: &'static str) {
        let mut problem = problem.into();
        if let (true, None, Some(path)) =
            (SECRETS.contains(&variable), self.text(variable), self.text("PARAMETERS_PATH"))
        {
            problem += &format!(" (nor is there a parameter {}/{variable})", path.trim_end_matches('/'));
        }
        self.faults.push(Fault { variable, problem, example });
    }

    /// Remembers which APIs are not on this machine.
    pub(super) fn uses(&mut self, variable: &'static str, url: &reqwest::Url) {
        if !is_loopback(url) {
            self.remote.insert(variable);
        }
    }

    /// Remembers an API that is never on this machine.
    pub(super) fn uses_remote(&mut self, variable: &'static str) {
        self.remote.insert(variable);
    }

    /// The first of the APIs in use that is not on this machine.
    pub(super) fn remote(&self) -> Option<&'static str> {
        self.remote.first().copied()
    }

    /// What was found since; the settings go on without it.
    pub(super) fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    pub(super) fn put_back(&mut self, faults: Vec<Fault>) {
        self.faults.extend(faults);
    }

    /// Whether nothing was found since the faults were last taken.
    pub(super) fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn done(self) -> Result<(), Faults> {
        match self.faults.is_empty() {
            true => Ok(()),
            false => Err(Faults(self.faults)),
        }
    }

    /// The URL of an API: `https`, or `http` to this machine. Without the slash at its end.
    pub(super) fn url(&mut self, variable: &'static str, text: &str, example: &'static str) -> Option<String> {
        let url = reqwest::Url::parse(text).ok().filter(reqwest::Url::has_host);
        let is_safe = |url: &reqwest::Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        let Some(url) = url.filter(is_safe) else {
            self.fault(variable, "is not an https:// URL (http:// is taken for this machine only)", example);
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
