//! On what a row is written.

use super::item::{Item, Value};
use std::mem::discriminant;

/// What must hold of the row that is there, or of none being there, for a write to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(super) tests: Vec<Test>,
    pub(super) wanted: Wanted,
}

/// Which answers of the tests let the write be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    NotAll,
}

/// A test of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    pub(super) name: &'static str,
    pub(super) is: Is,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Is {
    Absent,
    Present,
    Equal(Value),
    /// Of the kind of this value.
    Like(Value),
    /// Not smaller than this one, which is of the same kind.
    AtLeast(Value),
    /// Not larger than this one, which is of the same kind.
    AtMost(Value),
}

impl Condition {
    /// Always holds.
    pub fn none() -> Self {
        Self::all(Vec::new())
    }

    /// There is no row.
    pub fn absent() -> Self {
        Self::all(vec![Test { name: "pk", is: Is::Absent }])
    }

    /// These attributes have not changed since the row was read.
    pub fn unchanged(row: &Item, names: &[&'static str]) -> Self {
        let test = |name: &&'static str| {
            let is = match row.value(name) {
                Some(Value::Odd) => Is::Present,
                Some(value) => Is::Equal(value.clone()),
                None => Is::Absent,
            };
            Test { name, is }
        };
        let mut tests = vec![Test { name: "pk", is: Is::Present }];
        tests.extend(names.iter().map(test));
        Self::all(tests)
    }

    /// The row has this text.
    pub fn has_text(name: &'static str, text: &str) -> Self {
        Self::all(vec![Test { name, is: Is::Equal(Value::Text(text.to_owned())) }])
    }

    /// Unless the row is one of this version, with an attribute of the kind of these values, and between them.
    pub fn unless_between(name: &'static str, from: Value, to: Value) -> Self {
        let version = Is::Equal(Value::Number(1));
        let tests = vec![
            Test { name: "v", is: version },
            Test { name, is: Is::Like(from.clone()) },
            Test { name, is: Is::AtLeast(from) },
            Test { name, is: Is::AtMost(to) },
        ];
        Self { tests, wanted: Wanted::NotAll }
    }

    fn all(tests: Vec<Test>) -> Self {
        Self { tests, wanted: Wanted::All }
    }

    /// Whether it holds of a row, or of none.
    pub fn holds(&self, row: Option<&Item>) -> bool {
        let all = self.tests.iter().all(|test| test.is.met_by(row.and_then(|row| row.value(test.name))));
        all == (self.wanted == Wanted::All)
    }
}

impl Is {
    fn met_by(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Absent, value) => value.is_none(),
            (Self::Present, value) => value.is_some(),
            (Self::Equal(wanted), value) => value == Some(wanted),
            (Self::Like(wanted), value) => value.is_some_and(|value| discriminant(value) == discriminant(wanted)),
            (Self::AtLeast(Value::Number(least)), Some(Value::Number(value))) => value >= least,
            (Self::AtLeast(Value::Text(least)), Some(Value::Text(value))) => value >= least,
            (Self::AtMost(Value::Number(most)), Some(Value::Number(value))) => value <= most,
            (Self::AtMost(Value::Text(most)), Some(Value::Text(value))) => value <= most,
            (Self::AtLeast(_) | Self::AtMost(_), _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    fn row() -> Item {
        Item::new("a", "b", TimeDelta::days(1), DateTime::UNIX_EPOCH).with_text("state", "claimed").with_number("n", 5)
    }

    #[test]
    fn what_holds_of_a_row_and_of_none() {
        let text = |text: &str| Value::Text(text.into());
        for (condition, of_the_row, of_none) in [
            (Condition::none(), true, true),
            (Condition::absent(), false, true),
            (Condition::unchanged(&row(), &["state", "lease_until"]), true, false),
            (Condition::unchanged(&row().with_text("write", "x"), &["state", "write"]), false, false),
            (Condition::has_text("state", "claimed"), true, false),
            (Condition::has_text("state", "free"), false, false),
            (Condition::unless_between("n", Value::Number(5), Value::Number(6)), false, true),
            (Condition::unless_between("n", Value::Number(6), Value::Number(7)), true, true),
            (Condition::unless_between("n", text("5"), text("6")), true, true),
            (Condition::unless_between("state", text("a"), text("d")), false, true),
            (Condition::unless_between("absent", text("a"), text("d")), true, true),
        ] {
            assert_eq!((condition.holds(Some(&row())), condition.holds(None)), (of_the_row, of_none), "{condition:?}");
        }
    }
}
