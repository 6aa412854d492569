//! What is written in the rows of incidents: which presses are recorded, and whether they may be.

use crate::people::EVERYBODY;
use crate::presses::{Pressing, Recorded};
use crate::sheet::{pagerduty_id, slack_id};
use crate::world::World;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use toban::domain::press::Act;
use toban::store::item::Item;

/// A row of an incident from then on.
#[derive(Debug, Clone)]
pub struct Row {
    pub at: Duration,
    pub is_over: bool,
    /// Everybody who is on it, by what they said or by PagerDuty.
    pub on_it: BTreeSet<u32>,
    /// The call for SRE is done.
    pub is_called: bool,
}

fn texts(item: Option<&Item>, name: &str) -> BTreeMap<String, String> {
    item.map(|item| item.texts(name).to_vec()).unwrap_or_default().into_iter().collect()
}

/// What is kept of somebody who calls SRE, or resolves.
fn kept(item: &Item, name: &str) -> Option<Value> {
    Some(serde_json::from_str(item.text(name)?).expect("our own JSON"))
}

impl Row {
    fn of(item: &Item, at: Duration) -> Self {
        let takers: BTreeSet<_> = texts(Some(item), "takers").into_keys().collect();
        let holders: BTreeSet<_> = texts(Some(item), "holders").into_keys().collect();
        let is_on_it = |person: &u32| takers.contains(&slack_id(*person)) || holders.contains(pagerduty_id(*person));
        Self {
            at,
            is_over: item.text("state") == Some("resolved"),
            on_it: (0..EVERYBODY).filter(is_on_it).collect(),
            is_called: kept(item, "call").is_some_and(|call| call["people"].is_array()),
        }
    }
}

impl Pressing {
    /// The rows that an incident may have had at some time from `since` until then.
    pub fn rows_between(&self, incident: &str, since: Duration, until: Duration) -> Vec<Row> {
        let seen = self.seen();
        let rows = seen.rows.get(incident).map(Vec::as_slice).unwrap_or_default();
        let first = rows.iter().rposition(|row| row.at <= since).unwrap_or_default();
        rows.iter().skip(first).filter(|row| row.at <= until).cloned().collect()
    }

    /// An incident's row has been written.
    pub fn written(&self, world: &World, before: Option<&Item>, after: &Item) {
        let Some(incident) = after.text("pk").and_then(|pk| pk.strip_prefix("incident#")) else { return };
        let (known, takers_before) = (texts(before, "presses"), texts(before, "takers"));
        let takers = texts(Some(after), "takers");
        let new: Vec<_> = texts(Some(after), "presses").into_iter().filter(|(id, _)| !known.contains_key(id)).collect();
        let mut seen = self.seen();
        seen.rows.entry(incident.to_owned()).or_default().push(Row::of(after, world.elapsed()));
        let mut all = Vec::new();
        let joined: Vec<_> = takers.keys().filter(|user| !takers_before.contains_key(*user)).cloned().collect();
        if new.is_empty() && !joined.is_empty() {
            all.push(format!("{joined:?} are on it, and have not pressed"));
        }
        if new.len() > 1 {
            all.push(format!("{new:?} are recorded at once"));
        }
        for (id, text) in new {
            world.count("press recorded");
            world.note(format_args!("  press {id} on {incident}/ is recorded"));
            let Some(press) = seen.presses.iter().find(|press| press.id == id).cloned() else {
                all.push(format!("{id} is recorded, and nobody has pressed it"));
                continue;
            };
            let user = slack_id(press.person);
            let (was_on_it, is_on_it) = (takers_before.contains_key(&user), takers.contains_key(&user));
            let is_as_pressed = match press.act {
                Act::Take => !was_on_it && is_on_it,
                Act::HandBack => was_on_it && !is_on_it,
                Act::Stay => is_on_it && texts(Some(after), "stays").contains_key(&user),
                Act::CallSre | Act::Resolve => takers_before == takers,
            };
            if !is_as_pressed || press.incident != incident {
                all.push(format!("press {} is recorded as another act, or twice: {press:?}", press.number));
            }
            if joined.iter().any(|other| *other != user) {
                all.push(format!("{joined:?} are on it since press {} of {user}", press.number));
            }
            // Of what is done in PagerDuty, that says whether it is over.
            let is_done_there = matches!(press.act, Act::CallSre | Act::Resolve);
            if !is_done_there && before.and_then(|before| before.text("state")) == Some("resolved") {
                all.push(format!("press {} is recorded, and it is over", press.number));
            }
            if seen.recorded.iter().any(|recorded| recorded.id == id) {
                all.push(format!("press {} is recorded twice", press.number));
            }
            let doer = match press.act {
                Act::CallSre => kept(after, "call"),
                Act::Resolve => kept(after, "resolution"),
                Act::Take | Act::HandBack | Act::Stay => None,
            };
            if is_done_there && doer.as_ref().is_none_or(|doer| doer["press"] != id || doer["id"] != user) {
                all.push(format!("press {} is recorded, and not who has pressed it: {doer:?}", press.number));
            }
            let doer = doer.unwrap_or_default();
            let since = doer["state_since"].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
            seen.recorded.push(Recorded {
                id,
                act: press.act,
                incident: incident.to_owned(),
                at: world.elapsed(),
                note: text.split_once(' ').map_or("", |(_, note)| note).to_owned(),
                user: doer["user"].as_str().unwrap_or_default().to_owned(),
                state_since: since,
            });
        }
        seen.wrong.extend(all.into_iter().map(|what| (format!("{incident}/"), what)));
    }
}
