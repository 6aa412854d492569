//! Japanese.

use super::super::Line;
use super::super::ja::{day, weekday};
use super::{chat, extent, place};
use crate::domain::rotation::{Finding, Problem, Shape};
use crate::domain::text::Foreign;
use chrono::Datelike as _;

pub fn finding(finding: &Finding) -> Line {
    let line = place(finding);
    match &finding.problem {
        Problem::Several { first, cells } => {
            problem(line, first).and(format!(" (ほか{}か所: {})", cells.len().saturating_sub(1), extent(cells)))
        }
        one => problem(line, one),
    }
}

fn problem(line: Line, problem: &Problem) -> Line {
    let of = |line: Line, text: &Foreign, rest: &'static str| line.and("の「").cell(text).and(rest);
    match problem {
        Problem::NoRow(date) => line.and(format!("{} の行がありません", day(*date))),
        Problem::NoRows { first, last, days } => {
            line.and(format!("{} から {} までに、行のない営業日が{days}日あります", day(*first), day(*last)))
        }
        Problem::EmptyCell => line.and("が空です"),
        Problem::UnknownName(name) => of(line, name, "」は誰のことか分かりません"),
        Problem::NearName(name, near) => {
            of(line, name, "」は誰のことか分かりません (「").cell(near).and("」のことですか?)")
        }
        Problem::TwoPeople(name) => of(line, name, "」は members に2人以上います"),
        Problem::Undecided(text) => of(line, text, "」はまだ決まっていません"),
        Problem::Unclear(text) => of(line, text, "」は、誰が当番か決められません"),
        Problem::NothingToRepeat(text) => {
            of(line, text, "」は、すぐ上の行が前の日ではないため、誰のことか分かりません")
        }
        Problem::NoHandle(name, platform) => {
            of(line, name, "」は members に ").and(chat(*platform, "画面")).and(" の ID がありません")
        }
        Problem::NotAHandle(text, platform) => {
            of(line, text, "」は ").and(chat(*platform, "画面")).and(" の ID ではありません")
        }
        Problem::FormulaError(text) => of(line, text, "」は数式のエラーです"),
        Problem::NotADate(text) => of(line, text, "」は日付ではありません"),
        Problem::NotASpan(text) => of(line, text, "」は、いつまでか分かりません"),
        Problem::NoMonth(text) => of(line, text, "」は、何月か分かりません"),
        Problem::DateOrder(text) => of(line, text, "」は、どちらが月か分かりません"),
        Problem::WrongWeekday(text, date) => of(line, text, "」は").and(format!("{}曜日です", weekday(*date))),
        Problem::OtherYear(text, date) => of(line, text, "」は")
            .and(format!("、今年なら{}曜日です。前の年の表の可能性があるので読みません", weekday(*date))),
        Problem::LineBreak(text) => {
            of(line, text, "」は複数行にわたっています (引用符 \" が閉じていない可能性があります)")
        }
        Problem::UnreadColumn(Some(title)) => {
            line.and("の見出し「").cell(title).and("」の列には members の名前がありますが、当番として読み取られません")
        }
        Problem::UnreadColumn(None) => {
            line.and("の見出しのない列には members の名前がありますが、当番として読み取られません")
        }
        Problem::NightColumn(Some(title)) => {
            line.and("の見出し「").cell(title).and("」の列は夜間や休日のものなので読み取られません")
        }
        Problem::NightColumn(None) => line.and("の列は夜間や休日のものなので読み取られません"),
        Problem::NightHours(text) => {
            of(line, text, "」の表は昼と夜で当番が違いますが、業務時間が夜にかかるため、誰が当番か決められません")
        }
        Problem::HalfDay(text) => of(line, text, "」は1日の一部なので、誰が当番か決められません"),
        Problem::Handover(text) => of(line, text, "」は業務時間の途中で交代するため、誰が当番か決められません"),
        Problem::UnusedHeading(title) => line.and("の見出し「").cell(title).and("」の列は読み取られません"),
        Problem::PersonWithoutDate(name) => of(line, name, "」は日付のない行に書かれています"),
        Problem::AboveHeader(name) => of(line, name, "」は見出しの行より上にあるため読み取られません"),
        Problem::Beside(text) => of(line, text, "」が横に書かれているため、誰が当番か決められません"),
        Problem::LeaveList(title) => of(line, title, "」の表は休みの予定なので、当番としては読みません"),
        Problem::NotInForce(title) => of(line, title, "」より下は、今の当番表かどうか決められないので読みません"),
        Problem::UnknownDeputy(text) => of(line, text, "」は、誰が誰の代わりか分かりません"),
        Problem::DateTwice(date) => line.and(format!("の {} は前の行にもあります (同じ人です)", day(*date))),
        Problem::OtherPeople(date) => line.and(format!(
            "の {} はほかの行にもあり、当番が違います。どちらか決められないので、どちらも読みません",
            day(*date)
        )),
        Problem::SecondTable { title, days, first } => {
            let line = line.and("2つ目の表");
            let line = title.iter().fold(line, |line, title| line.and("「").cell(title).and("」"));
            line.and(format!(
                "で、同じ日に違う人が当番です ({}/{} から{days}日)。どちらか決められないので、両方読みません",
                first.month(),
                first.day()
            ))
        }
        Problem::ReadAsWeeks => line.and("日付が7日おきなので、1行を1週間分として読みます"),
        Problem::UnclearLength => line.and("1行が何日分か分からないため、最初の日だけを読みます"),
        Problem::IdTwice(id) => of(line, id, "」は前の行の人の ID でもあります"),
        Problem::NameTwice(name) => of(line, name, "」は前の行にもあります (前の行が有効です)"),
        Problem::NoOnCallColumn => line.and("誰が当番かを示す見出しの列がありません"),
        Problem::Refused(shape) => line.and(refused(*shape)),
        Problem::NoTab(range, _) => line.and("範囲「").cell(range).and("」のシートがありません"),
        Problem::EmptyTab => line.and("シートが空です"),
        Problem::SamePersonTwice(name) => of(line, name, "」は同じ日に2回書かれています"),
        Problem::FilledHoliday(name) => {
            line.and(format!("は休業日 ({name}) ですが、当番が書かれています (メンションはされません)"))
        }
        Problem::EndsSoon(date) => line.and(format!("当番表は {} までしかありません", day(*date))),
        Problem::NotALink(text) => of(line, text, "」は http(s) の URL ではありません"),
        Problem::Several { first, .. } => self::problem(line, first),
    }
}

fn refused(shape: Shape) -> &'static str {
    match shape {
        Shape::Calendar => "カレンダー形式の表なので読みません。名前が当番か、休みや予定かを見分けられません",
        Shape::ShiftTable => "シフト表 (人が行、日が列) なので読みません。印が当番か、出勤や休みかを見分けられません",
        Shape::Weekdays => "曜日だけで日付のない表なので読みません。どの週のことか分かりません",
        Shape::WeekNumbers => "週の番号だけで日付のない表なので読みません。どの週のことか分かりません",
        Shape::NoDates => "日付がないので、当番表として読めません",
        Shape::NoHeader => "見出しがないので、どの列が当番か分かりません",
    }
}
