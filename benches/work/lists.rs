//! Bodies that are nothing but a list, one for each list that a source reads.

use serde_json::{Value, json};
use toban::source::Sender;

/// A body with a list of so many items.
pub struct Long {
    pub name: &'static str,
    pub sender: Sender,
    pub body: fn(usize) -> Vec<u8>,
}

/// Every list of every source.
pub const LISTS: [Long; 13] = [
    Long {
        name: "assignees",
        sender: Sender::PagerDuty,
        body: |n| v3("incident.escalated", &json!({"assignees": list(n, person)})),
    },
    Long {
        name: "assignees of a new incident",
        sender: Sender::PagerDuty,
        body: |n| v3("incident.triggered", &json!({"assignees": list(n, person)})),
    },
    Long {
        name: "values of a field",
        sender: Sender::PagerDuty,
        body: |n| {
            let field = json!([{"name": "hosts", "value": list(n, |nth| format!("web-{nth}").into())}]);
            v3(
                "incident.custom_field_values.updated",
                &json!({"type": "incident_field_values", "incident": reference(), "custom_fields": field, "changed_custom_fields": field}),
            )
        },
    },
    Long {
        name: "fields",
        sender: Sender::PagerDuty,
        body: |n| {
            let fields = list(n, |nth| json!({"name": format!("field {nth}"), "value": nth}));
            v3(
                "incident.custom_field_values.updated",
                &json!({"type": "incident_field_values", "incident": reference(), "custom_fields": fields, "changed_custom_fields": fields}),
            )
        },
    },
    Long {
        name: "roles",
        sender: Sender::PagerDuty,
        body: |n| {
            let role = |nth| json!({"incident": reference(), "role": {"summary": format!("role {nth}")}, "assignee": person(nth)});
            v3(
                "incident.role.assigned",
                &json!({"type": "incident_role_assignment", "incident_role_assignments": list(n, role)}),
            )
        },
    },
    Long {
        name: "people of a task",
        sender: Sender::PagerDuty,
        body: |n| {
            v3(
                "incident.task.created",
                &json!({"type": "incident_task", "incident": reference(), "name": "task", "assignees": list(n, person)}),
            )
        },
    },
    Long {
        name: "numbers of a conference",
        sender: Sender::PagerDuty,
        body: |n| {
            let number = |nth: usize| json!({"number": format!("+81-3-0000-{nth:04}")});
            v3(
                "incident.conference_bridge.updated",
                &json!({"type": "incident_conference_bridge", "incident": reference(), "conference_numbers": list(n, number)}),
            )
        },
    },
    Long {
        name: "assignments of v2",
        sender: Sender::PagerDuty,
        body: |n| {
            let assignment = |nth| json!({"assignee": person(nth)});
            v2("incident.trigger", &list(n, assignment), &json!([]))
        },
    },
    Long {
        name: "log entries of v2",
        sender: Sender::PagerDuty,
        body: |n| {
            let entry = |nth| json!({"agent": person(0), "assignees": [person(nth)]});
            v2("incident.assign", &json!([]), &list(n, entry))
        },
    },
    Long {
        name: "alerts of a group",
        sender: Sender::Mackerel,
        body: |n| {
            let alert = |nth: usize| json!({"monitorName": format!("monitor {nth}"), "status": "critical"});
            json!({"event": "alertGroup", "alertGroup": {"id": "g1", "status": "CRITICAL", "isOpen": true, "createdAt": 1_795_485_720},
               "alertGroupSetting": {"name": "group", "memo": "memo"}, "alerts": list(n, alert)}).to_string().into_bytes()
        },
    },
    Long {
        name: "roles of a host",
        sender: Sender::Mackerel,
        body: |n| {
            let role = |nth: usize| json!({"serviceName": format!("service {nth}")});
            json!({"event": "alert", "host": {"name": "web-1", "roles": list(n, role)},
               "alert": {"id": "a1", "status": "critical", "isOpen": true, "openedAt": 1_795_485_720, "monitorName": "cpu"}}).to_string().into_bytes()
        },
    },
    Long {
        name: "parameters of a job",
        sender: Sender::Jenkins,
        body: |n| {
            let parameters: serde_json::Map<_, _> = (0..n).map(|nth| (format!("P{nth:06}"), json!("x"))).collect();
            json!({"name": "job", "build": {"phase": "STARTED", "number": 1, "full_url": "https://jenkins.example.com/job/job/1/", "parameters": parameters}}).to_string().into_bytes()
        },
    },
    Long {
        name: "fields of a form",
        sender: Sender::Events,
        body: |n| {
            let fields: String = (0..n).map(|nth| format!("&x{nth}=1")).collect();
            format!("key=disk&status=triggered&at=1795485720{fields}").into_bytes()
        },
    },
];

fn list(length: usize, item: impl Fn(usize) -> Value) -> Value {
    (0..length).map(item).collect()
}

fn person(nth: usize) -> Value {
    json!({"id": format!("P{nth:06}"), "type": "user_reference", "summary": format!("担当{nth}")})
}

fn reference() -> Value {
    json!({"id": "Q2YXK4P7T3M1NC", "type": "incident_reference", "summary": "HTTP 5xx"})
}

/// An event of v3: the incident with these fields, or these fields alone if they have a type.
fn v3(kind: &str, fields: &Value) -> Vec<u8> {
    let mut data =
        json!({"id": "Q2YXK4P7T3M1NC", "type": "incident", "number": 4812, "title": "HTTP 5xx", "status": "triggered"});
    for (name, value) in fields.as_object().into_iter().flatten() {
        data[name.as_str()] = value.clone();
    }
    json!({"event": {"id": "01LIST", "event_type": kind, "occurred_at": "2026-11-24T02:02:00Z", "agent": null, "data": data}})
        .to_string()
        .into_bytes()
}

fn v2(kind: &str, assignments: &Value, entries: &Value) -> Vec<u8> {
    let incident =
        json!({"id": "Q2YXK4P7T3M1NC", "incident_number": 4812, "title": "HTTP 5xx", "assignments": assignments});
    json!({"messages": [{"id": "m1", "event": kind, "created_on": "2026-11-24T02:02:00Z", "incident": incident, "log_entries": entries}]})
        .to_string()
        .into_bytes()
}
