//! What `toban check` says about the chats.

use super::{RELAY, World, about, run, settings};
use crate::kit::{Fault, Slack, Typetalk, Workspace};
use serde_json::json;

/// The lines about Slack in English and in Japanese, without those that are printed when all is well.
async fn said(world: &World, code: i32) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (language, well) in [("en", super::WELL_EN), ("ja", super::WELL_JA)] {
        let ran = world.run(language, &["--url", RELAY]).await;
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{}", ran.out);
        let lines = about("slack", &ran).into_iter().filter(|line| !well.contains(&format!("{line}\n")));
        all.push(lines.collect::<Vec<_>>());
    }
    let ja = all.pop().expect("Japanese");
    all.pop().expect("English").into_iter().zip(ja).collect()
}

async fn check(edit: fn(&mut Workspace), code: i32, expected: &[(&str, &str)]) {
    let world = World::start().await;
    world.slack.edit(edit);
    let said = said(&world, code).await;
    let said: Vec<_> = said.iter().map(|(en, ja)| (en.as_str(), ja.as_str())).collect();
    assert_eq!(said, expected);
}

#[tokio::test]
async fn each_fault_of_a_channel_comes_with_its_fix() {
    check(
        |workspace| workspace.channel(Slack::CHANNEL)["is_member"] = json!(false),
        1,
        &[(
            "✗ slack     the bot is not in #app-monitoring (C0APPMON001) (SLACK_CHANNEL): type /invite @toban there",
            "✗ slack     #app-monitoring (C0APPMON001) (SLACK_CHANNEL) にボットが参加していません。そこで /invite @toban を実行してください",
        )],
    )
    .await;
    check(
        |workspace| workspace.channel(Slack::REMINDER_CHANNEL)["is_archived"] = json!(true),
        1,
        &[(
            "✗ slack     #on-call (C0ONCALL001) is archived: unarchive it, or set SLACK_REMINDER_CHANNEL to another channel",
            "✗ slack     #on-call (C0ONCALL001) はアーカイブされています。元に戻すか、SLACK_REMINDER_CHANNEL に別のチャンネルを設定してください",
        )],
    )
    .await;
    let not_seen = (
        "✗ slack     the token sees no channel C0APPMON001: check SLACK_CHANNEL; if it is private, type /invite @toban there",
        "✗ slack     C0APPMON001 というチャンネルは見えません。SLACK_CHANNEL を確認してください。非公開なら、そこで /invite @toban を実行してください",
    );
    check(|workspace| drop(workspace.channels.remove(0)), 1, &[not_seen]).await;
    let private = |workspace: &mut Workspace| {
        workspace.channel(Slack::CHANNEL)["is_private"] = json!(true);
        workspace.channel(Slack::CHANNEL)["is_member"] = json!(false);
    };
    check(private, 1, &[not_seen]).await;
}

/// By its name a channel is lost as soon as somebody renames it. Whatever can be known of it is said: the id to set.
#[tokio::test]
async fn a_channel_by_its_name_is_said_with_its_id() {
    async fn check(settings: [&str; 2], edit: fn(&mut Workspace), expected: &[(&str, &str)]) {
        let world = World::start().await;
        world.slack.edit(edit);
        let [alerts, reminders] = settings;
        let settings = world.settings.clone().with("SLACK_CHANNEL", alerts).with("SLACK_REMINDER_CHANNEL", reminders);
        let world = World { settings, ..world };
        let said = said(&world, 1).await;
        let said: Vec<_> = said.iter().map(|(en, ja)| (en.as_str(), ja.as_str())).collect();
        assert_eq!(said, expected);
    }
    let many = |workspace: &mut Workspace| {
        let others = (0..1_200).map(|nth| json!({"id": format!("C0OTHER{nth:04}"), "name": format!("app-{nth}")}));
        workspace.channels.splice(0..0, others);
    };
    let alerts = (
        "✗ slack     SLACK_CHANNEL is a channel's name ('#app-monitoring'), to which nothing comes once it is renamed: set it to \
         its ID, C0APPMON001",
        "✗ slack     SLACK_CHANNEL がチャンネルの名前 ('#app-monitoring') です。名前が変わると届かなくなるため、ID の C0APPMON001 を\
         設定してください",
    );
    let reminders = (
        "✗ slack     SLACK_REMINDER_CHANNEL is a channel's name ('on-call'), to which nothing comes once it is renamed: set it to \
         its ID, C0ONCALL001",
        "✗ slack     SLACK_REMINDER_CHANNEL がチャンネルの名前 ('on-call') です。名前が変わると届かなくなるため、ID の C0ONCALL001 を\
         設定してください",
    );
    check(["#app-monitoring", "on-call"], many, &[alerts, reminders]).await;
    let unknown = (
        "✗ slack     SLACK_CHANNEL is not an ID but '#alerts', and the token sees no channel of that name: set it to the channel's \
         ID (channel name → About → at the bottom, C…); if it is private, type /invite @toban there",
        "✗ slack     SLACK_CHANNEL が ID ではなく '#alerts' で、そういう名前のチャンネルは見えません。チャンネルの ID (名前をクリック → \
         チャンネル情報の一番下、C…) を設定してください。非公開なら、そこで /invite @toban を実行してください",
    );
    check(["#alerts", ""], |_| (), &[unknown]).await;
    let no_scope = (
        "! slack     the token lacks a scope, so the channels cannot be checked: add channels:read, groups:read to the app \
         (docs/slack-app.yaml) and install it again",
        "! slack     トークンのスコープが足りず、チャンネルを確認できません。アプリに channels:read, groups:read を加えて \
         (docs/slack-app.yaml)、インストールし直してください",
    );
    check(["#alerts", ""], |workspace| workspace.scopes.retain(|scope| *scope != "groups:read"), &[unknown, no_scope])
        .await;
}

