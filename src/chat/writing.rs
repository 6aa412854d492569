//! Writing a message in a chat's markup and fitting it into the chat's limit.

use super::Rendered;
use super::formatting::{Across, Around, Dialect};
use crate::domain::member::Handle;
use crate::domain::message::{Addressee, Label, Line, Message, Span};
use std::borrow::Cow;

/// What opens the link with a label to an address, and what ends it.
pub(super) type Labels = fn(&str) -> (String, &'static str);

/// How a chat writes the parts of a message, and how much it takes.
#[derive(Debug)]
pub(super) struct Markup {
    /// Our own words, as text that is read as markup.
    pub own: fn(&str) -> Cow<'_, str>,
    /// Foreign words, so that they are shown and mean nothing to the chat, though others may stand around them.
    pub defuse: fn(&str, Around) -> Cow<'_, str>,
    /// What the chat would obey in foreign words; `None` if nothing.
    pub dialect: Option<Dialect>,
    pub link: fn(&str) -> Cow<'_, str>,
    /// Words, written already, that open a link.
    pub linked: fn(&str, &str) -> String,
    /// What stands before and after the words of a link that opens by them; `None` if the chat shows links as they are.
    pub named: Option<Labels>,
    /// A person or group to ping.
    pub mention: fn(&Handle) -> String,
    /// What is put before foreign words that begin a line and could be read as a list or a quote; empty for nothing.
    pub guard: &'static str,
    /// The same where they begin a line of a quote.
    pub guard_in_quote: &'static str,
    /// What ends the lines of a quote, before what follows them.
    pub after_quote: &'static str,
    /// Of a message, in the unit of `measure`.
    pub limit: usize,
    /// The length of a text as the chat counts it.
    pub measure: fn(&str) -> usize,
}

/// A space that no markup counts as one: a line that begins with it is a paragraph.
pub(super) const GUARD: &str = "\u{A0}";

/// The most that any chat writes for one character of a text: `&amp;`, and a space between two that would be a link.
const LONGEST_ESCAPE: usize = 6;

/// Where foreign text was cut.
const ELLIPSIS: &str = "…";

/// The most that the line about how an incident stands may measure, as the chat counts.
const STATUS_LIMIT: usize = 300;

/// A part of the text: written already, or foreign and not yet cut to its final length.
struct Piece<'a> {
    written: Cow<'a, str>,
    foreign: Option<Cow<'a, str>>,
    around: Around,
    is_verb: bool,
}

impl Piece<'_> {
    fn own(written: impl Into<Cow<'static, str>>) -> Self {
        Self { written: written.into(), foreign: None, around: Around::default(), is_verb: false }
    }
}

impl Markup {
    /// The text of a message. Foreign parts are cut, the longest first, until it fits; the tag, the link and our own
    /// words stay whole. `fallback` is written in front when the message is for the fallback.
    pub(super) fn write(&self, message: &Message, fallback: Option<&str>) -> Rendered {
        let mut pieces = Vec::new();
        let mentions = match &message.to {
            Some(Addressee::People(people)) => {
                people.iter().map(|person| (self.mention)(&person.handle)).collect::<Vec<_>>().join(" ")
            }
            Some(Addressee::Fallback) => fallback.unwrap_or_default().to_owned(),
            None => String::new(),
        };
        let pings = !mentions.is_empty();
        if pings {
            pieces.push(Piece::own(mentions + "\n"));
        }
        let across = self.across(&message.lines);
        let mut texts = 0;
        let mut was_quote = false;
        for (number, line) in message.lines.iter().enumerate() {
            let is_quote = matches!(line.0.first(), Some(Span::Own(mark)) if mark == "> ");
            match (number, was_quote && !is_quote) {
                (0, _) => {}
                (_, true) => pieces.push(Piece::own(self.after_quote)),
                (_, false) => pieces.push(Piece::own("\n")),
            }
            let mut rest = line.0.iter().filter(|span| !matches!(span, Span::Own(text) if text.is_empty()));
            if is_quote {
                pieces.extend(rest.next().map(|mark| self.piece(mark, &across, &mut texts)));
            }
            let mut rest = rest.peekable();
            if let Some(Span::Foreign(text)) = rest.peek()
                && begins_as_markup(text.as_str())
            {
                pieces.push(Piece::own(if is_quote { self.guard_in_quote } else { self.guard }));
            }
            pieces.extend(rest.flat_map(|span| self.pieces(span, &across, &mut texts)));
            was_quote = is_quote;
        }
        self.fit(&mut pieces, self.limit);
        let mut text = String::new();
        let mut verb = None;
        for piece in pieces {
            let start = text.len();
            text.push_str(&piece.written);
            if piece.is_verb && verb.is_none() {
                verb = Some(start..text.len());
            }
        }
        // Only a message without any foreign text left could still be too long; better cut than refused.
        if (self.measure)(&text) > self.limit {
            text.truncate(beginning(&text, self.limit, self.measure).len());
        }
        let verb = verb.filter(|verb| verb.end <= text.len());
        Rendered {
            text,
            verb,
            status: message.status.as_ref().map(|line| self.line(line)),
            pings,
            is_for_all: false,
            buttons: message.buttons.clone(),
        }
    }

