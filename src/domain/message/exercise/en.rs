//! In English.

use super::{ExerciseWords, Follows};

pub static WORDS: ExerciseWords = ExerciseWords {
    not_real: "[Exercise] Not a real incident.",
    why: |date| format!("No alert in four working days, so here is a real one from {date}."),
    how: |time, follows| {
        let place = match follows {
            Follows::InThread => "in the thread",
            Follows::InChannel => "here",
        };
        format!("Ten minutes; answers optional. What was done then: {place} at {time}.")
    },
    quote: ("\"", "\", "),
    comma: ", ",
    questions: "[Exercise] 1 What do customers see? 2 What do you look at first? 3 When do you call SRE?",
    then: "[Exercise] What was done then ",
};
