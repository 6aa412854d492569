//! What may happen on a day.

use super::{Deed, Trouble, Writer, month, told_at};
use crate::year::calendar::{CLOSES, OPENS, at, day_of, is_working, next_working, working_days};
use crate::year::expected::{Expected, Swap, filled, swapped};
use crate::year::incidents::is_quiet;
use crate::year::sheet::{PEOPLE, Written};
use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};

impl Writer {
    pub fn scene(&mut self, day: NaiveDate) -> &'static str {
        match self.rng.u32(..22) {
            0..4 => self.swap(day),
            4 | 5 => self.swap_at_night(day),
            6 => self.undone(day),
            7 => self.goes_on(day),
            8 | 9 => self.exchange(day),
            10 => self.week(day),
            11 | 12 => self.typo(day),
            13 => self.looks(day),
            14 => self.outage(day),
            15 => self.upgrade(day),
            16 => self.left_empty(day),
            17 => self.far_away(day),
            _ => "nothing",
        }
    }

    /// A minute between two ticks, in hours, so early that it is told on the same day.
    fn minute(&mut self) -> i64 {
        self.rng.i64(OPENS / 10..CLOSES / 10 - 4) * 10 + self.rng.i64(2..9)
    }

    /// One of the ten days that are looked at, from the nth on. In quiet weeks nobody swaps.
    fn near(&mut self, day: NaiveDate, from: usize) -> NaiveDate {
        let days = working_days(day).take(10).skip(from).filter(|date| !is_quiet(at(*date, OPENS)));
        let days: Vec<_> = days.collect();
        days[self.rng.usize(..days.len())]
    }

    /// Somebody who is not on call that day.
    fn another(&mut self, day: NaiveDate) -> u32 {
        let row = self.rows[&day];
        let free: Vec<_> = (0..PEOPLE).filter(|person| row.iter().all(|one| one.person() != Some(*person))).collect();
        free[self.rng.usize(..free.len())]
    }

    /// Somebody writes cells at a time. Returns what changes by that.
    fn write(&mut self, time: DateTime<Utc>, cells: &[(NaiveDate, usize, Written)]) -> Vec<Swap> {
        let swaps = cells.iter().map(|(day, slot, written)| {
            let row = self.rows.get_mut(day).expect("a row");
            let [was, with] = [row[*slot], row[1 - *slot]].map(Written::person);
            row[*slot] = *written;
            Swap { day: *day, slot: *slot, was, is: written.person(), with }
        });
        let swaps = swaps.collect();
        self.deed(time, Deed::Write(cells.to_vec()));
        swaps
    }

    fn deed(&mut self, time: DateTime<Utc>, deed: Deed) {
        self.script.deeds.push((time, deed));
    }

    fn expect(&mut self, expected: Expected) {
        self.free_from = self.free_from.max(next_working(day_of(expected.at)));
        self.script.expected.push(expected);
    }

    /// A swap of one day, now and then in trouble.
    fn swap(&mut self, day: NaiveDate) -> &'static str {
        let (date, slot) = (self.near(day, 0), self.rng.usize(..2));
        let time = at(day, self.minute());
        let person = Written::Person(self.another(date));
        let swaps = self.write(time, &[(date, slot, person)]);
        let (told, later) = (told_at(time), TimeDelta::minutes(10));
        let refused_until = |minutes| told + TimeDelta::minutes(minutes);
        let (expected, name) = match self.rng.u32(..8) {
            0 | 1 => {
                let awaits = self.rng.u32(1..32);
                self.script.troubles.insert(told, Trouble::Crash(awaits));
                (Some(swapped(told, &swaps).or_again(told + later)), "a swap, and the tick crashes")
            }
            2 => {
                self.script.troubles.insert(told, Trouble::Twice);
                (Some(swapped(told, &swaps)), "a swap, and two ticks at once")
            }
            3 => {
                self.deed(told - TimeDelta::minutes(1), Deed::ChatRefuses);
                self.deed(refused_until(5), Deed::ChatTakes);
                (Some(swapped(told + later, &swaps)), "a swap, and the chat takes it at the second time")
            }
            4 => {
                self.deed(told - TimeDelta::minutes(1), Deed::ChatRefuses);
                self.deed(refused_until(15), Deed::ChatTakes);
                (None, "a swap, and the chat does not take it")
            }
            _ => (Some(swapped(told, &swaps)), "a swap"),
        };
        self.free_from = next_working(day);
        if let Some(expected) = expected {
            self.expect(expected);
        }
        name
    }

    /// In the evening, on a weekend or shortly before ten.
    fn swap_at_night(&mut self, day: NaiveDate) -> &'static str {
        let next = next_working(day);
        let (date, slot) = (self.near(next, 0), self.rng.usize(..2));
        let time = match self.rng.u32(..3) {
            0 => at(day, CLOSES + self.rng.i64(1..400)),
            1 => at(next, OPENS - self.rng.i64(11..300)),
            _ => at(next, OPENS - self.rng.i64(2..9)),
        };
        let person = Written::Person(self.another(date));
        let swaps = self.write(time, &[(date, slot, person)]);
        self.expect(swapped(told_at(time), &swaps));
        "a swap outside hours"
    }

    fn undone(&mut self, day: NaiveDate) -> &'static str {
        let (date, slot) = (self.near(day, 0), self.rng.usize(..2));
        let (time, before) = (at(day, self.minute()), self.rows[&date][slot]);
        let person = Written::Person(self.another(date));
        self.write(time, &[(date, slot, person)]);
        self.write(time + TimeDelta::minutes(10), &[(date, slot, before)]);
        self.free_from = next_working(day);
        "an edit that is undone"
    }

    fn goes_on(&mut self, day: NaiveDate) -> &'static str {
        let (one, other) = (self.near(day, 0), self.near(day, 0));
        let (time, again) = (at(day, self.minute()), self.rng.usize(..2));
        let person = Written::Person(self.another(one));
        let mut swaps = self.write(time, &[(one, 0, person)]);
        let time = time + TimeDelta::minutes(10);
        if one == other {
            // The same cell again: what was in between is not told.
            let person = Written::Person(self.another(one));
            let more = self.write(time, &[(one, 0, person)]);
            swaps[0].is = more[0].is;
            if swaps[0].is == swaps[0].was {
                swaps.clear();
            }
        } else {
            let person = Written::Person(self.another(other));
            swaps.extend(self.write(time, &[(other, again, person)]));
        }
        self.free_from = next_working(day);
        if !swaps.is_empty() {
            self.expect(swapped(told_at(time), &swaps));
        }
        "edits that go on"
    }

    /// Two people take each other's day.
    fn exchange(&mut self, day: NaiveDate) -> &'static str {
        let (one, other) = (self.near(day, 0), self.near(day, 0));
        let people =
            [one, other].map(|date| self.rows[&date].map(|written| written.person().expect("the row is whole")));
        let ([mine, stays], [theirs, with]) = (people[0], people[1]);
        if [theirs, with].contains(&mine) || [mine, stays].contains(&theirs) {
            return "nothing";
        }
        let time = at(day, self.minute());
        let swaps = self.write(time, &[(one, 0, Written::Person(theirs)), (other, 0, Written::Person(mine))]);
        self.free_from = next_working(day);
        self.expect(swapped(told_at(time), &swaps));
        "two people take each other's day"
    }

    /// Somebody takes the rest of a week.
    fn week(&mut self, day: NaiveDate) -> &'static str {
        let (first, slot) = (self.near(day, 2), self.rng.usize(..2));
        let pair = self.rows[&first];
        let days = working_days(first).take_while(|date| date.iso_week() == first.iso_week());
        let last = working_days(day).nth(9).expect("a working day");
        let days: Vec<_> = days.filter(|date| *date <= last && self.rows[date] == pair).collect();
        let time = at(day, self.minute());
        let person = Written::Person(self.another(first));
        let cells: Vec<_> = days.into_iter().map(|date| (date, slot, person)).collect();
        let swaps = self.write(time, &cells);
        self.free_from = next_working(day);
        self.expect(swapped(told_at(time), &swaps));
        "somebody takes a week"
    }

    /// A name that nobody has, until somebody notices.
    fn typo(&mut self, day: NaiveDate) -> &'static str {
        let is_overnight = self.rng.bool();
        let (date, slot) = (self.near(day, 2), self.rng.usize(..2));
        let time = at(day, self.minute());
        let person = Written::Person(self.another(date));
        let mut swaps = self.write(time, &[(date, slot, Written::Stranger)]);
        let fixed = if is_overnight { at(next_working(day), OPENS + 33) } else { time + TimeDelta::minutes(20) };
        let after = self.write(fixed, &[(date, slot, person)]);
        swaps[0].is = after[0].is;
        self.free_from = next_working(day);
        self.expect(swapped(told_at(fixed), &swaps));
        if is_overnight { "a typo that stays overnight" } else { "a typo" }
    }

    /// What only looks otherwise.
    fn looks(&mut self, day: NaiveDate) -> &'static str {
        let (time, date) = (at(day, self.minute()), self.near(day, 0));
        let [one, other] = self.rows[&date];
        match self.rng.u32(..4) {
            0 => self.deed(time, Deed::TurnUpsideDown),
            1 => self.deed(time, Deed::AddOrRemoveRemarks),
            2 => {
                let spelled = Written::Spelled(one.person().expect("the row is whole"));
                self.write(time, &[(date, 0, spelled)]);
            }
            _ => {
                self.write(time, &[(date, 0, other), (date, 1, one)]);
            }
        }
        self.free_from = next_working(day);
        "it only looks otherwise"
    }

    /// Google is down for an hour, and meanwhile somebody swaps.
    fn outage(&mut self, day: NaiveDate) -> &'static str {
        let time = at(day, self.minute());
        let minutes = |minutes| time + TimeDelta::minutes(minutes);
        self.deed(time, Deed::GoesDown);
        let (date, slot) = (self.near(day, 1), self.rng.usize(..2));
        let person = Written::Person(self.another(date));
        let edited = self.rng.i64(1..60);
        self.write(minutes(edited), &[(date, slot, person)]);
        self.deed(minutes(60), Deed::ComesUp);
        self.free_from = next_working(day);
        "Google is down"
    }

    fn upgrade(&mut self, day: NaiveDate) -> &'static str {
        let time = at(day, self.minute());
        let (date, slot) = (self.near(day, 0), self.rng.usize(..2));
        let person = Written::Person(self.another(date));
        self.write(time, &[(date, slot, person)]);
        self.deed(time, Deed::Upgrade);
        self.free_from = next_working(day);
        "an upgrade"
    }

    /// Somebody takes a name out, and somebody else fills the cell the next day.
    fn left_empty(&mut self, day: NaiveDate) -> &'static str {
        let (date, slot) = (self.near(day, 2), self.rng.usize(..2));
        let (time, fixed) = (at(day, self.minute()), at(next_working(day), OPENS + 44));
        let person = Written::Person(self.another(date));
        let swaps = self.write(time, &[(date, slot, Written::Nothing)]);
        self.expect(swapped(told_at(time), &swaps));
        let swaps = self.write(fixed, &[(date, slot, person)]);
        self.expect(swapped(told_at(fixed), &swaps));
        "a cell is empty overnight"
    }

    /// Further ahead than anybody is told.
    fn far_away(&mut self, day: NaiveDate) -> &'static str {
        let far: Vec<_> = working_days(day).skip(10).take_while(|date| self.rows.contains_key(date)).collect();
        let Some(date) = far.last() else { return "nothing" };
        let time = at(day, self.minute());
        let person = Written::Person(self.another(*date));
        self.write(time, &[(*date, 1, person)]);
        self.free_from = next_working(day);
        "a swap that is far away"
    }

    pub fn paste(&mut self, day: NaiveDate) {
        let time = at(day, self.minute());
        let rows = month(day.with_day(1).expect("a day") + Months::new(1));
        let oldest = day.with_day(1).expect("a day");
        self.rows.extend(rows.clone());
        self.rows.retain(|date, _| *date >= oldest);
        let days: Vec<_> = rows.keys().copied().filter(|day| is_working(*day)).collect();
        self.deed(time, Deed::Paste(rows, oldest));
        self.free_from = next_working(day);
        self.expect(filled(told_at(time), &days));
    }
}
