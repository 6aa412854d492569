//! The manual that the demo's reminders link to: the template of `docs/`, as a page. A team has its own in its wiki.

use crate::domain::message::Language;
use crate::domain::text::Link;

/// Where it is served, and the part of it that `CHECKLIST_URL` is about. That has an address of its own, as Typetalk takes what
/// follows `#` in a link for a tag.
const MANUAL: &str = "/page/manual";
const CHECKLIST: &str = "/page/checklist";

struct Manual {
    markdown: &'static str,
    lang: &'static str,
    /// The heading of the checklist.
    checklist: &'static str,
}

const JAPANESE: Manual =
    Manual {
        markdown: include_str!("../../docs/manual-template.ja.md"), lang: "ja", checklist: "当番になる前に"
    };
const ENGLISH: Manual =
    Manual { markdown: include_str!("../../docs/manual-template.en.md"), lang: "en", checklist: "Before your turn" };

/// Links to the manual and its checklist on a server at that port.
pub fn links(port: u16) -> (Option<Link>, Option<Link>) {
    let link = |path| Link::parse(&format!("http://127.0.0.1:{port}{path}"));
    (link(MANUAL), link(CHECKLIST))
}

/// What is served at a path, as HTML.
pub fn page(path: &str, language: Language) -> Option<String> {
    let Manual { markdown, lang, checklist } = match language {
        Language::Japanese => JAPANESE,
        Language::English => ENGLISH,
    };
    let markdown = match path {
        MANUAL => markdown,
        CHECKLIST => section(markdown, checklist)?,
        _ => return None,
    };
    let title = markdown.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
    let body: String = blocks(markdown).iter().map(|block| html(block)).collect();
    Some(format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/page/page.css\">\n</head>\n\
         <body class=\"manual\">\n{body}</body>\n</html>\n",
        inline(title)
    ))
}

/// From a heading of the second level to the next one.
fn section<'a>(markdown: &'a str, heading: &str) -> Option<&'a str> {
    let start = markdown.find(&format!("\n## {heading}\n"))? + 1;
    let rest = &markdown[start..];
    let end = rest[1..].find("\n## ").map_or(rest.len(), |end| end + 1);
    Some(&rest[..end])
}

/// What stands between two empty lines; a heading alone.
fn blocks(markdown: &str) -> Vec<Vec<&str>> {
    let mut blocks = vec![Vec::new()];
    for line in markdown.lines() {
        let is_apart = line.is_empty() || line.starts_with('#');
        if is_apart && blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut().filter(|_| !line.is_empty()) {
            block.push(line);
        }
    }
    blocks
}

/// One block as HTML: only what the templates are written with.
fn html(block: &[&str]) -> String {
    let Some(first) = block.first() else { return String::new() };
    if let Some((marks, title)) = first.split_once("# ") {
        let level = marks.len() + 1;
        return format!("<h{level} id=\"{}\">{}</h{level}>\n", slug(title), inline(title));
    }
    if first.starts_with('|') {
        return table(block);
    }
    if first.starts_with('>') {
        let lines: Vec<_> = block.iter().map(|line| line.trim_start_matches(['>', ' '])).collect();
        return format!("<blockquote>{}</blockquote>\n", inline(&joined(&lines)));
    }
    match (item(first), item(first).is_some_and(|_| first.starts_with('-'))) {
        (None, _) => format!("<p>{}</p>\n", inline(&joined(block))),
        (Some(_), true) => list("ul", block),
        (Some(_), false) => list("ol", block),
    }
}

/// The text of a line that begins an item of a list.
fn item(line: &str) -> Option<&str> {
    let numbered = line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok()).map(|(_, text)| text);
    line.strip_prefix("- ").or(numbered)
}

fn list(tag: &str, block: &[&str]) -> String {
    let mut items: Vec<String> = Vec::new();
    for line in block {
        match (item(line), items.last_mut()) {
            (Some(text), _) => items.push(text.replacen("[ ]", "☐", 1)),
            (None, Some(before)) => *before = joined(&[before, line.trim_start()]),
            (None, None) => {}
        }
    }
    let items: String = items.iter().map(|text| format!("<li>{}</li>\n", inline(text))).collect();
    format!("<{tag}>\n{items}</{tag}>\n")
}

