//! The members' tab: what each chat calls whom.

use super::cells::Sheet;
use super::heading::bare;
use super::words;
use crate::domain::member::{Handle, Member, Members, Platform, name_key, normalized};
use crate::domain::rotation::{Finding, Problem};
use crate::domain::text::Foreign;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Where what stands.
struct Columns {
    first: usize,
    name: Option<usize>,
    slack: Option<usize>,
    typetalk: Option<usize>,
    pagerduty: Option<usize>,
}

/// Reads the tab.
pub(super) fn read(sheet: &Sheet, findings: &mut Vec<Finding>) -> Members {
    let columns = columns(sheet, findings);
    let mut members: Vec<Member> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut ids = HashSet::new();
    for row in columns.first..sheet.rows.len() {
        let Some((name, shown)) = columns.name.and_then(|column| Some((column, sheet.line(row, column)?))) else {
            continue;
        };
        let mut handle = |column: Option<usize>, platform| handle(sheet, row, column?, platform, findings);
        let member = Member {
            name: normalized(shown.as_str()),
            slack: handle(columns.slack, Platform::Slack),
            typetalk: handle(columns.typetalk, Platform::Typetalk),
            pagerduty: columns
                .pagerduty
                .and_then(|column| sheet.line(row, column))
                .map(|text| normalized(text.as_str())),
        };
        let is_broken = sheet.text(row, name).contains('\n');
        if is_broken && member.slack.is_none() && member.typetalk.is_none() {
            findings.push(sheet.finding(row, name, Problem::LineBreak(shown.clone())));
        }
        match places.entry(name_key(&member.name)) {
            Entry::Occupied(place) => {
                let known = &mut members[*place.get()];
                // Of two people with one name, nobody can say who is meant.
                let are_two = differ(&mut known.slack, member.slack) | differ(&mut known.typetalk, member.typetalk);
                let problem = if are_two { Problem::TwoPeople(shown) } else { Problem::NameTwice(shown) };
                findings.push(sheet.finding(row, name, problem));
            }
            Entry::Vacant(place) => {
                // A group may be several people's; an id that was copied is somebody else's.
                let own = member.slack.as_ref().map(Handle::as_str).filter(|id| !id.starts_with('S'));
                if let (Some(id), Some(column)) = (own, columns.slack)
                    && !ids.insert(id.to_owned())
                {
                    findings.push(sheet.finding(row, column, Problem::IdTwice(sheet.shown(row, column))));
                }
                place.insert(members.len());
                members.push(member);
            }
        }
    }
    Members(members)
}

/// Whether two rows of one name have different handles; then neither counts.
fn differ(known: &mut Option<Handle>, other: Option<Handle>) -> bool {
    let is_another = other.is_some() && known.is_some() && *known != other;
    if is_another {
        *known = None;
    }
    is_another
}

/// A person's name on a chat. A cell that says that there is none is empty.
fn handle(sheet: &Sheet, row: usize, column: usize, platform: Platform, findings: &mut Vec<Finding>) -> Option<Handle> {
    let text = sheet.line(row, column)?;
    let handle = Handle::parse(text.as_str(), platform);
    if handle.is_none() && !words::NOBODY.contains(&text.as_str()) {
        let is_broken = sheet.text(row, column).contains('\n');
        let problem = if is_broken { Problem::LineBreak(text) } else { Problem::NotAHandle(text, platform) };
        findings.push(sheet.finding(row, column, problem));
    }
    handle
}

