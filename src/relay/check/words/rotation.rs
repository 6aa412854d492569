//! How to correct what is found in the rotation and the tabs that go with it. What is wrong is said as in the chats.

use crate::domain::member::{Members, Platform};
use crate::domain::message::{Language, describe};
use crate::domain::rotation::{CellRef, Finding, Problem, Shape};

/// What is wrong, how to correct it, and below where that opens.
pub fn finding(finding: &Finding, members: Option<&Members>, language: Language) -> String {
    let text = fix(finding, members, language);
    match finding.at.as_ref().and_then(CellRef::link) {
        Some(link) => format!("{text}\n            {}", link.as_str()),
        None => text,
    }
}

/// What is wrong and how to correct it.
pub fn fix(finding: &Finding, members: Option<&Members>, language: Language) -> String {
    let what = describe(finding, language).plain();
    match language {
        Language::Japanese => format!("{what}。{}", in_japanese(&finding.problem, members)),
        Language::English => format!("{what}; {}", in_english(&finding.problem, members)),
    }
}

fn in_japanese(problem: &Problem, members: Option<&Members>) -> &'static str {
    match problem {
        Problem::NoRow(_) => "この日の行を足してください",
        Problem::NoRows { .. } => "足りない日の行を足してください",
        Problem::EmptyCell => "名前を書いてください",
        Problem::UnknownName(_) if members.is_none() => {
            "members がないため、名前では分かりません。MEMBERS_RANGE か MEMBERS_FILE を設定してください"
        }
        Problem::UnknownName(_) | Problem::NearName(..) => "名前を直すか、members に行を足してください",
        Problem::TwoPeople(_) => "姓と名を書いてください",
        Problem::Undecided(_) => "決まったら名前を書いてください",
        Problem::Unclear(_) => "当番の人の名前だけを書いてください",
        Problem::NothingToRepeat(_) | Problem::UnknownDeputy(_) => "名前を書いてください",
        Problem::NoHandle(_, Platform::Slack) => {
            "members の slack 列に U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)"
        }
        Problem::NoHandle(_, Platform::Typetalk) => "members の typetalk 列に、@ の後の名前を書いてください",
        Problem::NoHandle(_, Platform::Screen) => "members の name 列を直してください",
        Problem::NotAHandle(_, Platform::Slack) => {
            "U… を書いてください (Slack のプロフィール → ⋮ → メンバー ID をコピー)"
        }
        Problem::NotAHandle(..) => "@ の後の名前 (英数字) を書いてください",
        Problem::FormulaError(_) => "数式を直してください",
        Problem::NotADate(_) | Problem::NoMonth(_) | Problem::DateOrder(_) => "2026/11/24 の形で書いてください",
        Problem::NotASpan(_) => "2026/11/23〜2026/11/29 の形で書いてください",
        Problem::WrongWeekday(..) => "日付か曜日を直してください",
        Problem::OtherYear(..) => "曜日を直すか、日付に年を書いてください",
        Problem::LineBreak(_) => "引用符を閉じるか、1 行にしてください",
        Problem::UnreadColumn(_) => "当番の列なら、見出しを「担当2」のようにしてください",
        Problem::NightColumn(_) => "業務時間の当番なら、見出しを「担当2」のようにしてください",
        Problem::NightHours(_) | Problem::HalfDay(_) | Problem::Handover(_) => {
            "業務時間の当番を1日1行で書いたシートを作り、ROTATION_RANGE に指定してください。それまで代わりの宛先に知らせます"
        }
        Problem::UnusedHeading(_) => "見出しを直すか、このままで構いません",
        Problem::PersonWithoutDate(_) => "日付を書いてください",
        Problem::AboveHeader(_) => "見出しの行を表の一番上に移してください",
        Problem::Beside(_) => "当番が変わるなら当番のセルを書き換え、変わらないなら備考の列に移してください",
        Problem::NoTab(..) => "シートを作るか、名前と *_RANGE の設定を合わせてください",
        Problem::LeaveList(_) => "別のシートに移すと、この表示は消えます",
        Problem::NotInForce(_) => "当番表なら題を書き換え、そうでなければ別のシートに移してください",
        Problem::DateTwice(_) | Problem::OtherPeople(_) | Problem::NameTwice(_) => "どちらかの行を消してください",
        Problem::SecondTable { .. } => "チームごとにシートを分けてください。それまで代わりの宛先に知らせます",
        Problem::ReadAsWeeks => "その日だけの当番なら、残りの日の行を足してください",
        Problem::UnclearLength => "終了日の列を足してください",
        Problem::NoOnCallColumn => "当番の列の見出しを 担当1、担当2 にしてください",
        Problem::Refused(Shape::NoHeader) => "1 行目に 日付、担当1、担当2 の見出しを書いてください",
        Problem::Refused(Shape::ShiftTable) => {
            "1日1行 (日付・担当) のシートを作り、ROTATION_RANGE に指定してください。担当は \
             =TEXTJOIN(\"、\",1,FILTER($A$3:$A$20,B$3:B$20=\"○\")) のような式で取り出せます。それまで代わりの宛先に知らせます"
        }
        Problem::Refused(_) => {
            "1日1行 (日付・担当) のシートを作り、ROTATION_RANGE に指定してください。それまで代わりの宛先に知らせます"
        }
        Problem::EmptyTab => "1 行目に 日付,担当1,担当2 を書いてください",
        Problem::NotALink(_) => "https:// で始まるアドレスを書いてください",
        Problem::IdTwice(_) => "同じ人でなければ、それぞれの ID を書いてください",
        Problem::SamePersonTwice(_) => "どちらかを別の人にしてください",
        Problem::FilledHoliday(_) => "名前は消して構いません",
        Problem::EndsSoon(_) => "続きの行を足してください",
        Problem::Several { first, .. } => in_japanese(first, members),
    }
}

