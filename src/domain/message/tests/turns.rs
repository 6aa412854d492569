//! Changed turns.

use super::super::turns::message;
use super::*;
use crate::domain::member::{Handle, Member, Members, Platform};
use crate::domain::notices::turns::{Change, Turns};
use crate::domain::rotation::{Rotation, Says, ShiftCell};
use crate::domain::workbook::Workbook;

const PAGE: &str = "https://docs.google.com/spreadsheets/d/1/edit?gid=0#gid=0";

fn december(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, day).expect("a date")
}

/// A row for each of these days, its on-call cells in B and C. The 2nd is row 32.
fn workbook(rows: &[(u32, &str)]) -> Workbook {
    let tab = Arc::new(Tab { name: "当番表".into(), address: Link::parse(PAGE) });
    let cell = |day: u32, column, word: &str| {
        let says = match word {
            "" => Says::Nothing,
            "休み" => Says::Nobody,
            word => Says::People { people: word.split('・').map(text).collect(), problems: Vec::new() },
        };
        let at = CellRef { tab: tab.clone(), row: day + 30, column };
        ShiftCell { at, name: Foreign::line(word), says: Arc::new(says) }
    };
    let shift = |(day, cells): &(u32, &str)| {
        let cells = (2..).zip(cells.split(',')).map(|(column, word)| cell(*day, column, word)).collect();
        (december(*day), cells)
    };
    let shifts = rows.iter().chain(&[(20, "佐藤,鈴木")]).map(shift).collect();
    let rotation = Rotation { tab: tab.clone(), shifts, refused: None };
    let member = |(name, slack): (&str, &str)| Member {
        name: name.to_owned(),
        slack: Handle::slack(slack),
        ..Member::default()
    };
    let rows = [("佐藤", "U0SATO0001"), ("鈴木", "U0SUZUKI01"), ("高橋", "U0TAKAHASHI1"), ("田中", "")];
    let odd = ("<!channel> *x*", "U0HOSTILE01");
    Workbook {
        rotation,
        members: Some(Members(rows.into_iter().chain([odd]).map(member).collect())),
        ..Workbook::default()
    }
}

/// What is said on Tuesday, the 1st, in both languages, and who is mentioned.
#[track_caller]
fn check(before: &[(u32, &str)], after: &[(u32, &str)], notice: Option<Notice>, ids: &[&str], expected: [&str; 2]) {
    let [before, workbook] = [before, after].map(workbook);
    let [before, after] = [&before, &workbook].map(|workbook| Turns::of(workbook, december(1)).expect("it is sure"));
    let change = Change::between(&before, &after, &calendar(), december(1));
    for (language, expected) in LANGUAGES.into_iter().zip(expected) {
        let message = message(&change, &workbook, Platform::Slack, notice, language);
        let lines: Vec<_> = message.lines.iter().map(Line::plain).collect();
        assert_eq!(lines.join("\n"), expected);
        let mentioned = match &message.to {
            Some(Addressee::People(people)) => people.iter().map(|person| person.handle.as_str()).collect(),
            Some(Addressee::Fallback) => vec!["the fallback"],
            None => Vec::new(),
        };
        assert_eq!(mentioned, ids);
    }
}

