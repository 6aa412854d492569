//! The workbook of the demo: the four weeks of `docs/workbook/`, repeated.

use super::file::parse;
use super::table::{Tabs, workbook as read};
use crate::domain::calendar::BusinessHours;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, Days, Utc};

const ROTATION: &[u8] = include_bytes!("../../docs/workbook/rotation.csv");
const MEMBERS: &[u8] = include_bytes!("../../docs/workbook/members.csv");
const RUNBOOKS: &[u8] = include_bytes!("../../docs/workbook/runbooks.csv");
const HOLIDAYS: &[u8] = include_bytes!("../../docs/workbook/holidays.csv");

/// The sample's length in days: whole weeks, so that weekdays stay right.
const PERIOD: i64 = 28;

/// The sample, repeated so that it covers five weeks before and after `now`.
pub fn workbook(now: DateTime<Utc>) -> Workbook {
    let grid = |name, bytes| parse(name, bytes).expect("the samples are CSV; a test reads them");
    let tabs = Tabs {
        rotation: grid("rotation.csv", ROTATION),
        members: Some(grid("members.csv", MEMBERS)),
        runbooks: Some(grid("runbooks.csv", RUNBOOKS)),
        holidays: Some(grid("holidays.csv", HOLIDAYS)),
        ..Tabs::default()
    };
    // Its dates have years and its people whole days, so it says the same at all hours.
    let hours = BusinessHours::from_minutes(600, 1_020).expect("the one is before the other");
    let mut workbook = read(&tabs, hours, now.date_naive());
    let shifts = std::mem::take(&mut workbook.rotation.shifts);
    let Some(first) = shifts.keys().next().copied() else {
        return workbook;
    };
    let periods = now.date_naive().signed_duration_since(first).num_days().div_euclid(PERIOD);
    for period in periods - 2..=periods + 2 {
        let days = Days::new((period * PERIOD).unsigned_abs());
        workbook.rotation.shifts.extend(shifts.iter().filter_map(|(date, shift)| {
            let moved = if period < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
            Some((moved?, shift.clone()))
        }));
    }
    workbook
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::member::Platform;
    use crate::domain::rotation::Coverage;

    #[test]
    fn the_sample_covers_every_day_on_every_chat() {
        for start in ["2020-02-28T15:00:00Z", "2026-11-22T00:00:00Z", "2031-01-01T00:00:00Z"] {
            let now: DateTime<Utc> = start.parse().expect("an instant");
            let workbook = workbook(now);
            assert_eq!(workbook.findings, []);
            for date in (now.date_naive() - Days::new(28)).iter_days().take(64) {
                for platform in [Platform::Slack, Platform::Typetalk, Platform::Screen] {
                    let coverage = workbook.coverage(date, platform);
                    let Coverage::OnCall { people, findings, .. } = coverage else {
                        panic!("{date}: {coverage:?}");
                    };
                    assert_eq!((people.len(), findings.len()), (2, 0), "{date}");
                }
            }
        }
    }
}
