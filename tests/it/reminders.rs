//! The two reminders, through the real function and real HTTP.

use crate::golden;
use crate::kit::{Fault, Function, Invocation, Rows, Slack, Typetalk};
use crate::running::{Settings, changed, data, ledger_on, record, triggered};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use std::fs;
use toban::domain::reminder::Reminder;
use toban::ledger::Ledger;
use toban::relay::deliver::Relay;
use toban::relay::reminder::{History, Reminders, Sent};
use toban::relay::tally::Tally;
use toban::relay::via::Via;
use toban::setup::config::{Config, Reach};
use toban::source::pagerduty;
use tokio::time::Instant;

const REMINDER: &str = env!("CARGO_BIN_EXE_reminder");

fn settings(slack: &Slack, now: &str) -> Settings {
    let file = |name: &str| data("reminders").join(name).to_string_lossy().into_owned();
    Settings::at(now)
        .slack(slack)
        .with("SLACK_REMINDER_CHANNEL", Slack::REMINDER_CHANNEL)
        .with("ROTATION_FILE", &file("rotation.csv"))
        .with("HOLIDAYS_FILE", &file("holidays.csv"))
        .with("MANUAL_URL", "https://wiki.example.com/on-call")
        .with("CHECKLIST_URL", "https://wiki.example.com/on-call#checklist")
}

async fn start(settings: &Settings) -> Function {
    Function::start(REMINDER, &settings.pairs()).await
}

async fn decision(function: &Function, event: &Value) -> String {
    match function.invoke(event).await {
        Invocation::Answer(answer) => {
            format!("{} {}", answer["reminder"].as_str().unwrap_or("?"), answer["decision"].as_str().unwrap_or("?"))
        }
        Invocation::Error(error) => format!("error {error}"),
    }
}

fn scheduled(reminder: &str, time: &str) -> Value {
    json!({"reminder": reminder, "time": time})
}

/// Every day of two weeks over the New Year, at both hours, in a process each, as the schedules call it.
#[tokio::test]
async fn two_weeks_over_the_new_year() {
    let slack = Slack::start().await;
    let first = NaiveDate::from_ymd_opt(2026, 12, 25).expect("a date");
    let mut list = String::new();
    for date in first.iter_days().take_while(|date| *date <= first + Days::new(14)) {
        for (reminder, hour) in [("morning", "10:00"), ("evening", "17:00")] {
            let now = format!("{date}T{hour}:00+09:00");
            let function = start(&settings(&slack, &now)).await;
            let utc = now.parse::<DateTime<Utc>>().expect("an instant").format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let decision = decision(&function, &scheduled(reminder, &utc)).await;
            list += &format!("== {} {hour}: {decision}\n", date.format("%Y-%m-%d %a"));
            for message in slack.take() {
                assert_eq!(message.channel.as_deref(), Some(Slack::REMINDER_CHANNEL));
                list += &format!("{}\n", message.text);
            }
            let logged =
                function.log_lines().into_iter().filter(|line| line["message"] == "the reminder was decided").count();
            assert_eq!(logged, 1, "{now}: the decision is logged once");
        }
    }
    golden::check(&data("reminders/new-year.txt"), &list);
}

