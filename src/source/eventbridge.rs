//! What EventBridge hands over, and why it is believed.
//!
//! Nobody signs it, and no stranger can send it: AWS calls the function only for the rules that its policy names. Which account
//! and which sender an event names is checked here all the same, so that one rule too many in the account opens nothing.
//! Partners' names: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas.html>.

use super::{LARGEST_BODY, Sender, events};
use crate::domain::incident::IncidentEvent;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The senders that EventBridge knows, each with what its `source` is, or begins with if that ends in a slash.
const SOURCES: [(Sender, &str); 3] = [
    (Sender::CloudWatch, "aws.cloudwatch"),
    (Sender::Mackerel, "aws.partner/mackerel.io/"),
    (Sender::PagerDuty, "aws.partner/pagerduty.com/"),
];

/// Whose events are taken: `EVENTBRIDGE`. With none, nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken(BTreeSet<&'static str>);

/// An event as EventBridge has it.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// EventBridge's own id of it.
    pub id: Option<&'a str>,
    pub source: &'a str,
    pub account: &'a str,
    /// The whole event, as JSON.
    pub whole: &'a str,
    /// What its sender says, as JSON.
    pub detail: &'a str,
}

/// An event that EventBridge vouches for. Only [`Taken::check`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct Trusted {
    sender: Sender,
    body: Vec<u8>,
    delivery: Option<String>,
}

/// Why an event is not taken. It would be no better if it came again. The words are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    #[error("the event is of another account than the function")]
    AnotherAccount,
    #[error("the event is of no sender that is known")]
    UnknownSource,
    #[error("EVENTBRIDGE does not name {}, whose event this is", .0.name())]
    NotNamed(Sender),
}

impl NotTrusted {
    /// What to do about it.
    pub fn advice(self) -> String {
        match self {
            Self::AnotherAccount | Self::UnknownSource => {
                "Find the rule that has sent it, and remove it from the function's policy".to_owned()
            }
            Self::NotNamed(sender) => format!("Add {} to EVENTBRIDGE, or remove the rule", sender.name()),
        }
    }
}

impl Taken {
    /// The names that there are.
    pub fn names() -> [&'static str; SOURCES.len()] {
        SOURCES.map(|(sender, _)| sender.name())
    }

    /// Adds a sender by its name. Returns `None` if it has none of these.
    pub fn add(&mut self, name: &str) -> Option<()> {
        let known = Self::names().into_iter().find(|known| *known == name)?;
        self.0.insert(known);
        Some(())
    }

    pub fn takes(&self, sender: Sender) -> bool {
        self.0.contains(sender.name())
    }

    /// The event, if it is of this account and of a sender that is taken.
    pub fn check(&self, envelope: Envelope<'_>, own_account: Option<&str>) -> Result<Trusted, NotTrusted> {
        if own_account.is_none_or(|own| own != envelope.account) {
            return Err(NotTrusted::AnotherAccount);
        }
        let sender = sender_of(envelope.source).ok_or(NotTrusted::UnknownSource)?;
        if !self.takes(sender) {
            return Err(NotTrusted::NotNamed(sender));
        }
        Ok(Trusted { sender, body: body(sender, envelope), delivery: envelope.id.map(str::to_owned) })
    }
}

impl Trusted {
    pub fn sender(&self) -> Sender {
        self.sender
    }

    /// As the queue keeps it: what the sender's webhook would post, so that whoever has both is told once.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// EventBridge's id of it.
    pub fn delivery(&self) -> Option<&str> {
        self.delivery.as_deref()
    }

    /// Its events. What cannot be read is an event that says so.
    pub fn events(&self, now: DateTime<Utc>) -> Vec<IncidentEvent> {
        let mut events = events(self.sender, &self.body, self.delivery(), now);
        events.iter_mut().for_each(|event| event.arrived_at = now);
        events
    }
}

/// Whose `source` it is: the whole of it, or what a partner's name begins with, its slash included.
fn sender_of(source: &str) -> Option<Sender> {
    let is_it = |known: &str| match known.strip_suffix('/') {
        Some(_) => source.strip_prefix(known).is_some_and(|rest| !rest.is_empty()),
        None => source == known,
    };
    SOURCES.into_iter().find(|(_, known)| is_it(known)).map(|(sender, _)| sender)
}

