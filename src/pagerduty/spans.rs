//! Half-open spans of time.

use chrono::{DateTime, Utc};

/// The spans between `since` and `until` that nothing covers.
pub(super) fn gaps(
    covered: impl IntoIterator<Item = (DateTime<Utc>, DateTime<Utc>)>,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut covered: Vec<_> = covered.into_iter().filter(|(start, end)| *start < until && *end > since).collect();
    covered.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = since;
    for (start, end) in covered {
        if start > reached {
            gaps.push((reached, start));
        }
        reached = reached.max(end);
    }
    if reached < until {
        gaps.push((reached, until));
    }
    gaps
}