#[tokio::test]
async fn each_scheduler_is_understood() {
    let slack = Slack::start().await;
    let rule = |name: &str, time: &str| {
        json!({
            "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
            "source": "aws.events", "account": "123456789012", "time": time, "region": "ap-northeast-1",
            "resources": [format!("arn:aws:events:ap-northeast-1:123456789012:rule/{name}")], "detail": {},
        })
    };
    for (now, event, expected) in [
        ("2026-12-25T10:00:01+09:00", scheduled("morning", "2026-12-25T01:00:00Z"), "morning posted"),
        ("2026-12-25T17:00:01+09:00", scheduled("evening", "2026-12-25T08:00:00Z"), "evening posted"),
        ("2026-12-25T10:00:01+09:00", rule("toban-Morning-1AB", "2026-12-25T01:00:00Z"), "morning posted"),
        ("2026-12-25T17:00:01+09:00", rule("team-evening", "2026-12-25T08:00:00Z"), "evening posted"),
        ("2026-12-25T10:00:01+09:00", rule("toban", "2026-12-25T01:00:00Z"), "morning posted"),
        ("2026-12-25T17:00:01+09:00", rule("toban", "2026-12-25T08:00:00Z"), "evening posted"),
        ("2026-12-25T10:03:00+09:00", json!({}), "morning posted"),
        ("2026-12-25T16:50:00+09:00", json!({}), "evening posted"),
        ("2026-12-26T10:00:00+09:00", json!({}), "morning day_off"),
        (
            "2026-12-25T10:00:00+09:00",
            json!({"reminder": "morning", "time": "<aws.scheduler.scheduled-time>"}),
            "morning posted",
        ),
    ] {
        let function = start(&settings(&slack, now)).await;
        assert_eq!(decision(&function, &event).await, expected, "{event}");
        assert_eq!(slack.take().len(), usize::from(expected.ends_with("posted")), "{event}");
    }
    let function = start(&settings(&slack, "2026-12-25T10:00:00+09:00")).await;
    let answer = decision(&function, &json!({"reminder": "noon"})).await;
    assert!(answer.starts_with("error ") && answer.contains("'morning' or 'evening'"), "{answer}");
}

#[tokio::test]
async fn once_a_day_and_kind_and_again_when_it_was_refused() {
    let slack = Slack::start().await;
    let function = start(&settings(&slack, "2026-12-25T10:00:02+09:00")).await;
    let event = scheduled("morning", "2026-12-25T01:00:00Z");
    slack.fail_next([Fault::Refuse("channel_not_found")]);
    let answer = decision(&function, &event).await;
    assert!(answer.starts_with("error ") && answer.contains("no chat has taken the morning reminder"), "{answer}");
    slack.expect_none();
    assert_eq!(decision(&function, &event).await, "morning posted");
    slack.expect_one();
    assert_eq!(decision(&function, &event).await, "morning repeat");
    slack.expect_none();
    assert_eq!(decision(&function, &scheduled("evening", "2026-12-25T08:00:00Z")).await, "evening posted");
    slack.expect_one();
}

/// With a ledger, a reminder that is posted by hand counts as the day's. Nothing listens at this one: a reminder is posted
/// regardless.
#[tokio::test]
async fn by_hand_it_is_not_posted_early_by_mistake() {
    let slack = Slack::start().await;
    let refused = |due: &str| {
        format!(
            "toban: it is not {due} yet, and with LEDGER_TABLE or STATE_FILE this would count as that day's reminder: the scheduled one \
             would not be posted. Without --post it is only printed; with --yes it is posted now, instead of the \
             scheduled one\n"
        )
    };
    for (now, arguments, has_ledger, expected) in [
        ("2026-12-25T09:59:59+09:00", &["morning", "--post"][..], true, Err(refused("2026-12-25 10:00"))),
        ("2026-12-25T10:00:00+09:00", &["morning", "--post"], true, Ok(1)),
        ("2026-12-25T16:59:59+09:00", &["evening", "--post"], true, Err(refused("2026-12-25 17:00"))),
        (
            "2026-12-25T16:59:59+09:00",
            &["evening", "--post", "--at", "2026-12-25T17:00:00+09:00"],
            true,
            Err(refused("2026-12-25 17:00")),
        ),
        ("2026-12-25T16:59:59+09:00", &["evening", "--post", "--yes"], true, Ok(1)),
        ("2026-12-25T16:59:59+09:00", &["evening", "--post"], false, Ok(1)),
        ("2026-12-25T16:59:59+09:00", &["evening"], true, Ok(0)),
        ("2026-12-26T09:00:00+09:00", &["morning", "--post"], true, Ok(0)),
    ] {
        let mut settings = settings(&slack, now);
        if has_ledger {
            settings = settings
                .with("LEDGER_TABLE", "toban")
                .with("AWS_REGION", "ap-northeast-1")
                .with("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
                .with("AWS_ACCESS_KEY_ID", "key")
                .with("AWS_SECRET_ACCESS_KEY", "secret");
        }
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_toban"))
            .arg("remind")
            .args(arguments)
            .env_clear()
            .envs(settings.pairs())
            .output()
            .await
            .expect("toban runs");
        match expected {
            Err(said) => {
                assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(1), &*said));
                slack.expect_none();
            }
            Ok(posted) => {
                assert_eq!(output.status.code(), Some(0), "{now} {arguments:?}: {output:?}");
                assert_eq!(slack.take().len(), posted, "{now} {arguments:?}");
                let printed = match (posted, arguments) {
                    (0, ["evening"]) => {
                        "@高橋 @鈴木\n🌙 12/28(月) の当番です。準備をお願いします。\n\
                         マニュアル: https://wiki.example.com/on-call\n\
                         事前チェックリスト: https://wiki.example.com/on-call#checklist\n"
                    }
                    (0, _) => "nothing is sent: it is a day off\n",
                    _ => "",
                };
                assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{now} {arguments:?}");
            }
        }
    }
}

