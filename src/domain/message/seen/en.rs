//! In English.

use super::{By, SeenWords};

pub static WORDS: SeenWords = SeenWords {
    nth: |count| format!("{} in 90 days", ordinal(count)),
    often: |count| format!("{count} times or more in 90 days"),
    last: "last ",
    then: ", ",
    always_soon: "always closed by itself within 5 min",
    lately_soon: |count| format!("the last {count} closed by themselves within 5 min"),
    ended_by: ("resolved by ", |took| took.map(|took| format!(" in {took}")).unwrap_or_default()),
    ended: |by, took| {
        let how = match by {
            By::Itself => "resolved by itself",
            By::NotSaid => "resolved",
        };
        took.map_or(how.to_owned(), |took| format!("{how} in {took}"))
    },
    not_yet: "still open",
    thread: "thread",
    note: "note",
    earlier: "🕘 The same alert (90 days):",
    earlier_unknown: "⚠️ The records cannot be read, so whether the same alert was there before is not known.",
    and_more: "… and earlier ones.",
};

/// `1st`, `2nd`, `3rd`, `11th`, `21st`
fn ordinal(number: usize) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_are_those_of_english() {
        let found = [1, 2, 3, 4, 10, 11, 12, 13, 20, 21, 22, 23, 101, 111, 112, 113].map(ordinal).join(" ");
        assert_eq!(found, "1st 2nd 3rd 4th 10th 11th 12th 13th 20th 21st 22nd 23rd 101st 111th 112th 113th");
    }
}
