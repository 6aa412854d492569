//! In Japanese.

use super::{Becomes, Ours};
use crate::domain::message::Line;
use crate::domain::message::answer::ja::obstacle;
use crate::domain::press::Obstacle;

pub fn line(ours: Ours<'_>) -> Line {
    match ours {
        Ours::Called(people) => Line::joined(vec![Line::own("📣 SRE を呼びました: "), people], ""),
        Ours::NotCalled(why, who) => {
            let by = if why == Obstacle::NotRecorded { "" } else { "PagerDuty: " };
            let line = Line::own(format!("❌ SRE を呼べませんでした ({by}{})。", obstacle(why)));
            match who {
                Some(who) => line.foreign(who).and(" が呼んでいます。直接連絡してください。"),
                None => line.and("直接連絡してください。"),
            }
        }
        Ours::Ends(incident, minutes) => {
            let text = format!(" は未解決です。あと{minutes}分で当番の時間が終わります。");
            Line::joined(vec![Line::own("⏰ "), incident, Line::own(text)], "")
        }
        Ours::Over(incident, becomes) => {
            let before = vec![Line::own("🌙 "), incident, Line::own(" は未解決。")];
            let after = match becomes {
                Becomes::HandedOver(Some(people)) => vec![Line::own("SRE に渡しました: "), people],
                Becomes::HandedOver(None) => vec![Line::own("SRE に渡しました。")],
                Becomes::Continued(who) => vec![who, Line::own(" が続けます。")],
                Becomes::Taken(who) => vec![who, Line::own(" が対応中 (続けるかどうかは未回答)。")],
                Becomes::Nobodys => vec![Line::own("対応者はいません。")],
            };
            Line::joined(before.into_iter().chain(after).collect(), "")
        }
    }
}

pub fn sre_at(time: &str) -> String {
    format!("SRE は {time} に自動で呼ばれます。")
}
