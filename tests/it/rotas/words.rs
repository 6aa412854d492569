//! The words by which headings and cells are known, as both pages of `docs/workbook` print them.
//!
//! `BLESS=1 cargo test` writes them.

use crate::conversations::docs;
use crate::golden;
use std::fs;
use toban::domain::message::Language;
use toban::roster::table::words::lists;

const BEGIN: &str = "<!-- words: begin -->\n";
const END: &str = "<!-- words: end -->\n";

/// What a list is for, or how its words are compared, in Japanese.
fn in_japanese(english: &str) -> &'static str {
    match english {
        "weekday" => "曜日",
        "month" => "月",
        "year" => "年",
        "note, never read" => "備考 (読まない)",
        "deputy, who stands in" => "代理",
        "last day" => "終了日",
        "date, or a week's first day" => "日付、または週の初日",
        "somebody else's, not read" => "当番ではない人 (読まない)",
        "night, not read" => "夜 (読まない)",
        "half a day, refused" => "1 日の一部 (表全体を読まない)",
        "on call" => "当番",
        "on call where no other column is" => "ほかに当番の列がなければ当番",
        "deliberately nobody" => "当番を置かない日",
        "not decided" => "未定",
        "as the row above" => "上の行と同じ",
        "a change beside those on call" => "当番の横に書かれた変更",
        "about the work of the day" => "その日の作業についての列",
        "a change of the work of the day" => "その日の作業の変更",
        "a list of what was done when" => "変更履歴",
        "a list of who is away" => "休む人の一覧",
        "a table that is not in force" => "いまの当番表ではない表",
        "a table for the night" => "夜の当番表",
        "the heading is one of these" => "見出しがこのどれかに等しい",
        "the heading has one of these in it" => "見出しがこのどれかを含む",
        "the heading is nothing but these" => "見出しがこれだけでできている",
        "the heading is nothing but these and the words of a date" => "見出しがこれと日付の語だけでできている",
        "the heading is nothing but these and digits" => "見出しがこれと数字だけでできている",
        "the cell is one of these" => "セルがこのどれかに等しい",
        "the cell ends with one of these, and no member's name is in it" => {
            "セルがこのどれかで終わり、メンバーの名前を含まない"
        }
        "a cell of the row, not in a column of notes, has one of these in it" => {
            "同じ行の、備考ではないセルがこのどれかを含む"
        }
        "such a cell is one of these" => "同じ行の、備考ではないセルがこのどれかに等しい",
        "a cell below such a heading has one of these in it, and more, and no member's name" => {
            "そのような列のセルがこのどれかとほかの語を含み、メンバーの名前を含まない"
        }
        "the title above has one of these in it, and nothing of a rota" => {
            "上の題がこのどれかを含み、当番表の題の語を含まない"
        }
        "the title above has one of these in it" => "上の題がこのどれかを含む",
        "the title above has one of these in it, and none of the day" => "上の題がこのどれかを含み、昼の語を含まない",
        "the heading begins with one of these, and nothing but 者, 後, by and the like follows" => {
            "見出しがこのどれかで始まり、続くのは「者」「後」や by などだけ"
        }
        other => panic!("'{other}' has no Japanese words"),
    }
}

fn table(language: Language) -> String {
    let mut table = match language {
        Language::Japanese => "| 種類 | 条件 | 語 |\n",
        Language::English => "| what it is | when | words |\n",
    }
    .to_owned();
    table.push_str("|---|---|---|\n");
    for list in lists() {
        let words: Vec<_> = list.words.iter().map(|word| format!("`{word}`")).collect();
        let [what, how] = match language {
            Language::Japanese => [list.what, list.how].map(in_japanese),
            Language::English => [list.what, list.how],
        };
        table.push_str(&format!("| {what} | {how} | {} |\n", words.join(" ")));
    }
    table
}

#[test]
fn the_document_prints_the_words_by_which_cells_are_known() {
    for (language, page) in [(Language::English, "README.md"), (Language::Japanese, "README.ja.md")] {
        let path = docs("workbook").join(page);
        let document = fs::read_to_string(&path).expect("the document");
        let (before, rest) = document.split_once(BEGIN).expect("the place for the words");
        let (_, after) = rest.split_once(END).expect("their end");
        let printed = format!("{before}{BEGIN}{}{END}{after}", table(language));
        golden::check(&path, &printed);
    }
}
