//! Drawing text as SVG without knowing the fonts: widths are estimated, and lines break by the estimate.

use super::shown::{Ink, Part};
use std::fmt::Write as _;

/// Without emoji fonts, from which some programs would take digits; each system finds its own.
const FONTS: &str =
    "'Helvetica Neue',Arial,'Liberation Sans','Hiragino Sans','Noto Sans CJK JP','Yu Gothic',Meiryo,sans-serif";

/// How a run of text is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    pub size: f64,
    pub colour: &'static str,
    pub weight: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub struct Colours {
    pub link: &'static str,
    pub mention: &'static str,
    pub highlight: &'static str,
}

/// What has been drawn, and how far down that goes.
#[derive(Default)]
pub struct Paper {
    drawn: String,
    pub y: f64,
}

/// A character's width: 200 for a full-width one, which is as wide as it is high.
fn units(c: char) -> f64 {
    match c {
        '\u{200D}' | '\u{FE0F}' => 0.0,
        '\u{1100}'..='\u{115F}' | '\u{2190}'..='\u{21FF}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' => 200.0,
        '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '…' | '—' => 200.0,
        '\u{2300}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' => 250.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '/' | 'f' | 't' | ' ' | '(' | ')' | 'r'
        | '-' | '·' => 62.0,
        'm' | 'w' | 'M' | 'W' | '%' => 172.0,
        '@' => 200.0,
        'A'..='Z' => 138.0,
        _ => 112.0,
    }
}

pub fn width(text: &str, pen: Pen) -> f64 {
    let heavier = if pen.weight == "bold" { 1.07 } else { 1.0 };
    text.chars().map(units).sum::<f64>() / 200.0 * pen.size * heavier
}

/// Breaks parts into lines no wider than `room`. Latin words stay whole where they can; full-width text breaks anywhere
/// except before a closing mark.
pub fn wrapped(parts: &[Part], pen: Pen, room: f64) -> Vec<Vec<Part>> {
    let mut lines: Vec<Vec<Part>> = vec![Vec::new()];
    let mut used = 0.0;
    for (ink, word) in parts.iter().flat_map(|part| words(&part.text).into_iter().map(|word| (part.ink, word))) {
        let wide = width(word.trim_end(), pen);
        if used > 0.0 && used + wide > room {
            lines.push(Vec::new());
            used = 0.0;
        }
        for piece in pieces(word, pen, room) {
            if used > 0.0 && used + width(piece.trim_end(), pen) > room {
                lines.push(Vec::new());
                used = 0.0;
            }
            used += width(piece, pen);
            let line = lines.last_mut().expect("there is always a line");
            match line.last_mut() {
                Some(last) if last.ink == ink => last.text.push_str(piece),
                _ => line.push(Part { ink, text: piece.to_owned() }),
            }
        }
    }
    lines
}

/// The pieces that do not break: a Latin word with the space after it, or one full-width character with what closes it.
fn words(text: &str) -> Vec<&str> {
    let stays = |c: char| "、。，．）」』】！？…\u{FE0F}\u{200D}".contains(c);
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let breaks = |before: char| {
            let is_word = |c: char| units(c) < 200.0 || c == '@' || c == '…';
            (before == ' ' && c != ' ') || (!(is_word(before) && is_word(c)) && c != ' ' && before != '\u{200D}')
        };
        if !stays(c) && before.is_some_and(breaks) {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    found.push(&text[start..]);
    found
}

/// A word in parts no wider than a line.
fn pieces(word: &str, pen: Pen, room: f64) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in word.char_indices() {
        if at > start && width(&word[start..at + c.len_utf8()], pen) > room {
            found.push(&word[start..at]);
            start = at;
        }
    }
    found.push(&word[start..]);
    found
}

impl Paper {
    /// SVG as it is.
    pub fn draw(&mut self, svg: &str) {
        self.drawn.push_str(svg);
        self.drawn.push('\n');
    }

