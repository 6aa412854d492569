//! A drill: an incident that is none, sent by `toban drill` to see whether alerts arrive. It is known by its id, which nobody
//! can choose who cannot sign: PagerDuty gives its own ids, and other sources' begin with their names.

use super::IncidentId;

/// The letters of a drill's tag, `#DR4F9A21`.
pub const LETTERS: &str = "DR";
/// What ids begin with in their place.
pub(super) const NAME: &str = "drill";

/// What a drill does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drill {
    /// It mentions nobody.
    Quiet,
    /// It mentions whoever is on call, at any hour.
    Mentioning,
}

impl Drill {
    /// The id of a drill. `name` is of letters and digits.
    pub fn id(self, name: &str) -> IncidentId {
        let how = match self {
            Self::Quiet => 'q',
            Self::Mentioning => 'm',
        };
        IncidentId(format!("{NAME}:{how}{name}"))
    }

    /// The drill whose id this is.
    pub fn of(id: &str) -> Option<Self> {
        let name = id.strip_prefix(NAME)?.strip_prefix(':')?;
        let is_plain = (2..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match name.bytes().next().filter(|_| is_plain)? {
            b'q' => Some(Self::Quiet),
            b'm' => Some(Self::Mentioning),
            _ => None,
        }
    }
}

impl IncidentId {
    /// What drill it is, if it is one.
    pub fn drill(&self) -> Option<Drill> {
        Drill::of(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_is_known_by_its_id() {
        for drill in [Drill::Quiet, Drill::Mentioning] {
            let id = drill.id("4F9A21");
            assert_eq!((id.drill(), id.is_pagerdutys()), (Some(drill), false));
            assert_eq!(id.tag().expect("a tag").as_str(), "#DR4F9A21");
        }
        for id in [
            "",
            "drill",
            "drill:",
            "drill:q",
            "drill:x1",
            "drill:q 1",
            "drill:q1/",
            "Q2YXK4P7T3M1NC",
            "events:drill:q1",
        ] {
            assert_eq!(Drill::of(id), None, "{id}");
        }
        assert_eq!(Drill::of(&format!("drill:q{}", "1".repeat(40))), None);
    }
}
