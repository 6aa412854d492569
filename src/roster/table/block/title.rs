//! What stands over a table, or between its rows: a leave list, a draft and an old rota look like a rota.

mod remark;

use super::super::cells::{Entry, Sheet};
use super::super::date;
use super::super::words;
use super::Block;
use crate::domain::rotation::{Finding, Problem};

/// What a title says of the table below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    /// It is a list of who is away.
    Leave,
    /// It is a draft, or an old one.
    NotInForce,
}

impl Title {
    /// What it says against the table below it.
    pub fn finding(self, sheet: &Sheet, row: usize, column: usize) -> Finding {
        let text = sheet.shown(row, column);
        let problem = match self {
            Self::Leave => Problem::LeaveList(text),
            Self::NotInForce => Problem::NotInForce(text),
        };
        sheet.finding(row, column, problem)
    }
}

/// What a title means; `None` for one that says nothing against the table.
pub fn meant(title: &str) -> Option<Title> {
    let lower = without_links(&title.to_lowercase());
    let has = |list: &[&str]| has(&lower, list);
    let is_idle = has(words::IDLE_TITLE) && !remark::of_another_sheet(&lower);
    if is_idle || (has(words::NIGHT_TITLE) && !has(words::DAY_TITLE) && !remark::of_the_night(&lower)) {
        return Some(Title::NotInForce);
    }
    (has(words::LEAVE_TITLE) && !has(words::ROTA_TITLE) && !remark::of_leave(&lower)).then_some(Title::Leave)
}

/// A text without addresses, whose words mean nothing here.
fn without_links(text: &str) -> String {
    if !text.contains("://") {
        return text.to_owned();
    }
    text.split_inclusive(char::is_whitespace).map(|word| word.split("http").next().unwrap_or_default()).collect()
}

/// Whether one of these words stands in a text that is in lower case.
fn has(lower: &str, list: &[&str]) -> bool {
    let is_in = |word: &&str| {
        if word.is_ascii() && !word.starts_with('(') { is_word(lower, word) } else { lower.contains(*word) }
    };
    list.iter().any(is_in)
}

/// Whether a word stands in a text, and not as a part of another: `old`, but not in `golden`.
fn is_word(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(start, _)| {
        !is_letter(text[..start].chars().next_back()) && !is_letter(text[start + word.len()..].chars().next())
    })
}

/// What the titles above a table say.
#[derive(Debug, Default)]
pub struct Titles {
    /// The one because of which the table is not read, by its cell.
    pub against: Option<(usize, usize, Title)>,
    /// The one right above it, if that is neither a month nor a rota's.
    pub own: Option<(usize, usize)>,
    pub is_for_weekdays: bool,
}

/// Reads the titles above a table, and what stands beside its header.
pub fn of(sheet: &Sheet, block: &Block) -> Titles {
    /// A title may stand so many rows above its table.
    const FEW: usize = 6;
    let mut found = Titles::default();
    let first = block.header.unwrap_or(block.rows.start);
    let read = [block.date].into_iter().chain(block.on_call.iter().copied());
    let (Some(left), Some(right)) = (read.clone().min(), read.max()) else { return found };
    let is_alone = |row: usize| sheet.filled_columns(row).count() == 1;
    // A row of another table; a period, or the day of a change, stands alone or in another column.
    let is_of_another = |row: usize| !is_alone(row) && date::is_date(sheet.entry(row, block.date));
    for row in (0..first).rev().take(FEW).take_while(|row| !is_of_another(*row)) {
        let is_alone = is_alone(row);
        for column in sheet.filled_columns(row).filter(|column| is_alone || (left..=right).contains(column)) {
            let Entry::Text(text) = sheet.entry(row, column) else { continue };
            if is_alone && row + 1 == first && !is_rotas(text) {
                found.own = Some((row, column));
            }
            found.against = found.against.or(meant(text).map(|title| (row, column, title)));
            found.is_for_weekdays |= super::columns::is_for_weekdays(text);
        }
    }
    // DRAFT, beside the header.
    for column in sheet.filled_columns(first).filter(|column| !(left..=right).contains(column)) {
        if let Entry::Text(text) = sheet.entry(first, column)
            && has(&text.to_lowercase(), words::IDLE_TITLE)
        {
            found.against = found.against.or(Some((first, column, Title::NotInForce)));
        }
    }
    found
}

/// A title that says nothing against a table below it: a month or another period, or a rota's.
fn is_rotas(title: &str) -> bool {
    let lower = title.to_lowercase();
    super::super::month::alone(title).is_some()
        || super::super::month::within(title).is_some()
        || words::ROTA_TITLE.iter().chain(words::PERIOD_TITLE).any(|word| lower.contains(word))
}

