//! What `toban demo` prints at its start.

use super::{Demo, text, toban};
use crate::kit::Slack;
use crate::running::{Settings, TUESDAY};

fn greeting(port: &str) -> String {
    format!(
        "toban listens on http://127.0.0.1:PORT (stop it with Ctrl-C)\n\
         {port}  \
         page      http://127.0.0.1:PORT/ in your browser: the chats, who is told, and why\n  \
         messages  shown there and printed here; nothing leaves this machine (--live posts to the configured chats)\n  \
         rotation  the sample (docs/workbook/rotation.csv); set ROTATION_FILE for your own\n  \
         secrets   v3 bodies are signed with 'toban-demo-secret', all others come with the token 'toban-demo-token'\n  \
         try       POST a PagerDuty webhook body to http://127.0.0.1:PORT/pagerduty, as the README shows\n"
    )
}

#[tokio::test]
async fn serve_takes_the_next_port_when_the_first_is_taken() {
    // Another process may have it already.
    let _taken = std::net::TcpListener::bind(("127.0.0.1", 8080));
    let mut first = Demo::start(&[], &[]).await;
    let second = Demo::start(&["demo"], &[]).await;
    assert_ne!(first.port, second.port);
    assert_eq!(first.greeting().await, greeting("  port      8080 is in use (by another toban?), so this is PORT\n"));
    let mut asked_for = Demo::start(&["demo", "--port", "0"], &[]).await;
    assert_eq!(asked_for.greeting().await, greeting(""));
    let output = toban(&["demo", "--port", &first.port.to_string()], &[], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("name another with --port"), "{}", text(&output.stderr));
}

#[tokio::test]
async fn a_live_relay_without_credentials_says_which_settings_open_its_routes() {
    let slack = Slack::start().await;
    let open = Settings::at(TUESDAY).slack(&slack);
    let closed = open.clone().with("PAGERDUTY_WEBHOOK_SECRETS", "").with("PAGERDUTY_V2_TOKENS", "");
    let routes = "  \
        closed    every route, as no credentials are configured; each request is refused
            /pagerduty  Set PAGERDUTY_WEBHOOK_SECRETS (v3) or PAGERDUTY_V2_TOKENS (v2)
            /mackerel   Set MACKEREL_TOKENS; the channel's URL is then https://toban:TOKEN@…/mackerel, with one of them
            /jenkins    Set JENKINS_TOKENS; the endpoint's URL is then https://toban:TOKEN@…/jenkins, with one of them
            /events     Set EVENTS_TOKENS; the script's URL is then https://toban:TOKEN@…/events, with one of them
";
    let with_one = |variable| closed.clone().with(variable, "a-long-random-secret");
    for (settings, routes) in [
        (closed.clone(), routes),
        (open, ""),
        (with_one("PAGERDUTY_V2_TOKENS"), ""),
        (with_one("MACKEREL_TOKENS"), ""),
        (with_one("JENKINS_TOKENS"), ""),
        (with_one("EVENTS_TOKENS"), ""),
    ] {
        let mut demo = Demo::start(&["demo", "--port", "0", "--live"], &settings.pairs()).await;
        let expected = format!(
            "toban listens on http://127.0.0.1:PORT (stop it with Ctrl-C)\n  \
             page      http://127.0.0.1:PORT/ in your browser: the chats, who is told, and why\n  \
             messages  posted to the configured chats, for real\n  \
             rotation  ROTATION_FILE\n\
             {routes}  \
             clock     stands at 2026-11-24T11:02:01+09:00 (TOBAN_NOW)\n  \
             try       POST a PagerDuty webhook body to http://127.0.0.1:PORT/pagerduty, as the README shows\n"
        );
        assert_eq!(demo.greeting().await, expected);
    }
    slack.expect_none();
}
