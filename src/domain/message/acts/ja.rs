//! In Japanese.

use super::Act;
use crate::domain::incident::EventKind;
use crate::domain::message::Line;
use crate::domain::message::named::ja::kind;

/// `佐藤 健 が対応開始`, `佐藤 健 が 高橋 誠 にエスカレーション`, `自動で解決`, `再オープン (佐藤 健)`, `佐藤 健: 電話会議`
pub fn did(act: Act<'_>) -> Line {
    let verb = kind(act.kind).1;
    let is_done = is_done(act.kind);
    let line = match act.who {
        Some(who) if *act.kind == EventKind::Taken => return Line::default().foreign(who).and(" が対応します"),
        Some(who) if *act.kind == EventKind::HandedBack => {
            return Line::default().foreign(who).and(" が対応を離れました");
        }
        Some(who) if *act.kind == EventKind::Stays => return Line::default().foreign(who).and(" が続けます"),
        Some(who) if act.says => return Line::default().foreign(who),
        Some(who) if act.kind.opens() => return Line::own(verb).and(" (").foreign(who).and(")"),
        Some(who) if act.to.is_some() => Line::default().foreign(who).and(" が "),
        Some(who) if is_done => Line::default().foreign(who).and(" が"),
        Some(who) => Line::default().foreign(who).and(": "),
        None if act.is_automatic && act.to.is_some() => Line::own("自動で "),
        None if act.is_automatic && is_done => Line::own("自動で"),
        None => Line::default(),
    };
    match act.to {
        Some(to) => Line::joined(vec![line, to, Line::own(" に"), Line::own(verb)], ""),
        None => line.and(verb),
    }
}

/// Whether the word for it says what somebody does.
fn is_done(kind: &EventKind) -> bool {
    use EventKind::{Acknowledged, Escalated, Reassigned, Reopened, Resolved};
    matches!(kind, Acknowledged | Escalated | Reassigned | Reopened | Resolved)
}
