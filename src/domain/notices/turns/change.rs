//! What has changed between two readings: who has come and who has gone, by day.

use super::{Turn, Turns, is_same};
use crate::domain::calendar::{Calendar, Day};
use crate::domain::incident::Person;
use chrono::NaiveDate;

/// How many working days ahead a change is told; today is the first of them.
const AHEAD: usize = 10;
/// So many working days that had nobody and have somebody are a new rota, and not somebody's swap.
const WHOLE: usize = 10;

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// In the order of their first days.
    pub swaps: Vec<Swap>,
    pub filled: Option<Filled>,
}

/// The same change of one day or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// In their order; at least one.
    pub dates: Vec<NaiveDate>,
    pub went: Vec<Person>,
    pub came: Vec<Person>,
    /// Who was on call before, and who is now; `None` if nobody's name is there.
    pub was: Option<Turn>,
    pub is: Option<Turn>,
}

/// A new rota for days that had nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// Working days.
    pub days: usize,
}

impl Change {
    /// What changed for the coming working days; and whether many days were filled, however far ahead. Only days that both
    /// have looked at are compared.
    pub fn between(before: &Turns, after: &Turns, calendar: &Calendar, today: NaiveDate) -> Self {
        let until = before.until.min(after.until);
        let days = today.iter_days().take_while(|day| *day <= until);
        let working: Vec<_> = days.filter(|day| calendar.day(*day) == Day::Working).collect();
        let is_filled = |day: &&NaiveDate| {
            !before.days.contains_key(day) && after.days.get(day).is_some_and(|turn| !turn.people().is_empty())
        };
        let filled: Vec<_> = working.iter().filter(is_filled).copied().collect();
        let mut change = Self { swaps: Vec::new(), filled: whole(&filled) };
        let is_told_apart = |day: &NaiveDate| change.filled.is_some() && filled.contains(day);
        let near: Vec<_> = working.iter().take(AHEAD).filter(|day| !is_told_apart(day)).collect();
        for date in near {
            if let Some(swap) = Swap::of(*date, before, after) {
                add(&mut change.swaps, swap);
            }
        }
        change
    }

    pub fn is_empty(&self) -> bool {
        self.swaps.is_empty() && self.filled.is_none()
    }

    /// Those who came and those who went, each once. Nobody is told of a new rota.
    pub fn people(&self) -> Vec<&Person> {
        let mut all: Vec<&Person> = Vec::new();
        for person in self.swaps.iter().flat_map(|swap| swap.went.iter().chain(&swap.came)) {
            if !all.iter().any(|known| is_same(known, person)) {
                all.push(person);
            }
        }
        all
    }
}

fn whole(filled: &[NaiveDate]) -> Option<Filled> {
    let (first, last) = (*filled.first()?, *filled.last()?);
    (filled.len() >= WHOLE).then_some(Filled { first, last, days: filled.len() })
}

fn add(swaps: &mut Vec<Swap>, swap: Swap) {
    let is_alike = |known: &&mut Swap| {
        let kinds = |swap: &Swap| [&swap.was, &swap.is].map(|turn| turn.as_ref().map(std::mem::discriminant));
        (&known.went, &known.came) == (&swap.went, &swap.came)
            && (known.stayed(), kinds(known)) == (swap.stayed(), kinds(&swap))
    };
    match swaps.iter_mut().find(is_alike) {
        Some(known) => known.dates.extend(swap.dates),
        None => swaps.push(swap),
    }
}

impl Swap {
    /// `None` if the same people are on call that day, in whatever order.
    fn of(date: NaiveDate, before: &Turns, after: &Turns) -> Option<Self> {
        let (was, is) = (before.days.get(&date), after.days.get(&date));
        let people = |turn: Option<&Turn>| turn.map(|turn| turn.people().to_vec()).unwrap_or_default();
        let went = others(&people(was), &people(is));
        let came = others(&people(is), &people(was));
        if went.is_empty() && came.is_empty() {
            return None;
        }
        Some(Self { dates: vec![date], went, came, was: was.cloned(), is: is.cloned() })
    }

    /// Those who are on call with whoever came, and were so before.
    pub fn stayed(&self) -> Vec<&Person> {
        let is = self.is.iter().flat_map(Turn::people);
        is.filter(|person| !self.came.iter().any(|came| is_same(came, person))).collect()
    }
}

/// The people of one list who are not in the other.
fn others(people: &[Person], known: &[Person]) -> Vec<Person> {
    people.iter().filter(|person| !known.iter().any(|one| is_same(one, person))).cloned().collect()
}
