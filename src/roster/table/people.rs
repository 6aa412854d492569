//! Who is meant by an on-call cell.

mod near;
mod piece;

use super::date;
use super::words;
use crate::domain::member::{Handle, Members, name_key};
use crate::domain::rotation::{Problem, Says};
use crate::domain::text::Foreign;
use std::cell::{Cell as StdCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// What an on-call cell says, before the cells around it are asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Read {
    Says(Arc<Says>),
    /// As the cell above.
    Ditto,
}

/// The people that can be meant.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// `None` without a members tab: names stand for themselves.
    known: Option<Known<'a>>,
    /// What cells were read before; a rota has few different ones.
    read: RefCell<HashMap<String, Read>>,
    /// For how many names somebody similar was looked for.
    hints: StdCell<usize>,
}

#[derive(Debug)]
struct Known<'a> {
    members: &'a Members,
    by_name: HashMap<String, usize>,
    /// By the part before the space; `None` when several have it.
    by_surname: HashMap<String, Option<usize>>,
}

/// What is wrong with a piece of a cell, or that it is nobody.
enum Not {
    /// There is no second person: なし, `-`.
    Anybody,
    /// Somebody is off: 休み.
    AtWork,
    Clear(Problem),
}

impl<'a> Names<'a> {
    pub fn new(members: Option<&'a Members>) -> Self {
        let known = members.map(|members| {
            let mut by_name = HashMap::new();
            let mut by_surname = HashMap::new();
            for (position, member) in members.0.iter().enumerate() {
                by_name.entry(name_key(&member.name)).or_insert(position);
                if let Some((surname, _)) = member.name.split_once(char::is_whitespace) {
                    by_surname.entry(name_key(surname)).and_modify(|one| *one = None).or_insert(Some(position));
                }
            }
            for member in &members.0 {
                // Kim of Kim Lee is Alex Kim's name too.
                for other in member.name.split_whitespace().skip(1) {
                    by_surname.entry(name_key(other)).and_modify(|one| *one = None);
                }
            }
            Known { members, by_name, by_surname }
        });
        Self { known, read: RefCell::default(), hints: StdCell::default() }
    }

    /// Whether there is a members tab.
    pub fn are_known(&self) -> bool {
        self.known.is_some()
    }

    /// What a cell says.
    pub fn read(&self, text: &str) -> Read {
        if let Some(read) = self.read.borrow().get(text) {
            return read.clone();
        }
        let read = self.read_anew(text);
        self.read.borrow_mut().insert(text.to_owned(), read.clone());
        read
    }

    /// The people that a cell names.
    pub fn people(&self, text: &str) -> Vec<Foreign> {
        match self.read(text) {
            Read::Says(says) => match &*says {
                Says::People { people, .. } => people.clone(),
                Says::Nothing | Says::Nobody => Vec::new(),
            },
            Read::Ditto => Vec::new(),
        }
    }

    /// Whether a cell names members, and nothing that is unclear.
    pub fn are_members(&self, text: &str) -> bool {
        let is_clear = |says: &Says| matches!(says, Says::People { people, problems } if !people.is_empty() && problems.is_empty());
        self.are_known() && matches!(self.read(text), Read::Says(says) if is_clear(&says))
    }

    /// Whether a cell names a person of the members tab, or holds an id.
    pub fn is_somebody(&self, text: &str) -> bool {
        let is_id = |name: &Foreign| Handle::slack_in_rota(name.as_str()).is_some();
        self.people(text).iter().any(|name| self.are_known() || is_id(name))
    }

    fn read_anew(&self, text: &str) -> Read {
        if words::DITTO.contains(&text) && self.person(text).is_none() {
            return Read::Ditto;
        }
        Read::Says(self.said(text).into())
    }

    fn said(&self, text: &str) -> Says {
        if text.is_empty() {
            return Says::Nothing;
        }
        if let Some(person) = self.person(text) {
            return Says::People { people: vec![person], problems: Vec::new() };
        }
        if self.is_nobody(text) {
            return Says::Nobody;
        }
        let left = piece::without_struck(text);
        if left == text {
            self.several(text)
        } else if left.is_empty() {
            Says::unsure(Problem::Unclear(foreign(text)))
        } else {
            self.said(&left)
        }
    }

    /// A cell that holds more than one name, or a name and something else.
    fn several(&self, text: &str) -> Says {
        let unclear = || Says::unsure(Problem::Unclear(foreign(text)));
        if piece::has_swap(text) {
            return unclear();
        }
        let pieces = piece::split(text, |part| self.person(part).is_some());
        if text.contains('\n')
            && pieces.iter().any(|piece| date::read(&super::cells::Entry::Text((*piece).into())).is_some())
        {
            return Says::unsure(Problem::LineBreak(foreign(text)));
        }
        if pieces.iter().skip(1).any(|piece| piece::has_arrow(piece)) {
            return unclear();
        }
        // Nobody is on call with so many others.
        const MOST: usize = 30;
        if pieces.len() > MOST {
            return unclear();
        }
        if pieces.len() > 1 && pieces.iter().any(|piece| piece::is_deputy_of_another(piece)) {
            return unclear();
        }
        // Beside a name, how somebody is reached says nothing else.
        let is_alone = pieces.len() == 1;
        let pieces = pieces.into_iter().filter(|piece| is_alone || !piece::is_contact(piece));
        let mut people = Vec::new();
        let mut problems = Vec::new();
        let mut unsettled = Vec::new();
        let mut is_off = false;
        for piece in pieces {
            match self.piece(piece) {
                Ok(person) if people.contains(&person) => {}
                Ok(person) => people.push(person),
                Err(Not::Anybody) => {}
                Err(Not::AtWork) => is_off = true,
                Err(Not::Clear(problem)) => {
                    problems.push(problem);
                    unsettled.push(piece);
                }
            }
        }
        let is_undecided = |piece: &str| words::UNDECIDED.contains(&&*piece.to_lowercase());
        let is_changed = |piece: &&str| {
            let may_be_about_others = words::CHANGES.iter().any(|word| piece.contains(word))
                || (self.are_known() && !piece::is_namelike(piece));
            !is_undecided(piece) && may_be_about_others
        };
        let may_be_off = || !problems.is_empty() && unsettled.iter().any(is_changed);
        if !people.is_empty() && (is_off || may_be_off()) {
            return unclear();
        }
        if people.is_empty() && problems.is_empty() { Says::Nobody } else { Says::People { people, problems } }
    }