fn body(sender: Sender, envelope: Envelope<'_>) -> Vec<u8> {
    match sender {
        // Its time, its account and the alarm's ARN are in the envelope.
        Sender::CloudWatch => envelope.whole.into(),
        // One message of webhooks v2, without the list that those are in.
        Sender::PagerDuty if envelope.detail.len() < LARGEST_BODY => {
            format!(r#"{{"messages":[{}]}}"#, envelope.detail).into()
        }
        _ => envelope.detail.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::EventKind;

    const OWN: &str = "123456789012";

    fn envelope(source: &str) -> Envelope<'_> {
        Envelope { id: Some("7d2f4c1a"), source, account: OWN, whole: "{}", detail: "{}" }
    }

    fn all() -> Taken {
        let mut taken = Taken::default();
        Taken::names().into_iter().for_each(|name| taken.add(name).expect("a known name"));
        taken
    }

    #[test]
    fn a_source_is_one_of_three_and_nothing_like_it() {
        for (source, expected) in [
            ("aws.cloudwatch", Some(Sender::CloudWatch)),
            ("aws.partner/mackerel.io/my-org/toban", Some(Sender::Mackerel)),
            ("aws.partner/pagerduty.com/my-account/toban", Some(Sender::PagerDuty)),
            ("aws.cloudwatch.evil", None),
            ("aws.cloudwatch/x", None),
            ("AWS.cloudwatch", None),
            ("my.aws.cloudwatch", None),
            ("aws.partner/mackerel.io/", None),
            ("aws.partner/mackerel.io", None),
            ("aws.partner/mackerel.io.evil.example/my-org/toban", None),
            ("aws.partner/evil.example/aws.partner/mackerel.io/my-org", None),
            ("aws.partner/pagerduty.community/my-account/toban", None),
            (" aws.partner/pagerduty.com/my-account", None),
            ("mackerel.io/my-org", None),
            ("aws.partner/", None),
            ("", None),
        ] {
            let found = all().check(envelope(source), Some(OWN));
            assert_eq!(found.map(|trusted| trusted.sender), expected.ok_or(NotTrusted::UnknownSource), "{source}");
        }
    }

    #[test]
    fn an_event_is_of_the_functions_own_account() {
        for (account, own, expected) in [
            (OWN, Some(OWN), true),
            ("123456789013", Some(OWN), false),
            ("", Some(OWN), false),
            (OWN, None, false),
            ("", None, false),
        ] {
            let found = all().check(Envelope { account, ..envelope("aws.cloudwatch") }, own);
            assert_eq!(found.is_ok(), expected, "{account:?} {own:?}");
            assert!(expected || found == Err(NotTrusted::AnotherAccount));
        }
    }

    #[test]
    fn only_what_is_named_is_taken() {
        let source = |sender| match SOURCES.into_iter().find(|(known, _)| *known == sender) {
            Some((_, known)) => format!("{known}{}", if known.ends_with('/') { "a/b" } else { "" }),
            None => unreachable!("it is one of these"),
        };
        for named in Taken::names() {
            let mut taken = Taken::default();
            taken.add(named).expect("a known name");
            for (sender, _) in SOURCES {
                let found = taken.check(envelope(&source(sender)), Some(OWN)).map(|trusted| trusted.sender);
                let expected = if sender.name() == named { Ok(sender) } else { Err(NotTrusted::NotNamed(sender)) };
                assert_eq!(found, expected, "{named} {}", sender.name());
            }
        }
        for unknown in ["jenkins", "events", "CloudWatch", "aws.cloudwatch", ""] {
            assert_eq!(Taken::default().add(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_partners_body_is_what_its_webhook_posts() {
        let detail = r#"{"event":"incident.trigger","id":"01G","incident":{"id":"Q1","title":"a"}}"#;
        let envelope = Envelope { detail, ..envelope("aws.partner/pagerduty.com/a/b") };
        let trusted = all().check(envelope, Some(OWN)).expect("it is PagerDuty's");
        assert_eq!(trusted.body(), format!(r#"{{"messages":[{detail}]}}"#).as_bytes());
        let events = trusted.events(DateTime::UNIX_EPOCH);
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!((event.key.0.as_str(), &event.kind), ("01G", &EventKind::Triggered));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_eventbridges_id() {
        for (source, detail) in [
            ("aws.cloudwatch", "{}"),
            ("aws.partner/mackerel.io/a/b", "null"),
            ("aws.partner/mackerel.io/a/b", r#""alert""#),
            ("aws.partner/pagerduty.com/a/b", "null"),
            ("aws.partner/pagerduty.com/a/b", "[]"),
        ] {
            let trusted = all().check(Envelope { detail, ..envelope(source) }, Some(OWN)).expect("it is trusted");
            let events = trusted.events(DateTime::UNIX_EPOCH);
            let shown: Vec<_> =
                events.iter().filter_map(|event| Some(event.unreadable.as_ref()?.delivery.as_str())).collect();
            // PagerDuty's messages have ids of their own, which are missing here.
            let is_told = if source.contains("pagerduty") { shown.len() == 1 } else { shown == ["7d2f4c1a"] };
            assert!(is_told, "{source} {detail}: {events:?}");
        }
    }
}