/// The lines of a text as one. Where Japanese is broken there is no space.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let is_japanese = !text.ends_with(|c: char| c.is_ascii()) && !line.starts_with(|c: char| c.is_ascii());
        if !text.is_empty() && !is_japanese {
            text.push('\n');
        }
        text += line;
    }
    text
}

fn table(block: &[&str]) -> String {
    let row = |line: &str, tag: &str| {
        let cells = line.trim_matches('|').split('|').map(|cell| format!("<{tag}>{}</{tag}>", inline(cell.trim())));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let head = row(block[0], "th");
    let rows: String = block.iter().skip(2).map(|line| row(line, "td")).collect();
    format!(
        "<div class=\"wide\" tabindex=\"0\"><table>\n<thead>{head}</thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

/// A text with its emphasis, code and links. Links to other files of `docs/` are text: only the manual is served.
fn inline(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = String::new();
    for (nth, part) in text.split('`').enumerate() {
        if nth % 2 == 1 {
            out.extend(["<code>", part, "</code>"]);
            continue;
        }
        out += &linked(part);
    }
    let mut parts = out.split("**");
    let mut bold = parts.next().unwrap_or_default().to_owned();
    for (nth, part) in parts.enumerate() {
        bold.extend([if nth % 2 == 0 { "<strong>" } else { "</strong>" }, part]);
    }
    bold
}

fn linked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, label, target, after)) = link(rest) {
        out += before;
        match target.strip_prefix('#') {
            Some(heading) => out += &format!("<a href=\"{MANUAL}#{heading}\">{label}</a>"),
            None => out += label,
        }
        rest = after;
    }
    out + rest
}

/// The first link of a text: what is before it, its label and target, and what is after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (label, rest) = rest.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    Some((before, label, target, after))
}

/// The anchor of a heading, as it is written in links.
fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | 'ー'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_templates_are_written_with_becomes_html() {
        for (markdown, expected) in [
            ("# On-call <manual>", "<h1 id=\"on-call-manual\">On-call &lt;manual&gt;</h1>\n"),
            ("### 1. Notice", "<h3 id=\"1-notice\">1. Notice</h3>\n"),
            ("## Before your turn", "<h2 id=\"before-your-turn\">Before your turn</h2>\n"),
            (
                "Two\nlines, **bold `code`** and [a link](#how-to).",
                "<p>Two\nlines, <strong>bold <code>code</code></strong> and <a href=\"/page/manual#how-to\">a link</a>.</p>\n",
            ),
            ("See [operations](operations.md#alarms).", "<p>See operations.</p>\n"),
            ("> A\n> B", "<blockquote>A\nB</blockquote>\n"),
            ("手を動かす人と、\n書いて伝える人に\nSRE", "<p>手を動かす人と、書いて伝える人に\nSRE</p>\n"),
            ("- [ ] one\n  more\n- two", "<ul>\n<li>☐ one\nmore</li>\n<li>two</li>\n</ul>\n"),
            ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"),
            (
                "| a | b |\n|---|---|\n| 1 | `2` |",
                "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr><th>a</th><th>b</th></tr>\n</thead>\n\
                 <tbody>\n<tr><td>1</td><td><code>2</code></td></tr>\n</tbody>\n</table></div>\n",
            ),
        ] {
            let html: String = blocks(markdown).iter().map(|block| html(block)).collect();
            assert_eq!(html, expected);
        }
    }

    #[test]
    fn every_link_leads_somewhere_and_nothing_is_left_of_the_marks() {
        for language in [Language::Japanese, Language::English] {
            let manual = page(MANUAL, language).expect("the manual");
            let checklist = page(CHECKLIST, language).expect("the checklist");
            assert_eq!((checklist.matches("<h2 ").count(), checklist.matches("<h1 ").count()), (1, 0), "{checklist}");
            assert_eq!(
                checklist.matches("☐ ").count(),
                manual.matches("☐ ").count(),
                "all that is to be checked is in it"
            );
            for (page, links) in [(&manual, 5), (&checklist, 1)] {
                let targets: Vec<_> =
                    page.split("href=\"/page/manual#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
                assert_eq!(targets.len(), links, "{targets:?}");
                for target in targets {
                    assert_eq!(manual.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
                }
                for mark in ["**", "](", "[ ]", "|--", "\n# "] {
                    assert!(!page.contains(mark), "{mark}");
                }
            }
            assert_eq!(page("/page/other", language), None);
        }
    }
}
