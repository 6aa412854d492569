//! Service levels: what was promised, how fast an alert says that it is being missed, and what follows from the two.
//!
//! The words are those of Google's SRE workbook (<https://sre.google/workbook/alerting-on-slos/>): of a window of 30 days with an
//! objective of 99.9%, a thousandth is the budget. A burn rate of 1 spends it evenly over the window, one of 14.4 in 50 hours.
//! All numbers are whole, so that nothing is infinite or no number.

mod decimal;
mod marker;
#[cfg(test)]
mod tests;

use crate::domain::text::Foreign;
use chrono::TimeDelta;
use decimal::{decimal, written};
pub use marker::{Key, MarkerFault};
use std::fmt;
use std::num::NonZeroU32;

/// What an alert says of a service level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLevel {
    /// What people call it: `checkout`.
    pub name: Foreign,
    pub objective: Objective,
    pub window: Window,
    /// `None` if the alert does not say how fast.
    pub burn: Option<Burn>,
    /// The time over which the burn rate was measured.
    pub lookback: Option<TimeDelta>,
    /// `None` if nobody says how much of the budget is left.
    pub budget_left: Option<Share>,
}

/// What an alert knows besides its text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observed {
    /// Its threshold was crossed, and no more.
    Threshold,
    /// A burn rate, and the time over which that was measured.
    BurnRate { value: f64, lookback: Option<TimeDelta> },
    /// Its value, and the thresholds that it is held against. It is a burn rate if `burn` is one of those, or is not there.
    Value { value: f64, thresholds: [Option<f64>; 2] },
    /// Nothing: it is open because what it watches sends no data.
    NoData,
}

impl ServiceLevel {
    /// What the marker line among these lines says, or what is wrong with it. The line is taken out; `None` if there is none.
    pub fn take_from(lines: &mut Vec<Foreign>, observed: Observed) -> Option<Box<Result<Self, MarkerFault>>> {
        Some(Box::new(marker::take_from(lines)?.and_then(|marker| Self::of(marker, observed))))
    }

    fn of(marker: marker::Marker, observed: Observed) -> Result<Self, MarkerFault> {
        let marker::Marker { name, objective, window, burn, budget_left } = marker;
        let most = objective.fastest();
        if let Some(burn) = burn.filter(|burn| *burn > most) {
            return Err(MarkerFault::NoBurnRate { value: quoted(&burn.to_string()), most });
        }
        let at_least = burn.map(Burn::AtLeast);
        let measured = |value: f64| match (BurnRate::measured(value, most), at_least) {
            (Some(rate), _) => Ok(Burn::Measured(rate)),
            // The value is something else.
            (None, Some(at_least)) => Ok(at_least),
            (None, None) => Err(MarkerFault::NoBurnRate { value: quoted(&value.to_string()), most }),
        };
        let is_held_against = |thresholds: [Option<f64>; 2]| {
            burn.is_none_or(|burn| thresholds.into_iter().flatten().any(|one| burn.is(one)))
        };
        let burn = match observed {
            Observed::NoData => None,
            Observed::BurnRate { value, .. } => Some(measured(value)?),
            Observed::Value { value, thresholds } if is_held_against(thresholds) => Some(measured(value)?),
            Observed::Threshold | Observed::Value { .. } => at_least,
        };
        let lookback = match (observed, burn) {
            (Observed::BurnRate { lookback, .. }, Some(Burn::Measured(_))) => lookback,
            _ => None,
        };
        Ok(Self { name, objective, window, burn, lookback, budget_left })
    }

    /// When the budget is gone if it goes on like this: what is left of it where that is known, otherwise a whole one. `None` if that
    /// is not known, or if it is not spent faster than allowed.
    pub fn gone_in(&self) -> Option<TimeDelta> {
        let rate = self.burn?.rate();
        let left = self.budget_left.unwrap_or(Share::WHOLE);
        (rate >= BurnRate::ALLOWED).then(|| self.window.lasts(left, rate))
    }

    /// How much of the window's budget is spent in that time, the whole of it at most. `None` if it is not known how fast.
    pub fn cost(&self, length: TimeDelta) -> Option<Share> {
        Some(self.window.spent(length, self.burn?.rate()))
    }
}

/// A word of the line or a number of the alert, of which nobody needs more. A word may be nothing but characters that nobody sees.
fn quoted(word: &str) -> Foreign {
    const SHOWN: usize = 30;
    Foreign::line(word).or_else(|| Foreign::line("…")).expect("an ellipsis is visible").cut(SHOWN)
}

/// How fast the budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Burn {
    /// By the alert's own value.
    Measured(BurnRate),
    /// By the threshold that it has crossed.
    AtLeast(BurnRate),
}

impl Burn {
    pub fn rate(self) -> BurnRate {
        match self {
            Self::Measured(rate) | Self::AtLeast(rate) => rate,
        }
    }
}

/// The share of what happens that has to be good, in millionths: more than a hundredth of it and less than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objective(u32);

impl Objective {
    const WHOLE: u32 = 1_000_000;

