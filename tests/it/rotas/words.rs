//! The words by which headings and cells are known, as `docs/workbook/README.md` prints them.
//!
//! `BLESS=1 cargo test` writes them anew.

use std::fs;
use std::path::Path;
use toban::roster::table::words::lists;

const BEGIN: &str = "<!-- words: begin -->\n";
const END: &str = "<!-- words: end -->\n";

#[test]
fn the_document_prints_the_words_by_which_cells_are_known() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workbook/README.md");
    let document = fs::read_to_string(&path).expect("the document");
    let (before, rest) = document.split_once(BEGIN).expect("the place for the words");
    let (printed, after) = rest.split_once(END).expect("their end");
    let mut table = "| what it is | when | words |\n|---|---|---|\n".to_owned();
    for list in lists() {
        let words: Vec<_> = list.words.iter().map(|word| format!("`{word}`")).collect();
        table.push_str(&format!("| {} | {} | {} |\n", list.what, list.how, words.join(" ")));
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).expect("a writable file");
        return;
    }
    assert_eq!(printed, table, "BLESS=1 writes it anew");
}
