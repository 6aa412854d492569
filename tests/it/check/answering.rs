//! What `toban check` says about answering from the chat: nothing, unless it is wanted.

use super::{RELAY, World, about, on_call, settings};
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
    "· answering without PAGERDUTY_ACTION_KEY PagerDuty gets no note about who is on it (the chats show it all the same), and the \
     buttons \"Call SRE\" and \"Resolve\" are not shown",
    "· answering PAGERDUTY_ACTION_KEY がないため、対応者は PagerDuty に残らず (チャットには表示されます)、「SRE を呼ぶ」と\
     「解決にする」のボタンは出ません",
);
const NO_SRE: (&str, &str) = (
    "· answering the button \"Call SRE\" is not shown: to have it, set SRE_ESCALATION_POLICY_ID to the id of SRE's own escalation \
     policy (the end of its URL)",
    "· answering 「SRE を呼ぶ」ボタンは出ません。出すには、SRE だけのエスカレーションポリシーの ID (URL の末尾) を \
     SRE_ESCALATION_POLICY_ID に設定してください",
);
const NO_RESOLVERS: (&str, &str) = (
    "· answering the button \"Resolve\" is not shown: to have it, set SLACK_ACTORS to the ids of people (U…) and user groups (S…) \
     who may",
    "· answering 「解決にする」ボタンは出ません。出すには、解決にしてよい人 (U…) とユーザーグループ (S…) の ID を SLACK_ACTORS に\
     設定してください",
);