    /// In percent, with or without its sign. Of 0.999 nobody knows whether it is a share or less than a percent.
    fn parse(text: &str) -> Option<Self> {
        let (millionths, is_exact) = decimal(text.strip_suffix('%').unwrap_or(text), 4)?;
        let millionths = u32::try_from(millionths).ok().filter(|_| is_exact)?;
        (Self::WHOLE / 100 < millionths && millionths < Self::WHOLE).then_some(Self(millionths))
    }

    /// The burn rate if nothing is good.
    fn fastest(self) -> BurnRate {
        let rate = u64::from(Self::WHOLE) * 100 / u64::from(Self::WHOLE - self.0);
        BurnRate::of(rate).expect("the whole is more than a part of it")
    }
}

/// In percent: `99.9`.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.0, 4))
    }
}

/// The time over which the objective is to hold: an hour to 366 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    hours: NonZeroU32,
}

impl Window {
    const LONGEST: u32 = 366 * 24;

    /// `30d` or `12h`.
    fn parse(text: &str) -> Option<Self> {
        let (number, hours) = match (text.strip_suffix(['d', 'D']), text.strip_suffix(['h', 'H'])) {
            (Some(days), _) => (days, 24),
            (None, Some(hours)) => (hours, 1),
            (None, None) => return None,
        };
        let (number, _) = decimal(number, 0).filter(|(_, is_exact)| *is_exact)?;
        let hours = u32::try_from(number).ok()?.checked_mul(hours).filter(|hours| *hours <= Self::LONGEST)?;
        NonZeroU32::new(hours).map(|hours| Self { hours })
    }

    pub fn length(self) -> TimeDelta {
        TimeDelta::hours(self.hours.get().into())
    }

    fn seconds(self) -> u64 {
        u64::from(self.hours.get()) * 3_600
    }

    /// How long so much of its budget lasts.
    fn lasts(self, share: Share, rate: BurnRate) -> TimeDelta {
        let seconds = self.seconds() * u64::from(share.0) * 100 / (u64::from(Share::WHOLE.0) * u64::from(rate.0.get()));
        TimeDelta::seconds(i64::try_from(seconds).expect("it is a few years at most"))
    }

    /// How much of its budget is spent in that time, the whole of it at most.
    fn spent(self, length: TimeDelta, rate: BurnRate) -> Share {
        let seconds = u128::try_from(length.num_seconds()).unwrap_or(0);
        let spent = seconds * u128::from(rate.0.get()) * u128::from(Share::WHOLE.0) / 100 / u128::from(self.seconds());
        u32::try_from(spent).map_or(Share::WHOLE, |spent| Share(spent.min(Share::WHOLE.0)))
    }
}

/// How many times faster than allowed a budget is spent, in hundredths; more than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BurnRate(NonZeroU32);

impl BurnRate {
    /// The budget lasts as long as its window.
    pub const ALLOWED: Self = Self(NonZeroU32::new(100).expect("it is not zero"));

    fn of(hundredths: u64) -> Option<Self> {
        u32::try_from(hundredths).ok().and_then(NonZeroU32::new).map(Self)
    }

    /// As a threshold: nobody is alerted of what is allowed.
    fn parse(text: &str) -> Option<Self> {
        let (hundredths, _) = decimal(text, 2)?;
        Self::of(hundredths).filter(|rate| *rate >= Self::ALLOWED)
    }

    /// As somebody has computed it, which may be a little more than is possible. `None` if it cannot be a burn rate.
    fn measured(value: f64, most: Self) -> Option<Self> {
        const INEXACT: f64 = 1.01;
        let hundredths = (value * 100.0).round();
        let is_possible = hundredths >= 1.0 && hundredths <= f64::from(most.0.get()) * INEXACT;
        // It is within 32 bits, as the most is.
        is_possible.then_some(hundredths as u64).and_then(Self::of).map(|rate| rate.min(most))
    }

    /// Whether a threshold is the same number, of which places beyond hundredths may have been left out here.
    fn is(self, threshold: f64) -> bool {
        (threshold * 100.0 - f64::from(self.0.get())).abs() < 1.0
    }

    pub fn hundredths(self) -> u32 {
        self.0.get()
    }
}

/// `14.4`
impl fmt::Display for BurnRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.0.get(), 2))
    }
}

/// A part of a budget, in hundredths of a percent: the whole at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    pub const NONE: Self = Self(0);
    pub const WHOLE: Self = Self(10_000);

    /// In percent, with its sign: without it nobody knows whether 0.12 is a share. What is overdrawn is used up.
    fn parse(text: &str) -> Option<Self> {
        let percent = text.strip_suffix('%')?;
        let (hundredths, _) = decimal(percent.strip_prefix('-').unwrap_or(percent), 2)?;
        let hundredths = if percent.starts_with('-') { 0 } else { u32::try_from(hundredths).ok()? };
        Some(Self(hundredths)).filter(|share| *share <= Self::WHOLE)
    }

    /// Of a percent.
    pub fn hundredths(self) -> u32 {
        self.0
    }
}
