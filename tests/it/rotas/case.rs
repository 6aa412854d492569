//! A rota, and what must come out of it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use toban::domain::calendar::BusinessHours;
use toban::domain::lint::one_day;
use toban::domain::member::{Members, Platform};
use toban::domain::message::{Language, describe};
use toban::domain::rotation::{Coverage, Finding};
use toban::domain::workbook::Workbook;
use toban::roster::file::parse;
use toban::roster::table::{Cell, Grid, Tabs, workbook};

/// A rota.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    pub tabs: Tabs,
    pub expected: Expected,
    today: NaiveDate,
    /// The name that stands in the rota's days for each Slack id.
    names: BTreeMap<String, String>,
}

/// What must come out.
#[derive(Clone)]
pub struct Expected {
    /// Who is called on a day, and should not be.
    pub wrong: BTreeMap<NaiveDate, String>,
    pub days: BTreeMap<NaiveDate, BTreeSet<String>>,
    pub nobody: BTreeSet<NaiveDate>,
    /// Cells, and whether somebody loses their call.
    pub findings: Vec<(Option<String>, bool)>,
}

/// What has come out.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Outcome {
    pub days: BTreeMap<NaiveDate, BTreeSet<String>>,
    pub nobody: BTreeSet<NaiveDate>,
    /// Days with a fault of their own.
    pub doubtful: BTreeSet<NaiveDate>,
    /// Cell, whether somebody loses their call, and the words.
    pub findings: Vec<(String, bool, String)>,
}

/// All of them.
pub fn all() -> Vec<Case> {
    all_in("sheets")
}

/// Those in a folder of `tests/data`.
pub fn all_in(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders.iter().map(|folder| Case::load(folder)).collect()
}

/// All rotas in one file of `tests/data`.
pub fn all_of(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let cases = json(&path).expect("it is there");
    cases.as_array().expect("a list").iter().map(Case::of).collect()
}

pub fn hours(text: &str) -> BusinessHours {
    BusinessHours::parse(text).expect("hours")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sheets")
}

impl Case {
    pub fn named(name: &str) -> Self {
        Self::load(&folder().join(name))
    }

    fn load(folder: &Path) -> Self {
        let expected = json(&folder.join("expected.json")).expect("it is there");
        let rotation = grid(folder, "rotation").expect("a rota");
        let members = grid(folder, "members");
        let tabs = Tabs { rotation, members, ..Tabs::default() };
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let case = Self::new(name, tabs, Expected::of(&expected), date(expected["today"].as_str().expect("a date")));
        Self { folder: folder.to_owned(), ..case }
    }

    fn new(name: String, tabs: Tabs, expected: Expected, today: NaiveDate) -> Self {
        let mut case = Self { name, folder: PathBuf::new(), tabs, expected, today, names: BTreeMap::new() };
        let members = case.workbook(hours("10:00-17:00")).members.unwrap_or_default();
        let id = |member: &toban::domain::member::Member| member.slack.as_ref().map(|id| id.as_str().to_owned());
        case.names = members.0.iter().filter_map(|member| Some((id(member)?, member.name.clone()))).collect();
        case
    }

    /// A case of a file in which all that there is stands in one place.
    fn of(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().expect("a text");
        let tabs = Tabs {
            rotation: of_values(text("tab"), &case["values"]),
            members: Some(of_values("members", &case["members"])),
            ..Tabs::default()
        };
        let today = case["today"].as_str().unwrap_or("2026-11-26");
        Self::new(text("name").to_owned(), tabs, Expected::of(case), date(today))
    }

    /// The same, so many days later.
    pub fn later(&self, days: i64) -> Self {
        Self { today: self.today + TimeDelta::days(days), ..self.clone() }
    }

    /// The members' tab, where there is one.
    pub fn members(&self) -> Option<Members> {
        self.workbook(hours("10:00-17:00")).members
    }

    /// Whether a cell is the name of a member, or an id.
    pub fn is_name(&self, text: &str) -> bool {
        self.names.values().any(|name| name == text) || self.names.contains_key(text)
    }

