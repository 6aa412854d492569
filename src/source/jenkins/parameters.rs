//! The parameters of a build: the one that names an incident, and the first of the others.

use crate::domain::few::Few;
use crate::domain::text::Foreign;
use crate::source::scalar::{EMPTY, Scalar};
use crate::source::wire::Text;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// The parameter that names the incident for which a job was started.
const INCIDENT: &str = "INCIDENT";

/// Name and value as they are shown.
pub(super) type Parameter = (Foreign, Foreign);

#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// The incident's, and what it holds.
    pub(super) incident: Option<(Parameter, String)>,
    /// In the order of their names.
    pub(super) others: Few<Parameter>,
}

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Parameters {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parameters by their names")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some((name, json)) = map.next_entry::<Text<'de>, &RawValue>()? {
            let is_incident = name.as_str().eq_ignore_ascii_case(INCIDENT) && self.incident.is_none();
            if !is_incident && self.others.first.len() == Few::<Parameter>::MOST {
                self.others.more += 1;
                continue;
            }
            let value: Scalar = serde_json::from_str(json.get()).unwrap_or_default();
            let shown = value.line().or_else(|| Foreign::line(EMPTY));
            let Some(parameter) = Foreign::line(name.as_str()).zip(shown) else { continue };
            if is_incident {
                self.incident = Some((parameter, value.text().unwrap_or_default().to_owned()));
            } else {
                self.others.first.push(parameter);
            }
        }
        self.others.first.sort();
        Ok(self)
    }
}
