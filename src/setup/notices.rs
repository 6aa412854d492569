//! What is sent besides alerts and reminders, because `NOTICES` names it.

use crate::relay::notices::Notices;
use crate::relay::turns::Turns;
use crate::setup::config::{Config, NoticeKind, Watched};
use crate::setup::wiring::Base;

impl Base {
    /// Those that are named. `watched` is what to check in PagerDuty.
    pub fn notices(&self, config: &Config, watched: Option<Watched>) -> Notices {
        let is_named = |kind| config.notices.contains(&kind);
        Notices {
            daily_check: is_named(NoticeKind::Check).then(|| self.daily_check(config, watched)),
            turns: is_named(NoticeKind::Turns).then(|| Turns { team: self.team(config), ledger: self.shared_ledger() }),
        }
    }
}
