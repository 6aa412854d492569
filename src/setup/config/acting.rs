//! What people can press in the chat, and the key with which that is done in PagerDuty.

use super::fault::{Fault, Faults, are, both};
use super::lookup::Settings;
use super::{Config, LedgerPlace, Reach, pagerduty};
use crate::domain::member::Handle;
use crate::domain::press::Offered;
use crate::net::secret::Secret;
use crate::pagerduty::Access;
use crate::pagerduty::state::{PolicyId, ServiceId};
use crate::source;

pub(super) const KEY: &str = "PAGERDUTY_ACTION_KEY";
const SRE: &str = "SRE_ESCALATION_POLICY_ID";
const RESOLVERS: &str = "SLACK_ACTORS";
const KEY_EXAMPLE: &str = "u+AbCdEfGhIjKlMnOpQr";
const AS_EXAMPLE: &str = "toban@example.com";

/// Who acts in PagerDuty.
#[derive(Debug, Clone)]
pub struct Acting {
    /// `PAGERDUTY_BASE_URL`, `PAGERDUTY_ACTION_KEY`
    pub access: Access,
    /// `PAGERDUTY_ACT_AS`
    pub email: String,
    /// `PAGERDUTY_SERVICE_IDS`
    pub services: Vec<ServiceId>,
    /// `SRE_ESCALATION_POLICY_ID`
    pub sre: Option<PolicyId>,
    /// `SLACK_ACTORS`: people and groups of people who may resolve.
    pub resolvers: Vec<Handle>,
}

impl Acting {
    /// `None` if neither the key nor the user is set.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Faults> {
        let mut settings = Settings::new(&lookup);
        let acting = acting(&mut settings);
        settings.done()?;
        Ok(acting)
    }

    /// What people can press with it.
    pub fn offered(&self) -> Offered {
        Offered { call_sre: self.sre.is_some(), resolve: !self.resolvers.is_empty() }
    }
}

impl Config {
    /// The same, with a warning if somebody is to act and nobody can press anything.
    pub(super) fn warned_of_acting(mut self, lookup: impl Fn(&str) -> Option<String>, reach: Reach) -> Self {
        let settings = Settings::new(&lookup);
        let is_on = settings.text(source::slack::SECRETS).is_some() || reach != Reach::Live;
        if let (false, Some(_)) = (is_on, settings.text("PAGERDUTY_ACT_AS")) {
            let problem = (
                "is set, but nothing can be pressed: turn that on (docs/answering.md), or leave this out",
                "が設定されていますが、ボタンが使えません。使えるようにするか (docs/answering.ja.md)、この設定を外してください",
            );
            self.warnings.push(Fault::new("PAGERDUTY_ACT_AS", problem, ""));
        }
        self
    }

    /// Lets people press something, where a chat can show it. What is wrong with that is a warning: alerts go out regardless.
    pub(super) fn with_buttons(
        mut self,
        lookup: impl Fn(&str) -> Option<String>,
        ledger: Option<&LedgerPlace>,
    ) -> Self {
        let mut settings = Settings::new(&lookup);
        if matches!(ledger, Some(LedgerPlace::Memory)) {
            let problem = (
                "is not set, but PRESSES_QUEUE_URL is: who is on an incident could not be kept, so nobody can press anything",
                "が設定されていませんが、PRESSES_QUEUE_URL は設定されています。誰が対応しているかを残せないため、ボタンは使えません",
            );
            self.warnings.push(Fault::new("LEDGER_TABLE", problem, "toban-Ledger"));
            return self;
        }
        self.acting = acting(&mut settings);
        let offered = self.acting.as_ref().map(Acting::offered).unwrap_or_default();
        self.outlets = self.outlets.map(|chat| chat.clone().with_buttons(offered));
        // If it is set, what is wrong with that chat is a warning already.
        if self.outlets.with_buttons().is_none() && settings.text("SLACK_BOT_TOKEN").is_none() {
            let problem = (
                "is not set, and no other chat has buttons: nobody can press anything",
                "が設定されていません。ほかのチャットにはボタンがないため、ボタンは使えません",
            );
            self.warnings.push(Fault::new("SLACK_BOT_TOKEN", problem, "xoxb-…"));
        }
        self.warnings.extend(settings.take_faults());
        self
    }
}

