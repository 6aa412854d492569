//! The documents, parsed into blocks, prose and tables.

use crate::template::file;
use std::fs;
use std::path::Path;

/// A document of the repository.
pub struct Page {
    /// Relative to the root, with slashes.
    pub path: String,
    pub text: String,
}

/// A fenced block.
pub struct Block {
    /// `README.md:33`
    pub place: String,
    /// `sh`, or empty.
    pub language: String,
    /// Who runs it, as the comment directly above says.
    pub mark: Option<String>,
    /// Without the indentation of a list around it.
    pub text: String,
}

/// Every document.
pub fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = markdown(root, "");
    for folder in ["bench", "deploy", "docs", "docs/workbook", "events"] {
        paths.extend(markdown(&root.join(folder), &format!("{folder}/")));
    }
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    paths.into_iter().map(|path| Page { text: file(&path), path }).collect()
}

fn markdown(folder: &Path, prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".md")).map(|name| format!("{prefix}{name}")).collect()
}

/// The page with that path.
pub fn page(path: &str) -> Page {
    Page { path: path.to_owned(), text: file(path) }
}

impl Page {
    /// Its fenced blocks, from the top.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut open = None;
        let mut above = "";
        for (number, line) in (1..).zip(self.text.lines()) {
            let indent = line.len() - line.trim_start().len();
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    let mark = above.trim().strip_prefix("<!-- ").and_then(|mark| mark.strip_suffix(" -->"));
                    let place = format!("{}:{number}", self.path);
                    let language = language.to_owned();
                    blocks.push(Block { place, language, mark: mark.map(str::to_owned), text: String::new() });
                    open = Some(indent);
                }
                (Some(_), Some(_)) => open = None,
                (None, Some(indent)) => {
                    let block = blocks.last_mut().expect("one is open");
                    block.text += line.get(*indent..).unwrap_or_default();
                    block.text.push('\n');
                }
                (None, None) => {}
            }
            above = line;
        }
        assert!(open.is_none(), "{}: a block does not end", self.path);
        blocks
    }

    /// Its lines outside of fenced blocks, with their numbers.
    pub fn prose(&self) -> Vec<(usize, &str)> {
        let mut is_open = false;
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(self.text.lines()) {
            if line.trim_start().starts_with("```") {
                is_open = !is_open;
            } else if !is_open {
                lines.push((number, line));
            }
        }
        lines
    }

    /// Its prose's inline code.
    pub fn code(&self) -> Vec<String> {
        let spans = self.prose().into_iter().flat_map(|(_, line)| line.split('`').skip(1).step_by(2));
        spans.map(str::to_owned).collect()
    }

    /// The cells of each row of its tables, headings and rules left out.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let lines = self.prose().into_iter().map(|(_, line)| line);
        let rows = lines.filter(|line| line.starts_with('|') && !line.starts_with("|---"));
        rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    }
}

#[test]
fn blocks_are_found_with_their_marks() {
    let text = "<!-- test: one -->\n```sh\na\n\nb\n```\n\n1. item\n\n   <!-- not run: AWS -->\n   ```sh\n   c\n     d\n   ```\n```\ne\n```\n";
    let page = Page { path: "p.md".into(), text: text.into() };
    let found: Vec<_> = page
        .blocks()
        .into_iter()
        .map(|block| (block.place, block.language, block.mark.unwrap_or_default(), block.text))
        .collect();
    let expected = [
        ("p.md:2", "sh", "test: one", "a\n\nb\n"),
        ("p.md:11", "sh", "not run: AWS", "c\n  d\n"),
        ("p.md:15", "", "", "e\n"),
    ]
    .map(|(place, language, mark, text)| (place.into(), language.into(), mark.into(), text.into()));
    assert_eq!(found, expected);
    assert_eq!(page.prose().into_iter().map(|(number, _)| number).collect::<Vec<_>>(), [1, 7, 8, 9, 10]);
}
