//! The control panel of the team: the rotation and what goes with it, as one value.

use crate::domain::calendar::CompanyHolidays;
use crate::domain::incident::{Person, SHIFT, Status};
use crate::domain::member::{Members, Mentionee, Platform};
use crate::domain::policy::Ignored;
use crate::domain::rotation::{Coverage, Finding, Rotation, resolve};
use crate::domain::runbook::Runbook;
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// All tabs, as far as they can be used, and what cannot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workbook {
    /// Who is on call.
    pub rotation: Rotation,
    /// How each chat calls whom; `None` when no members tab is configured.
    pub members: Option<Members>,
    /// What to do about which alert, in the order of the rows.
    pub runbooks: Vec<Runbook>,
    /// The company's own days off.
    pub holidays: Arc<CompanyHolidays>,
    /// Rows and cells that had to be passed over.
    pub findings: Vec<Finding>,
}

impl Workbook {
    /// Who is on call on that date, for one chat.
    pub fn coverage(&self, date: NaiveDate, platform: Platform) -> Coverage {
        self.rotation.coverage(date, self.members.as_ref(), platform)
    }

    /// Somebody who is or was on call, if that chat can call them.
    pub fn mentionee(&self, person: &Person, platform: Platform) -> Option<Mentionee> {
        let members = self.members.as_ref();
        let known = members.and_then(|members| members.by_slack(&person.id));
        let member = known.and_then(|member| member.on(platform));
        member.or_else(|| resolve(&person.name, members, platform).ok())
    }

    /// Those of PagerDuty's people whom the members tab knows on that chat.
    pub fn known(&self, people: &[Person], platform: Platform) -> Vec<Mentionee> {
        let Some(members) = &self.members else {
            return Vec::new();
        };
        people.iter().filter_map(|person| members.by_pagerduty(person)?.on(platform)).collect()
    }

    /// Those who are on an incident, as they said in the chat in this shift or in PagerDuty, whom the members tab knows on that
    /// chat. Each once.
    pub fn on_it(&self, status: &Status, ignored: &Ignored, platform: Platform, now: DateTime<Utc>) -> Vec<Mentionee> {
        let Some(members) = &self.members else {
            return Vec::new();
        };
        let takers = status
            .takers
            .iter()
            .filter(|taker| now - taker.since < SHIFT)
            .filter_map(|taker| members.by_slack(&taker.who.id));
        let holders = ignored.real(&status.holders.first).filter_map(|person| members.by_pagerduty(person));
        let mut all: Vec<Mentionee> = Vec::new();
        for one in takers.chain(holders).filter_map(|member| member.on(platform)) {
            if all.iter().all(|known| known.handle != one.handle) {
                all.push(one);
            }
        }
        all
    }
}