fn in_english(problem: &Problem, members: Option<&Members>) -> &'static str {
    match problem {
        Problem::NoRow(_) => "add a row for that day",
        Problem::NoRows { .. } => "add rows for the days that have none",
        Problem::EmptyCell => "write a name there",
        Problem::UnknownName(_) if members.is_none() => {
            "without a members tab no name is known: set MEMBERS_RANGE or MEMBERS_FILE"
        }
        Problem::UnknownName(_) | Problem::NearName(..) => "correct the name, or add a row to the members tab",
        Problem::TwoPeople(_) => "write the whole name",
        Problem::Undecided(_) => "write the name once it is decided",
        Problem::Unclear(_) => "write only the name of who is on call",
        Problem::NothingToRepeat(_) | Problem::UnknownDeputy(_) => "write the name",
        Problem::NoHandle(_, Platform::Slack) => {
            "write U… into the slack column of the members tab (Slack: profile → ⋮ → Copy member ID)"
        }
        Problem::NoHandle(_, Platform::Typetalk) => {
            "write the name that follows @ into the typetalk column of the members tab"
        }
        Problem::NoHandle(_, Platform::Screen) => "correct the name column of the members tab",
        Problem::NotAHandle(_, Platform::Slack) => "write U… (Slack: profile → ⋮ → Copy member ID)",
        Problem::NotAHandle(..) => "write the name that follows @, letters and digits",
        Problem::FormulaError(_) => "correct the formula",
        Problem::NotADate(_) | Problem::NoMonth(_) | Problem::DateOrder(_) => "write it as 2026/11/24",
        Problem::NotASpan(_) => "write it as 2026/11/23 - 2026/11/29",
        Problem::WrongWeekday(..) => "correct the date or the weekday",
        Problem::OtherYear(..) => "correct the weekday, or write the year into the dates",
        Problem::LineBreak(_) => "close the quotation mark, or write it in one line",
        Problem::UnreadColumn(_) => "if it says who is on call, head it on-call 2",
        Problem::NightColumn(_) => "if it is for office hours, head it on-call 2",
        Problem::NightHours(_) | Problem::HalfDay(_) | Problem::Handover(_) => {
            "make a tab with a row a day for office hours, set ROTATION_RANGE. Until then the fallback is told"
        }
        Problem::UnusedHeading(_) => "correct the header, or leave it",
        Problem::PersonWithoutDate(_) => "write the date beside it",
        Problem::AboveHeader(_) => "move the header to the top of the table",
        Problem::Beside(_) => {
            "if it changes who is on call, write that into the on-call cell; if not, move it to a column of notes"
        }
        Problem::NoTab(..) => "make the tab, or look at its name and the *_RANGE settings",
        Problem::LeaveList(_) => "move it to another tab, and this is no longer said",
        Problem::NotInForce(_) => "if it is the rota, give it another title; if not, move it to another tab",
        Problem::DateTwice(_) | Problem::OtherPeople(_) | Problem::NameTwice(_) => "remove one of the rows",
        Problem::SecondTable { .. } => "give each team a tab. Until then the fallback is told",
        Problem::ReadAsWeeks => "if they are for those days only, add rows for the others",
        Problem::UnclearLength => "add a column for the last day",
        Problem::NoOnCallColumn => "head the columns of who is on call on-call 1 and on-call 2",
        Problem::Refused(Shape::NoHeader) => "write date, on-call 1, on-call 2 into the row above",
        Problem::Refused(Shape::ShiftTable) => {
            "make a tab with a row a day (date, on-call), set ROTATION_RANGE; a formula like \
             =TEXTJOIN(\", \",1,FILTER($A$3:$A$20,B$3:B$20=\"○\")) picks the names. Until then the fallback is told"
        }
        Problem::Refused(_) => {
            "make a tab with a row a day (date, on-call), set ROTATION_RANGE. Until then the fallback is told"
        }
        Problem::EmptyTab => "write date,on-call 1,on-call 2 into its first row",
        Problem::NotALink(_) => "write an address that starts with https://",
        Problem::IdTwice(_) => "unless both are one person, write the id of each",
        Problem::SamePersonTwice(_) => "write somebody else into one of the cells",
        Problem::FilledHoliday(_) => "the names can be removed",
        Problem::EndsSoon(_) => "add the rows that follow",
        Problem::Several { first, .. } => in_english(first, members),
    }
}
