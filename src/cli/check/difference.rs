//! `--diff`: what this version reads otherwise than the copy that the deployed functions use. To be run before an upgrade.

use crate::domain::lint::AHEAD;
use crate::domain::member::Platform;
use crate::domain::message::{Language, day};
use crate::domain::rotation::Coverage;
use crate::domain::workbook::Workbook;
use crate::ledger::Ledger;
use crate::relay::check::Report;
use crate::relay::check::words::in_language;
use crate::roster;
use chrono::NaiveDate;

const TOPIC: &str = "diff";

/// Compares two weeks, day by day. Differences are told, and are not faults: the sheet may have changed since.
pub(super) async fn check(
    report: &mut impl Report,
    ledger: &Ledger,
    workbook: &Workbook,
    platform: Platform,
    today: NaiveDate,
    language: Language,
) {
    let Some(kept) = ledger.rotation().await else {
        let none = in_language(
            language,
            "比べる写しがありません (LEDGER_TABLE か STATE_FILE がないか、まだ一度も読まれていません)",
            "there is no copy to compare with (neither LEDGER_TABLE nor STATE_FILE is set, or nothing has been read yet)",
        );
        return report.unchecked(TOPIC, none);
    };
    let Some(copy) = roster::of_copy(&kept) else {
        let other = in_language(
            language,
            "写しは別の版の toban が書いたもので、比べられません",
            "the copy was written by another version of toban and cannot be compared",
        );
        return report.unchecked(TOPIC, other);
    };
    let found = differences(&copy, workbook, platform, today, language);
    for (date, before, now) in &found {
        report.odd(TOPIC, &format!("{}: {before} → {now}", day(*date, language)));
    }
    if found.is_empty() {
        report.right(
            TOPIC,
            in_language(language, "2週間とも、使われている写しと同じです", "two weeks are read as in the copy in use"),
        );
    }
}

/// The days for which somebody else is on call, with who was and who is.
fn differences(
    copy: &Workbook,
    workbook: &Workbook,
    platform: Platform,
    today: NaiveDate,
    language: Language,
) -> Vec<(NaiveDate, String, String)> {
    let days = today.iter_days().take(AHEAD as usize);
    let both = days.map(|day| {
        let who = |workbook: &Workbook| who(&workbook.coverage(day, platform), language);
        (day, who(copy), who(workbook))
    });
    both.filter(|(_, before, now)| before != now).collect()
}

/// Who is on call, in words.
fn who(coverage: &Coverage, language: Language) -> String {
    match coverage {
        Coverage::OnCall { people, .. } => {
            let mut names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
            names.sort_unstable();
            names.join(", ")
        }
        Coverage::Nobody { .. } => in_language(language, "当番なし", "nobody, as written").into(),
        Coverage::Gap { .. } | Coverage::Unknown { .. } => in_language(language, "分からない", "not known").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::BusinessHours;
    use crate::roster::table::{Cell, Grid, Tabs, workbook};

    #[test]
    fn days_that_are_read_otherwise_are_named() {
        let today = "2026-11-24".parse().expect("a date");
        let read = |rows: &[[&str; 2]]| {
            let cell = |text: &&str| Cell::Text((*text).to_owned());
            let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            let rotation = Grid { tab: "rotation".into(), origin: (1, 1), rows, ..Grid::default() };
            let hours = BusinessHours::parse("10:00-17:00").expect("hours");
            workbook(&Tabs { rotation, ..Tabs::default() }, hours, today)
        };
        let header = ["日付", "担当"];
        let copy =
            read(&[header, ["2026/11/23", "x"], ["2026/11/24", "a、b"], ["2026/11/25", "c"], ["2026/11/26", "d"]]);
        let now =
            read(&[header, ["2026/11/23", "y"], ["2026/11/24", "b、a"], ["2026/11/25", "なし"], ["2026/11/27", "d"]]);
        let found = differences(&copy, &now, Platform::Screen, today, Language::English);
        let lines: Vec<_> = found.iter().map(|(day, before, now)| format!("{day} {before} → {now}")).collect();
        assert_eq!(
            lines,
            ["2026-11-25 c → nobody, as written", "2026-11-26 d → not known", "2026-11-27 not known → d"]
        );
    }
}
