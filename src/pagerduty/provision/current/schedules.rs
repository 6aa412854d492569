//! The two schedules of a plan: SRE's, which is of either kind, and the dummy's, which is made of layers.
//!
//! PagerDuty has schedules made of layers and, since 2026, schedules made of shifts. Each kind has its own calls, which
//! refuse the other kind, and no list has both. A schedule that is upgraded to shifts keeps its id and its name.

use super::{CurrentError, Part, Problem, Reader, Spans, reading};
use crate::pagerduty::Client;
use crate::pagerduty::api::ShiftSchedules;
use crate::pagerduty::error::PagerDutyError;
use crate::pagerduty::holidays::horizon;
use crate::pagerduty::spans::gaps;
use crate::pagerduty::state::{Name, Reference, Schedule, ScheduleId, Shift, Target, TargetKind};
use chrono::TimeDelta;

/// How far ahead SRE's schedule is checked.
const WEEK: TimeDelta = TimeDelta::days(7);

/// The schedules made of shifts. Those made of layers are searched by name.
pub(super) struct Schedules {
    of_shifts: Vec<Reference<ScheduleId>>,
    /// Why PagerDuty lists none, in its words.
    refused: Option<String>,
}

impl Schedules {
    pub async fn read(client: &Client) -> Result<Self, CurrentError> {
        let listed = client.shift_schedules().await.map_err(reading(Part::Schedules))?;
        Ok(match listed {
            ShiftSchedules::Listed(of_shifts) => Self { of_shifts, refused: None },
            ShiftSchedules::Refused(error) => Self { of_shifts: Vec::new(), refused: Some(words(error)) },
        })
    }

    fn named(&self, name: &str) -> Vec<&Reference<ScheduleId>> {
        self.of_shifts.iter().filter(|schedule| schedule.name.is(name)).collect()
    }
}

fn words(refusal: PagerDutyError) -> String {
    match refusal {
        PagerDutyError::Invalid { message, .. } | PagerDutyError::KeyNotEnough { message } => message,
        PagerDutyError::NotFound { .. } => "HTTP 404".into(),
        other => other.to_string(),
    }
}

impl Reader<'_> {
    /// SRE's schedule, and the times of the next week at which nobody is on call on it.
    pub(super) async fn sre_schedule(
        &mut self,
        name: &str,
        schedules: &Schedules,
    ) -> Result<Option<(Target, Spans)>, CurrentError> {
        let Self { client, now, .. } = *self;
        let until = now + WEEK;
        let of_layers = self.of_layers(name, Part::SresSchedule).await?;
        let of_shifts = schedules.named(name);
        let (kind, id, shifts) = match (&of_layers[..], &of_shifts[..]) {
            ([], []) => {
                let refused = schedules.refused.clone();
                self.problems.push(Problem::NoSchedule { name: Name::new(name), refused });
                return Ok(None);
            }
            ([Reference { id, .. }], []) => {
                let schedule = client.schedule(id, now, until).await.map_err(reading(Part::SresSchedule))?;
                (TargetKind::Schedule, id, schedule.shifts)
            }
            ([], [Reference { id, .. }]) => {
                let shifts = client.shifts(id, now, until).await.map_err(reading(Part::SresSchedule))?;
                (TargetKind::ShiftSchedule, id, shifts)
            }
            _ => {
                self.problems.push(several(name, &of_layers, &of_shifts));
                return Ok(None);
            }
        };
        let target = Target { kind, id: id.0.clone(), name: Name::new(name) };
        Ok(Some((target, gaps(shifts.into_iter().map(|shift| (shift.start, shift.end)), now, until))))
    }

    /// The dummy's schedule, and its overrides.
    pub(super) async fn schedule(
        &mut self,
        schedules: &Schedules,
    ) -> Result<Option<(Schedule, Vec<Shift>)>, CurrentError> {
        let Self { client, desired, now, .. } = *self;
        let name = &desired.schedule;
        let of_layers = self.of_layers(name, Part::Schedules).await?;
        let of_shifts = schedules.named(name);
        let id = match (&of_layers[..], &of_shifts[..]) {
            ([], []) => return Ok(None),
            ([Reference { id, .. }], []) => id,
            ([], _) => {
                self.problems.push(Problem::MadeOfShifts(Name::new(name)));
                return Ok(None);
            }
            _ => {
                self.problems.push(several(name, &of_layers, &of_shifts));
                return Ok(None);
            }
        };
        let schedule = client.schedule(id, now, now + WEEK).await.map_err(reading(Part::DummysSchedule))?;
        let overrides = client.overrides(id, now, horizon(now)).await.map_err(reading(Part::Overrides))?;
        Ok(Some((schedule, overrides)))
    }

    async fn of_layers(&self, name: &str, what: Part) -> Result<Vec<Reference<ScheduleId>>, CurrentError> {
        let mut found = self.client.schedules(name).await.map_err(reading(what))?;
        found.retain(|schedule| schedule.name.is(name));
        Ok(found)
    }
}

fn several<L, S>(name: &str, of_layers: &[L], of_shifts: &[S]) -> Problem {
    Problem::Schedules { name: Name::new(name), of_layers: of_layers.len(), of_shifts: of_shifts.len() }
}
