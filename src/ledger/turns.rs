//! Who is on call in the coming days, as it was told last, and what of it is about to be told.

use super::{Ledger, NoAnswer, answered};
use crate::domain::incident::Person;
use crate::domain::notices::turns::{Memory, Pending, Turn, Turns};
use crate::domain::text::Foreign;
use crate::store::condition::Condition;
use crate::store::item::Item;
use crate::store::{Found, Put, Written};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value, json};

const KEEP: TimeDelta = TimeDelta::days(90);
const PARTITION: &str = "turns";
const TOLD: &str = "told";

/// What is remembered, and the row that said so: nothing is kept that another process has changed since.
#[derive(Debug)]
pub struct KnownTurns {
    /// `None` if nothing is, or nothing that this version can read.
    pub memory: Option<Memory>,
    row: Option<Item>,
}

impl Ledger {
    /// `None` without an answer.
    pub async fn turns(&self) -> Option<KnownTurns> {
        let row = answered(self.store.limited(async { self.store.read(PARTITION, TOLD).await }).await)?;
        Some(KnownTurns { memory: row.as_ref().and_then(memory), row })
    }

    /// Keeps what is to be remembered instead, or that there is nothing, and returns it. `None` if another process has
    /// changed it meanwhile.
    pub async fn keep_turns(
        &self,
        known: &KnownTurns,
        memory: Option<Memory>,
        now: DateTime<Utc>,
    ) -> Result<Option<KnownTurns>, NoAnswer> {
        let write = self.next_write();
        let item = Item::new(PARTITION, TOLD, KEEP, now).with_text("write", &write);
        let item = match &memory {
            Some(memory) => with(item, memory),
            None => item,
        };
        let condition = match &known.row {
            Some(row) => Condition::unchanged(row, &["write"]),
            None => Condition::absent(),
        };
        let put = Put { item: item.clone(), condition };
        let is_kept = match answered(self.store.limited(async { self.store.put(put).await }).await).ok_or(NoAnswer)? {
            Written::Done => true,
            // Our own request, sent a second time because the answer to the first was lost.
            Written::Refused(found) => {
                matches!(found.first(), Some(Found::Otherwise(Some(row))) if row.text("write") == Some(&write))
            }
        };
        Ok(is_kept.then_some(KnownTurns { memory, row: Some(item) }))
    }
}

fn with(item: Item, memory: &Memory) -> Item {
    let Memory { reader, seen_on, told, pending } = memory;
    let item =
        item.with_number("reader", *reader).with_text("seen_on", seen_on.to_string()).with_text("turns", written(told));
    let Some(Pending { turns, since, due_at }) = pending else { return item };
    let item = item.with_text("pending", written(turns)).with_instant("since", *since);
    match due_at {
        Some(at) => item.with_instant("due_at", *at),
        None => item,
    }
}

/// `None` if anything of it cannot be read.
fn memory(row: &Item) -> Option<Memory> {
    if !row.is_known() {
        return None;
    }
    let date = |name| row.text(name)?.parse::<NaiveDate>().ok();
    let pending = match row.text("pending") {
        Some(turns) => {
            Some(Pending { turns: read(turns)?, since: row.instant("since")?, due_at: row.instant("due_at") })
        }
        None => None,
    };
    Some(Memory { reader: row.number("reader")?, seen_on: date("seen_on")?, told: read(row.text("turns")?)?, pending })
}

/// Each person once, and each day with the numbers of its people; `null` for a day that is deliberately nobody's.
fn written(turns: &Turns) -> String {
    let mut people: Vec<&Person> = Vec::new();
    let mut number = |person| match people.iter().position(|known| *known == person) {
        Some(number) => number,
        None => {
            people.push(person);
            people.len() - 1
        }
    };
    let mut days = Map::new();
    for (day, turn) in &turns.days {
        let said = match turn {
            Turn::People(people) => people.iter().map(&mut number).collect(),
            Turn::Nobodys => Value::Null,
        };
        days.insert(day.to_string(), said);
    }
    let people: Vec<_> = people.iter().map(|person| json!([person.id, person.name.as_str()])).collect();
    json!({"until": turns.until.to_string(), "people": people, "days": days}).to_string()
}

