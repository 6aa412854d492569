//! The workbook as CSV files: one for each tab, in UTF-8.

use super::table::{Cell, Grid, Tabs, workbook};
use crate::domain::calendar::CompanyHolidays;
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
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
    /// Reads them all, each time: they are small and local.
    pub fn read(&self) -> Result<Workbook, Unreadable> {
        let optional = |variable, path: &Option<PathBuf>| path.as_deref().map(|path| grid(variable, path)).transpose();
        Ok(workbook(&Tabs {
            rotation: grid("ROTATION_FILE", &self.rotation)?,
            members: optional("MEMBERS_FILE", &self.members)?,
            runbooks: optional("RUNBOOKS_FILE", &self.runbooks)?,
            holidays: optional(HOLIDAYS, &self.holidays)?,
        }))
    }
}

/// The company's holidays alone: CSV, date · name.
pub fn holidays(path: &Path) -> Result<Arc<CompanyHolidays>, Unreadable> {
    Ok(workbook(&Tabs { holidays: Some(grid(HOLIDAYS, path)?), ..Tabs::default() }).holidays)
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

/// A CSV as a grid of texts.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Grid, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8(words(name)))?;
    let text = text.trim_start_matches('\u{FEFF}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(name, &error.to_string()))?;
        // The reader passes over blank lines; they count as rows all the same, so that findings name the right one.
        let line = record.position().map_or(0, |position| position.line() as usize).saturating_sub(1);
        rows.resize_with(line.max(rows.len()), Vec::new);
        rows.push(
            record
                .iter()
                .map(|field| if field.is_empty() { Cell::Empty } else { Cell::Text(field.to_owned()) })
                .collect(),
        );
    }
    Ok(Grid { tab: name.into(), origin: (1, 1), rows })
}

fn failed(name: &str, problem: &str) -> Unreadable {
    Unreadable::File(words(&format!("{name}: {problem}")))
}

fn words(text: &str) -> Foreign {
    Foreign::line(text).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
}
