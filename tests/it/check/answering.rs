//! What `toban check` says about answering from the chat: nothing, unless it is wanted.

use super::{RELAY, World, about, settings};
use crate::kit::{PagerDuty, Slack};

const EMAIL: &str = "sre@example.com";

fn wanted(world: World) -> World {
    let settings = world.settings.with("SLACK_SIGNING_SECRETS", Slack::SIGNING_SECRET);
    let settings = settings.with("PAGERDUTY_ACTION_KEY", PagerDuty::KEY).with("PAGERDUTY_ACT_AS", EMAIL);
    World { settings, ..world }
}

/// The lines about it in English and in Japanese.
async fn check(world: &World, code: i32, expected: &[(&str, &str)]) {
    let mut all = Vec::new();
    for language in ["en", "ja"] {
        let ran = world.run(language, &["--url", RELAY]).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{}", ran.out);
        all.push(about("answering", &ran));
    }
    let expected =
        [expected.iter().map(|(en, _)| *en).collect::<Vec<_>>(), expected.iter().map(|(_, ja)| *ja).collect()];
    assert_eq!(all, expected);
}

const PEOPLE: (&str, &str) = ("✓ answering 3 people can press buttons", "✓ answering 3人がボタンを押せます");
const NOTES: (&str, &str) = (
    "✓ answering notes in PagerDuty are written as \"佐伯 玲\"",
    "✓ answering PagerDuty には \"佐伯 玲\" としてメモを残します",
);
const NO_KEY: (&str, &str) = (
    "· answering without PAGERDUTY_ACTION_KEY PagerDuty gets no note about who is on it; the chats show it all the same",
    "· answering PAGERDUTY_ACTION_KEY がないため、対応者は PagerDuty に残りません (チャットには表示されます)",
);

#[tokio::test]
async fn nothing_is_said_unless_it_is_wanted_and_nothing_is_wrong_when_all_is_well() {
    check(&World::start().await, 0, &[]).await;
    let world = wanted(World::start().await);
    check(&world, 0, &[PEOPLE, NOTES]).await;
    assert_eq!(world.pagerduty.notes("TOBANCHECK"), [""; 0]);
    let without_key =
        World { settings: world.settings.with("PAGERDUTY_ACTION_KEY", "").with("PAGERDUTY_ACT_AS", ""), ..world };
    check(&without_key, 0, &[PEOPLE, NO_KEY]).await;
}

#[tokio::test]
async fn each_fault_comes_with_its_fix() {
    let world = wanted(World::start().await);
    world.slack.edit(|workspace| workspace.scopes.retain(|scope| *scope != "commands"));
    let lacks = (
        "✗ answering the token lacks the scope commands, so people cannot be answered: add it to the app (docs/slack-app.yaml) and \
         install it again",
        "✗ answering トークンにスコープ commands がなく、応答できません。アプリに加えて (docs/slack-app.yaml)、インストールし直してください",
    );
    check(&world, 1, &[lacks, PEOPLE, NOTES]).await;

    let world = wanted(World::start().await);
    let world = World { settings: world.settings.with("SLACK_SIGNING_SECRETS", "").with("MEMBERS_FILE", ""), ..world };
    let ran = world.run("en", &["--url", RELAY]).await;
    let no_secret = "✗ answering SLACK_SIGNING_SECRETS is not set, so neither buttons nor /toban are accepted: set it to the Slack \
                     app's Basic Information → Signing Secret (docs/answering.md)";
    let no_members = "✗ answering nobody in the members tab has a slack ID (U…), so nobody can press anything: check MEMBERS_RANGE and that \
                      column";
    assert_eq!(about("answering", &ran), [no_secret, no_members, NOTES.0]);

    for (key, email, expected) in [
        (
            PagerDuty::READ_ONLY_KEY,
            EMAIL,
            (
                "✗ answering PAGERDUTY_ACTION_KEY may only read: create a key in PagerDuty (Integrations → API Access Keys) that is \
                 not read-only",
                "✗ answering PAGERDUTY_ACTION_KEY は読み取り専用です。PagerDuty の Integrations → API Access Keys で、読み取り専用でない\
                 キーを作ってください",
            ),
        ),
        (
            PagerDuty::KEY,
            "nobody@example.com",
            (
                "✗ answering PagerDuty has no user with the e-mail address of PAGERDUTY_ACT_AS: check it",
                "✗ answering PAGERDUTY_ACT_AS のメールアドレスのユーザーが PagerDuty にいません。確認してください",
            ),
        ),
        (
            PagerDuty::KEY,
            "eyes@example.com",
            (
                "✗ answering the user of PAGERDUTY_ACT_AS may not write notes (role read_only_user): make it a responder at least",
                "✗ answering PAGERDUTY_ACT_AS のユーザーの役割 (read_only_user) ではメモを書けません。Responder 以上にしてください",
            ),
        ),
        (
            "u+of-another-account",
            EMAIL,
            (
                "✗ answering PAGERDUTY_ACTION_KEY cannot be checked (PagerDuty does not know the key (HTTP 401: Authentication failed): \
                 check PAGERDUTY_ACTION_KEY and PAGERDUTY_BASE_URL)",
                "✗ answering PAGERDUTY_ACTION_KEY を確かめられません (PagerDuty does not know the key (HTTP 401: Authentication failed): check PAGERDUTY_ACTION_KEY and PAGERDUTY_BASE_URL)",
            ),
        ),
    ] {
        let world = wanted(World::start().await);
        world.edit(|account| {
            account.add_user("PEYES1", "見る人", "eyes@example.com", "read_only_user");
        });
        let settings = world.settings.with("PAGERDUTY_ACTION_KEY", key).with("PAGERDUTY_ACT_AS", email);
        check(&World { settings, ..world }, 1, &[PEOPLE, expected]).await;
    }
}

#[tokio::test]
async fn without_a_chat_that_has_buttons_or_half_a_key_it_is_wrong() {
    let settings = settings().with("SLACK_SIGNING_SECRETS", Slack::SIGNING_SECRET).with("PAGERDUTY_ACT_AS", EMAIL);
    let ran = super::run(&settings, &[]).await;
    let expected = [
        "✗ answering ボタンを出せるチャットがありません。SLACK_BOT_TOKEN と SLACK_CHANNEL を設定してください",
        PEOPLE.1,
        "✗ answering PAGERDUTY_ACTION_KEY is not set, but PAGERDUTY_ACT_AS is: create a key with full access in PagerDuty \
         (Integrations, API Access Keys), for example PAGERDUTY_ACTION_KEY=u+AbCdEfGhIjKlMnOpQr",
    ];
    assert_eq!(about("answering", &ran), expected);
}
