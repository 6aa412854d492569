//! Tables are complete, and the two languages have the same ones.

use super::pages::{Page, page, pages};
use crate::template::{alarms, is_variable, settings_in_code, template};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use toban::setup::config::secrets;
use toban::source::{Access, Sender};

/// The mark above a table in which each line names a test.
pub const WHAT_HAPPENS: &str = "<!-- test: what happens when -->";

pub const READMES: [&str; 2] = ["README.md", "README.ja.md"];
const FAULTS: [&str; 2] = ["docs/faults.md", "docs/faults.ja.md"];
const SETTINGS: [&str; 2] = ["docs/settings.md", "docs/settings.ja.md"];
const ANSWERING: [&str; 2] = ["docs/answering.md", "docs/answering.ja.md"];
pub const OPERATIONS: [&str; 2] = ["docs/operations.md", "docs/operations.ja.md"];
const PAGERDUTY: [&str; 2] = ["docs/pagerduty.md", "docs/pagerduty.ja.md"];
const SOURCES: [&str; 2] = ["docs/sources.md", "docs/sources.ja.md"];
const RIGHTS: [&str; 2] = ["docs/rights.md", "docs/rights.ja.md"];
const WORKBOOKS: [&str; 2] = ["docs/workbook/README.md", "docs/workbook/README.ja.md"];

/// The text of every test.
fn tests(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| if path.is_dir() { tests(&path) } else { fs::read_to_string(&path).expect("a readable file") })
        .collect()
}

/// The tests that a page's table "What happens when…" names, from the top.
fn named_tests(path: &str) -> Vec<String> {
    let text = page(path).text;
    let (_, rest) = text.split_once(WHAT_HAPPENS).expect("a table");
    let rows = rest.lines().skip(3).take_while(|line| line.starts_with('|'));
    let name = |row: &str| row.rsplit('|').nth(1).map(|cell| cell.trim().trim_matches('`').to_owned());
    rows.filter_map(name).collect()
}

#[test]
fn each_line_of_what_happens_when_is_a_test() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let tests = ["it", "sim"].map(|folder| tests(&all.join(folder))).concat();
    for [english, japanese] in [READMES, FAULTS] {
        let names = named_tests(english);
        assert!(names.len() >= 8, "{names:?}");
        for name in &names {
            assert!(tests.contains(&format!("fn {name}(")), "there is no test {name}, which {english} names");
        }
        assert_eq!(names, named_tests(japanese), "the same lines in both languages");
    }
}

/// Nothing else is there to bring it once a chat is back.
#[test]
fn what_is_posted_in_the_end_needs_the_queue() {
    for (readme, condition) in
        READMES.into_iter().zip(["with the queue (`QUEUE_URL`)", "キュー (`QUEUE_URL`) があれば"])
    {
        let rows = page(readme).rows();
        let row = rows.iter().find(|row| row.last().is_some_and(|cell| cell == "`outages_end_with_everything_posted`"));
        let [_, then, _] = &row.expect("a line")[..] else { panic!("{readme}: three cells") };
        assert!(then.contains(condition), "{readme}: {then}");
    }
}

/// The settings of a table, each with its default.
pub fn settings(path: &str) -> BTreeMap<String, String> {
    let quoted = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut found = BTreeMap::new();
    for row in page(path).rows() {
        let (Some(variables), Some(values)) = (row.first(), row.last()) else { continue };
        let mut values = quoted(values).into_iter();
        for variable in quoted(variables).into_iter().filter(|word| is_variable(word)) {
            let known = found.insert(variable, values.next().unwrap_or_default());
            assert_eq!(known, None, "{path} has a setting twice: {row:?}");
        }
    }
    found
}

#[test]
fn the_tables_have_every_setting_and_no_other() {
    let code = settings_in_code();
    assert!(code.len() > 20, "{code:?}");
    for path in SETTINGS {
        let table: BTreeSet<_> = settings(path).into_keys().collect();
        assert_eq!(code, table, "left is what the code reads, right is what {path} has");
    }
    let [english, japanese] = SETTINGS.map(settings);
    assert_eq!(english, japanese, "the defaults are the same in both languages");
    let order = |path: &str| -> Vec<_> {
        page(path).rows().into_iter().map(|row| row[0].clone()).filter(|cell| cell.starts_with('`')).collect()
    };
    let [english, japanese] = SETTINGS.map(order);
    assert_eq!(english, japanese, "the rows are the same in both languages");
}

#[test]
fn the_settings_that_come_first_are_settings() {
    let code = settings_in_code();
    for readme in READMES {
        let text = page(readme).code();
        let named: Vec<_> = text.iter().filter(|word| is_variable(word)).collect();
        assert!(named.len() > 15, "{named:?}");
        for variable in named {
            assert!(code.contains(variable), "{readme} names {variable}, which the code does not read");
        }
    }
    for path in SETTINGS {
        for secret in secrets() {
            let times = page(path).code().iter().filter(|word| *word == secret).count();
            assert!(times >= 2, "{path}: {secret} is in the table and in the list of secrets");
        }
    }
}

