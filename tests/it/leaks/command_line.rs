//! The commands that call others: what they print and what they log.

use super::forms::FORMS;
use super::hostile::{Hostile, Kind, Service, TRIES};
use super::{
    CSV_PATH, MACKEREL_KEY, secrets, settings, with_pagerduty, with_sheet, with_slack, with_typetalk, with_webhook,
};
use crate::kit::{Google, PagerDuty};
use crate::provision::{file, toban};
use crate::running::{Settings, TUESDAY};
use futures_util::future::join_all;

/// So many run at a time.
const AT_ONCE: usize = 4;

const DESIRED: &str = r#"
from = "sre@example.com"
service = "Backlogアプリ"
relay_url = "https://relay.example.com/prod/pagerduty"
dummy_email = "dummy@example.com"
sre_user = "sre@example.com"
"#;

/// Runs the command once for each form. Each service must have been asked each time.
async fn walk(
    arguments: &[&str],
    kind: Kind,
    asked: &[Service],
    pagerduty: Option<&PagerDuty>,
    settings: impl Fn(&Hostile) -> Settings,
) {
    let all: Vec<_> = FORMS.iter().enumerate().collect();
    for some in all.chunks(AT_ONCE) {
        join_all(some.iter().map(async |(number, form)| {
            let hostile = Hostile::with_reads_of(kind, pagerduty.map(PagerDuty::base_url)).await;
            hostile.play(*number);
            let settings = settings(&hostile);
            let mut ran = toban(arguments, settings.0.clone()).await;
            for _ in 0..TRIES {
                if hostile.lacks(asked, *number).is_some() {
                    ran = toban(arguments, settings.0.clone()).await;
                }
            }
            assert_eq!(hostile.lacks(asked, *number), None, "{arguments:?}, '{}': {ran:?}", form.name);
            assert!(!format!("{ran:?}").contains("panicked"), "{arguments:?}, '{}': {ran:?}", form.name);
            let text = ran.out + &ran.err;
            assert!(!text.is_empty(), "{arguments:?} prints nothing of '{}'", form.name);
            if is_csv(asked, form.name) {
                return;
            }
            let found = hostile.and_assertions(secrets()).found_in(&text);
            assert_eq!(found, Vec::<String>::new(), "{arguments:?}, '{}': {text}", form.name);
        }))
        .await;
    }
}

/// Text is a CSV of one cell, which `toban check` has to quote: nothing else says where a name is wrong.
fn is_csv(asked: &[Service], form: &str) -> bool {
    asked == ["csv"] && ["200 and words", "a text", "gzip that is none"].contains(&form)
}

#[tokio::test]
async fn check_without_a_token_for_the_sheet() {
    let google = Google::start().await;
    let asked = ["slack", "typetalk", "tokens", "pagerduty"];
    walk(&["check"], Kind::Nobody, &asked, None, |hostile| {
        let settings = with_typetalk(with_slack(settings(hostile), hostile), hostile);
        with_sheet(with_pagerduty(settings, hostile), hostile, &google)
    })
    .await;
}

#[tokio::test]
async fn check_of_a_csv() {
    walk(&["check", "--rotation-only"], Kind::Nobody, &["csv"], None, |hostile| {
        with_slack(settings(hostile), hostile).with("ROTATION_FILE", &format!("{}{CSV_PATH}", hostile.url()))
    })
    .await;
}

#[tokio::test]
async fn a_reminder_by_hand() {
    let google = Google::start().await;
    let arguments = ["remind", "morning", "--post", "--yes", "--at", TUESDAY];
    walk(&arguments, Kind::Tokens, &["sheets", "webhook", "dynamodb"], None, |hostile| {
        with_sheet(with_webhook(settings(hostile), hostile), hostile, &google).with("LEDGER_TABLE", "toban")
    })
    .await;
}

#[tokio::test]
async fn explain() {
    walk(&["explain", "--event", "01GTEST"], Kind::Nobody, &["dynamodb"], None, |hostile| {
        with_slack(settings(hostile), hostile).with("LEDGER_TABLE", "toban")
    })
    .await;
}

#[tokio::test]
async fn stored_parameters() {
    walk(&["check"], Kind::Nobody, &["ssm"], None, |hostile| {
        settings(hostile).with("PARAMETERS_PATH", "/toban").with("GOOGLE_SHEET_ID", Google::SHEET_ID)
    })
    .await;
}

#[tokio::test]
async fn mackerel() {
    let arguments = ["mackerel", "check", "--application", "a", "--others", "b"];
    walk(&arguments, Kind::Nobody, &["mackerel"], None, |hostile| {
        settings(hostile).with("MACKEREL_API_KEY", MACKEREL_KEY).with("MACKEREL_BASE_URL", &hostile.url())
    })
    .await;
}

#[tokio::test]
async fn a_plan_for_pagerduty() {
    let desired = file("desired.toml", DESIRED);
    walk(&["pagerduty", "plan", &desired], Kind::Nobody, &["csv", "pagerduty"], None, |hostile| {
        with_pagerduty(settings(hostile), hostile).with("HOLIDAYS_FILE", &format!("{}{CSV_PATH}", hostile.url()))
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_is_applied() {
    let pagerduty = PagerDuty::start(TUESDAY).await;
    pagerduty.edit(|account| {
        account.add_user("PSRE1", "佐伯 玲", "sre@example.com", "admin");
        account.add_service("PSVC1", "Backlogアプリ", "PSRE1");
    });
    let desired = file("desired.toml", DESIRED);
    let arguments = ["pagerduty", "apply", "--yes", &desired];
    walk(&arguments, Kind::Nobody, &["pagerduty"], Some(&pagerduty), |hostile| {
        with_pagerduty(settings(hostile), hostile).with("PAGERDUTY_API_KEY", PagerDuty::KEY)
    })
    .await;
}
