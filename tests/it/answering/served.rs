//! The story over `toban serve`, started again for each step.

use super::story::{Story, Transport};
use super::{account, settings, with_all_buttons};
use crate::kit::{PagerDuty, Slack, Typetalk};
use crate::running::Settings;
use crate::serve::looking::toban;
use crate::serve::process::{Serving, State};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

struct Served {
    settings: Settings,
    state: State,
    /// What was counted of what people pressed.
    pressed: BTreeSet<String>,
}

impl Served {
    fn new(settings: Settings, state: &str) -> Self {
        Self { settings, state: State::new(state), pressed: BTreeSet::new() }
    }
}

impl Transport for Served {
    async fn send(&mut self, path: &str, headers: &[(&str, String)], body: &[u8], now: DateTime<Utc>) -> u16 {
        let settings = self.settings.clone().with("TOBAN_NOW", &now.to_rfc3339());
        let serving = Serving::start(&settings, &self.state).await;
        let (status, _) = serving.post(path, headers, body).await;
        serving.settled(&self.state).await;
        let (_, metrics) = serving.aside("/metrics").await;
        let presses = metrics.lines().filter_map(|line| line.strip_prefix("toban_presses_total{"));
        self.pressed.extend(presses.map(str::to_owned));
        assert_eq!(serving.terminated().await, Some(0));
        status
    }

    async fn tick(&mut self, now: DateTime<Utc>) {
        let settings = self.settings.clone().with("TOBAN_NOW", &now.to_rfc3339());
        let serving = Serving::start(&settings, &self.state).await;
        // It ticks when it starts.
        serving.says("the tick is done").await;
        serving.settled(&self.state).await;
        assert_eq!(serving.terminated().await, Some(0));
    }
}

#[tokio::test]
async fn people_answer_on_one_machine() {
    let mut wrong = Vec::new();
    for language in ["ja", "en"] {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
        let settings = settings.with("MESSAGE_LANGUAGE", language);
        let mut served = Served::new(settings, "answering");
        wrong.extend(Story::new(&slack, None, &pagerduty, "answering", language).play(&mut served).await.differences());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Messages are changed by the channel's id, which a process that has just started does not know.
#[tokio::test]
async fn the_channel_may_be_set_by_its_name() {
    let (slack, pagerduty) = (Slack::start().await, account().await);
    let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
    let mut served = Served::new(settings.with("SLACK_CHANNEL", "#app-monitoring"), "named");
    let wrong = Story::new(&slack, None, &pagerduty, "answering", "ja").play(&mut served).await.differences();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lines are in the other chat as well, whichever is the first, and nothing else changes.
#[tokio::test]
async fn the_other_chat_is_told_too() {
    let mut wrong = Vec::new();
    for (language, primary) in [("ja", "slack"), ("en", "slack"), ("ja", "typetalk")] {
        let (slack, typetalk, pagerduty) = (Slack::start().await, Typetalk::start().await, account().await);
        let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
        let settings = settings.with("MESSAGE_LANGUAGE", language).typetalk(&typetalk);
        let settings = settings.with("PRIMARY_CHAT", primary);
        let mut served = Served::new(settings, "answering");
        let story = Story::new(&slack, Some(&typetalk), &pagerduty, "answering", language).play(&mut served).await;
        wrong.extend(story.differences());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SRE is called, it is resolved, and another one is open at the end of the day.
#[tokio::test]
async fn people_act_on_one_machine() {
    let mut wrong = Vec::new();
    for language in ["ja", "en"] {
        for name in ["acting", "end-of-day"] {
            let (slack, typetalk, pagerduty) = (Slack::start().await, Typetalk::start().await, account().await);
            let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
            let settings = with_all_buttons(settings).with("MESSAGE_LANGUAGE", language).typetalk(&typetalk);
            let settings = settings.with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>");
            let settings = settings.with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL);
            let settings = settings.with("TYPETALK_REMINDER_TOPIC_ID", &Typetalk::REMINDER_TOPIC.to_string());
            let mut served = Served::new(settings, name);
            let story = Story::new(&slack, Some(&typetalk), &pagerduty, name, language);
            let story = match name {
                "acting" => story.play_acts(&mut served).await,
                _ => story.play_the_end(&mut served).await,
            };
            wrong.extend(story.differences());
            if language == "ja" {
                let expected: &[&str] = match name {
                    "acting" => &[RECORDED, RECORDED, QUIET],
                    _ => &[RECORDED, RECORDED, NOT_CALLED, RECORDED, ENDS, RECORDED],
                };
                assert_eq!(served.explained().await, expected, "{name}");
                let counted: &[&str] = match name {
                    "acting" => &[
                        "act=\"call_sre\",result=\"done\"} 1",
                        "act=\"call_sre\",result=\"refused\"} 1",
                        "act=\"command\",result=\"done\"} 1",
                        "act=\"resolve\",result=\"done\"} 1",
                        "act=\"resolve\",result=\"refused\"} 1",
                        "act=\"take\",result=\"done\"} 1",
                    ],
                    _ => &[
                        "act=\"call_sre\",result=\"done\"} 1",
                        "act=\"call_sre\",result=\"failed\"} 1",
                        "act=\"stay\",result=\"done\"} 1",
                        "act=\"stay\",result=\"refused\"} 1",
                        "act=\"take\",result=\"done\"} 1",
                    ],
                };
                assert_eq!(served.pressed.iter().collect::<Vec<_>>(), counted, "{name}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const RECORDED: &str = "メンションなし: 記録として知らせるだけです";
const QUIET: &str = "メンションなし: この種類の通知ではメンションしません (MENTION_ON)";
const NOT_CALLED: &str = "代わりの宛先にメンション: チャットから SRE を呼べませんでした";
const ENDS: &str = "対応中の人にメンション: 当番の時間が終わります";

impl Served {
    /// Why each event of ours mentions whom it mentions, as `toban explain` says it: of what was pressed, then of the shift.
    async fn explained(&self) -> Vec<String> {
        let mut keys = Vec::new();
        {
            let rows = rusqlite::Connection::open(self.state.path()).expect("nobody writes now");
            for kind in ["press", "shift"] {
                let sql =
                    format!("SELECT pk FROM rows WHERE pk LIKE 'claim#{kind}:%' AND sk = 'primary' ORDER BY gsi_sk");
                let mut found = rows.prepare(&sql).expect("the table has them");
                let found = found.query_map([], |row| row.get::<_, String>(0)).expect("it is read");
                keys.extend(found.map(|pk| pk.expect("a text")["claim#".len()..].to_owned()));
            }
        }
        let mut all = Vec::new();
        for key in keys {
            let (code, out, err) = toban(&self.settings, &self.state, &["explain", "--event", &key]).await;
            assert_eq!(code, Some(0), "{key}: {out}{err}");
            let why = out.lines().find_map(|line| line.trim().strip_prefix("→ ")).expect("it says why");
            all.push(why.split(" · ").next().unwrap_or_default().to_owned());
        }
        all
    }
}
