//! The fiscal year 2026 in Japan, day by day, as a printed calendar has it.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Asia::Tokyo;

/// National holidays, without those on a Saturday or Sunday.
const NATIONAL: [&str; 17] = [
    "2026-04-29",
    "2026-05-04",
    "2026-05-05",
    "2026-05-06",
    "2026-07-20",
    "2026-08-11",
    "2026-09-21",
    "2026-09-22",
    "2026-09-23",
    "2026-10-12",
    "2026-11-03",
    "2026-11-23",
    "2027-01-01",
    "2027-01-11",
    "2027-02-11",
    "2027-02-23",
    "2027-04-29",
];
/// The substitute for the equinox of a Sunday.
const SUBSTITUTE: &str = "2027-03-22";
/// The company's own, which are in the sheet.
pub const COMPANY: [(&str, &str); 6] = [
    ("2026-06-01", "創立記念日"),
    ("2026-08-13", "夏季休業"),
    ("2026-08-14", "夏季休業"),
    ("2026-12-29", "年末休業"),
    ("2026-12-30", "年末休業"),
    ("2026-12-31", "年末休業"),
];

pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// The days of the year, Sundays and holidays too.
pub fn year() -> impl Iterator<Item = NaiveDate> {
    date("2026-04-01").iter_days().take(365)
}

/// Whether the sheet has a row for a day: the company's days off have one, too.
pub fn is_in_the_rota(day: NaiveDate) -> bool {
    let is_holiday = NATIONAL.into_iter().chain([SUBSTITUTE]).any(|holiday| date(holiday) == day);
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday
}

pub fn is_working(day: NaiveDate) -> bool {
    is_in_the_rota(day) && !COMPANY.iter().any(|(off, _)| date(off) == day)
}

/// So many working days from one on.
pub fn working_days(from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().filter(|day| is_working(*day))
}

pub fn next_working(day: NaiveDate) -> NaiveDate {
    working_days(day + TimeDelta::days(1)).next().expect("the world goes on")
}

pub fn is_first_of_its_week(day: NaiveDate) -> bool {
    let monday = day.week(Weekday::Mon).first_day();
    is_working(day) && !monday.iter_days().take_while(|other| *other < day).any(is_working)
}

pub fn is_last_of_its_week(day: NaiveDate) -> bool {
    let later = day.iter_days().skip(1).take_while(|other| other.iso_week() == day.iso_week());
    is_working(day) && !later.into_iter().any(is_working)
}

/// So many working days, a day's own first, and then backwards.
pub fn working_days_back(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(Some(day), |day| day.pred_opt()).filter(|day| is_working(*day))
}

/// A time of the day in Tokyo, in minutes.
pub fn at(day: NaiveDate, minute: i64) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
    local.and_local_timezone(Tokyo).single().expect("Tokyo has no summer time").to_utc()
}

pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Tokyo).date_naive()
}

/// In minutes since midnight.
pub fn minute_of(time: DateTime<Utc>) -> i64 {
    (time - at(day_of(time), 0)).num_minutes()
}

pub const OPENS: i64 = 10 * 60;
pub const CLOSES: i64 = 17 * 60;

pub fn is_in_hours(time: DateTime<Utc>) -> bool {
    is_working(day_of(time)) && (OPENS..CLOSES).contains(&minute_of(time))
}

/// `12/2(水)`
pub fn written(day: NaiveDate) -> String {
    let weekday = ["月", "火", "水", "木", "金", "土", "日"][day.weekday().num_days_from_monday() as usize];
    format!("{}/{}({weekday})", day.month(), day.day())
}
