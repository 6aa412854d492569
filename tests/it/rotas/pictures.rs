//! Pictures for `docs/workbook`: rotas of `tests/data/sheets` as a spreadsheet shows them, with what the reader makes of
//! them.
//!
//! `BLESS=1 cargo test` draws them; look at them before you commit.

mod sheet;

use super::case::{Case, hours};
use crate::conversations::docs;
use crate::documents::page;
use crate::golden::difference;
use sheet::picture;
use std::collections::BTreeSet;
use std::fs;
use toban::domain::lint::one_day;
use toban::domain::member::Platform;
use toban::domain::message::{Language, day, describe};
use toban::domain::rotation::{CellRef, Coverage, Finding};
use toban::roster::table::Cell;

/// More than this is slow to load on a page with eight of them.
const LARGEST: usize = 8_000;
const LANGUAGES: [(Language, &str, &str); 2] =
    [(Language::Japanese, "ja", "docs/workbook/README.ja.md"), (Language::English, "en", "docs/workbook/README.md")];

/// A part of a rota that a picture shows.
struct Shown {
    name: &'static str,
    /// In Japanese and in English.
    titles: [&'static str; 2],
    case: &'static str,
    /// Each part by its first row, from 0, and the row after its last.
    rows: &'static [(usize, usize)],
    columns: usize,
    is_refused: bool,
}

const SHOWN: [Shown; 8] = [
    Shown {
        name: "days",
        titles: ["1 日 1 行の表", "A row a day"],
        case: "01-daily-plain",
        rows: &[(0, 9)],
        columns: 4,
        is_refused: false,
    },
    Shown {
        name: "weeks",
        titles: ["1 週 1 行の表", "A row a week"],
        case: "49-week-start",
        rows: &[(0, 7)],
        columns: 4,
        is_refused: false,
    },
    Shown {
        name: "spans",
        titles: ["期間を 1 つのセルに書いた表", "A span of days in a cell"],
        case: "53-range-cell-tilde",
        rows: &[(0, 7)],
        columns: 3,
        is_refused: false,
    },
    Shown {
        name: "several",
        titles: ["1 つのセルに何人も書いた表", "Several people in a cell"],
        case: "26-several-in-a-cell",
        rows: &[(0, 9)],
        columns: 3,
        is_refused: false,
    },
    Shown {
        name: "roles",
        titles: ["日付が横、担当が縦に並ぶ表", "Dates across, roles down"],
        case: "67-roles-as-rows",
        rows: &[(0, 4)],
        columns: 7,
        is_refused: false,
    },
    Shown {
        name: "calendar",
        titles: ["カレンダー形式の表", "A calendar"],
        case: "64-calendar",
        rows: &[(0, 9)],
        columns: 7,
        is_refused: true,
    },
    Shown {
        name: "shifts",
        titles: ["シフト表", "A shift table"],
        case: "65-shift-marks",
        rows: &[(0, 9)],
        columns: 7,
        is_refused: true,
    },
    Shown {
        name: "teams",
        titles: ["2 つのチームの表", "The tables of two teams"],
        case: "81-mix-two-teams",
        rows: &[(0, 5), (14, 20)],
        columns: 2,
        is_refused: true,
    },
];

/// Days that one row, or one column of a table that lies down, names the same people for.
struct Turn {
    at: CellRef,
    text: String,
}

/// What the reader makes of a rota.
struct Reading {
    turns: Vec<Turn>,
    findings: Vec<Finding>,
}

impl Shown {
    /// The case, with nothing but what is shown.
    fn cut(&self) -> Case {
        let mut case = Case::named(self.case);
        let rows = &case.tabs.rotation.rows;
        let rows = self.rows.iter().flat_map(|(first, end)| &rows[*first..*end]);
        case.tabs.rotation.rows = rows.map(|row| row.iter().take(self.columns).cloned().collect()).collect();
        case
    }
}

fn read(case: &Case, language: Language) -> Reading {
    let book = case.workbook(hours("10:00-17:00"));
    let (to, and) = match language {
        Language::Japanese => ("〜", "・"),
        Language::English => (" – ", ", "),
    };
    let mut findings = book.findings.clone();
    let mut found = Vec::new();
    for date in book.rotation.shifts.keys() {
        findings.extend(one_day(&book, Platform::Slack, *date));
        if let Coverage::OnCall { people, row, .. } = book.coverage(*date, Platform::Slack) {
            let people: Vec<_> = people.iter().map(|person| person.name.as_str().to_owned()).collect();
            found.push((*date, row, people.join(and)));
        }
    }
    let turns = found.chunk_by(|(_, one, _), (_, other, _)| one == other).map(|days| {
        let ((first, at, people), (last, ..)) = (&days[0], &days[days.len() - 1]);
        let first_day = day(*first, language);
        let text = if first == last {
            format!("{first_day} {people}")
        } else {
            format!("{first_day}{to}{} {people}", day(*last, language))
        };
        Turn { at: at.clone(), text }
    });
    Reading { turns: turns.collect(), findings }
}

#[test]
fn the_pictures_of_rotas_show_what_is_read() {
    let mut wrong = Vec::new();
    for shown in &SHOWN {
        let case = shown.cut();
        let refused = case.workbook(hours("10:00-17:00")).rotation.refused;
        for ((language, suffix, _), title) in LANGUAGES.into_iter().zip(shown.titles) {
            let reading = read(&case, language);
            assert_eq!(reading.turns.is_empty(), shown.is_refused, "{}", shown.name);
            assert_eq!(reading.findings, Vec::from_iter(refused.clone()), "{}: alerts show why", shown.name);
            let svg = picture(title, &case.tabs.rotation, &reading, language);
            assert!(svg.len() < LARGEST, "{}: {} bytes", shown.name, svg.len());
            wrong.extend(difference(&docs(&format!("workbook/pictures/{}.{suffix}.svg", shown.name)), &svg));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pages_of_the_workbook_show_every_picture() {
    let mut expected = BTreeSet::new();
    for ((_, suffix, path), language) in LANGUAGES.into_iter().zip(0..) {
        let text = page(path).text;
        for Shown { name, titles, .. } in &SHOWN {
            let picture = format!("![{}](pictures/{name}.{suffix}.svg)", titles[language]);
            assert_eq!(text.matches(&picture).count(), 1, "{path}: {picture}");
            expected.insert(format!("{name}.{suffix}.svg"));
        }
    }
    let files = fs::read_dir(docs("workbook/pictures")).expect("a folder");
    let files = files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned());
    assert_eq!(files.collect::<BTreeSet<_>>(), expected, "left is in the folder");
}

/// The pages say how the names of a shift table are picked: a row of dates, and below it
/// `=TEXTJOIN("、",1,FILTER(シフト!$A$4:$A$8,シフト!B$4:B$8="○"))`, which is `#N/A` where there is no ○.
#[test]
fn what_is_picked_from_a_shift_table_is_read() {
    let mut case = Case::named("65-shift-marks");
    let text = |text: &str| Cell::Text(text.to_owned());
    let rows = &mut case.tabs.rotation.rows;
    for row in &mut rows[3..8] {
        row[6] = Cell::Empty;
    }
    let picked = |column: usize| {
        let people = rows[3..8].iter().filter(|row| row[column] == text("○"));
        let names = people.map(|row| match &row[0] {
            Cell::Text(name) => name.as_str(),
            other => panic!("{other:?} is no name"),
        });
        let names = names.collect::<Vec<_>>().join("、");
        text(if names.is_empty() { "#N/A" } else { &names })
    };
    let people = [text("担当")].into_iter().chain((1..7).map(picked)).collect();
    let dates = [text("日付")].into_iter().chain(rows[1][1..7].iter().cloned()).collect();
    case.tabs.rotation.rows = vec![dates, people];
    let reading = read(&case, Language::Japanese);
    let turns: Vec<_> = reading.turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(
        turns,
        ["11/16(月) 佐藤・伊藤", "11/17(火) 佐藤", "11/18(水) 佐藤・鈴木", "11/19(木) 高橋", "11/20(金) 田中"]
    );
    let told: Vec<_> = reading.findings.iter().map(|finding| describe(finding, Language::Japanese).plain()).collect();
    assert_eq!(told, ["rotation!G2 の「#N/A」は数式のエラーです"]);
}