    /// A first message with another headline. The limits leave room for the longest.
    pub(super) fn restate(&self, opening: &Rendered, headline: &Span, status: &Line) -> Rendered {
        let mut text = opening.text.clone();
        if let Some(verb) = opening.verb.clone().filter(|verb| text.get(verb.clone()).is_some()) {
            text.replace_range(verb, &self.line(&Line(vec![headline.clone()])));
        }
        Rendered { text, status: Some(self.line(status)), verb: None, buttons: Vec::new(), ..*opening }
    }

    /// One line, in this markup.
    fn line(&self, line: &Line) -> String {
        let across = self.across(std::slice::from_ref(line));
        let mut texts = 0;
        let mut pieces: Vec<_> = line.0.iter().flat_map(|span| self.pieces(span, &across, &mut texts)).collect();
        self.fit(&mut pieces, STATUS_LIMIT);
        pieces.into_iter().map(|piece| piece.written).collect()
    }

    /// What the foreign texts of these lines open and close.
    fn across(&self, lines: &[Line]) -> Option<Across> {
        let is_colon = |next: Option<&Span>| matches!(next, Some(Span::Own(text)) if text.starts_with(':'));
        let spans =
            lines.iter().flat_map(|line| line.0.iter().enumerate().map(|(nth, span)| (span, line.0.get(nth + 1))));
        let texts = spans.filter_map(|(span, next)| Some((foreign(span)?, is_colon(next))));
        self.dialect.map(|dialect| Across::read(texts, dialect))
    }

