//! Doubt is bounded: what may have been posted comes again a few times, and then counts as told.
//!
//! An answer that is not understood means that something on the way is wrong, and more tries would only repeat the message.
//! Without any answer it may as well not be there, so that goes on for days, rarely and without a mention.

use super::claims::LEASE;
use crate::store::item::Item;
use chrono::{DateTime, TimeDelta, Utc};

/// How long after the first try, and after the second, the next one is made: a gateway's outage is shorter.
const PAUSES: [TimeDelta; 2] = [TimeDelta::minutes(1), TimeDelta::minutes(10)];
/// The same after each further one.
const LAST_PAUSE: TimeDelta = TimeDelta::minutes(30);
/// After so many tries whose answers were not understood it counts as told.
const MOST_UNCLEAR: u32 = 3;
/// And so long after the first doubt in any case.
const LONGEST: TimeDelta = TimeDelta::days(3);
/// So many repeats at most mention anybody.
const LOUD_REPEATS: u32 = 1;

/// Why it is not known whether a chat has accepted a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// An answer came that is not understood.
    Unclear,
    /// No answer came.
    NoAnswer,
}

/// How often that was the case for one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubts {
    tries: u32,
    /// Those of them with an answer.
    unclear: u32,
    since: DateTime<Utc>,
    /// When the next try is to be made.
    again_at: DateTime<Utc>,
}

impl Doubts {
    /// With one more, of now. In a rehearsal, whose `lease` is shorter, each pause is that.
    pub(super) fn with(earlier: Option<&Self>, doubt: Doubt, lease: TimeDelta, now: DateTime<Utc>) -> Self {
        let (tries, unclear, since) =
            earlier.map_or((0, 0, now), |earlier| (earlier.tries, earlier.unclear, earlier.since));
        let pause = PAUSES.get(tries as usize).copied().unwrap_or(LAST_PAUSE);
        let pause = if lease < LEASE { lease } else { pause };
        let unclear = unclear + u32::from(doubt == Doubt::Unclear);
        Self { tries: tries + 1, unclear, since, again_at: now + pause }
    }

    /// Whether there have been so many that it counts as told.
    pub fn are_enough(&self, now: DateTime<Utc>) -> bool {
        self.unclear >= MOST_UNCLEAR || now - self.since >= LONGEST
    }

    /// Whether the next try may mention anybody.
    pub fn may_mention(&self) -> bool {
        self.tries <= LOUD_REPEATS
    }

    /// How long it has to wait; `None` if its time has come.
    pub fn left(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let left = self.again_at - now;
        // Another process's clock may be wrong by more than the pause is long.
        (left > TimeDelta::zero() && left <= LAST_PAUSE).then_some(left)
    }

    pub(super) fn keep(&self, row: Item) -> Item {
        row.with_number("doubts", self.tries)
            .with_number("unclear", self.unclear)
            .with_instant("doubt_since", self.since)
            .with_instant("again_at", self.again_at)
    }

    /// As a row keeps them; `None` if there were none.
    pub(super) fn kept(row: &Item) -> Option<Self> {
        Some(Self {
            tries: row.number("doubts").filter(|_| row.is_known())?,
            unclear: row.number("unclear")?,
            since: row.instant("doubt_since")?,
            again_at: row.instant("again_at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    /// When the tries are made, in minutes, if each ends in this doubt at once; negative if it mentions nobody.
    fn tries(doubt: impl Fn(usize) -> Doubt) -> Vec<i64> {
        let (mut now, mut doubts, mut tries) = (0, None, vec![0]);
        loop {
            let known = Doubts::with(doubts.as_ref(), doubt(tries.len()), LEASE, at(now));
            if known.are_enough(at(now)) {
                return tries;
            }
            now += known.left(at(now)).expect("there is a pause").num_minutes();
            tries.push(if known.may_mention() { now } else { -now });
            doubts = Some(known);
        }
    }

    #[test]
    fn an_answer_that_is_not_understood_comes_three_times() {
        assert_eq!(tries(|_| Doubt::Unclear), [0, 1, -11]);
    }

    #[test]
    fn what_is_not_answered_goes_on_for_three_days_without_a_mention() {
        let tries = tries(|_| Doubt::NoAnswer);
        assert_eq!(tries[..5], [0, 1, -11, -41, -71]);
        assert_eq!((tries.len(), tries.last()), (147, Some(&-4_331)), "for three days");
    }

    #[test]
    fn what_was_not_answered_before_does_not_count_as_an_answer() {
        let of = |answered: &'static [usize]| {
            tries(move |nth| if answered.contains(&nth) { Doubt::Unclear } else { Doubt::NoAnswer })
        };
        assert_eq!(of(&[3, 4, 5]), [0, 1, -11, -41, -71]);
        assert_eq!(of(&[1, 2, 4]), [0, 1, -11, -41]);
    }

    #[test]
    fn they_are_kept_in_a_row() {
        let doubts = Doubts::with(None, Doubt::Unclear, LEASE, at(5));
        let row = Item::new("a", "b", TimeDelta::days(1), at(5));
        assert_eq!(Doubts::kept(&row), None);
        assert_eq!(Doubts::kept(&doubts.keep(row)), Some(doubts));
        assert_eq!(doubts.left(at(4)), Some(TimeDelta::minutes(2)));
        assert_eq!(doubts.left(at(-100)), None, "a clock that is so wrong does not stop it");
        assert_eq!(doubts.left(at(6)), None);
    }
}
