//! The same rotas as they come: through the client of the Sheets API, and through files.

use super::case::{Case, all, hours};
use super::wrong;
use crate::kit::Google;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use toban::net::secret::Secret;
use toban::roster::file::Files;
use toban::roster::sheet::{Access, Ranges};
use toban::roster::table::{Cell, Grid};
use toban::roster::token::ServiceAccount;
use toban::roster::{Roster, Source, TeamTime};

fn open(source: Source) -> Roster {
    let team = TeamTime { zone: chrono_tz::Asia::Tokyo, hours: hours("10:00-17:00") };
    Roster::open(source, team, &toban::net::http::client().expect("a client"), chrono::Utc::now)
}

fn values(grid: &Grid) -> Vec<Vec<Value>> {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Number(number) if number.fract() == 0.0 => (*number as i64).into(),
        Cell::Number(number) => (*number).into(),
    };
    grid.rows.iter().map(|row| row.iter().map(value).collect()).collect()
}

/// What a case is read as from a sheet whose tabs are called as the case's are.
async fn from_google(case: &Case, merges: &[[usize; 4]]) -> super::Outcome {
    let google = Google::start().await;
    let tab = &case.tabs.rotation.tab;
    google.set_tab(tab, values(&case.tabs.rotation));
    if !merges.is_empty() {
        google.merge(tab, merges);
    }
    if let Some(members) = &case.tabs.members {
        google.set_tab("members", values(members));
    }
    let access = Access {
        sheet_id: Google::SHEET_ID.into(),
        key: ServiceAccount::parse(&Secret::new(google.service_account_key())).expect("a key"),
        base_url: google.base_url(),
        ranges: Ranges {
            rotation: tab.to_string(),
            members: case.tabs.members.as_ref().map(|_| "members".into()),
            runbooks: None,
            holidays: None,
        },
    };
    let roster = open(Source::Sheet(Box::new(access)));
    let reading = roster.read_through(case.noon()).await.expect("it can be read");
    assert_eq!((google.reads(), google.looks()), (1, 1), "{}", case.name);
    case.outcome(&reading.workbook)
}

/// With what the API knows of merged cells, which is that there are none.
#[tokio::test]
async fn each_rota_comes_through_the_sheets_api() {
    let mut failed = String::new();
    for case in all() {
        // There and in a CSV nobody can see that cells are merged; of these two the API tells.
        if ["24-merged-dates", "61-merged-names"].contains(&case.name.as_str()) {
            continue;
        }
        let wrong = wrong(&case, &from_google(&case, &[]).await);
        if !wrong.is_empty() {
            writeln!(failed, "{}\n{wrong}", case.name).expect("a string takes it");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[tokio::test]
async fn merged_cells_come_through_the_sheets_api() {
    let names = Case::named("61-merged-names");
    let outcome = from_google(&names, &[1, 6, 11, 16].map(|row| [row, row + 5, 2, 3])).await;
    assert_eq!((outcome.days.len(), outcome.findings), (20, vec![]), "each day of four weeks");

    let dates = Case::named("24-merged-dates");
    let rows = &dates.tabs.rotation.rows;
    let starts: Vec<_> = (1..rows.len()).filter(|row| rows[*row][0] != Cell::Empty).collect();
    let ends = starts.iter().skip(1).copied().chain([rows.len()]);
    let merges: Vec<_> = starts.iter().copied().zip(ends).map(|(row, end)| [row, end, 0, 1]).collect();
    assert_eq!(wrong(&dates, &from_google(&dates, &merges).await), "");
}

/// A folder of its own, which goes when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn csv(grid: &Grid) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Cell::Number(number) => number.to_string(),
    };
    let row = |row: &Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n";
    grid.rows.iter().map(row).collect()
}

/// The case's own file, or one with the same cells.
fn file(case: &Case, folder: &Path, tab: &str, grid: Option<&Grid>) -> Option<PathBuf> {
    let own = case.folder.join(format!("{tab}.csv"));
    if own.exists() {
        return Some(own);
    }
    let path = folder.join(format!("{tab}.csv"));
    fs::write(&path, csv(grid?)).expect("a writable folder");
    Some(path)
}

#[tokio::test]
async fn each_rota_comes_through_files() {
    let folder = Folder(std::env::temp_dir().join(format!("toban rotas {}", std::process::id())));
    let mut failed = String::new();
    for case in all() {
        let inside = folder.0.join(&case.name);
        fs::create_dir_all(&inside).expect("a folder");
        let files = Files {
            rotation: file(&case, &inside, "rotation", Some(&case.tabs.rotation)).expect("it was written"),
            members: file(&case, &inside, "members", case.tabs.members.as_ref()),
            ..Files::default()
        };
        let reading = open(Source::Files(files)).read_through(case.noon()).await.expect("it can be read");
        // The file's name is no month's.
        if case.name == "22-title-month-day-numbers" {
            assert_eq!(reading.workbook.rotation.tab.name, "rotation.csv");
        }
        let wrong = wrong(&case, &case.outcome(&reading.workbook));
        if !wrong.is_empty() {
            writeln!(failed, "{}\n{wrong}", case.name).expect("a string takes it");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}
