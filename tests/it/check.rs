//! `toban check`: its whole output, in both languages.

mod answering;
mod chats;
mod daily;
mod pagerduty;
mod rotation;
mod trouble;

use crate::kit::{Account, PagerDuty, Slack, Typetalk};
use crate::provision::{Ran, file, toban};
use crate::running::{Settings, data};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};
use toban::source::pagerduty::subscribed_events;

/// A Tuesday, in hours; the company's holiday of 12-29 is within 30 days.
const NOW: &str = "2026-12-01T11:02:00+09:00";
const RELAY: &str = "https://relay.example.com/prod/pagerduty";

/// A team whose rotation, Slack and PagerDuty are all in order.
struct World {
    slack: Slack,
    pagerduty: PagerDuty,
    settings: Settings,
}

impl World {
    async fn start() -> Self {
        let slack = Slack::start().await;
        let pagerduty = PagerDuty::start(NOW).await;
        pagerduty.edit(|account| {
            account.add_user("PSRE1", "佐伯 玲", "sre@example.com", "admin");
            account.add_service("PSVC1", "Backlogアプリ", "PSRE1");
            account.subscriptions.push(subscription(
                "PSUB1",
                RELAY,
                json!({"type": "service_reference", "id": "PSVC1"}),
            ));
            account.oncalls = on_calls("PSVC1EP");
        });
        let settings = settings().slack(&slack);
        let settings = settings
            .with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL)
            .with("PAGERDUTY_API_KEY", PagerDuty::READ_ONLY_KEY)
            .with("PAGERDUTY_SERVICE_IDS", "PSVC1")
            .with("PAGERDUTY_BASE_URL", &pagerduty.base_url());
        Self { slack, pagerduty, settings }
    }

    /// The command in English, with the relay's URL.
    async fn check(&self) -> Ran {
        self.run("en", &["--url", RELAY]).await
    }

    async fn run(&self, language: &str, arguments: &[&str]) -> Ran {
        let settings = self.settings.clone().with("MESSAGE_LANGUAGE", language);
        let ran = run(&settings, arguments).await;
        let plain = |text: String| text.replace(&self.pagerduty.base_url(), "https://api");
        Ran { code: ran.code, out: plain(ran.out), err: ran.err }
    }

    /// What somebody does in PagerDuty's own pages.
    fn edit(&self, edit: impl FnOnce(&mut Account)) {
        self.pagerduty.edit(edit);
    }
}

/// A rotation in order for two weeks, and no chat.
fn settings() -> Settings {
    let first: NaiveDate = "2026-12-01".parse().expect("a date");
    let rows = first.iter_days().take(14).map(|date| format!("{date},佐藤,鈴木\n")).collect::<String>();
    let rotation = file("rotation.csv", &format!("date,on-call,on-call\n{rows}"));
    let members = data("rotation/members.csv").to_string_lossy().into_owned();
    let settings = Settings::at(NOW).with("ROTATION_FILE", &rotation).with("MEMBERS_FILE", &members);
    settings.with("RUNBOOKS_FILE", "")
}

async fn run(settings: &Settings, arguments: &[&str]) -> Ran {
    let ran = toban(&[&["check"][..], arguments].concat(), settings.pairs()).await;
    let rotation = settings.value("ROTATION_FILE").expect("it is set");
    // How long the reading took differs.
    let plain = |line: &str| match line.rsplit_once(" (") {
        Some((line, took)) if took.ends_with(" ms)") => line.to_owned(),
        _ => line.to_owned(),
    };
    let out = ran.out.replace(&rotation, "rotation.csv");
    let out = out.lines().map(|line| plain(line) + "\n").collect();
    Ran { out, ..ran }
}

/// The lines about one topic.
fn about(topic: &str, ran: &Ran) -> Vec<String> {
    let topic = format!("{topic:<10}");
    ran.out
        .lines()
        .filter(|line| line.chars().skip(2).collect::<String>().starts_with(&topic))
        .map(str::to_owned)
        .collect()
}

fn subscription(id: &str, url: &str, filter: Value) -> Value {
    json!({
        "id": id, "type": "webhook_subscription", "active": true, "description": "toban", "filter": filter,
        "delivery_method": {
            "id": "PMETHOD", "type": "http_delivery_method", "url": url, "secret": null, "temporarily_disabled": false,
        },
        "events": subscribed_events(),
    })
}

fn extension(url: &str) -> Value {
    json!({
        "id": "PEXT1", "type": "extension", "name": "old relay", "endpoint_url": url, "temporarily_disabled": false,
        "extension_schema": {"id": "PJFWPEP", "type": "extension_schema_reference", "summary": "Generic V2 Webhook"},
        "extension_objects": [{"id": "PSVC1", "type": "service_reference"}],
    })
}

