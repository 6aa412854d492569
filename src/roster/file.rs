//! The workbook as CSV files: one for each tab.

mod csv;

use super::TeamTime;
use super::table::{self, Tabs, workbook};
use crate::domain::calendar::CompanyHolidays;
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, NaiveDate, Utc};
pub use csv::parse;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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

/// The files, and how they were read last.
#[derive(Debug)]
pub struct OpenFiles {
    files: Files,
    team: TeamTime,
    last: Mutex<Option<Last>>,
}

/// What the files said on a day, and what was read from that.
#[derive(Debug)]
struct Last {
    contents: [Option<Vec<u8>>; 4],
    day: NaiveDate,
    workbook: Arc<Workbook>,
}

impl OpenFiles {
    /// Reads nothing yet.
    pub fn new(files: Files, team: TeamTime) -> Self {
        Self { files, team, last: Mutex::new(None) }
    }

    /// The workbook. The files are small and local, so they are loaded each time; what has not changed since the last time
    /// is not read again on the same day.
    pub fn read(&self, now: DateTime<Utc>) -> Result<Arc<Workbook>, Unreadable> {
        let day = self.team.today(now);
        let contents = self.files.load()?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_ref().filter(|last| last.day == day && last.contents == contents) {
            return Ok(last.workbook.clone());
        }
        let workbook = Arc::new(workbook(&self.files.tabs(&contents)?, self.team.hours, day));
        *last = Some(Last { contents, day, workbook: workbook.clone() });
        Ok(workbook)
    }
}

impl Files {
    /// The variables, and the files that they name.
    fn named(&self) -> [(&'static str, Option<&Path>); 4] {
        [
            ("ROTATION_FILE", Some(&self.rotation)),
            ("MEMBERS_FILE", self.members.as_deref()),
            ("RUNBOOKS_FILE", self.runbooks.as_deref()),
            (HOLIDAYS, self.holidays.as_deref()),
        ]
    }

    fn load(&self) -> Result<[Option<Vec<u8>>; 4], Unreadable> {
        let [rotation, members, runbooks, holidays] =
            self.named().map(|(variable, path)| path.map(|path| load(variable, path)).transpose());
        Ok([rotation?, members?, runbooks?, holidays?])
    }

    fn tabs(&self, contents: &[Option<Vec<u8>>; 4]) -> Result<Tabs, Unreadable> {
        let named = self.named();
        let grid = |tab: usize| match (named[tab].1, &contents[tab]) {
            (Some(path), Some(bytes)) => parse(&name(path), bytes).map(Some),
            _ => Ok(None),
        };
        Ok(Tabs {
            rotation: grid(0)?.unwrap_or_default(),
            members: grid(1)?,
            runbooks: grid(2)?,
            holidays: grid(3)?,
            ..Tabs::default()
        })
    }
}

/// The company's holidays alone: CSV, date · name.
pub fn holidays(path: &Path, today: NaiveDate) -> Result<Arc<CompanyHolidays>, Unreadable> {
    let grid = parse(&name(path), &load(HOLIDAYS, path)?)?;
    Ok(Arc::new(table::holidays(&grid, today)))
}

/// A file's name, for findings and errors.
fn name(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    // What follows may be a link's signature.
    name.split('?').next().unwrap_or_default().to_owned()
}

/// What is in the file that a variable names.
pub(super) fn load(variable: &'static str, path: &Path) -> Result<Vec<u8>, Unreadable> {
    std::fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Unreadable::Missing { variable, file: words(&name(path)) },
        _ => failed(&name(path), &error.to_string()),
    })
}

fn failed(name: &str, problem: &str) -> Unreadable {
    Unreadable::File(words(&format!("{name}: {problem}")))
}

fn words(text: &str) -> Foreign {
    Foreign::line(text).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn holidays_can_be_read_alone() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workbook");
        let expected = [
            ("2026-12-29", "年末休業"),
            ("2026-12-30", "年末休業"),
            ("2026-12-31", "年末休業"),
            ("2027-01-04", "年始休業"),
        ];
        let expected: CompanyHolidays = expected.into_iter().map(|(date, name)| (day(date), name.to_owned())).collect();
        assert_eq!(holidays(&folder.join("holidays.csv"), day("2026-11-24")), Ok(Arc::new(expected)));
        let missing = Unreadable::Missing { variable: "HOLIDAYS_FILE", file: words("none.csv") };
        assert_eq!(holidays(&folder.join("none.csv"), day("2026-11-24")), Err(missing));
    }

    #[test]
    fn files_are_read_again_when_they_have_changed_and_on_another_day() {
        let path = std::env::temp_dir().join(format!("toban rota {}.csv", std::process::id()));
        std::fs::write(&path, "日付,担当\n12/31,佐藤\n1/4,鈴木\n").expect("a file");
        let hours = BusinessHours::parse("10:00-17:00").expect("hours");
        let files = Files { rotation: path.clone(), ..Files::default() };
        let files = OpenFiles::new(files, TeamTime { zone: chrono_tz::UTC, hours });
        let read = |now: &str| files.read(now.parse().expect("an instant")).expect("it can be read");
        let days = |workbook: &Workbook| workbook.rotation.shifts.keys().copied().collect::<Vec<_>>();
        let first = read("2026-12-20T00:00:00Z");
        assert_eq!(days(&first), [day("2026-12-31"), day("2027-01-04")]);
        assert!(Arc::ptr_eq(&first, &read("2026-12-20T23:00:00Z")), "nothing has changed");
        assert_eq!(days(&read("2027-12-20T00:00:00Z")), [day("2027-12-31"), day("2028-01-04")]);
        std::fs::write(&path, "日付,担当\n12/30,佐藤\n").expect("a file");
        assert_eq!(days(&read("2027-12-20T00:00:01Z")), [day("2027-12-30")]);
        std::fs::remove_file(&path).expect("the file");
    }
}
