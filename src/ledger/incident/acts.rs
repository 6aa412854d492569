//! What somebody in the chat has done in PagerDuty, as the incident's row keeps it: by it a repeat of the press is known, and what
//! PagerDuty reports of it.

use super::KnownIncident;
use crate::domain::few::Few;
use crate::domain::incident::{EventKind, IncidentEvent, Person, SreCall};
use crate::domain::press::Obstacle;
use crate::domain::text::Foreign;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What PagerDuty reports so long before or after a press may come of it: clocks differ, and the press may have waited.
const COMES_OF_IT: TimeDelta = TimeDelta::minutes(10);
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// Who has pressed, and as whom it is done in PagerDuty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    pub press: String,
    pub who: Person,
    pub at: DateTime<Utc>,
    /// The id of PagerDuty's user; empty if it was not known.
    pub user: String,
}

/// A call for SRE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub doer: Doer,
    /// Whom PagerDuty notifies, or why it does not; `None` as long as that is not known.
    pub outcome: Option<Result<Few<Person>, Obstacle>>,
    /// Somebody else has given it to others since.
    pub is_over: bool,
}

/// A resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    pub doer: Doer,
    /// Since when the incident had the state in which it was to be resolved, by PagerDuty's clock.
    pub state_since: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    press: String,
    id: String,
    name: String,
    at: DateTime<Utc>,
    #[serde(default)]
    user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    people: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    obstacle: Option<String>,
    #[serde(default)]
    is_over: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state_since: Option<DateTime<Utc>>,
}

impl Wire {
    fn of(doer: &Doer) -> Self {
        Self {
            press: doer.press.clone(),
            id: doer.who.id.clone(),
            name: doer.who.name.as_str().to_owned(),
            at: doer.at,
            user: doer.user.clone(),
            people: None,
            obstacle: None,
            is_over: false,
            state_since: None,
        }
    }

    fn doer(&self) -> Option<Doer> {
        let who = person(&self.id, &self.name)?;
        Some(Doer { press: self.press.clone(), who, at: self.at, user: self.user.clone() })
    }

    fn to_text(&self) -> String {
        serde_json::to_string(self).expect("strings are JSON")
    }
}

fn person(id: &str, name: &str) -> Option<Person> {
    Some(Person { id: id.to_owned(), name: Foreign::line(name)? })
}

impl Call {
    /// If PagerDuty has done it, and it is still so.
    pub fn done(&self) -> Option<SreCall> {
        let people = self.outcome.as_ref().filter(|_| !self.is_over)?.as_ref().ok()?.clone();
        Some(SreCall { by: Some(self.doer.who.clone()), at: Some(self.doer.at), people })
    }

    pub(in crate::ledger) fn to_text(&self) -> String {
        let (people, obstacle) = match &self.outcome {
            Some(Ok(people)) => {
                let text = |person: &Person| (person.id.clone(), person.name.as_str().to_owned());
                (Some(people.first.iter().map(text).collect()), None)
            }
            Some(Err(obstacle)) => (None, Some(obstacle.name())),
            None => (None, None),
        };
        Wire { people, obstacle, is_over: self.is_over, ..Wire::of(&self.doer) }.to_text()
    }

    pub(in crate::ledger) fn from_text(text: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(text).ok()?;
        let doer = wire.doer()?;
        let outcome = match (wire.people, wire.obstacle) {
            (Some(people), _) => Some(Ok(people.iter().filter_map(|(id, name)| person(id, name)).collect())),
            (None, obstacle) => obstacle.map(|name| Err(Obstacle::from_name(&name))),
        };
        Some(Self { doer, outcome, is_over: wire.is_over })
    }
}

impl Resolution {
    pub(in crate::ledger) fn to_text(&self) -> String {
        Wire { state_since: self.state_since, ..Wire::of(&self.doer) }.to_text()
    }

