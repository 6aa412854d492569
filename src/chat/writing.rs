//! Writing a message in a chat's markup and fitting it into the chat's limit.

use crate::domain::member::Handle;
use crate::domain::message::{Addressee, Message, Span};
use std::borrow::Cow;

/// How a chat writes the parts of a message, and how much it takes.
pub(super) struct Markup {
    /// Our own words, as text that is read as markup.
    pub own: fn(&str) -> Cow<'_, str>,
    /// Foreign words, so that they are shown and not obeyed.
    pub defuse: fn(&str) -> Cow<'_, str>,
    /// A link.
    pub link: fn(&str) -> Cow<'_, str>,
    /// A person or group that is to be pinged.
    pub mention: fn(&Handle) -> String,
    /// The most that a message may measure.
    pub limit: usize,
    /// How much a text measures, in the unit that the chat counts.
    pub measure: fn(&str) -> usize,
}

/// What is put where foreign text was cut.
const ELLIPSIS: &str = "…";

/// A part of the text: written already, or foreign and not yet cut to its final length.
struct Piece<'a> {
    written: Cow<'a, str>,
    foreign: Option<&'a str>,
}

impl Markup {
    /// The text of a message. Foreign parts are cut, the longest first, until it fits; the tag, the link and our own
    /// words stay whole. `fallback` is written in front when the message is for the fallback.
    pub(super) fn write(&self, message: &Message, fallback: Option<&str>) -> String {
        let mut pieces = Vec::new();
        let mentions = match &message.to {
            Some(Addressee::People(people)) => {
                people.iter().map(|person| (self.mention)(&person.handle)).collect::<Vec<_>>().join(" ")
            }
            Some(Addressee::Fallback) => fallback.unwrap_or_default().to_owned(),
            None => String::new(),
        };
        if !mentions.is_empty() {
            pieces.push(Piece { written: (mentions + "\n").into(), foreign: None });
        }
        for (number, line) in message.lines.iter().enumerate() {
            if number > 0 {
                pieces.push(Piece { written: "\n".into(), foreign: None });
            }
            pieces.extend(line.0.iter().map(|span| match span {
                Span::Own(text) => Piece { written: (self.own)(text), foreign: None },
                Span::Tag(tag) => Piece { written: tag.as_str().into(), foreign: None },
                Span::Link(link) => Piece { written: (self.link)(link.as_str()), foreign: None },
                Span::Foreign(text) => Piece { written: (self.defuse)(text.as_str()), foreign: Some(text.as_str()) },
            }));
        }
        self.fit(&mut pieces);
        let text: String = pieces.into_iter().map(|piece| piece.written).collect();
        // Only a message without any foreign text left could still be too long; better cut than refused.
        match (self.measure)(&text) > self.limit {
            true => self.beginning(&text, self.limit).to_owned(),
            false => text,
        }
    }

    fn fit(&self, pieces: &mut [Piece<'_>]) {
        let mut total: usize = pieces.iter().map(|piece| (self.measure)(&piece.written)).sum();
        while total > self.limit {
            let size = |piece: &Piece<'_>| (self.measure)(&piece.written);
            let Some(longest) =
                pieces.iter_mut().filter(|piece| piece.foreign.is_some()).max_by_key(|piece| size(piece))
            else {
                return;
            };
            let (before, text) = (size(longest), longest.foreign.take().unwrap_or_default());
            let room = before.saturating_sub(total - self.limit).saturating_sub((self.measure)(ELLIPSIS));
            let mut kept = self.beginning(text, room);
            while (self.measure)(&(self.defuse)(kept)) > room {
                let last = kept.chars().next_back().map_or(0, char::len_utf8);
                kept = &kept[..kept.len() - last];
            }
            longest.written = ((self.defuse)(kept).into_owned() + ELLIPSIS).into();
            total = total - before + size(longest);
        }
    }

    /// As much of a text as fits, on a character boundary and not within an emoji that is joined of several.
    fn beginning<'a>(&self, text: &'a str, room: usize) -> &'a str {
        let (mut used, mut end) = (0, 0);
        for (at, char) in text.char_indices() {
            used += (self.measure)(char.encode_utf8(&mut [0; 4]));
            if used > room {
                break;
            }
            end = at + char.len_utf8();
        }
        text[..end].trim_end_matches('\u{200D}')
    }
}

/// Counted as characters.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Counted as UTF-16 units.
pub(super) fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// As it is.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Line;
    use crate::domain::text::{Foreign, Link, Tag};

    const MARKUP: Markup = Markup {
        own: plain,
        defuse: |text| text.replace('<', "&lt;").into(),
        link: plain,
        mention: |handle| format!("@{}", handle.as_str()),
        limit: 40,
        measure: utf16_units,
    };

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
        let text = MARKUP.write(&Message { to: None, lines }, None);
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

    #[test]
    fn own_words_alone_are_cut_rather_than_refused() {
        let message = Message { to: None, lines: vec![Line::own("長".repeat(50))] };
        assert_eq!(MARKUP.write(&message, None), "長".repeat(40));
    }
}
