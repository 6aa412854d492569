//! `toban check`: wrong keys and regions, networks, throttling, and hostile names.

use super::{RELAY, World, about, extension};
use crate::kit::{Fault, PagerDuty, PagerDutyFault};
use serde_json::json;

/// The one line about PagerDuty in both languages.
async fn reported(world: &World) -> (String, String) {
    let mut lines = Vec::new();
    for language in ["en", "ja"] {
        let ran = world.run(language, &["--url", RELAY]).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
        assert!(!ran.out.contains(PagerDuty::READ_ONLY_KEY), "{}", ran.out);
        let said = about("pagerduty", &ran);
        assert_eq!(said.len(), 1, "{}", ran.out);
        lines.extend(said);
    }
    let ja = lines.pop().expect("Japanese");
    (lines.pop().expect("English"), ja)
}

#[tokio::test]
async fn a_key_that_does_not_fit_is_one_line() {
    let world = World::start().await;
    let elsewhere = PagerDuty::elsewhere(super::NOW).await;
    let settings = world.settings.clone().with("PAGERDUTY_BASE_URL", &elsewhere.base_url());
    let wrong = World { settings, ..world };
    let there = elsewhere.base_url();
    assert_eq!(
        reported(&wrong).await,
        (
            format!(
                "✗ pagerduty {there} does not know the key (HTTP 401: Authentication failed): check PAGERDUTY_API_KEY; an \
                 account in the EU also needs PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com"
            ),
            format!(
                "✗ pagerduty {there} はこのキーを知りません (HTTP 401: Authentication failed)。PAGERDUTY_API_KEY を確認してください。EU \
                 のアカウントには PAGERDUTY_BASE_URL=https://api.eu.pagerduty.com も必要です"
            ),
        )
    );
    let world = World::start().await;
    world.pagerduty.fail_next([PagerDutyFault::Forbidden; 2]);
    assert_eq!(
        reported(&world).await,
        (
            "✗ pagerduty this key may not read that (HTTP 403: Access Denied): create a read-only one in PagerDuty (Integrations → \
             API Access Keys) and set PAGERDUTY_API_KEY to it"
                .into(),
            "✗ pagerduty このキーでは読み取れません (HTTP 403: Access Denied)。PagerDuty の Integrations → API Access Keys \
             で読み取り専用のキーを作り、PAGERDUTY_API_KEY に設定してください"
                .into(),
        )
    );
}

#[tokio::test]
async fn what_cannot_be_reached_is_one_line() {
    let world = World::start().await;
    let settings = world.settings.clone().with("PAGERDUTY_BASE_URL", "http://127.0.0.1:9");
    let world = World { settings, ..world };
    assert_eq!(
        reported(&world).await,
        (
            "✗ pagerduty it cannot be asked at the moment (no connection): check the network and PAGERDUTY_BASE_URL, and run this \
             again"
                .into(),
            "✗ pagerduty 今は問い合わせできません (no connection)。ネットワークと PAGERDUTY_BASE_URL を確認して、もう一度実行してください".into(),
        )
    );
    let settings = world.settings.clone().with("PAGERDUTY_BASE_URL", &format!("{}/v2", world.pagerduty.base_url()));
    let world = World { settings, ..world };
    assert_eq!(
        reported(&world).await,
        (
            "✗ pagerduty https://api/v2 has nothing at /webhook_subscriptions: PAGERDUTY_BASE_URL is the host alone"
                .into(),
            "✗ pagerduty https://api/v2 に /webhook_subscriptions がありません。PAGERDUTY_BASE_URL はホストまでです"
                .into(),
        )
    );
    assert_eq!(world.pagerduty.problems().len(), 2);
}

