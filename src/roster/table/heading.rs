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
    } else if has(words::DEPUTY) && !bare.ends_with('日') {
        Kind::Deputy
    } else if let Some(kind) = date(bare) {
        kind
    } else if has(words::BOSS) {
        Kind::Boss
    } else if has(words::NIGHT) {
        Kind::Night
    } else if is_half(heading, bare) {
        Kind::Half
    } else if is_on_call(bare) {
        Kind::OnCall
    } else if is(words::WEAK) {
        Kind::Weak
    } else {
        Kind::Other
    }
}

/// A heading as it is compared: lower case, and nothing of what people put between and around words.
pub(super) fn bare(heading: &str) -> Cow<'_, str> {
    let is_left_out = |c: char| c.is_whitespace() || "-_.#()[]【】〔〕「」〈〉<>:：*＊・/".contains(c);
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
    parts(bare, &[words::ON_CALL], true).is_some_and(|parts| parts.iter().any(|part| !words::GENERIC.contains(part)))
        && !words::WEAK.contains(&bare)
        && !is_next
}

/// Half a day. `am` and `pm` have to be words: they are part of many others.
fn is_half(heading: &str, bare: &str) -> bool {
    let is_word =
        |word: &str| heading.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part.eq_ignore_ascii_case(word));
    words::HALF.iter().any(|word| if word.is_ascii() { is_word(word) } else { bare.contains(word) })
}

/// The words that a text is made of and nothing else; `None` when something is left over.
fn parts<'a>(text: &'a str, lists: &[&[&str]], skips_digits: bool) -> Option<Vec<&'a str>> {
    const MOST: usize = 60;
    let is_digit = |c: char| c.is_ascii_digit() || ('①'..='⑳').contains(&c);
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
        check(&["代理者", "代理", "交代", "Substitute", "Cover"], Kind::Deputy);
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
