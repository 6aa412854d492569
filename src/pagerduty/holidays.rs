//! The holidays on which the dummy must not hold an alert: each needs an override that names a real person.

use crate::domain::calendar::{Calendar, Day};
use crate::pagerduty::state::{Shift, UserId};
use chrono::{DateTime, Months, NaiveDate, SubsecRound as _, TimeDelta, Timelike as _, Utc};

/// How far ahead holidays are planned.
const AHEAD: Months = Months::new(12);

/// On the day itself, an override that begins within this time covers the holiday.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// A day off that falls on a day of the working week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOff {
    /// In the team's time zone.
    pub date: NaiveDate,
    pub name: String,
    /// When work would begin; if that has passed, the next full minute.
    pub start: DateTime<Utc>,
    /// When work would end.
    pub end: DateTime<Utc>,
}

/// The end of the time that is planned.
pub(super) fn horizon(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_months(AHEAD).unwrap_or(now)
}

/// The days off until [`horizon`], without those that are nearly over.
pub(super) fn ahead(calendar: &Calendar, now: DateTime<Utc>) -> Vec<DayOff> {
    let last = calendar.date(horizon(now));
    let dates = calendar.date(now).iter_days().take_while(|date| *date < last);
    let day_off = |date: NaiveDate| {
        let name = match calendar.day(date) {
            Day::NationalHoliday(name) => name.to_owned(),
            Day::CompanyHoliday(name) => name,
            Day::Working | Day::Weekend => return None,
        };
        let opening = calendar.opening(date);
        let start = if opening > now { opening } else { next_minute(now) };
        let end = calendar.closing(date);
        (end - start > GRACE).then_some(DayOff { date, name, start, end })
    };
    dates.filter_map(day_off).collect()
}

/// The days on which the dummy would still be on call for some time.
pub(super) fn uncovered(
    days: Vec<DayOff>,
    overrides: &[Shift],
    dummy: Option<&UserId>,
    now: DateTime<Utc>,
) -> Vec<DayOff> {
    let mut real: Vec<_> = overrides.iter().filter(|shift| Some(&shift.user) != dummy).collect();
    real.sort_by_key(|shift| shift.start);
    let is_covered = |day: &DayOff| {
        let from = if day.start < now + GRACE { now + GRACE } else { day.start };
        let extend = |reached: DateTime<Utc>, shift: &&Shift| {
            if shift.start <= reached { reached.max(shift.end) } else { reached }
        };
        let reached = real.iter().fold(from, extend);
        reached >= day.end
    };
    days.into_iter().filter(|day| !is_covered(day)).collect()
}

fn next_minute(now: DateTime<Utc>) -> DateTime<Utc> {
    let minute = now.trunc_subsecs(0) - TimeDelta::seconds(i64::from(now.second()));
    minute + TimeDelta::minutes(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
    use std::sync::Arc;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn calendar() -> Calendar {
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse("10:00-17:00").expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: Arc::new(CompanyHolidays::from([
                ("2026-12-29".parse().expect("a date"), "年末休み".into()),
                // A Saturday.
                ("2026-11-28".parse().expect("a date"), "棚卸し".into()),
            ])),
        }
    }

    #[test]
    fn a_year_of_holidays_on_working_days() {
        let days = ahead(&calendar(), instant("2026-11-24T11:02:00+09:00"));
        let dates: Vec<_> = days.iter().map(|day| day.date.to_string()).collect();
        assert_eq!(
            dates.join(" "),
            "2026-12-29 2027-01-01 2027-01-11 2027-02-11 2027-02-23 2027-03-22 2027-04-29 2027-05-03 2027-05-04 \
             2027-05-05 2027-07-19 2027-08-11 2027-09-20 2027-09-23 2027-10-11 2027-11-03 2027-11-23",
            "neither a Saturday nor a Sunday, and none after the year"
        );
        let first = &days[0];
        assert_eq!((first.start, first.end), (instant("2026-12-29T01:00:00Z"), instant("2026-12-29T08:00:00Z")));
    }

    #[test]
    fn a_holiday_that_has_begun_starts_at_the_next_minute() {
        for (now, expected) in [
            ("2026-11-23T09:59:59+09:00", Some("2026-11-23T10:00:00+09:00")),
            ("2026-11-23T10:00:00+09:00", Some("2026-11-23T10:01:00+09:00")),
            ("2026-11-23T12:30:01.5+09:00", Some("2026-11-23T12:31:00+09:00")),
            ("2026-11-23T16:55:00+09:00", None),
            ("2026-11-23T17:00:00+09:00", None),
        ] {
            let today = ahead(&calendar(), instant(now)).into_iter().find(|day| day.name == "勤労感謝の日");
            let start = today.filter(|day| day.date.to_string() == "2026-11-23").map(|day| day.start);
            assert_eq!(start, expected.map(instant), "{now}");
        }
    }

    #[test]
    fn a_day_is_covered_by_real_people_without_a_gap() {
        let shift = |user: &str, start: &str, end: &str| Shift {
            start: instant(&format!("2026-12-29T{start}:00+09:00")),
            end: instant(&format!("2026-12-29T{end}:00+09:00")),
            user: UserId(user.into()),
        };
        let dummy = UserId("PDUMMY1".into());
        for (overrides, is_covered) in [
            (vec![], false),
            (vec![shift("PSRE1", "10:00", "17:00")], true),
            (vec![shift("PSRE1", "00:00", "23:00")], true),
            (vec![shift("PDUMMY1", "10:00", "17:00")], false),
            (vec![shift("PSRE1", "10:00", "16:59")], false),
            (vec![shift("PSRE1", "10:01", "17:00")], false),
            (vec![shift("PSRE2", "13:00", "17:00"), shift("PSRE1", "10:00", "13:00")], true),
            (vec![shift("PSRE2", "13:01", "17:00"), shift("PSRE1", "10:00", "13:00")], false),
        ] {
            let now = instant("2026-11-24T11:02:00+09:00");
            let day = ahead(&calendar(), now).into_iter().take(1).collect();
            assert_eq!(uncovered(day, &overrides, Some(&dummy), now).is_empty(), is_covered, "{overrides:?}");
        }
    }

    #[test]
    fn an_override_made_on_the_day_itself_still_covers_it_later() {
        let now = instant("2026-11-23T12:30:40+09:00");
        let today: Vec<_> = ahead(&calendar(), now).into_iter().take(1).collect();
        let made = Shift { start: today[0].start, end: today[0].end, user: UserId("PSRE1".into()) };
        for later in [now, now + TimeDelta::seconds(30), now + TimeDelta::hours(2)] {
            let today = ahead(&calendar(), later).into_iter().take(1).collect();
            assert_eq!(uncovered(today, std::slice::from_ref(&made), None, later), [], "{later}");
        }
    }
}