    pub(in crate::ledger) fn from_text(text: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(text).ok()?;
        Some(Self { doer: wire.doer()?, state_since: wire.state_since })
    }
}

impl Doer {
    /// Whether PagerDuty reports something that its user has done for this one.
    fn has_done(&self, event: &IncidentEvent) -> bool {
        let is_user = |agent: &Person| !self.user.is_empty() && agent.id == self.user;
        event.agent.as_ref().is_some_and(is_user) && (event.occurred_at - self.at).abs() <= COMES_OF_IT
    }
}

impl KnownIncident {
    /// Who has resolved it, where PagerDuty names the user as whom we do that.
    pub(in crate::ledger) fn presser(&self, event: &IncidentEvent) -> Option<&Person> {
        let Resolution { doer, .. } = self.resolution.as_ref().filter(|_| event.kind == EventKind::Resolved)?;
        // What happened before they pressed was an earlier one.
        let is_after = doer.at - event.occurred_at <= CLOCKS_DIFFER;
        (is_after && doer.has_done(event)).then_some(&doer.who)
    }

    /// Whether PagerDuty reports that somebody else has resolved it than somebody in the chat.
    pub(in crate::ledger) fn is_resolved_by_another(&self, event: &IncidentEvent) -> bool {
        let is_known = self.resolution.as_ref().is_some_and(|resolution| !resolution.doer.user.is_empty());
        is_known && event.agent.is_some() && !self.is_our_doing(event)
    }

    /// Whether PagerDuty's user has resolved it as whom we do that, or whoever has pressed stands for them already.
    pub(super) fn is_our_doing(&self, event: &IncidentEvent) -> bool {
        let is_ours = |Resolution { doer, .. }: &Resolution| {
            let is_user = |agent: &Person| (!doer.user.is_empty() && agent.id == doer.user) || agent.is(&doer.who);
            event.agent.as_ref().is_some_and(is_user)
        };
        event.kind == EventKind::Resolved && self.resolution.as_ref().is_some_and(is_ours)
    }

    /// Whether PagerDuty reports what our own call for SRE has changed.
    pub(in crate::ledger) fn is_own_call(&self, event: &IncidentEvent) -> bool {
        use EventKind::{Delegated, Escalated, Reassigned, Unacknowledged};
        let may_be = matches!(event.kind, Delegated | Escalated | Reassigned | Unacknowledged);
        // What was told as not done, and is done after all, is news.
        let is_hidden = |call: &Call| !matches!(call.outcome, Some(Err(_))) && call.doer.has_done(event);
        may_be && self.call.as_ref().is_some_and(is_hidden)
    }

