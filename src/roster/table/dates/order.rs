//! Which of the numbers of a date is the month. A column is written in one way.

use super::super::date::{Day, Point, day_of};
use chrono::{Datelike as _, NaiveDate};

/// The order of numbers in a column; `None` when nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders {
    three: Option<Order>,
    pair: Option<Order>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    InMonth,
    DayMonth,
    /// The year first, then the month.
    Year,
}

impl Orders {
    /// The orders in which every cell is a date; of several the one whose dates lie much closer together.
    pub fn of(points: impl Iterator<Item = Point>, today: NaiveDate) -> Self {
        let mut threes = Vec::new();
        let mut pairs = Vec::new();
        for point in points {
            match point.day {
                Day::Three(numbers) => threes.push(numbers),
                Day::Pair(one, other) => pairs.push((one, other)),
                Day::On(_) | Day::InMonth(..) | Day::Only(_) => {}
            }
        }
        let orders = [Order::InMonth, Order::DayMonth, Order::Year];
        let of_three = orders.map(|order| (order, span(threes.iter().map(|numbers| three(*numbers, order)))));
        let of_pair = [Order::InMonth, Order::DayMonth]
            .map(|order| (order, span(pairs.iter().map(|numbers| pair(*numbers, order, today)))));
        let is_only = of_three.iter().filter(|(_, span)| span.is_some()).count() == 1;
        let three = closest(&of_three).filter(|order| is_only || !may_be_monthly(&threes, *order));
        let pair = pair_order(of_pair, &pairs);
        Self { three, pair: pair.filter(|order| *order == Order::DayMonth || !rises_turned(&pairs, today)) }
    }

    /// The date of three numbers.
    pub fn three(&self, numbers: [u32; 3]) -> Option<NaiveDate> {
        three(numbers, self.three?)
    }

    /// Month and day of two numbers.
    pub fn pair(&self, one: u32, other: u32) -> Option<(u32, u32)> {
        Some(if self.pair? == Order::DayMonth { (other, one) } else { (one, other) })
    }
}

/// Two numbers are month and day, unless they cannot be in some cell or lie much closer together the other way round.
fn pair_order([month_day, day_month]: [(Order, Option<i64>); 2], pairs: &[(u32, u32)]) -> Option<Order> {
    match (month_day.1, day_month.1) {
        (Some(_), None) => Some(Order::InMonth),
        (None, Some(_)) => Some(Order::DayMonth),
        (Some(usual), Some(other)) => (usual == 0 || other * 2 > usual).then_some(Order::InMonth),
        // Some cells are dates in one order only, others in the other only: what may be both is neither.
        (None, None) => {
            let is_mixed = pairs.iter().any(|(one, other)| *one > 12 && *other <= 12);
            (!is_mixed).then_some(Order::InMonth)
        }
    }
}

/// Whether the days rise only the other way round, as rows of a rota do.
fn rises_turned(pairs: &[(u32, u32)], today: NaiveDate) -> bool {
    const FEW: usize = 4;
    let dates = |order| pairs.iter().map(|numbers| pair(*numbers, order, today)).collect::<Option<Vec<_>>>();
    let (Some(usual), Some(turned)) = (dates(Order::InMonth), dates(Order::DayMonth)) else { return false };
    let is_in_order = usual.is_sorted() || usual.iter().rev().is_sorted();
    pairs.len() >= FEW && turned.is_sorted_by(|one, next| one < next) && !is_in_order
}

/// The order with dates that span half of the next one's days or less; the only one there is.
fn closest(orders: &[(Order, Option<i64>)]) -> Option<Order> {
    let mut spans: Vec<_> = orders.iter().filter_map(|(order, span)| Some((span.as_ref()?, order))).collect();
    spans.sort_by_key(|(span, _)| **span);
    match spans.as_slice() {
        [] => None,
        [(_, only)] => Some(**only),
        [(first, order), (second, _), ..] => (**first * 2 <= **second && **second > 0).then_some(**order),
    }
}

/// Whether the first days of several months are read as several days of January.
fn may_be_monthly(threes: &[[u32; 3]], order: Order) -> bool {
    const MANY: usize = 3;
    let is_first = |numbers: &[u32; 3]| match order {
        Order::DayMonth => numbers[1] == 1,
        Order::InMonth => numbers[0] == 1,
        Order::Year => false,
    };
    threes.len() >= MANY && threes.iter().all(is_first) && threes.iter().any(|numbers| numbers != &threes[0])
}

/// Days from the first to the last; `None` when one of them is no date.
fn span(dates: impl Iterator<Item = Option<NaiveDate>>) -> Option<i64> {
    let dates: Option<Vec<_>> = dates.collect();
    let dates = dates?;
    let (first, last) = (dates.iter().min(), dates.iter().max());
    Some(first.zip(last).map_or(0, |(first, last)| (*last - *first).num_days()))
}

fn three([one, two, last]: [u32; 3], order: Order) -> Option<NaiveDate> {
    let year = |number: u32| i32::try_from(if number < 100 { number + 2000 } else { number }).ok();
    match order {
        Order::InMonth => day_of(year(last)?, one, two),
        Order::DayMonth => day_of(year(last)?, two, one),
        Order::Year if last < 100 => day_of(year(one)?, two, last),
        Order::Year => None,
    }
}

fn pair((one, other): (u32, u32), order: Order, today: NaiveDate) -> Option<NaiveDate> {
    if order == Order::DayMonth { nearest(other, one, today) } else { nearest(one, other, today) }
}

/// The occurrence of a day that is nearest to today.
pub fn nearest(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    const BEFORE: i64 = -180;
    const AFTER: i64 = 185;
    let years = [today.year(), today.year() - 1, today.year() + 1];
    let dates = years.into_iter().filter_map(|year| day_of(year, month, day));
    dates
        .filter(|date| (BEFORE..=AFTER).contains(&(*date - today).num_days()))
        .min_by_key(|date| (*date - today).num_days().abs())
}
