//! Cells of every kind that people and Sheets produce.

mod other_tabs;

use super::*;
use crate::domain::member::Handle;
use crate::domain::message::Language;
use crate::domain::message::describe;
use crate::domain::rotation::Finding;
use crate::domain::text::Link;

fn grid(tab: &str, rows: &[&[&str]]) -> Grid {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(number) if text.starts_with('4') => Cell::Number(number),
        _ if text.is_empty() => Cell::Empty,
        _ => Cell::Text((*text).to_owned()),
    };
    let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    Grid { tab: tab.into(), origin: (1, 1), rows, ..Grid::default() }
}

/// What is read on 2026-11-24.
fn workbook(tabs: &Tabs) -> Workbook {
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    super::workbook(tabs, hours, NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"))
}

fn found(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| describe(finding, Language::English).plain()).collect()
}

/// Each day with its names, and the first name's cell.
fn days(book: &Workbook) -> Vec<String> {
    let shifts = book.rotation.shifts.iter().map(|(date, shift)| {
        let names: Vec<_> = shift.iter().map(|cell| cell.name.as_ref().map_or("-", Foreign::as_str)).collect();
        format!("{date} {} {}", names.join(" "), shift.first().map(|cell| cell.at.to_string()).unwrap_or_default())
    });
    shifts.collect()
}

/// Each day with its names, then the findings.
#[track_caller]
fn check_rotation(rows: &[&[&str]], expected: &[&str], findings: &[&str]) {
    let book = workbook(&Tabs { rotation: grid("rotation", rows), ..Tabs::default() });
    assert_eq!(days(&book), expected);
    assert_eq!(found(&book.findings), findings);
}

#[test]
fn dates_come_in_many_forms() {
    for (cell, expected) in [
        (Cell::Number(46_350.0), Some("2026-11-24")),
        (Cell::Number(46_350.75), Some("2026-11-24")),
        (Cell::Number(36_526.0), Some("2000-01-01")),
        (Cell::Number(5.0), None),
        (Cell::Number(-1.0), None),
        (Cell::Number(1e300), None),
        (Cell::Number(f64::NAN), None),
        (Cell::Empty, None),
    ] {
        assert_eq!(date(&cell).map(|date| date.to_string()).as_deref(), expected, "{cell:?}");
    }
    for (text, expected) in [
        ("2026-11-24", Some("2026-11-24")),
        ("2026/11/24", Some("2026-11-24")),
        ("2026/1/5", Some("2026-01-05")),
        ("2026年11月24日", Some("2026-11-24")),
        ("2026年1月5日(月)", Some("2026-01-05")),
        ("2026/11/24(火)", Some("2026-11-24")),
        (" 2026-11-24 [Tue] ", Some("2026-11-24")),
        ("２０２６／１１／２４（火）", Some("2026-11-24")),
        ("2026-02-30", None),
        ("11/24", None),
        ("2026-11", None),
        ("2026-11-24(火", None),
        ("2026-11-24 x", None),
        ("-2026-11-24", None),
        ("2026-+1-24", None),
        ("1999-12-31", None),
        ("火曜日", None),
        ("99999999999-11-24", None),
    ] {
        assert_eq!(date(&Cell::Text(text.into())).map(|date| date.to_string()).as_deref(), expected, "{text}");
    }
}

#[test]
fn on_call_columns_are_found_by_their_header() {
    check_rotation(
        &[&["日付", "担当1", "担当2", "備考"], &["46350", "佐藤", "鈴木", "交代"], &["46351", "高橋"]],
        &["2026-11-24 佐藤 鈴木 rotation!B2", "2026-11-25 高橋 - rotation!B3"],
        &[],
    );
    check_rotation(
        &[&["note", "On-Call (first)", "Date", "ON-CALL", "on-call 3"], &["x", "a", "2026-11-24", "b", "c"]],
        &["2026-11-24 a b c rotation!B2"],
        &[],
    );
    check_rotation(&[&["2026-11-24", "a", "b", "c"]], &["2026-11-24 a b rotation!B1"], &[]);
    check_rotation(
        &[&["date", "hardware", "software"], &["2026-11-24", "a", "b"]],
        &[],
        &["rotation!A1 no column's header says who is on call"],
    );
}

