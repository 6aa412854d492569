//! In English.

use super::TurnWords;
use chrono::Datelike as _;

pub static WORDS: TurnWords = TurnWords {
    on_call: ": ",
    becomes: " → ",
    nobody: ("nobody", "nobody, on purpose"),
    with: (", with ", ""),
    added: " added",
    removed: (" taken off, ", " stays"),
    unexpected: ". Not expected? → ",
    unexpected_any: "Not expected? Please look at the cells.",
    more: |days| match days {
        1 => "… and one more day".to_owned(),
        _ => format!("… and {days} more days"),
    },
    filled: |filled| {
        let (first, last) = (filled.first.format("%B"), filled.last.format("%B"));
        let days = filled.days;
        if filled.first.month() == filled.last.month() {
            format!("🔄 {first}'s rota is in ({days} days)")
        } else {
            format!("🔄 The rota of {first} and {last} is in ({days} days)")
        }
    },
    sheet: (" → ", "sheet"),
};