#[tokio::test]
async fn nothing_is_said_unless_it_is_wanted_and_nothing_is_wrong_when_all_is_well() {
    check(&World::start().await, 0, &[]).await;
    let world = wanted(World::start().await);
    check(&world, 0, &[PEOPLE, NOTES, NO_SRE, NO_RESOLVERS]).await;
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
    check(&world, 1, &[lacks, PEOPLE, NOTES, NO_SRE, NO_RESOLVERS]).await;

    let world = wanted(World::start().await);
    let world = World { settings: world.settings.with("SLACK_SIGNING_SECRETS", "").with("MEMBERS_FILE", ""), ..world };
    let ran = world.run("en", &["--url", RELAY]).await;
    let no_secret = "✗ answering SLACK_SIGNING_SECRETS is not set, so neither buttons nor /toban are accepted: set it to the Slack \
                     app's Basic Information → Signing Secret (docs/answering.md)";
    let no_members = "✗ answering nobody in the members tab has a slack ID (U…), so nobody can press anything: check MEMBERS_RANGE and that \
                      column";
    assert_eq!(about("answering", &ran), [no_secret, no_members, NOTES.0, NO_SRE.0, NO_RESOLVERS.0]);

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
        // With a key that PagerDuty does not know nothing more can be asked there.
        let no_sre = if key == "u+of-another-account" { None } else { Some(NO_SRE) };
        let expected: Vec<_> = [PEOPLE, expected].into_iter().chain(no_sre).chain([NO_RESOLVERS]).collect();
        check(&World { settings, ..world }, 1, &expected).await;
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

/// SRE's own policy, `SRE_ESCALATION_POLICY_ID`, with somebody on call.
fn with_sre(world: World, id: &str) -> World {
    world.edit(|account| {
        account.add_policy("PSREEP", "SRE", "PSRE1");
        account.oncalls.push(on_call("PSREEP", 1, "PSRE1", None));
    });
    let settings = world.settings.with("SRE_ESCALATION_POLICY_ID", id);
    World { settings, ..world }
}

const SRE: (&str, &str) = (
    "✓ answering \"Call SRE\" hands incidents over to the escalation policy \"SRE\"; on call now: \"佐伯 玲\"",
    "✓ answering 「SRE を呼ぶ」でエスカレーションポリシー \"SRE\" に渡します。いまの待機者は \"佐伯 玲\" です",
);

#[tokio::test]
async fn where_calling_sre_leads_is_said() {
    check(&with_sre(wanted(World::start().await), "PSREEP"), 0, &[PEOPLE, NOTES, SRE, NO_RESOLVERS]).await;

    let world = with_sre(wanted(World::start().await), "PSREEP");
    let world = World { settings: world.settings.with("FALLBACK_MENTION_SLACK", "none"), ..world };
    let no_fallback = (
        "! answering FALLBACK_MENTION_SLACK is none, so nobody is mentioned if \"Call SRE\" cannot call them: set it to SRE's \
         group (<!subteam^S…>)",
        "! answering FALLBACK_MENTION_SLACK=none のため、「SRE を呼ぶ」で呼べなかったときに、誰にもメンションされません。\
         SRE の連絡先 (<!subteam^S…> など) を設定してください",
    );
    check(&world, 0, &[PEOPLE, no_fallback, NOTES, SRE, NO_RESOLVERS]).await;

    let no_policy = (
        "✗ answering there is no escalation policy PNONE, so \"Call SRE\" only mentions the fallback: check \
         SRE_ESCALATION_POLICY_ID (the end of the policy's URL)",
        "✗ answering エスカレーションポリシー PNONE がないため、「SRE を呼ぶ」を押しても代わりの宛先に知らせるだけです。\
         SRE_ESCALATION_POLICY_ID (URL の末尾) を確認してください",
    );
    check(&with_sre(wanted(World::start().await), "PNONE"), 1, &[PEOPLE, NOTES, no_policy, NO_RESOLVERS]).await;

    // The dummy is on call at its first level.
    let same = (
        "! answering SRE_ESCALATION_POLICY_ID is \"Default of Backlogアプリ\", by which the service \"Backlogアプリ\" is escalated \
         anyway, so \"Call SRE\" begins at its first level again, the dummy's: set it to a policy of SRE's own",
        "! answering SRE_ESCALATION_POLICY_ID はサービス \"Backlogアプリ\" と同じエスカレーションポリシー \
         \"Default of Backlogアプリ\" なので、「SRE を呼ぶ」を押してもその最初の段階 (ダミー) から始まります。SRE だけのポリシーを\
         指定してください",
    );
    let nobody = (
        "✗ answering nobody is on call now at the first level of the escalation policy \"Default of Backlogアプリ\" (the dummy does \
         not count), so \"Call SRE\" only mentions the fallback: put somebody of SRE there",
        "✗ answering エスカレーションポリシー \"Default of Backlogアプリ\" の最初の段階に、いま待機者がいません (ダミーは数えません)。\
         このままでは「SRE を呼ぶ」を押しても代わりの宛先に知らせるだけです。SRE の誰かを入れてください",
    );
    check(&with_sre(wanted(World::start().await), "PSVC1EP"), 1, &[PEOPLE, NOTES, same, nobody, NO_RESOLVERS]).await;
}

#[tokio::test]
async fn who_of_sre_would_be_called_is_whoever_is_on_call_now() {
    let of_sre = |level, user, span| on_call("PSREEP", level, user, span);
    let yesterday = Some(("2026-11-30T10:00", "2026-11-30T17:00"));
    let tomorrow = Some(("2026-12-02T10:00", "2026-12-02T17:00"));
    for (oncalls, is_somebody) in [
        (vec![], false),
        (vec![of_sre(1, "PSRE1", yesterday), of_sre(1, "PSRE1", tomorrow)], false),
        (vec![of_sre(1, "PDUMMY1", None), of_sre(2, "PSRE1", None)], false),
        (vec![of_sre(1, "PDUMMY1", yesterday), of_sre(2, "PSRE1", None)], true),
        (vec![of_sre(1, "PDUMMY1", None), of_sre(1, "PSRE1", None)], true),
    ] {
        let world = with_sre(wanted(World::start().await), "PSREEP");
        world.edit(|account| {
            account.oncalls.retain(|one| one["escalation_policy"]["id"] != "PSREEP");
            account.oncalls.extend(oncalls.clone());
        });
        let ran = world.run("en", &["--url", RELAY]).await;
        let is_well = about("answering", &ran).contains(&SRE.0.to_owned());
        assert_eq!((is_well, ran.code), (is_somebody, Some(i32::from(!is_somebody))), "{oncalls:?}\n{}", ran.out);
    }
}

#[tokio::test]
async fn who_may_resolve_is_counted_and_looked_for() {
    let with_actors = async |actors: &str| {
        let world = wanted(World::start().await);
        World { settings: world.settings.with("SLACK_ACTORS", actors), ..world }
    };
    let may =
        ("✓ answering 1 person and 1 user group may resolve", "✓ answering 1人とユーザーグループ 1件が解決にできます");
    let world = with_actors("U0SATO0001,S0SRETEAM1").await;
    check(&world, 0, &[PEOPLE, NOTES, NO_SRE, may]).await;
    let people = ("✓ answering 2 people may resolve", "✓ answering 2人が解決にできます");
    check(&with_actors("U0SATO0001, W0SUZUKI01").await, 0, &[PEOPLE, NOTES, NO_SRE, people]).await;

    world.slack.edit(|workspace| workspace.group("S0SRETEAM1")["date_delete"] = 1.into());
    let gone = (
        "✗ answering Slack has no user group S0SRETEAM1, or it is disabled, so nobody of it may resolve: check SLACK_ACTORS",
        "✗ answering ユーザーグループ S0SRETEAM1 が Slack にないか無効なため、その人たちは解決にできません。SLACK_ACTORS を\
         確認してください",
    );
    check(&world, 1, &[PEOPLE, NOTES, NO_SRE, may, gone]).await;

    world.slack.edit(|workspace| workspace.scopes.retain(|scope| *scope != "usergroups:read"));
    let no_scope = (
        "✗ answering the token lacks the scope usergroups:read, so nobody of a user group may resolve: add it to the app \
         (docs/slack-app.yaml) and install it again",
        "✗ answering トークンにスコープ usergroups:read がなく、ユーザーグループの人は解決にできません。アプリに加えて \
         (docs/slack-app.yaml)、インストールし直してください",
    );
    check(&world, 1, &[PEOPLE, NOTES, NO_SRE, may, no_scope]).await;
}

#[tokio::test]
async fn a_button_without_the_key_is_a_fault() {
    let world = World::start().await;
    let settings = world.settings.with("SLACK_SIGNING_SECRETS", Slack::SIGNING_SECRET);
    let settings = settings.with("SRE_ESCALATION_POLICY_ID", "PSREEP").with("SLACK_ACTORS", "U0SATO0001");
    let ran = World { settings, ..world }.run("en", &["--url", RELAY]).await;
    let without = "✗ answering SRE_ESCALATION_POLICY_ID and SLACK_ACTORS are set, but PAGERDUTY_ACTION_KEY is not: with that key and \
                   PAGERDUTY_ACT_AS toban acts in PagerDuty";
    let expected = [PEOPLE.0.to_owned(), without.to_owned()];
    assert_eq!(about("answering", &ran), expected);
}
