//! Reproducible random numbers.

use std::time::Duration;

/// SplitMix64. <https://prng.di.unimi.it/splitmix64.c>
pub struct Chance(u64);

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        // The high half of a product: as uniform as 64 bits allow.
        (u128::from(self.number()) * u128::from(end)).wrapping_shr(64) as u64
    }

    /// Whether something of this probability happens now.
    pub fn hits(&mut self, probability: f64) -> bool {
        // 53 bits are what a float holds.
        let drawn = (self.number() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability
    }

    /// A time from none to below `end`.
    pub fn within(&mut self, end: Duration) -> Duration {
        let nanoseconds = u64::try_from(end.as_nanos()).expect("a test ends within 500 years");
        Duration::from_nanos(self.below(nanoseconds))
    }
}