/// SRE always, and before that the dummy on Monday to Friday 10:00-17:00; SRE instead of it on 12-29.
fn on_calls(policy: &str) -> Vec<Value> {
    let first: NaiveDate = "2026-11-30".parse().expect("a date");
    let mut all = vec![on_call(policy, 2, "PSRE1", None)];
    for week in 0..6 {
        for day in 0..5 {
            let date = (first + Days::new(week * 7 + day)).to_string();
            let user = if date == "2026-12-29" { "PSRE1" } else { "PDUMMY1" };
            all.push(on_call(policy, 1, user, Some((&format!("{date}T10:00"), &format!("{date}T17:00")))));
        }
    }
    all
}

/// On call from and until a time in Tokyo, or always.
fn on_call(policy: &str, level: u64, user: &str, span: Option<(&str, &str)>) -> Value {
    let time = |text: &str| format!("{text}:00+09:00").parse::<DateTime<Utc>>().expect("an instant");
    let name = if user == "PDUMMY1" { "一次対応 (チャット)" } else { "佐伯 玲" };
    json!({
        "escalation_policy": {"id": policy, "type": "escalation_policy_reference"}, "escalation_level": level,
        "user": {"id": user, "type": "user_reference", "summary": name}, "schedule": null,
        "start": span.map(|(start, _)| time(start)), "end": span.map(|(_, end)| time(end)),
    })
}

const WELL_JA: &str = "\
✓ chats     slack
✓ rotation  rotation.csv: 14日分 (2026-12-01 – 2026-12-14)、メンバー 3人、手順 0件、休業日 1件
✓ rotation  12/1(火) 当番: 佐藤, 鈴木
✓ slack     トークンはワークスペース \"Test Inc.\" で有効です
✓ slack     #app-monitoring (C0APPMON001) に投稿できます
✓ slack     #on-call (C0ONCALL001) に投稿できます
✓ slack     3人の ID を確認しました
✓ slack     ユーザーグループ 1件を確認しました
✓ pagerduty サービス \"Backlogアプリ\": Webhook PSUB1 は有効で、必要なイベントがすべて届きます
✓ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 12/8(火) 11:02 まで、常に誰かがオンコールです
✓ pagerduty エスカレーションポリシー \"Default of Backlogアプリ\": 30日先まで、休日にダミーがアラートを抱えることはありません
問題はありません
";

const WELL_EN: &str = "\
✓ chats     slack
✓ rotation  rotation.csv: 14 days (2026-12-01 – 2026-12-14), 3 members, 0 runbooks, 1 holidays
✓ rotation  Tue Dec 1 on call: 佐藤, 鈴木
✓ slack     the token is good for the workspace \"Test Inc.\"
✓ slack     #app-monitoring (C0APPMON001) can be posted to
✓ slack     #on-call (C0ONCALL001) can be posted to
✓ slack     3 people are there
✓ slack     1 user group is there
✓ pagerduty service \"Backlogアプリ\": webhook PSUB1 is on and delivers every event that is needed
✓ pagerduty escalation policy \"Default of Backlogアプリ\": somebody is on call at every moment until Tue Dec 8 11:02
✓ pagerduty escalation policy \"Default of Backlogアプリ\": the dummy holds no alert on a day off in the next 30 days
nothing is wrong
";

#[tokio::test]
async fn when_all_is_well_it_says_so() {
    let world = World::start().await;
    for (language, expected) in [("ja", WELL_JA), ("en", WELL_EN)] {
        let ran = world.run(language, &["--url", RELAY]).await;
        assert_eq!(ran, Ran { code: Some(0), out: expected.into(), err: String::new() });
    }
    let calls = ["webhook_subscriptions", "services/PSVC1", "extensions", "oncalls"].map(|path| format!("GET /{path}"));
    assert_eq!(world.pagerduty.take_calls(), [calls.clone(), calls].concat(), "each thing is asked once");
    assert_eq!(world.slack.calls(), 14, "of Slack too: the token, two channels, three people, the groups");
    world.slack.expect_none();
}

