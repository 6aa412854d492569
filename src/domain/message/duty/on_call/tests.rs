mod rows;

use super::*;
use crate::domain::calendar::{BusinessDays, BusinessHours, CompanyHolidays, NationalHolidays};
use crate::domain::member::{Member, Members};
use crate::domain::rotation::{CellRef, Rotation, Says, Shape, ShiftCell, Tab};
use crate::domain::text::Link;
use std::collections::BTreeMap;
use std::sync::Arc;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn tab() -> Arc<Tab> {
    let address = Link::parse("https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0");
    Arc::new(Tab { name: "シフト".to_owned(), address })
}

/// Rows from the 27th on: a date, and two cells.
fn rotation(rows: &[(&str, &str, &str)]) -> Rotation {
    let tab = tab();
    let cell = |row, column, text: &str| {
        let name = Foreign::line(text);
        let says = match &name {
            None => Says::Nothing,
            Some(word) if word.as_str() == "-" => Says::Nobody,
            Some(word) => Says::People { people: vec![word.clone()], problems: Vec::new() },
        };
        ShiftCell { at: CellRef { tab: tab.clone(), row, column }, name, says: Arc::new(says) }
    };
    let shift = |((day, one, other), row): (&(&str, &str, &str), u32)| {
        (date(day), vec![cell(row, 2, one), cell(row, 3, other)])
    };
    let shifts: BTreeMap<_, _> = rows.iter().zip(27..).map(shift).collect();
    Rotation { tab, shifts, refused: None }
}

fn members() -> Members {
    let member =
        |(name, slack): (&str, &str)| Member { name: name.into(), slack: Handle::slack(slack), ..Member::default() };
    let all = [("佐藤", "U0SATO0001"), ("鈴木", "U0SUZUKI01"), ("高橋", "U0TAKAHA01"), ("田中", "U0TANAKA01")];
    Members(all.map(member).into())
}

fn workbook(rows: &[(&str, &str, &str)]) -> Workbook {
    Workbook { rotation: rotation(rows), members: Some(members()), ..Workbook::default() }
}

/// The example: Thursday, Friday, and next week with an empty Tuesday; then the 21st.
fn usual() -> Workbook {
    workbook(&[
        ("2026-11-25", "佐藤", "鈴木"),
        ("2026-11-26", "佐藤", "鈴木"),
        ("2026-11-27", "佐藤", "鈴木"),
        ("2026-11-30", "高橋", "田中"),
        ("2026-12-01", "", ""),
        ("2026-12-02", "高橋", "田中"),
        ("2026-12-03", "高橋", "田中"),
        ("2026-12-19", "佐藤", "鈴木"),
        ("2026-12-21", "佐藤", "-"),
    ])
}

fn calendar() -> Calendar {
    let hours = BusinessHours::parse("10:00-17:00").expect("hours");
    Calendar {
        zone: chrono_tz::Asia::Tokyo,
        hours: hours.with_break(BusinessHours::parse("12:00-13:00").expect("a break")).expect("it is inside"),
        days: BusinessDays::parse("Mon-Fri").expect("days"),
        national: NationalHolidays::Japan,
        company: Arc::new(CompanyHolidays::from([
            (date("2026-12-29"), "年末休み".into()),
            (date("2026-12-30"), "年末休み".into()),
            (date("2026-12-31"), "<!channel> で休み".into()),
        ])),
    }
}

fn lines(
    workbook: Result<&Workbook, &Unreadable>,
    (asker, language): (&str, Language),
    age: i64,
    now: &str,
) -> Vec<Line> {
    let now = now.parse::<DateTime<Utc>>().expect("an instant");
    let asker = Handle::slack(asker);
    let asked = OnCall {
        language,
        workbook,
        read_at: Some(now - chrono::TimeDelta::minutes(age)),
        calendar: &calendar(),
        platform: Platform::Slack,
        asker: asker.as_ref(),
    };
    on_call(&asked, now)
}

/// The whole text in both languages.
#[track_caller]
fn check(workbook: &Workbook, asker: &str, now: &str, ja: &str, en: &str) {
    check_copy(Ok(workbook), asker, 0, now, ja, en);
}

