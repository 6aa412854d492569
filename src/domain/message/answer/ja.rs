//! In Japanese.

use crate::domain::incident::Escalation;
use crate::domain::message::{Confirm, Line};
use crate::domain::press::{Act, NothingDone, Obstacle, Standing};
use crate::domain::text::Foreign;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub fn press(act: Act) -> &'static str {
    match act {
        Act::Take => "対応します",
        Act::HandBack => "離れる",
        Act::Stay => "続けます",
        Act::CallSre => "SRE を呼ぶ",
        Act::Resolve => "解決にする",
    }
}

pub fn confirm(act: Act, tag: &str) -> Option<Confirm> {
    Some(match act {
        Act::Take | Act::HandBack | Act::Stay => return None,
        Act::CallSre => Confirm {
            title: "SRE を呼びますか?".to_owned(),
            text: "PagerDuty が SRE の待機者に今すぐ連絡します (電話のこともあります)。迷ったら呼んでください。",
            yes: "呼ぶ",
            no: "やめる",
        },
        Act::Resolve => Confirm {
            title: format!("{tag} を解決にしますか?"),
            text: "PagerDuty でも閉じ、SRE は呼ばれなくなります。まだ続いていても、次の知らせは来ないことがあります。監視が戻ったのを見てから押してください。",
            yes: "解決にする",
            no: "まだ",
        },
    })
}

/// What PagerDuty says, or does not.
pub fn obstacle(why: Obstacle) -> String {
    let text = match why {
        Obstacle::NoAnswer => "応答がありません",
        Obstacle::NoSuchKey => "キーが無効です",
        Obstacle::NotAllowed => "権限がありません",
        Obstacle::NoSuchUser => "PAGERDUTY_ACT_AS のユーザーがいません",
        Obstacle::NoSuchPolicy => "SRE_ESCALATION_POLICY_ID のポリシーを使えません",
        Obstacle::NobodyOnCall => "SRE のポリシーに待機者がいません",
        Obstacle::StillAcknowledged => "対応中のままで、呼び出しが始まりません",
        Obstacle::StillAssigned => "担当が変わりません",
        Obstacle::StillLow => "緊急度が低いままです",
        Obstacle::Merged => "ほかのインシデントに統合されています",
        Obstacle::KeepsChanging => "ほかの変更と重なりました",
        Obstacle::NotFound => "このインシデントがありません",
        Obstacle::NotRecorded => "toban が記録できず、依頼していません",
        Obstacle::Other(0) => "想定外の応答です",
        Obstacle::Other(code) => return format!("エラー {code}"),
    };
    text.to_owned()
}

pub fn sre_has_it(people: Option<Line>, by: Option<&Foreign>, at: &str) -> Line {
    let line = match (&by, people) {
        (_, Some(people)) if by.is_some() => Line::joined(vec![Line::own("SRE はもう呼ばれています: "), people], ""),
        (_, Some(people)) => Line::joined(vec![Line::own("SRE にはもう連絡が行っています: "), people], ""),
        (_, None) => Line::own("SRE にはもう連絡が行っています"),
    };
    match by {
        Some(by) => line.and(" (").foreign(by).and(format!(" による · {at})。何もしていません。")),
        None => line.and("。何もしていません。"),
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
        NothingDone::Merged => {
            "ほかのインシデントに統合されています。何もしていません。統合先のインシデントで押すか、SRE に直接連絡してください。"
        }
        NothingDone::SreNotCalled => {
            "SRE を呼べませんでした。チャンネルにもまだ知らせられていません。SRE に直接連絡してください。"
        }
        NothingDone::StaysAlready => "すでに、あなたが続けることになっています。",
        NothingDone::NotAnActor => {
            "解決にできるのは、登録された人 (SLACK_ACTORS) だけです。何もしていません。SRE に頼んでください。"
        }
        NothingDone::NotSetUp => {
            "このボタンはいま使えません。何もしていません。急ぐときは SRE に直接連絡してください。"
        }
        NothingDone::OtherService => {
            "このサービスのインシデントは、ここからは操作できません。何もしていません。PagerDuty で操作するか、SRE に直接連絡してください。"
        }
        NothingDone::SreHasIt => "SRE にはもう連絡が行っています。何もしていません。",
        NothingDone::NotResolved(why) => {
            return Line::own(format!(
                "解決にできませんでした (PagerDuty: {})。まだ開いています。少し待って、もう一度押すか、SRE に頼んでください。",
                obstacle(why)
            ));
        }
        NothingDone::PerhapsResolved => {
            "PagerDuty の応答がなく、解決になったかどうか分かりません。PagerDuty で確認するか、SRE に頼んでください。"
        }
        NothingDone::Changed => {
            "押したあとに状態が変わったため、何もしていません。いまの状態を見て、必要ならもう一度押してください。"
        }
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
        Act::Stay => "が当番の時間のあとも続けます",
        Act::CallSre => "が SRE を呼びました",
        Act::Resolve => "が解決にしました",
    };
    format!("{who} {done} · {} (Slack から、toban による記入)", at.format("%H:%M:%S"))
}
