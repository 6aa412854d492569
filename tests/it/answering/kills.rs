//! `kill -9` while a press is done: it is done once all the same.

use super::{INCIDENT, SIGNING, account, at, settings};
use crate::kit::{Fault, PagerDuty, PagerDutyFault, Slack, signed};
use crate::running::payload;
use crate::serve::process::{Serving, State};

/// Where it is killed.
#[derive(Debug, Clone, Copy)]
enum Killed {
    /// The press is recorded, and there is no note.
    BeforeTheNote,
    /// There is a note, and nobody has been told.
    AfterTheNote,
    /// The line is queued, and not posted.
    BeforeTheLine,
}

#[tokio::test]
async fn a_press_is_done_once_wherever_the_process_is_killed() {
    for killed in [Killed::BeforeTheNote, Killed::AfterTheNote, Killed::BeforeTheLine] {
        let (slack, pagerduty) = (Slack::start().await, account().await);
        let state = State::new("answering kills");
        let settings = settings(&slack, &pagerduty).with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY);
        let serving = Serving::start(&settings, &state).await;
        // After this PagerDuty is asked for the press alone.
        serving.says("the round is done").await;
        assert_eq!(serving.signed(&payload("v3/incident.triggered.json")).await, 202);
        serving.settled(&state).await;
        let first = slack.expect_one();
        let (asked, called) = (pagerduty.calls(), slack.calls());
        match killed {
            Killed::BeforeTheNote => pagerduty.fail_write_after(0, PagerDutyFault::Hang),
            Killed::AfterTheNote => pagerduty.fail_write_after(0, PagerDutyFault::HangAfterAccepting),
            Killed::BeforeTheLine => slack.fail_next_of("chat.postMessage", [Fault::Hang]),
        }
        let body = slack.press("U0SATO0001", &first, "take").body();
        let answer = serving.post("/slack", &signed(SIGNING, at("11:02"), &body), body.as_bytes()).await;
        assert_eq!(answer, (200, String::new()));
        match killed {
            // It looks, and writes.
            Killed::BeforeTheNote | Killed::AfterTheNote => pagerduty.called(asked + 2).await,
            // Who it is and where, the first message, and the line.
            Killed::BeforeTheLine => slack.called(called + 4).await,
        }
        serving.kill().await;

        // Two minutes later what was begun is ended.
        let later = settings.with("TOBAN_NOW", "2026-11-24T11:06:00+09:00");
        let serving = Serving::start(&later, &state).await;
        serving.settled(&state).await;
        let lines = slack.take();
        assert!(lines.len() == 1 && lines[0].text.contains("👀 佐藤 が対応します · 11:02"), "{killed:?}: {lines:?}");
        assert_eq!(lines[0].thread_ts.as_ref(), Some(&first.ts), "{killed:?}");
        assert!(slack.expect_edit().text.ends_with("状態: 対応中 · 佐藤 · 11:02 から"), "{killed:?}");
        assert_eq!(pagerduty.notes(INCIDENT).len(), 1, "{killed:?}");
        assert_eq!(slack.take_private(), [], "{killed:?}");
        assert_eq!(serving.terminated().await, Some(0));
    }
}
