//! In Japanese.

use super::{ExerciseWords, Follows};

pub static WORDS: ExerciseWords = ExerciseWords {
    not_real: "【演習】本物の障害ではありません。",
    why: |date| format!("この4営業日はアラートがないので、{date} に実際に起きた1件です。"),
    how: |time, follows| {
        let place = match follows {
            Follows::InThread => "スレッド",
            Follows::InChannel => "ここ",
        };
        format!("10分ほど、返信は自由です。今日{time}に当時の対応を{place}に載せます。")
    },
    quote: ("「", "」"),
    comma: " ",
    questions: "【演習】1 お客さまに何が起きている? 2 まず何を見る? 3 いつ SRE を呼ぶ?",
    then: "【演習】当時の対応 ",
};
