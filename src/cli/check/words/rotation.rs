//! How to mend what is found in the rotation and the tabs that go with it. What is wrong is said as in the chats.

use crate::domain::member::{Members, Platform};
use crate::domain::message::{Language, describe};
use crate::domain::rotation::{Finding, Problem};

/// What is wrong, and how to mend it.
pub fn finding(finding: &Finding, members: Option<&Members>, language: Language) -> String {
    let what = describe(finding, language).plain();
    match language {
        Language::Japanese => format!("{what}。{}", in_japanese(&finding.problem, members)),
        Language::English => format!("{what}; {}", in_english(&finding.problem, members)),
    }
}

fn in_japanese(problem: &Problem, members: Option<&Members>) -> &'static str {
    match problem {
        Problem::NoRow(_) => "この日の行を足してください",
        Problem::EmptyCell => "名前を書いてください",
        Problem::UnknownName(_) if members.is_none() => {
            "members がないため、名前では分かりません。MEMBERS_RANGE か MEMBERS_FILE を設定してください"
        }
        Problem::UnknownName(_) => "名前を直すか、members に行を足してください",
        Problem::NoHandle(_, Platform::Slack) => {
            "members の slack 列に U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)"
        }
        Problem::NoHandle(_, Platform::Typetalk) => "members の typetalk 列に、@ の後の名前を書いてください",
        Problem::NoHandle(_, Platform::Screen) => "members の name 列を直してください",
        Problem::NotAHandle(_, Platform::Slack) => {
            "U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)"
        }
        Problem::NotAHandle(..) => "@ の後の名前 (英数字) を書いてください",
        Problem::NotADate(_) => "2026/11/24 の形で書いてください",
        Problem::WrongWeekday(..) => "日付か曜日を直してください",
        Problem::LineBreak(_) => "引用符を閉じるか、1 行にしてください",
        Problem::UnreadColumn(_) => "読まれるのは、見出しが「担当」か「on-call」で始まる列です。見出しを直してください",
        Problem::DateTwice(_) | Problem::NameTwice(_) => "どちらかの行を消してください",
        Problem::NoOnCallColumn => "当番の列の見出しを 担当1、担当2 にしてください",
        Problem::EmptyTab => "1 行目に 日付,担当1,担当2 を書いてください",
        Problem::NotALink(_) => "https:// で始まるアドレスを書いてください",
        Problem::SamePersonTwice(_) => "どちらかを別の人にしてください",
        Problem::FilledHoliday(_) => "名前は消して構いません",
        Problem::EndsSoon(_) => "続きの行を足してください",
    }
}

fn in_english(problem: &Problem, members: Option<&Members>) -> &'static str {
    match problem {
        Problem::NoRow(_) => "add a row for that day",
        Problem::EmptyCell => "write a name there",
        Problem::UnknownName(_) if members.is_none() => {
            "without a members tab no name is known: set MEMBERS_RANGE or MEMBERS_FILE"
        }
        Problem::UnknownName(_) => "correct the name, or add a row to the members tab",
        Problem::NoHandle(_, Platform::Slack) => {
            "write U… into the slack column of the members tab (Slack: profile → ⋮ → Copy member ID)"
        }
        Problem::NoHandle(_, Platform::Typetalk) => {
            "write the name that follows @ into the typetalk column of the members tab"
        }
        Problem::NoHandle(_, Platform::Screen) => "correct the name column of the members tab",
        Problem::NotAHandle(_, Platform::Slack) => "write U… (Slack: profile → ⋮ → Copy member ID)",
        Problem::NotAHandle(..) => "write the name that follows @, letters and digits",
        Problem::NotADate(_) => "write it as 2026/11/24",
        Problem::WrongWeekday(..) => "correct the date or the weekday",
        Problem::LineBreak(_) => "close the quotation mark, or write it in one line",
        Problem::UnreadColumn(_) => "columns are read whose header starts with 担当 or on-call: correct the header",
        Problem::DateTwice(_) | Problem::NameTwice(_) => "remove one of the rows",
        Problem::NoOnCallColumn => "head the columns of who is on call on-call 1 and on-call 2",
        Problem::EmptyTab => "write date,on-call 1,on-call 2 into its first row",
        Problem::NotALink(_) => "write an address that starts with https://",
        Problem::SamePersonTwice(_) => "write somebody else into one of the cells",
        Problem::FilledHoliday(_) => "the names can be removed",
        Problem::EndsSoon(_) => "add the rows that follow",
    }
}
