//! Placeholder users of PagerDuty.

use crate::domain::incident::Person;
use crate::domain::member::normalized;
use std::collections::BTreeSet;

/// Placeholder users of PagerDuty, such as the dummy that incidents are assigned to in working hours. By id or name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored(BTreeSet<String>);

impl Ignored {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(normalized).filter(|name| !name.is_empty()).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, person: &Person) -> bool {
        self.0.contains(&person.id) || self.0.contains(&normalized(person.name.as_str()))
    }

    /// Without the placeholder users.
    pub fn real<'a>(&'a self, people: &'a [Person]) -> impl Iterator<Item = &'a Person> {
        people.iter().filter(|person| !self.contains(person))
    }
}
