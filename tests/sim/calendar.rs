//! When the team of a world is at work.

use crate::world::one_of;
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, TimeDelta, Timelike as _, Utc, Weekday};
use fastrand::Rng;

/// Beginnings of worlds that see a break begin or end.
const AROUND_NOON: [&str; 3] = ["2026-11-25T11:40:00+09:00", "2026-11-26T12:36:00+09:00", "2026-11-27T11:52:00+09:00"];

/// Weekdays from ten to five, but for the one holiday of these days.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hours {
    /// From noon to one nobody is at work.
    pub has_break: bool,
    /// A day off of the company's own, which is in the sheet.
    pub day_off: Option<NaiveDate>,
}

impl Hours {
    /// Those of a world, and when it begins. They are drawn apart, so that everything else is as it would be without.
    pub fn by_chance(seed: u64, epoch: DateTime<Utc>) -> (Self, DateTime<Utc>) {
        let mut rng = Rng::with_seed(!seed);
        let has_break = rng.u32(..5) == 0;
        let epoch = if has_break { one_of(&mut rng, AROUND_NOON).parse().expect("an instant") } else { epoch };
        let day_off = (rng.u32(..6) == 0).then(|| date(epoch) + TimeDelta::days(rng.i64(0..=1)));
        (Self { has_break, day_off }, epoch)
    }

    /// Without the company's own days off, which only the sheet knows.
    #[must_use]
    pub fn without_the_sheet(self) -> Self {
        Self { day_off: None, ..self }
    }

    pub fn is_day_off(self, date: NaiveDate) -> bool {
        let is_weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        is_weekend || date.day() == 23 || self.day_off == Some(date)
    }

    pub fn is_working(self, at: DateTime<Utc>) -> bool {
        let hour = tokyo(at).hour();
        (10..17).contains(&hour) && !(self.has_break && hour == 12) && !self.is_day_off(date(at))
    }

    /// The working day after a date.
    pub fn next(self, date: NaiveDate) -> NaiveDate {
        date.iter_days().skip(1).find(|date| !self.is_day_off(*date)).expect("a working day")
    }
}

pub fn tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(9 * 3_600).expect("a zone"))
}

pub fn date(at: DateTime<Utc>) -> NaiveDate {
    tokyo(at).date_naive()
}
