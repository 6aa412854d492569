//! The manual that the demo's reminders link to: the template of `docs/`, as a page. A team has its own in its wiki.

use crate::domain::message::Language;
use crate::domain::text::Link;
use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

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
    let body = html(markdown);
    Some(format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/page/page.css\">\n</head>\n\
         <body class=\"manual\">\n{body}</body>\n</html>\n"
    ))
}

/// From a heading of the second level to the next one.
fn section<'a>(markdown: &'a str, heading: &str) -> Option<&'a str> {
    let start = markdown.find(&format!("\n## {heading}\n"))? + 1;
    let rest = &markdown[start..];
    let end = rest[1..].find("\n## ").map_or(rest.len(), |end| end + 1);
    Some(&rest[..end])
}

/// The template as HTML. Links to other files of `docs/` are text: only the manual is served.
fn html(markdown: &str) -> String {
    let events: Vec<_> = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS).collect();
    let mut written = Vec::new();
    // Whether the link that is open is one.
    let mut is_link = false;
    for (nth, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                let (level, classes, attrs) = (*level, classes.clone(), attrs.clone());
                let id = Some(slug(&heading(&events[nth..])).into());
                written.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                is_link = dest_url.starts_with('#');
                let (link_type, title, id) = (*link_type, title.clone(), id.clone());
                let dest_url = format!("{MANUAL}{dest_url}").into();
                written.extend(is_link.then_some(Event::Start(Tag::Link { link_type, dest_url, title, id })));
            }
            Event::End(TagEnd::Link) if !is_link => {}
            Event::Start(Tag::Table(_)) => {
                written.push(Event::Html("<div class=\"wide\" tabindex=\"0\">".into()));
                written.push(event.clone());
            }
            Event::End(TagEnd::Table) => written.extend([event.clone(), Event::Html("</div>\n".into())]),
            Event::TaskListMarker(_) => written.push(Event::Text("☐ ".into())),
            Event::SoftBreak if is_within_japanese(&events[nth - 1], &events[nth + 1]) => {}
            other => written.push(other.clone()),
        }
    }
    let mut html = String::new();
    push_html(&mut html, written.into_iter());
    html
}

/// The text of the heading with which these begin.
fn heading(events: &[Event<'_>]) -> String {
    let of_it = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let text = of_it.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(&**text),
        _ => None,
    });
    text.collect()
}

/// Whether a break between two texts is none, because it is between Japanese letters.
fn is_within_japanese(before: &Event<'_>, after: &Event<'_>) -> bool {
    let (Event::Text(before), Event::Text(after)) = (before, after) else { return false };
    !before.ends_with(|c: char| c.is_ascii()) && !after.starts_with(|c: char| c.is_ascii())
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
            ("# On-call & co", "<h1 id=\"on-call--co\">On-call &amp; co</h1>\n"),
            ("### 1. Notice", "<h3 id=\"1-notice\">1. Notice</h3>\n"),
            ("## Before your turn", "<h2 id=\"before-your-turn\">Before your turn</h2>\n"),
            (
                "Two\nlines, **bold `code`** and [a link](#how-to).",
                "<p>Two\nlines, <strong>bold <code>code</code></strong> and <a href=\"/page/manual#how-to\">a link</a>.</p>\n",
            ),
            ("See [operations](operations.md#alarms).", "<p>See operations.</p>\n"),
            ("> A\n> B", "<blockquote>\n<p>A\nB</p>\n</blockquote>\n"),
            ("手を動かす人と、\n書いて伝える人に\nSRE", "<p>手を動かす人と、書いて伝える人に\nSRE</p>\n"),
            ("- [ ] one\n  more\n- two", "<ul>\n<li>☐ one\nmore</li>\n<li>two</li>\n</ul>\n"),
            ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"),
            (
                "| a | b |\n|---|---|\n| 1 | `2` |",
                "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n\
                 <tr><td>1</td><td><code>2</code></td></tr>\n</tbody></table>\n</div>\n",
            ),
        ] {
            assert_eq!(html(markdown), expected);
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
                    let target = form_urlencoded::parse(target.as_bytes()).next().expect("a heading").0;
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
