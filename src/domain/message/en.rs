//! English.

use super::watch::Webhook;
use super::words::{Words, units};
use super::{Line, Notice};
use crate::domain::calendar::{Day, Moment};
use crate::domain::incident::{Closing, Illegible, State, Urgency};
use crate::domain::reminder::Reminder;
use crate::domain::rotation::Coverage;
use crate::domain::unreadable::{AddressFault, Unreadable};
use chrono::{NaiveDate, TimeDelta};

pub(super) static WORDS: Words = Words {
    kind: super::named::en::kind,
    ping: |sender| format!("Connection test from {sender}"),
    state: |state| match state {
        State::Triggered => ("🔥", "Open"),
        State::Acknowledged => ("👀", "Being worked on"),
        State::Resolved => ("✅", "Resolved"),
    },
    status: "Status: ",
    since: |time| format!("since {time}"),
    took: |span| format!(" (took {span})"),
    untitled: "(no title)",
    id: (" (id ", ")"),
    by: ("by ", ""),
    automatically: "automatically",
    closing: |closing| match closing {
        Closing::ByHand => "closed by hand",
        Closing::MonitorDeleted => "because the monitor was deleted",
        Closing::HostRetired => "because the host was retired",
        Closing::ServiceDeleted => "because the service was deleted",
        Closing::Retrained => "because the anomaly detection was retrained",
        Closing::ServiceChanged => "because the external monitor moved to another service",
        Closing::DataAreBack => "since data came in again",
    },
    urgency,
    senders_state: super::named::en::senders_state,
    none: "none",
    merged: ("merged into \"", "\""),
    checked: |number| match number {
        1 => "🔎 toban's daily check: one thing is wrong.".to_owned(),
        _ => format!("🔎 toban's daily check: {number} things are wrong."),
    },
    more_checked: |more| format!("… and {more} more: `toban check` says all of it."),
    partly_checked: "⏳ Something did not answer in time and is not checked: `toban check` waits longer.",
    open: "open",
    comma: ", ",
    late: |span| format!(" ({span} late)"),
    duration,
    quote_is_cut: |origin| {
        if origin.has_whole_texts() {
            format!("… (the rest is in {})", origin.label())
        } else {
            "… (cut)".to_owned()
        }
    },
    meaning: "Meaning: ",
    service_level: super::service_level::en::sentence,
    marker_fault: super::service_level::en::fault,
    did: super::acts::en::did,
    exercise: &super::exercise::en::WORDS,
    weekly: &super::weekly::en::WORDS,
    duty: &super::duty::en::WORDS,
    seen: &super::seen::en::WORDS,
    history: &super::history::en::WORDS,
    turns: &super::turns::en::WORDS,
    not_kept: (
        "⚠️ toban cannot keep what comes in",
        ". Until that is fixed everything is refused; PagerDuty sends it again for up to 48 hours.",
    ),
    free_the_disk: "Look at the free space of toban's machine, and whether STATE_FILE can be written.",
    kept_again: "✅ toban can keep what comes in again. What was refused comes when it is sent again.",
    oneself: "themselves",
    join: "Join",
    details: "Details",
    runbook: "Runbook",
    press: super::answer::en::press,
    confirm: super::answer::en::confirm,
    ours: super::ours::en::line,
    sre_at: super::ours::en::sre_at,
    escalation: super::answer::en::escalation,
    unnoted: super::answer::en::UNNOTED,
    nothing_done: super::answer::en::nothing_done,
    sre_has_it: super::answer::en::sre_has_it,
    workaround: "Runbook: ",
    gap: "⚠️ Today's on-call cannot be mentioned, so the fallback is told: ",
    finding: super::findings::en::finding,
    rotation_unreadable: "⚠️ The rotation cannot be read, so the fallback is told: ",
    workbook,
    held_by_nobody: "⚠️ Outside working hours, and PagerDuty has assigned this to the dummy user only: nobody has been called.",
    over_already: "✅ Already resolved: this came late.",
    drill: "🧪 This is a drill: there is nothing to do.",
    missed: "🐕 No webhook has told this; it was found by asking PagerDuty.",
    unknown_word: (
        "⚠️ The status \"",
        "\" is not a known word; this is told because its urgency is high. Known are triggered, acknowledged, resolved, critical, warning, ok, 異常, 対応中, 復旧 and the like.",
    ),
    silenced: (
        "🔕 PagerDuty has stopped delivering its webhook (id ",
        ", ",
        "). New incidents are told here late or not at all: please look in PagerDuty itself.",
    ),
    turn_on: |webhook| match webhook {
        Webhook::Subscription => {
            "To turn it on again: enable it in PagerDuty under Integrations, Generic Webhooks (v3). `toban check` and the log say what went wrong."
        }
        Webhook::Extension => {
            "To turn it on again: enable it in PagerDuty under Integrations, Extensions. `toban check` and the log say what went wrong."
        }
    },
    old_copy: |age| format!("⚠️ The rotation cannot be read; this uses a copy from {age} ago."),
    notice: |notice| match notice {
        Notice::PossibleRepeat => "🔁 Sent again: the same may have been posted before.",
        Notice::QuietRepeat => "🔁 Sent again without a mention: the same may have been posted twice or more.",
        Notice::PrimaryFailed => "⚠️ Posted here because the primary chat did not take it.",
    },
    without_mention: "⚠️ The chat refuses the mention, so nobody is pinged. This is for: ",
    fallback: "the fallback",
    without_thread: "⚠️ The chat refuses an answer in the thread, so this is a new message.",
    unreadable: |origin| {
        let label = origin.label();
        if origin.is_a_script() {
            let sender = format!("⚠️ A notification from a sender at {label} could not be read (id ");
            return (sender, "). Please look at the sender.".to_owned());
        }
        (format!("⚠️ A notification from {label} could not be read (id "), format!("). Please look in {label}."))
    },
    illegible: |why| match why {
        Illegible::Shape => " Reason: it is not of a known shape.",
        Illegible::VersionOne => " Reason: it is a webhook of version 1. Please move to v3.",
        Illegible::TooLarge => " Reason: it is over 256 KiB.",
        Illegible::Panicked => " Reason: an internal error.",
    },
    rule: super::named::en::rule,
    reminded: |plan, coverage, day| match (coverage, plan.reminder) {
        (Coverage::OnCall { .. }, Reminder::Morning) => {
            format!("on-call of today, {day}, mentioned: a working day begins")
        }
        (Coverage::OnCall { .. }, Reminder::Evening) => {
            format!("on-call of the next working day, {day}, mentioned: a working day ends")
        }
        (Coverage::Gap { .. }, _) => format!("fallback mentioned: the on-call of {day} is not known"),
        (Coverage::Nobody { .. }, _) => format!("nobody mentioned: {day} is marked as nobody's"),
        (Coverage::Unknown { .. }, _) => "fallback mentioned: the rotation cannot be read".to_owned(),
    },
    moment: |moment| format!("posted {}", at(moment)),
    occurred: |moment| format!("happened {}", at(moment)),
    row: |cell| format!("rotation {cell}"),
    morning: |day, until| format!("☀️ You are on call today, {day}, until {until}."),
    evening: |day| format!("🌙 You are on call on {day}. Please get ready."),
    nobody_yet: (
        |day| format!("☀️ Nobody can be told that they are on call today, {day}."),
        |day| format!("🌙 Nobody can be told that they are on call on {day}."),
    ),
    nobodys: |day| format!("📅 {day} is marked as nobody's: alerts go to the fallback."),
    nobody_on: |day| format!("⚠️ Please fix the rotation for {day}: "),
    reminder_late: |span| format!("⏳ This reminder is {span} late."),
    manual: "Manual: ",
    checklist: "Checklist: ",
    unmentioned: |day, end| format!("📋 Came in without a mention since {day} {end}:"),
    still_open: (
        |count| format!("🔓 Open incidents ({count}):"),
        |count| format!("🔓 Other open incidents ({count}):"),
    ),
    news_unreadable: "⚠️ The records cannot be read, so not everything that came in or is open is listed here. \
                      Please look through the channel of the alerts.",
    and_more: |count| format!("… and {count} more"),
    more_people: |count| format!("and {count} more"),
    open_for: (|age| format!(" — open for {age}"), |age| format!(" — being worked on, open for {age}")),
    over: " — resolved",
    followed: |count| format!(" · {count} updates (in one message, because the chat takes no more)"),
    digest: |count| format!("🔥 {count} incidents were triggered (in one message, because the chat takes no more)"),
    day,
    copy_age: |age| format!("rotation read {age} ago"),
};

fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::High => "urgency high",
        Urgency::Low => "urgency low",
    }
}

fn duration(span: TimeDelta) -> String {
    let name = |unit| match unit {
        'd' => "d",
        'h' => "h",
        'm' => "min",
        _ => "s",
    };
    let [(more, first), (less, second)] = units(span);
    match less {
        0 => format!("{more} {}", name(first)),
        _ => format!("{more} {} {less} {}", name(first), name(second)),
    }
}

fn workbook(why: &Unreadable) -> Line {
    match why {
        Unreadable::Misconfigured(fault) => Line::own("a setting is wrong: ").foreign(fault),
        Unreadable::Missing { variable, file } => {
            Line::own(format!("{variable}: ")).foreign(file).and(" is not there; name a file that is")
        }
        Unreadable::File(problem) => Line::default().foreign(problem),
        Unreadable::NotUtf8(file) => Line::default().foreign(file).and(" is not UTF-8 (save it as CSV UTF-8)"),
        Unreadable::Address(variable, fault) => match fault {
            AddressFault::Status(status @ (401 | 403 | 404 | 410)) => Line::own(format!(
                "the address in {variable} answers with HTTP {status} (has the link expired, is it published as CSV?)"
            )),
            AddressFault::Status(status) => Line::own(format!("the address in {variable} answers with HTTP {status}")),
            AddressFault::NoConnection(why) => {
                Line::own(format!("the address in {variable} cannot be reached: ")).foreign(why)
            }
            AddressFault::NoAnswer => Line::own(format!("the address in {variable} does not answer in time")),
            AddressFault::Page => Line::own(format!(
                "at the address in {variable} is a web page, not a CSV (File → Share → Publish to web, choose \
                 Comma-separated values, and set that link)"
            )),
            AddressFault::TooLong => {
                Line::own(format!("the file at the address in {variable} is too large (over 2 MB)"))
            }
            AddressFault::Redirects => Line::own(format!("the address in {variable} sends on without end")),
        },
        Unreadable::NoAnswer => Line::own("Google did not answer in time"),
        Unreadable::NoConnection(problem) => Line::own("Google cannot be reached: ").foreign(problem),
        Unreadable::Unavailable(status) => Line::own(format!("Google is not available (HTTP {status})")),
        Unreadable::NotGoogle => Line::own("what answered is not Google's API (is there a proxy in between?)"),
        Unreadable::Quota => Line::own("the quota of 60 reads a minute is used up"),
        Unreadable::NotFound => Line::own("there is no spreadsheet of that id (look at GOOGLE_SHEET_ID)"),
        Unreadable::NotASpreadsheet => Line::own(
            "it is an Excel file (.xlsx), not a Google spreadsheet (File → Save as Google Sheets, then set the new id)",
        ),
        Unreadable::NotShared(account) => {
            Line::own("the sheet is not shared (share it with ").foreign(account).and(" as a viewer)")
        }
        Unreadable::ApiDisabled => {
            Line::own("the Google Sheets API is switched off (enable it in the service account's project)")
        }
        Unreadable::NoSuchTab(range) => {
            Line::own("there is no range '").foreign(range).and("' (look at the tab's name and the *_RANGE settings)")
        }
        Unreadable::Scope => Line::own("the access token does not allow reading spreadsheets (spreadsheets.readonly)"),
        Unreadable::Policy => Line::own(
            "the organisation's policy (VPC Service Controls) forbids the Google Sheets API from here (ask its administrators)",
        ),
        Unreadable::KeyBroken(why) => Line::own("the service account's key is broken (")
            .foreign(why)
            .and("); set the JSON again as it was downloaded"),
        Unreadable::KeyRefused(words) => Line::own("Google does not take the service account's key (")
            .foreign(words)
            .and("); is it valid, is the clock right?"),
        Unreadable::Refused(words) => Line::own("Google refuses: ").foreign(words),
    }
}

fn at(moment: &Moment) -> String {
    let what = match &moment.day {
        Day::Working if moment.is_working => "working hours".to_owned(),
        Day::Working if moment.is_break => "break".to_owned(),
        Day::Working => "outside hours".to_owned(),
        Day::Weekend => "day off".to_owned(),
        Day::NationalHoliday(name) => format!("national holiday: {name}"),
        Day::CompanyHoliday(name) => format!("company holiday: {name}"),
    };
    format!("{} {} ({what})", day(moment.local.date_naive()), moment.local.format("%H:%M:%S"))
}

pub(super) fn day(date: NaiveDate) -> String {
    date.format("%a %b %-d").to_string()
}