#[tokio::test]
async fn throttling_is_waited_out_and_reported() {
    let world = World::start().await;
    let throttled = |reset| PagerDutyFault::TooManyRequests { reset: Some(reset) };
    world.pagerduty.fail_next([throttled(0), throttled(3)]);
    world.slack.fail_next([Fault::TooManyRequests { retry_after: Some(3) }]);
    let ran = world.check().await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), super::WELL_EN));
    assert_eq!(ran.err, "… asking Slack\n… asking PagerDuty\n", "the user knows what the command waits for");

    world.pagerduty.fail_next([throttled(3_600); 2]);
    let (en, ja) = reported(&world).await;
    assert_eq!(
        en,
        "✗ pagerduty it cannot be asked at the moment (it throttles us, for 3600 s): check the network and \
         PAGERDUTY_BASE_URL, and run this again"
    );
    assert!(ja.contains("今は問い合わせできません"), "{ja}");
}

#[tokio::test]
async fn hostile_names_are_shown_and_not_obeyed() {
    let world = World::start().await;
    let hostile = "\u{1b}[31m\u{7}a\nb\u{202e}c\r✓ pagerduty fine";
    world.edit(|account| {
        account.services[0]["name"] = json!(hostile);
        account.policies[0]["name"] = json!(hostile);
        account.subscriptions[0]["id"] = json!(format!("PSUB{hostile}"));
        account.subscriptions[0]["description"] = json!(hostile);
        account.extensions.push(extension(RELAY));
        account.extensions[0]["name"] = json!(hostile);
        for one in &mut account.oncalls {
            one["user"]["summary"] = json!(hostile);
        }
    });
    world.slack.edit(|workspace| workspace.channel("C0APPMON001")["name"] = json!(hostile));
    for language in ["en", "ja"] {
        let ran = world.run(language, &["--url", RELAY]).await;
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.out.contains(odd), "{:?}", ran.out);
        assert_eq!(ran.out.lines().count(), 13, "no name starts a line of its own:\n{}", ran.out);
        assert!(ran.out.contains("\"[31m a bc ✓ pagerduty fine\""), "{}", ran.out);
        assert!(ran.out.contains("#[31m a bc ✓ pagerduty fine (C0APPMON001)"), "{}", ran.out);
    }
    world.edit(|account| {
        account.subscriptions[0]["delivery_method"]["url"] = json!(format!("https://x\u{1b}[31m.example/{hostile}"));
        account.extensions.clear();
    });
    let ran = world.check().await;
    assert!(!ran.out.contains(|c: char| c.is_control() && c != '\n'), "{:?}", ran.out);
    assert!(ran.out.contains("its webhook delivers to ?, not to"), "{}", ran.out);
}

#[tokio::test]
async fn wrong_settings_are_reported_together() {
    let world = World::start().await;
    let settings =
        world.settings.clone().with("PAGERDUTY_SERVICE_IDS", "https://x/PSVC1").with("BUSINESS_HOURS", "10-17");
    let world = World { settings, ..world };
    let ran = world.check().await;
    let expected = "\
        ✗ settings  BUSINESS_HOURS is '10-17', which is not a span of one day (24:00 is a valid end), for example \
        BUSINESS_HOURS=10:00-17:00\n\
        ✗ settings  PAGERDUTY_SERVICE_IDS holds 'https://x/PSVC1', which is not the id of a service: the end of its URL in \
        PagerDuty, for example PAGERDUTY_SERVICE_IDS=PABCDEF,PGHIJKL\n\
        · rotation  not checked until the settings are right\n";
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), expected));
    assert_eq!((world.slack.calls(), world.pagerduty.take_calls().len()), (0, 0));
}

/// It would not start.
#[tokio::test]
async fn a_relay_that_would_take_nothing_is_odd() {
    let world = World::start().await;
    let none = ["PAGERDUTY_WEBHOOK_SECRETS", "PAGERDUTY_V2_TOKENS"];
    let settings = none.iter().fold(world.settings.clone(), |all, variable| all.with(variable, ""));
    let world = World { settings, ..world };
    let ran = world.check().await;
    let said = "! settings  no sender's secret is set (PAGERDUTY_WEBHOOK_SECRETS and others), and toban serve does not start without\n";
    assert!(ran.out.starts_with(said), "{}", ran.out);
}
