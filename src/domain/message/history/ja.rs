//! In Japanese.

use super::HistoryWords;

pub static WORDS: HistoryWords = HistoryWords {
    nothing: "投稿した記録がありません。",
    still_open: "まだ解決していません。",
    gaps: "… 日数が多いため、最初と最後の数日だけを調べています。",
    less_was_kept: "以前の版が投稿したものは、誰がしたかが残っておらず、時刻は投稿した時刻です。",
    not_here: "ここにあるのは toban が伝えたことだけです。メモの文章、チャットでのやりとり、作業の内容は記録していません。",
};
