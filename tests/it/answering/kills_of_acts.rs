//! `kill -9` while SRE is called or an incident is resolved: it is done once, and told once, wherever the process is killed.

use super::{INCIDENT, SIGNING, SRE_POLICY, account, at, settings, with_all_buttons};
use crate::kit::{Fault, Message, PagerDuty, PagerDutyFault, Slack, signed};
use crate::running::{Settings, payload};
use crate::serve::process::{Serving, State};
use serde_json::json;

/// Where it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killed {
    /// It is recorded, and PagerDuty has not done it.
    BeforeItIsDone,
    /// PagerDuty has done it, and its answer was lost.
    AfterItIsDone,
    /// It is done, and there is no note.
    BeforeTheNote,
    /// There is a note, and nobody has been told.
    AfterTheNote,
    /// The line is queued, and not posted.
    BeforeTheLine,
}

const ALL: [Killed; 5] =
    [Killed::BeforeItIsDone, Killed::AfterItIsDone, Killed::BeforeTheNote, Killed::AfterTheNote, Killed::BeforeTheLine];

struct World {
    slack: Slack,
    pagerduty: PagerDuty,
    settings: Settings,
    state: State,
    first: Message,
}

impl World {
    /// 鈴木 presses, and the process is killed.
    async fn killed(action: &str, killed: Killed) -> Self {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let state = State::new("kills of acts");
        let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
        let settings = with_all_buttons(settings).with("FALLBACK_MENTION_SLACK", "<!subteam^S0SRETEAM1>");
        let serving = Serving::start(&settings, &state).await;
        // After this PagerDuty is asked for the press alone.
        serving.says("the tick is done").await;
        assert_eq!(serving.signed(&payload("v3/incident.triggered.json")).await, 202);
        serving.settled(&state).await;
        let first = slack.expect_one();
        let (asked, called) = (pagerduty.calls(), slack.calls());
        match killed {
            Killed::BeforeItIsDone => pagerduty.fail_write_after(0, PagerDutyFault::Hang),
            Killed::AfterItIsDone => pagerduty.fail_write_after(0, PagerDutyFault::HangAfterAccepting),
            Killed::BeforeTheNote => pagerduty.fail_write_after(1, PagerDutyFault::Hang),
            Killed::AfterTheNote => pagerduty.fail_write_after(1, PagerDutyFault::HangAfterAccepting),
            Killed::BeforeTheLine => slack.fail_next_of("chat.postMessage", [Fault::Hang]),
        }
        let body = slack.press("U0SUZUKI01", &first, action).body();
        let answer = serving.post("/slack", &signed(SIGNING, at("11:02"), &body), body.as_bytes()).await;
        assert_eq!(answer, (200, String::new()));
        match killed {
            // It looks, who it is, and writes.
            Killed::BeforeItIsDone | Killed::AfterItIsDone => pagerduty.called(asked + 3).await,
            Killed::BeforeTheNote | Killed::AfterTheNote => pagerduty.called(asked + 4).await,
            // Who it is and where, the first message, and the line.
            Killed::BeforeTheLine => slack.called(called + 4).await,
        }
        serving.kill().await;
        Self { slack, pagerduty, settings, state, first }
    }

    /// Two minutes later what was begun is ended.
    async fn again(&self) {
        let later = self.settings.clone().with("TOBAN_NOW", "2026-11-24T11:06:00+09:00");
        let serving = Serving::start(&later, &self.state).await;
        serving.settled(&self.state).await;
        assert_eq!(serving.terminated().await, Some(0));
    }

    #[track_caller]
    fn told(&self, line: &str, puts: usize, killed: Killed) {
        let lines = self.slack.take();
        assert!(lines.len() == 1 && lines[0].text.contains(line), "{killed:?}: {lines:?}");
        assert_eq!(lines[0].thread_ts.as_ref(), Some(&self.first.ts), "{killed:?}");
        self.slack.take_edits();
        assert_eq!(self.pagerduty.notes(INCIDENT).len(), 1, "{killed:?}");
        assert_eq!(self.slack.take_private(), [], "{killed:?}");
        let asked = self.pagerduty.take_calls().iter().filter(|call| call.starts_with("PUT")).count();
        assert_eq!(asked, puts, "{killed:?}");
    }
}

#[tokio::test]
async fn sre_is_called_once() {
    for killed in ALL {
        let world = World::killed("call_sre", killed).await;
        world.again().await;
        let puts = if killed == Killed::BeforeItIsDone { 2 } else { 1 };
        world.told("📣 SRE を呼びました: 山田 太郎 · 鈴木 による · 11:02", puts, killed);
        world.pagerduty.edit(|account| {
            assert_eq!(account.incident(INCIDENT)["escalation_policy"]["id"], SRE_POLICY);
        });
    }
}

#[tokio::test]
async fn it_is_resolved_once() {
    for killed in ALL {
        let world = World::killed("resolve", killed).await;
        world.again().await;
        let puts = if killed == Killed::BeforeItIsDone { 2 } else { 1 };
        world.told("✅ 鈴木 が解決 ", puts, killed);
        world.pagerduty.edit(|account| assert_eq!(account.incident(INCIDENT)["status"], "resolved"));
    }
}

/// Monitoring has opened it again, or somebody has acknowledged it, which whoever pressed has not seen.
#[tokio::test]
async fn what_has_changed_meanwhile_is_left_alone() {
    for (killed, status) in [(Killed::AfterItIsDone, "triggered"), (Killed::BeforeItIsDone, "acknowledged")] {
        let world = World::killed("resolve", killed).await;
        world.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = status.into();
            incident["last_status_change_at"] = at("11:03").to_rfc3339().into();
            incident["last_status_change_by"] = json!(null);
        });
        world.again().await;
        world.slack.expect_none();
        let told = world.slack.expect_private().text;
        assert!(told.starts_with("押したあとに状態が変わったため、何もしていません。"), "{told}");
        world.pagerduty.edit(|account| assert_eq!(account.incident(INCIDENT)["status"], status));
    }
}
