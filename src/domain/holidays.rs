//! Japan's national holidays, by the Act on National Holidays as amended in 2022.
//!
//! Rules rather than a table, so that it never runs out of years. The test writes out 2025 to 2030 from the list of the
//! Japanese cabinet (<https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html>); equinoxes that are not announced yet follow
//! the usual formula, which holds until 2099.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// The name of the national holiday on that date, if it is one.
pub fn japan(date: NaiveDate) -> Option<&'static str> {
    named(date).or_else(|| substitute(date)).or_else(|| between(date))
}

/// Holidays with a date or a rule of their own.
fn named(date: NaiveDate) -> Option<&'static str> {
    let year = date.year();
    let day = date.day();
    let nth_monday = |nth: u32| date.weekday() == Weekday::Mon && (day - 1) / 7 + 1 == nth;
    match (date.month(), day) {
        (1, 1) => Some("元日"),
        (1, _) if nth_monday(2) => Some("成人の日"),
        (2, 11) => Some("建国記念の日"),
        (2, 23) => Some("天皇誕生日"),
        (3, _) if day == equinox(year, 20.8431) => Some("春分の日"),
        (4, 29) => Some("昭和の日"),
        (5, 3) => Some("憲法記念日"),
        (5, 4) => Some("みどりの日"),
        (5, 5) => Some("こどもの日"),
        (7, _) if nth_monday(3) => Some("海の日"),
        (8, 11) => Some("山の日"),
        (9, _) if nth_monday(3) => Some("敬老の日"),
        (9, _) if day == equinox(year, 23.2488) => Some("秋分の日"),
        (10, _) if nth_monday(2) => Some("スポーツの日"),
        (11, 3) => Some("文化の日"),
        (11, 23) => Some("勤労感謝の日"),
        _ => None,
    }
}

/// The day of the month of an equinox; `in_1980` is the equinox of 1980 as a fractional day of the month.
fn equinox(year: i32, in_1980: f64) -> u32 {
    let years = year - 1980;
    (in_1980 + 0.242194 * f64::from(years)) as u32 - years.div_euclid(4) as u32
}

/// Article 3, paragraph 2: after a holiday on a Sunday, the next day that is not a holiday.
fn substitute(date: NaiveDate) -> Option<&'static str> {
    let mut before = date;
    loop {
        before = before.pred_opt()?;
        named(before)?;
        if before.weekday() == Weekday::Sun {
            return Some("振替休日");
        }
    }
}

/// Article 3, paragraph 3: a day between two holidays.
fn between(date: NaiveDate) -> Option<&'static str> {
    named(date.checked_sub_days(Days::new(1))?)?;
    named(date.checked_add_days(Days::new(1))?)?;
    Some("国民の休日")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Month and day of every holiday of the year.
    const DATES: [(i32, &str); 6] = [
        (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
        (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
        (2028, "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23"),
        (2029, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 4/30 5/3 5/4 5/5 7/16 8/11 9/17 9/23 9/24 10/8 11/3 11/23"),
        (2030, "1/1 1/14 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 11/3 11/4 11/23"),
    ];

    #[test]
    fn dates_are_those_of_the_law() {
        for (year, expected) in DATES {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
            let found: Vec<_> = first
                .iter_days()
                .take_while(|date| date.year() == year)
                .filter(|date| japan(*date).is_some())
                .map(|date| format!("{}/{}", date.month(), date.day()))
                .collect();
            assert_eq!(found.join(" "), expected, "{year}");
        }
    }

    #[test]
    fn derived_holidays_have_their_own_names() {
        for (date, name) in [
            ("2026-09-22", "国民の休日"),
            ("2027-03-22", "振替休日"),
            ("2026-05-06", "振替休日"),
            ("2026-11-23", "勤労感謝の日"),
        ] {
            assert_eq!(japan(date.parse().expect("a date")), Some(name), "{date}");
        }
    }
}
