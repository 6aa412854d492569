//! In Japanese.

use crate::domain::incident::Escalation;
use crate::domain::message::Line;
use crate::domain::press::{Act, NothingDone, Standing};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub fn press(act: Act) -> &'static str {
    match act {
        Act::Take => "対応します",
        Act::HandBack => "離れる",
    }
}

pub fn escalation(escalation: Escalation, time: &dyn Fn(DateTime<Utc>) -> String) -> String {
    let text = match escalation {
        Escalation::At(at) => {
            return format!("SRE への自動の呼び出しは続きます。未解決なら {} に呼ばれます。", time(at));
        }
        Escalation::AsSet => "SRE への自動の呼び出しは止まりません (時刻は PagerDuty の設定次第)。",
        Escalation::Reached => "SRE にはもう連絡が行っています。",
        Escalation::Acknowledged => "PagerDuty で対応開始になっているため、SRE への自動の呼び出しは止まっています。",
        Escalation::Never => "緊急度が低いため、SRE は自動では呼ばれません。必要なら SRE に直接連絡してください。",
        Escalation::Direct => {
            "PagerDuty で直接割り当てられているため、SRE は自動では呼ばれません。必要なら SRE に直接連絡してください。"
        }
        Escalation::NoAnswer => {
            "SRE がいつ呼ばれるかは、PagerDuty に確認できませんでした。このボタンで呼び出しが止まることはありません。"
        }
        Escalation::ChatOnly => "この表示はチャットの中だけです。SRE への呼び出しは止まりません。",
    };
    text.to_owned()
}

pub fn nothing_done(why: NothingDone, who: Option<&Foreign>, at: &str) -> Line {
    let text = match why {
        NothingDone::Over => {
            let line = Line::own("もう解決しています");
            return match (who, at) {
                (Some(who), at) => line.and(" (").foreign(who).and(format!(" · {at})。何もしていません。")),
                (None, "") => line.and("。何もしていません。"),
                (None, at) => line.and(format!(" ({at})。何もしていません。")),
            };
        }
        NothingDone::TooOld => "2分以内に処理できず、何もしていません。まだ必要なら、もう一度押してください。",
        NothingDone::NotListed => "押せるのは登録された人だけです。SRE に頼んでください。",
        NothingDone::NoMembers => "当番表に members シートがないため、誰も押せません。SRE に頼んでください。",
        NothingDone::Is(Standing::Guest) => "ゲストは使えません。SRE に頼んでください。",
        NothingDone::Is(_) => "使えるのは、このワークスペースのメンバーだけです。",
        NothingDone::NotChecked => {
            "いま、登録された人かどうかを確認できず、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。"
        }
        NothingDone::OtherChannel => "このチャンネルのボタンは使えません。アラートのチャンネルで押してください。",
        NothingDone::UnknownIncident => {
            "このインシデントの記録がありません (90日で消えます)。何もしていません。PagerDuty で確認してください。"
        }
        NothingDone::HasIt => "すでにあなたが対応中です。",
        NothingDone::HasItNot => "あなたは対応中になっていません。何もしていません。",
        NothingDone::NotRecorded => {
            "いま記録できないため、何もしていません。少し待って、もう一度押してください。急ぐときは SRE に直接連絡してください。"
        }
        NothingDone::PerhapsRecorded => {
            "記録できたかどうかを確認できません。最初のメッセージの「状態」を見て、必要ならもう一度押してください。急ぐときは SRE に直接連絡してください。"
        }
        NothingDone::NotShown => "受け付けました。チャットへの投稿が滞っているため、表示は遅れます。",
    };
    Line::own(text)
}

pub const UNNOTED: &str = "PagerDuty のメモには残せませんでした。";

pub fn note(act: Act, who: &str, at: &DateTime<Tz>) -> String {
    let done = match act {
        Act::Take => "が対応します",
        Act::HandBack => "が対応を離れました",
    };
    format!("{who} {done} · {} (Slack から、toban による記入)", at.format("%H:%M:%S"))
}
