//! In English.

use super::DutyWords;
use chrono::{Datelike as _, NaiveDate};

pub static WORDS: DutyWords = DutyWords {
    and: ", ",
    today: |day, until| format!("📟 Today {day}, to {until}"),
    today_later: |day, from, until| format!("📟 Today {day}, {from}–{until}"),
    on_break: " (break)",
    next_begins: |day, from| format!("📟 Next {day}, from {from}"),
    over: " (outside hours)",
    day_off: " (day off today)",
    holiday: (" (today: ", ")"),
    never: "📟 No working day within a year.",
    next: |day| format!("Next {day}: "),
    days: |runs| runs.iter().map(run).collect::<Vec<_>>().join(", "),
    of_days: ": ",
    empty: "empty",
    no_row: "no row",
    nobodys: "nobody (the fallback is told)",
    unreadable: "⚠️ The rotation cannot be read: ",
    yours: ("You: next on ", ""),
    yours_today: "You: today",
    yours_then: ("You: today, then on ", ""),
    open: |count| format!("🔓 {count} open"),
    none_open: "No open incidents.",
    open_unreadable: "⚠️ The records cannot be read, so what is open is not known. Please look in the channel of the alerts.",
    is_on_it: (" is on it", " are on it"),
    nobody_on_it: "nobody",
    assigned: "assigned to ",
    posted: "posted",
    not_known: " is not in the records: the number is wrong, it never reached toban, or it is over 90 days old.",
    nothing_told: "No message about it is in the records.",
    days_left_out: "… Only the first and the last days were looked through.",
    past_unreadable: "⚠️ The records cannot be read. Please try again in a moment.",
    help: [
        "/toban — who is on call, what is open",
        "/toban oncall — today, next, your turn",
        "/toban open — who is on what",
        "/toban why #PD4812 — why it mentioned whom",
        "/toban history #PD4812 — what was done, and before",
    ],
    unknown_word: ("'", "' is not known. What can be asked:"),
    unknown_incident: ("'", "' names no incident. Please give one number."),
    which_incident: "Which incident? Please give its number.",
};

/// `Nov 30`, `Dec 2–3`, `Nov 30–Dec 1`
fn run((first, last): &(NaiveDate, NaiveDate)) -> String {
    let from = first.format("%b %-d");
    if first == last {
        from.to_string()
    } else if first.month() == last.month() {
        format!("{from}–{}", last.day())
    } else {
        format!("{from}–{}", last.format("%b %-d"))
    }
}
