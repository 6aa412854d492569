//! A TOML file as values with their line numbers, and what is wrong with them.

use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};

/// What is wrong with one value, and an example of a right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredFault {
    /// Its line in the file, from 1; `None` if the field is missing.
    pub line: Option<usize>,
    /// The field; empty if the file itself is wrong.
    pub key: String,
    pub problem: String,
    /// A valid value as it is written in the file; empty where another value is not the fix.
    pub example: String,
}

impl fmt::Display for DesiredFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        match self.key.as_str() {
            "" => f.write_str(&self.problem)?,
            key => write!(f, "{key} {}", self.problem)?,
        }
        match self.example.as_str() {
            "" => Ok(()),
            example => write!(f, ", for example {} = {example}", self.key),
        }
    }
}

/// Everything that is wrong, one per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredFaults(pub Vec<DesiredFault>);

impl fmt::Display for DesiredFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file has faults:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for DesiredFaults {}

/// The values of a file, and the faults found so far.
pub(super) struct Entries<'a> {
    values: BTreeMap<String, Entry<'a>>,
    /// The file is not TOML: a field that seems to be missing may be in the part that could not be parsed.
    is_broken: bool,
    faults: Vec<DesiredFault>,
}

struct Entry<'a> {
    line: usize,
    value: DeValue<'a>,
}

impl<'a> Entries<'a> {
    /// What cannot be parsed, and unknown fields, are the first faults.
    pub fn read(text: &'a str, known: &[&str]) -> Self {
        let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(text);
        let unread = |error: &toml::de::Error| DesiredFault {
            line: error.span().map(|span| line(span.start)),
            key: String::new(),
            problem: error.message().replace('\n', " "),
            example: String::new(),
        };
        let mut faults: Vec<_> = errors.iter().map(unread).collect();
        let mut values = BTreeMap::new();
        for (key, value) in table.into_inner() {
            let line = line(key.span().start);
            let key = key.into_inner().into_owned();
            if known.contains(&key.as_str()) {
                values.insert(key, Entry { line, value: value.into_inner() });
            } else {
                let problem = format!("is not a known field; the fields are {}", known.join(", "));
                faults.push(DesiredFault { line: Some(line), key, problem, example: String::new() });
            }
        }
        Self { values, is_broken: !errors.is_empty(), faults }
    }

    /// Whether the field is in the file.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// `example` is a value as it is written.
    pub fn fault(&mut self, key: &'static str, problem: impl Into<String>, example: impl Into<String>) {
        let line = self.values.get(key).map(|entry| entry.line);
        let fault = DesiredFault { line, key: key.to_owned(), problem: problem.into(), example: example.into() };
        self.faults.push(fault);
    }

    /// A required text. `example` has no quotation marks. The error of `parse` continues a sentence that begins with the
    /// field's name, or with the field's name and value if it begins with "which".
    pub fn required<T>(
        &mut self,
        key: &'static str,
        example: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.has(key) {
            self.fault(key, "is not set", quoted(example));
            return None;
        }
        self.optional(key, example, parse)
    }

    /// A text, or its default.
    pub fn with_default<T>(
        &mut self,
        key: &'static str,
        default: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.has(key) { self.optional(key, default, parse) } else { parse(default).ok() }
    }

    /// A text, if it is set.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        example: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = match &self.values.get(key)?.value {
            DeValue::String(text) => Ok(text.clone().into_owned()),
            other => Err(format!("is not a text but {}", kind(other))),
        };
        let found = text.and_then(|text| {
            parse(&text).map_err(|problem| {
                if problem.starts_with("which ") { format!("is '{text}', {problem}") } else { problem }
            })
        });
        self.or_fault(key, quoted(example), found)
    }

    /// A whole number, or its default.
    pub fn number(
        &mut self,
        key: &'static str,
        default: u64,
        parse: impl Fn(u64) -> Result<u64, String>,
    ) -> Option<u64> {
        let Some(entry) = self.values.get(key) else {
            return Some(default);
        };
        let found = match &entry.value {
            DeValue::Integer(number) => match u64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => parse(number).map_err(|problem| format!("is {number}, {problem}")),
                Err(_) => Err(format!("is {}, which is not a number from 0", number.as_str())),
            },
            other => Err(format!("is not a number but {}", kind(other))),
        };
        self.or_fault(key, "30", found)
    }

    /// Dates, with or without quotation marks.
    pub fn dates(&mut self, key: &'static str, example: &'static str) -> Vec<NaiveDate> {
        let Some(Entry { value, .. }) = self.values.get(key) else {
            return Vec::new();
        };
        let date = |value: &DeValue<'_>| {
            let text = match value {
                DeValue::String(text) => text.to_string(),
                DeValue::Datetime(time) => time.to_string(),
                other => return Err(format!("holds {}, which is not a date", kind(other))),
            };
            text.parse().map_err(|_| format!("holds '{text}', which is not a date"))
        };
        let found: Result<Vec<_>, _> = match value.as_array() {
            Some(dates) => dates.iter().map(|one| date(one.get_ref())).collect(),
            None => Err(format!("is not a list of dates but {}", kind(value))),
        };
        self.or_fault(key, example, found).unwrap_or_default()
    }

    fn or_fault<T>(&mut self, key: &'static str, example: impl Into<String>, found: Result<T, String>) -> Option<T> {
        found.map_err(|problem| self.fault(key, problem, example)).ok()
    }

    /// The faults, by line; those without a line last.
    pub fn done(mut self) -> Result<(), DesiredFaults> {
        if self.is_broken {
            self.faults.retain(|fault| fault.key.is_empty());
        }
        self.faults.sort_by_key(|fault| (fault.line.is_none(), fault.line));
        if self.faults.is_empty() { Ok(()) } else { Err(DesiredFaults(self.faults)) }
    }
}

fn quoted(example: &str) -> String {
    format!("\"{example}\"")
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
