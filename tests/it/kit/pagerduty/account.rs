//! The state of a PagerDuty account, as JSON in the shape of the API's answers.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Account {
    /// It does not advance.
    pub now: DateTime<Utc>,
    pub users: Vec<Value>,
    pub services: Vec<Value>,
    /// Made of layers.
    pub schedules: Vec<Value>,
    /// With the fields that are shown, and `shifts`.
    pub shift_schedules: Vec<Value>,
    pub policies: Vec<Value>,
    pub subscriptions: Vec<Value>,
    pub extensions: Vec<Value>,
    pub oncalls: Vec<Value>,
    pub incidents: Vec<Value>,
    /// With the ids of their incidents, oldest first.
    pub notes: Vec<(String, Value)>,
    /// Dates on which overrides are refused, `2026-12-29` in UTC.
    pub refused_overrides: Vec<&'static str>,
    /// Whether creating overrides is answered as in the guide to schedules, not as in the reference.
    pub answers_like_the_guide: bool,
    /// The name of a schedule that exists and that the keys cannot see.
    pub unlisted_schedule: Option<&'static str>,
    /// Whether an acknowledged incident that goes to another escalation policy stays acknowledged: nobody has said.
    pub stays_acknowledged: bool,
    /// What is wrong with calls that are accepted all the same.
    pub problems: Vec<String>,
    created: usize,
}

impl Account {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            users: Vec::new(),
            services: Vec::new(),
            schedules: Vec::new(),
            shift_schedules: Vec::new(),
            policies: Vec::new(),
            subscriptions: Vec::new(),
            extensions: Vec::new(),
            oncalls: Vec::new(),
            incidents: Vec::new(),
            notes: Vec::new(),
            refused_overrides: Vec::new(),
            answers_like_the_guide: false,
            unlisted_schedule: None,
            stays_acknowledged: false,
            problems: Vec::new(),
            created: 0,
        }
    }

    /// A new id.
    pub fn id(&mut self, prefix: &str) -> String {
        self.created += 1;
        format!("P{prefix}{:04}", self.created)
    }

    pub fn snapshot(&self) -> Value {
        json!({
            "users": self.users,
            "services": self.services,
            "schedules": self.schedules,
            "shift_schedules": self.shift_schedules,
            "escalation_policies": self.policies,
            "webhook_subscriptions": self.subscriptions,
            "extensions": self.extensions,
            "incidents": self.incidents,
            "notes": self.notes,
        })
    }

    pub fn add_user(&mut self, id: &str, name: &str, email: &str, role: &str) {
        self.users.push(json!({
            "id": id, "type": "user", "summary": name, "name": name, "email": email, "role": role,
            "time_zone": "Asia/Tokyo", "invitation_sent": false,
        }));
    }

    /// A service with its own policy, which notifies one user.
    pub fn add_service(&mut self, id: &str, name: &str, user: &str) {
        let policy = format!("{id}EP");
        self.add_policy(&policy, &format!("Default of {name}"), user);
        self.services.push(json!({
            "id": id, "type": "service", "summary": name, "name": name, "status": "active",
            "acknowledgement_timeout": 1800, "auto_resolve_timeout": null, "description": "まず\n読む",
            "escalation_policy": {"id": policy, "type": "escalation_policy_reference"},
        }));
    }

    /// A policy with one level and one user.
    pub fn add_policy(&mut self, id: &str, name: &str, user: &str) {
        let targets = json!([{"id": user, "type": "user_reference"}]);
        self.policies.push(json!({
            "id": id, "type": "escalation_policy", "summary": name, "name": name, "num_loops": 2,
            "on_call_handoff_notifications": "always", "description": "as somebody wrote it",
            "teams": [{"id": "PTEAM1", "type": "team_reference"}],
            "escalation_rules": [{"id": format!("{id}R"), "escalation_delay_in_minutes": 15, "targets": targets}],
        }));
    }

    /// A schedule on which one user is on call, at these times only.
    pub fn add_schedule(&mut self, id: &str, name: &str, user: &str, shifts: &[(&str, &str)]) {
        let user = json!({"id": user, "type": "user_reference"});
        let shifts: Vec<_> =
            shifts.iter().map(|(start, end)| json!({"start": start, "end": end, "user": user})).collect();
        self.schedules.push(json!({
            "id": id, "type": "schedule", "summary": name, "name": name, "time_zone": "Asia/Tokyo",
            "schedule_layers": [], "overrides": [], "shifts": shifts,
        }));
    }

    /// A schedule made of shifts. Those of nobody (`""`) are among them.
    pub fn add_shift_schedule(&mut self, id: &str, name: &str, shifts: &[(&str, &str, &str)]) {
        let member = |user: &str| match user {
            "" => json!({"type": "empty_member"}),
            user => json!({"type": "user_member", "user_id": user}),
        };
        let shift = |(user, start, end): &(&str, &str, &str)| {
            json!({
                "type": "computed_shift_assignment", "start_time": start, "end_time": end, "member": member(user),
                "source": {"type": "event", "id": format!("{id}E")},
            })
        };
        self.shift_schedules.push(json!({
            "id": id, "type": "schedule_v3", "name": name, "time_zone": "Asia/Tokyo",
            "shifts": shifts.iter().map(shift).collect::<Vec<_>>(),
        }));
    }

    /// Makes shifts of a schedule's layers. It keeps its id and its name, and what refers to it does so by another type.
    pub fn upgrade_schedule(&mut self, id: &str) {
        let position = self.schedules.iter().position(|one| one["id"] == id).expect("a schedule made of layers");
        let schedule = self.schedules.remove(position);
        self.add_shift_schedule(id, schedule["name"].as_str().unwrap_or_default(), &[]);
        for policy in &mut self.policies {
            for rule in policy["escalation_rules"].as_array_mut().into_iter().flatten() {
                for target in rule["targets"].as_array_mut().into_iter().flatten().filter(|target| target["id"] == id) {
                    target["type"] = json!("schedule_v3_reference");
                }
            }
        }
    }

    pub fn find<'a>(list: &'a mut [Value], id: &str) -> Option<&'a mut Value> {
        list.iter_mut().find(|one| one["id"] == id)
    }
}