/// Whether nothing else is in a title than a period and the words of a rota: 第2週, `Sprint 43`, ■12月 オンコール当番表.
pub fn is_only_rotas(title: &str) -> bool {
    const LETTERS: &str = "月火水木金土日祝年第期分前後の表者";
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let is_known = |word: &str| {
        word == "of"
            || MONTHS.iter().any(|month| word.starts_with(month))
            || is_one_of(word, words::ROTA_TITLE)
            || is_one_of(word, words::PERIOD_TITLE)
    };
    let lower = title.to_lowercase();
    let english = lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let mut rest = lower.clone();
    for word in words::ROTA_TITLE.iter().chain(words::PERIOD_TITLE).filter(|word| !word.is_ascii()) {
        rest = rest.replace(word, "");
    }
    let is_left = |c: char| c.is_alphanumeric() && !c.is_ascii() && !LETTERS.contains(c);
    english.into_iter().all(|word| is_known(word) || ["on", "call"].contains(&word)) && !rest.contains(is_left)
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.contains(&word)
}

/// Whether a title is that of a list of what was done when.
pub fn is_log(title: &str) -> bool {
    has(&title.to_lowercase(), words::LOG_TITLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_speak_against_its_table() {
        for (title, expected) in [
            ("オンコール当番表", None),
            ("年末年始休暇中の当番表", None),
            ("Golden week on-call", None),
            ("■ 休暇予定", Some(Title::Leave)),
            ("Vacation 2026", Some(Title::Leave)),
            ("【旧】オンコール当番表", Some(Title::NotInForce)),
            ("当番表(案)", Some(Title::NotInForce)),
            ("On-call (DRAFT)", Some(Title::NotInForce)),
            ("当番のご案内", None),
            ("夜間オンコール当番表", Some(Title::NotInForce)),
            ("オンコール当番表 (日中・夜間)", None),
            ("Out-of-hours on-call (18:00 - 08:00)", Some(Title::NotInForce)),
            ("【参考】開発2課の当番", Some(Title::NotInForce)),
            // What a remark says of the night, of leave and of other sheets says nothing of this table.
            ("夜間は委託先 (03-0000-0000)", None),
            ("土日祝・夜間は当番なし。障害は委託先が受けます", None),
            ("夜間の連絡先：03-0000-0000", None),
            ("夜間当番は別シート", None),
            ("Nights and weekends: vendor", None),
            ("夜間は自動音声", None),
            ("Out of hours: call the NOC", None),
            ("不在時は山本へ連絡", None),
            ("お休みの場合は早めに連絡", None),
            ("If you are on leave, swap with someone", None),
            ("旧シートはこちら", None),
            ("古い当番表は別タブにあります", None),
            ("テンプレートをコピーして使ってください", None),
            ("記入例：佐藤", None),
            ("参考：手順書はこちら", None),
            ("旧当番表は「2025年度」シート", None),
            ("手順 https://wiki.example.com/old/runbook", None),
            ("For old schedules see the archive tab", None),
            // But these do.
            ("夜間は下表のとおり", Some(Title::NotInForce)),
            ("夜間当番：11月", Some(Title::NotInForce)),
            ("Night on-call: 18:00-08:00", Some(Title::NotInForce)),
            ("Night on-call: November 2026", Some(Title::NotInForce)),
            ("旧シートです。新しい当番表はこちら", Some(Title::NotInForce)),
            ("この表は古いです。新しい表は別シート", Some(Title::NotInForce)),
            ("下書きです。確定版は別タブ", Some(Title::NotInForce)),
            ("下書き：11月", Some(Title::NotInForce)),
            ("11月分は未確定です", Some(Title::NotInForce)),
            ("Old rota, please see the new sheet", Some(Title::NotInForce)),
            ("参考：開発2課の当番", Some(Title::NotInForce)),
            ("休暇は以下のとおり", Some(Title::Leave)),
            ("PTO calendar - please fill in", Some(Title::Leave)),
            ("有給は各自記入", Some(Title::Leave)),
            ("不在の場合は名前を記入", Some(Title::Leave)),
            ("Leave: you must get approval first", Some(Title::Leave)),
            ("夜間当番：インフラチーム", Some(Title::NotInForce)),
            ("夜間当番表（内線 1234）", Some(Title::NotInForce)),
            ("夜間当番は2名体制", Some(Title::NotInForce)),
            ("Night on-call: Platform team", Some(Title::NotInForce)),
            ("Night on-call rota (see #ops-night for questions)", Some(Title::NotInForce)),
            ("下書きです。旧版は別タブ", Some(Title::NotInForce)),
            ("【下書き】旧シートは別タブ", Some(Title::NotInForce)),
            ("DRAFT - example: Alice", Some(Title::NotInForce)),
            ("記入例：日付と名前を入れる", Some(Title::NotInForce)),
            ("旧体制の当番は廃止", Some(Title::NotInForce)),
            ("Old schedules are kept here", Some(Title::NotInForce)),
            ("参考：開発2課の当番はこちら", Some(Title::NotInForce)),
            ("Template is for next quarter, do not use", Some(Title::NotInForce)),
        ] {
            assert_eq!(meant(title), expected, "{title}");
        }
    }
}