/// `None` if nothing is done in PagerDuty, or with a fault.
fn acting(settings: &mut Settings<'_>) -> Option<Acting> {
    let key = settings.text(KEY).map(Secret::new);
    let email = settings.text("PAGERDUTY_ACT_AS");
    let (key, email) = match (key, email) {
        (None, None) => {
            let without_key = [SRE, RESOLVERS].into_iter().filter(|variable| settings.text(variable).is_some());
            let without_key: Vec<_> = without_key.map(|variable| (variable, "")).collect();
            if !without_key.is_empty() {
                let are = are(&without_key);
                let problem = (
                    format!("{are} set, but {KEY} is not: with that key and PAGERDUTY_ACT_AS toban acts in PagerDuty"),
                    format!(
                        "が設定されていますが、{KEY} がありません。このキーと PAGERDUTY_ACT_AS があれば、toban が PagerDuty を操作します"
                    ),
                );
                settings.fault_of(without_key, problem);
            }
            return None;
        }
        (Some(key), Some(email)) => (key, email),
        (None, Some(_)) => {
            let problem = (
                "is not set, but PAGERDUTY_ACT_AS is: create a key with full access in PagerDuty (Integrations, API Access Keys)",
                "が設定されていませんが、PAGERDUTY_ACT_AS は設定されています。PagerDuty (Integrations の API Access Keys) で、書き込みもできるキーを作ってください",
            );
            settings.fault(KEY, problem, KEY_EXAMPLE);
            return None;
        }
        (Some(_), None) => {
            let problem = (
                format!(
                    "is not set, but {KEY} is: it is the e-mail address of the PagerDuty user that is named for what people press"
                ),
                format!(
                    "が設定されていませんが、{KEY} は設定されています。ボタンでの操作を誰の名前で行うか、PagerDuty のユーザーのメールアドレスを書いてください"
                ),
            );
            settings.fault("PAGERDUTY_ACT_AS", problem, AS_EXAMPLE);
            return None;
        }
    };
    let is_address = email.contains('@') && email.bytes().all(|b| b.is_ascii_graphic());
    if !is_address {
        let problem = ("is not an e-mail address", "はメールアドレスではありません");
        settings.fault("PAGERDUTY_ACT_AS", problem, AS_EXAMPLE);
        return None;
    }
    let services = pagerduty::services(settings, Some(KEY))?;
    let base_url = pagerduty::base_url(settings)?;
    let sre = settings.text(SRE).filter(|id| {
        let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_id {
            let problem = (
                format!("is '{id}', which is not the id of an escalation policy: the end of its URL in PagerDuty"),
                format!("の値 '{id}' は、エスカレーションポリシーの ID (PagerDuty での URL の末尾) ではありません"),
            );
            settings.fault(SRE, problem, "PABCDEF");
        }
        is_id
    });
    let listed = settings.list(RESOLVERS);
    let (resolvers, others): (Vec<_>, Vec<_>) =
        listed.iter().map(|text| Handle::slack(text).ok_or_else(|| format!("'{text}'"))).partition(Result::is_ok);
    let others: Vec<_> = others.iter().filter_map(|other| other.as_ref().err()).map(String::as_str).collect();
    if !others.is_empty() {
        let (english, japanese) = both(&others);
        let are = are(&others);
        let problem = (
            format!("holds {english}, which {are} neither the id of a person (U…, W…) nor of a user group (S…)"),
            format!("の {japanese} は、人の ID (U…、W…) でもユーザーグループの ID (S…) でもありません"),
        );
        settings.fault(RESOLVERS, problem, "U0123456789,S0123456789");
    }
    let resolvers = resolvers.into_iter().flatten().collect();
    Some(Acting { access: Access { base_url, key }, email, services, sre: sre.map(PolicyId), resolvers })
}