    /// A piece of a cell between two separators.
    fn piece(&self, piece: &str) -> Result<Foreign, Not> {
        let unclear = || Not::Clear(Problem::Unclear(foreign(piece)));
        if let Some(person) = self.person(piece) {
            return Ok(person);
        }
        if let Some(steps) = piece::steps(piece) {
            let people: Option<Vec<_>> = steps.iter().map(|step| self.plain(step)).collect();
            return people.and_then(|mut people| people.pop()).ok_or_else(unclear);
        }
        if self.is_nobody(piece) {
            return Err(if piece::is_none(piece) { Not::Anybody } else { Not::AtWork });
        }
        if let Some((outside, remarks)) = piece::brackets(piece) {
            if self.is_nobody(&outside) && remarks.iter().all(|remark| self.is_nobody(remark)) {
                return Err(Not::AtWork);
            }
            return self.bracketed(&outside, &remarks).ok_or_else(unclear);
        }
        if words::UNDECIDED.contains(&&*piece.to_lowercase()) {
            return Err(Not::Clear(Problem::Undecided(foreign(piece))));
        }
        self.plain(piece).ok_or_else(|| Not::Clear(self.unknown(piece)))
    }

    /// A name with something in brackets: `佐藤(代理: 鈴木)` is 鈴木, `鈴木(佐藤の代理)` too, `佐藤(在宅)` is 佐藤.
    fn bracketed(&self, outside: &str, remarks: &[String]) -> Option<Foreign> {
        let named = self.plain(outside)?;
        let mut deputy = None;
        for remark in remarks.iter().filter(|remark| !piece::changes_nothing(remark)) {
            let name = piece::deputy(remark).filter(|_| remarks.len() == 1)?;
            deputy = Some(self.plain(name)?);
        }
        Some(deputy.unwrap_or(named))
    }

    /// A name, perhaps with さん or a star.
    fn plain(&self, text: &str) -> Option<Foreign> {
        let bare = piece::undecorated(text);
        if self.are_known() {
            return self.person(text).or_else(|| self.person(bare));
        }
        let is_word = !bare.is_empty() && !words::UNDECIDED.contains(&&*bare.to_lowercase());
        self.person(text).or_else(|| Foreign::line(text).filter(|_| is_word))
    }

    /// A member by name, an id, a member by the part of the name before the space.
    fn person(&self, text: &str) -> Option<Foreign> {
        let id = || Handle::slack_in_rota(text).and_then(|handle| Foreign::line(handle.as_str()));
        let Some(known) = &self.known else { return id() };
        let key = name_key(text);
        let position = known.by_name.get(&key).copied();
        let member = |position: usize| Foreign::line(&known.members.0[position].name);
        position.and_then(member).or_else(id).or_else(|| known.by_surname.get(&key).copied().flatten().and_then(member))
    }

    /// Why a name is nobody's.
    fn unknown(&self, text: &str) -> Problem {
        let name = foreign(text);
        let Some(known) = &self.known else { return Problem::UnknownName(name) };
        let key = name_key(piece::undecorated(text));
        if known.by_surname.get(&key) == Some(&None) {
            return Problem::TwoPeople(name);
        }
        // Where hardly anybody is known, it is the members tab that is wrong.
        const HINTS: usize = 50;
        let hints = self.hints.get();
        self.hints.set(hints + 1);
        let names = known.members.0.iter().filter(|_| hints < HINTS).map(|member| member.name.as_str());
        let near = near::nearest(&key, names);
        match near.and_then(Foreign::line) {
            Some(near) => Problem::NearName(name, near),
            None => Problem::UnknownName(name),
        }
    }

    /// Whether a cell says that nobody is on call.
    fn is_nobody(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        if words::NOBODY.contains(&&*lower) {
            return true;
        }
        words::NOBODY_ENDS.iter().any(|end| lower.ends_with(end)) && !self.has_a_name_in_it(&lower)
    }

    /// Whether a member's name is a part of the text.
    pub fn are_in(&self, text: &str) -> bool {
        self.has_a_name_in_it(&text.to_lowercase())
    }

    fn has_a_name_in_it(&self, text: &str) -> bool {
        let key = name_key(text);
        let keys = self.known.iter().flat_map(|known| known.by_name.keys().chain(known.by_surname.keys()));
        keys.into_iter().any(|name| !name.is_empty() && key.contains(name.as_str()))
    }
}

fn foreign(text: &str) -> Foreign {
    Foreign::line(text).unwrap_or_else(|| Foreign::line("?").expect("it is not empty"))
}

#[cfg(test)]
mod tests;
