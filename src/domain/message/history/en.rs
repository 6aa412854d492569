//! In English.

use super::HistoryWords;

pub static WORDS: HistoryWords = HistoryWords {
    nothing: "No message about it is in the records.",
    still_open: "It is not resolved yet.",
    gaps: "… There are too many days: only the first and the last ones were looked through.",
    less_was_kept: "An earlier version did not keep who did something; the time is that of its message.",
    not_here: "This is what toban told. The text of notes, what people wrote in the chat and what they did elsewhere are not recorded.",
};
