//! People answer from Slack: a button below the first message, and `/toban`.

mod addresses;
#[cfg(feature = "aws-tests")]
mod aws;
mod down;
mod front;
mod here;
mod kills;
mod kills_of_acts;
mod off;
mod pagerduty;
mod resolve;
mod served;
mod shift;
mod sre;
mod sre_again;
mod story;
mod who;

use crate::kit::{Google, PagerDuty, Slack};
use crate::running::Settings;
use chrono::{DateTime, Utc};

/// The newer one of two.
pub const SIGNING: &str = "slack-signing-secret-2";
pub const INCIDENT: &str = "Q2YXK4P7T3M1NC";
/// The service of its incidents.
pub const SERVICE: &str = "PBKLOG1";
/// SRE's escalation policy, and who is on call there.
pub const SRE_POLICY: &str = "PSREEP1";
pub const SRE: (&str, &str) = ("PSRE001", "山田 太郎");
const EMAIL: &str = "toban@example.com";

/// A time of the day on which everything happens, or of another one of that month: `25T11:02`.
pub fn at(time: &str) -> DateTime<Utc> {
    let (day, time) = time.split_once('T').unwrap_or(("24", time));
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-{day}T{time}{seconds}+09:00").parse().expect("a time of that month")
}

/// PagerDuty with the incident, which calls SRE half an hour after it began.
pub async fn account() -> PagerDuty {
    let pagerduty = PagerDuty::start("2026-11-24T11:02:00+09:00").await;
    pagerduty.edit(|account| {
        account.add_user("PDUMMY1", "Chat First Response", EMAIL, "limited_user");
        account.add_service(SERVICE, "Mackerel Backlogアプリ", "PDUMMY1");
        account.policies[0]["escalation_rules"][0]["escalation_delay_in_minutes"] = 30.into();
        account.add_user(SRE.0, SRE.1, "yamada@example.com", "limited_user");
        account.add_policy(SRE_POLICY, "SRE", SRE.0);
        account.add_incident(INCIDENT, 4812, "HTTP 5xx が 5% を超えています", SERVICE);
    });
    pagerduty
}

/// Settings with which people can answer, and leave a note in PagerDuty.
pub fn settings(slack: &Slack, pagerduty: &PagerDuty) -> Settings {
    with_buttons(slack)
        .with("PAGERDUTY_ACTION_KEY", PagerDuty::KEY)
        .with("PAGERDUTY_ACT_AS", EMAIL)
        .with("PAGERDUTY_SERVICE_IDS", SERVICE)
        .with("PAGERDUTY_BASE_URL", &pagerduty.base_url())
}

/// The same without PagerDuty.
pub fn with_buttons(slack: &Slack) -> Settings {
    Settings::at("2026-11-24T11:02:00+09:00")
        .slack(slack)
        .with("SLACK_SIGNING_SECRETS", &format!("slack-signing-secret-1,{SIGNING}"))
}

/// The same with the rotation and the members in a Google Sheet.
pub fn with_sheet(settings: Settings, google: &Google) -> Settings {
    let files = ["ROTATION_FILE", "MEMBERS_FILE", "RUNBOOKS_FILE", "HOLIDAYS_FILE"];
    let without = files.into_iter().fold(settings, |settings, file| settings.with(file, ""));
    without
        .with("GOOGLE_SHEET_ID", Google::SHEET_ID)
        .with("MEMBERS_RANGE", "members!A1:B")
        .with("GOOGLE_SERVICE_ACCOUNT_KEY", &google.service_account_key())
        .with("GOOGLE_SHEETS_BASE_URL", &google.base_url())
}

/// The same where SRE can be called, and 鈴木 and the group of SRE may resolve.
pub fn with_all_buttons(settings: Settings) -> Settings {
    settings
        .with("SRE_ESCALATION_POLICY_ID", SRE_POLICY)
        .with("SLACK_ACTORS", "U0SUZUKI01, S0SRETEAM1")
        .with("IGNORED_ASSIGNEES", "PDUMMY1")
}
