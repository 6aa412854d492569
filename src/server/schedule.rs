//! What waits for a time: the reminders by the calendar, the tick every ten minutes. The clock is looked at all the time, so that
//! it may be set, the machine may sleep, and the process may be started again.

use super::{Parts, Server, Stop};
use crate::domain::calendar::Calendar;
use crate::domain::reminder::Reminder;
use crate::relay::reminder::Sent;
use crate::setup::config::Faults;
use crate::setup::renewal::Lookup;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// How often the clock is looked at.
const PAUSE: Duration = Duration::from_secs(1);
/// A reminder that was missed by this is not sent any more.
const TOO_LATE: TimeDelta = TimeDelta::minutes(30);
/// Between two tries of a reminder that no chat took.
const AGAIN: TimeDelta = TimeDelta::minutes(1);
/// Nobody waits for the answer, so a chat may take its time.
const LIMIT: Duration = Duration::from_secs(20);
/// The most that reading the secrets again may take.
const RENEWAL: Duration = Duration::from_secs(4);
/// Between two ticks, in seconds.
const TICK: i64 = 600;

/// Which reminders were sent, as far as this process knows; the ledger knows those of others.
#[derive(Debug, Default)]
struct Done {
    /// By their names and days.
    reminders: BTreeSet<(&'static str, NaiveDate)>,
    /// No reminder is tried before.
    not_before: Option<DateTime<Utc>>,
}

impl Done {
    /// A reminder that is due now, and when it was.
    fn due(&self, calendar: &Calendar, now: DateTime<Utc>) -> Option<(Reminder, DateTime<Utc>)> {
        // A clock that was put back is waited for by none.
        if self.not_before.is_some_and(|at| now < at && at - now <= AGAIN) {
            return None;
        }
        let today = calendar.date(now);
        let days = [Some(today), today.pred_opt()].into_iter().flatten();
        let all = days.flat_map(|day| [Reminder::Morning, Reminder::Evening].map(|reminder| (reminder, day)));
        let mut left = all.filter(|(reminder, day)| !self.reminders.contains(&(reminder.name(), *day)));
        left.find_map(|(reminder, day)| {
            let at = due(reminder, day, calendar);
            (at <= now && now - at < TOO_LATE).then_some((reminder, at))
        })
    }

