//! The control panel of the team: the rotation and what goes with it, as one value.

use crate::domain::calendar::CompanyHolidays;
use crate::domain::incident::Person;
use crate::domain::member::{Members, Mentionee, Platform};
use crate::domain::rotation::{Coverage, Finding, Rotation};
use crate::domain::runbook::Runbook;
use crate::domain::text::Foreign;
use chrono::NaiveDate;
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

/// Why a workbook cannot be read. Each is worded, with how to mend it, in the chat and by `toban check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// A setting about it is missing or wrong: which, and what it should look like.
    Misconfigured(Foreign),
    /// A CSV file, and what the system says of it.
    File(Foreign),
    /// A CSV file that is not UTF-8.
    NotUtf8(Foreign),
    /// Nothing answered in time.
    NoAnswer,
    /// Google cannot be reached.
    NoConnection(Foreign),
    /// Google is there and has a problem: the HTTP status.
    Unavailable(u16),
    /// What answered is not Google's API: a proxy's page, or half an answer.
    NotGoogle,
    /// More than 60 reads a minute.
    Quota,
    /// There is no spreadsheet of that id.
    NotFound,
    /// It is an Excel file that lies in Drive.
    NotASpreadsheet,
    /// It is not shared with the service account of that address.
    NotShared(Foreign),
    /// The Sheets API is not switched on in the service account's project.
    ApiDisabled,
    /// There is no tab of that name: the range that was asked for.
    NoSuchTab(Foreign),
    /// Google does not take the key, by its own words.
    KeyRefused(Foreign),
    /// Another answer, by Google's own words.
    Refused(Foreign),
}

impl Workbook {
    /// Who is on call on that date, for one chat.
    pub fn coverage(&self, date: NaiveDate, platform: Platform) -> Coverage {
        self.rotation.coverage(date, self.members.as_ref(), platform)
    }

    /// Those of PagerDuty's people whom the members tab knows on that chat.
    pub fn known(&self, people: &[Person], platform: Platform) -> Vec<Mentionee> {
        let Some(members) = &self.members else {
            return Vec::new();
        };
        people.iter().filter_map(|person| members.by_pagerduty(person)?.on(platform)).collect()
    }
}