    pub fn workbook(&self, hours: BusinessHours) -> Workbook {
        workbook(&self.tabs, hours, self.today)
    }

    pub fn read(&self) -> Outcome {
        self.read_with(hours("10:00-17:00"))
    }

    pub fn read_with(&self, hours: BusinessHours) -> Outcome {
        self.outcome(&self.workbook(hours))
    }

    /// Noon on the case's day, in Tokyo.
    pub fn noon(&self) -> DateTime<Utc> {
        self.today.and_hms_opt(3, 0, 0).expect("a time").and_utc()
    }

    /// Who is on call on every day of a wide window, on Slack.
    pub fn outcome(&self, book: &Workbook) -> Outcome {
        const WINDOW: u64 = 500;
        let mut outcome = Outcome::default();
        outcome.note(&book.findings);
        let from = self.today - Days::new(WINDOW);
        for day in from.iter_days().take(2 * WINDOW as usize).filter(|day| book.rotation.shifts.contains_key(day)) {
            let findings = one_day(book, Platform::Slack, day);
            if findings.iter().any(|finding| finding.problem.is_fault()) {
                outcome.doubtful.insert(day);
            }
            outcome.note(&findings);
            match book.coverage(day, Platform::Slack) {
                Coverage::OnCall { people, .. } => {
                    let name = |id: &str| self.names.get(id).cloned().unwrap_or_else(|| id.to_owned());
                    outcome.days.insert(day, people.iter().map(|person| name(person.handle.as_str())).collect());
                }
                Coverage::Nobody { .. } => {
                    outcome.nobody.insert(day);
                }
                Coverage::Gap { .. } | Coverage::Unknown { .. } => {}
            }
        }
        outcome
    }
}

impl Outcome {
    fn note(&mut self, findings: &[Finding]) {
        for finding in findings {
            let told = describe(finding, Language::English).plain();
            for cell in finding.cells() {
                let found = (cell.name(), finding.problem.is_fault(), told.clone());
                if !self.findings.contains(&found) {
                    self.findings.push(found);
                }
            }
        }
    }
}

impl Expected {
    fn of(expected: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let days = expected["days"].as_object().expect("days");
        let finding = |finding: &Value| {
            let is_fault = match finding["severity"].as_str() {
                Some("wrong") => true,
                Some("odd") => false,
                other => panic!("{other:?} is no severity"),
            };
            (finding["cell"].as_str().map(str::to_owned), is_fault)
        };
        let wrong = expected["wrong"].as_object().into_iter().flatten();
        Self {
            wrong: wrong.map(|(day, who)| (date(day), text(who))).collect(),
            days: days.iter().map(|(day, people)| (date(day), list(people).iter().map(text).collect())).collect(),
            nobody: list(&expected["nobody"]).iter().map(|day| date(&text(day))).collect(),
            findings: list(&expected["findings"]).iter().map(finding).collect(),
        }
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn json(path: &Path) -> Option<Value> {
    Some(serde_json::from_slice(&fs::read(path).ok()?).expect("JSON"))
}

/// A tab as CSV, or as the Sheets API gives it.
fn grid(folder: &Path, tab: &str) -> Option<Grid> {
    let file = format!("{tab}.csv");
    if let Ok(bytes) = fs::read(folder.join(&file)) {
        return Some(parse(&file, &bytes).expect("a CSV"));
    }
    let tab = json(&folder.join(format!("{tab}.json")))?;
    Some(of_values(tab["tab"].as_str().expect("a name"), &tab["values"]))
}

/// A tab as the Sheets API gives its values.
fn of_values(tab: &str, values: &Value) -> Grid {
    let cell = |value: &Value| match value {
        Value::Null => Cell::Empty,
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => Cell::Text(text.clone()),
        Value::Number(number) => Cell::Number(number.as_f64().expect("a number")),
        other => Cell::Text(other.to_string()),
    };
    let row = |row: &Value| row.as_array().expect("a row").iter().map(cell).collect();
    let rows = values.as_array().expect("rows").iter().map(row).collect();
    Grid { tab: tab.into(), origin: (1, 1), rows, ..Grid::default() }
}
