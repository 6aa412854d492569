//! Texts that a sender should not be able to do anything with.

use fastrand::Rng;

/// Keys that the sources read, for places where they do not belong.
pub const KEYS: [&str; 48] = [
    "event",
    "messages",
    "id",
    "event_type",
    "type",
    "data",
    "incident",
    "agent",
    "number",
    "title",
    "assignees",
    "assignments",
    "assignee",
    "log_entries",
    "channel",
    "content",
    "custom_fields",
    "changed_custom_fields",
    "incident_role_assignments",
    "role",
    "occurred_at",
    "created_on",
    "incident_number",
    "service",
    "summary",
    "value",
    "name",
    "html_url",
    "resolve_reason",
    "conference_numbers",
    "priority",
    "urgency",
    "status",
    "user",
    "alert",
    "alertGroup",
    "alerts",
    "host",
    "memo",
    "build",
    "parameters",
    "INCIDENT",
    "phase",
    "timestamp",
    "key",
    "at",
    "url",
    "message",
];

const MARKS: [&str; 38] = [
    "<!channel>",
    "<!subteam^S0SRETEAM1>",
    "<@U0OTHER001>",
    "<https://evil.example|harmless>",
    "@all",
    "@here ",
    "a@here",
    "someone@example.com",
    "＠all",
    "#PD1",
    "＃PD1",
    "`x`",
    "```",
    "*x* _y_ ~z~",
    "[x](https://evil.example/@all)",
    "![x][y]: z",
    "&amp;",
    "&lt;!here&gt;",
    "> ",
    "\n- ",
    "\r\n",
    "\u{1b}]0;x\u{7}",
    "\u{0}",
    "\u{7f}\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{e0041}",
    "e\u{301}\u{301}\u{301}",
    "\u{fdfa}",
    "👩\u{200d}💻",
    "障害",
    "https://example.com/a#PD1",
    "https://example.com/?a=b&c=<d>",
    "null",
];

/// What JSON can say and a `Value` cannot.
pub const RAW: [&str; 12] = [
    "1e999",
    "-1e999",
    "1e-999",
    "-0",
    "123456789012345678901234567890123456789",
    "18446744073709551616",
    r#""\ud83d""#,
    r#""\udd25 x \ud83d\ud83d\udd25""#,
    r#""\u0000\u001b]0;x\u0007""#,
    r#"{"id":"a","id":"b","event":{},"event":{}}"#,
    r#"[1,"\uD800",{"a":[]}]"#,
    "0.1e-400",
];

/// A string that stands for one of these until the JSON is written.
pub fn placeholder(rng: &mut Rng) -> String {
    format!("=RAW {}=", rng.usize(..RAW.len()))
}

/// The JSON with what the placeholders stand for.
pub fn with_raw(json: &str) -> String {
    if !json.contains("\"=RAW ") {
        return json.to_owned();
    }
    let numbered = RAW.iter().enumerate();
    numbered.fold(json.to_owned(), |json, (number, raw)| json.replace(&format!("\"=RAW {number}=\""), raw))
}

/// A short hostile text.
pub fn mark(rng: &mut Rng) -> String {
    (0..rng.usize(1..4)).map(|_| MARKS[rng.usize(..MARKS.len())]).collect()
}

/// A text of about that many bytes: one mark again and again, one long word, or many combining marks.
pub fn long(rng: &mut Rng, length: usize) -> String {
    let part = match rng.u32(..4) {
        0 => "x".to_owned(),
        1 => "\u{301}".to_owned(),
        2 => "a\n".to_owned(),
        _ => mark(rng),
    };
    part.repeat(length / part.len() + 1)
}

/// Any text.
pub fn any(rng: &mut Rng) -> String {
    match rng.u32(..10) {
        0 => String::new(),
        1 => long(rng, 3_000),
        2 => placeholder(rng),
        3 => KEYS[rng.usize(..KEYS.len())].to_owned(),
        _ => mark(rng),
    }
}
