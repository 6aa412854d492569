use super::*;
use crate::chat::console::KIND;
use crate::domain::text::{Foreign, Link, Tag};
use std::cell::Cell;

const MARKUP: Markup =
    Markup { defuse: |text, _| text.replace('<', "&lt;").into(), limit: 40, measure: utf16_units, ..KIND.markup };

#[track_caller]
fn check(title: &str, note: &str, expected: &str) {
    let link = Link::parse("https://pd/Q2").expect("a link");
    let foreign = |text| Foreign::line(text).expect("a text");
    let mut headline = Line::own("🔥 ");
    headline.0.push(Span::Tag(Tag::pagerduty(1)));
    let lines = vec![
        headline.and(" ").foreign(&foreign(title)),
        Line::default().foreign(&foreign(note)),
        Line::default().link(&link),
    ];
    let text = MARKUP.write(&Message::new(None, lines), None).text;
    assert_eq!(text, expected);
    assert!(utf16_units(&text) <= 40, "{} in {text}", utf16_units(&text));
}

#[test]
fn the_longest_foreign_text_is_cut_and_tag_and_link_stay() {
    check("ab", "cd", "🔥 #PD1 ab\ncd\nhttps://pd/Q2");
    check("0123456789abcde", "x", "🔥 #PD1 0123456789abcde\nx\nhttps://pd/Q2");
    check("0123456789abcdefgh", "x", "🔥 #PD1 0123456789abcde…\nx\nhttps://pd/Q2");
    check("ab", &"n".repeat(500), &format!("🔥 #PD1 ab\n{}…\nhttps://pd/Q2", "n".repeat(14)));
    check(&"t".repeat(500), &"n".repeat(400), &format!("🔥 #PD1 …\n{}…\nhttps://pd/Q2", "n".repeat(15)));
    // An escape is not cut through, nor a character of two units.
    check("<<<<<<<<", "x", "🔥 #PD1 &lt;&lt;&lt;…\nx\nhttps://pd/Q2");
    check("012345678901234🔥🔥", "x", "🔥 #PD1 012345678901234…\nx\nhttps://pd/Q2");
}

thread_local! {
    static BYTES_READ: Cell<usize> = const { Cell::new(0) };
}

/// However much longer a text becomes by its escapes.
#[test]
fn cutting_reads_a_text_a_few_times_only() {
    const COUNTED: Markup = Markup {
        defuse: |text, _| {
            BYTES_READ.with(|count| count.set(count.get() + text.len()));
            text.replace('<', "&lt;").replace("](", "] (").into()
        },
        limit: 4_000,
        ..MARKUP
    };
    for hostile in ["<", "](", "n"] {
        let text = hostile.repeat(20_000);
        let lines = vec![Line::default().foreign(&Foreign::line(&text).expect("a text"))];
        BYTES_READ.with(|count| count.set(0));
        let written = COUNTED.write(&Message::new(None, lines), None).text;
        assert!((3_990..=4_000).contains(&utf16_units(&written)), "{}", utf16_units(&written));
        let bytes_read = BYTES_READ.with(Cell::get);
        assert!(bytes_read < 5 * text.len(), "{bytes_read} bytes of {} were read for {hostile}", text.len());
    }
}

#[test]
fn own_words_alone_are_cut_rather_than_refused() {
    let message = Message::new(None, vec![Line::own("長".repeat(50))]);
    assert_eq!(MARKUP.write(&message, None).text, "長".repeat(40));
}