    fn keep(&mut self, reminder: Reminder, day: NaiveDate, sent: &Sent, now: DateTime<Utc>) {
        self.not_before = None;
        if *sent == Sent::NotTaken {
            self.not_before = Some(now + AGAIN);
            return;
        }
        self.reminders.insert((reminder.name(), day));
        self.reminders.retain(|(_, known)| (day - *known).num_days() < 7);
    }
}

/// When a reminder is due: where hours end at midnight, a minute before, which is still that day.
fn due(reminder: Reminder, day: NaiveDate, calendar: &Calendar) -> DateTime<Utc> {
    let at = reminder.due(day, calendar);
    if calendar.date(at) == day { at } else { at - TimeDelta::minutes(1) }
}

/// Sends each reminder once, at its time or as soon after it as this runs.
pub(super) async fn remind<B>(server: Rc<Server<B>>, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    let mut done = Done::default();
    loop {
        let parts = server.renewal.current().await;
        let calendar = &parts.reminders.team.settings.calendar;
        if let Some((reminder, scheduled)) = done.due(calendar, server.now()) {
            let sent = parts.reminders.send(reminder, scheduled, Instant::now() + LIMIT, server.now()).await;
            done.keep(reminder, calendar.date(scheduled), &sent, server.now());
            if sent == Sent::NotTaken {
                server.renewal.renewed(Instant::now() + RENEWAL, server.now()).await;
            } else {
                server.seen.reminded(reminder, server.now());
            }
        }
        if stop.within(PAUSE).await {
            return;
        }
    }
}

/// Ticks when ten minutes of the clock are over, and at the start; then forgets what is older than it has to be.
pub(super) async fn tick<B>(server: Rc<Server<B>>, mut stop: Stop)
where
    B: AsyncFn(Lookup<'_>) -> Result<Parts, Faults>,
{
    let mut last = None;
    loop {
        let now = server.now();
        let this = now.timestamp().div_euclid(TICK);
        if last != Some(this) {
            last = Some(this);
            let parts = server.renewal.current().await;
            match parts.tick.run(now).await {
                Ok(_) => server.seen.ticked(now),
                Err(blind) => {
                    tracing::error!("{blind}");
                    server.renewal.renewed(Instant::now() + RENEWAL, server.now()).await;
                }
            }
            server.sweep(now).await;
            // One that cannot be read is known before the next alert needs it.
            server.seen.rotation(parts.dispatcher.relay.warm(now).await.is_ok());
        }
        if stop.within(PAUSE).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};

    fn calendar(hours: &str) -> Calendar {
        Calendar {
            zone: chrono_tz::Asia::Tokyo,
            hours: BusinessHours::parse(hours).expect("hours"),
            days: BusinessDays::parse("Mon-Fri").expect("days"),
            national: NationalHolidays::Japan,
            company: std::sync::Arc::new(CompanyHolidays::new()),
        }
    }

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-{time}:00+09:00").parse().expect("an instant")
    }

    /// What is sent when the clock shows these times, one after the other, in one process or each in its own.
    fn sent(hours: &str, times: &[&str], is_one_process: bool) -> Vec<String> {
        let calendar = calendar(hours);
        let mut done = Done::default();
        let mut sent = Vec::new();
        for now in times.iter().map(|time| at(time)) {
            if !is_one_process {
                done = Done::default();
            }
            if let Some((reminder, scheduled)) = done.due(&calendar, now) {
                let day = calendar.date(scheduled);
                sent.push(format!(
                    "{} of {}, {} min late",
                    reminder.name(),
                    day.format("%d"),
                    (now - scheduled).num_minutes()
                ));
                done.keep(reminder, day, &Sent::Posted, now);
            }
        }
        sent
    }

    #[test]
    fn a_reminder_is_due_from_its_time_on_for_half_an_hour() {
        let all_day = ["24T09:59", "24T10:00", "24T10:01", "24T16:59", "24T17:00", "24T17:01", "25T09:59", "25T10:00"];
        let expected = ["morning of 24, 0 min late", "evening of 24, 0 min late", "morning of 25, 0 min late"];
        assert_eq!(sent("10:00-17:00", &all_day, true), expected);
        // The machine slept, the process was down, or the clock was set.
        assert_eq!(sent("10:00-17:00", &["24T09:00", "24T10:29"], true), ["morning of 24, 29 min late"]);
        assert_eq!(sent("10:00-17:00", &["24T10:30", "24T12:00"], false), [""; 0]);
        // Back again over ten o'clock.
        assert_eq!(sent("10:00-17:00", &["24T10:00", "24T09:58", "24T10:00"], true), ["morning of 24, 0 min late"]);
    }

    /// Two days, minute by minute, with stops of the process; the ledger knows what was sent before.
    fn two_days(hours: &str, stops: &[(&str, &str)]) -> Vec<String> {
        let calendar = calendar(hours);
        let mut ledger = BTreeSet::new();
        let mut done = None;
        let mut sent = Vec::new();
        for minute in 0..2 * 24 * 60 {
            let now = at("24T00:00") + TimeDelta::minutes(minute);
            if stops.iter().any(|(from, to)| at(from) <= now && now < at(to)) {
                done = None;
                continue;
            }
            let done = done.get_or_insert_with(Done::default);
            if let Some((reminder, scheduled)) = done.due(&calendar, now) {
                let day = calendar.date(scheduled);
                let is_new = ledger.insert((reminder.name(), day));
                let late = (now - scheduled).num_minutes();
                sent.extend(is_new.then(|| format!("{} {} +{late}", reminder.name(), day.format("%d"))));
                done.keep(reminder, day, if is_new { &Sent::Posted } else { &Sent::Repeat }, now);
            }
        }
        sent
    }

    #[test]
    fn a_stop_costs_a_reminder_only_if_it_is_too_long() {
        let all = ["morning 24 +0", "evening 24 +0", "morning 25 +0", "evening 25 +0"];
        assert_eq!(two_days("10:00-17:00", &[]), all);
        assert_eq!(two_days("10:00-17:00", &[("24T10:01", "24T10:02"), ("24T16:00", "24T16:59")]), all);
        let late = ["morning 24 +10", "evening 24 +0", "morning 25 +29", "evening 25 +0"];
        assert_eq!(two_days("10:00-17:00", &[("24T09:50", "24T10:10"), ("25T09:00", "25T10:29")]), late);
        let missed = ["evening 24 +0", "morning 25 +0", "evening 25 +0"];
        assert_eq!(two_days("10:00-17:00", &[("24T09:00", "24T10:30")]), missed);
        // Over midnight, where hours end then, which is when this begins.
        let over = ["evening 23 +1", "morning 24 +0", "evening 24 +21", "morning 25 +0", "evening 25 +0"];
        assert_eq!(two_days("12:00-24:00", &[("24T23:50", "25T00:20")]), over);
    }

    #[test]
    fn hours_may_end_at_midnight() {
        assert_eq!(sent("12:00-24:00", &["24T23:58", "24T23:59", "25T00:00"], true), ["evening of 24, 0 min late"]);
        assert_eq!(sent("12:00-24:00", &["25T00:10"], false), ["evening of 24, 11 min late"]);
    }

    #[test]
    fn what_no_chat_took_is_tried_again_a_minute_later() {
        let calendar = calendar("10:00-17:00");
        let mut done = Done::default();
        let (reminder, scheduled) = done.due(&calendar, at("24T10:00")).expect("it is due");
        done.keep(reminder, calendar.date(scheduled), &Sent::NotTaken, at("24T10:00"));
        assert_eq!(done.due(&calendar, at("24T10:00")), None);
        assert_eq!(done.due(&calendar, at("24T10:01")), Some((Reminder::Morning, at("24T10:00"))));
        // The clock was put back by an hour meanwhile: nothing is due, and nothing waits for eleven.
        assert_eq!(done.due(&calendar, at("24T09:00")), None);
    }
}
