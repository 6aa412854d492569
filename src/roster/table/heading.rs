//! What a column is, by its heading.

use super::words;
use std::borrow::Cow;

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Weekday,
    Month,
    Year,
    Note,
    /// Who stands in for the person on call.
    Deputy,
    /// Something about a change: who asked for it, who was on call before.
    Change,
    Date,
    /// The last day of a row.
    End,
    /// Somebody to escalate to.
    Boss,
    Night,
    /// Half a day, or a shift of it.
    Half,
    OnCall,
    /// A name, which is the person on call where no other column is.
    Weak,
    Other,
}

/// The kind of a column with that heading. The tests come in the order in which a heading that passes several is meant.
pub(super) fn kind(heading: &str) -> Kind {
    let heading = without_hours(heading);
    let bare = bare(heading);
    let bare = bare.as_ref();
    let is = |list: &[&str]| list.contains(&bare);
    let has = |list: &[&str]| list.iter().any(|word| bare.contains(word));
    if bare.is_empty() {
        Kind::Other
    } else if is(words::WEEKDAY) {
        Kind::Weekday
    } else if is(words::MONTH) {
        Kind::Month
    } else if is(words::YEAR) {
        Kind::Year
    } else if has(words::NOTE) {
        Kind::Note
    } else if is_deputy(bare) {
        Kind::Deputy
    } else if let Some(kind) = date(bare) {
        kind
    } else if has_word(heading, bare, words::DEPUTY) {
        Kind::Change
    } else if has(words::BOSS) {
        Kind::Boss
    } else if has_word(heading, bare, words::NIGHT) || bare.contains("outofhours") {
        Kind::Night
    } else if has_word(heading, bare, words::HALF) {
        Kind::Half
    } else if is_on_call(bare) {
        // 保守担当, "assigned to": beside those on call they have something else to do.
        if has(words::ALSO_WORK) { Kind::Weak } else { Kind::OnCall }
    } else if is(words::WEAK) {
        Kind::Weak
    } else {
        Kind::Other
    }
}

/// Whether a cell says a place among those on call: オンコール, 主, secondary.
pub(super) fn is_place(text: &str) -> bool {
    let bare = bare(text);
    parts(&bare, &[words::PLACES], true).is_some_and(|parts| !parts.is_empty())
}

/// A heading without what it says in brackets of hours, of how a date is written or of titles: 当番(9:00〜18:00).
fn without_hours(heading: &str) -> &str {
    let Some((rest, remark)) = heading.strip_suffix([')', ']']).and_then(|text| text.split_once(['(', '['])) else {
        return heading;
    };
    // (9am-6pm), but not (6pm-9am).
    let hours = remark.split_once(['-', '–', '〜', '~']);
    let is_by_day = hours.is_some_and(|(start, end)| start.trim().ends_with("am") && end.trim().ends_with("pm"));
    let is_idle = remark.contains(':')
        || is_by_day
        || ["姓", "名前", "氏名"].contains(&remark)
        || ["敬称略", "DD/MM", "MM/DD", "dd/mm", "mm/dd", "yyyy", "YYYY"].iter().any(|word| remark.contains(word))
        || super::date::weekday(remark).is_some();
    if is_idle { rest.trim_end() } else { heading }
}

/// A heading as it is compared: lower case, and nothing of what people put between and around words.
pub(super) fn bare(heading: &str) -> Cow<'_, str> {
    let is_left_out = |c: char| c.is_whitespace() || "-_.#()[]【】〔〕「」〈〉<>:：*＊・/?'’".contains(c);
    if heading.chars().any(|c| is_left_out(c) || c.is_uppercase()) {
        heading.chars().filter(|c| !is_left_out(*c)).flat_map(char::to_lowercase).collect::<String>().into()
    } else {
        heading.into()
    }
}

/// A date's heading, or that of a last day.
fn date(bare: &str) -> Option<Kind> {
    let of_duty = ["oncall", "duty", "オンコール"].iter().find_map(|word| bare.strip_prefix(word));
    let parts = parts(of_duty.filter(|rest| *rest != "day").unwrap_or(bare), &[words::DATE, words::END], false)?;
    let is_any = |list: &[&str]| parts.iter().any(|part| list.iter().any(|word| part.contains(word)));
    if parts.iter().any(|part| words::END.contains(part)) {
        return Some(Kind::End);
    }
    is_any(words::DATE_NEEDS).then_some(Kind::Date)
}

fn is_on_call(bare: &str) -> bool {
    // 担当A and 担当B are places, as 担当1 and 担当2 are.
    let bare = match bare.strip_suffix(['a', 'b', 'c']) {
        Some(rest) if !rest.is_ascii() => rest,
        _ => bare,
    };
    // 次担当 is whoever comes next.
    let is_next = bare.starts_with('次');
    if ["firstname", "lastname", "secondname"].contains(&bare) {
        return false;
    }
    // 1次, 2次.
    if bare.strip_suffix('次').is_some_and(|number| !number.is_empty() && number.chars().all(is_number)) {
        return true;
    }
    parts(bare, &[words::ON_CALL], true).is_some_and(|parts| parts.iter().any(|part| !words::GENERIC.contains(part)))
        && !words::WEAK.contains(&bare)
        && !is_next
}

