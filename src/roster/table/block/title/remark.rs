//! Sentences above a rota that speak of the night, of leave or of other sheets, and not of the table below them.

use super::super::super::month;
use super::super::super::words;

/// 夜間は委託先, `Nights and weekends: vendor`: who is called outside of the rota.
pub fn of_the_night(lower: &str) -> bool {
    !is_of_this_table(lower)
        && (has_subject(lower, words::NIGHT_TITLE)
            || has_answer(lower, words::NIGHT_TITLE)
            || lower.contains("内線")
            || lower.contains("see "))
}

/// 不在時は山本へ連絡, `If you are on leave, swap with someone`: what to do when somebody is away.
pub fn of_leave(lower: &str) -> bool {
    let is_request = ["must ", "please ", "see "].iter().any(|word| lower.contains(word)) || lower.starts_with("if ");
    !is_of_this_table(lower) && (has_subject(lower, words::LEAVE_TITLE) || is_request)
}

/// 旧シートはこちら, `For old schedules see the archive tab`: where something else is.
pub fn of_another_sheet(lower: &str) -> bool {
    const OTHERS: &[&str] = &["旧", "古い", "廃止", "サンプル", "テンプレート", "参考"];
    const EXAMPLES: &[&str] = &["記入例", "example", "template", "テンプレート"];
    const STARTS: [&str; 3] = ["for old ", "template is ", "old schedules are "];
    let is_copied = lower.contains("テンプレートを") && lower.contains("ください");
    let is_pointer = (lower.contains("参考：") || lower.contains("参考:")) && lower.contains("こちら");
    !is_of_this_table(lower)
        && (has_subject(lower, OTHERS)
            || has_answer(lower, EXAMPLES)
            || is_copied
            || is_pointer
            || STARTS.iter().any(|start| lower.starts_with(start)))
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

/// Whether one of the words, or a short phrase that begins with it, is what a sentence says something of.
fn has_subject(lower: &str, list: &[&str]) -> bool {
    const LONGEST: usize = 12;
    const MARKS: [&str; 5] = ["は", "の場合", "時に", "時は", "の連絡"];
    after(lower, list).any(|rest| {
        let short = rest.char_indices().nth(LONGEST).map_or(rest, |(end, _)| &rest[..end]);
        let subject = short.find("です").map_or(short, |end| &short[..end]);
        let subject = subject.split(|c: char| "。．.、,，()[]「」【】: ".contains(c)).next().unwrap_or_default();
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