#[test]
fn rows_that_cannot_be_used_are_findings_and_the_others_count() {
    check_rotation(
        &[
            &["日付", "担当1", "担当2"],
            &["2026-11-24", "佐藤", "鈴木"],
            &[],
            &["", "", "ここから来週"],
            &["来週", "佐藤"],
            &["2026-11-24", "高橋", "高橋"],
            &["2026/11/30(月)"],
            &["2026-13-01", "x"],
        ],
        &["2026-11-24 - rotation!A6", "2026-11-30 - - rotation!B7"],
        &["rotation!A5 '来週' is not a date", "rotation!A8 '2026-13-01' is not a date"],
    );
    check_rotation(&[], &[], &["rotation!A1 the tab is empty"]);
    check_rotation(&[&[], &["", ""]], &[], &["rotation!A1 the tab is empty"]);
    check_rotation(&[&["日付", "担当1"]], &[], &[]);
}

#[test]
fn a_weekday_of_another_day_is_a_finding_and_the_row_counts() {
    for (text, is_told) in [
        ("2026/11/24(火)", false),
        ("2026/11/24(水)", true),
        ("２０２６／１１／２４（水）", true),
        ("2026年11月24日 [ 水 ]", true),
        ("2026-11-24 (tue)", false),
        ("2026-11-24 (WED)", true),
        ("2026-11-24 (Tuesday)", false),
        ("2026-11-24 (wednesday)", true),
        ("2026-11-24 (水曜)", true),
        ("2026-11-24 (Wednes)", false),
        ("2026-11-24 (水・祝)", true),
        ("2026-11-24 ()", false),
    ] {
        let told = format!("rotation!A2 '{}' is a Tuesday", text);
        let told: Vec<_> = is_told.then_some(told.as_str()).into_iter().collect();
        check_rotation(&[&["日付", "担当1"], &[text, "佐藤"]], &["2026-11-24 佐藤 rotation!B2"], &told);
    }
}

/// What is found with 佐藤 and 鈴木 in the members tab.
#[track_caller]
fn check_with_members(rows: &[&[&str]], findings: &[&str]) {
    let members = Some(grid("members", &[&["name"], &["佐藤"], &["鈴木"]]));
    let book = workbook(&Tabs { rotation: grid("rotation", rows), members, ..Tabs::default() });
    assert_eq!(found(&book.findings), findings);
}

#[test]
fn a_column_of_names_that_is_not_read_is_a_finding() {
    let day = ["2026-11-24", "佐藤", "@鈴木", "鈴木"];
    check_with_members(
        &[&["date", "oncall", "Hardware", ""], &day],
        &[
            "rotation!C1 the column 'Hardware' is not read, though names of the members tab stand in it",
            "rotation!D1 a column without a header is not read, though names of the members tab stand in it",
        ],
    );
    check_with_members(
        &[&["date", "oncall"], &["2026-11-24", "佐藤", "鈴木"]],
        &["rotation!C1 a column without a header is not read, though names of the members tab stand in it"],
    );
    check_with_members(&[&["date", "oncall", "on-call 2", "備考"], &day], &[]);
    check_with_members(&[&["date", "oncall", "where", "Notes"], &["2026-11-24", "佐藤", "東京", "鈴木"]], &[]);
    let second = ["2026-11-25", "佐藤", "交代", ""];
    check_with_members(
        &[&["date", "oncall", "x", ""], &["2026-11-24", "佐藤", "鈴木"], &second],
        &["rotation!C3 '交代' stands beside it: who is on call?"],
    );
}

