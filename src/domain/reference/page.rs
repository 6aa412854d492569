//! An incident by the address of its page.

use crate::domain::incident::{Incident, IncidentId, IncidentNumber};

/// The letters of Mackerel's tags.
const MACKEREL: &str = "MK";

/// The incident that a web address is the page of: PagerDuty's, whatever the region, the part of the page and what follows, or
/// the page of an alert or a group of alerts at Mackerel. The scheme may be missing; text may follow directly if it is not ASCII.
pub(super) fn incident(address: &str) -> Option<Incident> {
    let begins = address.find("https://").or_else(|| address.find("http://")).unwrap_or_default();
    let address = &address[begins..];
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = address.split_at(address.find('/')?);
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches(":443");
    let is_of = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if is_of("pagerduty.com") {
        let id = part_after(path, "/incidents/")?;
        let number = Some(id).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        return match number {
            Some(number) => by_number(number),
            None => is_pagerduty(id).then(|| by_id(IncidentId(id.to_owned()))),
        };
    }
    let id =
        part_after(path, "/alerts/").or_else(|| part_after(path, "/alert-groups/")).filter(|_| is_of("mackerel.io"))?;
    Some(by_id(IncidentId::of(MACKEREL, id)))
}

/// Text with its links as addresses: `<https://…|#PD4812>` of Slack's and `[#PD4812](https://…)` of Markdown. A link to
/// anything else is what it shows.
pub(super) fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '[']) {
        plain += &rest[..at];
        rest = &rest[at..];
        match slack(rest).or_else(|| markdown(rest)) {
            Some(Link { address, label, after }) => {
                plain = plain + " " + if incident(address).is_some() { address } else { label } + " ";
                rest = after;
            }
            None => {
                plain.push(' ');
                rest = &rest[1..];
            }
        }
    }
    plain + rest
}

struct Link<'a> {
    address: &'a str,
    label: &'a str,
    after: &'a str,
}

fn slack(text: &str) -> Option<Link<'_>> {
    let (link, after) = text.strip_prefix('<')?.split_once('>')?;
    let (address, label) = link.split_once('|').unwrap_or((link, link));
    address.starts_with("http").then_some(Link { address, label, after })
}

fn markdown(text: &str) -> Option<Link<'_>> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    address.starts_with("http").then_some(Link { address, label, after })
}

/// The letters and digits after a part of a path, if nothing of another kind follows them.
fn part_after<'a>(path: &'a str, part: &str) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let (_, rest) = path.split_once(part)?;
    let (id, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()));
    let is_whole = after.chars().next().is_none_or(|c| c == '/' || !c.is_ascii() || ".;:!*".contains(c));
    Some(id).filter(|id| is_whole && !id.is_empty() && id.len() <= LONGEST)
}

/// `PT4KHLK`, `Q2YXK4P7T3M1NC`
pub(super) fn is_pagerduty(id: &str) -> bool {
    (7..=20).contains(&id.len())
        && id.starts_with(['P', 'Q'])
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Incidents are counted from 1.
pub(super) fn by_number(digits: &str) -> Option<Incident> {
    let number = digits.parse().ok().filter(|number| *number > 0)?;
    Some(Incident { number: Some(IncidentNumber(number)), ..Incident::default() })
}

pub(super) fn by_id(id: IncidentId) -> Incident {
    Incident { id: Some(id), ..Incident::default() }
}
