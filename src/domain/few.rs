//! Lists of others, of which messages show the beginning.

/// The first of a list, and how many more there are: a list of thousands costs no more than one of ten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few<T> {
    /// In their order.
    pub first: Vec<T>,
    pub more: usize,
}

impl<T> Few<T> {
    /// How many of a list are kept.
    pub const MOST: usize = 10;

    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.more == 0
    }

    /// The same of a list that had so many more.
    #[must_use]
    pub fn and_more(mut self, more: usize) -> Self {
        self.more += more;
        self
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { first: Vec::new(), more: 0 }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let first = items.by_ref().take(Self::MOST).collect();
        Self { first, more: items.count() }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_are_kept_and_the_rest_is_counted() {
        for (length, more) in [(0, 0), (10, 0), (11, 1), (5_000, 4_990)] {
            let few: Few<usize> = (0..length).collect();
            assert_eq!((few.first.len(), few.more), (length.min(10), more));
            assert_eq!(few.is_empty(), length == 0);
        }
        assert_eq!(Few::from(vec!['a']).and_more(2), Few { first: vec!['a'], more: 2 });
        assert!(!Few::<char>::default().and_more(1).is_empty(), "none of them can be shown");
    }
}
