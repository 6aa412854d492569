//! The workbook of the demo: the four weeks of `docs/workbook/`, repeated.

use super::file::parse;
use super::table::{Tabs, workbook as read};
use crate::domain::calendar::BusinessHours;
use crate::domain::message::Language;
use crate::domain::workbook::Workbook;
use chrono::{DateTime, Days, Utc};
use std::borrow::Cow;

const ROTATION: &[u8] = include_bytes!("../../docs/workbook/rotation.csv");
const MEMBERS: &[u8] = include_bytes!("../../docs/workbook/members.csv");
const RUNBOOKS: &[u8] = include_bytes!("../../docs/workbook/runbooks.csv");
const HOLIDAYS: &[u8] = include_bytes!("../../docs/workbook/holidays.csv");

/// The sample's length in days: whole weeks, so that weekdays stay right.
const PERIOD: i64 = 28;

/// The people of the sample, in Japanese and English.
const PEOPLE: [[&str; 2]; 8] = [
    ["佐藤", "Alice Smith"],
    ["鈴木", "Bob Jones"],
    ["高橋", "Carol Davis"],
    ["田中", "Dan Miller"],
    ["伊藤", "Erin Wilson"],
    ["渡辺", "Frank Moore"],
    ["中村", "Grace Taylor"],
    ["小林", "Henry Clark"],
];

/// The rest of it that people read. What contains another comes first. Ids stay, so that messages keep their people.
const OTHERS: [[&str; 2]; 19] = [
    [",sato,", ",alice,"],
    [",suzuki,", ",bob,"],
    [",takahashi,", ",carol,"],
    [",tanaka,", ",dan,"],
    [",ito,", ",erin,"],
    [",watanabe,", ",frank,"],
    [",nakamura,", ",grace,"],
    [",kobayashi,", ",henry,"],
    ["高橋と交代", "for Carol Davis"],
    ["年末休業", "Year-end holiday"],
    ["年始休業", "New Year holiday"],
    ["夜間バッチが終わっていません", "the nightly batch has not finished"],
    ["ログを確認してから再実行", "read its log and run it again"],
    ["バッチ", "batch"],
    ["アプリケーションがエラーを返しています", "the application answers with errors"],
    ["プロセス再起動", "restart the process"],
    ["ディスクの残りが少なくなっています", "the disk is nearly full"],
    ["古いログを削除", "delete old logs"],
    ["ディスク", "disk"],
];

/// The sample, repeated so that it covers five weeks before and after `now`.
pub fn workbook(now: DateTime<Utc>) -> Workbook {
    workbook_in(Language::Japanese, now)
}

/// A name of the sample's people, in whichever language, in that one. Any other name stays as it is.
pub fn name_in(language: Language, name: &str) -> &str {
    let pair = PEOPLE.iter().find(|pair| pair.contains(&name.trim()));
    pair.map_or(name, |[japanese, english]| if language == Language::Japanese { japanese } else { english })
}

/// The same with the people and words of a language, for the demo.
pub fn workbook_in(language: Language, now: DateTime<Utc>) -> Workbook {
    let grid = |name, bytes: &'static [u8]| {
        let text = std::str::from_utf8(bytes).expect("the samples are UTF-8; a test reads them");
        let text = match language {
            Language::Japanese => Cow::Borrowed(text),
            Language::English => Cow::Owned(in_english(text)),
        };
        parse(name, text.as_bytes()).expect("the samples are CSV; a test reads them")
    };
    let tabs = Tabs {
        rotation: grid("rotation.csv", ROTATION),
        members: Some(grid("members.csv", MEMBERS)),
        runbooks: Some(grid("runbooks.csv", RUNBOOKS)),
        holidays: Some(grid("holidays.csv", HOLIDAYS)),
        ..Tabs::default()
    };
    // Its dates have years and its people whole days, so it says the same at all hours.
    let hours = BusinessHours::from_minutes(600, 1_020).expect("the one is before the other");
    let mut workbook = read(&tabs, hours, now.date_naive());
    let shifts = std::mem::take(&mut workbook.rotation.shifts);
    let Some(first) = shifts.keys().next().copied() else {
        return workbook;
    };
    let periods = now.date_naive().signed_duration_since(first).num_days().div_euclid(PERIOD);
    for period in periods - 2..=periods + 2 {
        let days = Days::new((period * PERIOD).unsigned_abs());
        workbook.rotation.shifts.extend(shifts.iter().filter_map(|(date, shift)| {
            let moved = if period < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
            Some((moved?, shift.clone()))
        }));
    }
    workbook
}

fn in_english(text: &str) -> String {
    let pairs = OTHERS.iter().chain(&PEOPLE);
    pairs.fold(text.to_owned(), |text, [japanese, english]| text.replace(japanese, english))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::member::Platform;
    use crate::domain::rotation::Coverage;

    #[test]
    fn the_sample_covers_every_day_on_every_chat() {
        for (start, language) in [
            ("2020-02-28T15:00:00Z", Language::Japanese),
            ("2026-11-22T00:00:00Z", Language::English),
            ("2031-01-01T00:00:00Z", Language::Japanese),
        ] {
            let now: DateTime<Utc> = start.parse().expect("an instant");
            let workbook = workbook_in(language, now);
            assert_eq!(workbook.findings, []);
            for date in (now.date_naive() - Days::new(28)).iter_days().take(64) {
                for platform in [Platform::Slack, Platform::Typetalk, Platform::Screen] {
                    let coverage = workbook.coverage(date, platform);
                    let Coverage::OnCall { people, findings, .. } = coverage else {
                        panic!("{date}: {coverage:?}");
                    };
                    assert_eq!((people.len(), findings.len()), (2, 0), "{date}");
                }
            }
        }
    }

    #[test]
    fn nothing_in_the_english_sample_is_japanese_but_its_headings() {
        let is_japanese = |c: char| matches!(c, 'ぁ'..='ヺ' | '一'..='\u{9FFF}');
        let weekdays = ["月", "火", "水", "木", "金", "土", "日"];
        for csv in [ROTATION, MEMBERS, RUNBOOKS, HOLIDAYS] {
            let english = in_english(std::str::from_utf8(csv).expect("UTF-8"));
            let rows = english.lines().skip(1);
            let without_weekday =
                |row: &str| weekdays.iter().fold(row.to_owned(), |row, day| row.replace(&format!("({day})"), ""));
            let left: Vec<_> = rows.map(without_weekday).filter(|row| row.contains(is_japanese)).collect();
            assert_eq!(left, [""; 0]);
        }
    }

    #[test]
    fn names_of_the_sample_have_two_languages() {
        for (name, japanese, english) in [
            ("田中", "田中", "Dan Miller"),
            (" Dan Miller ", "田中", "Dan Miller"),
            ("田中 佐藤", "田中 佐藤", "田中 佐藤"),
            ("", "", ""),
        ] {
            let found = (name_in(Language::Japanese, name), name_in(Language::English, name));
            assert_eq!(found, (japanese, english), "{name}");
        }
    }
}
