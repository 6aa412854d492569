//! One finding for what has one cause.

use crate::domain::rotation::{CellRef, Finding, Problem};
use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};

/// So many of a kind are told one by one.
const FEW: usize = 2;

/// The findings, those of one kind as one when there are many. Each stands where the first of its kind stood.
pub(super) fn grouped(findings: Vec<Finding>) -> Vec<Finding> {
    let mut counts: HashMap<Discriminant<Problem>, usize> = HashMap::new();
    for finding in &findings {
        *counts.entry(discriminant(&finding.problem)).or_default() += 1;
    }
    let mut grouped: Vec<Finding> = Vec::new();
    let mut places: HashMap<Discriminant<Problem>, usize> = HashMap::new();
    let mut known: HashSet<(Discriminant<Problem>, CellRef)> = HashSet::new();
    for finding in findings {
        let kind = discriminant(&finding.problem);
        let cell = finding.at.clone().filter(|_| counts[&kind] > FEW && is_of_a_kind(&finding.problem));
        let Some(cell) = cell else {
            grouped.push(finding);
            continue;
        };
        let is_new = known.insert((kind, cell.clone()));
        match places.get(&kind) {
            Some(place) if is_new => add(&mut grouped[*place], cell),
            Some(_) => {}
            None => {
                places.insert(kind, grouped.len());
                let problem = Problem::Several { first: Box::new(finding.problem), cells: vec![cell.clone()] };
                grouped.push(Finding { at: Some(cell), problem });
            }
        }
    }
    grouped
}

/// Whether many of a kind have one cause. What is wrong with a column or a table is said of each.
fn is_of_a_kind(problem: &Problem) -> bool {
    !matches!(
        problem,
        Problem::UnreadColumn(_)
            | Problem::NightColumn(_)
            | Problem::UnusedHeading(_)
            | Problem::Refused(_)
            | Problem::SecondTable { .. }
    )
}

fn add(finding: &mut Finding, cell: CellRef) {
    if let Problem::Several { cells, .. } = &mut finding.problem {
        cells.push(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Foreign;

    #[test]
    fn three_of_a_kind_are_one_finding() {
        let at = |row| CellRef { tab: crate::domain::rotation::Tab::named("t"), row, column: 1 };
        let text = |text: &str| Foreign::line(text).expect("it is not empty");
        let finding = |row, problem| Finding { at: Some(at(row)), problem };
        let no_date = |row| finding(row, Problem::NotADate(text("x")));
        let twice = finding(9, Problem::NameTwice(text("y")));
        assert_eq!(grouped(vec![no_date(2), twice.clone(), no_date(3)]), [no_date(2), twice.clone(), no_date(3)]);
        let several =
            Problem::Several { first: Box::new(Problem::NotADate(text("x"))), cells: vec![at(2), at(3), at(4)] };
        let found = grouped(vec![no_date(2), twice.clone(), no_date(3), no_date(4)]);
        assert_eq!(found, [finding(2, several.clone()), twice]);
        let found = grouped(vec![no_date(2), no_date(3), no_date(3), no_date(4)]);
        assert_eq!(found, [finding(2, several)], "a cell is named once");
        let unused = |row| finding(row, Problem::UnusedHeading(text("z")));
        let columns = [unused(2), unused(3), unused(4)];
        assert_eq!(grouped(columns.to_vec()), columns, "what is said of columns is said of each");
    }
}