fn read(text: &str) -> Option<Turns> {
    let value: Value = serde_json::from_str(text).ok()?;
    let person = |one: &Value| Some(Person { id: one[0].as_str()?.to_owned(), name: Foreign::line(one[1].as_str()?)? });
    let people = value["people"].as_array()?.iter().map(person).collect::<Option<Vec<_>>>()?;
    let of = |number: &Value| people.get(usize::try_from(number.as_u64()?).ok()?).cloned();
    let turn = |said: &Value| match said {
        Value::Null => Some(Turn::Nobodys),
        said => Some(Turn::People(said.as_array()?.iter().map(of).collect::<Option<_>>()?)),
    };
    let day = |(day, said): (&String, &Value)| Some((day.parse().ok()?, turn(said)?));
    let days = value["days"].as_object()?.iter().map(day).collect::<Option<_>>()?;
    Some(Turns { days, until: value["until"].as_str()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::Memory as Rows;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-12-01T{time}:00+09:00").parse().expect("an instant")
    }

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).expect("a date")
    }

    fn turns() -> Turns {
        let person = |id: &str, name| Person { id: id.into(), name: Foreign::line(name).expect("a name") };
        let (sato, suzuki) = (person("U0SATO0001", "佐藤"), person("", "\"鈴木\" \\ <!channel>"));
        let days = BTreeMap::from([
            (date(1), Turn::People(vec![sato.clone(), suzuki.clone()])),
            (date(2), Turn::People(vec![suzuki])),
            (date(3), Turn::Nobodys),
        ]);
        Turns { days, until: date(31) }
    }

    fn some(pending: Option<Pending>) -> Memory {
        Memory { reader: 2, seen_on: date(1), told: turns(), pending }
    }

    #[tokio::test]
    async fn what_is_kept_comes_back() {
        let ledger = Ledger::memory();
        let mut later = turns();
        later.days.remove(&date(2));
        let pending = |due_at| Some(Pending { turns: later.clone(), since: at("10:00"), due_at });
        for memory in [Some(some(None)), Some(some(pending(None))), Some(some(pending(Some(at("10:10"))))), None] {
            let known = ledger.turns().await.expect("memory answers");
            let kept = ledger.keep_turns(&known, memory.clone(), at("10:00")).await.expect("memory answers");
            assert_eq!(kept.expect("nobody else writes").memory, memory);
            assert_eq!(ledger.turns().await.expect("memory answers").memory, memory);
        }
    }

    #[tokio::test]
    async fn nothing_is_kept_over_what_another_process_has_changed() {
        let rows = Arc::new(Rows::default());
        let of = |owner: &str| Ledger::new(rows.clone(), owner.to_owned(), super::super::LEASE);
        let (one, other) = (of("one"), of("other"));
        for _ in 0..2 {
            // First there is no row.
            let [mine, theirs] = [one.turns().await, other.turns().await].map(|known| known.expect("memory answers"));
            let keep = async |ledger: &Ledger, known, memory| {
                ledger.keep_turns(known, memory, at("10:00")).await.expect("memory answers")
            };
            let kept = keep(&one, &mine, None).await.expect("nobody else has written");
            assert!(keep(&other, &theirs, None).await.is_none());
            assert!(keep(&one, &kept, Some(some(None))).await.is_some(), "over one's own");
            assert!(keep(&one, &mine, None).await.is_none(), "it has changed since");
            assert_eq!(other.turns().await.expect("memory answers").memory, Some(some(None)));
        }
    }

    #[test]
    fn what_no_version_has_written_is_nothing() {
        let good = written(&turns());
        assert_eq!(read(&good), Some(turns()));
        for (part, other) in [
            ("U0SATO0001\",\"佐藤", "U0SATO0001\",\""),
            ("[0,1]", "[0,9]"),
            ("[0,1]", "[-1]"),
            ("[0,1]", "{}"),
            ("2026-12-31", "soon"),
            ("2026-12-01", "2026-13-01"),
            ("people", "person"),
        ] {
            assert!(good.contains(part), "{good}");
            assert_eq!(read(&good.replace(part, other)), None, "{part} {other}");
        }
        assert_eq!(read(""), None);
    }
}
