//! The daily check: when it is due, what of it is told, and what is remembered.

use crate::domain::calendar::{Calendar, Day};
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeSet;

/// How long before business hours begin. As this is asked every ten minutes, it is once in this time at least.
const BEFORE: TimeDelta = TimeDelta::minutes(15);

/// The working day whose hours begin so soon. `None` at any other time, and so on days off.
pub fn due(calendar: &Calendar, now: DateTime<Utc>) -> Option<NaiveDate> {
    let today = calendar.date(now);
    // Hours may begin at midnight.
    let days = [Some(today), today.succ_opt()].into_iter().flatten();
    let soon = |day: &NaiveDate| {
        let at = calendar.opening(*day);
        now < at && at - now <= BEFORE
    };
    days.filter(|day| calendar.day(*day) == Day::Working).find(soon)
}

/// Which findings are told, by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Those that were not told before.
    New,
    /// All: it is the first working day of the week.
    All,
}

impl Telling {
    /// On a working day. A week begins on Monday.
    pub fn of(day: NaiveDate, calendar: &Calendar) -> Self {
        let before = i64::from(day.weekday().num_days_from_monday());
        let mut earlier = (1..=before).map(|days| day - TimeDelta::days(days));
        if earlier.any(|day| calendar.day(day) == Day::Working) { Self::New } else { Self::All }
    }

    pub fn tells(self, finding: &Identity, told: &BTreeSet<String>) -> bool {
        let is_known = finding.parts.is_subset(told) && !finding.all().is_disjoint(told);
        self == Self::All || !is_known
    }
}

/// By what a finding is known on another day: a digest of each part, such as a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// If one of them was not told, the finding is new.
    pub parts: BTreeSet<String>,
    /// What is wrong on days that have come near enough to be looked at since Monday. It makes nothing new of a finding that was
    /// told: else the same would be told every morning. Next Monday all is told anyway.
    pub nearing: BTreeSet<String>,
}

impl Identity {
    pub fn all(&self) -> BTreeSet<String> {
        &self.parts | &self.nearing
    }
}

/// What counts as told on the next day: what is still wrong and was told, now or before (`known`). What is over is forgotten, and
/// told again when it comes back; so is what should have been told and was not. What could not be looked at (`is_unseen`) is kept.
pub fn still_told(
    before: &BTreeSet<String>,
    wrong: &BTreeSet<String>,
    known: &BTreeSet<String>,
    is_unseen: impl Fn(&str) -> bool,
) -> BTreeSet<String> {
    let kept = before.iter().filter(|id| !wrong.contains(*id) && is_unseen(id));
    kept.chain(known).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
    use std::sync::Arc;

    /// The company has the 4th of December off.
    fn calendar(hours: &str, days: &str) -> Calendar {
        let off = "2026-12-04".parse().expect("a date");
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse(hours).expect("hours"),
            days: BusinessDays::parse(days).expect("days"),
            national: NationalHolidays::Japan,
            company: Arc::new(CompanyHolidays::from([(off, "創立記念日".to_owned())])),
        }
    }

    #[test]
    fn it_is_due_in_the_quarter_of_an_hour_before_the_hours_of_a_working_day() {
        for (hours, now, expected) in [
            ("10:00-17:00", "2026-12-01T09:44:59", None),
            ("10:00-17:00", "2026-12-01T09:45:00", Some("2026-12-01")),
            // The tick of ten to ten, by a clock that is slow.
            ("10:00-17:00", "2026-12-01T09:49:59", Some("2026-12-01")),
            ("10:00-17:00", "2026-12-01T09:59:59", Some("2026-12-01")),
            ("10:00-17:00", "2026-12-01T10:00:00", None),
            ("10:00-17:00", "2026-12-01T16:50:00", None),
            // A tick that came late is not made up for.
            ("10:00-17:00", "2026-12-01T10:05:00", None),
            ("09:40-18:00", "2026-12-01T09:20:00", None),
            ("09:40-18:00", "2026-12-01T09:30:00", Some("2026-12-01")),
            // Saturday, Sunday, a holiday on a Monday, the company's own day off.
            ("10:00-17:00", "2026-11-21T09:50:00", None),
            ("10:00-17:00", "2026-11-22T09:50:00", None),
            ("10:00-17:00", "2026-11-23T09:50:00", None),
            ("10:00-17:00", "2026-11-24T09:50:00", Some("2026-11-24")),
            ("10:00-17:00", "2026-12-04T09:50:00", None),
            // Hours that begin at midnight are those of the next day.
            ("00:00-24:00", "2026-12-01T23:50:00", Some("2026-12-02")),
            ("00:00-24:00", "2026-12-03T23:50:00", None),
            ("00:00-24:00", "2026-12-01T00:00:00", None),
        ] {
            let at = format!("{now}+09:00").parse().expect("an instant");
            let due = due(&calendar(hours, "Mon-Fri"), at).map(|day| day.to_string());
            assert_eq!(due.as_deref(), expected, "{hours} {now}");
        }
    }

    #[test]
    fn everything_is_told_on_the_first_working_day_of_a_week() {
        for (days, day, expected) in [
            ("Mon-Fri", "2026-11-30", Telling::All),
            ("Mon-Fri", "2026-12-01", Telling::New),
            ("Mon-Fri", "2026-12-03", Telling::New),
            // Monday was a holiday.
            ("Mon-Fri", "2026-11-24", Telling::All),
            ("Mon-Fri", "2026-11-25", Telling::New),
            ("Wed,Fri", "2026-11-25", Telling::All),
            ("Wed,Fri", "2026-11-27", Telling::New),
            ("Sun-Thu", "2026-11-29", Telling::New),
        ] {
            let telling = Telling::of(day.parse().expect("a date"), &calendar("10:00-17:00", days));
            assert_eq!(telling, expected, "{days} {day}");
        }
    }

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn what_is_over_is_forgotten_and_what_was_not_seen_is_kept() {
        let before = set(&["rotation:1", "rotation:2", "slack:1"]);
        let wrong = set(&["rotation:2", "rotation:3"]);
        let kept = |known: &[&str], unseen: &str| {
            still_told(&before, &wrong, &set(known), |id| id.split_once(':').is_some_and(|(topic, _)| topic == unseen))
        };
        assert_eq!(kept(&["rotation:2", "rotation:3"], ""), set(&["rotation:2", "rotation:3"]));
        assert_eq!(kept(&["rotation:2"], ""), set(&["rotation:2"]), "no chat has taken the other");
        assert_eq!(kept(&["rotation:2"], "slack"), set(&["rotation:2", "slack:1"]));
        assert_eq!(kept(&[], "rotation"), set(&["rotation:1"]), "on a Monday no chat has taken it, so Tuesday's does");
    }

    #[test]
    fn a_finding_is_new_if_a_part_of_it_is() {
        let told = set(&["1", "2"]);
        for (parts, nearing, expected) in [
            (&["1", "2"][..], &[][..], false),
            (&["1"], &[], false),
            (&["1", "3"], &[], true),
            (&["3"], &[], true),
            // Known, and longer than could be seen.
            (&["1"], &["3"], false),
            (&["1", "4"], &["3"], true),
            (&["3"], &["1"], true),
            (&[], &["1", "3"], false),
            (&[], &["3"], true),
        ] {
            let finding = Identity { parts: set(parts), nearing: set(nearing) };
            let tells = [Telling::New, Telling::All].map(|telling| telling.tells(&finding, &told));
            assert_eq!(tells, [expected, true], "{finding:?}");
        }
    }
}
