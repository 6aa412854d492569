//! What is wrong with a cell, in a copy.

use super::{TabList, Wire};
use crate::domain::rotation::Problem;
use serde_json::{Value, json};

/// Problems by their names, with what they hold. The compiler asks for every one.
macro_rules! problems {
    ($($name:ident $(($($part:ident),*))? $({$($field:ident),*})?;)*) => {
        impl Wire for Problem {
            fn to_wire(&self, tabs: &mut TabList) -> Value {
                match self {
                    $(Problem::$name $(($($part),*))? $({$($field),*})? => {
                        json!([stringify!($name) $($(, $part.to_wire(tabs))*)? $($(, $field.to_wire(tabs))*)?])
                    })*
                    Problem::Several { first, cells } => json!(["Several", first.to_wire(tabs), cells.to_wire(tabs)]),
                }
            }

            fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
                let (name, parts) = value.as_array()?.split_first()?;
                let mut parts = parts.iter();
                let problem = match name.as_str()? {
                    $(stringify!($name) => {
                        $($(let $part = Wire::from_wire(parts.next()?, tabs)?;)*)?
                        $($(let $field = Wire::from_wire(parts.next()?, tabs)?;)*)?
                        Problem::$name $(($($part),*))? $({$($field),*})?
                    })*
                    "Several" => {
                        let first = Box::new(Problem::from_wire(parts.next()?, tabs)?);
                        Problem::Several { first, cells: Wire::from_wire(parts.next()?, tabs)? }
                    }
                    _ => return None,
                };
                parts.next().is_none().then_some(problem)
            }
        }
    };
}

problems! {
    NoRow(date);
    NoRows { first, last, days };
    EmptyCell;
    UnknownName(name);
    NearName(name, near);
    TwoPeople(name);
    Undecided(text);
    Unclear(text);
    NothingToRepeat(text);
    NoHandle(name, platform);
    NotAHandle(text, platform);
    FormulaError(text);
    NotADate(text);
    NotASpan(text);
    NoMonth(text);
    DateOrder(text);
    WrongWeekday(text, date);
    OtherYear(text, date);
    LineBreak(text);
    UnreadColumn(title);
    NightColumn(title);
    NightHours(text);
    HalfDay(text);
    Handover(text);
    UnusedHeading(title);
    PersonWithoutDate(name);
    AboveHeader(name);
    Beside(text);
    LeaveList(title);
    NotInForce(title);
    UnknownDeputy(text);
    DateTwice(date);
    OtherPeople(date);
    SecondTable { title, days, first };
    ReadAsWeeks;
    UnclearLength;
    NameTwice(name);
    IdTwice(id);
    NoOnCallColumn;
    Refused(shape);
    EmptyTab;
    NoTab(range, costs);
    NotALink(text);
    SamePersonTwice(name);
    FilledHoliday(name);
    EndsSoon(date);
}
