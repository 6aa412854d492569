//! Schedules and overrides.

use super::Ref;
use crate::net::id::word;
use crate::pagerduty::state::{Layer, LayerId, Name, Reference, Restriction, Schedule, ScheduleId, Shift, UserId};
use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A schedule in a list, which has no layers there.
#[derive(Deserialize)]
pub(in crate::pagerduty) struct ListedSchedule {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
}

impl From<ListedSchedule> for Reference<ScheduleId> {
    fn from(schedule: ListedSchedule) -> Self {
        Self { id: ScheduleId(schedule.id), name: Name::new(schedule.name) }
    }
}

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireSchedule {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
    time_zone: String,
    description: Option<String>,
    #[serde(default)]
    schedule_layers: Vec<WireLayer>,
    final_schedule: Option<FinalSchedule>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FinalSchedule {
    rendered_schedule_entries: Vec<WireShift>,
}

/// An entry of the final schedule, or an override.
#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireShift {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    user: Ref,
}

impl From<WireShift> for Shift {
    fn from(shift: WireShift) -> Self {
        Self { start: shift.start, end: shift.end, user: UserId(shift.user.id) }
    }
}

impl From<WireSchedule> for Schedule {
    fn from(schedule: WireSchedule) -> Self {
        let shifts = schedule.final_schedule.unwrap_or_default().rendered_schedule_entries;
        Self {
            id: ScheduleId(schedule.id),
            name: Name::new(schedule.name),
            zone: schedule.time_zone,
            description: schedule.description,
            layers: schedule.schedule_layers.into_iter().map(Layer::from).collect(),
            shifts: shifts.into_iter().map(Shift::from).collect(),
        }
    }
}

/// A layer, both read and sent, so that other people's layers go back unchanged.
#[derive(Deserialize, Serialize)]
pub(in crate::pagerduty) struct WireLayer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default)]
    name: String,
    start: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<DateTime<Utc>>,
    rotation_virtual_start: DateTime<Utc>,
    rotation_turn_length_seconds: u64,
    #[serde(default)]
    users: Vec<LayerUser>,
    #[serde(default)]
    restrictions: Vec<WireRestriction>,
}

#[derive(Deserialize, Serialize)]
struct LayerUser {
    user: UserRef,
}

#[derive(Deserialize, Serialize)]
struct UserRef {
    #[serde(deserialize_with = "word")]
    id: String,
    #[serde(rename = "type")]
    type_: String,
}

#[derive(Deserialize, Serialize)]
struct WireRestriction {
    #[serde(rename = "type")]
    type_: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_day_of_week: Option<u8>,
    start_time_of_day: NaiveTime,
    duration_seconds: u32,
}

impl From<WireLayer> for Layer {
    fn from(layer: WireLayer) -> Self {
        let restriction = |restriction: WireRestriction| Restriction {
            day: restriction.start_day_of_week.filter(|_| restriction.type_ == "weekly_restriction"),
            start: restriction.start_time_of_day,
            seconds: restriction.duration_seconds,
        };
        Self {
            id: layer.id.map(LayerId),
            name: layer.name,
            start: layer.start,
            end: layer.end,
            virtual_start: layer.rotation_virtual_start,
            turn_seconds: layer.rotation_turn_length_seconds,
            users: layer.users.into_iter().map(|one| UserId(one.user.id)).collect(),
            restrictions: layer.restrictions.into_iter().map(restriction).collect(),
        }
    }
}

impl From<&Layer> for WireLayer {
    fn from(layer: &Layer) -> Self {
        let user = |id: &UserId| LayerUser { user: UserRef { id: id.0.clone(), type_: "user_reference".into() } };
        let restriction = |restriction: &Restriction| WireRestriction {
            type_: if restriction.day.is_some() { "weekly_restriction" } else { "daily_restriction" }.into(),
            start_day_of_week: restriction.day,
            start_time_of_day: restriction.start,
            duration_seconds: restriction.seconds,
        };
        Self {
            id: layer.id.as_ref().map(|id| id.0.clone()),
            name: layer.name.clone(),
            start: layer.start,
            end: layer.end,
            rotation_virtual_start: layer.virtual_start,
            rotation_turn_length_seconds: layer.turn_seconds,
            users: layer.users.iter().map(user).collect(),
            restrictions: layer.restrictions.iter().map(restriction).collect(),
        }
    }
}
