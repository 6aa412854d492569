//! The words for a state: ours, Nagios', and those that monitoring services, scripts and people write.
//!
//! `docs/sources.md` has the same table; a test compares the two. A word that can mean either (`active`, `running`,
//! `started`) is in none of the lists: a wrong guess would call nobody, or close what is open.

use crate::domain::incident::Urgency;
use crate::source::scalar::comparable;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// There is a problem, and how urgent the word itself makes it.
    Trouble(Option<Urgency>),
    /// Somebody works on it.
    Taken,
    /// It is over.
    Over,
    /// What was told already is told again.
    Again,
    /// Neither a problem nor its end, whatever its urgency: it is posted, and calls nobody.
    Notice,
}

impl Meaning {
    /// What the status says of the urgency.
    pub(super) fn urgency(self) -> Option<Urgency> {
        match self {
            Self::Trouble(urgency) => urgency,
            Self::Taken | Self::Over | Self::Again | Self::Notice => None,
        }
    }
}

/// The words of each meaning as `comparable` leaves them: lower case, without spaces, hyphens and underscores.
const WORDS: [(Meaning, &str); 7] = [
    (
        Meaning::Trouble(None),
        "triggered trigger retriggered problem firing fired alerting alert alarm alarming activated created create \
         opened open reopened reopen raised unresolved incident 1 発生 発生中 再発 検知 アラート アラーム 警報 未解決 \
         未対応 未復旧 問題 問題発生",
    ),
    (
        Meaning::Trouble(Some(Urgency::High)),
        "critical crit fatal emergency emerg panic disaster severe major down unreachable unreach unavailable offline \
         outage disconnected noresponse notresponding timeout timedout error err errored exception failed fail \
         failure failing aborted crashed crash dead broken unhealthy notok ng 2 異常 異常発生 異常検知 異常あり \
         異常終了 障害 障害発生 障害中 故障 エラー エラー発生 失敗 停止 停止中 ダウン 応答なし 無応答 不通 切断 \
         接続不可 タイムアウト 致命的 重大 緊急 危険",
    ),
    (
        Meaning::Trouble(Some(Urgency::Low)),
        "warning warn rewarn minor degraded unknown nodata renodata insufficientdata missing 3 警告 注意 不明 \
         データなし データ不足",
    ),
    (
        Meaning::Taken,
        "acknowledged acknowledge acknowledgement acked ack inprogress investigating identified monitoring 対応 \
         対応中 対応開始 着手 確認 確認中 確認済 確認済み 調査中 調査開始 復旧中 復旧作業中 経過観察 経過観察中",
    ),
    (
        Meaning::Over,
        "resolved resolve recovery recovered recover restored ok okay up online success successful succeeded succeed \
         passed passing pass completed complete finished done closed close fixed normal backtonormal healthy cleared \
         clear ignored archived 0 復旧 復旧済 復旧済み 復旧しました 復旧完了 回復 回復済み 回復しました 復帰 正常 \
         正常化 正常復帰 正常終了 解消 解消済 解消済み 解消しました 解決 解決済 解決済み 解決しました 対応完了 対応済 \
         対応済み 完了 成功 終了 クローズ リカバリ リカバリー 異常なし 問題なし",
    ),
    (Meaning::Again, "renotify renotified repeat repeated 再通知"),
    (
        Meaning::Notice,
        "flappingstart flappingstop flappingend flappingdisabled downtimestart downtimeend downtimecancelled \
         downtimeremoved custom maintenance paused メンテナンス メンテナンス中",
    ),
];

/// Those of them for which nothing is known to be wrong but that nothing is measured.
const WITHOUT_DATA: [&str; 8] =
    ["unknown", "nodata", "renodata", "insufficientdata", "missing", "不明", "データなし", "データ不足"];

/// Words for an urgency that are no state.
const URGENCIES: [(Urgency, &[&str]); 2] =
    [(Urgency::High, &["high", "urgent", "高", "高い"]), (Urgency::Low, &["low", "低", "低い"])];

/// `None` if the word is in no list.
pub(super) fn meaning(status: &str) -> Option<Meaning> {
    let word = comparable(status);
    WORDS.iter().find(|(_, words)| words.split(' ').any(|known| known == word)).map(|(meaning, _)| *meaning)
}