    pub fn rectangle(&mut self, x: f64, y: f64, size: (f64, f64), round: f64, colour: &str) {
        let (w, h) = size;
        self.draw(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" rx="{round}" fill="{colour}"/>"#
        ));
    }

    /// Draws a text in one piece at its baseline, and returns where it ends.
    pub fn text(&mut self, x: f64, y: f64, text: &str, pen: Pen) -> f64 {
        let Pen { size, colour, weight } = pen;
        self.draw(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="{weight}" fill="{colour}">{}</text>"#,
            escaped(text)
        ));
        x + width(text, pen)
    }

    /// Draws texts at one baseline, each where it begins.
    pub fn texts(&mut self, y: f64, texts: &[(f64, &str)], pen: Pen) {
        let Pen { size, colour, weight } = pen;
        let spans: String =
            texts.iter().map(|(x, text)| format!(r#"<tspan x="{x:.1}">{}</tspan>"#, escaped(text))).collect();
        self.draw(&format!(
            r#"<text y="{y:.1}" font-size="{size}" font-weight="{weight}" fill="{colour}">{spans}</text>"#
        ));
    }

    /// Draws one line of parts at its baseline, and returns where it ends.
    pub fn line(&mut self, x: f64, y: f64, parts: &[Part], pen: Pen, colours: Colours) -> f64 {
        let mut at = x;
        let mut run = String::new();
        let mut run_at = x;
        for part in parts {
            let wide = width(&part.text, pen);
            match part.ink {
                Ink::Plain => run += &escaped(&part.text),
                Ink::Link => {
                    let _ = write!(run, r#"<tspan fill="{}">{}</tspan>"#, colours.link, escaped(&part.text));
                }
                Ink::Mention => {
                    self.run(run_at, y, &run, pen);
                    run.clear();
                    self.rectangle(at - 2.0, y - pen.size, (wide + 4.0, pen.size * 1.36), 3.0, colours.highlight);
                    self.text(at, y, &part.text, Pen { colour: colours.mention, ..pen });
                    run_at = at + wide;
                }
            }
            at += wide;
        }
        self.run(run_at, y, &run, pen);
        at
    }

    /// A text that is SVG already.
    fn run(&mut self, x: f64, y: f64, svg: &str, pen: Pen) {
        if !svg.trim().is_empty() {
            let Pen { size, colour, weight } = pen;
            self.draw(&format!(
                r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="{weight}" fill="{colour}" xml:space="preserve">{svg}</text>"#
            ));
        }
    }

    /// The whole picture.
    pub fn finish(self, width: f64, title: &str, background: &str) -> String {
        let height = (self.y + 16.0).ceil();
        let drawn = self.drawn;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" font-family=\"{FONTS}\">\n<title>{}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{background}\"/>\n{drawn}</svg>\n",
            escaped(title)
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[test]
fn lines_are_broken_by_their_estimated_width() {
    let pen = Pen { size: 10.0, colour: "#000000", weight: "normal" };
    let link = "https://example.com/".to_owned() + &"x".repeat(60);
    for (text, expected) in [
        ("当番表を読めないため、代わり", &["当番表を読めないた", "め、代わり"][..]),
        ("当番表を読めないためだ。", &["当番表を読めないた", "めだ。"]),
        ("three words of Latin text", &["three words of ", "Latin text"]),
        ("HTTP 5xx が 5% を超えています", &["HTTP 5xx が 5% ", "を超えています"]),
        ("👩\u{200D}💻👩\u{200D}💻👩\u{200D}💻👩\u{200D}💻", &["👩\u{200D}💻👩\u{200D}💻👩\u{200D}💻", "👩\u{200D}💻"]),
    ] {
        let lines = wrapped(&[Part { ink: Ink::Plain, text: text.into() }], pen, 90.0);
        let lines: Vec<String> =
            lines.iter().map(|line| line.iter().map(|part| part.text.as_str()).collect()).collect();
        assert_eq!(lines, expected, "{text}");
        assert!(lines.iter().all(|line| width(line.trim_end(), pen) <= 90.0), "{lines:?}");
    }
    let lines = wrapped(&[Part { ink: Ink::Link, text: link.clone() }], pen, 90.0);
    assert!(lines.len() > 3 && lines.iter().flatten().all(|part| width(&part.text, pen) <= 90.0), "{lines:?}");
    assert_eq!(lines.iter().flatten().map(|part| part.text.as_str()).collect::<String>(), link);
}