#[tokio::test]
async fn what_cannot_be_checked_is_reported_and_is_not_a_fault() {
    let typetalk = Typetalk::start().await;
    let slack = Slack::start().await;
    let none = settings();
    let webhook = settings().with("SLACK_WEBHOOK_URL", &slack.webhook_url()).with("FALLBACK_MENTION_SLACK", "none");
    let both = webhook.clone().typetalk(&typetalk);
    let rotation = |first: &str, second: &str| {
        format!(
            "{first}✓ rotation  rotation.csv: 14 days (2026-12-01 – 2026-12-14), 3 members, 0 runbooks, 1 holidays\n\
             ✓ rotation  Tue Dec 1 on call: 佐藤, 鈴木\n{second}\
             · pagerduty not checked: set PAGERDUTY_API_KEY (read-only is enough) and PAGERDUTY_SERVICE_IDS to check \
             whether the webhook is on and points here, whether somebody is always on call in the coming week, and whether \
             the dummy holds alerts on a day off\n\
             nothing is wrong\n"
        )
    };
    let cannot = "· webhook   a webhook (Slack's, Mattermost's) cannot be asked; to see whether it takes messages, send \
                  it a line (curl -H 'content-type: application/json' -d '{\"text\": \"test\"}' 'its URL')\n";
    let topic = "✓ typetalk  topic \"App Monitoring\" (4711) can be read\n";
    for (settings, expected) in [
        (
            none,
            rotation(
                "! chats     none is configured yet: set SLACK_BOT_TOKEN and SLACK_CHANNEL, or another of the README's \
                 table\n",
                "",
            ),
        ),
        (webhook.clone(), rotation("✓ chats     slack_webhook\n", cannot)),
        (both, rotation("✓ chats     slack_webhook, typetalk\n", &format!("{cannot}{topic}"))),
        // A key alone is the one of `toban pagerduty`.
        (webhook.clone().with("PAGERDUTY_API_KEY", "u+key"), rotation("✓ chats     slack_webhook\n", cannot)),
    ] {
        let ran = run(&settings.with("MESSAGE_LANGUAGE", "en"), &[]).await;
        assert_eq!(ran, Ran { code: Some(0), out: expected, err: String::new() });
    }
    let japanese = run(&settings(), &[]).await;
    assert_eq!(
        about("chats", &japanese),
        [
            "! chats     まだ設定されていません。SLACK_BOT_TOKEN と SLACK_CHANNEL か、README の表にある別のチャットを設定してください"
        ]
    );
    assert_eq!(
        about("webhook", &run(&webhook, &[]).await),
        [
            "· webhook   Webhook (Slack、Mattermost) には問い合わせができません。投稿できるかは、1 行送って確かめてください (curl -H \
             'content-type: application/json' -d '{\"text\": \"test\"}' 'Webhook の URL')"
        ]
    );
    assert_eq!(
        about("pagerduty", &japanese),
        [
            "· pagerduty 未設定のため確認していません。PAGERDUTY_API_KEY (読み取り専用で十分) と PAGERDUTY_SERVICE_IDS を設定すると、Webhook \
             が有効でここに届くか、1週間先まで常に誰かがオンコールか、休日にダミーがアラートを抱えないかを確認します"
        ]
    );
    slack.expect_none();
    typetalk.expect_none();
}

#[tokio::test]
async fn the_rotation_alone_asks_nobody_else() {
    let world = World::start().await;
    world.edit(|account| account.subscriptions.clear());
    let ran = world.run("en", &["--rotation-only"]).await;
    let is_asked = |line: &&str| line.starts_with("✓ slack") || line.starts_with("✓ pagerduty");
    let expected: Vec<_> = WELL_EN.lines().filter(|line| !is_asked(line)).collect();
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected);
    assert_eq!((ran.code, world.slack.calls(), world.pagerduty.take_calls().len()), (Some(0), 0, 0));
    for arguments in
        [&["--url", "relay.example.com"][..], &["--url", RELAY, "--rotation-only"], &["--url", "ftp://x/y"]]
    {
        assert_eq!(world.run("en", arguments).await.code, Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_once_with_its_variable() {
    for (variable, value, ja, en) in [
        (
            "MEMBERS_FILE",
            "m_nope.csv",
            "MEMBERS_FILE の m_nope.csv がありません。場所を直してください",
            "MEMBERS_FILE: m_nope.csv is not there; name a file that is",
        ),
        (
            "ROTATION_FILE",
            "/nowhere/r_nope.csv",
            "ROTATION_FILE の r_nope.csv がありません。場所を直してください",
            "ROTATION_FILE: r_nope.csv is not there; name a file that is",
        ),
        (
            "RUNBOOKS_FILE",
            "nope.csv",
            "RUNBOOKS_FILE の nope.csv がありません。場所を直してください",
            "RUNBOOKS_FILE: nope.csv is not there; name a file that is",
        ),
        (
            "HOLIDAYS_FILE",
            "nope.csv",
            "HOLIDAYS_FILE の nope.csv がありません。場所を直してください",
            "HOLIDAYS_FILE: nope.csv is not there; name a file that is",
        ),
        // What else is wrong with one is in the system's words.
        ("MEMBERS_FILE", "src/cli", "cli: Is a directory (os error 21)", "cli: Is a directory (os error 21)"),
    ] {
        let settings = settings().with(variable, value);
        for (language, expected) in [("ja", ja), ("en", en)] {
            let ran = run(&settings.clone().with("MESSAGE_LANGUAGE", language), &["--rotation-only"]).await;
            assert_eq!(about("rotation", &ran), [format!("✗ rotation  {expected}")], "{variable}");
            assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{variable}");
        }
    }
}
