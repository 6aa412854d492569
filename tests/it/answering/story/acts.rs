//! Two more of them: one for which SRE is called and that somebody resolves, and one that is open at the end of the day.

use super::{Story, Transport, commands, webhook};
use crate::answering::{INCIDENT, SRE, at};
use crate::kit::PagerDutyFault;
use serde_json::json;

const SATO: (&str, &str) = ("佐藤", super::SATO);
const SUZUKI: (&str, &str) = ("鈴木", super::SUZUKI);
const TAKAHASHI: (&str, &str) = ("高橋", "U0TAKAHA01");

impl Story<'_> {
    /// One has it, another calls SRE, a third resolves it.
    pub async fn play_acts(mut self, toban: &mut impl Transport) -> Self {
        let title = self.title();
        let by = |who: (&str, &str)| json!({"id": who.0, "type": "user_reference", "summary": who.1});
        let dummy = || by(("PDUMMY1", "Chat First Response"));
        let alert = webhook("triggered", at("11:02"), title, |_| {});
        self.report(toban, "11:02", "triggered", &alert).await;
        self.press(toban, "11:05", SATO, "take").await;
        self.press(toban, "11:08", SATO, "resolve").await;
        self.press(toban, "11:20", SUZUKI, "call_sre").await;
        let note = self.pagerduty.notes(INCIDENT).pop().expect("there is one");
        let own = webhook("annotated", at("11:20"), title, |event| {
            event["agent"] = dummy();
            event["data"]["content"] = note.as_str().into();
        });
        self.report(toban, "11:20", "annotated, with our own note", &own).await;
        for kind in ["delegated", "reassigned"] {
            let own = webhook(kind, at("11:20"), title, |event| {
                event["agent"] = dummy();
                event["data"]["assignees"] = json!([by(SRE)]);
            });
            self.report(toban, "11:21", &format!("{kind}, as we have asked"), &own).await;
        }
        self.press(toban, "11:22", SATO, "call_sre").await;
        self.pagerduty.edit(|account| {
            let incident = account.incident(INCIDENT);
            incident["status"] = "acknowledged".into();
            incident["pending_actions"] = json!([]);
            incident["last_status_change_at"] = at("11:24").to_rfc3339().into();
        });
        let has_it = webhook("acknowledged", at("11:24"), title, |event| {
            event["agent"] = by(SRE);
            event["data"]["assignees"] = json!([by(SRE)]);
        });
        self.report(toban, "11:24", "acknowledged", &has_it).await;
        let old = self.first.clone();
        self.press(toban, "11:40", TAKAHASHI, "resolve").await;
        let own = webhook("resolved", at("11:40"), title, |event| event["agent"] = dummy());
        self.report(toban, "11:41", "resolved, as we have asked", &own).await;
        self.first = old;
        for action in ["resolve", "call_sre"] {
            self.press(toban, "11:42", SUZUKI, action).await;
        }
        self.command(toban, "11:43", SUZUKI, commands(self.language)[3]).await;
        self
    }

    /// The day ends, and it is open: who goes on with it, and a call for SRE that PagerDuty does not take.
    pub async fn play_the_end(mut self, toban: &mut impl Transport) -> Self {
        self.pagerduty.edit(|account| {
            account.incident(INCIDENT)["pending_actions"] =
                json!([{"type": "escalate", "at": at("17:15").to_rfc3339()}]);
        });
        let alert = webhook("triggered", at("16:35"), self.title(), |_| {});
        self.report(toban, "16:35", "triggered", &alert).await;
        self.tick(toban, "16:40").await;
        self.press(toban, "16:42", SATO, "take").await;
        self.tick(toban, "16:50").await;
        self.press(toban, "16:52", SATO, "stay").await;
        self.press(toban, "16:53", SATO, "stay").await;
        self.tick(toban, "17:00").await;
        self.tick(toban, "17:10").await;
        self.pagerduty.fail_write_after(0, PagerDutyFault::Forbidden);
        self.press(toban, "17:12", SUZUKI, "call_sre").await;
        self.press(toban, "17:13", SUZUKI, "call_sre").await;
        self
    }
}