#[tokio::test]
async fn late_is_said_and_too_late_is_not_sent() {
    let slack = Slack::start().await;
    for (now, event, expected, line) in [
        ("2026-12-25T10:05:00+09:00", scheduled("morning", "2026-12-25T01:00:00Z"), "morning posted", None),
        (
            "2026-12-25T10:45:00+09:00",
            scheduled("morning", "2026-12-25T01:00:00Z"),
            "morning posted",
            Some("⏳ このお知らせは45分遅れています。"),
        ),
        ("2026-12-25T17:00:00+09:00", scheduled("morning", "2026-12-25T01:00:00Z"), "morning too_late", None),
        (
            "2026-12-25T19:10:00+09:00",
            scheduled("evening", "2026-12-25T08:00:00Z"),
            "evening posted",
            Some("⏳ このお知らせは2時間10分遅れています。"),
        ),
    ] {
        let function = start(&settings(&slack, now)).await;
        assert_eq!(decision(&function, &event).await, expected, "{now}");
        let found = slack
            .take()
            .pop()
            .and_then(|message| message.text.lines().find(|line| line.starts_with('⏳')).map(str::to_owned));
        assert_eq!(found.as_deref(), line, "{now}");
    }
}

#[tokio::test]
async fn an_edit_after_the_evening_reminder_counts_in_the_morning() {
    let slack = Slack::start().await;
    let folder = std::env::temp_dir().join(format!("toban-reminders-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("rotation.csv");
    let at = |now: &str| settings(&slack, now).with("ROTATION_FILE", &file.to_string_lossy());
    fs::write(&file, "2026-12-28,佐藤,鈴木\n").expect("a file");
    let evening = start(&at("2026-12-25T17:00:00+09:00")).await;
    decision(&evening, &scheduled("evening", "2026-12-25T08:00:00Z")).await;
    assert_eq!(slack.expect_one().mentions, ["<@U0SATO0001>", "<@U0SUZUKI01>"]);
    fs::write(&file, "2026-12-28,高橋,鈴木,よろしく\n").expect("a file");
    let morning = start(&at("2026-12-28T10:00:00+09:00")).await;
    decision(&morning, &scheduled("morning", "2026-12-28T01:00:00Z")).await;
    assert_eq!(slack.expect_one().mentions, ["<@U0TAKAHA01>", "<@U0SUZUKI01>"]);
    fs::write(&file, "日付,担当A,担当B,担当C\n2026-12-28,高橋,鈴木,佐藤\n").expect("a file");
    let three = start(&at("2026-12-28T10:00:00+09:00")).await;
    decision(&three, &scheduled("morning", "2026-12-28T01:00:00Z")).await;
    assert_eq!(slack.expect_one().mentions, ["<@U0TAKAHA01>", "<@U0SUZUKI01>", "<@U0SATO0001>"]);
    fs::remove_dir_all(&folder).ok();
}

#[tokio::test]
async fn typetalk_has_a_topic_for_them_and_an_unreadable_rotation_is_said() {
    let typetalk = Typetalk::start().await;
    let settings = Settings::at("2026-11-24T10:00:00+09:00")
        .typetalk(&typetalk)
        .with("TYPETALK_REMINDER_TOPIC_ID", &Typetalk::REMINDER_TOPIC.to_string())
        .with("ROTATION_FILE", "/nowhere/rotation.csv")
        .with("MESSAGE_LANGUAGE", "en");
    let function = start(&settings).await;
    assert_eq!(decision(&function, &json!({})).await, "morning posted");
    let post = typetalk.expect_one();
    assert_eq!(post.topic, Typetalk::REMINDER_TOPIC);
    assert_eq!(
        post.message,
        "@all\n☀️ Nobody can be told that they are on call today, Tue Nov 24.\n\
         ⚠️ The rotation cannot be read, so the fallback is told: ROTATION_FILE: rotation.csv is not there; name a file \
         that is"
    );
}

/// A night's events through the relay, then the reminders that list them.
async fn night(language: &str) -> (String, String) {
    /// Instead of its number, the sixth while it is assigned to the dummy.
    const HELD_BY_NOBODY: u64 = 60;
    let slack = Slack::start().await;
    let settings = settings(&slack, "2026-11-24T10:00:00+09:00").with("MESSAGE_LANGUAGE", language);
    let settings = settings.with("ROTATION_FILE", &data("rotation/rotation.csv").to_string_lossy());
    let settings = settings.with("IGNORED_ASSIGNEES", "PDUMMY1");
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let config = config.expect("a configuration");
    let relay = Relay {
        team: config.open_team(&http, Utc::now),
        ledger: Ledger::memory().into(),
        via: Via::Request,
        tally: Tally::default(),
    };
    let event = |path: &str, number: u64, title: &str, at: &str| {
        changed(path, |body| {
            let event = &mut body["event"];
            event["id"] = format!("{at}{number}{path}").into();
            event["occurred_at"] = at.into();
            event["data"]["id"] = format!("Q{number}").into();
            event["data"]["number"] = number.into();
            event["data"]["title"] = title.into();
            let assignee = if number == HELD_BY_NOBODY { "PDUMMY1" } else { "PSRE001" };
            event["data"]["assignees"] = json!([{"id": assignee, "type": "user_reference", "summary": "山田 太郎"}]);
            if number == HELD_BY_NOBODY {
                (event["data"]["id"], event["data"]["number"]) = ("Q6".into(), 6.into());
            }
        })
    };
    let (triggered, acknowledged, resolved) =
        ("v3/incident.triggered.json", "v3/incident.acknowledged.json", "v3/incident.resolved.json");
    let unacknowledged = "v3/incident.unacknowledged.json";
    for (path, number, title, at) in [
        // Somebody was mentioned when it began, and nobody when it came back at night.
        (triggered, 5, "昼に呼んで夜に戻った", "2026-11-19T15:00:00+09:00"),
        (triggered, 1, "昼に届いて未解決", "2026-11-20T16:00:00+09:00"),
        (triggered, 2, "夜に届いて解決", "2026-11-20T17:00:00+09:00"),
        (unacknowledged, 5, "昼に呼んで夜に戻った", "2026-11-20T17:05:00+09:00"),
        (resolved, 2, "夜に届いて解決", "2026-11-20T17:20:00+09:00"),
        (triggered, 3, "週末に届いて <!channel> @all 未対応", "2026-11-22T03:00:00+09:00"),
        // It called the fallback once, because PagerDuty had nobody for it; what came before or after it called nobody.
        (triggered, 6, "夜に代わりの宛先を呼んだ", "2026-11-23T01:00:00+09:00"),
        (unacknowledged, HELD_BY_NOBODY, "夜に代わりの宛先を呼んだ", "2026-11-23T02:00:00+09:00"),
        (unacknowledged, 6, "夜に代わりの宛先を呼んだ", "2026-11-23T03:00:00+09:00"),
        (triggered, 4, "今朝届いて対応中", "2026-11-24T09:00:00+09:00"),
        (acknowledged, 4, "今朝届いて対応中", "2026-11-24T09:05:00+09:00"),
    ] {
        let now: DateTime<Utc> = at.parse().expect("an instant");
        for read in pagerduty::read(&event(path, number, title, at), now) {
            relay
                .deliver_everywhere(
                    read,
                    Instant::now() + std::time::Duration::from_secs(10),
                    now + TimeDelta::seconds(1),
                )
                .await;
        }
    }
    assert_eq!(slack.take().len(), 11);
    let reminders = Reminders {
        team: relay.team,
        ledger: relay.ledger,
        history: History::Known,
        manual: config.manual,
        checklist: config.checklist,
    };
    let mut texts = Vec::new();
    for (reminder, now) in
        [(Reminder::Morning, "2026-11-24T10:00:00+09:00"), (Reminder::Evening, "2026-11-24T17:00:00+09:00")]
    {
        let now = now.parse().expect("an instant");
        let sent = reminders.send(reminder, now, Instant::now() + std::time::Duration::from_secs(10), now).await;
        assert_eq!(sent, Sent::Posted);
        texts.push(slack.expect_one().text);
    }
    let [morning, evening] = <[String; 2]>::try_from(texts).expect("two");
    (morning, evening)
}

#[tokio::test]
async fn what_came_in_overnight_is_carried_over() {
    let (morning, evening) = night("ja").await;
    assert_eq!(
        morning,
        "<@U0SATO0001> <@U0SUZUKI01>\n\
         ☀️ 今日 11/24(火) の当番です (17:00 まで)。よろしくお願いします。\n\
         📋 11/20(金) 17:00 以降、メンションなしで届いたもの:\n\
         • #PD2 夜に届いて解決 — 解決済み\n\
         • #PD3 週末に届いて &lt;!channel&gt; ＠all 未対応 — 未対応 (2日7時間)\n\
         • #PD4 今朝届いて対応中 — 対応中 (1時間)\n\
         🔓 そのほかの未解決のインシデント (3件):\n\
         • #PD5 昼に呼んで夜に戻った — 未対応 (4日19時間)\n\
         • #PD1 昼に届いて未解決 — 未対応 (3日18時間)\n\
         • #PD6 夜に代わりの宛先を呼んだ — 未対応 (1日9時間)"
    );
    assert_eq!(
        evening,
        "<@U0TAKAHA01> <@U0SUZUKI01>\n\
         🌙 11/25(水) の当番です。準備をお願いします。\n\
         マニュアル: https://wiki.example.com/on-call\n\
         事前チェックリスト: https://wiki.example.com/on-call#checklist\n\
         🔓 未解決のインシデント (5件):\n\
         • #PD5 昼に呼んで夜に戻った — 未対応 (5日2時間)\n\
         • #PD1 昼に届いて未解決 — 未対応 (4日1時間)\n\
         • #PD3 週末に届いて &lt;!channel&gt; ＠all 未対応 — 未対応 (2日14時間)\n\
         • #PD6 夜に代わりの宛先を呼んだ — 未対応 (1日16時間)\n\
         • #PD4 今朝届いて対応中 — 対応中 (8時間)"
    );
    let (morning, evening) = night("en").await;
    assert_eq!(
        morning,
        "<@U0SATO0001> <@U0SUZUKI01>\n\
         ☀️ You are on call today, Tue Nov 24, until 17:00.\n\
         📋 Came in without a mention since Fri Nov 20 17:00:\n\
         • #PD2 夜に届いて解決 — resolved\n\
         • #PD3 週末に届いて &lt;!channel&gt; ＠all 未対応 — open for 2 d 7 h\n\
         • #PD4 今朝届いて対応中 — being worked on, open for 1 h\n\
         🔓 Other open incidents (3):\n\
         • #PD5 昼に呼んで夜に戻った — open for 4 d 19 h\n\
         • #PD1 昼に届いて未解決 — open for 3 d 18 h\n\
         • #PD6 夜に代わりの宛先を呼んだ — open for 1 d 9 h"
    );
    assert_eq!(
        evening,
        "<@U0TAKAHA01> <@U0SUZUKI01>\n\
         🌙 You are on call on Wed Nov 25. Please get ready.\n\
         Manual: https://wiki.example.com/on-call\n\
         Checklist: https://wiki.example.com/on-call#checklist\n\
         🔓 Open incidents (5):\n\
         • #PD5 昼に呼んで夜に戻った — open for 5 d 2 h\n\
         • #PD1 昼に届いて未解決 — open for 4 d 1 h\n\
         • #PD3 週末に届いて &lt;!channel&gt; ＠all 未対応 — open for 2 d 14 h\n\
         • #PD6 夜に代わりの宛先を呼んだ — open for 1 d 16 h\n\
         • #PD4 今朝届いて対応中 — being worked on, open for 8 h"
    );
}

/// What the two reminders say with a ledger, below the greeting.
async fn below_the_greeting(ledger: Ledger, settings: &Settings, slack: &Slack) -> [String; 2] {
    let http = toban::net::http::client().expect("a client");
    let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
    let config = config.expect("a configuration");
    let reminders = Reminders {
        team: config.open_team(&http, Utc::now),
        ledger: ledger.into(),
        history: History::Known,
        manual: None,
        checklist: None,
    };
    let mut texts = [String::new(), String::new()];
    for (text, (reminder, now)) in texts
        .iter_mut()
        .zip([(Reminder::Morning, "2026-11-24T10:00:00+09:00"), (Reminder::Evening, "2026-11-24T17:00:00+09:00")])
    {
        let now = now.parse().expect("an instant");
        let sent = reminders.send(reminder, now, Instant::now() + std::time::Duration::from_secs(10), now).await;
        assert_eq!(sent, Sent::Posted);
        let post = slack.expect_one().text;
        let lines: Vec<_> = post.lines().skip(2).collect();
        *text = lines.join("\n");
    }
    texts
}

/// Each incident of the night is a call to the ledger; one after the other they took longer than the reminder has.
#[tokio::test]
async fn a_night_of_230_incidents_on_a_slow_ledger_is_told_in_the_morning() {
    const NIGHT: u64 = 230;
    let slack = Slack::start().await;
    let settings = settings(&slack, "2026-11-24T10:00:00+09:00");
    let settings = settings.with("ROTATION_FILE", &data("rotation/rotation.csv").to_string_lossy());
    let rows = Rows::start().await;
    let ledger = ledger_on(&rows);
    let began: DateTime<Utc> = "2026-11-23T18:00:00+09:00".parse().expect("an instant");
    for number in 1..=NIGHT {
        for event in pagerduty::read(&triggered(number), began) {
            record(&ledger, &event, began).await;
        }
    }
    rows.slow(std::time::Duration::from_millis(100));
    let [morning, _] = below_the_greeting(ledger, &settings, &slack).await;
    assert!(morning.contains("メンションなしで届いたもの:\n• #PD"), "{morning}");
    assert!(!morning.contains("記録を読めない"), "{morning}");
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_not_a_quiet_night() {
    let slack = Slack::start().await;
    let settings = settings(&slack, "2026-11-24T10:00:00+09:00");
    let settings = settings.with("ROTATION_FILE", &data("rotation/rotation.csv").to_string_lossy());
    let ja = "⚠️ 記録を読めないため、届いたものや未解決のインシデントがここにすべては載っていません。\
              アラートのチャンネルをさかのぼって確認してください。";
    let en = "⚠️ The records cannot be read, so not everything that came in or is open is listed here. \
              Please look through the channel of the alerts.";
    for (language, line) in [("ja", ja), ("en", en)] {
        let settings = settings.clone().with("MESSAGE_LANGUAGE", language);
        let quiet = below_the_greeting(ledger_on(&Rows::start().await), &settings, &slack).await;
        assert_eq!(quiet, ["", ""], "nothing happened");
        for refused in [&["Query"][..], &["Query", "GetItem", "PutItem"]] {
            let rows = Rows::start().await;
            rows.refuse(refused);
            let said = below_the_greeting(ledger_on(&rows), &settings, &slack).await;
            assert_eq!(said, [line, line], "{refused:?}");
        }
    }
    // The lists can be read, but not all that is in them.
    let rows = Rows::start().await;
    let ledger = ledger_on(&rows);
    let began: DateTime<Utc> = "2026-11-23T03:00:00+09:00".parse().expect("an instant");
    for mut event in pagerduty::read(&triggered(1), began) {
        event.occurred_at = began;
        record(&ledger, &event, began).await;
    }
    rows.refuse(&["GetItem"]);
    let [morning, evening] = below_the_greeting(ledger, &settings, &slack).await;
    let open =
        |age: &str| format!("🔓 未解決のインシデント (1件):\n• #PD1 HTTP 5xx が 5% を超えています — 未対応 ({age})");
    assert_eq!(morning, format!("{}\n{ja}", open("1日7時間")));
    assert_eq!(evening, open("1日14時間"), "it does not need what is missing");
    // Only what came in cannot be read, or only whether what began before has mentioned somebody then.
    let quiet = "📋 11/20(金) 17:00 以降、メンションなしで届いたもの:\n• #PD1 HTTP 5xx が 5% を超えています — 未対応 (4日19時間)";
    for (unreadable, listed) in [("day#", open("4日19時間")), ("day#2026-11-19", quiet.to_owned())] {
        let rows = Rows::start().await;
        let ledger = ledger_on(&rows);
        let back = changed("v3/incident.unacknowledged.json", |body| {
            body["event"]["data"]["id"] = "QTEST000000001".into();
            body["event"]["data"]["number"] = 1.into();
        });
        for (body, at) in [(triggered(1), "2026-11-19T15:00:00+09:00"), (back, "2026-11-20T17:05:00+09:00")] {
            let at: DateTime<Utc> = at.parse().expect("an instant");
            for event in pagerduty::read(&body, at) {
                record(&ledger, &toban::domain::incident::IncidentEvent { occurred_at: at, ..event }, at).await;
            }
        }
        rows.refuse_queries_of(unreadable);
        let [morning, _] = below_the_greeting(ledger, &settings, &slack).await;
        assert_eq!(morning, format!("{listed}\n{ja}"), "{unreadable}");
    }
}

/// The first edition claimed each chat of a pair by itself, as two chats that are mirrored still are.
#[tokio::test]
async fn what_the_backup_alone_has_posted_is_not_posted_again_by_a_pair_and_is_by_the_other_of_two() {
    let (slack, typetalk) = (Slack::start().await, Typetalk::start().await);
    let settings = settings(&slack, "2026-11-24T10:00:00+09:00")
        .typetalk(&typetalk)
        .with("TYPETALK_REMINDER_TOPIC_ID", &Typetalk::REMINDER_TOPIC.to_string());
    let ledger = std::sync::Arc::new(Ledger::memory());
    slack.fail_next([Fault::Refuse("channel_not_found")]);
    for (mode, expected, on_slack, on_typetalk) in [
        ("mirror", Sent::Posted, 0, 1),
        ("failover", Sent::Repeat, 0, 0),
        ("mirror", Sent::Posted, 1, 0),
        ("mirror", Sent::Repeat, 0, 0),
    ] {
        let settings = settings.clone().with("BACKUP_MODE", mode);
        let http = toban::net::http::client().expect("a client");
        let config = Config::from_lookup(|variable| settings.value(variable), &http, Reach::Live);
        let team = config.expect("a configuration").open_team(&http, Utc::now);
        let (history, manual, checklist) = (History::Unknown, None, None);
        let reminders = Reminders { team, ledger: ledger.clone(), history, manual, checklist };
        let now = "2026-11-24T10:00:00+09:00".parse().expect("an instant");
        let deadline = Instant::now() + std::time::Duration::from_secs(10);
        assert_eq!(reminders.send(Reminder::Morning, now, deadline, now).await, expected, "{mode}");
        assert_eq!((slack.take().len(), typetalk.take().len()), (on_slack, on_typetalk), "{mode}");
    }
}
