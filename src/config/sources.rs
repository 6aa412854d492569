//! Who is believed, and where the rotation is.

use super::Reach;
use super::lookup::Settings;
use crate::roster::Roster;
use crate::roster::file::Files;
use crate::secret::Secret;
use crate::source::pagerduty::Credentials;
use std::path::PathBuf;

/// A shorter secret can be guessed.
const SHORTEST: usize = 8;

/// What `/pagerduty` believes. Nothing configured closes the route; the requests that come all the same are logged.
pub(super) fn pagerduty(settings: &mut Settings<'_>) -> Credentials {
    Credentials {
        secrets: secrets(settings, "PAGERDUTY_WEBHOOK_SECRETS"),
        tokens: secrets(settings, "PAGERDUTY_V2_TOKENS"),
    }
}

fn secrets(settings: &mut Settings<'_>, variable: &'static str) -> Vec<Secret> {
    let values = settings.list(variable);
    if values.iter().any(|value| value.len() < SHORTEST) {
        settings.fault(variable, format!("holds one of fewer than {SHORTEST} characters"), "a-long-random-secret");
    }
    values.into_iter().map(Secret::new).collect()
}

/// The rotation: files, or on this machine alone the sample.
pub(super) fn roster(settings: &mut Settings<'_>, reach: Reach) -> Option<Roster> {
    let file = |variable| settings.text(variable).map(PathBuf::from);
    if let Some(rotation) = file("ROTATION_FILE") {
        return Some(Roster::Files(Files {
            rotation,
            members: file("MEMBERS_FILE"),
            runbooks: file("RUNBOOKS_FILE"),
            holidays: file("HOLIDAYS_FILE"),
        }));
    }
    match reach {
        Reach::Local => Some(Roster::Sample),
        Reach::Live => {
            settings.fault("ROTATION_FILE", "is not set, so nobody would be on call", "rotation.csv");
            None
        }
    }
}