#[track_caller]
fn check_copy(workbook: Result<&Workbook, &Unreadable>, asker: &str, age: i64, now: &str, ja: &str, en: &str) {
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let lines: Vec<_> = lines(workbook, (asker, language), age, now).iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
    }
}

#[test]
fn today_the_next_day_and_the_week() {
    check(
        &usual(),
        "U0SATO0001",
        "2026-11-26T11:02:00+09:00",
        "📟 今日 11/26(木) 17:00まで
佐藤・鈴木
次 11/27(金) 佐藤・鈴木
11/30(月)、12/2〜3 高橋・田中
⚠️ 12/1(火) 空 → B31
あなた: 今日、その次は 11/27(金)",
        "📟 Today Thu Nov 26, to 17:00
佐藤, 鈴木
Next Fri Nov 27: 佐藤, 鈴木
Nov 30, Dec 2–3: 高橋, 田中
⚠️ Tue Dec 1: empty → B31
You: today, then on Fri Nov 27",
    );
}

/// The first line, and the asker's.
#[track_caller]
fn check_ends(now: &str, asker: &str, ja: [&str; 2], en: [&str; 2]) {
    for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
        let lines: Vec<_> = lines(Ok(&usual()), (asker, language), 0, now).iter().map(Line::plain).collect();
        let [first, .., last] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!([first.as_str(), last.as_str()], expected, "{now}");
    }
}

#[test]
fn the_first_line_says_until_when_or_from_when() {
    let takahashi = ["あなた: 次は 11/30(月)", "You: next on Mon Nov 30"];
    for (now, ja, en) in [
        ("2026-11-26T08:00", "📟 今日 11/26(木) 10:00〜17:00", "📟 Today Thu Nov 26, 10:00–17:00"),
        ("2026-11-26T10:00", "📟 今日 11/26(木) 17:00まで", "📟 Today Thu Nov 26, to 17:00"),
        ("2026-11-26T12:30", "📟 今日 11/26(木) 17:00まで (休憩中)", "📟 Today Thu Nov 26, to 17:00 (break)"),
        ("2026-11-26T16:59", "📟 今日 11/26(木) 17:00まで", "📟 Today Thu Nov 26, to 17:00"),
        (
            "2026-11-26T17:00",
            "📟 次 11/27(金) 10:00から (今は時間外)",
            "📟 Next Fri Nov 27, from 10:00 (outside hours)",
        ),
        (
            "2026-11-27T18:00",
            "📟 次 11/30(月) 10:00から (今は時間外)",
            "📟 Next Mon Nov 30, from 10:00 (outside hours)",
        ),
        (
            "2026-11-28T11:00",
            "📟 次 11/30(月) 10:00から (今日は休み)",
            "📟 Next Mon Nov 30, from 10:00 (day off today)",
        ),
        (
            "2026-11-23T11:00",
            "📟 次 11/24(火) 10:00から (今日は 勤労感謝の日)",
            "📟 Next Tue Nov 24, from 10:00 (today: 勤労感謝の日)",
        ),
    ] {
        check_ends(&format!("{now}:00+09:00"), "U0TAKAHA01", [ja, takahashi[0]], [en, takahashi[1]]);
    }
}

#[test]
fn the_askers_own_turn_is_the_next_one_that_they_work() {
    for (asker, now, ja, en) in [
        ("U0SATO0001", "2026-11-27T18:00", "あなた: 次は 12/21(月)", "You: next on Mon Dec 21"),
        ("U0SUZUKI01", "2026-11-27T11:00", "あなた: 今日", "You: today"),
        ("U0SATO0001", "2026-11-25T18:00", "あなた: 次は 11/26(木)", "You: next on Thu Nov 26"),
        // Nobody is on call on a Saturday, and strangers have no turn.
        ("U0SUZUKI01", "2026-11-27T18:00", "⚠️ 12/4(金) 行なし", "⚠️ Fri Dec 4: no row"),
        ("U0STRANGER", "2026-11-27T18:00", "⚠️ 12/4(金) 行なし", "⚠️ Fri Dec 4: no row"),
    ] {
        for (language, expected) in [(Language::Japanese, ja), (Language::English, en)] {
            let now = format!("{now}:00+09:00");
            let last = lines(Ok(&usual()), (asker, language), 0, &now).pop().map(|line| line.plain());
            assert_eq!(last.as_deref(), Some(expected), "{asker} {now}");
        }
    }
}

