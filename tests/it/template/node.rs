//! A template as values: YAML in which CloudFormation's functions (`!Ref`, `!Sub`, …) are kept.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Any scalar, as text: to CloudFormation `60` and `"60"` are the same.
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// A function by its short name, and what it is given.
    Call(String, Box<Node>),
}

impl Node {
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("the template is not YAML: {error}"));
        let [document] = documents.as_slice() else {
            panic!("the template is {} documents", documents.len());
        };
        Self::from(document)
    }

    /// The value at a path, `Resources.Queue.Type`; items of lists by their number.
    #[track_caller]
    pub fn at(&self, path: &str) -> &Self {
        self.find(path).unwrap_or_else(|| panic!("there is no {path}"))
    }

    pub fn find(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, step| match node {
            Self::Map(entries) => entries.iter().find(|(key, _)| key == step).map(|(_, value)| value),
            Self::List(items) => items.get(step.parse::<usize>().ok()?),
            Self::Text(_) | Self::Call(..) => None,
        })
    }

    #[track_caller]
    pub fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            other => panic!("{other} is not a map"),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries().iter().map(|(key, _)| key.as_str())
    }

    /// The items of a list; anything else is a list of one, as in CloudFormation.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            other => std::slice::from_ref(other),
        }
    }

    #[track_caller]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("{other} is not a text"),
        }
    }

    /// What `!Ref` names, if this is one.
    pub fn referred(&self) -> Option<&str> {
        match self {
            Self::Call(name, to) if name == "Ref" => Some(to.text()),
            _ => None,
        }
    }

    /// This and everything in it, with the keys that lead there.
    pub fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::Text(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.each(visit)),
            Self::Map(entries) => entries.iter().for_each(|(_, value)| value.each(visit)),
            Self::Call(_, given) => given.each(visit),
        }
    }

    /// The resources of a type, with their names.
    pub fn resources_of(&self, kind: &str) -> Vec<(&str, &Self)> {
        let resources = self.at("Resources").entries().iter();
        let of_kind = resources.filter(|(_, resource)| resource.at("Type").text() == kind);
        let found: Vec<_> = of_kind.map(|(name, resource)| (name.as_str(), resource)).collect();
        assert!(!found.is_empty(), "there is no {kind}");
        found
    }
}

impl From<&Yaml<'_>> for Node {
    fn from(yaml: &Yaml<'_>) -> Self {
        match yaml {
            Yaml::Value(Scalar::Null) => Self::Text(String::new()),
            Yaml::Value(Scalar::Boolean(flag)) => Self::Text(flag.to_string()),
            Yaml::Value(Scalar::Integer(number)) => Self::Text(number.to_string()),
            Yaml::Value(Scalar::FloatingPoint(number)) => Self::Text(number.to_string()),
            Yaml::Value(Scalar::String(text)) => Self::Text(text.to_string()),
            Yaml::Sequence(items) => Self::List(items.iter().map(Self::from).collect()),
            Yaml::Mapping(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (Self::from(key).to_string(), Self::from(value))).collect())
            }
            Yaml::Tagged(tag, given) => Self::Call(tag.suffix.clone(), Box::new(Self::from(given.as_ref()))),
            other => panic!("unexpected in a template: {other:?}"),
        }
    }
}

/// In one line, as short YAML.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |parts: Vec<String>| parts.join(", ");
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(items) => write!(f, "[{}]", joined(items.iter().map(ToString::to_string).collect())),
            Self::Map(entries) => {
                write!(f, "{{{}}}", joined(entries.iter().map(|(key, value)| format!("{key}: {value}")).collect()))
            }
            Self::Call(name, given) => write!(f, "!{name} {given}"),
        }
    }
}