/// Whether a heading has one of these in it. English ones have to be words: `am` and `cover` are parts of many others.
fn has_word(heading: &str, bare: &str, list: &[&str]) -> bool {
    let is_word =
        |word: &str| heading.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part.eq_ignore_ascii_case(word));
    list.iter().any(|word| if word.is_ascii() { is_word(word) } else { bare.contains(word) })
}

/// Whoever stands in. 代理元 and "swap approved by" are somebody else.
fn is_deputy(bare: &str) -> bool {
    let parts = parts(bare, &[words::DEPUTY, words::DEPUTY_FILLERS], false).unwrap_or_default();
    // 変更者 has written the change.
    parts.first().is_some_and(|first| words::DEPUTY.contains(first)) && bare != "変更者"
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "一二三四".contains(c)
}

/// The words that a text is made of and nothing else; `None` when something is left over.
fn parts<'a>(text: &'a str, lists: &[&[&str]], skips_digits: bool) -> Option<Vec<&'a str>> {
    const MOST: usize = 60;
    let is_digit = |c: char| is_number(c) || ('①'..='⑳').contains(&c);
    if text.is_empty() {
        return Some(Vec::new());
    }
    if text.len() > MOST {
        return None;
    }
    let mut found: Vec<_> = lists.iter().copied().flatten().filter(|word| text.starts_with(**word)).collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in found {
        let (part, rest) = text.split_at(word.len());
        if let Some(mut parts) = parts(rest, lists, skips_digits) {
            parts.insert(0, part);
            return Some(parts);
        }
    }
    let first = text.chars().next().filter(|c| skips_digits && is_digit(*c))?;
    parts(&text[first.len_utf8()..], lists, skips_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headings: &[&str], expected: Kind) {
        for heading in headings {
            assert_eq!(kind(&super::super::cells::cleaned(heading)), expected, "{heading}");
        }
    }

    #[test]
    fn a_heading_says_what_its_column_is() {
        check(
            &[
                "日付",
                "Date",
                "当番日",
                "担当日",
                "日",
                "週",
                "期間",
                "日程",
                "週の開始日",
                "開始日",
                "Week of",
                "年月日",
            ],
            Kind::Date,
        );
        check(
            &[
                "Week Commencing",
                "w/c",
                "On-call date",
                "オンコール日",
                "Start Date",
                "Start",
                "Day",
                "From",
                "担当週",
                "日付 (開始)",
            ],
            Kind::Date,
        );
        check(&["終了日", "End Date", "End", "to", "until", "担当終了日"], Kind::End);
        check(&["曜日", "曜", "weekday"], Kind::Weekday);
        check(&["月", "Month"], Kind::Month);
        check(&["備考", "メモ", "引継ぎ", "Notes", "連絡事項", "Remarks"], Kind::Note);
        check(&["代理者", "代理", "交代", "変更後", "Substitute", "Cover", "Covered by"], Kind::Deputy);
        check(
            &["代理元", "変更前", "交代希望", "変更者", "Swap approved by", "Last swap date", "交代時刻"],
            Kind::Change,
        );
        check(&["Recovery owner", "Coverage"], Kind::Other);
        check(&["First name", "Last name"], Kind::Other);
        check(&["1次", "2次", "Who's on call?", "当番(9:00〜18:00)", "担当(敬称略)"], Kind::OnCall);
        check(
            &[
                "一次担当",
                "二次対応者",
                "第一当番",
                "1番手",
                "当番さん",
                "担当者氏名",
                "担当者（姓）",
                "本日の当番",
                "一次受け",
            ],
            Kind::OnCall,
        );
        check(&["補助", "従", "L1", "Primary (9am-6pm)"], Kind::OnCall);
        check(&["Fortnight", "Date (DD/MM)", "Week Beginning (Mon)", "日にち", "Dates", "Period"], Kind::Date);
        check(&["責任者", "Manager On-Call", "エスカレーション先", "Incident Commander", "Team lead"], Kind::Boss);
        check(&["担当（夜間）", "夜間当番", "Primary - out of hours", "Night on-call", "休日当番"], Kind::Night);
        check(&["午前", "担当(午後)", "AM", "on-call pm"], Kind::Half);
        check(
            &[
                "担当",
                "担当1",
                "担当２",
                "当番",
                "当番者名",
                "主担当",
                "副担当",
                "担当者",
                "担当（日中）",
                "メイン",
                "サブ",
            ],
            Kind::OnCall,
        );
        check(
            &["On Call", "on-call 2", "1st On-Call", "Primary", "Secondary on-call", "Backup", "On-call engineer"],
            Kind::OnCall,
        );
        check(
            &["Primary - in hours", "オンコール", "バックアップ", "2人目", "主", "second", "On-Call (first)"],
            Kind::OnCall,
        );
        check(&["名前", "氏名", "Name", "who", "Person"], Kind::Weak);
        check(&["緊急対応者", "保守当番", "Assigned to", "Developer on call", "Support engineer"], Kind::Weak);
        check(
            &[
                "担当業務",
                "掃除当番",
                "電話番号",
                "更新日",
                "当番表",
                "インフラ担当",
                "オンコール当番表",
                "社員ID",
                "No",
                "状況",
            ],
            Kind::Other,
        );
        check(&["次担当", "次の当番", "On-call days off"], Kind::Other);
        check(&["Primary Phone Number", "Shift", "回数", "1", "", "チーム名", "team"], Kind::Other);
    }
}
