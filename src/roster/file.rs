//! The workbook as CSV files: one for each tab.

mod csv;

use super::table::{self, Grid, Tabs, workbook};
use crate::domain::calendar::{BusinessHours, CompanyHolidays};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use chrono::NaiveDate;
pub use csv::parse;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HOLIDAYS: &str = "HOLIDAYS_FILE";

/// The files. Only the rotation has to be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// `ROTATION_FILE`
    pub rotation: PathBuf,
    /// `MEMBERS_FILE`
    pub members: Option<PathBuf>,
    /// `RUNBOOKS_FILE`
    pub runbooks: Option<PathBuf>,
    /// `HOLIDAYS_FILE`
    pub holidays: Option<PathBuf>,
}

impl Files {
    /// Reads them all, each time: they are small and local. `today` is the day in the team's zone.
    pub fn read(&self, hours: BusinessHours, today: NaiveDate) -> Result<Workbook, Unreadable> {
        let optional = |variable, path: &Option<PathBuf>| path.as_deref().map(|path| grid(variable, path)).transpose();
        let tabs = Tabs {
            rotation: grid("ROTATION_FILE", &self.rotation)?,
            members: optional("MEMBERS_FILE", &self.members)?,
            runbooks: optional("RUNBOOKS_FILE", &self.runbooks)?,
            holidays: optional(HOLIDAYS, &self.holidays)?,
        };
        Ok(workbook(&tabs, hours, today))
    }
}

/// The company's holidays alone: CSV, date · name.
pub fn holidays(path: &Path, today: NaiveDate) -> Result<Arc<CompanyHolidays>, Unreadable> {
    Ok(Arc::new(table::holidays(&grid(HOLIDAYS, path)?, today)))
}

/// The file that a variable names.
fn grid(variable: &'static str, path: &Path) -> Result<Grid, Unreadable> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Unreadable::Missing { variable, file: words(&name) },
        _ => failed(&name, &error.to_string()),
    })?;
    parse(&name, &bytes)
}

fn failed(name: &str, problem: &str) -> Unreadable {
    Unreadable::File(words(&format!("{name}: {problem}")))
}

fn words(text: &str) -> Foreign {
    Foreign::line(text).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
}
