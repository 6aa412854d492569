//! Words that belong to a number or a date, and those that have digits in them and mean something.

use super::pieces::Piece;
use chrono::{Month, Weekday};
use std::borrow::Cow;

/// After these a number of three digits is what a server has answered.
pub(super) const NAME_A_STATUS: [&str; 8] = [
    "http",
    "status",
    "code",
    "ステータス",
    "ステータスが",
    "ステータスコード",
    "ステータスコードが",
    "レスポンスコードが",
];

const UNITS: [&str; 52] = [
    "ns", "us", "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr",
    "hrs", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "b", "byte", "bytes", "k", "kb", "kib", "mb",
    "mib", "g", "gb", "gib", "tb", "tib", "bps", "kbps", "mbps", "gbps", "rps", "qps", "iops", "x", "percent", "st",
    "nd", "rd", "th", "z", "pct",
];
/// After a time.
const ZONES: [&str; 5] = ["am", "pm", "utc", "jst", "gmt"];

/// What Japanese counts with, the longer ones first.
const COUNTERS: [&str; 42] = [
    "パーセント",
    "時間",
    "分間",
    "秒間",
    "日間",
    "週間",
    "年間",
    "か月",
    "ヶ月",
    "カ月",
    "ヵ月",
    "ミリ秒",
    "回目",
    "件目",
    "台目",
    "番目",
    "号機",
    "年度",
    "世代",
    "年",
    "月",
    "日",
    "時",
    "分",
    "秒",
    "件",
    "回",
    "個",
    "台",
    "名",
    "人",
    "行",
    "枚",
    "度",
    "倍",
    "割",
    "円",
    "つ",
    "番",
    "位",
    "週",
    "頃",
];
/// Before a time or a year.
const BEFORE: [&str; 4] = ["午前", "午後", "令和", "平成"];
const DAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// Whether a word with a digit in it has a meaning by that digit.
pub(super) fn is_name(word: &str) -> bool {
    let is_digit = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_level = ["p", "sev", "ipv", "tier"].iter().any(|name| word.strip_prefix(name).is_some_and(is_digit));
    // `p95` and `p99` are two alerts.
    let is_percentile = word.len() == 3 && word.strip_prefix('p').is_some_and(|text| text.parse::<u8>().is_ok());
    is_level || is_percentile || word.strip_suffix("xx").is_some_and(is_digit)
}

pub(super) fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
}

/// What is left of a word, given what stands before and after it; empty if it belongs to a number or a date.
/// `is_of_a_date` if a number stands beside it, or what was left out.
pub(super) fn left<'a>(
    word: &'a str,
    before: Option<&Piece<'_>>,
    after: Option<&Piece<'_>>,
    is_of_a_date: bool,
) -> Cow<'a, str> {
    let is_after_number = matches!(before, Some(Piece::Number(_)));
    let is_before_number = matches!(after, Some(Piece::Number(_)));
    if word.is_ascii() {
        let is_day = is_month(word) || is_weekday(word);
        let is_before_day = matches!(after, Some(Piece::Word(next)) if is_month(next)) && is_weekday(word);
        let is_measure = is_after_number && (is_unit(word) || ZONES.contains(&word));
        if is_measure || is_before_day || (is_day && is_of_a_date) {
            return "".into();
        }
        // One error, two errors.
        let is_several = is_after_number && word.len() > 3;
        return word.strip_suffix('s').filter(|_| is_several).unwrap_or(word).into();
    }
    let mut word = word;
    if is_after_number {
        if DAYS.iter().any(|day| word.strip_prefix(day).is_some_and(|rest| matches!(rest, "" | "曜" | "曜日"))) {
            return "".into();
        }
        while let Some(rest) = COUNTERS.iter().find_map(|counter| word.strip_prefix(counter)) {
            word = rest;
        }
    }
    if is_before_number {
        word = BEFORE.iter().find_map(|before| word.strip_suffix(before)).unwrap_or(word);
    }
    if is_of_a_date && DAYS.contains(&word) {
        return "".into();
    }
    word.into()
}

/// Whole, or its first three letters.
fn is_month(word: &str) -> bool {
    word.parse::<Month>().is_ok()
}

fn is_weekday(word: &str) -> bool {
    word.parse::<Weekday>().is_ok()
}
