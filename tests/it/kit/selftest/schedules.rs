//! PagerDuty's two kinds of schedules.

use serde_json::{Value, json};

use super::pagerduty::{HEADERS, account, call, layer};

/// Each is known to its own calls alone, and a list has names as summaries.
#[tokio::test]
async fn schedules_of_both_kinds_are_kept_apart() {
    let pagerduty = account().await;
    let of_shifts = "This is a shift-based schedule. Use the v3 Schedules API to access it.";
    let of_layers = "This is a layer-based schedule. Use the v2 Schedules API to access it.";
    let range = "since=2026-11-24T12:00:00Z&until=2026-11-25T12:00:00Z";
    let override_ = json!({"overrides": [{
        "start": "2026-12-29T01:00:00Z", "end": "2026-12-29T08:00:00Z", "user": {"id": "PSRE1", "type": "user_reference"},
    }]});
    for (line, body, status, message) in [
        (format!("GET /schedules/PSHIFTS1?{range}"), Value::Null, 400, of_shifts),
        (format!("GET /schedules/PSHIFTS1/overrides?{range}"), Value::Null, 400, of_shifts),
        ("PUT /schedules/PSHIFTS1".into(), layer(json!({})), 400, of_shifts),
        ("POST /schedules/PSHIFTS1/overrides".into(), override_, 400, of_shifts),
        (format!("GET /v3/schedules/PSCHED1?{range}"), Value::Null, 400, of_layers),
        (format!("GET /v3/schedules/PX?{range}"), Value::Null, 404, "Not Found"),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let ending = call(&pagerduty, &line, &HEADERS, &body).await;
        assert_eq!((ending.status(), &ending.body()["error"]["message"]), (status, &json!(message)), "{line}");
    }
    let get = async |line: String| call(&pagerduty, &format!("GET {line}"), &HEADERS, "").await.body();
    assert_eq!(get("/schedules".into()).await["schedules"].as_array().map(Vec::len), Some(1));
    let reference = |id: &str, name: &str| {
        json!({
            "id": id, "type": "schedule_v3_reference", "summary": name,
            "self": format!("https://api.pagerduty.com/v3/schedules/{id}"),
            "html_url": format!("https://example.pagerduty.com/schedules/{id}"),
        })
    };
    let [first, second] = [reference("PSHIFTS1", "SRE in shifts"), reference("PSHIFTS2", "SRE [in shifts]")];
    for (query, limit, expected, more) in [
        ("", 100, json!([first, second]), false),
        ("?limit=1", 1, json!([first]), true),
        ("?limit=1000", 1_000, json!([first, second]), false),
        ("?query=sre", 100, json!([first]), false),
        ("?query=SRE%20%5Bin%20shifts%5D", 100, json!([]), false),
    ] {
        let listed = get(format!("/v3/schedules{query}")).await;
        let expected = json!({"schedules": expected, "limit": limit, "offset": 0, "more": more, "total": null});
        assert_eq!(listed, expected, "{query}");
    }
    let shown = async |query: &str| get(format!("/v3/schedules/PSHIFTS1?{query}")).await["schedule"].clone();
    assert_eq!(
        shown("").await,
        json!({"id": "PSHIFTS1", "type": "schedule_v3", "name": "SRE in shifts", "time_zone": "Asia/Tokyo"})
    );
    for (overflow, start, end) in [
        ("false", "2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"),
        ("true", "2026-11-24T00:00:00Z", "2026-11-26T00:00:00Z"),
    ] {
        let shown = shown(&format!("{range}&include[]=final_schedule&overflow={overflow}")).await;
        let found = shown["final_schedule"]["computed_shift_assignments"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|one| (&one["member"], &one["start_time"], &one["end_time"])).collect();
        let [noon, midnight, until] = [start, "2026-11-25T00:00:00Z", end].map(|time| json!(time));
        let somebody = json!({"type": "user_member", "user_id": "PSRE1"});
        let nobody = json!({"type": "empty_member"});
        assert_eq!(found, [(&somebody, &noon, &midnight), (&nobody, &midnight, &until)], "{overflow}");
    }
    assert_eq!(pagerduty.problems(), [""; 0], "what was upgraded meanwhile may happen to a correct client");
}
