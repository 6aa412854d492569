//! The texts of `toban drill` in both languages.

use crate::domain::incident::Drill;
use crate::domain::message::Language;
use crate::net::http::Broken;
use crate::setup::renewal::Lookup;
use std::time::Duration;

/// What is timed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Answer,
    Queue,
    Chat,
}

/// Says it in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said(pub Language);

/// The title, in the language of the messages.
pub(super) fn title(lookup: Lookup<'_>) -> &'static str {
    match lookup("MESSAGE_LANGUAGE").as_deref().map(str::trim) {
        Some("en") => "[Drill] Do alerts arrive?",
        _ => "【訓練】アラートが届くかどうかの確認",
    }
}

impl Said {
    fn of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Japanese => ja,
            Language::English => en,
        }
    }

    pub fn begins(self, tag: &str, url: &str, drill: Drill) -> String {
        match (self.0, drill) {
            (Language::Japanese, Drill::Quiet) => format!("訓練 {tag} を {url} へ送ります。誰にもメンションしません"),
            (Language::Japanese, Drill::Mentioning) => {
                format!("訓練 {tag} を {url} へ送ります。今日の当番がいれば、本当にメンションします")
            }
            (Language::English, Drill::Quiet) => format!("drill {tag} to {url}; nobody is mentioned"),
            (Language::English, Drill::Mentioning) => {
                format!("drill {tag} to {url}; today's pair, if there is one, is mentioned for real")
            }
        }
    }

    pub fn step(self, step: Step, took: Duration, what: &str) -> String {
        let name = match step {
            Step::Answer => self.of("応答", "answer"),
            Step::Queue => self.of("キュー", "queue"),
            Step::Chat => self.of("チャット", "chat"),
        };
        let after = match self.0 {
            Language::Japanese => format!("{:.2} 秒後", took.as_secs_f64()),
            Language::English => format!("after {:.2} s", took.as_secs_f64()),
        };
        format!("✓ {name} · {after} · {what}")
    }

    pub fn at_once(self) -> &'static str {
        self.of("応答の前に投稿済み", "posted before the answer")
    }

    pub fn by_its_clock(self) -> &'static str {
        self.of("worker が受け取り (worker の時計で)", "the worker had it, by its own clock")
    }

    pub fn not_looked_at(self, tag: &str) -> String {
        match self.0 {
            Language::Japanese => format!(
                "· キューから先はここから見えません (LEDGER_TABLE か STATE_FILE を設定すると見えます)。チャンネルで {tag} を確認してください"
            ),
            Language::English => format!(
                "· what comes after the queue cannot be seen from here (it can with LEDGER_TABLE or STATE_FILE): look for {tag} in the channel"
            ),
        }
    }

    pub fn waiting(self) -> &'static str {
        self.of("… チャットに届くのを待っています", "… waiting until a chat has it")
    }

    pub fn not_seen(self, wait: Duration) -> String {
        let seconds = wait.as_secs();
        match self.0 {
            Language::Japanese => format!(
                "✗ {seconds} 秒待ちましたが、どのチャットにも届いていません。worker のログと toban check を確認してください"
            ),
            Language::English => {
                format!("✗ no chat had it within {seconds} s: the worker's log says why, and toban check what to do")
            }
        }
    }

    pub fn refused(self, status: u16, text: &str) -> String {
        let what = match (status, text) {
            (503 | 401, "not authenticated") => self.of(
                "署名のシークレットが違います。リレーと同じ PAGERDUTY_WEBHOOK_SECRETS を設定してください",
                "the relay has another secret: set PAGERDUTY_WEBHOOK_SECRETS as it is there",
            ),
            (503, _) => self.of(
                "リレーが受け取れません。PagerDuty なら送り直します。リレーのログを確認してください",
                "the relay cannot take it now, and PagerDuty would send it again: its log says why",
            ),
            (404 | 405, _) => self.of(
                "そのパスにリレーはいません。URL は /pagerduty で終わるはずです",
                "there is no relay at that path: the URL ends with /pagerduty",
            ),
            (202, _) => self.of(
                "リレーの時計が進んでいるため、古すぎるとして投稿されません",
                "the relay's clock is ahead, so that it is too old to be posted",
            ),
            _ => self.of("toban の応答ではありません", "that is no answer of toban's"),
        };
        // A page of something else is long.
        let text: String = text.chars().take(200).collect();
        format!("✗ {status} {text}: {what}")
    }

    pub fn unreachable(self, why: &str) -> String {
        match self.0 {
            Language::Japanese => format!("✗ リレーから応答がありません: {why}"),
            Language::English => format!("✗ the relay does not answer: {why}"),
        }
    }

    pub fn broken(self, broken: &Broken) -> String {
        match broken {
            Broken::NotSent(why) | Broken::Lost(why) => why.clone(),
            Broken::TooLong => self.of("応答が長すぎます", "the answer is too long").to_owned(),
            Broken::TooLate | Broken::NotBegun => self.of("時間切れです", "no answer in time").to_owned(),
        }
    }

    pub fn no_secret(self) -> &'static str {
        self.of(
            "✗ PAGERDUTY_WEBHOOK_SECRETS が設定されていないため、署名できません。リレーと同じ値を設定してください (AWS では PARAMETERS_PATH=/toban でも読めます)",
            "✗ PAGERDUTY_WEBHOOK_SECRETS is not set, so nothing can be signed: set it as it is on the relay (on AWS PARAMETERS_PATH=/toban reads it)",
        )
    }

    pub fn closed(self) -> &'static str {
        self.of("✓ 訓練を解決にしました", "✓ the drill is resolved")
    }

    pub fn will_close(self) -> &'static str {
        self.of(
            "· 訓練の解決も受け付けられました。訓練のあとに投稿されます",
            "· the relay has taken that the drill is resolved, and posts it after the drill",
        )
    }

    pub fn not_closed(self) -> &'static str {
        self.of(
            "! 訓練を解決にできませんでした。リマインダーや /toban の一覧には出ません",
            "! the drill could not be resolved; it is in no reminder and no list all the same",
        )
    }
}