#[tokio::test]
async fn each_fault_of_people_comes_with_its_fix() {
    check(
        |workspace| {
            workspace.users.retain(|user| user["id"] != "U0SATO0001");
            workspace.user("U0SUZUKI01")["deleted"] = json!(true);
            workspace.user("U0TAKAHA01")["is_bot"] = json!(true);
        },
        1,
        &[
            (
                "✗ slack     nobody in the workspace has the ID of 佐藤 (U0SATO0001): fix slack in the members tab",
                "✗ slack     佐藤 (U0SATO0001) という ID の人はワークスペースにいません。members シートの slack を直してください",
            ),
            (
                "✗ slack     鈴木 (U0SUZUKI01) is deactivated, so a mention reaches nobody: fix slack in the members tab",
                "✗ slack     鈴木 (U0SUZUKI01) は無効化されたアカウントで、メンションは誰にも届きません。members シートの slack を直してください",
            ),
            (
                "! slack     高橋 (U0TAKAHA01) is a bot, so a mention reaches nobody: fix slack in the members tab",
                "! slack     高橋 (U0TAKAHA01) はボットで、メンションは誰にも届きません。members シートの slack を直してください",
            ),
        ],
    )
    .await;
    check(
        |workspace| workspace.groups.clear(),
        1,
        &[(
            "✗ slack     no user group in the workspace has the ID of S0SRETEAM1: fix FALLBACK_MENTION_SLACK",
            "✗ slack     S0SRETEAM1 というユーザーグループはワークスペースにありません。FALLBACK_MENTION_SLACK を直してください",
        )],
    )
    .await;
    check(
        |workspace| workspace.group("S0SRETEAM1")["date_delete"] = json!(1_446_747_568),
        1,
        &[(
            "✗ slack     the user group S0SRETEAM1 is disabled, so a mention reaches nobody: enable it, or fix \
             FALLBACK_MENTION_SLACK",
            "✗ slack     ユーザーグループ S0SRETEAM1 は無効で、メンションは誰にも届きません。有効にするか、FALLBACK_MENTION_SLACK を直してください",
        )],
    )
    .await;
}

#[tokio::test]
async fn a_fallback_that_is_a_person_is_looked_up_and_one_that_is_everybody_is_not() {
    for (fallback, expected) in [
        (
            "<@U0GONE0001> <@U0SATO0001>",
            vec!["✗ slack     nobody in the workspace has the ID of U0GONE0001: fix FALLBACK_MENTION_SLACK"],
        ),
        ("<!channel>", vec![]),
        ("none", vec![]),
    ] {
        let world = World::start().await;
        let settings = world.settings.clone().with("FALLBACK_MENTION_SLACK", fallback);
        let world = World { settings, ..world };
        let said = said(&world, i32::from(!expected.is_empty())).await;
        assert_eq!(said.iter().map(|(en, _)| en.as_str()).collect::<Vec<_>>(), expected, "{fallback}");
        assert_eq!(world.slack.calls(), 2 * if expected.is_empty() { 6 } else { 7 }, "{fallback}");
    }
}

#[tokio::test]
async fn a_missing_scope_is_odd_and_named() {
    check(
        |workspace| workspace.scopes = vec!["chat:write"],
        0,
        &[
            (
                "! slack     the token lacks a scope, so the channels cannot be checked: add channels:read, groups:read to the \
                 app (docs/slack-app.yaml) and install it again",
                "! slack     トークンのスコープが足りず、チャンネルを確認できません。アプリに channels:read, groups:read を加えて \
                 (docs/slack-app.yaml)、インストールし直してください",
            ),
            (
                "! slack     the token lacks a scope, so the members cannot be checked: add users:read to the app \
                 (docs/slack-app.yaml) and install it again",
                "! slack     トークンのスコープが足りず、メンバーを確認できません。アプリに users:read を加えて (docs/slack-app.yaml)、\
                 インストールし直してください",
            ),
            (
                "! slack     the token lacks a scope, so the user groups cannot be checked: add usergroups:read to the app \
                 (docs/slack-app.yaml) and install it again",
                "! slack     トークンのスコープが足りず、ユーザーグループを確認できません。アプリに usergroups:read を加えて \
                 (docs/slack-app.yaml)、インストールし直してください",
            ),
        ],
    )
    .await;
    let manifest = std::fs::read_to_string("docs/slack-app.yaml").expect("the app");
    for scope in ["chat:write", "channels:read", "groups:read", "users:read", "usergroups:read", "commands"] {
        assert!(manifest.contains(&format!("- {scope}\n")), "{scope}");
    }
}