/// The levels of a page's headings, and the commands and pictures below them.
fn outline(page: &Page) -> Vec<String> {
    let mut outline = Vec::new();
    for (_, line) in page.prose() {
        let level = line.len() - line.trim_start_matches('#').len();
        if level > 0 && line[level..].starts_with(' ') {
            outline.push("#".repeat(level));
        }
        if line.starts_with("<!-- ") {
            outline.push(line.to_owned());
        }
        if line.starts_with("![") {
            outline.push("picture".to_owned());
        }
    }
    outline
}

#[test]
fn the_two_languages_have_the_same_outline() {
    let manuals = ["docs/manual-template.en.md", "docs/manual-template.ja.md"];
    let costs = super::cost::PAGES;
    let deploy = ["README", "vm", "container", "tls", "backup"]
        .map(|name| [format!("deploy/{name}.md"), format!("deploy/{name}.ja.md")]);
    let pairs =
        [READMES, ANSWERING, FAULTS, SETTINGS, OPERATIONS, PAGERDUTY, SOURCES, RIGHTS, WORKBOOKS, manuals, costs]
            .map(|pair| pair.map(str::to_owned));
    for [english, japanese] in pairs.iter().chain(&deploy) {
        let english = page(english);
        let japanese = page(japanese);
        assert_eq!(outline(&english), outline(&japanese), "{} and {}", english.path, japanese.path);
        let rows = |page: &Page| page.rows().into_iter().map(|row| row.len()).collect::<Vec<_>>();
        assert_eq!(rows(&english), rows(&japanese), "the tables of {} and {}", english.path, japanese.path);
        let shell = |page: &Page| {
            let blocks = page.blocks().into_iter().filter(|block| block.language == "sh");
            blocks.map(|block| block.text).collect::<Vec<_>>()
        };
        assert_eq!(shell(&english), shell(&japanese), "the commands of {} and {}", english.path, japanese.path);
    }
}

#[test]
fn a_readme_has_fewer_than_300_lines() {
    for readme in READMES {
        let lines = page(readme).text.lines().count();
        assert!(lines < 300, "{readme} has {lines} lines; move some to docs/");
    }
}

/// The first cells of a page's tables, if they are code.
fn first_cells(path: &str) -> Vec<String> {
    let first = page(path).rows().into_iter().filter_map(|row| row.into_iter().next());
    first.filter_map(|cell| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect()
}

#[test]
fn operations_has_every_alarm_and_every_secret() {
    // The tokens of the other senders are replaced in one way, which has a row for all of them.
    let is_token_of_a_sender = |secret: &&str| {
        Sender::ALL
            .iter()
            .any(|sender| matches!(sender.source().access, Access::Token { tokens, .. } if tokens == *secret))
    };
    let expected: BTreeSet<_> = secrets().filter(|secret| !is_token_of_a_sender(secret)).collect();
    for path in OPERATIONS {
        let cells = first_cells(path);
        let told: Vec<_> = cells.iter().filter(|cell| cell.ends_with("Alarm")).cloned().collect();
        assert_eq!(told, alarms(), "left is what {path} tells of, right is what the template has, in its order");
        let told: BTreeSet<_> = cells.iter().filter(|cell| is_variable(cell)).map(String::as_str).collect();
        assert_eq!(told, expected, "left are the secrets that {path} tells how to replace");
    }
}

/// Whoever asks for narrow rights would notice at the first deployment.
#[test]
fn a_deployment_has_rights_for_every_service_of_the_template() {
    let template = template();
    let kinds = template.at("Resources").entries().iter().map(|(_, resource)| resource.at("Type").text());
    let services: BTreeSet<_> = kinds.filter_map(|kind| kind.split("::").nth(1)).collect();
    assert!(services.len() > 7, "{services:?}");
    for path in RIGHTS {
        let cells: Vec<_> = page(path).rows().into_iter().filter_map(|row| row.into_iter().next()).collect();
        let words: BTreeSet<_> = cells.iter().flat_map(|cell| cell.split(|c: char| !c.is_alphanumeric())).collect();
        // Of SAM there are functions and an API, which have rows of their own.
        for service in services.iter().map(|service| if *service == "Serverless" { "Lambda" } else { service }) {
            assert!(words.contains(service), "{path} has no row for {service}");
        }
    }
}

/// The English page is held against the code.
#[test]
fn a_status_is_one_of_the_same_words_in_both_languages() {
    let [english, japanese] = SOURCES.map(|path| {
        let rows = page(path).rows().into_iter().skip_while(|row| row[0] != "status");
        rows.filter_map(|row| <[String; 2]>::try_from(row).ok()).map(|[_, words]| words).collect::<Vec<_>>()
    });
    assert_eq!(english.get(1..), japanese.get(1..), "the rows below the heading");
    assert!(english.len() > 7, "{english:?}");
}

#[test]
fn every_document_can_be_found_from_the_readme() {
    let readme = page("README.md").text + &page("README.ja.md").text;
    let deploy = page("deploy/README.md").text + &page("deploy/README.ja.md").text;
    for page in pages() {
        let is_listed = page.path.strip_prefix("deploy/").is_some_and(|name| deploy.contains(&format!("]({name}")));
        let is_linked = is_listed || readme.contains(&format!("]({}", page.path));
        assert!(is_linked || READMES.contains(&page.path.as_str()), "no README links to {}", page.path);
    }
}
