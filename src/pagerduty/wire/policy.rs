//! Escalation policies, and who is on call for one.

use super::{Ref, reference};
use crate::net::id::word;
use crate::pagerduty::state::{Name, OnCall, Policy, PolicyId, Rule, ServiceId, Target, TargetKind, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WirePolicy {
    #[serde(deserialize_with = "word")]
    id: String,
    name: String,
    description: Option<String>,
    on_call_handoff_notifications: Option<String>,
    #[serde(default)]
    num_loops: u64,
    #[serde(default)]
    teams: Vec<Ref>,
    #[serde(default)]
    services: Vec<Ref>,
    #[serde(default)]
    escalation_rules: Vec<WireRule>,
}

#[derive(Deserialize)]
struct WireRule {
    escalation_delay_in_minutes: u64,
    #[serde(default)]
    targets: Vec<Ref>,
    /// A word by the schema, an object with a type in its example.
    #[serde(default)]
    escalation_rule_assignment_strategy: Value,
}

impl From<WirePolicy> for Policy {
    fn from(policy: WirePolicy) -> Self {
        Self {
            id: PolicyId(policy.id),
            name: Name::new(policy.name),
            rules: policy.escalation_rules.into_iter().map(Rule::from).collect(),
            loops: policy.num_loops,
            description: policy.description,
            teams: policy.teams.into_iter().map(|team| team.id).collect(),
            handoff_notifications: policy.on_call_handoff_notifications,
            services: policy.services.into_iter().map(|service| service.into(ServiceId)).collect(),
        }
    }
}

impl From<WireRule> for Rule {
    fn from(rule: WireRule) -> Self {
        let strategy = rule.escalation_rule_assignment_strategy;
        Self {
            minutes: rule.escalation_delay_in_minutes,
            targets: rule.targets.into_iter().map(Target::from).collect(),
            is_round_robin: strategy.as_str().or_else(|| strategy["type"].as_str()) == Some("round_robin"),
        }
    }
}

impl From<Ref> for Target {
    fn from(target: Ref) -> Self {
        let kind = match target.type_.as_deref().unwrap_or_default() {
            "user" | "user_reference" => TargetKind::User,
            "schedule" | "schedule_reference" => TargetKind::Schedule,
            "schedule_v3" | "schedule_v3_reference" => TargetKind::ShiftSchedule,
            other => TargetKind::Other(other.to_owned()),
        };
        Self { kind, id: target.id, name: Name::new(target.summary.unwrap_or_default()) }
    }
}

/// A rule as it is sent.
pub(in crate::pagerduty) fn rule(rule: &Rule) -> Value {
    let target = |target: &Target| {
        let type_ = match &target.kind {
            TargetKind::User => "user_reference",
            TargetKind::Schedule => "schedule_reference",
            TargetKind::ShiftSchedule => "schedule_v3_reference",
            TargetKind::Other(type_) => type_,
        };
        reference(&target.id, type_)
    };
    let targets: Vec<_> = rule.targets.iter().map(target).collect();
    json!({"escalation_delay_in_minutes": rule.minutes, "targets": targets})
}

#[derive(Deserialize)]
pub(in crate::pagerduty) struct WireOnCall {
    escalation_level: u64,
    user: Option<Ref>,
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
}

/// `None` for a time that is nobody's.
impl From<WireOnCall> for Option<OnCall> {
    fn from(on_call: WireOnCall) -> Self {
        let WireOnCall { escalation_level, user, start, end } = on_call;
        Some(OnCall { level: escalation_level, user: user?.into(UserId), start, end })
    }
}
