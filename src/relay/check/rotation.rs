//! The rotation: whether it can be read, and what is wrong in it two weeks ahead.

use super::words::{self, in_language};
use super::{Checked, Report, Subjects};
use crate::domain::calendar::Day;
use crate::domain::lint::{AHEAD, Lint, lint};
use crate::domain::member::Platform;
use crate::domain::message::{Language, day, describe, describe_unreadable};
use crate::domain::rotation::{CellRef, Coverage, Finding, Problem};
use crate::domain::unreadable::Unreadable;
use crate::domain::workbook::Workbook;
use crate::pagerduty::health::Grade;
use crate::relay::team::TeamSettings;
use crate::roster::{Reading, Roster, Source};
use chrono::{DateTime, Days, NaiveDate, Utc, Weekday};
use std::sync::Arc;

pub const TOPIC: &str = "rotation";

/// Where the rotation is; `None` when its settings are wrong, which is said among the settings.
pub fn place(source: &Source, language: Language) -> Option<String> {
    match source {
        Source::Sheet(access) => {
            let (id, account) = (&access.sheet_id, access.key.email());
            Some(match language {
                Language::Japanese => format!("シート {id} ({account} として)"),
                Language::English => format!("sheet {id} as {account}"),
            })
        }
        Source::Files(files) => Some(files.rotation.display().to_string()),
        // The address is a secret.
        Source::Web(_) => Some("ROTATION_FILE".into()),
        Source::Sample => Some(
            in_language(
                language,
                "見本 (GOOGLE_SHEET_ID か ROTATION_FILE を設定してください)",
                "the sample (set GOOGLE_SHEET_ID or ROTATION_FILE)",
            )
            .into(),
        ),
        Source::Misconfigured(_) => None,
    }
}

/// Checks it; what was read is given back for further checks.
pub async fn check(
    report: &mut impl Report,
    place: Option<String>,
    roster: &Roster,
    team: &TeamSettings,
    platforms: &[Platform],
    now: DateTime<Utc>,
) -> Option<Arc<Workbook>> {
    let language = team.language;
    let place = place?;
    let started = std::time::Instant::now();
    let reading = roster.read_through(now).await;
    let took = started.elapsed().as_millis();
    let workbook = match reading {
        Ok(Reading { workbook, .. }) => workbook,
        Err(why) => {
            let told = describe_unreadable(&why, language).plain();
            let text = match why {
                // It names the file itself, which need not be the rotation.
                Unreadable::Missing { .. } | Unreadable::File(_) | Unreadable::NotUtf8(_) => told,
                _ => format!("{place}: {told}"),
            };
            report.unanswered(TOPIC, &text, why.name());
            return None;
        }
    };
    report.right(TOPIC, &format!("{place}: {} ({took} ms)", size(&workbook, language)));
    let calendar = team.calendar.with_company_holidays(workbook.holidays.clone());
    let today = calendar.date(now);
    let in_view = in_view_on_monday(today);
    for found in lint(&workbook, platforms, &calendar, today) {
        let text = words::rotation::fix(&found.finding, workbook.members.as_ref(), language);
        let text = match found.date {
            Some(date) => format!("{}: {text}", day(date, language)),
            None => text,
        };
        let grade = if found.finding.problem.is_fault() { Grade::Wrong } else { Grade::Odd };
        report.add(Checked {
            link: found.finding.at.as_ref().and_then(CellRef::link),
            subjects: known_by(&found, in_view, language),
            ..Checked::new(grade, TOPIC, &text)
        });
    }
    let next = match calendar.day(today) {
        Day::Working => Some(today),
        _ => calendar.next_working_day(today),
    };
    let (Some(date), Some(platform)) = (next, platforms.first()) else {
        return Some(workbook);
    };
    let word = in_language(language, "当番", "on call");
    match workbook.coverage(date, *platform) {
        Coverage::OnCall { people, .. } => {
            let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
            report.right(TOPIC, &format!("{} {word}: {}", day(date, language), names.join(", ")));
        }
        Coverage::Nobody { .. } => {
            let nobody = in_language(language, "なし", "nobody, as written");
            report.right(TOPIC, &format!("{} {word}: {nobody}", day(date, language)));
        }
        Coverage::Gap { .. } | Coverage::Unknown { .. } => {}
    }
    Some(workbook)
}

/// The last day that was looked at on Monday, when everything is told.
fn in_view_on_monday(today: NaiveDate) -> Option<NaiveDate> {
    today.week(Weekday::Mon).checked_first_day()?.checked_add_days(Days::new(AHEAD - 1))
}

/// The cells with what is wrong in them, and the days without a row. That one of them is the first of the coming days, or that
/// three are said together, is only how it is told.
fn known_by(found: &Lint, in_view: Option<NaiveDate>, language: Language) -> Subjects {
    if found.days.is_empty() {
        return Subjects { parts: of_workbook(&found.finding), nearing: Vec::new() };
    }
    let (mut parts, mut nearing) = (Vec::new(), Vec::new());
    for day in &found.days {
        let part = describe(&day.finding, language).plain();
        // A cell may be that of many days. It is as near as the first of them.
        if parts.contains(&part) || nearing.contains(&part) {
            continue;
        }
        let is_nearing = in_view.is_some_and(|last| last < day.date);
        if is_nearing { nearing.push(part) } else { parts.push(part) }
    }
    Subjects { parts, nearing }
}

/// What stands in the cells is not known of each of several, so that is left out.
fn of_workbook(finding: &Finding) -> Vec<String> {
    let (kind, cells) = match &finding.problem {
        // Its day is today.
        Problem::NoRow(_) => return vec!["no row at all".to_owned()],
        Problem::Several { first, .. } => (kind(first), finding.cells()),
        problem => (kind(problem), finding.cells()),
    };
    cells.iter().map(|cell| format!("{cell} {kind}")).collect()
}

/// The variant's name.
fn kind(problem: &Problem) -> String {
    format!("{problem:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

fn size(workbook: &Workbook, language: Language) -> String {
    let shifts = &workbook.rotation.shifts;
    let span = match (shifts.keys().next(), shifts.keys().next_back()) {
        (Some(first), Some(last)) => format!(" ({first} – {last})"),
        _ => String::new(),
    };
    let members = workbook.members.as_ref().map_or(0, |members| members.0.len());
    let (days, runbooks, holidays) = (shifts.len(), workbook.runbooks.len(), workbook.holidays.len());
    match language {
        Language::Japanese => format!("{days}日分{span}、メンバー {members}人、手順 {runbooks}件、休業日 {holidays}件"),
        Language::English => format!("{days} days{span}, {members} members, {runbooks} runbooks, {holidays} holidays"),
    }
}
