//! Texts that are compared whole with a file of their own. `BLESS=1 cargo test` writes the files; read them in the diff before you
//! commit them. CONTRIBUTING.md says how to add one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// More lines would hide the next file that differs.
const SHOWN: usize = 10;

/// For a test of one text.
#[track_caller]
pub fn check(path: &Path, text: &str) {
    if let Some(difference) = difference(path, text) {
        panic!("{difference}");
    }
}

/// Where a file differs from this text, and how; `None` if it does not. For a test of many texts, which collects what differs and then
/// fails once.
pub fn difference(path: &Path, text: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).expect("a writable file");
    }
    match fs::read_to_string(path) {
        Ok(expected) if expected == text => None,
        Ok(expected) => Some(differing(&path.display().to_string(), &expected, text)),
        Err(error) => Some(format!("{}: {error}; BLESS=1 writes it", path.display())),
    }
}

/// The first line that differs, then the lines that only one of the two has.
fn differing(path: &str, expected: &str, found: &str) -> String {
    let first = expected.lines().zip(found.lines()).position(|(one, other)| one != other);
    let first = first.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    let mut told = format!("{path}:{}: BLESS=1 writes what was found", first + 1);
    let mut is_told = false;
    for (mark, lines, others) in [('-', expected, found), ('+', found, expected)] {
        let others: BTreeSet<_> = others.lines().collect();
        let only: Vec<_> = lines.lines().filter(|line| !others.contains(line)).collect();
        for line in only.iter().take(SHOWN) {
            write!(told, "\n{mark} {line}").expect("a String takes everything");
        }
        if only.len() > SHOWN {
            write!(told, "\n{mark} … and {} more", only.len() - SHOWN).expect("a String takes everything");
        }
        is_told |= !only.is_empty();
    }
    if !is_told {
        told.push_str("\nthe same lines in another order or number, or another end of the file");
    }
    told
}

#[test]
fn what_differs_is_shown_by_line() {
    let many = |prefix: &str| (1..=12).map(|number| format!("{prefix}{number}\n")).collect::<String>();
    let shown =
        |mark: &str, prefix: &str| (1..=10).map(|number| format!("\n{mark} {prefix}{number}")).collect::<String>();
    let head = |line: u32| format!("a.txt:{line}: BLESS=1 writes what was found");
    for (expected, found, told) in [
        ("a\nb\nc\n", "a\nB\nc\n", format!("{}\n- b\n+ B", head(2))),
        ("a\nc\n", "a\nb\nc\n", format!("{}\n+ b", head(2))),
        ("a\nb\n", "a\n", format!("{}\n- b", head(2))),
        ("", "a\n", format!("{}\n+ a", head(1))),
        (
            "a\nb\n",
            "b\na\n",
            format!("{}\nthe same lines in another order or number, or another end of the file", head(1)),
        ),
        ("a\n", "a", format!("{}\nthe same lines in another order or number, or another end of the file", head(2))),
        (
            &many("x"),
            &many("y"),
            format!("{}{}\n- … and 2 more{}\n+ … and 2 more", head(1), shown("-", "x"), shown("+", "y")),
        ),
    ] {
        assert_eq!(differing("a.txt", expected, found), told);
    }
}
