//! A workbook for the demo: any other, or a pasted one, with cells changed in memory and simulated failures.

use super::pasted::{Pasted, stand_ins};
use super::{Reading, Roster, sample, table};
use crate::domain::message::Language;
use crate::domain::rotation::{CellRef, Says, ShiftCell};
use crate::domain::text::Foreign;
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::ledger::Ledger;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Another workbook with changes on top.
#[derive(Debug)]
pub struct EditableRotation {
    base: Box<Roster>,
    /// Of the sample's people, if that is the other workbook.
    language: Mutex<Language>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// It is read instead of the other workbook.
    pasted: Option<Arc<Pasted>>,
    cells: Cells,
    access: Access,
    /// The last good copy, and the cells that were changed by then.
    copy: Option<(Reading, Cells)>,
}

/// What visitors have written, by day and column.
type Cells = BTreeMap<(NaiveDate, usize), String>;

/// Whether it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    #[default]
    Open,
    /// It cannot, but there is the last good copy.
    Down,
    /// It cannot, and there is no copy.
    Lost,
}

impl EditableRotation {
    /// Another workbook, with nothing changed yet.
    pub fn new(base: Roster) -> Self {
        Self { base: Box::new(base), language: Mutex::new(Language::Japanese), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names the sample's people in a language from now on. Any other rotation stays as it is written.
    pub fn name_people_in(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Whether it can be read.
    pub fn access(&self) -> Access {
        self.state().access
    }

    pub fn set_access(&self, access: Access) {
        self.state().access = access;
    }

    /// Writes a name into an on-call cell of a day; columns count from 0. An empty name empties the cell.
    pub fn write(&self, date: NaiveDate, column: usize, name: String) {
        self.state().cells.insert((date, column), name);
    }

    /// The cells that were changed.
    pub fn changed(&self) -> Vec<(NaiveDate, usize)> {
        self.state().cells.keys().copied().collect()
    }

    pub fn restore(&self) {
        self.state().cells.clear();
    }

    /// Reads a pasted rotation from now on, without its runbooks and holidays. `None`: the other workbook again.
    pub fn paste(&self, pasted: Option<Pasted>) {
        *self.state() = State { pasted: pasted.map(Arc::new), ..State::default() };
    }

    pub fn pasted(&self) -> Option<Arc<Pasted>> {
        self.state().pasted.clone()
    }

    /// The workbook as it is now, or its last good copy while it is down.
    pub async fn read(&self, ledger: &Ledger, deadline: Instant, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
        let down = Unreadable::Unavailable(503);
        let (pasted, cells) = match self.access() {
            Access::Open => (self.pasted(), self.state().cells.clone()),
            Access::Down => {
                let (copy, cells) = self.state().copy.clone().ok_or(down)?;
                return Ok(self.changed_by(copy, &cells));
            }
            Access::Lost => return Err(down),
        };
        let read = match &pasted {
            Some(pasted) => Reading { workbook: pasted.read(now), read_at: now },
            None => Box::pin(self.base.read(ledger, deadline, now)).await?,
        };
        self.state().copy = Some((read.clone(), cells.clone()));
        Ok(self.changed_by(read, &cells))
    }

    /// What was read with the cells that were changed.
    fn changed_by(&self, read: Reading, cells: &Cells) -> Reading {
        let is_pasted = self.pasted().is_some();
        let language = *self.language.lock().unwrap_or_else(PoisonError::into_inner);
        let is_sample = !is_pasted && matches!(*self.base, Roster::Sample);
        let mut workbook = match language {
            Language::English if is_sample => sample::workbook_in(language, read.read_at),
            Language::English | Language::Japanese => Workbook::clone(&read.workbook),
        };
        for ((date, column), name) in cells {
            let name = if is_sample { sample::name_in(language, name) } else { name };
            write(&mut workbook, *date, *column, name);
        }
        if is_pasted && workbook.members.is_none() {
            workbook.members = Some(stand_ins(&workbook.rotation));
        }
        Reading { workbook: workbook.into(), read_at: read.read_at }
    }
}

fn write(workbook: &mut Workbook, date: NaiveDate, column: usize, name: &str) {
    let tab = workbook.rotation.tab.clone();
    let says = Arc::new(table::said(name, workbook.members.as_ref()));
    let shift = workbook.rotation.shifts.entry(date).or_default();
    while shift.len() <= column {
        let at = CellRef { tab: tab.clone(), row: 0, column: shift.len() as u32 + 2 };
        shift.push(ShiftCell { at, name: None, says: Arc::new(Says::Nothing) });
    }
    shift[column].name = Foreign::line(name);
    shift[column].says = says;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;
    use crate::domain::member::{Mentionee, Platform};
    use crate::domain::rotation::Coverage;
    use crate::roster::TeamTime;

    #[tokio::test]
    async fn cells_change_and_the_last_copy_outlives_the_sheet() {
        let rotation = EditableRotation::new(Roster::Sample);
        let ledger = Ledger::memory();
        let now = |minute| format!("2026-11-24T02:{minute:02}:00Z").parse::<DateTime<Utc>>().expect("an instant");
        let date = "2026-11-24".parse().expect("a date");
        let read = async |minute| rotation.read(&ledger, Instant::now(), now(minute)).await;
        let names = |reading: &Reading| match reading.workbook.coverage(date, Platform::Screen) {
            Coverage::OnCall { people, .. } => {
                people.iter().map(|person| person.name.as_str().to_owned()).collect::<Vec<_>>().join(" ")
            }
            coverage => format!("{coverage:?}"),
        };
        rotation.set_access(Access::Down);
        assert_eq!(read(0).await.err(), Some(Unreadable::Unavailable(503)), "there is no copy yet");
        rotation.set_access(Access::Open);
        assert_eq!(names(&read(1).await.expect("a reading")), "中村 小林");
        rotation.write(date, 0, "田中".into());
        let fresh = read(2).await.expect("a reading");
        assert_eq!((names(&fresh).as_str(), fresh.read_at), ("田中 小林", now(2)));
        rotation.set_access(Access::Down);
        rotation.write(date, 1, "佐藤".into());
        let copy = read(40).await.expect("the copy");
        assert_eq!((names(&copy).as_str(), copy.read_at), ("田中 小林", now(2)));
        rotation.set_access(Access::Lost);
        assert_eq!(read(41).await.err(), Some(Unreadable::Unavailable(503)));
        rotation.set_access(Access::Open);
        rotation.write(date, 2, "高橋".into());
        assert_eq!(names(&read(42).await.expect("a reading")), "田中 佐藤 高橋", "a day may get another column");
        rotation.restore();
        assert_eq!(names(&read(43).await.expect("a reading")), "中村 小林");
    }

    #[tokio::test]
    async fn the_samples_people_have_names_in_both_languages() {
        let ledger = Ledger::memory();
        let now = "2026-11-24T02:00:00Z".parse().expect("an instant");
        let date = "2026-11-24".parse().expect("a date");
        let on_call = async |rotation: &EditableRotation| {
            let reading = rotation.read(&ledger, Instant::now(), now).await.expect("a reading");
            match reading.workbook.coverage(date, Platform::Typetalk) {
                Coverage::OnCall { people, .. } => {
                    let one = |person: &Mentionee| format!("{} @{}", person.name.as_str(), person.handle.as_str());
                    people.iter().map(one).collect::<Vec<_>>().join(", ")
                }
                coverage => format!("{coverage:?}"),
            }
        };
        let rotation = EditableRotation::new(Roster::Sample);
        assert_eq!(on_call(&rotation).await, "中村 @nakamura, 小林 @kobayashi");
        rotation.write(date, 0, "田中".into());
        rotation.name_people_in(Language::English);
        assert_eq!(on_call(&rotation).await, "Dan Miller @dan, Henry Clark @henry");
        rotation.write(date, 1, "Alice Smith".into());
        rotation.set_access(Access::Down);
        rotation.name_people_in(Language::Japanese);
        assert_eq!(on_call(&rotation).await, "田中 @tanaka, 小林 @kobayashi", "so are those of a copy");
        rotation.set_access(Access::Open);
        assert_eq!(on_call(&rotation).await, "田中 @tanaka, 佐藤 @sato");

        // A rotation of the visitor's own keeps its names.
        rotation.name_people_in(Language::English);
        let team = TeamTime { zone: chrono_tz::UTC, hours: BusinessHours::parse("10:00-17:00").expect("hours") };
        let members = "name\ttypetalk\n田中\ttn\n";
        rotation.paste(Some(Pasted::new("日付\t担当\n2026/11/24\t田中\n", members, team).expect("a table")));
        assert_eq!(on_call(&rotation).await, "田中 @tn");
    }

    #[tokio::test]
    async fn a_pasted_rotation_is_read_until_it_is_taken_back() {
        let rotation = EditableRotation::new(Roster::Nowhere(Unreadable::NotFound));
        let ledger = Ledger::memory();
        let now = "2026-11-24T02:00:00Z".parse().expect("an instant");
        let date = "2026-11-24".parse().expect("a date");
        let on_call = async || match rotation.read(&ledger, Instant::now(), now).await {
            Ok(reading) => match reading.workbook.coverage(date, Platform::Slack) {
                Coverage::OnCall { people, .. } => {
                    people.iter().map(|person| person.name.as_str().to_owned()).collect()
                }
                coverage => format!("{coverage:?}"),
            },
            Err(why) => format!("{why:?}"),
        };
        let team = TeamTime { zone: chrono_tz::UTC, hours: BusinessHours::parse("10:00-17:00").expect("hours") };
        assert_eq!(on_call().await, "NotFound");
        rotation.write(date, 0, "田中".into());
        rotation.set_access(Access::Down);
        rotation.paste(Some(Pasted::new("日付\t担当\n2026/11/24\t佐藤\n", "", team).expect("a table")));
        assert_eq!(on_call().await, "佐藤", "what was changed in the other one is forgotten");
        rotation.write(date, 0, "鈴木".into());
        assert_eq!(on_call().await, "鈴木", "its cells can be changed, and names stand for themselves");
        rotation.paste(None);
        assert_eq!((on_call().await.as_str(), rotation.changed()), ("NotFound", vec![]));
    }

    #[tokio::test]
    async fn a_day_without_a_row_gets_cells_from_the_second_column_on() {
        let rotation = EditableRotation::new(Roster::Nowhere(Unreadable::NotFound));
        let team = TeamTime { zone: chrono_tz::UTC, hours: BusinessHours::parse("10:00-17:00").expect("hours") };
        rotation.paste(Some(Pasted::new("日付\t担当\n2026/11/24\t佐藤\n", "", team).expect("a table")));
        let date = "2026-11-25".parse().expect("a date");
        rotation.write(date, 1, "鈴木".into());
        let now = "2026-11-24T02:00:00Z".parse().expect("an instant");
        let reading = rotation.read(&Ledger::memory(), Instant::now(), now).await.expect("a reading");
        let cells = reading.workbook.rotation.shifts[&date].iter();
        let cells: Vec<_> = cells.map(|cell| (cell.at.to_string(), cell.name.as_ref().map(Foreign::as_str))).collect();
        assert_eq!(cells, [("rotation!B0".into(), None), ("rotation!C0".into(), Some("鈴木"))]);
    }
}