fn columns(sheet: &Sheet, findings: &mut Vec<Finding>) -> Columns {
    let Some(header) = header(sheet) else {
        return Columns { first: 0, name: Some(0), slack: Some(1), typetalk: Some(2), pagerduty: Some(3) };
    };
    let headings: Vec<_> =
        sheet.filled_columns(header).map(|column| (column, bare(&sheet.text(header, column)).into_owned())).collect();
    let find =
        |is_it: &dyn Fn(&str) -> bool| headings.iter().find(|(_, heading)| is_it(heading)).map(|(column, _)| *column);
    let is_own = |heading: &str| !words::MEMBER_NOT_OWN.iter().any(|word| heading.contains(word));
    let own: Vec<_> = headings.iter().filter(|(_, heading)| is_own(heading)).cloned().collect();
    let slack = slack(sheet, header, &own);
    let columns = Columns {
        first: header + 1,
        name: name(sheet, header, &headings, slack),
        slack,
        typetalk: find(&|heading| is_own(heading) && heading.contains("typetalk")),
        pagerduty: find(&|heading| is_own(heading) && heading.contains("pagerduty")),
    };
    let read = [columns.name, columns.slack, columns.typetalk, columns.pagerduty];
    for (column, heading) in &headings {
        let is_missed = slack.is_none() && heading.contains("slack");
        let is_usual = words::MEMBER_OTHERS.iter().any(|word| heading.starts_with(word) || heading.ends_with(word))
            || words::MEMBER_NAME.contains(&heading.as_str());
        let is_usual = is_usual && !is_missed;
        if !read.contains(&Some(*column)) && !is_usual && is_filled(sheet, header + 1, *column) {
            findings.extend(unused(sheet, header, *column));
        }
    }
    columns
}

/// The first row with a heading for names and another filled cell; or one that has a heading for a chat.
fn header(sheet: &Sheet) -> Option<usize> {
    let has = |row: usize, is_it: &dyn Fn(&str) -> bool| {
        sheet.filled_columns(row).any(|column| is_it(&bare(&sheet.text(row, column))))
    };
    let is_named = |row: &usize| {
        has(*row, &|heading| words::MEMBER_NAME.contains(&heading)) && sheet.filled_columns(*row).count() > 1
    };
    let first = sheet.filled_rows().next()?;
    let is_old = |row: &usize| {
        has(*row, &|heading| ["name", "名前", "氏名", "slack", "typetalk", "pagerduty"].contains(&heading))
    };
    sheet.filled_rows().find(is_named).or(Some(first).filter(is_old))
}

/// The column of names: the first one. Of two lists beside each other it is that of the list with the ids.
fn name(sheet: &Sheet, header: usize, headings: &[(usize, String)], ids: Option<usize>) -> Option<usize> {
    let mut names = headings.iter().filter(|(_, heading)| words::MEMBER_NAME.contains(&heading.as_str()));
    let (first, heading) = names.next()?;
    let is_parted = |column: usize| (*first..column).any(|between| !is_filled(sheet, header, between));
    let of_ids =
        names.rfind(|(column, other)| ids.is_some_and(|ids| *column < ids) && (other == heading || is_parted(*column)));
    Some(of_ids.map_or(*first, |(column, _)| *column))
}

/// The column of Slack ids: by its heading, or the only one in which most cells are ids. Of several that may be it none is.
fn slack(sheet: &Sheet, header: usize, headings: &[(usize, String)]) -> Option<usize> {
    let is_ids = |column: usize| {
        let mut filled = 0_usize;
        let mut ids = 0_usize;
        for row in header + 1..sheet.rows.len() {
            if let Some(text) = sheet.line(row, column) {
                filled += 1;
                ids += usize::from(Handle::slack(text.as_str()).is_some());
            }
        }
        ids * 2 > filled
    };
    let named: Vec<_> = headings.iter().filter(|(_, heading)| heading.contains("slack")).collect();
    let with_ids = || named.iter().copied().filter(|(column, _)| is_ids(*column));
    let exact = with_ids().find(|(_, heading)| words::MEMBER_SLACK.contains(&heading.as_str()));
    if exact.is_none() && with_ids().count() > 1 {
        return None;
    }
    let by_name = exact.or_else(|| with_ids().next()).or(named.first().copied()).map(|(column, _)| *column);
    let by_id =
        || headings.iter().find(|(_, heading)| words::MEMBER_ID.contains(&heading.as_str())).map(|(column, _)| *column);
    let only = || {
        let mut columns = headings.iter().map(|(column, _)| *column).filter(|column| is_ids(*column));
        let first = columns.next()?;
        columns.next().is_none().then_some(first)
    };
    by_name.or_else(by_id).or_else(only)
}

pub(super) fn is_filled(sheet: &Sheet, first: usize, column: usize) -> bool {
    (first..sheet.rows.len()).any(|row| !sheet.entry(row, column).is_blank())
}

/// A heading with something below it that is not read.
pub(super) fn unused(sheet: &Sheet, header: usize, column: usize) -> Option<Finding> {
    let title: Foreign = sheet.line(header, column)?;
    Some(sheet.finding(header, column, Problem::UnusedHeading(title)))
}