#[test]
fn one_swap_is_a_line_with_its_cell() {
    for (before, after, ids, expected) in [
        (
            "佐藤,鈴木",
            "高橋,鈴木",
            &["U0SATO0001", "U0TAKAHASHI1"][..],
            [
                "🔄 12/2(水) の当番: 佐藤 → 高橋 (相方 鈴木)。心当たりがなければ → B32",
                "🔄 Wed Dec 2: 佐藤 → 高橋, with 鈴木. Not expected? → B32",
            ],
        ),
        // The cell is that of whoever came; who has no id is named only.
        (
            "佐藤,鈴木",
            "佐藤,田中",
            &["U0SUZUKI01"],
            [
                "🔄 12/2(水) の当番: 鈴木 → 田中 (相方 佐藤)。心当たりがなければ → C32",
                "🔄 Wed Dec 2: 鈴木 → 田中, with 佐藤. Not expected? → C32",
            ],
        ),
        (
            "佐藤,鈴木",
            "高橋,田中",
            &["U0SATO0001", "U0SUZUKI01", "U0TAKAHASHI1"],
            [
                "🔄 12/2(水) の当番: 佐藤・鈴木 → 高橋・田中。心当たりがなければ → B32",
                "🔄 Wed Dec 2: 佐藤, 鈴木 → 高橋, 田中. Not expected? → B32",
            ],
        ),
        (
            "佐藤,",
            "佐藤,高橋",
            &["U0TAKAHASHI1"],
            [
                "🔄 12/2(水) の当番: 高橋 が追加 (相方 佐藤)。心当たりがなければ → C32",
                "🔄 Wed Dec 2: 高橋 added, with 佐藤. Not expected? → C32",
            ],
        ),
        (
            "佐藤,鈴木",
            ",鈴木",
            &["U0SATO0001"],
            [
                "🔄 12/2(水) の当番: 佐藤 が外れ、残り 鈴木。心当たりがなければ → B32",
                "🔄 Wed Dec 2: 佐藤 taken off, 鈴木 stays. Not expected? → B32",
            ],
        ),
        (
            "佐藤,鈴木",
            ",",
            &["U0SATO0001", "U0SUZUKI01"],
            [
                "🔄 12/2(水) の当番: 佐藤・鈴木 → 空。心当たりがなければ → B32",
                "🔄 Wed Dec 2: 佐藤, 鈴木 → nobody. Not expected? → B32",
            ],
        ),
        (
            "佐藤,鈴木",
            "休み,休み",
            &["U0SATO0001", "U0SUZUKI01"],
            [
                "🔄 12/2(水) の当番: 佐藤・鈴木 → 当番なし。心当たりがなければ → B32",
                "🔄 Wed Dec 2: 佐藤, 鈴木 → nobody, on purpose. Not expected? → B32",
            ],
        ),
        (
            "休み,休み",
            "佐藤,鈴木",
            &["U0SATO0001", "U0SUZUKI01"],
            [
                "🔄 12/2(水) の当番: 当番なし → 佐藤・鈴木。心当たりがなければ → B32",
                "🔄 Wed Dec 2: nobody, on purpose → 佐藤, 鈴木. Not expected? → B32",
            ],
        ),
        // What somebody is called is shown, and does nothing.
        (
            "佐藤,鈴木",
            "佐藤,<!channel> *x*",
            &["U0SUZUKI01", "U0HOSTILE01"],
            [
                "🔄 12/2(水) の当番: 鈴木 → <!channel> *x* (相方 佐藤)。心当たりがなければ → C32",
                "🔄 Wed Dec 2: 鈴木 → <!channel> *x*, with 佐藤. Not expected? → C32",
            ],
        ),
    ] {
        check(&[(2, before)], &[(2, after)], None, ids, expected);
    }
}

#[test]
fn a_row_that_is_gone_has_the_sheet_instead_of_its_cell() {
    check(
        &[(2, "佐藤,鈴木")],
        &[],
        None,
        &["U0SATO0001", "U0SUZUKI01"],
        [
            &format!("🔄 12/2(水) の当番: 佐藤・鈴木 → 空。心当たりがなければ → 当番表 {PAGE}"),
            &format!("🔄 Wed Dec 2: 佐藤, 鈴木 → nobody. Not expected? → sheet {PAGE}"),
        ],
    );
}

