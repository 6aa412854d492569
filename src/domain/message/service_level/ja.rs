//! In Japanese.

use super::{Ahead, Said, about, percent};
use crate::domain::message::Line;
use crate::domain::service_level::{Burn, Key, MarkerFault, ServiceLevel, Share};
use chrono::TimeDelta;

pub fn sentence(said: Said<'_>) -> Line {
    let (level, text) = match &said {
        Said::Spends { level, since } => (level, spends(level, since)),
        Said::Cost { level, share, burn, took } => (level, cost(level, *share, *burn, took)),
    };
    Line::own("📉 ").foreign(&level.name).and(text)
}

fn spends(level: &ServiceLevel, since: &str) -> String {
    let promise = format!("{}で{}%の約束", span(level.window.length()), level.objective);
    let Some(burn) = level.burn else {
        return format!(
            ": {promise}に関わるアラートです ({since} から)。どれほどの速さかは、このアラートからは分かりません。{}",
            left(level)
        );
    };
    let lookback = level.lookback.map(|lookback| format!("直近{}の", span(lookback))).unwrap_or_default();
    let at_least = match burn {
        Burn::Measured(_) => "",
        Burn::AtLeast(_) => "少なくとも",
    };
    let burn = about(burn);
    format!(": {promise}に対し、{lookback}失敗は{at_least}許容の{burn}倍です ({since} から)。{}", gone(level))
}

/// How much of the budget is left, if that is known.
fn left(level: &ServiceLevel) -> String {
    let window = span(level.window.length());
    match level.budget_left {
        Some(Share::NONE) => format!("{window}分の余裕は、もう残っていません。"),
        Some(share) => format!("{window}分の余裕の残りは{}%です。", percent(share)),
        None => String::new(),
    }
}

fn gone(level: &ServiceLevel) -> String {
    let window = span(level.window.length());
    let Some(gone_in) = level.gone_in() else { return left(level) };
    let ahead = match Ahead::of(gone_in) {
        Ahead::Days(days) => format!("約{days}日"),
        Ahead::Hours(hours) => format!("約{hours}時間"),
        Ahead::Minutes(minutes) => format!("約{minutes}分"),
    };
    let within = match level.burn {
        Some(Burn::AtLeast(_)) => "以内に",
        Some(Burn::Measured(_)) | None => "で",
    };
    match level.budget_left {
        Some(Share::NONE) => left(level),
        Some(share) => format!("このペースだと、残り{}%の余裕は{ahead}{within}尽きます。", percent(share)),
        None => format!("このペースだと、{window}分の余裕が丸ごとあっても{ahead}{within}尽きます (残りは不明)。"),
    }
}

fn cost(level: &ServiceLevel, share: Share, burn: Burn, took: &str) -> String {
    let window = span(level.window.length());
    let spent = match share {
        Share::WHOLE => "を使い切った".to_owned(),
        share => format!("の{}%以上を使った", percent(share)),
    };
    format!(": 許容の{}倍が{took}続いたとして、{window}分の余裕{spent}計算です。", about(burn))
}

fn span(span: TimeDelta) -> String {
    match (span.num_minutes(), span.num_hours()) {
        (minutes, hours) if minutes % 60 != 0 || hours == 0 => format!("{minutes}分"),
        (_, hours) if hours % 24 != 0 || hours == 24 => format!("{hours}時間"),
        (_, hours) => format!("{}日", hours / 24),
    }
}

pub fn fault(fault: &MarkerFault) -> Line {
    let line = Line::own("⚠️ toban-slo の行を読めません: ");
    match fault {
        MarkerFault::Several => line.and("内容の違うものが2つ以上あります。1つにしてください。"),
        MarkerFault::NoColon => line.and("toban-slo の後にコロン (:) がありません。"),
        MarkerFault::NoPair(word) => line
            .and("「")
            .foreign(word)
            .and("」が「項目=値」の形ではありません。空白のある名前は \" で囲んでください。"),
        MarkerFault::UnknownKey(key) => {
            line.and("「").foreign(key).and(format!("」という項目はありません。使えるのは {} です。", keys()))
        }
        MarkerFault::Again(key) => line.and(format!("{} が2つあります。", key.name())),
        MarkerFault::Missing(key) => line.and(format!("{} がありません。{}", key.name(), expected(*key))),
        MarkerFault::Value(key, value) => {
            line.and(format!("{} の「", key.name())).foreign(value).and(format!("」は使えません。{}", expected(*key)))
        }
        MarkerFault::Unclosed => line.and("\" が閉じていません。"),
        MarkerFault::NoBurnRate { value, most } => line
            .and("アラートの値か burn の「")
            .foreign(value)
            .and(format!("」は、この objective では消費の速さになりえません (0より大きく{most}まで)。")),
    }
}

fn keys() -> String {
    Key::ALL.map(Key::name).join("、")
}

fn expected(key: Key) -> &'static str {
    match key {
        Key::Name => "name=checkout のように書きます。",
        Key::Objective => "objective=99.9 のように、1 より大きく 100 より小さい % で書きます。",
        Key::Window => "window=30d か window=12h のように、366d までで書きます。",
        Key::Burn => "burn=14.4 のように、1 以上の数で書きます。",
        Key::BudgetLeft => "budget_left=12% のように、% を付けて 100% までで書きます。",
    }
}