    /// Somebody has given it to others after SRE was called.
    pub(super) fn end_call(&mut self, event: &IncidentEvent) {
        let is_given = matches!(event.kind, EventKind::Delegated | EventKind::Reassigned) && !self.is_own_call(event);
        if let Some(call) = self.call.as_mut().filter(|call| is_given && event.occurred_at > call.doer.at) {
            call.is_over = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{EventKey, IncidentId, Origin};

    fn doer() -> Doer {
        let who = person("U0SATO0001", "佐藤 \"健\"").expect("a name");
        let at = "2026-11-24T02:20:00Z".parse().expect("an instant");
        Doer { press: "0f1e".into(), who, at, user: "PDUMMY1".into() }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let sre = person("PSRE001", "山田").expect("a name");
        for outcome in
            [None, Some(Ok(vec![sre].into())), Some(Err(Obstacle::NotAllowed)), Some(Err(Obstacle::Other(7)))]
        {
            let call = Call { doer: doer(), is_over: outcome.is_none(), outcome };
            assert_eq!(Call::from_text(&call.to_text()), Some(call));
        }
        for state_since in [None, Some(doer().at)] {
            let resolution = Resolution { doer: doer(), state_since };
            assert_eq!(Resolution::from_text(&resolution.to_text()), Some(resolution));
        }
        for text in ["", "{}", "[]"] {
            assert_eq!((Call::from_text(text), Resolution::from_text(text)), (None, None));
        }
    }

    #[test]
    fn only_what_our_user_does_at_that_time_comes_of_a_press() {
        let mut known = KnownIncident::new(IncidentId("Q1".into()), doer().at);
        known.call = Some(Call { doer: doer(), outcome: None, is_over: false });
        known.resolution = Some(Resolution { doer: doer(), state_since: None });
        for (kind, agent, minutes, of_call, of_resolution) in [
            (EventKind::Delegated, Some("PDUMMY1"), 0, true, false),
            (EventKind::Escalated, Some("PDUMMY1"), 9, true, false),
            (EventKind::Reassigned, Some("PDUMMY1"), -9, true, false),
            (EventKind::Reassigned, Some("PDUMMY1"), 11, false, false),
            (EventKind::Reassigned, Some("PSATO01"), 0, false, false),
            (EventKind::Reassigned, None, 0, false, false),
            (EventKind::Triggered, Some("PDUMMY1"), 0, false, false),
            (EventKind::Resolved, Some("PDUMMY1"), 1, false, true),
            (EventKind::Resolved, Some("PSATO01"), 1, false, false),
            (EventKind::Resolved, None, 1, false, false),
        ] {
            let agent = agent.and_then(|id| person(id, id));
            let at = doer().at + TimeDelta::minutes(minutes);
            let event = IncidentEvent::new(Origin::PagerDuty, EventKey("x".into()), kind.clone(), at);
            let event = IncidentEvent { agent, ..event };
            let found = (known.is_own_call(&event), known.presser(&event).is_some());
            assert_eq!(found, (of_call, of_resolution), "{kind:?} {minutes}");
        }
    }

    /// Whoever is asked instead of SRE is told as usual, and SRE may be called again.
    #[test]
    fn a_call_is_over_when_somebody_else_gives_it_to_others() {
        for (kind, agent, seconds, is_over) in [
            (EventKind::Delegated, "PSATO01", 1, true),
            (EventKind::Reassigned, "PSATO01", 1, true),
            (EventKind::Reassigned, "PSATO01", 0, false),
            (EventKind::Delegated, "PSATO01", -1, false),
            (EventKind::Delegated, "PDUMMY1", 1, false),
            (EventKind::Escalated, "PSATO01", 1, false),
            (EventKind::Acknowledged, "PSATO01", 1, false),
        ] {
            let mut known = KnownIncident::new(IncidentId("Q1".into()), doer().at);
            known.call = Some(Call { doer: doer(), outcome: None, is_over: false });
            let at = doer().at + TimeDelta::seconds(seconds);
            let event = IncidentEvent::new(Origin::PagerDuty, EventKey("x".into()), kind.clone(), at);
            known.learn(&IncidentEvent { agent: person(agent, agent), ..event });
            assert_eq!(known.call.map(|call| call.is_over), Some(is_over), "{kind:?} by {agent} after {seconds} s");
        }
    }

    #[test]
    fn somebody_else_has_resolved_it_only_if_that_is_known() {
        for (user, agent, expected) in [
            ("PDUMMY1", Some("PSATO01"), true),
            ("PDUMMY1", Some("PDUMMY1"), false),
            ("PDUMMY1", Some("U0SATO0001"), false),
            ("PDUMMY1", None, false),
            ("", Some("PSATO01"), false),
        ] {
            let mut known = KnownIncident::new(IncidentId("Q1".into()), doer().at);
            let doer = Doer { user: user.into(), ..doer() };
            known.resolution = Some(Resolution { doer, state_since: None });
            let key = EventKey("x".into());
            let event = IncidentEvent::new(Origin::PagerDuty, key, EventKind::Resolved, known.changed_at);
            let event = IncidentEvent { agent: agent.and_then(|id| person(id, id)), ..event };
            assert_eq!(known.is_resolved_by_another(&event), expected, "{user} {agent:?}");
        }
    }
}
