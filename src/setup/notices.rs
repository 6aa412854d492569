//! What is sent besides alerts and reminders, because `NOTICES` names it.

use crate::relay::exercise::Exercises;
use crate::relay::notices::Notices;
use crate::relay::turns::Turns;
use crate::relay::weekly::Weekly;
use crate::setup::config::{Config, NoticeKind, Watched};
use crate::setup::wiring::Base;

impl Base {
    /// Those that are named. `watched` is what to check in PagerDuty.
    pub fn notices(&self, config: &Config, watched: Option<Watched>) -> Notices {
        let is_named = |kind| config.notices.contains(&kind);
        // What was posted by others and before is what they are about.
        let of_the_past = |kind| is_named(kind) && self.knows_history();
        for kind in [NoticeKind::Weekly, NoticeKind::Exercises] {
            if is_named(kind) && !self.knows_history() {
                let name = kind.name();
                tracing::error!(
                    configuration = true,
                    "NOTICES names '{name}', which is not sent: without LEDGER_TABLE nothing is known of the past"
                );
            }
        }
        Notices {
            daily_check: is_named(NoticeKind::Check).then(|| self.daily_check(config, watched)),
            turns: is_named(NoticeKind::Turns).then(|| Turns { team: self.team(config), ledger: self.shared_ledger() }),
            weekly: of_the_past(NoticeKind::Weekly)
                .then(|| Weekly { team: self.team(config), ledger: self.shared_ledger() }),
            exercises: of_the_past(NoticeKind::Exercises)
                .then(|| Exercises { team: self.team(config), ledger: self.shared_ledger() }),
        }
    }
}