#[test]
fn a_name_over_several_lines_is_a_finding_unless_it_is_known() {
    let rest = "佐藤,鈴木\n2026-11-25,佐藤,鈴木\n2026-11-26,鈴木,佐藤";
    let broken = "goes over several lines (a quotation mark \" is probably not closed)";
    check_with_members(
        &[&["date", "oncall"], &["2026-11-24", rest]],
        &[&format!("rotation!B2 '佐藤,鈴木 2026-11-25,佐藤,鈴木 2026-11…' {broken}")],
    );
    check_with_members(
        &[&["date", "oncall"], &["2026-11-24,x\n2026-11-25", "佐藤"]],
        &[&format!("rotation!A2 '2026-11-24,x 2026-11-25' {broken}")],
    );
    check_with_members(&[&["date", "oncall"], &["2026-11-24", "佐藤\n"]], &[]);
    let rotation = grid("rotation", &[&["date", "oncall"], &["2026-11-24", "佐藤\n健"]]);
    let rows: &[&[&str]] =
        &[&["name", "slack"], &["佐藤\n健", "U0SATO0001"], &["鈴木", "U0SUZUKI01\n高橋,U0TAKAHA01"], &["田中,x\n林,y"]];
    let book = workbook(&Tabs { rotation, members: Some(grid("members", rows)), ..Tabs::default() });
    assert_eq!(
        found(&book.findings),
        [format!("members!B3 'U0SUZUKI01 高橋,U0TAKAHA01' {broken}"), format!("members!A4 '田中,x 林,y' {broken}"),]
    );
}

#[test]
fn names_of_digits_arrive_as_numbers() {
    check_rotation(&[&["日付", "担当1"], &["46350", "4711"]], &["2026-11-24 4711 rotation!B2"], &[]);
}

#[test]
fn a_range_that_begins_elsewhere_names_the_sheets_own_cells() {
    let mut rotation = grid("当番", &[&["日付", "担当1"], &["x", "y"]]);
    rotation.origin = (5, 3);
    let book = workbook(&Tabs { rotation, ..Tabs::default() });
    assert_eq!(found(&book.findings), ["当番!C6 'x' is not a date"]);
}

#[test]
fn members_have_handles_or_findings() {
    let tabs = Tabs {
        rotation: grid("rotation", &[&["日付", "担当1"]]),
        members: Some(grid(
            "members",
            &[
                &["Name", "PagerDuty", "Slack", "Typetalk"],
                &["佐藤", "PSATO01", "<@U0SATO0001>", "@sato"],
                &["@鈴木", "", "suzuki", "suzuki"],
                &["佐藤", "", "U0OTHER001", ""],
                &["", "", "U0NOBODY01", ""],
            ],
        )),
        ..Tabs::default()
    };
    let book = workbook(&tabs);
    let members = book.members.expect("there is a tab");
    let shown: Vec<_> = members
        .0
        .iter()
        .map(|member| {
            let handle = |handle: &Option<Handle>| handle.as_ref().map(|handle| handle.as_str().to_owned());
            (member.name.as_str(), handle(&member.slack), handle(&member.typetalk), member.pagerduty.as_deref())
        })
        .collect();
    assert_eq!(
        shown,
        [
            // Two people of one name: nobody can say who is meant.
            ("佐藤", None, Some("sato".into()), Some("PSATO01")),
            ("鈴木", None, Some("suzuki".into()), None),
        ]
    );
    assert_eq!(
        found(&book.findings),
        ["members!C3 'suzuki' is not a Slack id", "members!A4 '佐藤' is more than one member"]
    );
}

#[test]
fn runbooks_and_holidays_are_read_with_and_without_a_header() {
    for header in [&["pattern", "meaning", "workaround", "link"][..], &["パターン", "意味", "手順", "リンク"], &[]]
    {
        let rows =
            [header, &["5xx", "broken", "restart", "https://wiki/5xx"], &["disk", "", "", "wiki/disk"], &["*", "x"]];
        let tabs = Tabs {
            rotation: grid("rotation", &[&["日付", "担当1"]]),
            runbooks: Some(grid("runbooks", &rows)),
            holidays: Some(grid("holidays", &[&["2026-12-29", "年末"], &["soon", "?"], &["46386"]])),
            ..Tabs::default()
        };
        let book = workbook(&tabs);
        assert_eq!(book.runbooks.len(), 2, "{header:?}");
        assert_eq!(book.runbooks[0].link.as_ref().map(Link::as_str), Some("https://wiki/5xx"));
        assert_eq!(
            found(&book.findings),
            ["runbooks!D3 'wiki/disk' is not an http(s) URL", "holidays!A2 'soon' is not a date"]
        );
        let holidays: Vec<_> = book.holidays.iter().map(|(date, name)| format!("{date} {name}")).collect();
        assert_eq!(holidays, ["2026-12-29 年末", "2026-12-30 "]);
    }
}
