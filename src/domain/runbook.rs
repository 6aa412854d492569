//! What an alert means and what to do about it, from the runbooks tab.

use crate::domain::incident::Incident;
use crate::domain::text::{Foreign, Link, compatible};

/// A row of the runbooks tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    pub pattern: Pattern,
    /// What the alert means.
    pub meaning: Option<Foreign>,
    pub workaround: Option<Foreign>,
    /// To the whole runbook.
    pub link: Option<Link>,
}

/// Parts that a title or a service's name contains in this order; a `*` separates them.
///
/// Case and width do not matter: `http*5xx` matches `HTTP の 5XX が増えています`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<String>);

impl Pattern {
    /// `None` if there is nothing but `*` in it.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<_> =
            folded(text).split('*').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The parts with `*` between them, from which the same pattern can be parsed again.
    pub fn text(&self) -> String {
        self.0.join("*")
    }

    fn matches(&self, folded: &str) -> bool {
        let mut rest = folded;
        self.0.iter().all(|part| match rest.split_once(part.as_str()) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

fn folded(text: &str) -> String {
    compatible(text).chars().flat_map(char::to_lowercase).collect()
}

/// The first runbook whose pattern matches the incident's title or its service's name.
pub fn matching<'a>(runbooks: &'a [Runbook], incident: &Incident) -> Option<&'a Runbook> {
    if runbooks.is_empty() {
        return None;
    }
    let fold = |text: &Option<Foreign>| text.as_ref().map(|text| folded(text.as_str())).unwrap_or_default();
    let title = fold(&incident.title);
    let service = fold(&incident.service);
    runbooks.iter().find(|runbook| runbook.pattern.matches(&title) || runbook.pattern.matches(&service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_in_title_or_service_wins() {
        let runbook = |pattern: &str| Runbook {
            pattern: Pattern::parse(pattern).expect("a pattern"),
            meaning: Foreign::line(pattern),
            workaround: None,
            link: None,
        };
        let runbooks = [runbook("http*5xx"), runbook("ディスク"), runbook("backlog")];
        for (title, service, expected) in [
            ("ＨＴＴＰ の 5XX が増えています", "Backlog", Some("http*5xx")),
            ("5xx over HTTP", "Backlogアプリ", Some("backlog")),
            ("ディスクの残りが少ない", "", Some("ディスク")),
            ("", "", None),
            ("something else", "wiki", None),
        ] {
            let incident =
                Incident { title: Foreign::line(title), service: Foreign::line(service), ..Incident::default() };
            let found =
                matching(&runbooks, &incident).and_then(|runbook| runbook.meaning.as_ref()).map(Foreign::as_str);
            assert_eq!(found, expected, "{title} / {service}");
        }
        assert_eq!(Pattern::parse(" * "), None);
    }
}
