//! Schedules made of shifts, the newer kind: who is on call on one.

use crate::pagerduty::state::{Shift, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireShiftSchedule {
    /// There only if it was asked for. Without it nothing is known, which is not the same as nobody.
    final_schedule: FinalSchedule,
}

#[derive(Deserialize)]
struct FinalSchedule {
    computed_shift_assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
struct Assignment {
    start_time: DateTime<Utc>,
    end_time: DateTime<Utc>,
    member: Member,
}

/// A time that is nobody's is there as well, as an `empty_member`.
#[derive(Deserialize)]
struct Member {
    #[serde(rename = "type")]
    type_: String,
    user_id: Option<String>,
}

impl From<WireShiftSchedule> for Vec<Shift> {
    fn from(schedule: WireShiftSchedule) -> Self {
        let shift = |one: Assignment| {
            let user = one.member.user_id.filter(|_| one.member.type_ == "user_member")?;
            Some(Shift { start: one.start_time, end: one.end_time, user: UserId(user) })
        };
        schedule.final_schedule.computed_shift_assignments.into_iter().filter_map(shift).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifts(schedule: &str) -> Result<Vec<Shift>, String> {
        serde_json::from_str::<WireShiftSchedule>(schedule).map(Vec::from).map_err(|error| error.to_string())
    }

    #[test]
    fn an_answer_without_the_final_schedule_is_no_schedule_with_nobody_on_it() {
        let without = shifts(r#"{"id": "PS1", "type": "schedule_v3", "name": "SRE"}"#);
        assert_eq!(without, Err("missing field `final_schedule` at line 1 column 51".into()));
        assert_eq!(shifts(r#"{"final_schedule": {"computed_shift_assignments": []}}"#), Ok(Vec::new()));
    }

    #[test]
    fn only_a_user_is_somebody() {
        for (member, expected) in [
            (r#"{"type": "user_member", "user_id": "PSRE1"}"#, Some("PSRE1")),
            (r#"{"type": "empty_member"}"#, None),
            (r#"{"type": "empty_member", "user_id": null}"#, None),
            (r#"{"type": "team_member", "user_id": "PTEAM1"}"#, None),
            (r#"{"type": "user_member"}"#, None),
        ] {
            let assignment = format!(
                r#"{{"start_time": "2026-11-24T00:00:00Z", "end_time": "2026-11-25T09:00:00+09:00", "member": {member}}}"#
            );
            let found = shifts(&format!(r#"{{"final_schedule": {{"computed_shift_assignments": [{assignment}]}}}}"#));
            let time = |text: &str| text.parse().expect("an instant");
            let shift = |user: &str| Shift {
                start: time("2026-11-24T00:00:00Z"),
                end: time("2026-11-25T00:00:00Z"),
                user: UserId(user.into()),
            };
            assert_eq!(found, Ok(expected.map(shift).into_iter().collect()), "{member}");
        }
    }
}
