//! How people name an incident to a job.

use crate::domain::incident::{Incident, IncidentId, IncidentNumber};
use crate::domain::text::Tag;
use crate::source::{mackerel, others};

/// The incident that is meant: by its number (`4812`, `#4812`), its tag (`#PD4812`, `#MKgCZ8Xy`), its page at PagerDuty or
/// Mackerel, or PagerDuty's id. Returns `None` for anything else.
pub(super) fn incident(text: &str) -> Option<Incident> {
    let text = text.trim();
    let bare = text.trim_start_matches(['#', '＃']);
    if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return bare.parse().ok().map(by_number);
    }
    if let Some(tag) = tag(text) {
        let number = tag.as_str().strip_prefix("#PD").and_then(|number| number.parse().ok());
        return Some(number.map_or_else(|| Incident { named: Some(tag), ..Incident::default() }, by_number));
    }
    let by_hand = || Some(bare).filter(|id| id.bytes().any(|byte| byte.is_ascii_digit()));
    if let Some(id) = part_after(text, "/incidents/").or_else(by_hand).filter(|id| is_pagerduty(id)) {
        return Some(by_id(IncidentId(id.to_owned())));
    }
    let alert = part_after(text, "/alerts/").filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    Some(by_id(mackerel::incident(alert)))
}

fn tag(text: &str) -> Option<Tag> {
    let letters: Vec<_> = others().filter_map(|source| source.tag).collect();
    Tag::parse(text, &letters)
}

fn by_number(number: u64) -> Incident {
    Incident { number: Some(IncidentNumber(number)), ..Incident::default() }
}

fn by_id(id: IncidentId) -> Incident {
    Incident { id: Some(id), ..Incident::default() }
}

/// The part of a URL's path after another one.
fn part_after<'a>(url: &'a str, part: &str) -> Option<&'a str> {
    let (_, rest) = url.strip_prefix("https://")?.split_once(part)?;
    rest.split(['/', '?', '#']).next().filter(|part| !part.is_empty() && part.len() <= 64)
}

/// `PT4KHLK`, `Q2YXK4P7T3M1NC`
fn is_pagerduty(id: &str) -> bool {
    (7..=20).contains(&id.len())
        && id.starts_with(['P', 'Q'])
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_named_in_many_ways() {
        let number = Some(by_number(4812));
        let by_tag = |text| Some(Incident { named: tag(text), ..Incident::default() });
        let id = |id: &str| Some(by_id(IncidentId(id.into())));
        for (text, expected) in [
            ("4812", number.clone()),
            (" #4812 ", number.clone()),
            ("＃4812", number.clone()),
            ("#PD4812", number.clone()),
            ("pd4812", number),
            ("#MKgCZ8Xy", by_tag("#MKgCZ8Xy")),
            ("#EV0A1B2C", by_tag("#EV0A1B2C")),
            ("Q2YXK4P7T3M1NC", id("Q2YXK4P7T3M1NC")),
            ("https://example.pagerduty.com/incidents/Q2YXK4P7T3M1NC?utm=1", id("Q2YXK4P7T3M1NC")),
            ("https://mackerel.io/orgs/nulab/alerts/2bj6TgCZ8Xy", id("mackerel:2bj6TgCZ8Xy")),
            ("https://mackerel.io/orgs/nulab/alerts/", None),
            ("99999999999999999999999", None),
            ("PRODUCTION", None),
            ("please", None),
            ("<!channel>", None),
            ("none", None),
            ("", None),
        ] {
            assert_eq!(incident(text), expected, "{text}");
        }
    }
}
