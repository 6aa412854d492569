//! Files and functions that a document names exist.

use super::pages::pages;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 8] = ["src/", "tests/", "deploy/", "docs/", "events/", "scripts/", ".ci/", ".github/"];

fn code(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .map(
            |path: PathBuf| {
                if path.is_dir() { code(&path) } else { fs::read_to_string(&path).expect("a readable file") }
            },
        )
        .collect()
}

#[test]
fn files_and_functions_that_are_named_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = code(&root.join("src"));
    let mut wrong = Vec::new();
    let mut files = 0;
    let mut functions = 0;
    for page in pages().into_iter().filter(|page| page.path != "CHANGELOG.md") {
        for named in page.code() {
            if FOLDERS.iter().any(|folder| named.starts_with(folder)) && !named.contains(' ') {
                files += 1;
                if !root.join(&named).exists() {
                    wrong.push(format!("{}: there is no {named}", page.path));
                }
            }
            if let Some(function) = named.strip_suffix("()") {
                functions += 1;
                let name = function.rsplit("::").next().unwrap_or_default();
                if ![format!("fn {name}("), format!("fn {name}<")].iter().any(|head| code.contains(head)) {
                    wrong.push(format!("{}: there is no function {named}", page.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files > 50 && functions > 15, "{files} files, {functions} functions");
}

#[test]
fn the_map_is_that_of_the_code() {
    let of_the_code = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("a file");
    let (_, rest) = of_the_code.split_once("//! ```text\n").expect("a map");
    let map: String = rest
        .lines()
        .map(|line| line.trim_start_matches("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .take_while(|line| !line.starts_with("```"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let blocks = super::pages::page("docs/architecture.md").blocks();
    assert_eq!(blocks.first().map(|block| block.text.as_str()), Some(map.as_str()));
}