#[test]
fn several_swaps_have_a_line_each_and_days_with_the_same_one_share_it() {
    let before = [(2, "佐藤,鈴木"), (3, "佐藤,鈴木"), (4, "佐藤,鈴木"), (7, "佐藤,鈴木"), (8, "高橋,田中")];
    check(
        &before,
        &[(2, "高橋,鈴木"), (3, "高橋,鈴木"), (4, "佐藤,鈴木"), (7, "高橋,鈴木"), (8, "佐藤,田中")],
        Some(Notice::PossibleRepeat),
        &["U0SATO0001", "U0TAKAHASHI1"],
        [
            "🔄 12/2〜3、12/7(月) の当番: 佐藤 → 高橋 (相方 鈴木) · B32\n\
             🔄 12/8(火) の当番: 高橋 → 佐藤 (相方 田中) · B38\n\
             心当たりのない変更は、セルを確認してください。\n\
             🔁 再送です。同じ内容がすでに投稿されている可能性があります。",
            "🔄 Dec 2–3, Dec 7: 佐藤 → 高橋, with 鈴木 · B32\n\
             🔄 Tue Dec 8: 高橋 → 佐藤, with 田中 · B38\n\
             Not expected? Please look at the cells.\n\
             🔁 Sent again: the same may have been posted before.",
        ],
    );
}

#[test]
fn after_the_fifth_the_days_are_counted() {
    let before: Vec<_> = [2, 3, 4, 7, 8, 9, 10].map(|day| (day, "佐藤,鈴木")).to_vec();
    let after =
        [(2, "高橋,鈴木"), (3, "佐藤,高橋"), (4, "高橋,田中"), (7, ","), (8, "佐藤,"), (9, "休み,"), (10, "休み,")];
    check(
        &before,
        &after,
        Some(Notice::QuietRepeat),
        &[],
        [
            "🔄 12/2(水) の当番: 佐藤 → 高橋 (相方 鈴木) · B32\n\
             🔄 12/3(木) の当番: 鈴木 → 高橋 (相方 佐藤) · C33\n\
             🔄 12/4(金) の当番: 佐藤・鈴木 → 高橋・田中 · B34\n\
             🔄 12/7(月) の当番: 佐藤・鈴木 → 空 · B37\n\
             🔄 12/8(火) の当番: 鈴木 が外れ、残り 佐藤 · B38\n\
             … ほか2日\n\
             心当たりのない変更は、セルを確認してください。\n\
             🔁 再送です。同じ内容がすでに2回以上投稿されている可能性があるため、メンションしません。",
            "🔄 Wed Dec 2: 佐藤 → 高橋, with 鈴木 · B32\n\
             🔄 Thu Dec 3: 鈴木 → 高橋, with 佐藤 · C33\n\
             🔄 Fri Dec 4: 佐藤, 鈴木 → 高橋, 田中 · B34\n\
             🔄 Mon Dec 7: 佐藤, 鈴木 → nobody · B37\n\
             🔄 Tue Dec 8: 鈴木 taken off, 佐藤 stays · B38\n\
             … and 2 more days\n\
             Not expected? Please look at the cells.\n\
             🔁 Sent again without a mention: the same may have been posted twice or more.",
        ],
    );
}

#[test]
fn a_new_rota_is_one_line_and_calls_nobody() {
    let november = [(1, "佐藤,鈴木")];
    let days: Vec<_> = (1..=31).map(|day| (day, if day == 1 { "高橋,鈴木" } else { "高橋,田中" })).collect();
    check(
        &november,
        &days,
        None,
        &["U0SATO0001", "U0TAKAHASHI1"],
        [
            &format!(
                "🔄 12/1(火) の当番: 佐藤 → 高橋 (相方 鈴木)。心当たりがなければ → B31\n🔄 12月の当番表が入りました (22日分) → 当番表 {PAGE}"
            ),
            &format!(
                "🔄 Tue Dec 1: 佐藤 → 高橋, with 鈴木. Not expected? → B31\n🔄 December's rota is in (22 days) → sheet {PAGE}"
            ),
        ],
    );
    let same: Vec<_> = days.iter().map(|(day, who)| (*day, if *day == 1 { "佐藤,鈴木" } else { who })).collect();
    check(
        &november,
        &same,
        None,
        &[],
        [
            &format!("🔄 12月の当番表が入りました (22日分) → 当番表 {PAGE}"),
            &format!("🔄 December's rota is in (22 days) → sheet {PAGE}"),
        ],
    );
}