#[tokio::test]
async fn no_answer_from_slack_is_one_line() {
    let down = "✗ slack     it cannot be asked at the moment (HTTP 500): check the network, and run this again";
    for (fault, en, ja) in [
        (
            Fault::Refuse("invalid_auth"),
            "✗ slack     Slack does not accept the token (invalid_auth): check SLACK_BOT_TOKEN",
            "✗ slack     Slack がトークンを受け付けません (invalid_auth)。SLACK_BOT_TOKEN を確認してください",
        ),
        (
            Fault::ServerError,
            down,
            "✗ slack     今は問い合わせできません (HTTP 500)。ネットワークを確認して、もう一度実行してください",
        ),
        (
            Fault::TooManyRequests { retry_after: Some(3_600) },
            "✗ slack     it cannot be asked at the moment (HTTP 429, Retry-After: 3600): check the network, and run this again",
            "✗ slack     今は問い合わせできません (HTTP 429, Retry-After: 3600)。ネットワークを確認して、もう一度実行してください",
        ),
        (
            Fault::NotJson,
            "✗ slack     Slack refuses (the chat refuses: HTTP 200, which is not an answer of Slack's): check SLACK_BOT_TOKEN and \
             the app's settings",
            "✗ slack     Slack に断られました (the chat refuses: HTTP 200, which is not an answer of Slack's)。SLACK_BOT_TOKEN \
             とアプリの設定を確認してください",
        ),
    ] {
        let world = World::start().await;
        world.slack.fail_next([fault; 2]);
        assert_eq!(said(&world, 1).await, [(en.to_owned(), ja.to_owned())], "{fault:?}");
        assert_eq!(world.slack.calls(), 2, "nothing more is asked");
    }
    let world = World::start().await;
    let settings = world.settings.clone().with("SLACK_BOT_TOKEN", "xoxb-mistyped");
    let world = World { settings, ..world };
    let expected = "✗ slack     Slack does not accept the token (invalid_auth): check SLACK_BOT_TOKEN";
    assert_eq!(said(&world, 1).await[0].0, expected);
    let settings = world.settings.clone().with("SLACK_BASE_URL", "http://127.0.0.1:9/api");
    let world = World { settings, ..world };
    let (en, _) = said(&world, 1).await.remove(0);
    assert!(en.starts_with("✗ slack     it cannot be asked at the moment ("), "{en}");
}

#[tokio::test]
async fn typetalk_topics_are_read_with_its_token() {
    let topic = |text: &str| format!("{text}\n");
    let on_call = "✓ typetalk  topic \"On-call\" (4712) can be read";
    for (variable, value, archive, code, expected) in [
        (
            "TYPETALK_TOPIC_ID",
            "4711",
            None,
            0,
            vec!["✓ typetalk  topic \"App Monitoring\" (4711) can be read", on_call],
        ),
        (
            "TYPETALK_TOPIC_ID",
            "4713",
            None,
            1,
            vec![
                "✗ typetalk  the token sees no topic 4713: check TYPETALK_TOPIC_ID, and whether the bot is in it",
                on_call,
            ],
        ),
        (
            "TYPETALK_TOPIC_ID",
            "4711",
            Some(4711),
            1,
            vec![
                "✗ typetalk  topic \"App Monitoring\" (4711) is archived: set TYPETALK_TOPIC_ID to another one",
                on_call,
            ],
        ),
        (
            "TYPETALK_TOKEN",
            Typetalk::POST_ONLY_TOKEN,
            None,
            0,
            vec!["! typetalk  the token lacks topic.read, so the topics cannot be checked: give it to the bot"],
        ),
        (
            "TYPETALK_TOKEN",
            "other",
            None,
            1,
            vec!["✗ typetalk  Typetalk does not accept the token (401 invalid_token): check TYPETALK_TOKEN"],
        ),
    ] {
        let typetalk = Typetalk::start().await;
        archive.into_iter().for_each(|topic| typetalk.archive(topic));
        let settings = settings().typetalk(&typetalk).with("TYPETALK_REMINDER_TOPIC_ID", "4712").with(variable, value);
        let ran = run(&settings.with("MESSAGE_LANGUAGE", "en"), &[]).await;
        let lines: String = about("typetalk", &ran).iter().map(|line| topic(line)).collect();
        assert_eq!(lines, expected.iter().map(|line| topic(line)).collect::<String>(), "{variable}={value}");
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{variable}={value}");
    }
}
