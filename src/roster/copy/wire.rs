//! How a copy writes what was read. Everything is parsed again when it comes back: what is no address, name or date any more
//! makes the copy one that cannot be read.

mod problems;

use crate::domain::calendar::CompanyHolidays;
use crate::domain::finding::Tab;
use crate::domain::member::{Handle, Member, Members, Platform};
use crate::domain::rotation::{CellRef, Finding, Rotation, Says, Shape, ShiftCell};
use crate::domain::runbook::{Pattern, Runbook};
use crate::domain::text::{Foreign, Link};
use crate::domain::workbook::Workbook;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// To JSON and back.
pub trait Wire: Sized {
    fn to_wire(&self, tabs: &mut TabList) -> Value;
    /// `None` for anything that was not written by [`Wire::to_wire`].
    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self>;
}

/// Values that are a text.
macro_rules! texts {
    ($($kind:ty: $to:expr, $from:expr;)*) => {$(
        impl Wire for $kind {
            fn to_wire(&self, _: &mut TabList) -> Value {
                let to: fn(&$kind) -> String = $to;
                to(self).into()
            }

            fn from_wire(value: &Value, _: &TabList) -> Option<Self> {
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
    fn to_wire(&self, _: &mut TabList) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value, _: &TabList) -> Option<Self> {
        value.as_bool()
    }
}

impl Wire for u32 {
    fn to_wire(&self, _: &mut TabList) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value, _: &TabList) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Wire for usize {
    fn to_wire(&self, _: &mut TabList) -> Value {
        (*self).into()
    }

    fn from_wire(value: &Value, _: &TabList) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.to_wire(tabs))
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_wire(value, tabs).map(Some) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        self.iter().map(|value| value.to_wire(tabs)).collect()
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        value.as_array()?.iter().map(|value| T::from_wire(value, tabs)).collect()
    }
}

/// Values that are shared.
macro_rules! shared {
    ($($kind:ty),*) => {$(
        impl Wire for Arc<$kind> {
            fn to_wire(&self, tabs: &mut TabList) -> Value {
                self.as_ref().to_wire(tabs)
            }

            fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
                Wire::from_wire(value, tabs).map(Arc::<$kind>::new)
            }
        }
    )*};
}

shared! { Says, CompanyHolidays }

/// The tabs that cells stand in, each once: a cell has the number of its tab.
#[derive(Debug, Default)]
pub struct TabList(Vec<Arc<Tab>>);

impl TabList {
    pub fn to_value(&self) -> Value {
        self.0.iter().map(|tab| json!([tab.name, tab.address.as_ref().map(Link::as_str)])).collect()
    }

    pub fn from_value(value: &Value) -> Option<Self> {
        let tab = |value: &Value| {
            let [name, address] = value.as_array()?.as_slice() else { return None };
            let address = address.as_str().map(|address| Link::parse(address).ok_or(()));
            Some(Arc::new(Tab { name: name.as_str()?.to_owned(), address: address.transpose().ok()? }))
        };
        value.as_array()?.iter().map(tab).collect::<Option<_>>().map(Self)
    }
}

impl Wire for Arc<Tab> {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        let place = tabs.0.iter().position(|known| known == self).unwrap_or_else(|| {
            tabs.0.push(self.clone());
            tabs.0.len() - 1
        });
        place.into()
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        tabs.0.get(usize::from_wire(value, tabs)?).cloned()
    }
}

impl<T: Wire> Wire for BTreeMap<NaiveDate, T> {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        self.iter().map(|(date, value)| (date.to_string(), value.to_wire(tabs))).collect()
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        value.as_object()?.iter().map(|(date, value)| Some((date.parse().ok()?, T::from_wire(value, tabs)?))).collect()
    }
}

/// Values of several parts, as a list of them.
macro_rules! lists {
    ($($kind:ident { $($part:ident),* })*) => {$(
        impl Wire for $kind {
            fn to_wire(&self, tabs: &mut TabList) -> Value {
                json!([$(self.$part.to_wire(tabs)),*])
            }

            fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
                let mut parts = value.as_array()?.iter();
                $(let $part = Wire::from_wire(parts.next()?, tabs)?;)*
                parts.next().is_none().then_some($kind { $($part),* })
            }
        }
    )*};
}

lists! {
    CellRef { tab, row, column }
    Finding { at, problem }
    ShiftCell { at, name, says }
    Rotation { tab, shifts, refused }
    Runbook { pattern, meaning, workaround, link }
    Workbook { rotation, members, runbooks, holidays, findings }
}

impl Wire for Members {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        self.0.to_wire(tabs)
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        Wire::from_wire(value, tabs).map(Members)
    }
}

impl Wire for Member {
    fn to_wire(&self, _: &mut TabList) -> Value {
        let handle = |handle: &Option<Handle>| handle.as_ref().map(|handle| handle.as_str().to_owned());
        json!([self.name, handle(&self.slack), handle(&self.typetalk), self.pagerduty])
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        let [name, slack, typetalk, pagerduty] = value.as_array()?.as_slice() else { return None };
        let handle = |value: &Value, platform| match value.as_str() {
            None => Some(None),
            Some(text) => Handle::parse(text, platform).map(Some),
        };
        Some(Member {
            name: String::from_wire(name, tabs)?,
            slack: handle(slack, Platform::Slack)?,
            typetalk: handle(typetalk, Platform::Typetalk)?,
            pagerduty: Wire::from_wire(pagerduty, tabs)?,
        })
    }
}

impl Wire for Says {
    fn to_wire(&self, tabs: &mut TabList) -> Value {
        match self {
            Self::Nothing => "nothing".into(),
            Self::Nobody => "nobody".into(),
            Self::People { people, problems } => json!([people.to_wire(tabs), problems.to_wire(tabs)]),
        }
    }

    fn from_wire(value: &Value, tabs: &TabList) -> Option<Self> {
        match value.as_str() {
            Some("nothing") => Some(Self::Nothing),
            Some("nobody") => Some(Self::Nobody),
            Some(_) => None,
            None => {
                let [people, problems] = value.as_array()?.as_slice() else { return None };
                Some(Self::People {
                    people: Wire::from_wire(people, tabs)?,
                    problems: Wire::from_wire(problems, tabs)?,
                })
            }
        }
    }
}