    /// A span with what opens its link, if it has one. `texts` counts the foreign ones.
    fn pieces<'a>(
        &self,
        span: &'a Span,
        across: &Option<Across>,
        texts: &mut usize,
    ) -> impl Iterator<Item = Piece<'a>> + use<'a> {
        let (before, after) = match (span, self.named) {
            (Span::Named(_, link), Some(named)) => {
                let (before, after) = named(link.as_str());
                (Some(Piece::own(before)), Some(Piece::own(after)))
            }
            (Span::Named(_, link), None) => (None, Some(Piece::own(format!(" {}", (self.link)(link.as_str()))))),
            _ => (None, None),
        };
        [before, Some(self.piece(span, across, texts)), after].into_iter().flatten()
    }

    fn piece<'a>(&self, span: &'a Span, across: &Option<Across>, texts: &mut usize) -> Piece<'a> {
        let mut around = Around::default();
        if foreign(span).is_some() {
            around = across.as_ref().map(|across| across.around(*texts)).unwrap_or_default();
            *texts += 1;
        }
        let (written, foreign, is_verb) = match span {
            Span::Own(text) => ((self.own)(text), None, false),
            Span::Verb(text) => ((self.own)(text), None, true),
            Span::Tag(tag) => (tag.as_str().into(), None, false),
            Span::Link(link) => ((self.link)(link.as_str()), None, false),
            Span::Cell(name, link) => {
                let name = (self.defuse)(name, around);
                let linked = link.as_ref().map(|link| (self.linked)(&name, link.as_str()).into());
                (linked.unwrap_or(name), None, false)
            }
            Span::Named(Label::Own(text), _) => ((self.own)(text), None, false),
            Span::Named(Label::Foreign(text), _) if self.named.is_some() => {
                let text = without_brackets(text.as_str());
                (Cow::Owned((self.defuse)(&text, around).into_owned()), Some(text), false)
            }
            Span::Named(Label::Foreign(text), _) | Span::Foreign(text) => {
                ((self.defuse)(text.as_str(), around), Some(text.as_str().into()), false)
            }
        };
        Piece { written, foreign, around, is_verb }
    }

    fn fit(&self, pieces: &mut [Piece<'_>], limit: usize) {
        let mut total: usize = pieces.iter().map(|piece| (self.measure)(&piece.written)).sum();
        while total > limit {
            let size = |piece: &Piece<'_>| (self.measure)(&piece.written);
            let Some(longest) =
                pieces.iter_mut().filter(|piece| piece.foreign.is_some()).max_by_key(|piece| size(piece))
            else {
                return;
            };
            let before = size(longest);
            let text = longest.foreign.take().unwrap_or_default();
            let around = longest.around;
            let room = before.saturating_sub(total - limit).saturating_sub((self.measure)(ELLIPSIS));
            let mut kept = beginning(&text, room, |c| (self.measure)(&(self.defuse)(c, around)));
            // What an escape puts between two characters has not been counted yet.
            loop {
                let over = (self.measure)(&(self.defuse)(kept, around)).saturating_sub(room);
                if over == 0 {
                    break;
                }
                let fewer = (over / LONGEST_ESCAPE).max(1);
                kept = kept.char_indices().nth_back(fewer - 1).map_or("", |(end, _)| &kept[..end]);
            }
            longest.written = ((self.defuse)(kept, around).into_owned() + ELLIPSIS).into();
            total = total - before + size(longest);
        }
    }
}

/// What a span shows of what others wrote. A tab of the sheet has a name that people have given it.
fn foreign(span: &Span) -> Option<&str> {
    match span {
        Span::Foreign(text) | Span::Named(Label::Foreign(text), _) => Some(text.as_str()),
        Span::Cell(name, _) => Some(name),
        Span::Named(Label::Own(_), _) | Span::Own(_) | Span::Verb(_) | Span::Tag(_) | Span::Link(_) => None,
    }
}

/// A label without what would end it.
fn without_brackets(text: &str) -> Cow<'_, str> {
    const TWINS: [(char, &str); 3] = [('|', "｜"), ('[', "［"), (']', "］")];
    let twins = TWINS.iter().filter(|(bracket, _)| text.contains(*bracket));
    twins.fold(text.into(), |text: Cow<'_, str>, (bracket, twin)| text.replace(*bracket, twin).into())
}

/// As much of a text as fits, each character taking as much as `measure` says, on a character boundary and not within an
/// emoji that is joined of several.
fn beginning(text: &str, room: usize, measure: impl Fn(&str) -> usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, char) in text.char_indices() {
        used += measure(char.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        end = at + char.len_utf8();
    }
    text[..end].trim_end_matches('\u{200D}')
}

/// Whether a line that begins so could be a list, a quote, a heading, a table or a fence. Slack takes `＞` for a quote as well.
fn begins_as_markup(text: &str) -> bool {
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.starts_with(['-', '*', '+', '~', '>', '＞', '=', '_', '|', ':', '`', '#'])
        || (after_number.len() < text.len() && after_number.starts_with(['.', ')']))
}

/// Counted as characters.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Counted as UTF-16 units.
pub(super) fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// As it is, whatever stands around it.
pub(super) fn as_it_is(text: &str, _: Around) -> Cow<'_, str> {
    text.into()
}

/// As it is.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    text.into()
}

#[cfg(test)]
mod tests;