/// Whether it says that nothing is measured.
pub(super) fn is_without_data(status: &str) -> bool {
    WITHOUT_DATA.contains(&comparable(status).as_str())
}

/// The urgency that a word names or, if it is a state, has. A number is a state only: as an urgency nobody knows which end of
/// the scale it counts from.
pub(in crate::source) fn urgency(text: &str) -> Option<Urgency> {
    let word = comparable(text);
    let named = URGENCIES.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(urgency, _)| *urgency);
    named.or_else(|| meaning(&word).filter(|_| word.contains(char::is_alphabetic))?.urgency())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;

    #[test]
    fn the_manual_lists_the_same_words() {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sources.md")).expect("the page");
        for (meaning, words) in WORDS {
            let heading = match meaning {
                Meaning::Trouble(None) => "a problem",
                Meaning::Trouble(Some(Urgency::High)) => "a problem, urgency high",
                Meaning::Trouble(Some(Urgency::Low)) => "a problem, urgency low",
                Meaning::Taken => "somebody works on it",
                Meaning::Over => "it is over",
                Meaning::Again => "told before: not posted",
                Meaning::Notice => "posted without a mention",
            };
            let row = page.lines().find_map(|line| line.strip_prefix(&format!("| {heading} | "))).expect(heading);
            let listed: Vec<_> = row.trim_end_matches(" |").split(", ").map(comparable).collect();
            let listed: BTreeSet<_> = listed.iter().map(String::as_str).collect();
            assert_eq!(listed, words.split(' ').collect(), "{heading}");
        }
    }

    #[test]
    fn every_word_is_listed_once_and_as_it_is_compared() {
        let mut seen = BTreeSet::new();
        for word in WORDS.iter().flat_map(|(_, words)| words.split(' ')) {
            assert!(!word.is_empty());
            assert_eq!(comparable(word), word);
            assert!(seen.insert(word), "{word} is listed twice");
        }
    }

    #[test]
    fn a_word_is_known_however_it_is_written() {
        let (trouble, low) = (Meaning::Trouble(None), Meaning::Trouble(Some(Urgency::Low)));
        let high = Meaning::Trouble(Some(Urgency::High));
        for (status, expected) in [
            ("ALARM", Some(trouble)),
            ("Re-Triggered", Some(trouble)),
            ("No Data", Some(low)),
            ("no_data", Some(low)),
            ("INSUFFICIENT_DATA", Some(low)),
            ("Re-No Data", Some(low)),
            ("ＮＧ", Some(high)),
            ("timed out", Some(high)),
            ("[CRITICAL]", Some(high)),
            ("not ok", Some(high)),
            ("ｴﾗｰ", Some(high)),
            ("異常。", Some(high)),
            ("障害 発生", Some(high)),
            ("In Progress", Some(Meaning::Taken)),
            ("対応中", Some(Meaning::Taken)),
            ("ＯＫ", Some(Meaning::Over)),
            ("back to normal", Some(Meaning::Over)),
            ("復旧", Some(Meaning::Over)),
            ("0", Some(Meaning::Over)),
            ("Renotify", Some(Meaning::Again)),
            ("FLAPPINGSTART", Some(Meaning::Notice)),
            ("active", None),
            ("200", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(meaning(status), expected, "{status}");
        }
    }

    #[test]
    fn without_data_there_may_be_no_trouble_at_all() {
        for (status, expected) in
            [("No Data", true), ("UNKNOWN", true), ("データ不足", true), ("warning", false), ("3", false), ("", false)]
        {
            assert_eq!(is_without_data(status), expected, "{status}");
        }
        for word in WITHOUT_DATA {
            assert_eq!(meaning(word), Some(Meaning::Trouble(Some(Urgency::Low))), "{word}");
        }
    }

    #[test]
    fn an_urgency_is_a_word() {
        for (text, expected) in [
            ("HIGH", Some(Urgency::High)),
            ("高", Some(Urgency::High)),
            ("CRITICAL", Some(Urgency::High)),
            ("low", Some(Urgency::Low)),
            ("警告", Some(Urgency::Low)),
            ("triggered", None),
            ("ok", None),
            ("2", None),
            ("P1", None),
            ("", None),
        ] {
            assert_eq!(urgency(text), expected, "{text}");
        }
    }
}
