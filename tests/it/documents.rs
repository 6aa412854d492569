//! The documents, checked against the code: their commands are run, their links and names exist.
//!
//! The comment above a shell block says who runs it: `test: NAME` is run here, `run by: SCRIPT` is a line of that script,
//! `not run: AWS, Slack` calls a service that no test has.

mod ci;
mod cost;
mod first_path;
mod fresh_machine;
mod links;
mod manual;
mod named;
mod not_run;
mod operations;
mod pages;
mod queries;
mod run;
mod slo;
mod tables;

pub use pages::page;
pub use tables::settings;

use pages::pages;
use std::collections::{BTreeMap, BTreeSet};

/// Programs that a block without a language could hide.
const PROGRAMS: [&str; 11] =
    ["aws", "cargo", "curl", "export", "git", "openssl", "pip", "python3", "sam", "scripts/test", "toban"];

#[test]
fn every_shell_block_says_who_runs_it() {
    let mut wrong = Vec::new();
    let mut marks = 0;
    for page in pages() {
        for block in page.blocks() {
            let mark = block.mark.as_deref().unwrap_or_default();
            let is_known = ["test: ", "run by: ", "not run: "].iter().any(|known| mark.starts_with(known));
            marks += usize::from(is_known && block.language == "sh");
            let is_command = block.text.lines().any(|line| {
                let word = line.trim_start_matches("$ ").split(' ').next().unwrap_or_default();
                PROGRAMS.contains(&word)
            });
            match block.language.as_str() {
                "sh" if is_known => {}
                "sh" => wrong.push(format!("{}: nothing above says who runs it", block.place)),
                "bash" | "shell" | "console" | "zsh" => wrong.push(format!("{}: call it sh", block.place)),
                _ if is_command => wrong.push(format!("{}: commands belong into a block of sh", block.place)),
                _ => {}
            }
        }
        let said = page.prose().into_iter().filter(|(_, line)| {
            let line = line.trim();
            ["<!-- test: ", "<!-- run by: ", "<!-- not run: "].iter().any(|mark| line.starts_with(mark))
                && line != tables::WHAT_HAPPENS
        });
        let used = page.blocks().iter().filter(|block| block.language == "sh").count();
        let said = said.count();
        if said != used {
            wrong.push(format!("{}: {said} marks for {used} shell blocks", page.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(marks > 30, "{marks} shell blocks");
}

/// Each block that tests run, by its name: the same in every document that has it.
fn named_blocks() -> BTreeMap<String, String> {
    let mut blocks = BTreeMap::new();
    for block in pages().iter().flat_map(pages::Page::blocks) {
        let Some(name) = block.mark.as_deref().and_then(|mark| mark.strip_prefix("test: ")) else { continue };
        let known = blocks.entry(name.to_owned()).or_insert_with(|| block.text.clone());
        assert_eq!(*known, block.text, "{}: '{name}' differs from the block in another document", block.place);
    }
    blocks
}

#[test]
fn the_tests_run_the_blocks_that_the_documents_name() {
    let named: BTreeSet<_> = named_blocks().into_keys().collect();
    let printed = run::PRINTED.iter().chain(run::IN_PYTHON).map(|printed| printed.name);
    let run: BTreeSet<_> = run::SERVED.into_iter().chain(printed).collect();
    assert_eq!(named.iter().map(String::as_str).collect::<BTreeSet<_>>(), run, "left is named, right is run");
}
