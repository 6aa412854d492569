//! Why a control of the page may do nothing.

use crate::domain::message::Language;
use crate::roster::pasted::NotCells;

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// With `--live` the page can only send; clock, rotation and faults cannot be changed.
    Live,
    NoSuchControl,
    NoSuchTime,
    NoSuchStep,
    NoSuchKind,
    NoSuchSample,
    NoSuchCell,
    NoSuchPerson,
    NoSuchButton,
    NoRotation(NotCells),
    /// There is no secret to sign with: `PAGERDUTY_WEBHOOK_SECRETS` is not set.
    NoSecret,
    NoBackup,
}

impl Declined {
    /// The text that the page shows.
    pub fn words(&self, language: Language) -> &'static str {
        let [japanese, english] = match self {
            Self::Live => [
                "本番のチャットにつながっているため、この操作はできません (--live なしで起動してください)",
                "not while real chats are connected: start toban without --live for this",
            ],
            Self::NoSuchControl => ["その操作はありません", "there is no such control"],
            Self::NoSuchStep => ["その時点まで再生できません", "the day cannot be played up to there"],
            Self::NoSuchTime => ["日時が正しくありません", "there is no such time"],
            Self::NoSuchKind => ["その種類のイベントはありません", "there is no such kind of event"],
            Self::NoSuchSample => ["そのサンプルはありません", "there is no such sample"],
            Self::NoSuchCell => ["そのセルには書けません", "nothing can be written into that cell"],
            Self::NoSuchPerson => ["その人はいません", "there is no such person"],
            Self::NoSuchButton => ["そのボタンはありません", "there is no such button"],
            Self::NoRotation(NotCells::Empty) => [
                "何も貼り付けられていません。スプレッドシートで見出しも含めて表を選び、コピーして貼り付けてください",
                "nothing is pasted: select the table in the spreadsheet, its headings too, copy it and paste it here",
            ],
            Self::NoRotation(NotCells::NoTab) => [
                "タブで区切られていません。CSV ではなく、スプレッドシートのセルをコピーして貼り付けてください (CSV は ROTATION_FILE に指定します)",
                "there is no tab in it: copy the cells of the spreadsheet, not a CSV (that is for ROTATION_FILE)",
            ],
            Self::NoRotation(NotCells::TooLarge) => [
                "大きすぎます (当番表は 64 KiB、members は 16 KiB、どちらも 4 万セル、1 セルは 2,000 バイトまで)。要る列と、今年の行だけを選んでコピーしてください",
                "it is too large (over 64 KiB, for the members 16 KiB, or 40,000 cells, or 2,000 bytes in a cell): copy only the columns that are needed, and only this year's rows",
            ],
            Self::NoSecret => [
                "署名用の秘密鍵がありません: PAGERDUTY_WEBHOOK_SECRETS を設定してください",
                "there is nothing to sign it with: set PAGERDUTY_WEBHOOK_SECRETS",
            ],
            Self::NoBackup => ["チャットは一つだけです", "there is only one chat"],
        };
        if language == Language::Japanese { japanese } else { english }
    }
}