#[test]
fn on_friday_evening_the_next_people_come_first() {
    check(
        &usual(),
        "U0TANAKA01",
        "2026-11-27T19:00:00+09:00",
        "📟 次 11/30(月) 10:00から (今は時間外)
高橋・田中
⚠️ 12/1(火) 空 → B31
12/2〜3 高橋・田中
⚠️ 12/4(金) 行なし
あなた: 次は 11/30(月)",
        "📟 Next Mon Nov 30, from 10:00 (outside hours)
高橋, 田中
⚠️ Tue Dec 1: empty → B31
Dec 2–3: 高橋, 田中
⚠️ Fri Dec 4: no row
You: next on Mon Nov 30",
    );
}

#[test]
fn over_new_year_days_off_are_left_out() {
    let year = workbook(&[
        ("2026-12-28", "佐藤", "鈴木"),
        ("2026-12-29", "高橋", "田中"),
        ("2027-01-01", "高橋", "田中"),
        ("2027-01-04", "高橋", "田中"),
        ("2027-01-05", "佐藤", "鈴木"),
    ]);
    check(
        &year,
        "U0TAKAHA01",
        "2026-12-28T11:00:00+09:00",
        "📟 今日 12/28(月) 17:00まで\n佐藤・鈴木\n次 1/4(月) 高橋・田中\nあなた: 次は 1/4(月)",
        "📟 Today Mon Dec 28, to 17:00\n佐藤, 鈴木\nNext Mon Jan 4: 高橋, 田中\nYou: next on Mon Jan 4",
    );
    check(
        &year,
        "U0SATO0001",
        "2026-12-31T11:00:00+09:00",
        "📟 次 1/4(月) 10:00から (今日は <!channel> で…)
高橋・田中
1/5(火) 佐藤・鈴木
⚠️ 1/6〜7 行なし
あなた: 次は 1/5(火)",
        "📟 Next Mon Jan 4, from 10:00 (today: <!channel> で…)
高橋, 田中
Jan 5: 佐藤, 鈴木
⚠️ Jan 6–7: no row
You: next on Tue Jan 5",
    );
}

#[test]
fn gaps_and_the_askers_turn_open_their_cells() {
    let lines = lines(Ok(&usual()), ("U0TAKAHA01", Language::English), 0, "2026-11-26T11:00:00+09:00");
    let cells = lines.iter().flat_map(|line| &line.0).filter_map(|span| match span {
        Span::Cell(name, Some(link)) => Some((name.as_str(), link.as_str())),
        _ => None,
    });
    assert_eq!(
        cells.collect::<Vec<_>>(),
        [
            ("B31", "https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0&range=B31"),
            ("Mon Nov 30", "https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0&range=B30"),
        ]
    );
}

#[test]
fn a_team_that_never_works_has_no_next_day() {
    let company = (0..800).map(|day| (date("2026-11-26") + chrono::TimeDelta::days(day), "x".to_owned())).collect();
    let calendar = Calendar { company: Arc::new(company), ..calendar() };
    for (language, expected) in [
        (Language::Japanese, "📟 これから1年、営業日がありません。"),
        (Language::English, "📟 No working day within a year."),
    ] {
        let book = usual();
        let asked = OnCall {
            language,
            workbook: Ok(&book),
            read_at: None,
            calendar: &calendar,
            platform: Platform::Slack,
            asker: None,
        };
        let lines = on_call(&asked, "2026-11-26T02:00:00Z".parse().expect("an instant"));
        assert_eq!(lines.iter().map(Line::plain).collect::<Vec<_>>(), [expected]);
    }
}
