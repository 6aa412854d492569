//! How a copy writes what was read. Everything is parsed again when it comes back: what is no address, name or date any more
//! makes the copy one that cannot be read.

use crate::domain::finding::Tab;
use crate::domain::member::{Handle, Member, Members, Platform};
use crate::domain::rotation::{CellRef, Finding, Problem, Rotation, Says, Shape, ShiftCell};
use crate::domain::runbook::{Pattern, Runbook};
use crate::domain::text::{Foreign, Link};
use crate::domain::workbook::Workbook;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// To JSON and back.
pub trait Wire: Sized {
    fn to_wire(&self) -> Value;
    /// `None` for anything that was not written by [`Wire::to_wire`].
    fn from_wire(value: &Value) -> Option<Self>;
}

/// Values that are a text.
macro_rules! texts {
    ($($kind:ty: $to:expr, $from:expr;)*) => {$(
        impl Wire for $kind {
            fn to_wire(&self) -> Value {
                let to: fn(&$kind) -> String = $to;
                to(self).into()
            }

            fn from_wire(value: &Value) -> Option<Self> {
                let from: fn(&str) -> Option<$kind> = $from;
                from(value.as_str()?)
            }
        }
    )*};
}

texts! {
    String: Clone::clone, |text| Some(text.to_owned());
    Foreign: |text| text.as_str().to_owned(), Foreign::line;
    Link: |link| link.as_str().to_owned(), Link::parse;
    NaiveDate: ToString::to_string, |text| text.parse().ok();
    Pattern: Pattern::text, Pattern::parse;
    Platform: |platform| format!("{platform:?}"), |text| {
        [Platform::Slack, Platform::Typetalk, Platform::Screen].into_iter().find(|one| format!("{one:?}") == text)
    };
    Shape: |shape| format!("{shape:?}"), |text| {
        let all = [
            Shape::Calendar,
            Shape::ShiftTable,
            Shape::Weekdays,
            Shape::WeekNumbers,
            Shape::NoDates,
            Shape::NoHeader,
        ];
        all.into_iter().find(|one| format!("{one:?}") == text)
    };
}

impl Wire for bool {
    fn to_wire(&self) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Wire for u32 {
    fn to_wire(&self) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Wire for usize {
    fn to_wire(&self) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn to_wire(&self) -> Value {
        self.as_ref().map_or(Value::Null, Wire::to_wire)
    }

    fn from_wire(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_wire(value).map(Some) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn to_wire(&self) -> Value {
        self.iter().map(Wire::to_wire).collect()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_wire).collect()
    }
}

impl<T: Wire> Wire for Arc<T> {
    fn to_wire(&self) -> Value {
        T::to_wire(self)
    }

    fn from_wire(value: &Value) -> Option<Self> {
        T::from_wire(value).map(Arc::new)
    }
}

impl<T: Wire> Wire for BTreeMap<NaiveDate, T> {
    fn to_wire(&self) -> Value {
        self.iter().map(|(date, value)| (date.to_string(), value.to_wire())).collect()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        value.as_object()?.iter().map(|(date, value)| Some((date.parse().ok()?, T::from_wire(value)?))).collect()
    }
}

/// Values of several parts, as a list of them.
macro_rules! lists {
    ($($kind:ident { $($part:ident),* })*) => {$(
        impl Wire for $kind {
            fn to_wire(&self) -> Value {
                json!([$(self.$part.to_wire()),*])
            }

            fn from_wire(value: &Value) -> Option<Self> {
                let mut parts = value.as_array()?.iter();
                $(let $part = Wire::from_wire(parts.next()?)?;)*
                parts.next().is_none().then_some($kind { $($part),* })
            }
        }
    )*};
}

lists! {
    Tab { name, address }
    CellRef { tab, row, column }
    Finding { at, problem }
    ShiftCell { at, name, says }
    Rotation { tab, shifts, refused }
    Runbook { pattern, meaning, workaround, link }
    Workbook { rotation, members, runbooks, holidays, findings }
}

impl Wire for Members {
    fn to_wire(&self) -> Value {
        self.0.to_wire()
    }

    fn from_wire(value: &Value) -> Option<Self> {
        Wire::from_wire(value).map(Members)
    }
}

impl Wire for Member {
    fn to_wire(&self) -> Value {
        let handle = |handle: &Option<Handle>| handle.as_ref().map(|handle| handle.as_str().to_owned());
        json!([self.name, handle(&self.slack), handle(&self.typetalk), self.pagerduty])
    }

    fn from_wire(value: &Value) -> Option<Self> {
        let [name, slack, typetalk, pagerduty] = value.as_array()?.as_slice() else { return None };
        let handle = |value: &Value, platform| match value.as_str() {
            None => Some(None),
            Some(text) => Handle::parse(text, platform).map(Some),
        };
        Some(Member {
            name: String::from_wire(name)?,
            slack: handle(slack, Platform::Slack)?,
            typetalk: handle(typetalk, Platform::Typetalk)?,
            pagerduty: Wire::from_wire(pagerduty)?,
        })
    }
}

impl Wire for Says {
    fn to_wire(&self) -> Value {
        match self {
            Self::Nothing => "nothing".into(),
            Self::Nobody => "nobody".into(),
            Self::People { people, problems } => json!([people.to_wire(), problems.to_wire()]),
        }
    }

    fn from_wire(value: &Value) -> Option<Self> {
        match value.as_str() {
            Some("nothing") => Some(Self::Nothing),
            Some("nobody") => Some(Self::Nobody),
            Some(_) => None,
            None => {
                let [people, problems] = value.as_array()?.as_slice() else { return None };
                Some(Self::People { people: Wire::from_wire(people)?, problems: Wire::from_wire(problems)? })
            }
        }
    }
}

/// Problems by their names, with what they hold. The compiler asks for every one.
macro_rules! problems {
    ($($name:ident $(($($part:ident),*))? $({$($field:ident),*})?;)*) => {
        impl Wire for Problem {
            fn to_wire(&self) -> Value {
                match self {
                    $(Problem::$name $(($($part),*))? $({$($field),*})? => {
                        json!([stringify!($name) $($(, $part.to_wire())*)? $($(, $field.to_wire())*)?])
                    })*
                    Problem::Several { first, cells } => json!(["Several", first.to_wire(), cells.to_wire()]),
                }
            }

            fn from_wire(value: &Value) -> Option<Self> {
                let (name, parts) = value.as_array()?.split_first()?;
                let mut parts = parts.iter();
                let problem = match name.as_str()? {
                    $(stringify!($name) => {
                        $($(let $part = Wire::from_wire(parts.next()?)?;)*)?
                        $($(let $field = Wire::from_wire(parts.next()?)?;)*)?
                        Problem::$name $(($($part),*))? $({$($field),*})?
                    })*
                    "Several" => {
                        let first = Box::new(Problem::from_wire(parts.next()?)?);
                        Problem::Several { first, cells: Wire::from_wire(parts.next()?)? }
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
    NoOnCallColumn;
    Refused(shape);
    EmptyTab;
    NoTab(range, costs);
    NotALink(text);
    SamePersonTwice(name);
    FilledHoliday(name);
    EndsSoon(date);
}
