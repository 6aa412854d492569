//! Sentences above a rota that speak of the night, of leave or of other sheets, and not of the table below them.

use super::super::super::month;
use super::super::super::words;

/// 夜間は委託先, `Nights and weekends: vendor`: who is called outside of the rota.
pub fn of_the_night(lower: &str) -> bool {
    const OTHERS: &[&str] = &[
        "委託",
        "外部",
        "自動音声",
        "当番なし",
        "対応なし",
        "別シート",
        "別タブ",
        "の連絡",
        "vendor",
        "call the",
        "see other",
    ];
    const TABLES: &[&str] = &["表", "一覧", "シフト", "rota", "schedule"];
    !is_of_this_table(lower)
        && has(lower, OTHERS)
        && !has(lower, TABLES)
        && (has_subject(lower, words::NIGHT_TITLE) || has_answer(lower, words::NIGHT_TITLE))
}

/// 不在時は山本へ連絡, `If you are on leave, swap with someone`: what to do when somebody is away.
pub fn of_leave(lower: &str) -> bool {
    const DONE: &[&str] = &["連絡", "代わ", "交代", "依頼", "別シート", "別タブ"];
    const ASKED: &[&str] = &["記入", "入力", "登録"];
    let is_asked = lower.starts_with("if ") && has(lower, &["swap", "contact", "call ", "tell ", "ask "]);
    let is_said = has_subject(lower, words::LEAVE_TITLE) && has(lower, DONE) && !has(lower, ASKED);
    !is_of_this_table(lower) && (is_said || is_asked)
}

/// 旧シートはこちら, `For old schedules see the archive tab`: where something else is.
pub fn of_another_sheet(lower: &str) -> bool {
    const OTHERS: &[&str] = &["旧", "古い", "サンプル", "テンプレート", "参考", "記入例", "old", "template"];
    const POINTERS: &[&str] =
        &["こちら", "別シート", "別タブ", "別ファイル", "アーカイブ", "」シート", "archive", "last tab"];
    // A draft is one whatever else is said beside.
    if is_of_this_table(lower) || words::IDLE_TITLE.iter().any(|word| lower.contains(word) && !OTHERS.contains(word)) {
        return false;
    }
    let is_copied = lower.contains("テンプレートを") && lower.contains("ください");
    let is_reference = lower.starts_with("参考") && !has(lower, &["当番", "オンコール", "担当"]);
    let is_told = has_subject(lower, OTHERS) || is_reference || lower.starts_with("for old ");
    is_copied || (is_told && has(lower, POINTERS)) || is_example(lower)
}

/// 記入例：佐藤.
fn is_example(lower: &str) -> bool {
    const LONGEST: usize = 5;
    let answer = lower.strip_prefix("記入例").and_then(|rest| rest.strip_prefix([':', '：']));
    answer.is_some_and(|answer| (1..=LONGEST).contains(&answer.trim().chars().count()))
}

fn is_of_this_table(lower: &str) -> bool {
    const THIS: [&str; 14] = [
        "この",
        "本表",
        "本シート",
        "以下",
        "下記",
        "下表",
        "下の",
        "次の",
        "とおり",
        "通り",
        "ここ",
        "this",
        "below",
        "following",
    ];
    THIS.iter().any(|word| lower.contains(word))
}

fn has(lower: &str, list: &[&str]) -> bool {
    list.iter().any(|word| lower.contains(word))
}

/// Whether one of the words, or a short phrase that begins with it, is what a sentence says something of.
fn has_subject(lower: &str, list: &[&str]) -> bool {
    const LONGEST: usize = 12;
    const MARKS: [&str; 5] = ["は", "の場合", "時に", "時は", "の連絡"];
    after(lower, list).any(|rest| {
        let short = rest.char_indices().nth(LONGEST).map_or(rest, |(end, _)| &rest[..end]);
        let subject = short.find("です").map_or(short, |end| &short[..end]);
        let subject = subject.split(|c: char| "。．.、,，()[]「」【】:： ".contains(c)).next().unwrap_or_default();
        MARKS.iter().any(|mark| subject.contains(mark))
    })
}

/// Whether what stands after one of the words and a colon is neither a time nor a month.
fn has_answer(lower: &str, list: &[&str]) -> bool {
    after(lower, list).filter_map(|rest| rest.split_once([':', '：'])).any(|(_, answer)| {
        let answer = answer.trim();
        !answer.is_empty()
            && !answer.starts_with(|c: char| c.is_ascii_digit())
            && month::within(answer).is_none()
            && month::alone(answer).is_none()
    })
}

/// What follows each of the words.
fn after<'a>(text: &'a str, list: &'a [&str]) -> impl Iterator<Item = &'a str> {
    list.iter().flat_map(move |word| text.match_indices(word).map(|(at, word)| &text[at + word.len()..]))
}
